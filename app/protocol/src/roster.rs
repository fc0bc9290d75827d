//! The duty roster: who has agreed to be there when, as browser and server say it to each other.
//!
//! It is not encrypted end to end: the server computes from it who is on duty, and learns it. Nothing in it concerns a seeker. Times are wall-clock times in the team's time zone:
//! a shift from 14 to 18 is from 14 to 18 in summer and in winter. What they are in seconds since 1970,
//! the server works out; browsers get both.

mod command;
mod day;
mod view;

pub use command::{Assignment, Command, Denied, Draft};
pub use day::{Day, MINUTES_OF_DAY, Weekdays};
pub use view::{
    CalendarImport, CalendarLink, CalendarLinkMade, CalendarLinkRevoke, CalendarLinks, Changed, Gap, Holiday,
    Imported, LogEntry, Occurrence, OpenHours, PlanChange, Proposal, Proposed, RosterLogPage, RosterView,
    SkippedEvent, Touched,
};

use crate::id::{PersonId, TeamId};
use serde::{Deserialize, Serialize};

pub use crate::id::{ShiftId, SwapId};

/// What somebody on duty does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Kind {
    /// Is there for whoever writes now.
    Live,
    /// Answers letters, without being there live.
    Letters,
}

/// A stretch of wall-clock time that begins on a day and may end on the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The day it begins.
    pub day: Day,
    /// Minute of the day it begins, 0 to 1439.
    pub start: u16,
    /// Minutes by the clock on the wall, 1 to 1440.
    pub minutes: u16,
}

/// How often something comes back: a part of RFC 5545's recurrence rules, counted in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Frequency {
    /// `FREQ=DAILY`
    Daily,
    /// `FREQ=WEEKLY;BYDAY=…`, weeks begin on Monday.
    Weekly(Weekdays),
    /// `FREQ=MONTHLY;BYMONTHDAY=…`: months without that day have none.
    MonthlyDay(u8),
    /// `FREQ=MONTHLY;BYDAY=…` with an ordinal: 1 to 5, or −1 for the last one.
    MonthlyWeekday {
        /// Which of the month.
        ordinal: i8,
        /// 0 is Monday.
        weekday: u8,
    },
}

/// When a rule ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum End {
    /// Never.
    Never,
    /// With this day, which may be the last.
    Until(Day),
    /// After so many times.
    Count(u16),
}

/// A recurrence rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rule {
    /// How often.
    pub frequency: Frequency,
    /// Every how many days, weeks or months, from 1.
    pub interval: u8,
    /// Until when.
    pub end: End,
}

/// What is different about one occurrence of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Difference {
    /// It does not take place.
    Skipped,
    /// It takes place at another time, or with somebody else (`None`: with nobody yet).
    Other {
        /// When.
        span: Span,
        /// Who.
        person: Option<PersonId>,
    },
}

/// A shift, single or repeating.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Shift {
    /// Its id.
    pub id: ShiftId,
    /// What is done.
    pub kind: Kind,
    /// Who; `None`: somebody is still looked for.
    pub person: Option<PersonId>,
    /// When; of a repeating one the first time it can be.
    pub span: Span,
    /// How it repeats.
    pub rule: Option<Rule>,
    /// By the day on which the occurrence would have begun; ascending, each day once.
    pub exceptions: Vec<(Day, Difference)>,
}

/// One occurrence of a shift: the shift, and the day on which the rule lets it begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OccurrenceId {
    /// Shift.
    pub shift: ShiftId,
    /// Day by the rule, also where it was moved.
    pub day: Day,
}

/// How many are to be there live, each week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Staffing {
    /// On which days.
    pub days: Weekdays,
    /// From this minute of the day.
    pub from: u16,
    /// To this minute, at most 1440.
    pub to: u16,
    /// How many.
    pub persons: u8,
}

/// The states of Germany, for their holidays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs)] // They are their own names.
pub enum State {
    BadenWuerttemberg,
    Bayern,
    Berlin,
    Brandenburg,
    Bremen,
    Hamburg,
    Hessen,
    MecklenburgVorpommern,
    Niedersachsen,
    NordrheinWestfalen,
    RheinlandPfalz,
    Saarland,
    Sachsen,
    SachsenAnhalt,
    SchleswigHolstein,
    Thueringen,
}

