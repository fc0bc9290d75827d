//! What happens by itself: sessions end, old conversations and unused accounts are destroyed.

use crate::{
    app::{App, read_credible},
    duty,
    log_sink::Chain,
    session::Verdict,
};
use beistand_domain::{
    clock::{DAY_S, Seconds},
    record::{Account, Conversation, SettingKey},
    retention::{Due, clock_is_credible, collect_due},
    storage::{Change, Output, StorageError},
};
use beistand_protocol::{epoch::ConversationKind, limit::RETENTION_DAYS_DEFAULT, live::Ending};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How often sessions are looked at.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);
/// How often it is looked whether retention is due. It runs once a day; a clock that becomes
/// credible later in the day is noticed soon.
const RETENTION_INTERVAL_S: Seconds = 60 * 60;
/// Things destroyed in one commit: others get their turn in between.
const DESTROYED_AT_ONCE: usize = 64;
/// Envelopes destroyed in one commit. Each costs some 64 bytes of keys there, and the store takes
/// 16 MiB: this stays well below, and other commits get their turn soon.
const ENVELOPES_AT_ONCE: u64 = 50_000;

/// How far a session may have been begun in the future: by so much do clocks that are set right step.
const AHEAD_S_MAX: Seconds = 60 * 60;

/// What a run of retention did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retained {
    /// It ran.
    Done {
        /// Conversations destroyed.
        conversations: usize,
        /// Accounts destroyed.
        accounts: usize,
    },
    /// The clock can't be believed: nothing was touched.
    ClockNotCredible,
}

