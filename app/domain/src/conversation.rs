//! States of a conversation and what may be appended to it.
//!
//! The server can't read what it is asked to store. It orders, counts and narrows: epochs
//! follow each other without gap, nothing is stored under an epoch that is no longer the newest,
//! two claims have one winner. Clients check the signed inside for themselves.

use crate::{
    clock::Seconds,
    queue::is_running,
    record::{Asked, Conversation, Group, NewEnvelope, Readers, Whose},
    statistics,
    storage::Actor,
};
use beistand_protocol::{
    api::{ConversationState, EnvelopeKind, Window},
    id::{AccountId, GuestId, PersonId, TeamId},
    limit,
    queue::{Reach, Step},
};

/// Why an envelope is not admitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The conversation's newest epoch is another one: fetch it or make the next.
    #[error("the epoch is not the newest")]
    StaleEpoch,
    /// A colleague was faster.
    #[error("a colleague has claimed it")]
    AlreadyClaimed,
    /// Closed; only the seeker's message or a reopening goes on.
    #[error("closed")]
    Closed,
    /// The staff have blocked its seeker.
    #[error("blocked")]
    Blocked,
    /// This actor may not do that.
    #[error("not allowed")]
    Forbidden,
    /// One of these envelopes is stored already with other bytes, and what follows it here builds on these bytes.
    /// Fetch what is stored and go on from there.
    #[error("stored before with other bytes")]
    Diverged,
    /// A group is not open now for its guests.
    #[error("not open")]
    NotOpen,
    /// The guest is muted.
    #[error("muted")]
    Muted,
    /// It holds as many envelopes as a conversation may.
    #[error("the conversation is full")]
    Full,
    /// The form is wrong (an epoch without readers, a hand-over to nobody, too large …).
    #[error("malformed")]
    Malformed,
}

/// Whether a staff person with these teams may fetch the conversation.
#[must_use]
pub fn may_read(readers: &Readers, person: PersonId, teams: &[TeamId]) -> bool {
    readers.persons.contains(&person) || readers.teams.iter().any(|team| teams.contains(team))
}

/// Whether the seeker's account may fetch it.
#[must_use]
pub fn is_seeker(conversation: &Conversation, account: AccountId) -> bool {
    conversation.seekers().any(|seeker| seeker == account)
}

/// The group with other opening times, and with somebody who is about to be let in; `None`: it is no group.
#[must_use]
pub fn regrouped(
    conversation: &Conversation,
    windows: &[Window],
    guest: Option<(GuestId, AccountId)>,
) -> Option<Conversation> {
    let Group { mut accounts, .. } = conversation.group()?.clone();
    accounts.retain(|known| Some(*known) != guest);
    accounts.extend(guest);
    // Of those who never were let in, or are out again, the newest few.
    let is_in = |id: GuestId| conversation.readers.guests.iter().any(|(known, _)| *known == id);
    let mut out = accounts.iter().filter(|(id, _)| !is_in(*id)).count();
    accounts.retain(|(id, _)| {
        let goes = !is_in(*id) && out > limit::GROUP_GUESTS_MAX;
        out -= usize::from(goes);
        !goes
    });
    let whose = Whose::Group(Group { accounts, windows: windows.to_vec() });
    Some(Conversation { whose, ..conversation.clone() })
}

/// The group without an account that is gone; `None`: it is no group.
#[must_use]
pub fn left(conversation: &Conversation, account: AccountId) -> Option<Conversation> {
    let mut group = conversation.group()?.clone();
    group.accounts.retain(|(_, known)| *known != account);
    Some(Conversation { whose: Whose::Group(group), ..conversation.clone() })
}

/// Whether a group's guests may write at a time.
#[must_use]
pub fn is_open(group: &Group, now_s: Seconds) -> bool {
    group.windows.iter().any(|window| window.from_s <= now_s && now_s < window.until_s)
}

