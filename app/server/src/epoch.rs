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
    epoch::{EpochChain, EpochError, Reader, SignedEpoch, VerifiedEpoch, epoch_digest, header_digest},
    error::Code,
    id::ConversationId,
    limit::{ENVELOPE_PAGE_BYTES_MAX, ENVELOPE_PAGE_MAX},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Which newest epochs were found fit to seal under, by log length, so that the chain is read
/// once an epoch and not once a message.
#[derive(Default)]
pub struct Sealable(Mutex<HashMap<ConversationId, (u32, u64)>>);

/// Conversations remembered at most; past it everything is looked up again.
const SEALABLE_MAX: usize = 10_000;

impl Sealable {
    /// Refuses what was sealed under an epoch whose readers are no longer those that the log
    /// demands, as after a removal (P6): the author has to make the next epoch first. Receipts
    /// carry nothing and may pass.
    ///
    /// # Errors
    /// [`Code::StaleEpoch`].
    pub fn check(
        &self,
        storage: &dyn Storage,
        verified: &Verified,
        known: &Conversation,
        prepared: &[NewEnvelope],
    ) -> Result<(), ApiError> {
        // An epoch in the same append was just verified against the newest log.
        let sealed = prepared.iter().take_while(|new| new.envelope.kind != EnvelopeKind::Epoch);
        if !sealed.clone().any(|new| new.envelope.kind != EnvelopeKind::Receipt) {
            return Ok(());
        }
        let mark = (known.epoch, verified.log.head().length);
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if found.get(&known.id) == Some(&mark) {
            return Ok(());
        }
        let chain = stored_chain(storage, verified, known.id, known.length)?;
        let basis = chain.newest().ok_or(Code::StaleEpoch)?.header.basis;
        let state = verified.log.state();
        if chain.check_sealable(state, &verified.generations, basis).is_err() {
            return Err(Code::StaleEpoch.into());
        }
        if found.len() >= SEALABLE_MAX {
            found.clear();
        }
        found.insert(known.id, mark);
        Ok(())
    }
}

/// Verifies the epochs among `envelopes` as they will stand from `from` on, and names their
/// readers. `known` is the conversation as it is; `None` for one that is being opened.
///
/// # Errors
/// [`Code::StatementRefused`], [`Code::StaleEpoch`] when somebody was faster, [`Code::Malformed`].
pub fn prepare(
    storage: &dyn Storage,
    verified: &Verified,
    id: ConversationId,
    known: Option<&Conversation>,
    envelopes: Vec<Envelope>,
) -> Result<Vec<NewEnvelope>, ApiError> {
    let mut chain = None;
    let from = known.map_or(0, |conversation| conversation.length);
    let mut prepared = Vec::with_capacity(envelopes.len());
    for envelope in envelopes {
        if envelope.kind != EnvelopeKind::Epoch {
            prepared.push(NewEnvelope { envelope, readers: None, position: None });
            continue;
        }
        let chain = match &mut chain {
            Some(chain) => chain,
            None => chain.insert(stored_chain(storage, verified, id, from)?),
        };
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
        let epoch = match chain.append(id, place, &signed, &verified.log, &verified.generations) {
            Ok(epoch) => epoch,
            Err(error) => return Err(refusal(&error).into()),
        };
        if epoch.header.number != envelope.epoch {
            return Err(Code::Malformed.into());
        }
        if known.is_some_and(|known| known.site != epoch.header.site || known.team != epoch.header.team) {
            return Err(Code::StatementRefused.into());
        }
        let position = Some(epoch.header.position);
        prepared.push(NewEnvelope { envelope, readers: Some(readers(&epoch)), position });
    }
    Ok(prepared)
}

/// The epochs of a conversation below a position.
fn stored_chain(
    storage: &dyn Storage,
    verified: &Verified,
    id: ConversationId,
    end: u64,
) -> Result<EpochChain, ApiError> {
    let mut chain = EpochChain::default();
    let mut from = 0;
    while from < end {
        let page = storage.list_envelopes(id, from, ENVELOPE_PAGE_MAX, ENVELOPE_PAGE_BYTES_MAX)?;
        let Some(last) = page.last() else { break };
        from = last.position + 1;
        for stored in page.iter().filter(|stored| stored.envelope.kind == EnvelopeKind::Epoch) {
            if stored.position >= end {
                break;
            }
            let signed: SignedEpoch = decode(&stored.envelope.sealed.0).map_err(|_| Code::Internal)?;
            if let Err(error) =
                chain.append(id, stored.position, &signed, &verified.log, &verified.generations)
            {
                log::error!("a stored epoch does not verify: {}", crate::log_sink::Chain(&error));
                return Err(Code::Internal.into());
            }
        }
    }
    Ok(chain)
}

/// What the author has to hear: to look again, or that it was wrong.
fn refusal(error: &EpochError) -> Code {
    log::info!("an epoch was refused: {}", crate::log_sink::Chain(error));
    match error {
        EpochError::DoesNotFollow | EpochError::AheadOfLog | EpochError::UnknownGeneration => {
            Code::StaleEpoch
        }
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
            Reader::Team { team, .. } => readers.teams.push(*team),
            Reader::Person { person, .. } => readers.persons.push(*person),
        }
    }
    readers
}
