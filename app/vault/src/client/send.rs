//! What goes out: texts, controls (claim, release, handover, close), receipts, typing.
//!
//! Each talk has an outbox and at most one append on its way. It is made from a copy of the verified
//! conversation that runs ahead; the original follows when the server has stored it.

use super::{
    Client, STAFF,
    compose::{Ahead, receipt_due},
    conversation::{Talk, view},
    request::post,
    room,
    thread::handover_due,
    transport::Transport,
};
#[cfg(feature = "staff")]
use crate::group::Invite;
use crate::{conversation::Sending, group::Join, message::Body, random::draw};
use beistand_protocol::{
    api::{Append, Appended, ConversationOpen, Envelope, Outcome, SessionKind, route},
    error::Code,
    id::{ConversationId, MessageId},
    limit,
    live::ClientFrame,
    worker::{Author, Conflict, Failure, FromWorker, MessageBody, MessageView, News, Progress, Reply},
};
#[cfg(feature = "staff")]
use beistand_protocol::{closing::Closing, id::PersonId, worker::Remark};

/// Times that the same content is sent again after the server called its epoch stale.
const STALE_TRIES: u8 = 5;
/// Bytes of one append, soft: the frame's limit minus room for what is around it.
pub(super) const APPEND_BYTES: usize = limit::FRAME_BYTES_MAX * 3 / 4;
/// Texts of one append.
pub(super) const APPEND_TEXTS: usize = 16;
/// Milliseconds between typing notices of one talk.
const TYPING_MS: u64 = 3000;

/// The number of a control that no call waits for. Pages count from another.
pub(super) const UNASKED: u32 = u32::MAX;

/// Something that waits in an outbox.
pub(super) struct Outgoing {
    pub id: MessageId,
    pub item: Item,
    /// When it was begun, seconds since 1970.
    pub begun_s: u64,
    /// Refused; waits for somebody to try again.
    pub failed: bool,
}

/// What it is.
pub(super) enum Item {
    Text(String),
    /// The seeker comes into a group.
    Join(Box<Join>),
    /// With the number of the call that waits for the outcome.
    Control(Control, u32),
}

/// Changes of state. Only staff makes any.
#[cfg(feature = "staff")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Control {
    Claim,
    Release,
    HandOver(PersonId),
    /// With what the server counts of it, and the name of the topic.
    Close(Closing, Option<String>),
    /// The seeker may write again.
    Unblock,
    /// In a thread: changes no state, but is asked for and answered alike.
    Remark(Remark),
    /// In a talk, likewise.
    Invite(Invite),
    /// Of a group.
    Moderate(super::group::Moderation),
}
/// Changes of state: seekers make none.
#[cfg(not(feature = "staff"))]
pub(super) enum Control {}

impl Control {
    /// Whether it takes a waiting talk.
    const fn is_claim(&self) -> bool {
        #[cfg(feature = "staff")]
        return matches!(self, Self::Claim);
        #[cfg(not(feature = "staff"))]
        match *self {}
    }
}

impl Outgoing {
    /// The line that stands for it until it is stored.
    pub fn line(&self) -> MessageView {
        let text = match &self.item {
            Item::Text(text) => text.clone(),
            Item::Join(_) | Item::Control(..) => String::new(),
        };
        MessageView {
            id: self.id,
            position: u64::MAX,
            time_s: self.begun_s,
            author: Author::Own,
            body: MessageBody::Text(text),
            progress: if self.failed { Progress::Failed } else { Progress::Sending },
        }
    }

    /// Whether a call waits for its outcome, which nobody knows once the live channel is broken. What nobody has asked
    /// for is tried again.
    pub fn is_asked(&self) -> bool {
        matches!(self.item, Item::Control(_, number) if number != UNASKED)
    }

    /// Whether it is a line of its own; a control is shown once it is stored.
    pub fn is_text(&self) -> bool {
        matches!(self.item, Item::Text(_))
    }
}

/// An append on its way.
pub(super) struct Flight {
    request: u32,
    /// What it brings of the outbox.
    ids: Vec<MessageId>,
    /// All its envelopes.
    envelopes: Vec<MessageId>,
    sent_ms: u64,
    /// Stored up to this place; done once the own copy has come that far.
    until: Option<u64>,
}

impl Flight {
    /// Whether the answer is overdue.
    pub fn is_overdue(&self, now_ms: u64, after_ms: u64) -> bool {
        self.until.is_none() && now_ms.saturating_sub(self.sent_ms) > after_ms
    }
}

