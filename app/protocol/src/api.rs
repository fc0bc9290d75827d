//! Bodies of the HTTP interface. One `POST` or `GET` a type pair; the routes stand in [`route`].
//!
//! Requests and answers are [`crate::codec`] bytes. Content appears only as [`Sealed`].

mod account;

pub use account::{
    AccountView, DeletionFinish, DeletionStarted, RecoveryFetch, RecoveryFinish, RecoveryGenerations,
    RecoveryProve, RecoveryProved, RecoveryStart, RecoveryStarted, ResumePark, ResumeTake, ResumeTaken,
    Revoke, RotationFinish, RotationStart, RotationStarted, SessionEnd, SessionLine, SessionList, StateWrite,
    StateWritten,
};

use crate::{
    error::Code,
    id::{
        AccountId, ConversationId, DeviceSessionId, Digest, GuestId, InvitationId, MessageId, OrganisationId,
        PersonId, RealmId, SiteId, TeamId,
    },
    second_factor::AppCode,
    signature::Signature,
    wrap::{SignedAccountChange, Wrap},
};
use serde::{Deserialize, Serialize};

/// Bytes that only a client can open (or make): ciphertext, wraps, statements with boxes.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sealed(pub Vec<u8>);

impl core::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// Paths of the interface. A path parameter is the id's lower-case hexadecimal.
pub mod route {
    /// `GET` [`super::OrganisationInfo`].
    pub const ORGANISATION: &str = "/api/v1/organisation";
    /// `GET` [`super::SiteInfo`]; parameter: site.
    pub const SITE: &str = "/api/v1/site/{site}";
    /// `GET` [`super::LogPage`]; parameter: first position wanted.
    pub const LOG: &str = "/api/v1/log/{from}";
    /// `POST` [`super::LogAppend`] → [`super::LogHead`].
    pub const LOG_APPEND: &str = "/api/v1/log";
    /// `GET` [`super::TeamGenerations`]; parameters: team, first number wanted.
    pub const TEAM_GENERATION: &str = "/api/v1/team/{team}/generation/{from}";
    /// `POST` [`super::GenerationAppend`] → `()`; parameter: team.
    pub const TEAM_GENERATION_APPEND: &str = "/api/v1/team/{team}/generation";
    /// `GET` [`crate::queue::QueueRules`]; `POST` the same → `()`; parameter: team.
    pub const QUEUE: &str = "/api/v1/team/{team}/queue";
    /// `GET` [`crate::closing::Topics`]; `POST` [`crate::closing::TopicsPut`] → [`crate::closing::Topics`];
    /// parameter: team.
    pub const TOPICS: &str = "/api/v1/team/{team}/topics";
    /// `GET` [`crate::board::Board`]: for whoever leads a team.
    pub const BOARD: &str = "/api/v1/board";
    /// `GET` [`crate::statistics::Statistics`].
    pub const STATISTICS: &str = "/api/v1/statistics";
    /// `POST` [`crate::blocks::EditionPut`] → `()`; parameter: team.
    pub const TEAM_BLOCKS_PUT: &str = "/api/v1/team/{team}/blocks";
    /// `GET` [`crate::blocks::NewestEdition`]; parameters: team, version that is known.
    pub const TEAM_BLOCKS: &str = "/api/v1/team/{team}/blocks/{known}";
    /// `GET` [`crate::roster::RosterView`]; parameters: team, first and last day as `2026-11-19`.
    pub const ROSTER: &str = "/api/v1/team/{team}/roster/{from}/{to}";
    /// `POST` [`crate::roster::PlanChange`] → [`crate::roster::Changed`]; parameter: team.
    pub const ROSTER_CHANGE: &str = "/api/v1/team/{team}/roster";
    /// `GET` [`crate::roster::RosterLogPage`]; parameters: team, version below which the lines are.
    pub const ROSTER_LOG: &str = "/api/v1/team/{team}/roster-log/{from}";
    /// `GET` [`crate::roster::Proposal`]; parameters: team, first and last day.
    pub const ROSTER_PROPOSAL: &str = "/api/v1/team/{team}/roster-proposal/{from}/{to}";
    /// `GET` a calendar file (RFC 5545); parameters: team, first and last day.
    pub const CALENDAR: &str = "/api/v1/team/{team}/calendar/{from}/{to}";
    /// `POST` [`crate::roster::CalendarImport`] → [`crate::roster::Imported`]; parameter: team.
    pub const CALENDAR_IMPORT: &str = "/api/v1/team/{team}/calendar-import";
    /// `GET` [`crate::roster::CalendarLinks`]; `POST` `()` → [`crate::roster::CalendarLinkMade`];
    /// parameter: team.
    pub const CALENDAR_LINK: &str = "/api/v1/team/{team}/calendar-link";
    /// `POST` [`crate::roster::CalendarLinkRevoke`] → `()`; parameter: team.
    pub const CALENDAR_LINK_REVOKE: &str = "/api/v1/team/{team}/calendar-link/revoke";
    /// `GET` a calendar file; parameter: the link's secret, 64 hexadecimal digits.
    pub const CALENDAR_FEED: &str = "/calendar/{secret}";
    /// `POST` `()` → [`super::WorkChallenge`].
    pub const WORK: &str = "/api/v1/work";
    /// `POST` [`super::SetUpStart`] → [`super::RegistrationStarted`].
    pub const SET_UP_START: &str = "/api/v1/set-up/start";
    /// `POST` [`super::SetUpFinish`] → `()`.
    pub const SET_UP_FINISH: &str = "/api/v1/set-up/finish";
    /// `POST` [`super::RegistrationStart`] → [`super::RegistrationStarted`].
    pub const REGISTRATION_START: &str = "/api/v1/registration/start";
    /// `POST` [`super::RegistrationFinish`] → `()`.
    pub const REGISTRATION_FINISH: &str = "/api/v1/registration/finish";
    /// `POST` [`super::InvitationAcceptStart`] → [`super::RegistrationStarted`].
    pub const INVITATION_START: &str = "/api/v1/invitation/start";
    /// `POST` [`super::InvitationAcceptFinish`] → `()`.
    pub const INVITATION_FINISH: &str = "/api/v1/invitation/finish";
    /// `GET` [`super::Acceptances`]: invitations accepted and waiting for the countersignature.
    pub const INVITATION_ACCEPTANCES: &str = "/api/v1/invitation/acceptances";
    /// `POST` [`super::LogInStart`] → [`super::LogInStarted`].
    pub const LOG_IN_START: &str = "/api/v1/log-in/start";
    /// `POST` [`super::LogInFinish`] → [`super::LoggedIn`].
    pub const LOG_IN_FINISH: &str = "/api/v1/log-in/finish";
    /// `POST` [`super::RecoveryStart`] → [`super::RecoveryStarted`].
    pub const RECOVERY_START: &str = "/api/v1/recovery/start";
    /// `POST` [`super::RecoveryProve`] → [`super::RecoveryProved`].
    pub const RECOVERY_PROVE: &str = "/api/v1/recovery/prove";
    /// `POST` [`super::RecoveryFetch`] → [`super::EnvelopePage`].
    pub const RECOVERY_ENVELOPES: &str = "/api/v1/recovery/envelopes";
    /// `POST` [`super::RecoveryGenerations`] → [`super::TeamGenerations`].
    pub const RECOVERY_GENERATIONS: &str = "/api/v1/recovery/generations";
    /// `POST` [`super::RecoveryFinish`] → `()`.
    pub const RECOVERY_FINISH: &str = "/api/v1/recovery/finish";
    /// `POST` [`super::ResumePark`] → `()`: leave a key that a reload may fetch once.
    pub const RESUME_PARK: &str = "/api/v1/resume/park";
    /// `POST` [`super::ResumeTake`] → [`super::ResumeTaken`].
    pub const RESUME_TAKE: &str = "/api/v1/resume/take";
    /// `POST` [`super::Revoke`] → `()`: ends the session a handle belongs to, and nothing else.
    pub const REVOKE: &str = "/api/v1/revoke";
    /// `POST` `()` → `()`.
    pub const LOG_OUT: &str = "/api/v1/log-out";
    /// `GET` [`super::AccountView`].
    pub const ACCOUNT: &str = "/api/v1/account";
    /// `POST` [`super::StateWrite`] → [`super::StateWritten`].
    pub const ACCOUNT_STATE: &str = "/api/v1/account/state";
    /// `POST` [`crate::blocks::EditionPut`] → `()`: the staff person's own.
    pub const OWN_BLOCKS_PUT: &str = "/api/v1/account/blocks";
    /// `GET` [`crate::blocks::NewestEdition`]; parameter: version that is known.
    pub const OWN_BLOCKS: &str = "/api/v1/account/blocks/{known}";
    /// `POST` [`crate::blocks::EditionPut`] → `()`: the staff person's own note about a talk; parameter: conversation.
    pub const NOTE_PUT: &str = "/api/v1/note/{conversation}";
    /// `GET` [`crate::blocks::NewestEdition`]; parameters: conversation, version that is known.
    pub const NOTE: &str = "/api/v1/note/{conversation}/{known}";
    /// `GET` [`crate::notice::NoticeView`]; `POST` [`crate::notice::NoticeSettings`] → `()`: the staff person's own.
    pub const NOTICE: &str = "/api/v1/notice";
    /// `GET` [`crate::notice::PushView`]; `POST` [`crate::notice::PushPut`] → `()`: the staff person's own devices.
    pub const PUSH: &str = "/api/v1/notice/push";
    /// `POST` [`crate::notice::PushRemove`] → `()`.
    pub const PUSH_REMOVE: &str = "/api/v1/notice/push/remove";
    /// `GET` [`crate::notice::MailView`]; `POST` [`crate::notice::MailPut`] → `()`.
    pub const MAIL: &str = "/api/v1/mail";
    /// `POST` [`crate::notice::MailTest`] → [`crate::notice::MailTested`].
    pub const MAIL_TEST: &str = "/api/v1/mail/test";
    /// `POST` [`super::RotationStart`] → [`super::RotationStarted`].
    pub const ROTATION_START: &str = "/api/v1/account/rotation/start";
    /// `POST` [`super::RotationFinish`] → `()`.
    pub const ROTATION_FINISH: &str = "/api/v1/account/rotation/finish";
    /// `GET` [`super::SessionList`]: the caller's.
    pub const SESSIONS: &str = "/api/v1/account/sessions";
    /// `POST` [`super::SessionEnd`] → `()`: one of the caller's.
    pub const SESSION_END: &str = "/api/v1/account/sessions/end";
    /// `GET` [`crate::second_factor::SecondFactorView`]; `POST` [`crate::second_factor::SecondFactorPut`] → `()`.
    pub const SECOND_FACTOR: &str = "/api/v1/account/second-factor";
    /// `POST` `()` → [`crate::second_factor::SecondFactorStarted`].
    pub const SECOND_FACTOR_START: &str = "/api/v1/account/second-factor/start";
    /// `POST` `()` → [`super::DeletionStarted`].
    pub const DELETION_START: &str = "/api/v1/account/deletion/start";
    /// `POST` [`super::DeletionFinish`] → `()`: account and conversations are destroyed.
    pub const DELETION_FINISH: &str = "/api/v1/account/deletion/finish";
    /// `GET` [`super::ConversationList`].
    pub const CONVERSATIONS: &str = "/api/v1/conversations";
    /// `POST` [`super::ConversationOpen`] → [`super::Appended`].
    pub const CONVERSATION_OPEN: &str = "/api/v1/conversations";
    /// `GET` [`super::EnvelopePage`]; parameters: conversation, first position wanted.
    pub const ENVELOPES: &str = "/api/v1/conversation/{conversation}/{from}";
    /// `POST` [`super::Append`] → [`super::Appended`]; parameter: conversation.
    pub const APPEND: &str = "/api/v1/conversation/{conversation}";
    /// `POST` [`super::GroupPut`] → `()`: by who moderates; parameter: conversation.
    pub const GROUP: &str = "/api/v1/group/{conversation}";
    /// `GET` [`super::Sightings`]; `POST` [`super::SightingPut`] → `()`.
    pub const SIGHTING: &str = "/api/v1/sighting";
    /// WebSocket of [`crate::live`] frames.
    pub const LIVE: &str = "/api/v1/live";
}

