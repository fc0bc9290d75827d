//! All connections, and what is pushed to whom.
//!
//! Each connection has a bounded queue. Whoever reads too slowly loses the connection, never a
//! message: it connects again and fetches by position.

use super::{
    index::Index,
    queue::{self, Receiver, Sender},
    turn::Turns,
};
use crate::{
    directory::{Verified, is_active, is_removed, team_of_site, teams_of},
    duty::OnDuty,
    session::TokenHash,
};
use beistand_domain::{
    clock::Seconds,
    conversation::redated,
    record::{Conversation, NewEnvelope, Session},
    storage::Actor,
};
use beistand_protocol::{
    api::{ConversationState, ConversationSummary, LogHead, SessionKind},
    codec::encode,
    id::{AccountId, ConversationId, Digest, PersonId, SiteId, TeamId},
    limit::LIVE_QUEUE_FRAMES_MAX,
    live::{Ending, Presence, ServerFrame},
    membership::Log,
    notice::Occasion,
    queue::QueueRules,
};
use bytes::Bytes;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// Names a connection in this process.
pub type ConnectionId = u64;

/// What a connection's queue holds. A queue that ends without a good-bye means: too slow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// An encoded [`ServerFrame`].
    Frame(Bytes),
    /// The last frame.
    Bye(Ending),
}

pub(super) struct Connection {
    session: TokenHash,
    account: AccountId,
    kind: SessionKind,
    queue: Sender,
    gate: Gate,
}

/// Whether a connection may still append. Held while it does, so that whoever closes it knows that
/// everything it brought is queued in the storage.
pub type Gate = Arc<Mutex<bool>>;

/// Ordered throughout: who is told first is then the same in each run of a simulation.
#[derive(Default)]
pub(super) struct State {
    pub(super) index: Index,
    /// Whose turn it is in each team.
    pub(super) turns: Turns,
    /// Something has happened that may change that.
    pub(super) turns_due: bool,
    verified: Option<Arc<Verified>>,
    pub(super) connections: BTreeMap<ConnectionId, Connection>,
    /// Connections of each connected account.
    pub(super) by_account: BTreeMap<AccountId, Vec<ConnectionId>>,
    /// Connections of staff: few, so that a message needn't look at every seeker.
    pub(super) staff: BTreeMap<ConnectionId, PersonId>,
    /// Who is on duty in teams with a roster.
    pub(super) duty: BTreeMap<TeamId, OnDuty>,
    /// Presence of connected staff.
    pub(super) presence: BTreeMap<PersonId, Presence>,
    /// What the seekers of each site were told last: whether somebody is there, and until when words written now are
    /// answered.
    told: BTreeMap<SiteId, (bool, Option<Seconds>)>,
    next: ConnectionId,
    /// To be removed at the end of the operation: closed or too slow.
    dead: Vec<ConnectionId>,
    /// Staff whose last connection broke a moment ago, with its number and session: a reload takes
    /// some seconds, and nobody should read meanwhile that nobody is there.
    leaving: BTreeMap<PersonId, (ConnectionId, TokenHash)>,
}

/// A connection, as the task that serves it has it.
pub struct Channel {
    /// Names it.
    pub id: ConnectionId,
    /// What is to be sent.
    pub queue: Receiver,
    /// Whether it may append.
    pub gate: Gate,
}

/// The hub.
#[derive(Default)]
pub struct Hub {
    state: Mutex<State>,
    pub(super) turns_due: Notify,
}

pub(super) fn frame(frame: &ServerFrame) -> Bytes {
    encode(frame).into()
}

