//! Groups: each guest reads from coming in until it goes, nobody speaks as another, who is muted says nothing, and only
//! who moderates changes who reads.

use super::*;
use crate::{
    group::{Card, Invite, Join},
    message::seal_envelope,
};
use beistand_protocol::{
    api::Window,
    epoch::{EpochError, Guest},
    id::{DeviceSessionId, GuestId},
    suite::Suite,
};

const GROUP: ConversationId = ConversationId([0xff, 0xff, 0xff, 0xfe, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7]);

/// A group that Ben has founded, with nobody in it.
fn founded(history: bool, rules: TeamRules) -> (World, Browser, Vec<Envelope>) {
    let mut world = World::new(rules);
    world.by_anna(LogBody::SiteGroups { site: SITE, allowed: true }).unwrap();
    let mut ben = Browser::staff(&world.ben, GROUP, 3);
    let mut stored = Vec::new();
    stored.push(opening(&ben, &world, history).unwrap());
    ben.post(&world, &mut stored, &Body::Card(card(&[])));
    (world, ben, stored)
}

fn opening(ben: &Browser, world: &World, history: bool) -> Result<Envelope, ComposeError> {
    let kind = ConversationKind::Group { history, most: 3 };
    ben.conversation.open_group(&ben.sending(world), kind, SITE, &mut DangerousSeeded::new(b"opening"))
}

fn card(names: &[(GuestId, &str)]) -> Card {
    let windows = vec![Window { from_s: NOW / 1000, until_s: NOW / 1000 + 3600 }];
    let names = names.iter().map(|(guest, name)| (*guest, (*name).to_owned())).collect();
    Card { title: "Trauergruppe".into(), windows, names }
}

fn account(seed: &str) -> AccountSecret {
    AccountSecret::draw(&mut DangerousSeeded::new(seed.as_bytes()))
}

fn guest_of(secret: &AccountSecret) -> Guest {
    let keys = secret.conversation_keys(GROUP).public();
    Guest { guest: GuestId(keys.signing.id().0), keys, muted: false }
}

fn with(browser: &Browser, change: impl FnOnce(&mut Vec<Guest>)) -> Vec<Guest> {
    let mut guests: Vec<Guest> = browser.conversation.guests().cloned().collect();
    change(&mut guests);
    guests.sort_by_key(|guest| guest.guest);
    guests
}

fn moderate(
    by: &mut Browser,
    world: &World,
    stored: &mut Vec<Envelope>,
    change: impl FnOnce(&mut Vec<Guest>),
) -> Applied {
    by.fetch(world, stored);
    let guests = with(by, change);
    by.epoch(world, stored, &EpochChange::Guests(guests))
}

/// Lets an account in, and gives its browser.
fn admit(by: &mut Browser, world: &World, stored: &mut Vec<Envelope>, seed: &str) -> Browser {
    let secret = account(seed);
    moderate(by, world, stored, |guests| guests.push(guest_of(&secret)));
    let mut browser = Browser::seeker(&secret, GROUP, seed.as_bytes()[0]);
    browser.load(world, stored);
    browser
}

fn read_by(world: &World, secret: &AccountSecret, stored: &[Envelope]) -> Vec<String> {
    words(&Browser::seeker(secret, GROUP, 9).load(world, stored))
}

fn read_by_staff(world: &World, person: &Staff, stored: &[Envelope]) -> Vec<String> {
    words(&Browser::staff(person, GROUP, 9).load(world, stored))
}

