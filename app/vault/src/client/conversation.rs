//! One talk as this client keeps it: the verified conversation, the lines a page shows, and what
//! waits to be sent.

use super::{
    STAFF,
    log_in::Session,
    send::{Flight, Outgoing},
    start::Place,
    state::AccountState,
};
use crate::{
    account::{AccountSecret, PartyKeys},
    conversation::{Applied, ApplyError, Conversation, Event, View},
    epoch::Party,
    team::TeamKeyring,
};
#[cfg(feature = "staff")]
use beistand_protocol::{
    api::EnvelopeKind,
    worker::{RemarksView, Transcript},
};
use beistand_protocol::{
    api::{Appended, ConversationState, ConversationSummary, SessionKind, StoredEnvelope},
    epoch::{Author as Signer, ConversationKind, EpochChain, Reader, ReaderRole},
    id::{ConversationId, MessageId, PersonId, SiteId, TeamId},
    limit::RETENTION_DAYS_DEFAULT,
    month::Month,
    worker::{Author, ConversationView, MessageBody, MessageView, Progress, ReaderView, StateView},
};
use std::collections::{BTreeMap, VecDeque};

/// Characters of the newest text that lists show.
const LAST_TEXT_CHARS: usize = 120;

/// A talk.
pub(super) struct Talk {
    /// What the server says of it; narrows, never widens.
    pub summary: ConversationSummary,
    /// What was verified.
    pub core: Conversation,
    /// Everything applied, for loading anew when older epochs become readable.
    pub stored: Vec<StoredEnvelope>,
    /// Lines by place; a reopening stands before the text that causes it.
    pub lines: BTreeMap<(u64, Order), MessageView>,
    /// Controls that count once an epoch names them.
    pending: Vec<(Applied, u64)>,
    /// Own texts not yet stored.
    pub outbox: VecDeque<Outgoing>,
    /// What is on its way.
    pub flight: Option<Flight>,
    /// What the server says to have stored of what was sent from here, and has not shown yet: ids by place.
    said_stored: BTreeMap<u64, MessageId>,
    /// Made here and not yet known to the server.
    pub unopened: bool,
    /// Staff: the talk that it is a thread about.
    pub about: Option<ConversationId>,
    /// Staff: the month whose room of its team it is.
    pub room: Option<Month>,
    /// Tries with the same content that the server called stale.
    pub stale_tries: u8,
    /// The seeker's name, as introduced.
    pub seeker_name: String,
    /// Closed, by the signed events.
    pub closed: bool,
    /// And the seeker may not write any more.
    pub blocked: bool,
    /// Since when the seeker waits, seconds since 1970.
    pub waiting_since_s: Option<u64>,
    /// Newest text of others: its place.
    pub newest_other: Option<u64>,
    /// Places confirmed by own receipts, as sent or stored: delivered, read.
    pub confirmed: (Option<u64>, Option<u64>),
    /// Newest text of others that was on a screen.
    pub seen_other: Option<u64>,
    /// The page shows it and wants changed lines.
    pub shown: bool,
    /// Lines that the page has not heard of.
    pub dirty: Vec<MessageView>,
    /// The header changed.
    pub changed: bool,
    /// Readers as last shown.
    readers_told: Vec<ReaderView>,
    /// Places confirmed by the other side: delivered, read.
    other_confirmed: (Option<u64>, Option<u64>),
    /// Last typing notice sent, milliseconds since 1970.
    pub typed_ms: u64,
    /// When this account wrote last by its own signed word, seconds since 1970.
    pub own_last_s: u64,
    /// Texts as a search compares them, as far as somebody has searched; they live and die with the talk.
    #[cfg(feature = "staff")]
    pub folded: super::search::Folded,
    /// A thread: what its remarks come to.
    #[cfg(feature = "staff")]
    remarks: RemarksView,
    /// A talk: with which keys its seeker comes into groups.
    #[cfg(feature = "staff")]
    pub joins: BTreeMap<ConversationId, crate::group::Join>,
    /// Messages that were sealed under keys that this person has not got.
    #[cfg(feature = "staff")]
    unreadable: u32,
}

/// Order of the lines of one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Order {
    /// What the envelope causes besides.
    Before,
    /// The envelope itself.
    Itself,
}