impl Hub {
    /// Begins with what is stored.
    #[must_use]
    pub fn new(
        conversations: Vec<Conversation>,
        queue_rules: Vec<(TeamId, QueueRules)>,
        verified: Option<Arc<Verified>>,
    ) -> Self {
        let mut state = State { verified, turns: Turns::new(queue_rules), ..State::default() };
        conversations.into_iter().for_each(|conversation| drop(state.index.put(conversation)));
        Self { state: Mutex::new(state), turns_due: Notify::new() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something and then removes whoever turned out too slow.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.lock();
        let result = act(&mut state);
        state.bury();
        if std::mem::take(&mut state.turns_due) {
            self.turns_due.notify_one();
        }
        result
    }

    /// Adds a connection. Its queue begins with the welcome and what it has to know at once. `shown` is the
    /// log's head as other answers have shown it: the hub learns of an entry a moment after them, and a
    /// welcome with an older head than its client has seen is a lie to it.
    pub fn open(&self, session: &Session, shown: Option<LogHead>, now_s: Seconds) -> Channel {
        let (queue, receiver) = queue::channel();
        let gate = Gate::new(Mutex::new(true));
        let id = self.with(|state| {
            let id = state.next;
            state.next += 1;
            let connection = Connection {
                session: session.token_hash,
                account: session.account,
                kind: session.kind,
                queue,
                gate: gate.clone(),
            };
            state.connections.insert(id, connection);
            state.by_account.entry(session.account).or_default().push(id);
            state.greet(id, session.kind, shown, now_s);
            state.arrived(id, session.account, session.kind);
            id
        });
        Channel { id, queue: receiver, gate }
    }

    /// Removes a connection.
    pub fn close(&self, id: ConnectionId) {
        self.with(|state| state.dead.push(id));
    }

    /// The time that a reload may take is over since a connection broke: whoever has not come back
    /// is gone.
    pub fn settle_presence(&self, broken: ConnectionId) {
        self.with(|state| {
            let person = state.leaving.iter().find(|(_, (id, _))| *id == broken).map(|(person, _)| *person);
            if let Some(person) = person {
                state.left(person);
            }
        });
    }

    /// Pushes one frame to one connection.
    pub fn send(&self, id: ConnectionId, what: &ServerFrame) {
        self.with(|state| state.push([id], &frame(what)));
    }

    /// Ends every connection of a session.
    pub fn end_session(&self, session: &TokenHash, ending: Ending) {
        self.with(|state| {
            let _ = state.end(|connection| connection.session == *session, ending);
            state.end_leaving(|of| of == session);
        });
    }

    /// Takes nothing more from the connections that a session has so far: whoever opens another one
    /// has lost them. Once this has returned, whatever they appended is queued in the storage. They
    /// go on hearing, and end when they try.
    pub fn close_gates(&self, session: &TokenHash) {
        let gates: Vec<Gate> = {
            let state = self.lock();
            let former = state.connections.values().filter(|connection| connection.session == *session);
            former.map(|connection| connection.gate.clone()).collect()
        };
        // Not under the hub's lock: whoever appends holds the gate and asks the hub.
        for gate in gates {
            *gate.lock().unwrap_or_else(PoisonError::into_inner) = false;
        }
    }

    /// Ends every connection of an account whose sessions were removed; gives those sessions.
    /// A removed person hears that it is for good, and so does staff whose account is gone.
    pub fn end_account(&self, account: AccountId, ending: Ending) -> Vec<TokenHash> {
        self.with(|state| {
            let removed = state.connections.values().any(|connection| match connection.kind {
                SessionKind::Staff(person) => {
                    let gone = ending == Ending::AccountDeleted || is_removed(state.log(), person);
                    connection.account == account && gone
                }
                SessionKind::Seeker(_) => false,
            });
            let ending = if removed { Ending::Revoked } else { ending };
            let sessions = state.end(|connection| connection.account == account, ending);
            state.end_leaving(|of| sessions.contains(of));
            sessions
        })
    }

    /// Ends every connection.
    pub fn end_all(&self, ending: Ending) {
        self.with(|state| drop(state.end(|_| true, ending)));
    }

    /// Sessions with an open connection.
    #[must_use]
    pub fn sessions(&self) -> Vec<TokenHash> {
        let mut sessions: Vec<_> = self.lock().connections.values().map(|c| c.session).collect();
        sessions.sort_unstable();
        sessions.dedup();
        sessions
    }

    /// Number of open connections.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lock().connections.len()
    }

    /// Number of an account's open connections.
    #[must_use]
    pub fn channels(&self, account: AccountId) -> usize {
        self.lock().by_account.get(&account).map_or(0, Vec::len)
    }

