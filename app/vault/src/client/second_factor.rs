//! The second factor of a staff log-in: its secret is drawn here, and a change of it is signed.

use super::{Client, request::post, transport::Transport};
use crate::random::draw;
use beistand_protocol::{
    api::route,
    label,
    second_factor::{AppCode, SecondFactorPut, SecondFactorStarted, SharedSecret, second_factor_bytes},
    worker::{Failure, Reply},
};

/// A number as typed.
fn read(code: &str) -> Result<AppCode, Failure> {
    code.parse().map_err(|_| Failure::AppCodeInvalid)
}

impl<T: Transport> Client<T> {
    /// Log-in with a name, a passphrase and a number.
    pub(super) async fn log_in_with_code(
        &mut self,
        name: &str,
        password: &str,
        code: &str,
    ) -> Result<Reply, Failure> {
        if self.session.is_some() {
            return Err(Failure::NotNow);
        }
        let code = Some(read(code)?);
        let typed = super::log_in::Typed { code, ..self.typed(name, password)? };
        self.log_in_typed(name, &typed).await?;
        Ok(Reply::Done)
    }

    /// A secret that an app may get.
    pub(super) fn draw_shared_secret(&mut self) -> Result<Reply, Failure> {
        self.session()?.person()?;
        Ok(Reply::SharedSecret(SharedSecret(draw(&mut *self.random))))
    }

    /// Log-ins ask for numbers of this secret from now on, or for none any more.
    pub(super) async fn put_second_factor(
        &mut self,
        secret: Option<SharedSecret>,
        code: &str,
    ) -> Result<Reply, Failure> {
        let code = read(code)?;
        let organisation = self.place()?.organisation;
        self.session()?.person()?;
        let token = self.token()?;
        let started: SecondFactorStarted =
            post(&self.transport, route::SECOND_FACTOR_START, Some(&token), &()).await?;
        let session = self.session()?;
        let bytes = second_factor_bytes(organisation, session.account.account, &started.nonce, secret);
        let signature = session.secret.account_key().sign(label::SECOND_FACTOR, &bytes);
        let put = SecondFactorPut { ticket: started.ticket, secret, code, signature };
        let () = post(&self.transport, route::SECOND_FACTOR, Some(&token), &put).await?;
        Ok(Reply::Done)
    }
}
