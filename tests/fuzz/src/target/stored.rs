//! What lies on the disk: records, groups of changes, journal segments, checkpoints, the key file,
//! the format file. A disk that was tampered with must not take the server down.

use crate::Depth;
use beistand_store::fuzz;

/// Tries one input: which form, then the bytes as found.
pub fn run(input: &[u8]) -> Depth {
    let Some((which, rest)) = input.split_first() else { return Depth::Refused };
    let forms = fuzz::FORMS;
    if forms[usize::from(*which) % forms.len()].1(rest) { Depth::Accepted } else { Depth::Refused }
}
