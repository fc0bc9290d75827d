//! The next generation of an account's keys: the one commit that replaces record, wraps, state, keys and sessions and appends the epochs that name the new keys (P16).
//! Recovery and the change while logged in differ only in whose signature opens it.

use crate::{
    app::App,
    credential::{check, facts},
    directory::{Verified, body_of},
    error::ApiError,
    login,
};
use beistand_domain::{
    conversation::is_seeker,
    record::Account,
    storage::{Actor, Change},
};
use beistand_protocol::{
    api::{Append, Credentials, LogAppend, SessionKind},
    codec::encode,
    error::Code,
    id::{AccountId, OrganisationId},
    limit::{APPEND_ENVELOPES_MAX, SEEKER_CONVERSATIONS_MAX},
    membership::Body,
    wrap::{ChangePurpose, ChangeSigner},
};

/// What a client sends to make the next generation.
pub(crate) struct Rotation {
    pub(crate) credentials: Credentials,
    pub(crate) appends: Vec<Append>,
    pub(crate) log: Option<LogAppend>,
}

/// Verifies a rotation and makes it, whole or not at all. Afterwards no session of before lives.
///
/// # Errors
/// [`Code::Conflict`] when another device was faster or the log grew, [`Code::StaleEpoch`] when a
/// conversation grew, [`Code::StatementRefused`], [`Code::TooLarge`]; storage.
pub(crate) async fn rotate(
    app: &App,
    account: Account,
    signer: ChangeSigner,
    organisation: OrganisationId,
    nonce: [u8; 32],
    rotation: Rotation,
) -> Result<(), ApiError> {
    let Rotation { credentials, appends, log } = rotation;
    let id = account.id;
    let too_many = appends.len() > SEEKER_CONVERSATIONS_MAX
        || appends.iter().any(|append| append.envelopes.len() > APPEND_ENVELOPES_MAX);
    if too_many {
        return Err(Code::TooLarge.into());
    }
    // Each door has its own key: the code's proof does not open a session's change, nor the reverse.
    if credentials.change.signer != signer {
        return Err(Code::StatementRefused.into());
    }
    let encoded: Vec<Vec<u8>> = appends.iter().map(encode).collect();
    let facts = facts(&account, organisation, nonce)?;
    let epochs = (!encoded.is_empty()).then_some(&*encoded);
    let change = check(&credentials, &facts, ChangePurpose::Rotate, epochs)?;
    let alone = app.openings.clone().write_owned().await;
    // One that another device has opened meanwhile would never open again: the client begins anew.
    let covered = |id| appends.iter().any(|append| append.conversation == id);
    if !app.hub.list_of_seeker(id).iter().all(|talk| covered(talk.id)) {
        return Err(Code::Conflict.into());
    }
    let expected_generation = account.generation;
    let kind = account.kind;
    let replaced = Account {
        generation: change.generation,
        record: login::finish_registration(&credentials.record)?,
        signing_key: *change.account_key.ok_or(Code::StatementRefused)?.as_bytes(),
        recovery_key: change.recovery_key.map(|key| *key.as_bytes()),
        wraps: credentials.wraps,
        last_contact_s: app.stamp_s(),
        ..account
    };
    let mut changes =
        vec![Change::AccountReplace { expected_generation, account: replaced, state: credentials.state }];
    // Before the epochs: a channel of before has no use for them.
    changes.push(Change::SessionsRemove(id));
    let verified = app.verified()?;
    if log.is_none() {
        // The epochs were judged by this log; what staff append says so itself.
        changes.push(Change::LogExpect(verified.log.head()));
    }
    for append in appends {
        let known = app.hub.conversation(append.conversation).filter(|known| is_seeker(known, id));
        let known = known.ok_or(Code::NotFound)?;
        let envelopes = app.chains.prepare(&*app.storage, &verified, &known, None, append.envelopes)?;
        changes.push(Change::ConversationAppend {
            conversation: append.conversation,
            actor: Actor::Seeker(id),
            envelopes,
            // New keys, no words.
            answer_by_s: None,
        });
    }
    if let Some(log) = log {
        changes.extend(own_keys(app, &verified, kind, log)?);
    }
    // The code on paper opens where the app is lost.
    if signer == ChangeSigner::Recovery
        && let Some(factor) = app.storage.lookup_second_factor(id)?
    {
        changes.push(Change::SecondFactorPut { account: id, expected: Some(factor), next: None });
    }
    let ended = sessions(app, id)?;
    // Only asked for sessions that are gone: if the commit fails, it says nothing.
    ended.into_iter().for_each(|token| app.sessions.ended_by(token, Code::PasswordChanged));
    app.commit_holding(alone, changes).await?;
    app.new_keys.made(id, change.generation, app.steady_s());
    Ok(())
}

/// The sessions of an account, to say afterwards why they ended.
///
/// # Errors
/// Storage.
pub(crate) fn sessions(app: &App, id: AccountId) -> Result<Vec<crate::session::TokenHash>, ApiError> {
    let all = app.storage.list_sessions()?;
    Ok(all.into_iter().filter(|session| session.account == id).map(|session| session.token_hash).collect())
}

/// A staff person's new keys in the membership log, with the generations of the person's teams:
/// that entry and no other, because this door asks for no role.
fn own_keys(
    app: &App,
    before: &Verified,
    kind: SessionKind,
    append: LogAppend,
) -> Result<Vec<Change>, ApiError> {
    let SessionKind::Staff(own) = kind else { return Err(Code::Forbidden.into()) };
    if append.entries.len() != 1 {
        return Err(Code::Malformed.into());
    }
    if append.expected != before.log.head() {
        return Err(Code::Conflict.into());
    }
    if !matches!(body_of(&append.entries[0])?, Body::PersonRekey { person, .. } if person == own) {
        return Err(Code::Forbidden.into());
    }
    let after = app.directory.check(&append.entries, &append.generations).map_err(|error| {
        log::info!("a change of keys in the log was refused: {}", crate::log_sink::Chain(&error));
        Code::StatementRefused
    })?;
    let mut changes = vec![Change::LogAppend {
        expected: Some(append.expected),
        entries: append.entries,
        head: after.log.head(),
    }];
    changes.extend(append.generations.into_iter().map(Change::GenerationAppend));
    Ok(changes)
}
