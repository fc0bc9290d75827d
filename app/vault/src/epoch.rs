//! Making and opening epochs. Verification is `protocol::epoch`'s; what is opened here has been
//! verified there before.

use crate::{
    account::PartyKeys,
    random::Random,
    seal::{KemSecret, SealError, lock, open_secret_from, seal_secret_to, unlock},
    secret::Secret,
    team::TeamKeyring,
};
use beistand_protocol::{
    codec,
    epoch::{
        Author, Basis, EpochChain, EpochHeader, Facts, Guest, HistoryBox, Reader, ReadersError, SignedEpoch,
        VerifiedEpoch, boxes_digest, entitled_people, header_digest, history_must_be_cut, required_readers,
        statement_bytes,
    },
    id::{ConversationId, Digest, PersonId},
    label, limit,
    membership::State,
    signature::KemKey,
    suite::Suite,
    team::Generations,
};
use std::collections::BTreeMap;
use thiserror::Error;

/// Why an epoch could not be made or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EpochKeyError {
    /// The log gives no readers.
    #[error("no valid readers")]
    NoReaders(#[source] ReadersError),
    /// The former epoch's key is not known here, so its history can't be handed on.
    #[error("key of the former epoch is not known")]
    NoFormerKey,
    /// No box for this reader.
    #[error("no box for this reader")]
    NoBox,
    /// A box does not open, or a public key can't be sealed to.
    #[error("box of the epoch does not open")]
    Sealed(#[source] SealError),
    /// What the box holds is not what the signed statement commits to: its author lied.
    #[error("epoch commits to another key")]
    Commitment,
}

/// An epoch's key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochKey(Secret);

const HISTORY: &str = "beistand/1/epoch-history-seal";

impl EpochKey {
    #[cfg(test)]
    pub(crate) fn dangerous_secret(&self) -> &Secret {
        &self.0
    }

    fn commitment(&self, conversation: ConversationId, number: u32) -> [u8; 32] {
        *self.0.derive("beistand/1/epoch-commitment", &codec::encode(&(conversation, number))).expose()
    }

    fn history_key(&self) -> Secret {
        self.0.derive("beistand/1/epoch-history", &[])
    }

    /// The key for one purpose of sealing.
    pub(crate) fn message_key(&self, purpose: u8) -> Secret {
        self.0.derive("beistand/1/epoch-message", &[purpose])
    }
}

/// Who takes part, with the secret keys of it.
#[derive(Debug, Clone)]
pub enum Party {
    /// The seeker, with the keys of one conversation.
    Seeker(PartyKeys),
    /// A staff person, with the keys of the log.
    Staff {
        /// Who.
        person: PersonId,
        /// The keys.
        keys: PartyKeys,
        /// Keys of before a change: they open what was sealed to them then, and sign nothing.
        former: Vec<PartyKeys>,
    },
}

impl Party {
    /// How this party signs.
    #[must_use]
    pub fn author(&self) -> Author {
        match self {
            Self::Seeker(_) => Author::Seeker,
            Self::Staff { person, keys, .. } => {
                Author::Person { person: *person, key: keys.signing.verify_key().id() }
            }
        }
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &PartyKeys {
        match self {
            Self::Seeker(keys) | Self::Staff { keys, .. } => keys,
        }
    }

    /// The key that opens a reader's box, if that reader is this very party, not counting teams.
    fn opens(&self, reader: &Reader) -> Option<&KemSecret> {
        match (self, reader) {
            (Self::Seeker(mine), Reader::Seeker(keys) | Reader::Guest(Guest { keys, .. })) => {
                (*keys == mine.public()).then_some(&mine.kem)
            }
            (Self::Staff { person: me, keys, former }, Reader::Person { person, key, .. })
                if me == person =>
            {
                let mut all = core::iter::once(keys).chain(former);
                all.find(|keys| *key == keys.signing.verify_key().id()).map(|keys| &keys.kem)
            }
            _ => None,
        }
    }
}

/// What the next epoch is to say.
#[derive(Debug, Clone)]
pub struct EpochPlan<'a> {
    /// The log's newest state.
    pub state: &'a State,
    /// All team generations.
    pub generations: &'a Generations,
    /// The conversation.
    pub conversation: ConversationId,
    /// Kind, site, team, holder and seeker's keys from now on.
    pub facts: Facts,
    /// By which rule the readers are chosen.
    pub basis: Basis,
    /// The message that changes the holder.
    pub cause: Option<Digest>,
    /// Place that the statement will take.
    pub position: u64,
    /// The conversation's heads there.
    pub closing_heads: Vec<Digest>,
    /// Who makes it.
    pub author: Author,
    /// Signs it: the author's key; for new keys of the seeker the former one.
    pub signing: &'a crate::secret::SigningKey,
    /// The epochs so far.
    pub chain: &'a EpochChain,
    /// Their keys, as far as known here.
    pub known: &'a BTreeMap<u32, EpochKey>,
    /// Now.
    pub now_ms: u64,
}

/// Makes the next epoch: draws its key, seals it to every reader, hands on history.
///
/// # Errors
/// [`EpochKeyError`].
pub fn make_epoch(
    plan: &EpochPlan<'_>,
    random: &mut dyn Random,
) -> Result<(SignedEpoch, EpochKey), EpochKeyError> {
    let former = plan.chain.newest();
    let generation = plan.generations.fresh(plan.state, plan.facts.team).map(|generation| &**generation);
    let readers = match required_readers(plan.state, &plan.facts, plan.basis, generation) {
        // A generation only fits where the whole team reads; otherwise people's own keys.
        Err(ReadersError::Stale) => required_readers(plan.state, &plan.facts, plan.basis, None),
        other => other,
    }
    .map_err(EpochKeyError::NoReaders)?;
    let people = entitled_people(plan.state, &plan.facts, plan.basis).map_err(EpochKeyError::NoReaders)?;
    let number = former.map_or(0, |former| former.header.number + 1);
    // A group goes on where a guest's new keys were made such that nobody else can follow.
    let lost = |former: &VerifiedEpoch| {
        plan.facts.kind.is_group() && !plan.known.contains_key(&former.header.number)
    };
    let cut = former
        .is_some_and(|former| history_must_be_cut(plan.state, &plan.facts, &people, former) || lost(former));
    let key = EpochKey(Secret::draw(random));
    let history = match former {
        Some(former) if !cut => {
            let opened = plan.known.get(&former.header.number).ok_or(EpochKeyError::NoFormerKey)?;
            Some(lock(&key.history_key(), HISTORY, former.digest.as_bytes(), opened.0.expose(), random))
        }
        _ => None,
    };
    let history_from = match former {
        Some(former) if !cut => former.header.history_from,
        _ => number,
    };
    let header = EpochHeader {
        suite: Suite::CURRENT,
        organisation: plan.state.organisation(),
        site: plan.facts.site,
        conversation: plan.conversation,
        kind: plan.facts.kind,
        number,
        position: plan.position,
        predecessor: former.map(|former| former.digest),
        log_head: plan.state.head(),
        basis: plan.basis,
        team: plan.facts.team,
        holder: plan.facts.holder,
        cause: plan.cause,
        readers,
        history_from,
        closing_heads: plan.closing_heads.clone(),
        author: plan.author,
        claimed_time_ms: plan.now_ms,
        key_commitment: key.commitment(plan.conversation, number),
        history,
    };
    let bytes = codec::encode(&header);
    let info = header_digest(&bytes);
    let mut boxes = Vec::with_capacity(header.readers.len());
    for reader in &header.readers {
        let public = reader_key(reader, plan).ok_or(EpochKeyError::NoBox)?;
        boxes.push(seal_secret_to(public, &info, &key.0, random).map_err(EpochKeyError::Sealed)?);
    }
    let history_boxes = make_history_boxes(&header, &info, plan, random)?;
    let boxes_digest = boxes_digest(&boxes, &history_boxes);
    let signature = plan.signing.sign(label::EPOCH_STATEMENT, &statement_bytes(&info, &boxes_digest));
    Ok((SignedEpoch { header: bytes, boxes_digest, signature, boxes, history_boxes }, key))
}

fn reader_key<'a>(reader: &'a Reader, plan: &'a EpochPlan<'_>) -> Option<&'a KemKey> {
    match reader {
        Reader::Seeker(keys) | Reader::Guest(Guest { keys, .. }) => Some(&keys.kem),
        Reader::Team { team, number, .. } => {
            plan.generations.get(*team, *number).map(|generation| &generation.header.public_key)
        }
        Reader::Person { person, .. } => plan.state.person(*person).map(|person| &person.keys().kem),
    }
}

