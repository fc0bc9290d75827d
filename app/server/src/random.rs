//! Randomness as an argument. The only real source is [`crate::system::SystemRandom`].

use opaque_ke::rand::{CryptoRng, Error, RngCore};

/// A source of secure random bytes.
pub trait Random: Send + Sync + 'static {
    /// Fills `bytes` with fresh randomness.
    fn fill(&self, bytes: &mut [u8]);
}

/// Draws an array, for ids, nonces and keys.
pub fn draw<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// What `opaque-ke` (`rand_core` 0.6) draws from.
pub(crate) struct ForOpaque<'a>(pub &'a dyn Random);

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