#[test]
fn p05_p06_guests_read_from_coming_in_until_they_go() {
    for history in [false, true] {
        let (world, mut ben, mut stored) = founded(history, TeamRules::default());
        let mut igel = admit(&mut ben, &world, &mut stored, "igel");
        igel.post(&world, &mut stored, &text("eins"));
        let mut anna = Browser::staff(&world.anna, GROUP, 4);
        anna.load(&world, &stored);
        let mut wolke = admit(&mut anna, &world, &mut stored, "wolke");
        wolke.post(&world, &mut stored, &text("zwei"));
        igel.post(&world, &mut stored, &text("drei"));
        let late = if history { vec!["eins", "zwei", "drei"] } else { vec!["zwei", "drei"] };
        assert_eq!(read_by(&world, &account("igel"), &stored), ["eins", "zwei", "drei"]);
        assert_eq!(read_by(&world, &account("wolke"), &stored), late, "{history}");

        // Out again: from the next word on, whoever takes the others' part.
        let gone = guest_of(&account("igel")).guest;
        moderate(&mut ben, &world, &mut stored, |guests| guests.retain(|guest| guest.guest != gone));
        wolke.post(&world, &mut stored, &text("vier"));
        ben.post(&world, &mut stored, &text("fünf"));
        assert_eq!(read_by(&world, &account("igel"), &stored), ["eins", "zwei", "drei"]);
        assert_eq!(read_by(&world, &account("wolke"), &stored), [&late[..], &["vier", "fünf"]].concat());
        let all = ["eins", "zwei", "drei", "vier", "fünf"];
        for person in [&world.anna, &world.ben, &world.cem] {
            assert_eq!(read_by_staff(&world, person, &stored), all);
        }
        // What was meant for the next epoch does not open with anything of hers.
        igel.fetch(&world, &stored);
        assert!(!igel.conversation.is_readable());
        // Back in: not what was said meanwhile, unless the group is so.
        moderate(&mut ben, &world, &mut stored, |guests| guests.push(guest_of(&account("igel"))));
        ben.post(&world, &mut stored, &text("sechs"));
        let again = if history {
            vec!["eins", "zwei", "drei", "vier", "fünf", "sechs"]
        } else {
            vec!["eins", "zwei", "drei", "sechs"]
        };
        assert_eq!(read_by(&world, &account("igel"), &stored), again);
        // A stranger, and somebody of another team, never read a word.
        assert!(read_by(&world, &account("fremd"), &stored).is_empty());
        let stranger = staff(&mut DangerousSeeded::new(b"of another team"));
        assert!(read_by_staff(&world, &stranger, &stored).is_empty());
    }
}

/// The same words as another guest's, in a way that an honest client never makes them.
fn as_another(by: &Browser, world: &World, author: Author) -> Envelope {
    let epoch = by.conversation.epoch().unwrap();
    let content = Content {
        suite: Suite::CURRENT,
        organisation: world.log.organisation(),
        site: SITE,
        conversation: GROUP,
        epoch: epoch.digest,
        id: MessageId([8; 16]),
        author,
        device_session: DeviceSessionId([8; 16]),
        counter: 1,
        predecessor: None,
        heads: by.conversation.graph.heads(),
        log_head: world.log.head(),
        claimed_time_ms: NOW,
        body: Vec::new(),
    };
    let key = by.conversation.dangerous_key(epoch.header.number).unwrap();
    let random = &mut DangerousSeeded::new(b"another");
    seal_envelope(content, &text("ich bin es"), epoch.header.number, key, &by.party.keys().signing, random)
        .unwrap()
}