impl Talk {
    /// Whether somebody of the staff may read a talk that a colleague has taken: whoever asked for help is answered by
    /// one person, and told what that one has seen.
    pub fn is_read_along(&self, kind: SessionKind) -> bool {
        match kind {
            SessionKind::Staff(own) if STAFF && !self.is_among_staff() => {
                self.core.holder().is_some_and(|holder| holder != own)
            }
            _ => false,
        }
    }
}

impl<T: Transport> Client<T> {
    /// Takes a text into the outbox. The same id again is the same message again.
    pub(super) fn send(
        &mut self,
        conversation: Option<ConversationId>,
        text: String,
        id: MessageId,
    ) -> Result<Reply, Failure> {
        if text.trim().is_empty() || text.len() > limit::MESSAGE_TEXT_BYTES_MAX {
            return Err(Failure::TextInvalid);
        }
        let full_from = self.full_from;
        conversation.into_iter().for_each(|id| self.ensure_thread(id));
        let talk = conversation.and_then(|conversation| self.session.as_ref()?.talks.get(&conversation));
        let conversation = match conversation {
            Some(full) if talk.is_some_and(|talk| talk.is_full(full_from)) => self.instead_of(full, id)?,
            Some(conversation) => conversation,
            None => self.conversation_for(id)?,
        };
        let begun_s = self.transport.now_ms() / 1000;
        let session = self.session_mut()?;
        if session.knows_message(conversation, id) {
            let _ = self.send_again(conversation, id);
            return Ok(Reply::Sent { conversation });
        }
        let kind = session.kind;
        let staff = matches!(kind, SessionKind::Staff(_));
        let talk = session.talk(conversation).ok_or(Failure::NotNow)?;
        if talk.closed && staff {
            return Err(Failure::Server(Code::ConversationClosed, None));
        }
        if talk.blocked {
            return Err(Failure::Server(Code::Blocked, None));
        }
        if talk.is_read_along(kind) {
            return Err(Failure::Server(Code::AlreadyClaimed, None));
        }
        let outgoing = Outgoing { id, item: Item::Text(text), begun_s, failed: false };
        talk.dirty.push(outgoing.line());
        talk.outbox.push_back(outgoing);
        talk.changed = true;
        let unopened = talk.unopened;
        self.drop_draft(Some(conversation));
        if unopened {
            self.drop_draft(None);
        }
        Ok(Reply::Sent { conversation })
    }

    /// Where a text goes that a full conversation does not take any more: a seeker's begins a new one.
    fn instead_of(&mut self, full: ConversationId, id: MessageId) -> Result<ConversationId, Failure> {
        if self.session()?.knows_message(full, id) {
            return Ok(full);
        }
        if matches!(self.session()?.kind, SessionKind::Staff(_)) {
            return Err(Failure::Server(Code::ConversationFull, None));
        }
        let begun = self.conversation_for(id)?;
        self.drop_draft(Some(full));
        if let Some(talk) = self.session_mut()?.talk(full) {
            talk.changed = true;
        }
        Ok(begun)
    }

    /// The conversation that a seeker's first message opens.
    fn conversation_for(&mut self, id: MessageId) -> Result<ConversationId, Failure> {
        let now_s = self.transport.now_ms() / 1000;
        let conversation = ConversationId(draw(&mut *self.random));
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else {
            return Err(Failure::NotNow);
        };
        let SessionKind::Seeker(site) = session.kind else { return Err(Failure::NotNow) };
        let known = session.talks.keys().find(|known| session.knows_message(**known, id));
        if let Some(known) = known {
            return Ok(*known);
        }
        if session.talks.len() >= limit::SEEKER_CONVERSATIONS_MAX {
            return Err(Failure::Server(Code::TooLarge, None));
        }
        let team = place.log.state().site(site).ok_or(Failure::NotNow)?.team;
        let mut talk = session.unopened(conversation, site, team, now_s);
        talk.summary.seeker_present = true;
        talk.shown = true;
        session.talks.insert(conversation, talk);
        Ok(conversation)
    }

    /// Sends a failed message once more.
    pub(super) fn send_again(
        &mut self,
        conversation: ConversationId,
        id: MessageId,
    ) -> Result<Reply, Failure> {
        let talk = self.session_mut()?.talk(conversation).ok_or(Failure::NotNow)?;
        talk.stale_tries = 0;
        for waiting in talk.outbox.iter_mut().filter(|waiting| waiting.id == id && waiting.failed) {
            waiting.failed = false;
            let line = waiting.line();
            talk.dirty.push(line);
        }
        Ok(Reply::Done)
    }

