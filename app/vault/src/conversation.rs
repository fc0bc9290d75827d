//! One conversation as one reader sees it: verifies what comes, makes what goes.
//!
//! Pure state. [`Conversation::load`] takes everything that the server has, [`Conversation::apply`]
//! what comes later, one envelope after the other in the order of their positions. To send, clone
//! the conversation, let the clone compose, apply what it composed to the clone (the next compose
//! then builds on it), send; when the server has stored it, apply it to the original at the place
//! it got, or drop the clone when it was refused.
//!
//! Refused envelopes take up their place and are never shown; the verdict is the same for all
//! readers. [`ApplyError::is_retryable`] errors change nothing: get what is missing, apply again.

mod compose;
mod event;
mod graph;
#[cfg(test)]
mod tests;

pub use compose::{ComposeError, EpochChange, Sending};
pub use event::{Applied, ApplyError, Confirmed, EpochEvent, Event, RolledBack};
pub use graph::Alarm;

use crate::{
    epoch::{EpochKey, EpochKeyError, Party, open_chain},
    group::Card,
    message::{Body, Content, MessageError, Opened, open_envelope, open_typing},
    state::Mark,
    team::TeamKeyring,
};
use beistand_protocol::{
    api::{Envelope, EnvelopeKind},
    codec,
    epoch::{Author, ConversationKind, EpochChain, EpochError, Guest, Reader, SignedEpoch, VerifiedEpoch},
    id::{ConversationId, DeviceSessionId, Digest, GuestId, MessageId, PersonId, TeamId},
    limit,
    membership::Log,
    message::{SealedTyping, ShapeError, check_shape, envelope_digest},
    signature::VerifyKey,
    team::Generations,
};
use graph::Graph;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// What a conversation is judged by.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The membership log.
    pub log: &'a Log,
    /// All team generations.
    pub generations: &'a Generations,
    /// The team secrets this reader can open; empty for seekers.
    pub teams: &'a TeamKeyring,
    /// In a staff thread about a talk: the talk's epochs, as verified.
    pub talk: Option<&'a EpochChain>,
}

impl<'a> View<'a> {
    /// The talk that the thread is about; the seekers' module knows that there is none.
    const fn talk(&self) -> Option<&'a EpochChain> {
        if cfg!(feature = "staff") { self.talk } else { None }
    }
}

/// A conversation. See the module's documentation.
#[derive(Debug, Clone)]
pub struct Conversation {
    id: ConversationId,
    party: Party,
    device: DeviceSessionId,
    chain: EpochChain,
    keys: BTreeMap<u32, EpochKey>,
    lie: Option<EpochKeyError>,
    graph: Graph,
    seen: BTreeSet<MessageId>,
    digests: Vec<Digest>,
    /// What may change the holder, since the newest epoch.
    causes: BTreeMap<Digest, (Author, Body)>,
    confirmed: BTreeMap<PersonId, Confirmed>,
    confirmed_by_seeker: Confirmed,
    closed: bool,
    /// Closed, and the seeker may not write any more.
    blocked: bool,
    /// What a group is, by the newest word on it.
    card: Card,
    /// The names of guests, those who are gone included.
    names: BTreeMap<GuestId, String>,
}

impl Conversation {
    /// An empty conversation: the seeker's own before its first epoch, or one to be loaded.
    /// `device` is drawn at random each time a client starts, never stored: it is what keeps two
    /// tabs of one account apart.
    #[must_use]
    pub fn new(id: ConversationId, party: Party, device: DeviceSessionId) -> Self {
        Self {
            id,
            party,
            device,
            chain: EpochChain::default(),
            keys: BTreeMap::new(),
            lie: None,
            graph: Graph::default(),
            seen: BTreeSet::new(),
            digests: Vec::new(),
            causes: BTreeMap::new(),
            confirmed: BTreeMap::new(),
            confirmed_by_seeker: Confirmed::default(),
            closed: false,
            blocked: false,
            card: Card::default(),
            names: BTreeMap::new(),
        }
    }

