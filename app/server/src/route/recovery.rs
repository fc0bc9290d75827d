//! Recovery by code, in three steps: prove the code, get everything sealed, give back a new
//! generation of keys in one commit. Unknown names look the same until the proof, and after it.

use crate::{
    app::{App, PendingRecovery, RECOVERY_TTL_S},
    body::{Answer, Body, Reply},
    credential::{check, facts, name},
    error::ApiError,
    listen::ClientAddress,
    login,
    random::draw,
    throttle::Attempt,
};
use axum::extract::State;
use beistand_domain::{
    record::Account,
    storage::{Actor, Change},
};
use beistand_protocol::{
    api::{
        ConversationSummary, RecoveryFinish, RecoveryProve, RecoveryProved, RecoveryStart, RecoveryStarted,
        StoredEnvelope, TeamGenerationUpload,
    },
    codec::encode,
    error::Code,
    label,
    limit::{APPEND_ENVELOPES_MAX, ENVELOPE_PAGE_BYTES_MAX, ENVELOPE_PAGE_MAX, SEEKER_CONVERSATIONS_MAX},
    signature::{VerifyKey, plain_digest},
    wrap::{ChangePurpose, WrapPurpose, recovery_proof_bytes},
};
use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

/// A key that nobody has the secret of: the first hash that is a point of the curve. Proofs for
/// unknown names are checked against it, so that they cost the same.
static NOBODY: LazyLock<VerifyKey> = LazyLock::new(|| {
    let hashes =
        (0u8..=255).map(|n| plain_digest(&[b"nobody proves anything with this", &[n][..]].concat()).0);
    hashes.map(VerifyKey::try_from).find_map(Result::ok).expect("every second hash is a point")
});
/// All envelopes of an account in one answer; a client reads at most 16 MiB.
const EVERYTHING_BYTES_MAX: usize = 14 * 1024 * 1024;

/// `POST /api/v1/recovery/start`
pub async fn start(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(request): Body<RecoveryStart>,
) -> Answer<RecoveryStarted> {
    let now_s = app.now_s();
    let organisation = app.organisation()?;
    let name = name(&app, request.suite, organisation, &request.look_up)?;
    app.throttle
        .admit(Attempt::Recovery, now_s, address, &request.look_up.value)
        .map_err(|wait_s| ApiError::wait(Code::TooManyTries, wait_s))?;
    let nonce = draw(&*app.random);
    let pending =
        PendingRecovery { identity: name.identity, keyed_look_up: name.keyed_look_up, nonce, proved: None };
    let ticket = app.recoveries.issue(now_s, &*app.random, pending);
    Ok(Reply(RecoveryStarted { ticket, nonce }))
}

/// `POST /api/v1/recovery/prove`
pub async fn prove(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(request): Body<RecoveryProve>,
) -> Answer<RecoveryProved> {
    let now_s = app.now_s();
    let mut pending = app.recoveries.take(now_s, &request.ticket).ok_or(Code::WrongCredentials)?;
    if pending.proved.is_some() {
        return Err(Code::WrongCredentials.into());
    }
    let identity = pending.identity;
    let account = app.storage.lookup_account_by_name(identity.realm, &pending.keyed_look_up)?;
    let known = account.as_ref().and_then(|account| account.recovery_key);
    let key = match known {
        Some(bytes) => VerifyKey::try_from(bytes).map_err(|_| Code::Internal)?,
        None => *NOBODY,
    };
    let bytes = recovery_proof_bytes(identity.organisation, identity.realm, &pending.nonce, &request.request);
    let proved = key.verify(label::RECOVERY_PROOF, &bytes, &request.proof).is_ok();
    let (Some(account), true) = (account, proved && known.is_some()) else {
        return Err(Code::WrongCredentials.into());
    };
    app.throttle.succeeded(Attempt::Recovery, address, &identity.lookup.0);
    let set_up = app.login.realm(identity.realm).ok_or(Code::NotFound)?;
    let response = login::start_registration(&set_up, &request.request, &pending.keyed_look_up)?;
    let state = app.storage.lookup_state(account.id)?.ok_or(Code::Internal)?;
    let wrap = account.wraps.iter().find(|wrap| wrap.purpose == WrapPurpose::Recovery).cloned();
    let conversations = everything(&app, &account)?;
    pending.nonce = draw(&*app.random);
    pending.proved = Some(account.id);
    let nonce = pending.nonce;
    app.recoveries.issue_again(now_s, &request.ticket, pending);
    Ok(Reply(RecoveryProved {
        account: account.id,
        kind: account.kind,
        generation: account.generation,
        wrap: wrap.ok_or(Code::Internal)?,
        state: state.sealed,
        response,
        nonce,
        generations: generations(&app, &conversations)?,
        conversations,
        valid_s: RECOVERY_TTL_S as u32,
    }))
}

