//! Sign-up of a seeker: proof of work, OPAQUE registration, account secret, wraps, recovery code.

use super::{Client, passphrase, request::post, transport::Transport};
use crate::{
    account::{AccountPlace, AccountSecret, NewCredentials, register},
    client::state::AccountState,
    login::Registration,
    recovery::RecoveryCode,
};
use beistand_protocol::{
    api::{
        Credentials, RegistrationFinish, RegistrationStart, RegistrationStarted, Work, WorkChallenge, route,
    },
    error::Code,
    limit,
    membership::check_line,
    suite::Suite,
    worker::{Conflict, Failure, Reply},
};
use sha2::{Digest as _, Sha256};

/// What a proof of work is hashed after.
const WORK_LABEL: &[u8] = b"beistand work v1";
/// Bits above which a challenge is refused: a phone would never finish.
const WORK_BITS_MAX: u8 = 24;

impl<T: Transport> Client<T> {
    /// A seeker's sign-up; ends logged in.
    pub(super) async fn sign_up(&mut self, name: &str, password: &str) -> Result<Reply, Failure> {
        if self.session.is_some() || self.site.is_none() {
            return Err(Failure::NotNow);
        }
        let typed = self.typed(name, password)?;
        // The other side is shown it: what could not be shown would keep its owner from writing.
        check_line(name.trim(), limit::DISPLAY_NAME_BYTES_MAX).map_err(|_| Failure::NameInvalid)?;
        self.check_strength(password, name, false).await?;
        let work = self.work().await?;
        let (registration, request) =
            Registration::start(&typed.password, &mut *self.random).map_err(|_| Failure::Malformed)?;
        let start =
            RegistrationStart { suite: Suite::CURRENT.number(), look_up: typed.look_up(), request, work };
        let started: RegistrationStarted =
            post(&self.transport, route::REGISTRATION_START, None, &start).await?;
        let secret = AccountSecret::draw(&mut *self.random);
        let (credentials, code) = self.credentials(name, &typed, &started, registration, &secret)?;
        let finish = RegistrationFinish { ticket: started.ticket, credentials };
        let () = post(&self.transport, route::REGISTRATION_FINISH, None, &finish).await?;
        self.log_in_typed(name, &typed).await.map_err(denied)?;
        Ok(Reply::RecoveryCode { parts: code_parts(&code) })
    }

    /// Refuses weak passwords.
    pub(super) async fn check_strength(
        &self,
        password: &str,
        name: &str,
        staff: bool,
    ) -> Result<(), Failure> {
        match passphrase::rate(&self.transport, self.suggested.as_ref(), password, name, staff).await {
            Some(rating) if rating.accepted => Ok(()),
            Some(_) => Err(Failure::PasswordWeak),
            None => Err(Failure::Network),
        }
    }

    /// Fetches a challenge and solves it.
    async fn work(&self) -> Result<Work, Failure> {
        let challenge: WorkChallenge = post(&self.transport, route::WORK, None, &()).await?;
        if challenge.bits > WORK_BITS_MAX {
            return Err(Failure::Server(Code::WorkRefused, None));
        }
        let solution = solve(&challenge.challenge, challenge.bits);
        Ok(Work { challenge: challenge.challenge, solution })
    }

    /// Finishes a registration of a new account: its credentials and recovery code.
    pub(super) fn credentials(
        &mut self,
        name: &str,
        typed: &super::log_in::Typed,
        started: &RegistrationStarted,
        registration: Registration,
        secret: &AccountSecret,
    ) -> Result<(Credentials, RecoveryCode), Failure> {
        let registered = registration
            .finish(&started.response, &typed.identity, &mut *self.random)
            .map_err(|_| Failure::Answer)?;
        let code = RecoveryCode::draw(&mut *self.random);
        let log = &self.place.as_ref().ok_or(Failure::NotNow)?.log;
        let place = AccountPlace {
            suite: Suite::CURRENT,
            organisation: typed.identity.organisation,
            realm: typed.identity.realm,
            account: started.account,
        };
        let state =
            AccountState { name: name.trim().to_owned(), floor: Some(log.head()), ..AccountState::default() };
        let new = NewCredentials {
            place,
            secret,
            registered: &registered,
            recovery: Some(&code),
            root: log.state().root_fingerprint(),
            floor: log.head(),
            nonce: started.nonce,
        };
        let sealed = state.seal(secret, &place, &mut *self.random);
        Ok((register(&new, sealed, &mut *self.random), code))
    }
}

/// A server that has just confirmed new credentials and does not know them is lying, or keeps something
/// else: nobody has mistyped anything.
fn denied(failure: Failure) -> Failure {
    match failure {
        Failure::Server(Code::WrongCredentials, _) => Conflict::Account.into(),
        other => other,
    }
}

/// The groups of a recovery code as shown.
pub(super) fn code_parts(code: &RecoveryCode) -> Vec<String> {
    code.show().split('-').map(str::to_owned).collect()
}

/// The smallest number whose hash begins with `bits` zero bits.
fn solve(challenge: &[u8], bits: u8) -> u64 {
    let mut prefix = Sha256::new();
    prefix.update(WORK_LABEL);
    prefix.update(challenge);
    (0u64..)
        .find(|solution| {
            let mut hash = prefix.clone();
            hash.update(solution.to_le_bytes());
            let digest: [u8; 32] = hash.finalize().into();
            let head = u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]);
            head.leading_zeros() >= u32::from(bits)
        })
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_what_the_server_checks() {
        let solution = solve(b"challenge", limit::SIGN_UP_WORK_BITS);
        let digest: [u8; 32] =
            Sha256::digest([WORK_LABEL, b"challenge", &solution.to_le_bytes()].concat()).into();
        assert_eq!(u16::from_be_bytes([digest[0], digest[1]]), 0);
        assert_eq!(solve(b"any", 0), 0);
    }
}