/// What judging an applied envelope came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Fine.
    Good,
    /// Older epochs became readable: load anew.
    Reload,
    /// Somebody withheld or lied: hard stop.
    Alarm,
    /// It names another log: hard stop.
    OtherLog,
}

impl Session {
    /// A conversation that nobody has written in yet, for the first words in it.
    pub fn unopened(&self, id: ConversationId, site: SiteId, team: TeamId, now_s: u64) -> Talk {
        let summary = ConversationSummary {
            id,
            site,
            team,
            state: ConversationState::Waiting,
            opened_s: now_s,
            last_s: now_s,
            length: 0,
            epoch: 0,
            seeker_present: false,
            answer_by_s: None,
            letter: false,
            steps: Vec::new(),
        };
        let party = party(self.kind, &self.identity, &self.former, id);
        Talk { unopened: true, ..Talk::new(summary, Conversation::new(id, party, self.device)) }
    }
}

impl Talk {
    /// A talk of which nothing was applied yet.
    pub fn new(summary: ConversationSummary, core: Conversation) -> Self {
        Self {
            summary,
            core,
            stored: Vec::new(),
            lines: BTreeMap::new(),
            pending: Vec::new(),
            outbox: VecDeque::new(),
            flight: None,
            said_stored: BTreeMap::new(),
            unopened: false,
            about: None,
            room: None,
            stale_tries: 0,
            seeker_name: String::new(),
            closed: false,
            blocked: false,
            waiting_since_s: None,
            newest_other: None,
            confirmed: (None, None),
            seen_other: None,
            shown: false,
            dirty: Vec::new(),
            changed: true,
            readers_told: Vec::new(),
            other_confirmed: (None, None),
            typed_ms: 0,
            own_last_s: 0,
            #[cfg(feature = "staff")]
            folded: super::search::Folded::default(),
            #[cfg(feature = "staff")]
            remarks: RemarksView::default(),
            #[cfg(feature = "staff")]
            joins: BTreeMap::new(),
            #[cfg(feature = "staff")]
            unreadable: 0,
        }
    }

    /// The talk that it is a thread about; seekers have none.
    pub fn about(&self) -> Option<ConversationId> {
        if STAFF { self.about } else { None }
    }

    /// The month whose room of its team it is; seekers have none.
    pub fn room(&self) -> Option<Month> {
        if STAFF { self.room } else { None }
    }

    /// Whether the staff talk among themselves here.
    pub fn is_among_staff(&self) -> bool {
        self.about().is_some() || self.room().is_some()
    }

    /// Forgets everything that was derived from applied envelopes; what waits stays.
    pub fn reset(&mut self, mut core: Conversation) {
        core.keep_numbers(&self.core);
        let fresh = Self::new(self.summary.clone(), core);
        let former = core::mem::replace(self, fresh);
        self.about = former.about();
        self.room = former.room();
        self.outbox = former.outbox;
        self.said_stored = former.said_stored;
        self.shown = former.shown;
        self.seen_other = former.seen_other;
        self.typed_ms = former.typed_ms;
    }

    /// Takes the server's word on where it has stored what was sent from here. `false`: it can't be so. A word
    /// on places that nothing was shown of yet is held against what is shown there.
    #[must_use]
    pub fn take_places(&mut self, ids: &[MessageId], appended: &Appended) -> bool {
        let last = appended.places.iter().map(|(place, _)| *place).max().unwrap_or(0);
        self.summary.length = self.summary.length.max(last.saturating_add(1));
        let fits = |(id, (place, _)): (&MessageId, &(u64, u64))| match self.shown_at(*place) {
            Some(shown) => shown.envelope.id == *id,
            None => self.said_stored.insert(*place, *id).is_none_or(|said| said == *id),
        };
        ids.len() == appended.places.len() && ids.iter().zip(&appended.places).all(fits)
    }

    /// Who wrote the line at a place.
    pub fn author_at(&self, place: u64) -> Option<&Author> {
        self.lines.get(&(place, Order::Itself)).map(|line| &line.author)
    }

    /// The envelope that the server has shown at a place.
    pub fn shown_at(&self, place: u64) -> Option<&StoredEnvelope> {
        self.stored.get(usize::try_from(place).ok()?)
    }

