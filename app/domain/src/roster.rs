//! The duty roster: shifts that repeat, who is on duty, where somebody is missing, what may be changed.
//!
//! Everything is computed from the [`Plan`], the team's members and a time; nothing is looked up. A plan is
//! changed by [`command::apply`] and by nothing else, one command after the other: the log of changes is the
//! list of commands, and running them again gives the same plan.
//!
//! Times are wall-clock times in the team's zone. Repetitions are counted in days, so that neither night
//! on which the clocks change moves a shift; seconds since 1970 are worked out last ([`zone`]).
//!
//! RFC 5545's rules are read and computed here ([`recurrence`]) rather than by the crate `rrule` (0.14): that one
//! expands date-times inside chrono's zones, where this needs days. Zones are the crate `jiff`'s.

pub mod calendar;
pub mod command;
pub mod duty;
pub mod holiday;
pub mod import;
pub mod occurrence;
pub mod proposal;
pub mod recurrence;
pub mod staffing;
mod swap;
mod valid;
pub mod zone;

use beistand_protocol::{
    id::TeamId,
    roster::{Plan, Rules},
};

/// The zone of a team that has not chosen one.
pub const ZONE_DEFAULT: &str = "Europe/Berlin";

/// The roster of a team that has none yet: nothing is planned, and nothing is promised before a lead has chosen what.
#[must_use]
pub fn empty(team: TeamId) -> Plan {
    let rules = Rules {
        zone: ZONE_DEFAULT.to_owned(),
        state: None,
        staffing: Vec::new(),
        open_on_holidays: false,
        closings: Vec::new(),
        promise: None,
        without_shift: false,
        approve_swaps: false,
    };
    Plan {
        team,
        version: 0,
        rules,
        shifts: Vec::new(),
        wishes: Vec::new(),
        absences: Vec::new(),
        swaps: Vec::new(),
        templates: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
