//! Libraries of text blocks: one a team, one a staff person; and what a person notes for themselves about a talk, which
//! is kept in the same way. Each change is a signed, sealed edition that
//! follows the one before; the server keeps the newest and reads none. What is inside stands in
//! [`crate::worker`], where the server never looks.

use crate::{
    api::{LogHead, Sealed},
    codec,
    id::{ConversationId, Digest, OrganisationId, PersonId, TeamId},
    label, limit,
    membership::Log,
    signature::{KEM_ENCAPSULATION_BYTES, Signature, SignatureError, digest},
    suite::Suite,
    team::{Generations, TeamMember},
};
use serde::{Deserialize, Serialize};

/// Whose blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Library {
    /// Shared by a team's members.
    Team(TeamId),
    /// A person's own.
    Own(PersonId),
    /// A person's own note about a talk: a single block.
    Note(ConversationId, PersonId),
}

/// The team generation that an edition is sealed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedTo {
    /// Its number.
    pub number: u32,
    /// Its digest.
    pub digest: Digest,
}

/// What an edition says in clear. Its digest is the HPKE `info` of the blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionHeader {
    /// The suite.
    pub suite: Suite,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Whose blocks.
    pub library: Library,
    /// From 1, one more each time.
    pub version: u64,
    /// Digest of the edition before; `None` in the first.
    pub predecessor: Option<Digest>,
    /// The log as the author saw it.
    pub log_head: LogHead,
    /// Of a team: the generation it is sealed to. Own blocks are sealed to the author's own key.
    pub sealed_to: Option<SealedTo>,
    /// Who made it: a member of the team, or the person whose blocks they are.
    pub author: TeamMember,
    /// When, milliseconds since 1970.
    pub claimed_time_ms: u64,
}

/// An edition as sent and stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedEdition {
    /// The encoded [`EditionHeader`].
    pub header: Vec<u8>,
    /// The blocks, padded and sealed.
    pub sealed: Vec<u8>,
    /// Over [`label::BLOCKS_STATEMENT`] and [`statement_bytes`].
    pub signature: Signature,
}

/// Answer about a library: its newest version (0: nothing was ever stored), and that edition unless it is the one
/// that the asker named as known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewestEdition {
    /// Newest version.
    pub version: u64,
    /// An encoded [`SignedEdition`].
    pub edition: Option<Sealed>,
}

/// A new edition. `Conflict` if a colleague's came first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditionPut {
    /// An encoded [`SignedEdition`].
    pub edition: Sealed,
}

/// Digest of a header: the HPKE `info` of the blocks.
#[must_use]
pub fn header_digest(header: &[u8]) -> Digest {
    digest(label::BLOCKS_HEADER, header)
}

/// What is signed, and hashed to the edition's digest: the digests of header and sealed blocks.
#[must_use]
pub fn statement_bytes(header: &Digest, sealed: &[u8]) -> Vec<u8> {
    codec::encode(&(header, digest(label::BLOCKS_SEALED, sealed)))
}

/// An edition that verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// What it says.
    pub header: EditionHeader,
    /// Digest of the header.
    pub header_digest: Digest,
    /// Digest of the statement: what the next edition names.
    pub digest: Digest,
    /// The sealed blocks.
    pub sealed: Vec<u8>,
}

/// Why an edition was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EditionError {
    /// Not an edition.
    #[error("edition of text blocks could not be read")]
    Malformed(#[source] codec::DecodeError),
    /// Longer or shorter than one can be.
    #[error("edition of text blocks has a wrong size")]
    Size,
    /// Of another organisation or library.
    #[error("edition of text blocks belongs elsewhere")]
    Elsewhere,
    /// Not after the edition before.
    #[error("edition of text blocks does not follow")]
    DoesNotFollow,
    /// Made at a head beyond the known log: fetch the log, then look again.
    #[error("edition of text blocks is ahead of the known log")]
    AheadOfLog,
    /// Made at a head that the log never had.
    #[error("edition of text blocks names another log")]
    OtherLog,
    /// The author was not entitled, or had another key.
    #[error("edition of text blocks by somebody who may not write it")]
    Author,
    /// Signature does not verify.
    #[error("edition of text blocks is not signed by its author")]
    Signature(#[source] SignatureError),
    /// Sealed to a generation that is not known here: fetch them, then look again.
    #[error("edition of text blocks is sealed to an unknown generation")]
    UnknownGeneration,
    /// Sealed to a generation that was stale when it was made, to another one, or to none.
    #[error("edition of text blocks is sealed to others than the team")]
    Generation,
}

impl Edition {
    /// Verifies an edition of a library. Whether it is the newest one shows only to who knew another.
    ///
    /// # Errors
    /// [`EditionError`].
    pub fn verify(
        signed: &SignedEdition,
        library: Library,
        log: &Log,
        generations: &Generations,
    ) -> Result<Self, EditionError> {
        let header: EditionHeader = codec::decode(&signed.header).map_err(EditionError::Malformed)?;
        if header.organisation != log.organisation() || header.library != library {
            return Err(EditionError::Elsewhere);
        }
        if !(KEM_ENCAPSULATION_BYTES..=limit::EDITION_BYTES_MAX).contains(&signed.sealed.len()) {
            return Err(EditionError::Size);
        }
        if header.version == 0 || (header.version == 1) != header.predecessor.is_none() {
            return Err(EditionError::DoesNotFollow);
        }
        let state = match log.at(&header.log_head) {
            Some(state) => state,
            None if log.contradicts(&header.log_head) => return Err(EditionError::OtherLog),
            None => return Err(EditionError::AheadOfLog),
        };
        let author = state.person(header.author.person).ok_or(EditionError::Author)?;
        let entitled = match library {
            Library::Own(person) | Library::Note(_, person) => person == header.author.person,
            Library::Team(team) => {
                let team = state.team(team).ok_or(EditionError::Elsewhere)?;
                team.is_member(header.author.person)
            }
        };
        if !entitled || author.key() != header.author.key {
            return Err(EditionError::Author);
        }
        let header_digest = header_digest(&signed.header);
        let statement = statement_bytes(&header_digest, &signed.sealed);
        author
            .keys()
            .signing
            .verify(label::BLOCKS_STATEMENT, &statement, &signed.signature)
            .map_err(EditionError::Signature)?;
        match (library, header.sealed_to) {
            (Library::Own(_) | Library::Note(..), None) => {}
            (Library::Team(team), Some(sealed_to)) => {
                let generation =
                    generations.get(team, sealed_to.number).ok_or(EditionError::UnknownGeneration)?;
                if generation.digest != sealed_to.digest || !generation.is_fresh(state) {
                    return Err(EditionError::Generation);
                }
            }
            _ => return Err(EditionError::Generation),
        }
        let digest = digest(label::BLOCKS_STATEMENT, &statement);
        Ok(Self { header, header_digest, digest, sealed: signed.sealed.clone() })
    }

    /// Whether this one follows another directly; for the first, whether there is none before.
    #[must_use]
    pub fn follows(&self, before: Option<&Self>) -> bool {
        match before {
            None => self.header.version == 1,
            Some(before) => {
                before.header.version.checked_add(1) == Some(self.header.version)
                    && self.header.predecessor == Some(before.digest)
                    && self.header.log_head.length >= before.header.log_head.length
            }
        }
    }
}
