//! The storage traits: appends, reads from a position, conditional updates, subscriptions.
//!
//! Nothing here knows sled. Whatever implements [`Storage`] passes the same contract suite.
//! A commit is durable when its future resolves and is either whole or not there at all;
//! its conditions are checked by the one writer, in order, against everything before it.

use crate::{
    clock::Seconds,
    notice::Pending,
    record::{
        Acceptance, Account, AccountState, Blocks, CalendarLink, ClosingKey, Conversation, MailAccess,
        NewEnvelope, PushDevice, SecondFactor, Session, SettingKey,
    },
    statistics::{Tally, TallyKey},
};
use beistand_protocol::{
    api::{LogHead, Sealed, StoredEnvelope, TeamGenerationUpload, Window},
    blocks::Library,
    closing::Topics,
    id::{AccountId, ConversationId, GuestId, InvitationId, MessageId, PersonId, RealmId, TeamId},
    notice::NoticeSettings,
    queue::{QueueRules, Step},
    roster::{LogEntry, Plan},
};
use std::{future::Future, pin::Pin, sync::Arc};

/// One conditional change. A refused change refuses the whole commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Appends entries to the membership log if its head is `expected` (`None`: empty).
    /// Refused as [`Refused::HeadMoved`].
    LogAppend {
        /// Head before.
        expected: Option<LogHead>,
        /// Entries as received.
        entries: Vec<Vec<u8>>,
        /// Head afterwards.
        head: LogHead,
    },
    /// Appends a team generation if its number follows (first is 1). [`Refused::NumberTaken`].
    GenerationAppend(TeamGenerationUpload),
    /// Adds an account if neither id nor name is there. [`Refused::NameTaken`].
    AccountAdd {
        /// The account.
        account: Account,
        /// Its first state, version 1.
        state: Sealed,
    },
    /// Replaces an account that has the generation `expected_generation`, and its state
    /// (whatever its version). [`Refused::GenerationMoved`], [`Refused::NotFound`].
    AccountReplace {
        /// Generation before.
        expected_generation: u32,
        /// New account.
        account: Account,
        /// New state; its version counts on.
        state: Sealed,
    },
    /// Removes an account with state, sessions and acceptances; its conversations stay.
    AccountRemove(AccountId),
    /// [`Change::AccountRemove`], if the last contact is still that one: whoever has come back meanwhile keeps
    /// it, and the answer is [`Output::Kept`].
    AccountExpire {
        /// Account.
        account: AccountId,
        /// Its last contact when it was found to be due.
        contact_s: Seconds,
    },
    /// A staff account and its sessions are another person's from now on. [`Refused::NotFound`].
    AccountPerson {
        /// Account.
        account: AccountId,
        /// Whose it is.
        person: PersonId,
    },
    /// Notes a contact.
    AccountTouch {
        /// Account.
        account: AccountId,
        /// When.
        contact_s: Seconds,
    },
    /// Corrects a last contact that lies later than this: a clock that ran ahead has written it down.
    AccountRedate {
        /// Account.
        account: AccountId,
        /// When, at the latest.
        contact_s: Seconds,
    },
    /// Log-ins of an account ask for a second factor, for another one, or for none; and a number of it is used up. If it
    /// was the expected one before: [`Refused::VersionMoved`]; of an account that is not there:
    /// [`Refused::NotFound`]. It goes with the account.
    SecondFactorPut {
        /// Account.
        account: AccountId,
        /// Before.
        expected: Option<SecondFactor>,
        /// From now on.
        next: Option<SecondFactor>,
    },
    /// Writes the sealed state if it has the version. [`Refused::VersionMoved`].
    StateWrite {
        /// Account.
        account: AccountId,
        /// Version before.
        expected_version: u64,
        /// New state.
        state: Sealed,
    },
    /// Adds an empty conversation and makes its data key. [`Refused::IdTaken`]; a thread whose talk is not there:
    /// [`Refused::NotFound`].
    ConversationAdd(Conversation),
    /// Appends envelopes by the rules of [`crate::conversation::admit`]; one that is there
    /// already (same id) is skipped and answered with its former place.
    ConversationAppend {
        /// Conversation.
        conversation: ConversationId,
        /// Who does it.
        actor: Actor,
        /// Envelopes in order.
        envelopes: Vec<NewEnvelope>,
        /// Until when the seeker's words that come now are answered, if the team promises it.
        answer_by_s: Option<Seconds>,
    },
    /// Destroys the data key of a conversation, then removes what is left of it. With a talk goes the staff's thread
    /// about it.
    ConversationRemove(ConversationId),
    /// [`Change::ConversationRemove`], if its newest envelope is still that one: it is kept where somebody has
    /// written meanwhile, and the answer is [`Output::Kept`].
    ConversationExpire {
        /// Conversation.
        conversation: ConversationId,
        /// When the newest envelope came, when it was found to be due.
        last_s: Seconds,
    },
    /// Corrects the time of the newest envelope as retention sees it, if it lies later than this: a clock that ran
    /// ahead has written it down ([`crate::conversation::redated`]).
    ConversationRedate {
        /// Conversation.
        conversation: ConversationId,
        /// When, at the latest.
        last_s: Seconds,
    },
    /// A waiting conversation goes on to somebody else, if the newest step of its escalation is `newest`: it is kept as
    /// it is where somebody has taken it meanwhile, and the answer is [`Output::Kept`]
    /// ([`crate::conversation::escalated`]).
    ConversationEscalate {
        /// Conversation.
        conversation: ConversationId,
        /// The newest step before.
        newest: Step,
        /// The step.
        step: Step,
    },
    /// A group has these opening times, and somebody may be let in ([`crate::conversation::regrouped`]); what is no group:
    /// [`Refused::NotFound`].
    GroupPut {
        /// The group.
        conversation: ConversationId,
        /// When guests may write.
        windows: Vec<Window>,
        /// Who may be let in.
        guest: Option<(GuestId, AccountId)>,
    },
    /// An account that goes is no guest of a group any more ([`crate::conversation::left`]).
    GroupLeave {
        /// The group.
        conversation: ConversationId,
        /// The account.
        account: AccountId,
    },
    /// Adds a session; the oldest ones over the limit are removed.
    SessionAdd(Session),
    /// Notes use of a session.
    SessionTouch {
        /// Session.
        token_hash: [u8; 32],
        /// When.
        used_s: Seconds,
    },
    /// Removes one session.
    SessionRemove([u8; 32]),
    /// Removes all sessions of an account.
    SessionsRemove(AccountId),
    /// Adds an acceptance if the invitation was not accepted before. [`Refused::IdTaken`].
    AcceptanceAdd(Acceptance),
    /// Marks an acceptance as countersigned. [`Refused::NotFound`].
    AcceptanceDone(InvitationId),
    /// Keeps the newest sighting of a person.
    SightingPut {
        /// Person.
        person: PersonId,
        /// Signed sighting.
        sighting: Vec<u8>,
    },
    /// Sets (or removes) a small fact.
    SettingPut(SettingKey, Option<Vec<u8>>),
    /// Refuses the whole commit unless the fact is as expected. [`Refused::SettingMoved`].
    SettingExpect(SettingKey, Option<Vec<u8>>),
    /// Refuses the whole commit unless the membership log ends here: by a longer one, as after a
    /// removal, what was judged would be judged otherwise. [`Refused::HeadMoved`].
    LogExpect(LogHead),
    /// A roster becomes `plan`, with the line of its log that says why, if the stored one is the version
    /// before (0: there is none). Both have the new version. [`Refused::VersionMoved`].
    RosterChange {
        /// The roster afterwards.
        plan: Box<Plan>,
        /// The line of its log.
        entry: Box<LogEntry>,
    },
    /// Adds a calendar link; the oldest ones of the person in the team over the limit are removed.
    CalendarLinkAdd(CalendarLink),
    /// Removes a calendar link.
    CalendarLinkRemove([u8; 32]),
    /// Sets a team's queue rules.
    QueueRulesPut {
        /// Team.
        team: TeamId,
        /// Its rules.
        rules: QueueRules,
    },
    /// Counts the end of a talk that comes in the same commit, by its envelope: not one that is closed already, nor an
    /// envelope that is stored. It comes before [`Change::ConversationAppend`].
    ClosingCount {
        /// Conversation.
        conversation: ConversationId,
        /// The envelope that ends it.
        envelope: MessageId,
        /// What is counted.
        key: ClosingKey,
    },
    /// Sets a team's topics.
    TopicsPut {
        /// Team.
        team: TeamId,
        /// Its topics.
        topics: Topics,
    },
    /// Stores the next edition of a library of text blocks if the stored one is the version before (0: there is
    /// none). [`Refused::VersionMoved`]. A note goes with its talk; of one that is not there: [`Refused::NotFound`].
    BlocksPut(Blocks),
    /// Removes a library.
    BlocksRemove(Library),
    /// Removes all that a person has noted for themselves about talks.
    NotesRemove(PersonId),
    /// Sets what a person has chosen to be called by.
    NoticePut {
        /// Person.
        person: PersonId,
        /// What was chosen.
        settings: Box<NoticeSettings>,
    },
    /// Removes what a person has chosen, what they were still to be told, and their devices.
    NoticeRemove(PersonId),
    /// Keeps (or removes) what a person is to be told by e-mail.
    MailPendingPut {
        /// Person.
        person: PersonId,
        /// What.
        pending: Option<Pending>,
    },
    /// Adds a device that shows notices, or replaces it; the oldest ones of the person over the limit are removed.
    PushAdd(Box<PushDevice>),
    /// Removes a device.
    PushRemove([u8; 32]),
    /// Sets (or removes) the mail server.
    MailAccessPut(Option<Box<MailAccess>>),
}

