//! E-mails that are to be sent: at most one a person in some minutes, what comes meanwhile is in the next one, and what
//! the mail server does not take is tried again, less and less often.
//!
//! There is one entry a person, whatever happens: so there are never more than persons.

use crate::clock::Seconds;

/// Seconds between two mails to the same person.
pub const MAIL_INTERVAL_S: Seconds = 10 * 60;
/// Seconds until a mail that was not taken is tried again, the first time; then twice as many, and so on.
const RETRY_S: Seconds = 60;
/// Seconds between two tries at most.
const RETRY_S_MAX: Seconds = 60 * 60;
/// Tries after which nobody waits for that mail any more. What happens then begins anew.
const TRIES_MAX: u8 = 12;

/// What one person is to be told by e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pending {
    /// Something waits for this person.
    pub mine: bool,
    /// Something waits for a team.
    pub team: bool,
    /// How often it was tried.
    pub tries: u8,
    /// Not before this time.
    pub not_before_s: Seconds,
}

impl Pending {
    /// Whether there is something to tell.
    #[must_use]
    pub const fn tells(&self) -> bool {
        self.mine || self.team
    }

    /// Something more is to be told. When, does not change by it.
    #[must_use]
    pub const fn with(self, mine: bool) -> Self {
        Self { mine: self.mine || mine, team: self.team || !mine, ..self }
    }

    /// It was told at this time, or need not be told any more: until the next one some time has to go by.
    #[must_use]
    pub const fn told(at_s: Seconds) -> Self {
        Self { mine: false, team: false, tries: 0, not_before_s: at_s.saturating_add(MAIL_INTERVAL_S) }
    }

    /// It was not taken.
    #[must_use]
    pub fn failed(self, at_s: Seconds) -> Self {
        let wait_s = RETRY_S.saturating_mul(1 << u32::from(self.tries).min(20)).min(RETRY_S_MAX);
        match self.tries + 1 {
            TRIES_MAX.. => Self::told(at_s),
            tries => Self { tries, not_before_s: at_s.saturating_add(wait_s), ..self },
        }
    }

    /// Seconds that it still waits. A clock that was set back makes nobody wait for longer than was meant.
    #[must_use]
    pub fn wait_s(&self, now_s: Seconds) -> Seconds {
        self.not_before_s.saturating_sub(now_s).min(RETRY_S_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_meanwhile_is_in_the_next_one() {
        let first = Pending::default().with(false);
        assert_eq!((first.mine, first.team, first.wait_s(1000)), (false, true, 0));
        let sent = Pending::told(1000);
        assert!(!sent.tells());
        let next = sent.with(true).with(false).with(true);
        assert_eq!((next.mine, next.team), (true, true));
        assert_eq!((next.wait_s(1000), next.wait_s(1000 + MAIL_INTERVAL_S)), (MAIL_INTERVAL_S, 0));
    }

    #[test]
    fn it_is_tried_less_and_less_often_and_not_for_ever() {
        let mut pending = Pending::default().with(true);
        let mut waits = Vec::new();
        let mut now_s = 0;
        while pending.tells() {
            now_s += pending.wait_s(now_s);
            pending = pending.failed(now_s);
            waits.push(pending.wait_s(now_s));
        }
        assert_eq!(waits[..7], [60, 120, 240, 480, 960, 1920, 3600]);
        assert_eq!(waits.len(), usize::from(TRIES_MAX));
        assert_eq!(pending, Pending::told(now_s));
        // More that happens is told with the next try, and hurries nobody.
        let more = Pending::default().with(true).failed(0).with(false);
        assert_eq!((more.team, more.tries, more.wait_s(0)), (true, 1, 60));
    }

    #[test]
    fn a_clock_that_was_set_back_silences_nobody() {
        assert_eq!(Pending::told(1_000_000).wait_s(1000), RETRY_S_MAX);
    }
}
