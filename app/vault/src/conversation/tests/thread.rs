//! The staff's thread about a talk: who reads it, and what a server can't do with it.

use super::*;
use beistand_protocol::{
    epoch::{ConversationKind, Facts, required_readers},
    month::Month,
};

/// A talk that Ben holds, with its thread and his words there.
struct Held {
    world: World,
    seeker: Browser,
    talk: Vec<Envelope>,
    ben: Browser,
    stored: Vec<Envelope>,
}

/// A thread that was opened while the talk waited, then Ben claimed.
fn held(rules: TeamRules) -> Held {
    let world = World::new(rules);
    let (_, mut seeker, mut talk) = waiting(&world);
    let mut ben = Browser::thread(&world.ben, &seeker.conversation, 3);
    let mut stored = Vec::new();
    ben.open_thread(&world, &mut stored);
    ben.post(&world, &mut stored, &text("wer mag?"));
    loaded(&world, &world.ben, &talk, 2).0.claim(&world, &mut talk);
    seeker.fetch(&world, &talk);
    ben.about = Some(seeker.conversation.chain().clone());
    Held { world, seeker, talk, ben, stored }
}

impl Held {
    /// What somebody of the staff reads in the thread.
    fn read_by(&self, person: &Staff) -> Vec<String> {
        words(&Browser::thread(person, &self.seeker.conversation, 9).load(&self.world, &self.stored))
    }

    fn people(&self) -> BTreeSet<PersonId> {
        self.ben.conversation.epoch().unwrap().people.clone()
    }

    fn needs_epoch(&self) -> bool {
        let needed = self.ben.conversation.check_sealable(&self.ben.sending(&self.world));
        needed == Err(ComposeError::NeedsEpoch(NeedsEpoch::Readers))
    }

    fn renew(&mut self) {
        self.ben.epoch(&self.world, &mut self.stored, &EpochChange::Refresh);
    }
}

#[test]
fn p05_a_thread_is_read_by_the_staff_who_read_its_talk() {
    let mut held = held(TeamRules::default());
    let all = BTreeSet::from([held.world.anna.id, held.world.ben.id, held.world.cem.id]);
    assert_eq!(held.people(), all);
    // The talk was claimed meanwhile: nothing more is sealed to the whole team.
    assert!(held.needs_epoch());
    held.renew();
    assert_eq!(held.people(), BTreeSet::from([held.world.anna.id, held.world.ben.id]));
    held.ben.post(&held.world, &mut held.stored, &text("ich mach das"));
    for reader in [&held.world.ben, &held.world.anna] {
        assert_eq!(held.read_by(reader), ["wer mag?", "ich mach das"]);
    }
    assert_eq!(held.read_by(&held.world.cem), ["wer mag?"]);
    // Where everybody of the team reads its talks, everybody reads the thread, whoever holds the talk.
    let held = self::held(TeamRules { assigned_only: false, ..TeamRules::default() });
    assert!(!held.needs_epoch());
    assert_eq!(held.people().len(), 3);
}

#[test]
fn p06_a_thread_is_never_sealed_to_who_was_removed() {
    let mut held = held(TeamRules { assigned_only: false, ..TeamRules::default() });
    held.world.remove(held.world.cem.id);
    assert!(held.needs_epoch());
    held.renew();
    held.ben.post(&held.world, &mut held.stored, &text("ohne Cem"));
    assert_eq!(held.read_by(&held.world.anna), ["wer mag?", "ohne Cem"]);
    let mut cem = Browser::thread(&held.world.cem, &held.seeker.conversation, 9);
    assert_eq!(words(&cem.load(&held.world, &held.stored)), ["wer mag?"]);
    // A holder who is gone holds nothing: the leads go on, and then the whole team reads again.
    let mut held = self::held(TeamRules::default());
    held.renew();
    held.world.remove(held.world.ben.id);
    let mut anna = Browser::thread(&held.world.anna, &held.seeker.conversation, 8);
    anna.load(&held.world, &held.stored);
    anna.epoch(&held.world, &mut held.stored, &EpochChange::Refresh);
    let epoch = anna.conversation.epoch().unwrap();
    assert_eq!(epoch.header.holder, None);
    assert_eq!(epoch.people, BTreeSet::from([held.world.anna.id, held.world.cem.id]));
}

#[test]
fn p07_a_thread_is_handed_over_with_its_talk() {
    let mut held = held(TeamRules::default());
    held.renew();
    held.ben.post(&held.world, &mut held.stored, &text("bitte morgen anrufen"));
    let to = held.world.cem.id;
    let mut holder = loaded(&held.world, &held.world.ben, &held.talk, 4).0;
    let given = holder.post(&held.world, &mut held.talk, &Body::Handover { to });
    let change = EpochChange::Holder { holder: Some(to), cause: given.digest };
    holder.epoch(&held.world, &mut held.talk, &change);
    held.seeker.fetch(&held.world, &held.talk);
    held.ben.about = Some(held.seeker.conversation.chain().clone());
    assert!(held.needs_epoch());
    assert_eq!(held.read_by(&held.world.cem), ["wer mag?"]);
    held.renew();
    assert_eq!(held.people(), BTreeSet::from([held.world.anna.id, to]));
    assert_eq!(held.read_by(&held.world.cem), ["wer mag?", "bitte morgen anrufen"]);
    // Ben has given it away.
    let late = held.ben.conversation.compose(
        &held.ben.sending(&held.world),
        &text("noch was"),
        &mut DangerousSeeded::new(b"late"),
    );
    assert_eq!(late.unwrap_err(), ComposeError::NotReadable);
}

