//! Epoch statements on their way into a conversation: verified as every browser will verify them,
//! so that nobody can spoil a conversation with a statement that others refuse.

use crate::{directory::Verified, error::ApiError};
use beistand_domain::{
    record::{Conversation, NewEnvelope, Readers},
    storage::Storage,
};
use beistand_protocol::{
    api::{Envelope, EnvelopeKind},
    codec::decode,
    epoch::{
        ConversationKind, EpochChain, EpochError, Reader, SignedEpoch, VerifiedEpoch, epoch_digest,
        header_digest,
    },
    error::Code,
    id::ConversationId,
    limit::{ENVELOPE_PAGE_BYTES_MAX, ENVELOPE_PAGE_MAX},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Conversations whose chains are remembered at most; past it everything is read again.
const CHAINS_MAX: usize = 4_000;

/// Verified chains, so that epochs are read and verified once and not with every message. Only what
/// is stored is ever kept, and what is stored never changes.
#[derive(Default)]
pub struct Chains(Mutex<HashMap<ConversationId, Arc<Stored>>>);

/// The epochs of a conversation below a position.
#[derive(Default, Clone)]
struct Stored {
    chain: EpochChain,
    end: u64,
}

impl Chains {
    /// Verifies the epochs among `envelopes` as they will stand at the end of a conversation, and names their
    /// readers. One that is being opened is empty; its first epoch has to be at the same site and team as well. `talk`:
    /// what a staff thread is about.
    ///
    /// What was sealed under an epoch whose readers are no longer those that the log demands, as
    /// after a removal (P6), is refused: the author has to make the next epoch first, also where the
    /// epoch came in the same append and was made at an older log. Receipts carry nothing and pass.
    ///
    /// # Errors
    /// [`Code::StatementRefused`], [`Code::StaleEpoch`] when somebody was faster or the readers are
    /// others by now, [`Code::Malformed`].
    pub fn prepare(
        &self,
        storage: &dyn Storage,
        verified: &Verified,
        known: &Conversation,
        talk: Option<&Conversation>,
        envelopes: Vec<Envelope>,
    ) -> Result<Vec<NewEnvelope>, ApiError> {
        let (id, from) = (known.id, known.length);
        let nothing_sealed = |envelope: &Envelope| envelope.kind == EnvelopeKind::Receipt;
        if envelopes.iter().all(nothing_sealed) {
            let bare = |envelope| NewEnvelope { envelope, readers: None, position: None };
            return Ok(envelopes.into_iter().map(bare).collect());
        }
        let talk = talk.map(|talk| self.stored(storage, verified, talk, None)).transpose()?;
        let talk = talk.as_ref().map(|talk| &talk.chain);
        let mut chain = match from {
            0 => EpochChain::default(),
            _ => self.stored(storage, verified, known, talk)?.chain.clone(),
        };
        let mut fit = None;
        let mut prepared = Vec::with_capacity(envelopes.len());
        for envelope in envelopes {
            if envelope.kind != EnvelopeKind::Epoch {
                if !nothing_sealed(&envelope) {
                    check_fit(&chain, verified, talk, &mut fit)?;
                }
                prepared.push(NewEnvelope { envelope, readers: None, position: None });
                continue;
            }
            let signed: SignedEpoch = decode(&envelope.sealed.0)?;
            if let Some(known) = chain.get(envelope.epoch)
                && known.digest == epoch_digest(&header_digest(&signed.header), &signed.boxes_digest)
            {
                // Sent again after a cut connection: storage skips it by its id.
                let (readers, position) = (Some(readers(known)), Some(known.header.position));
                prepared.push(NewEnvelope { envelope, readers, position });
                continue;
            }
            let place = from + prepared.len() as u64;
            let appended = chain.append(id, place, &signed, &verified.log, &verified.generations, talk);
            let epoch = appended.map_err(|error| refusal(&error))?;
            if epoch.header.number != envelope.epoch {
                return Err(Code::Malformed.into());
            }
            let at_home = known.site == epoch.header.site
                && known.team == epoch.header.team
                && known.about() == epoch.header.kind.thread_about()
                && known.room() == epoch.header.kind.room_month()
                && known.group().is_some() == epoch.header.kind.is_group()
                && known.seeker().is_some() == (epoch.header.kind == ConversationKind::Talk);
            if !at_home {
                return Err(Code::StatementRefused.into());
            }
            let position = Some(epoch.header.position);
            prepared.push(NewEnvelope { envelope, readers: Some(readers(&epoch)), position });
        }
        Ok(prepared)
    }

    /// Forgets a conversation that was destroyed, and the thread about it.
    pub fn destroyed(&self, id: ConversationId) {
        let mut chains = self.lock();
        chains.remove(&id);
        chains.remove(&ConversationKind::thread_id(id));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, Arc<Stored>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The chain of a conversation up to its newest epoch; reads only what is new, and holds no lock
    /// meanwhile: one long conversation must not keep the others waiting.
    fn stored(
        &self,
        storage: &dyn Storage,
        verified: &Verified,
        known: &Conversation,
        talk: Option<&EpochChain>,
    ) -> Result<Arc<Stored>, ApiError> {
        let (id, newest) = (known.id, known.epoch);
        let kept = self.lock().get(&id).cloned().unwrap_or_default();
        if kept.chain.newest().is_some_and(|epoch| epoch.header.number >= newest) {
            return Ok(kept);
        }
        let mut stored = Stored::clone(&kept);
        stored.read_to(storage, verified, known, talk)?;
        let stored = Arc::new(stored);
        let mut chains = self.lock();
        if chains.len() >= CHAINS_MAX {
            chains.clear();
        }
        let place = chains.entry(id).or_insert_with(|| stored.clone());
        if place.end < stored.end {
            *place = stored.clone();
        }
        Ok(stored)
    }
}

impl Stored {
    fn read_to(
        &mut self,
        storage: &dyn Storage,
        verified: &Verified,
        known: &Conversation,
        talk: Option<&EpochChain>,
    ) -> Result<(), ApiError> {
        let (id, end) = (known.id, known.length);
        while self.end < end {
            let page = storage.list_envelopes(id, self.end, ENVELOPE_PAGE_MAX, ENVELOPE_PAGE_BYTES_MAX)?;
            if page.is_empty() {
                break;
            }
            for stored in page.iter().take_while(|stored| stored.position < end) {
                self.end = stored.position + 1;
                if stored.envelope.kind != EnvelopeKind::Epoch {
                    continue;
                }
                let signed: SignedEpoch = decode(&stored.envelope.sealed.0).map_err(|_| Code::Internal)?;
                let place = stored.position;
                if let Err(error) =
                    self.chain.append(id, place, &signed, &verified.log, &verified.generations, talk)
                {
                    log::error!("a stored epoch does not verify: {}", crate::log_sink::Chain(&error));
                    return Err(Code::Internal.into());
                }
            }
        }
        Ok(())
    }
}

/// Whether something may be sealed under the newest epoch of a chain; `fit` remembers the answer
/// within one append.
fn check_fit(
    chain: &EpochChain,
    verified: &Verified,
    talk: Option<&EpochChain>,
    fit: &mut Option<u32>,
) -> Result<(), ApiError> {
    // A conversation begins with its epoch.
    let newest = chain.newest().ok_or(Code::Malformed)?;
    if *fit == Some(newest.header.number) {
        return Ok(());
    }
    chain
        .check_sealable(verified.log.state(), &verified.generations, newest.header.basis, talk)
        .map_err(|_| Code::StaleEpoch)?;
    *fit = Some(newest.header.number);
    Ok(())
}

/// What the author has to hear: to look again, or that it was wrong.
fn refusal(error: &EpochError) -> Code {
    log::info!("an epoch was refused: {}", crate::log_sink::Chain(error));
    match error {
        EpochError::DoesNotFollow
        | EpochError::AheadOfLog
        | EpochError::UnknownGeneration
        | EpochError::UnknownTalk => Code::StaleEpoch,
        EpochError::Malformed(_) => Code::Malformed,
        _ => Code::StatementRefused,
    }
}

/// Readers for routing. A team stands for whoever is a member at the time of reading; people
/// named by their own keys stand for themselves.
fn readers(epoch: &VerifiedEpoch) -> Readers {
    let mut readers = Readers::default();
    for reader in &epoch.header.readers {
        match reader {
            Reader::Seeker(_) => {}
            Reader::Guest(guest) => readers.guests.push((guest.guest, guest.muted)),
            Reader::Team { team, .. } => readers.teams.push(*team),
            Reader::Person { person, .. } => readers.persons.push(*person),
        }
    }
    readers
}
