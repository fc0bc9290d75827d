//! Sign-up and log-in that cost this machine little and the box exactly what a browser's cost it.

use super::{LoadError, office::Office, wire::Requests};
use crate::native::SystemRandom;
use beistand_protocol::{
    api::{
        LogInFinish, LogInStart, LogInStarted, LoggedIn, LookUp, RegistrationFinish, RegistrationStart,
        RegistrationStarted, Sealed, Work, WorkChallenge, route,
    },
    error::Code,
    id::RealmId,
    login::{LoginIdentity, LoginSuite, LookupValue, session_token},
    signature::plain_digest,
    suite::Suite,
};
use beistand_vault::{
    account::{AccountPlace, AccountSecret, NewCredentials, register},
    login::{ExportKey, Login, Registered, Registration},
    lookup::lookup_value,
    name::{Name, Password},
    random::{Random as _, draw},
    recovery::RecoveryCode,
};
use opaque_ke::{
    ClientLogin, ClientLoginFinishParameters, ClientRegistration, ClientRegistrationFinishParameters,
    CredentialResponse, RegistrationResponse,
    rand::{self, CryptoRng, RngCore},
};

/// The box's cipher suite without the stretching, of which the box sees nothing.
struct Unstretched;

impl opaque_ke::CipherSuite for Unstretched {
    type OprfCs = <LoginSuite as opaque_ke::CipherSuite>::OprfCs;
    type KeyExchange = <LoginSuite as opaque_ke::CipherSuite>::KeyExchange;
    type Ksf = opaque_ke::ksf::Identity;
}

/// What `opaque-ke` draws from.
struct ForOpaque;

impl RngCore for ForOpaque {
    fn next_u32(&mut self) -> u32 {
        u32::from_le_bytes(draw(&mut SystemRandom))
    }
    fn next_u64(&mut self) -> u64 {
        u64::from_le_bytes(draw(&mut SystemRandom))
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        SystemRandom.fill(bytes);
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for ForOpaque {}

/// A bearer token.
pub type Token = [u8; 32];

/// A seeker with an account.
#[derive(Clone)]
pub struct Seeker {
    /// Where its keys grow from.
    pub secret: AccountSecret,
    look_up: LookUp,
}

const PASSWORD: &[u8] = b"the load generator's password";

fn opaque<E>(_: E) -> LoadError {
    LoadError::Unexpected("the log-in does not fit")
}

impl Office {
    fn identity(&self, look_up: &LookUp) -> LoginIdentity {
        LoginIdentity {
            suite: Suite::CURRENT,
            organisation: self.log.organisation(),
            realm: look_up.realm,
            lookup: LookupValue(look_up.value),
        }
    }

    /// A name that nobody has.
    #[must_use]
    pub fn unknown_name(&self) -> LookUp {
        LookUp { realm: RealmId::from(self.site), value: draw(&mut SystemRandom) }
    }

    /// The first step of a sign-up, with its proof of work.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn start_sign_up(
        &self,
        requests: &mut Requests,
        look_up: LookUp,
        request: Vec<u8>,
    ) -> Result<RegistrationStarted, LoadError> {
        let work = solve(requests.post(route::WORK, None, &()).await?);
        let start = RegistrationStart { suite: Suite::CURRENT.number(), look_up, request, work };
        requests.post(route::REGISTRATION_START, None, &start).await
    }

    /// Signs a seeker up.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn sign_up(&self, requests: &mut Requests) -> Result<Seeker, LoadError> {
        let look_up = self.unknown_name();
        let identity = self.identity(&look_up);
        let begun = ClientRegistration::<Unstretched>::start(&mut ForOpaque, PASSWORD).map_err(opaque)?;
        let request = begun.message.serialize().to_vec();
        let started = self.start_sign_up(requests, look_up, request).await?;
        let response = RegistrationResponse::deserialize(&started.response).map_err(opaque)?;
        let parameters = ClientRegistrationFinishParameters::new(identity.identifiers(), None);
        let finished = begun.state.finish(&mut ForOpaque, PASSWORD, response, parameters).map_err(opaque)?;
        let registered =
            Registered { record: finished.message.serialize().to_vec(), export_key: self.export_key.clone() };
        let seeker = Seeker { secret: AccountSecret::draw(&mut SystemRandom), look_up };
        let new = NewCredentials {
            place: AccountPlace {
                suite: Suite::CURRENT,
                organisation: identity.organisation,
                realm: look_up.realm,
                account: started.account,
            },
            secret: &seeker.secret,
            registered: &registered,
            recovery: Some(&RecoveryCode::draw(&mut SystemRandom)),
            root: self.log.state().root_fingerprint(),
            floor: self.log.head(),
            nonce: started.nonce,
        };
        let credentials = register(&new, Sealed(vec![7; 512]), &mut SystemRandom);
        let finish = RegistrationFinish { ticket: started.ticket, credentials };
        let () = requests.post(route::REGISTRATION_FINISH, None, &finish).await?;
        Ok(seeker)
    }