/// Why a job did not finish.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Reading.
    #[error("storage")]
    Storage(#[from] StorageError),
    /// Writing.
    #[error("commit")]
    Commit(#[from] beistand_domain::storage::CommitError),
}

/// Runs everything until `stop`.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let mut retained_s: Option<Seconds> = None;
    let mut looked_s: Option<Seconds> = None;
    loop {
        let now_s = app.now_s();
        if let Err(error) = sweep(&app).await {
            log::error!("sessions could not be swept: {}", Chain(&error));
        }
        // A clock that was set back is right now, perhaps: what it has written down before is corrected at once.
        let set_back = looked_s.is_some_and(|last| now_s < last);
        let look = set_back || looked_s.is_none_or(|last| now_s - last >= RETENTION_INTERVAL_S);
        if look {
            looked_s = Some(now_s);
            let due = set_back || retained_s.is_none_or(|last| now_s < last || now_s - last >= DAY_S);
            match hourly(&app, due).await {
                Ok(Some(Retained::Done { conversations, accounts })) => {
                    retained_s = Some(now_s);
                    log::info!("retention: {conversations} conversations and {accounts} accounts destroyed");
                    // Also where nothing was due: others delete as well. Not waited for: it may take
                    // minutes, and storage ends it by itself when it ends.
                    let tidied = app.storage.tidy();
                    tokio::spawn(async move {
                        if let Err(error) = tidied.await {
                            log::warn!("storage was not tidied up, it is tried tomorrow: {}", Chain(&error));
                        }
                    });
                }
                Ok(Some(Retained::ClockNotCredible)) => log::warn!(
                    "retention: nothing was deleted, because the clock stands days past the last use and no time server confirmed it; check the date and set up time synchronisation"
                ),
                Ok(None) => {}
                Err(error) => log::error!("retention failed, it is tried again: {}", Chain(&error)),
            }
        }
        // When the next shift begins or ends, the live chat opens or closes.
        let wait = match duty::work_out(&app) {
            Ok(Some(again_s)) => until(again_s, now_s).min(SWEEP_INTERVAL),
            Ok(None) => SWEEP_INTERVAL,
            Err(error) => {
                log::error!("who is on duty could not be worked out: {}", Chain(&error));
                SWEEP_INTERVAL
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// From now to a moment; never nothing, so that a clock that stands still keeps no loop busy.
fn until(again_s: Seconds, now_s: Seconds) -> Duration {
    Duration::from_secs(again_s.saturating_sub(now_s).max(1))
}

/// Offers waiting talks where a team's rules say so, until `stop`.
pub async fn take_turns(app: Arc<App>, stop: CancellationToken) {
    loop {
        let again_s = app.take_turns();
        let now_s = app.now_s();
        let later = async {
            match again_s {
                Some(again_s) => tokio::time::sleep(until(again_s, now_s)).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = app.hub.turns_due() => {}
            () = later => {}
        }
    }
}

async fn hourly(app: &App, retention_due: bool) -> Result<Option<Retained>, JobError> {
    if retention_due {
        return retain(app).await.map(Some);
    }
    confirm_clock(app).await?;
    Ok(None)
}

/// A time that may be believed. Nothing that is done on its word reads the clock again: it may have jumped meanwhile.
struct Believed {
    now_s: Seconds,
    /// A time server vouches for it.
    synchronised: bool,
}

/// The clock, if it may be believed; that it may is written down.
async fn confirm_clock(app: &App) -> Result<Option<Believed>, JobError> {
    let now_s = app.now_s();
    let credible_s = read_credible(&*app.storage)?;
    let synchronised = app.clock.synchronised();
    if !clock_is_credible(now_s, credible_s, synchronised) {
        return Ok(None);
    }
    // Only a time server may take it back.
    let confirmed_s = if synchronised { now_s } else { credible_s.map_or(now_s, |last| last.max(now_s)) };
    if Some(confirmed_s) != credible_s {
        let value = Some(confirmed_s.to_le_bytes().to_vec());
        app.commit(vec![Change::SettingPut(SettingKey::CredibleClock, value)]).await?;
    }
    app.clock_was_credible(confirmed_s);
    Ok(Some(Believed { now_s, synchronised }))
}

/// Destroys what is due.
///
/// # Errors
/// [`JobError`]; what was destroyed until then is destroyed.
pub async fn retain(app: &App) -> Result<Retained, JobError> {
    let Some(Believed { now_s, synchronised }) = confirm_clock(app).await? else {
        return Ok(Retained::ClockNotCredible);
    };
    if synchronised {
        redate(app, now_s).await?;
    }
    let stored = app.storage.list_conversations()?;
    let known: HashMap<_, _> = stored.iter().map(|known| (known.id, known)).collect();
    let due = collect(app, now_s, &stored, &app.storage.list_accounts()?)
        .conversations
        .into_iter()
        .filter_map(|id| {
            let thread = known.get(&ConversationKind::thread_id(id)).map_or(0, |thread| thread.length);
            let known = known.get(&id)?;
            let expire = Change::ConversationExpire { conversation: id, last_s: known.last_s };
            Some((expire, known.length + thread))
        });
    let conversations = expire(app, due).await?;
    // Looked at again: where somebody has written meanwhile, the account stays with the conversation.
    let stored = app.storage.list_conversations()?;
    let accounts = app.storage.list_accounts()?;
    let contacts: HashMap<_, _> =
        accounts.iter().map(|account| (account.id, account.last_contact_s)).collect();
    let due = collect(app, now_s, &stored, &accounts).accounts.into_iter().filter_map(|account| {
        Some((Change::AccountExpire { account, contact_s: *contacts.get(&account)? }, 0))
    });
    let accounts = expire(app, due).await?;
    Ok(Retained::Done { conversations, accounts })
}

/// What is due at that time.
fn collect(app: &App, now_s: Seconds, stored: &[Conversation], accounts: &[Account]) -> Due {
    let verified = app.directory.verified();
    let state = verified.as_ref().map(|verified| verified.log.state());
    collect_due(
        now_s,
        stored,
        accounts,
        |site| Some(state?.site(site)?.retention_days),
        |team| state.map_or(RETENTION_DAYS_DEFAULT, |state| state.retention_days(team)),
    )
}

/// Destroys what is due and still is when its turn comes; says how much that was.
async fn expire(app: &App, due: impl Iterator<Item = (Change, u64)>) -> Result<usize, JobError> {
    let mut expired = 0;
    for some in portions(due) {
        let outputs = app.commit(some).await?;
        expired += outputs.iter().filter(|output| **output == Output::Done).count();
    }
    Ok(expired)
}

/// A time server vouches for the clock: what was written down for later than now was so by a clock that ran ahead.
/// It would be kept for as much longer, years perhaps; now it is kept from now on.
async fn redate(app: &App, now_s: Seconds) -> Result<(), JobError> {
    let stored = app.storage.list_conversations()?;
    let conversations = stored.iter().filter(|known| known.last_s > now_s);
    let conversations =
        conversations.map(|known| Change::ConversationRedate { conversation: known.id, last_s: now_s });
    let stored = app.storage.list_accounts()?;
    let accounts = stored.iter().filter(|known| known.last_contact_s > now_s);
    let accounts = accounts.map(|known| Change::AccountRedate { account: known.id, contact_s: now_s });
    for some in portions(conversations.chain(accounts).map(|change| (change, 0))) {
        app.commit(some).await?;
    }
    Ok(())
}

/// Cuts what is to be destroyed into commits: few things at once, and together few envelopes, since
/// each one is named in the commit. One long conversation goes alone.
pub(crate) fn portions(due: impl Iterator<Item = (Change, u64)>) -> Vec<Vec<Change>> {
    let mut portions = Vec::new();
    let mut portion = Vec::new();
    let mut weight = 0;
    for (change, envelopes) in due {
        let full = portion.len() >= DESTROYED_AT_ONCE || weight + envelopes > ENVELOPES_AT_ONCE;
        if full && !portion.is_empty() {
            portions.push(core::mem::take(&mut portion));
            weight = 0;
        }
        portion.push(change);
        weight += envelopes;
    }
    if !portion.is_empty() {
        portions.push(portion);
    }
    portions
}

/// Ends sessions that idled too long or are too old, and closes what hangs on ended ones.
///
/// # Errors
/// [`JobError`].
pub async fn sweep(app: &App) -> Result<(), JobError> {
    let now_s = app.now_s();
    let sessions = app.storage.list_sessions()?;
    // A session that was begun by a clock that ran ahead would outlive its time by as much.
    let ahead_s = if app.clock.synchronised() { now_s.saturating_add(AHEAD_S_MAX) } else { Seconds::MAX };
    let (over, living): (Vec<_>, Vec<_>) = sessions.into_iter().partition(|session| {
        app.sessions.judge(session, now_s) == Verdict::Over || session.created_s > ahead_s
    });
    let living: HashSet<_> = living.into_iter().map(|session| session.token_hash).collect();
    app.sessions.retain(&living);
    // Also those that storage dropped by itself, such as the oldest of too many.
    for token in app.hub.sessions().iter().filter(|token| !living.contains(*token)) {
        app.session_ended(token, Ending::SessionEnded);
    }
    app.resumes.sweep(app.steady_s());
    let changes: Vec<_> = over.iter().map(|session| Change::SessionRemove(session.token_hash)).collect();
    for some in changes.chunks(DESTROYED_AT_ONCE) {
        app.commit(some.to_vec()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_protocol::id::ConversationId;

    #[test]
    fn huge_deletions_are_cut_into_commits() {
        let check = |lengths: &[u64], expect: &[usize]| {
            let due = lengths.iter().enumerate().map(|(n, length)| {
                (Change::ConversationRemove(ConversationId([u8::try_from(n).unwrap(); 16])), *length)
            });
            let portions: Vec<usize> = portions(due).iter().map(Vec::len).collect();
            assert_eq!(portions, expect, "{lengths:?}");
        };
        check(&[], &[]);
        check(&[10; 64], &[64]);
        check(&[10; 130], &[64, 64, 2]);
        check(&[20_000; 5], &[2, 2, 1]);
        // One that is longer than a portion goes alone, and nothing is lost around it.
        check(&[1, 200_000, 1, 1], &[1, 1, 2]);
        check(&[200_000, 200_000], &[1, 1]);
    }
}