impl State {
    /// All, in alphabetical order.
    pub const ALL: [Self; 16] = [
        Self::BadenWuerttemberg,
        Self::Bayern,
        Self::Berlin,
        Self::Brandenburg,
        Self::Bremen,
        Self::Hamburg,
        Self::Hessen,
        Self::MecklenburgVorpommern,
        Self::Niedersachsen,
        Self::NordrheinWestfalen,
        Self::RheinlandPfalz,
        Self::Saarland,
        Self::Sachsen,
        Self::SachsenAnhalt,
        Self::SchleswigHolstein,
        Self::Thueringen,
    ];
}

/// Days on which the offer is closed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Closing {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// What for, shown to the team.
    pub name: String,
}

/// Until when a letter is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Promise {
    /// On which working day after that of the letter, from 1.
    pub working_days: u8,
    /// Which days are working days; holidays and closing days never are.
    pub weekdays: Weekdays,
    /// Until which minute of that day, 1 to 1440.
    pub by: u16,
}

/// A team's rules about its roster.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rules {
    /// IANA name of the time zone.
    pub zone: String,
    /// Whose holidays count.
    pub state: Option<State>,
    /// How many are to be there; times without any are closed.
    pub staffing: Vec<Staffing>,
    /// Whether that holds on holidays as well.
    pub open_on_holidays: bool,
    /// Own closing days.
    pub closings: Vec<Closing>,
    /// What a letter's writer is promised.
    pub promise: Option<Promise>,
    /// Whoever is there and available counts as on duty without a shift, too.
    pub without_shift: bool,
    /// A lead confirms each swap.
    pub approve_swaps: bool,
}

/// When a wish holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum When {
    /// Each week.
    Weekly {
        /// On which days.
        days: Weekdays,
        /// From this minute of the day.
        from: u16,
        /// To this minute, at most 1440.
        to: u16,
    },
    /// On these days, whole.
    Days {
        /// First.
        from: Day,
        /// Last.
        to: Day,
    },
}

/// How somebody feels about being on duty then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Gladly.
    Preferably,
    /// It is possible.
    Can,
    /// It is not possible.
    Cannot,
}

/// A wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Wish {
    /// Whose.
    pub person: PersonId,
    /// When.
    pub when: When,
    /// What.
    pub level: Level,
}

/// Somebody is not available on these days. Why is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Absence {
    /// Who.
    pub person: PersonId,
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
}

/// How far a swap is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Stage {
    /// Offered; nobody has answered.
    Open,
    /// Somebody offers a shift of the own for it; the owner decides.
    Answered,
    /// Both agree; a lead has to confirm.
    Agreed,
    /// Done: the roster says so.
    Done,
    /// Taken back by its owner.
    Withdrawn,
    /// Refused by a lead.
    Refused,
}

/// A shift that is offered to colleagues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Swap {
    /// Its id.
    pub id: SwapId,
    /// Which occurrence.
    pub what: OccurrenceId,
    /// Whose it is.
    pub owner: PersonId,
    /// Who is asked; `None`: everybody of the team.
    pub asked: Option<PersonId>,
    /// The owner wants another shift for it.
    pub exchange: bool,
    /// How far it is.
    pub stage: Stage,
    /// Who takes it.
    pub by: Option<PersonId>,
    /// What the owner gets for it.
    pub counter: Option<OccurrenceId>,
    /// When it was offered, seconds since 1970.
    pub made_s: u64,
}

/// One shift of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pattern {
    /// 0 is Monday.
    pub weekday: u8,
    /// Minute of the day it begins.
    pub start: u16,
    /// Minutes it lasts.
    pub minutes: u16,
    /// What is done.
    pub kind: Kind,
    /// Who.
    pub person: Option<PersonId>,
}

/// A week to be used again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Template {
    /// Its name, once a team.
    pub name: String,
    /// Its shifts.
    pub shifts: Vec<Pattern>,
}

/// Everything that is kept of a team's roster, but for the log of changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Plan {
    /// Whose.
    pub team: TeamId,
    /// Changes so far.
    pub version: u64,
    /// Rules.
    pub rules: Rules,
    /// Shifts, by id.
    pub shifts: Vec<Shift>,
    /// Wishes.
    pub wishes: Vec<Wish>,
    /// Absences.
    pub absences: Vec<Absence>,
    /// Swaps, oldest first.
    pub swaps: Vec<Swap>,
    /// Templates, by name.
    pub templates: Vec<Template>,
}
