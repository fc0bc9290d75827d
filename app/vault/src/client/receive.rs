//! What comes: frames of the live channel, and what was missed while there was none.

use super::{
    Client, STAFF,
    conversation::{Talk, Verdict, party, view},
    entry::staff,
    request::{get, path},
    state::AccountState,
    transport::{Channel, Transport},
};
use crate::{
    conversation::{ApplyError, Conversation},
    state::CLOCKS_DIFFER_S,
};
use beistand_protocol::{
    api::{
        ConversationList, ConversationSummary, EnvelopeKind, EnvelopePage, LogHead, SessionKind,
        StoredEnvelope, route,
    },
    codec::{decode, encode},
    epoch::{ConversationKind, EpochHeader, SignedEpoch},
    error::Code,
    id::{ConversationId, PersonId, TeamId},
    limit::ROOM_LATE_S,
    live::{ClientFrame, Ending, Presence, ServerFrame},
    month::Month,
    worker::{Author, Conflict, Connection, EndReason, Failure, News},
};
use std::collections::BTreeMap;

/// Milliseconds between signs of life.
const PING_MS: u64 = 20_000;
/// Milliseconds of silence after which a connection counts as dead.
const SILENCE_MS: u64 = 50_000;
/// Milliseconds without an answer to an append after which a connection counts as dead.
const OVERDUE_MS: u64 = 20_000;
/// Tries to apply an envelope after fetching what it needs.
const APPLY_TRIES: usize = 3;

/// When the live channel was last heard of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct LiveClock {
    heard_ms: u64,
    pinged_ms: u64,
    /// Length of the log when the greeting was sent.
    known_length: u64,
    /// Head that was named and not yet followed.
    named: Option<LogHead>,
}

impl<T: Transport> Client<T> {
    /// A live channel is open: greet.
    pub(super) fn on_connected(&mut self, channel: Channel) {
        if self.channel.is_some() {
            self.on_disconnected();
        }
        let now_ms = self.transport.now_ms();
        let Some(session) = &mut self.session else {
            self.hang_up();
            return;
        };
        self.channel = Some(channel);
        let known_length = self.place.as_ref().map_or(0, |place| place.log.head().length);
        session.live = LiveClock { heard_ms: now_ms, pinged_ms: now_ms, known_length, named: None };
        let hello = ClientFrame::Hello { token: session.token.expose().to_vec() };
        self.send_frame(&hello);
    }

    /// The live channel broke: what was on its way counts as not sent.
    pub(super) fn on_disconnected(&mut self) {
        self.channel = None;
        let Some(session) = &mut self.session else { return };
        session.connected = false;
        session.synced = false;
        for talk in session.talks.values_mut() {
            talk.flight = None;
        }
        self.fail_controls();
        self.tell(News::Connection(Connection::Reconnecting));
    }

    /// A frame came. What can't be read is a newer server's and is left alone.
    pub(super) async fn on_frame(&mut self, bytes: &[u8]) {
        let now_ms = self.transport.now_ms();
        let Some(session) = &mut self.session else { return };
        session.live.heard_ms = now_ms;
        let Ok(frame) = decode::<ServerFrame>(bytes) else { return };
        let handled = self.handle_frame(frame).await;
        self.settle_failure(handled);
    }

