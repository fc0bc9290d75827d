//! Reading a calendar file (RFC 5545) into shifts. Nothing is stored by it.
//!
//! Taken over are events with a begin and an end of at most a day, their rule where [`Rule`] can say it, and
//! left-out days (`EXDATE`). Whatever says more is named in what was skipped, not half understood.

use super::{recurrence, zone::Zone};
use beistand_protocol::{
    id::PersonId,
    limit::{CALENDAR_BYTES_MAX, CALENDAR_EVENTS_MAX, DISPLAY_NAME_BYTES_MAX},
    roster::{
        Day, Denied, Difference, Imported, Kind, MINUTES_OF_DAY, Rule, Shift, ShiftId, SkippedEvent, Span,
    },
};

/// One line of the file, unfolded.
struct Line<'a> {
    /// Where it begins, from 1.
    number: u32,
    /// Name, upper case.
    name: String,
    /// Parameters as they stand.
    parameters: &'a str,
    /// Value.
    value: &'a str,
}

/// Reads a file. `named` gives the member of a name.
///
/// # Errors
/// [`Denied::Malformed`] for what is no calendar, [`Denied::TooMany`] for one that is too large.
pub fn read(text: &str, zone: &Zone, named: impl Fn(&str) -> Option<PersonId>) -> Result<Imported, Denied> {
    if text.len() > CALENDAR_BYTES_MAX {
        return Err(Denied::TooMany);
    }
    let unfolded = unfold(text);
    let lines: Vec<Line<'_>> = unfolded.iter().filter_map(|(number, line)| split(*number, line)).collect();
    if !lines.first().is_some_and(|line| line.name == "BEGIN" && line.value.eq_ignore_ascii_case("VCALENDAR"))
    {
        return Err(Denied::Malformed);
    }
    let mut imported = Imported { shifts: Vec::new(), skipped: Vec::new() };
    let mut rest = &lines[..];
    while let Some(begin) = rest.iter().position(|line| is(line, "BEGIN", "VEVENT")) {
        let event = &rest[begin + 1..];
        let end = event.iter().position(|line| is(line, "END", "VEVENT")).ok_or(Denied::Malformed)?;
        if imported.shifts.len() + imported.skipped.len() >= CALENDAR_EVENTS_MAX {
            return Err(Denied::TooMany);
        }
        let number = rest[begin].number;
        let event_lines = own_lines(&event[..end]);
        let title = value(&event_lines, "SUMMARY").map(|line| unescaped(line.value)).unwrap_or_default();
        let mut id = [0; 16];
        id[12..].copy_from_slice(&number.to_be_bytes());
        match shift(&event_lines, zone, ShiftId(id)) {
            Some(shift) => {
                let person = named(title.trim());
                imported.shifts.push((title, Shift { person, ..shift }));
            }
            None => imported.skipped.push(SkippedEvent { title, line: number }),
        }
        rest = &event[end + 1..];
    }
    Ok(imported)
}

fn is(line: &Line<'_>, name: &str, value: &str) -> bool {
    line.name == name && line.value.eq_ignore_ascii_case(value)
}

/// The lines of the event itself, without those of alarms and the like inside it.
fn own_lines<'a, 'b>(lines: &'a [Line<'b>]) -> Vec<&'a Line<'b>> {
    let mut depth = 0u32;
    let mut own = Vec::new();
    for line in lines {
        match line.name.as_str() {
            "BEGIN" => depth += 1,
            "END" => depth = depth.saturating_sub(1),
            _ if depth == 0 => own.push(line),
            _ => {}
        }
    }
    own
}

/// The lines, each with the number of its first part.
fn unfold(text: &str) -> Vec<(u32, String)> {
    let mut lines: Vec<(u32, String)> = Vec::new();
    for (number, part) in (1..).zip(text.lines()) {
        match (part.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some((_, line))) => line.push_str(more),
            _ => lines.push((number, part.to_owned())),
        }
    }
    lines
}

/// `name;parameters:value`. A colon inside a quoted parameter is none.
fn split(number: u32, line: &str) -> Option<Line<'_>> {
    let mut quoted = false;
    let colon = line.char_indices().find_map(|(at, letter)| {
        quoted ^= letter == '"';
        (letter == ':' && !quoted).then_some(at)
    })?;
    let (head, value) = (&line[..colon], &line[colon + 1..]);
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    Some(Line { number, name: name.to_ascii_uppercase(), parameters, value })
}

fn value<'a, 'b>(lines: &[&'a Line<'b>], name: &str) -> Option<&'a Line<'b>> {
    lines.iter().find(|line| line.name == name).copied()
}

fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let letter = if letter == '\\' {
            letters.next().map(|next| if next == 'n' || next == 'N' { ' ' } else { next })
        } else {
            Some(letter)
        };
        if let Some(letter) = letter.filter(|letter| !letter.is_control())
            && out.len() + letter.len_utf8() <= DISPLAY_NAME_BYTES_MAX
        {
            out.push(letter);
        }
    }
    out
}

fn parameter<'a>(line: &Line<'a>, name: &str) -> Option<&'a str> {
    line.parameters.split(';').find_map(|parameter| {
        let (key, value) = parameter.split_once('=')?;
        key.eq_ignore_ascii_case(name).then_some(value.trim_matches('"'))
    })
}

