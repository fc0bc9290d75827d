//! Who reads: epochs, claims, handovers, removals, new keys.

use super::*;
use beistand_protocol::{
    epoch::{ConversationKind, Facts, entitled_people},
    id::SiteId,
    month::Month,
};

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
fn a_seeker_neither_blocks_nor_lifts_a_block() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    ben.claim(&world, &mut stored);
    seeker.fetch(&world, &stored);
    let own = seeker.copy().compose(&world, &Body::Block);
    assert_eq!(refuse(&ben, &world, &own), ApplyError::Author);
    ben.post(&world, &mut stored, &Body::Block);
    assert_eq!(seeker.fetch(&world, &stored).last().unwrap().event, Event::Blocked);
    let lifted = seeker.copy().compose(&world, &Body::Reopen);
    assert_eq!(refuse(&ben, &world, &lifted), ApplyError::Author);
    ben.post(&world, &mut stored, &Body::Reopen);
    assert_eq!(seeker.fetch(&world, &stored).last().unwrap().event, Event::Unblocked);
    // Closed it still is: the seeker's next words open it.
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
fn p05_leads_read_what_somebody_has_taken_as_the_rule_says() {
    let mut world = World::new(TeamRules::default());
    let along = |world: &mut World, leads| {
        world.by_anna(LogBody::TeamReadAlong { team: TEAM, leads }).unwrap();
    };
    along(&mut world, false);
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    let (mut anna, _) = loaded(&world, &world.anna, &stored, 3);
    ben.claim(&world, &mut stored);
    seeker.fetch(&world, &stored);
    let people = |browser: &Browser| browser.conversation.epoch().unwrap().people.clone();
    let (alone, both) = (BTreeSet::from([world.ben.id]), BTreeSet::from([world.anna.id, world.ben.id]));
    assert_eq!(people(&seeker), alone);
    let unreadable = |browser: &mut Browser, world: &World, stored: &[Envelope]| {
        browser.fetch(world, stored).last().unwrap().event == Event::Unreadable
    };
    seeker.post(&world, &mut stored, &text("nur für Ben"));
    ben.fetch(&world, &stored);
    assert!(unreadable(&mut anna, &world, &stored) && !anna.conversation.is_readable());
    // Nor can she make herself a reader, though she leads and was one while it waited.
    let needs = seeker.conversation.check_sealable(&world.sending(&seeker.teams));
    assert_eq!(needs, Ok(()));
    let honest = ben
        .copy()
        .conversation
        .compose_epoch(&world.sending(&ben.teams), &EpochChange::Refresh, &mut DangerousSeeded::new(b"n"))
        .unwrap();
    let own = Author::Person { person: world.anna.id, key: world.anna.keys.signing.verify_key().id() };
    let forged = forge(&honest, &world.anna.keys.signing, |header| header.author = own);
    assert_eq!(refuse(&seeker, &world, &forged), ApplyError::Epoch(EpochError::Author));
    // With the rule nothing more is sealed to Ben alone, without it nothing more to Anna.
    for (leads, expect, before) in [(true, &both, &alone), (false, &alone, &both)] {
        assert_eq!(people(&seeker), *before);
        along(&mut world, leads);
        assert_eq!(
            seeker.conversation.check_sealable(&world.sending(&seeker.teams)),
            Err(ComposeError::NeedsEpoch(NeedsEpoch::Readers))
        );
        seeker.epoch(&world, &mut stored, &EpochChange::Refresh);
        assert_eq!(people(&seeker), *expect);
        seeker.post(&world, &mut stored, &text("weiter"));
        assert_eq!(unreadable(&mut anna, &world, &stored), !leads);
    }
    // What waits is the whole team's, and after too long without a confirmed log what is new is the leads'.
    let facts = Facts { holder: None, ..seeker.conversation.epoch().unwrap().facts() };
    let read = |facts: &Facts, basis| entitled_people(world.state(), facts, basis).unwrap();
    assert_eq!(read(&facts, Basis::Ordinary).len(), 3);
    let held = Facts { holder: Some(world.ben.id), ..facts };
    assert_eq!(read(&held, Basis::LeadsOnly), BTreeSet::from([world.anna.id]));
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
fn p21_a_seeker_opens_its_own_conversations_only() {
    let world = World::new(TeamRules::default());
    let (secret, seeker, stored) = waiting(&world);
    // Another seeker's talk, a staff thread and notes about this one, the team's room.
    let other_secret = AccountSecret::draw(&mut DangerousSeeded::new(b"other seeker"));
    let other_id = ConversationId([0xc2; 16]);
    let mut other = Browser::seeker(&other_secret, other_id, 2);
    let mut other_stored = Vec::new();
    other.open_talk(&world, &mut other_stored);
    other.post(&world, &mut other_stored, &text("fremd"));
    let mut staff = Vec::new();
    let kinds = [
        (ConversationKind::Thread { about: TALK }, SITE),
        (ConversationKind::Note { owner: world.ben.id, about: Some(TALK) }, SITE),
        (ConversationKind::Room { month: Month::at(NOW / 1000) }, SiteId::NONE),
    ];
    for (kind, site) in kinds {
        let id = kind.staff_id(TEAM).unwrap();
        let about = Some(seeker.conversation.chain().clone());
        let mut ben = Browser { about, ..Browser::staff(&world.ben, id, 3) };
        let mut random = DangerousSeeded::new(b"thread");
        let envelope =
            ben.conversation.open_staff(&ben.sending(&world), kind, site, TEAM, &mut random).unwrap();
        let mut all = vec![envelope];
        ben.fetch(&world, &all);
        ben.post(&world, &mut all, &text("unter uns"));
        staff.push((id, all));
    }
    // The vault is fed everything the server has.
    let mut opened = Vec::new();
    let everything = [(TALK, stored.clone()), (other_id, other_stored)].into_iter().chain(staff.clone());
    for (id, envelopes) in everything {
        let about = Some(seeker.conversation.chain().clone());
        let mut browser = Browser { about, ..Browser::seeker(&secret, id, 9) };
        let all = browser.load(&world, &envelopes);
        opened.push((id, words(&all), all.iter().all(Result::is_ok)));
    }
    assert_eq!(opened[0].1, ["Hallo, ist da jemand?"]);
    for (id, shown, _) in &opened[1..] {
        assert!(shown.is_empty(), "{id:?}");
    }
    // Staff of the team read the thread and the room; the notes are their owner's alone, leads included.
    let read = |person: &Staff, index: usize| {
        let (id, envelopes): &(ConversationId, Vec<Envelope>) = &staff[index];
        let about = Some(seeker.conversation.chain().clone());
        words(&Browser { about, ..Browser::staff(person, *id, 8) }.load(&world, envelopes))
    };
    assert_eq!(read(&world.cem, 0), ["unter uns"]);
    assert!(read(&world.cem, 1).is_empty());
    assert!(read(&world.anna, 1).is_empty());
    assert_eq!(read(&world.ben, 1), ["unter uns"]);
    assert_eq!(read(&world.cem, 2), ["unter uns"]);
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
