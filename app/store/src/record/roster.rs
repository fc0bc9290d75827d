//! Rosters, their logs and calendar links.
//!
//! A plan and a command stand in their records in the form of the protocol's types, of which they have too many
//! to say each a second time. Frozen bytes hold that form: a change of it is a new version here as well.

use super::Record;
use crate::table::Table;
use beistand_domain::record as domain;
use beistand_protocol::id::{PersonId, TeamId};
use beistand_protocol::roster::{Command, LogEntry, Plan, Touched};
use serde::{Deserialize, Serialize};

/// A team's roster. Key: team. The plan names the team and its version.
#[derive(Serialize, Deserialize)]
pub(crate) struct RosterRecord {
    pub(crate) plan: Plan,
}

impl Record for RosterRecord {
    const TABLE: Table = Table::Roster;
}

impl From<RosterRecord> for Plan {
    fn from(record: RosterRecord) -> Self {
        record.plan
    }
}

/// A line of a roster's log of changes. Key: team, version.
#[derive(Serialize, Deserialize)]
pub(crate) struct RosterLogRecord {
    team: TeamId,
    version: u64,
    at_s: u64,
    by: PersonId,
    command: Command,
    touched: Vec<Touched>,
}

impl Record for RosterLogRecord {
    const TABLE: Table = Table::RosterLog;
}

impl RosterLogRecord {
    pub(crate) fn new(team: TeamId, entry: &LogEntry) -> Self {
        let LogEntry { version, at_s, by, command, touched } = entry.clone();
        Self { team, version, at_s, by, command, touched }
    }

    pub(crate) fn version(&self) -> u64 {
        self.version
    }
}

impl From<RosterLogRecord> for LogEntry {
    fn from(record: RosterLogRecord) -> Self {
        let RosterLogRecord { team: _, version, at_s, by, command, touched } = record;
        Self { version, at_s, by, command, touched }
    }
}

/// A calendar link. Key: hash of its secret.
#[derive(Serialize, Deserialize)]
pub(crate) struct CalendarLinkRecord {
    secret_hash: [u8; 32],
    person: PersonId,
    team: TeamId,
    made_s: u64,
}

impl Record for CalendarLinkRecord {
    const TABLE: Table = Table::CalendarLink;
}

impl From<&domain::CalendarLink> for CalendarLinkRecord {
    fn from(link: &domain::CalendarLink) -> Self {
        let domain::CalendarLink { secret_hash, person, team, made_s } = *link;
        Self { secret_hash, person, team, made_s }
    }
}

impl From<CalendarLinkRecord> for domain::CalendarLink {
    fn from(record: CalendarLinkRecord) -> Self {
        let CalendarLinkRecord { secret_hash, person, team, made_s } = record;
        Self { secret_hash, person, team, made_s }
    }
}

#[cfg(test)]
mod tests;
