//! Editions, honest and forged.

use super::*;
use crate::{
    random::DangerousSeeded,
    secret::SigningKey,
    testing::{NOW, Staff, TEAM, World, staff},
};
use beistand_protocol::{
    blocks::EditionError,
    id::{Digest, OrganisationId, TeamId},
    membership::{Body, TeamRules},
    signature::SignatureError,
};

const SHARED: Library = Library::Team(TEAM);

fn make(world: &World, author: &Staff, library: Library, former: Option<&Edition>) -> SignedEdition {
    let generation = match library {
        Library::Team(team) => world.generations.newest(team),
        Library::Own(_) | Library::Note(..) => None,
    };
    let new = NewEdition { library, generation: generation.map(|found| &**found), former, blocks: b"blocks" };
    let random = &mut DangerousSeeded::new(b"edition");
    make_edition(world.state(), author.id, &author.keys, &new, NOW, random).unwrap()
}

fn verify(world: &World, signed: &SignedEdition, library: Library) -> Result<Edition, EditionError> {
    Edition::verify(signed, library, &world.log, &world.generations)
}

fn forge(
    honest: &SignedEdition,
    signing: &SigningKey,
    change: impl FnOnce(&mut EditionHeader),
) -> SignedEdition {
    let mut header: EditionHeader = codec::decode(&honest.header).unwrap();
    change(&mut header);
    let header = codec::encode(&header);
    let statement = statement_bytes(&header_digest(&header), &honest.sealed);
    SignedEdition { header, signature: signing.sign(label::BLOCKS_STATEMENT, &statement), ..honest.clone() }
}

#[test]
fn members_open_shared_blocks_and_the_owner_alone_own_ones() {
    let world = World::new(TeamRules::default());
    let shared = verify(&world, &make(&world, &world.ben, SHARED, None), SHARED).unwrap();
    for member in [&world.anna, &world.ben, &world.cem] {
        let secret = member.teams.get(TEAM, 1).unwrap();
        assert_eq!(**open_edition(&shared, secret.kem()).unwrap(), *b"blocks");
    }
    let library = Library::Own(world.ben.id);
    let own = verify(&world, &make(&world, &world.ben, library, None), library).unwrap();
    assert_eq!(**open_edition(&own, &world.ben.keys.kem).unwrap(), *b"blocks");
    let secret = world.anna.teams.get(TEAM, 1).unwrap();
    for other in [&world.anna.keys.kem, secret.kem()] {
        assert!(open_edition(&own, other).is_err());
    }
}

#[test]
fn editions_follow_each_other() {
    let world = World::new(TeamRules::default());
    let first = verify(&world, &make(&world, &world.ben, SHARED, None), SHARED).unwrap();
    let second = verify(&world, &make(&world, &world.cem, SHARED, Some(&first)), SHARED).unwrap();
    let third = verify(&world, &make(&world, &world.ben, SHARED, Some(&second)), SHARED).unwrap();
    assert!(first.follows(None) && second.follows(Some(&first)) && third.follows(Some(&second)));
    assert!(!first.follows(Some(&first)) && !third.follows(Some(&first)) && !second.follows(None));
}