/// In a group there are words and epochs; guests write while it is open, unless they are muted.
fn check_group(
    conversation: &Conversation,
    group: &Group,
    actor: Actor,
    kind: EnvelopeKind,
    now_s: Seconds,
) -> Result<(), Refused> {
    match (kind, actor) {
        (EnvelopeKind::Epoch, _) | (EnvelopeKind::Message, Actor::Person(_)) => Ok(()),
        (EnvelopeKind::Message, Actor::Seeker(account)) => match conversation.guest(account) {
            None => Err(Refused::Forbidden),
            Some((_, true)) => Err(Refused::Muted),
            Some(_) if !is_open(group, now_s) => Err(Refused::NotOpen),
            Some(_) => Ok(()),
        },
        _ => Err(Refused::Forbidden),
    }
}

/// The conversation after one more envelope. `answer_by_s`: until when the seeker's words that come now are answered,
/// if the team promises it.
///
/// Whether a staff actor may read it at all ([`may_read`]) is checked by the caller, who knows
/// the teams; this function holds what depends on order.
///
/// # Errors
/// [`Refused`] says why the envelope is not admitted; the conversation stays as it was.
pub fn admit(
    conversation: &Conversation,
    actor: Actor,
    new: &NewEnvelope,
    answer_by_s: Option<Seconds>,
    now_s: Seconds,
) -> Result<Conversation, Refused> {
    let envelope = &new.envelope;
    if envelope.sealed.0.is_empty() || envelope.sealed.0.len() > limit::ENVELOPE_BYTES_MAX {
        return Err(Refused::Malformed);
    }
    if let Actor::Seeker(account) = actor
        && !is_seeker(conversation, account)
    {
        return Err(Refused::Forbidden);
    }
    if let Some(group) = conversation.group() {
        check_group(conversation, group, actor, envelope.kind, now_s)?;
    }
    let length_max = match envelope.kind {
        EnvelopeKind::Message | EnvelopeKind::Receipt => limit::CONVERSATION_MESSAGES_MAX,
        _ => limit::CONVERSATION_ENVELOPES_MAX,
    };
    if conversation.length >= length_max {
        return Err(Refused::Full);
    }
    let mut after = conversation.clone();
    after.length = conversation.length + 1;
    // A clock that was set back must not make a conversation older than it is.
    after.last_s = conversation.last_s.max(now_s);

    let first = conversation.length == 0;
    if envelope.kind == EnvelopeKind::Epoch {
        let expected = if first { Some(0) } else { conversation.epoch.checked_add(1) };
        if Some(envelope.epoch) != expected {
            return Err(Refused::StaleEpoch);
        }
        if new.position.ok_or(Refused::Malformed)? != conversation.length {
            return Err(Refused::StaleEpoch);
        }
        let readers = new.readers.clone().ok_or(Refused::Malformed)?;
        if readers.persons.len() + readers.teams.len() + readers.guests.len() > limit::READERS_MAX {
            return Err(Refused::Malformed);
        }
        after.epoch = envelope.epoch;
        after.readers = readers;
        return Ok(after);
    }
    if first || new.readers.is_some() || new.position.is_some() {
        return Err(Refused::Malformed);
    }
    if envelope.epoch != conversation.epoch {
        return Err(Refused::StaleEpoch);
    }
    after.state = state_after(conversation, actor, envelope.kind, envelope.assignee)?;
    if waits_anew(conversation, actor, envelope.kind, after.state, now_s) {
        let at_s = after.last_s;
        push_step(&mut after, Step { at_s, reach: Reach::Duty });
    }
    after.answer_by_s = promise_after(conversation.answer_by_s, actor, envelope.kind, answer_by_s);
    after.asked = statistics::asked_after(conversation, actor, envelope.kind, &after);
    Ok(after)
}

