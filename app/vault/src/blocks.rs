//! Making and opening editions of text blocks. Verification is `protocol::blocks`'s; what is opened here has been
//! verified there before.

use crate::{
    account::PartyKeys,
    padding::{pad, unpad},
    random::Random,
    seal::{KemSecret, SealError, open_from, seal_to},
};
use beistand_protocol::{
    blocks::{Edition, EditionHeader, Library, SealedTo, SignedEdition, header_digest, statement_bytes},
    codec,
    id::PersonId,
    label,
    membership::State,
    suite::Suite,
    team::{Generation, TeamMember},
};
use thiserror::Error;
use zeroize::Zeroizing;

/// Why an edition could not be made or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EditionKeyError {
    /// Shared blocks need the team's generation, own ones none.
    #[error("no fresh generation to seal to")]
    NoGeneration,
    /// Can't be sealed, or does not open with this key.
    #[error("edition does not open")]
    Sealed(#[from] SealError),
    /// What opened is not padded as it must be.
    #[error("edition is not padded")]
    Padding,
}

/// What an edition is made from.
#[derive(Debug, Clone, Copy)]
pub struct NewEdition<'a> {
    /// Whose blocks.
    pub library: Library,
    /// Of a team: its generation, which must be fresh.
    pub generation: Option<&'a Generation>,
    /// The edition before; `None` for the first.
    pub former: Option<&'a Edition>,
    /// The encoded blocks.
    pub blocks: &'a [u8],
}

/// Makes the next edition of a library. Shared blocks are sealed to the team's generation, own ones to the author's
/// own key.
///
/// # Errors
/// [`EditionKeyError`].
pub fn make_edition(
    state: &State,
    person: PersonId,
    keys: &PartyKeys,
    new: &NewEdition<'_>,
    now_ms: u64,
    random: &mut dyn Random,
) -> Result<SignedEdition, EditionKeyError> {
    let NewEdition { library, generation, former, blocks } = *new;
    let (key, sealed_to) = match (library, generation) {
        (Library::Own(_) | Library::Note(..), None) => (keys.kem.public(), None),
        (Library::Team(team), Some(generation))
            if generation.header.team == team && generation.is_fresh(state) =>
        {
            let named = SealedTo { number: generation.header.number, digest: generation.digest };
            (&generation.header.public_key, Some(named))
        }
        _ => return Err(EditionKeyError::NoGeneration),
    };
    let header = codec::encode(&EditionHeader {
        suite: Suite::CURRENT,
        organisation: state.organisation(),
        library,
        version: former.map_or(1, |former| former.header.version + 1),
        predecessor: former.map(|former| former.digest),
        log_head: state.head(),
        sealed_to,
        author: TeamMember { person, key: keys.signing.verify_key().id() },
        claimed_time_ms: now_ms,
    });
    let info = header_digest(&header);
    let sealed = seal_to(key, &info, &Zeroizing::new(pad(blocks)), random)?;
    let signature = keys.signing.sign(label::BLOCKS_STATEMENT, &statement_bytes(&info, &sealed));
    Ok(SignedEdition { header, sealed, signature })
}

/// Opens a verified edition: with the secret of the generation that it names, or with the owner's key.
///
/// # Errors
/// [`EditionKeyError`].
pub fn open_edition(edition: &Edition, key: &KemSecret) -> Result<Zeroizing<Vec<u8>>, EditionKeyError> {
    let padded = Zeroizing::new(open_from(key, &edition.header_digest, &edition.sealed)?);
    let blocks = unpad(&padded).map_err(|_| EditionKeyError::Padding)?;
    Ok(Zeroizing::new(blocks.to_vec()))
}

#[cfg(test)]
mod tests;
