//! iCalendar (RFC 5545): shifts as a calendar file.
//!
//! Each occurrence is an event of its own in UTC, so that exceptions, swaps and both change nights need no
//! words of their own and every calendar shows them alike. In it stand shifts and nothing else.

use super::occurrence::Reading;
use crate::clock::Seconds;
use beistand_protocol::{
    id::PersonId,
    roster::{Day, Kind, Occurrence},
};

/// Days before today that a feed holds.
pub const PAST_DAYS: i32 = 31;
/// Days after today that a feed holds.
pub const AHEAD_DAYS: i32 = 183;
/// Octets of a line, without its end (3.1).
const LINE_OCTETS_MAX: usize = 75;

/// Words of a calendar, in its reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Its name.
    pub name: String,
    /// A shift for live talks.
    pub live: String,
    /// A shift for letters.
    pub letters: String,
    /// A shift that nobody has.
    pub nobody: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Stays the same for the same occurrence, so that calendars change it and don't double it.
    pub uid: String,
    /// Begin.
    pub start_s: Seconds,
    /// End.
    pub end_s: Seconds,
    /// Title.
    pub summary: String,
    /// How many changes the roster has seen: a calendar takes the higher one (3.8.7.4).
    pub sequence: u64,
}

impl Reading<'_> {
    /// A person's shifts around now.
    #[must_use]
    pub fn events_of(&self, person: PersonId, words: &Words, now_s: Seconds) -> Vec<Event> {
        let (today, _) = self.zone.wall(now_s);
        let own = |one: &Occurrence| one.person == Some(person);
        let title = |one: &Occurrence| kind_words(words, one.kind).to_owned();
        self.events(today.plus(-PAST_DAYS), today.plus(AHEAD_DAYS), own, title)
    }

    /// Everybody's shifts of some days; `name` gives a person's.
    #[must_use]
    pub fn events_of_all(
        &self,
        from: Day,
        to: Day,
        words: &Words,
        name: impl Fn(PersonId) -> Option<String>,
    ) -> Vec<Event> {
        let title = |one: &Occurrence| {
            let person = one.person.and_then(&name).unwrap_or_else(|| words.nobody.clone());
            match one.kind {
                Kind::Live => person,
                Kind::Letters => format!("{person} ({})", words.letters),
            }
        };
        self.events(from, to, |_| true, title)
    }

    fn events(
        &self,
        from: Day,
        to: Day,
        keep: impl Fn(&Occurrence) -> bool,
        title: impl Fn(&Occurrence) -> String,
    ) -> Vec<Event> {
        let kept = self.occurrences(from, to).into_iter().filter(|one| keep(one));
        kept.map(|one| Event {
            uid: format!("{}-{}@beistand", one.id.shift, one.id.day),
            start_s: one.start_s,
            end_s: one.end_s,
            summary: title(&one),
            sequence: self.plan.version,
        })
        .collect()
    }
}

fn kind_words(words: &Words, kind: Kind) -> &str {
    match kind {
        Kind::Live => &words.live,
        Kind::Letters => &words.letters,
    }
}

/// Writes a calendar file, made at `now_s`.
#[must_use]
pub fn write(name: &str, events: &[Event], now_s: Seconds) -> String {
    let mut out = String::new();
    let mut line = |text: &str| fold(&mut out, text);
    line("BEGIN:VCALENDAR");
    line("VERSION:2.0");
    line("PRODID:-//Beistand//Beistand//DE");
    line("CALSCALE:GREGORIAN");
    line("METHOD:PUBLISH");
    line(&format!("NAME:{}", escaped(name)));
    line(&format!("X-WR-CALNAME:{}", escaped(name)));
    line("REFRESH-INTERVAL;VALUE=DURATION:PT1H");
    for event in events {
        line("BEGIN:VEVENT");
        line(&format!("UID:{}", event.uid));
        line(&format!("DTSTAMP:{}", utc(now_s)));
        line(&format!("DTSTART:{}", utc(event.start_s)));
        line(&format!("DTEND:{}", utc(event.end_s)));
        line(&format!("SEQUENCE:{}", event.sequence));
        line(&format!("SUMMARY:{}", escaped(&event.summary)));
        line("TRANSP:OPAQUE");
        line("END:VEVENT");
    }
    line("END:VCALENDAR");
    out
}

/// Date and time in UTC (3.3.5, form 2).
fn utc(moment_s: Seconds) -> String {
    let day = i32::try_from(moment_s / 86_400).map_or(Day::MAX, Day);
    let (year, month, date) = day.date();
    let second = moment_s % 86_400;
    format!("{year:04}{month:02}{date:02}T{:02}{:02}{:02}Z", second / 3600, second / 60 % 60, second % 60)
}

/// Text as a value (3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => out.extend(['\\', letter]),
            '\n' => out.push_str("\\n"),
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
    out
}

/// A line, folded where it is too long (3.1), never inside a letter.
fn fold(out: &mut String, line: &str) {
    let mut octets = 0;
    for letter in line.chars() {
        if octets + letter.len_utf8() > LINE_OCTETS_MAX {
            out.push_str("\r\n ");
            // The space counts as well.
            octets = 1;
        }
        octets += letter.len_utf8();
        out.push(letter);
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file() {
        let event = Event {
            uid: "1-2026-11-19@beistand".into(),
            start_s: 1_795_093_200,
            end_s: 1_795_104_000,
            summary: "Frieda; \\ Müller, Chat\nzwei\r".into(),
            sequence: 3,
        };
        let file = write("Dienstplan", &[event], 0);
        let expect = "BEGIN:VEVENT\r\nUID:1-2026-11-19@beistand\r\nDTSTAMP:19700101T000000Z\r\n\
            DTSTART:20261119T130000Z\r\nDTEND:20261119T160000Z\r\nSEQUENCE:3\r\n\
            SUMMARY:Frieda\\; \\\\ Müller\\, Chat\\nzwei\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert!(file.ends_with(expect), "{file}");
        assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
    }

    #[test]
    fn long_lines_are_folded_between_letters() {
        for letter in ["a", "ü", "€", "😀"] {
            for count in [1, 20, 36, 37, 38, 70, 75, 76, 200] {
                let text = format!("SUMMARY:{}", letter.repeat(count));
                let mut out = String::new();
                fold(&mut out, &text);
                assert!(out.split("\r\n").all(|line| line.len() <= 75), "{out}");
                assert_eq!(out.replace("\r\n ", ""), format!("{text}\r\n"));
            }
        }
    }
}
