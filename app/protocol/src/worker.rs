//! What the page and its vault worker say to each other, as [`crate::codec`] bytes over
//! `postMessage`. This channel stays inside one browser: here, and only here, text is clear.
//!
//! The page sends a [`Call`] with a number of its own and gets exactly one [`Reply`] with that
//! number; besides, the worker tells news by [`News`]. No call ever hands out a key or token.

mod blocks;
#[cfg(feature = "staff")]
mod group;
#[cfg(feature = "staff")]
mod remark;
mod set_up;
#[cfg(feature = "staff")]
mod transcript;
mod view;

pub use blocks::{Block, BlockChange, BlockEdit, BlockText, Blocks, BlocksCall, FormerBlock, LibraryView};
#[cfg(feature = "staff")]
pub use group::{GroupCall, NewGroup};
#[cfg(feature = "staff")]
pub use remark::{ClosingView, DocumentedView, Medium, Remark, RemarksView};
pub use set_up::{Kit, SetUp, SiteSettings};
#[cfg(feature = "staff")]
pub use transcript::Transcript;
pub use view::{
    Author, ConversationView, GroupView, GuestView, HitView, InvitationView, MessageBody, MessageView,
    PersonView, Progress, ReaderView, RenewalView, SiteView, StateView, TeamView,
};
#[cfg(feature = "staff")]
pub use view::{FactorDemand, RoomView};

#[cfg(feature = "staff")]
use crate::{
    closing::{Closing, Topics},
    id::{InvitationId, TeamId},
    live::Presence,
    notice::Occasion,
    queue::QueueRules,
    second_factor::SharedSecret,
};
use crate::{
    error::Code,
    id::{ConversationId, MessageId, PersonId, SiteId},
};
use serde::{Deserialize, Serialize};

/// From page to worker.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToWorker {
    /// Chosen by the page; the reply names it.
    pub number: u32,
    /// What to do.
    pub call: Call,
}

/// From worker to page.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FromWorker {
    /// Answer to one call.
    Reply {
        /// Number of the call.
        number: u32,
        /// Its outcome.
        reply: Result<Reply, Failure>,
    },
    /// Something happened.
    News(News),
}

/// Blob and handles that the page keeps in sessionStorage so that a reload can go on.
/// Useless without the key that the server's memory holds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Fetches the key, once.
    pub handle: [u8; 32],
    /// Ends the session and nothing else (quick exit from the page).
    pub revoke: [u8; 32],
    /// Sealed worker state.
    pub blob: Vec<u8>,
}

