//! Team generations, honest and forged.

use super::*;
use crate::{
    account::AccountSecret,
    random::DangerousSeeded,
    secret::SigningKey,
    testing::{Staff, TEAM, World, staff},
};
use beistand_protocol::{
    membership::{Body, TeamRules},
    signature::SignatureError,
    team::TeamError,
};

fn next(world: &World, author: &Staff, seed: &[u8]) -> SignedTeamGeneration {
    let former = world.generations.newest(TEAM).cloned();
    let former = former.as_deref().map(|former| (former, author.teams.get(TEAM, former.header.number)));
    make_generation(world.state(), TEAM, author.id, &author.keys, former, 0, &mut DangerousSeeded::new(seed))
        .unwrap()
        .0
}

fn forge(
    honest: &SignedTeamGeneration,
    signing: &SigningKey,
    change: impl FnOnce(&mut TeamHeader),
) -> SignedTeamGeneration {
    let mut header: TeamHeader = codec::decode(&honest.header).unwrap();
    change(&mut header);
    let bytes = codec::encode(&header);
    let statement = statement_bytes(&header_digest(&bytes), &honest.boxes_digest);
    let signature = signing.sign(label::TEAM_STATEMENT, &statement);
    SignedTeamGeneration { header: bytes, signature, ..honest.clone() }
}

#[test]
fn p12_forged_generations_are_refused() {
    let world = World::new(TeamRules::default());
    let honest = next(&world, &world.ben, b"honest");
    let refuse = |signed: &SignedTeamGeneration| {
        world.generations.clone().append(signed, &world.log).map(drop).unwrap_err()
    };
    assert!(world.generations.clone().append(&honest, &world.log).is_ok());
    let stranger = AccountSecret::draw(&mut DangerousSeeded::new(b"stranger")).person_keys();
    let ben = &world.ben.keys.signing;
    let mismatch = TeamError::Signature(SignatureError::Mismatch);
    assert_eq!(refuse(&forge(&honest, &stranger.signing, |_| {})), mismatch);
    assert_eq!(refuse(&forge(&honest, &world.cem.keys.signing, |_| {})), mismatch);
    let unknown = TeamMember { person: PersonId([9; 16]), key: stranger.signing.verify_key().id() };
    assert_eq!(
        refuse(&forge(&honest, &stranger.signing, |header| header.author = unknown)),
        TeamError::Author
    );
    // A member slips somebody in, leaves somebody out, or uses another's key.
    assert_eq!(refuse(&forge(&honest, ben, |header| header.members.push(unknown))), TeamError::Members);
    assert_eq!(refuse(&forge(&honest, ben, |header| header.members.truncate(2))), TeamError::Members);
    assert_eq!(
        refuse(&forge(&honest, ben, |header| header.members[0].key = unknown.key)),
        TeamError::Members
    );
    assert_eq!(
        refuse(&forge(&honest, ben, |header| header.team = TeamId([1; 16]))),
        TeamError::DoesNotFollow
    );
    assert_eq!(refuse(&forge(&honest, ben, |header| header.organisation.0[0] ^= 1)), TeamError::Elsewhere);
    assert_eq!(refuse(&forge(&honest, ben, |header| header.number = 3)), TeamError::DoesNotFollow);
    assert_eq!(refuse(&forge(&honest, ben, |header| header.predecessor = None)), TeamError::DoesNotFollow);
    assert_eq!(refuse(&forge(&honest, ben, |header| header.log_head.digest.0[0] ^= 1)), TeamError::OtherLog);
    assert_eq!(refuse(&forge(&honest, ben, |header| header.log_head.length += 1)), TeamError::AheadOfLog);
    // Boxes of another generation.
    let other = next(&world, &world.ben, b"other");
    let moved = SignedTeamGeneration { boxes: other.boxes, ..honest.clone() };
    assert_eq!(refuse(&moved), TeamError::Boxes);
    // A second generation with the same number, although well signed.
    let mut generations = world.generations.clone();
    generations.append(&honest, &world.log).unwrap();
    assert!(generations.append(&honest, &world.log).is_ok(), "the same again is no conflict");
    let second = next(&world, &world.anna, b"second");
    assert_eq!(generations.append(&second, &world.log).map(drop), Err(TeamError::DoesNotFollow));
}

#[test]
fn p12_a_removed_member_makes_no_generation() {
    let mut world = World::new(TeamRules::default());
    let before = next(&world, &world.cem, b"before");
    world.remove(world.cem.id);
    assert!(
        make_generation(
            world.state(),
            TEAM,
            world.cem.id,
            &world.cem.keys,
            None,
            0,
            &mut DangerousSeeded::new(b"x")
        )
        .is_err()
    );
    // One with the log as it was before the removal verifies as history, and is never sealed to.
    let mut generations = world.generations.clone();
    let late = generations.append(&before, &world.log).unwrap();
    assert!(!late.is_fresh(world.state()));
    assert!(generations.fresh(world.state(), TEAM).is_none());
    assert!(generations.wants_next(world.state(), TEAM));
}

