//! Counts of requests: what is counted of a talk, kept by month, team and site, and told to whoever leads.
//!
//! A count is made in the commit that stores what it counts, and says nothing about the talk: it stays when that is
//! destroyed. What is told of the counts is worked out in [`publication`], so that nobody is seen in it.

pub mod disclosure;
pub mod publication;

use crate::{
    clock::Seconds,
    conversation::round,
    record::{Asked, Conversation},
    roster::{ZONE_DEFAULT, zone::Zone},
    storage::Actor,
};
use beistand_protocol::{
    api::{ConversationState, EnvelopeKind},
    id::{SiteId, TeamId},
    queue::Reach,
    statistics::{WAIT_STEPS, WAIT_STEPS_S},
};

const HOURS: usize = 24;
const WEEKDAYS: usize = 7;
const STEPS: usize = WAIT_STEPS as usize;
/// Where the counts begin: hours of the day, weekdays, waiting for somebody to take it (live, letter), for the first
/// answer (live, letter), and promises (kept, broken). Records have them in this order; new ones come last.
const AT_WEEKDAY: usize = HOURS;
const AT_WAIT: usize = AT_WEEKDAY + WEEKDAYS;
const AT_ANSWER: usize = AT_WAIT + 2 * STEPS;
const AT_PROMISE: usize = AT_ANSWER + 2 * STEPS;
const COUNTS: usize = AT_PROMISE + 2;

/// A moment as a team's calendar and clock show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Twelve times the year, and months since January.
    pub month: u32,
    /// From 0 for Monday.
    pub weekday: u8,
    /// Hour of the day.
    pub hour: u8,
}

impl Moment {
    /// The moment in a zone; without one, in that of a team that has chosen none.
    #[must_use]
    pub fn at(zone: Option<&str>, now_s: Seconds) -> Self {
        let (day, minute) = Zone::of(zone.unwrap_or(ZONE_DEFAULT)).wall(now_s);
        let (year, month, _) = day.date();
        let month = u32::try_from(year * 12 + month - 1).unwrap_or_default();
        let hour = u8::try_from(minute / 60).unwrap_or_default();
        Self { month, weekday: day.weekday(), hour }
    }
}

/// What requests are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TallyKey {
    /// Month in the team's time zone: twelve times the year, and months since January.
    pub month: u32,
    /// Team.
    pub team: TeamId,
    /// Site.
    pub site: SiteId,
}

/// What was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally([u64; COUNTS]);

impl Default for Tally {
    fn default() -> Self {
        Self([0; COUNTS])
    }
}

/// Something that is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Somebody asks for help: in a new talk, or in one that was closed.
    Request,
    /// Somebody has taken the request for the first time.
    Taken {
        /// Whether it was a letter by then.
        letter: bool,
        /// After so many seconds.
        after_s: Seconds,
    },
    /// The request has its first answer.
    Answered {
        /// Whether it was a letter by then.
        letter: bool,
        /// After so many seconds.
        after_s: Seconds,
        /// Whether that was in time, if it was promised.
        in_time: Option<bool>,
    },
}

impl Tally {
    /// From the counts of a record; an older one has fewer.
    #[must_use]
    pub fn of(counts: &[u64]) -> Self {
        let mut tally = Self::default();
        tally.0.iter_mut().zip(counts).for_each(|(count, stored)| *count = *stored);
        tally
    }

    /// All counts, in their order.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.0
    }

    /// Counts something.
    pub fn add(&mut self, counted: Counted, moment: Moment) {
        let channel = |letter: bool| if letter { STEPS } else { 0 };
        let mut one = |place: usize| {
            if let Some(count) = self.0.get_mut(place) {
                *count = count.saturating_add(1);
            }
        };
        match counted {
            Counted::Request => {
                one(usize::from(moment.hour));
                one(AT_WEEKDAY + usize::from(moment.weekday));
            }
            Counted::Taken { letter, after_s } => one(AT_WAIT + channel(letter) + step(after_s)),
            Counted::Answered { letter, after_s, in_time } => {
                one(AT_ANSWER + channel(letter) + step(after_s));
                if let Some(in_time) = in_time {
                    one(AT_PROMISE + usize::from(!in_time));
                }
            }
        }
    }
}

/// The step of waiting that so many seconds belong to.
fn step(after_s: Seconds) -> usize {
    WAIT_STEPS_S.iter().position(|until_s| after_s <= *until_s).unwrap_or(WAIT_STEPS_S.len())
}

/// The request that nobody has answered yet, after an envelope of this kind that has made `after` of `before`.
pub(crate) fn asked_after(
    before: &Conversation,
    actor: Actor,
    kind: EnvelopeKind,
    after: &Conversation,
) -> Option<Asked> {
    before.seeker()?;
    match (kind, actor) {
        (EnvelopeKind::Message, Actor::Seeker(_)) => {
            // Whoever adds something asks for nothing new.
            let begins = before.state == ConversationState::Closed || before.steps.is_empty();
            let new = begins.then_some(Asked { since_s: after.last_s, taken: false });
            before.asked.or(new)
        }
        (EnvelopeKind::Message, Actor::Person(_)) | (EnvelopeKind::Close | EnvelopeKind::Block, _) => None,
        (EnvelopeKind::Claim | EnvelopeKind::Handover, _) => {
            before.asked.map(|asked| Asked { taken: true, ..asked })
        }
        _ => before.asked,
    }
}

