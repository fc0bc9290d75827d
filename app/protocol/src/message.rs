//! What the server may know of a message: the clear header of its envelope. The content types
//! are `vault`'s, so that nothing linked into the server can name them.

use crate::{
    api::{Envelope, EnvelopeKind},
    codec,
    epoch::{SignedEpoch, epoch_digest, header_digest},
    id::{ConversationId, Digest},
    label, limit,
    signature::digest,
};
use serde::{Deserialize, Serialize};

/// Plaintext size of everything that is no message with words: receipts, typing, claims and
/// their like all look the same.
pub const FIXED_PLAINTEXT_BYTES: usize = 1024;

/// `api::Envelope::sealed` of everything but epochs is the encoding of this: XChaCha20-Poly1305
/// under a key derived from the epoch's key, which the epoch's statement commits to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedMessage {
    /// Random nonce.
    pub nonce: [u8; 24],
    /// Ciphertext and tag.
    pub ciphertext: Vec<u8>,
}

/// A typing notice: `live::ClientFrame::Ephemeral::sealed` is its encoding.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedTyping {
    /// Epoch under which it is sealed.
    pub epoch: u32,
    /// The notice.
    pub message: SealedMessage,
}

/// The clear header, as bound to the ciphertext.
#[must_use]
pub fn associated_data(conversation: ConversationId, envelope: &Envelope) -> Vec<u8> {
    codec::encode(&(conversation, envelope.id, envelope.kind, envelope.epoch, envelope.assignee))
}

/// The clear header of a typing notice.
#[must_use]
pub fn typing_associated_data(conversation: ConversationId, epoch: u32) -> Vec<u8> {
    codec::encode(&(conversation, epoch))
}

/// The digest that names an envelope in later ones: of an epoch that of its statement, otherwise
/// over everything that was received.
#[must_use]
pub fn envelope_digest(conversation: ConversationId, envelope: &Envelope) -> Digest {
    if envelope.kind == EnvelopeKind::Epoch
        && let Ok(signed) = codec::decode::<SignedEpoch>(&envelope.sealed.0)
    {
        return epoch_digest(&header_digest(&signed.header), &signed.boxes_digest);
    }
    digest(label::MESSAGE_ENVELOPE, &codec::encode(&(conversation, envelope)))
}

/// An envelope whose clear parts do not fit together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// Larger than the limit.
    #[error("envelope is too large")]
    TooLarge,
    /// The sealed part is not of the kind's form or size.
    #[error("envelope is malformed")]
    Malformed,
    /// An assignee where none belongs, or none where one does.
    #[error("assignee does not fit the kind")]
    Assignee,
}

/// Checks what can be checked without keys: form, sizes, assignee.
///
/// # Errors
/// [`ShapeError`].
pub fn check_shape(envelope: &Envelope) -> Result<(), ShapeError> {
    if envelope.sealed.0.len() > limit::ENVELOPE_BYTES_MAX {
        return Err(ShapeError::TooLarge);
    }
    let wants_assignee = matches!(envelope.kind, EnvelopeKind::Claim | EnvelopeKind::Handover);
    if envelope.assignee.is_some() != wants_assignee {
        return Err(ShapeError::Assignee);
    }
    match envelope.kind {
        EnvelopeKind::Epoch => {
            codec::decode::<SignedEpoch>(&envelope.sealed.0).map(drop).map_err(|_| ShapeError::Malformed)
        }
        kind => {
            let sealed: SealedMessage =
                codec::decode(&envelope.sealed.0).map_err(|_| ShapeError::Malformed)?;
            let fixed = sealed.ciphertext.len() == FIXED_PLAINTEXT_BYTES + 16;
            let long_enough = sealed.ciphertext.len() >= FIXED_PLAINTEXT_BYTES / 2 + 16;
            let fits = if kind == EnvelopeKind::Message { long_enough } else { fixed };
            if fits { Ok(()) } else { Err(ShapeError::Malformed) }
        }
    }
}
