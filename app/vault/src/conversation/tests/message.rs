//! Messages and receipts: changed, moved, repeated, forged, missing.

use super::*;

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
            about: None,
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
    let as_ben = Party::Staff { person: world.ben.id, keys: seeker_keys, former: Vec::new() };
    let forged = impostor(&mut seeker.copy(), as_ben);
    assert_eq!(refuse(&ben, &world, &forged), ApplyError::Author, "the key is not Ben's");
    let as_seeker = Party::Seeker(world.ben.keys.clone());
    let forged = impostor(&mut ben.copy(), as_seeker);
    check(&forged, ApplyError::Message(MessageError::Signature));
    // A colleague who is no reader, with the epoch's key stolen.
    let as_cem = Party::Staff { person: world.cem.id, keys: world.cem.keys.clone(), former: Vec::new() };
    let forged = impostor(&mut ben.copy(), as_cem);
    check(&forged, ApplyError::Author);
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
fn p15_a_receipt_number_is_used_once_though_its_own_echo_is_withheld() {
    let world = World::new(TeamRules::default());
    let (_, mut seeker, mut stored) = waiting(&world);
    let (mut ben, _) = loaded(&world, &world.ben, &stored, 2);
    ben.claim(&world, &mut stored);
    let newest = ben.conversation.digest_at(1).unwrap();
    let mut receipts = Vec::new();
    for _ in 0..3 {
        // Ben's client never hears of its own receipts, and after the second it loads everything anew.
        ben.conversation.draw_receipt_number();
        receipts.push(ben.compose(&world, &Body::Receipt { delivered: newest, read: None }));
        if receipts.len() == 2 {
            let former = ben.conversation.clone();
            let view = world.view(&ben.teams);
            let loaded = Conversation::load(TALK, ben.party.clone(), former.device, &view, &stored);
            ben.conversation = loaded.unwrap().0;
            ben.conversation.keep_numbers(&former);
        }
    }
    seeker.fetch(&world, &stored);
    for receipt in &receipts {
        assert!(apply(&mut seeker, &world, receipt).is_ok());
    }
}