    /// Takes a control into the outbox; its call is answered when the outcome is known.
    pub(super) fn queue_control(
        &mut self,
        number: u32,
        conversation: ConversationId,
        control: Control,
    ) -> Result<(), Failure> {
        #[cfg(feature = "staff")]
        self.check_control(conversation, &control)?;
        let id = MessageId(draw(&mut *self.random));
        let begun_s = self.transport.now_ms() / 1000;
        let session = self.session_mut()?;
        session.person()?;
        if !session.connected {
            return Err(Failure::Network);
        }
        let talk = session.talk(conversation).ok_or(Failure::Server(Code::NotFound, None))?;
        talk.outbox.push_back(Outgoing { id, item: Item::Control(control, number), begun_s, failed: false });
        Ok(())
    }

    /// Everything up to here was on the screen.
    pub(super) fn seen(&mut self, conversation: ConversationId) -> Result<Reply, Failure> {
        let session = self.session_mut()?;
        let Some(talk) = session.talks.get_mut(&conversation) else { return Err(Failure::NotNow) };
        talk.seen_other = talk.seen_other.max(talk.newest_other);
        let length = talk.core.length();
        let known = session.state.known.entry(conversation).or_default();
        if known.seen < length {
            known.seen = length;
            talk.changed = true;
            self.touch_state(super::state::LATER_MS);
        }
        Ok(Reply::Done)
    }

    /// The page shows a conversation from now on.
    pub(super) fn show(&mut self, conversation: ConversationId) -> Result<Reply, Failure> {
        self.ensure_thread(conversation);
        let talk = self.session_mut()?.talk(conversation).ok_or(Failure::NotNow)?;
        talk.shown = true;
        talk.dirty.clear();
        let messages = talk.all_lines();
        self.tell(News::Messages { conversation, messages });
        Ok(Reply::Done)
    }

    /// The person is typing: told at most every few seconds, and only where it is known already who reads.
    pub(super) fn typing(&mut self, conversation: ConversationId) -> Result<Reply, Failure> {
        let now_ms = self.transport.now_ms();
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else {
            return Err(Failure::NotNow);
        };
        let beside = session.beside(conversation);
        let talk = session.talks.get_mut(&conversation).ok_or(Failure::NotNow)?;
        if !session.connected
            || talk.unopened
            || conversation.is_group()
            || now_ms < talk.typed_ms + TYPING_MS
        {
            return Ok(Reply::Done);
        }
        let view = view(place, &session.keyring, beside.as_ref());
        let basis = session.seen.basis(&place.log, session.kind, talk.summary.team, now_ms);
        let sending = Sending { view, basis, now_ms };
        if let Ok(sealed) = talk.core.compose_typing(&sending, &mut *self.random) {
            talk.typed_ms = now_ms;
            self.send_frame(&ClientFrame::Ephemeral { conversation, sealed });
        }
        Ok(Reply::Done)
    }

    /// Sends whatever can be sent. With a tick, receipts too.
    pub(super) async fn pump(&mut self, receipts: bool) -> Result<(), Failure> {
        if self.session.is_none() || !self.knows_confirmation().await? {
            return Ok(());
        }
        let session = self.session()?;
        let waiting: Vec<(ConversationId, bool)> =
            session.talks.iter().map(|(id, talk)| (*id, talk.unopened)).collect();
        for (id, unopened) in waiting {
            if unopened {
                self.open(id, receipts).await?;
            } else {
                self.flush(id, receipts);
            }
        }
        Ok(())
    }

