//! The properties of conversations, each by the number it has in the design.

use super::*;
use crate::{
    account::AccountSecret,
    conversation::{Event, compose::*},
    random::{DangerousSeeded, draw},
    secret::SigningKey,
    testing::*,
};
use beistand_protocol::{
    api::Sealed,
    epoch::{
        Basis, EpochHeader, NeedsEpoch, ReaderRole, ReadersError, SignedEpoch, boxes_digest, header_digest,
        statement_bytes,
    },
    label,
    membership::{Body as LogBody, TeamRules},
    team::BOX_BYTES,
};

const TALK: ConversationId = ConversationId([0xc0; 16]);

/// A talk that waits: epoch 0 and the seeker's first words.
fn waiting(world: &World) -> (AccountSecret, Browser, Vec<Envelope>) {
    let secret = AccountSecret::draw(&mut DangerousSeeded::new(b"seeker"));
    let mut seeker = Browser::seeker(&secret, TALK, 1);
    let mut stored = Vec::new();
    seeker.open_talk(world, &mut stored);
    seeker.post(world, &mut stored, &text("Hallo, ist da jemand?"));
    (secret, seeker, stored)
}

fn loaded(world: &World, staff: &Staff, stored: &[Envelope], device: u8) -> (Browser, Vec<String>) {
    let mut browser = Browser::staff(staff, TALK, device);
    let all = browser.load(world, stored);
    let shown = words(&all);
    (browser, shown)
}

/// Takes an epoch apart, changes its header, signs it again with any key.
fn forge(envelope: &Envelope, signing: &SigningKey, change: impl FnOnce(&mut EpochHeader)) -> Envelope {
    let mut signed: SignedEpoch = codec::decode(&envelope.sealed.0).unwrap();
    let mut header: EpochHeader = codec::decode(&signed.header).unwrap();
    change(&mut header);
    signed.header = codec::encode(&header);
    signed.boxes.resize(header.readers.len(), vec![0; BOX_BYTES]);
    signed.boxes_digest = boxes_digest(&signed.boxes, &signed.history_boxes);
    let statement = statement_bytes(&header_digest(&signed.header), &signed.boxes_digest);
    signed.signature = signing.sign(label::EPOCH_STATEMENT, &statement);
    Envelope { epoch: header.number, sealed: Sealed(codec::encode(&signed)), ..envelope.clone() }
}

fn apply(browser: &mut Browser, world: &World, envelope: &Envelope) -> Result<Applied, ApplyError> {
    let position = browser.conversation.length();
    browser.conversation.apply(&world.view(&browser.teams.clone()), position, envelope)
}

fn refuse(browser: &Browser, world: &World, envelope: &Envelope) -> ApplyError {
    let mut conversation = browser.conversation.clone();
    let position = conversation.length();
    conversation.apply(&world.view(&browser.teams), position, envelope).unwrap_err()
}

#[test]
fn a_talk_from_waiting_to_closed() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, shown) = loaded(&world, &world.ben, &stored, 2);
    assert_eq!(shown, ["Hallo, ist da jemand?"]);
    ben.claim(&world, &mut stored);
    ben.post(&world, &mut stored, &text("Ja, ich bin Ben."));
    let seen = seeker.fetch(&world, &stored);
    assert!(seen.iter().all(|applied| applied.alarms.is_empty()), "{seen:?}");
    assert_eq!(seeker.conversation.holder(), Some(world.ben.id));
    assert!(matches!(&seen.last().unwrap().event, Event::Text(words) if words == "Ja, ich bin Ben."));
    seeker.post(&world, &mut stored, &text("Danke!"));
    ben.post(&world, &mut stored, &Body::Close);
    seeker.fetch(&world, &stored);
    assert!(seeker.conversation.is_closed());
}

#[test]
fn p05_readers_come_from_the_log_alone() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    // Waiting: seeker and the team's generation, nobody else.
    let readers = &seeker.conversation.epoch().unwrap().header.readers;
    assert!(
        matches!(readers[..], [Reader::Seeker(_), Reader::Team { team: TEAM, number: 1, .. }]),
        "{readers:?}"
    );
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    let (mut cem, _) = loaded(&world, &world.cem, &stored, 3);
    ben.claim(&world, &mut stored);
    seeker.fetch(&world, &stored);
    // Claimed: seeker, the claimer's and the leads' own keys.
    let roles: Vec<_> = seeker.conversation.epoch().unwrap().header.readers[1..]
        .iter()
        .map(|reader| match reader {
            Reader::Person { person, role, .. } => (*person, *role),
            other => panic!("{other:?}"),
        })
        .collect();
    let mut expect = vec![(world.anna.id, ReaderRole::Lead), (world.ben.id, ReaderRole::Holder)];
    expect.sort_by_key(|(person, _)| *person);
    assert_eq!(roles, expect);
    // Cem, of the same team, gets nothing of it.
    ben.post(&world, &mut stored, &text("nur für uns"));
    let seen = cem.fetch(&world, &stored);
    assert_eq!(seen.last().unwrap().event, Event::Unreadable);
    assert!(!cem.conversation.is_readable());
    assert!(matches!(
        cem.conversation.compose(&world.sending(&cem.teams), &text("ich?"), &mut DangerousSeeded::new(b"x")),
        Err(ComposeError::NotReadable)
    ));
}

