//! Where everything that happens by chance comes from: one seed. Each part of a run draws from a stream of its
//! own, so that what one part draws does not move the others.

use beistand_store::random::testing::Seeded;
use beistand_vault::random::DangerousSeeded;
use std::sync::Mutex;

/// A stream of choices.
#[derive(Clone)]
pub struct Chance(Seeded);

impl Chance {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(Seeded(seed))
    }

    /// A stream of its own for a part of the run.
    pub fn fork(&self, part: &str) -> Self {
        let mut seed = self.0.0 ^ 0x51_7c_c1_b7_27_22_0a_95;
        for byte in part.bytes() {
            seed = (seed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let mut fork = Self::new(seed);
        fork.next();
        fork
    }

    fn next(&mut self) -> u64 {
        self.0.next()
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// True once in `times`; never for 0.
    pub fn one_in(&mut self, times: u64) -> bool {
        times > 0 && self.below(times) == 0
    }

    /// A number from `from` to `to`, both included.
    pub fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to - from + 1)
    }

    /// One of several; `None` if there are none.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        if all.is_empty() { None } else { all.get(self.below(all.len() as u64) as usize) }
    }

    /// A stream of key material.
    pub fn keys(&mut self) -> Keys {
        Keys(Mutex::new(DangerousSeeded::new(&self.next().to_le_bytes())))
    }
}

/// Key material for clients, server and store.
pub struct Keys(Mutex<DangerousSeeded>);

impl Keys {
    fn draw(&self, bytes: &mut [u8]) {
        beistand_vault::random::Random::fill(&mut *self.0.lock().unwrap(), bytes);
    }
}

impl beistand_vault::random::Random for Keys {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.draw(bytes);
    }
}

impl beistand_server::random::Random for Keys {
    fn fill(&self, bytes: &mut [u8]) {
        self.draw(bytes);
    }
}

impl beistand_store::random::Random for Keys {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.draw(bytes);
    }
}