/// Length and newest digest of the membership log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LogHead {
    /// Number of entries.
    pub length: u64,
    /// SHA-256 of the newest entry's bytes.
    pub digest: Digest,
}

/// What anybody may know of the box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationInfo {
    /// `None` before set-up.
    pub organisation: Option<OrganisationId>,
    /// Suite number that new material uses.
    pub suite: u16,
    /// Newest head, once set up.
    pub head: Option<LogHead>,
    /// Sites, in order of their making.
    pub sites: Vec<SiteId>,
}

/// Unsigned, quickly changing facts of a site. Everything shown as text comes from the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteInfo {
    /// Which organisation answers.
    pub organisation: OrganisationId,
    /// Newest head.
    pub head: LogHead,
    /// Whether a counselor of the site's team is present and available.
    pub somebody_available: bool,
    /// Server's clock, seconds since 1970, to notice a wrong clock of the device.
    pub now_s: u64,
    /// Until when words written now are answered, seconds since 1970, if the team promises it.
    pub answer_by_s: Option<u64>,
}

/// A run of log entries as they were received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// Entry bytes in order, at most [`crate::limit::LOG_PAGE_ENTRIES_MAX`].
    pub entries: Vec<Vec<u8>>,
    /// Newest head of the whole log.
    pub head: LogHead,
}

