//! What the tests of the public storage share: sample records, a data directory, a view of
//! everything, and waiting for a future.
#![allow(dead_code, reason = "each test file uses its own part of it")]

use beistand_domain::notice::Pending;
use beistand_domain::record::{
    Acceptance, Account, AccountState, Blocks, CalendarLink, ClosingKey, Conversation, MailAccess,
    NewEnvelope, PushDevice, Readers, SecondFactor, Session, SettingKey, Whose,
};
use beistand_domain::statistics::{Tally, TallyKey};
use beistand_domain::storage::{Change, Storage};
use beistand_protocol::api::{
    ConversationState, Envelope, EnvelopeKind, LogHead, Sealed, SessionKind, StoredEnvelope,
    TeamGenerationUpload,
};
use beistand_protocol::blocks::Library;
use beistand_protocol::closing::{ClosingReason, Topic, Topics};
use beistand_protocol::epoch::ConversationKind;
use beistand_protocol::id::{
    AccountId, ConversationId, DeviceSessionId, InvitationId, MessageId, PersonId, RealmId, SiteId, TeamId,
};
use beistand_protocol::membership::Language;
use beistand_protocol::month::Month;
use beistand_protocol::notice::{MailSecurity, MailServer, NoticeSettings};
use beistand_protocol::queue::{Escalation, QueueMode, QueueRules};
use beistand_protocol::roster::{Command, LogEntry, Plan, ShiftId};
use beistand_protocol::second_factor::SharedSecret;
use beistand_store::Store;
use beistand_store::disk::Disk;
use beistand_store::disk::real::RealDisk;
use beistand_store::engine::{Limits, Options};
use beistand_store::error::Error;
use beistand_store::seal::StorageKey;
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};

/// Waits for a future on this thread.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        std::thread::park();
    }
}

/// Unpredictable enough for tests; seeded by the process.
pub fn random() -> Box<dyn beistand_store::random::Random> {
    let mut counter = 0u64;
    let state = std::hash::RandomState::new();
    Box::new(move |bytes: &mut [u8]| {
        for chunk in bytes.chunks_mut(8) {
            counter += 1;
            let mut hasher = state.build_hasher();
            hasher.write_u64(counter);
            chunk.copy_from_slice(&hasher.finish().to_le_bytes()[..chunk.len()]);
        }
    })
}

/// A data directory of its own.
pub struct Data {
    pub dir: tempfile::TempDir,
}

impl Data {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub fn open(&self) -> Result<Store, Error> {
        Store::open(self.options())
    }

    pub fn options(&self) -> Options {
        options(self.path(), RealDisk)
    }

    /// As after an abrupt end: sled's files are not believed.
    pub fn forget_orderly_end(&self) {
        std::fs::remove_file(self.path().join("clean")).unwrap();
    }
}

/// Small sizes, so that checkpoints happen in tests.
pub fn options(data: PathBuf, disk: impl Disk) -> Options {
    Options {
        data,
        database: None,
        key: StorageKey::from_bytes([8; 32]),
        disk: Arc::new(disk),
        random: random(),
        limits: Limits {
            cache_bytes: 1 << 20,
            free_bytes_min: 0,
            reserve_bytes: 0,
            segment_bytes: 8 * 1024,
            journal_bytes_min: 32 * 1024,
            journal_bytes_max: 32 * 1024,
            spare_bytes: 1 << 30,
        },
    }
}

pub fn site(byte: u8) -> SiteId {
    SiteId([byte; 16])
}

pub fn account(id: u8, realm: u8, name: u8) -> Account {
    Account {
        id: AccountId([id; 16]),
        realm: RealmId([realm; 16]),
        look_up: [name; 32],
        suite: 1,
        generation: 1,
        kind: SessionKind::Seeker(site(realm)),
        record: vec![id; 20],
        signing_key: [id; 32],
        recovery_key: Some([id; 32]),
        wraps: vec![],
        created_s: 10,
        last_contact_s: 20,
    }
}

pub fn staff_account(id: u8, person: u8, name: u8, created_s: u64) -> Account {
    Account {
        realm: RealmId::STAFF,
        kind: SessionKind::Staff(PersonId([person; 16])),
        created_s,
        ..account(id, 0, name)
    }
}