#[test]
fn p08_nobody_speaks_as_another() {
    let (world, mut ben, mut stored) = founded(false, TeamRules::default());
    let igel = admit(&mut ben, &world, &mut stored, "igel");
    let mut wolke = admit(&mut ben, &world, &mut stored, "wolke");
    ben.fetch(&world, &stored);
    let own = wolke.conversation.own_guest().unwrap();
    let other = igel.conversation.own_guest().unwrap();
    let mut honest = ben.copy();
    assert!(apply(&mut honest, &world, &as_another(&wolke, &world, Author::Guest(own))).is_ok());
    let signature = ApplyError::Message(MessageError::Signature);
    let key = world.ben.keys.signing.verify_key().id();
    for (author, expect) in [
        (Author::Guest(other), signature),
        (Author::Person { person: world.ben.id, key }, signature),
        (Author::Guest(GuestId([1; 16])), ApplyError::Author),
        (Author::Seeker, ApplyError::Author),
    ] {
        let forged = as_another(&wolke, &world, author);
        assert_eq!(refuse(&ben, &world, &forged), expect, "{author:?}");
        assert_eq!(refuse(&wolke, &world, &forged), expect, "{author:?}");
    }
    // Nor does she use up another's counters by taking over the number of that one's device.
    let mut igel = igel;
    igel.fetch(&world, &stored);
    let words = igel.compose(&world, &text("von mir"));
    let mut taken = ben.copy();
    wolke.conversation.device = igel.conversation.device;
    let stolen = wolke.compose(&world, &text("fremde Nummer"));
    apply(&mut taken, &world, &stolen).unwrap();
    apply(&mut taken, &world, &words).unwrap();
}

#[test]
fn a_muted_guest_says_nothing_and_reads_on() {
    let (world, mut ben, mut stored) = founded(false, TeamRules::default());
    let mut igel = admit(&mut ben, &world, &mut stored, "igel");
    let own = igel.conversation.own_guest().unwrap();
    igel.post(&world, &mut stored, &text("laut"));
    let mute = |muted: bool| {
        move |guests: &mut Vec<Guest>| {
            guests.iter_mut().filter(|guest| guest.guest == own).for_each(|guest| guest.muted = muted);
        }
    };
    moderate(&mut ben, &world, &mut stored, mute(true));
    ben.post(&world, &mut stored, &text("ruhig bitte"));
    igel.fetch(&world, &stored);
    let spoken = igel.compose(&world, &text("noch lauter"));
    // A box that takes it all the same shows it to nobody, on no side.
    for reader in [&ben, &igel] {
        assert_eq!(refuse(reader, &world, &spoken), ApplyError::Author);
    }
    assert_eq!(read_by(&world, &account("igel"), &stored), ["laut", "ruhig bitte"]);
    // She can't lift it, and whoever moderates can.
    let random = &mut DangerousSeeded::new(b"own");
    let lifted = with(&igel, mute(false));
    let own_epoch =
        igel.conversation.compose_epoch(&igel.sending(&world), &EpochChange::Guests(lifted), random);
    assert_eq!(refuse(&ben, &world, &own_epoch.unwrap()), ApplyError::Epoch(EpochError::Guests));
    moderate(&mut ben, &world, &mut stored, mute(false));
    igel.post(&world, &mut stored, &text("danke"));
    assert_eq!(read_by_staff(&world, &world.cem, &stored), ["laut", "ruhig bitte", "danke"]);
}