/// Where history is cut, seeker and holder get the newest key of each older stretch on their own:
/// from it they follow the links back.
fn make_history_boxes(
    header: &EpochHeader,
    info: &Digest,
    plan: &EpochPlan<'_>,
    random: &mut dyn Random,
) -> Result<Vec<HistoryBox>, EpochKeyError> {
    let mut stretches = Vec::new();
    let mut from = header.history_from;
    while let Some(newest) = from.checked_sub(1) {
        let Some(epoch) = plan.chain.get(newest) else { break };
        stretches.push(newest);
        from = epoch.header.history_from;
    }
    stretches.reverse();
    let mut boxes = Vec::new();
    for epoch in stretches {
        let Some(key) = plan.known.get(&epoch) else { continue };
        for (index, reader) in header.readers.iter().enumerate() {
            let entitled = match reader {
                Reader::Seeker(_) => true,
                // Others have a box in each epoch that they read.
                Reader::Guest(guest) => header.author == Author::Guest(guest.guest),
                Reader::Person { person, .. } => header.holder == Some(*person),
                Reader::Team { .. } => false,
            };
            let Ok(index) = u16::try_from(index) else { continue };
            let Some(public) = reader_key(reader, plan).filter(|_| entitled) else { continue };
            let sealed = seal_secret_to(public, info, &key.0, random).map_err(EpochKeyError::Sealed)?;
            boxes.push(HistoryBox { epoch, reader: index, sealed });
        }
    }
    // The newest stretches matter most; older cuts stay readable by the boxes of their time.
    let surplus = boxes.len().saturating_sub(limit::HISTORY_BOXES_MAX);
    boxes.drain(..surplus);
    Ok(boxes)
}

