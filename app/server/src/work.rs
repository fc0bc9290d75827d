//! Proof of work for sign-ups: makes names in bulk expensive without asking who somebody is.
//!
//! Challenges are stateless: time and random bytes under a key of this process. Only those that
//! were used are remembered, until they would have run out anyway.

use crate::random::{Random, draw};
use aws_lc_rs::hmac;
use beistand_domain::clock::Seconds;
use beistand_protocol::{
    api::{Work, WorkChallenge},
    error::Code,
    limit::SIGN_UP_WORK_BITS,
    signature::plain_digest,
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// How long a challenge is good for.
const TTL_S: Seconds = 10 * 60;
/// Used challenges remembered at most; beyond that sign-ups wait.
const USED_MAX: usize = 50_000;
/// Time and random bytes.
const BODY_BYTES: usize = 8 + 16;
const TAG_BYTES: usize = 16;
/// What is hashed before challenge and solution.
const WORK_LABEL: &[u8] = b"beistand work v1";

/// Issues and checks challenges.
pub struct Works {
    key: hmac::Key,
    used: Mutex<HashMap<[u8; 16], Seconds>>,
}

impl Works {
    /// With a key of its own.
    #[must_use]
    pub fn new(random: &dyn Random) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &draw::<32>(random)), used: Mutex::default() }
    }

    /// A new challenge.
    #[must_use]
    pub fn challenge(&self, now_s: Seconds, random: &dyn Random) -> WorkChallenge {
        let mut challenge = Vec::with_capacity(BODY_BYTES + TAG_BYTES);
        challenge.extend_from_slice(&now_s.to_le_bytes());
        challenge.extend_from_slice(&draw::<16>(random));
        let tag = hmac::sign(&self.key, &challenge);
        challenge.extend_from_slice(&tag.as_ref()[..TAG_BYTES]);
        WorkChallenge { challenge, bits: SIGN_UP_WORK_BITS }
    }

    /// Checks a solution and uses the challenge up.
    ///
    /// # Errors
    /// [`Code::WorkRefused`]; [`Code::TooManyTries`] while too many were used lately.
    pub fn check(&self, now_s: Seconds, work: &Work) -> Result<(), Code> {
        let (body, tag) = work.challenge.split_at_checked(BODY_BYTES).ok_or(Code::WorkRefused)?;
        let (time, nonce) = body.split_first_chunk::<8>().ok_or(Code::WorkRefused)?;
        let nonce: [u8; 16] = nonce.try_into().map_err(|_| Code::WorkRefused)?;
        let expected = hmac::sign(&self.key, body);
        let genuine = subtle::ConstantTimeEq::ct_eq(&expected.as_ref()[..TAG_BYTES], tag);
        let until_s = u64::from_le_bytes(*time).saturating_add(TTL_S);
        if !bool::from(genuine) || now_s > until_s || !solves(&work.challenge, work.solution) {
            return Err(Code::WorkRefused);
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.len() >= USED_MAX {
            used.retain(|_, until_s| *until_s >= now_s);
            if used.len() >= USED_MAX {
                return Err(Code::TooManyTries);
            }
        }
        match used.insert(nonce, until_s) {
            None => Ok(()),
            Some(_) => Err(Code::WorkRefused),
        }
    }
}

/// Whether the hash begins with enough zero bits.
fn solves(challenge: &[u8], solution: u64) -> bool {
    let hash = plain_digest(&[WORK_LABEL, challenge, &solution.to_le_bytes()].concat());
    let zeros = hash.0.iter().take_while(|byte| **byte == 0).count();
    let partial = hash.0.get(zeros).map_or(0, |byte| byte.leading_zeros());
    zeros as u32 * 8 + partial >= u32::from(SIGN_UP_WORK_BITS)
}

/// Finds a solution; for the tests of this crate.
#[cfg(test)]
pub(crate) fn solve(challenge: &WorkChallenge) -> Work {
    let solution = (0..).find(|solution| solves(&challenge.challenge, *solution)).unwrap();
    Work { challenge: challenge.challenge.clone(), solution }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::system::SystemRandom;

    #[test]
    fn counts_once_in_time_and_from_here_only() {
        let works = Works::new(&SystemRandom);
        let solved = solve(&works.challenge(1000, &SystemRandom));
        let unsolved = (0..).find(|n| !solves(&solved.challenge, *n)).unwrap();
        let check = |work: &Work, now_s, expect| assert_eq!(works.check(now_s, work), expect);
        check(&Work { solution: unsolved, ..solved.clone() }, 1000, Err(Code::WorkRefused));
        check(&solved, 1000 + TTL_S + 1, Err(Code::WorkRefused));
        check(&solved, 1000 + TTL_S, Ok(()));
        check(&solved, 1000 + TTL_S, Err(Code::WorkRefused));
        let foreign = solve(&Works::new(&SystemRandom).challenge(1000, &SystemRandom));
        check(&foreign, 1000, Err(Code::WorkRefused));
        for length in [0, 8, 24, 39, 41] {
            check(&Work { challenge: vec![0; length], solution: 0 }, 1000, Err(Code::WorkRefused));
        }
        // A clock that went back does not make challenges invalid.
        let solved = solve(&works.challenge(1000, &SystemRandom));
        check(&solved, 500, Ok(()));
    }
}
