//! What the seekers' module has in the place of the staff's part: nothing.
//!
//! An `if` would not keep that part out. What goes on after waiting for an answer is reached by a number in memory, and
//! the compiler doesn't know that it never gets there.

use super::{Client, send::Control, transport::Transport};
use beistand_protocol::{
    id::ConversationId,
    worker::{Call, Conflict, Failure, Reply},
};

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

    /// Seekers countersign nobody.
    pub(super) async fn read_acceptances(&mut self) -> Result<(), Failure> {
        Ok(())
    }
}
