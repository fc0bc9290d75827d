//! One flipped bit, found and turned back by a CRC-32 over what it is in.
//!
//! CRC-32 is linear: the difference between the sum that stands there and the sum of what stands
//! there now depends on the place of the flipped bit alone, and is another one for each place in
//! anything shorter than 512 MiB. So the place is found by walking through the possible
//! differences once. Whether the result is right is not decided here: callers let it stand only
//! if it is authentic, or if its own sum fits.

/// The reflected polynomial of CRC-32 (IEEE 802.3), as `crc32fast` computes it.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// Turns back the one bit whose flip explains that the sum of `bytes` is not `sum`; whether there
/// was one. Without it `bytes` stay as they are.
pub(crate) fn mend(bytes: &mut [u8], sum: u32) -> bool {
    let difference = crc32fast::hash(bytes) ^ sum;
    let mut flip = 1u32;
    for byte in bytes.iter_mut().rev() {
        for bit in (0..8).rev() {
            flip = if flip & 1 == 1 { flip >> 1 ^ POLYNOMIAL } else { flip >> 1 };
            if flip == difference {
                *byte ^= 1 << bit;
                return true;
            }
        }
    }
    false
}

/// As [`mend`], for bytes whose last four are the sum of those before them; the flipped bit may be
/// in either. True as well if nothing is wrong.
pub(crate) fn mend_summed(bytes: &mut [u8]) -> bool {
    let Some((content, sum)) = bytes.split_last_chunk_mut::<4>() else { return false };
    let found = crc32fast::hash(content);
    match (found ^ u32::from_le_bytes(*sum)).count_ones() {
        0 => true,
        1 => {
            *sum = found.to_le_bytes();
            true
        }
        _ => mend(content, u32::from_le_bytes(*sum)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flipped_bit_is_turned_back_and_two_are_not_taken_for_one() {
        let content: Vec<u8> = (0..300u32).map(|n| (n * 37 % 251) as u8).collect();
        let mut whole = content.clone();
        whole.extend_from_slice(&crc32fast::hash(&content).to_le_bytes());
        for bit in 0..whole.len() * 8 {
            let mut bent = whole.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(mend_summed(&mut bent) && bent == whole, "bit {bit}");
            bent[bit / 8] ^= 1 << (bit % 8);
            bent[(bit / 8 + 9) % whole.len()] ^= 0x10;
            assert!(!mend_summed(&mut bent), "two bits at {bit}");
        }
        assert!(!mend_summed(&mut [1, 2, 3]));
        assert!(!mend(&mut [], 7));
    }
}