    /// Opens a conversation with its first messages: epoch, introduction, texts in one commit.
    async fn open(&mut self, id: ConversationId, retry: bool) -> Result<(), Failure> {
        let Some(talk) = self.session_mut()?.talk(id) else { return Ok(()) };
        let ready = talk.outbox.iter().any(|waiting| !waiting.failed);
        // After a failed try the next one waits for a tick, not for the next input.
        if !ready || (talk.stale_tries > 0 && !retry) {
            return Ok(());
        }
        let team = talk.summary.team;
        if self.place()?.generations.fresh(self.place()?.log.state(), team).is_none() {
            // Without it people's own keys are sealed to; with it one box serves the whole team.
            let _ = self.read_generations(&[team]).await;
        }
        let token = self.token()?;
        let composed = match self.compose_opening(id) {
            // The talk is somebody else's by now.
            Err(_) if STAFF && id.is_staff() => {
                self.fail_texts(id);
                return Ok(());
            }
            composed => composed?,
        };
        let envelopes = ids_of(&composed.envelopes);
        let opened: Result<Appended, _> =
            post(&self.transport, route::CONVERSATION_OPEN, Some(&token), &composed).await;
        let Some(talk) = self.session_mut()?.talk(id) else { return Ok(()) };
        match opened {
            Ok(appended) => {
                talk.unopened = false;
                talk.stale_tries = 0;
                if !talk.take_places(&envelopes, &appended) {
                    return Err(Conflict::Conversation.into());
                }
                self.fetch(id).await
            }
            Err(error) if error.is(Code::Conflict) || error.is(Code::StaleEpoch) => {
                talk.stale_tries += 1;
                if talk.stale_tries >= STALE_TRIES {
                    self.fail_texts(id);
                }
                // Taken by an earlier try whose answer was lost, most likely: the list tells.
                self.session_mut()?.synced = false;
                self.refresh_log().await
            }
            Err(super::request::RequestError::Refused(code, wait)) => {
                self.fail_texts(id);
                match code {
                    Code::SessionExpired | Code::Revoked | Code::PasswordChanged | Code::AccountDeleted => {
                        Err(Failure::Server(code, wait))
                    }
                    _ => Ok(()),
                }
            }
            Err(_) => {
                talk.stale_tries = 1;
                // It may have arrived: the list tells.
                self.session_mut()?.synced = false;
                Ok(())
            }
        }
    }

    fn compose_opening(&mut self, id: ConversationId) -> Result<ConversationOpen, Failure> {
        let now_ms = self.transport.now_ms();
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else {
            return Err(Failure::NotNow);
        };
        let beside = session.beside(id);
        let talk = session.talks.get_mut(&id).ok_or(Failure::NotNow)?;
        let view = view(place, &session.keyring, beside.as_ref());
        let basis = session.seen.basis(&place.log, session.kind, talk.summary.team, now_ms);
        let sending = Sending { view, basis, now_ms };
        let (site, team) = (talk.summary.site, talk.summary.team);
        let refused = |_| Failure::TextInvalid;
        let mut ahead = Ahead { core: talk.core.clone(), sending, envelopes: Vec::new() };
        if talk.about().is_some() {
            let first = ahead.core.open_thread(&sending, &mut *self.random).map_err(refused)?;
            ahead.push(first).map_err(refused)?;
        } else if let Some(first) = room::opening(talk, &sending, &mut *self.random) {
            ahead.push(first.map_err(refused)?).map_err(refused)?;
        } else {
            let language = place.log.state().site(site).ok_or(Failure::NotNow)?.default_language;
            let first = ahead.core.open_talk(&sending, site, &mut *self.random).map_err(refused)?;
            ahead.push(first).map_err(refused)?;
            let introduction = Body::Introduction { pseudonym: session.state.name.clone(), language };
            ahead
                .compose(MessageId(draw(&mut *self.random)), &introduction, &mut *self.random)
                .map_err(refused)?;
        }
        for waiting in talk.outbox.iter().filter(|waiting| !waiting.failed).take(APPEND_TEXTS) {
            let body = match &waiting.item {
                Item::Text(text) => Body::Text(text.clone()),
                #[cfg(feature = "staff")]
                Item::Control(Control::Remark(remark), _) => Body::Remark(remark.clone()),
                Item::Join(_) | Item::Control(..) => continue,
            };
            ahead.compose(waiting.id, &body, &mut *self.random).map_err(refused)?;
            if ahead.bytes() > APPEND_BYTES {
                break;
            }
        }
        Ok(ConversationOpen { conversation: id, site, team, envelopes: ahead.envelopes })
    }