#[test]
fn p12_only_who_moderates_changes_who_reads() {
    let (mut world, mut ben, mut stored) = founded(false, TeamRules::default());
    let mut igel = admit(&mut ben, &world, &mut stored, "igel");
    let mut wolke = admit(&mut ben, &world, &mut stored, "wolke");
    igel.fetch(&world, &stored);
    wolke.fetch(&world, &stored);
    let random = &mut DangerousSeeded::new(b"epochs");
    let fremd = guest_of(&account("fremd"));
    let other = wolke.conversation.own_guest().unwrap();
    let mut next = |by: &Browser, guests: Vec<Guest>| {
        by.conversation.compose_epoch(&by.sending(&world), &EpochChange::Guests(guests), random).unwrap()
    };
    let guests = |epoch: Envelope| refuse(&ben, &world, &epoch) == ApplyError::Epoch(EpochError::Guests);
    // A guest lets nobody in, removes and mutes nobody, and changes nobody's keys, not even by doing nothing.
    assert!(guests(next(&igel, with(&igel, |all| all.push(fremd.clone())))));
    assert!(guests(next(&igel, with(&igel, |all| all.retain(|guest| guest.guest != other)))));
    let mute = |all: &mut Vec<Guest>| all.iter_mut().for_each(|guest| guest.muted = guest.guest == other);
    assert!(guests(next(&igel, with(&igel, mute))));
    let swap = |all: &mut Vec<Guest>| {
        all.iter_mut().filter(|guest| guest.guest == other).for_each(|guest| guest.keys = fremd.keys.clone());
    };
    assert!(guests(next(&igel, with(&igel, swap))));
    assert!(guests(next(&igel, with(&igel, |_| ()))));
    // Who moderates changes no keys either, lets in under no other id, and nobody twice.
    assert!(guests(next(&ben, with(&ben, swap))));
    let renamed = Guest { guest: GuestId([1; 16]), ..fremd.clone() };
    assert!(guests(next(&ben, with(&ben, |all| all.push(renamed.clone())))));
    let honest = next(&ben, with(&ben, |all| all.push(fremd.clone())));
    assert!(apply(&mut ben.copy(), &world, &honest).is_ok());
    let check = |change: &dyn Fn(&mut EpochHeader), expect: EpochError| {
        let forged = forge(&honest, &world.ben.keys.signing, change);
        assert_eq!(refuse(&ben, &world, &forged), ApplyError::Epoch(expect));
        assert_eq!(refuse(&wolke, &world, &forged), ApplyError::Epoch(expect));
    };
    let readers = |error| EpochError::NoReaders(error);
    let first = |header: &mut EpochHeader| header.readers[0].clone();
    check(
        &|header| {
            let again = first(header);
            header.readers.insert(0, again)
        },
        readers(ReadersError::Guests),
    );
    check(&|header| header.readers.swap(0, 1), readers(ReadersError::Guests));
    check(&|header| header.kind = ConversationKind::Group { history: true, most: 3 }, EpochError::Elsewhere);
    check(&|header| header.kind = ConversationKind::Talk, EpochError::Elsewhere);
    check(&|header| header.basis = Basis::LeadsOnly, readers(ReadersError::WholeTeam));
    check(&|header| header.holder = Some(world.ben.id), EpochError::Holder);
    check(&|header| header.cause = Some(Digest([7; 32])), EpochError::Holder);
    check(&|header| header.author = Author::Seeker, EpochError::Author);
    check(&|header| header.author = Author::Guest(fremd.guest), EpochError::Author);
    check(
        &|header| header.author = Author::Guest(other),
        EpochError::Signature(beistand_protocol::signature::SignatureError::Mismatch),
    );
    let key = account("seeker").conversation_keys(GROUP).public();
    check(&|header| header.readers.insert(0, Reader::Seeker(key.clone())), EpochError::SeekerKeys);
    // Newcomers are given no key of before.
    let locked = {
        let mute = next(&ben, with(&ben, mute));
        let signed: SignedEpoch = codec::decode(&mute.sealed.0).unwrap();
        codec::decode::<EpochHeader>(&signed.header).unwrap().history
    };
    assert!(locked.is_some());
    check(
        &|header| {
            header.history.clone_from(&locked);
            header.history_from = 0
        },
        EpochError::History,
    );
    // More than three were never meant to come.
    let five = with(&ben, |all| all.extend([fremd.clone(), guest_of(&account("vier"))]));
    let plan = ben.conversation.compose_epoch(
        &ben.sending(&world),
        &EpochChange::Guests(five),
        &mut DangerousSeeded::new(b"five"),
    );
    assert!(matches!(plan, Err(ComposeError::Epoch(_))));
    // Once the site takes no groups any more, nobody comes in; who is there can be shown out.
    world.by_anna(LogBody::SiteGroups { site: SITE, allowed: false }).unwrap();
    let random = &mut DangerousSeeded::new(b"closed");
    let more = with(&ben, |all| all.push(fremd.clone()));
    let more =
        ben.conversation.compose_epoch(&ben.sending(&world), &EpochChange::Guests(more), random).unwrap();
    assert_eq!(refuse(&ben, &world, &more), ApplyError::Epoch(EpochError::Guests));
    moderate(&mut ben, &world, &mut stored, |all| all.clear());
    let fresh = Browser::staff(&world.ben, GROUP, 6);
    let again = opening(&fresh, &world, false).unwrap();
    assert_eq!(refuse(&fresh, &world, &again), ApplyError::Epoch(EpochError::Guests));
}

