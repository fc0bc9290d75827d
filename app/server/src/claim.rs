//! The claim code: whoever can read the box's output may set it up, nobody else.
//!
//! Its hash is in storage, the code itself in a file that only the box's user can read, so that
//! every start until set-up can print the same one. Set-up removes both.

use crate::{
    random::{Random, draw},
    secret_file::{self, SecretFileError},
};
use beistand_domain::{
    clock::Seconds,
    record::SettingKey,
    storage::{Change, CommitError, Storage, StorageError},
};
use beistand_protocol::{
    claim_code,
    error::Code,
    limit::{CLAIM_PAUSE_S, CLAIM_TRIES_MAX},
    signature::plain_digest,
};
use std::{
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// The file inside the data directory.
pub const CLAIM_CODE_FILE: &str = "claim-code";

/// Why there is no claim code.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Its file.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// Its hash.
    #[error("can't keep the claim code's hash")]
    Commit(#[from] CommitError),
    /// Reading storage.
    #[error("can't read whether the box is set up")]
    Storage(#[from] StorageError),
}

/// Guards set-up.
pub struct Claim {
    path: PathBuf,
    tries: Mutex<Tries>,
}

#[derive(Default)]
struct Tries {
    wrong: u32,
    paused_until_s: Seconds,
}

impl Claim {
    /// Makes the code at the first start; gives it, grouped for people, until set-up is done.
    ///
    /// # Errors
    /// [`ClaimError`].
    pub async fn open(
        data: &Path,
        storage: &dyn Storage,
        now_s: Seconds,
        random: &dyn Random,
    ) -> Result<(Self, Option<String>), ClaimError> {
        let claim = Self { path: data.join(CLAIM_CODE_FILE), tries: Mutex::default() };
        if storage.lookup_log_head()?.is_some() {
            // Set-up was cut off between its commit and this.
            claim.forget();
            return Ok((claim, None));
        }
        let kept = secret_file::read(&claim.path)?
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|text| claim_code::normalise(&text));
        let code = match kept {
            Some(code) => code,
            None => {
                let code = claim_code::from_random(&draw(random));
                secret_file::write(&claim.path, format!("{}\n", claim_code::grouped(&code)).as_bytes())?;
                code
            }
        };
        let hash = hash(&code);
        if storage.lookup_setting(SettingKey::ClaimCodeHash)?.as_deref() != Some(&hash[..]) {
            storage
                .commit(now_s, vec![Change::SettingPut(SettingKey::ClaimCodeHash, Some(hash.to_vec()))])
                .await?;
        }
        Ok((claim, Some(claim_code::grouped(&code))))
    }

    /// Checks a typed code; gives the hash that set-up's commit expects.
    ///
    /// # Errors
    /// The code to refuse with, and seconds to wait.
    pub fn check(&self, typed: &str, stored_hash: &[u8], now_s: Seconds) -> Result<(), (Code, Option<u32>)> {
        let mut tries = self.tries.lock().unwrap_or_else(PoisonError::into_inner);
        if now_s < tries.paused_until_s {
            return Err((Code::TooManyTries, u32::try_from(tries.paused_until_s - now_s).ok()));
        }
        let right = claim_code::normalise(typed)
            .is_some_and(|code| bool::from(subtle::ConstantTimeEq::ct_eq(&hash(&code)[..], stored_hash)));
        if right {
            tries.wrong = 0;
            return Ok(());
        }
        tries.wrong += 1;
        if tries.wrong >= CLAIM_TRIES_MAX {
            *tries = Tries { wrong: 0, paused_until_s: now_s.saturating_add(CLAIM_PAUSE_S) };
        }
        Err((Code::WrongCredentials, None))
    }

    /// Set-up is done: the code's file goes. What can't be removed is worthless by now.
    pub fn forget(&self) {
        if let Err(error) = secret_file::remove(&self.path) {
            log::warn!("the used claim code's file stays: {}", crate::log_sink::Chain(&error));
        }
    }
}

fn hash(code: &str) -> [u8; 32] {
    plain_digest(code.as_bytes()).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_tries_then_a_pause() {
        let claim = Claim { path: PathBuf::from("unused"), tries: Mutex::default() };
        let code = claim_code::from_random(&[1; claim_code::SYMBOLS - 1]);
        let other = claim_code::from_random(&[2; claim_code::SYMBOLS - 1]);
        let stored = hash(&code);
        for _ in 0..CLAIM_TRIES_MAX {
            assert_eq!(claim.check(&other, &stored, 100), Err((Code::WrongCredentials, None)));
        }
        assert_eq!(claim.check(&code, &stored, 100), Err((Code::TooManyTries, Some(CLAIM_PAUSE_S as u32))));
        assert_eq!(claim.check(&code, &stored, 100 + CLAIM_PAUSE_S), Ok(()));
        for bad in ["", "x", &code[1..]] {
            assert_eq!(claim.check(bad, &stored, 2000), Err((Code::WrongCredentials, None)));
        }
    }
}
