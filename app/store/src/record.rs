//! How records look on disk: a version byte, then postcard of a type that is the store's own.
//!
//! The domain's records and the wire's types may change freely; what stands here may not. A change
//! of a disk type is a new version with a step in [`migration`], and the frozen bytes in this
//! module's tests show when one was forgotten. Records of a site carry the site's id.

mod blocks;
mod closing;
mod migration;
mod notice;
mod queue;
mod roster;
mod second_factor;
mod tally;

pub(crate) use blocks::{BlocksRecord, NOTES_KEY, blocks_key, notes_key};
pub(crate) use closing::{ClosingCountRecord, TopicsRecord, closing_key};
pub(crate) use notice::{MailAccessRecord, NoticeRecord, PendingMailRecord, PushDeviceRecord};
pub(crate) use queue::QueueRulesRecord;
pub(crate) use roster::{CalendarLinkRecord, RosterLogRecord, RosterRecord};
pub(crate) use second_factor::SecondFactorRecord;
pub(crate) use tally::{TallyRecord, tally_key};

use crate::error::Error;
use crate::table::Table;
use beistand_domain::record as domain;
use beistand_protocol::api::{
    ConversationState, Envelope, EnvelopeKind, LogHead, Sealed, SessionKind, StoredEnvelope,
    TeamGenerationUpload, Window,
};
use beistand_protocol::id::{
    AccountId, ConversationId, DeviceSessionId, Digest, GuestId, InvitationId, MessageId, PersonId, RealmId,
    SiteId, TeamId,
};
use beistand_protocol::month::Month;
use beistand_protocol::queue::{Reach, Step};
use beistand_protocol::{codec, wrap::Wrap};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// A type that is stored in one table.
pub(crate) trait Record: Serialize + DeserializeOwned {
    /// Where.
    const TABLE: Table;
    /// The version that this build writes; lower ones are migrated when read.
    const VERSION: u8 = 1;
}

/// The stored bytes of a record.
pub(crate) fn write<R: Record>(record: &R) -> Vec<u8> {
    let mut bytes = vec![R::VERSION];
    bytes.extend_from_slice(&codec::encode(record));
    bytes
}

/// Reads a stored record, through all migrations it needs.
///
/// # Errors
/// [`Error::NewerVersion`]; [`Error::Record`] for bytes that are not of the type.
pub(crate) fn read<R: Record>(bytes: &[u8]) -> Result<R, Error> {
    read_with(migration::STEPS, bytes)
}

fn read_with<R: Record>(steps: &[migration::Step], bytes: &[u8]) -> Result<R, Error> {
    let damaged = || Error::Record { table: R::TABLE.name() };
    let (version, body) = bytes.split_first().ok_or_else(damaged)?;
    if *version > R::VERSION {
        return Err(Error::NewerVersion { found: (*version).into(), known: R::VERSION.into() });
    }
    let body = migration::migrate(steps, R::TABLE, *version, R::VERSION, body).ok_or_else(damaged)?;
    codec::decode(&body).map_err(|_| damaged())
}

/// Seeker at a site, or staff person.
#[derive(Serialize, Deserialize)]
enum Kind {
    Seeker(SiteId),
    Staff(PersonId),
}

impl From<SessionKind> for Kind {
    fn from(kind: SessionKind) -> Self {
        match kind {
            SessionKind::Seeker(site) => Self::Seeker(site),
            SessionKind::Staff(person) => Self::Staff(person),
        }
    }
}

impl From<Kind> for SessionKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Seeker(site) => Self::Seeker(site),
            Kind::Staff(person) => Self::Staff(person),
        }
    }
}

/// An account. Key: account id.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    id: AccountId,
    realm: RealmId,
    look_up: [u8; 32],
    suite: u16,
    generation: u32,
    kind: Kind,
    record: Vec<u8>,
    signing_key: [u8; 32],
    recovery_key: Option<[u8; 32]>,
    /// Each as PROTOCOL.md says; their own suite number fixes their form.
    wraps: Vec<Vec<u8>>,
    created_s: u64,
    last_contact_s: u64,
}

