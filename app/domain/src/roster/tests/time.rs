//! Repetition, duty and promise.

use super::*;
use crate::roster::{duty::Duty, holiday, recurrence};
use beistand_protocol::roster::Promise;

/// The days that a rule names, built month by month and week by week as RFC 5545 tells it.
pub(super) fn model_days(shift: &Shift, from: Day, to: Day) -> Vec<Day> {
    let start = shift.span.day;
    let Some(rule) = shift.rule else {
        return [start].into_iter().filter(|day| *day >= from && *day <= to).collect();
    };
    let mut all = Vec::new();
    let interval = i32::from(rule.interval);
    let (year, month, _) = start.date();
    for period in 0..400 {
        match rule.frequency {
            Frequency::Daily => all.push(start.plus(period * interval)),
            Frequency::Weekly(set) => {
                let monday = start.monday().plus(7 * period * interval);
                all.extend((0..7).filter(|day| set.0 >> day & 1 == 1).map(|day| monday.plus(day)));
            }
            Frequency::MonthlyDay(_) | Frequency::MonthlyWeekday { .. } => {
                let month = month - 1 + period * interval;
                let (year, month) = (year + month.div_euclid(12), month.rem_euclid(12) + 1);
                let month: Vec<Day> = Day::range(Day::of(year, month, 1), Day::of(year, month, 1).plus(30))
                    .filter(|day| day.date().1 == month)
                    .collect();
                match rule.frequency {
                    Frequency::MonthlyDay(day) => all.extend(month.get(usize::from(day) - 1)),
                    Frequency::MonthlyWeekday { ordinal, weekday } => {
                        let these: Vec<&Day> = month.iter().filter(|day| day.weekday() == weekday).collect();
                        let which =
                            if ordinal < 0 { these.len() - 1 } else { ordinal.unsigned_abs() as usize - 1 };
                        all.extend(these.get(which).copied());
                    }
                    _ => {}
                }
            }
        }
    }
    all.retain(|day| *day >= start);
    match rule.end {
        End::Never => {}
        End::Until(last) => all.retain(|day| *day <= last),
        End::Count(count) => all.truncate(count.into()),
    }
    all.retain(|day| *day >= from && *day <= to);
    all
}