    /// Sends what waits in a talk's outbox, if nothing is on its way.
    fn flush(&mut self, id: ConversationId, receipts: bool) {
        let now_ms = self.transport.now_ms();
        let request = self.request;
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else { return };
        // Before everything missed was fetched, what is on its way may be stored already: sealed once more, it
        // would be named by messages and be nowhere.
        if !session.synced {
            return;
        }
        let (kind, keyring, beside) = (session.kind, &session.keyring, session.beside(id));
        let Some(talk) = session.talks.get_mut(&id) else { return };
        let arrived = talk
            .flight
            .as_ref()
            .is_some_and(|flight| flight.until.is_some_and(|until| talk.core.length() > until));
        if arrived {
            talk.flight = None;
        }
        let behind = talk.core.length() < talk.summary.length;
        if talk.flight.is_some() || behind || talk.core.length() == 0 {
            return;
        }
        let waits = talk.outbox.iter().any(|waiting| !waiting.failed);
        let receipts = (receipts || waits) && !talk.is_full(self.full_from);
        let receipt = if receipts { receipt_due(talk, kind) } else { None };
        let view = view(place, keyring, beside.as_ref());
        let basis = session.seen.basis(&place.log, session.kind, talk.summary.team, now_ms);
        let sending = Sending { view, basis, now_ms };
        if matches!(kind, SessionKind::Seeker(_))
            && id.is_group()
            && talk.core.check_sealable(&sending).is_err()
        {
            // Guests make no epoch: what waits goes out under the next one of who moderates.
            return;
        }
        let renewal_due = || handover_due(talk, beside.as_ref(), place) || room::renewal_due(talk, &sending);
        if !waits && receipt.is_none() && !(STAFF && renewal_due()) {
            return;
        }
        if receipt.is_some() {
            talk.core.draw_receipt_number();
        }
        let mut ahead = Ahead { core: talk.core.clone(), sending, envelopes: Vec::new() };
        match ahead.compose_waiting(talk, receipt, &mut *self.random) {
            Ok(ids) => {
                let envelopes = ids_of(&ahead.envelopes);
                let append = Append { conversation: id, envelopes: ahead.envelopes };
                #[cfg(feature = "staff")]
                let frame = super::remark::frame(talk, &ids, request, append);
                #[cfg(not(feature = "staff"))]
                let frame = ClientFrame::Append { request, append };
                talk.flight = Some(Flight { request, ids, envelopes, sent_ms: now_ms, until: None });
                self.request = self.request.wrapping_add(1);
                self.send_frame(&frame);
            }
            Err(_) => self.fail_lost(id),
        }
    }

    /// The answer to an append.
    pub(super) async fn on_appended(
        &mut self,
        request: u32,
        outcome: Outcome<Appended>,
    ) -> Result<(), Failure> {
        let session = self.session_mut()?;
        let found = session
            .talks
            .iter_mut()
            .find(|(_, talk)| talk.flight.as_ref().is_some_and(|flight| flight.request == request));
        let Some((id, talk)) = found else { return Ok(()) };
        let id = *id;
        match outcome {
            Ok(appended) => {
                talk.stale_tries = 0;
                let (mut ids, mut envelopes) = (Vec::new(), Vec::new());
                if let Some(flight) = &mut talk.flight {
                    flight.until = appended.places.iter().map(|(place, _)| *place).max();
                    ids.clone_from(&flight.ids);
                    // They stay: the answer may come twice, and is held against them each time.
                    envelopes.clone_from(&flight.envelopes);
                }
                if !talk.take_places(&envelopes, &appended) {
                    return Err(Conflict::Conversation.into());
                }
                self.answer_controls(id, &ids, &Ok(Reply::Done));
                Ok(())
            }
            Err(Code::StaleEpoch | Code::Conflict) if talk.stale_tries < STALE_TRIES => {
                talk.flight = None;
                talk.stale_tries += 1;
                self.refresh_log().await?;
                self.refetch(id).await
            }
            Err(
                code @ (Code::SessionExpired | Code::Revoked | Code::PasswordChanged | Code::AccountDeleted),
            ) => Err(Failure::Server(code, None)),
            Err(code) => {
                let ids = talk.flight.take().map(|flight| flight.ids).unwrap_or_default();
                talk.stale_tries = 0;
                for waiting in talk.outbox.iter_mut().filter(|waiting| ids.contains(&waiting.id)) {
                    waiting.failed = true;
                }
                self.fail_marked(id, Failure::Server(code, None));
                self.refetch(id).await
            }
        }
    }

    /// Fetches even if the server has not said that there is more.
    pub(super) async fn refetch(&mut self, id: ConversationId) -> Result<(), Failure> {
        if let Some(talk) = self.session_mut()?.talk(id) {
            talk.summary.length = talk.summary.length.max(talk.core.length() + 1);
        }
        let fetched = self.fetch(id).await;
        if let Some(talk) = self.session_mut()?.talk(id) {
            talk.summary.length = talk.core.length();
        }
        fetched
    }

