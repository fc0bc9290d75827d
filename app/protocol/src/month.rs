//! Months of the calendar in UTC, the same for everybody wherever they are: what the rooms of teams are told apart by.

use crate::roster::Day;
use serde::{Deserialize, Serialize};

const DAY_S: u64 = 24 * 60 * 60;

/// A month: twelve times the year, and months since January. From January 1970 to December 9999; nothing else decodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Month(u32);

/// There is no such month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no month between 1970 and 9999")]
pub struct NoMonth;

impl Month {
    /// January 1970.
    pub const MIN: Self = Self(1970 * 12);
    /// December 9999.
    pub const MAX: Self = Self(9999 * 12 + 11);

    /// The month that a time is in, seconds since 1970.
    #[must_use]
    pub fn at(time_s: u64) -> Self {
        let Ok(day) = i32::try_from(time_s / DAY_S) else { return Self::MAX };
        // The calendar counts on without an end; nothing that is stored is from after this one's.
        let (year, month, _) = Day(day.min(Self::MAX.first_day().0)).date();
        u32::try_from(year * 12 + month - 1).map_or(Self::MIN, Self)
    }

    /// Twelve times the year, and months since January.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// Its first day.
    #[must_use]
    pub const fn first_day(self) -> Day {
        // At most 9999 years and 11 months.
        #[allow(clippy::cast_possible_wrap)]
        let (year, month) = ((self.0 / 12) as i32, (self.0 % 12) as i32);
        Day::of(year, month + 1, 1)
    }

    /// Its first second, since 1970.
    #[must_use]
    pub fn begins_s(self) -> u64 {
        u64::try_from(self.first_day().0).unwrap_or_default() * DAY_S
    }

    /// The first second after it, since 1970.
    #[must_use]
    pub fn ends_s(self) -> u64 {
        // Of December 9999 as of any other.
        Self(self.0 + 1).begins_s()
    }

    /// The month before; none before January 1970.
    #[must_use]
    pub fn before(self) -> Option<Self> {
        (self > Self::MIN).then(|| Self(self.0 - 1))
    }

    /// Whether it is the month of that time, give or take so many seconds: clocks differ, and what is written at the end
    /// of a month comes at the beginning of the next one.
    #[must_use]
    pub fn is_about(self, time_s: u64, differ_s: u64) -> bool {
        (Self::at(time_s.saturating_sub(differ_s))..=Self::at(time_s.saturating_add(differ_s)))
            .contains(&self)
    }
}

impl TryFrom<u32> for Month {
    type Error = NoMonth;

    fn try_from(number: u32) -> Result<Self, NoMonth> {
        let month = Self(number);
        if (Self::MIN..=Self::MAX).contains(&month) { Ok(month) } else { Err(NoMonth) }
    }
}

impl From<Month> for u32 {
    fn from(month: Month) -> Self {
        month.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{decode, encode};

    #[test]
    fn months_begin_and_end_where_the_calendar_says_so() {
        // 2026-11-30 and 2026-12-01, the moments around midnight in UTC.
        let december_s = 1_796_083_200;
        let november = Month::try_from(2026 * 12 + 10).unwrap();
        let december = Month::try_from(2026 * 12 + 11).unwrap();
        assert_eq!([december_s - 1, december_s].map(Month::at), [november, december]);
        assert_eq!((november.ends_s(), december.begins_s()), (december_s, december_s));
        assert_eq!((december.before(), november.number()), (Some(november), 24_322));
        for month in [november, december, Month::MIN, Month::MAX] {
            assert_eq!(Month::at(month.begins_s()), month);
            assert_eq!(Month::at(month.ends_s() - 1), month);
        }
        assert_eq!((Month::at(0), Month::at(u64::MAX)), (Month::MIN, Month::MAX));
        assert_eq!((Month::MIN.before(), Month::at(Month::MAX.ends_s())), (None, Month::MAX));
    }

    #[test]
    fn at_its_edges_a_month_is_near() {
        let month = Month::at(1_796_083_200);
        let near = |time_s| month.is_about(time_s, DAY_S);
        let (begins_s, ends_s) = (month.begins_s(), month.ends_s());
        let times_s =
            [begins_s - DAY_S - 1, begins_s - DAY_S, begins_s, ends_s, ends_s + DAY_S - 1, ends_s + DAY_S];
        assert_eq!(times_s.map(near), [false, true, true, true, true, false]);
    }

    #[test]
    fn nothing_else_decodes() {
        for (number, known) in [(23_639_u32, false), (23_640, true), (119_999, true), (120_000, false)] {
            assert_eq!(decode::<Month>(&encode(&number)).is_ok(), known, "{number}");
        }
        assert_eq!(encode(&Month::MIN), encode(&Month::MIN.number()));
    }
}
