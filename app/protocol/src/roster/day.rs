//! Days of the calendar, counted: what the roster computes with, without any clock or time zone.

use serde::{Deserialize, Serialize};

/// Minutes of a day on the wall.
pub const MINUTES_OF_DAY: u16 = 24 * 60;

/// A day of the (proleptic Gregorian) calendar, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(pub i32);

impl Day {
    /// First day the roster knows: 2000-01-01.
    pub const MIN: Self = Self(10_957);
    /// Last day the roster knows: 2199-12-31.
    pub const MAX: Self = Self(84_005);

    /// Whether it lies between [`Self::MIN`] and [`Self::MAX`].
    #[must_use]
    pub fn is_known(self) -> bool {
        (Self::MIN..=Self::MAX).contains(&self)
    }

    /// The day of a date; a day past the end of a month counts on into the next one.
    #[must_use]
    pub const fn of(year: i32, month: i32, day: i32) -> Self {
        // Howard Hinnant, chrono-Compatible Low-Level Date Algorithms, days_from_civil.
        let year = if month <= 2 { year - 1 } else { year };
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self(era * 146_097 + day_of_era - 719_468)
    }

    /// Year, month from 1, day of the month from 1.
    #[must_use]
    pub const fn date(self) -> (i32, i32, i32) {
        // The same paper, civil_from_days.
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let day_of_era = days.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let part = (5 * day_of_year + 2) / 153;
        let month = if part < 10 { part + 3 } else { part - 9 };
        let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, day_of_year - (153 * part + 2) / 5 + 1)
    }

    /// The date of a text like `2026-11-19`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |range: core::ops::Range<usize>| {
            let digits = text.get(range)?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<i32>().ok())?
        };
        let dashes = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let found = Self::of(year, month, day);
        (dashes && (1..=12).contains(&month) && found.date() == (year, month, day) && found.is_known())
            .then_some(found)
    }

    /// 0 is Monday.
    #[must_use]
    pub const fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday. The remainder is 0 to 6.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let weekday = (self.0 + 3).rem_euclid(7) as u8;
        weekday
    }

    /// The Monday of its week.
    #[must_use]
    pub const fn monday(self) -> Self {
        Self(self.0 - (self.0 + 3).rem_euclid(7))
    }

    /// So many days later (or earlier).
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The number of its week by ISO 8601.
    #[must_use]
    pub const fn week(self) -> i32 {
        let thursday = self.monday().plus(3);
        (thursday.0 - Self::of(thursday.date().0, 1, 1).0) / 7 + 1
    }

    /// Days from one day to another, both included.
    pub fn range(from: Self, to: Self) -> impl DoubleEndedIterator<Item = Self> {
        (from.0..=to.0).map(Self)
    }
}

impl core::fmt::Display for Day {
    /// As `2026-11-19`.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (year, month, day) = self.date();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A set of days of the week: bit 0 is Monday, bit 6 Sunday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Weekdays(pub u8);

impl Weekdays {
    /// Monday to Friday.
    pub const WORKING: Self = Self(0b001_1111);
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// One day.
    #[must_use]
    pub const fn one(weekday: u8) -> Self {
        Self(1 << (weekday % 7))
    }

    /// Whether the day is one of them.
    #[must_use]
    pub const fn has(self, weekday: u8) -> bool {
        weekday < 7 && self.0 & (1 << weekday) != 0
    }

    /// Whether it is a set of at least one day, and of nothing else.
    #[must_use]
    pub const fn is_some(self) -> bool {
        self.0 != 0 && self.0 <= Self::ALL.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates() {
        let check = |(year, month, day): (i32, i32, i32), number, weekday, week| {
            let found = Day::of(year, month, day);
            assert_eq!((found.0, found.weekday(), found.week()), (number, weekday, week), "{found}");
            assert_eq!(found.date(), (year, month, day));
            assert_eq!(Day::parse(&found.to_string()), found.is_known().then_some(found));
        };
        check((1970, 1, 1), 0, 3, 1);
        check((1969, 12, 31), -1, 2, 1);
        check((2000, 1, 1), Day::MIN.0, 5, 52);
        check((2199, 12, 31), Day::MAX.0, 1, 1);
        check((2026, 11, 19), 20_776, 3, 47);
        check((2026, 12, 31), 20_818, 3, 53);
        check((2027, 1, 3), 20_821, 6, 53);
        check((2027, 1, 4), 20_822, 0, 1);
        check((2028, 2, 29), 21_243, 1, 9);
        let mut before = Day::MIN.plus(-1);
        for day in Day::range(Day::MIN, Day::MAX) {
            let (year, month, number) = day.date();
            assert_eq!(Day::of(year, month, number), day);
            assert_eq!(day.0, before.0 + 1);
            assert!(day.date() > before.date());
            before = day;
        }
    }

    #[test]
    fn what_is_no_date() {
        for bad in [
            "",
            "2026-11-31",
            "2026-13-01",
            "2026-1-01",
            "2026-11-19 ",
            "1999-12-31",
            "2026-02-29",
            "+026-11-19",
        ] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn sets_of_days() {
        assert!(Weekdays::WORKING.has(0) && Weekdays::WORKING.has(4) && !Weekdays::WORKING.has(5));
        assert!(!Weekdays::ALL.has(7) && Weekdays::one(6).has(6) && Weekdays::ALL.is_some());
        assert!(!Weekdays(0).is_some() && !Weekdays(0x80).is_some());
    }
}