/// What a page asks of its worker.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Call {
    /// First call: fetch and verify the membership log, resume if there is something.
    Start {
        /// Site of the page; `None` for staff and set-up.
        site: Option<SiteId>,
        /// The organisation id pinned in the address's fragment (`#k=`, hexadecimal).
        pin: Option<String>,
        /// From sessionStorage.
        resume: Option<Resume>,
    },
    /// How good is this password?
    RatePassword {
        /// As typed.
        password: String,
        /// Name as typed (a password equal to it is bad).
        name: String,
        /// Staff need more.
        staff: bool,
    },
    /// Random words for a password.
    SuggestPassphrase {
        /// Number of words.
        words: u8,
        /// Two-letter language of the words.
        language: String,
    },
    /// A seeker's sign-up; ends logged in. Reply: [`Reply::RecoveryCode`].
    SignUp {
        /// Pseudonym as typed.
        name: String,
        /// Password as typed.
        password: String,
    },
    /// Log-in, seeker or staff by the page's site.
    LogIn {
        /// Name as typed.
        name: String,
        /// Password as typed.
        password: String,
    },
    /// Staff: log-in with a number of the person's app, after the server has asked for one.
    #[cfg(feature = "staff")]
    LogInWithCode {
        /// Name as typed.
        name: String,
        /// Passphrase as typed.
        password: String,
        /// Number as typed.
        code: String,
    },
    /// Staff: a secret for an app that shows numbers. Reply: [`Reply::SharedSecret`].
    #[cfg(feature = "staff")]
    DrawSharedSecret,
    /// Staff: log-ins ask for numbers of this secret from now on.
    #[cfg(feature = "staff")]
    PutSecondFactor {
        /// The secret; `None`: they ask for none any more.
        secret: Option<SharedSecret>,
        /// A number of it, or of the one that goes, as typed.
        code: String,
    },
    /// New password by recovery code; ends logged in. Reply: [`Reply::RecoveryCode`].
    Recover {
        /// Name as typed.
        name: String,
        /// Recovery code as typed.
        code: String,
        /// New password as typed.
        password: String,
    },
    /// New password, and with it new keys: everybody else who knew the old one is shut out.
    /// Stays logged in here and nowhere else. Reply: [`Reply::RecoveryCode`].
    ChangePassword {
        /// Password in force, as typed.
        current: String,
        /// New password as typed.
        password: String,
    },
    /// Seeker: destroys the account and its conversations; ends logged out.
    DeleteAccount {
        /// Password in force, as typed.
        password: String,
    },
    /// Log-out on this device.
    LogOut,
    /// Sends a text. Without conversation (seeker): opens one first.
    Send {
        /// Conversation.
        conversation: Option<ConversationId>,
        /// Text.
        text: String,
        /// Chosen by the page; the same id again is the same message again.
        id: MessageId,
    },
    /// Sends a message that failed once more.
    SendAgain {
        /// Conversation.
        conversation: ConversationId,
        /// The message.
        id: MessageId,
    },
    /// The person is typing; the worker limits how often this is told.
    Typing {
        /// Conversation.
        conversation: ConversationId,
    },
    /// Everything up to here was on the screen.
    Seen {
        /// Conversation.
        conversation: ConversationId,
    },
    /// Keeps the half-written text in the sealed account state.
    SaveDraft {
        /// Conversation; `None`: the first message of a new one.
        conversation: Option<ConversationId>,
        /// Text; empty removes it.
        text: String,
    },
    /// Shows a conversation: the worker sends its messages as [`News::Messages`].
    Show {
        /// Conversation.
        conversation: ConversationId,
    },
    /// Seeker: says in a talk that this account comes into the group that it is invited to there.
    Join {
        /// The talk.
        conversation: ConversationId,
        /// The group.
        group: ConversationId,
        /// How the others there are to call this account.
        name: String,
    },
    /// Staff: take a waiting conversation.
    #[cfg(feature = "staff")]
    Claim {
        /// Conversation.
        conversation: ConversationId,
    },
    /// Staff: back to the waiting list.
    #[cfg(feature = "staff")]
    Release {
        /// Conversation.
        conversation: ConversationId,
    },
    /// Staff: to a colleague.
    #[cfg(feature = "staff")]
    HandOver {
        /// Conversation.
        conversation: ConversationId,
        /// Colleague.
        to: PersonId,
    },
    /// Staff: takes requests or not.
    #[cfg(feature = "staff")]
    SetPresence(Presence),
    /// First administrator: makes the organisation. Reply: [`Reply::Kit`].
    #[cfg(feature = "staff")]
    SetUp(SetUp),
    /// Checks the claim code's form only (nothing is sent): length and checksum.
    #[cfg(feature = "staff")]
    CheckClaimCode {
        /// As typed.
        code: String,
    },
    /// Administrator: a one-time link for a new staff person. Reply: [`Reply::Invitation`].
    #[cfg(feature = "staff")]
    Invite {
        /// Name shown to colleagues and seekers.
        display_name: String,
        /// Role.
        role: Role,
        /// Team to join.
        team: TeamId,
    },
    /// Administrator: a one-time link with which somebody who can't log in any more gets new keys.
    /// Reply: [`Reply::Invitation`].
    #[cfg(feature = "staff")]
    Reinvite {
        /// Who.
        person: PersonId,
    },
    /// Invitee: what does this link offer? Reply: [`Reply::InvitationOffer`].
    #[cfg(feature = "staff")]
    OpenInvitation {
        /// The link's fragment.
        secret: String,
    },
    /// Invitee: accept. Ends logged in, waiting for the countersignature.
    /// Reply: [`Reply::RecoveryCode`].
    #[cfg(feature = "staff")]
    AcceptInvitation {
        /// The link's fragment.
        secret: String,
        /// Log-in name.
        name: String,
        /// Vault passphrase.
        password: String,
    },
    /// Administrator: countersign an accepted invitation into log and team.
    #[cfg(feature = "staff")]
    Countersign {
        /// Invitation.
        invitation: InvitationId,
    },
    /// Administrator: remove a person everywhere.
    #[cfg(feature = "staff")]
    RemovePerson {
        /// Person.
        person: PersonId,
    },
    /// Administrator: publish a site anew (name, colour, retention, emergency numbers).
    #[cfg(feature = "staff")]
    PublishSite {
        /// Site.
        site: SiteId,
        /// New settings.
        settings: SiteSettings,
    },
    /// Staff: the lines of the talks one may read that hold all these words. Nothing is sent.
    /// Reply: [`Reply::Found`].
    #[cfg(feature = "staff")]
    Search {
        /// As typed.
        words: String,
    },
    /// Staff: a team's queue rules; leads and administrators also set them. Reply: [`Reply::Queue`].
    #[cfg(feature = "staff")]
    Queue {
        /// Team.
        team: TeamId,
        /// New rules. `None` only asks.
        rules: Option<QueueRules>,
    },
    /// Staff: asks for something that the worker only passes on, or changes it. What is asked is said in the types of
    /// that part, which the page encodes and decodes; the worker has the session. Reply: [`Reply::PassedOn`].
    #[cfg(feature = "staff")]
    PassOn {
        /// What: the route after `/api/v1/`, e.g. `team/…/roster/2026-11-16/2026-11-22`.
        what: String,
        /// Body of a request that has one.
        body: Option<Vec<u8>>,
    },
    /// Staff: a library of text blocks, after changes were made if there are any. Reply: [`Reply::Blocks`].
    #[cfg(feature = "staff")]
    Blocks(BlocksCall),
    /// Staff: close a talk; a new message of the seeker opens it again.
    #[cfg(feature = "staff")]
    Close {
        /// Conversation.
        conversation: ConversationId,
        /// What the server counts of it.
        closing: Closing,
        /// The name of the topic, or why somebody is blocked, for the colleagues.
        topic: Option<String>,
    },
    /// Staff: a lead lets the seeker of a talk write again.
    #[cfg(feature = "staff")]
    Unblock {
        /// Conversation.
        conversation: ConversationId,
    },
    /// Staff: note something in the thread about a talk; answered once it is stored.
    #[cfg(feature = "staff")]
    Remark {
        /// The talk.
        conversation: ConversationId,
        /// What.
        remark: Remark,
    },
    /// Staff: a talk and the thread about it as a whole, after asking whether there is more than was shown. Changes
    /// nothing. Reply: [`Reply::Transcript`].
    #[cfg(feature = "staff")]
    Transcript {
        /// The talk.
        conversation: ConversationId,
    },
    /// Staff: groups.
    #[cfg(feature = "staff")]
    Group(GroupCall),
    /// Administrator: whether a team's leads are shown how much each person has to do.
    #[cfg(feature = "staff")]
    ShowWorkload {
        /// Team.
        team: TeamId,
        /// They are.
        shown: bool,
    },
    /// Administrator: whether a team's leads read along in the talks that colleagues have taken.
    #[cfg(feature = "staff")]
    ReadAlong {
        /// Team.
        team: TeamId,
        /// They do.
        leads: bool,
    },
    /// Administrator: whether staff must have a second factor. Whoever says so has one.
    #[cfg(feature = "staff")]
    DemandSecondFactor {
        /// They must.
        demanded: bool,
    },
    /// Staff: the topics of a team; leads and administrators also set them. Reply: [`Reply::Topics`].
    #[cfg(feature = "staff")]
    Topics {
        /// Team.
        team: TeamId,
        /// The names of those wanted, in their order. `None` only asks.
        names: Option<Vec<String>>,
    },
}