    /// Loads everything that the server has, from position 0 on, and says what each was.
    ///
    /// # Errors
    /// A retryable [`ApplyError`]; refusals stand in the list.
    #[allow(clippy::type_complexity)]
    pub fn load<'a>(
        id: ConversationId,
        party: Party,
        device: DeviceSessionId,
        view: &View<'_>,
        envelopes: impl IntoIterator<Item = &'a Envelope> + Clone,
    ) -> Result<(Self, Vec<Result<Applied, ApplyError>>), ApplyError> {
        // The keys come from the newest epoch backwards, the messages from the oldest forwards.
        let mut chain = EpochChain::default();
        for (position, envelope) in envelopes.clone().into_iter().enumerate() {
            if envelope.kind == EnvelopeKind::Epoch
                && let Ok(signed) = codec::decode::<SignedEpoch>(&envelope.sealed.0)
            {
                let appended =
                    chain.append(id, position as u64, &signed, view.log, view.generations, view.talk());
                match appended.map_err(epoch_refused) {
                    Err(error) if error.is_retryable() => return Err(error),
                    _ => {}
                }
            }
        }
        let mut conversation = Self::new(id, party, device);
        (conversation.keys, conversation.lie) = open_chain(&chain, &conversation.party, view.teams);
        let mut all = Vec::new();
        for (position, envelope) in envelopes.into_iter().enumerate() {
            match conversation.apply(view, position as u64, envelope) {
                Err(error) if error.is_retryable() => return Err(error),
                applied => all.push(applied),
            }
        }
        Ok((conversation, all))
    }

    /// Verifies the next envelope.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn apply(
        &mut self,
        view: &View<'_>,
        position: u64,
        envelope: &Envelope,
    ) -> Result<Applied, ApplyError> {
        if position != self.length() {
            return Err(ApplyError::Position(self.length()));
        }
        let digest = envelope_digest(self.id, envelope);
        let applied = self.judge(view, position, envelope, digest);
        if !matches!(applied, Err(error) if error.is_retryable()) {
            self.digests.push(digest);
            self.seen.insert(envelope.id);
        }
        applied
    }

    fn judge(
        &mut self,
        view: &View<'_>,
        position: u64,
        envelope: &Envelope,
        digest: Digest,
    ) -> Result<Applied, ApplyError> {
        check_shape(envelope).map_err(ApplyError::Shape)?;
        if self.seen.contains(&envelope.id) || self.graph.knows(&digest) {
            return Err(ApplyError::Duplicate);
        }
        if envelope.kind == EnvelopeKind::Epoch {
            return self.judge_epoch(view, position, envelope, digest);
        }
        let epoch = self.chain.newest().ok_or(ApplyError::NoEpoch)?.clone();
        if envelope.epoch < epoch.header.number {
            return Err(ApplyError::ClosedEpoch);
        }
        if envelope.epoch > epoch.header.number {
            return Err(ApplyError::NoEpoch);
        }
        let Some(key) = self.keys.get(&epoch.header.number) else {
            self.graph.unreadable(digest, position);
            return Ok(unreadable(digest, position, envelope.id));
        };
        let opened = open_envelope(self.id, envelope, key).map_err(ApplyError::Message)?;
        if !belongs(&opened.body, epoch.header.kind, opened.content.author) {
            return Err(ApplyError::Message(MessageError::Malformed));
        }
        self.check_content(view, &epoch, &opened)?;
        self.take(position, digest, envelope.id, opened)
    }

    /// Place, author and signature.
    fn check_content(
        &self,
        view: &View<'_>,
        epoch: &VerifiedEpoch,
        opened: &Opened,
    ) -> Result<(), ApplyError> {
        let content = &opened.content;
        let at_home = content.organisation == view.log.organisation()
            && content.site == epoch.header.site
            && content.epoch == epoch.digest;
        if !at_home {
            return Err(ApplyError::Message(MessageError::Elsewhere));
        }
        let key = author_key(view.log, epoch, content)?;
        opened.verify(&key).map_err(ApplyError::Message)
    }

    fn take(
        &mut self,
        position: u64,
        digest: Digest,
        id: MessageId,
        opened: Opened,
    ) -> Result<Applied, ApplyError> {
        let Opened { content, body, .. } = opened;
        let alarms = if body.is_history() {
            self.graph.append(&content, digest, position)?
        } else {
            self.graph.check_side_counter(&content, body == Body::Typing)?;
            Vec::new()
        };
        if matches!(body, Body::Claim | Body::Release | Body::Handover { .. }) {
            self.causes.insert(digest, (content.author, body.clone()));
        }
        let event = match body {
            Body::Introduction { pseudonym, language } => Event::Introduced { pseudonym, language },
            Body::Text(text) => Event::Text(text),
            #[cfg(feature = "staff")]
            Body::Remark(remark) => Event::Remark(remark),
            #[cfg(not(feature = "staff"))]
            Body::Remark => return Err(ApplyError::Message(MessageError::Malformed)),
            Body::Card(card) => {
                self.names.extend(card.names.iter().cloned());
                self.card = card;
                Event::Card
            }
            Body::Invite(invite) => Event::Invited(invite),
            Body::Join(join) => Event::Joined(join),
            Body::Receipt { delivered, read } => self.take_receipt(content.author, delivered, read)?,
            Body::Claim => match content.author {
                Author::Person { person, .. } => Event::Claimed(person),
                _ => return Err(ApplyError::Author),
            },
            Body::Release => Event::Released,
            Body::Handover { to } => Event::HandedOver(to),
            Body::Close => {
                self.closed = true;
                Event::Closed
            }
            Body::Block | Body::Reopen if content.author == Author::Seeker => return Err(ApplyError::Author),
            Body::Block => {
                (self.closed, self.blocked) = (true, true);
                Event::Blocked
            }
            // Whom it is lifted for writes first.
            Body::Reopen if core::mem::take(&mut self.blocked) => Event::Unblocked,
            Body::Reopen => {
                self.closed = false;
                Event::Reopened
            }
            Body::Typing => return Err(ApplyError::Message(MessageError::Elsewhere)),
        };
        Ok(Applied {
            digest,
            position,
            id,
            author: Some(content.author),
            device_session: Some(content.device_session),
            claimed_time_ms: content.claimed_time_ms,
            event,
            alarms,
        })
    }

    fn take_receipt(
        &mut self,
        author: Author,
        delivered: Digest,
        read: Option<Digest>,
    ) -> Result<Event, ApplyError> {
        let place = |digest: &Digest| {
            self.digests
                .iter()
                .rposition(|known| known == digest)
                .map(|place| place as u64)
                .ok_or(ApplyError::Receipt)
        };
        let delivered = place(&delivered)?;
        let read = read.as_ref().map(place).transpose()?;
        let confirmed = match author {
            // A guest confirms nothing: there are no receipts in groups.
            Author::Seeker | Author::Guest(_) => &mut self.confirmed_by_seeker,
            Author::Person { person, .. } => self.confirmed.entry(person).or_default(),
        };
        confirmed.delivered = confirmed.delivered.max(Some(delivered));
        confirmed.read = confirmed.read.max(read);
        Ok(Event::Receipt { delivered, read })
    }

    fn judge_epoch(
        &mut self,
        view: &View<'_>,
        position: u64,
        envelope: &Envelope,
        digest: Digest,
    ) -> Result<Applied, ApplyError> {
        let signed: SignedEpoch = codec::decode(&envelope.sealed.0)
            .map_err(|error| ApplyError::Epoch(EpochError::Malformed(error)))?;
        let mut chain = self.chain.clone();
        let epoch = chain
            .append(self.id, position, &signed, view.log, view.generations, view.talk())
            .map_err(epoch_refused)?;
        if envelope.epoch != epoch.header.number {
            return Err(ApplyError::Message(MessageError::Elsewhere));
        }
        self.check_cause(&epoch)?;
        let before = self.chain.newest().cloned();
        self.chain = chain;
        self.causes.clear();
        let mut alarms = self.graph.close(&epoch.header.closing_heads);
        let reload = self.open_new(view, &epoch);
        if self.lie.take().is_some() {
            alarms.push(Alarm::KeyMismatch);
        }
        let held = before.as_ref().and_then(|before| before.header.holder);
        let number = epoch.header.number;
        let event = Event::Epoch(EpochEvent {
            number,
            holder: epoch.header.holder,
            holder_changed: epoch.header.holder != held,
            people: epoch.people.clone(),
            history_from: epoch.header.history_from,
            readable: self.keys.contains_key(&number),
            reload,
        });
        Ok(Applied {
            digest,
            position,
            id: envelope.id,
            author: Some(epoch.header.author),
            device_session: None,
            claimed_time_ms: epoch.header.claimed_time_ms,
            event,
            alarms,
        })
    }

    /// A change of the holder names the message that causes it. Whoever could read that message
    /// checks it; whoever could not has the author's signature under the epoch.
    fn check_cause(&self, epoch: &VerifiedEpoch) -> Result<(), ApplyError> {
        let Some(cause) = &epoch.header.cause else { return Ok(()) };
        if epoch.header.kind.thread_about().is_some() {
            // It names an epoch of the talk, and was held against that already.
            return Ok(());
        }
        let readable =
            self.chain.newest().is_some_and(|before| self.keys.contains_key(&before.header.number));
        let fits = match (self.causes.get(cause), epoch.header.holder) {
            // A claim is its author's own; whoever gives away must be who makes the epoch.
            (Some((Author::Person { person, .. }, Body::Claim)), Some(holder)) => *person == holder,
            (Some((author, Body::Release)), None) => *author == epoch.header.author,
            (Some((author, Body::Handover { to })), Some(holder)) => {
                *author == epoch.header.author && *to == holder
            }
            (None, _) => !readable,
            _ => false,
        };
        if fits { Ok(()) } else { Err(ApplyError::Epoch(EpochError::Holder)) }
    }

    /// Opens what a new epoch opens; says whether older ones became readable.
    fn open_new(&mut self, view: &View<'_>, epoch: &Arc<VerifiedEpoch>) -> bool {
        if self.keys.contains_key(&epoch.header.number) {
            return false;
        }
        let (keys, lie) = open_chain(&self.chain, &self.party, view.teams);
        self.lie = lie;
        let older =
            keys.keys().any(|number| *number < epoch.header.number && !self.keys.contains_key(number));
        // What was opened stays: while everything is loaded, this is only the beginning of what opens the rest.
        self.keys.extend(keys);
        older
    }

    /// Verifies a typing notice: who is writing. Old and repeated ones are refused.
    ///
    /// # Errors
    /// [`ApplyError`].
    pub fn apply_typing(&mut self, view: &View<'_>, sealed: &[u8]) -> Result<Author, ApplyError> {
        if sealed.len() > limit::EPHEMERAL_BYTES_MAX {
            return Err(ApplyError::Shape(ShapeError::TooLarge));
        }
        let sealed: SealedTyping =
            codec::decode(sealed).map_err(|_| ApplyError::Message(MessageError::Malformed))?;
        let epoch = self.chain.newest().ok_or(ApplyError::NoEpoch)?.clone();
        let key = self.keys.get(&sealed.epoch).filter(|_| sealed.epoch == epoch.header.number);
        let opened =
            open_typing(self.id, &sealed, key.ok_or(ApplyError::NoEpoch)?).map_err(ApplyError::Message)?;
        self.check_content(view, &epoch, &opened)?;
        self.graph.check_side_counter(&opened.content, true)?;
        Ok(opened.content.author)
    }

    #[cfg(test)]
    pub(crate) fn dangerous_key(&self, epoch: u32) -> Option<&EpochKey> {
        self.keys.get(&epoch)
    }

    /// What a group is, by the newest word of who moderates.
    #[must_use]
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// By which name a guest is or was in a group.
    #[must_use]
    pub fn guest_name(&self, guest: GuestId) -> &str {
        self.names.get(&guest).map_or("", String::as_str)
    }

    /// Who this party is among the guests of a group.
    #[must_use]
    pub fn own_guest(&self) -> Option<GuestId> {
        match self.author() {
            Author::Guest(guest) => Some(guest),
            _ => None,
        }
    }

    /// The guests of a group.
    pub fn guests(&self) -> impl Iterator<Item = &Guest> {
        self.epoch().into_iter().flat_map(|epoch| &epoch.header.readers).filter_map(|reader| match reader {
            Reader::Guest(guest) => Some(guest),
            _ => None,
        })
    }

    /// How this party signs here: in a group a seeker as the guest who has its keys.
    fn author(&self) -> Author {
        if let Party::Seeker(keys) = &self.party {
            let own = keys.public();
            if let Some(guest) = self.guests().find(|guest| guest.keys == own) {
                return Author::Guest(guest.guest);
            }
        }
        self.party.author()
    }

    /// The conversation's id.
    #[must_use]
    pub fn id(&self) -> ConversationId {
        self.id
    }

    /// Number of envelopes applied: the next position.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.digests.len() as u64
    }

    /// The digest of the envelope at a place.
    #[must_use]
    pub fn digest_at(&self, position: u64) -> Option<Digest> {
        self.digests.get(usize::try_from(position).ok()?).copied()
    }

    /// All epochs.
    #[must_use]
    pub fn chain(&self) -> &EpochChain {
        &self.chain
    }

    /// The newest epoch.
    #[must_use]
    pub fn epoch(&self) -> Option<&VerifiedEpoch> {
        self.chain.newest().map(|epoch| &**epoch)
    }

    /// Who has claimed it, by the newest epoch.
    #[must_use]
    pub fn holder(&self) -> Option<PersonId> {
        self.epoch()?.header.holder
    }

    /// The team that answers.
    #[must_use]
    pub fn team(&self) -> Option<TeamId> {
        Some(self.epoch()?.header.team)
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> Option<ConversationKind> {
        Some(self.epoch()?.header.kind)
    }

    /// Whether it is closed.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether this reader can open the newest epoch.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.epoch().is_some_and(|epoch| self.keys.contains_key(&epoch.header.number))
    }

    /// How far a staff person confirmed.
    #[must_use]
    pub fn confirmed_by(&self, person: PersonId) -> Confirmed {
        self.confirmed.get(&person).copied().unwrap_or_default()
    }

    /// How far the seeker confirmed.
    #[must_use]
    pub fn confirmed_by_seeker(&self) -> Confirmed {
        self.confirmed_by_seeker
    }

    /// How far any staff person confirmed.
    #[must_use]
    pub fn confirmed_by_staff(&self) -> Confirmed {
        self.confirmed.values().fold(Confirmed::default(), |all, one| Confirmed {
            delivered: all.delivered.max(one.delivered),
            read: all.read.max(one.read),
        })
    }

    /// How far any staff person but this one confirmed.
    #[must_use]
    pub fn confirmed_by_colleagues(&self, own: PersonId) -> Confirmed {
        let others = self.confirmed.iter().filter(|(person, _)| **person != own);
        others.fold(Confirmed::default(), |all, (_, one)| Confirmed {
            delivered: all.delivered.max(one.delivered),
            read: all.read.max(one.read),
        })
    }

    /// How far the conversation is known, for the account state.
    #[must_use]
    pub fn mark(&self) -> Option<Mark> {
        let epoch = self.epoch()?;
        Some(Mark {
            length: self.length(),
            newest: *self.digests.last()?,
            epoch: epoch.header.number,
            epoch_digest: epoch.digest,
        })
    }

    /// Whether no epoch of it, old or new, opens for this reader.
    #[must_use]
    pub fn opens_nothing(&self) -> bool {
        self.keys.is_empty()
    }

    /// Compares a loaded conversation with what was known before.
    ///
    /// # Errors
    /// [`RolledBack`].
    pub fn check_mark(&self, mark: &Mark) -> Result<(), RolledBack> {
        let newest = mark.length.checked_sub(1).and_then(|place| self.digest_at(place));
        let epoch = self.chain.get(mark.epoch).map(|epoch| epoch.digest);
        if newest == Some(mark.newest) && epoch == Some(mark.epoch_digest) { Ok(()) } else { Err(RolledBack) }
    }
}