/// Who appends to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The seeker whose account this is.
    Seeker(AccountId),
    /// A staff person.
    Person(PersonId),
}

/// What a change answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Done.
    Done,
    /// What was due is not any more, and stays.
    Kept,
    /// Places (position, stored_s) of the appended envelopes, and the conversation afterwards.
    Appended {
        /// One a given envelope.
        places: Vec<(u64, Seconds)>,
        /// Positions that are new in this commit.
        new_from: u64,
        /// The conversation afterwards.
        conversation: Box<Conversation>,
    },
    /// New version of a state.
    StateVersion(u64),
}

/// Why a condition failed. Nothing of the commit was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The log has another head.
    #[error("the membership log has another head")]
    HeadMoved,
    /// The generation number does not follow.
    #[error("the generation number does not follow")]
    NumberTaken,
    /// The name is taken.
    #[error("the name is taken")]
    NameTaken,
    /// The id is taken.
    #[error("the id is taken")]
    IdTaken,
    /// Nothing there.
    #[error("not found")]
    NotFound,
    /// The account's generation is another one.
    #[error("the account has another generation")]
    GenerationMoved,
    /// The state's version is another one.
    #[error("the state has another version")]
    VersionMoved,
    /// A small fact is not as expected.
    #[error("a setting is not as expected")]
    SettingMoved,
    /// The conversation's rules refuse.
    #[error("conversation: {0}")]
    Conversation(#[from] crate::conversation::Refused),
}