/// Appends to the membership log if it still ends at `expected`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogAppend {
    /// Head that the entries follow.
    pub expected: LogHead,
    /// New entries.
    pub entries: Vec<Vec<u8>>,
    /// Team generations that the entries make necessary, committed together with them.
    pub generations: Vec<TeamGenerationUpload>,
    /// An accepted invitation that an entry countersigns; it stops being pending.
    pub countersigned: Option<InvitationId>,
}

/// A team generation: the signed statement and a box for each member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamGenerationUpload {
    /// Team.
    pub team: TeamId,
    /// Number; the server accepts n + 1 only after n, starting at 1.
    pub number: u32,
    /// Statement with boxes, `protocol::team`.
    pub statement: Sealed,
}

/// Appends one generation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenerationAppend {
    /// The generation.
    pub generation: TeamGenerationUpload,
}

/// Generations of a team from a number on, oldest first (old ones open old epochs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamGenerations {
    /// Number of the newest there is; 0 for none.
    pub newest: u32,
    /// Statements; with boxes for staff. As many as fit into an answer.
    pub generations: Vec<TeamGenerationUpload>,
}

/// A puzzle: find `solution` with [`crate::limit::SIGN_UP_WORK_BITS`] leading zero bits in
/// SHA-256("beistand work v1" ‖ challenge ‖ solution as 8 bytes, little endian).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkChallenge {
    /// Opaque to the client, valid for some minutes, used once.
    pub challenge: Vec<u8>,
    /// Leading zero bits wanted.
    pub bits: u8,
}