    /// How long the conversation is at least, by what was shown and by what the server says to have stored.
    pub fn length_min(&self) -> u64 {
        let said = self.said_stored.keys().next_back().map_or(0, |place| place.saturating_add(1));
        said.max(self.core.length())
    }

    /// Whether it takes no more messages and receipts.
    pub fn is_full(&self, full_from: u64) -> bool {
        self.core.length() >= full_from
    }

    /// Takes what the verified conversation says of an envelope.
    pub fn take(
        &mut self,
        stored: StoredEnvelope,
        applied: Result<Applied, ApplyError>,
        kind: SessionKind,
        place: &Place,
    ) -> Verdict {
        let (position, time_s) = (stored.position, stored.stored_s);
        let id = stored.envelope.id;
        #[cfg(feature = "staff")]
        let is_message = stored.envelope.kind == EnvelopeKind::Message;
        self.summary.length = self.summary.length.max(position.saturating_add(1));
        self.summary.last_s = self.summary.last_s.max(time_s);
        self.summary.epoch = self.core.epoch().map_or(0, |epoch| epoch.header.number);
        self.stored.push(stored);
        self.changed = true;
        if self.said_stored.remove(&position).is_some_and(|said| said != id) {
            return Verdict::Alarm;
        }
        let applied = match applied {
            Ok(applied) => applied,
            Err(ApplyError::OtherLog) => return Verdict::OtherLog,
            // The same again is no news.
            Err(ApplyError::Duplicate) => return Verdict::Good,
            Err(_) => {
                let author = Author::Seeker;
                self.line(MessageView {
                    id,
                    position,
                    time_s,
                    author,
                    body: MessageBody::Refused,
                    progress: Progress::Stored,
                });
                // A thread or room that is none, or another's: no server that is honest has taken it.
                let foreign = self.is_among_staff() && self.core.epoch().is_none();
                return if foreign { Verdict::Alarm } else { Verdict::Good };
            }
        };
        #[cfg(feature = "staff")]
        if is_message && applied.event == Event::Unreadable {
            self.unreadable += 1;
        }
        let alarmed = !applied.alarms.is_empty();
        let reload = self.take_event(&applied, time_s, kind, place);
        if alarmed {
            self.line(MessageView {
                id,
                position,
                time_s,
                author: self.author(applied.author, kind, place),
                body: MessageBody::Missing,
                progress: Progress::Stored,
            });
            return Verdict::Alarm;
        }
        if reload { Verdict::Reload } else { Verdict::Good }
    }