/// Why storage itself could not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StorageError {
    /// The disk is full: free space, nothing was stored.
    #[error("the disk is full; nothing was stored: free some space")]
    Full,
    /// The data directory can't be written.
    #[error("the data directory can't be written; nothing was stored")]
    ReadOnly,
    /// Anything else, with the cause for the log. Holds no content.
    #[error("storage failed")]
    Failed(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

/// Why a commit was not made.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// A condition failed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Resolves when the commit is durable: one [`Output`] a change.
pub type CommitFuture = Pin<Box<dyn Future<Output = Result<Vec<Output>, CommitError>> + Send>>;

/// Resolves when there is nothing more to tidy up.
pub type TidyFuture = Pin<Box<dyn Future<Output = Result<(), StorageError>> + Send>>;

/// Told of each durable commit.
pub type Listener = Box<dyn Fn(&[Change], &[Output]) + Send + Sync>;

/// What everything is kept in.
pub trait Storage: Send + Sync + 'static {
    /// Makes all changes or none, at `now_s`. Queued at once, in the order of the calls.
    fn commit(&self, now_s: Seconds, changes: Vec<Change>) -> CommitFuture;

    /// Gives back the space of what was deleted; to be called after many deletions. Commits and reads
    /// go on meanwhile. Where deleted things take no space there is nothing to do.
    fn tidy(&self) -> TidyFuture {
        Box::pin(async { Ok(()) })
    }

    /// Calls `listener` after each durable commit, in commit order, from the writer: it must
    /// return at once.
    fn subscribe(&self, listener: Listener);

    /// An account by id.
    fn lookup_account(&self, account: AccountId) -> Result<Option<Account>, StorageError>;
    /// An account by realm and keyed look-up value.
    fn lookup_account_by_name(
        &self,
        realm: RealmId,
        look_up: &[u8; 32],
    ) -> Result<Option<Account>, StorageError>;
    /// The account of a staff person; the newest where there are several.
    fn lookup_account_by_person(&self, person: PersonId) -> Result<Option<Account>, StorageError>;
    /// All accounts, in no order.
    fn list_accounts(&self) -> Result<Vec<Account>, StorageError>;
    /// The sealed state of an account.
    fn lookup_state(&self, account: AccountId) -> Result<Option<AccountState>, StorageError>;
    /// A conversation.
    fn lookup_conversation(&self, conversation: ConversationId)
    -> Result<Option<Conversation>, StorageError>;
    /// All conversations, in no order.
    fn list_conversations(&self) -> Result<Vec<Conversation>, StorageError>;
    /// Envelopes from a position on: at most `count_max`, and the first that takes the sum
    /// past `bytes_max` is the last.
    fn list_envelopes(
        &self,
        conversation: ConversationId,
        from: u64,
        count_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<StoredEnvelope>, StorageError>;
    /// Head of the membership log; `None` while empty.
    fn lookup_log_head(&self) -> Result<Option<LogHead>, StorageError>;
    /// Log entries from a position on.
    fn list_log(&self, from: u64, count_max: usize) -> Result<Vec<Vec<u8>>, StorageError>;
    /// Generations of a team from a number on, oldest first; the first that takes the sum past
    /// `bytes_max` is the last.
    fn list_generations(
        &self,
        team: TeamId,
        from: u32,
        bytes_max: usize,
    ) -> Result<Vec<TeamGenerationUpload>, StorageError>;
    /// A session by the hash of its token.
    fn lookup_session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StorageError>;
    /// All sessions, in no order.
    fn list_sessions(&self) -> Result<Vec<Session>, StorageError>;
    /// An acceptance.
    fn lookup_acceptance(&self, invitation: InvitationId) -> Result<Option<Acceptance>, StorageError>;
    /// All acceptances, in no order.
    fn list_acceptances(&self) -> Result<Vec<Acceptance>, StorageError>;
    /// Newest sightings by person.
    fn list_sightings(&self) -> Result<Vec<(PersonId, Vec<u8>)>, StorageError>;
    /// A team's roster; `None` for one that was never changed.
    fn lookup_roster(&self, team: TeamId) -> Result<Option<Plan>, StorageError>;
    /// All rosters, in no order.
    fn list_rosters(&self) -> Result<Vec<Plan>, StorageError>;
    /// Lines of a roster's log of changes with lower versions than `before`, newest first.
    fn list_roster_log(
        &self,
        team: TeamId,
        before: u64,
        count_max: usize,
    ) -> Result<Vec<LogEntry>, StorageError>;
    /// A calendar link by the hash of its secret.
    fn lookup_calendar_link(&self, secret_hash: &[u8; 32]) -> Result<Option<CalendarLink>, StorageError>;
    /// All calendar links, in no order.
    fn list_calendar_links(&self) -> Result<Vec<CalendarLink>, StorageError>;
    /// The queue rules of each team that has set some, in no order.
    fn list_queue_rules(&self) -> Result<Vec<(TeamId, QueueRules)>, StorageError>;
    /// A team's topics; none for a team that has set none.
    fn lookup_topics(&self, team: TeamId) -> Result<Topics, StorageError>;
    /// How many talks have ended, by what they are counted by; in no order.
    fn list_closings(&self) -> Result<Vec<(ClosingKey, u64)>, StorageError>;
    /// What was counted of requests, by month, team and site; in no order.
    fn list_tallies(&self) -> Result<Vec<(TallyKey, Tally)>, StorageError>;
    /// The newest edition of a library of text blocks.
    fn lookup_blocks(&self, library: Library) -> Result<Option<Blocks>, StorageError>;
    /// What each person who has chosen something is called by, in no order.
    fn list_notices(&self) -> Result<Vec<(PersonId, NoticeSettings)>, StorageError>;
    /// What persons are to be told by e-mail, in no order.
    fn list_mail_pending(&self) -> Result<Vec<(PersonId, Pending)>, StorageError>;
    /// All devices that show notices, in no order.
    fn list_push_devices(&self) -> Result<Vec<PushDevice>, StorageError>;
    /// The mail server.
    fn lookup_mail_access(&self) -> Result<Option<MailAccess>, StorageError>;
    /// What log-ins of an account ask for besides the passphrase.
    fn lookup_second_factor(&self, account: AccountId) -> Result<Option<SecondFactor>, StorageError>;
    /// A small fact.
    fn lookup_setting(&self, key: SettingKey) -> Result<Option<Vec<u8>>, StorageError>;
}