    async fn handle_frame(&mut self, frame: ServerFrame) -> Result<(), Failure> {
        match frame {
            ServerFrame::Welcome { head, .. } => self.welcome(head).await,
            ServerFrame::Appended { request, outcome } => self.on_appended(request, outcome).await,
            ServerFrame::Stored { conversation, stored } => self.on_stored(conversation, stored).await,
            ServerFrame::Ephemeral { conversation, sealed } => {
                self.on_typing(conversation, &sealed);
                Ok(())
            }
            ServerFrame::Conversation(summary) => self.on_summary(summary).await,
            ServerFrame::Gone(conversation) => {
                self.forget(conversation);
                let left: Vec<ConversationId> = self.session()?.talks.keys().copied().collect();
                self.check_vanished(&left)
            }
            ServerFrame::Log(head) => self.hear_of_log(head).await,
            ServerFrame::Presence(person, presence) => {
                self.on_presence(person, presence);
                Ok(())
            }
            #[cfg(feature = "staff")]
            ServerFrame::Offered { conversation, to } => {
                self.on_offered(conversation, to);
                Ok(())
            }
            #[cfg(feature = "staff")]
            ServerFrame::Called(occasion) => {
                self.tell(News::Called(occasion));
                Ok(())
            }
            ServerFrame::SomebodyAvailable(available) => {
                self.on_available(available);
                Ok(())
            }
            ServerFrame::AnswerBy(answer_by_s) => {
                self.place.iter_mut().for_each(|place| place.answer_by_s = answer_by_s);
                self.tell_site();
                Ok(())
            }
            ServerFrame::AcceptanceWaiting => {
                self.session_mut()?.informed = false;
                self.refresh_log().await?;
                self.inform().await
            }
            ServerFrame::Bye(Ending::SessionEnded) => {
                self.end_session(EndReason::Expired);
                Ok(())
            }
            ServerFrame::Bye(Ending::Revoked) => {
                self.end_session(EndReason::Revoked);
                Ok(())
            }
            ServerFrame::Bye(Ending::PasswordChanged) => {
                self.end_session(EndReason::PasswordChanged);
                Ok(())
            }
            ServerFrame::Bye(Ending::AccountDeleted) => {
                self.end_session(EndReason::Deleted);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The session was accepted: catch up with everything.
    async fn welcome(&mut self, head: LogHead) -> Result<(), Failure> {
        let session = self.session_mut()?;
        session.connected = true;
        session.synced = false;
        session.informed = false;
        session.presences.clear();
        if STAFF {
            session.offers.clear();
        }
        self.tell(News::Connection(Connection::Connected));
        // An own entry may have come in between; what was known when the greeting was sent was not lost.
        if head.length < self.session()?.live.known_length {
            return Err(Conflict::Log.into());
        }
        self.hear_of_log(head).await?;
        self.catch_up().await
    }

    /// The live channel named a head. One that could not be followed now is followed with a later tick.
    async fn hear_of_log(&mut self, head: LogHead) -> Result<(), Failure> {
        self.session_mut()?.live.named = Some(head);
        self.follow_log(head).await?;
        self.session_mut()?.live.named = None;
        Ok(())
    }

    /// What a connection needs besides its conversations: who confirmed the log, and for staff the
    /// teams' generations and who waits to be countersigned.
    async fn inform(&mut self) -> Result<(), Failure> {
        self.read_sightings().await?;
        if let Some(person) = staff(self.session()?.kind) {
            let session = self.session_mut()?;
            let presence = session.presence;
            session.presences.insert(person, presence);
            self.send_frame(&ClientFrame::Presence(presence));
            self.renew_generations().await?;
            let state = self.place()?.log.state();
            if state.is_administrator(person) {
                self.read_acceptances().await?;
            }
            self.tell_staff();
        }
        self.session_mut()?.informed = true;
        Ok(())
    }

    /// Fetches the list and whatever was missed of each conversation.
    async fn resync(&mut self) -> Result<(), Failure> {
        let token = self.token()?;
        let list: ConversationList = get(&self.transport, route::CONVERSATIONS, Some(&token)).await?;
        let listed: Vec<ConversationId> = list.conversations.iter().map(|summary| summary.id).collect();
        let mut summaries = list.conversations;
        if STAFF {
            // Talks first: what a thread says is held against its talk.
            summaries.sort_by_key(|summary| summary.id.is_staff());
        }
        for summary in summaries {
            let id = summary.id;
            let shown = |talk: &Talk| !talk.unopened && summary.length < talk.length_min();
            if self.session()?.talks.get(&id).is_some_and(shown) {
                return Err(Conflict::Conversation.into());
            }
            self.ensure_talk(summary)?;
            if self.fetch_or_refused(id).await? {
                self.check_known(id)?;
            }
        }
        let session = self.session_mut()?;
        let gone: Vec<ConversationId> = session
            .talks
            .iter()
            .filter(|(id, talk)| !talk.unopened && !listed.contains(id))
            .map(|(id, _)| *id)
            .collect();
        gone.into_iter().for_each(|id| self.forget(id));
        self.check_vanished(&listed)?;
        self.session_mut()?.synced = true;
        self.tell_conversations();
        Ok(())
    }

    /// Fetches a conversation; `false`: the server refuses this one (taken by somebody else or deleted a
    /// moment ago, most likely). It counts as behind and is asked for again with the next tick; the
    /// others must not wait for it.
    async fn fetch_or_refused(&mut self, id: ConversationId) -> Result<bool, Failure> {
        match self.fetch(id).await {
            Err(Failure::Server(code, _)) if !ends_session(code) => Ok(false),
            fetched => fetched.map(|()| true),
        }
    }

    /// What is there holds what any browser of this account knew before.
    fn check_mark(&self, id: ConversationId) -> Result<(), Failure> {
        let session = self.session()?;
        let Some(talk) = session.talks.get(&id).filter(|talk| !talk.unopened) else { return Ok(()) };
        let mark = session.state.known.get(&id).and_then(|known| known.mark);
        let rolled_back = mark.is_some_and(|mark| talk.core.check_mark(&mark).is_err());
        if rolled_back { Err(Conflict::Conversation.into()) } else { Ok(()) }
    }

    /// Everything that the server said it has of a conversation was fetched: it must hold what any
    /// browser of this account knew before, and a seeker must be able to open it (P21).
    fn check_known(&self, id: ConversationId) -> Result<(), Failure> {
        self.check_mark(id)?;
        let session = self.session()?;
        let Some(talk) = session.talks.get(&id).filter(|talk| !talk.unopened) else { return Ok(()) };
        let foreign = matches!(session.kind, SessionKind::Seeker(_)) && talk.core.opens_nothing();
        if foreign { Err(Conflict::Conversation.into()) } else { Ok(()) }
    }

    /// A seeker's conversation that other devices know and the server does not: deleted after its
    /// time, or withheld.
    fn check_vanished(&mut self, listed: &[ConversationId]) -> Result<(), Failure> {
        let session = self.session()?;
        let unopened = |id: &ConversationId| session.talks.get(id).is_some_and(|talk| talk.unopened);
        let there = |id: &ConversationId| listed.contains(id) || unopened(id);
        match self.is_withheld(&session.state, session.kind, there) {
            true => Err(Conflict::Conversation.into()),
            false => Ok(()),
        }
    }

    /// Whether a seeker's account state knows of a conversation that is not there, before its time.
    pub(super) fn is_withheld(
        &self,
        state: &AccountState,
        kind: SessionKind,
        there: impl Fn(&ConversationId) -> bool,
    ) -> bool {
        let (SessionKind::Seeker(site), Some(place)) = (kind, &self.place) else { return false };
        let now_s = self.transport.now_ms() / 1000;
        let days = place.log.state().site(site).map_or(0, |site| u64::from(site.retention_days));
        let kept_s = (days * 24 * 60 * 60).saturating_sub(CLOCKS_DIFFER_S);
        let over = |last_s: u64| last_s.saturating_add(kept_s) <= now_s;
        // Of a group one may be removed at any time.
        let counts = |id: &ConversationId| !id.is_group() && !there(id);
        state.known.iter().any(|(id, known)| known.mark.is_some() && counts(id) && !over(known.last_s))
    }

    /// Makes room for a conversation, or takes over what the server says of it.
    fn ensure_talk(&mut self, summary: ConversationSummary) -> Result<(), Failure> {
        let session = self.session_mut()?;
        if let Some(talk) = session.talks.get_mut(&summary.id) {
            if talk.unopened {
                // The answer to the opening was lost, but it had arrived.
                talk.unopened = false;
                talk.flight = None;
                let party = party(session.kind, &session.identity, &session.former, summary.id);
                talk.reset(Conversation::new(summary.id, party, session.device));
            }
            talk.summary = ConversationSummary { length: summary.length.max(talk.core.length()), ..summary };
            talk.changed = true;
            return Ok(());
        }
        let id = summary.id;
        let about = if STAFF && id.is_staff() { session.talk_of_thread(id) } else { None };
        let room = if STAFF && id.is_staff() { month_of_room(&summary) } else { None };
        match session.kind {
            _ if !id.is_staff() => {}
            // The staff's own are none of a seeker's (P21).
            SessionKind::Seeker(_) => return Err(Conflict::Conversation.into()),
            // Without its talk a thread is nothing, and a room without its team and month.
            SessionKind::Staff(_) if about.is_none() && room.is_none() => return Ok(()),
            SessionKind::Staff(_) => {}
        }
        let party = party(session.kind, &session.identity, &session.former, id);
        let mut talk = Talk::new(summary, Conversation::new(id, party, session.device));
        (talk.about, talk.room) = (about, room);
        session.talks.insert(id, talk);
        Ok(())
    }

    /// Fetches and applies what is missing of a conversation.
    pub(super) async fn fetch(&mut self, id: ConversationId) -> Result<(), Failure> {
        let token = self.token()?;
        let mut fetched = Vec::new();
        loop {
            let Some(talk) = self.session()?.talks.get(&id) else { return Ok(()) };
            let from = talk.core.length() + fetched.len() as u64;
            if talk.unopened || from >= talk.summary.length {
                break;
            }
            let path = path(route::ENVELOPES, &[("conversation", id.to_hex()), ("from", from.to_string())]);
            let page: EnvelopePage = get(&self.transport, &path, Some(&token)).await?;
            page_fits(&page, id, from)?;
            let Some(talk) = self.session_mut()?.talk(id) else { return Ok(()) };
            // Shorter than it was said to be when something of this browser's was stored, or as it was shown.
            if page.summary.length < talk.length_min() {
                return Err(Conflict::Conversation.into());
            }
            talk.summary = page.summary;
            if page.envelopes.is_empty() {
                break;
            }
            fetched.extend(page.envelopes);
        }
        self.take_all(id, fetched).await
    }

    /// Applies a run of envelopes; the first ones of a conversation as a whole, because keys come from
    /// the newest epoch backwards.
    async fn take_all(&mut self, id: ConversationId, fetched: Vec<StoredEnvelope>) -> Result<(), Failure> {
        if fetched.is_empty() {
            return Ok(());
        }
        let Some(talk) = self.session()?.talks.get(&id) else { return Ok(()) };
        if talk.core.length() > 0 {
            for stored in fetched {
                self.take(id, stored).await?;
            }
            return Ok(());
        }
        self.load(id, fetched).await?;
        self.check_mark(id)
    }

    /// Loads a conversation from its beginning.
    async fn load(&mut self, id: ConversationId, stored: Vec<StoredEnvelope>) -> Result<(), Failure> {
        let mut withheld = Conflict::Log;
        for _ in 0..APPLY_TRIES {
            let (Some(session), Some(place)) = (&mut self.session, &self.place) else { return Ok(()) };
            let beside = session.beside(id);
            let Some(talk) = session.talks.get_mut(&id) else { return Ok(()) };
            let view = view(place, &session.keyring, beside.as_ref());
            let party = party(session.kind, &session.identity, &session.former, id);
            let envelopes = stored.iter().map(|stored| &stored.envelope);
            let loaded = Conversation::load(id, party, session.device, &view, envelopes);
            match loaded {
                Ok((core, judged)) => {
                    talk.reset(core);
                    let mut worst = Verdict::Good;
                    #[cfg(feature = "staff")]
                    let shown: Vec<_> = judged.iter().flatten().map(|applied| applied.id).collect();
                    for (stored, applied) in stored.into_iter().zip(judged) {
                        match talk.take(stored, applied, session.kind, place) {
                            Verdict::Good | Verdict::Reload => {}
                            verdict => worst = verdict,
                        }
                    }
                    let known = session.state.known.get(&id).and_then(|known| known.mark);
                    // What another tab has seen beyond these may follow: half of a page was read again.
                    let within = known.filter(|mark| mark.length <= talk.core.length());
                    if within.is_some_and(|mark| talk.core.check_mark(&mark).is_err()) {
                        return Err(Conflict::Conversation.into());
                    }
                    // What opened a thread need not be words.
                    #[cfg(feature = "staff")]
                    shown.into_iter().for_each(|shown| self.answer_control(id, shown));
                    self.note_mark(id);
                    return verdict_failure(worst);
                }
                Err(error) => {
                    let team = stored.iter().find_map(team_of);
                    withheld = self.fetch_needed(id, error, team).await?;
                }
            }
        }
        // Whatever it names is not shown to this client.
        Err(withheld.into())
    }

    /// Applies one envelope.
    async fn take(&mut self, id: ConversationId, stored: StoredEnvelope) -> Result<(), Failure> {
        let mut withheld = Conflict::Log;
        for _ in 0..APPLY_TRIES {
            let (Some(session), Some(place)) = (&mut self.session, &self.place) else { return Ok(()) };
            let beside = session.beside(id);
            let Some(talk) = session.talks.get_mut(&id) else { return Ok(()) };
            let view = view(place, &session.keyring, beside.as_ref());
            match talk.core.apply(&view, stored.position, &stored.envelope) {
                Err(error) if error.is_retryable() => {
                    let team = team_of(&stored).or(talk.core.team());
                    withheld = self.fetch_needed(id, error, team).await?;
                }
                applied => {
                    let shown = applied.as_ref().ok().map(|applied| applied.id);
                    let verdict = talk.take(stored, applied, session.kind, place);
                    if STAFF {
                        // Who gives a talk away hears that it is gone before the answer to that.
                        shown.into_iter().for_each(|shown| self.answer_control(id, shown));
                    }
                    self.note_mark(id);
                    if verdict == Verdict::Reload {
                        let Some(talk) = self.session_mut()?.talk(id) else { return Ok(()) };
                        let all = core::mem::take(&mut talk.stored);
                        return Box::pin(self.load(id, all)).await;
                    }
                    return verdict_failure(verdict);
                }
            }
        }
        Err(withheld.into())
    }

    /// Fetches what an envelope can't be judged without; says what it means if that does not help. The team is the one
    /// that the epoch names, not the one that the server does.
    async fn fetch_needed(
        &mut self,
        id: ConversationId,
        error: ApplyError,
        team: Option<TeamId>,
    ) -> Result<Conflict, Failure> {
        let about = self.session()?.talks.get(&id).and_then(|talk| talk.about());
        match (error, team, about) {
            (ApplyError::AheadOfLog, ..) => self.refresh_log().await.map(|()| Conflict::Log),
            (ApplyError::UnknownGeneration, Some(team), _) => {
                self.read_generations(&[team]).await.map(|()| Conflict::Log)
            }
            (ApplyError::UnknownTalk, _, Some(talk)) => {
                self.refetch_talk(talk).await.map(|()| Conflict::Conversation)
            }
            // Places are kept in order by the caller: the server numbers them otherwise.
            _ => Err(Conflict::Conversation.into()),
        }
    }

    /// A new envelope was pushed.
    async fn on_stored(&mut self, id: ConversationId, stored: StoredEnvelope) -> Result<(), Failure> {
        let Some(talk) = self.session_mut()?.talk(id) else {
            // The conversation is not known yet; its summary comes and then everything is fetched.
            return Ok(());
        };
        let length = talk.core.length();
        talk.summary.length = talk.summary.length.max(stored.position.saturating_add(1));
        if talk.unopened {
            return Ok(());
        }
        if let Some(shown) = talk.shown_at(stored.position) {
            // Pushed and fetched, it is there already. Anything else at a taken place is a lie, now or before.
            return match shown.envelope == stored.envelope {
                true => Ok(()),
                false => Err(Conflict::Conversation.into()),
            };
        }
        if stored.position > length {
            return self.fetch(id).await;
        }
        self.take(id, stored).await
    }

    async fn on_summary(&mut self, summary: ConversationSummary) -> Result<(), Failure> {
        let id = summary.id;
        let opening = self.session()?.talks.get(&id).is_some_and(|talk| talk.unopened);
        // A thread may have been opened by a colleague.
        if opening && !(STAFF && id.is_staff()) {
            // Its own opening, told before the answer to it.
            return Ok(());
        }
        self.ensure_talk(summary)?;
        self.fetch(id).await
    }

    fn on_typing(&mut self, id: ConversationId, sealed: &[u8]) {
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else { return };
        let Some(talk) = session.talks.get_mut(&id) else { return };
        let view = view(place, &session.keyring, None);
        if let Ok(signer) = talk.core.apply_typing(&view, sealed) {
            let author = talk.author(Some(signer), session.kind, place);
            if author != Author::Own {
                self.tell(News::Typing { conversation: id, author });
            }
        }
    }

    fn on_presence(&mut self, person: PersonId, presence: Option<Presence>) {
        let Some(session) = &mut self.session else { return };
        match presence {
            Some(presence) => drop(session.presences.insert(person, presence)),
            None => drop(session.presences.remove(&person)),
        }
        self.tell_staff();
    }

    /// A conversation is no longer there for this session.
    fn forget(&mut self, id: ConversationId) {
        // A claim that was on its way has lost: whoever won keeps it.
        self.fail_lost(id);
        // A talk takes its thread along.
        let thread = (STAFF && !id.is_staff()).then(|| ConversationKind::thread_id(id));
        for id in thread.into_iter().chain([id]) {
            let known = self.session.as_mut().is_some_and(|session| {
                // Should it come back, whose turn it was is over.
                session.offers.remove(&id);
                session.talks.remove(&id).is_some()
            });
            if known {
                self.tell(News::ConversationGone(id));
            }
        }
    }

    /// Learns and fetches what is known to be missing: the catching up after a connection failed half-way, or
    /// an own append whose push did not come.
    pub(super) async fn catch_up(&mut self) -> Result<(), Failure> {
        let Some(session) = &self.session else { return Ok(()) };
        if !session.connected {
            return Ok(());
        }
        if let Some(head) = session.live.named {
            self.hear_of_log(head).await?;
        }
        if !self.session()?.informed {
            self.inform().await?;
        }
        let session = self.session()?;
        if !session.synced {
            return self.resync().await;
        }
        let behind: Vec<ConversationId> = session
            .talks
            .iter()
            .filter(|(_, talk)| !talk.unopened && talk.core.length() < talk.summary.length)
            .map(|(id, _)| *id)
            .collect();
        for id in behind {
            self.fetch_or_refused(id).await?;
        }
        Ok(())
    }

    /// Signs of life; a silent connection is opened anew.
    pub(super) fn keep_alive(&mut self) {
        let now_ms = self.transport.now_ms();
        let Some(session) = &mut self.session else { return };
        if !session.connected {
            return;
        }
        let overdue = session
            .talks
            .values()
            .any(|talk| talk.flight.as_ref().is_some_and(|flight| flight.is_overdue(now_ms, OVERDUE_MS)));
        if overdue || now_ms.saturating_sub(session.live.heard_ms) > SILENCE_MS {
            self.hang_up();
            self.on_disconnected();
            self.transport.open_live();
        } else if now_ms.saturating_sub(session.live.pinged_ms) > PING_MS {
            session.live.pinged_ms = now_ms;
            self.send_frame(&ClientFrame::Ping);
        }
    }

    /// Wants no live channel any more; what the present one still brings is not heard.
    pub(super) fn hang_up(&mut self) {
        self.channel = None;
        self.transport.close_live();
    }

    /// Sends a frame on the live channel, if there is one.
    pub(super) fn send_frame(&self, frame: &ClientFrame) {
        if let Some(channel) = self.channel {
            self.transport.send_live(channel, encode(frame));
        }
    }

    /// The whole list.
    pub(super) fn tell_conversations(&mut self) {
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else { return };
        let views = session
            .talks
            .iter_mut()
            .map(|(id, talk)| {
                talk.changed = false;
                let offered = offered(&session.offers, *id);
                talk.view(place, session.kind, &session.state, self.full_from, offered)
            })
            .collect();
        self.tell(News::Conversations(views));
    }

    /// Readers or names may be others after the log grew.
    pub(super) fn tell_readers(&mut self) {
        if let Some(session) = &mut self.session {
            session.talks.values_mut().for_each(|talk| talk.changed = true);
        }
    }

    /// Tells the page what changed since the last time: lines of what it shows, headers.
    pub(super) fn tell_changes(&mut self) {
        let (Some(session), Some(place)) = (&mut self.session, &self.place) else { return };
        let mut news = Vec::new();
        for (id, talk) in &mut session.talks {
            // The header first: it names the conversation that the lines belong to.
            if core::mem::take(&mut talk.changed) {
                let offered = offered(&session.offers, *id);
                let view = talk.view(place, session.kind, &session.state, self.full_from, offered);
                news.push(News::Conversation(Box::new(view)));
            }
            let messages = core::mem::take(&mut talk.dirty);
            if talk.shown && !messages.is_empty() {
                news.push(News::Messages { conversation: *id, messages });
            }
        }
        news.into_iter().for_each(|news| self.tell(news));
    }
}

/// Whether a refusal says that the session is over.
const fn ends_session(code: Code) -> bool {
    matches!(code, Code::SessionExpired | Code::Revoked | Code::PasswordChanged | Code::AccountDeleted)
}

/// The month whose room it is, by its team and by when it was opened. Which it really is, its epochs say.
fn month_of_room(summary: &ConversationSummary) -> Option<Month> {
    let near = [summary.opened_s.saturating_sub(ROOM_LATE_S), summary.opened_s.saturating_add(ROOM_LATE_S)];
    near.map(Month::at)
        .into_iter()
        .find(|month| ConversationKind::room_id(summary.team, *month) == summary.id)
}

/// The team that an epoch names; nothing of it is verified yet.
fn team_of(stored: &StoredEnvelope) -> Option<TeamId> {
    if stored.envelope.kind != EnvelopeKind::Epoch {
        return None;
    }
    let signed: SignedEpoch = decode(&stored.envelope.sealed.0).ok()?;
    Some(decode::<EpochHeader>(&signed.header).ok()?.team)
}

/// Whether a page is what was asked for: not another conversation's, in another order, or less than it
/// says itself that there is.
pub(super) fn page_fits(page: &EnvelopePage, id: ConversationId, from: u64) -> Result<(), Failure> {
    let numbered = (from..).zip(&page.envelopes).all(|(place, stored)| stored.position == place);
    let withheld = page.envelopes.is_empty() && page.summary.length > from;
    match page.summary.id == id && numbered && !withheld {
        true => Ok(()),
        false => Err(Conflict::Conversation.into()),
    }
}

fn verdict_failure(verdict: Verdict) -> Result<(), Failure> {
    match verdict {
        Verdict::Good | Verdict::Reload => Ok(()),
        Verdict::Alarm => Err(Conflict::Conversation.into()),
        Verdict::OtherLog => Err(Conflict::Log.into()),
    }
}

/// Whose turn it is to take a talk.
fn offered(offers: &BTreeMap<ConversationId, PersonId>, id: ConversationId) -> Option<PersonId> {
    if STAFF { offers.get(&id).copied() } else { None }
}
