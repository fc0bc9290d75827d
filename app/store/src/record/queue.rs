//! Queue rules of teams.

use super::Record;
use crate::table::Table;
use beistand_protocol::id::TeamId;
use beistand_protocol::queue::{QueueMode, QueueRules};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
enum Mode {
    Pull,
    Push,
}

/// A team's queue rules. Key: team.
#[derive(Serialize, Deserialize)]
pub(crate) struct QueueRulesRecord {
    team: TeamId,
    mode: Mode,
    talks_max: Option<u8>,
    offer_s: u16,
}

impl Record for QueueRulesRecord {
    const TABLE: Table = Table::QueueRules;
}

impl QueueRulesRecord {
    pub(crate) fn new(team: TeamId, rules: QueueRules) -> Self {
        let QueueRules { mode, talks_max, offer_s } = rules;
        let mode = match mode {
            QueueMode::Pull => Mode::Pull,
            QueueMode::Push => Mode::Push,
        };
        Self { team, mode, talks_max, offer_s }
    }
}

impl From<QueueRulesRecord> for (TeamId, QueueRules) {
    fn from(record: QueueRulesRecord) -> Self {
        let QueueRulesRecord { team, mode, talks_max, offer_s } = record;
        let mode = match mode {
            Mode::Pull => QueueMode::Pull,
            Mode::Push => QueueMode::Push,
        };
        (team, QueueRules { mode, talks_max, offer_s })
    }
}