#[test]
fn p17_a_generation_commits_to_its_secret() {
    let world = World::new(TeamRules::default());
    let honest = next(&world, &world.ben, b"honest");
    // Ben seals another secret to Cem.
    let mut boxes = honest.boxes.clone();
    let header: TeamHeader = codec::decode(&honest.header).unwrap();
    let index = header.members.iter().position(|member| member.person == world.cem.id).unwrap();
    let info = header_digest(&honest.header);
    let other = Secret::draw(&mut DangerousSeeded::new(b"other"));
    boxes[index] =
        seal_secret_to(world.cem.keys.kem.public(), &info, &other, &mut DangerousSeeded::new(b"box"))
            .unwrap();
    let digest = boxes_digest(&boxes);
    let signature = world.ben.keys.signing.sign(label::TEAM_STATEMENT, &statement_bytes(&info, &digest));
    let two = SignedTeamGeneration { boxes, boxes_digest: digest, signature, ..honest };
    let generation = world.generations.clone().append(&two, &world.log).unwrap();
    assert!(open_generation(&generation, world.anna.id, &world.anna.keys).is_ok());
    assert_eq!(
        open_generation(&generation, world.cem.id, &world.cem.keys).map(drop),
        Err(TeamKeyError::Commitment)
    );
}

#[test]
fn p05_only_members_open_a_generation() {
    let mut world = World::new(TeamRules::default());
    let generation = world.generations.newest(TEAM).unwrap().clone();
    let dora = staff(&mut DangerousSeeded::new(b"dora"));
    assert_eq!(open_generation(&generation, dora.id, &dora.keys).map(drop), Err(TeamKeyError::NoBox));
    // Under a member's name, but with another key.
    assert_eq!(open_generation(&generation, world.ben.id, &dora.keys).map(drop), Err(TeamKeyError::NoBox));
    // Who joins later gets the past where the rules say so …
    world.join(&dora, "Dora");
    world.next_generation(&world.ben.clone());
    let mut ring = TeamKeyring::empty();
    ring.open_team(&world.generations, TEAM, dora.id, &dora.keys, &[]);
    assert!(ring.get(TEAM, 2).is_some() && ring.get(TEAM, 1).is_some());
    // … and doesn't where they don't.
    let rules = TeamRules { history_for_new_members: false, ..TeamRules::default() };
    let mut world = World::new(rules);
    world.join(&dora, "Dora");
    world.next_generation(&world.ben.clone());
    let mut ring = TeamKeyring::empty();
    ring.open_team(&world.generations, TEAM, dora.id, &dora.keys, &[]);
    assert!(ring.get(TEAM, 2).is_some() && ring.get(TEAM, 1).is_none());
    // New keys of a member open what the former ones did, because nobody is new.
    let rekeyed = AccountSecret::draw(&mut DangerousSeeded::new(b"rekeyed")).person_keys();
    let body = crate::membership::rekey(world.log.organisation(), world.cem.id, "Cem", &rekeyed);
    let former = world.cem.keys.signing.clone();
    world.say(body, &[&former]).unwrap();
    world.next_generation(&world.ben.clone());
    let mut ring = TeamKeyring::empty();
    ring.open_team(&world.generations, TEAM, world.cem.id, &rekeyed, &[]);
    assert!(ring.get(TEAM, 3).is_some() && ring.get(TEAM, 2).is_some());
    assert!(ring.get(TEAM, 1).is_none(), "the second was closed for Dora");
    // Opening history against the rules is refused.
    assert!(matches!(former_history_forged(&mut world), Err(TeamError::History)));
}

/// A member links the past for a newcomer although the rules don't allow it.
fn former_history_forged(world: &mut World) -> Result<(), TeamError> {
    let emil = staff(&mut DangerousSeeded::new(b"emil"));
    world.join(&emil, "Emil");
    let honest = next(world, &world.ben, b"forged history");
    let former = world.generations.newest(TEAM).unwrap().header.history.clone();
    let forged = forge(&honest, &world.ben.keys.signing, |header| header.history = former);
    world.generations.append(&forged, &world.log).map(drop)
}

#[test]
fn bodies_that_change_a_team_are_what_makes_generations_stale() {
    let mut world = World::new(TeamRules::default());
    let fresh = |world: &World| world.generations.fresh(world.state(), TEAM).is_some();
    assert!(fresh(&world));
    world.by_anna(Body::OrganisationName { name: "Neu".to_owned() }).unwrap();
    assert!(fresh(&world));
    world.by_anna(Body::TeamMemberRemove { team: TEAM, person: world.ben.id }).unwrap();
    assert!(!fresh(&world));
    world.next_generation(&world.anna.clone());
    assert!(fresh(&world) && !world.generations.wants_next(world.state(), TEAM));
}
