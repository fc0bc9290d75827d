//! Log-in and what a session is.

use super::{Client, STAFF, conversation::Talk, request::post, start::Place, transport::Transport};
use crate::{
    account::{AccountPlace, AccountSecret, PartyKeys},
    client::state::AccountState,
    login::{Login, LoginError, LoginFinished},
    lookup::lookup_value,
    name::{Name, Password},
    random::draw,
    secret::Secret,
    team::TeamKeyring,
    wrap::{self, WrapError, Wrapped},
};
use beistand_protocol::{
    api::{LogInFinish, LogInStart, LogInStarted, LoggedIn, LookUp, SessionKind, route},
    error::Code,
    id::{ConversationId, DeviceSessionId, PersonId, RealmId},
    live::Presence,
    login::LoginIdentity,
    second_factor::AppCode,
    suite::Suite,
    worker::{Conflict, EndReason, Failure, News, Reply, SessionView},
};
use std::collections::BTreeMap;

/// Somebody is logged in.
pub(super) struct Session {
    pub token: Secret,
    pub account: AccountPlace,
    pub kind: SessionKind,
    pub device: DeviceSessionId,
    pub secret: AccountSecret,
    /// What the keys of conversations and log grow from; the account secret, but for staff after a
    /// recovery.
    pub identity: AccountSecret,
    /// Staff: keys of before a change, to read what was sealed to them.
    pub former: Vec<PartyKeys>,
    pub state: AccountState,
    pub state_version: u64,
    /// When the state is to be written, milliseconds since 1970.
    pub state_due_ms: Option<u64>,
    /// Staff: whether an administrator has countersigned.
    #[cfg_attr(not(feature = "staff"), expect(dead_code, reason = "the staff's part asks for it"))]
    pub countersigned: bool,
    /// Staff: whether a second factor is demanded, and there.
    #[cfg(feature = "staff")]
    pub factor: beistand_protocol::worker::FactorDemand,
    pub talks: BTreeMap<ConversationId, Talk>,
    /// Staff: secrets of the teams' generations.
    pub keyring: TeamKeyring,
    /// Administrators: names in acceptances that wait for the countersignature.
    #[cfg(feature = "staff")]
    pub accepted: BTreeMap<beistand_protocol::id::InvitationId, String>,
    /// Who confirmed the log's head, and when.
    pub seen: super::sighting::Seen,
    /// Staff: colleagues who are connected.
    pub presences: BTreeMap<PersonId, Presence>,
    pub presence: Presence,
    /// Staff: whose turn it is to take a waiting talk.
    pub offers: BTreeMap<ConversationId, PersonId>,
    /// Staff: text blocks that were read.
    #[cfg(feature = "staff")]
    pub libraries: super::blocks::Libraries,
    /// Staff: the month whose rooms the pages were told of.
    #[cfg(feature = "staff")]
    pub room_month: Option<beistand_protocol::month::Month>,
    /// The live channel is open and greeted.
    pub connected: bool,
    /// What this connection needs besides its conversations was read.
    pub informed: bool,
    /// Everything missed before this connection was fetched.
    pub synced: bool,
    pub live: super::receive::LiveClock,
}

/// What a name, a password and a place make.
pub(super) struct Typed {
    pub password: Password,
    pub identity: LoginIdentity,
    /// Staff: a number of their app.
    pub code: Option<AppCode>,
}

impl Typed {
    /// The look-up as sent.
    pub fn look_up(&self) -> LookUp {
        LookUp { realm: self.identity.realm, value: self.identity.lookup.0 }
    }
}

impl<T: Transport> Client<T> {
    /// The verified organisation.
    pub(super) fn place(&self) -> Result<&Place, Failure> {
        self.place.as_ref().ok_or(Failure::NotNow)
    }

    /// The session.
    pub(super) fn session(&self) -> Result<&Session, Failure> {
        self.session.as_ref().ok_or(Failure::NotNow)
    }

    /// The session, to be changed.
    pub(super) fn session_mut(&mut self) -> Result<&mut Session, Failure> {
        self.session.as_mut().ok_or(Failure::NotNow)
    }

    /// The session's token.
    pub(super) fn token(&self) -> Result<[u8; 32], Failure> {
        Ok(*self.session()?.token.expose())
    }

    /// Where this page's people log in.
    pub(super) fn realm(&self) -> RealmId {
        self.site.map_or(RealmId::STAFF, RealmId::from)
    }

