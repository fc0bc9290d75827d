//! One encoding for everything: postcard, read strictly.
//!
//! A value has exactly one encoding. [`decode`] refuses trailing bytes and every other spelling
//! of the same value (such as padded variable-length integers), so that what was hashed or
//! signed is what is read.

use serde::{Serialize, de::DeserializeOwned};

/// Why bytes were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Not an encoding of the expected type.
    #[error("bytes do not have the expected form")]
    Malformed,
    /// A valid value followed by more bytes.
    #[error("bytes follow the end of the value")]
    Trailing,
    /// A valid value in a spelling that [`encode`] would not produce.
    #[error("the encoding is not the canonical one")]
    NotCanonical,
}

/// Encodes a value.
///
/// # Panics
/// Never for the types of this crate: postcard fails only for sequences of unknown length and
/// for hand-written serialisers, and there are none.
#[must_use]
#[allow(clippy::expect_used)]
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("wire types have known lengths and derived serialisers")
}

/// Decodes a value and checks that the bytes are its canonical encoding.
///
/// # Errors
/// [`DecodeError`] says what is wrong; the bytes are never partly accepted.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    let (value, rest) = postcard::take_from_bytes::<T>(bytes).map_err(|_| DecodeError::Malformed)?;
    if !rest.is_empty() {
        return Err(DecodeError::Trailing);
    }
    if encode(&value) != bytes {
        return Err(DecodeError::NotCanonical);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expect: Result<(u32, Vec<u8>), DecodeError>) {
        assert_eq!(decode::<(u32, Vec<u8>)>(bytes), expect, "{bytes:?}");
    }

    #[test]
    fn reads_strictly() {
        check(&[5, 1, 9], Ok((5, vec![9])));
        check(&[5, 1, 9, 0], Err(DecodeError::Trailing));
        check(&[0x85, 0x00, 1, 9], Err(DecodeError::NotCanonical));
        check(&[5, 2, 9], Err(DecodeError::Malformed));
        check(&[], Err(DecodeError::Malformed));
        // A length far beyond the input must not allocate or panic.
        check(&[5, 0xff, 0xff, 0xff, 0xff, 0x0f], Err(DecodeError::Malformed));
    }
}
