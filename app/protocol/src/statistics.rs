//! Figures for whoever pays for the work: how many requests there were, when they came, how long they waited, and what
//! they were about. They are counts of closed months, of groups that are never smaller than [`GROUP_MIN`].

#[cfg(feature = "staff")]
pub mod sums;

use crate::id::{SiteId, TeamId};
use serde::{Deserialize, Serialize};

/// Fewer than so many are never told alone.
pub const GROUP_MIN: u64 = 5;
/// Blocks of hours that requests are told by, in a day.
pub const BLOCKS_OF_DAY: u16 = 8;
/// Up to how many seconds somebody waited, for each step of waiting but the last, which has no end.
pub const WAIT_STEPS_S: [u64; 13] =
    [60, 120, 300, 600, 900, 1_800, 3_600, 10_800, 43_200, 86_400, 172_800, 259_200, 604_800];
/// How many steps of waiting there are.
pub const WAIT_STEPS: u16 = 14;

/// What is counted. Appended to, never reordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Measure {
    /// Requests by the block of hours in which they came.
    Hours,
    /// Requests by weekday, from Monday on.
    Weekdays,
    /// Requests in the live chat that somebody took, by the step of waiting.
    WaitLive,
    /// Letters that somebody took, by the step of waiting.
    WaitLetter,
    /// Requests in the live chat that were answered, by the step of waiting for the first answer.
    AnswerLive,
    /// Letters that were answered, by the step of waiting for the first answer.
    AnswerLetter,
    /// Answers that had been promised: in time, and late.
    Promise,
    /// Ended talks by topic: 0 for none, else one more than the place in [`Statistics::topics`].
    Topic,
    /// Ended talks by reason, in the order of [`crate::closing::ClosingReason`].
    Reason,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Hours,
        Self::Weekdays,
        Self::WaitLive,
        Self::WaitLetter,
        Self::AnswerLive,
        Self::AnswerLetter,
        Self::Promise,
        Self::Topic,
        Self::Reason,
    ];
}

/// Whose talks are counted: those of a team that came by a site. Ends of talks are counted by team alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Unit {
    /// Team.
    pub team: TeamId,
    /// Site.
    pub site: Option<SiteId>,
}

/// One category, or several that are counted together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Which.
    pub categories: Vec<u16>,
    /// How many in all of them.
    pub count: u64,
}

/// The figures of one unit, or of several that are counted together. The cells have each category once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Whose.
    pub units: Vec<Unit>,
    /// The figures.
    pub cells: Vec<Cell>,
}

/// The figures of a month by one measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// Twelve times the year, and months since January.
    pub month: u32,
    /// What is counted.
    pub measure: Measure,
    /// Groups that have no unit in common. None: there were fewer than [`GROUP_MIN`] in all.
    pub groups: Vec<Group>,
}

/// A name of a team or a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// What is named: its team, or its site with any team.
    pub unit: Unit,
    /// The name.
    pub name: String,
}

/// All figures that there are. They are the same for everybody who may see them, and a month's never change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// The newest month that is over.
    pub month: u32,
    /// Names of topics.
    pub topics: Vec<String>,
    /// Names of teams (without a site) and of sites.
    pub names: Vec<Named>,
    /// The figures, oldest month first. Where nothing was counted, there are none.
    pub figures: Vec<Figures>,
}

impl Group {
    /// How many in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.cells.iter().map(|cell| cell.count).sum()
    }
}