impl Record for AccountRecord {
    const TABLE: Table = Table::Account;
}

impl From<&domain::Account> for AccountRecord {
    fn from(account: &domain::Account) -> Self {
        let domain::Account {
            id,
            realm,
            look_up,
            suite,
            generation,
            kind,
            record,
            signing_key,
            recovery_key,
            wraps,
            created_s,
            last_contact_s,
        } = account.clone();
        Self {
            id,
            realm,
            look_up,
            suite,
            generation,
            kind: kind.into(),
            record,
            signing_key,
            recovery_key,
            wraps: wraps.iter().map(codec::encode).collect(),
            created_s,
            last_contact_s,
        }
    }
}

impl TryFrom<AccountRecord> for domain::Account {
    type Error = Error;

    fn try_from(record: AccountRecord) -> Result<Self, Error> {
        let wraps: Result<Vec<Wrap>, _> = record.wraps.iter().map(|bytes| codec::decode(bytes)).collect();
        Ok(Self {
            id: record.id,
            realm: record.realm,
            look_up: record.look_up,
            suite: record.suite,
            generation: record.generation,
            kind: record.kind.into(),
            record: record.record,
            signing_key: record.signing_key,
            recovery_key: record.recovery_key,
            wraps: wraps.map_err(|_| Error::Record { table: Table::Account.name() })?,
            created_s: record.created_s,
            last_contact_s: record.last_contact_s,
        })
    }
}

/// Which account has a name. Key: realm, keyed look-up value.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountByNameRecord {
    pub(crate) realm: RealmId,
    pub(crate) account: AccountId,
}

impl Record for AccountByNameRecord {
    const TABLE: Table = Table::AccountByName;
}

/// An account of a staff person. Key: person, account.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountByPersonRecord {
    pub(crate) account: AccountId,
}

impl Record for AccountByPersonRecord {
    const TABLE: Table = Table::AccountByPerson;
}

/// A sealed account state. Key: account.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccountStateRecord {
    pub(crate) realm: RealmId,
    pub(crate) version: u64,
    pub(crate) sealed: Vec<u8>,
}

impl Record for AccountStateRecord {
    const TABLE: Table = Table::AccountState;
}

impl From<AccountStateRecord> for domain::AccountState {
    fn from(record: AccountStateRecord) -> Self {
        Self { version: record.version, sealed: Sealed(record.sealed) }
    }
}

#[derive(Serialize, Deserialize)]
enum State {
    Waiting,
    Claimed(PersonId),
    Closed,
    Blocked,
}

#[derive(Serialize, Deserialize)]
enum Whose {
    Seeker(AccountId),
    Thread(ConversationId),
    /// Since version 6.
    Room(Month),
    /// Since version 7: guests and which are muted, which account is which guest, opening times.
    Group {
        guests: Vec<(GuestId, bool)>,
        accounts: Vec<(GuestId, AccountId)>,
        windows: Vec<(u64, u64)>,
    },
}

#[derive(Serialize, Deserialize)]
enum ReachRecord {
    Duty,
    Person(PersonId),
    Leads,
    Letter,
}

/// A step of a conversation's escalation.
#[derive(Serialize, Deserialize)]
struct StepRecord {
    at_s: u64,
    reach: ReachRecord,
}

impl From<Step> for StepRecord {
    fn from(Step { at_s, reach }: Step) -> Self {
        let reach = match reach {
            Reach::Duty => ReachRecord::Duty,
            Reach::Person(person) => ReachRecord::Person(person),
            Reach::Leads => ReachRecord::Leads,
            Reach::Letter => ReachRecord::Letter,
        };
        Self { at_s, reach }
    }
}