/// Day and minute on the wall of the team's zone.
fn time(line: &Line<'_>, text: &str, zone: &Zone) -> Option<(Day, u16)> {
    let (date, clock) = text.split_once('T')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then_some(());
    let day = day(date)?;
    let (clock, utc) = clock.strip_suffix('Z').map_or((clock, false), |clock| (clock, true));
    digits(clock)?;
    let (hour, minute): (u16, u16) = (clock.get(0..2)?.parse().ok()?, clock.get(2..4)?.parse().ok()?);
    if clock.len() != 6 || hour > 23 || minute > 59 {
        return None;
    }
    let minute = hour * 60 + minute;
    let other = match (utc, parameter(line, "TZID")) {
        (true, _) => Zone::find("UTC")?,
        // A time without zone is one of the team's.
        (false, None) => return Some((day, minute)),
        (false, Some(name)) => Zone::find(name)?,
    };
    Some(zone.wall(other.moment(day, minute.into())))
}

/// Days within which the clocks of two zones are compared: every change of both lies within a year.
const COMPARED_DAYS: i32 = 2 * 366;

/// Whether what repeats in the file's zone repeats at one time of the team's: elsewhere the clocks change on other
/// days or not at all, and a day of the week may be another one here.
fn keeps_its_time(begin: &Line<'_>, shift: &Shift, zone: &Zone) -> Option<bool> {
    let elsewhere = if begin.value.ends_with('Z') {
        Zone::find("UTC")?
    } else {
        match parameter(begin, "TZID") {
            None => return Some(true),
            Some(name) => Zone::find(name)?,
        }
    };
    let Span { day: first, start, .. } = shift.span;
    let (day, minute) = elsewhere.wall(zone.moment(first, start.into()));
    let same = |on: &Day| zone.moment(*on, start.into()) == elsewhere.moment(*on, minute.into());
    let all = recurrence::days(shift, first, first.plus(COMPARED_DAYS));
    Some(day == first && all.iter().all(same))
}

/// `20261119`
fn day(text: &str) -> Option<Day> {
    let (year, rest) = text.split_at_checked(4)?;
    let (month, day) = rest.split_at_checked(2)?;
    Day::parse(&format!("{year}-{month}-{day}"))
}

/// `PT4H`, `PT30M`, `P1D`, `PT4H30M` in minutes.
fn duration(text: &str) -> Option<u32> {
    let (days, clock) = text.strip_prefix('P')?.split_once('T').unwrap_or((&text[1..], ""));
    let mut minutes = 0u32;
    let mut add = |part: &str, unit: char, weight: u32| -> Option<()> {
        let number: u32 = part.strip_suffix(unit)?.parse().ok()?;
        minutes = minutes.checked_add(number.checked_mul(weight)?)?;
        Some(())
    };
    if !days.is_empty() {
        add(days, 'D', 1440)?;
    }
    let hour = clock.find('H').map_or(0, |at| at + 1);
    if hour > 0 {
        add(&clock[..hour], 'H', 60)?;
    }
    let rest = clock[hour..].strip_suffix("0S").unwrap_or(&clock[hour..]);
    if !rest.is_empty() {
        add(rest, 'M', 1)?;
    }
    Some(minutes)
}

/// The shift of an event; `None` for one that can't be one.
fn shift(lines: &[&Line<'_>], zone: &Zone, id: ShiftId) -> Option<Shift> {
    let unknown = ["RECURRENCE-ID", "RDATE", "EXRULE"];
    if lines.iter().any(|line| unknown.contains(&line.name.as_str())) {
        return None;
    }
    if value(lines, "STATUS").is_some_and(|line| line.value.eq_ignore_ascii_case("CANCELLED")) {
        return None;
    }
    let begin = value(lines, "DTSTART")?;
    let (first, start) = time(begin, begin.value, zone)?;
    let minutes = match (value(lines, "DTEND"), value(lines, "DURATION")) {
        (Some(end), None) => {
            let (last, end) = time(end, end.value, zone)?;
            let days = i64::from(last.0) - i64::from(first.0);
            u32::try_from(days * i64::from(MINUTES_OF_DAY) + i64::from(end) - i64::from(start)).ok()?
        }
        (None, Some(duration_line)) => duration(duration_line.value)?,
        _ => return None,
    };
    let minutes = u16::try_from(minutes).ok().filter(|minutes| (1..=MINUTES_OF_DAY).contains(minutes))?;
    let until = |text: &str| match text.split_once('T') {
        Some(_) => time(begin, text, zone).map(|(day, _)| day),
        None => day(text),
    };
    let rule: Option<Rule> = match lines.iter().filter(|line| line.name == "RRULE").collect::<Vec<_>>()[..] {
        [] => None,
        [line] => Some(recurrence::read(line.value, first, until)?),
        _ => return None,
    };
    let span = Span { day: first, start, minutes };
    let mut shift = Shift { id, kind: Kind::Live, person: None, span, rule, exceptions: Vec::new() };
    let mut left_out = Vec::new();
    for line in lines.iter().filter(|line| line.name == "EXDATE") {
        for text in line.value.split(',') {
            left_out.push(time(line, text, zone).map(|(day, _)| day).or_else(|| day(text))?);
        }
    }
    left_out.sort_unstable();
    left_out.dedup();
    left_out.retain(|day| !recurrence::days(&shift, *day, *day).is_empty());
    if rule.is_some() {
        super::valid::rule(&rule?, first).ok()?;
        if !keeps_its_time(begin, &shift, zone)? {
            return None;
        }
        shift.exceptions = left_out.into_iter().map(|day| (day, Difference::Skipped)).collect();
    }
    Some(shift)
}
