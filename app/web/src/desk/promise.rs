//! How near a promised answer is.

/// Seconds before the promised time from which on somebody should see to it.
pub const SOON_S: u64 = 4 * 60 * 60;

/// How near a promised answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// There is time.
    Later,
    /// Some hours are left.
    Soon,
    /// It is past.
    Over,
}

impl Due {
    /// At this moment.
    #[must_use]
    pub const fn at(now_s: u64, answer_by_s: u64) -> Self {
        match answer_by_s.checked_sub(now_s) {
            None | Some(0) => Self::Over,
            Some(left_s) if left_s <= SOON_S => Self::Soon,
            Some(_) => Self::Later,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_past() {
        let by_s = 1_000_000;
        for (now_s, expect) in [
            (0, Due::Later),
            (by_s - SOON_S - 1, Due::Later),
            (by_s - SOON_S, Due::Soon),
            (by_s - 1, Due::Soon),
            (by_s, Due::Over),
            (u64::MAX, Due::Over),
        ] {
            assert_eq!(Due::at(now_s, by_s), expect, "{now_s}");
        }
    }
}
