//! What takes place, where somebody is missing, proposals, calendars.

use super::*;
use crate::roster::{
    calendar::{self, Words},
    holiday, import,
    proposal::PREFERENCE_MINUTES,
};
use beistand_protocol::roster::{Denied, Level, Proposed, When, Wish};

fn minute_of(span: Span) -> i64 {
    i64::from(span.day.0) * 1440 + i64::from(span.start)
}

/// Who is there live in each minute of the wall of a day, by the model.
fn there(model: &[(ShiftId, Kind, Option<PersonId>, Span)], day: Day, minute: u16) -> usize {
    let at = i64::from(day.0) * 1440 + i64::from(minute);
    let now = |span: Span| minute_of(span) <= at && at < minute_of(span) + i64::from(span.minutes);
    model.iter().filter(|(_, kind, who, span)| *kind == Kind::Live && who.is_some() && now(*span)).count()
}

proptest! {
    #[test]
    fn what_takes_place_is_what_the_definitions_say(plan in plans(), from in days(), more in 0..40i32) {
        let to = from.plus(more);
        let mut found: Vec<_> = with(&plan, |reading| reading.occurrences(from, to))
            .into_iter()
            .map(|one| (one.id.shift, one.kind, one.person, one.span))
            .collect();
        let zone = Zone::of(&plan.rules.zone);
        let (begin, end) = (i64::from(from.0) * 1440, i64::from(to.plus(1).0) * 1440);
        let mut expect: Vec<_> = model(&plan)
            .into_iter()
            .filter(|(_, _, _, span)| minute_of(*span) < end && minute_of(*span) + i64::from(span.minutes) > begin)
            .filter(|(_, _, _, span)| {
                let last = u32::from(span.start) + u32::from(span.minutes);
                zone.moment(span.day, span.start.into()) < zone.moment(span.day, last)
            })
            .collect();
        found.sort_unstable();
        expect.sort_unstable();
        prop_assert_eq!(found, expect);
    }

    #[test]
    fn gaps_are_the_minutes_in_which_too_few_are_there(plan in plans(), from in days(), more in 0..3i32) {
        let (gaps, model) = (with(&plan, |reading| reading.gaps(from, from.plus(more))), model(&plan));
        let zone = Zone::of(&plan.rules.zone);
        for day in Day::range(from, from.plus(more)) {
            let closed = plan.rules.closings.iter().any(|c| c.from <= day && day <= c.to);
            let free = plan.rules.state.is_some_and(|state| {
                holiday::of_year(state, day.date().0).iter().any(|(of, _)| *of == day)
            });
            for minute in (0..1440).step_by(15) {
                let wanted = plan
                    .rules
                    .staffing
                    .iter()
                    .filter(|s| s.days.0 >> day.weekday() & 1 == 1 && s.from <= minute && minute < s.to)
                    .map(|s| usize::from(s.persons))
                    .max()
                    .filter(|_| !closed && (!free || plan.rules.open_on_holidays))
                    .unwrap_or(0);
                let missing = wanted.saturating_sub(there(&model, day, minute));
                let found: Vec<_> =
                    gaps.iter().filter(|g| g.day == day && g.from <= minute && minute < g.to).collect();
                // In the hour that is left out nobody is missing.
                let exists = zone.moment(day, minute.into()) < zone.moment(day, u32::from(minute) + 15);
                prop_assert!(found.len() <= 1);
                if exists {
                    prop_assert_eq!(found.first().map_or(0, |g| usize::from(g.missing)), missing, "{} {}", day, minute);
                }
            }
        }
        for pair in gaps.windows(2) {
            let apart = pair[0].day < pair[1].day || pair[0].to < pair[1].from || pair[0].missing != pair[1].missing;
            prop_assert!(apart, "gaps that are one: {:?}", pair);
        }
    }

    #[test]
    fn proposals_are_fair_and_break_no_promise(
        mut plan in plans(), wishes in prop::collection::vec((1..=4u8, days(), 0..20i32, 0..3u8, 1..=127u8, any::<bool>()), 0..8),
        from in days(),
    ) {
        plan.wishes = wishes
            .into_iter()
            .map(|(who, from, more, level, set, weekly)| Wish {
                person: person(who),
                when: if weekly {
                    When::Weekly { days: Weekdays(set), from: 480, to: 1200 }
                } else {
                    When::Days { from, to: from.plus(more) }
                },
                level: [Level::Preferably, Level::Can, Level::Cannot][usize::from(level)],
            })
            .collect();
        let to = from.plus(6);
        let now_s = Zone::of(&plan.rules.zone).moment(from, 0).saturating_sub(1);
        with(&plan, |reading| {
            let proposal = reading.propose(from, to, now_s);
            prop_assert_eq!(&proposal, &reading.propose(from, to, now_s), "the same plan, another proposal");
            let mut taken = reading.occurrences(from.plus(-1), to.plus(1));
            let minutes = |taken: &[beistand_protocol::roster::Occurrence], who| -> u32 {
                let counted = |one: &&beistand_protocol::roster::Occurrence| {
                    one.person == Some(who) && (from..=to).contains(&one.span.day)
                };
                taken.iter().filter(counted).map(|one| u32::from(one.span.minutes)).sum()
            };
            // In the order in which they were chosen: open shifts by begin, then gaps by begin.
            let (open, gaps): (Vec<Proposed>, Vec<Proposed>) = proposal.iter().copied().partition(|one| one.assignment.occurrence.is_some());
            for one in open.into_iter().chain(gaps) {
                let draft = one.assignment.draft;
                let free: Vec<_> =
                    members().into_iter().filter(|who| reading.is_available(*who, draft.span, &taken)).collect();
                prop_assert_eq!(usize::from(one.candidates), free.len());
                let Some(who) = draft.person else { continue };
                prop_assert!(free.contains(&who) && reading.wish(who, draft.span) != Some(Level::Cannot));
                prop_assert_eq!(one.minutes_before, minutes(&taken, who));
                let weight = |who| {
                    let gladly = reading.wish(who, draft.span) == Some(Level::Preferably);
                    i64::from(minutes(&taken, who)) - if gladly { i64::from(PREFERENCE_MINUTES) } else { 0 }
                };
                prop_assert!(free.iter().all(|other| weight(*other) >= weight(who)), "somebody had less");
                match one.assignment.occurrence {
                    Some(id) => taken.iter_mut().filter(|o| o.id == id).for_each(|o| o.person = Some(who)),
                    None => {
                        let mut new = taken.first().copied().unwrap_or_else(|| with_one(&plan, draft.span));
                        (new.person, new.span, new.kind) = (Some(who), draft.span, Kind::Live);
                        new.id.shift = ShiftId([0xff; 16]);
                        taken.push(new);
                    }
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn a_calendar_comes_back_as_it_went(plan in plans(), from in days()) {
        let to = from.plus(20);
        let words = Words { name: "D".into(), live: "Live".into(), letters: "Briefe".into(), nobody: "?".into() };
        let zone = Zone::of(&plan.rules.zone);
        let (events, occurrences) = with(&plan, |reading| {
            let name = |who: PersonId| Some(format!("Person {}, {}", who.0[0], "ü".repeat(40)));
            (reading.events_of_all(from, to, &words, name), reading.occurrences(from, to))
        });
        let file = calendar::write("Team; Plan", &events, 1_800_000_000);
        prop_assert!(file.split("\r\n").all(|line| line.len() <= 75));
        let imported = import::read(&file, &zone, |title| {
            title.strip_prefix("Person ").and_then(|rest| rest.bytes().next()).map(|digit| person(digit - b'0'))
        }).unwrap();
        // Longer than a day by the wall, or shorter than a minute of it, is what a change night makes of some.
        for ((one, event), (_, shift)) in occurrences.iter().zip(&events).zip(&imported.shifts) {
            if imported.skipped.is_empty() {
                prop_assert_eq!(zone.moment(shift.span.day, shift.span.start.into()), event.start_s);
                prop_assert_eq!(shift.person, one.person);
            }
        }
        prop_assert_eq!(imported.shifts.len() + imported.skipped.len(), events.len());
    }

    #[test]
    fn no_file_makes_the_reader_fall(text in "(BEGIN:|END:|VCALENDAR\n|VEVENT\n|DTSTART:20261119T140000Z?\n|DURATION:P[0-9]?D?T?[0-9HMS]{0,4}\n|RRULE:(FREQ=(WEEKLY|MONTHLY|DAILY))?(;BYDAY=[0-9-]{0,2}(MO|T|É)?)?\n|EXDATE[:;]|\"|[ -~é]|\n ){0,40}") {
        let zone = Zone::of("Europe/Berlin");
        for text in [text.clone(), format!("BEGIN:VCALENDAR\n{text}")] {
            if let Ok(imported) = import::read(&text, &zone, |_| None) {
                for (_, shift) in imported.shifts {
                    prop_assert!((1..=1440).contains(&shift.span.minutes) && shift.span.start < 1440);
                }
            }
        }
    }
}

fn with_one(plan: &Plan, span: Span) -> beistand_protocol::roster::Occurrence {
    let mut one = plan.clone();
    one.rules.closings.clear();
    one.shifts = vec![Shift { span, ..shift(9, Some(person(1)), span.day, 0, 60) }];
    let found = with(&one, |reading| reading.occurrences(span.day, span.day));
    found[0]
}

const FILE: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:a\r\n\
DTSTART;TZID=Europe/Berlin:20261119T140000\r\nDTEND;TZID=\"Europe/Berlin\":20261119T170000\r\n\
RRULE:FREQ=WEEKLY;BYDAY=TH,FR;UNTIL=20261231T225959Z\r\nEXDATE;TZID=Europe/Berlin:20261126T140000\r\n\
SUMMARY:Fri\r\n eda\r\nBEGIN:VALARM\r\nDURATION:PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSUMMARY:Urlaub\\, lang\r\nDTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261205\r\nEND:VEVENT\r\n\
BEGIN:VEVENT\r\nSUMMARY:UTC\r\nDTSTART:20260701T200000Z\r\nDURATION:PT4H30M\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn what_repeats_elsewhere_keeps_its_time_here_or_is_left_out() {
    let zone = Zone::of("Europe/Berlin");
    let check = |begin: &str, rule: &str, expect: Option<(u16, usize)>| {
        let text = format!(
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART{begin}\nDURATION:PT1H\nRRULE:{rule}\nEND:VEVENT\nEND:VCALENDAR\n"
        );
        let imported = import::read(&text, &zone, |_| None).unwrap();
        let found = imported.shifts.first().map(|(_, shift)| {
            let day = shift.span.day;
            (shift.span.start, crate::roster::recurrence::days(shift, day, day.plus(13)).len())
        });
        assert_eq!(found, expect, "{begin} {rule}");
        assert_eq!(imported.skipped.len(), usize::from(expect.is_none()));
    };
    // Both change their clocks in the same nights.
    check(";TZID=Europe/Vienna:20261119T140000", "FREQ=WEEKLY", Some((840, 2)));
    check(";TZID=Europe/London:20261119T140000", "FREQ=WEEKLY", Some((900, 2)));
    check(";TZID=Europe/Berlin:20260328T023000", "FREQ=DAILY", Some((150, 14)));
    // UTC and New York don't; a few days in winter are no difference.
    check(":20261119T140000Z", "FREQ=WEEKLY", None);
    check(":20261119T140000Z", "FREQ=WEEKLY;COUNT=3", Some((900, 2)));
    check(";TZID=America/New_York:20261119T080000", "FREQ=WEEKLY", None);
    // Thursday there is Friday here.
    check(";TZID=America/New_York:20261119T200000", "FREQ=WEEKLY;BYDAY=TH;COUNT=2", None);
}

#[test]
fn a_file_of_another_calendar() {
    let zone = Zone::of("Europe/Berlin");
    let imported = import::read(FILE, &zone, |title| (title == "Frieda").then(|| person(1))).unwrap();
    let skipped: Vec<_> = imported.skipped.iter().map(|s| (s.title.as_str(), s.line)).collect();
    assert_eq!(skipped, [("Urlaub, lang", 15)]);
    let [(frieda, first), (utc, second)] = &imported.shifts[..] else { panic!("{imported:?}") };
    assert_eq!(
        (frieda.as_str(), first.person, utc.as_str(), second.person),
        ("Frieda", Some(person(1)), "UTC", None)
    );
    assert_eq!(first.span, Span { day: Day::of(2026, 11, 19), start: 840, minutes: 180 });
    let rule = Rule {
        frequency: Frequency::Weekly(Weekdays(0b001_1000)),
        interval: 1,
        end: End::Until(Day::of(2026, 12, 31)),
    };
    assert_eq!(first.rule, Some(rule));
    assert_eq!(first.exceptions, [(Day::of(2026, 11, 26), Difference::Skipped)]);
    assert_eq!(second.span, Span { day: Day::of(2026, 7, 1), start: 22 * 60, minutes: 270 });
    for bad in ["", "BEGIN:VCARD\n", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"] {
        assert_eq!(import::read(bad, &zone, |_| None), Err(Denied::Malformed), "{bad}");
    }
    let many = format!("BEGIN:VCALENDAR\n{}", "BEGIN:VEVENT\nEND:VEVENT\n".repeat(501));
    assert_eq!(import::read(&many, &zone, |_| None), Err(Denied::TooMany));
}

#[test]
fn what_a_rule_can_t_say_is_not_half_understood() {
    let read = |rule: &str| crate::roster::recurrence::read(rule, FIRST, |_| None);
    for rule in [
        "FREQ=YEARLY",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO,TU",
        "FREQ=DAILY;BYDAY=MO",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=3;UNTIL=20261231",
        "FREQ=WEEKLY;WKST=SU",
        "FREQ=DAILY;BYSETPOS=1",
        "INTERVAL=1",
        "",
    ] {
        assert_eq!(read(rule), None, "{rule}");
    }
}

/// The file that an independent library reads (`roster_calendar.py`).
#[test]
fn the_file_for_the_independent_reader_is_the_one_in_the_tree() {
    let mut plan = empty(TEAM);
    let weekly = Rule { frequency: Frequency::Weekly(Weekdays::one(5)), interval: 1, end: End::Count(4) };
    plan.shifts = vec![
        Shift { rule: Some(weekly), ..shift(1, Some(person(1)), Day::of(2026, 10, 17), 22 * 60, 480) },
        Shift { kind: Kind::Letters, ..shift(2, Some(person(1)), Day::of(2026, 11, 19), 720, 120) },
        shift(3, None, Day::of(2026, 11, 20), 840, 180),
    ];
    let words = Words {
        name: "Dienstplan".into(),
        live: "Live".into(),
        letters: "Briefe".into(),
        nobody: "offen".into(),
    };
    let name = |_| {
        Some("Frieda, die Ältere; mit einem Namen, der länger ist als eine Zeile von 75 Oktetten".to_owned())
    };
    let events = with(&plan, |r| r.events_of_all(Day::of(2026, 10, 1), Day::of(2026, 11, 30), &words, name));
    let file = calendar::write("Jugendteam; Dienstplan", &events, 1_800_000_000);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/calendar/roster.ics");
    if std::env::var_os("BEISTAND_WRITE").is_some() {
        std::fs::write(path, &file).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), file, "BEISTAND_WRITE=1 writes it anew");
}