#[test]
fn p12_a_thread_that_is_not_its_talks_is_refused() {
    let mut held = held(TeamRules::default());
    let key = held.world.ben.keys.signing.clone();
    let fresh = Browser::thread(&held.world.ben, &held.seeker.conversation, 7);
    let check = |change: &dyn Fn(&mut EpochHeader), expect: EpochError| {
        let forged = forge(&held.stored[0], &key, change);
        assert_eq!(refuse(&fresh, &held.world, &forged), ApplyError::Epoch(expect));
    };
    assert!(apply(&mut fresh.copy(), &held.world, &held.stored[0]).is_ok());
    // Another talk's, a team's room, a talk, notes: none of them under this id.
    let other = ConversationId([0xc2; 16]);
    check(&|header| header.kind = ConversationKind::thread(other), EpochError::Elsewhere);
    let month = Month::at(NOW / 1000);
    check(&|header| header.kind = ConversationKind::Room { month }, EpochError::Elsewhere);
    check(&|header| header.kind = ConversationKind::Talk, EpochError::Elsewhere);
    let notes = ConversationKind::Note { owner: held.world.ben.id, about: Some(TALK) };
    check(&|header| header.kind = notes, EpochError::Elsewhere);
    // A holder that the talk does not have, no word of the talk, a talk of another site.
    let holder = Some(held.world.ben.id);
    let facts = Facts { holder, ..held.ben.conversation.epoch().unwrap().facts() };
    let readers = required_readers(held.world.state(), &facts, Basis::Ordinary, None).unwrap();
    let taken = |header: &mut EpochHeader| {
        header.holder = holder;
        header.readers.clone_from(&readers);
    };
    check(&taken, EpochError::Talk);
    check(&|header| header.cause = None, EpochError::Talk);
    check(&|header| header.site.0[0] ^= 1, EpochError::Elsewhere);
    // The seeker's key signs none.
    check(&|header| header.author = Author::Seeker, EpochError::Author);
    // An epoch that the talk never had: it is asked for, and not found.
    let invented = forge(&held.stored[0], &key, |header| header.cause = Some(Digest([7; 32])));
    assert_eq!(refuse(&fresh, &held.world, &invented), ApplyError::UnknownTalk);
    // Without the talk, or beside another one, nothing can be said.
    let none = Browser { about: None, ..fresh.copy() };
    assert_eq!(refuse(&none, &held.world, &held.stored[0]), ApplyError::UnknownTalk);
    let secret = AccountSecret::draw(&mut DangerousSeeded::new(b"stranger"));
    let mut stranger_talk = Browser::seeker(&secret, other, 5);
    let mut all = Vec::new();
    stranger_talk.open_talk(&held.world, &mut all);
    let beside = Browser { about: Some(stranger_talk.conversation.chain().clone()), ..fresh.copy() };
    assert_eq!(refuse(&beside, &held.world, &held.stored[0]), ApplyError::UnknownTalk);
    // A later one goes on from where the talk was, never back: nobody is let in by an epoch of before.
    held.renew();
    let before = held.seeker.conversation.chain().get(0).unwrap().digest;
    let honest = {
        let random = &mut DangerousSeeded::new(b"next");
        let sending = held.ben.sending(&held.world);
        held.ben.conversation.compose_epoch(&sending, &EpochChange::Refresh, random).unwrap()
    };
    let all = held.stored[0].clone();
    let first: SignedEpoch = codec::decode(&all.sealed.0).unwrap();
    let first: EpochHeader = codec::decode(&first.header).unwrap();
    let back = forge(&honest, &key, |header| {
        header.cause = Some(before);
        header.holder = None;
        header.readers.clone_from(&first.readers);
    });
    assert_eq!(refuse(&held.ben, &held.world, &back), ApplyError::Epoch(EpochError::Talk));
    assert!(apply(&mut held.ben.copy(), &held.world, &honest).is_ok());
    // No talk has the id of a thread.
    let squatter = ConversationKind::thread_id(TALK);
    let taken = Browser::seeker(&secret, squatter, 6);
    let random = &mut DangerousSeeded::new(b"squatter");
    let opening = taken.conversation.open_talk(&held.world.sending(&taken.teams), SITE, random).unwrap();
    assert_eq!(refuse(&taken, &held.world, &opening), ApplyError::Epoch(EpochError::Elsewhere));
}