#[test]
fn p05_p12_forged_epochs_are_refused() {
    let world = World::new(TeamRules::default());
    let (secret, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    let (mut cem, _) = loaded(&world, &world.cem, &stored, 3);
    ben.claim(&world, &mut stored);
    seeker.fetch(&world, &stored);
    cem.fetch(&world, &stored);
    let honest = {
        let mut next = Browser::staff(&world.ben, TALK, 9);
        next.load(&world, &stored);
        next.conversation
            .compose_epoch(&world.sending(&next.teams), &EpochChange::Refresh, &mut next.random)
            .unwrap()
    };
    assert!(apply(&mut loaded(&world, &world.anna, &stored, 8).0, &world, &honest).is_ok());
    let ben_key = world.ben.keys.signing.clone();
    let seeker_key = secret.conversation_keys(TALK).signing;
    let stranger = AccountSecret::draw(&mut DangerousSeeded::new(b"stranger")).person_keys();
    let check = |envelope: &Envelope, expect: EpochError| {
        assert_eq!(refuse(&seeker, &world, envelope), ApplyError::Epoch(expect));
    };
    // The server, with a key of its own: not signed by the author it names, or an unknown author.
    let signature = EpochError::Signature(beistand_protocol::signature::SignatureError::Mismatch);
    check(&forge(&honest, &stranger.signing, |_| {}), signature);
    let unknown = Author::Person { person: PersonId([9; 16]), key: stranger.signing.verify_key().id() };
    check(&forge(&honest, &stranger.signing, |header| header.author = unknown), EpochError::Author);
    // The seeker in the counselor's name, the counselor in the seeker's.
    check(&forge(&honest, &seeker_key, |_| {}), signature);
    check(&forge(&honest, &ben_key, |header| header.author = Author::Seeker), signature);
    // A colleague of the team who does not read this talk.
    let cem_author = Author::Person { person: world.cem.id, key: world.cem.keys.signing.verify_key().id() };
    check(&forge(&honest, &world.cem.keys.signing, |header| header.author = cem_author), EpochError::Author);
    // The holder slips somebody in, leaves a lead or the seeker out, or swaps the seeker's key.
    let cem_reader = Reader::Person {
        person: world.cem.id,
        key: world.cem.keys.signing.verify_key().id(),
        role: ReaderRole::Member,
    };
    check(&forge(&honest, &ben_key, |header| header.readers.push(cem_reader.clone())), EpochError::Readers);
    check(&forge(&honest, &ben_key, |header| drop(header.readers.pop())), EpochError::Readers);
    check(&forge(&honest, &ben_key, |header| drop(header.readers.remove(0))), EpochError::SeekerKeys);
    let swapped = Reader::Seeker(stranger.public());
    check(&forge(&honest, &ben_key, |header| header.readers[0] = swapped.clone()), EpochError::SeekerKeys);
    // Elsewhere, another number, another place, another predecessor, a shortened log.
    check(
        &forge(&honest, &ben_key, |header| header.conversation = ConversationId([1; 16])),
        EpochError::Elsewhere,
    );
    check(&forge(&honest, &ben_key, |header| header.site.0[0] ^= 1), EpochError::Elsewhere);
    check(&forge(&honest, &ben_key, |header| header.number += 1), EpochError::DoesNotFollow);
    check(&forge(&honest, &ben_key, |header| header.position -= 1), EpochError::DoesNotFollow);
    check(&forge(&honest, &ben_key, |header| header.predecessor = None), EpochError::DoesNotFollow);
    check(&forge(&honest, &ben_key, |header| header.log_head.length -= 1), EpochError::DoesNotFollow);
    let mut other_log = world.log.head();
    other_log.digest.0[0] ^= 1;
    check(&forge(&honest, &ben_key, |header| header.log_head = other_log), EpochError::OtherLog);
    // The holder changes without a cause, or history opens or closes against the rules.
    check(&forge(&honest, &ben_key, |header| header.holder = None), EpochError::Holder);
    check(&forge(&honest, &ben_key, |header| header.history = None), EpochError::History);
    check(&forge(&honest, &ben_key, |header| header.history_from += 1), EpochError::History);
    // Boxes moved from another statement: the signed digest is another's.
    let mut moved: SignedEpoch = codec::decode(&honest.sealed.0).unwrap();
    let other: SignedEpoch = codec::decode(&stored[3].sealed.0).unwrap();
    moved.boxes.clone_from(&other.boxes);
    let moved = Envelope { sealed: Sealed(codec::encode(&moved)), ..honest.clone() };
    assert!(matches!(refuse(&seeker, &world, &moved), ApplyError::Epoch(_) | ApplyError::Shape(_)));
    // Replayed as a whole.
    assert_eq!(refuse(&seeker, &world, &stored[3]), ApplyError::Duplicate);
    // Through all of this nothing changed: the seeker still seals to the honest epoch.
    assert!(seeker.conversation.check_sealable(&world.sending(&seeker.teams)).is_ok());
}

#[test]
fn p06_after_a_removal_nothing_new_is_readable() {
    let mut world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let cem = world.cem.clone();
    world.remove(cem.id);
    // The seeker is alone online. It won't seal under the old epoch …
    let refused = seeker.conversation.compose(
        &world.sending(&seeker.teams),
        &text("?"),
        &mut DangerousSeeded::new(b"p06"),
    );
    assert_eq!(refused.unwrap_err(), ComposeError::NeedsEpoch(NeedsEpoch::Readers));
    // … nor to the stale generation, but to the remaining members' own keys.
    seeker.epoch(&world, &mut stored, &EpochChange::Refresh);
    let readers = seeker.conversation.epoch().unwrap().header.readers.clone();
    assert!(readers.iter().all(|reader| !matches!(reader, Reader::Team { .. })), "{readers:?}");
    assert_eq!(readers.len(), 3, "seeker, Anna, Ben");
    seeker.post(&world, &mut stored, &text("die nächste Nachricht"));
    // Cem still has every old key and all that the server has.
    let mut leaver = Browser::staff(&cem, TALK, 7);
    let shown = words(&leaver.load(&world, &stored));
    assert_eq!(shown, ["Hallo, ist da jemand?"], "old words only");
    let (_, shown) = loaded(&world, &world.ben, &stored, 2);
    assert_eq!(shown, ["Hallo, ist da jemand?", "die nächste Nachricht"]);
    // A member makes the next generation; new epochs use it; the leaver can't author anything.
    world.next_generation(&world.ben.clone());
    let forged = leaver.conversation.compose_epoch(
        &world.sending(&leaver.teams),
        &EpochChange::Refresh,
        &mut DangerousSeeded::new(b"p06b"),
    );
    assert!(forged.is_err(), "cannot hand on a key it does not have");
    seeker.epoch(&world, &mut stored, &EpochChange::Refresh);
    let readers = &seeker.conversation.epoch().unwrap().header.readers;
    assert!(matches!(readers[..], [Reader::Seeker(_), Reader::Team { number: 2, .. }]), "{readers:?}");
}

#[test]
fn p06_a_removed_holder_holds_nothing() {
    let mut world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    ben.claim(&world, &mut stored);
    seeker.fetch(&world, &stored);
    let before = stored.len();
    world.remove(world.ben.id);
    seeker.epoch(&world, &mut stored, &EpochChange::Refresh);
    assert_eq!(seeker.conversation.holder(), None);
    seeker.post(&world, &mut stored, &text("bist du noch da?"));
    let seen = ben.fetch(&world, &stored);
    assert_eq!(seen.last().unwrap().event, Event::Unreadable);
    // Under the old epoch, which Ben can read, the server gets nothing accepted any more; and an
    // epoch of his with the log as it was before the removal goes backwards.
    let mut old = Browser::staff(&ben.staff_of(&world), TALK, 8);
    let short = World::new(TeamRules::default());
    old.load(&short, &stored[..before]);
    let late = old
        .conversation
        .compose_epoch(&short.sending(&old.teams), &EpochChange::Refresh, &mut DangerousSeeded::new(b"late"))
        .unwrap();
    assert_eq!(refuse(&seeker, &world, &late), ApplyError::Epoch(EpochError::DoesNotFollow));
    // Cem and Anna read on; the talk waits again.
    let (_, shown) = loaded(&world, &world.cem, &stored, 3);
    assert_eq!(shown.last().unwrap(), "bist du noch da?");
}

impl Browser {
    fn staff_of(&self, world: &World) -> Staff {
        let Party::Staff { person, .. } = &self.party else { panic!("staff") };
        [&world.anna, &world.ben, &world.cem].into_iter().find(|staff| staff.id == *person).unwrap().clone()
    }
}

#[test]
fn p07_handover_while_the_earlier_counselor_is_offline() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    ben.claim(&world, &mut stored);
    ben.post(&world, &mut stored, &text("Ben hier"));
    seeker.fetch(&world, &stored);
    seeker.post(&world, &mut stored, &text("Nummer zwei"));
    // Ben hands over and is gone at once; Cem was never a reader of the claimed talk.
    let handover = ben.post(&world, &mut stored, &Body::Handover { to: world.cem.id });
    let change = EpochChange::Holder { holder: Some(world.cem.id), cause: handover.digest };
    ben.epoch(&world, &mut stored, &change);
    drop(ben);
    let (mut cem, shown) = loaded(&world, &world.cem, &stored, 3);
    assert_eq!(shown, ["Hallo, ist da jemand?", "Ben hier", "Nummer zwei"]);
    cem.post(&world, &mut stored, &text("Cem übernimmt"));
    // The seeker sees who reads from now on, and since when.
    let seen = seeker.fetch(&world, &stored);
    let epoch = seen.iter().find_map(|applied| match &applied.event {
        Event::Epoch(epoch) => Some(epoch.clone()),
        _ => None,
    });
    let epoch = epoch.unwrap();
    assert!(epoch.holder_changed && epoch.holder == Some(world.cem.id) && epoch.history_from == 0);
    assert_eq!(epoch.people, BTreeSet::from([world.anna.id, world.cem.id]));
    // A colleague can't take the talk for itself once it is held.
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 4);
    assert!(!ben.conversation.is_readable());
    ben.fetch(&world, &stored);
    // A lead can.
    let (mut anna, _) = loaded(&world, &world.anna, &stored, 5);
    let taken = anna.post(&world, &mut stored, &Body::Handover { to: world.anna.id });
    let change = EpochChange::Holder { holder: Some(world.anna.id), cause: taken.digest };
    anna.epoch(&world, &mut stored, &change);
    seeker.fetch(&world, &stored);
    assert_eq!(seeker.conversation.holder(), Some(world.anna.id));
}

