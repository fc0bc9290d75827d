//! Entries of the membership log in the making: each follows the one before and is tried out on
//! the own verified log first.

use super::{STAFF, log_in::Session, start::conflict};
use crate::{membership::make_entry, secret::SigningKey};
use beistand_protocol::{
    api::{LogHead, SessionKind},
    error::Code,
    id::{Digest, PersonId},
    membership::{Body, EntryError, Log},
    signature::plain_digest,
    worker::Failure,
};

/// Entries that follow a log, as they are made one after the other.
pub(super) struct Draft {
    /// Head that the first of them follows.
    pub expected: LogHead,
    /// The log as it will be.
    pub log: Log,
    /// The entries.
    pub entries: Vec<Vec<u8>>,
    now_ms: u64,
}

impl Draft {
    /// Nothing new yet.
    pub fn new(log: &Log, now_ms: u64) -> Self {
        Self { expected: log.head(), log: log.clone(), entries: Vec::new(), now_ms }
    }

    /// Appends a statement, signed with the keys given.
    ///
    /// # Errors
    /// What the log itself says against it: not entitled, or settings that can't be.
    pub fn push(&mut self, body: Body, keys: &[&SigningKey]) -> Result<(), Failure> {
        let entry = make_entry(self.log.state(), body, keys, self.now_ms);
        self.log.append(&entry).map_err(refused)?;
        self.entries.push(entry);
        Ok(())
    }

    /// Digests of the entries, to declare them void should they lose the race.
    #[cfg_attr(not(feature = "staff"), expect(dead_code, reason = "the staff's part asks for it"))]
    pub fn digests(&self) -> Vec<Digest> {
        self.entries.iter().map(|entry| plain_digest(entry)).collect()
    }
}

/// Why an own statement is not acceptable.
fn refused(error: EntryError) -> Failure {
    match error {
        EntryError::Authority(_) => Failure::Server(Code::Forbidden, None),
        EntryError::Value(_) => Failure::SettingsInvalid,
        EntryError::State(_) => Failure::NotNow,
        other => conflict(other),
    }
}

impl Session {
    /// The staff person of this session.
    pub fn person(&self) -> Result<PersonId, Failure> {
        staff(self.kind).ok_or(Failure::NotNow)
    }
}

/// The staff person whose session this is; in the seekers' module none is.
pub(super) fn staff(kind: SessionKind) -> Option<PersonId> {
    match kind {
        SessionKind::Staff(person) if STAFF => Some(person),
        _ => None,
    }
}
