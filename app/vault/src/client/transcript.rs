//! A talk as a whole, for whoever writes down what happened in it. Nothing of it is kept here or sent.

use super::{Client, conversation::Talk, transport::Transport};
use beistand_protocol::{
    epoch::ConversationKind,
    id::ConversationId,
    worker::{Failure, Reply, Transcript},
};

impl<T: Transport> Client<T> {
    /// A talk and the thread about it, to their ends: what came a moment ago is fetched before.
    pub(super) async fn transcript(&mut self, conversation: ConversationId) -> Result<Reply, Failure> {
        self.session()?.person()?;
        if conversation.is_staff() {
            return Err(Failure::NotNow);
        }
        let talk = self.whole(conversation).await?.ok_or(Failure::NotNow)?;
        let thread = self.whole(ConversationKind::thread_id(conversation)).await?;
        Ok(Reply::Transcript { talk, thread: thread.unwrap_or_default() })
    }

    /// `None`: there is no such conversation, or nobody has written in it.
    async fn whole(&mut self, id: ConversationId) -> Result<Option<Transcript>, Failure> {
        let opened = |talk: &&Talk| !talk.unopened;
        if self.session()?.talks.get(&id).filter(opened).is_none() {
            return Ok(None);
        }
        self.refetch(id).await?;
        Ok(self.session()?.talks.get(&id).map(Talk::transcript))
    }
}
