//! What is kept: the typed records of the domain. How they look on disk is the store's matter.

use crate::clock::Seconds;
use beistand_protocol::{
    api::{ConversationState, Envelope, Sealed, SessionKind, Window},
    blocks::Library,
    closing::ClosingReason,
    id::{
        AccountId, ConversationId, DeviceSessionId, GuestId, InvitationId, PersonId, RealmId, SiteId, TeamId,
    },
    month::Month,
    notice::MailServer,
    queue::Step,
    second_factor::SharedSecret,
    wrap::Wrap,
};

/// A log-in: a seeker's pseudonymous account or a staff person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Id.
    pub id: AccountId,
    /// Where its name lives.
    pub realm: RealmId,
    /// The look-up value under a key of the server's log-in set-up (HMAC); names are never here.
    pub look_up: [u8; 32],
    /// Suite number.
    pub suite: u16,
    /// Generation of the account's keys, from 1.
    pub generation: u32,
    /// Seeker or staff person.
    pub kind: SessionKind,
    /// OPAQUE record.
    pub record: Vec<u8>,
    /// Account's Ed25519 public key.
    pub signing_key: [u8; 32],
    /// Public half of the recovery code's key, where a code was taken.
    pub recovery_key: Option<[u8; 32]>,
    /// Wraps of the account secret.
    pub wraps: Vec<Wrap>,
    /// Made.
    pub created_s: Seconds,
    /// Last log-in or message; retention counts from here.
    pub last_contact_s: Seconds,
}

/// The client's sealed state of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    /// Counts up by one with each write, from 1.
    pub version: u64,
    /// Sealed bytes.
    pub sealed: Sealed,
}

/// Who may fetch a conversation, as its newest epoch statement says. It only routes: whoever
/// is let through still needs a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Readers {
    /// Staff persons.
    pub persons: Vec<PersonId>,
    /// Whole teams.
    pub teams: Vec<TeamId>,
    /// The guests of a group, and which of them are muted.
    pub guests: Vec<(GuestId, bool)>,
}

/// Whose a conversation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// A seeker's talk: the account.
    Seeker(AccountId),
    /// The staff's thread about a talk. It is no seeker's, and goes with the talk.
    Thread(ConversationId),
    /// The room of its team in a month.
    Room(Month),
    /// A group's.
    Group(Group),
}

/// What is known of a group besides its envelopes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// Which account is which guest, oldest first. Only who is among the readers of the newest epoch is a guest; others
    /// are about to be let in.
    pub accounts: Vec<(GuestId, AccountId)>,
    /// When guests may write.
    pub windows: Vec<Window>,
}

/// A conversation without its envelopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Id.
    pub id: ConversationId,
    /// Site; of a room [`SiteId::NONE`].
    pub site: SiteId,
    /// Team.
    pub team: TeamId,
    /// Whose it is.
    pub whose: Whose,
    /// State; of talks alone.
    pub state: ConversationState,
    /// Readers of the newest epoch.
    pub readers: Readers,
    /// Opened.
    pub opened_s: Seconds,
    /// Newest envelope; retention counts from here.
    pub last_s: Seconds,
    /// Number of envelopes.
    pub length: u64,
    /// Newest epoch number; meaningless while `length` is 0.
    pub epoch: u32,
    /// Until when the seeker's words are answered, as it was promised when they came; `None`: nobody waits, or nothing
    /// was promised.
    pub answer_by_s: Option<Seconds>,
    /// Who was asked to take it when, oldest first: at most [`ESCALATION_STEPS_MAX`].
    ///
    /// [`ESCALATION_STEPS_MAX`]: beistand_protocol::limit::ESCALATION_STEPS_MAX
    pub steps: Vec<Step>,
    /// The request that nobody has answered yet; `None`: it was answered, or the talk is closed.
    pub asked: Option<Asked>,
}

/// A request until its first answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Since when.
    pub since_s: Seconds,
    /// Whether somebody has taken it once.
    pub taken: bool,
}

impl Conversation {
    /// One that is being opened: it waits, and has no envelope yet.
    #[must_use]
    pub fn opened(id: ConversationId, site: SiteId, team: TeamId, whose: Whose, opened_s: Seconds) -> Self {
        Self {
            id,
            site,
            team,
            whose,
            state: ConversationState::Waiting,
            readers: Readers::default(),
            opened_s,
            last_s: opened_s,
            length: 0,
            epoch: 0,
            answer_by_s: None,
            steps: Vec::new(),
            asked: None,
        }
    }

    /// The account of the seeker whose talk it is.
    #[must_use]
    pub const fn seeker(&self) -> Option<AccountId> {
        match self.whose {
            Whose::Seeker(account) => Some(account),
            Whose::Thread(_) | Whose::Room(_) | Whose::Group(_) => None,
        }
    }

    /// What is known of a group.
    #[must_use]
    pub const fn group(&self) -> Option<&Group> {
        match &self.whose {
            Whose::Group(group) => Some(group),
            _ => None,
        }
    }