    /// Logs a seeker in.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn log_in(&self, requests: &mut Requests, seeker: &Seeker) -> Result<Token, LoadError> {
        let identity = self.identity(&seeker.look_up);
        let begun = ClientLogin::<Unstretched>::start(&mut ForOpaque, PASSWORD).map_err(opaque)?;
        let start = LogInStart {
            suite: Suite::CURRENT.number(),
            look_up: seeker.look_up,
            request: begun.message.serialize().to_vec(),
        };
        let started: LogInStarted = requests.post(route::LOG_IN_START, None, &start).await?;
        let response = CredentialResponse::deserialize(&started.response).map_err(opaque)?;
        let context = identity.context();
        let parameters = ClientLoginFinishParameters::new(Some(&context), identity.identifiers(), None);
        let finished = begun.state.finish(&mut ForOpaque, PASSWORD, response, parameters).map_err(opaque)?;
        let finalization = finished.message.serialize().to_vec();
        let finish = LogInFinish { ticket: started.ticket, finalization, code: None };
        let _: LoggedIn = requests.post(route::LOG_IN_FINISH, None, &finish).await?;
        Ok(session_token(&finished.session_key))
    }

    /// The first step of a log-in with any name; what a flood consists of.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn try_name(&self, requests: &mut Requests, look_up: LookUp) -> Result<(), LoadError> {
        let begun = ClientLogin::<Unstretched>::start(&mut ForOpaque, PASSWORD).map_err(opaque)?;
        let request = begun.message.serialize().to_vec();
        let start = LogInStart { suite: Suite::CURRENT.number(), look_up, request };
        requests.post(route::LOG_IN_START, None, &start).await.map(|_: LogInStarted| ())
    }

    /// Logs a staff person in, stretched as a browser does.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn log_in_staff(
        &self,
        requests: &mut Requests,
        log_in: &crate::cast::LogIn,
    ) -> Result<Token, LoadError> {
        let name = Name::new(&log_in.name).map_err(opaque)?;
        let password = Password::new(&log_in.password).map_err(opaque)?;
        let organisation = self.log.organisation();
        let value = lookup_value(Suite::CURRENT, organisation, RealmId::STAFF, &name).0;
        let look_up = LookUp { realm: RealmId::STAFF, value };
        let (login, request) = Login::start(&password, &mut SystemRandom).map_err(opaque)?;
        let start = LogInStart { suite: Suite::CURRENT.number(), look_up, request };
        let started: LogInStarted = requests.post(route::LOG_IN_START, None, &start).await?;
        let finished = login
            .finish(&started.response, &self.identity(&look_up), &mut SystemRandom)
            .map_err(|_| LoadError::Refused(Code::WrongCredentials))?;
        let finish = LogInFinish { ticket: started.ticket, finalization: finished.finalization, code: None };
        let _: LoggedIn = requests.post(route::LOG_IN_FINISH, None, &finish).await?;
        Ok(*finished.token.expose())
    }

    /// Makes one export key as a browser does. The wraps that it seals are never opened here, so
    /// one is enough for all accounts.
    ///
    /// # Errors
    /// [`LoadError`].
    pub(super) async fn draw_export_key(
        requests: &mut Requests,
        log: &beistand_protocol::membership::Log,
        realm: RealmId,
    ) -> Result<ExportKey, LoadError> {
        let password = Password::new("the load generator's password").map_err(opaque)?;
        let (registration, request) = Registration::start(&password, &mut SystemRandom).map_err(opaque)?;
        let look_up = LookUp { realm, value: draw(&mut SystemRandom) };
        let work = solve(requests.post(route::WORK, None, &()).await?);
        let start = RegistrationStart { suite: Suite::CURRENT.number(), look_up, request, work };
        let started: RegistrationStarted = requests.post(route::REGISTRATION_START, None, &start).await?;
        let identity = LoginIdentity {
            suite: Suite::CURRENT,
            organisation: log.organisation(),
            realm,
            lookup: LookupValue(look_up.value),
        };
        let registered =
            registration.finish(&started.response, &identity, &mut SystemRandom).map_err(opaque)?;
        Ok(registered.export_key)
    }
}

/// Solves a sign-up's puzzle.
#[must_use]
pub fn solve(challenge: WorkChallenge) -> Work {
    let mut bytes = [b"beistand work v1", &challenge.challenge[..], &[0; 8]].concat();
    let place = bytes.len() - 8;
    let solution = (0u64..)
        .find(|solution| {
            bytes[place..].copy_from_slice(&solution.to_le_bytes());
            let digest = plain_digest(&bytes).0;
            u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]).leading_zeros()
                >= u32::from(challenge.bits)
        })
        .unwrap_or(u64::MAX);
    Work { challenge: challenge.challenge, solution }
}
