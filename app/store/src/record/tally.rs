//! Counts of requests of a month.

use super::Record;
use crate::table::Table;
use beistand_domain::statistics::{Tally, TallyKey};
use beistand_protocol::id::{SiteId, TeamId};
use serde::{Deserialize, Serialize};

/// What was counted of a team's requests by one site in one month, in the order of the domain's counts. Key: see
/// [`tally_key`].
#[derive(Serialize, Deserialize)]
pub(crate) struct TallyRecord {
    month: u32,
    team: TeamId,
    site: SiteId,
    counts: Vec<u64>,
}

impl Record for TallyRecord {
    const TABLE: Table = Table::Tally;
}

/// The key of the counts: month, team, site.
pub(crate) fn tally_key(key: TallyKey) -> Vec<u8> {
    [&key.month.to_be_bytes()[..], &key.team.0, &key.site.0].concat()
}

impl TallyRecord {
    pub(crate) fn new(key: TallyKey, tally: &Tally) -> Self {
        let TallyKey { month, team, site } = key;
        Self { month, team, site, counts: tally.counts().to_vec() }
    }
}

impl From<TallyRecord> for (TallyKey, Tally) {
    fn from(record: TallyRecord) -> Self {
        let TallyRecord { month, team, site, counts } = record;
        (TallyKey { month, team, site }, Tally::of(&counts))
    }
}
