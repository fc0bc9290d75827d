//! The next generation of an account's keys (P16): while logged in with a new password, and what
//! the recovery shares with it. One commit, safe to kill at any step.
//!
//! Everybody gets a new account secret. A seeker's conversations each get an epoch that names the new keys,
//! signed by the former ones. Staff change their entry in the membership log, signed by the former key,
//! and make a generation for each of their teams; the former secret goes on in the sealed state, under the
//! new one, to read what was sealed to it. Staff who wait for the countersignature keep the keys that
//! they have accepted with.

use super::{
    Client,
    conversation::{party, view},
    entry::{Draft, staff},
    log_in::Typed,
    receive::page_fits,
    request::{RequestError, get, path, post},
    sign_up::code_parts,
    state::AccountState,
    transport::Transport,
};
use crate::{
    account::{AccountPlace, AccountSecret, Former, NewCredentials, rotate, sign_deletion},
    conversation::{ApplyError, Conversation, EpochChange, Sending},
    epoch::Party,
    login::{Login, LoginError, Registered, Registration},
    membership::rekey,
    random::draw,
    recovery::RecoveryCode,
    team::{TeamKeyring, make_generation},
};
use beistand_protocol::{
    api::{
        Append, ConversationSummary, Credentials, DeletionFinish, DeletionStarted, Envelope, EnvelopePage,
        LogAppend, LogInStart, LogInStarted, RecoveryFetch, RotationFinish, RotationStart, RotationStarted,
        Sealed, SessionKind, TeamGenerationUpload, route,
    },
    codec::encode,
    epoch::Basis,
    error::Code,
    id::{ConversationId, DeviceSessionId, PersonId, TeamId},
    suite::Suite,
    worker::{Conflict, EndReason, Failure, Reply},
};
use std::collections::{BTreeMap, BTreeSet};

/// Tries while others keep writing.
const TRIES: usize = 5;

/// An account as it stands, opened, and the finished registration of its new password.
pub(super) struct Before {
    pub account: AccountPlace,
    pub kind: SessionKind,
    pub former: AccountSecret,
    pub state: AccountState,
    pub registered: Registered,
    pub nonce: [u8; 32],
    pub conversations: Vec<ConversationSummary>,
}

/// Conversations as verified under the former keys. Kept from one try to the next: while a long one is
/// fetched somebody may write, and then only that is missing.
pub(super) type Verified = BTreeMap<ConversationId, Conversation>;

