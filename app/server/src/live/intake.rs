//! How many bytes an account may have stored and passed on.
//!
//! Whatever a seeker stores goes to every connection of a whole team. Counted are an account's
//! bytes, however many sessions and connections it has: otherwise one seeker with many tabs crowds
//! out everybody else, and the team's connections end as too slow because of somebody who writes
//! too much. What an account stores goes to all its own connections as well: whoever has many pays
//! for that work, too.

use crate::allowance::{Allowances, Rate};
use beistand_protocol::{api::SessionKind, id::AccountId};
use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Seekers, in bytes: a few of the longest messages at once, then one in eight seconds, which nobody writes by hand.
/// More of it keeps the disk busy with checkpoints that everybody's messages wait for.
const SEEKER: Rate = Rate { burst: 256.0 * 1024.0, per_s: 8.0 * 1024.0 };
/// Staff, in bytes: after somebody left, new epochs for many conversations with large teams.
const STAFF: Rate = Rate { burst: 8.0 * 1024.0 * 1024.0, per_s: 512.0 * 1024.0 };
/// What the smallest frame counts as, in bytes: it costs work as well.
const FRAME_BYTES_MIN: usize = 512;
/// So many live connections have the devices and tabs of one person. Each time so many more cost the same once more.
const CHANNELS: usize = 4;

/// What every account has left, in bytes.
#[derive(Default)]
pub struct Intake(Mutex<Allowances<AccountId>>);

impl Intake {
    /// Counts something that an account with so many live connections sends. Refused, and then not counted,
    /// with the time until it is let through.
    ///
    /// # Errors
    /// The time to wait.
    pub fn admit(
        &self,
        account: AccountId,
        kind: SessionKind,
        bytes: usize,
        channels: usize,
        now: Instant,
    ) -> Result<(), Duration> {
        let rate = match kind {
            SessionKind::Seeker(_) => SEEKER,
            SessionKind::Staff(_) => STAFF,
        };
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = accounts.left(account, rate, now);
        // Sizes are bounded by the limits of frames and bodies: exact as floating point numbers.
        let bytes = (bytes.max(FRAME_BYTES_MIN) * channels.div_ceil(CHANNELS).max(1)) as f64;
        // What is larger than everything there can be waits for a full account and then goes into debt.
        let missing = bytes.min(rate.burst) - *left;
        if missing > 0.0 {
            // A moment more: rounding must not make it come too early again.
            return Err(Duration::from_secs_f64(missing / rate.per_s) + Duration::from_millis(1));
        }
        *left -= bytes;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allowance::COUNTED_MIN;
    use beistand_protocol::id::{PersonId, SiteId};

    const KIB: usize = 1024;
    const SITE: SessionKind = SessionKind::Seeker(SiteId([1; 16]));
    const PERSON: SessionKind = SessionKind::Staff(PersonId([1; 16]));

    fn account(number: u32) -> AccountId {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_le_bytes());
        AccountId(id)
    }

    #[test]
    fn a_burst_then_a_rate_and_nobody_pays_for_others() {
        let (intake, begin) = (Intake::default(), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        let admit = |who, kind, kib, seconds| intake.admit(account(who), kind, kib * KIB, 1, at(seconds));
        admit(1, SITE, 256, 0).unwrap();
        let wait = admit(1, SITE, 64, 0).unwrap_err();
        assert_eq!(wait.as_secs(), 8);
        assert_eq!(admit(1, SITE, 64, 4).unwrap_err().as_secs(), 4);
        admit(1, SITE, 64, 8).unwrap();
        admit(1, SITE, 1, 8).unwrap_err();
        admit(2, SITE, 64, 8).unwrap();
        admit(3, PERSON, 4096, 8).unwrap();
        // Never more than the burst, however long the pause.
        admit(1, SITE, 256, 100_000).unwrap();
        admit(1, SITE, 1, 100_000).unwrap_err();
        // A clock that goes back takes and gives nothing.
        admit(1, SITE, 1, 99_000).unwrap_err();
    }

    #[test]
    fn tiny_frames_count_as_well() {
        let (intake, now) = (Intake::default(), Instant::now());
        let count = (0..).take_while(|_| intake.admit(account(1), SITE, 0, 0, now).is_ok()).count();
        assert_eq!(count, 512);
    }

    #[test]
    fn whoever_has_it_sent_to_many_pays_more() {
        let (intake, now) = (Intake::default(), Instant::now());
        let count = |who, channels| {
            (0..).take_while(|_| intake.admit(account(who), SITE, KIB, channels, now).is_ok()).count()
        };
        assert_eq!((count(1, 1), count(2, 4)), (256, 256));
        assert_eq!((count(3, 5), count(4, 36)), (128, 28));
    }

    #[test]
    fn what_is_larger_than_the_burst_waits_for_all_of_it_and_is_paid_for() {
        let (intake, begin) = (Intake::default(), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        let admit = |kib, seconds| intake.admit(account(1), SITE, kib * KIB, 1, at(seconds));
        admit(1, 0).unwrap();
        assert_eq!(admit(512, 0).unwrap_err().as_secs(), 0);
        admit(512, 1).unwrap();
        assert_eq!(admit(32, 1).unwrap_err().as_secs(), 36);
    }

    #[test]
    fn memory_is_bounded_by_who_sends() {
        let (intake, begin) = (Intake::default(), Instant::now());
        for number in 0..100_000 {
            // Each has its bytes back before the next thousand.
            let now = begin + Duration::from_millis(number.into());
            intake.admit(account(number), SITE, 512, 1, now).unwrap();
        }
        assert!(intake.0.lock().unwrap().counted() <= 4 * COUNTED_MIN);
    }
}
