//! The second factor of a staff log-in: its secret is drawn here, and a change of it is signed.

use super::{
    Client,
    entry::staff,
    request::{get, post},
    transport::Transport,
};
use crate::random::draw;
use beistand_protocol::{
    api::route,
    label,
    second_factor::{
        AppCode, SecondFactorPut, SecondFactorStarted, SecondFactorView, SharedSecret, second_factor_bytes,
    },
    worker::{FactorDemand, Failure, Reply},
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
        if self.lacks_factor() {
            // What was demanded is there: now the session begins.
            self.check_factor().await?;
            self.tell_session();
            self.transport.open_live();
            self.put_sighting().await;
        }
        Ok(Reply::Done)
    }

    /// Learns whether the log demands a second factor of this person, and whether there is one.
    pub(super) async fn check_factor(&mut self) -> Result<(), Failure> {
        let person = staff(self.session()?.kind);
        let state = self.place()?.log.state();
        let demanded =
            state.second_factor_demanded() && person.is_some_and(|person| state.person(person).is_some());
        let factor = match (demanded, self.session()?.factor) {
            (false, _) => FactorDemand::None,
            (true, FactorDemand::Met) => FactorDemand::Met,
            (true, _) => {
                let token = self.token()?;
                let view: SecondFactorView = get(&self.transport, route::SECOND_FACTOR, Some(&token)).await?;
                if view.since_s.is_some() { FactorDemand::Met } else { FactorDemand::Open }
            }
        };
        self.session_mut()?.factor = factor;
        Ok(())
    }

    /// Whether it is demanded and missing: then the box answers nothing but its setting up.
    pub(super) fn lacks_factor(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.factor == FactorDemand::Open)
    }
}