#[test]
fn p07_a_live_reader_learns_of_history_that_opens() {
    let world = World::new(TeamRules::default());
    let (_, _, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    let (mut cem, _) = loaded(&world, &world.cem, &stored, 3);
    ben.claim(&world, &mut stored);
    ben.post(&world, &mut stored, &text("zwischendurch"));
    cem.fetch(&world, &stored);
    let handover = ben.post(&world, &mut stored, &Body::Handover { to: world.cem.id });
    let change = EpochChange::Holder { holder: Some(world.cem.id), cause: handover.digest };
    ben.epoch(&world, &mut stored, &change);
    let seen = cem.fetch(&world, &stored);
    let Event::Epoch(epoch) = &seen.last().unwrap().event else { panic!("{seen:?}") };
    assert!(epoch.readable && epoch.reload);
    assert!(words(&cem.load(&world, &stored)).contains(&"zwischendurch".to_owned()));
}

#[test]
fn p08_changed_moved_repeated_and_forged_messages_are_refused() {
    let world = World::new(TeamRules::default());
    let (secret, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    ben.claim(&world, &mut stored);
    seeker.fetch(&world, &stored);
    let honest = ben.compose(&world, &text("ehrlich"));
    assert!(
        apply(
            &mut Browser { conversation: seeker.conversation.clone(), ..Browser::seeker(&secret, TALK, 9) },
            &world,
            &honest
        )
        .is_ok()
    );
    let check =
        |envelope: &Envelope, expect: ApplyError| assert_eq!(refuse(&seeker, &world, envelope), expect);
    // Changed: ciphertext, nonce, or anything of the clear header.
    // (Bytes 24 and 25 are the ciphertext's length.)
    for position in [0, 23, 26, 400, honest.sealed.0.len() - 1] {
        let mut changed = honest.clone();
        changed.sealed.0[position] ^= 1;
        check(&changed, ApplyError::Message(MessageError::Changed));
    }
    check(&Envelope { id: MessageId([1; 16]), ..honest.clone() }, ApplyError::Message(MessageError::Changed));
    check(&Envelope { epoch: 0, ..honest.clone() }, ApplyError::ClosedEpoch);
    check(&Envelope { epoch: 2, ..honest.clone() }, ApplyError::NoEpoch);
    let disguised = Envelope { kind: EnvelopeKind::Close, ..honest.clone() };
    assert!(matches!(refuse(&seeker, &world, &disguised), ApplyError::Shape(_) | ApplyError::Message(_)));
    // Repeated, as a whole or under a new id.
    check(&stored[1], ApplyError::Duplicate);
    // Moved from another conversation of the same people.
    let other = ConversationId([0xc1; 16]);
    let mut elsewhere = Browser::seeker(&secret, other, 4);
    let mut other_stored = Vec::new();
    elsewhere.open_talk(&world, &mut other_stored);
    elsewhere.post(&world, &mut other_stored, &text("anderswo"));
    let moved = Envelope { epoch: 1, ..other_stored[1].clone() };
    check(&moved, ApplyError::Message(MessageError::Changed));
    // The seeker in the counselor's name and the reverse: both know the key of the epoch, and
    // only the signature tells them apart.
    let impostor = |browser: &mut Browser, author: Party| {
        let mut forged = Browser {
            conversation: browser.conversation.clone(),
            party: author.clone(),
            teams: browser.teams.clone(),
            random: DangerousSeeded::new(b"impostor"),
        };
        forged.conversation.party = author;
        forged
            .conversation
            .compose(&world.sending(&forged.teams), &text("falsch"), &mut forged.random)
            .unwrap()
    };
    let seeker_keys = secret.conversation_keys(TALK);
    let as_ben = Party::Staff { person: world.ben.id, keys: seeker_keys };
    let forged = impostor(&mut seeker.copy(), as_ben);
    assert_eq!(refuse(&ben, &world, &forged), ApplyError::Author, "the key is not Ben's");
    let as_seeker = Party::Seeker(world.ben.keys.clone());
    let forged = impostor(&mut ben.copy(), as_seeker);
    check(&forged, ApplyError::Message(MessageError::Signature));
    // A colleague who is no reader, with the epoch's key stolen.
    let as_cem = Party::Staff { person: world.cem.id, keys: world.cem.keys.clone() };
    let forged = impostor(&mut ben.copy(), as_cem);
    check(&forged, ApplyError::Author);
}

impl Browser {
    fn copy(&self) -> Self {
        Self {
            teams: self.teams.clone(),
            conversation: self.conversation.clone(),
            party: self.party.clone(),
            random: DangerousSeeded::new(b"copy"),
        }
    }
}

#[test]
fn p08_missing_ones_are_noticed_by_what_names_them() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    seeker.post(&world, &mut stored, &text("zwei"));
    seeker.post(&world, &mut stored, &text("drei"));
    // The server withholds "zwei" from Ben.
    let dropped = stored[2].clone();
    let shown: Vec<_> = stored.iter().enumerate().filter(|(i, _)| *i != 2).map(|(_, e)| e.clone()).collect();
    let mut ben = Browser::staff(&world.ben, TALK, 2);
    let all = ben.load(&world, &shown);
    let alarms: Vec<_> = all.iter().flatten().flat_map(|applied| applied.alarms.clone()).collect();
    assert_eq!(alarms, [Alarm::Missing(envelope_digest(TALK, &dropped))]);
    // Delivered later, it is out of order.
    assert_eq!(apply(&mut ben, &world, &dropped).unwrap_err(), ApplyError::Reordered);
    // Swapped neighbours.
    let mut swapped = stored.clone();
    swapped.swap(2, 3);
    let mut cem = Browser::staff(&world.cem, TALK, 3);
    let all = cem.load(&world, &swapped);
    assert_eq!(all[3], Err(ApplyError::Reordered));
    assert_eq!(all[2].as_ref().unwrap().alarms.len(), 1);
    // Withheld newest ones show nothing here: no confirmation comes.
    let mut anna = Browser::staff(&world.anna, TALK, 4);
    assert!(anna.load(&world, &stored[..2]).iter().flatten().all(|applied| applied.alarms.is_empty()));
    assert_eq!(seeker.conversation.confirmed_by_staff(), Confirmed::default());
    // But a browser that knew more before notices.
    let mark = seeker.conversation.mark().unwrap();
    assert_eq!(anna.conversation.check_mark(&mark), Err(RolledBack));
    assert_eq!(seeker.conversation.check_mark(&mark), Ok(()));
    assert_eq!(ben.conversation.check_mark(&mark), Err(RolledBack));
}

#[test]
fn p08_nothing_enters_a_closed_epoch() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    // Written, but the server did not store it before Ben's epoch.
    let late = seeker.compose(&world, &text("zu spät"));
    ben.claim(&world, &mut stored);
    seeker.fetch(&world, &stored);
    assert_eq!(refuse(&seeker, &world, &late), ApplyError::ClosedEpoch);
    // Put in before the epoch afterwards, for somebody who comes new: the place is signed.
    let mut injected = stored.clone();
    injected.insert(3, late);
    let mut anna = Browser::staff(&world.anna, TALK, 4);
    let all = anna.load(&world, &injected);
    assert_eq!(all[4], Err(ApplyError::Epoch(EpochError::DoesNotFollow)));
    // In the place of another: the heads are signed too.
    let mut replaced = stored.clone();
    replaced[2] = injected[3].clone();
    let mut anna = Browser::staff(&world.anna, TALK, 5);
    let all = anna.load(&world, &replaced);
    assert!(matches!(all[3], Err(ApplyError::Epoch(EpochError::Holder))), "{:?}", all[3]);
}

