//! A new password by the recovery code, in one commit that is safe to kill at any step.
//!
//! What the new generation is made of stands in [`super::rotate`].

use super::{
    Client,
    log_in::Typed,
    request::{RequestError, post},
    rotate::{Before, Door, Verified},
    sign_up::code_parts,
    state::AccountState,
    transport::Transport,
};
use crate::{
    account::{AccountPlace, Former, prove_recovery},
    login::Registration,
    recovery::RecoveryCode,
    wrap,
};
use beistand_protocol::{
    api::{RecoveryFinish, RecoveryProve, RecoveryProved, RecoveryStart, RecoveryStarted, route},
    error::Code,
    suite::Suite,
    worker::{Conflict, Failure, Reply},
};

/// Tries while others keep writing.
const TRIES: usize = 5;

impl<T: Transport> Client<T> {
    /// New password by recovery code; ends logged in.
    pub(super) async fn recover(&mut self, name: &str, code: &str, password: &str) -> Result<Reply, Failure> {
        if self.session.is_some() {
            return Err(Failure::NotNow);
        }
        let code = RecoveryCode::parse(code).map_err(|_| Failure::CodeInvalid)?;
        let typed = self.typed(name, password)?;
        self.check_strength(password, name, self.site.is_none()).await?;
        let mut tries = 1;
        let mut verified = Verified::new();
        let (new_code, stored) = loop {
            match self.renew_account(&typed, &code, &mut verified).await {
                // Somebody wrote while the conversations were re-sealed: all of it again, from what is there now.
                Err(Failure::Server(Code::StaleEpoch | Code::Conflict, _)) if tries < TRIES => tries += 1,
                done => break done?,
            }
        };
        match self.log_in_typed(name, &typed).await {
            // The answer was lost, and it is not known what became of the request.
            Err(Failure::Network | Failure::Answer) if !stored => return Err(Failure::ChangeUnknown),
            Err(Failure::Server(Code::WrongCredentials, _)) if !stored => return Err(Failure::Network),
            // Said to be done, and the new password does not open: it was not.
            Err(Failure::Server(Code::WrongCredentials, _)) => return Err(Conflict::Account.into()),
            done => done?,
        }
        Ok(Reply::RecoveryCode { parts: code_parts(&new_code) })
    }

    /// One try: proof, new keys, commit. Returns the new code, and whether the commit was confirmed.
    async fn renew_account(
        &mut self,
        typed: &Typed,
        code: &RecoveryCode,
        verified: &mut Verified,
    ) -> Result<(RecoveryCode, bool), Failure> {
        // The page may have been open for long; staff's new keys must follow the newest entry.
        self.refresh_log().await?;
        let start = RecoveryStart { suite: Suite::CURRENT.number(), look_up: typed.look_up() };
        let started: RecoveryStarted = post(&self.transport, route::RECOVERY_START, None, &start).await?;
        let (registration, request) =
            Registration::start(&typed.password, &mut *self.random).map_err(|_| Failure::Malformed)?;
        let (organisation, realm) = (typed.identity.organisation, typed.identity.realm);
        let proof = prove_recovery(code, organisation, realm, &started.nonce, &request);
        let prove = RecoveryProve { ticket: started.ticket.clone(), proof, request };
        let proved: RecoveryProved = post(&self.transport, route::RECOVERY_PROVE, None, &prove).await?;

        self.check_kind(proved.kind)?;
        let account = AccountPlace { suite: Suite::CURRENT, organisation, realm, account: proved.account };
        let wrapped =
            wrap::open_with_code(&account, &proved.wrap, code).map_err(super::log_in::wrap_conflict)?;
        if wrapped.secret.generation() != proved.generation {
            return Err(Conflict::Account.into());
        }
        self.check_floor(&wrapped).await?;
        let former = wrapped.secret;
        let state = AccountState::open(&former, &account, &proved.state)
            .map_err(|_| Failure::Conflict(Conflict::Account))?;
        let registered = registration
            .finish(&proved.response, &typed.identity, &mut *self.random)
            .map_err(|_| Failure::Answer)?;
        let before = Before {
            account,
            kind: proved.kind,
            former,
            state,
            registered,
            nonce: proved.nonce,
            conversations: proved.conversations,
        };
        let by = Former::Recovery(code, proved.generation);
        let renewed = self.renew(before, by, Door::Recovery(&started.ticket), verified).await?;
        let finish = RecoveryFinish {
            ticket: started.ticket,
            credentials: renewed.credentials,
            appends: renewed.appends,
            log: renewed.log,
        };
        let finished: Result<(), _> = post(&self.transport, route::RECOVERY_FINISH, None, &finish).await;
        match finished {
            Ok(()) => Ok((renewed.code, true)),
            Err(RequestError::Unreachable(_) | RequestError::Unreadable) => Ok((renewed.code, false)),
            Err(error) => Err(error.into()),
        }
    }
}
