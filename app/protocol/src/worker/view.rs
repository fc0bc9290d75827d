//! What a page shows: sites, conversations, messages, people, as the worker has verified them.

use super::{Role, SiteSettings};
use crate::{
    api::Window,
    id::{ConversationId, GuestId, InvitationId, MessageId, PersonId, SiteId, TeamId},
    live::Presence,
};
#[cfg(feature = "staff")]
use crate::{epoch::ConversationKind, month::Month};
use serde::{Deserialize, Serialize};

/// A site as its visitors see it, from the signed log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteView {
    /// Site.
    pub site: SiteId,
    /// Settings.
    pub settings: SiteSettings,
    /// Team that answers.
    pub team_name: String,
    /// Whether there may be groups.
    pub groups: bool,
    /// Whether somebody is available now.
    pub somebody_available: bool,
    /// Until when words written now are answered, seconds since 1970, if the team promises it.
    pub answer_by_s: Option<u64>,
}

/// How far an own message got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Progress {
    /// On its way.
    Sending,
    /// Could not be sent; may be sent again.
    Failed,
    /// Durably stored by the server.
    Stored,
    /// A reader's device has it (signed receipt).
    Delivered,
    /// A reader has seen it (signed receipt).
    Read,
}

/// Who wrote something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Author {
    /// This account.
    Own,
    /// The seeker (staff's view).
    Seeker,
    /// A staff person.
    Staff(PersonId, String),
    /// Another guest of a group, by the name used there.
    Guest(GuestId, String),
}

/// One line of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Id; a later view with the same id replaces this one.
    pub id: MessageId,
    /// Sorts lines: position for stored ones, `u64::MAX` while sending.
    pub position: u64,
    /// When stored (or begun), seconds since 1970.
    pub time_s: u64,
    /// Author.
    pub author: Author,
    /// What it is.
    pub body: MessageBody,
    /// For own messages.
    pub progress: Progress,
}

/// Content of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum MessageBody {
    /// Text.
    Text(String),
    /// A counselor has taken the conversation.
    Claimed,
    /// Back in the waiting list.
    Released,
    /// Handed to a colleague.
    HandedOver(PersonId, String),
    /// Closed.
    Closed,
    /// Open again.
    Reopened,
    /// Closed, and the seeker may not write any more.
    Blocked,
    /// The seeker may write again.
    Unblocked,
    /// Who can read from here on has changed.
    ReadersChanged(Vec<ReaderView>),
    /// Something is missing between the neighbours.
    Missing,
    /// Something could not be verified and is not shown.
    Refused,
    /// An invitation to a group, with its title.
    Invited(ConversationId, String),
    /// The seeker wants to come into a group, under this name.
    Joined(ConversationId, String),
    /// Something that the staff have noted in a thread.
    #[cfg(feature = "staff")]
    Remark(super::Remark),
}

/// One reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReaderView {
    /// The seeker.
    Seeker,
    /// A person by name; the flag says leads (deputies).
    Person(PersonId, String, bool),
    /// Everybody of a team.
    Team(TeamId, String),
    /// A guest of a group, by name.
    Guest(String),
}

/// State of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum StateView {
    /// Waiting.
    Waiting,
    /// Taken by this person.
    Mine,
    /// Taken by a colleague.
    Colleague(PersonId, String),
    /// Closed.
    Closed,
    /// Closed, and the seeker may not write any more.
    Blocked,
}