    /// Normalises name and password. Stretches the name: some 40 ms.
    pub(super) fn typed(&self, name: &str, password: &str) -> Result<Typed, Failure> {
        let organisation = self.place()?.organisation;
        let name = Name::new(name).map_err(|_| Failure::NameInvalid)?;
        let password = Password::new(password).map_err(|_| Failure::PasswordInvalid)?;
        let realm = self.realm();
        let lookup = lookup_value(Suite::CURRENT, organisation, realm, &name);
        let identity = LoginIdentity { suite: Suite::CURRENT, organisation, realm, lookup };
        Ok(Typed { password, identity, code: None })
    }

    /// Log-in with a name and a password.
    pub(super) async fn log_in(&mut self, name: &str, password: &str) -> Result<Reply, Failure> {
        if self.session.is_some() {
            return Err(Failure::NotNow);
        }
        let typed = self.typed(name, password)?;
        self.log_in_typed(name, &typed).await?;
        Ok(Reply::Done)
    }

    /// The exchange by which the password is proved. It is known to fit before the last request goes out: what is refused
    /// then is a ticket that has waited too long or is used up, as when a request was brought twice. So once more, with
    /// a new one.
    async fn exchange(&mut self, typed: &Typed) -> Result<(LoginFinished, LoggedIn), Failure> {
        let mut first = true;
        loop {
            let (login, request) =
                Login::start(&typed.password, &mut *self.random).map_err(|_| Failure::Malformed)?;
            let start = LogInStart { suite: Suite::CURRENT.number(), look_up: typed.look_up(), request };
            let started: LogInStarted = post(&self.transport, route::LOG_IN_START, None, &start).await?;
            let wrong = Failure::Server(Code::WrongCredentials, None);
            let mut finished =
                login.finish(&started.response, &typed.identity, &mut *self.random).map_err(|error| {
                    match error {
                        LoginError::Refused => wrong,
                        LoginError::Malformed | LoginError::Internal => Failure::Answer,
                    }
                })?;
            let finish = LogInFinish {
                ticket: started.ticket,
                finalization: core::mem::take(&mut finished.finalization),
                code: typed.code,
            };
            let answer = post(&self.transport, route::LOG_IN_FINISH, None, &finish).await;
            match answer.map_err(Failure::from) {
                Err(Failure::Server(Code::WrongCredentials, _)) if first => first = false,
                answer => return Ok((finished, answer?)),
            }
        }
    }

    /// The log-in proper; also the end of a sign-up.
    pub(super) async fn log_in_typed(&mut self, name: &str, typed: &Typed) -> Result<(), Failure> {
        let (finished, logged_in) = self.exchange(typed).await?;
        self.check_kind(logged_in.kind)?;
        let account = AccountPlace {
            suite: Suite::CURRENT,
            organisation: typed.identity.organisation,
            realm: typed.identity.realm,
            account: logged_in.account,
        };
        let wrapped = wrap::open_with_export_key(&account, &logged_in.wrap, &finished.export_key)
            .map_err(wrap_conflict)?;
        if wrapped.secret.generation() != logged_in.generation {
            return Err(Conflict::Account.into());
        }
        self.check_floor(&wrapped).await?;
        let state = AccountState::open(&wrapped.secret, &account, &logged_in.state)
            .map_err(|_| Failure::Conflict(Conflict::Account))?;
        let token = Secret::from_bytes(*finished.token.expose());
        // Drawn here, not taken from the server: two devices must never share counters.
        let device = DeviceSessionId(draw(&mut *self.random));
        let mut session = Session {
            token,
            account,
            kind: logged_in.kind,
            device,
            identity: state.identity(&wrapped.secret),
            former: state.former_keys(),
            secret: wrapped.secret,
            state,
            state_version: logged_in.state_version,
            state_due_ms: None,
            countersigned: logged_in.countersigned,
            #[cfg(feature = "staff")]
            factor: Default::default(),
            talks: BTreeMap::new(),
            keyring: TeamKeyring::empty(),
            #[cfg(feature = "staff")]
            accepted: BTreeMap::new(),
            seen: super::sighting::Seen::default(),
            presences: BTreeMap::new(),
            // Logging in at the workplace is coming on duty; who was not countersigned yet has no duty,
            // and once countersigned says so.
            presence: if logged_in.countersigned { Presence::Available } else { Presence::Away },
            offers: BTreeMap::new(),
            #[cfg(feature = "staff")]
            libraries: BTreeMap::new(),
            #[cfg(feature = "staff")]
            room_month: None,
            connected: false,
            informed: false,
            synced: false,
            live: super::receive::LiveClock::default(),
        };
        if session.state.name.is_empty() {
            name.trim().clone_into(&mut session.state.name);
            session.state_due_ms = Some(0);
        }
        self.begin_session(session).await
    }

