//! What the server answers about a roster.

use super::{Assignment, Day, Kind, OccurrenceId, Shift, Span};
use crate::id::PersonId;
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