#[test]
fn p08_two_tabs_and_devices_never_raise_an_alarm() {
    let world = World::new(TeamRules::default());
    let (secret, mut one, mut stored) = waiting(&world);
    let mut two = Browser::seeker(&secret, TALK, 2);
    two.load(&world, &stored);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 3);
    let (mut ben_phone, _) = loaded(&world, &world.ben, &stored, 4);
    let mut order = DangerousSeeded::new(b"interleaving");
    let mut sent = 1;
    // Everybody writes on what they know; the server stores in any order; fetches come late.
    for round in 0..60u32 {
        let mut writers = [&mut one, &mut two, &mut ben, &mut ben_phone];
        let [which, fetch] = draw::<2>(&mut order);
        let mut composed = Vec::new();
        for index in [usize::from(which) % 4, usize::from(which / 4) % 4] {
            if composed.iter().any(|(at, _)| *at == index) {
                continue;
            }
            let envelope = writers[index].compose(&world, &text(&format!("{round}")));
            composed.push((index, envelope));
        }
        for (_, envelope) in composed {
            stored.push(envelope);
            sent += 1;
        }
        for (index, browser) in writers.iter_mut().enumerate() {
            // Who wrote must see its own before the next; others now and then.
            if fetch & (1 << index) != 0
                || usize::from(which) % 4 == index
                || usize::from(which / 4) % 4 == index
            {
                for applied in browser.fetch(&world, &stored) {
                    assert!(applied.alarms.is_empty(), "{applied:?}");
                }
            }
        }
    }
    let (_, shown) = loaded(&world, &world.cem, &stored, 5);
    assert_eq!(shown.len(), sent);
    // A reload draws a new device session; nothing clashes.
    two.load(&world, &stored);
    assert!(two.post(&world, &mut stored, &text("neu geladen")).alarms.is_empty());
    assert!(one.fetch(&world, &stored).iter().all(|applied| applied.alarms.is_empty()));
    // Even an epoch amid it.
    ben.claim(&world, &mut stored);
    assert!(one.fetch(&world, &stored).iter().all(|applied| applied.alarms.is_empty()));
}