/// Role offered by an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Answers.
    Counselor,
    /// Leads the team.
    Lead,
    /// Administers (and may answer, if in a team).
    Administrator,
}

/// Answers with content; every other call replies [`Reply::Done`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reply {
    /// Done.
    Done,
    /// Answer to [`Call::Start`].
    Started {
        /// What the page is for now.
        session: SessionView,
    },
    /// Answer to [`Call::RatePassword`].
    PasswordRating {
        /// 0 (very weak) to 4 (very strong).
        score: u8,
        /// Whether it passes the gate.
        accepted: bool,
    },
    /// Answer to [`Call::SuggestPassphrase`].
    Passphrase(String),
    /// Shown once, never again.
    RecoveryCode {
        /// Words or groups in order.
        parts: Vec<String>,
    },
    /// Answer to [`Call::SetUp`].
    #[cfg(feature = "staff")]
    Kit(Kit),
    /// Answer to [`Call::Invite`]: path and fragment of the one-time link.
    #[cfg(feature = "staff")]
    Invitation {
        /// Which one it is in [`News::Staff`].
        invitation: InvitationId,
        /// Link without origin, e.g. `/staff/invitation#…`.
        link: String,
        /// Last day it can be used, seconds since 1970.
        expires_s: u64,
    },
    /// Answer to [`Call::OpenInvitation`].
    #[cfg(feature = "staff")]
    InvitationOffer {
        /// Organisation.
        organisation_name: String,
        /// Person's name as invited.
        display_name: String,
        /// Team.
        team_name: String,
        /// Role.
        role: Role,
        /// It gets somebody new keys who is in the organisation already.
        renews: bool,
    },
    /// Answer to [`Call::Send`]: the conversation it went to.
    Sent {
        /// Conversation.
        conversation: ConversationId,
    },
    /// Answer to [`Call::Search`], newest first.
    #[cfg(feature = "staff")]
    Found {
        /// Lines, and talks by their name.
        hits: Vec<HitView>,
        /// Whether there are more than these.
        more: bool,
    },
    /// Answer to [`Call::Queue`]: the rules in force.
    #[cfg(feature = "staff")]
    Queue(QueueRules),
    /// Answer to [`Call::DrawSharedSecret`].
    #[cfg(feature = "staff")]
    SharedSecret(SharedSecret),
    /// Answer to [`Call::PassOn`], as the server gave it.
    #[cfg(feature = "staff")]
    PassedOn(Vec<u8>),
    /// Answer to [`Call::Blocks`].
    #[cfg(feature = "staff")]
    Blocks(LibraryView),
    /// Answer to [`Call::Topics`].
    #[cfg(feature = "staff")]
    Topics(Topics),
    /// Answer to [`Call::Transcript`].
    #[cfg(feature = "staff")]
    Transcript {
        /// What was said with the seeker.
        talk: Transcript,
        /// What the staff have said about it among themselves.
        thread: Transcript,
    },
}

