//! Queue rules of teams.

use super::Record;
use crate::table::Table;
use beistand_protocol::id::TeamId;
use beistand_protocol::queue::{Escalation, QueueMode, QueueRules};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) enum Mode {
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
    /// Since version 2: seconds before the leads are asked, and before it is a letter.
    escalation: Option<(u16, u16)>,
}

impl Record for QueueRulesRecord {
    const TABLE: Table = Table::QueueRules;
    const VERSION: u8 = 2;
}

impl QueueRulesRecord {
    pub(crate) fn new(team: TeamId, rules: QueueRules) -> Self {
        let QueueRules { mode, talks_max, offer_s, escalation } = rules;
        let mode = match mode {
            QueueMode::Pull => Mode::Pull,
            QueueMode::Push => Mode::Push,
        };
        let escalation = escalation.map(|Escalation { leads_s, letter_s }| (leads_s, letter_s));
        Self { team, mode, talks_max, offer_s, escalation }
    }
}

impl From<QueueRulesRecord> for (TeamId, QueueRules) {
    fn from(record: QueueRulesRecord) -> Self {
        let QueueRulesRecord { team, mode, talks_max, offer_s, escalation } = record;
        let mode = match mode {
            Mode::Pull => QueueMode::Pull,
            Mode::Push => QueueMode::Push,
        };
        let escalation = escalation.map(|(leads_s, letter_s)| Escalation { leads_s, letter_s });
        (team, QueueRules { mode, talks_max, offer_s, escalation })
    }
}
