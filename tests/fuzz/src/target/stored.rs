//! What lies on the disk: records, groups of changes, journal segments. A disk that was tampered
//! with must not take the server down.

use crate::{
    Depth,
    generate::{Choices, generate},
    mutate::mutate,
};
use beistand_store::fuzz;
use serde::de::DeserializeOwned;

struct Made<'c, 'a>(&'c mut Choices<'a>);

impl fuzz::Maker for Made<'_, '_> {
    fn make<T: DeserializeOwned>(&mut self) -> Option<T> {
        generate(self.0)
    }
}

/// Tries one input: which form, as found or made, the rest.
pub fn run(input: &[u8]) -> Depth {
    let [which, made, rest @ ..] = input else { return Depth::Refused };
    let form = usize::from(*which) % fuzz::FORMS;
    if made & 1 == 0 {
        return if fuzz::read(form, rest) { Depth::Accepted } else { Depth::Refused };
    }
    let mut choices = Choices::new(rest);
    let Some(mut bytes) = fuzz::make(form, &mut Made(&mut choices)) else { return Depth::Refused };
    mutate(&mut bytes, usize::from(made >> 1) % 4, &mut choices);
    if fuzz::read(form, &bytes) { Depth::Accepted } else { Depth::Refused }
}