impl From<StepRecord> for Step {
    fn from(StepRecord { at_s, reach }: StepRecord) -> Self {
        let reach = match reach {
            ReachRecord::Duty => Reach::Duty,
            ReachRecord::Person(person) => Reach::Person(person),
            ReachRecord::Leads => Reach::Leads,
            ReachRecord::Letter => Reach::Letter,
        };
        Self { at_s, reach }
    }
}

/// A conversation without its envelopes. Key: conversation; under its data key.
#[derive(Serialize, Deserialize)]
pub(crate) struct ConversationRecord {
    id: ConversationId,
    site: SiteId,
    team: TeamId,
    /// Since version 3; before, a seeker's account.
    whose: Whose,
    state: State,
    reader_persons: Vec<PersonId>,
    reader_teams: Vec<TeamId>,
    opened_s: u64,
    last_s: u64,
    length: u64,
    epoch: u32,
    /// Since version 2.
    answer_by_s: Option<u64>,
    /// Since version 4.
    steps: Vec<StepRecord>,
    /// Since version 5: since when an answer is asked for, and whether somebody has taken it.
    asked: Option<(u64, bool)>,
}

impl Record for ConversationRecord {
    const TABLE: Table = Table::Conversation;
    const VERSION: u8 = 7;
}

impl From<&domain::Conversation> for ConversationRecord {
    fn from(conversation: &domain::Conversation) -> Self {
        let domain::Conversation {
            id,
            site,
            team,
            whose,
            state,
            readers: domain::Readers { persons, teams, guests },
            opened_s,
            last_s,
            length,
            epoch,
            answer_by_s,
            steps,
            asked,
        } = conversation.clone();
        let state = match state {
            ConversationState::Waiting => State::Waiting,
            ConversationState::Claimed(person) => State::Claimed(person),
            ConversationState::Closed => State::Closed,
            ConversationState::Blocked => State::Blocked,
        };
        let whose = match whose {
            domain::Whose::Seeker(account) => Whose::Seeker(account),
            domain::Whose::Thread(talk) => Whose::Thread(talk),
            domain::Whose::Room(month) => Whose::Room(month),
            domain::Whose::Group(domain::Group { accounts, windows }) => {
                let windows = windows.iter().map(|window| (window.from_s, window.until_s)).collect();
                Whose::Group { guests, accounts, windows }
            }
        };
        Self {
            id,
            site,
            team,
            whose,
            state,
            reader_persons: persons,
            reader_teams: teams,
            opened_s,
            last_s,
            length,
            epoch,
            answer_by_s,
            steps: steps.into_iter().map(StepRecord::from).collect(),
            asked: asked.map(|domain::Asked { since_s, taken }| (since_s, taken)),
        }
    }
}

impl From<ConversationRecord> for domain::Conversation {
    fn from(record: ConversationRecord) -> Self {
        let mut readers = domain::Readers {
            persons: record.reader_persons,
            teams: record.reader_teams,
            guests: Vec::new(),
        };
        Self {
            id: record.id,
            site: record.site,
            team: record.team,
            whose: match record.whose {
                Whose::Seeker(account) => domain::Whose::Seeker(account),
                Whose::Thread(talk) => domain::Whose::Thread(talk),
                Whose::Room(month) => domain::Whose::Room(month),
                Whose::Group { guests, accounts, windows } => {
                    readers.guests = guests;
                    let window = |(from_s, until_s)| Window { from_s, until_s };
                    let windows = windows.into_iter().map(window).collect();
                    domain::Whose::Group(domain::Group { accounts, windows })
                }
            },
            state: match record.state {
                State::Waiting => ConversationState::Waiting,
                State::Claimed(person) => ConversationState::Claimed(person),
                State::Closed => ConversationState::Closed,
                State::Blocked => ConversationState::Blocked,
            },
            readers,
            opened_s: record.opened_s,
            last_s: record.last_s,
            length: record.length,
            epoch: record.epoch,
            answer_by_s: record.answer_by_s,
            steps: record.steps.into_iter().map(Step::from).collect(),
            asked: record.asked.map(|(since_s, taken)| domain::Asked { since_s, taken }),
        }
    }
}