    /// A staff person says whether they take requests. Who was not countersigned yet is not on duty.
    pub fn set_presence(&self, person: PersonId, presence: Presence) {
        self.with(|state| {
            if is_active(state.log(), person)
                && state.presence.get(&person).is_some_and(|known| *known != presence)
            {
                state.tell_presence(person, Some(presence));
            }
        });
    }

    /// Whether somebody of the site's team takes requests.
    #[must_use]
    pub fn somebody_available(&self, site: SiteId) -> bool {
        self.lock().somebody_at(site)
    }

    /// What the rosters say from now on.
    pub fn set_duty(&self, duty: Vec<(TeamId, OnDuty)>) {
        self.with(|state| {
            state.duty = duty.into_iter().collect();
            state.turns_due = true;
            state.tell_somebody();
        });
    }

    /// What the roster of a site's team says; `None` without one.
    #[must_use]
    pub fn duty_at(&self, site: SiteId) -> Option<OnDuty> {
        let state = self.lock();
        team_of_site(state.log(), site).and_then(|team| state.duty.get(&team).cloned())
    }

    /// Until when a team answers words that come now, as it was worked out last.
    #[must_use]
    pub fn promise(&self, team: TeamId) -> Option<Seconds> {
        self.lock().duty.get(&team).and_then(|on_duty| on_duty.answer_by_s)
    }

    /// When what was worked out last is over for the first team.
    #[must_use]
    pub fn duty_ends_s(&self) -> Option<Seconds> {
        self.lock().duty.values().map(|on_duty| on_duty.until_s).min()
    }

    /// Passes a typing notice on to everybody else in the conversation.
    pub fn ephemeral(&self, from: ConnectionId, conversation: ConversationId, sealed: Vec<u8>) {
        self.with(|state| {
            let Some(sender) = state.connections.get(&from).map(|c| c.account) else { return };
            let Some(known) = state.index.get(conversation).cloned() else { return };
            let mut to = state.audience(&known);
            to.retain(|id| state.connections.get(id).is_some_and(|c| c.account != sender));
            state.push(to, &frame(&ServerFrame::Ephemeral { conversation, sealed }));
        });
    }

    /// An accepted invitation waits: administrators hear of it.
    pub fn acceptance_waits(&self) {
        self.with(|state| {
            let administrators: Vec<_> = state
                .staff
                .iter()
                .filter(|(_, person)| state.is_administrator(**person))
                .map(|(id, _)| *id)
                .collect();
            state.push(administrators, &frame(&ServerFrame::AcceptanceWaiting));
        });
    }

    /// What no conversation tells, these persons hear of.
    pub fn called(&self, occasion: Occasion, whom: impl Fn(PersonId) -> bool) {
        self.with(|state| {
            let concerned = |person: PersonId| is_active(state.log(), person) && whom(person);
            let of = state.staff.iter().filter(|(_, person)| concerned(**person));
            let to: Vec<_> = of.map(|(id, _)| *id).collect();
            state.push(to, &frame(&ServerFrame::Called(occasion)));
        });
    }

    /// A conversation, if it is there.
    #[must_use]
    pub fn conversation(&self, id: ConversationId) -> Option<Conversation> {
        self.lock().index.get(id).cloned()
    }

    /// A seeker's conversations, newest first.
    #[must_use]
    pub fn list_of_seeker(&self, seeker: AccountId) -> Vec<ConversationSummary> {
        let state = self.lock();
        newest_first(
            state.index.of_seeker(seeker).map(|c| state.summary(SessionKind::Seeker(c.site), c)).collect(),
        )
    }

    /// Whether the staff have blocked a seeker, in any talk.
    #[must_use]
    pub fn is_blocked(&self, seeker: AccountId) -> bool {
        self.lock().index.of_seeker(seeker).any(|talk| talk.state == ConversationState::Blocked)
    }

