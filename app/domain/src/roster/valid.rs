//! Whether values from outside have a meaning.

use super::zone::Zone;
use beistand_protocol::{
    limit::{
        DISPLAY_NAME_BYTES_MAX, ROSTER_CLOSINGS_MAX, ROSTER_PERSONS_MAX, ROSTER_PROMISE_DAYS_MAX,
        ROSTER_SERIES_DAYS_MAX, ROSTER_STAFFING_MAX,
    },
    roster::{Day, Denied, End, Frequency, MINUTES_OF_DAY, Rule, Rules, Span, When},
};

/// Weeks, days or months that a rule may leave out.
const INTERVAL_MAX: u8 = 99;
/// Times that a rule may be repeated.
const COUNT_MAX: u16 = 1000;

fn when(good: bool) -> Result<(), Denied> {
    if good { Ok(()) } else { Err(Denied::Malformed) }
}

/// One line of text, to be shown.
pub(super) fn line(text: &str) -> Result<(), Denied> {
    let shown = !text.trim().is_empty() && !text.chars().any(char::is_control);
    when(shown && text.len() <= DISPLAY_NAME_BYTES_MAX)
}

pub(super) fn span(span: Span) -> Result<(), Denied> {
    let time = span.start < MINUTES_OF_DAY && (1..=MINUTES_OF_DAY).contains(&span.minutes);
    when(span.day.is_known() && time)
}

/// A stretch of days, not longer than `days_max`.
pub(super) fn days(from: Day, to: Day, days_max: i32) -> Result<(), Denied> {
    when(from.is_known() && to.is_known() && (0..days_max).contains(&(to.0 - from.0)))
}

fn hours(from: u16, to: u16) -> bool {
    from < to && to <= MINUTES_OF_DAY
}

pub(super) fn rule(rule: &Rule, start: Day) -> Result<(), Denied> {
    let frequency = match rule.frequency {
        Frequency::Daily => true,
        Frequency::Weekly(days) => days.is_some(),
        Frequency::MonthlyDay(day) => (1..=31).contains(&day),
        Frequency::MonthlyWeekday { ordinal, weekday } => matches!(ordinal, -1 | 1..=5) && weekday < 7,
    };
    let end = match rule.end {
        End::Never => true,
        End::Until(day) => day >= start && day.0 <= start.0.saturating_add(ROSTER_SERIES_DAYS_MAX),
        End::Count(count) => (1..=COUNT_MAX).contains(&count),
    };
    when(frequency && end && (1..=INTERVAL_MAX).contains(&rule.interval))
}

pub(super) fn wish(wish: When) -> Result<(), Denied> {
    match wish {
        When::Weekly { days, from, to } => when(days.is_some() && hours(from, to)),
        When::Days { from, to } => days(from, to, 366),
    }
}

pub(super) fn rules(rules: &Rules) -> Result<(), Denied> {
    when(Zone::find(&rules.zone).is_some())?;
    if rules.staffing.len() > ROSTER_STAFFING_MAX || rules.closings.len() > ROSTER_CLOSINGS_MAX {
        return Err(Denied::TooMany);
    }
    for staffing in &rules.staffing {
        let persons = (1..=ROSTER_PERSONS_MAX).contains(&staffing.persons);
        when(staffing.days.is_some() && hours(staffing.from, staffing.to) && persons)?;
    }
    for closing in &rules.closings {
        days(closing.from, closing.to, 366)?;
        line(&closing.name)?;
    }
    rules.promise.map_or(Ok(()), |promise| {
        let number = (1..=ROSTER_PROMISE_DAYS_MAX).contains(&promise.working_days);
        when(number && promise.weekdays.is_some() && (1..=MINUTES_OF_DAY).contains(&promise.by))
    })
}