#[test]
fn p08_one_counter_is_used_once() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, stored) = waiting(&world);
    let (ben, _) = loaded(&world, &world.ben, &stored, 2);
    // Two different messages with one counter: a stolen session, or a server that lied about
    // having refused the first.
    let first = seeker.compose(&world, &text("erste"));
    let second = seeker.compose(&world, &text("zweite"));
    let mut reader = ben.copy();
    assert!(apply(&mut reader, &world, &first).is_ok());
    assert_eq!(apply(&mut reader, &world, &second).unwrap_err(), ApplyError::Replayed);
}

#[test]
fn p15_delivered_and_read_are_the_readers_own_word() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    let newest = ben.conversation.digest_at(1).unwrap();
    let receipt = Body::Receipt { delivered: newest, read: None };
    ben.post(&world, &mut stored, &receipt);
    seeker.fetch(&world, &stored);
    let confirmed = Confirmed { delivered: Some(1), read: None };
    assert_eq!(seeker.conversation.confirmed_by(world.ben.id), confirmed);
    assert_eq!(seeker.conversation.confirmed_by_staff(), confirmed);
    ben.post(&world, &mut stored, &Body::Receipt { delivered: newest, read: Some(newest) });
    seeker.fetch(&world, &stored);
    assert_eq!(seeker.conversation.confirmed_by(world.ben.id).read, Some(1));
    // An older receipt sent again does not take it back, nor does it count twice.
    assert_eq!(refuse(&seeker, &world, &stored[2]), ApplyError::Duplicate);
    // The server can't make one: without the epoch's key it does not open.
    let mut made_up = stored[3].clone();
    made_up.id = MessageId([5; 16]);
    assert_eq!(refuse(&seeker, &world, &made_up), ApplyError::Message(MessageError::Changed));
    // All receipts, claims and typing notices have one size.
    let claim = ben.compose(&world, &Body::Claim);
    assert_eq!(stored[2].sealed.0.len(), claim.sealed.0.len());
    let typing =
        ben.conversation.compose_typing(&world.sending(&ben.teams.clone()), &mut ben.random).unwrap();
    assert_eq!(typing.len(), claim.sealed.0.len() + 1, "the epoch's number stands in front");
    let view = world.view(&seeker.teams);
    assert!(matches!(seeker.conversation.apply_typing(&view, &typing), Ok(Author::Person { .. })));
    assert_eq!(seeker.conversation.apply_typing(&view, &typing), Err(ApplyError::Replayed));
}