    /// A staff person's conversations, newest first, and after them the threads about these and the rooms and groups of the
    /// person's teams.
    #[must_use]
    pub fn list_of_person(&self, person: PersonId) -> Vec<ConversationSummary> {
        let state = self.lock();
        let teams = teams_of(state.log(), person);
        let kind = SessionKind::Staff(person);
        let talks = state.index.of_person(person, &teams).filter(|c| c.seeker().is_some());
        let mut list = newest_first(talks.map(|c| state.summary(kind, c)).collect());
        let threads: Vec<_> = list
            .iter()
            .filter_map(|talk| state.index.thread_about(talk.id))
            .filter(|thread| state.index.reads(thread, person, &teams))
            .map(|thread| state.summary(kind, thread))
            .collect();
        list.extend(threads);
        let whole = |known: &&Conversation| known.room().is_some() || known.group().is_some();
        let rooms = state.index.of_person(person, &teams).filter(whole);
        list.extend(rooms.map(|room| state.summary(kind, room)));
        list
    }

    /// Who holds the talks of a team, each with whether somebody waits for an answer there.
    #[must_use]
    pub fn held_talks(&self, team: TeamId) -> Vec<(PersonId, bool)> {
        let state = self.lock();
        let talks = state.index.all().filter(|known| known.team == team && known.seeker().is_some());
        let held = talks.filter_map(|talk| match talk.state {
            ConversationState::Claimed(person) => Some((person, talk.asked.is_some())),
            _ => None,
        });
        held.collect()
    }

    /// Whether a staff person with these teams may fetch a conversation.
    #[must_use]
    pub fn may_read(&self, conversation: &Conversation, person: PersonId, teams: &[TeamId]) -> bool {
        self.lock().index.reads(conversation, person, teams)
    }

    /// The talk that a conversation is a thread about.
    #[must_use]
    pub fn talk_of(&self, conversation: &Conversation) -> Option<Conversation> {
        self.conversation(conversation.about()?)
    }

    /// The staff's thread about a talk.
    #[must_use]
    pub fn thread_about(&self, talk: ConversationId) -> Option<Conversation> {
        self.lock().index.thread_about(talk).cloned()
    }

    /// Envelopes were stored: everybody who may read hears of the new ones, in order.
    pub fn stored(
        &self,
        envelopes: &[NewEnvelope],
        places: &[(u64, Seconds)],
        new_from: u64,
        conversation: Conversation,
        actor: Actor,
    ) {
        self.with(|state| state.stored(envelopes, places, new_from, conversation, actor));
    }

    /// A conversation was opened. Its first envelopes make it visible.
    pub fn opened(&self, conversation: Conversation) {
        self.with(|state| drop(state.index.put(conversation)));
    }

    /// A conversation was destroyed, and with a talk its thread.
    pub fn destroyed(&self, id: ConversationId) {
        self.with(|state| {
            let thread = state.index.thread_about(id).cloned();
            for gone in thread.into_iter().chain(state.index.get(id).cloned()) {
                let audience = state.audience(&gone);
                state.index.remove(gone.id);
                state.push(audience, &frame(&ServerFrame::Gone(gone.id)));
            }
            state.turns_due = true;
        });
    }

    /// The time of a conversation's newest envelope was wrong.
    pub fn redated(&self, id: ConversationId, last_s: Seconds) {
        self.with(|state| {
            if let Some(known) = state.index.get(id).cloned() {
                drop(state.index.put(redated(known, last_s)));
            }
        });
    }

    /// The membership log grew.
    pub fn log_grew(&self, verified: Arc<Verified>) {
        self.with(|state| state.log_grew(verified));
    }
}

fn newest_first(mut list: Vec<ConversationSummary>) -> Vec<ConversationSummary> {
    list.sort_unstable_by_key(|summary| (core::cmp::Reverse(summary.last_s), summary.id));
    list.truncate(beistand_protocol::limit::CONVERSATION_LIST_MAX);
    list
}

impl State {
    /// Ends the chosen connections; gives their sessions.
    fn end(&mut self, choose: impl Fn(&Connection) -> bool, ending: Ending) -> Vec<TokenHash> {
        let mut sessions = Vec::new();
        for (id, connection) in self.connections.iter().filter(|(_, connection)| choose(connection)) {
            // A full queue ends without the last word; the client connects again and hears it then.
            let _ = connection.queue.push(Outgoing::Bye(ending));
            sessions.push(connection.session);
            self.dead.push(*id);
        }
        // Who ends a session does not come back by itself.
        self.bury();
        sessions
    }