/// What opens the door to the account's envelopes, and to the teams' generations that judge them.
#[derive(Clone, Copy)]
pub(super) enum Door<'a> {
    /// The session's token.
    Session(&'a [u8; 32]),
    /// A recovery's ticket, once the code is proved.
    Recovery(&'a [u8]),
}

/// Everything of the next generation, to be sent at once.
pub(super) struct Renewed {
    pub credentials: Credentials,
    pub appends: Vec<Append>,
    pub log: Option<LogAppend>,
    pub code: RecoveryCode,
}

impl<T: Transport> Client<T> {
    /// New password and keys; ends logged in here alone.
    pub(super) async fn change_password(&mut self, current: &str, password: &str) -> Result<Reply, Failure> {
        let name = self.session()?.state.name.clone();
        let typed = self.typed(&name, password)?;
        self.check_strength(password, &name, self.site.is_none()).await?;
        let known = self.check_password(&name, current).await?;
        if known.password.expose() == typed.password.expose() {
            return Err(Failure::PasswordUnchanged);
        }
        if self.session()?.state_due_ms.is_some() {
            self.save_state().await?;
        }
        let mut tries = 1;
        // A seeker's talks were verified under these very keys already.
        let session = self.session()?;
        let mut verified: Verified = match session.kind {
            SessionKind::Seeker(_) => session
                .talks
                .iter()
                .filter(|(_, talk)| !talk.unopened && talk.core.length() > 0)
                .map(|(id, talk)| (*id, talk.core.clone()))
                .collect(),
            SessionKind::Staff(_) => Verified::new(),
        };
        let (code, stored) = loop {
            match self.renew_session(&typed, &mut verified).await {
                // Somebody wrote, or the log grew: all of it again, from what is there now.
                Err(Failure::Server(Code::StaleEpoch | Code::Conflict, _)) if tries < TRIES => tries += 1,
                done => break done?,
            }
        };
        match self.replace_session(&name, &typed).await {
            Ok(()) => {}
            // The answer was lost, and it is not known what became of the request.
            Err(Failure::Network | Failure::Answer) if !stored => return Err(Failure::ChangeUnknown),
            Err(Failure::Server(Code::WrongCredentials, _)) if !stored => return Err(Failure::Network),
            // Said to be done, and the new password does not open: it was not.
            Err(Failure::Server(Code::WrongCredentials, _)) => return Err(Conflict::Account.into()),
            Err(conflict @ Failure::Conflict(_)) => return Err(conflict),
            // It is done; whoever can't come in again now logs in later, with this code in hand.
            Err(_) => {}
        }
        Ok(Reply::RecoveryCode { parts: code_parts(&code) })
    }

    /// Seeker: destroys the account and all its conversations.
    pub(super) async fn delete_account(&mut self, password: &str) -> Result<Reply, Failure> {
        let session = self.session()?;
        let SessionKind::Seeker(_) = session.kind else { return Err(Failure::NotNow) };
        let name = session.state.name.clone();
        self.check_password(&name, password).await?;
        let token = self.token()?;
        let started: DeletionStarted =
            post(&self.transport, route::DELETION_START, Some(&token), &()).await?;
        let session = self.session()?;
        let change = sign_deletion(&session.account, &session.secret, started.nonce);
        let finish = DeletionFinish { ticket: started.ticket, change };
        let () = post(&self.transport, route::DELETION_FINISH, Some(&token), &finish).await?;
        self.end_session(EndReason::Deleted);
        Ok(Reply::Done)
    }

    /// Whether this is the password in force: the server's half of a log-in opens with no other. An open
    /// session alone must not be enough to change keys or to delete.
    async fn check_password(&mut self, name: &str, password: &str) -> Result<Typed, Failure> {
        let typed = self.typed(name, password)?;
        let (login, request) =
            Login::start(&typed.password, &mut *self.random).map_err(|_| Failure::Malformed)?;
        let start = LogInStart { suite: Suite::CURRENT.number(), look_up: typed.look_up(), request };
        let started: LogInStarted = post(&self.transport, route::LOG_IN_START, None, &start).await?;
        match login.finish(&started.response, &typed.identity, &mut *self.random) {
            Ok(_) => Ok(typed),
            Err(LoginError::Refused) => Err(Failure::Server(Code::WrongCredentials, None)),
            Err(LoginError::Malformed | LoginError::Internal) => Err(Failure::Answer),
        }
    }

    /// One try while logged in. Returns the new code, and whether the commit was confirmed.
    async fn renew_session(
        &mut self,
        typed: &Typed,
        verified: &mut Verified,
    ) -> Result<(RecoveryCode, bool), Failure> {
        self.refresh_log().await?;
        let token = self.token()?;
        let (registration, request) =
            Registration::start(&typed.password, &mut *self.random).map_err(|_| Failure::Malformed)?;
        let start = RotationStart { suite: Suite::CURRENT.number(), look_up: typed.look_up(), request };
        let started: RotationStarted =
            post(&self.transport, route::ROTATION_START, Some(&token), &start).await?;
        let registered = registration
            .finish(&started.response, &typed.identity, &mut *self.random)
            .map_err(|_| Failure::Answer)?;
        let session = self.session()?;
        let former = session.secret.clone();
        if started.generation != former.generation() {
            return Err(Failure::Server(Code::PasswordChanged, None));
        }
        let mut state = AccountState::open(&former, &session.account, &started.state)
            .map_err(|_| Failure::Conflict(Conflict::Account))?;
        state.merge(session.state.clone());
        let before = Before {
            account: session.account,
            kind: session.kind,
            former: former.clone(),
            state,
            registered,
            nonce: started.nonce,
            conversations: started.conversations,
        };
        let by = Former::Account(&former);
        let renewed = self.renew(before, by, Door::Session(&token), verified).await?;
        let finish = RotationFinish {
            ticket: started.ticket,
            credentials: renewed.credentials,
            appends: renewed.appends,
            log: renewed.log,
        };
        let finished: Result<(), _> =
            post(&self.transport, route::ROTATION_FINISH, Some(&token), &finish).await;
        match finished {
            Ok(()) => Ok((renewed.code, true)),
            Err(RequestError::Unreachable(_) | RequestError::Unreadable) => Ok((renewed.code, false)),
            Err(error) => Err(error.into()),
        }
    }

    /// Logs in with what is new. What waits to be sent goes along; when it fails, all stays as it was.
    async fn replace_session(&mut self, name: &str, typed: &Typed) -> Result<(), Failure> {
        let former = self.session.take();
        self.hang_up();
        if let Err(failure) = self.log_in_typed(name, typed).await {
            self.session = former;
            if self.session.is_some() {
                self.on_disconnected();
                self.transport.open_live();
            }
            return Err(failure);
        }
        let (Some(former), Some(session)) = (former, &mut self.session) else { return Ok(()) };
        session.presence = former.presence;
        for (id, mut talk) in former.talks {
            let unopened = talk.unopened;
            let party = party(session.kind, &session.identity, &session.former, id);
            talk.reset(Conversation::new(id, party, session.device));
            talk.unopened = unopened;
            session.talks.insert(id, talk);
        }
        Ok(())
    }

    /// Makes everything of the next generation.
    pub(super) async fn renew(
        &mut self,
        before: Before,
        by: Former<'_>,
        door: Door<'_>,
        verified: &mut Verified,
    ) -> Result<Renewed, Failure> {
        let Before { account, kind, former, mut state, registered, nonce, conversations } = before;
        let code = RecoveryCode::draw(&mut *self.random);
        let next = former.draw_next(&mut *self.random);
        let mut teams: BTreeSet<TeamId> = conversations.iter().map(|summary| summary.team).collect();
        if let Some(person) = staff(kind) {
            let own = self.place()?.log.state().teams_of(person);
            teams.extend(own.map(|team| team.id()));
        }
        for team in teams {
            self.follow_generations(team, door).await?;
        }
        // One that is left out here would never open again: its keys would be those of before.
        let listed: Vec<_> = conversations.iter().map(|summary| summary.id).collect();
        if self.is_withheld(&state, kind, |id| listed.contains(id)) {
            return Err(Conflict::Conversation.into());
        }
        let mut appends = Vec::new();
        for summary in &conversations {
            self.verify_whole(summary, &former, door, verified).await?;
        }
        for id in listed {
            let core = verified.get(&id).ok_or(Failure::NotNow)?;
            appends.push(self.reseal(core, &next, &state)?);
        }
        let mut log = None;
        if let Some(person) = staff(kind) {
            if self.place()?.log.state().person(person).is_some() {
                log = Some(self.rekey_in_log(person, &state.identity(&former), &next, &state)?);
                state.retire_identity(&former);
            } else {
                state.keep_identity(&former);
            }
        }
        let place = self.place()?;
        state.floor = state.floor.max(Some(place.log.head()));
        let new = NewCredentials {
            place: account,
            secret: &next,
            registered: &registered,
            recovery: Some(&code),
            root: place.log.state().root_fingerprint(),
            floor: place.log.head(),
            nonce,
        };
        let sealed = state.seal(&next, &account, &mut *self.random);
        let encoded: Vec<Vec<u8>> = appends.iter().map(encode).collect();
        let credentials = rotate(&new, by, sealed, &encoded, &mut *self.random);
        Ok(Renewed { credentials, appends, log, code })
    }

    /// The own new keys for the log, and what follows for the own teams.
    fn rekey_in_log(
        &mut self,
        person: PersonId,
        former: &AccountSecret,
        next: &AccountSecret,
        state: &AccountState,
    ) -> Result<LogAppend, Failure> {
        let now_ms = self.transport.now_ms();
        let (old, new) = (former.person_keys(), next.person_keys());
        let place = self.place.as_ref().ok_or(Failure::NotNow)?;
        let known = place.log.state();
        let entry = known.person(person).ok_or(Failure::NotNow)?;
        if entry.keys().signing != old.signing.verify_key() || entry.keys().kem != *old.kem.public() {
            return Err(Conflict::OwnKeys.into());
        }
        let body = rekey(place.organisation, person, entry.name(), &new);
        let teams: Vec<TeamId> = known.teams_of(person).map(|team| team.id()).collect();
        let mut draft = Draft::new(&place.log, now_ms);
        draft.push(body, &[&old.signing])?;
        let earlier = state.former_keys();
        let mut generations = Vec::new();
        for team in teams {
            let mut ring = TeamKeyring::empty();
            ring.open_team(&place.generations, team, person, &old, &earlier);
            let newest = place.generations.newest(team);
            let number = newest.map_or(1, |newest| newest.header.number + 1);
            let opened = newest.map(|newest| (&**newest, ring.get(team, newest.header.number)));
            let (signed, _) =
                make_generation(draft.log.state(), team, person, &new, opened, now_ms, &mut *self.random)
                    .map_err(|_| Failure::Conflict(Conflict::Log))?;
            generations.push(TeamGenerationUpload { team, number, statement: Sealed(encode(&signed)) });
        }
        Ok(LogAppend { expected: draft.expected, entries: draft.entries, generations, countersigned: None })
    }

    /// The epoch that hands a conversation to the next generation of keys.
    fn reseal(
        &mut self,
        core: &Conversation,
        next: &AccountSecret,
        state: &AccountState,
    ) -> Result<Append, Failure> {
        let mark = state.known.get(&core.id()).and_then(|known| known.mark);
        if mark.is_some_and(|mark| core.check_mark(&mark).is_err()) {
            return Err(Conflict::Conversation.into());
        }
        let place = self.place.as_ref().ok_or(Failure::NotNow)?;
        let none = TeamKeyring::empty();
        // Whether the log was confirmed lately can't be asked without a session: readers stay as narrow
        // as they were, and the first message afterwards looks again.
        let basis = core.epoch().map_or(Basis::Ordinary, |epoch| epoch.header.basis);
        let sending = Sending { view: view(place, &none, None), basis, now_ms: self.transport.now_ms() };
        let keys = next.conversation_keys(core.id());
        let epoch = core
            .compose_epoch(&sending, &EpochChange::SeekerKeys(&keys), &mut *self.random)
            .map_err(|_| Failure::Conflict(Conflict::Conversation))?;
        Ok(Append { conversation: core.id(), envelopes: vec![epoch] })
    }

    /// Fetches what is missing of a conversation, page by page, and verifies it under the former keys.
    async fn verify_whole(
        &mut self,
        summary: &ConversationSummary,
        former: &AccountSecret,
        door: Door<'_>,
        verified: &mut Verified,
    ) -> Result<(), Failure> {
        let id = summary.id;
        let from = verified.get(&id).map_or(0, Conversation::length);
        let mut fetched = Vec::new();
        let mut length = summary.length;
        while from + (fetched.len() as u64) < length {
            let next = from + fetched.len() as u64;
            let page = self.envelopes(id, next, door).await?;
            page_fits(&page, id, next)?;
            if page.envelopes.is_empty() {
                break;
            }
            length = page.summary.length;
            fetched.extend(page.envelopes.into_iter().map(|stored| stored.envelope));
        }
        let checked = match verified.remove(&id) {
            Some(core) => self.follow(core, &fetched).await?,
            None => self.load_whole(id, &fetched, former).await?,
        };
        verified.insert(id, checked);
        Ok(())
    }

    async fn envelopes(
        &self,
        id: ConversationId,
        from: u64,
        door: Door<'_>,
    ) -> Result<EnvelopePage, RequestError> {
        match door {
            Door::Session(token) => {
                let parameters = [("conversation", id.to_hex()), ("from", from.to_string())];
                get(&self.transport, &path(route::ENVELOPES, &parameters), Some(token)).await
            }
            Door::Recovery(ticket) => {
                let fetch = RecoveryFetch { ticket: ticket.to_vec(), conversation: id, from };
                post(&self.transport, route::RECOVERY_ENVELOPES, None, &fetch).await
            }
        }
    }

    /// Verifies what came after a conversation that was verified before.
    async fn follow(&mut self, mut core: Conversation, new: &[Envelope]) -> Result<Conversation, Failure> {
        let none = TeamKeyring::empty();
        for envelope in new {
            let position = core.length();
            let place = self.place()?;
            let mut applied = core.apply(&view(place, &none, None), position, envelope);
            if applied == Err(ApplyError::AheadOfLog) {
                self.refresh_log().await?;
                applied = core.apply(&view(self.place()?, &none, None), position, envelope);
            }
            match applied {
                Ok(applied) if !applied.alarms.is_empty() => return Err(Conflict::Conversation.into()),
                Err(ApplyError::OtherLog | ApplyError::AheadOfLog) => return Err(Conflict::Log.into()),
                Err(error) if error.is_retryable() => return Err(Conflict::Conversation.into()),
                _ => {}
            }
        }
        Ok(core)
    }

    /// Verifies a conversation from its beginning.
    async fn load_whole(
        &mut self,
        id: ConversationId,
        all: &[Envelope],
        former: &AccountSecret,
    ) -> Result<Conversation, Failure> {
        let device = DeviceSessionId(draw(&mut *self.random));
        let party = Party::Seeker(former.conversation_keys(id));
        let mut loaded = self.load_with(id, all, party.clone(), device)?;
        if loaded.is_none() {
            self.refresh_log().await?;
            loaded = self.load_with(id, all, party, device)?;
        }
        loaded.ok_or(Failure::Conflict(Conflict::Log))
    }

    /// `None` when a longer log is needed.
    fn load_with(
        &self,
        id: ConversationId,
        all: &[Envelope],
        party: Party,
        device: DeviceSessionId,
    ) -> Result<Option<Conversation>, Failure> {
        let place = self.place.as_ref().ok_or(Failure::NotNow)?;
        let none = TeamKeyring::empty();
        match Conversation::load(id, party, device, &view(place, &none, None), all) {
            Ok((_, judged)) if judged.iter().flatten().any(|applied| !applied.alarms.is_empty()) => {
                Err(Conflict::Conversation.into())
            }
            Ok((core, _)) => Ok(Some(core)),
            Err(ApplyError::AheadOfLog) => Ok(None),
            Err(_) => Err(Conflict::Conversation.into()),
        }
    }
}