#[test]
fn short_texts_have_one_size() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, _) = waiting(&world);
    let size = |seeker: &mut Browser, words: &str| seeker.compose(&world, &text(words)).sealed.0.len();
    assert_eq!(size(&mut seeker, "a"), size(&mut seeker, &"a".repeat(500)));
    assert!(size(&mut seeker, &"a".repeat(600)) > size(&mut seeker, "a"));
    let longest = "a".repeat(limit::MESSAGE_TEXT_BYTES_MAX);
    assert!(size(&mut seeker, &longest) < limit::ENVELOPE_BYTES_MAX);
    let too_long = text(&"a".repeat(limit::MESSAGE_TEXT_BYTES_MAX + 1));
    let refused = seeker.conversation.compose(
        &world.sending(&seeker.teams),
        &too_long,
        &mut DangerousSeeded::new(b"x"),
    );
    assert_eq!(refused.unwrap_err(), ComposeError::Message(MessageError::Body));
}

#[test]
fn p16_new_keys_of_a_seeker_open_the_whole_history() {
    let world = World::new(TeamRules::default());
    let (former, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    ben.claim(&world, &mut stored);
    ben.post(&world, &mut stored, &text("Antwort"));
    seeker.fetch(&world, &stored);
    let next = former.draw_next(&mut DangerousSeeded::new(b"next"));
    let keys = next.conversation_keys(TALK);
    seeker.epoch(&world, &mut stored, &EpochChange::SeekerKeys(&keys));
    assert!(ben.fetch(&world, &stored).iter().all(|applied| applied.alarms.is_empty()));
    ben.post(&world, &mut stored, &text("nur noch für die neuen Schlüssel"));
    // A clean browser with the new secret alone.
    let mut clean = Browser::seeker(&next, TALK, 5);
    let shown = words(&clean.load(&world, &stored));
    assert_eq!(shown, ["Hallo, ist da jemand?", "Antwort", "nur noch für die neuen Schlüssel"]);
    clean.post(&world, &mut stored, &text("weiter"));
    assert!(ben.fetch(&world, &stored).iter().all(|applied| applied.alarms.is_empty()));
    // The former secret opens nothing new and makes nothing that is accepted.
    let mut old = Browser::seeker(&former, TALK, 6);
    let shown = words(&old.load(&world, &stored));
    assert_eq!(shown, ["Hallo, ist da jemand?", "Antwort"]);
    old.conversation.keys.clone_from(&clean.conversation.keys);
    let forged = old.compose(&world, &text("alt"));
    assert_eq!(refuse(&ben, &world, &forged), ApplyError::Message(MessageError::Signature));
    let epoch = old.conversation.compose_epoch(
        &world.sending(&old.teams),
        &EpochChange::SeekerKeys(&former.conversation_keys(TALK)),
        &mut DangerousSeeded::new(b"old"),
    );
    assert!(matches!(refuse(&ben, &world, &epoch.unwrap()), ApplyError::Epoch(EpochError::Signature(_))));
}

#[test]
fn p17_two_readers_can_not_be_given_two_keys() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    ben.claim(&world, &mut stored);
    seeker.fetch(&world, &stored);
    // Ben seals another key to the seeker than to the lead, and signs it all.
    let honest = ben
        .conversation
        .compose_epoch(&world.sending(&ben.teams), &EpochChange::Refresh, &mut DangerousSeeded::new(b"two"))
        .unwrap();
    let mut signed: SignedEpoch = codec::decode(&honest.sealed.0).unwrap();
    let header: EpochHeader = codec::decode(&signed.header).unwrap();
    let Reader::Seeker(keys) = &header.readers[0] else { panic!("seeker first") };
    let other = crate::secret::Secret::draw(&mut DangerousSeeded::new(b"other key"));
    let info = header_digest(&signed.header);
    signed.boxes[0] =
        crate::seal::seal_secret_to(&keys.kem, &info, &other, &mut DangerousSeeded::new(b"box")).unwrap();
    signed.boxes_digest = boxes_digest(&signed.boxes, &[]);
    signed.signature =
        world.ben.keys.signing.sign(label::EPOCH_STATEMENT, &statement_bytes(&info, &signed.boxes_digest));
    let two = Envelope { sealed: Sealed(codec::encode(&signed)), ..honest };
    let applied = apply(&mut seeker, &world, &two).unwrap();
    assert_eq!(applied.alarms, [Alarm::KeyMismatch]);
    assert!(!seeker.conversation.is_readable());
    assert!(seeker.conversation.check_sealable(&world.sending(&seeker.teams)).is_err());
}

