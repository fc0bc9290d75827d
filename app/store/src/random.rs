//! Randomness as an argument: nonces and data keys come from what the caller hands in.

/// A source of unpredictable bytes. In a release it must be the operating system's.
pub trait Random: Send {
    /// Fills the slice.
    fn fill(&mut self, bytes: &mut [u8]);
}

impl<F: FnMut(&mut [u8]) + Send> Random for F {
    fn fill(&mut self, bytes: &mut [u8]) {
        self(bytes);
    }
}

/// An array of unpredictable bytes.
pub(crate) fn array<const N: usize>(random: &mut dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

#[cfg(any(test, feature = "simulation"))]
pub mod testing {
    //! Seeded pseudo-randomness (splitmix64) for tests.

    use super::Random;

    /// The same seed gives the same bytes.
    #[derive(Clone)]
    pub struct Seeded(pub u64);

    impl Seeded {
        /// The next number.
        #[allow(clippy::should_implement_trait, reason = "it never ends")]
        pub fn next(&mut self) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }

        /// A number below `bound`.
        pub fn below(&mut self, bound: usize) -> usize {
            (self.next() % bound as u64) as usize
        }
    }

    impl Random for Seeded {
        fn fill(&mut self, bytes: &mut [u8]) {
            for chunk in bytes.chunks_mut(8) {
                let word = self.next().to_le_bytes();
                chunk.copy_from_slice(&word[..chunk.len()]);
            }
        }
    }
}