/// Opens a verified epoch as one of its readers.
///
/// # Errors
/// [`EpochKeyError::NoBox`] if this party is none, otherwise as named.
pub fn open_epoch(
    epoch: &VerifiedEpoch,
    party: &Party,
    teams: &TeamKeyring,
) -> Result<EpochKey, EpochKeyError> {
    let (index, kem) = find_box(epoch, party, teams).ok_or(EpochKeyError::NoBox)?;
    let sealed = epoch.boxes.get(index).ok_or(EpochKeyError::NoBox)?;
    open_box(kem, &epoch.header_digest, sealed, epoch)
}

fn find_box<'a>(
    epoch: &VerifiedEpoch,
    party: &'a Party,
    teams: &'a TeamKeyring,
) -> Option<(usize, &'a KemSecret)> {
    let mut readers = epoch.header.readers.iter().enumerate();
    let own = readers.find_map(|(index, reader)| Some((index, party.opens(reader)?)));
    if own.is_some() {
        return own;
    }
    epoch.header.readers.iter().enumerate().find_map(|(index, reader)| match reader {
        Reader::Team { team, number, .. } => teams.get(*team, *number).map(|secret| (index, secret.kem())),
        _ => None,
    })
}

fn open_box(
    kem: &KemSecret,
    info: &Digest,
    sealed: &[u8],
    epoch: &VerifiedEpoch,
) -> Result<EpochKey, EpochKeyError> {
    let secret = open_secret_from(kem, info, sealed).map_err(EpochKeyError::Sealed)?;
    checked(EpochKey(secret), epoch)
}

fn checked(key: EpochKey, epoch: &VerifiedEpoch) -> Result<EpochKey, EpochKeyError> {
    use subtle::ConstantTimeEq as _;
    let commitment = key.commitment(epoch.header.conversation, epoch.header.number);
    match bool::from(commitment.ct_eq(&epoch.header.key_commitment)) {
        true => Ok(key),
        false => Err(EpochKeyError::Commitment),
    }
}

/// Opens everything that a party can open of a chain: own boxes, links back, history boxes.
/// Also tells the first epoch whose author handed on something else than promised.
#[must_use]
pub fn open_chain(
    chain: &EpochChain,
    party: &Party,
    teams: &TeamKeyring,
) -> (BTreeMap<u32, EpochKey>, Option<EpochKeyError>) {
    let mut keys = BTreeMap::new();
    let mut lie = None;
    let mut keep = |keys: &mut BTreeMap<u32, EpochKey>,
                    number: u32,
                    opened: Result<EpochKey, EpochKeyError>| match opened {
        Ok(key) => drop(keys.entry(number).or_insert(key)),
        Err(EpochKeyError::NoBox | EpochKeyError::NoFormerKey) => {}
        Err(error) => lie = lie.or(Some(error)),
    };
    for epoch in chain.iter().rev() {
        let number = epoch.header.number;
        if !keys.contains_key(&number) {
            keep(&mut keys, number, open_epoch(epoch, party, teams));
        }
        for old in &epoch.history_boxes {
            let reader = epoch.header.readers.get(usize::from(old.reader));
            let mine = reader.and_then(|reader| party.opens(reader));
            if let (Some(kem), Some(older)) =
                (mine, chain.get(old.epoch).filter(|_| !keys.contains_key(&old.epoch)))
            {
                let opened = open_box(kem, &epoch.header_digest, &old.sealed, older);
                keep(&mut keys, old.epoch, opened);
            }
        }
        let (Some(key), Some(former)) = (keys.get(&number), number.checked_sub(1).and_then(|n| chain.get(n)))
        else {
            continue;
        };
        if let Some(locked) = &epoch.header.history {
            let opened = unlock(&key.history_key(), HISTORY, former.digest.as_bytes(), locked)
                .map(zeroize::Zeroizing::new)
                .map_err(EpochKeyError::Sealed)
                .and_then(|bytes| <[u8; 32]>::try_from(&bytes[..]).map_err(|_| EpochKeyError::Commitment))
                .and_then(|bytes| checked(EpochKey(Secret::from_bytes(bytes)), former));
            keep(&mut keys, former.header.number, opened);
        }
    }
    (keys, lie)
}