    /// Opens the session that log-in or resuming made.
    pub(super) async fn begin_session(&mut self, session: Session) -> Result<(), Failure> {
        let floor = session.state.floor;
        self.session = Some(session);
        let begun = async {
            if let Some(floor) = floor {
                self.check_head(floor).await?;
            }
            self.check_own_entry().await?;
            self.check_factor().await
        }
        .await;
        if let Err(failure) = begun {
            self.session = None;
            return Err(failure);
        }
        self.note_floor();
        self.tell_session();
        self.tell_draft();
        if !self.lacks_factor() {
            self.transport.open_live();
        }
        self.park().await;
        self.put_sighting().await;
        Ok(())
    }

    /// A wrap says which log and root it was made under; another or a shorter one is a lie (P13, P14).
    pub(super) async fn check_floor(&mut self, wrapped: &Wrapped) -> Result<(), Failure> {
        self.check_head(wrapped.floor).await?;
        let state = self.place()?.log.at(&wrapped.floor).ok_or(Conflict::Log)?;
        match state.root_fingerprint() == wrapped.root {
            true => Ok(()),
            false => Err(Conflict::Log.into()),
        }
    }

    /// A head that this account has seen must be in the log.
    async fn check_head(&mut self, head: beistand_protocol::api::LogHead) -> Result<(), Failure> {
        if head.length == 0 {
            return Ok(());
        }
        self.follow_log(head).await
    }

    /// Seekers log in at their site, staff at none: the server can't make one of the other, or send
    /// somebody to another site.
    pub(super) fn check_kind(&self, kind: SessionKind) -> Result<(), Failure> {
        let here = match (kind, self.site) {
            (SessionKind::Seeker(site), Some(here)) => site == here,
            (SessionKind::Staff(_), None) => STAFF,
            _ => false,
        };
        if here { Ok(()) } else { Err(Conflict::Account.into()) }
    }

    /// Who is logged in, for the page.
    pub(super) fn session_view(&self) -> SessionView {
        let Some(session) = &self.session else { return SessionView::Nobody };
        match session.kind {
            SessionKind::Seeker(_) => SessionView::Seeker { name: session.state.name.clone() },
            SessionKind::Staff(person) => {
                let state = self.place.as_ref().map(|place| place.log.state());
                let entry = state.and_then(|state| state.person(person));
                SessionView::Staff {
                    person,
                    display_name: entry
                        .map_or_else(|| session.state.name.clone(), |entry| entry.name().to_owned()),
                    administrator: state.is_some_and(|state| state.is_administrator(person)),
                    pending: entry.is_none(),
                    #[cfg(feature = "staff")]
                    factor: session.factor,
                }
            }
        }
    }

    /// Tells who is logged in, if that is news.
    pub(super) fn tell_session(&mut self) {
        let view = self.session_view();
        if self.told_session.as_ref() != Some(&view) {
            self.told_session = Some(view.clone());
            self.tell(News::Session(view));
        }
    }

    /// Ends the session here; the server may or may not know already.
    pub(super) fn end_session(&mut self, reason: EndReason) {
        if self.session.take().is_some() {
            self.hang_up();
            self.tell(News::Resume(None));
            self.tell(News::SessionEnded(reason));
            self.tell_session();
        }
    }

    /// Log-out on this device.
    pub(super) async fn log_out(&mut self) -> Result<Reply, Failure> {
        if let Some(session) = &self.session {
            let token = *session.token.expose();
            // What is not saved yet must not be lost; but nothing may keep anybody from leaving.
            if session.state_due_ms.is_some() {
                let _ = self.save_state().await;
            }
            let _: Result<(), _> = post(&self.transport, route::LOG_OUT, Some(&token), &()).await;
            self.end_session(EndReason::LoggedOut);
        }
        Ok(Reply::Done)
    }
}

/// What a wrap that does not open means after a log-in that succeeded.
pub(super) fn wrap_conflict(error: WrapError) -> Failure {
    Failure::Conflict(match error {
        WrapError::OtherOrganisation => Conflict::Organisation,
        _ => Conflict::Account,
    })
}
