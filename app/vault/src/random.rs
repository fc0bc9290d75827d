//! Randomness as an argument.
//!
//! The browser's worker fills from `crypto.getRandomValues`, native clients from the operating
//! system, tests and simulation from [`DangerousSeeded`]. Whatever fills must be
//! cryptographically secure: keys come straight out of it.

use beistand_protocol::signature::labelled;
use hpke::rand_core::{Infallible, TryCryptoRng, TryRng};
use opaque_ke::rand::{CryptoRng, Error, RngCore};
use sha2::{Digest as _, Sha256};

/// A source of random bytes.
pub trait Random {
    /// Fills `bytes` with fresh randomness.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl<R: Random + ?Sized> Random for &mut R {
    fn fill(&mut self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}

impl<R: Random + ?Sized> Random for Box<R> {
    fn fill(&mut self, bytes: &mut [u8]) {
        (**self).fill(bytes);
    }
}

/// Draws an array, for ids and nonces: `draw::<16>(random)`.
pub fn draw<const N: usize>(random: &mut dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// A deterministic stream for tests, vectors and simulation: SHA-256 over seed and counter.
/// Never for real keys.
#[derive(Debug, Clone)]
pub struct DangerousSeeded {
    seed: [u8; 32],
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl DangerousSeeded {
    /// Starts the stream of a seed.
    #[must_use]
    pub fn new(seed: &[u8]) -> Self {
        let seed = Sha256::digest(labelled("beistand/test-seed", seed)).into();
        Self { seed, counter: 0, block: [0; 32], used: 32 }
    }
}

impl Random for DangerousSeeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for slot in bytes {
            if self.used == self.block.len() {
                let mut hash = Sha256::new();
                hash.update(self.seed);
                hash.update(self.counter.to_be_bytes());
                self.block = hash.finalize().into();
                self.counter += 1;
                self.used = 0;
            }
            *slot = self.block[self.used];
            self.used += 1;
        }
    }
}

/// What `opaque-ke` (`rand_core` 0.6) draws from.
pub(crate) struct ForOpaque<'a>(pub &'a mut dyn Random);

impl RngCore for ForOpaque<'_> {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(draw(self.0))
    }
    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(draw(self.0))
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes);
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl CryptoRng for ForOpaque<'_> {}

/// What `hpke` (`rand_core` 0.10) draws from.
pub(crate) struct ForHpke<'a>(pub &'a mut dyn Random);

impl TryRng for ForHpke<'_> {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(draw(self.0)))
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(draw(self.0)))
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for ForHpke<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_streams_whatever_the_chunks() {
        let mut one = DangerousSeeded::new(b"a");
        let mut other = DangerousSeeded::new(b"a");
        let whole: [u8; 100] = draw(&mut one);
        let parts = [draw::<7>(&mut other).to_vec(), draw::<93>(&mut other).to_vec()].concat();
        assert_eq!(whole.to_vec(), parts);
        assert_ne!(whole, draw::<100>(&mut DangerousSeeded::new(b"b")));
    }
}
