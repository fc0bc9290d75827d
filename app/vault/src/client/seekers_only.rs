//! What the seekers' module has in the place of the staff's part: nothing.
//!
//! An `if` would not keep that part out. What goes on after waiting for an answer is reached by a number in memory, and
//! the compiler doesn't know that it never gets there.

use super::{Client, conversation::Talk, send::Control, transport::Transport};
use crate::{
    conversation::{ComposeError, Sending},
    random::Random,
};
use beistand_protocol::{
    api::Envelope,
    id::ConversationId,
    worker::{Call, Conflict, Failure, Reply},
};

/// No conversation of theirs is a room.
pub(super) const fn opening(
    _: &Talk,
    _: &Sending<'_>,
    _: &mut dyn Random,
) -> Option<Result<Envelope, ComposeError>> {
    None
}

/// Nor is one to be renewed.
pub(super) const fn renewal_due(_: &Talk, _: &Sending<'_>) -> bool {
    false
}

impl<T: Transport> Client<T> {
    /// Seekers change no state.
    pub(super) const fn control(_: &Call) -> Option<(ConversationId, Control)> {
        None
    }

    /// Calls that only the staff's pages make.
    pub(super) async fn answer_staff(&mut self, _: Call) -> Result<Reply, Failure> {
        Err(Failure::Malformed)
    }

    /// Who else is in the organisation is not theirs to know.
    pub(super) const fn tell_staff(&mut self) {}

    /// The log has no entry of a seeker.
    pub(super) async fn check_own_entry(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// Nothing is demanded of seekers.
    pub(super) async fn check_factor(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// So nothing is missing.
    pub(super) const fn lacks_factor(&self) -> bool {
        false
    }

    /// Seekers confirm no head.
    pub(super) async fn put_sighting(&mut self) {}

    /// Seekers are in no team.
    pub(super) async fn renew_generations(&mut self) -> Result<(), Failure> {
        Ok(())
    }

    /// No thread names a talk of theirs.
    pub(super) async fn refetch_talk(&mut self, _: ConversationId) -> Result<(), Failure> {
        Err(Conflict::Conversation.into())
    }

    /// Seekers are in no team that has rooms.
    pub(super) const fn tend_rooms(&mut self) {}

    /// No room is theirs.
    pub(super) const fn ensure_room(&mut self, _: ConversationId) {}

    /// Seekers countersign nobody.
    pub(super) async fn read_acceptances(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}