pub fn conversation(id: u8, seeker: u8) -> Conversation {
    Conversation {
        id: ConversationId([id; 16]),
        site: site(1),
        team: TeamId([3; 16]),
        whose: Whose::Seeker(AccountId([seeker; 16])),
        state: ConversationState::Waiting,
        readers: Readers::default(),
        opened_s: 10,
        last_s: 10,
        length: 0,
        epoch: 0,
        answer_by_s: None,
        steps: Vec::new(),
        asked: None,
    }
}

/// The staff's thread about a talk.
pub fn thread(talk: ConversationId) -> Conversation {
    Conversation { id: ConversationKind::thread_id(talk), whose: Whose::Thread(talk), ..conversation(0, 0) }
}

/// A team's room in a month.
pub fn room() -> Conversation {
    let (team, month) = (conversation(0, 0).team, Month::MIN);
    let id = ConversationKind::room_id(team, month);
    Conversation { id, site: SiteId::NONE, whose: Whose::Room(month), ..conversation(0, 0) }
}

pub fn envelope(id: u8, kind: EnvelopeKind, epoch: u32) -> NewEnvelope {
    let sealed = Sealed(vec![id; 5]);
    let envelope = Envelope { id: MessageId([id; 16]), kind, epoch, assignee: None, sealed };
    NewEnvelope { envelope, readers: None, position: None }
}

pub fn epoch(id: u8, number: u32, position: u64) -> NewEnvelope {
    NewEnvelope {
        readers: Some(Readers { persons: vec![PersonId([5; 16])], teams: vec![], guests: vec![] }),
        position: Some(position),
        ..envelope(id, EnvelopeKind::Epoch, number)
    }
}

pub fn generation(team: u8, number: u32) -> TeamGenerationUpload {
    TeamGenerationUpload { team: TeamId([team; 16]), number, statement: Sealed(vec![team; 9]) }
}

pub fn session(token: u8, account: u8, person: u8) -> Session {
    Session {
        token_hash: [token; 32],
        account: AccountId([account; 16]),
        kind: SessionKind::Staff(PersonId([person; 16])),
        device_session: DeviceSessionId([token; 16]),
        created_s: 10,
        used_s: 11,
    }
}

pub fn acceptance(invitation: u8, account: u8) -> Acceptance {
    Acceptance {
        invitation: InvitationId([invitation; 16]),
        account: AccountId([account; 16]),
        signed: vec![invitation; 3],
        accepted_s: 12,
        countersigned: false,
    }
}

/// Every answer a storage can give over the ids that the tests use.
#[derive(Debug, PartialEq)]
pub struct Everything {
    accounts: Vec<Account>,
    by_name: Vec<Option<AccountId>>,
    by_person: Vec<Option<AccountId>>,
    states: Vec<Option<AccountState>>,
    conversations: Vec<Conversation>,
    envelopes: Vec<Vec<StoredEnvelope>>,
    head: Option<LogHead>,
    log: Vec<Vec<u8>>,
    generations: Vec<Vec<TeamGenerationUpload>>,
    sessions: Vec<Session>,
    acceptances: Vec<Acceptance>,
    sightings: Vec<(PersonId, Vec<u8>)>,
    settings: Vec<Option<Vec<u8>>>,
    rosters: Vec<Plan>,
    roster_logs: Vec<Vec<LogEntry>>,
    calendar_links: Vec<CalendarLink>,
    queue_rules: Vec<(TeamId, QueueRules)>,
    topics: Vec<Topics>,
    closings: Vec<(ClosingKey, u64)>,
    tallies: Vec<(TallyKey, Tally)>,
    blocks: Vec<Option<Blocks>>,
    notices: Vec<(PersonId, NoticeSettings)>,
    mail_pending: Vec<(PersonId, Pending)>,
    push_devices: Vec<PushDevice>,
    mail_access: Option<MailAccess>,
    second_factors: Vec<Option<SecondFactor>>,
}

