//! A team's room: its members read it and nobody else, it is this month's and no other one's, and nothing is said there
//! but words.

use super::*;
use beistand_protocol::{
    epoch::{ConversationKind, ReadersError},
    id::SiteId,
    month::Month,
};

/// A room in which Ben has written.
fn opened(rules: TeamRules) -> (World, Browser, Vec<Envelope>) {
    let world = World::new(rules);
    let mut ben = Browser::room(&world.ben, 3);
    let mut stored = Vec::new();
    ben.open_room(&world, &mut stored);
    ben.post(&world, &mut stored, &text("wer tauscht Freitag?"));
    (world, ben, stored)
}

fn read_by(world: &World, person: &Staff, stored: &[Envelope]) -> Vec<String> {
    words(&Browser::room(person, 9).load(world, stored))
}

fn needs_epoch(browser: &Browser, world: &World) -> bool {
    let needed = browser.conversation.check_sealable(&browser.sending(world));
    needed == Err(ComposeError::NeedsEpoch(NeedsEpoch::Readers))
}

#[test]
fn p05_a_room_is_read_by_all_members_whatever_the_rules_of_talks_are() {
    for assigned_only in [true, false] {
        let (world, ben, stored) = opened(TeamRules { assigned_only, ..TeamRules::default() });
        let all = BTreeSet::from([world.anna.id, world.ben.id, world.cem.id]);
        let epoch = ben.conversation.epoch().unwrap();
        assert_eq!(epoch.people, all);
        assert_eq!((epoch.header.site, epoch.header.holder), (SiteId::NONE, None));
        for reader in [&world.anna, &world.ben, &world.cem] {
            assert_eq!(read_by(&world, reader, &stored), ["wer tauscht Freitag?"]);
        }
        let stranger = staff(&mut DangerousSeeded::new(b"of another team"));
        assert!(read_by(&world, &stranger, &stored).is_empty());
    }
}

#[test]
fn p06_a_room_is_never_sealed_to_who_was_removed() {
    let (mut world, mut ben, mut stored) = opened(TeamRules::default());
    // From the team, not from the organisation.
    world.by_anna(LogBody::TeamMemberRemove { team: TEAM, person: world.cem.id }).unwrap();
    assert!(needs_epoch(&ben, &world));
    ben.epoch(&world, &mut stored, &EpochChange::Refresh);
    ben.post(&world, &mut stored, &text("ohne Cem"));
    assert_eq!(read_by(&world, &world.anna, &stored), ["wer tauscht Freitag?", "ohne Cem"]);
    assert_eq!(read_by(&world, &world.cem, &stored), ["wer tauscht Freitag?"]);
    // And he can't make his way back in by an epoch of his own.
    let mut cem = Browser::room(&world.cem, 8);
    cem.load(&world, &stored);
    let random = &mut DangerousSeeded::new(b"cem");
    let own = cem.conversation.compose_epoch(&cem.sending(&world), &EpochChange::Refresh, random);
    assert!(own.is_err());
    let honest = ben.conversation.compose_epoch(&ben.sending(&world), &EpochChange::Refresh, random).unwrap();
    let key = &world.cem.keys.signing;
    let forged = forge(&honest, key, |header| {
        header.author = Author::Person { person: world.cem.id, key: key.verify_key().id() };
    });
    assert_eq!(refuse(&ben, &world, &forged), ApplyError::Epoch(EpochError::Author));
}

#[test]
fn who_joins_reads_the_past_as_far_as_the_rules_say() {
    for open in [true, false] {
        let rules = TeamRules { history_for_new_members: open, ..TeamRules::default() };
        let (mut world, mut ben, mut stored) = opened(rules);
        let dora = staff(&mut DangerousSeeded::new(b"dora"));
        world.join(&dora, "Dora");
        assert!(needs_epoch(&ben, &world));
        assert!(read_by(&world, &dora, &stored).is_empty());
        ben.epoch(&world, &mut stored, &EpochChange::Refresh);
        ben.post(&world, &mut stored, &text("willkommen"));
        let expect = if open { vec!["wer tauscht Freitag?", "willkommen"] } else { vec!["willkommen"] };
        assert_eq!(read_by(&world, &dora, &stored), expect);
        let mut dora = Browser::room(&dora, 7);
        dora.load(&world, &stored);
        dora.post(&world, &mut stored, &text("danke"));
        assert_eq!(read_by(&world, &world.cem, &stored).last().unwrap(), "danke");
    }
}

