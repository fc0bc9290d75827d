//! States of a conversation and what may be appended to it.
//!
//! The server can't read what it is asked to store. It orders, counts and narrows: epochs
//! follow each other without gap, nothing is stored under an epoch that is no longer the newest,
//! two claims have one winner. Clients check the signed inside for themselves.

use crate::{
    clock::Seconds,
    record::{Conversation, NewEnvelope, Readers},
    storage::Actor,
};
use beistand_protocol::{
    api::{ConversationState, EnvelopeKind},
    id::{AccountId, PersonId, TeamId},
    limit,
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
    /// This actor may not do that.
    #[error("not allowed")]
    Forbidden,
    /// One of these envelopes is stored already with other bytes, and what follows it here builds on these bytes.
    /// Fetch what is stored and go on from there.
    #[error("stored before with other bytes")]
    Diverged,
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
    conversation.seeker == account
}

/// The conversation after one more envelope.
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
    now_s: Seconds,
) -> Result<Conversation, Refused> {
    let envelope = &new.envelope;
    if envelope.sealed.0.is_empty() || envelope.sealed.0.len() > limit::ENVELOPE_BYTES_MAX {
        return Err(Refused::Malformed);
    }
    if let Actor::Seeker(account) = actor
        && account != conversation.seeker
    {
        return Err(Refused::Forbidden);
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
        if readers.persons.len() + readers.teams.len() > limit::READERS_MAX {
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
    Ok(after)
}

/// The state after an envelope of this kind.
fn state_after(
    conversation: &Conversation,
    actor: Actor,
    kind: EnvelopeKind,
    assignee: Option<PersonId>,
) -> Result<ConversationState, Refused> {
    use ConversationState::{Claimed, Closed, Waiting};
    let state = conversation.state;
    if assignee.is_some() != matches!(kind, EnvelopeKind::Claim | EnvelopeKind::Handover) {
        return Err(Refused::Malformed);
    }
    match (kind, actor) {
        (EnvelopeKind::Receipt, _) => Ok(state),
        (EnvelopeKind::Message, Actor::Seeker(_)) => Ok(if state == Closed { Waiting } else { state }),
        (EnvelopeKind::Message, Actor::Person(_)) if state == Closed => Err(Refused::Closed),
        (EnvelopeKind::Message, Actor::Person(_)) => Ok(state),
        (EnvelopeKind::Claim, Actor::Person(person)) if assignee == Some(person) => match state {
            Waiting => Ok(Claimed(person)),
            Claimed(winner) if winner == person => Ok(state),
            Claimed(_) => Err(Refused::AlreadyClaimed),
            Closed => Err(Refused::Closed),
        },
        (EnvelopeKind::Release, Actor::Person(_)) if state != Closed => Ok(Waiting),
        (EnvelopeKind::Handover, Actor::Person(_)) => match (state, assignee) {
            (Closed, _) => Err(Refused::Closed),
            (_, Some(to)) => Ok(Claimed(to)),
            (_, None) => Err(Refused::Malformed),
        },
        (EnvelopeKind::Close, Actor::Person(_)) => Ok(Closed),
        (EnvelopeKind::Reopen, Actor::Person(_)) if state == Closed => Ok(Waiting),
        (EnvelopeKind::Release | EnvelopeKind::Reopen, Actor::Person(_)) => Err(Refused::Closed),
        _ => Err(Refused::Forbidden),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_protocol::{
        api::{Envelope, Sealed},
        id::{ConversationId, MessageId, SiteId},
    };

    const SEEKER: AccountId = AccountId([1; 16]);
    const MARA: PersonId = PersonId([2; 16]);
    const JONAS: PersonId = PersonId([3; 16]);

    fn conversation(state: ConversationState) -> Conversation {
        Conversation {
            id: ConversationId([9; 16]),
            site: SiteId([8; 16]),
            team: TeamId([7; 16]),
            seeker: SEEKER,
            state,
            readers: Readers { persons: vec![MARA], teams: vec![] },
            opened_s: 10,
            last_s: 20,
            length: 2,
            epoch: 4,
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
        let got = admit(&conversation(state), actor, &envelope(kind, 4, assignee), 30);
        assert_eq!(got.map(|c| c.state), expect, "{state:?} {actor:?} {kind:?} {assignee:?}");
    }

    #[test]
    fn states() {
        use ConversationState::{Claimed, Closed, Waiting};
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
    fn epochs_follow_without_gap() {
        let conversation = conversation(ConversationState::Waiting);
        let actor = Actor::Seeker(SEEKER);
        for (epoch, ok) in [(3, false), (4, false), (5, true), (6, false)] {
            let got = admit(&conversation, actor, &envelope(EnvelopeKind::Epoch, epoch, None), 30);
            assert_eq!(got.is_ok(), ok, "{epoch}");
        }
        let elsewhere = NewEnvelope { position: Some(1), ..envelope(EnvelopeKind::Epoch, 5, None) };
        assert_eq!(admit(&conversation, actor, &elsewhere, 30), Err(Refused::StaleEpoch));
        let empty = Conversation { length: 0, epoch: 0, ..conversation };
        let begin = NewEnvelope { position: Some(0), ..envelope(EnvelopeKind::Epoch, 0, None) };
        assert!(admit(&empty, actor, &begin, 30).is_ok());
        assert_eq!(
            admit(&empty, actor, &envelope(EnvelopeKind::Message, 0, None), 30),
            Err(Refused::Malformed)
        );
    }

    #[test]
    fn a_full_conversation_takes_no_words_but_new_keys_and_its_end() {
        let (seeker, holder) = (Actor::Seeker(SEEKER), Actor::Person(MARA));
        let of_length = |length| Conversation { length, ..conversation(ConversationState::Claimed(MARA)) };
        let words = [EnvelopeKind::Message, EnvelopeKind::Receipt].map(|kind| envelope(kind, 4, None));
        let last = of_length(limit::CONVERSATION_MESSAGES_MAX - 1);
        let full = admit(&last, seeker, &words[0], 30).unwrap();
        assert!(admit(&last, seeker, &words[1], 30).is_ok());
        for words in &words {
            assert_eq!(admit(&full, seeker, words, 30), Err(Refused::Full));
        }
        let epoch = |length| NewEnvelope { position: Some(length), ..envelope(EnvelopeKind::Epoch, 5, None) };
        let close = envelope(EnvelopeKind::Close, 4, None);
        assert!(admit(&full, holder, &close, 30).is_ok());
        assert!(admit(&full, seeker, &epoch(full.length), 30).is_ok());
        let end = of_length(limit::CONVERSATION_ENVELOPES_MAX);
        assert_eq!(admit(&end, holder, &close, 30), Err(Refused::Full));
        assert_eq!(admit(&end, seeker, &epoch(end.length), 30), Err(Refused::Full));
    }

    #[test]
    fn old_epoch_and_backward_clock() {
        let conversation = conversation(ConversationState::Waiting);
        let actor = Actor::Seeker(SEEKER);
        assert_eq!(
            admit(&conversation, actor, &envelope(EnvelopeKind::Message, 3, None), 30),
            Err(Refused::StaleEpoch)
        );
        let after = admit(&conversation, actor, &envelope(EnvelopeKind::Message, 4, None), 5).unwrap();
        assert_eq!((after.last_s, after.length), (20, 3));
    }
}