    pub(super) fn push(&mut self, to: impl IntoIterator<Item = ConnectionId>, frame: &Bytes) {
        for id in to {
            if let Some(connection) = self.connections.get(&id)
                && connection.queue.push(Outgoing::Frame(frame.clone())).is_err()
            {
                self.dead.push(id);
            }
        }
    }

    /// Removes connections that are closed or too slow; their going may be news to others, who may
    /// turn out too slow in turn.
    fn bury(&mut self) {
        while let Some(id) = self.dead.pop() {
            let Some(connection) = self.connections.remove(&id) else { continue };
            self.staff.remove(&id);
            let last = self.by_account.get_mut(&connection.account).is_none_or(|ids| {
                ids.retain(|known| *known != id);
                ids.is_empty()
            });
            if last {
                self.by_account.remove(&connection.account);
            }
            match connection.kind {
                SessionKind::Seeker(_) if last => self.tell_seeker_presence(connection.account),
                SessionKind::Staff(person) if !self.staff.values().any(|known| *known == person) => {
                    self.leaving.insert(person, (id, connection.session));
                }
                _ => {}
            }
        }
    }

    /// Somebody is gone for good, unless connected again.
    fn left(&mut self, person: PersonId) {
        self.leaving.remove(&person);
        if !self.staff.values().any(|known| *known == person) {
            self.tell_presence(person, None);
        }
    }

    /// Nobody waits for whose session has ended.
    fn end_leaving(&mut self, ended: impl Fn(&TokenHash) -> bool) {
        let gone: Vec<_> = self
            .leaving
            .iter()
            .filter(|(_, (_, session))| ended(session))
            .map(|(person, _)| *person)
            .collect();
        gone.into_iter().for_each(|person| self.left(person));
    }

    pub(super) fn log(&self) -> Option<&Log> {
        self.verified.as_ref().map(|verified| &verified.log)
    }

    fn head(&self) -> LogHead {
        self.log().map_or(LogHead { length: 0, digest: Digest([0; 32]) }, |log| log.head())
    }

    fn is_administrator(&self, person: PersonId) -> bool {
        self.log().is_some_and(|log| log.state().is_administrator(person))
    }

    /// What a new connection has to know.
    fn greet(&mut self, id: ConnectionId, kind: SessionKind, shown: Option<LogHead>, now_s: Seconds) {
        let head = shown.filter(|shown| shown.length > self.head().length).unwrap_or_else(|| self.head());
        self.push([id], &frame(&ServerFrame::Welcome { head, now_s }));
        match kind {
            SessionKind::Seeker(site) => {
                let (somebody, answer_by_s) = self.news_at(site);
                self.push([id], &frame(&ServerFrame::SomebodyAvailable(somebody)));
                self.push([id], &frame(&ServerFrame::AnswerBy(answer_by_s)));
            }
            SessionKind::Staff(person) if is_active(self.log(), person) => {
                let frames: Vec<_> = self
                    .presence
                    .iter()
                    .map(|(who, p)| frame(&ServerFrame::Presence(*who, Some(*p))))
                    .collect();
                frames.iter().for_each(|frame| self.push([id], frame));
                self.tell_offers(id, person);
            }
            SessionKind::Staff(_) => {}
        }
    }

    /// What a new connection is news of.
    fn arrived(&mut self, id: ConnectionId, account: AccountId, kind: SessionKind) {
        match kind {
            SessionKind::Seeker(_) => {
                if self.by_account.get(&account).is_some_and(|ids| ids.len() == 1) {
                    self.tell_seeker_presence(account);
                }
            }
            SessionKind::Staff(person) => {
                self.staff.insert(id, person);
                self.leaving.remove(&person);
                // Until the person says otherwise.
                if !self.presence.contains_key(&person) {
                    self.tell_presence(person, Some(Presence::Away));
                }
            }
        }
    }

    /// Whether a seeker is there.
    pub(super) fn is_connected(&self, seeker: AccountId) -> bool {
        self.by_account.contains_key(&seeker)
    }

