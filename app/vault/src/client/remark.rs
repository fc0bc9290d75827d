//! What is noted in the thread about a talk besides words: how it ended, what goes with a handover, its tags. And the
//! topics of a team, out of which the first takes one.

use super::{
    Client,
    conversation::Talk,
    request::{get, path, post},
    send::{Control, Item, Outgoing, UNASKED},
    transport::Transport,
};
use crate::random::draw;
use beistand_protocol::{
    api::{Append, route},
    closing::{ClosingReason, Topics, TopicsPut},
    epoch::ConversationKind,
    id::{ConversationId, MessageId, TeamId},
    limit,
    live::ClientFrame,
    worker::{Author, ClosingView, DocumentedView, Failure, Remark, RemarksView, Reply},
};

/// Ends of one talk that are shown; the newest.
const CLOSINGS_MAX: usize = 20;
/// The same of what was taken out of it.
const DOCUMENTED_MAX: usize = 20;

/// Takes a remark into what the remarks of its thread come to. The last word on a tag counts.
pub(super) fn take(remarks: &mut RemarksView, remark: &Remark, by: &Author, time_s: u64) {
    match remark {
        Remark::Closed { reason, topic } => {
            let view = ClosingView { time_s, by: by.clone(), reason: *reason, topic: topic.clone() };
            remarks.closings.push(view);
            let over = remarks.closings.len().saturating_sub(CLOSINGS_MAX);
            remarks.closings.drain(..over);
        }
        Remark::Tagged { tag, on } => {
            remarks.tags.retain(|known| known != tag);
            if *on && remarks.tags.len() < limit::TAGS_MAX {
                remarks.tags.push(tag.clone());
                remarks.tags.sort_unstable();
            }
        }
        Remark::Documented { on, anonymised } => {
            let (by, on, anonymised) = (by.clone(), *on, *anonymised);
            remarks.documented.push(DocumentedView { time_s, by, on, anonymised });
            let over = remarks.documented.len().saturating_sub(DOCUMENTED_MAX);
            remarks.documented.drain(..over);
        }
        Remark::HandedOver { .. } => {}
    }
}

/// The frame that an append goes in: the end of a talk is counted with it.
pub(super) fn frame(talk: &Talk, ids: &[MessageId], request: u32, append: Append) -> ClientFrame {
    let mut brought = talk.outbox.iter().filter(|waiting| ids.contains(&waiting.id));
    let closing = brought.find_map(|waiting| match &waiting.item {
        Item::Control(Control::Close(closing, _), _) => Some(*closing),
        _ => None,
    });
    match closing {
        Some(closing) => ClientFrame::Close { request, append, closing },
        None => ClientFrame::Append { request, append },
    }
}

impl<T: Transport> Client<T> {
    /// Whether a control is one of this conversation: whom a thread has, its talk says, and remarks are made in threads
    /// alone. Makes room for the first one.
    pub(super) fn check_control(
        &mut self,
        conversation: ConversationId,
        control: &Control,
    ) -> Result<(), Failure> {
        match (conversation.is_staff(), control) {
            (true, Control::Remark(remark)) if remark.is_valid() => {
                self.ensure_thread(conversation);
                Ok(())
            }
            (_, Control::Remark(_)) => Err(Failure::TextInvalid),
            (_, Control::Moderate(_)) if conversation.is_group() => Ok(()),
            (_, Control::Moderate(_)) | (true, _) => Err(Failure::NotNow),
            (false, _) if conversation.is_group() => Err(Failure::NotNow),
            (false, _) => Ok(()),
        }
    }

    /// A talk was closed: its thread says why.
    pub(super) fn remark_end(&mut self, talk: ConversationId, reason: ClosingReason, topic: Option<String>) {
        let remark = Remark::Closed { reason, topic };
        let thread = ConversationKind::thread_id(talk);
        if !remark.is_valid() {
            return;
        }
        self.ensure_thread(thread);
        let id = MessageId(draw(&mut *self.random));
        let begun_s = self.transport.now_ms() / 1000;
        if let Some(thread) = self.session.as_mut().and_then(|session| session.talk(thread)) {
            let item = Item::Control(Control::Remark(remark), UNASKED);
            thread.outbox.push_back(Outgoing { id, item, begun_s, failed: false });
        }
    }

    /// A team's topics, after they were set if some are given.
    pub(super) async fn topics(
        &mut self,
        team: TeamId,
        names: Option<Vec<String>>,
    ) -> Result<Reply, Failure> {
        self.session()?.person()?;
        let token = self.token()?;
        let path = path(route::TOPICS, &[("team", team.to_hex())]);
        let topics: Topics = match names {
            None => get(&self.transport, &path, Some(&token)).await?,
            Some(names) => post(&self.transport, &path, Some(&token), &TopicsPut { names }).await?,
        };
        Ok(Reply::Topics(topics))
    }
}