/// A solved [`WorkChallenge`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// As received.
    pub challenge: Vec<u8>,
    /// The number found.
    pub solution: u64,
}

/// Where a name lives and how it is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookUp {
    /// Realm.
    pub realm: RealmId,
    /// Argon2id of the normalised name; the name itself never leaves the browser.
    pub value: [u8; 32],
}

/// First step of a sign-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationStart {
    /// Suite number.
    pub suite: u16,
    /// Name.
    pub look_up: LookUp,
    /// OPAQUE registration request.
    pub request: Vec<u8>,
    /// Proof of work.
    pub work: Work,
}

/// Answer to the first step of every registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationStarted {
    /// Names this registration in the second step; opaque, some minutes valid.
    pub ticket: Vec<u8>,
    /// Account id chosen by the server.
    pub account: AccountId,
    /// OPAQUE registration response.
    pub response: Vec<u8>,
    /// To be signed together with the credentials.
    pub nonce: [u8; 32],
}

/// Everything that decides who can log in to an account. Replaced as a whole, by a signed
/// statement over all of it ([`crate::wrap::AccountChange`]): a bearer token alone changes none
/// of it. The server checks with [`SignedAccountChange::verify`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The signed statement: purpose, generation, keys, digests of the parts below.
    pub change: SignedAccountChange,
    /// OPAQUE registration record (upload).
    pub record: Vec<u8>,
    /// Wraps of the account secret.
    pub wraps: Vec<Wrap>,
    /// First or re-sealed account state.
    pub state: Sealed,
}

/// Second step of a sign-up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationFinish {
    /// From the first step.
    pub ticket: Vec<u8>,
    /// New credentials; purpose: register.
    pub credentials: Credentials,
}

