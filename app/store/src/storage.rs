//! The domain's storage on the engine: typed records in tables, changes in commits.

mod change;
mod look_up;

use crate::engine::{Engine, Job, LiveData, Options, Transaction, Verdict};
use crate::error::Error;
use beistand_domain::clock::Seconds;
use beistand_domain::notice::Pending;
use beistand_domain::record::{
    Acceptance, Account, AccountState, Blocks, CalendarLink, ClosingKey, Conversation, MailAccess,
    PushDevice, SecondFactor, Session, SettingKey,
};
use beistand_domain::statistics::{Tally, TallyKey};
use beistand_domain::storage::{
    Change, CommitError, CommitFuture, Listener, Output, Refused, Storage, StorageError, TidyFuture,
};
use beistand_protocol::api::{LogHead, StoredEnvelope, TeamGenerationUpload};
use beistand_protocol::blocks::Library;
use beistand_protocol::closing::Topics;
use beistand_protocol::id::{AccountId, ConversationId, InvitationId, PersonId, RealmId, TeamId};
use beistand_protocol::notice::NoticeSettings;
use beistand_protocol::queue::QueueRules;
use beistand_protocol::roster::{LogEntry, Plan};
use futures_channel::oneshot;
use std::sync::{Arc, PoisonError, RwLock};

type Listeners = Arc<RwLock<Vec<Listener>>>;

/// An open data directory. Dropping it waits for the writer and ends in good order.
pub struct Store {
    engine: Engine,
    listeners: Listeners,
}

impl Store {
    /// Opens a data directory, or makes one; recovers what an abrupt end left.
    ///
    /// # Errors
    /// [`Error::Locked`], [`Error::WrongKey`], [`Error::NewerVersion`], [`Error::KeyFileMissing`],
    /// [`Error::Corrupt`], [`Error::ReadOnly`], [`Error::DiskFull`] …: each says what to do.
    pub fn open(options: Options) -> Result<Self, Error> {
        Ok(Self { engine: Engine::open(options)?, listeners: Listeners::default() })
    }

    /// The same without a thread: nothing is stored before the writer is run. For a simulation, where
    /// everything happens in one thread.
    ///
    /// # Errors
    /// As [`Store::open`].
    #[cfg(any(test, feature = "simulation"))]
    pub fn open_driven(options: Options) -> Result<(Self, crate::engine::Driven), Error> {
        let (engine, driven) = Engine::open_driven(options)?;
        Ok((Self { engine, listeners: Listeners::default() }, driven))
    }

    /// Makes a checkpoint now; resolves when it is durable and the journal behind it is gone.
    ///
    /// # Errors
    /// Whatever kept the checkpoint from being made; everything stays readable and durable.
    pub async fn checkpoint(&self) -> Result<(), Arc<Error>> {
        self.engine.checkpoint().await.unwrap_or_else(|_| Err(Arc::new(Error::Stopped)))
    }

    /// Makes the look-up database anew, without what was deleted. Commits and reads go on meanwhile.
    /// The store does so by itself when its files become too large
    /// ([`crate::engine::Limits::used_bytes_max`]).
    ///
    /// # Errors
    /// Whatever kept it from being made; the old one stays in use.
    pub async fn compact(&self) -> Result<(), Arc<Error>> {
        self.engine.compact().await.unwrap_or_else(|_| Err(Arc::new(Error::Stopped)))
    }

    /// Visits every record as it lies on the disk, opened: its key (a table's number first) and its value. For
    /// proofs about what is stored.
    ///
    /// # Errors
    /// A record that can't be read.
    pub fn visit_records(&self, visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), Error> {
        self.engine.view().visit_all(visit)
    }

    /// Opens every record, so that one that has decayed is found, and says what they take.
    ///
    /// # Errors
    /// A record that can't be read.
    pub fn measure(&self) -> Result<LiveData, Error> {
        self.engine.view().measure()
    }

    /// Whether there is a data key for this conversation.
    #[cfg(any(test, feature = "simulation"))]
    #[must_use]
    pub fn has_data_key(&self, conversation: ConversationId) -> bool {
        self.engine.has_data_key(&conversation.0)
    }

    /// Whether an earlier failure of the disk stopped all writing, so that only a restart helps.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.engine.has_failed()
    }
}

/// What the domain is told of an error of the store.
fn storage_error(error: Arc<Error>) -> StorageError {
    match error.cause() {
        Error::DiskFull { .. } => StorageError::Full,
        Error::ReadOnly { .. } => StorageError::ReadOnly,
        _ => StorageError::Failed(error),
    }
}

