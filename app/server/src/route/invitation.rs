//! Invitations of staff: accepted by whoever has the secret, once; then an administrator's browser
//! checks and countersigns.

use super::registration::begin;
use crate::{
    app::{App, RegistrationReason},
    body::{Answer, Body, Reply},
    credential::{name, new_account},
    error::ApiError,
    listen::ClientAddress,
    throttle::Attempt,
};
use axum::extract::State;
use beistand_domain::{
    record,
    storage::{Change, CommitError, Refused},
};
use beistand_protocol::{
    api::{Acceptances, InvitationAcceptFinish, InvitationAcceptStart, RegistrationStarted, SessionKind},
    codec::decode,
    error::Code,
    id::{InvitationId, RealmId},
    label,
    limit::LOG_ENTRY_BYTES_MAX,
    membership::{Acceptance, Invitation},
    wrap::invitation_start_bytes,
};
use std::sync::Arc;

/// An invitation that can still be accepted.
fn open_invitation(app: &App, id: InvitationId) -> Result<Invitation, ApiError> {
    let verified = app.verified()?;
    let invitation = *verified.log.state().invitation(id).ok_or(Code::InvitationInvalid)?;
    let now_ms = app.now_s().saturating_mul(1000);
    if now_ms > invitation.expires_ms || app.storage.lookup_acceptance(id)?.is_some() {
        return Err(Code::InvitationInvalid.into());
    }
    Ok(invitation)
}

/// `POST /api/v1/invitation/start`
pub async fn start(
    State(app): State<Arc<App>>,
    address: ClientAddress,
    Body(request): Body<InvitationAcceptStart>,
) -> Answer<RegistrationStarted> {
    let organisation = app.organisation()?;
    let mut key = [0; 32];
    key[..16].copy_from_slice(&request.invitation.0);
    app.throttle.admit(Attempt::Invitation, app.steady_s(), address, &key).await?;
    let invitation = open_invitation(&app, request.invitation)?;
    let proof = invitation_start_bytes(organisation, request.invitation, &request.request);
    invitation
        .key
        .verify(label::INVITATION_START, &proof, &request.proof)
        .map_err(|_| Code::InvitationInvalid)?;
    if request.look_up.realm != RealmId::STAFF {
        return Err(Code::Malformed.into());
    }
    let name = name(&app, request.suite, organisation, &request.look_up)?;
    if app.storage.lookup_account_by_name(RealmId::STAFF, &name.keyed_look_up)?.is_some() {
        return Err(Code::NameTaken.into());
    }
    // A link alone makes nobody a person whom the log has already: that takes the countersignature.
    let renews = app.verified()?.log.state().renews(&invitation);
    let person = if renews { request.invitation.waiting() } else { invitation.person };
    let reason = RegistrationReason::Invitation(request.invitation, person);
    begin(&app, name, &request.request, reason).map(Reply)
}

/// `POST /api/v1/invitation/finish`: account and acceptance in one commit; the invitation is used.
pub async fn finish(State(app): State<Arc<App>>, Body(request): Body<InvitationAcceptFinish>) -> Answer<()> {
    let now_s = app.now_s();
    let pending = app.registrations.take(app.steady_s(), &request.ticket).ok_or(Code::SessionExpired)?;
    let RegistrationReason::Invitation(id, person) = pending.reason else {
        return Err(Code::Forbidden.into());
    };
    let invitation = open_invitation(&app, id)?;
    if request.acceptance.len() > LOG_ENTRY_BYTES_MAX {
        return Err(Code::TooLarge.into());
    }
    let acceptance: Acceptance = decode(&request.acceptance)?;
    let genuine = acceptance.invitation == id
        && acceptance.verify(pending.identity.organisation, &invitation.key).is_ok();
    if !genuine {
        return Err(Code::StatementRefused.into());
    }
    let account = new_account(&pending, &request.credentials, SessionKind::Staff(person), now_s)?;
    let accepted = record::Acceptance {
        invitation: id,
        account: account.id,
        signed: request.acceptance,
        accepted_s: now_s,
        countersigned: false,
    };
    let changes = vec![
        Change::AcceptanceAdd(accepted),
        Change::AccountAdd { account, state: request.credentials.state },
    ];
    match app.commit(changes).await {
        Ok(_) => Ok(Reply(())),
        Err(CommitError::Refused(Refused::IdTaken)) => Err(Code::InvitationInvalid.into()),
        Err(error) => Err(error.into()),
    }
}

/// `GET /api/v1/invitation/acceptances`
pub async fn list(State(app): State<Arc<App>>) -> Answer<Acceptances> {
    let verified = app.verified()?;
    let acceptances = app
        .storage
        .list_acceptances()?
        .into_iter()
        .filter(|acceptance| {
            !acceptance.countersigned && verified.log.state().invitation(acceptance.invitation).is_some()
        })
        .map(|acceptance| (acceptance.invitation, acceptance.signed))
        .collect();
    Ok(Reply(Acceptances { acceptances }))
}
