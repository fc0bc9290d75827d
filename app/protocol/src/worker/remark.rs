//! What the staff note in a thread besides words, and what follows from it for the talk that the thread is about.

use super::Author;
use crate::{
    closing::ClosingReason,
    id::PersonId,
    limit::{BLOCK_REASON_BYTES_MAX, HANDOVER_NOTE_BYTES_MAX, TAG_BYTES_MAX, TOPIC_BYTES_MAX},
    membership::{check_line, check_text},
};
use serde::{Deserialize, Serialize};

/// A remark. Appended to, never reordered: conversations hold it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remark {
    /// The talk was closed.
    Closed {
        /// Why.
        reason: ClosingReason,
        /// The name of its topic, if anything was said; of somebody who is blocked, what has happened.
        topic: Option<String>,
    },
    /// The talk is given away.
    HandedOver {
        /// To whom; `None`: to the team.
        to: Option<PersonId>,
        /// What they should know.
        words: String,
    },
    /// A tag is put on the talk or taken off it.
    Tagged {
        /// The tag: one line.
        tag: String,
        /// On, or off.
        on: bool,
    },
    /// What was said in the talk was taken out of the encrypted place.
    Documented {
        /// As what.
        on: Medium,
        /// Names were replaced.
        anonymised: bool,
    },
}

/// What holds something that was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Medium {
    /// It was given to a printer.
    Paper,
    /// It was saved.
    File,
}

impl Remark {
    /// Whether it is within its limits.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        let line = |text: &str, bytes_max| !text.is_empty() && check_line(text, bytes_max).is_ok();
        match self {
            Self::Closed { reason, topic } => {
                let bytes_max = match reason {
                    ClosingReason::Blocked => BLOCK_REASON_BYTES_MAX,
                    _ => TOPIC_BYTES_MAX,
                };
                topic.as_ref().is_none_or(|topic| line(topic, bytes_max))
            }
            Self::HandedOver { words, .. } => {
                !words.is_empty() && check_text(words, HANDOVER_NOTE_BYTES_MAX).is_ok()
            }
            Self::Tagged { tag, .. } => line(tag, TAG_BYTES_MAX) && tag.trim() == tag,
            Self::Documented { .. } => true,
        }
    }

    /// Whether somebody should read it.
    #[must_use]
    pub const fn has_words(&self) -> bool {
        matches!(self, Self::HandedOver { .. })
    }
}

/// An end of a talk, as its thread tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingView {
    /// When, seconds since 1970.
    pub time_s: u64,
    /// Who said so.
    pub by: Author,
    /// Why.
    pub reason: ClosingReason,
    /// The name of its topic.
    pub topic: Option<String>,
}

/// That somebody has taken a talk's words out of the encrypted place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentedView {
    /// When, seconds since 1970.
    pub time_s: u64,
    /// Who.
    pub by: Author,
    /// As what.
    pub on: Medium,
    /// Names were replaced.
    pub anonymised: bool,
}

/// What a thread's remarks come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemarksView {
    /// Tags that are on the talk, in their order.
    pub tags: Vec<String>,
    /// The talk's ends, oldest first.
    pub closings: Vec<ClosingView>,
    /// When its words were taken out of the encrypted place, oldest first.
    pub documented: Vec<DocumentedView>,
}