/// Until when an answer is promised after an envelope of this kind. What was promised never moves to later; an answer
/// keeps it, and the end of the conversation ends it.
fn promise_after(
    given_s: Option<Seconds>,
    actor: Actor,
    kind: EnvelopeKind,
    now_promised_s: Option<Seconds>,
) -> Option<Seconds> {
    match (kind, actor) {
        (EnvelopeKind::Message, Actor::Seeker(_)) => given_s.into_iter().chain(now_promised_s).min(),
        (EnvelopeKind::Message, Actor::Person(_)) | (EnvelopeKind::Close | EnvelopeKind::Block, _) => None,
        _ => given_s,
    }
}

/// Whether somebody begins to wait with this envelope: what was taken, closed or silent before is a request once more.
fn waits_anew(
    before: &Conversation,
    actor: Actor,
    kind: EnvelopeKind,
    after: ConversationState,
    now_s: Seconds,
) -> bool {
    if after != ConversationState::Waiting || before.seeker().is_none() {
        return false;
    }
    let words = matches!((kind, actor), (EnvelopeKind::Message, Actor::Seeker(_)));
    let silent = || round(&before.steps).is_empty() || !is_running(false, before.last_s, now_s);
    before.state != ConversationState::Waiting || (words && silent())
}

fn push_step(conversation: &mut Conversation, step: Step) {
    let steps = &mut conversation.steps;
    let too_many = (steps.len() + 1).saturating_sub(limit::ESCALATION_STEPS_MAX);
    steps.drain(..too_many);
    steps.push(step);
}

/// The steps since somebody has begun to wait; empty: nobody has.
#[must_use]
pub fn round(steps: &[Step]) -> &[Step] {
    let begun = steps.iter().rposition(|step| step.reach == Reach::Duty).unwrap_or(steps.len());
    &steps[begun..]
}

/// Whether it waits and nobody on duty has accepted it: a letter, whoever is there.
#[must_use]
pub fn is_letter(conversation: &Conversation) -> bool {
    let last = conversation.steps.last().map(|step| step.reach);
    conversation.state == ConversationState::Waiting && last == Some(Reach::Letter)
}

/// The conversation after another step of its escalation; `None` if that is out of date.
#[must_use]
pub fn escalated(conversation: &Conversation, newest: Step, step: Step) -> Option<Conversation> {
    let now = conversation.state == ConversationState::Waiting && conversation.steps.last() == Some(&newest);
    let mut after = now.then(|| conversation.clone())?;
    // A clock that was set back must not make a step earlier than the one before.
    push_step(&mut after, Step { at_s: step.at_s.max(newest.at_s), ..step });
    Some(after)
}

/// The conversation when its newest envelope's time turned out to be that of a clock that ran ahead, and is `last_s` at
/// the latest. A promise still later than that time was reckoned from it and is none.
#[must_use]
pub fn redated(conversation: Conversation, last_s: Seconds) -> Conversation {
    if conversation.last_s <= last_s {
        return conversation;
    }
    let answer_by_s = conversation.answer_by_s.filter(|by_s| *by_s <= conversation.last_s);
    let mut steps = conversation.steps;
    steps.iter_mut().for_each(|step| step.at_s = step.at_s.min(last_s));
    let asked = conversation.asked.map(|asked| Asked { since_s: asked.since_s.min(last_s), ..asked });
    Conversation { last_s, answer_by_s, steps, asked, ..conversation }
}