#[derive(Serialize, Deserialize)]
enum ItemKind {
    Epoch,
    Message,
    Receipt,
    Claim,
    Release,
    Handover,
    Close,
    Reopen,
    Block,
}

/// One envelope. Key: conversation, position; under the conversation's data key.
#[derive(Serialize, Deserialize)]
pub(crate) struct EnvelopeRecord {
    site: SiteId,
    stored_s: u64,
    id: MessageId,
    kind: ItemKind,
    epoch: u32,
    assignee: Option<PersonId>,
    sealed: Vec<u8>,
}

impl Record for EnvelopeRecord {
    const TABLE: Table = Table::Envelope;
}

impl EnvelopeRecord {
    /// `None` for a kind that this version of the record has no number for.
    pub(crate) fn new(site: SiteId, stored_s: u64, envelope: &Envelope) -> Option<Self> {
        let Envelope { id, kind, epoch, assignee, sealed: Sealed(sealed) } = envelope.clone();
        let kind = match kind {
            EnvelopeKind::Epoch => ItemKind::Epoch,
            EnvelopeKind::Message => ItemKind::Message,
            EnvelopeKind::Receipt => ItemKind::Receipt,
            EnvelopeKind::Claim => ItemKind::Claim,
            EnvelopeKind::Release => ItemKind::Release,
            EnvelopeKind::Handover => ItemKind::Handover,
            EnvelopeKind::Close => ItemKind::Close,
            EnvelopeKind::Reopen => ItemKind::Reopen,
            EnvelopeKind::Block => ItemKind::Block,
            _ => return None,
        };
        Some(Self { site, stored_s, id, kind, epoch, assignee, sealed })
    }

    pub(crate) fn sealed_bytes(&self) -> usize {
        self.sealed.len()
    }

    pub(crate) fn stored(self, position: u64) -> StoredEnvelope {
        let kind = match self.kind {
            ItemKind::Epoch => EnvelopeKind::Epoch,
            ItemKind::Message => EnvelopeKind::Message,
            ItemKind::Receipt => EnvelopeKind::Receipt,
            ItemKind::Claim => EnvelopeKind::Claim,
            ItemKind::Release => EnvelopeKind::Release,
            ItemKind::Handover => EnvelopeKind::Handover,
            ItemKind::Close => EnvelopeKind::Close,
            ItemKind::Reopen => EnvelopeKind::Reopen,
            ItemKind::Block => EnvelopeKind::Block,
        };
        let Self { stored_s, id, epoch, assignee, sealed, .. } = self;
        StoredEnvelope {
            position,
            stored_s,
            envelope: Envelope { id, kind, epoch, assignee, sealed: Sealed(sealed) },
        }
    }
}

/// Where an envelope stands. Key: conversation, message id; under the conversation's data key.
#[derive(Serialize, Deserialize)]
pub(crate) struct EnvelopeByIdRecord {
    pub(crate) site: SiteId,
    pub(crate) position: u64,
    pub(crate) stored_s: u64,
}

impl Record for EnvelopeByIdRecord {
    const TABLE: Table = Table::EnvelopeById;
}

/// An entry of the membership log, as received. Key: position.
#[derive(Serialize, Deserialize)]
pub(crate) struct LogRecord {
    pub(crate) entry: Vec<u8>,
}

impl Record for LogRecord {
    const TABLE: Table = Table::Log;
}

/// The membership log's head. One record, empty key.
#[derive(Serialize, Deserialize)]
pub(crate) struct LogHeadRecord {
    length: u64,
    digest: Digest,
}

impl Record for LogHeadRecord {
    const TABLE: Table = Table::LogHead;
}

impl From<LogHead> for LogHeadRecord {
    fn from(LogHead { length, digest }: LogHead) -> Self {
        Self { length, digest }
    }
}

impl From<LogHeadRecord> for LogHead {
    fn from(record: LogHeadRecord) -> Self {
        Self { length: record.length, digest: record.digest }
    }
}

