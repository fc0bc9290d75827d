//! Making what goes out: messages, receipts, typing, epochs.

use super::{Conversation, View};
use crate::{
    account::PartyKeys,
    epoch::{EpochKeyError, EpochPlan, Party, make_epoch},
    message::{Body, Content, MessageError, seal_envelope, seal_typing},
    random::{Random, draw},
};
use beistand_protocol::{
    api::{Envelope, EnvelopeKind, Sealed},
    codec,
    epoch::{Author, Basis, ConversationKind, EpochChain, Facts, NeedsEpoch},
    id::{Digest, MessageId, PersonId, SiteId, TeamId},
    limit,
    suite::Suite,
};
#[cfg(feature = "staff")]
use beistand_protocol::{epoch::Guest, month::Month};
use thiserror::Error;

/// What something is made with.
#[derive(Debug, Clone, Copy)]
pub struct Sending<'a> {
    /// Log, generations, team keys.
    pub view: View<'a>,
    /// By which rule readers are chosen: ordinary, unless the log's head is too stale (P14).
    pub basis: Basis,
    /// Now, milliseconds since 1970.
    pub now_ms: u64,
}

/// Why nothing was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ComposeError {
    /// Make the next epoch first ([`Conversation::compose_epoch`] with [`EpochChange::Refresh`]).
    #[error("a new epoch is needed first")]
    NeedsEpoch(#[source] NeedsEpoch),
    /// This party cannot open the newest epoch.
    #[error("the conversation is not readable here")]
    NotReadable,
    /// The content is not acceptable.
    #[error("content is not acceptable")]
    Message(#[source] MessageError),
    /// The epoch could not be made.
    #[error("epoch could not be made")]
    Epoch(#[source] EpochKeyError),
    /// There is nothing yet, or there is something already.
    #[error("not possible in this state")]
    State,
}

/// Why a new epoch is made.
#[derive(Debug, Clone)]
pub enum EpochChange<'a> {
    /// The log changed: same holder (if still there), readers as the log has them now.
    Refresh,
    /// The holder changes, caused by the message with this digest.
    Holder {
        /// The new holder.
        holder: Option<PersonId>,
        /// Digest of the claim, release or handover, applied before.
        cause: Digest,
    },
    /// The seeker's keys change (P16), or a guest's; signed by the former ones.
    SeekerKeys(&'a PartyKeys),
    /// A group has these guests.
    #[cfg(feature = "staff")]
    Guests(Vec<Guest>),
}

impl Conversation {
    /// Whether something may be sealed under the newest epoch.
    ///
    /// # Errors
    /// [`ComposeError::NeedsEpoch`] or [`ComposeError::NotReadable`].
    pub fn check_sealable(&self, sending: &Sending<'_>) -> Result<(), ComposeError> {
        self.chain
            .check_sealable(
                sending.view.log.state(),
                sending.view.generations,
                sending.basis,
                sending.view.talk(),
            )
            .map_err(ComposeError::NeedsEpoch)?;
        if self.is_readable() { Ok(()) } else { Err(ComposeError::NotReadable) }
    }

    /// Makes the first epoch of a talk (as its seeker) at a site.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn open_talk(
        &self,
        sending: &Sending<'_>,
        site: SiteId,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        let team = sending.view.log.state().site(site).ok_or(ComposeError::State)?.team;
        let Party::Seeker(keys) = &self.party else { return Err(ComposeError::State) };
        let seeker = Some(keys.public());
        self.first_epoch(
            sending,
            Facts { kind: ConversationKind::Talk, site, team, holder: None, seeker, guests: Vec::new() },
            random,
        )
    }

    /// Makes the first epoch of a staff thread about the talk in view: for those of the staff who read that.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn open_thread(
        &self,
        sending: &Sending<'_>,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        let talk = sending.view.talk().and_then(EpochChain::newest).ok_or(ComposeError::State)?;
        let kind = ConversationKind::thread(talk.header.conversation);
        self.open_staff(sending, kind, talk.header.site, talk.header.team, random)
    }

    /// Makes the first epoch of a team's room in a month.
    ///
    /// # Errors
    /// [`ComposeError`].
    #[cfg(feature = "staff")]
    pub fn open_room(
        &self,
        sending: &Sending<'_>,
        team: TeamId,
        month: Month,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        self.open_staff(sending, ConversationKind::Room { month }, SiteId::NONE, team, random)
    }

    /// Makes the first epoch of a group at a site, which nobody has come into yet.
    ///
    /// # Errors
    /// [`ComposeError`].
    #[cfg(feature = "staff")]
    pub fn open_group(
        &self,
        sending: &Sending<'_>,
        kind: ConversationKind,
        site: SiteId,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        let team = sending.view.log.state().site(site).ok_or(ComposeError::State)?.team;
        self.open_staff(sending, kind, site, team, random)
    }

    /// Makes the first epoch of a staff thread, of notes, of a room or of a group.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn open_staff(
        &self,
        sending: &Sending<'_>,
        kind: ConversationKind,
        site: SiteId,
        team: TeamId,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        if kind == ConversationKind::Talk || !matches!(self.party, Party::Staff { .. }) {
            return Err(ComposeError::State);
        }
        let facts = Facts { kind, site, team, holder: None, seeker: None, guests: Vec::new() };
        let facts = facts
            .beside(sending.view.log.state(), sending.view.talk())
            .filter(|_| kind.fits(team, self.id))
            .ok_or(ComposeError::State)?;
        self.first_epoch(sending, facts, random)
    }

    fn first_epoch(
        &self,
        sending: &Sending<'_>,
        facts: Facts,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        if self.length() != 0 {
            return Err(ComposeError::State);
        }
        self.epoch_envelope(sending, facts, None, random)
    }

    /// Makes the next epoch. It closes everything applied so far and takes the next position: if
    /// the server answers that the place is taken, apply what came and make it again.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn compose_epoch(
        &self,
        sending: &Sending<'_>,
        change: &EpochChange<'_>,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        let newest = self.epoch().ok_or(ComposeError::State)?;
        let state = sending.view.log.state();
        let facts = newest.facts().beside(state, sending.view.talk()).ok_or(ComposeError::State)?;
        let mut facts = facts.effective(state);
        let cause = match change {
            EpochChange::Refresh => None,
            EpochChange::Holder { holder, cause } => {
                facts.holder = *holder;
                Some(*cause)
            }
            EpochChange::SeekerKeys(keys) => {
                match self.author() {
                    Author::Guest(own) => facts
                        .guests
                        .iter_mut()
                        .filter(|guest| guest.guest == own)
                        .for_each(|guest| guest.keys = keys.public()),
                    _ => facts.seeker = Some(keys.public()),
                }
                None
            }
            #[cfg(feature = "staff")]
            EpochChange::Guests(guests) => {
                facts.guests.clone_from(guests);
                None
            }
        };
        self.epoch_envelope(sending, facts, cause, random)
    }

    fn epoch_envelope(
        &self,
        sending: &Sending<'_>,
        facts: Facts,
        cause: Option<Digest>,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        let closing_heads = self.graph.heads();
        if closing_heads.len() > limit::HEADS_MAX {
            return Err(ComposeError::State);
        }
        // A thread names the epoch of its talk that is known here.
        let talk = facts.kind.thread_about().and(sending.view.talk()).and_then(EpochChain::newest);
        let cause = talk.map_or(cause, |talk| Some(talk.digest));
        let plan = EpochPlan {
            state: sending.view.log.state(),
            generations: sending.view.generations,
            conversation: self.id,
            facts,
            basis: sending.basis,
            cause,
            position: self.length(),
            closing_heads,
            author: self.author(),
            signing: &self.party.keys().signing,
            chain: &self.chain,
            known: &self.keys,
            now_ms: sending.now_ms,
        };
        let id = MessageId(draw(random));
        let (signed, _) = make_epoch(&plan, random).map_err(ComposeError::Epoch)?;
        let number = self.epoch().map_or(0, |newest| newest.header.number + 1);
        let sealed = Sealed(codec::encode(&signed));
        Ok(Envelope { id, kind: EnvelopeKind::Epoch, epoch: number, assignee: None, sealed })
    }

    /// Makes a message, a control message or a receipt under the newest epoch.
    ///
    /// # Errors
    /// [`ComposeError`]; nothing is ever sealed under an epoch whose readers are not the log's.
    pub fn compose(
        &self,
        sending: &Sending<'_>,
        body: &Body,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        self.compose_with_id(sending, MessageId(draw(random)), body, random)
    }

    /// As [`Self::compose`], with the id that a former try had: after a refusal for a stale epoch
    /// the words go out again under the new one without ever showing twice.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn compose_with_id(
        &self,
        sending: &Sending<'_>,
        id: MessageId,
        body: &Body,
        random: &mut dyn Random,
    ) -> Result<Envelope, ComposeError> {
        self.check_sealable(sending)?;
        let (number, digest, key) = self.sealing_key().ok_or(ComposeError::NotReadable)?;
        let (counter, predecessor, heads) = if body.is_history() {
            self.graph.next(self.author().into(), self.device)
        } else {
            (self.graph.next_receipt(self.author().into(), self.device), None, Vec::new())
        };
        let content = self.content(sending, id, digest, counter, predecessor, heads);
        seal_envelope(content, body, number, key, &self.party.keys().signing, random)
            .map_err(ComposeError::Message)
    }

    /// Uses up the number of the next own receipt: call it before each, on the original and not on a copy
    /// that runs ahead. Whether the server ever shows the receipt again must not matter, or one that hides
    /// it makes this client repeat a number, and everybody else refuses what repeats.
    pub fn draw_receipt_number(&mut self) {
        self.graph.draw_receipt(self.author().into(), self.device);
    }

    /// Takes over which numbers of receipts a former copy of this conversation has used up, after loading
    /// it anew in the same device session.
    pub fn keep_numbers(&mut self, former: &Self) {
        self.graph.keep_drawn(&former.graph);
    }

    /// Makes a typing notice.
    ///
    /// # Errors
    /// [`ComposeError`].
    pub fn compose_typing(
        &mut self,
        sending: &Sending<'_>,
        random: &mut dyn Random,
    ) -> Result<Vec<u8>, ComposeError> {
        self.check_sealable(sending)?;
        let counter = self.graph.use_typing(self.author().into(), self.device);
        let (number, digest, key) = self.sealing_key().ok_or(ComposeError::NotReadable)?;
        let content = self.content(sending, MessageId([0; 16]), digest, counter, None, Vec::new());
        seal_typing(content, number, key, &self.party.keys().signing, random).map_err(ComposeError::Message)
    }

    fn sealing_key(&self) -> Option<(u32, Digest, &crate::epoch::EpochKey)> {
        let newest = self.epoch()?;
        Some((newest.header.number, newest.digest, self.keys.get(&newest.header.number)?))
    }

    fn content(
        &self,
        sending: &Sending<'_>,
        id: MessageId,
        epoch: Digest,
        counter: u64,
        predecessor: Option<Digest>,
        heads: Vec<Digest>,
    ) -> Content {
        let log = sending.view.log;
        Content {
            suite: Suite::CURRENT,
            organisation: log.organisation(),
            site: self.epoch().map_or(SiteId([0; 16]), |epoch| epoch.header.site),
            conversation: self.id,
            epoch,
            id,
            author: self.author(),
            device_session: self.device,
            counter,
            predecessor,
            heads,
            log_head: log.head(),
            claimed_time_ms: sending.now_ms,
            body: Vec::new(),
        }
    }
}