    /// The guest of a group that an account is, and whether it is muted.
    #[must_use]
    pub fn guest(&self, account: AccountId) -> Option<(GuestId, bool)> {
        let accounts = &self.group()?.accounts;
        let is = |guest: &GuestId| accounts.contains(&(*guest, account));
        self.readers.guests.iter().find(|(guest, _)| is(guest)).copied()
    }

    /// The accounts of all seekers who may read it: of a talk its seeker, of a group its guests.
    pub fn seekers(&self) -> impl Iterator<Item = AccountId> + '_ {
        let accounts = self.group().map_or(&[][..], |group| &group.accounts);
        let is_in = |guest: GuestId| self.readers.guests.iter().any(|(known, _)| *known == guest);
        let guests = accounts.iter().filter(move |(guest, _)| is_in(*guest)).map(|(_, account)| *account);
        self.seeker().into_iter().chain(guests)
    }

    /// The talk that it is a thread about.
    #[must_use]
    pub const fn about(&self) -> Option<ConversationId> {
        match self.whose {
            Whose::Seeker(_) | Whose::Room(_) | Whose::Group(_) => None,
            Whose::Thread(talk) => Some(talk),
        }
    }

    /// The month whose room of its team it is.
    #[must_use]
    pub const fn room(&self) -> Option<Month> {
        match self.whose {
            Whose::Seeker(_) | Whose::Thread(_) | Whose::Group(_) => None,
            Whose::Room(month) => Some(month),
        }
    }
}

/// An envelope on its way into a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEnvelope {
    /// The envelope.
    pub envelope: Envelope,
    /// For epochs: the readers that the signed statement names.
    pub readers: Option<Readers>,
    /// For epochs: the place that the signed statement claims. It closes what stands before it,
    /// so it is stored there or not at all.
    pub position: Option<u64>,
}

/// A session. The token itself is known to the client alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// Account.
    pub account: AccountId,
    /// Kind.
    pub kind: SessionKind,
    /// Log-in on this device.
    pub device_session: DeviceSessionId,
    /// Made.
    pub created_s: Seconds,
    /// Last used, to some minutes.
    pub used_s: Seconds,
}

/// An invitation that was accepted and waits for the countersignature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// Invitation; it can't be accepted twice.
    pub invitation: InvitationId,
    /// Account made by the invitee.
    pub account: AccountId,
    /// Signed acceptance.
    pub signed: Vec<u8>,
    /// When.
    pub accepted_s: Seconds,
    /// Done: in the log. Kept so that the invitation stays used.
    pub countersigned: bool,
}

/// A secret address under which a calendar program fetches a person's shifts in a team. The secret itself
/// is known to whoever made it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarLink {
    /// SHA-256 of the secret.
    pub secret_hash: [u8; 32],
    /// Whose shifts.
    pub person: PersonId,
    /// In which team.
    pub team: TeamId,
    /// Made.
    pub made_s: Seconds,
}

/// The newest edition of a library of text blocks, as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    /// Whose.
    pub library: Library,
    /// Counts up by one with each edition, from 1.
    pub version: u64,
    /// Signed and sealed.
    pub edition: Sealed,
}

/// A device that shows notices while no page is open there.
#[derive(Clone, PartialEq, Eq)]
pub struct PushDevice {
    /// SHA-256 of the endpoint.
    pub id: [u8; 32],
    /// Where its push service takes messages for it.
    pub endpoint: String,
    /// Its public key.
    pub public: Vec<u8>,
    /// Its secret.
    pub secret: Vec<u8>,
    /// Where its owner reaches the box.
    pub origin: String,
    /// Whose.
    pub person: PersonId,
    /// Their account.
    pub account: AccountId,
    /// The log-in on that device; with its log-out it is forgotten.
    pub device_session: DeviceSessionId,
    /// Made.
    pub made_s: Seconds,
}

impl core::fmt::Debug for PushDevice {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PushDevice").field("person", &self.person).finish_non_exhaustive()
    }
}

/// The mail server with what opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailAccess {
    /// The server.
    pub server: MailServer,
    /// The password of its user.
    pub password: Option<String>,
}

impl core::fmt::Debug for MailAccess {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("MailAccess").field("server", &self.server).finish_non_exhaustive()
    }
}

/// What log-ins of a staff account ask for besides the passphrase: numbers of an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondFactor {
    /// What app and box share.
    pub secret: SharedSecret,
    /// The step of the newest number that was used: none is good twice (RFC 6238, section 5.2).
    pub used_step: u64,
    /// Since when.
    pub since_s: Seconds,
}

/// What ends of talks are counted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClosingKey {
    /// Team.
    pub team: TeamId,
    /// Month in the team's time zone: twelve times the year, and months since January.
    pub month: u32,
    /// What it was about, if anything was said.
    pub topic: Option<u16>,
    /// Why.
    pub reason: ClosingReason,
}

/// Small facts of the box itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SettingKey {
    /// SHA-256 of the claim code; present until set-up is done.
    ClaimCodeHash,
    /// Newest time at which the clock was credible ([`crate::retention::clock_is_credible`]),
    /// seconds as 8 bytes, little endian. A commit made while the clock stands wrong does not move it.
    CredibleClock,
    /// The private key by which push services know who sends, 32 bytes; made when it is needed first.
    PushKey,
}