    /// Says whether to load anew.
    fn take_event(&mut self, applied: &Applied, time_s: u64, kind: SessionKind, place: &Place) -> bool {
        let by = self.author(applied.author, kind, place);
        if by == Author::Own {
            self.own_last_s = self.own_last_s.max(applied.claimed_time_ms / 1000);
        }
        let line = |body| MessageView {
            id: applied.id,
            position: applied.position,
            time_s,
            author: by.clone(),
            body,
            progress: Progress::Stored,
        };
        match &applied.event {
            Event::Text(text) => {
                if self.outbox.iter().any(|waiting| waiting.id == applied.id) {
                    self.outbox.retain(|waiting| waiting.id != applied.id);
                    self.stale_tries = 0;
                    // The other side took the message as the end of typing: what follows is told anew.
                    self.typed_ms = 0;
                }
                if by != Author::Own {
                    self.newest_other = Some(applied.position);
                }
                if applied.author == Some(Signer::Seeker) {
                    if self.closed && !self.blocked {
                        self.closed = false;
                        self.summary.state = ConversationState::Waiting;
                        let mut reopened = line(MessageBody::Reopened);
                        reopened.id = MessageId(applied.id.0.map(|byte| !byte));
                        self.line_at(Order::Before, reopened);
                    }
                    self.waiting_since_s = self.waiting_since_s.or(Some(time_s));
                } else {
                    self.waiting_since_s = None;
                }
                self.line(line(MessageBody::Text(text.clone())));
            }
            #[cfg(feature = "staff")]
            Event::Remark(remark) => {
                if remark.has_words() && by != Author::Own {
                    self.newest_other = Some(applied.position);
                }
                super::remark::take(&mut self.remarks, remark, &by, time_s);
                self.line(line(MessageBody::Remark(remark.clone())));
            }
            Event::Card => {
                let readers = self.readers(place);
                if readers != self.readers_told {
                    self.line(line(MessageBody::ReadersChanged(readers.clone())));
                }
                self.readers_told = readers;
            }
            Event::Invited(invite) => {
                self.line(line(MessageBody::Invited(invite.group, invite.title.clone())));
            }
            Event::Joined(join) => {
                self.outbox.retain(|waiting| waiting.id != applied.id);
                #[cfg(feature = "staff")]
                super::group::note(self, join, place);
                self.line(line(MessageBody::Joined(join.group, join.name.clone())));
            }
            Event::Introduced { pseudonym, .. } => self.seeker_name.clone_from(pseudonym),
            Event::Receipt { delivered, read } => {
                if by == Author::Own {
                    self.confirmed.0 = self.confirmed.0.max(Some(*delivered));
                    self.confirmed.1 = self.confirmed.1.max(*read);
                }
                self.renew_progress(kind);
            }
            Event::Epoch(epoch) => {
                self.settle(epoch.holder_changed, epoch.holder, kind, place);
                if self.summary.id.is_group() {
                    // By which names its guests are there, the card says that comes with it.
                    return epoch.reload;
                }
                let readers = self.readers(place);
                if epoch.number > 0 && readers != self.readers_told {
                    self.line(line(MessageBody::ReadersChanged(readers.clone())));
                }
                self.readers_told = readers;
                return epoch.reload;
            }
            // Taken again by whoever holds it: nothing changes for the readers, so no epoch follows.
            Event::Claimed(person) if self.core.holder() == Some(*person) => {
                self.summary.state = ConversationState::Claimed(*person);
                self.line(line(MessageBody::Claimed));
            }
            Event::Claimed(_) | Event::Released | Event::HandedOver(_) => {
                self.pending.push((applied.clone(), time_s));
            }
            Event::Closed => {
                self.closed = true;
                if !self.blocked {
                    self.summary.state = ConversationState::Closed;
                }
                self.waiting_since_s = None;
                self.line(line(MessageBody::Closed));
            }
            Event::Blocked => {
                (self.closed, self.blocked) = (true, true);
                self.summary.state = ConversationState::Blocked;
                self.waiting_since_s = None;
                self.line(line(MessageBody::Blocked));
            }
            Event::Unblocked => {
                self.blocked = false;
                self.summary.state = ConversationState::Closed;
                self.line(line(MessageBody::Unblocked));
            }
            Event::Reopened => {
                self.closed = false;
                self.summary.state = ConversationState::Waiting;
                self.line(line(MessageBody::Reopened));
            }
            Event::Unreadable => {}
        }
        false
    }

    /// An epoch names a new holder: the claim, release or handover behind it is shown now.
    fn settle(&mut self, changed: bool, holder: Option<PersonId>, kind: SessionKind, place: &Place) {
        for (applied, time_s) in core::mem::take(&mut self.pending) {
            let body = match &applied.event {
                Event::Claimed(person) if Some(*person) == holder => MessageBody::Claimed,
                Event::Released if holder.is_none() => MessageBody::Released,
                Event::HandedOver(person) if Some(*person) == holder => {
                    MessageBody::HandedOver(*person, name(place, *person))
                }
                _ => continue,
            };
            if changed {
                self.summary.state = holder.map_or(ConversationState::Waiting, ConversationState::Claimed);
                self.line(MessageView {
                    id: applied.id,
                    position: applied.position,
                    time_s,
                    author: author(applied.author, kind, place),
                    body,
                    progress: Progress::Stored,
                });
            }
        }
    }

    fn line(&mut self, line: MessageView) {
        self.line_at(Order::Itself, line);
    }

    fn line_at(&mut self, order: Order, mut line: MessageView) {
        if line.author == Author::Own {
            line.progress = self.progress(line.position).max(Progress::Stored);
        }
        self.dirty.push(line.clone());
        self.lines.insert((line.position, order), line);
    }

    /// How far an own line got, by the receipts of the other side.
    fn progress(&self, position: u64) -> Progress {
        let confirmed = self.other_confirmed;
        if confirmed.1 >= Some(position) {
            Progress::Read
        } else if confirmed.0 >= Some(position) {
            Progress::Delivered
        } else {
            Progress::Stored
        }
    }

