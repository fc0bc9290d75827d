//! A storage whose disk a test holds up: what is read is there at once, what is committed waits in its order.

use beistand_domain::{
    clock::Seconds,
    notice::Pending,
    record::{
        Acceptance, Account, AccountState, Blocks, CalendarLink, ClosingKey, Conversation, MailAccess,
        PushDevice, SecondFactor, Session, SettingKey,
    },
    statistics::{Tally, TallyKey},
    storage::{Change, CommitFuture, Listener, Storage, StorageError},
};
use beistand_protocol::{
    api::{LogHead, StoredEnvelope, TeamGenerationUpload},
    blocks::Library,
    closing::Topics,
    id::{AccountId, ConversationId, InvitationId, PersonId, RealmId, TeamId},
    notice::NoticeSettings,
    queue::QueueRules,
    roster::{LogEntry, Plan},
};
use beistand_store::MemoryStore;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Whoever holds it holds up the disk. Waiting commits get it in the order in which they came.
pub type Disk = Arc<Mutex<()>>;

pub struct SlowStore {
    pub inner: Arc<MemoryStore>,
    pub disk: Disk,
}

macro_rules! read {
    ($($name:ident($($argument:ident: $type:ty),*) -> $read:ty;)*) => {$(
        fn $name(&self, $($argument: $type),*) -> Result<$read, StorageError> {
            self.inner.$name($($argument),*)
        }
    )*};
}

impl Storage for SlowStore {
    fn commit(&self, now_s: Seconds, changes: Vec<Change>) -> CommitFuture {
        if self.disk.try_lock().is_ok() {
            return self.inner.commit(now_s, changes);
        }
        let (inner, disk) = (self.inner.clone(), self.disk.clone());
        Box::pin(async move {
            let turn = disk.lock().await;
            let commit = inner.commit(now_s, changes);
            drop(turn);
            commit.await
        })
    }

    fn subscribe(&self, listener: Listener) {
        self.inner.subscribe(listener);
    }

    read! {
        lookup_account(account: AccountId) -> Option<Account>;
        lookup_account_by_name(realm: RealmId, look_up: &[u8; 32]) -> Option<Account>;
        lookup_account_by_person(person: PersonId) -> Option<Account>;
        list_accounts() -> Vec<Account>;
        lookup_state(account: AccountId) -> Option<AccountState>;
        lookup_conversation(conversation: ConversationId) -> Option<Conversation>;
        list_conversations() -> Vec<Conversation>;
        list_envelopes(id: ConversationId, from: u64, count_max: usize, bytes_max: usize) -> Vec<StoredEnvelope>;
        lookup_log_head() -> Option<LogHead>;
        list_log(from: u64, count_max: usize) -> Vec<Vec<u8>>;
        list_generations(team: TeamId, from: u32, bytes_max: usize) -> Vec<TeamGenerationUpload>;
        lookup_session(token_hash: &[u8; 32]) -> Option<Session>;
        list_sessions() -> Vec<Session>;
        lookup_acceptance(invitation: InvitationId) -> Option<Acceptance>;
        list_acceptances() -> Vec<Acceptance>;
        list_sightings() -> Vec<(PersonId, Vec<u8>)>;
        lookup_roster(team: TeamId) -> Option<Plan>;
        list_rosters() -> Vec<Plan>;
        list_roster_log(team: TeamId, before: u64, count_max: usize) -> Vec<LogEntry>;
        lookup_calendar_link(secret_hash: &[u8; 32]) -> Option<CalendarLink>;
        list_calendar_links() -> Vec<CalendarLink>;
        list_queue_rules() -> Vec<(TeamId, QueueRules)>;
        lookup_topics(team: TeamId) -> Topics;
        list_closings() -> Vec<(ClosingKey, u64)>;
        list_tallies() -> Vec<(TallyKey, Tally)>;
        lookup_blocks(library: Library) -> Option<Blocks>;
        list_notices() -> Vec<(PersonId, NoticeSettings)>;
        list_mail_pending() -> Vec<(PersonId, Pending)>;
        list_push_devices() -> Vec<PushDevice>;
        lookup_mail_access() -> Option<MailAccess>;
        lookup_second_factor(account: AccountId) -> Option<SecondFactor>;
        lookup_setting(key: SettingKey) -> Option<Vec<u8>>;
    }
}