/// Who is logged in on this page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionView {
    /// No organisation yet: set-up.
    NotSetUp,
    /// Nobody is logged in.
    Nobody,
    /// A seeker.
    Seeker {
        /// Pseudonym as typed at sign-up.
        name: String,
    },
    /// A staff person.
    Staff {
        /// Person.
        person: PersonId,
        /// Name.
        display_name: String,
        /// May administer.
        administrator: bool,
        /// Waits for the countersignature.
        pending: bool,
        /// What the organisation demands besides the passphrase.
        #[cfg(feature = "staff")]
        factor: FactorDemand,
    },
}

/// State of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Connection {
    /// Live.
    Connected,
    /// Trying again by itself.
    Reconnecting,
}

/// When people who are active confirmed the membership log last (P14): by its newest entry or by what
/// their browsers signed. Where staff look, their own browser's word does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Confirmation {
    /// Lately.
    Recent,
    /// Longer ago than the log allows without a word.
    Old {
        /// Whole days.
        days: u32,
    },
    /// So long ago that only the teams' leads can read what is sent.
    LeadsOnly {
        /// Whole days.
        days: u32,
    },
}

/// A conflict that stops everything (emergency numbers are shown beside it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Conflict {
    /// The organisation is not the pinned one.
    Organisation,
    /// The membership log was forked or rolled back, or does not verify.
    Log,
    /// The own entry in the log does not have the own keys.
    OwnKeys,
    /// A conversation was changed or is gone.
    Conversation,
    /// What the server keeps of the account is not what its password opens: another's, an older one, or
    /// changed.
    Account,
    /// Text blocks are older than was known, of another library, or not signed by who may write them.
    Blocks,
}

