//! A conversation as a whole, for whoever writes down what happened in it.

use super::MessageView;
use serde::{Deserialize, Serialize};

/// Everything that can be read here of a conversation, and how much can't.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcript {
    /// Its lines in their order, stored ones only.
    pub lines: Vec<MessageView>,
    /// Messages whose keys this person has not got.
    pub unreadable: u32,
    /// Own texts that were not stored yet, or could not be.
    pub unsent: u32,
}