pub fn everything(storage: &dyn Storage) -> Everything {
    let ids = || 0..10u8;
    let sorted = |mut accounts: Vec<Account>| {
        accounts.sort_by_key(|account| account.id);
        accounts
    };
    let mut conversations = storage.list_conversations().unwrap();
    conversations.sort_by_key(|conversation| conversation.id);
    let envelopes = |conversation: &Conversation| {
        storage.list_envelopes(conversation.id, 0, usize::MAX, usize::MAX).unwrap()
    };
    let mut sessions = storage.list_sessions().unwrap();
    sessions.sort_by_key(|session| session.token_hash);
    let mut acceptances = storage.list_acceptances().unwrap();
    acceptances.sort_by_key(|acceptance| acceptance.invitation);
    let mut sightings = storage.list_sightings().unwrap();
    sightings.sort();
    let mut rosters = storage.list_rosters().unwrap();
    rosters.sort_by_key(|plan| plan.team);
    let mut calendar_links = storage.list_calendar_links().unwrap();
    calendar_links.sort_by_key(|link| link.secret_hash);
    let mut queue_rules = storage.list_queue_rules().unwrap();
    queue_rules.sort_by_key(|(team, _)| *team);
    let mut notices = storage.list_notices().unwrap();
    notices.sort_by_key(|(person, _)| *person);
    let mut mail_pending = storage.list_mail_pending().unwrap();
    mail_pending.sort_by_key(|(person, _)| *person);
    let mut push_devices = storage.list_push_devices().unwrap();
    push_devices.sort_by_key(|device| device.id);
    let mut closings = storage.list_closings().unwrap();
    closings.sort_unstable();
    let mut tallies = storage.list_tallies().unwrap();
    tallies.sort_unstable_by_key(|(key, _)| *key);
    Everything {
        notices,
        mail_pending,
        push_devices,
        mail_access: storage.lookup_mail_access().unwrap(),
        second_factors: ids().map(|id| storage.lookup_second_factor(AccountId([id; 16])).unwrap()).collect(),
        accounts: sorted(storage.list_accounts().unwrap()),
        by_name: ids()
            .flat_map(|realm| ids().map(move |name| (RealmId([realm; 16]), [name; 32])))
            .map(|(realm, name)| storage.lookup_account_by_name(realm, &name).unwrap().map(|found| found.id))
            .collect(),
        by_person: ids()
            .map(|id| storage.lookup_account_by_person(PersonId([id; 16])).unwrap().map(|found| found.id))
            .collect(),
        states: ids().map(|id| storage.lookup_state(AccountId([id; 16])).unwrap()).collect(),
        envelopes: conversations.iter().map(envelopes).collect(),
        conversations,
        head: storage.lookup_log_head().unwrap(),
        log: storage.list_log(0, usize::MAX).unwrap(),
        generations: ids()
            .map(|id| storage.list_generations(TeamId([id; 16]), 0, usize::MAX).unwrap())
            .collect(),
        sessions,
        acceptances,
        sightings,
        settings: [SettingKey::ClaimCodeHash, SettingKey::CredibleClock, SettingKey::PushKey]
            .map(|key| storage.lookup_setting(key).unwrap())
            .to_vec(),
        roster_logs: ids()
            .map(|id| storage.list_roster_log(TeamId([id; 16]), u64::MAX, usize::MAX).unwrap())
            .collect(),
        rosters,
        calendar_links,
        queue_rules,
        topics: ids().map(|id| storage.lookup_topics(TeamId([id; 16])).unwrap()).collect(),
        closings,
        tallies,
        blocks: libraries().map(|library| storage.lookup_blocks(library).unwrap()).collect(),
    }
}

/// A change of a team's roster that makes this version of it; what it says is told by `mark`.
pub fn roster_change(team: u8, version: u64, mark: u8) -> Change {
    let mut plan = beistand_domain::roster::empty(TeamId([team; 16]));
    plan.version = version;
    plan.rules.without_shift = mark % 2 == 1;
    let command = Command::RemoveShift(ShiftId([mark; 16]));
    let entry =
        LogEntry { version, at_s: version * 10, by: PersonId([mark; 16]), command, touched: Vec::new() };
    Change::RosterChange { plan: Box::new(plan), entry: Box::new(entry) }
}

/// A team's queue rules become those that `mark` tells.
pub fn queue_rules(team: u8, mark: u8) -> Change {
    let mode = if mark % 2 == 1 { QueueMode::Push } else { QueueMode::Pull };
    let escalation = (mark > 4).then_some(Escalation { leads_s: 60 + u16::from(mark), letter_s: 300 });
    let rules = QueueRules { mode, talks_max: (mark > 2).then_some(mark), offer_s: 60, escalation };
    Change::QueueRulesPut { team: TeamId([team; 16]), rules }
}

