//! Times, days, rules and refusals of a roster in words.

use crate::clock;
use crate::locale::Locale;
use crate::text;
use beistand_protocol::roster::{
    Day, Denied, End, Frequency, Gap, Holiday, Kind, MINUTES_OF_DAY, Occurrence, Rule, Span, Weekdays,
};

/// A Monday, to name the days of the week by.
pub(super) const MONDAY: Day = Day::of(2024, 1, 1);

/// A time of day: "14", "14:30"; in English "14:00".
pub(in super::super) fn time(locale: Locale, minute: u32) -> String {
    let (hour, minute) = (minute / 60, minute % 60);
    // The end of a day is 24, what lies behind it is the next one's.
    let hour = if hour > 24 || (hour == 24 && minute > 0) { hour - 24 } else { hour };
    match (locale, minute) {
        (Locale::De, 0) => hour.to_string(),
        _ => format!("{hour}:{minute:02}"),
    }
}

/// "14–18".
pub(super) fn hours(locale: Locale, from: u32, to: u32) -> String {
    format!("{}–{}", time(locale, from), time(locale, to))
}

/// "14–18 Uhr".
pub(super) fn hours_long(locale: Locale, from: u32, to: u32) -> String {
    text::roster_hours(locale, &hours(locale, from, to))
}

/// The same of a span.
pub(super) fn span_hours(locale: Locale, span: Span) -> String {
    let (from, to) = ends(span);
    hours_long(locale, from, to)
}

/// Begin and end in minutes of the day of its begin.
pub(in super::super) fn ends(span: Span) -> (u32, u32) {
    (span.start.into(), u32::from(span.start) + u32::from(span.minutes))
}

/// "Mo".
pub(super) fn weekday(locale: Locale, day: Day) -> String {
    clock::calendar_day(locale, day, &[("weekday", "short")])
}

/// "Montag".
pub(super) fn weekday_long(locale: Locale, day: Day) -> String {
    clock::calendar_day(locale, day, &[("weekday", "long")])
}

/// "16".
pub(super) fn number(day: Day) -> String {
    day.date().2.to_string()
}

/// "Montag, 16. November".
pub(super) fn date(locale: Locale, day: Day) -> String {
    clock::calendar_day(locale, day, &[("weekday", "long"), ("day", "numeric"), ("month", "long")])
}

/// "Mo., 16.11.", or "Heute".
pub(super) fn date_short(locale: Locale, day: Day, today: Day) -> String {
    if day == today {
        return text::time_today(locale).to_owned();
    }
    clock::calendar_day(locale, day, &[("weekday", "short"), ("day", "numeric"), ("month", "numeric")])
}

/// "Mo., 16.11., 14–18 Uhr".
pub(super) fn moment(locale: Locale, span: Span, today: Day) -> String {
    text::roster_moment(locale, &date_short(locale, span.day, today), &span_hours(locale, span))
}

/// What is done.
pub(super) fn kind(locale: Locale, kind: Kind) -> &'static str {
    match kind {
        Kind::Live => text::roster_live(locale),
        Kind::Letters => text::roster_letters(locale),
    }
}

/// "heute 20–21 Uhr".
pub(in super::super) fn gap(locale: Locale, gap: &Gap, today: Day) -> String {
    let hours = hours_long(locale, gap.from.into(), gap.to.into());
    let day = if gap.day == today {
        text::roster_today_inside(locale).to_owned()
    } else {
        date_short(locale, gap.day, today)
    };
    text::roster_moment_inside(locale, &day, &hours)
}

/// The days of a set: "Mo, Do".
pub(super) fn weekdays(locale: Locale, days: Weekdays) -> String {
    let names = (0..7u8).filter(|day| days.has(*day)).map(|day| weekday(locale, MONDAY.plus(day.into())));
    names.collect::<Vec<_>>().join(", ")
}

/// A rule: "Jede Woche: Mo, Do, bis 20.12.2026".
pub(super) fn rule(locale: Locale, rule: &Rule) -> String {
    let each = u64::from(rule.interval);
    let often = match rule.frequency {
        Frequency::Daily => text::roster_rule_daily(locale, each),
        Frequency::Weekly(days) => text::roster_rule_weekly(locale, each, &weekdays(locale, days)),
        Frequency::MonthlyDay(day) => text::roster_rule_monthly_day(locale, each, &day.to_string()),
        Frequency::MonthlyWeekday { ordinal, weekday } => {
            let day = weekday_long(locale, MONDAY.plus(weekday.into()));
            text::roster_rule_monthly_weekday(locale, each, ordinal_words(locale, ordinal), &day)
        }
    };
    match rule.end {
        End::Never => often,
        End::Until(day) => {
            let date = clock::calendar_day(
                locale,
                day,
                &[("day", "numeric"), ("month", "numeric"), ("year", "numeric")],
            );
            text::roster_rule_until(locale, &often, &date)
        }
        End::Count(count) => text::roster_rule_count(locale, &often, &count.to_string()),
    }
}

