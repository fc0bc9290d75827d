//! The chain itself: entries as received, verified one after the other.

use super::{
    authority::{AuthorityError, Signer, authorise},
    body::Body,
    state::{State, StateError},
    text::TextError,
};
use crate::{
    api::LogHead,
    codec,
    id::{Digest, KeyId, OrganisationId},
    label, limit,
    signature::{Signature, SignatureError, VerifyKey, plain_digest},
    suite::Suite,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// The suite.
    pub suite: Suite,
    /// The organisation; `None` in the first entry, whose digest it is.
    pub organisation: Option<OrganisationId>,
    /// Place in the log, from 0.
    pub position: u64,
    /// Digest of the entry before; `None` in the first.
    pub previous: Option<Digest>,
    /// When the signer says this was made, milliseconds since 1970.
    pub claimed_time_ms: u64,
    /// What it says.
    pub body: Body,
}

/// One signature under a statement, over [`label::LOG_STATEMENT`] and the statement's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntrySignature {
    /// By which key.
    pub key: KeyId,
    /// The signature.
    pub signature: Signature,
}

/// An entry as stored and sent. Its digest, plain SHA-256, covers the signatures too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedEntry {
    /// The encoded [`Statement`].
    pub statement: Vec<u8>,
    /// In order of the keys' ids, each once.
    pub signatures: Vec<EntrySignature>,
}