fn look_up<T>(result: Result<T, Error>) -> Result<T, StorageError> {
    result.map_err(|error| storage_error(Arc::new(error)))
}

struct CommitJob {
    now_s: Seconds,
    changes: Vec<Change>,
    outcome: Option<Result<Vec<Output>, Refused>>,
    reply: oneshot::Sender<Result<Vec<Output>, CommitError>>,
    listeners: Listeners,
}

impl Job for CommitJob {
    fn run(&mut self, transaction: &mut Transaction<'_>) -> Result<Verdict, Error> {
        let mut outputs = Vec::with_capacity(self.changes.len());
        for change in &self.changes {
            match change::apply(transaction, self.now_s, change) {
                Ok(output) => outputs.push(output),
                Err(change::Stop::Refused(refused)) => {
                    self.outcome = Some(Err(refused));
                    return Ok(Verdict::Discard);
                }
                Err(change::Stop::Failed(error)) => return Err(error),
            }
        }
        self.outcome = Some(Ok(outputs));
        Ok(Verdict::Keep)
    }

    fn settle(self: Box<Self>, stored: Result<(), Arc<Error>>) {
        let Self { changes, outcome, reply, listeners, .. } = *self;
        let outcome = match (stored, outcome) {
            (Err(error), _) => Err(CommitError::Storage(storage_error(error))),
            (Ok(()), Some(Ok(outputs))) => {
                let listeners = listeners.read().unwrap_or_else(PoisonError::into_inner);
                listeners.iter().for_each(|listener| listener(&changes, &outputs));
                Ok(outputs)
            }
            (Ok(()), Some(Err(refused))) => Err(CommitError::Refused(refused)),
            // The engine says stored only of what it has run.
            (Ok(()), None) => Err(CommitError::Storage(storage_error(Arc::new(Error::Stopped)))),
        };
        // Whoever waited may have gone; what is stored is stored.
        let _ = reply.send(outcome);
    }

    fn only_frees(&self) -> bool {
        let removes = |change: &Change| {
            matches!(
                change,
                Change::AccountRemove(_)
                    | Change::AccountExpire { .. }
                    | Change::ConversationRemove(_)
                    | Change::ConversationExpire { .. }
                    | Change::SessionRemove(_)
                    | Change::SessionsRemove(_)
                    | Change::CalendarLinkRemove(_)
            )
        };
        let goes_with_it =
            |change: &Change| matches!(change, Change::SettingPut(..) | Change::SettingExpect(..));
        self.changes.iter().any(removes)
            && self.changes.iter().all(|change| removes(change) || goes_with_it(change))
    }
}

impl Storage for Store {
    fn commit(&self, now_s: Seconds, changes: Vec<Change>) -> CommitFuture {
        let (reply, answer) = oneshot::channel();
        let listeners = Arc::clone(&self.listeners);
        self.engine.submit(Box::new(CommitJob { now_s, changes, outcome: None, reply, listeners }));
        Box::pin(async move {
            answer
                .await
                .unwrap_or_else(|_| Err(CommitError::Storage(storage_error(Arc::new(Error::Stopped)))))
        })
    }

    fn tidy(&self) -> TidyFuture {
        let tidied = self.engine.tidy();
        Box::pin(async move {
            tidied.await.unwrap_or_else(|_| Err(Arc::new(Error::Stopped))).map_err(storage_error)
        })
    }

    fn subscribe(&self, listener: Listener) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    fn lookup_account(&self, account: AccountId) -> Result<Option<Account>, StorageError> {
        look_up(look_up::account(&self.engine.view(), account))
    }

    fn lookup_account_by_name(
        &self,
        realm: RealmId,
        name: &[u8; 32],
    ) -> Result<Option<Account>, StorageError> {
        look_up(look_up::account_by_name(&self.engine.view(), realm, name))
    }

    fn lookup_account_by_person(&self, person: PersonId) -> Result<Option<Account>, StorageError> {
        look_up(look_up::account_by_person(&self.engine.view(), person))
    }

    fn list_accounts(&self) -> Result<Vec<Account>, StorageError> {
        look_up(look_up::accounts(&self.engine.view()))
    }

    fn lookup_state(&self, account: AccountId) -> Result<Option<AccountState>, StorageError> {
        look_up(look_up::state(&self.engine.view(), account))
    }

