//! Small damage to bytes, as choices say.

use crate::generate::Choices;

/// Values at which counts and lengths turn over.
const TELLING: [u8; 6] = [0x00, 0x01, 0x7f, 0x80, 0xfe, 0xff];

/// Damages bytes up to `times` times: bits, values, cuts, doublings, insertions.
pub fn mutate(bytes: &mut Vec<u8>, times: usize, choices: &mut Choices<'_>) {
    for _ in 0..times {
        let at = choices.below(bytes.len() + 1);
        let until = (at + 1 + choices.below(8)).min(bytes.len());
        match (choices.byte() % 7, bytes.get_mut(at)) {
            (0, Some(byte)) => *byte ^= 1 << (choices.byte() & 7),
            (1, Some(byte)) => *byte = TELLING[choices.below(TELLING.len())],
            (2, Some(_)) => bytes.truncate(at),
            (3, Some(_)) => drop(bytes.drain(at..until)),
            (4, Some(_)) => {
                let doubled = bytes[at..until].to_vec();
                bytes.splice(at..at, doubled);
            }
            // The same number, written longer: postcard's integers take seven bits a byte.
            (5, Some(byte @ 0..0x80)) => {
                *byte |= 0x80;
                bytes.insert(at + 1, 0);
            }
            _ => bytes.insert(at, choices.byte()),
        }
    }
}
