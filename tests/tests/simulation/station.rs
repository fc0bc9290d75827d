//! The box: the real server on the real storage, whose disk forgets what was not synced, tears what was being
//! written, fills up and fails; which may end at any moment and starts again.

use super::{
    chance::Chance,
    clock::SimulatedClock,
    network::{Network, Reachable},
    trace::Trace,
};
use beistand_domain::{
    clock::Seconds,
    notice::Pending,
    record::{
        Acceptance, Account, AccountState, Blocks, CalendarLink, ClosingKey, Conversation, MailAccess,
        PushDevice, SecondFactor, Session, SettingKey,
    },
    roster::calendar::Words,
    statistics::{Tally, TallyKey},
    storage::{Change, CommitError, CommitFuture, Listener, Storage, StorageError, TidyFuture},
};
use beistand_protocol::{
    api::{LogHead, StoredEnvelope, TeamGenerationUpload},
    blocks::Library,
    closing::Topics,
    id::{AccountId, ConversationId, InvitationId, PersonId, RealmId, TeamId},
    membership::Language,
    notice::NoticeSettings,
    queue::QueueRules,
    roster::{LogEntry, Plan},
};
use beistand_server::{
    app::{App, Options, Parts},
    job,
    mail::{self, Said},
    outbound::Reach,
    page::{Page, PageRequest, Pages},
    roots::Roots,
    route::router,
};
use beistand_store::{
    Store,
    disk::simulated::SimulatedDisk,
    engine::{Driven, Limits, Options as StoreOptions},
    random::testing::Seeded,
    seal::StorageKey,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep, sleep_until},
};
use tokio_util::sync::CancellationToken;

/// Renders nothing: public pages are not what is simulated.
struct NoPages;

impl Pages for NoPages {
    fn render(&self, _: &PageRequest<'_>, _: &Page<'_>) -> String {
        String::new()
    }
    fn calendar_words(&self, _: Option<&str>) -> Words {
        let word = |word: &str| word.to_owned();
        Words { name: word("roster"), live: word("live"), letters: word("letters"), nobody: word("nobody") }
    }
    fn mail_words(&self, _: Language, _: Said, _: &str) -> mail::Words {
        mail::Words { from: String::new(), subject: String::new(), body: String::new() }
    }
    fn theme(&self, _: [u8; 3]) -> String {
        String::new()
    }
}

/// Storage as one process sees it: gone when the process is gone.
pub struct OfOneProcess {
    inner: Store,
    alive: AtomicBool,
    /// Commits wait.
    waiting: Notify,
    /// Something was asked that is not answered yet.
    asked: AtomicBool,
    /// All that was asked is answered, or never will be.
    rests: Notify,
}

impl OfOneProcess {
    /// Whether there is a data key for this conversation.
    pub fn has_key(&self, conversation: ConversationId) -> bool {
        self.inner.has_data_key(conversation)
    }

    fn ask(&self) {
        self.asked.store(true, Ordering::Relaxed);
        self.waiting.notify_one();
    }

    fn rest(&self) {
        self.asked.store(false, Ordering::Relaxed);
        self.rests.notify_waiters();
    }

    fn alive(&self) -> Result<(), StorageError> {
        if self.alive.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(StorageError::Failed(Arc::new(std::io::Error::other("the process has ended"))))
    }
}

/// Passes look-ups on while the process lives.
macro_rules! pass_on {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty;)*) => {
        $(fn $name(&self, $($argument: $kind),*) -> Result<$result, StorageError> {
            self.alive()?;
            self.inner.$name($($argument),*)
        })*
    };
}

impl Storage for OfOneProcess {
    fn commit(&self, now_s: Seconds, changes: Vec<Change>) -> CommitFuture {
        match self.alive() {
            Ok(()) => {
                let stored = self.inner.commit(now_s, changes);
                self.ask();
                stored
            }
            Err(error) => Box::pin(async move { Err(CommitError::Storage(error)) }),
        }
    }

    fn tidy(&self) -> TidyFuture {
        match self.alive() {
            Ok(()) => {
                let tidied = self.inner.tidy();
                self.ask();
                tidied
            }
            Err(error) => Box::pin(async move { Err(error) }),
        }
    }

    fn subscribe(&self, listener: Listener) {
        self.inner.subscribe(listener);
    }

