//! The second factor of staff log-ins: numbers of an app that go with the time (RFC 6238), each good once.

use crate::{app::App, directory::is_active, error::ApiError};
use beistand_domain::{
    clock::Seconds,
    record::{SecondFactor, Session},
    storage::Change,
};
use beistand_protocol::{
    api::SessionKind,
    error::Code,
    id::AccountId,
    second_factor::{AppCode, STEP_S, SharedSecret},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Seconds within which a client logs in with the keys that it has just made.
const NEW_KEYS_S: Seconds = 60;

/// The step of a number, if the app shows it now; a step before and one after it for clocks that go otherwise.
pub(crate) fn step_of(secret: SharedSecret, code: AppCode, now_s: Seconds) -> Option<u64> {
    let digits = format!("{:06}", u32::from(code));
    let totp = totp_rs::Builder::new().with_step_duration(STEP_S).with_secret(secret.0).build().ok()?;
    totp.check(&digits, now_s)
}

/// The factor with this number used up, if it is good.
///
/// # Errors
/// [`Code::SecondFactorWrong`].
pub(crate) fn use_up(factor: SecondFactor, code: AppCode, now_s: Seconds) -> Result<SecondFactor, ApiError> {
    let step = step_of(factor.secret, code, now_s).filter(|step| *step > factor.used_step);
    Ok(SecondFactor { used_step: step.ok_or(Code::SecondFactorWrong)?, ..factor })
}

/// What a log-in has to store besides its session, the passphrase being proved.
///
/// # Errors
/// [`Code::SecondFactorNeeded`], [`Code::SecondFactorWrong`]; storage.
pub(crate) fn admit(
    app: &App,
    account: AccountId,
    generation: u32,
    code: Option<AppCode>,
) -> Result<Option<Change>, ApiError> {
    let Some(factor) = app.storage.lookup_second_factor(account)? else { return Ok(None) };
    if app.new_keys.take(account, generation, app.steady_s()) {
        return Ok(None);
    }
    let next = use_up(factor, code.ok_or(Code::SecondFactorNeeded)?, app.now_s())?;
    Ok(Some(Change::SecondFactorPut { account, expected: Some(factor), next: Some(next) }))
}

/// Whether the organisation demands a factor of its staff.
pub(crate) fn is_demanded(app: &App) -> bool {
    app.directory.verified().is_some_and(|verified| verified.log.state().second_factor_demanded())
}

/// Whether the organisation demands a factor of whoever this session is, and there is none.
///
/// # Errors
/// Storage.
pub(crate) fn is_missing(app: &App, session: &Session) -> Result<bool, ApiError> {
    let SessionKind::Staff(person) = session.kind else { return Ok(false) };
    let verified = app.directory.verified();
    let demanded = is_demanded(app) && is_active(verified.as_ref().map(|verified| &verified.log), person);
    Ok(demanded && app.storage.lookup_second_factor(session.account)?.is_none())
}

/// Whose keys were just changed by somebody who was inside: that one log-in with the new ones asks for no number, which
/// would be the same as the one that was used up a moment ago. In memory only.
#[derive(Default)]
pub(crate) struct NewKeys(Mutex<HashMap<AccountId, (u32, Seconds)>>);

impl NewKeys {
    /// An account has keys of this generation now.
    pub(crate) fn made(&self, account: AccountId, generation: u32, steady_s: Seconds) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, until_s)| *until_s >= steady_s);
        known.insert(account, (generation, steady_s.saturating_add(NEW_KEYS_S)));
    }

    /// Whether this log-in is the one that follows; it is the only one.
    fn take(&self, account: AccountId, generation: u32, steady_s: Seconds) -> bool {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get(&account) {
            Some((of, until_s)) if *of == generation && *until_s >= steady_s => {
                known.remove(&account).is_some()
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: SHA-1, the last six of its eight digits.
    #[test]
    fn numbers_are_those_of_the_rfc() {
        let secret = SharedSecret(*b"12345678901234567890");
        let check = |time_s: u64, digits: u32| {
            let code = AppCode::try_from(digits).unwrap();
            let step = time_s / STEP_S;
            assert_eq!(step_of(secret, code, time_s), Some(step), "{time_s}");
            // A clock may go half a minute wrong, and no more.
            assert_eq!(step_of(secret, code, (step + 1) * STEP_S), Some(step));
            assert_eq!(step_of(secret, code, step * STEP_S - 1), Some(step));
            assert_eq!(step_of(secret, code, (step + 2) * STEP_S), None);
        };
        assert_eq!(step_of(secret, AppCode::try_from(81_804).unwrap(), 1_111_111_109 - 60), None);
        check(59, 287_082);
        check(1_111_111_109, 81_804);
        check(1_111_111_111, 50_471);
        check(1_234_567_890, 5_924);
        check(2_000_000_000, 279_037);
        check(20_000_000_000, 353_130);
    }

    #[test]
    fn no_number_is_good_twice() {
        let secret = SharedSecret(*b"12345678901234567890");
        let code = |digits| AppCode::try_from(digits).unwrap();
        let fresh = SecondFactor { secret, used_step: 0, since_s: 7 };
        let used = use_up(fresh, code(81_804), 1_111_111_109).unwrap();
        assert_eq!(used, SecondFactor { used_step: 37_037_036, ..fresh });
        let again = use_up(used, code(81_804), 1_111_111_109).unwrap_err();
        assert_eq!(again.code(), Code::SecondFactorWrong);
        assert_eq!(use_up(used, code(50_471), 1_111_111_111).unwrap().used_step, 37_037_037);
        assert!(use_up(used, code(81_805), 1_111_111_109).is_err());
    }

    #[test]
    fn new_keys_open_once_and_soon() {
        let [mara, ben] = [1, 2].map(|id| AccountId([id; 16]));
        let keys = NewKeys::default();
        keys.made(mara, 2, 100);
        assert!(!keys.take(ben, 2, 100) && !keys.take(mara, 1, 100) && !keys.take(mara, 3, 100));
        assert!(keys.take(mara, 2, 160) && !keys.take(mara, 2, 160));
        keys.made(mara, 3, 100);
        assert!(!keys.take(mara, 3, 161));
        keys.made(ben, 3, 161);
        assert_eq!(keys.0.lock().unwrap().len(), 1);
    }
}
