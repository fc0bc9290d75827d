//! A seeker destroys the own account: signed, and at once. Every conversation's data key goes with it.

use crate::{
    app::{App, PendingChange, Wish},
    body::{Answer, Body, Reply},
    caller::Caller,
    credential::facts,
    job::portions,
    random::draw,
    rotation::sessions,
};
use axum::extract::State;
use beistand_domain::storage::Change;
use beistand_protocol::{
    api::{DeletionFinish, DeletionStarted},
    error::Code,
    wrap::{ChangeParts, ChangePurpose},
};
use std::sync::Arc;

/// `POST /api/v1/account/deletion/start`
pub async fn start(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Body(()): Body<()>,
) -> Answer<DeletionStarted> {
    let nonce = draw(&*app.random);
    let pending = PendingChange { account: session.account, nonce, wish: Wish::Deletion };
    let ticket = app.account_changes.issue(app.steady_s(), &*app.random, pending);
    Ok(Reply(DeletionStarted { ticket, nonce }))
}

/// `POST /api/v1/account/deletion/finish`
pub async fn finish(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Body(request): Body<DeletionFinish>,
) -> Answer<()> {
    let id = session.account;
    let pending = app.account_changes.take(app.steady_s(), &request.ticket).ok_or(Code::StatementRefused)?;
    if pending.account != id || pending.wish != Wish::Deletion {
        return Err(Code::StatementRefused.into());
    }
    let account = app.storage.lookup_account(id)?.ok_or(Code::SessionExpired)?;
    let facts = facts(&account, app.organisation()?, pending.nonce)?;
    let change = request.change.verify(&facts, &ChangeParts::default()).map_err(|error| {
        log::info!("a deletion was refused: {}", crate::log_sink::Chain(&error));
        Code::StatementRefused
    })?;
    if change.purpose != ChangePurpose::Delete {
        return Err(Code::StatementRefused.into());
    }
    let state = app.storage.lookup_state(id)?.ok_or(Code::Internal)?;
    // The generation that was checked must still be the one when everything goes.
    let mut changes = vec![Change::AccountReplace {
        expected_generation: account.generation,
        account,
        state: state.sealed,
    }];
    // Before the talks: to a channel that is still open their end would look like a loss.
    changes.push(Change::AccountRemove(id));
    let alone = app.openings.clone().write_owned().await;
    let mut talks = app.hub.list_of_seeker(id);
    // A group goes on without its guest.
    let groups = talks.extract_if(.., |talk| talk.id.is_group());
    changes.extend(groups.map(|group| Change::GroupLeave { conversation: group.id, account: id }));
    talks.sort_unstable_by_key(|talk| talk.length);
    let thread = |talk| app.hub.thread_about(talk).map_or(0, |thread| thread.length);
    let all = talks.iter().map(|talk| (Change::ConversationRemove(talk.id), talk.length + thread(talk.id)));
    let mut portions = portions(all).into_iter();
    changes.extend(portions.next().into_iter().flatten());
    let ended = sessions(&app, id)?;
    // Only asked for sessions that are gone: if the commit fails, it says nothing.
    ended.into_iter().for_each(|token| app.sessions.ended_by(token, Code::AccountDeleted));
    app.commit_holding(alone, changes).await?;
    // What no commit takes together with the rest. Should it be cut off here, the daily job finds talks
    // without an account.
    for some in portions {
        app.commit(some).await?;
    }
    Ok(Reply(()))
}