/// Why an entry was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Larger than the limit.
    #[error("entry is too large")]
    TooLarge,
    /// Not an entry.
    #[error("entry could not be read")]
    Malformed(#[source] codec::DecodeError),
    /// The first entry is not the organisation that was pinned: hard stop (P13).
    #[error("log belongs to another organisation")]
    OtherOrganisation,
    /// It does not follow the entry before.
    #[error("entry does not follow the log")]
    DoesNotFollow,
    /// A value inside is not acceptable.
    #[error("entry holds an unacceptable value")]
    Value(#[source] TextError),
    /// Signatures are doubled, out of order or too many.
    #[error("signatures are not in their one order")]
    Order,
    /// A signature by a key that is not in force.
    #[error("signed by an unknown key")]
    UnknownKey,
    /// A signature that does not verify.
    #[error("signature does not verify")]
    Signature(#[source] SignatureError),
    /// The signers may not say this.
    #[error("signers are not entitled")]
    Authority(#[source] AuthorityError),
    /// Well signed, but it does not fit.
    #[error("entry does not fit the log's state")]
    State(#[source] StateError),
    /// Declared void before.
    #[error("entry was declared void")]
    Void,
}

/// A verified log: the state at every length.
#[derive(Debug, Clone)]
pub struct Log {
    states: Vec<Arc<State>>,
}

impl Log {
    /// Verifies a log from its first entry on. `pinned` is the organisation id from outside the
    /// server, where one is known.
    ///
    /// # Errors
    /// [`EntryError`] of the first entry that is refused; an empty log does not follow.
    pub fn verify<'a>(
        pinned: Option<OrganisationId>,
        entries: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Self, EntryError> {
        let mut entries = entries.into_iter();
        let mut log = Self::begin(pinned, entries.next().ok_or(EntryError::DoesNotFollow)?)?;
        for entry in entries {
            log.append(entry)?;
        }
        Ok(log)
    }

    /// Verifies the first entry.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn begin(pinned: Option<OrganisationId>, entry: &[u8]) -> Result<Self, EntryError> {
        let digest = plain_digest(entry);
        let organisation = OrganisationId(digest.0);
        if pinned.is_some_and(|pinned| pinned != organisation) {
            return Err(EntryError::OtherOrganisation);
        }
        let (signed, statement) = read(entry)?;
        if statement.position != 0 || statement.previous.is_some() || statement.organisation.is_some() {
            return Err(EntryError::DoesNotFollow);
        }
        let Body::Root { root_key, name, freshness, .. } = &statement.body else {
            return Err(EntryError::DoesNotFollow);
        };
        let mut state = State::begin(organisation, *root_key, name, *freshness);
        check_signatures(&state, &signed, &statement.body)?;
        state.use_key(root_key).map_err(EntryError::State)?;
        state.advance(digest, statement.claimed_time_ms);
        Ok(Self { states: vec![Arc::new(state)] })
    }

    /// Verifies the next entry and keeps it.
    ///
    /// # Errors
    /// [`EntryError`]; the log is then unchanged.
    pub fn append(&mut self, entry: &[u8]) -> Result<&State, EntryError> {
        let next = self.check(entry)?;
        self.states.push(Arc::new(next));
        Ok(self.state())
    }

    /// Verifies the next entry without keeping it: the state it would lead to.
    ///
    /// # Errors
    /// [`EntryError`].
    pub fn check(&self, entry: &[u8]) -> Result<State, EntryError> {
        let (signed, statement) = read(entry)?;
        let mut state = self.state().clone();
        let follows = statement.organisation == Some(state.organisation())
            && statement.position == state.head().length
            && statement.previous == Some(state.head().digest);
        if !follows {
            return Err(EntryError::DoesNotFollow);
        }
        let digest = plain_digest(entry);
        if state.is_void(&digest) {
            return Err(EntryError::Void);
        }
        let signers = check_signatures(&state, &signed, &statement.body)?;
        state
            .apply(&statement.body, statement.position, statement.claimed_time_ms, &signers)
            .map_err(EntryError::State)?;
        state.advance(digest, statement.claimed_time_ms);
        Ok(state)
    }

    /// The newest state.
    #[must_use]
    #[allow(clippy::expect_used)]
    pub fn state(&self) -> &State {
        self.states.last().expect("a log begins with its first entry")
    }

    /// The state at a head, if this log ever had exactly that head.
    #[must_use]
    pub fn at(&self, head: &LogHead) -> Option<&State> {
        let index = usize::try_from(head.length.checked_sub(1)?).ok()?;
        self.states.get(index).map(|state| &**state).filter(|state| state.head() == *head)
    }

    /// Whether `head` proves that somebody was shown another log: its length is known here, its
    /// digest is not.
    #[must_use]
    pub fn contradicts(&self, head: &LogHead) -> bool {
        head.length == 0 || (head.length <= self.head().length && self.at(head).is_none())
    }

    /// Length and newest digest.
    #[must_use]
    pub fn head(&self) -> LogHead {
        self.state().head()
    }

    /// The organisation.
    #[must_use]
    pub fn organisation(&self) -> OrganisationId {
        self.state().organisation()
    }
}

fn read(entry: &[u8]) -> Result<(SignedEntry, Statement), EntryError> {
    if entry.len() > limit::LOG_ENTRY_BYTES_MAX {
        return Err(EntryError::TooLarge);
    }
    let signed: SignedEntry = codec::decode(entry).map_err(EntryError::Malformed)?;
    let statement: Statement = codec::decode(&signed.statement).map_err(EntryError::Malformed)?;
    statement.body.check().map_err(EntryError::Value)?;
    Ok((signed, statement))
}

/// Who has signed, when they may.
fn check_signatures(state: &State, signed: &SignedEntry, body: &Body) -> Result<Vec<Signer>, EntryError> {
    let ordered = signed.signatures.windows(2).all(|pair| pair[0].key < pair[1].key);
    if !ordered || signed.signatures.len() > limit::ENTRY_SIGNATURES_MAX {
        return Err(EntryError::Order);
    }
    let mut signers = Vec::with_capacity(signed.signatures.len());
    for entry in &signed.signatures {
        let (signer, key) = find_key(state, body, entry.key).ok_or(EntryError::UnknownKey)?;
        key.verify(label::LOG_STATEMENT, &signed.statement, &entry.signature)
            .map_err(EntryError::Signature)?;
        signers.push(signer);
    }
    authorise(state, &signers, body).map_err(EntryError::Authority)?;
    Ok(signers)
}

fn find_key(state: &State, body: &Body, key: KeyId) -> Option<(Signer, VerifyKey)> {
    if state.root().id() == key {
        return Some((Signer::Root, *state.root()));
    }
    if let Body::RootChange { root_key } = body
        && root_key.id() == key
    {
        return Some((Signer::NewRoot, *root_key));
    }
    state.person_of_key(key).map(|person| (Signer::Person(person.id()), person.keys().signing))
}