/// What is counted of an envelope that has made `after` of `before`.
#[must_use]
pub fn counted(
    before: &Conversation,
    after: &Conversation,
    actor: Actor,
    kind: EnvelopeKind,
) -> Option<Counted> {
    let Some(asked) = before.asked else { return after.asked.map(|_| Counted::Request) };
    let after_s = after.last_s.saturating_sub(asked.since_s);
    let letter = round(&before.steps).iter().any(|step| step.reach == Reach::Letter);
    match (kind, actor) {
        (EnvelopeKind::Claim | EnvelopeKind::Handover, _) if !asked.taken => {
            Some(Counted::Taken { letter, after_s })
        }
        (EnvelopeKind::Message, Actor::Person(_)) => {
            let in_time = before.answer_by_s.map(|by_s| after.last_s <= by_s);
            Some(Counted::Answered { letter, after_s, in_time })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::admit,
        record::{NewEnvelope, Readers, Whose},
    };
    use beistand_protocol::{
        api::{Envelope, Sealed},
        id::{AccountId, ConversationId, MessageId, PersonId},
        queue::Step,
    };

    const SEEKER: Actor = Actor::Seeker(AccountId([1; 16]));
    const MARA: PersonId = PersonId([2; 16]);

    /// What is counted of these, each after so many seconds.
    fn check(talk: &mut Conversation, steps: &[(Seconds, Actor, EnvelopeKind, Option<Counted>)]) {
        for (now_s, actor, kind, expect) in steps {
            let assignee = matches!(kind, EnvelopeKind::Claim | EnvelopeKind::Handover).then_some(MARA);
            let sealed = Sealed(vec![1]);
            let envelope = Envelope { id: MessageId([0; 16]), kind: *kind, epoch: 0, assignee, sealed };
            let new = NewEnvelope { envelope, readers: None, position: None };
            let after = admit(talk, *actor, &new, Some(1000), *now_s).unwrap();
            assert_eq!(counted(talk, &after, *actor, *kind), *expect, "{now_s} {kind:?}");
            *talk = after;
        }
    }

    fn talk(whose: Whose) -> Conversation {
        let opened =
            Conversation::opened(ConversationId([9; 16]), SiteId([8; 16]), TeamId([7; 16]), whose, 10);
        Conversation { length: 1, readers: Readers::default(), ..opened }
    }

    #[test]
    fn a_request_is_counted_once_until_it_is_closed() {
        use EnvelopeKind::{Claim, Close, Handover, Message, Receipt, Release, Reopen};
        let mara = Actor::Person(MARA);
        let taken = |letter, after_s| Some(Counted::Taken { letter, after_s });
        let answered = |letter, after_s, in_time| Some(Counted::Answered { letter, after_s, in_time });
        let mut live = talk(Whose::Seeker(AccountId([1; 16])));
        check(
            &mut live,
            &[
                (20, SEEKER, Message, Some(Counted::Request)),
                (30, SEEKER, Message, None),
                (40, mara, Receipt, None),
                (80, mara, Claim, taken(false, 60)),
                (90, mara, Release, None),
                (95, mara, Claim, None),
                (99, mara, Handover, None),
                (120, mara, Message, answered(false, 100, Some(true))),
                (130, SEEKER, Message, None),
                (140, mara, Message, None),
                (150, mara, Close, None),
                (160, mara, Reopen, None),
                (170, SEEKER, Message, None),
                (180, mara, Close, None),
                // Back again, and never answered.
                (200, SEEKER, Message, Some(Counted::Request)),
                (300, mara, Close, None),
                (400, SEEKER, Message, Some(Counted::Request)),
            ],
        );
        live.steps.push(Step { at_s: 450, reach: Reach::Letter });
        check(
            &mut live,
            &[(500, mara, Claim, taken(true, 100)), (1001, mara, Message, answered(true, 601, Some(false)))],
        );
        check(&mut talk(Whose::Thread(ConversationId([3; 16]))), &[(20, mara, Message, None)]);
    }

    #[test]
    fn counts_stand_in_their_places() {
        let check = |counted, moment: Moment, expect: &[usize]| {
            let mut tally = Tally::default();
            tally.add(counted, moment);
            let found: Vec<usize> = (0..COUNTS).filter(|at| tally.counts()[*at] == 1).collect();
            assert_eq!(found, expect, "{counted:?}");
            assert_eq!(Tally::of(tally.counts()), tally);
        };
        // Sunday 1 November 2026, half past midnight in Berlin: October by UTC.
        let moment = Moment::at(None, 1_793_489_400);
        assert_eq!(moment, Moment { month: 2026 * 12 + 10, weekday: 6, hour: 0 });
        check(Counted::Request, moment, &[0, 30]);
        check(Counted::Taken { letter: false, after_s: 0 }, moment, &[31]);
        check(Counted::Taken { letter: true, after_s: 60 }, moment, &[45]);
        check(Counted::Answered { letter: false, after_s: 61, in_time: None }, moment, &[60]);
        let late = Counted::Answered { letter: true, after_s: Seconds::MAX, in_time: Some(false) };
        check(late, moment, &[86, 88]);
        assert_eq!(Tally::of(&[7]).counts()[..2], [7, 0]);
        assert_eq!(STEPS, WAIT_STEPS_S.len() + 1);
    }
}