    /// After a receipt: own lines that got further.
    fn renew_progress(&mut self, kind: SessionKind) {
        let confirmed = match kind {
            SessionKind::Seeker(_) => self.core.confirmed_by_staff(),
            SessionKind::Staff(own) if self.is_among_staff() => self.core.confirmed_by_colleagues(own),
            SessionKind::Staff(_) => self.core.confirmed_by_seeker(),
        };
        self.other_confirmed = (confirmed.delivered, confirmed.read);
        let moved: Vec<(u64, Progress)> = self
            .lines
            .values()
            .filter(|line| line.author == Author::Own)
            .map(|line| (line.position, line.progress, self.progress(line.position)))
            .filter(|(_, before, now)| now > before)
            .map(|(position, _, now)| (position, now))
            .collect();
        for (position, progress) in moved {
            if let Some(line) = self.lines.get_mut(&(position, Order::Itself)) {
                line.progress = progress;
                self.dirty.push(line.clone());
            }
        }
    }

    /// Who reads, by the newest signed epoch.
    pub fn readers(&self, place: &Place) -> Vec<ReaderView> {
        let Some(epoch) = self.core.epoch() else { return Vec::new() };
        let state = place.log.state();
        epoch
            .header
            .readers
            .iter()
            .map(|reader| match reader {
                Reader::Seeker(_) => ReaderView::Seeker,
                Reader::Guest(guest) => ReaderView::Guest(self.core.guest_name(guest.guest).to_owned()),
                Reader::Team { team, .. } => {
                    let name = state.team(*team).map_or_else(String::new, |team| team.name().to_owned());
                    ReaderView::Team(*team, name)
                }
                Reader::Person { person, role, .. } => {
                    ReaderView::Person(*person, name(place, *person), *role == ReaderRole::Lead)
                }
            })
            .collect()
    }

    /// State for lists and header: the signed holder and end; the server's word only narrows.
    pub fn state_view(&self, kind: SessionKind, place: &Place) -> StateView {
        if self.blocked || self.summary.state == ConversationState::Blocked {
            return StateView::Blocked;
        }
        if self.closed || (self.summary.state == ConversationState::Closed && !self.unopened) {
            return StateView::Closed;
        }
        if self.summary.state == ConversationState::Waiting {
            return StateView::Waiting;
        }
        match (self.core.holder(), kind) {
            (None, _) => StateView::Waiting,
            (Some(holder), SessionKind::Staff(own)) if holder == own => StateView::Mine,
            (Some(holder), _) => StateView::Colleague(holder, name(place, holder)),
        }
    }

    /// Days that are kept after the last contact.
    fn retention_days(&self, place: &Place) -> u16 {
        let state = place.log.state();
        match self.room() {
            Some(_) => state.retention_days(self.summary.team),
            None => state.site(self.summary.site).map_or(RETENTION_DAYS_DEFAULT, |site| site.retention_days),
        }
    }

    /// All lines, those that wait last.
    pub fn all_lines(&self) -> Vec<MessageView> {
        let waiting = self.outbox.iter().filter(|waiting| waiting.is_text());
        self.lines.values().cloned().chain(waiting.map(Outgoing::line)).collect()
    }

    /// Everything that can be read here, for who writes it down.
    #[cfg(feature = "staff")]
    pub fn transcript(&self) -> Transcript {
        let unsent = self.outbox.iter().filter(|waiting| waiting.is_text()).count();
        Transcript {
            lines: self.lines.values().cloned().collect(),
            unreadable: self.unreadable,
            unsent: u32::try_from(unsent).unwrap_or(u32::MAX),
        }
    }