/// First step of set-up: the claim code opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUpStart {
    /// Claim code as printed at start, normalised (upper case, no separators).
    pub claim_code: String,
    /// Suite number.
    pub suite: u16,
    /// Hash of the first log entry, made in the browser: OPAQUE binds to it.
    pub organisation: OrganisationId,
    /// First administrator's log-in name.
    pub look_up: LookUp,
    /// OPAQUE registration request.
    pub request: Vec<u8>,
}

/// Second step of set-up; everything becomes true in one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUpFinish {
    /// From the first step.
    pub ticket: Vec<u8>,
    /// First entries of the log: root, administrator, team, site, …
    pub entries: Vec<Vec<u8>>,
    /// First generation of the first team.
    pub generations: Vec<TeamGenerationUpload>,
    /// The administrator's person id in the log.
    pub person: PersonId,
    /// The administrator's credentials; purpose: register.
    pub credentials: Credentials,
}

/// First step of accepting an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationAcceptStart {
    /// Suite number.
    pub suite: u16,
    /// Invitation, as in the log.
    pub invitation: InvitationId,
    /// Log-in name.
    pub look_up: LookUp,
    /// OPAQUE registration request.
    pub request: Vec<u8>,
    /// By the invitation's key, label [`crate::label::INVITATION_START`], over
    /// [`crate::wrap::invitation_start_bytes`]: proves the secret.
    pub proof: Signature,
}

/// Second step of accepting an invitation: credentials and the acceptance to countersign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationAcceptFinish {
    /// From the first step.
    pub ticket: Vec<u8>,
    /// Signed acceptance, `protocol::membership`.
    pub acceptance: Vec<u8>,
    /// Credentials; purpose: register.
    pub credentials: Credentials,
}

/// Accepted invitations that wait for an administrator's countersignature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptances {
    /// Signed acceptances.
    pub acceptances: Vec<(InvitationId, Vec<u8>)>,
}

/// First step of a log-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogInStart {
    /// Suite number.
    pub suite: u16,
    /// Name.
    pub look_up: LookUp,
    /// OPAQUE credential request (KE1).
    pub request: Vec<u8>,
}

/// Answer; looks the same for names that do not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogInStarted {
    /// Names this log-in in the second step.
    pub ticket: Vec<u8>,
    /// OPAQUE credential response (KE2).
    pub response: Vec<u8>,
}

/// Second step of a log-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogInFinish {
    /// From the first step.
    pub ticket: Vec<u8>,
    /// OPAQUE finalisation (KE3).
    pub finalization: Vec<u8>,
    /// A number of the person's app, where the account has a second factor.
    pub code: Option<AppCode>,
}

/// Who a session belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionKind {
    /// Somebody seeking help at a site.
    Seeker(SiteId),
    /// A staff person of the log.
    Staff(PersonId),
}

/// Log-in done. The bearer token is derived by both ends from the OPAQUE session key and is
/// not in here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedIn {
    /// Account.
    pub account: AccountId,
    /// Kind.
    pub kind: SessionKind,
    /// Id of this log-in on this device.
    pub device_session: DeviceSessionId,
    /// Generation of the account's keys.
    pub generation: u32,
    /// The wrap for the password (OPAQUE's export key).
    pub wrap: Wrap,
    /// Sealed account state and its version.
    pub state: Sealed,
    /// Version of the state.
    pub state_version: u64,
    /// Whether an administrator has countersigned this staff account already.
    pub countersigned: bool,
}

/// What a clear header says an envelope is. The signed inside says it again; clients trust
/// the inside only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EnvelopeKind {
    /// A signed epoch statement with boxes; not encrypted itself.
    Epoch,
    /// A message (text, introduction).
    Message,
    /// A delivered/read receipt.
    Receipt,
    /// A counselor takes the conversation; `assignee` is the session's person.
    Claim,
    /// Back to the waiting list.
    Release,
    /// To a colleague, `assignee`.
    Handover,
    /// Closed.
    Close,
    /// Open again; of a talk that is blocked: its seeker may write again.
    Reopen,
    /// Closed for good: its seeker may not write any more.
    Block,
}