/// Whether something is said where it belongs, by who may say it. All readers have one verdict: what seekers' browsers
/// don't know at all is nothing in a talk, and what a server may have taken although it belongs elsewhere is nothing.
fn belongs(body: &Body, kind: ConversationKind, author: Author) -> bool {
    let person = matches!(author, Author::Person { .. });
    let talk = kind == ConversationKind::Talk;
    match body {
        Body::Text(_) => true,
        Body::Card(_) => kind.is_group() && person,
        Body::Invite(_) => talk && person,
        Body::Join(_) => talk && author == Author::Seeker,
        #[cfg(feature = "staff")]
        Body::Remark(_) => kind.thread_about().is_some(),
        Body::Receipt { .. } => !kind.is_group(),
        _ => kind.room_month().is_none() && !kind.is_group(),
    }
}

/// Why an epoch is not taken: for good, or until something else is known.
fn epoch_refused(error: EpochError) -> ApplyError {
    match error {
        EpochError::AheadOfLog => ApplyError::AheadOfLog,
        EpochError::UnknownGeneration => ApplyError::UnknownGeneration,
        EpochError::UnknownTalk => ApplyError::UnknownTalk,
        other => ApplyError::Epoch(other),
    }
}

fn unreadable(digest: Digest, position: u64, id: MessageId) -> Applied {
    Applied {
        digest,
        position,
        id,
        author: None,
        device_session: None,
        claimed_time_ms: 0,
        event: Event::Unreadable,
        alarms: Vec::new(),
    }
}