/// The state after an envelope of this kind.
fn state_after(
    conversation: &Conversation,
    actor: Actor,
    kind: EnvelopeKind,
    assignee: Option<PersonId>,
) -> Result<ConversationState, Refused> {
    use ConversationState::{Blocked, Claimed, Closed, Waiting};
    let state = conversation.state;
    let ended = state.is_ended();
    let words = matches!(kind, EnvelopeKind::Message | EnvelopeKind::Receipt);
    if conversation.seeker().is_none() && !words {
        // Whom a thread has, and whether it goes on, its talk says; rooms and groups nobody has.
        return Err(Refused::Forbidden);
    }
    if assignee.is_some() != matches!(kind, EnvelopeKind::Claim | EnvelopeKind::Handover) {
        return Err(Refused::Malformed);
    }
    match (kind, actor) {
        (EnvelopeKind::Receipt, _) => Ok(state),
        (EnvelopeKind::Message, Actor::Seeker(_)) if state == Blocked => Err(Refused::Blocked),
        (EnvelopeKind::Message, Actor::Seeker(_)) => Ok(if state == Closed { Waiting } else { state }),
        (EnvelopeKind::Message, Actor::Person(_)) if ended => Err(Refused::Closed),
        (EnvelopeKind::Message, Actor::Person(_)) => Ok(state),
        (EnvelopeKind::Claim, Actor::Person(person)) if assignee == Some(person) => match state {
            Waiting => Ok(Claimed(person)),
            Claimed(winner) if winner == person => Ok(state),
            Claimed(_) => Err(Refused::AlreadyClaimed),
            Closed | Blocked => Err(Refused::Closed),
        },
        (EnvelopeKind::Release, Actor::Person(_)) if !ended => Ok(Waiting),
        (EnvelopeKind::Handover, Actor::Person(_)) => match (state, assignee) {
            (Closed | Blocked, _) => Err(Refused::Closed),
            (_, Some(to)) => Ok(Claimed(to)),
            (_, None) => Err(Refused::Malformed),
        },
        (EnvelopeKind::Close, Actor::Person(_)) => Ok(if state == Blocked { Blocked } else { Closed }),
        (EnvelopeKind::Block, Actor::Person(_)) => Ok(Blocked),
        // Whether it is a lead who lifts it, the caller knows.
        (EnvelopeKind::Reopen, Actor::Person(_)) if state == Blocked => Ok(Closed),
        (EnvelopeKind::Reopen, Actor::Person(_)) if state == Closed => Ok(Waiting),
        (EnvelopeKind::Release | EnvelopeKind::Reopen, Actor::Person(_)) => Err(Refused::Closed),
        _ => Err(Refused::Forbidden),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Whose;
    use beistand_protocol::{
        api::{Envelope, Sealed},
        id::{ConversationId, MessageId, SiteId},
        month::Month,
    };

    const SEEKER: AccountId = AccountId([1; 16]);
    const MARA: PersonId = PersonId([2; 16]);
    const JONAS: PersonId = PersonId([3; 16]);

    fn conversation(state: ConversationState) -> Conversation {
        Conversation {
            id: ConversationId([9; 16]),
            site: SiteId([8; 16]),
            team: TeamId([7; 16]),
            whose: Whose::Seeker(SEEKER),
            state,
            readers: Readers { persons: vec![MARA], teams: vec![], guests: vec![] },
            opened_s: 10,
            last_s: 20,
            length: 2,
            epoch: 4,
            answer_by_s: None,
            steps: Vec::new(),
            asked: None,
        }
    }

    fn envelope(kind: EnvelopeKind, epoch: u32, assignee: Option<PersonId>) -> NewEnvelope {
        let statement = kind == EnvelopeKind::Epoch;
        let envelope = Envelope { id: MessageId([0; 16]), kind, epoch, assignee, sealed: Sealed(vec![1]) };
        let readers = statement.then(Readers::default);
        NewEnvelope { envelope, readers, position: statement.then_some(2) }
    }

    fn check(
        state: ConversationState,
        actor: Actor,
        kind: EnvelopeKind,
        assignee: Option<PersonId>,
        expect: Result<ConversationState, Refused>,
    ) {
        let got = admit(&conversation(state), actor, &envelope(kind, 4, assignee), None, 30);
        assert_eq!(got.map(|c| c.state), expect, "{state:?} {actor:?} {kind:?} {assignee:?}");
    }

    #[test]
    fn states() {
        use ConversationState::{Blocked, Claimed, Closed, Waiting};
        use EnvelopeKind as K;
        let (seeker, mara, jonas) = (Actor::Seeker(SEEKER), Actor::Person(MARA), Actor::Person(JONAS));
        check(Waiting, seeker, K::Message, None, Ok(Waiting));
        check(Closed, seeker, K::Message, None, Ok(Waiting));
        check(Closed, mara, K::Message, None, Err(Refused::Closed));
        check(Waiting, mara, K::Claim, Some(MARA), Ok(Claimed(MARA)));
        check(Waiting, mara, K::Claim, Some(JONAS), Err(Refused::Forbidden));
        check(Waiting, mara, K::Claim, None, Err(Refused::Malformed));
        check(Claimed(MARA), jonas, K::Claim, Some(JONAS), Err(Refused::AlreadyClaimed));
        check(Claimed(MARA), mara, K::Claim, Some(MARA), Ok(Claimed(MARA)));
        check(Claimed(MARA), mara, K::Handover, Some(JONAS), Ok(Claimed(JONAS)));
        check(Closed, mara, K::Handover, Some(JONAS), Err(Refused::Closed));
        check(Claimed(MARA), mara, K::Release, None, Ok(Waiting));
        check(Closed, mara, K::Release, None, Err(Refused::Closed));
        check(Claimed(MARA), mara, K::Close, None, Ok(Closed));
        check(Closed, mara, K::Reopen, None, Ok(Waiting));
        for state in [Waiting, Claimed(MARA), Closed, Blocked] {
            check(state, mara, K::Block, None, Ok(Blocked));
            check(state, seeker, K::Block, None, Err(Refused::Forbidden));
        }
        check(Blocked, seeker, K::Message, None, Err(Refused::Blocked));
        check(Blocked, seeker, K::Receipt, None, Ok(Blocked));
        check(Blocked, mara, K::Message, None, Err(Refused::Closed));
        check(Blocked, mara, K::Claim, Some(MARA), Err(Refused::Closed));
        check(Blocked, mara, K::Handover, Some(JONAS), Err(Refused::Closed));
        check(Blocked, mara, K::Release, None, Err(Refused::Closed));
        check(Blocked, mara, K::Close, None, Ok(Blocked));
        check(Blocked, mara, K::Reopen, None, Ok(Closed));
        check(Waiting, mara, K::Message, Some(MARA), Err(Refused::Malformed));
        for kind in [K::Claim, K::Handover] {
            check(Waiting, seeker, kind, Some(MARA), Err(Refused::Forbidden));
        }
        for kind in [K::Release, K::Close, K::Reopen] {
            check(Waiting, seeker, kind, None, Err(Refused::Forbidden));
        }
        check(Waiting, Actor::Seeker(AccountId([5; 16])), K::Message, None, Err(Refused::Forbidden));
    }

    #[test]
    fn threads_and_rooms_take_the_words_of_staff_alone() {
        use EnvelopeKind as K;
        let whose = [Whose::Thread(ConversationId([5; 16])), Whose::Room(Month::MIN)];
        let all = whose.map(|whose| Conversation { whose, ..conversation(ConversationState::Waiting) });
        let check = |actor, kind, assignee, expect: Result<(), Refused>| {
            for among in &all {
                let got = admit(among, actor, &envelope(kind, 4, assignee), None, 30);
                assert_eq!(got.map(drop), expect, "{:?} {actor:?} {kind:?}", among.whose);
            }
        };
        let (seeker, mara) = (Actor::Seeker(SEEKER), Actor::Person(MARA));
        for kind in [K::Message, K::Receipt] {
            check(mara, kind, None, Ok(()));
            check(seeker, kind, None, Err(Refused::Forbidden));
        }
        for kind in [K::Release, K::Close, K::Reopen, K::Block] {
            check(mara, kind, None, Err(Refused::Forbidden));
        }
        for kind in [K::Claim, K::Handover] {
            check(mara, kind, Some(MARA), Err(Refused::Forbidden));
        }
    }

    #[test]
    fn a_group_remembers_a_few_who_were_never_let_in() {
        let windows = [Window { from_s: 10, until_s: 20 }];
        let guest = |number: u8| (GuestId([number; 16]), AccountId([number; 16]));
        let readers = Readers { guests: vec![(guest(0).0, false)], ..Readers::default() };
        let whose = Whose::Group(Group::default());
        let mut group = Conversation { whose, readers, ..conversation(ConversationState::Waiting) };
        for number in 0..40 {
            group = regrouped(&group, &windows, Some(guest(number))).unwrap();
        }
        let known = group.group().unwrap();
        assert_eq!(known.accounts.len(), 1 + limit::GROUP_GUESTS_MAX);
        assert_eq!((known.accounts[0], *known.accounts.last().unwrap()), (guest(0), guest(39)));
        assert_eq!(group.seekers().collect::<Vec<_>>(), [guest(0).1]);
        for (now_s, open) in [(9, false), (10, true), (19, true), (20, false)] {
            assert_eq!(is_open(known, now_s), open, "{now_s}");
        }
        // Of those who come to it nobody waits for an answer, and nothing but words is said.
        let actor = Actor::Seeker(guest(0).1);
        let after = admit(&group, actor, &envelope(EnvelopeKind::Message, 4, None), Some(90), 15).unwrap();
        assert_eq!((after.steps.len(), after.asked), (0, None));
        for (kind, actor) in [(EnvelopeKind::Receipt, actor), (EnvelopeKind::Close, Actor::Person(MARA))] {
            let refused = admit(&group, actor, &envelope(kind, 4, None), None, 15);
            assert_eq!(refused.unwrap_err(), Refused::Forbidden, "{kind:?}");
        }
        assert_eq!(left(&group, guest(0).1).unwrap().seekers().count(), 0);
        assert_eq!(left(&conversation(ConversationState::Waiting), SEEKER), None);
    }

    #[test]
    fn epochs_follow_without_gap() {
        let conversation = conversation(ConversationState::Waiting);
        let actor = Actor::Seeker(SEEKER);
        for (epoch, ok) in [(3, false), (4, false), (5, true), (6, false)] {
            let got = admit(&conversation, actor, &envelope(EnvelopeKind::Epoch, epoch, None), None, 30);
            assert_eq!(got.is_ok(), ok, "{epoch}");
        }
        let elsewhere = NewEnvelope { position: Some(1), ..envelope(EnvelopeKind::Epoch, 5, None) };
        assert_eq!(admit(&conversation, actor, &elsewhere, None, 30), Err(Refused::StaleEpoch));
        let empty = Conversation { length: 0, epoch: 0, ..conversation };
        let begin = NewEnvelope { position: Some(0), ..envelope(EnvelopeKind::Epoch, 0, None) };
        assert!(admit(&empty, actor, &begin, None, 30).is_ok());
        assert_eq!(
            admit(&empty, actor, &envelope(EnvelopeKind::Message, 0, None), None, 30),
            Err(Refused::Malformed)
        );
    }

    #[test]
    fn a_full_conversation_takes_no_words_but_new_keys_and_its_end() {
        let (seeker, holder) = (Actor::Seeker(SEEKER), Actor::Person(MARA));
        let of_length = |length| Conversation { length, ..conversation(ConversationState::Claimed(MARA)) };
        let words = [EnvelopeKind::Message, EnvelopeKind::Receipt].map(|kind| envelope(kind, 4, None));
        let last = of_length(limit::CONVERSATION_MESSAGES_MAX - 1);
        let full = admit(&last, seeker, &words[0], None, 30).unwrap();
        assert!(admit(&last, seeker, &words[1], None, 30).is_ok());
        for words in &words {
            assert_eq!(admit(&full, seeker, words, None, 30), Err(Refused::Full));
        }
        let epoch = |length| NewEnvelope { position: Some(length), ..envelope(EnvelopeKind::Epoch, 5, None) };
        let close = envelope(EnvelopeKind::Close, 4, None);
        assert!(admit(&full, holder, &close, None, 30).is_ok());
        assert!(admit(&full, seeker, &epoch(full.length), None, 30).is_ok());
        let end = of_length(limit::CONVERSATION_ENVELOPES_MAX);
        assert_eq!(admit(&end, holder, &close, None, 30), Err(Refused::Full));
        assert_eq!(admit(&end, seeker, &epoch(end.length), None, 30), Err(Refused::Full));
    }

    #[test]
    fn old_epoch_and_backward_clock() {
        let conversation = conversation(ConversationState::Waiting);
        let actor = Actor::Seeker(SEEKER);
        assert_eq!(
            admit(&conversation, actor, &envelope(EnvelopeKind::Message, 3, None), None, 30),
            Err(Refused::StaleEpoch)
        );
        let after = admit(&conversation, actor, &envelope(EnvelopeKind::Message, 4, None), None, 5).unwrap();
        assert_eq!((after.last_s, after.length), (20, 3));
    }

    #[test]
    fn a_promise_is_kept_by_an_answer_and_never_put_off() {
        use ConversationState::{Claimed, Closed, Waiting};
        use EnvelopeKind as K;
        let (seeker, mara) = (Actor::Seeker(SEEKER), Actor::Person(MARA));
        let check = |state, given_s, actor, kind, promised_s, expect: Option<u64>| {
            let before = Conversation { answer_by_s: given_s, ..conversation(state) };
            let assignee = matches!(kind, K::Claim | K::Handover).then_some(MARA);
            let after = admit(&before, actor, &envelope(kind, 4, assignee), promised_s, 30).unwrap();
            assert_eq!(after.answer_by_s, expect, "{state:?} {given_s:?} {actor:?} {kind:?} {promised_s:?}");
        };
        check(Waiting, None, seeker, K::Message, None, None);
        check(Waiting, None, seeker, K::Message, Some(90), Some(90));
        check(Closed, None, seeker, K::Message, Some(90), Some(90));
        check(Claimed(MARA), None, seeker, K::Message, Some(90), Some(90));
        // More words before the answer: neither a slower rule nor none at all takes back what was promised.
        check(Waiting, Some(50), seeker, K::Message, Some(90), Some(50));
        check(Waiting, Some(50), seeker, K::Message, None, Some(50));
        check(Waiting, Some(50), seeker, K::Message, Some(40), Some(40));
        // Whoever takes it, gives it back or reads it has not answered.
        for (actor, kind) in [
            (mara, K::Claim),
            (mara, K::Release),
            (mara, K::Handover),
            (mara, K::Receipt),
            (seeker, K::Receipt),
        ] {
            check(Waiting, Some(50), actor, kind, Some(40), Some(50));
        }
        for (state, kind) in [(Claimed(MARA), K::Message), (Waiting, K::Message), (Claimed(MARA), K::Close)] {
            check(state, Some(50), mara, kind, Some(90), None);
        }
        check(Closed, None, mara, K::Reopen, Some(90), None);
        let next = NewEnvelope { position: Some(2), ..envelope(K::Epoch, 5, None) };
        let before = Conversation { answer_by_s: Some(50), ..conversation(Waiting) };
        assert_eq!(admit(&before, mara, &next, Some(40), 30).unwrap().answer_by_s, Some(50));
    }

    #[test]
    fn a_request_begins_with_words_and_with_each_return() {
        use ConversationState::{Claimed, Closed, Waiting};
        use EnvelopeKind as K;
        let (seeker, mara) = (Actor::Seeker(SEEKER), Actor::Person(MARA));
        let step = |at_s, reach| Step { at_s, reach };
        let begun = || vec![step(20, Reach::Duty), step(20, Reach::Leads), step(20, Reach::Letter)];
        let check = |state, steps: Vec<Step>, actor, kind, now_s, anew: bool, letter: bool| {
            let before = Conversation { steps: steps.clone(), ..conversation(state) };
            let assignee = matches!(kind, K::Claim | K::Handover).then_some(MARA);
            let after = admit(&before, actor, &envelope(kind, 4, assignee), None, now_s).unwrap();
            let more: Vec<_> = anew.then_some(step(now_s, Reach::Duty)).into_iter().collect();
            assert_eq!(after.steps, [steps, more].concat(), "{state:?} {kind:?} {now_s}");
            assert_eq!(is_letter(&after), letter, "{state:?} {kind:?} {now_s}");
        };
        check(Waiting, vec![], seeker, K::Message, 30, true, false);
        check(Waiting, vec![], mara, K::Message, 30, false, false);
        check(Waiting, vec![], seeker, K::Receipt, 30, false, false);
        // More words to a letter leave it one; who comes back later is a new request.
        check(Waiting, begun(), seeker, K::Message, 30, false, true);
        check(Waiting, begun(), seeker, K::Message, 20 + crate::queue::RUNNING_S, true, false);
        check(Waiting, begun(), seeker, K::Receipt, 20 + crate::queue::RUNNING_S, false, true);
        // Taken, it is none; given back or written in again, it begins anew.
        check(Waiting, begun(), mara, K::Claim, 30, false, false);
        check(Claimed(MARA), begun(), seeker, K::Message, 9000, false, false);
        check(Claimed(MARA), begun(), mara, K::Release, 30, true, false);
        check(Closed, begun(), seeker, K::Message, 30, true, false);
        check(Closed, begun(), mara, K::Reopen, 30, true, false);
        check(Waiting, begun(), mara, K::Close, 30, false, false);
    }

    #[test]
    fn a_step_is_taken_once_and_from_where_it_was_seen() {
        let step = |at_s, reach| Step { at_s, reach };
        let of = |state, steps| Conversation { steps, ..conversation(state) };
        let duty = step(20, Reach::Duty);
        let waiting = of(ConversationState::Waiting, vec![duty]);
        let after = escalated(&waiting, duty, step(50, Reach::Leads)).unwrap();
        assert_eq!(after.steps, [duty, step(50, Reach::Leads)]);
        assert_eq!(escalated(&after, duty, step(50, Reach::Leads)), None);
        for state in [ConversationState::Claimed(MARA), ConversationState::Closed] {
            assert_eq!(escalated(&of(state, vec![duty]), duty, step(50, Reach::Leads)), None);
        }
        // By a clock that was set back.
        assert_eq!(escalated(&waiting, duty, step(5, Reach::Leads)).unwrap().steps[1].at_s, 20);
        // The newest are kept, and a new request is never without its beginning.
        let full = vec![step(1, Reach::Leads); limit::ESCALATION_STEPS_MAX];
        let many = of(ConversationState::Closed, full);
        let after = admit(&many, Actor::Seeker(SEEKER), &envelope(EnvelopeKind::Message, 4, None), None, 30);
        let after = after.unwrap();
        assert_eq!(after.steps.len(), limit::ESCALATION_STEPS_MAX);
        assert_eq!(round(&after.steps), [step(30, Reach::Duty)]);
        assert!(round(&many.steps).is_empty());
        // What a wrong clock has written down.
        let ahead =
            Conversation { last_s: 9000, ..of(ConversationState::Waiting, vec![step(9000, Reach::Duty)]) };
        assert_eq!(redated(ahead, 1000).steps[0].at_s, 1000);
    }

    #[test]
    fn a_wrong_clock_s_promise_is_none() {
        let of = |last_s, by_s| Conversation {
            last_s,
            answer_by_s: Some(by_s),
            ..conversation(ConversationState::Waiting)
        };
        let after = |last_s, by_s| {
            let after = redated(of(last_s, by_s), 1000);
            (after.last_s, after.answer_by_s)
        };
        assert_eq!(after(1000, 1500), (1000, Some(1500)));
        assert_eq!(after(9000, 9500), (1000, None));
        // Promised before the clock went wrong.
        assert_eq!(after(9000, 1500), (1000, Some(1500)));
    }
}
