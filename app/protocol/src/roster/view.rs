//! What the server answers about a roster.

use super::{
    Absence, Assignment, Command, Day, Denied, Kind, OccurrenceId, Rule, Rules, Shift, Span, Swap, Template,
    Wish,
};
use crate::id::{PersonId, TeamId};
use serde::{Deserialize, Serialize};

/// A holiday of a German state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
#[allow(missing_docs)] // They are their own names.
pub enum Holiday {
    Neujahr,
    HeiligeDreiKoenige,
    Frauentag,
    Karfreitag,
    Ostersonntag,
    Ostermontag,
    TagDerArbeit,
    TagDerBefreiung,
    ChristiHimmelfahrt,
    Pfingstsonntag,
    Pfingstmontag,
    Fronleichnam,
    MariaeHimmelfahrt,
    Weltkindertag,
    TagDerDeutschenEinheit,
    Reformationstag,
    Allerheiligen,
    BussUndBettag,
    ErsterWeihnachtstag,
    ZweiterWeihnachtstag,
}

/// One occurrence in the time shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Occurrence {
    /// Which.
    pub id: OccurrenceId,
    /// What is done.
    pub kind: Kind,
    /// Who; `None`: somebody is looked for.
    pub person: Option<PersonId>,
    /// When on the wall.
    pub span: Span,
    /// When it begins, seconds since 1970.
    pub start_s: u64,
    /// When it ends.
    pub end_s: u64,
    /// One of several.
    pub repeats: bool,
}

/// Somebody is missing. A gap never crosses midnight, so that each day can show its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// Day.
    pub day: Day,
    /// From this minute of the day.
    pub from: u16,
    /// To this minute, at most 1440.
    pub to: u16,
    /// When it begins, seconds since 1970.
    pub start_s: u64,
    /// When it ends.
    pub end_s: u64,
    /// How many are missing.
    pub missing: u8,
}

/// When the live chat is open on a day, by the team's rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OpenHours {
    /// Day.
    pub day: Day,
    /// From this minute of the day.
    pub from: u16,
    /// To this minute, at most 1440.
    pub to: u16,
}

/// A team's roster from one day to another, as the caller may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterView {
    /// Whose.
    pub team: TeamId,
    /// Changes so far.
    pub version: u64,
    /// The caller may change everything.
    pub leads: bool,
    /// First day shown.
    pub from: Day,
    /// Last day shown.
    pub to: Day,
    /// Server's clock, seconds since 1970.
    pub now_s: u64,
    /// Today in the team's time zone.
    pub today: Day,
    /// And the minute of the day.
    pub minute: u16,
    /// The team's rules.
    pub rules: Rules,
    /// Members, whom shifts can be given to.
    pub members: Vec<PersonId>,
    /// What takes place in these days, by begin.
    pub occurrences: Vec<Occurrence>,
    /// Rules of the repeating ones.
    pub series: Vec<(super::ShiftId, Span, Rule)>,
    /// Where somebody is missing, from now on.
    pub gaps: Vec<Gap>,
    /// Opening hours of these days.
    pub open: Vec<OpenHours>,
    /// Holidays of these days.
    pub holidays: Vec<(Day, Holiday)>,
    /// Swaps that are going on, with the occurrences they are about.
    pub swaps: Vec<(Swap, Occurrence, Option<Occurrence>)>,
    /// The caller's next shifts.
    pub own: Vec<Occurrence>,
    /// Calls for which the caller would be available.
    pub calls: Vec<Occurrence>,
    /// The caller's wishes; for leads everybody's.
    pub wishes: Vec<Wish>,
    /// The caller's absences; for leads everybody's.
    pub absences: Vec<Absence>,
    /// Templates (leads).
    pub templates: Vec<Template>,
}

/// Asks for one change of a roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanChange {
    /// What.
    pub command: Command,
}

/// Answer: the roster's version afterwards, or why it is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The outcome.
    pub outcome: Result<u64, Denied>,
}

/// A shift that a change was about, as it was before or (new ones) is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Touched {
    /// What is done.
    pub kind: Kind,
    /// Who.
    pub person: Option<PersonId>,
    /// When.
    pub span: Span,
}

/// One line of the log of changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The roster's version afterwards.
    pub version: u64,
    /// When, seconds since 1970.
    pub at_s: u64,
    /// By whom.
    pub by: PersonId,
    /// What.
    pub command: Command,
    /// The first shifts concerned.
    pub touched: Vec<Touched>,
}

/// A run of the log, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterLogPage {
    /// Entries.
    pub entries: Vec<LogEntry>,
}

/// One shift of a proposal, with the reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Proposed {
    /// What; its person is the one proposed, or nobody.
    pub assignment: Assignment,
    /// The person said "preferably".
    pub preferred: bool,
    /// Minutes that the person had in that time before this shift.
    pub minutes_before: u32,
    /// How many could have taken it.
    pub candidates: u8,
}

/// Who could fill the gaps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Shifts by begin.
    pub shifts: Vec<Proposed>,
}

/// An event of an imported calendar that the roster can't hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SkippedEvent {
    /// Its title.
    pub title: String,
    /// Line of the file at which it begins.
    pub line: u32,
}

/// What a calendar file holds. Nothing is stored yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Shifts with their titles; the person is set where the title is a member's name.
    pub shifts: Vec<(String, Shift)>,
    /// What was left out.
    pub skipped: Vec<SkippedEvent>,
}

/// A calendar link of the caller, without its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarLink {
    /// Names it for revoking: the first bytes of the secret's hash.
    pub id: [u8; 8],
    /// When it was made, seconds since 1970.
    pub made_s: u64,
}

/// The caller's calendar links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarLinks {
    /// Links, oldest first.
    pub links: Vec<CalendarLink>,
}

/// A new calendar link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarLinkMade {
    /// The secret: [`crate::api::route::CALENDAR_FEED`] with its hexadecimal.
    pub secret: [u8; 32],
}

/// Ends a calendar link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarLinkRevoke {
    /// Which: [`CalendarLink::id`].
    pub id: [u8; 8],
}

/// Asks what a calendar file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarImport {
    /// The file, at most [`crate::limit::CALENDAR_BYTES_MAX`].
    pub text: String,
}