/// "zweiten", inside a sentence.
fn ordinal_words(locale: Locale, ordinal: i8) -> &'static str {
    match ordinal {
        1 => text::roster_ordinal_1(locale),
        2 => text::roster_ordinal_2(locale),
        3 => text::roster_ordinal_3(locale),
        4 => text::roster_ordinal_4(locale),
        5 => text::roster_ordinal_5(locale),
        _ => text::roster_ordinal_last(locale),
    }
}

/// A holiday's name.
pub(super) fn holiday(locale: Locale, holiday: Holiday) -> &'static str {
    match holiday {
        Holiday::Neujahr => text::holiday_new_year(locale),
        Holiday::HeiligeDreiKoenige => text::holiday_epiphany(locale),
        Holiday::Frauentag => text::holiday_women(locale),
        Holiday::Karfreitag => text::holiday_good_friday(locale),
        Holiday::Ostersonntag => text::holiday_easter_sunday(locale),
        Holiday::Ostermontag => text::holiday_easter_monday(locale),
        Holiday::TagDerArbeit => text::holiday_labour(locale),
        Holiday::TagDerBefreiung => text::holiday_liberation(locale),
        Holiday::ChristiHimmelfahrt => text::holiday_ascension(locale),
        Holiday::Pfingstsonntag => text::holiday_whit_sunday(locale),
        Holiday::Pfingstmontag => text::holiday_whit_monday(locale),
        Holiday::Fronleichnam => text::holiday_corpus_christi(locale),
        Holiday::MariaeHimmelfahrt => text::holiday_assumption(locale),
        Holiday::Weltkindertag => text::holiday_children(locale),
        Holiday::TagDerDeutschenEinheit => text::holiday_unity(locale),
        Holiday::Reformationstag => text::holiday_reformation(locale),
        Holiday::Allerheiligen => text::holiday_all_saints(locale),
        Holiday::BussUndBettag => text::holiday_repentance(locale),
        Holiday::ErsterWeihnachtstag => text::holiday_christmas(locale),
        Holiday::ZweiterWeihnachtstag => text::holiday_christmas_second(locale),
        // One of a later version.
        _ => text::roster_holiday(locale),
    }
}

/// Why a change was refused.
pub(super) fn denied(locale: Locale, denied: Denied) -> &'static str {
    match denied {
        Denied::Forbidden => text::roster_denied_forbidden(locale),
        Denied::NotFound => text::roster_denied_not_found(locale),
        Denied::Overlap => text::roster_denied_overlap(locale),
        Denied::NotAvailable => text::roster_denied_not_available(locale),
        Denied::Moved => text::roster_denied_moved(locale),
        Denied::Past => text::roster_denied_past(locale),
        Denied::TooMany => text::roster_denied_too_many(locale),
        _ => text::roster_denied_malformed(locale),
    }
}

/// Reads the value of `<input type="time">`.
pub(super) fn read_time(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.get(..2)?.parse().ok()?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

/// A value for `<input type="time">`.
pub(super) fn write_time(minute: u32) -> String {
    let minute = minute % u32::from(MINUTES_OF_DAY);
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Reads begin and end; an end that does not lie behind the begin is the next day's.
pub(super) fn read_span(day: &str, from: &str, to: &str) -> Option<Span> {
    let (day, start, end) = (Day::parse(day)?, read_time(from)?, read_time(to)?);
    let minutes = if end > start { end - start } else { end + MINUTES_OF_DAY - start };
    Some(Span { day, start, minutes })
}

/// Whether an occurrence reaches into a day, and from when to when there.
pub(super) fn on_day(occurrence: &Occurrence, day: Day) -> Option<(u32, u32)> {
    let (from, to) = ends(occurrence.span);
    let midnight = u32::from(MINUTES_OF_DAY);
    if occurrence.span.day == day {
        Some((from, to.min(midnight)))
    } else if occurrence.span.day.plus(1) == day && to > midnight {
        Some((0, to - midnight))
    } else {
        None
    }
}