/// A team generation. Key: team, number.
#[derive(Serialize, Deserialize)]
pub(crate) struct GenerationRecord {
    team: TeamId,
    number: u32,
    statement: Vec<u8>,
}

impl Record for GenerationRecord {
    const TABLE: Table = Table::Generation;
}

impl GenerationRecord {
    pub(crate) fn statement_bytes(&self) -> usize {
        self.statement.len()
    }
}

impl From<&TeamGenerationUpload> for GenerationRecord {
    fn from(upload: &TeamGenerationUpload) -> Self {
        Self { team: upload.team, number: upload.number, statement: upload.statement.0.clone() }
    }
}

impl From<GenerationRecord> for TeamGenerationUpload {
    fn from(record: GenerationRecord) -> Self {
        Self { team: record.team, number: record.number, statement: Sealed(record.statement) }
    }
}

/// A session. Key: token hash.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionRecord {
    token_hash: [u8; 32],
    account: AccountId,
    kind: Kind,
    device_session: DeviceSessionId,
    created_s: u64,
    used_s: u64,
}

impl Record for SessionRecord {
    const TABLE: Table = Table::Session;
}

impl From<&domain::Session> for SessionRecord {
    fn from(session: &domain::Session) -> Self {
        let domain::Session { token_hash, account, kind, device_session, created_s, used_s } =
            session.clone();
        Self { token_hash, account, kind: kind.into(), device_session, created_s, used_s }
    }
}

impl From<SessionRecord> for domain::Session {
    fn from(record: SessionRecord) -> Self {
        let SessionRecord { token_hash, account, kind, device_session, created_s, used_s } = record;
        Self { token_hash, account, kind: kind.into(), device_session, created_s, used_s }
    }
}

/// A session of an account. Key: account, token hash.
#[derive(Serialize, Deserialize)]
pub(crate) struct SessionByAccountRecord {
    pub(crate) created_s: u64,
}

impl Record for SessionByAccountRecord {
    const TABLE: Table = Table::SessionByAccount;
}

/// An accepted invitation. Key: invitation.
#[derive(Serialize, Deserialize)]
pub(crate) struct AcceptanceRecord {
    invitation: InvitationId,
    account: AccountId,
    signed: Vec<u8>,
    accepted_s: u64,
    countersigned: bool,
}

impl Record for AcceptanceRecord {
    const TABLE: Table = Table::Acceptance;
}

impl From<&domain::Acceptance> for AcceptanceRecord {
    fn from(acceptance: &domain::Acceptance) -> Self {
        let domain::Acceptance { invitation, account, signed, accepted_s, countersigned } =
            acceptance.clone();
        Self { invitation, account, signed, accepted_s, countersigned }
    }
}

impl From<AcceptanceRecord> for domain::Acceptance {
    fn from(record: AcceptanceRecord) -> Self {
        let AcceptanceRecord { invitation, account, signed, accepted_s, countersigned } = record;
        Self { invitation, account, signed, accepted_s, countersigned }
    }
}

/// A person's newest sighting. Key: person.
#[derive(Serialize, Deserialize)]
pub(crate) struct SightingRecord {
    pub(crate) person: PersonId,
    pub(crate) sighting: Vec<u8>,
}

impl Record for SightingRecord {
    const TABLE: Table = Table::Sighting;
}

/// A small fact. Key: one byte, see [`setting_key`].
#[derive(Serialize, Deserialize)]
pub(crate) struct SettingRecord {
    pub(crate) value: Vec<u8>,
}

impl Record for SettingRecord {
    const TABLE: Table = Table::Setting;
}

/// The number of a small fact on disk.
pub(crate) const fn setting_key(key: domain::SettingKey) -> [u8; 1] {
    match key {
        domain::SettingKey::ClaimCodeHash => [1],
        domain::SettingKey::CredibleClock => [2],
        domain::SettingKey::PushKey => [3],
    }
}

#[cfg(test)]
mod tests;