#[test]
fn p21_a_seeker_opens_its_own_conversations_only() {
    let world = World::new(TeamRules::default());
    let (secret, seeker, stored) = waiting(&world);
    // Another seeker's talk, a staff thread and notes about this one.
    let other_secret = AccountSecret::draw(&mut DangerousSeeded::new(b"other seeker"));
    let other_id = ConversationId([0xc2; 16]);
    let mut other = Browser::seeker(&other_secret, other_id, 2);
    let mut other_stored = Vec::new();
    other.open_talk(&world, &mut other_stored);
    other.post(&world, &mut other_stored, &text("fremd"));
    let mut staff = Vec::new();
    let kinds = [
        ConversationKind::Thread { about: Some(TALK) },
        ConversationKind::Note { owner: world.ben.id, about: Some(TALK) },
    ];
    for (index, kind) in kinds.into_iter().enumerate() {
        let id = ConversationId([0xd0 + u8::try_from(index).unwrap(); 16]);
        let mut ben = Browser::staff(&world.ben, id, 3);
        let envelope = ben
            .conversation
            .open_staff(&world.sending(&ben.teams), kind, SITE, TEAM, &mut ben.random)
            .unwrap();
        let mut all = vec![envelope];
        ben.fetch(&world, &all);
        ben.post(&world, &mut all, &text("unter uns"));
        staff.push((id, all));
    }
    // The vault is fed everything the server has.
    let mut opened = Vec::new();
    let everything = [(TALK, stored.clone()), (other_id, other_stored)].into_iter().chain(staff.clone());
    for (id, envelopes) in everything {
        let mut browser = Browser::seeker(&secret, id, 9);
        let all = browser.load(&world, &envelopes);
        opened.push((id, words(&all), all.iter().all(Result::is_ok)));
    }
    assert_eq!(opened[0].1, ["Hallo, ist da jemand?"]);
    for (id, shown, _) in &opened[1..] {
        assert!(shown.is_empty(), "{id:?}");
    }
    // Staff of the team read the thread; the notes are their owner's alone, leads included.
    let read = |person: &Staff, index: usize| {
        let (id, envelopes): &(ConversationId, Vec<Envelope>) = &staff[index];
        words(&Browser::staff(person, *id, 8).load(&world, envelopes))
    };
    assert_eq!(read(&world.cem, 0), ["unter uns"]);
    assert!(read(&world.cem, 1).is_empty());
    assert!(read(&world.anna, 1).is_empty());
    assert_eq!(read(&world.ben, 1), ["unter uns"]);
    // An invisible message under the talk's own key can't be: whoever reads sees every position.
    assert_eq!(seeker.conversation.length(), 2);
}