/// News without a call.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum News {
    /// The session changed.
    Session(SessionView),
    /// The session ended, with the reason.
    SessionEnded(EndReason),
    /// Site of the page.
    Site(SiteView),
    /// All conversations this person may read; replaces the former list.
    Conversations(Vec<ConversationView>),
    /// One conversation changed.
    Conversation(Box<ConversationView>),
    /// A conversation is gone.
    ConversationGone(ConversationId),
    /// New or changed lines.
    Messages {
        /// Conversation.
        conversation: ConversationId,
        /// Lines.
        messages: Vec<MessageView>,
    },
    /// Somebody types; the page shows it for some seconds.
    Typing {
        /// Conversation.
        conversation: ConversationId,
        /// Who.
        author: Author,
    },
    /// Draft of a message without a conversation (after a reload or log-in).
    Draft(String),
    /// The draft is kept (or not yet).
    DraftSaved(bool),
    /// Colleagues, teams and invitations (staff); replaces the former.
    #[cfg(feature = "staff")]
    Staff {
        /// Persons.
        persons: Vec<PersonView>,
        /// Teams.
        teams: Vec<TeamView>,
        /// Open invitations (administrators).
        invitations: Vec<InvitationView>,
        /// Sites.
        sites: Vec<SiteView>,
        /// Own presence.
        presence: Presence,
    },
    /// Something that concerns this person has happened that no conversation tells (staff).
    #[cfg(feature = "staff")]
    Called(Occasion),
    /// Connection state.
    Connection(Connection),
    /// When the membership log was confirmed last; untold, it was lately.
    Confirmation(Confirmation),
    /// Keep this in sessionStorage (or remove what is there).
    Resume(Option<Resume>),
    /// Hard stop.
    Conflict(Conflict),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EndReason {
    /// Log-out here or in another tab.
    LoggedOut,
    /// Too long without use, ended elsewhere, or the password was changed.
    Expired,
    /// The person was removed.
    Revoked,
    /// The password was changed on another device, or by the recovery code.
    PasswordChanged,
    /// The account was deleted, here or on another device.
    Deleted,
}

/// Why a call failed, as the page may explain it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Failure {
    /// The server could not be reached.
    Network,
    /// The server refused; seconds to wait where that helps.
    Server(Code, Option<u32>),
    /// Name empty, too long or with characters that can't be.
    NameInvalid,
    /// Password too weak.
    PasswordWeak,
    /// Password with characters that can't be, or too long.
    PasswordInvalid,
    /// The recovery code has a typing error (checksum).
    CodeInvalid,
    /// The claim code has a typing error.
    ClaimCodeInvalid,
    /// The invitation link is damaged.
    LinkInvalid,
    /// Text empty or too long.
    TextInvalid,
    /// Settings empty, too long or contradictory.
    SettingsInvalid,
    /// A check of signatures or keys failed: hard stop.
    Conflict(Conflict),
    /// Not possible in this state (e.g. not logged in).
    NotNow,
    /// The page sent something the worker does not know.
    Malformed,
    /// The server answered something that can't be read: of an unknown suite, changed on its way, or of
    /// another version.
    Answer,
    /// The connection broke while keys were changed, and it is not known whether the change was stored:
    /// either all is old or all is new.
    ChangeUnknown,
    /// The new password is the one in force.
    PasswordUnchanged,
    /// Somebody else has changed this text block meanwhile, or it is there no more.
    BlockChanged,
    /// The library has no room for this.
    BlocksFull,
    /// What was typed is no number of an app.
    AppCodeInvalid,
}

impl From<Conflict> for Failure {
    fn from(conflict: Conflict) -> Self {
        Self::Conflict(conflict)
    }
}