/// What a person has chosen becomes what `mark` tells.
pub fn notice_put(person: u8, mark: u8) -> Change {
    let mut settings = NoticeSettings::in_language(Language::English);
    settings.choices.request.mail = mark % 2 == 1;
    settings.away_until_s = (mark > 3).then_some(mark.into());
    settings.address = (mark > 5).then(|| format!("{mark}@example.org"));
    Change::NoticePut { person: PersonId([person; 16]), settings: Box::new(settings) }
}

/// What a person is to be told becomes what `mark` tells, or nothing.
pub fn mail_pending(person: u8, mark: u8) -> Change {
    let pending = Pending { mine: mark % 2 == 1, team: mark > 4, tries: mark, not_before_s: mark.into() };
    Change::MailPendingPut { person: PersonId([person; 16]), pending: (mark > 0).then_some(pending) }
}

pub fn push_device(id: u8, person: u8) -> PushDevice {
    PushDevice {
        id: [id; 32],
        endpoint: format!("https://push.example.org/{id}"),
        public: vec![4; 65],
        secret: vec![id; 16],
        origin: "https://box.example.org".to_owned(),
        person: PersonId([person; 16]),
        account: AccountId([person; 16]),
        device_session: DeviceSessionId([id; 16]),
        made_s: u64::from(id) * 7 % 5,
    }
}

/// The mail server becomes the one that `mark` tells, or none.
pub fn mail_access(mark: u8) -> Change {
    let server = MailServer {
        host: format!("{mark}.example.org"),
        port: mark.into(),
        security: MailSecurity::StartTls,
        user: Some("box".to_owned()),
        sender: "box@example.org".to_owned(),
        origin: "https://box.example.org".to_owned(),
    };
    let access = MailAccess { server, password: Some(mark.to_string()) };
    Change::MailAccessPut((mark > 0).then(|| Box::new(access)))
}

/// A second factor, told by `mark`; 0: none.
pub fn second_factor(mark: u8) -> Option<SecondFactor> {
    let factor = |mark| SecondFactor { secret: SharedSecret([mark; 20]), used_step: mark.into(), since_s: 7 };
    (mark > 0).then(|| factor(mark))
}

/// From one second factor to another.
pub fn second_factor_put(account: u8, before: u8, mark: u8) -> Change {
    let account = AccountId([account; 16]);
    Change::SecondFactorPut { account, expected: second_factor(before), next: second_factor(mark) }
}

/// The end of a talk by a message, counted as `mark` tells.
pub fn closing_count(conversation: u8, message: u8, mark: u8) -> Change {
    let reason = if mark % 2 == 1 { ClosingReason::Answered } else { ClosingReason::Other };
    let topic = (mark > 4).then_some(mark.into());
    let key = ClosingKey { team: TeamId([mark; 16]), month: mark.into(), topic, reason };
    Change::ClosingCount {
        conversation: ConversationId([conversation; 16]),
        envelope: MessageId([message; 16]),
        key,
    }
}

/// A team's topics become those that `mark` tells.
pub fn topics_put(team: u8, mark: u8) -> Change {
    let topic =
        |number: u16| Topic { number, name: format!("topic {number}"), in_use: number.is_multiple_of(2) };
    let topics = Topics { topics: (0..mark.into()).map(topic).collect() };
    Change::TopicsPut { team: TeamId([team; 16]), topics }
}

/// The libraries that tests write.
fn libraries() -> impl Iterator<Item = Library> {
    (1..4u8).flat_map(|id| {
        let notes = (1..3u8).map(move |talk| Library::Note(ConversationId([talk; 16]), PersonId([id; 16])));
        [Library::Team(TeamId([id; 16])), Library::Own(PersonId([id; 16]))].into_iter().chain(notes)
    })
}

/// The edition of a library that `mark` tells.
pub fn blocks_put(library: Library, version: u64, mark: u8) -> Change {
    Change::BlocksPut(Blocks { library, version, edition: Sealed(vec![mark; 700]) })
}

pub fn calendar_link(secret: u8, person: u8, team: u8) -> CalendarLink {
    CalendarLink {
        secret_hash: [secret; 32],
        person: PersonId([person; 16]),
        team: TeamId([team; 16]),
        made_s: u64::from(secret) * 7 % 5,
    }
}
