//! What is deleted when: conversations and unused accounts, a number of days after the last
//! contact, and never on the word of a clock that may be wrong.

use crate::{
    clock::{DAY_S, Seconds},
    record::{Account, Conversation},
};
use beistand_protocol::{api::SessionKind, id::SiteId, limit};

/// Whether the clock may be believed when something is to be destroyed.
///
/// A box that starts with a dead battery may stand decades off. `credible_s` is the time of the
/// last durable commit that was made while the clock could be believed. Forward by more than
/// [`limit::CLOCK_JUMP_DAYS_MAX`] past it: only if synchronised. Backward: nothing gets old by
/// it, so no harm.
#[must_use]
pub fn clock_is_credible(now_s: Seconds, credible_s: Option<Seconds>, synchronised: bool) -> bool {
    synchronised
        || credible_s.is_none_or(|last| now_s <= last.saturating_add(limit::CLOCK_JUMP_DAYS_MAX * DAY_S))
}

/// Whether a last contact lies so far back that what hangs on it is to go.
#[must_use]
pub fn is_due(now_s: Seconds, last_contact_s: Seconds, retention_days: u16) -> bool {
    now_s > last_contact_s.saturating_add(u64::from(retention_days) * DAY_S)
}

/// What a run of the daily job destroys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Due {
    /// Conversations.
    pub conversations: Vec<beistand_protocol::id::ConversationId>,
    /// Seekers' accounts.
    pub accounts: Vec<beistand_protocol::id::AccountId>,
}

/// Collects what is due. `retention_days` gives a site's days; an unknown site has the default.
/// Staff accounts end by removal, never by age. An account stays while one of its conversations
/// stays.
#[must_use]
pub fn collect_due(
    now_s: Seconds,
    conversations: &[Conversation],
    accounts: &[Account],
    retention_days: impl Fn(SiteId) -> Option<u16>,
) -> Due {
    let days = |site| retention_days(site).unwrap_or(limit::RETENTION_DAYS_DEFAULT);
    let (due, kept): (Vec<_>, Vec<_>) =
        conversations.iter().partition(|c| is_due(now_s, c.last_s, days(c.site)));
    let accounts = accounts
        .iter()
        .filter(|account| match account.kind {
            SessionKind::Staff(_) => false,
            SessionKind::Seeker(site) => {
                is_due(now_s, account.last_contact_s, days(site))
                    && !kept.iter().any(|c| c.seeker == account.id)
            }
        })
        .map(|account| account.id)
        .collect();
    Due { conversations: due.iter().map(|c| c.id).collect(), accounts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clock_jumps() {
        let now = 1_800_000_000;
        let ten_years = 3650 * DAY_S;
        let check = |clock, last, synchronised, expect| {
            assert_eq!(
                clock_is_credible(clock, last, synchronised),
                expect,
                "{clock} {last:?} {synchronised}"
            );
        };
        check(now, None, false, true);
        check(now + DAY_S, Some(now), false, true);
        check(now + 3 * DAY_S, Some(now), false, true);
        check(now + 3 * DAY_S + 1, Some(now), false, false);
        check(now + ten_years, Some(now), false, false);
        check(now + ten_years, Some(now), true, true);
        check(now - ten_years, Some(now), false, true);
        // After a backward jump nothing is due that was not before.
        assert!(!is_due(now - ten_years, now, 30));
        assert!(!is_due(now + 30 * DAY_S, now, 30));
        assert!(is_due(now + 30 * DAY_S + 1, now, 30));
        assert!(!is_due(u64::MAX, u64::MAX, 30));
    }
}
