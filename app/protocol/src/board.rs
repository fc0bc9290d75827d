//! What whoever leads teams sees of the present beside the conversations: who is on duty by the roster now, and where
//! somebody is missing in the days to come.

use crate::id::{PersonId, TeamId};
use crate::roster::{Day, Gap, Occurrence};
use serde::{Deserialize, Serialize};

/// Days that gaps are told of, today among them.
pub const BOARD_DAYS: i32 = 7;

/// The teams that somebody leads; for administrators all teams.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Board {
    /// Team by team.
    pub teams: Vec<TeamBoard>,
}

/// What the roster of one team says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamBoard {
    /// Which.
    pub team: TeamId,
    /// Today in its time zone.
    pub today: Day,
    /// It has a roster. Without one whoever is there is on duty.
    pub rostered: bool,
    /// Whoever is there and available counts as on duty without a shift, too.
    pub without_shift: bool,
    /// Shifts for live talks that run now and that somebody has.
    pub now: Vec<Occurrence>,
    /// Where somebody is missing, from now on, within [`BOARD_DAYS`] days.
    pub gaps: Vec<Gap>,
    /// How much each member has to do; `None` unless the log says that it is shown: then nobody works it out either.
    pub workload: Option<Vec<Workload>>,
}

/// What one person has to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// Who.
    pub person: PersonId,
    /// Talks that the person holds.
    pub talks: u32,
    /// Of these, those in which somebody waits for an answer.
    pub waiting: u32,
    /// Minutes of shifts in the days that the board tells of, past ones of today included.
    pub minutes: u32,
}
