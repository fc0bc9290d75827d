//! How the talks that wait in a team find somebody. The rules decide about turns, never about who may read: so the
//! server may keep and apply them, and they stand in no signed log.

use crate::{
    id::PersonId,
    limit::{ESCALATION_S_MAX, ESCALATION_S_MIN, QUEUE_OFFER_S_MAX, QUEUE_OFFER_S_MIN, QUEUE_TALKS_MAX},
};
use serde::{Deserialize, Serialize};

/// Who begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum QueueMode {
    /// Whoever wants takes a talk.
    Pull,
    /// Each talk is offered to the least busy one on duty, and to the next if it is not taken.
    Push,
}

/// How long a request that nobody accepts stands with the last ones who were asked, before it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// Seconds with the next on duty before the leads are asked.
    pub leads_s: u16,
    /// Seconds with the leads before the live talk becomes a letter.
    pub letter_s: u16,
}

impl Escalation {
    /// Whether it is within its limits.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let within = |time_s| (ESCALATION_S_MIN..=ESCALATION_S_MAX).contains(&time_s);
        within(self.leads_s) && within(self.letter_s)
    }
}

/// Who is asked from then on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Reach {
    /// It began to wait: whoever is on duty.
    Duty,
    /// One on duty by name.
    Person(PersonId),
    /// The team's leads.
    Leads,
    /// Nobody in particular: nobody has accepted it, and it is a letter.
    Letter,
}

/// A step of an escalation: a line in the log of a conversation, for staff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Step {
    /// When, seconds since 1970.
    pub at_s: u64,
    /// To whom.
    pub reach: Reach,
}

/// A team's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRules {
    /// Who begins.
    pub mode: QueueMode,
    /// Running talks that one person may have when taking another; `None`: as many as they like.
    pub talks_max: Option<u8>,
    /// Seconds that an offer stands before the next one gets it; where people take for themselves, seconds before the
    /// next on duty is asked by name.
    pub offer_s: u16,
    /// What becomes of a request that nobody accepts; `None`: it waits.
    pub escalation: Option<Escalation>,
}

impl Default for QueueRules {
    fn default() -> Self {
        Self { mode: QueueMode::Pull, talks_max: None, offer_s: 60, escalation: None }
    }
}

impl QueueRules {
    /// Whether they are within their limits.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.talks_max.is_none_or(|max| (1..=QUEUE_TALKS_MAX).contains(&max))
            && (QUEUE_OFFER_S_MIN..=QUEUE_OFFER_S_MAX).contains(&self.offer_s)
            && self.escalation.is_none_or(|escalation| escalation.is_valid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let rules =
            |talks_max, offer_s| QueueRules { mode: QueueMode::Push, talks_max, offer_s, escalation: None };
        let steps = |leads_s, letter_s| QueueRules {
            escalation: Some(Escalation { leads_s, letter_s }),
            ..QueueRules::default()
        };
        for (rules, expect) in [
            (QueueRules::default(), true),
            (rules(Some(1), QUEUE_OFFER_S_MIN), true),
            (rules(Some(QUEUE_TALKS_MAX), QUEUE_OFFER_S_MAX), true),
            (rules(Some(0), 60), false),
            (rules(Some(QUEUE_TALKS_MAX + 1), 60), false),
            (rules(None, QUEUE_OFFER_S_MIN - 1), false),
            (rules(None, QUEUE_OFFER_S_MAX + 1), false),
            (steps(ESCALATION_S_MIN, ESCALATION_S_MAX), true),
            (steps(ESCALATION_S_MIN - 1, 60), false),
            (steps(60, ESCALATION_S_MAX + 1), false),
        ] {
            assert_eq!(rules.is_valid(), expect, "{rules:?}");
        }
    }
}
