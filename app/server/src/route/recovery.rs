//! Recovery by code, in three steps: prove the code, get everything sealed, give back a new
//! generation of keys in one commit. Unknown names look the same until the proof, and after it.

use crate::{
    app::{App, PendingRecovery, RECOVERY_TTL_S},
    body::{Answer, Body, Reply},
    credential::name,
    listen::ClientAddress,
    login,
    random::draw,
    rotation::{Rotation, rotate},
    route::{conversation, team},
    throttle::Attempt,
};
use axum::extract::State;
use beistand_domain::conversation::is_seeker;
use beistand_protocol::{
    api::{
        EnvelopePage, RecoveryFetch, RecoveryFinish, RecoveryGenerations, RecoveryProve, RecoveryProved,
        RecoveryStart, RecoveryStarted, SessionKind, TeamGenerations,
    },
    error::Code,
    label,
    signature::{VerifyKey, plain_digest},
    wrap::{ChangeSigner, WrapPurpose, recovery_proof_bytes},
};
use std::sync::{Arc, LazyLock};

/// A key that nobody has the secret of: the first hash that is a point of the curve. Proofs for
/// unknown names are checked against it, so that they cost the same.
static NOBODY: LazyLock<VerifyKey> = LazyLock::new(|| {
    let hashes =
        (0u8..=255).map(|n| plain_digest(&[b"nobody proves anything with this", &[n][..]].concat()).0);
    hashes.map(VerifyKey::try_from).find_map(Result::ok).expect("every second hash is a point")
});

/// `POST /api/v1/recovery/start`
pub async fn start(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(request): Body<RecoveryStart>,
) -> Answer<RecoveryStarted> {
    let steady_s = app.steady_s();
    let organisation = app.organisation()?;
    let name = name(&app, request.suite, organisation, &request.look_up)?;
    app.throttle.admit(Attempt::Recovery, steady_s, address, &request.look_up.value).await?;
    let nonce = draw(&*app.random);
    let pending =
        PendingRecovery { identity: name.identity, keyed_look_up: name.keyed_look_up, nonce, proved: None };
    let ticket = app.recoveries.issue(steady_s, &*app.random, pending);
    Ok(Reply(RecoveryStarted { ticket, nonce }))
}

/// `POST /api/v1/recovery/prove`
pub async fn prove(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(request): Body<RecoveryProve>,
) -> Answer<RecoveryProved> {
    let steady_s = app.steady_s();
    let mut pending = app.recoveries.take(steady_s, &request.ticket).ok_or(Code::WrongCredentials)?;
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
    let state = app.state_of(&account)?;
    let wrap = account.wraps.iter().find(|wrap| wrap.purpose == WrapPurpose::Recovery).cloned();
    let conversations = app.hub.list_of_seeker(account.id);
    pending.nonce = draw(&*app.random);
    pending.proved = Some(account.id);
    let nonce = pending.nonce;
    app.recoveries.issue_again(steady_s, &request.ticket, pending);
    Ok(Reply(RecoveryProved {
        account: account.id,
        kind: account.kind,
        generation: account.generation,
        wrap: wrap.ok_or(Code::Internal)?,
        state: state.sealed,
        response,
        nonce,
        conversations,
        valid_s: RECOVERY_TTL_S as u32,
    }))
}

/// `POST /api/v1/recovery/envelopes`
pub async fn envelopes(
    State(app): State<Arc<App>>,
    Body(request): Body<RecoveryFetch>,
) -> Answer<EnvelopePage> {
    let pending = app.recoveries.look(app.steady_s(), &request.ticket);
    let account = pending.and_then(|pending| pending.proved).ok_or(Code::WrongCredentials)?;
    let known = app.hub.conversation(request.conversation).filter(|known| is_seeker(known, account));
    let known = known.ok_or(Code::NotFound)?;
    conversation::page_of(&app, SessionKind::Seeker(known.site), &known, request.from).map(Reply)
}

/// `POST /api/v1/recovery/generations`: of any team, as for a session.
pub async fn generations(
    State(app): State<Arc<App>>,
    Body(request): Body<RecoveryGenerations>,
) -> Answer<TeamGenerations> {
    let pending = app.recoveries.look(app.steady_s(), &request.ticket);
    let account = pending.and_then(|pending| pending.proved).ok_or(Code::WrongCredentials)?;
    let account = app.storage.lookup_account(account)?.ok_or(Code::WrongCredentials)?;
    team::page_of(&app, request.team, request.from, account.kind).map(Reply)
}

/// `POST /api/v1/recovery/finish`
pub async fn finish(State(app): State<Arc<App>>, Body(request): Body<RecoveryFinish>) -> Answer<()> {
    let steady_s = app.steady_s();
    let pending = app.recoveries.take(steady_s, &request.ticket).ok_or(Code::WrongCredentials)?;
    let id = pending.proved.ok_or(Code::WrongCredentials)?;
    let account = app.storage.lookup_account(id)?.ok_or(Code::WrongCredentials)?;
    let rotation = Rotation { credentials: request.credentials, appends: request.appends, log: request.log };
    rotate(&app, account, ChangeSigner::Recovery, pending.identity.organisation, pending.nonce, rotation)
        .await?;
    Ok(Reply(()))
}