#[test]
fn history_is_cut_for_newcomers_where_the_rules_say_so() {
    let rules = TeamRules { history_for_new_members: false, assigned_only: false, ..TeamRules::default() };
    let mut world = World::new(rules);
    let (secret, mut seeker, mut stored) = waiting(&world);
    let dora = staff(&mut DangerousSeeded::new(b"dora"));
    world.join(&dora, "Dora");
    seeker.epoch(&world, &mut stored, &EpochChange::Refresh);
    assert_eq!(seeker.conversation.epoch().unwrap().header.history_from, 1);
    seeker.post(&world, &mut stored, &text("ab hier mit Dora"));
    let shown = words(&Browser::staff(&dora, TALK, 5).load(&world, &stored));
    assert_eq!(shown, ["ab hier mit Dora"]);
    let (_, shown) = loaded(&world, &world.ben, &stored, 6);
    assert_eq!(shown, ["Hallo, ist da jemand?", "ab hier mit Dora"]);
    // New keys of the seeker still reach over the cut.
    let next = secret.draw_next(&mut DangerousSeeded::new(b"over the cut"));
    let keys = next.conversation_keys(TALK);
    seeker.epoch(&world, &mut stored, &EpochChange::SeekerKeys(&keys));
    let shown = words(&Browser::seeker(&next, TALK, 7).load(&world, &stored));
    assert_eq!(shown, ["Hallo, ist da jemand?", "ab hier mit Dora"]);
    // Dora claims: whoever holds the talk gets its history, by a box of her own.
    let mut dora = Browser::staff(&dora, TALK, 8);
    dora.load(&world, &stored);
    dora.claim(&world, &mut stored);
    assert!(dora.conversation.is_readable());
}

#[test]
fn p14_a_stale_head_narrows_to_the_leads() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let sending = Sending { basis: Basis::LeadsOnly, ..world.sending(&seeker.teams) };
    assert_eq!(
        seeker.conversation.check_sealable(&sending).unwrap_err(),
        ComposeError::NeedsEpoch(NeedsEpoch::Basis)
    );
    let envelope =
        seeker.conversation.compose_epoch(&sending, &EpochChange::Refresh, &mut seeker.random).unwrap();
    stored.push(envelope);
    seeker.fetch(&world, &stored);
    assert_eq!(seeker.conversation.epoch().unwrap().people, BTreeSet::from([world.anna.id]));
}

#[test]
fn a_stale_generation_is_never_used() {
    let mut world = World::new(TeamRules::default());
    let (_, seeker, _) = waiting(&world);
    let facts = seeker.conversation.epoch().unwrap().facts();
    let generation = world.generations.newest(TEAM).unwrap().clone();
    world.by_anna(LogBody::TeamMemberRemove { team: TEAM, person: world.cem.id }).unwrap();
    world.by_anna(LogBody::TeamMemberAdd { team: TEAM, person: world.cem.id }).unwrap();
    // Removed and back again: the same members, but made before the newest removal.
    let required =
        beistand_protocol::epoch::required_readers(world.state(), &facts, Basis::Ordinary, Some(&generation));
    assert_eq!(required, Err(ReadersError::Stale));
    assert!(world.generations.wants_next(world.state(), TEAM));
}