    fn tell_presence(&mut self, person: PersonId, presence: Option<Presence>) {
        self.turns_due = true;
        match presence {
            Some(presence) => drop(self.presence.insert(person, presence)),
            None => drop(self.presence.remove(&person)),
        }
        let colleagues: Vec<_> = self
            .staff
            .iter()
            .filter(|(_, person)| is_active(self.log(), **person))
            .map(|(id, _)| *id)
            .collect();
        self.push(colleagues, &frame(&ServerFrame::Presence(person, presence)));
        self.tell_somebody();
    }

    fn somebody_at(&self, site: SiteId) -> bool {
        let Some(team) = team_of_site(self.log(), site) else { return false };
        let Some(team) = self.log().and_then(|log| log.state().team(team).cloned()) else { return false };
        let duty = self.duty.get(&team.id());
        self.presence.iter().any(|(person, presence)| {
            *presence == Presence::Available
                && team.is_member(*person)
                && is_active(self.log(), *person)
                && duty.is_none_or(|on_duty| on_duty.duty.counts(*person))
        })
    }

    /// What the seekers of a site are told: whether somebody is there, and until when words written now are answered.
    fn news_at(&self, site: SiteId) -> (bool, Option<Seconds>) {
        let team = team_of_site(self.log(), site);
        let answer_by_s = team.and_then(|team| self.duty.get(&team)?.answer_by_s);
        (self.somebody_at(site), answer_by_s)
    }

    /// Tells the seekers of each site for which it changed.
    fn tell_somebody(&mut self) {
        let sites: Vec<SiteId> =
            self.log().map(|log| log.state().sites().map(|site| site.site).collect()).unwrap_or_default();
        for site in sites {
            let now = self.news_at(site);
            let (somebody, answer_by_s) = self.told.insert(site, now).unwrap_or_default();
            if (somebody, answer_by_s) == now {
                continue;
            }
            let seekers: Vec<_> = self
                .connections
                .iter()
                .filter(|(_, connection)| connection.kind == SessionKind::Seeker(site))
                .map(|(id, _)| *id)
                .collect();
            if somebody != now.0 {
                self.push(seekers.iter().copied(), &frame(&ServerFrame::SomebodyAvailable(now.0)));
            }
            if answer_by_s != now.1 {
                self.push(seekers, &frame(&ServerFrame::AnswerBy(now.1)));
            }
        }
    }

    fn log_grew(&mut self, verified: Arc<Verified>) {
        self.turns_due = true;
        let before = self.verified.replace(verified);
        let before = before.as_ref().map(|verified| &verified.log);
        let head = frame(&ServerFrame::Log(self.head()));
        let all: Vec<_> = self.connections.keys().copied().collect();
        self.push(all, &head);
        let staff: Vec<_> = self.staff.iter().map(|(id, person)| (*id, *person)).collect();
        for (id, person) in staff {
            let access = |log: Option<&Log>| (is_active(log, person), teams_of(log, person));
            let (former, now) = (access(before), access(self.log()));
            if former == now {
                continue;
            }
            let reads = |access: &(bool, Vec<TeamId>), c: &Conversation| {
                access.0 && self.index.reads(c, person, &access.1)
            };
            let frames: Vec<Bytes> = self
                .index
                .all()
                .filter_map(|conversation| match (reads(&former, conversation), reads(&now, conversation)) {
                    (true, false) => Some(ServerFrame::Gone(conversation.id)),
                    (false, true) => Some(ServerFrame::Conversation(
                        self.summary(SessionKind::Staff(person), conversation),
                    )),
                    _ => None,
                })
                .map(|news| frame(&news))
                .collect();
            // More than a queue holds: connecting again and listing is shorter.
            if frames.len() > LIVE_QUEUE_FRAMES_MAX / 2 {
                self.dead.push(id);
                continue;
            }
            frames.iter().for_each(|frame| self.push([id], frame));
            if !former.0 && now.0 {
                let present: Vec<_> = self
                    .presence
                    .iter()
                    .map(|(who, p)| frame(&ServerFrame::Presence(*who, Some(*p))))
                    .collect();
                present.iter().for_each(|frame| self.push([id], frame));
            }
        }
        self.tell_somebody();
    }
}
