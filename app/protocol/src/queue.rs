//! How the talks that wait in a team find somebody. The rules decide about turns, never about who may read: so the
//! server may keep and apply them, and they stand in no signed log.

use crate::limit::{QUEUE_OFFER_S_MAX, QUEUE_OFFER_S_MIN, QUEUE_TALKS_MAX};
use serde::{Deserialize, Serialize};

/// Who begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum QueueMode {
    /// Whoever wants takes a talk.
    Pull,
    /// Each talk is offered to the least busy one on duty, and to the next if it is not taken.
    Push,
}

/// A team's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueRules {
    /// Who begins.
    pub mode: QueueMode,
    /// Running talks that one person may have when taking another; `None`: as many as they like.
    pub talks_max: Option<u8>,
    /// Seconds that an offer stands before the next one gets it.
    pub offer_s: u16,
}

impl Default for QueueRules {
    fn default() -> Self {
        Self { mode: QueueMode::Pull, talks_max: None, offer_s: 60 }
    }
}

impl QueueRules {
    /// Whether they are within their limits.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.talks_max.is_none_or(|max| (1..=QUEUE_TALKS_MAX).contains(&max))
            && (QUEUE_OFFER_S_MIN..=QUEUE_OFFER_S_MAX).contains(&self.offer_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let rules = |talks_max, offer_s| QueueRules { mode: QueueMode::Push, talks_max, offer_s };
        for (rules, expect) in [
            (QueueRules::default(), true),
            (rules(Some(1), QUEUE_OFFER_S_MIN), true),
            (rules(Some(QUEUE_TALKS_MAX), QUEUE_OFFER_S_MAX), true),
            (rules(Some(0), 60), false),
            (rules(Some(QUEUE_TALKS_MAX + 1), 60), false),
            (rules(None, QUEUE_OFFER_S_MIN - 1), false),
            (rules(None, QUEUE_OFFER_S_MAX + 1), false),
        ] {
            assert_eq!(rules.is_valid(), expect, "{rules:?}");
        }
    }
}
