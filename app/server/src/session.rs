//! Sessions: who a token belongs to, and when that ends.
//!
//! Storage knows a session by the hash of its token and when it was used, to some minutes; the
//! exact last use is here in memory. Sessions survive a restart, and end by idling, by age, by
//! log-out, or when the account or the person changes.

use beistand_domain::{clock::Seconds, record::Session};
use beistand_protocol::{
    api::SessionKind,
    error::Code,
    limit::{SEEKER_IDLE_S, SEEKER_SESSION_S, STAFF_IDLE_S, STAFF_SESSION_S},
};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Mutex, PoisonError},
};

/// A use is written down when the one in storage is this old.
pub const TOUCH_S: Seconds = 5 * 60;
/// Ended sessions that are remembered, to say why.
const REASONS_MAX: usize = 1024;

/// Hash of a session's token.
pub type TokenHash = [u8; 32];

/// Requests that a session may make at once: a log-in with many long conversations reads them all.
pub const REQUESTS_BURST: u32 = 1_200;
/// Requests a second that it may make after that.
pub const REQUESTS_PER_S: u32 = 20;

/// What a session may still ask now.
#[derive(Clone, Copy)]
struct Requests {
    left: u32,
    refilled_s: Seconds,
}

/// Last uses and requests, in memory.
#[derive(Default)]
pub struct Sessions {
    used: Mutex<HashMap<TokenHash, Seconds>>,
    requests: Mutex<HashMap<TokenHash, Requests>>,
    reasons: Mutex<VecDeque<(TokenHash, Code)>>,
}

/// What a look at a session's times says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on; `touch` when storage should hear of it.
    Alive {
        /// The last use in storage is old.
        touch: bool,
    },
    /// Idle too long, or too old.
    Over,
}

/// Idle time and life time of a kind of session.
#[must_use]
pub const fn limits(kind: SessionKind) -> (Seconds, Seconds) {
    match kind {
        SessionKind::Seeker(_) => (SEEKER_IDLE_S, SEEKER_SESSION_S),
        SessionKind::Staff(_) => (STAFF_IDLE_S, STAFF_SESSION_S),
    }
}

impl Sessions {
    /// Judges a session without using it.
    #[must_use]
    pub fn judge(&self, session: &Session, now_s: Seconds) -> Verdict {
        let used_s = self.used_s(session);
        let (idle_s, life_s) = limits(session.kind);
        // A clock that was set back makes nothing older than it is.
        if now_s.saturating_sub(used_s) > idle_s || now_s.saturating_sub(session.created_s) > life_s {
            return Verdict::Over;
        }
        Verdict::Alive { touch: now_s.saturating_sub(session.used_s) >= TOUCH_S }
    }

    /// When a session was used last.
    #[must_use]
    pub fn used_s(&self, session: &Session) -> Seconds {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.get(&session.token_hash).copied().unwrap_or(0).max(session.used_s)
    }

    /// Notes a use.
    pub fn used(&self, token: TokenHash, now_s: Seconds) {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let last = used.entry(token).or_insert(now_s);
        *last = now_s.max(*last);
    }

    /// Counts a request.
    ///
    /// # Errors
    /// Seconds until the next one is let through.
    pub fn admit(&self, token: TokenHash, now_s: Seconds) -> Result<(), u32> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Requests { left: REQUESTS_BURST, refilled_s: now_s };
        let budget = requests.entry(token).or_insert(fresh);
        let earned = now_s.saturating_sub(budget.refilled_s).saturating_mul(REQUESTS_PER_S.into());
        let earned = u32::try_from(earned).unwrap_or(REQUESTS_BURST);
        budget.left = budget.left.saturating_add(earned).min(REQUESTS_BURST);
        // A clock that was set back gives nothing and takes nothing.
        budget.refilled_s = now_s;
        budget.left = budget.left.checked_sub(1).ok_or(1u32)?;
        Ok(())
    }

    /// Forgets all but these.
    pub fn retain(&self, living: &HashSet<TokenHash>) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.retain(|token, _| living.contains(token));
        drop(requests);
        self.used.lock().unwrap_or_else(PoisonError::into_inner).retain(|token, _| living.contains(token));
    }

    /// Forgets a session that ended.
    pub fn ended(&self, token: &TokenHash) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
        self.used.lock().unwrap_or_else(PoisonError::into_inner).remove(token);
    }

    /// Remembers why a session ended: its person was removed, the account's keys changed or the
    /// account is gone.
    pub fn ended_by(&self, token: TokenHash, reason: Code) {
        let mut reasons = self.reasons.lock().unwrap_or_else(PoisonError::into_inner);
        if reasons.len() >= REASONS_MAX {
            reasons.pop_front();
        }
        reasons.push_back((token, reason));
    }

    /// Why a session ended, where that is remembered.
    #[must_use]
    pub fn why_ended(&self, token: &TokenHash) -> Option<Code> {
        let reasons = self.reasons.lock().unwrap_or_else(PoisonError::into_inner);
        reasons.iter().find(|(ended, _)| ended == token).map(|(_, reason)| *reason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_protocol::id::{AccountId, DeviceSessionId, PersonId, SiteId};

    #[test]
    fn idle_and_age_end_sessions() {
        let session = |kind| Session {
            token_hash: [1; 32],
            account: AccountId([2; 16]),
            kind,
            device_session: DeviceSessionId([3; 16]),
            created_s: 100_000,
            used_s: 100_000,
        };
        for kind in [SessionKind::Seeker(SiteId([1; 16])), SessionKind::Staff(PersonId([1; 16]))] {
            let (idle_s, life_s) = limits(kind);
            let session = session(kind);
            let sessions = Sessions::default();
            let judge = |now_s| sessions.judge(&session, now_s);
            assert_eq!(judge(100_000), Verdict::Alive { touch: false });
            assert_eq!(judge(100_000 + TOUCH_S), Verdict::Alive { touch: true });
            assert_eq!(judge(100_000 + idle_s), Verdict::Alive { touch: true });
            assert_eq!(judge(100_000 + idle_s + 1), Verdict::Over);
            assert_eq!(judge(0), Verdict::Alive { touch: false });
            let mut now_s = 100_000;
            while now_s <= 100_000 + life_s {
                assert_ne!(judge(now_s), Verdict::Over);
                sessions.used(session.token_hash, now_s);
                now_s += idle_s;
            }
            assert_eq!(judge(100_000 + life_s + 1), Verdict::Over);
        }
    }
}