/// A conversation in lists and as header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationView {
    /// Id.
    pub id: ConversationId,
    /// The talk that it is the staff's thread about; `None` for talks.
    pub about: Option<ConversationId>,
    /// The month whose room of its team it is; `None` for talks and threads.
    #[cfg(feature = "staff")]
    pub room: Option<Month>,
    /// Staff: the id of the thread about this talk, whether somebody has written there or not. What is sent, shown or
    /// kept as a draft under it stays among the staff.
    pub thread: Option<ConversationId>,
    /// What a group is; `None` for everything else.
    pub group: Option<Box<GroupView>>,
    /// Site where it came in.
    pub site: SiteId,
    /// Team that answers.
    pub team: TeamId,
    /// Pseudonym (staff) or empty.
    pub seeker_name: String,
    /// State.
    pub state: StateView,
    /// It takes no more messages: what the seeker writes begins a new one.
    pub full: bool,
    /// Opened, seconds since 1970.
    pub opened_s: u64,
    /// Newest line, seconds since 1970.
    pub last_s: u64,
    /// Since when somebody waits for an answer, seconds since 1970; `None`: nobody waits.
    pub waiting_since_s: Option<u64>,
    /// Until when an answer was promised, seconds since 1970; `None`: nobody waits, or nothing was promised.
    pub answer_by_s: Option<u64>,
    /// It waits, and nobody on duty has accepted it: it is a letter, whoever is there.
    pub letter: bool,
    /// Who was asked to take it, oldest first (staff): an encoded list of [`crate::queue::Step`].
    pub steps: Vec<u8>,
    /// Newest text, shortened, and whether it is an own one.
    pub last_text: Option<(bool, String)>,
    /// Unread lines of others.
    pub unread: u32,
    /// Readers from the signed epoch.
    pub readers: Vec<ReaderView>,
    /// The other side is connected (seeker present, or somebody available).
    pub other_present: bool,
    /// Waiting: whose turn it is to take it (staff).
    pub offered: Option<PersonId>,
    /// Days kept after the last contact.
    pub retention_days: u16,
    /// Half-written text.
    pub draft: String,
    /// Threads: what their remarks come to.
    #[cfg(feature = "staff")]
    pub remarks: super::RemarksView,
}

/// A group, as its newest card and epoch say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupView {
    /// What it is called.
    pub title: String,
    /// When guests may write, in order.
    pub windows: Vec<Window>,
    /// Who is in it besides the team, by name.
    pub guests: Vec<GuestView>,
    /// Guests at most.
    pub most: u8,
    /// Seeker: who this account is among the guests.
    pub own: Option<GuestId>,
}

/// A guest of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestView {
    /// Who.
    pub guest: GuestId,
    /// By which name.
    pub name: String,
    /// Reads, and writes nothing.
    pub muted: bool,
}

/// Something that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HitView {
    /// Conversation.
    pub conversation: ConversationId,
    /// The line; `None`: the talk's name fits.
    pub message: Option<MessageId>,
    /// When, seconds since 1970.
    pub time_s: u64,
    /// Whether it is an own line.
    pub own: bool,
    /// Words before the first one found, that one, and those after it: all of it or an excerpt.
    pub around: [String; 3],
}

/// A colleague.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// Person.
    pub person: PersonId,
    /// Name.
    pub display_name: String,
    /// Administers.
    pub administrator: bool,
    /// Teams of the person.
    pub teams: Vec<TeamId>,
    /// Presence; `None`: not connected.
    pub presence: Option<Presence>,
    /// The keys came anew by an invitation.
    pub renewed: Option<RenewalView>,
}

/// That somebody has new keys by an invitation, which everybody who writes to them should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewalView {
    /// When, seconds since 1970.
    pub time_s: u64,
    /// Name of the administrator who confirmed it; empty: with the kit's root secret.
    pub by: String,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamView {
    /// Team.
    pub team: TeamId,
    /// Name.
    pub name: String,
    /// Leads.
    pub leads: Vec<PersonId>,
    /// Members, leads included.
    pub members: Vec<PersonId>,
    /// Its leads are shown how much each person has to do.
    pub workload_shown: bool,
    /// Its leads read along in the talks that colleagues have taken.
    pub leads_read_along: bool,
    /// The room of the present month, if this person is a member.
    #[cfg(feature = "staff")]
    pub room: Option<RoomView>,
}

/// The room of a team in a month, whether somebody has written there or not. What is sent, shown or kept as a draft under
/// its id stays among the team's members.
#[cfg(feature = "staff")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomView {
    /// Its id.
    pub id: ConversationId,
    /// The month.
    pub month: Month,
}

#[cfg(feature = "staff")]
impl RoomView {
    /// The room of a team in a month.
    #[must_use]
    pub fn of(team: TeamId, month: Month) -> Self {
        Self { id: ConversationKind::room_id(team, month), month }
    }
}

/// An invitation that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// Invitation.
    pub invitation: InvitationId,
    /// Person's name.
    pub display_name: String,
    /// Role.
    pub role: Role,
    /// Team.
    pub team_name: String,
    /// Last second it can be used.
    pub expires_s: u64,
    /// Accepted, waits for the countersignature.
    pub accepted: bool,
    /// It gets somebody new keys who is in the organisation already.
    pub renews: bool,
}

/// Whether the organisation demands a second factor of a staff person.
#[cfg(feature = "staff")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum FactorDemand {
    /// No.
    #[default]
    None,
    /// It does, and there is one.
    Met,
    /// It does, and there is none: it has to be set up before anything else.
    Open,
}
