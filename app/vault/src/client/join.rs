//! A seeker comes into a group that it was invited to in a talk.

use super::{
    Client,
    send::{Item, Outgoing},
    transport::Transport,
};
use crate::{
    group::{Join, is_line},
    random::draw,
};
use beistand_protocol::{
    id::{ConversationId, MessageId},
    worker::{Failure, MessageBody, Reply},
};

impl<T: Transport> Client<T> {
    /// Says in the talk with which keys and by which name this account comes.
    pub(super) fn join(
        &mut self,
        conversation: ConversationId,
        group: ConversationId,
        name: String,
    ) -> Result<Reply, Failure> {
        if !is_line(&name) {
            return Err(Failure::NameInvalid);
        }
        let organisation = self.place()?.organisation;
        let id = MessageId(draw(&mut *self.random));
        let begun_s = self.transport.now_ms() / 1000;
        let session = self.session_mut()?;
        let keys = session.identity.conversation_keys(group);
        let talk = session.talk(conversation).ok_or(Failure::NotNow)?;
        let is = |body: &MessageBody| matches!(body, MessageBody::Invited(of, _) if *of == group);
        if talk.blocked || !talk.lines.values().any(|line| is(&line.body)) {
            return Err(Failure::NotNow);
        }
        let join = Join::new(organisation, conversation, group, name, &keys);
        talk.outbox.push_back(Outgoing { id, item: Item::Join(Box::new(join)), begun_s, failed: false });
        Ok(Reply::Done)
    }
}