#[test]
fn p12_a_room_that_is_not_its_teams_and_months_is_refused() {
    let (world, ben, stored) = opened(TeamRules::default());
    let key = world.ben.keys.signing.clone();
    let fresh = Browser::room(&world.ben, 7);
    let check = |change: &dyn Fn(&mut EpochHeader), expect: EpochError| {
        let forged = forge(&stored[0], &key, change);
        assert_eq!(refuse(&fresh, &world, &forged), ApplyError::Epoch(expect));
    };
    assert!(apply(&mut fresh.copy(), &world, &stored[0]).is_ok());
    let month = Month::at(NOW / 1000);
    let former = ConversationKind::Room { month: month.before().unwrap() };
    check(&|header| header.kind = former, EpochError::Elsewhere);
    check(&|header| header.team.0[0] ^= 1, EpochError::Elsewhere);
    check(&|header| header.kind = ConversationKind::thread(TALK), EpochError::Elsewhere);
    check(&|header| header.kind = ConversationKind::Talk, EpochError::Elsewhere);
    check(&|header| header.site = SITE, EpochError::Elsewhere);
    // It has no holder and no seeker, and is not for leads alone.
    check(&|header| header.holder = Some(world.ben.id), EpochError::Author);
    check(&|header| header.cause = Some(Digest([7; 32])), EpochError::Holder);
    check(&|header| header.basis = Basis::LeadsOnly, EpochError::NoReaders(ReadersError::WholeTeam));
    check(&|header| header.author = Author::Seeker, EpochError::Author);
    let secret = AccountSecret::draw(&mut DangerousSeeded::new(b"stranger"));
    let seeker = Reader::Seeker(secret.conversation_keys(TALK).public());
    check(&|header| header.readers.insert(0, seeker.clone()), EpochError::NoReaders(ReadersError::Seeker));
    let less = |header: &mut EpochHeader| header.readers = Vec::new();
    check(&less, EpochError::Readers);
    // Nor does a lead give it one later.
    let mut anna = Browser::room(&world.anna, 5);
    anna.load(&world, &stored);
    let next = {
        let random = &mut DangerousSeeded::new(b"next");
        anna.conversation.compose_epoch(&anna.sending(&world), &EpochChange::Refresh, random).unwrap()
    };
    assert!(apply(&mut ben.copy(), &world, &next).is_ok());
    let held = forge(&next, &world.anna.keys.signing, |header| {
        header.holder = Some(world.anna.id);
        header.cause = Some(Digest([7; 32]));
    });
    let expect = ApplyError::Epoch(EpochError::NoReaders(ReadersError::WholeTeam));
    assert_eq!(refuse(&ben, &world, &held), expect);
    // Nobody opens one under another id.
    let elsewhere = Browser::staff(&world.ben, ConversationKind::room_id(TEAM, month.before().unwrap()), 6);
    let random = &mut DangerousSeeded::new(b"elsewhere");
    let opening = elsewhere.conversation.open_room(&elsewhere.sending(&world), TEAM, month, random);
    assert_eq!(opening.unwrap_err(), ComposeError::State);
}

#[test]
fn p14_nothing_is_written_while_the_log_is_unconfirmed() {
    let (world, ben, _) = opened(TeamRules::default());
    let sending = Sending { basis: Basis::LeadsOnly, ..ben.sending(&world) };
    let needed = ben.conversation.check_sealable(&sending).unwrap_err();
    assert_eq!(needed, ComposeError::NeedsEpoch(NeedsEpoch::Basis));
    let random = &mut DangerousSeeded::new(b"stale");
    let next = ben.conversation.compose_epoch(&sending, &EpochChange::Refresh, random);
    assert!(matches!(next, Err(ComposeError::Epoch(_))), "{next:?}");
}

#[test]
fn in_a_room_there_are_words_and_receipts_alone() {
    let (world, mut ben, mut stored) = opened(TeamRules::default());
    let remark = Body::Remark(beistand_protocol::worker::Remark::Tagged { tag: "Schule".into(), on: true });
    for body in [Body::Claim, Body::Close, Body::Reopen, Body::Block, Body::Release, remark] {
        let envelope = ben.compose(&world, &body);
        let refused = refuse(&ben, &world, &envelope);
        assert_eq!(refused, ApplyError::Message(MessageError::Malformed), "{body:?}");
    }
    let newest = ben.conversation.digest_at(1).unwrap();
    ben.post(&world, &mut stored, &Body::Receipt { delivered: newest, read: Some(newest) });
}
