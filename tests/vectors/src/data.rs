//! Reads the vectors in `data`, and hands out the randomness that they prescribe.

use hpke::rand_core::{Infallible, TryCryptoRng, TryRng};
use opaque_ke::rand::{CryptoRng, Error, RngCore};
use serde_json::Value;

/// A vector, or what holds several.
pub(crate) struct Case(Value);

/// Reads a file of vectors.
pub(crate) fn parse(text: &str) -> Result<Case, String> {
    serde_json::from_str(text).map(Case).map_err(|error| error.to_string())
}

impl Case {
    /// What stands under a name; asking it for anything says what is missing.
    pub(crate) fn get(&self, name: &str) -> Self {
        Self(self.0[name].clone())
    }

    /// The vectors of a list.
    pub(crate) fn list(&self) -> Vec<Self> {
        self.0.as_array().into_iter().flatten().cloned().map(Self).collect()
    }

    /// The number under a name.
    pub(crate) fn number(&self, name: &str) -> Result<usize, String> {
        self.get(name).as_number().ok_or_else(|| format!("no number {name}"))
    }

    /// This as a number.
    pub(crate) fn as_number(&self) -> Option<usize> {
        self.0.as_u64().and_then(|number| number.try_into().ok())
    }

    /// The bytes under a name, which stand there in hexadecimal digits.
    pub(crate) fn bytes(&self, name: &str) -> Result<Vec<u8>, String> {
        self.get(name).as_bytes().ok_or_else(|| format!("no bytes {name}"))
    }

    /// This as bytes.
    pub(crate) fn as_bytes(&self) -> Option<Vec<u8>> {
        let text = self.0.as_str()?;
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
    }
}

/// Gives back prescribed bytes as if they were random, then zeros.
pub(crate) struct Replay(std::vec::IntoIter<u8>);

impl Replay {
    /// The parts, one after the other.
    pub(crate) fn new(parts: &[&[u8]]) -> Self {
        Self(parts.concat().into_iter())
    }
}

impl RngCore for Replay {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }
    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.next().unwrap_or(0));
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Replay {}

impl TryRng for Replay {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(RngCore::next_u32(self))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(RngCore::next_u64(self))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        RngCore::fill_bytes(self, bytes);
        Ok(())
    }
}

impl TryCryptoRng for Replay {}
