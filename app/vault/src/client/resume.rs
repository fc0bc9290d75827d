//! Going on after a reload of the page: a blob that the page keeps, sealed under a key that only
//! the server's memory holds, once and briefly (P20). Blob and used handle together open nothing.

use super::{
    Client,
    log_in::Session,
    receive::LiveClock,
    request::{get, post},
    state::AccountState,
    transport::Transport,
};
use crate::{
    account::{AccountPlace, AccountSecret},
    random::draw,
    seal,
    secret::Secret,
    team::TeamKeyring,
};
use beistand_protocol::{
    api::{AccountView, ResumePark, ResumeTake, ResumeTaken, SessionKind, route},
    codec::{decode, encode},
    id::{AccountId, DeviceSessionId, OrganisationId, RealmId},
    live::Presence,
    suite::Suite,
    worker::{Conflict, Failure, News, Resume},
    wrap::Locked,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

const LABEL: &str = "beistand/1/resume";

/// What a reload needs and the server does not give again.
#[derive(Serialize, Deserialize)]
struct Parked {
    token: [u8; 32],
    organisation: OrganisationId,
    realm: RealmId,
    account: AccountId,
    kind: SessionKind,
    secret: [u8; 32],
    generation: u32,
    presence: Presence,
}

impl<T: Transport> Client<T> {
    /// Leaves a key with the server and tells the page what to keep. Failing is no harm: a reload
    /// then asks for the password.
    pub(super) async fn park(&mut self) {
        let Some(session) = &self.session else { return };
        let key = Secret::draw(&mut *self.random);
        let handle: [u8; 32] = draw(&mut *self.random);
        let revoke: [u8; 32] = draw(&mut *self.random);
        let plain = Zeroizing::new(encode(&Parked {
            token: *session.token.expose(),
            organisation: session.account.organisation,
            realm: session.account.realm,
            account: session.account.account,
            kind: session.kind,
            secret: *session.secret.secret().expose(),
            generation: session.secret.generation(),
            presence: session.presence,
        }));
        let blob = encode(&seal::lock(&key, LABEL, &handle, &plain, &mut *self.random));
        let park = ResumePark {
            handle_hash: Sha256::digest(handle).into(),
            key: *key.expose(),
            revoke_hash: Sha256::digest(revoke).into(),
        };
        let token = *session.token.expose();
        let parked: Result<(), _> = post(&self.transport, route::RESUME_PARK, Some(&token), &park).await;
        if parked.is_ok() {
            self.tell(News::Resume(Some(Resume { handle, revoke, blob })));
        }
    }

    /// Takes up a parked session. `false`: there is none (any more), log in.
    pub(super) async fn resume(&mut self, resume: Resume) -> Result<bool, Failure> {
        match self.take_up(resume).await {
            Ok(()) => Ok(true),
            Err(Failure::Conflict(conflict)) => Err(conflict.into()),
            Err(_) => {
                self.session = None;
                self.tell(News::Resume(None));
                Ok(false)
            }
        }
    }

    async fn take_up(&mut self, resume: Resume) -> Result<(), Failure> {
        let take = ResumeTake { handle: resume.handle };
        let taken: ResumeTaken = post(&self.transport, route::RESUME_TAKE, None, &take).await?;
        let locked: Locked = decode(&resume.blob).map_err(|_| Failure::Malformed)?;
        let plain = seal::unlock(&Secret::from_bytes(taken.key), LABEL, &resume.handle, &locked);
        let plain = Zeroizing::new(plain.map_err(|_| Failure::Malformed)?);
        let parked: Parked = decode(&plain).map_err(|_| Failure::Malformed)?;
        if parked.organisation != self.place()?.organisation {
            return Err(Conflict::Organisation.into());
        }
        if parked.realm != self.realm() {
            return Err(Failure::NotNow);
        }
        let view: AccountView = get(&self.transport, route::ACCOUNT, Some(&parked.token)).await?;
        if view.account != parked.account || view.generation != parked.generation {
            return Err(Failure::NotNow);
        }
        let account = AccountPlace {
            suite: Suite::CURRENT,
            organisation: parked.organisation,
            realm: parked.realm,
            account: parked.account,
        };
        let secret = AccountSecret::from_parts(Secret::from_bytes(parked.secret), parked.generation);
        let state = AccountState::open(&secret, &account, &view.state)
            .map_err(|_| Failure::Conflict(Conflict::Account))?;
        // A reload is a new device session: what the former one had under way keeps its counter.
        let device = DeviceSessionId(draw(&mut *self.random));
        self.begin_session(Session {
            token: Secret::from_bytes(parked.token),
            account,
            kind: parked.kind,
            device,
            identity: state.identity(&secret),
            former: state.former_keys(),
            secret,
            state,
            state_version: view.state_version,
            state_due_ms: None,
            countersigned: view.countersigned,
            #[cfg(feature = "staff")]
            factor: Default::default(),
            talks: BTreeMap::new(),
            keyring: TeamKeyring::empty(),
            #[cfg(feature = "staff")]
            accepted: BTreeMap::new(),
            seen: super::sighting::Seen::default(),
            presences: BTreeMap::new(),
            presence: parked.presence,
            offers: BTreeMap::new(),
            #[cfg(feature = "staff")]
            libraries: BTreeMap::new(),
            #[cfg(feature = "staff")]
            room_month: None,
            connected: false,
            informed: false,
            synced: false,
            live: LiveClock::default(),
        })
        .await
    }
}
