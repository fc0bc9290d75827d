//! What log-ins of a staff account ask for besides the passphrase.

use super::Record;
use crate::table::Table;
use beistand_domain::record::SecondFactor;
use beistand_protocol::id::AccountId;
use beistand_protocol::second_factor::SharedSecret;
use serde::{Deserialize, Serialize};

/// The secret that an app shares, the step of its newest number that was used, and since when. Key: account.
#[derive(Serialize, Deserialize)]
pub(crate) struct SecondFactorRecord {
    account: AccountId,
    secret: SharedSecret,
    used_step: u64,
    since_s: u64,
}

impl Record for SecondFactorRecord {
    const TABLE: Table = Table::SecondFactor;
}

impl SecondFactorRecord {
    pub(crate) const fn new(account: AccountId, factor: SecondFactor) -> Self {
        let SecondFactor { secret, used_step, since_s } = factor;
        Self { account, secret, used_step, since_s }
    }
}

impl From<SecondFactorRecord> for SecondFactor {
    fn from(record: SecondFactorRecord) -> Self {
        let SecondFactorRecord { secret, used_step, since_s, .. } = record;
        Self { secret, used_step, since_s }
    }
}
