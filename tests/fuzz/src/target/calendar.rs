//! Calendar files that a lead imports: bytes as they come, or an event made of lines that mean something.
//!
//! Whatever is read as a shift, the roster's own rules take.

use crate::{Depth, generate::Choices};
use beistand_domain::roster::{
    command::{Context, apply},
    empty, import,
    zone::Zone,
};
use beistand_protocol::{
    id::{PersonId, TeamId},
    limit::{CALENDAR_EVENTS_MAX, ROSTER_BATCH_MAX},
    roster::{Command, Shift},
};

/// Lines of an event.
const LINES: &[&str] = &[
    "DTSTART:20261119T130000Z\r\n",
    "DTSTART;TZID=Europe/Berlin:20261119T140000\r\n",
    "DTSTART;TZID=\"America/New_York\":20270314T023000\r\n",
    "DTEND:20261119T160000Z\r\n",
    "DTEND;TZID=Europe/Berlin:20261120T023000\r\n",
    "DURATION:PT4H30M\r\n",
    "DURATION:P1D\r\n",
    "SUMMARY:Frieda\\, M\r\n üller\\n\r\n",
    "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=300\r\n",
    "RRULE:FREQ=MONTHLY;BYDAY=-1SU;UNTIL=20271231T235959Z\r\n",
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=31\r\n",
    "RRULE:FREQ=DAILY;UNTIL=20261224\r\n",
    "EXDATE:20261126T130000Z,20261203T130000Z\r\n",
    "EXDATE;VALUE=DATE:20261126\r\n",
    "STATUS:CANCELLED\r\n",
    "BEGIN:VALARM\r\nTRIGGER:-PT15M\r\nEND:VALARM\r\n",
    "END:VEVENT\r\nBEGIN:VEVENT\r\n",
];

/// Tries one input.
pub fn run(input: &[u8]) -> Depth {
    let mut choices = Choices::new(input);
    let mut text = String::new();
    if choices.byte() & 1 == 1 {
        text.push_str("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n");
        for _ in 0..choices.below(12) {
            text.push_str(LINES[choices.below(LINES.len())]);
        }
        // Some letters become others.
        for _ in 0..choices.below(3) {
            let at = choices.below(text.len());
            if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
                text.replace_range(at..=at, &char::from(choices.byte() & 0x7f).to_string());
            }
        }
        text.push_str("END:VEVENT\r\nEND:VCALENDAR\r\n");
    } else {
        text.push_str("BEGIN:VCALENDAR\n");
        text.push_str(&String::from_utf8_lossy(choices.rest()));
    }
    let person = PersonId([1; 16]);
    let zone = Zone::of("Europe/Berlin");
    let Ok(imported) = import::read(&text, &zone, |title| title.starts_with("Frieda").then_some(person))
    else {
        return Depth::Refused;
    };
    assert!(imported.shifts.len() + imported.skipped.len() <= CALENDAR_EVENTS_MAX);
    let shifts: Vec<Shift> = imported.shifts.into_iter().map(|(_, shift)| shift).collect();
    if shifts.is_empty() {
        return Depth::Refused;
    }
    let plan = empty(TeamId([2; 16]));
    for batch in shifts.chunks(ROSTER_BATCH_MAX) {
        // Without persons: whether somebody has two shifts at once is not the file's matter.
        let batch = batch.iter().map(|shift| Shift { person: None, ..shift.clone() }).collect();
        let context = Context { person, leads: true, members: &[person], now_s: 1_795_000_000 };
        if let Err(denied) = apply(&plan, &Command::AddShifts(batch), &context) {
            panic!("{denied}: {text}");
        }
    }
    Depth::Accepted
}