#[test]
fn p06_guests_wait_for_the_next_epoch_after_a_removal_from_the_team() {
    let (mut world, mut ben, mut stored) = founded(false, TeamRules::default());
    let igel = admit(&mut ben, &world, &mut stored, "igel");
    world.by_anna(LogBody::TeamMemberRemove { team: TEAM, person: world.cem.id }).unwrap();
    let needed = |browser: &Browser, basis| {
        let sending = Sending { basis, ..browser.sending(&world) };
        browser.conversation.check_sealable(&sending).unwrap_err()
    };
    for browser in [&igel, &ben] {
        assert_eq!(needed(browser, Basis::Ordinary), ComposeError::NeedsEpoch(NeedsEpoch::Readers));
        assert_eq!(needed(browser, Basis::LeadsOnly), ComposeError::NeedsEpoch(NeedsEpoch::Basis));
    }
    ben.epoch(&world, &mut stored, &EpochChange::Refresh);
    let mut igel = igel;
    igel.post(&world, &mut stored, &text("ohne Cem"));
    assert!(read_by_staff(&world, &world.cem, &stored).is_empty());
    assert_eq!(read_by_staff(&world, &world.anna, &stored), ["ohne Cem"]);
}

#[test]
fn p16_new_keys_of_a_guest_keep_what_it_read_and_shut_the_old_ones_out() {
    let (world, mut ben, mut stored) = founded(false, TeamRules::default());
    let mut igel = admit(&mut ben, &world, &mut stored, "igel");
    igel.post(&world, &mut stored, &text("eins"));
    let mut wolke = admit(&mut ben, &world, &mut stored, "wolke");
    wolke.post(&world, &mut stored, &text("zwei"));
    let next = account("igel").draw_next(&mut DangerousSeeded::new(b"next"));
    let own = igel.conversation.own_guest();
    igel.epoch(&world, &mut stored, &EpochChange::SeekerKeys(&next.conversation_keys(GROUP)));
    wolke.post(&world, &mut stored, &text("drei"));
    assert_eq!(read_by(&world, &account("igel"), &stored), ["eins", "zwei"]);
    assert_eq!(read_by(&world, &next, &stored), ["eins", "zwei", "drei"]);
    assert_eq!(read_by(&world, &account("wolke"), &stored), ["zwei", "drei"]);
    // The same guest, by the name that it had.
    let mut igel = Browser::seeker(&next, GROUP, 9);
    igel.load(&world, &stored);
    assert_eq!(igel.conversation.own_guest(), own);
    igel.post(&world, &mut stored, &text("vier"));
    assert_eq!(read_by_staff(&world, &world.anna, &stored), ["eins", "zwei", "drei", "vier"]);
}