/// One item of a conversation as it travels and is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Random id by the author: sending it again changes nothing.
    pub id: MessageId,
    /// Kind.
    pub kind: EnvelopeKind,
    /// Epoch under which it is sealed (or that it begins).
    pub epoch: u32,
    /// Routing hint for claim and handover.
    pub assignee: Option<PersonId>,
    /// Epoch statement, or nonce ‖ commitment ‖ ciphertext.
    pub sealed: Sealed,
}

/// An envelope with what the server adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEnvelope {
    /// Place in the conversation, from 0 without gaps.
    pub position: u64,
    /// When it was stored, seconds since 1970.
    pub stored_s: u64,
    /// The envelope.
    pub envelope: Envelope,
}

/// State of a conversation, as routing knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConversationState {
    /// Nobody has taken it.
    Waiting,
    /// Taken by a person.
    Claimed(PersonId),
    /// Closed.
    Closed,
    /// Closed, and its seeker may not write any more until a lead lifts that.
    Blocked,
}

impl ConversationState {
    /// Whether nobody is to answer: it is closed or blocked.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Closed | Self::Blocked)
    }
}

/// A conversation in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationSummary {
    /// Id.
    pub id: ConversationId,
    /// Site.
    pub site: SiteId,
    /// Team.
    pub team: TeamId,
    /// State.
    pub state: ConversationState,
    /// Opened, seconds since 1970.
    pub opened_s: u64,
    /// Newest envelope stored, seconds since 1970.
    pub last_s: u64,
    /// Number of envelopes.
    pub length: u64,
    /// Newest epoch number.
    pub epoch: u32,
    /// Whether the seeker is connected.
    pub seeker_present: bool,
    /// Until when the seeker's words are answered, as it was promised when they came, seconds since 1970; `None`:
    /// nobody waits, or nothing was promised.
    pub answer_by_s: Option<u64>,
    /// It waits, and nobody on duty has accepted it: it is a letter, whoever is there.
    pub letter: bool,
    /// Who was asked to take it, oldest first (staff only): an encoded list of [`crate::queue::Step`], of which seekers'
    /// browsers need not know what is in it.
    pub steps: Vec<u8>,
}

/// Conversations that this session may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationList {
    /// Newest first.
    pub conversations: Vec<ConversationSummary>,
}

/// Opens a conversation with its first envelopes (epoch 0 first): a seeker a talk, staff the thread about one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationOpen {
    /// Id.
    pub conversation: ConversationId,
    /// Site (the session's, or the talk's).
    pub site: SiteId,
    /// Team, as the signed site names it.
    pub team: TeamId,
    /// First envelopes.
    pub envelopes: Vec<Envelope>,
}

/// Envelopes from a position on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopePage {
    /// Conversation as it stands.
    pub summary: ConversationSummary,
    /// Envelopes in order.
    pub envelopes: Vec<StoredEnvelope>,
}

/// A time in which a group's guests may write, seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Window {
    /// From here on.
    pub from_s: u64,
    /// And before this.
    pub until_s: u64,
}

/// What the server needs to know of a group besides its signed epochs. It decides about no key: when the guests' words
/// are taken, and to which account a guest's envelopes go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupPut {
    /// When guests may write, in order; at most [`crate::limit::GROUP_WINDOWS_MAX`].
    pub windows: Vec<Window>,
    /// A guest who is to come in: the seeker of this talk.
    pub guest: Option<(GuestId, ConversationId)>,
}

/// Appends envelopes, all or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Append {
    /// Conversation.
    pub conversation: ConversationId,
    /// In order.
    pub envelopes: Vec<Envelope>,
}

/// Durably stored. An envelope that was there before keeps its former place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appended {
    /// Place and time for each envelope of the request.
    pub places: Vec<(u64, u64)>,
}

/// A signed sighting of the log's head, `protocol::membership`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SightingPut {
    /// Statement.
    pub sighting: Vec<u8>,
}

/// An answer that is either the value or a refusal; for the live channel.
pub type Outcome<T> = Result<T, Code>;

/// Sightings of the log's head, each [`SightingPut::sighting`]: for staff everybody's newest, for
/// seekers the newest one of the newest head, since who was at work when is not theirs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sightings {
    /// Encoded signed sightings.
    pub sightings: Vec<Vec<u8>>,
}
