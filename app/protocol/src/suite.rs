//! The suite number fixes every algorithm and parameter. There is no negotiation: a number that
//! is not compiled in does not decode.

use serde::{Deserialize, Serialize};

/// A known suite. Encoded as its number; an unknown number is refused while decoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub enum Suite {
    /// Argon2id v19, SHA-256, HKDF-SHA256, XChaCha20-Poly1305 with key commitment, HPKE base mode
    /// with X-Wing / HKDF-SHA256 / ChaCha20-Poly1305, Ed25519, OPAQUE ristretto255-SHA512.
    One,
}

/// Why a suite or its parameters were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SuiteError {
    /// A number this build does not know.
    #[error("unknown suite {0}")]
    Unknown(u16),
    /// Less work than the suite fixes.
    #[error("parameters are weaker than the suite's")]
    Weaker,
    /// More work than the suite fixes: a way to exhaust a phone.
    #[error("parameters are larger than the suite's")]
    Larger,
}

impl Suite {
    /// The suite that new objects are made with.
    pub const CURRENT: Self = Self::One;

    /// The number on the wire.
    #[must_use]
    pub const fn number(self) -> u16 {
        match self {
            Self::One => 1,
        }
    }

    /// The stretching of passwords inside OPAQUE.
    #[must_use]
    pub const fn login_stretch(self) -> Stretch {
        match self {
            Self::One => Stretch { memory_kib: 64 * 1024, passes: 3, lanes: 1, output_bytes: 64 },
        }
    }

    /// The stretching of names for the look-up value.
    #[must_use]
    pub const fn lookup_stretch(self) -> Stretch {
        match self {
            Self::One => Stretch { memory_kib: 19 * 1024, passes: 2, lanes: 1, output_bytes: 32 },
        }
    }
}

impl TryFrom<u16> for Suite {
    type Error = SuiteError;
    fn try_from(number: u16) -> Result<Self, SuiteError> {
        match number {
            1 => Ok(Self::One),
            other => Err(SuiteError::Unknown(other)),
        }
    }
}

impl From<Suite> for u16 {
    fn from(suite: Suite) -> Self {
        suite.number()
    }
}

/// Parameters of Argon2id version 0x13 (19), RFC 9106.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
    /// Length of the output.
    pub output_bytes: usize,
}

impl Stretch {
    /// Accepts exactly these parameters; for whoever is told some from outside.
    ///
    /// # Errors
    /// [`SuiteError::Weaker`] if any is smaller, otherwise [`SuiteError::Larger`] if any is larger.
    pub fn admit(&self, told: &Self) -> Result<(), SuiteError> {
        let pairs = [
            (u64::from(told.memory_kib), u64::from(self.memory_kib)),
            (u64::from(told.passes), u64::from(self.passes)),
            (u64::from(told.lanes), u64::from(self.lanes)),
            (told.output_bytes as u64, self.output_bytes as u64),
        ];
        if pairs.iter().any(|(told, fixed)| told < fixed) {
            return Err(SuiteError::Weaker);
        }
        if pairs.iter().any(|(told, fixed)| told > fixed) {
            return Err(SuiteError::Larger);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{DecodeError, decode, encode};

    #[test]
    fn p10_only_the_known_suite_decodes() {
        assert_eq!(encode(&Suite::One), [1]);
        assert_eq!(decode::<Suite>(&[1]), Ok(Suite::One));
        for number in [0u16, 2, 3, 255, 4096, u16::MAX] {
            assert_eq!(decode::<Suite>(&encode(&number)), Err(DecodeError::Malformed), "{number}");
        }
    }

    #[test]
    fn p10_parameters_are_exact() {
        let fixed = Suite::One.login_stretch();
        assert_eq!(fixed, Stretch { memory_kib: 65_536, passes: 3, lanes: 1, output_bytes: 64 });
        let lookup = Suite::One.lookup_stretch();
        assert_eq!(lookup, Stretch { memory_kib: 19_456, passes: 2, lanes: 1, output_bytes: 32 });
        assert_eq!(fixed.admit(&fixed), Ok(()));
        assert_eq!(fixed.admit(&lookup), Err(SuiteError::Weaker));
        assert_eq!(fixed.admit(&Stretch { memory_kib: 4 << 20, ..fixed }), Err(SuiteError::Larger));
        assert_eq!(
            fixed.admit(&Stretch { memory_kib: 4 << 20, passes: 1, ..fixed }),
            Err(SuiteError::Weaker)
        );
    }
}