    /// Header for lists.
    pub fn view(
        &self,
        place: &Place,
        kind: SessionKind,
        state: &AccountState,
        full_from: u64,
        offered: Option<PersonId>,
    ) -> ConversationView {
        let seen = state.known.get(&self.summary.id).map_or(0, |known| known.seen);
        let text = |line: &MessageView| match &line.body {
            MessageBody::Text(text) => {
                Some((line.author == Author::Own, text.chars().take(LAST_TEXT_CHARS).collect()))
            }
            _ => None,
        };
        let waiting = self.outbox.iter().rev().find(|waiting| waiting.is_text()).map(Outgoing::line);
        let has_words = |body: &MessageBody| match body {
            MessageBody::Text(_) => true,
            #[cfg(feature = "staff")]
            MessageBody::Remark(remark) => remark.has_words(),
            _ => false,
        };
        let is_text = |line: &&MessageView| {
            line.author != Author::Own && line.position >= seen && has_words(&line.body)
        };
        ConversationView {
            id: self.summary.id,
            about: self.about(),
            #[cfg(feature = "staff")]
            room: self.room(),
            group: self.group(),
            thread: thread(kind, self.summary.id),
            site: self.core.epoch().map_or(self.summary.site, |epoch| epoch.header.site),
            team: self.core.team().unwrap_or(self.summary.team),
            seeker_name: match kind {
                SessionKind::Staff(_) => self.seeker_name.clone(),
                SessionKind::Seeker(_) => String::new(),
            },
            state: self.state_view(kind, place),
            full: self.is_full(full_from),
            opened_s: self.summary.opened_s,
            last_s: self.summary.last_s,
            waiting_since_s: self.waiting_since_s,
            answer_by_s: self.summary.answer_by_s,
            letter: self.summary.letter,
            steps: self.summary.steps.clone(),
            last_text: waiting.as_ref().and_then(text).or_else(|| self.lines.values().rev().find_map(text)),
            unread: u32::try_from(self.lines.values().filter(is_text).count()).unwrap_or(u32::MAX),
            readers: self.readers(place),
            other_present: match kind {
                SessionKind::Staff(_) => self.summary.seeker_present,
                // Whoever is there has not accepted it.
                SessionKind::Seeker(_) => place.somebody_available && !self.summary.letter,
            },
            offered,
            retention_days: self.retention_days(place),
            draft: state
                .drafts
                .get(&Some(self.summary.id))
                .map_or_else(String::new, |draft| draft.text.clone()),
            #[cfg(feature = "staff")]
            remarks: self.remarks.clone(),
        }
    }
}

/// Who wrote something, as this session sees it.
pub(super) fn author(signer: Option<Signer>, kind: SessionKind, place: &Place) -> Author {
    match (signer, kind) {
        (Some(Signer::Guest(guest)), _) => Author::Guest(guest, String::new()),
        (Some(Signer::Seeker), SessionKind::Seeker(_)) => Author::Own,
        (Some(Signer::Person { person, .. }), SessionKind::Staff(own)) if person == own => Author::Own,
        (Some(Signer::Person { person, .. }), _) => Author::Staff(person, name(place, person)),
        (Some(Signer::Seeker) | None, _) => Author::Seeker,
    }
}

/// What a conversation is judged by. `talk`: the epochs of the talk that a thread is about.
pub(super) fn view<'a>(place: &'a Place, teams: &'a TeamKeyring, talk: Option<&'a EpochChain>) -> View<'a> {
    View { log: &place.log, generations: &place.generations, teams, talk }
}

/// Who this session is in a conversation.
pub(super) fn party(
    kind: SessionKind,
    secret: &AccountSecret,
    former: &[PartyKeys],
    conversation: ConversationId,
) -> Party {
    match kind {
        SessionKind::Seeker(_) => Party::Seeker(secret.conversation_keys(conversation)),
        SessionKind::Staff(person) => {
            Party::Staff { person, keys: secret.person_keys(), former: former.to_vec() }
        }
    }
}

/// The staff's thread about a talk.
fn thread(kind: SessionKind, id: ConversationId) -> Option<ConversationId> {
    let staff = STAFF && matches!(kind, SessionKind::Staff(_));
    (staff && !id.is_staff() && !id.is_group()).then(|| ConversationKind::thread_id(id))
}

fn name(place: &Place, person: PersonId) -> String {
    place.log.state().person_or_former(person).map_or_else(String::new, |person| person.name().to_owned())
}

impl Session {
    /// A talk.
    pub fn talk(&mut self, id: ConversationId) -> Option<&mut Talk> {
        self.talks.get_mut(&id)
    }

    /// Whether a message with this id is known in any form.
    pub fn knows_message(&self, conversation: ConversationId, id: MessageId) -> bool {
        self.talks.get(&conversation).is_some_and(|talk| {
            talk.outbox.iter().any(|waiting| waiting.id == id)
                || talk.lines.values().any(|line| line.id == id)
        })
    }
}
