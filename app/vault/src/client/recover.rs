//! A new password by the recovery code, in one commit that is safe to kill at any step.
//!
//! Everybody gets a new account secret. A seeker's conversations each get an epoch that names the new keys,
//! signed by the former ones. Staff keep the keys that stand in the membership log, in their sealed account
//! state; changing those as well belongs to the rotation of keys.

use super::{
    Client, log_in::Typed, request::post, sign_up::code_parts, start::Place, state::AccountState,
    transport::Transport,
};
use crate::{
    account::{AccountPlace, AccountSecret, Former, NewCredentials, prove_recovery, rotate},
    conversation::{ApplyError, Conversation, EpochChange, Sending, View},
    epoch::Party,
    login::Registration,
    random::draw,
    recovery::RecoveryCode,
    team::TeamKeyring,
    wrap,
};
use beistand_protocol::{
    api::{
        Append, ConversationSummary, RecoveryFinish, RecoveryProve, RecoveryProved, RecoveryStart,
        RecoveryStarted, SessionKind, StoredEnvelope, route,
    },
    codec::{decode, encode},
    epoch::Basis,
    error::Code,
    id::DeviceSessionId,
    suite::Suite,
    team::SignedTeamGeneration,
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
        let new_code = loop {
            match self.renew_account(&typed, &code).await {
                // Somebody wrote while the conversations were re-sealed: all of it again, from what is there now.
                Err(Failure::Server(Code::StaleEpoch | Code::Conflict, _)) if tries < TRIES => tries += 1,
                done => break done?,
            }
        };
        self.log_in_typed(name, &typed).await?;
        Ok(Reply::RecoveryCode { parts: code_parts(&new_code) })
    }

    /// One try: proof, new keys, commit. Returns the new code.
    async fn renew_account(&mut self, typed: &Typed, code: &RecoveryCode) -> Result<RecoveryCode, Failure> {
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
        let mut state = AccountState::open(&former, &account, &proved.state)
            .map_err(|_| Failure::Conflict(Conflict::Account))?;
        let registered = registration
            .finish(&proved.response, &typed.identity, &mut *self.random)
            .map_err(|_| Failure::Answer)?;
        let new_code = RecoveryCode::draw(&mut *self.random);
        if let SessionKind::Staff(_) = proved.kind {
            state.keep_identity(&former);
        }
        let next = former.draw_next(&mut *self.random);
        self.take_generations(&proved)?;
        // One that is left out here would never open again: its keys would be those of before.
        let listed: Vec<_> = proved.conversations.iter().map(|(summary, _)| summary.id).collect();
        if self.is_withheld(&state, proved.kind, |id| listed.contains(id)) {
            return Err(Conflict::Conversation.into());
        }
        let mut appends = Vec::new();
        for (summary, stored) in &proved.conversations {
            appends.push(self.reseal(summary, stored, &former, &next, &state).await?);
        }
        let place = self.place.as_ref().ok_or(Failure::NotNow)?;
        state.floor = state.floor.max(Some(place.log.head()));
        let new = NewCredentials {
            place: account,
            secret: &next,
            registered: &registered,
            recovery: Some(&new_code),
            root: place.log.state().root_fingerprint(),
            floor: place.log.head(),
            nonce: proved.nonce,
        };
        let sealed = state.seal(&next, &account, &mut *self.random);
        let encoded: Vec<Vec<u8>> = appends.iter().map(encode).collect();
        let by = Former::Recovery(code, proved.generation);
        let credentials = rotate(&new, by, sealed, &encoded, &mut *self.random);
        let finish = RecoveryFinish { ticket: started.ticket, credentials, appends };
        let () = post(&self.transport, route::RECOVERY_FINISH, None, &finish).await?;
        Ok(new_code)
    }

    /// Verifies the team generations that came along.
    fn take_generations(&mut self, proved: &RecoveryProved) -> Result<(), Failure> {
        let place = self.place.as_mut().ok_or(Failure::NotNow)?;
        for upload in &proved.generations {
            let signed: SignedTeamGeneration =
                decode(&upload.statement.0).map_err(|_| Failure::Conflict(Conflict::Log))?;
            // One that does not verify is left out: then the epochs that name it do not either.
            let _ = place.generations.append(&signed, &place.log);
        }
        Ok(())
    }

    /// The epoch that hands a conversation to the next generation of keys.
    async fn reseal(
        &mut self,
        summary: &ConversationSummary,
        stored: &[StoredEnvelope],
        former: &AccountSecret,
        next: &AccountSecret,
        state: &AccountState,
    ) -> Result<Append, Failure> {
        let device = DeviceSessionId(draw(&mut *self.random));
        let party = Party::Seeker(former.conversation_keys(summary.id));
        let mut loaded = self.load_with(summary, stored, party.clone(), device)?;
        if loaded.is_none() {
            self.refresh_log().await?;
            loaded = self.load_with(summary, stored, party, device)?;
        }
        let core = loaded.ok_or(Failure::Conflict(Conflict::Log))?;
        let mark = state.known.get(&summary.id).and_then(|known| known.mark);
        if mark.is_some_and(|mark| core.check_mark(&mark).is_err()) {
            return Err(Conflict::Conversation.into());
        }
        let place = self.place.as_ref().ok_or(Failure::NotNow)?;
        let none = TeamKeyring::empty();
        // Whether the log was confirmed lately can't be asked without a session: readers stay as narrow
        // as they were, and the first message afterwards looks again.
        let basis = core.epoch().map_or(Basis::Ordinary, |epoch| epoch.header.basis);
        let sending = Sending { view: view(place, &none), basis, now_ms: self.transport.now_ms() };
        let keys = next.conversation_keys(summary.id);
        let epoch = core
            .compose_epoch(&sending, &EpochChange::SeekerKeys(&keys), &mut *self.random)
            .map_err(|_| Failure::Conflict(Conflict::Conversation))?;
        Ok(Append { conversation: summary.id, envelopes: vec![epoch] })
    }

    /// `None` when a longer log is needed.
    fn load_with(
        &self,
        summary: &ConversationSummary,
        stored: &[StoredEnvelope],
        party: Party,
        device: DeviceSessionId,
    ) -> Result<Option<Conversation>, Failure> {
        let place = self.place.as_ref().ok_or(Failure::NotNow)?;
        let none = TeamKeyring::empty();
        let envelopes = stored.iter().map(|stored| &stored.envelope);
        match Conversation::load(summary.id, party, device, &view(place, &none), envelopes) {
            Ok((_, judged)) if judged.iter().flatten().any(|applied| !applied.alarms.is_empty()) => {
                Err(Conflict::Conversation.into())
            }
            Ok((core, _)) => Ok(Some(core)),
            Err(ApplyError::AheadOfLog) => Ok(None),
            Err(_) => Err(Conflict::Conversation.into()),
        }
    }
}

fn view<'a>(place: &'a Place, teams: &'a TeamKeyring) -> View<'a> {
    View { log: &place.log, generations: &place.generations, teams }
}