#[test]
fn p12_forged_editions_are_refused() {
    let world = World::new(TeamRules::default());
    let honest = make(&world, &world.ben, SHARED, None);
    let ben = &world.ben.keys.signing;
    let stranger = staff(&mut DangerousSeeded::new(b"stranger"));
    let refuse = |signed: &SignedEdition| verify(&world, signed, SHARED).unwrap_err();
    assert!(verify(&world, &honest, SHARED).is_ok());

    // Somebody else signs, in Ben's name or in their own.
    let mismatch = EditionError::Signature(SignatureError::Mismatch);
    assert_eq!(refuse(&forge(&honest, &stranger.keys.signing, |_| {})), mismatch);
    assert_eq!(refuse(&forge(&honest, &world.cem.keys.signing, |_| {})), mismatch);
    let key = stranger.keys.signing.verify_key().id();
    let author = TeamMember { person: stranger.id, key };
    let by_stranger = |header: &mut EditionHeader| header.author = author;
    assert_eq!(refuse(&forge(&honest, &stranger.keys.signing, by_stranger)), EditionError::Author);
    assert_eq!(refuse(&forge(&honest, ben, |header| header.author.key = key)), EditionError::Author);

    // It belongs elsewhere, or says nothing of where.
    let elsewhere = EditionError::Elsewhere;
    let other = |header: &mut EditionHeader| header.library = Library::Team(TeamId([9; 16]));
    assert_eq!(refuse(&forge(&honest, ben, other)), elsewhere);
    let organisation = |header: &mut EditionHeader| header.organisation = OrganisationId([9; 32]);
    assert_eq!(refuse(&forge(&honest, ben, organisation)), elsewhere);
    let own = make(&world, &world.ben, Library::Own(world.ben.id), None);
    assert_eq!(refuse(&own), elsewhere);
    assert_eq!(verify(&world, &honest, Library::Own(world.ben.id)), Err(elsewhere));
    let library = Library::Own(world.anna.id);
    let in_annas_name = forge(&own, ben, |header| header.library = library);
    assert_eq!(verify(&world, &in_annas_name, library), Err(EditionError::Author));

    // It is sealed to others than the team, or names another log.
    let generation = EditionError::Generation;
    assert_eq!(refuse(&forge(&honest, ben, |header| header.sealed_to = None)), generation);
    let another = SealedTo { number: 1, digest: Digest([9; 32]) };
    assert_eq!(refuse(&forge(&honest, ben, |header| header.sealed_to = Some(another))), generation);
    let unknown = SealedTo { number: 2, digest: Digest([9; 32]) };
    assert_eq!(
        refuse(&forge(&honest, ben, |header| header.sealed_to = Some(unknown))),
        EditionError::UnknownGeneration
    );
    let fork = |header: &mut EditionHeader| header.log_head.digest = Digest([9; 32]);
    assert_eq!(refuse(&forge(&honest, ben, fork)), EditionError::OtherLog);
    assert_eq!(refuse(&forge(&honest, ben, |header| header.log_head.length += 1)), EditionError::AheadOfLog);

    // Numbers, sizes, bytes.
    for version in [0, 2] {
        let numbered = forge(&honest, ben, |header| header.version = version);
        assert_eq!(refuse(&numbered), EditionError::DoesNotFollow);
    }
    let sealed = |sealed| SignedEdition { sealed, ..honest.clone() };
    assert_eq!(refuse(&sealed(vec![0; 100])), EditionError::Size);
    let mut changed = honest.sealed.clone();
    changed[1200] ^= 1;
    assert_eq!(refuse(&sealed(changed)), mismatch);
    let header = [&honest.header[..], &[0]].concat();
    assert!(matches!(refuse(&SignedEdition { header, ..honest.clone() }), EditionError::Malformed(_)));
}

#[test]
fn p6_who_was_removed_makes_none_and_opens_none_that_comes_after() {
    let mut world = World::new(TeamRules::default());
    let before = make(&world, &world.cem, SHARED, None);
    let first = verify(&world, &before, SHARED).unwrap();
    world.by_anna(Body::TeamMemberRemove { team: TEAM, person: world.cem.id }).unwrap();
    // Nothing is sealed to the generation of before, by nobody.
    let new = NewEdition {
        library: SHARED,
        generation: world.generations.newest(TEAM).map(|found| &**found),
        former: Some(&first),
        blocks: b"later",
    };
    let (state, random) = (world.log.state(), &mut DangerousSeeded::new(b"later"));
    let made = make_edition(state, world.ben.id, &world.ben.keys, &new, NOW, random).map(drop);
    assert_eq!(made, Err(EditionKeyError::NoGeneration));
    let head = world.log.head();
    let late = forge(&before, &world.cem.keys.signing, |header| header.log_head = head);
    assert_eq!(verify(&world, &late, SHARED), Err(EditionError::Author));
    let stale = forge(&before, &world.ben.keys.signing, |header| {
        header.author = TeamMember { person: world.ben.id, key: world.ben.keys.signing.verify_key().id() };
        header.log_head = head;
    });
    assert_eq!(verify(&world, &stale, SHARED), Err(EditionError::Generation));

    // What was written before stays readable; what comes after is not, for who left.
    assert_eq!(verify(&world, &before, SHARED), Ok(first.clone()));
    let cem = world.cem.clone();
    world.next_generation(&world.anna.clone());
    let later = verify(&world, &make(&world, &world.ben, SHARED, Some(&first)), SHARED).unwrap();
    assert!(later.follows(Some(&first)));
    assert!(open_edition(&later, world.ben.teams.get(TEAM, 2).unwrap().kem()).is_ok());
    assert!(open_edition(&later, cem.teams.get(TEAM, 1).unwrap().kem()).is_err());
    assert!(open_edition(&later, &cem.keys.kem).is_err());
    assert!(open_edition(&first, world.ben.teams.get(TEAM, 1).unwrap().kem()).is_ok());
}
