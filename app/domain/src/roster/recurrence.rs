//! When a rule lets a shift take place, and RFC 5545's way of writing rules.

use beistand_protocol::{
    limit::ROSTER_SERIES_DAYS_MAX,
    roster::{Day, End, Frequency, Rule, Shift, Weekdays},
};

/// Names of the days in rules (RFC 5545, 3.3.10), Monday first.
const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

/// Months since year 0.
fn months(day: Day) -> i32 {
    let (year, month, _) = day.date();
    year * 12 + month - 1
}

/// Whether the rule, begun on `start`, names this day, whatever its end says.
fn names(rule: &Rule, start: Day, day: Day) -> bool {
    let each = |passed: i32| passed % i32::from(rule.interval.max(1)) == 0;
    match rule.frequency {
        Frequency::Daily => each(day.0 - start.0),
        Frequency::Weekly(days) => days.has(day.weekday()) && each((day.monday().0 - start.monday().0) / 7),
        Frequency::MonthlyDay(number) => {
            day.date().2 == i32::from(number) && each(months(day) - months(start))
        }
        Frequency::MonthlyWeekday { ordinal, weekday } => {
            let number = day.date().2;
            let right = if ordinal < 0 {
                months(day.plus(7)) != months(day)
            } else {
                (number - 1) / 7 + 1 == ordinal.into()
            };
            weekday == day.weekday() && right && each(months(day) - months(start))
        }
    }
}

/// The days of a shift's occurrences by its rule, exceptions not looked at, from one day to another.
/// The first is the first day on or after the shift's own that the rule names.
#[must_use]
pub fn days(shift: &Shift, from: Day, to: Day) -> Vec<Day> {
    let start = shift.span.day;
    let Some(rule) = &shift.rule else {
        return if (from..=to).contains(&start) { vec![start] } else { Vec::new() };
    };
    let last = match rule.end {
        End::Until(day) => to.min(day),
        _ => to,
    };
    let last = last.min(start.plus(ROSTER_SERIES_DAYS_MAX));
    // Only a count has to be counted from the beginning.
    let first = if let End::Count(_) = rule.end { start } else { start.max(from) };
    let named = Day::range(first, last).filter(|day| names(rule, start, *day));
    match rule.end {
        End::Count(count) => named.take(count.into()).filter(|day| *day >= from).collect(),
        _ => named.collect(),
    }
}

/// Writes a rule as RFC 5545 does (the value of `RRULE`).
#[must_use]
pub fn write(rule: &Rule) -> String {
    let mut parts = Vec::new();
    match rule.frequency {
        Frequency::Daily => parts.push("FREQ=DAILY".to_owned()),
        Frequency::Weekly(days) => {
            let list: Vec<&str> =
                (0..7u8).filter(|day| days.has(*day)).map(|day| DAYS[usize::from(day)]).collect();
            parts.push(format!("FREQ=WEEKLY;BYDAY={}", list.join(",")));
        }
        Frequency::MonthlyDay(day) => parts.push(format!("FREQ=MONTHLY;BYMONTHDAY={day}")),
        Frequency::MonthlyWeekday { ordinal, weekday } => {
            let day = DAYS[usize::from(weekday % 7)];
            parts.push(format!("FREQ=MONTHLY;BYDAY={ordinal}{day}"));
        }
    }
    if rule.interval > 1 {
        parts.push(format!("INTERVAL={}", rule.interval));
    }
    match rule.end {
        End::Never => {}
        End::Until(day) => parts.push(format!("UNTIL={}", day.to_string().replace('-', ""))),
        End::Count(count) => parts.push(format!("COUNT={count}")),
    }
    parts.join(";")
}

/// Reads a rule of a series that begins on `start`; `None` for one that says more than [`Rule`] can.
/// `until` reads the value of `UNTIL`.
#[must_use]
pub fn read(text: &str, start: Day, until: impl Fn(&str) -> Option<Day>) -> Option<Rule> {
    let (mut frequency, mut by_day, mut by_month_day) = (None, None, None);
    let mut rule = Rule { frequency: Frequency::Daily, interval: 1, end: End::Never };
    for part in text.split(';') {
        let (name, value) = part.split_once('=')?;
        match name {
            "FREQ" => frequency = Some(value),
            "INTERVAL" => rule.interval = value.parse().ok().filter(|interval| *interval > 0)?,
            "COUNT" if rule.end == End::Never => rule.end = End::Count(value.parse().ok()?),
            "UNTIL" if rule.end == End::Never => rule.end = End::Until(until(value)?),
            "BYDAY" => by_day = Some(value),
            "BYMONTHDAY" => {
                by_month_day = Some(value.parse::<u8>().ok().filter(|day| (1..=31).contains(day))?)
            }
            // Only with an interval of several weeks does the first day of the week matter.
            "WKST" if value == "MO" => {}
            _ => return None,
        }
    }
    rule.frequency = match (frequency?, by_day, by_month_day) {
        ("DAILY", None, None) => Frequency::Daily,
        ("WEEKLY", None, None) => Frequency::Weekly(Weekdays::one(start.weekday())),
        ("WEEKLY", Some(list), None) => {
            let mut days = 0;
            for day in list.split(',') {
                days |= 1 << DAYS.iter().position(|name| *name == day)?;
            }
            Frequency::Weekly(Weekdays(days))
        }
        ("MONTHLY", None, None) => Frequency::MonthlyDay(u8::try_from(start.date().2).ok()?),
        ("MONTHLY", None, Some(day)) => Frequency::MonthlyDay(day),
        ("MONTHLY", Some(day), None) => {
            let (ordinal, name) = day.split_at_checked(day.len().checked_sub(2)?)?;
            let weekday = u8::try_from(DAYS.iter().position(|known| *known == name)?).ok()?;
            let ordinal = ordinal.parse().ok().filter(|ordinal| matches!(ordinal, -1 | 1..=5))?;
            Frequency::MonthlyWeekday { ordinal, weekday }
        }
        _ => return None,
    };
    Some(rule)
}
