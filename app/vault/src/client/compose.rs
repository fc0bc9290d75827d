//! Composing what goes out together: epochs where they are needed, controls with the epoch that
//! follows from them, texts, receipts. A copy of the verified conversation runs ahead.

#[cfg(feature = "staff")]
use super::send::Control;
use super::{
    conversation::Talk,
    send::{APPEND_BYTES, APPEND_TEXTS, Item},
};
use crate::{
    conversation::{ComposeError, Conversation, EpochChange, Sending},
    message::Body,
    random::{Random, draw},
};
#[cfg(feature = "staff")]
use beistand_protocol::closing::{Closing, ClosingReason};
use beistand_protocol::{
    api::{Envelope, SessionKind},
    id::{Digest, MessageId},
    worker::Author,
};

/// A copy of the conversation that runs ahead, and the envelopes that brought it there.
pub(super) struct Ahead<'a> {
    pub core: Conversation,
    pub sending: Sending<'a>,
    pub envelopes: Vec<Envelope>,
}

impl Ahead<'_> {
    /// Bytes of the envelopes so far.
    pub fn bytes(&self) -> usize {
        self.envelopes.iter().map(|envelope| envelope.sealed.0.len() + 64).sum()
    }

    /// Applies an own envelope and keeps it; returns its digest.
    pub fn push(&mut self, envelope: Envelope) -> Result<Digest, ComposeError> {
        let place = self.core.length();
        let applied =
            self.core.apply(&self.sending.view, place, &envelope).map_err(|_| ComposeError::State)?;
        self.envelopes.push(envelope);
        Ok(applied.digest)
    }

    /// Composes with an id.
    pub fn compose(
        &mut self,
        id: MessageId,
        body: &Body,
        random: &mut dyn Random,
    ) -> Result<Digest, ComposeError> {
        let envelope = self.core.compose_with_id(&self.sending, id, body, random)?;
        self.push(envelope)
    }

    /// Makes a new epoch where the newest one may not be sealed under any more.
    fn renew(&mut self, random: &mut dyn Random) -> Result<(), ComposeError> {
        match self.core.check_sealable(&self.sending) {
            Err(ComposeError::NeedsEpoch(_)) => {
                let epoch = self.core.compose_epoch(&self.sending, &EpochChange::Refresh, random)?;
                self.push(epoch)?;
                #[cfg(feature = "staff")]
                self.repeat_card(random)?;
                Ok(())
            }
            other => other,
        }
    }

    /// Composes one control, or texts, and a receipt. Returns the ids that are on their way.
    pub fn compose_waiting(
        &mut self,
        talk: &Talk,
        receipt: Option<(Digest, Option<Digest>)>,
        random: &mut dyn Random,
    ) -> Result<Vec<MessageId>, ComposeError> {
        self.renew(random)?;
        let mut ids = Vec::new();
        if let Some((delivered, read)) = receipt {
            self.compose(MessageId(draw(random)), &Body::Receipt { delivered, read }, random)?;
        }
        for waiting in talk.outbox.iter().filter(|waiting| !waiting.failed).take(APPEND_TEXTS) {
            match &waiting.item {
                Item::Control(..) if !ids.is_empty() => break,
                #[cfg(not(feature = "staff"))]
                Item::Control(none, _) => match *none {},
                #[cfg(feature = "staff")]
                Item::Control(control, _) => {
                    self.control(waiting.id, control, random)?;
                    ids.push(waiting.id);
                    break;
                }
                _ if !ids.is_empty() && self.bytes() > APPEND_BYTES => break,
                Item::Text(text) => {
                    self.compose(waiting.id, &Body::Text(text.clone()), random)?;
                    ids.push(waiting.id);
                }
                Item::Join(join) => {
                    self.compose(waiting.id, &Body::Join(join.clone()), random)?;
                    ids.push(waiting.id);
                }
            }
        }
        Ok(ids)
    }

    /// A control and the epoch that follows from it, in one append.
    #[cfg(feature = "staff")]
    fn control(
        &mut self,
        id: MessageId,
        control: &Control,
        random: &mut dyn Random,
    ) -> Result<(), ComposeError> {
        let before = self.core.holder();
        if let Control::Moderate(change) = control {
            return self.moderate(id, change, random);
        }
        let body = match control {
            Control::Claim => Body::Claim,
            Control::Release => Body::Release,
            Control::HandOver(to) => Body::Handover { to: *to },
            Control::Close(Closing { reason: ClosingReason::Blocked, .. }, _) => Body::Block,
            Control::Close(..) => Body::Close,
            Control::Unblock => Body::Reopen,
            Control::Remark(remark) => Body::Remark(remark.clone()),
            Control::Invite(invite) => Body::Invite(invite.clone()),
            Control::Moderate(_) => return Err(ComposeError::State),
        };
        let cause = self.compose(id, &body, random)?;
        let holder = match (control, self.envelopes.last().and_then(|envelope| envelope.assignee)) {
            (Control::Release, _) => None,
            (Control::HandOver(to), _) => Some(*to),
            (Control::Claim, claimer) => claimer,
            _ => return Ok(()),
        };
        if holder != before {
            let change = EpochChange::Holder { holder, cause };
            let epoch = self.core.compose_epoch(&self.sending, &change, random)?;
            self.push(epoch)?;
        }
        Ok(())
    }
}

/// What an own receipt would say that was not said before: delivered, read.
///
/// Seekers and holders confirm everything. Of the others, who see a talk that waits, the first
/// one confirms that it arrived, and whoever opens it that it was read. In a room the first one who has read something
/// confirms it for all: sixty members would otherwise write as many receipts a line.
pub(super) fn receipt_due(talk: &Talk, kind: SessionKind) -> Option<(Digest, Option<Digest>)> {
    let newest = talk.newest_other?;
    if talk.summary.id.is_group() {
        return None;
    }
    if talk.room().is_some() {
        let seen = talk.seen_other.filter(|seen| Some(*seen) > talk.confirmed.1)?;
        let digest = talk.core.digest_at(seen)?;
        let Some(Author::Staff(author, _)) = talk.author_at(seen) else { return None };
        let confirmed = talk.core.confirmed_by_colleagues(*author).read >= Some(seen);
        return (!confirmed).then_some((digest, Some(digest)));
    }
    if talk.is_read_along(kind) {
        return None;
    }
    let concerned = match kind {
        SessionKind::Seeker(_) => true,
        SessionKind::Staff(own) => {
            talk.core.holder() == Some(own) || talk.core.confirmed_by_staff().delivered < Some(newest)
        }
    };
    let read = talk.seen_other.filter(|seen| Some(*seen) > talk.confirmed.1);
    let delivered = concerned && talk.confirmed.0 < Some(newest);
    if !delivered && read.is_none() {
        return None;
    }
    let read = match read {
        Some(place) => Some(talk.core.digest_at(place)?),
        None => None,
    };
    Some((talk.core.digest_at(newest)?, read))
}
