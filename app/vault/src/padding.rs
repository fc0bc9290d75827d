//! Padding that hides lengths: up to 512 bytes to 512, then Padmé (PURBs, Nikitin et al. 2019,
//! at most 12 % more); small fixed forms to one size.

use thiserror::Error;

/// Everything up to this size looks the same.
pub const PADDED_BYTES_MIN: usize = 512;

/// Padding that is not of the one form this module makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("padding is malformed")]
pub struct PaddingError;

/// The padded size of `length` bytes and the marker: 512, or Padmé of it.
#[must_use]
pub fn padded_len(length: usize) -> usize {
    let length = length + 1;
    if length <= PADDED_BYTES_MIN {
        return PADDED_BYTES_MIN;
    }
    // floor(log2), and the bits needed to write it down.
    let exponent = usize::BITS - 1 - length.leading_zeros();
    let significant = u32::BITS - exponent.leading_zeros();
    let mask = (1usize << (exponent - significant)) - 1;
    (length + mask) & !mask
}

/// Appends 0x80 and zeros up to [`padded_len`].
#[must_use]
pub fn pad(bytes: &[u8]) -> Vec<u8> {
    fill(bytes, padded_len(bytes.len()))
}

/// Appends 0x80 and zeros up to exactly `size`; `None` if the bytes don't fit.
#[must_use]
pub fn pad_to(bytes: &[u8], size: usize) -> Option<Vec<u8>> {
    (bytes.len() < size).then(|| fill(bytes, size))
}

fn fill(bytes: &[u8], size: usize) -> Vec<u8> {
    let mut padded = Vec::with_capacity(size);
    padded.extend_from_slice(bytes);
    padded.push(0x80);
    padded.resize(size, 0);
    padded
}

/// Takes the padding off again, whatever size it was filled to.
///
/// # Errors
/// [`PaddingError`] if the bytes don't end in 0x80 and zeros.
pub fn unpad(padded: &[u8]) -> Result<&[u8], PaddingError> {
    let end = padded.iter().rposition(|byte| *byte != 0).ok_or(PaddingError)?;
    if padded[end] == 0x80 { Ok(&padded[..end]) } else { Err(PaddingError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        let check = |length, expect| assert_eq!(padded_len(length), expect, "{length}");
        check(0, 512);
        check(511, 512);
        check(512, 544);
        check(543, 544);
        check(544, 576);
        check(1000, 1024);
        check(10_000, 10_240);
        check(16_383, 16_384);
        check(16_384, 17_408);
        for length in 0..70_000 {
            let padded = padded_len(length);
            assert!(padded > length && padded <= 512.max(length + length / 8 + 32), "{length}");
        }
    }

    #[test]
    fn round_trip_and_refusals() {
        for length in [0, 1, 511, 512, 5000] {
            let bytes = vec![0x80; length];
            assert_eq!(unpad(&pad(&bytes)), Ok(&bytes[..]));
        }
        assert_eq!(pad_to(&[1; 10], 10), None);
        assert_eq!(unpad(&pad_to(&[1; 10], 11).unwrap()), Ok(&[1; 10][..]));
        for bad in [&[][..], &[0, 0], &[1, 2, 3], &[0x80, 1, 0]] {
            assert_eq!(unpad(bad), Err(PaddingError));
        }
    }
}
