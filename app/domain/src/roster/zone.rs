//! Wall-clock time and seconds since 1970, both ways.
//!
//! On the night on which an hour is left out, times of that hour mean the moment of the change; on the night
//! on which an hour comes twice, they mean the first. So a later time on the wall is never an earlier moment,
//! and shifts that follow each other on the wall do so in truth. (RFC 5545 reads 2:30 of the missing hour as 3:30;
//! then a shift from 2:30 to 3:15 would end before it begins.)

use crate::clock::Seconds;
use beistand_protocol::roster::{Day, MINUTES_OF_DAY};
use jiff::{
    Timestamp, civil,
    tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase},
};

/// Longest name of a zone.
const NAME_BYTES_MAX: usize = 64;

/// A time zone.
#[derive(Debug, Clone)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of an IANA name; `None` for one that is not known.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        let named = !name.is_empty() && name.len() <= NAME_BYTES_MAX;
        named.then(|| TimeZoneDatabase::bundled().get(name).ok()).flatten().map(Self)
    }

    /// The zone of a plan, which was checked when it was set; UTC if the tables have lost it since.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::find(name).unwrap_or(Self(TimeZone::UTC))
    }

    /// The moment of a time on the wall; minutes past the end of a day count on into the next one.
    /// Days before 1970 count as 1970.
    #[must_use]
    pub fn moment(&self, day: Day, minute: u32) -> Seconds {
        let wall_s = i64::from(day.0) * 86_400 + i64::from(minute) * 60;
        let (year, month, date) =
            day.plus((minute / u32::from(MINUTES_OF_DAY)).try_into().unwrap_or(i32::MAX)).date();
        let minute = minute % u32::from(MINUTES_OF_DAY);
        let part = |value: i32| i8::try_from(value).unwrap_or_default();
        let time = |value: u32| i8::try_from(value).unwrap_or_default();
        let wall = civil::DateTime::new(
            i16::try_from(year).unwrap_or_default(),
            part(month),
            part(date),
            time(minute / 60),
            time(minute % 60),
            0,
            0,
        );
        let Ok(wall) = wall else { return 0 };
        let moment_s = match self.0.to_ambiguous_timestamp(wall).offset() {
            AmbiguousOffset::Unambiguous { offset } | AmbiguousOffset::Fold { before: offset, .. } => {
                wall_s - i64::from(offset.seconds())
            }
            AmbiguousOffset::Gap { before, .. } => {
                let late_s = wall_s - i64::from(before.seconds());
                let change =
                    Timestamp::from_second(late_s + 1).ok().and_then(|late| self.0.preceding(late).next());
                change.map_or(late_s, |change| change.timestamp().as_second())
            }
        };
        Seconds::try_from(moment_s).unwrap_or_default()
    }

    /// Day and minute on the wall at a moment.
    #[must_use]
    pub fn wall(&self, now_s: Seconds) -> (Day, u16) {
        let moment = i64::try_from(now_s).ok().and_then(|s| Timestamp::from_second(s).ok());
        let offset_s = moment.map_or(0, |moment| i64::from(self.0.to_offset(moment).seconds()));
        let wall_s = i64::try_from(now_s).unwrap_or(i64::MAX).saturating_add(offset_s);
        let day = i32::try_from(wall_s.div_euclid(86_400)).map_or(Day::MAX, Day);
        (day, u16::try_from(wall_s.rem_euclid(86_400) / 60).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1970-01-01T00:00Z plus this date and time read as UTC.
    fn utc(year: i32, month: i32, day: i32, hour: u64, minute: u64) -> u64 {
        u64::try_from(Day::of(year, month, day).0).unwrap() * 86_400 + hour * 3600 + minute * 60
    }

    #[test]
    fn both_nights_on_which_clocks_change() {
        let berlin = Zone::of("Europe/Berlin");
        let check = |date: (i32, i32, i32), (hour, minute): (u32, u32), expect| {
            let found = berlin.moment(Day::of(date.0, date.1, date.2), hour * 60 + minute);
            assert_eq!(found, expect, "{date:?} {hour}:{minute}");
        };
        // Winter and summer.
        check((2026, 11, 19), (14, 0), utc(2026, 11, 19, 13, 0));
        check((2026, 7, 1), (14, 0), utc(2026, 7, 1, 12, 0));
        // 29 March 2026: from 2:00 to 3:00 at 1:00 UTC.
        let spring = (2026, 3, 29);
        check(spring, (1, 59), utc(2026, 3, 29, 0, 59));
        for minute in [0, 1, 30, 59] {
            check(spring, (2, minute), utc(2026, 3, 29, 1, 0));
        }
        check(spring, (3, 0), utc(2026, 3, 29, 1, 0));
        check(spring, (3, 15), utc(2026, 3, 29, 1, 15));
        check(spring, (24, 0), utc(2026, 3, 29, 22, 0));
        // 25 October 2026: from 3:00 back to 2:00 at 1:00 UTC.
        let autumn = (2026, 10, 25);
        check(autumn, (1, 59), utc(2026, 10, 24, 23, 59));
        check(autumn, (2, 0), utc(2026, 10, 25, 0, 0));
        check(autumn, (2, 59), utc(2026, 10, 25, 0, 59));
        check(autumn, (3, 0), utc(2026, 10, 25, 2, 0));
        check((2026, 10, 24), (26, 30), utc(2026, 10, 25, 0, 30));
    }

    #[test]
    fn a_later_time_on_the_wall_is_never_an_earlier_moment() {
        for name in ["Europe/Berlin", "UTC", "Australia/Lord_Howe", "America/Caracas", "Pacific/Apia"] {
            let zone = Zone::find(name).unwrap();
            for start in
                [Day::of(2011, 12, 29), Day::of(2026, 3, 28), Day::of(2026, 10, 24), Day::of(2026, 4, 4)]
            {
                let mut before = 0;
                for minute in 0..3 * 1440 {
                    let moment = zone.moment(start, minute);
                    assert!(moment >= before, "{name} {start} {minute}");
                    before = moment;
                }
            }
        }
    }

    #[test]
    fn the_wall_shows_what_was_meant() {
        let berlin = Zone::of("Europe/Berlin");
        for day in Day::range(Day::of(2026, 1, 1), Day::of(2026, 12, 31)) {
            for minute in [0u16, 61, 150, 719, 1439] {
                let (shown, at) = berlin.wall(berlin.moment(day, minute.into()));
                let left_out = day == Day::of(2026, 3, 29) && (120..180).contains(&minute);
                assert_eq!((shown, at), (day, if left_out { 180 } else { minute }));
            }
        }
    }

    #[test]
    fn names() {
        for bad in ["", "Berlin", "Europe/Nowhere", &"x".repeat(65), "../etc/passwd"] {
            assert!(Zone::find(bad).is_none(), "{bad}");
        }
        assert!(Zone::find("Europe/Vienna").is_some());
        assert_eq!(Zone::of("Europe/Nowhere").wall(60), (Day(0), 1));
    }
}
