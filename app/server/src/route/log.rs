//! The membership log: pages of it for everybody, appending for staff.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    directory::{Verified, body_of},
    error::ApiError,
};
use axum::extract::{Path, State};
use beistand_domain::{record::Account, storage::Change};
use beistand_protocol::{
    api::{LogAppend, LogHead, LogPage, SessionKind},
    blocks::Library,
    error::Code,
    id::{AccountId, InvitationId, PersonId},
    limit::{LOG_APPEND_ENTRIES_MAX, LOG_PAGE_ENTRIES_MAX},
    membership,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

/// `GET /api/v1/log/{from}`
pub async fn list(State(app): State<Arc<App>>, Path(from): Path<String>) -> Answer<LogPage> {
    let head = app.verified()?.log.head();
    let from: u64 = from.parse().map_err(|_| Code::NotFound)?;
    Ok(Reply(LogPage { entries: app.storage.list_log(from, LOG_PAGE_ENTRIES_MAX)?, head }))
}

/// `POST /api/v1/log`: whoever the log's own rules let sign. All follows in the same commit:
/// generations, the end of an invitation, the end of a removed person's sessions.
pub async fn append(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(request): Body<LogAppend>,
) -> Answer<LogHead> {
    caller.person()?;
    if request.entries.is_empty() || request.entries.len() > LOG_APPEND_ENTRIES_MAX {
        return Err(Code::Malformed.into());
    }
    let before = app.verified()?;
    if request.expected != before.log.head() {
        return Err(Code::Conflict.into());
    }
    let after = app.directory.check(&request.entries, &request.generations).map_err(|error| {
        log::info!("a log append was refused: {}", crate::log_sink::Chain(&error));
        Code::StatementRefused
    })?;
    app.login.ensure(after.sites.iter().map(|site| (*site).into()), &*app.random).map_err(|error| {
        log::error!("log-in set-up keys: {}", crate::log_sink::Chain(&error));
        Code::StorageUnavailable
    })?;
    let demands = |verified: &Verified| verified.log.state().second_factor_demanded();
    let demanded = match (demands(&before), demands(&after)) {
        (_, false) => FactorDemand::No,
        (true, true) => FactorDemand::Stays,
        // Whoever demands it of others shows that it works.
        (false, true) if app.storage.lookup_second_factor(caller.0.account)?.is_none() => {
            return Err(Code::SecondFactorDemanded.into());
        }
        (false, true) => FactorDemand::Begins,
    };
    let mut consequences = consequences(&app, &request)?;
    consequences.demand_factors(&app, demanded)?;
    let head = after.log.head();
    let mut changes =
        vec![Change::LogAppend { expected: Some(request.expected), entries: request.entries, head }];
    changes.extend(request.generations.into_iter().map(Change::GenerationAppend));
    changes.extend(consequences.changes);
    app.commit(changes).await?;
    consequences.revoked.into_iter().for_each(|token| app.sessions.ended_by(token, Code::Revoked));
    Ok(Reply(head))
}

/// Whether a second factor is demanded once an append is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FactorDemand {
    No,
    Stays,
    Begins,
}

struct Consequences {
    changes: Vec<Change>,
    /// Accounts that begin to be somebody.
    joined: Vec<AccountId>,
    revoked: Vec<crate::session::TokenHash>,
}

/// What entries mean for accounts, sessions and invitations.
fn consequences(app: &App, request: &LogAppend) -> Result<Consequences, ApiError> {
    let mut countersigned: BTreeSet<InvitationId> = request.countersigned.into_iter().collect();
    let mut removed: BTreeSet<PersonId> = BTreeSet::new();
    let mut renewed: BTreeMap<PersonId, InvitationId> = BTreeMap::new();
    for entry in &request.entries {
        match body_of(entry)? {
            membership::Body::PersonRemove { person } => drop(removed.insert(person)),
            membership::Body::PersonReinvite { person, acceptance } => {
                renewed.insert(person, acceptance.invitation);
                countersigned.insert(acceptance.invitation);
            }
            membership::Body::PersonAdd { acceptance, .. } => {
                countersigned.insert(acceptance.invitation);
            }
            _ => {}
        }
    }
    let mut changes = Vec::new();
    let mut kept = BTreeMap::new();
    for invitation in countersigned {
        // Somebody may countersign what another box collected; then nothing waits here.
        if let Some(acceptance) = app.storage.lookup_acceptance(invitation)? {
            kept.insert(invitation, acceptance.account);
            changes.push(Change::AcceptanceDone(invitation));
        }
    }
    // Keys that come anew by an invitation open nothing of before: own text blocks and
    // notes are of no more use either.
    let without = removed.iter().chain(renewed.keys());
    changes.extend(
        without
            .flat_map(|person| [Change::BlocksRemove(Library::Own(*person)), Change::NotesRemove(*person)]),
    );
    // Who has left is told nothing more.
    changes.extend(removed.iter().map(|person| Change::NoticeRemove(*person)));
    let joined = kept.values().copied().collect();
    let mut revoked = Vec::new();
    if !removed.is_empty() || !renewed.is_empty() {
        let sessions = app.storage.list_sessions()?;
        for account in app.storage.list_accounts()? {
            let SessionKind::Staff(person) = account.kind else { continue };
            if !removed.contains(&person) && !renewed.contains_key(&person) {
                continue;
            }
            let tokens = sessions.iter().filter(|session| session.account == account.id);
            revoked.extend(tokens.map(|session| session.token_hash));
            // An account with lost keys is of no more use to anybody.
            changes.push(match removed.contains(&person) {
                true => Change::SessionsRemove(account.id),
                false => Change::AccountRemove(account.id),
            });
        }
    }
    // Whoever has waited with new keys is that person from now on.
    for (person, invitation) in renewed {
        changes
            .extend(kept.get(&invitation).map(|account| Change::AccountPerson { account: *account, person }));
    }
    Ok(Consequences { changes, joined, revoked })
}

impl Consequences {
    /// Whoever lacks the second factor that is demanded logs in anew, and sets it up then: an open channel would go on.
    fn demand_factors(&mut self, app: &App, demanded: FactorDemand) -> Result<(), ApiError> {
        let accounts = match demanded {
            FactorDemand::No => Vec::new(),
            FactorDemand::Stays => self.joined.clone(),
            FactorDemand::Begins => {
                let accounts = app.storage.list_accounts()?.into_iter();
                let staff = |account: &Account| matches!(account.kind, SessionKind::Staff(_));
                accounts.filter(staff).map(|account| account.id).collect()
            }
        };
        for account in accounts {
            if app.storage.lookup_second_factor(account)?.is_none() {
                self.changes.push(Change::SessionsRemove(account));
            }
        }
        Ok(())
    }
}