    fn lookup_conversation(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<Conversation>, StorageError> {
        look_up(look_up::conversation(&self.engine.view(), conversation))
    }

    fn list_conversations(&self) -> Result<Vec<Conversation>, StorageError> {
        look_up(look_up::conversations(&self.engine.view()))
    }

    fn list_envelopes(
        &self,
        conversation: ConversationId,
        from: u64,
        count_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<StoredEnvelope>, StorageError> {
        look_up(look_up::envelopes(&self.engine.view(), conversation, from, count_max, bytes_max))
    }

    fn lookup_log_head(&self) -> Result<Option<LogHead>, StorageError> {
        look_up(look_up::log_head(&self.engine.view()))
    }

    fn list_log(&self, from: u64, count_max: usize) -> Result<Vec<Vec<u8>>, StorageError> {
        look_up(look_up::log(&self.engine.view(), from, count_max))
    }

    fn list_generations(
        &self,
        team: TeamId,
        from: u32,
        bytes_max: usize,
    ) -> Result<Vec<TeamGenerationUpload>, StorageError> {
        look_up(look_up::generations(&self.engine.view(), team, from, bytes_max))
    }

    fn lookup_session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StorageError> {
        look_up(look_up::session(&self.engine.view(), token_hash))
    }

    fn list_sessions(&self) -> Result<Vec<Session>, StorageError> {
        look_up(look_up::sessions(&self.engine.view()))
    }

    fn lookup_acceptance(&self, invitation: InvitationId) -> Result<Option<Acceptance>, StorageError> {
        look_up(look_up::acceptance(&self.engine.view(), invitation))
    }

    fn list_acceptances(&self) -> Result<Vec<Acceptance>, StorageError> {
        look_up(look_up::acceptances(&self.engine.view()))
    }

    fn list_sightings(&self) -> Result<Vec<(PersonId, Vec<u8>)>, StorageError> {
        look_up(look_up::sightings(&self.engine.view()))
    }

    fn lookup_roster(&self, team: TeamId) -> Result<Option<Plan>, StorageError> {
        look_up(look_up::roster(&self.engine.view(), team))
    }

    fn list_rosters(&self) -> Result<Vec<Plan>, StorageError> {
        look_up(look_up::rosters(&self.engine.view()))
    }

    fn list_roster_log(
        &self,
        team: TeamId,
        before: u64,
        count_max: usize,
    ) -> Result<Vec<LogEntry>, StorageError> {
        look_up(look_up::roster_log(&self.engine.view(), team, before, count_max))
    }

    fn lookup_calendar_link(&self, secret_hash: &[u8; 32]) -> Result<Option<CalendarLink>, StorageError> {
        look_up(look_up::calendar_link(&self.engine.view(), secret_hash))
    }

    fn list_calendar_links(&self) -> Result<Vec<CalendarLink>, StorageError> {
        look_up(look_up::calendar_links(&self.engine.view()))
    }

    fn list_queue_rules(&self) -> Result<Vec<(TeamId, QueueRules)>, StorageError> {
        look_up(look_up::queue_rules(&self.engine.view()))
    }

    fn lookup_topics(&self, team: TeamId) -> Result<Topics, StorageError> {
        look_up(look_up::topics(&self.engine.view(), team))
    }

    fn list_tallies(&self) -> Result<Vec<(TallyKey, Tally)>, StorageError> {
        look_up(look_up::tallies(&self.engine.view()))
    }

    fn list_closings(&self) -> Result<Vec<(ClosingKey, u64)>, StorageError> {
        look_up(look_up::closings(&self.engine.view()))
    }

    fn lookup_blocks(&self, library: Library) -> Result<Option<Blocks>, StorageError> {
        look_up(look_up::blocks(&self.engine.view(), library))
    }

    fn list_notices(&self) -> Result<Vec<(PersonId, NoticeSettings)>, StorageError> {
        look_up(look_up::notices(&self.engine.view()))
    }

    fn list_mail_pending(&self) -> Result<Vec<(PersonId, Pending)>, StorageError> {
        look_up(look_up::mail_pending(&self.engine.view()))
    }

    fn list_push_devices(&self) -> Result<Vec<PushDevice>, StorageError> {
        look_up(look_up::push_devices(&self.engine.view()))
    }

    fn lookup_mail_access(&self) -> Result<Option<MailAccess>, StorageError> {
        look_up(look_up::mail_access(&self.engine.view()))
    }

    fn lookup_second_factor(&self, account: AccountId) -> Result<Option<SecondFactor>, StorageError> {
        look_up(look_up::second_factor(&self.engine.view(), account))
    }

    fn lookup_setting(&self, key: SettingKey) -> Result<Option<Vec<u8>>, StorageError> {
        look_up(look_up::setting(&self.engine.view(), key))
    }
}