    pass_on! {
        lookup_account(account: AccountId) -> Option<Account>;
        lookup_account_by_name(realm: RealmId, look_up: &[u8; 32]) -> Option<Account>;
        lookup_account_by_person(person: PersonId) -> Option<Account>;
        list_accounts() -> Vec<Account>;
        lookup_state(account: AccountId) -> Option<AccountState>;
        lookup_conversation(conversation: ConversationId) -> Option<Conversation>;
        list_conversations() -> Vec<Conversation>;
        list_envelopes(conversation: ConversationId, from: u64, count_max: usize, bytes_max: usize) -> Vec<StoredEnvelope>;
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

struct Running {
    storage: Arc<OfOneProcess>,
    /// Kept: the storage's listener holds it only weakly.
    _app: Arc<App>,
    stop: CancellationToken,
}

/// What the disk does to the box from now on.
#[derive(Debug, Clone, Copy)]
pub enum DiskFault {
    /// The power goes at one of the next writes, in the middle of it.
    Dies(usize),
    /// `fdatasync` says that it failed, and nobody knows what is on the disk.
    SyncFails,
    /// Only so many bytes more fit.
    Full(u64),
    /// All is well again.
    None,
}

/// What the storage is asked to do beside the commits.
#[derive(Debug, Clone, Copy)]
pub enum Upkeep {
    Checkpoint,
    Compact,
    Tidy,
}

/// Small, so that a short run makes journal segments and checkpoints too.
fn limits() -> Limits {
    Limits {
        cache_bytes: 1024 * 1024,
        free_bytes_min: 8 * 1024,
        reserve_bytes: 16 * 1024,
        segment_bytes: 64 * 1024,
        journal_bytes_min: 192 * 1024,
        journal_bytes_max: 1024 * 1024,
        // sled's files lie on a real disk and their size is no matter of the seed: they are not made anew here.
        spare_bytes: 1 << 40,
    }
}

/// The box.
pub struct Station {
    folder: tempfile::TempDir,
    pub clock: SimulatedClock,
    network: Rc<Network>,
    trace: Trace,
    chance: RefCell<Chance>,
    random: RefCell<Seeded>,
    disk: RefCell<SimulatedDisk>,
    start: Cell<u64>,
    running: RefCell<Option<Running>>,
}

impl Station {
    pub fn new(network: &Rc<Network>, clock: SimulatedClock, chance: Chance, trace: &Trace) -> Rc<Self> {
        let seed = chance.fork("disk").below(u64::MAX);
        Rc::new(Self {
            folder: tempfile::tempdir().unwrap(),
            clock,
            network: network.clone(),
            trace: trace.clone(),
            chance: RefCell::new(chance),
            random: RefCell::new(Seeded(seed)),
            disk: RefCell::default(),
            start: Cell::new(0),
            running: RefCell::default(),
        })
    }

    /// Starts the box, whatever its disk looks like; the claim code while nothing is set up. `opened` sees what
    /// is stored before anything else happens.
    pub async fn start(self: &Rc<Self>, opened: impl Fn(&OfOneProcess)) -> Option<String> {
        loop {
            let start = self.start.get() + 1;
            self.start.set(start);
            self.trace.note(&format!("box: start {start}"));
            match self.try_start(start, &opened).await {
                Ok(code) => return code,
                Err(error) => {
                    if error.starts_with("DiskFull") {
                        // The box says so, and somebody makes room.
                        self.trace.note("box: no room to start");
                        self.disk.borrow().set_capacity(None);
                        continue;
                    }
                    assert!(self.disk.borrow().is_dead(), "a start that needs a person: {error}");
                    self.lose_power();
                }
            }
        }
    }

    async fn try_start(
        self: &Rc<Self>,
        start: u64,
        opened: impl Fn(&OfOneProcess),
    ) -> Result<Option<String>, String> {
        let options = StoreOptions {
            data: "/data".into(),
            database: Some(self.folder.path().join("database")),
            key: StorageKey::from_bytes([8; 32]),
            disk: Arc::new(self.disk.borrow().clone()),
            random: Box::new(self.chance.borrow_mut().keys()),
            limits: limits(),
        };
        let (inner, driven) = Store::open_driven(options).map_err(|error| format!("{error:?}"))?;
        let storage = Arc::new(OfOneProcess {
            inner,
            alive: AtomicBool::new(true),
            waiting: Notify::new(),
            asked: AtomicBool::new(false),
            rests: Notify::new(),
        });
        opened(&storage);
        let stop = CancellationToken::new();
        tokio::task::spawn_local(self.clone().drive(storage.clone(), driven, stop.clone()));
        let parts = Parts {
            storage: storage.clone(),
            clock: Arc::new(self.clock.clone()),
            random: Arc::new(self.chance.borrow_mut().keys()),
            pages: Box::new(NoPages),
            options: Options {
                data: self.folder.path().to_owned(),
                secrets: self.folder.path().join("secrets"),
                leave_to: "https://weather.example/".to_owned(),
                root_certificate_pem: None,
                roots: Roots::default(),
                reach: Reach::Public,
            },
        };
        let (app, code) = match App::open(parts).await {
            Ok(opened) => opened,
            Err(error) => {
                stop.cancel();
                return Err(format!("{error:?}"));
            }
        };
        tokio::task::spawn_local(job::run(app.clone(), stop.clone()));
        tokio::task::spawn_local(job::take_turns(app.clone(), stop.clone()));
        self.network.set_server(Some(Reachable { router: router(app.clone()), start }));
        *self.running.borrow_mut() = Some(Running { storage, _app: app, stop });
        Ok(code)
    }

    /// Runs the storage's writer, with the pauses of a disk, until the process or the disk ends.
    async fn drive(self: Rc<Self>, storage: Arc<OfOneProcess>, mut driven: Driven, stop: CancellationToken) {
        let mut beside_ends = None;
        loop {
            if driven.runs_beside() && beside_ends.is_none() {
                let (quick, longest_ms) = (self.chance.borrow_mut().one_in(2), 20_000);
                let most_ms = if quick { 50 } else { longest_ms };
                let takes_ms = self.chance.borrow_mut().between(0, most_ms);
                beside_ends = Some(Instant::now() + Duration::from_millis(takes_ms));
            }
            let at = beside_ends;
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = storage.waiting.notified() => {}
                () = sleep_until(at.unwrap_or_else(Instant::now)), if at.is_some() => {
                    beside_ends = None;
                    self.trace.note("box: what ran beside the commits is done");
                    driven.end_beside();
                }
            }
            let pause_ms = {
                let mut chance = self.chance.borrow_mut();
                let slow = chance.one_in(40);
                chance.between(0, if slow { 3_000 } else { 15 })
            };
            sleep(Duration::from_millis(pause_ms)).await;
            if stop.is_cancelled() {
                return;
            }
            driven.run_waiting();
            storage.rest();
            let dead = self.disk.borrow().is_dead();
            if dead || storage.inner.has_failed() {
                self.trace.note("box: the disk failed");
                let of_this = self
                    .running
                    .borrow()
                    .as_ref()
                    .is_some_and(|running| Arc::ptr_eq(&running.storage, &storage));
                if of_this {
                    self.crash(true);
                }
                return;
            }
        }
    }

    /// The box ends without a word: killed, or with the power cut.
    pub fn crash(&self, power: bool) {
        self.trace.note(if power { "box: power cut" } else { "box: killed" });
        self.network.set_server(None);
        if let Some(running) = self.running.borrow_mut().take() {
            running.storage.alive.store(false, Ordering::Relaxed);
            running.storage.rest();
            running.stop.cancel();
        }
        if power {
            self.lose_power();
        } else {
            let after = self.disk.borrow().after_kill();
            after.set_sync_fails(false);
            self.disk.replace(after);
        }
    }

    fn lose_power(&self) {
        let after = self.disk.borrow().after_power_cut(&mut self.random.borrow_mut());
        self.disk.replace(after);
    }

    /// Whether the box is up.
    pub fn is_running(&self) -> bool {
        self.running.borrow().is_some()
    }

    /// Waits until nothing is being stored.
    pub async fn rest(&self) {
        while let Some(storage) = self.storage() {
            let rests = storage.rests.notified();
            if !storage.asked.load(Ordering::Relaxed) {
                return;
            }
            rests.await;
        }
    }

    /// The disk begins to do something, or stops.
    pub fn set_fault(&self, fault: DiskFault) {
        let disk = self.disk.borrow();
        match fault {
            DiskFault::Dies(operation) => disk.die_at(operation),
            DiskFault::SyncFails => disk.set_sync_fails(true),
            DiskFault::Full(bytes) => disk.set_capacity(Some(disk.used() + bytes)),
            DiskFault::None => {
                disk.live_on();
                disk.set_sync_fails(false);
                disk.set_capacity(None);
            }
        }
    }

    /// What is stored, while the box runs.
    pub fn storage(&self) -> Option<Arc<OfOneProcess>> {
        self.running.borrow().as_ref().map(|running| running.storage.clone())
    }

    /// The storage puts its files in order while commits go on.
    pub fn keep_up(&self, what: Upkeep) {
        let Some(storage) = self.storage() else { return };
        tokio::task::spawn_local(async move {
            let asked = async {
                // It may fail: the disk does.
                match what {
                    Upkeep::Checkpoint => drop(storage.inner.checkpoint().await),
                    Upkeep::Compact => drop(storage.inner.compact().await),
                    Upkeep::Tidy => drop(storage.inner.tidy().await),
                }
            };
            // Asked first, and then the writer is woken.
            tokio::join!(biased; asked, async { storage.waiting.notify_one() });
        });
    }
}