#[test]
fn a_group_goes_on_after_a_guest_has_locked_everybody_out() {
    let (world, mut ben, mut stored) = founded(true, TeamRules::default());
    let mut igel = admit(&mut ben, &world, &mut stored, "igel");
    let wolke = admit(&mut ben, &world, &mut stored, "wolke");
    igel.fetch(&world, &stored);
    let next = account("igel").draw_next(&mut DangerousSeeded::new(b"next"));
    let random = &mut DangerousSeeded::new(b"locked");
    let change = EpochChange::SeekerKeys(&next.conversation_keys(GROUP));
    let honest = igel.conversation.compose_epoch(&igel.sending(&world), &change, &mut *random).unwrap();
    let mut signed: SignedEpoch = codec::decode(&honest.sealed.0).unwrap();
    signed.boxes.iter_mut().for_each(|sealed| sealed.fill(1));
    signed.boxes_digest = boxes_digest(&signed.boxes, &signed.history_boxes);
    let statement = statement_bytes(&header_digest(&signed.header), &signed.boxes_digest);
    let key = account("igel").conversation_keys(GROUP).signing;
    signed.signature = key.sign(label::EPOCH_STATEMENT, &statement);
    let locked = Envelope { sealed: Sealed(codec::encode(&signed)), ..honest };
    stored.push(locked);
    ben.fetch(&world, &stored);
    assert!(!ben.conversation.is_readable());
    let gone = igel.conversation.own_guest().unwrap();
    moderate(&mut ben, &world, &mut stored, |guests| guests.retain(|guest| guest.guest != gone));
    ben.post(&world, &mut stored, &text("weiter"));
    assert_eq!(read_by(&world, &account("wolke"), &stored), ["weiter"]);
    assert!(wolke.conversation.own_guest().is_some());
}

#[test]
fn everything_is_said_where_it_belongs() {
    let (world, mut ben, mut stored) = founded(false, TeamRules::default());
    let mut igel = admit(&mut ben, &world, &mut stored, "igel");
    ben.fetch(&world, &stored);
    let invite = Body::Invite(Invite { group: GROUP, title: "Trauergruppe".into() });
    let keys = account("igel").conversation_keys(GROUP);
    let organisation = world.log.organisation();
    let join = Join::new(organisation, TALK, GROUP, "Igel".into(), &keys);
    let said = Body::Join(Box::new(join.clone()));
    let newest = ben.conversation.digest_at(1).unwrap();
    let receipt = Body::Receipt { delivered: newest, read: None };
    let introduction = Body::Introduction {
        pseudonym: "Igel".into(),
        language: beistand_protocol::membership::Language::German,
    };
    let malformed = ApplyError::Message(MessageError::Malformed);
    for body in [
        Body::Claim,
        Body::Close,
        Body::Block,
        Body::Reopen,
        Body::Release,
        receipt,
        introduction,
        invite.clone(),
        said.clone(),
    ] {
        let envelope = ben.compose(&world, &body);
        assert_eq!(refuse(&igel, &world, &envelope), malformed, "{body:?}");
    }
    // What a group is, its guests don't say.
    let own = igel.compose(&world, &Body::Card(card(&[])));
    assert_eq!(refuse(&ben, &world, &own), malformed);
    ben.post(&world, &mut stored, &Body::Card(card(&[(join.guest(), "Igel")])));
    igel.fetch(&world, &stored);
    assert_eq!(
        (igel.conversation.card().title.as_str(), igel.conversation.guest_name(join.guest())),
        ("Trauergruppe", "Igel")
    );

    // In a talk the staff invite, and the seeker comes.
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    for (by, body) in [(&mut seeker, &invite), (&mut ben, &said)] {
        by.fetch(&world, &stored);
        let envelope = by.compose(&world, body);
        assert_eq!(refuse(by, &world, &envelope), malformed, "{body:?}");
    }
    let card = ben.compose(&world, &Body::Card(card(&[])));
    assert_eq!(refuse(&seeker, &world, &card), malformed);
    assert!(matches!(ben.post(&world, &mut stored, &invite).event, Event::Invited(_)));
    assert!(matches!(seeker.post(&world, &mut stored, &said).event, Event::Joined(_)));
    assert!(join.verify(organisation, TALK).is_ok());
    // Whose key it is not can't say so, nor take another's words elsewhere.
    let changes: [&dyn Fn(&mut Join); 3] = [
        &|join| join.name = "Wolke".into(),
        &|join| join.keys = account("wolke").conversation_keys(GROUP).public(),
        &|join| join.group.0[15] ^= 1,
    ];
    for change in changes {
        let mut changed = join.clone();
        change(&mut changed);
        assert!(changed.verify(organisation, TALK).is_err());
    }
    assert!(join.verify(organisation, ConversationId([1; 16])).is_err());
}