proptest! {
    #[test]
    fn rules_name_the_days_that_the_standard_names(shift in shifts(), from in days(), more in 0..60i32) {
        let to = from.plus(more);
        prop_assert_eq!(recurrence::days(&shift, from, to), model_days(&shift, from, to));
    }

    #[test]
    fn rules_are_read_as_written(rule in rules()) {
        let text = recurrence::write(&rule);
        let until = |text: &str| Day::parse(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
        prop_assert_eq!(recurrence::read(&text, FIRST, until), Some(rule), "{}", text);
    }

    #[test]
    fn duty_is_what_a_look_at_every_shift_says(plan in plans(), minute in 0..80_000u32) {
        let zone = Zone::of(&plan.rules.zone);
        let now_s = zone.moment(FIRST, minute);
        let duty = with(&plan, |reading| reading.duty(now_s));
        let all: Vec<_> = model(&plan)
            .into_iter()
            .filter(|(_, _, who, _)| who.is_some())
            .map(|(_, kind, who, span)| {
                let end = u32::from(span.start) + u32::from(span.minutes);
                (kind, who.unwrap(), zone.moment(span.day, span.start.into()), zone.moment(span.day, end))
            })
            .filter(|(_, _, start_s, end_s)| start_s < end_s && *end_s > now_s && *start_s < now_s + 59 * 86_400)
            .collect();
        let mut there: Vec<_> = all.iter().filter(|one| one.0 == Kind::Live && one.2 <= now_s).map(|one| one.1).collect();
        there.sort_unstable();
        there.dedup();
        prop_assert_eq!(duty.persons.clone(), (!plan.shifts.is_empty()).then_some(there.clone()));
        let next_s = all.iter().filter(|one| one.0 == Kind::Live && one.2 > now_s).map(|one| one.2).min();
        let near = |moment: Option<u64>| moment.filter(|moment| *moment < now_s + 58 * 86_400);
        prop_assert_eq!(near(duty.next_start_s), near(next_s));
        prop_assert_eq!(near(duty.next_end_s), near(all.iter().map(|one| one.3).min()));
        for who in members() {
            prop_assert_eq!(duty.counts(who), plan.shifts.is_empty() || there.contains(&who));
        }
        // Until it has to be worked out anew, the same people are there.
        prop_assert!(duty.until_s > now_s);
        let later = with(&plan, |reading| reading.duty(duty.until_s - 1));
        prop_assert_eq!(later.persons, duty.persons);
    }

    #[test]
    fn a_promise_counts_working_days_and_waits_for_a_shift(
        mut plan in plans(), minute in 0..60_000u32, number in 1..=6u8, by in 1..=96u16, set in 1..=127u8,
    ) {
        plan.rules.promise = Some(Promise { working_days: number, weekdays: Weekdays(set), by: by * 15 });
        let zone = Zone::of(&plan.rules.zone);
        let now_s = zone.moment(FIRST, minute);
        let promised = |now_s: u64| with(&plan, |reading| {
            let duty = reading.duty(now_s);
            (reading.promise(now_s, &duty).unwrap(), duty)
        });
        let (promise_s, duty) = promised(now_s);
        // The model walks from day to day and counts.
        let (mut day, mut left) = (zone.wall(now_s).0, number);
        while left > 0 {
            day = day.plus(1);
            let closed = plan.rules.closings.iter().any(|c| c.from <= day && day <= c.to);
            let free = plan.rules.state.is_some_and(|state| {
                holiday::of_year(state, day.date().0).iter().any(|(of, _)| *of == day)
            });
            if set >> day.weekday() & 1 == 1 && !closed && !free {
                left -= 1;
            }
        }
        let ruled_s = zone.moment(day, u32::from(by) * 15);
        prop_assert_eq!(promise_s, duty.next_end_s.map_or(ruled_s, |end_s| end_s.max(ruled_s)));
        prop_assert!(promise_s > now_s);
        // Whoever writes later is never promised an earlier answer.
        prop_assert!(promised(now_s + 3600 * 5).0 >= promise_s || duty.next_end_s.is_some_and(|end_s| end_s > ruled_s));
    }
}

fn duty_of(plan: &Plan, now_s: u64) -> Duty {
    with(plan, |reading| reading.duty(now_s))
}

#[test]
fn a_night_shift_lasts_as_long_as_the_night() {
    let berlin = Zone::of("Europe/Berlin");
    for (day, hours) in [
        (Day::of(2026, 3, 27), 8),
        (Day::of(2026, 3, 28), 7),
        (Day::of(2026, 10, 23), 8),
        (Day::of(2026, 10, 24), 9),
    ] {
        let mut plan = empty(TEAM);
        plan.shifts = vec![Shift {
            rule: Some(Rule { frequency: Frequency::Daily, interval: 1, end: End::Never }),
            ..shift(1, Some(person(1)), Day::of(2026, 1, 1), 22 * 60, 480)
        }];
        let found = with(&plan, |reading| reading.occurrences(day.plus(1), day.plus(1)));
        let night = found.iter().find(|one| one.span.day == day).unwrap();
        assert_eq!(night.end_s - night.start_s, hours * 3600, "{day}");
        assert_eq!(berlin.wall(night.start_s), (day, 22 * 60));
        assert_eq!(berlin.wall(night.end_s), (day.plus(1), 6 * 60));
        // On duty throughout, second by second where it counts.
        for now_s in [night.start_s, night.start_s + 4 * 3600 + 1800, night.end_s - 1] {
            assert_eq!(duty_of(&plan, now_s).persons, Some(vec![person(1)]), "{day} {now_s}");
        }
        assert_eq!(duty_of(&plan, night.end_s).persons, Some(vec![]));
    }
}

#[test]
fn two_shifts_of_the_night_leave_no_gap_between_them() {
    for (day, minute) in
        [(Day::of(2026, 3, 29), 150), (Day::of(2026, 10, 25), 150), (Day::of(2026, 6, 1), 150)]
    {
        let mut plan = empty(TEAM);
        plan.shifts = vec![
            shift(1, Some(person(1)), day.plus(-1), 22 * 60, 120 + minute),
            shift(2, Some(person(2)), day, minute, 360 - minute),
        ];
        plan.rules.staffing = vec![Staffing { days: Weekdays::ALL, from: 0, to: 360, persons: 1 }];
        let (found, gaps) = with(&plan, |r| (r.occurrences(day, day), r.gaps(day, day)));
        assert_eq!(found[0].end_s, found[1].start_s, "{day}");
        assert_eq!(gaps, [], "{day}");
    }
    // In the hour that is left out nobody can be there.
    let mut plan = empty(TEAM);
    plan.shifts = vec![shift(1, Some(person(1)), Day::of(2026, 3, 29), 120, 60)];
    assert_eq!(with(&plan, |reading| reading.occurrences(Day::of(2026, 3, 29), Day::of(2026, 3, 29))), []);
}

#[test]
fn without_a_roster_who_is_there_decides() {
    let plan = empty(TEAM);
    let duty = duty_of(&plan, 1_800_000_000);
    assert!(duty.persons.is_none() && duty.counts(person(1)) && duty.next_start_s.is_none());
    let mut plan = empty(TEAM);
    plan.shifts = vec![shift(1, Some(person(1)), FIRST, 600, 60)];
    let now_s = Zone::of("Europe/Berlin").moment(FIRST, 610);
    assert!(duty_of(&plan, now_s).counts(person(1)) && !duty_of(&plan, now_s).counts(person(2)));
    assert!(!duty_of(&plan, now_s + 3600).counts(person(1)));
    plan.rules.without_shift = true;
    assert!(duty_of(&plan, now_s + 3600).counts(person(2)));
    plan.rules.without_shift = false;
    plan.shifts[0].kind = Kind::Letters;
    assert!(!duty_of(&plan, now_s).counts(person(1)), "letters are no live duty");
}

#[test]
fn the_mock_up_s_promise() {
    // Thursday before the Day of Repentance, Saxony: two working days after Monday is Thursday.
    let mut plan = empty(TEAM);
    plan.rules.state = Some(State::Sachsen);
    plan.rules.promise = Some(Promise { working_days: 2, weekdays: Weekdays::WORKING, by: 18 * 60 });
    let berlin = Zone::of("Europe/Berlin");
    let check = |day: Day, expect: Day| {
        let now_s = berlin.moment(day, 16 * 60 + 12);
        let promise = with(&plan, |reading| reading.promise(now_s, &reading.duty(now_s)));
        assert_eq!(promise, Some(berlin.moment(expect, 18 * 60)), "{day}");
    };
    check(Day::of(2026, 11, 16), Day::of(2026, 11, 19));
    check(Day::of(2026, 11, 19), Day::of(2026, 11, 23));
    check(Day::of(2026, 12, 23), Day::of(2026, 12, 28));
}

/// The hour on the wall counts, in both change nights as well; 2026-10-25 and 2027-03-28 are Sundays.
#[test]
fn a_promise_keeps_its_hour_over_a_change_night() {
    let day_s = |day: Day| u64::try_from(day.0).unwrap() * 86_400;
    let mut plan = empty(TEAM);
    let mut check = |now: Day, working: Weekdays, by: u16, expect: Day, expect_utc_minute: u64| {
        plan.rules.promise = Some(Promise { working_days: 1, weekdays: working, by });
        let promise = with(&plan, |reading| {
            let now_s = day_s(now) + 12 * 3600;
            reading.promise(now_s, &reading.duty(now_s))
        });
        assert_eq!(promise, Some(day_s(expect) + expect_utc_minute * 60), "{now} {by}");
    };
    let (october, march) = (Day::of(2026, 10, 25), Day::of(2027, 3, 28));
    // Six in the evening is an hour later by the sun, or an hour earlier.
    check(october.plus(-3), Weekdays::WORKING, 18 * 60, october.plus(-2), 16 * 60);
    check(october.plus(-2), Weekdays::WORKING, 18 * 60, october.plus(1), 17 * 60);
    check(march.plus(-3), Weekdays::WORKING, 18 * 60, march.plus(-2), 17 * 60);
    check(march.plus(-2), Weekdays::WORKING, 18 * 60, march.plus(1), 16 * 60);
    // In the night itself: an hour that comes twice is the first, one that is left out ends when the next begins.
    let every_day = Weekdays(0x7f);
    check(october.plus(-1), every_day, 150, october, 30);
    check(march.plus(-1), every_day, 150, march, 60);
    check(october.plus(-1), every_day, 1440, october, 23 * 60);
    check(march.plus(-1), every_day, 1440, march, 22 * 60);
}

#[test]
fn duty_is_worked_out_anew_when_somebody_begins_or_ends() {
    let mut plan = empty(TEAM);
    plan.shifts = vec![shift(1, Some(person(1)), FIRST, 600, 60), shift(2, Some(person(2)), FIRST, 630, 60)];
    let berlin = Zone::of("Europe/Berlin");
    let mut now_s = berlin.moment(FIRST, 590);
    let mut seen = Vec::new();
    while now_s < berlin.moment(FIRST, 700) {
        let duty = duty_of(&plan, now_s);
        let wall = berlin.wall(now_s).1;
        seen.push((wall, duty.persons.unwrap().iter().map(|who| who.0[0]).collect::<Vec<_>>()));
        now_s = duty.until_s;
    }
    assert_eq!(seen, [(590, vec![]), (600, vec![1]), (630, vec![1, 2]), (660, vec![2]), (690, vec![])]);
}