/// All generations of the teams of these conversations.
fn generations(
    app: &App,
    conversations: &[(ConversationSummary, Vec<StoredEnvelope>)],
) -> Result<Vec<TeamGenerationUpload>, ApiError> {
    let teams: BTreeSet<_> = conversations.iter().map(|(summary, _)| summary.team).collect();
    let mut all = Vec::new();
    for team in teams {
        all.extend(app.storage.list_generations(team)?);
    }
    Ok(all)
}

/// All conversations of a seeker with all their envelopes.
fn everything(
    app: &App,
    account: &Account,
) -> Result<Vec<(ConversationSummary, Vec<StoredEnvelope>)>, ApiError> {
    let mut all = Vec::new();
    let mut bytes = 0;
    for summary in app.hub.list_of_seeker(account.id) {
        let mut envelopes: Vec<StoredEnvelope> = Vec::new();
        loop {
            let from = envelopes.last().map_or(0, |last| last.position + 1);
            let page =
                app.storage.list_envelopes(summary.id, from, ENVELOPE_PAGE_MAX, ENVELOPE_PAGE_BYTES_MAX)?;
            if page.is_empty() {
                break;
            }
            bytes += page.iter().map(|stored| stored.envelope.sealed.0.len() + 64).sum::<usize>();
            if bytes > EVERYTHING_BYTES_MAX {
                return Err(Code::TooLarge.into());
            }
            envelopes.extend(page);
        }
        all.push((summary, envelopes));
    }
    Ok(all)
}

/// `POST /api/v1/recovery/finish`
pub async fn finish(State(app): State<Arc<App>>, Body(request): Body<RecoveryFinish>) -> Answer<()> {
    let now_s = app.now_s();
    let pending = app.recoveries.take(now_s, &request.ticket).ok_or(Code::WrongCredentials)?;
    let id = pending.proved.ok_or(Code::WrongCredentials)?;
    let account = app.storage.lookup_account(id)?.ok_or(Code::WrongCredentials)?;
    let too_many = request.appends.len() > SEEKER_CONVERSATIONS_MAX
        || request.appends.iter().any(|append| append.envelopes.len() > APPEND_ENVELOPES_MAX);
    if too_many {
        return Err(Code::TooLarge.into());
    }
    let encoded: Vec<Vec<u8>> = request.appends.iter().map(encode).collect();
    let facts = facts(&account, pending.identity.organisation, pending.nonce)?;
    let epochs = (!encoded.is_empty()).then_some(&*encoded);
    let change = check(&request.credentials, &facts, ChangePurpose::Rotate, epochs)?;
    let expected_generation = account.generation;
    let replaced = Account {
        generation: change.generation,
        record: login::finish_registration(&request.credentials.record)?,
        signing_key: *change.account_key.ok_or(Code::StatementRefused)?.as_bytes(),
        recovery_key: change.recovery_key.map(|key| *key.as_bytes()),
        wraps: request.credentials.wraps,
        last_contact_s: now_s,
        ..account
    };
    let mut changes = vec![Change::AccountReplace {
        expected_generation,
        account: replaced,
        state: request.credentials.state,
    }];
    let verified = app.verified()?;
    for append in request.appends {
        let known = app.hub.conversation(append.conversation).filter(|known| known.seeker == id);
        let known = known.ok_or(Code::NotFound)?;
        let envelopes = app.chains.prepare(
            &*app.storage,
            &verified,
            append.conversation,
            Some(&known),
            append.envelopes,
        )?;
        changes.push(Change::ConversationAppend {
            conversation: append.conversation,
            actor: Actor::Seeker(id),
            envelopes,
        });
    }
    changes.push(Change::SessionsRemove(id));
    app.commit(changes).await?;
    Ok(Reply(()))
}