    /// Marks everything that waits as failed.
    fn fail_waiting(&mut self, id: ConversationId, failure: Failure) {
        if let Some(talk) = self.session.as_mut().and_then(|session| session.talk(id)) {
            talk.outbox.iter_mut().for_each(|waiting| waiting.failed = true);
        }
        self.fail_marked(id, failure);
    }

    /// What waits can't be sealed by this person any more: a colleague holds the conversation.
    pub(super) fn fail_lost(&mut self, id: ConversationId) {
        let Some(talk) = self.session.as_ref().and_then(|session| session.talks.get(&id)) else { return };
        let is_claim = |item: &Item| matches!(item, Item::Control(control, _) if control.is_claim());
        let claims = talk.outbox.iter().any(|waiting| is_claim(&waiting.item));
        let failure = if claims { Failure::Server(Code::AlreadyClaimed, None) } else { Failure::NotNow };
        self.fail_waiting(id, failure);
    }

    fn fail_texts(&mut self, id: ConversationId) {
        self.fail_waiting(id, Failure::NotNow);
    }

    /// Tells of failed texts; answers failed controls and forgets them.
    fn fail_marked(&mut self, id: ConversationId, failure: Failure) {
        let Some(talk) = self.session.as_mut().and_then(|session| session.talk(id)) else { return };
        let lines: Vec<MessageView> = talk
            .outbox
            .iter()
            .filter(|waiting| waiting.failed && waiting.is_text())
            .map(Outgoing::line)
            .collect();
        talk.dirty.extend(lines);
        let failed: Vec<MessageId> =
            talk.outbox.iter().filter(|waiting| waiting.failed).map(|waiting| waiting.id).collect();
        self.answer_controls(id, &failed, &Err(failure));
    }

    /// Answers the calls behind controls and takes them out of the outbox.
    fn answer_controls(&mut self, id: ConversationId, ids: &[MessageId], reply: &Result<Reply, Failure>) {
        let Some(talk) = self.session.as_mut().and_then(|session| session.talk(id)) else { return };
        let mut numbers = Vec::new();
        #[cfg(feature = "staff")]
        let mut ends = Vec::new();
        talk.outbox.retain(|waiting| match &waiting.item {
            Item::Control(_control, number) if ids.contains(&waiting.id) => {
                #[cfg(feature = "staff")]
                if let (Control::Close(closing, topic), Ok(_)) = (_control, reply) {
                    ends.push((closing.reason, topic.clone()));
                }
                numbers.push(*number);
                false
            }
            _ => true,
        });
        for number in numbers.into_iter().filter(|number| *number != UNASKED) {
            self.posts.push(FromWorker::Reply { number, reply: reply.clone() });
        }
        #[cfg(feature = "staff")]
        ends.into_iter().for_each(|(reason, topic)| self.remark_end(id, reason, topic));
    }

    /// An own control was shown: it is stored, with the epoch that follows from it.
    pub(super) fn answer_control(&mut self, id: ConversationId, shown: MessageId) {
        self.answer_controls(id, &[shown], &Ok(Reply::Done));
    }

    /// The live channel broke: nobody knows what became of a control; the page sees it after the
    /// next connection.
    pub(super) fn fail_controls(&mut self) {
        let Some(session) = &mut self.session else { return };
        let all: Vec<(ConversationId, Vec<MessageId>)> = session
            .talks
            .iter()
            .map(|(id, talk)| (*id, talk.outbox.iter().filter(|w| w.is_asked()).map(|w| w.id).collect()))
            .collect();
        for (id, ids) in all {
            self.answer_controls(id, &ids, &Err(Failure::Network));
        }
    }

    /// Remembers how far a conversation is known.
    pub(super) fn note_mark(&mut self, id: ConversationId) {
        let now_s = self.transport.now_ms() / 1000;
        let Some(session) = &mut self.session else { return };
        let Some(talk) = session.talks.get(&id) else { return };
        let known = session.state.known.entry(id).or_default();
        // Another browser may have known more already: what it knew must come, too.
        let further = |mark: &crate::state::Mark| mark.length > talk.core.length();
        known.mark = known.mark.filter(further).or_else(|| talk.core.mark());
        known.note_time(talk.summary.last_s, talk.own_last_s, now_s);
        self.touch_state(super::state::LATER_MS);
    }
}

fn ids_of(envelopes: &[Envelope]) -> Vec<MessageId> {
    envelopes.iter().map(|envelope| envelope.id).collect()
}