/// The key of a content's author, who must read the epoch: the seeker by the epoch's own
/// statement, a person by the log at the head that the content names.
fn author_key(log: &Log, epoch: &VerifiedEpoch, content: &Content) -> Result<VerifyKey, ApplyError> {
    let state = match log.at(&content.log_head) {
        Some(state) => state,
        None if log.contradicts(&content.log_head) => return Err(ApplyError::OtherLog),
        None => return Err(ApplyError::AheadOfLog),
    };
    if content.log_head.length < epoch.header.log_head.length {
        return Err(ApplyError::Author);
    }
    match content.author {
        Author::Seeker => epoch
            .header
            .readers
            .iter()
            .find_map(|reader| match reader {
                Reader::Seeker(keys) => Some(keys.signing),
                _ => None,
            })
            .ok_or(ApplyError::Author),
        // Who is muted says nothing, and who is not there can't.
        Author::Guest(own) => epoch
            .header
            .readers
            .iter()
            .find_map(|reader| match reader {
                Reader::Guest(guest) if guest.guest == own && !guest.muted => Some(guest.keys.signing),
                _ => None,
            })
            .ok_or(ApplyError::Author),
        Author::Person { person, key } => {
            let found = state.person(person).filter(|found| found.key() == key).ok_or(ApplyError::Author)?;
            if epoch.people.contains(&person) { Ok(found.keys().signing) } else { Err(ApplyError::Author) }
        }
    }
}
