//! Random rosters against models that count minute by minute and day by day, and the cases by name.

mod change;
mod plan;
mod time;

use super::{empty, occurrence::Reading, zone::Zone};
use beistand_protocol::{
    id::{PersonId, TeamId},
    roster::{
        Absence, Closing, Day, Difference, End, Frequency, Kind, Plan, Rule, Shift, ShiftId, Span, Staffing,
        State, Weekdays,
    },
};
use proptest::prelude::*;

const TEAM: TeamId = TeamId([7; 16]);
const ZONES: [&str; 4] = ["Europe/Berlin", "UTC", "America/New_York", "Australia/Lord_Howe"];

/// Where random plans lie: around the night of 25 October 2026, on which Berlin's clocks go back; the other change
/// nights are tested by name.
const FIRST: Day = Day(20_741);

fn person(number: u8) -> PersonId {
    PersonId([number; 16])
}

fn members() -> Vec<PersonId> {
    (1..=4).map(person).collect()
}

fn shift(number: u8, who: Option<PersonId>, day: Day, start: u16, minutes: u16) -> Shift {
    let span = Span { day, start, minutes };
    Shift {
        id: ShiftId([number; 16]),
        kind: Kind::Live,
        person: who,
        span,
        rule: None,
        exceptions: Vec::new(),
    }
}

fn days() -> impl Strategy<Value = Day> {
    (0..70i32).prop_map(|after| FIRST.plus(after))
}

fn rules() -> impl Strategy<Value = Rule> {
    let frequency = prop_oneof![
        Just(Frequency::Daily),
        (1..=127u8).prop_map(|days| Frequency::Weekly(Weekdays(days))),
        (1..=31u8).prop_map(Frequency::MonthlyDay),
        (prop_oneof![Just(-1i8), 1..=5i8], 0..7u8)
            .prop_map(|(ordinal, weekday)| Frequency::MonthlyWeekday { ordinal, weekday }),
    ];
    let end = prop_oneof![
        Just(End::Never),
        days().prop_map(|day| End::Until(day.plus(10))),
        (1..40u16).prop_map(End::Count)
    ];
    (frequency, 1..=4u8, end).prop_map(|(frequency, interval, end)| Rule { frequency, interval, end })
}

fn spans() -> impl Strategy<Value = Span> {
    (days(), 0..96u16, 1..=48u16).prop_map(|(day, quarter, long)| Span {
        day,
        start: quarter * 15,
        minutes: long * 30,
    })
}

fn somebody() -> impl Strategy<Value = Option<PersonId>> {
    // The fifth is no member.
    prop_oneof![1 => Just(None), 5 => (1..=5u8).prop_map(|number| Some(person(number)))]
}

prop_compose! {
    fn shifts()(
        span in spans(), who in somebody(), letters in prop::bool::weighted(0.2), rule in prop::option::of(rules()),
        skipped in prop::collection::btree_map(days(), prop::option::of((spans(), somebody())), 0..4),
    ) -> Shift {
        let kind = if letters { Kind::Letters } else { Kind::Live };
        let rule = rule.map(|rule| match rule.end {
            End::Until(day) => Rule { end: End::Until(day.max(span.day)), ..rule },
            _ => rule,
        });
        let mut shift = Shift { id: ShiftId([0; 16]), kind, person: who, span, rule, exceptions: Vec::new() };
        if rule.is_some() {
            let known = |day: &Day| !super::recurrence::days(&shift, *day, *day).is_empty();
            let other = |(span, person)| Difference::Other { span, person };
            shift.exceptions = skipped
                .into_iter()
                .filter(|(day, _)| known(day))
                .map(|(day, what)| (day, what.map_or(Difference::Skipped, other)))
                .collect();
        }
        shift
    }
}

prop_compose! {
    fn plans()(
        mut shifts in prop::collection::vec(shifts(), 0..8), zone in 0..ZONES.len(),
        staffing in prop::collection::vec((1..=127u8, 0..40u16, 1..=56u16, 1..=3u8), 0..4),
        state in prop::option::of(0..16usize), open_on_holidays: bool,
        closed in prop::collection::vec((days(), 0..3i32), 0..2),
        absent in prop::collection::vec((1..=4u8, days(), 0..9i32), 0..3),
    ) -> Plan {
        for (number, shift) in (1..).zip(&mut shifts) {
            shift.id = ShiftId([number; 16]);
        }
        let mut plan = empty(TEAM);
        plan.shifts = shifts;
        plan.rules.zone = ZONES[zone].to_owned();
        plan.rules.staffing = staffing
            .into_iter()
            .map(|(days, from, long, persons)| {
                Staffing { days: Weekdays(days), from: from * 15, to: (from * 15 + long * 15).min(1440), persons }
            })
            .collect();
        plan.rules.state = state.map(|state| State::ALL[state]);
        plan.rules.open_on_holidays = open_on_holidays;
        plan.rules.closings = closed
            .into_iter()
            .map(|(from, more)| Closing { from, to: from.plus(more), name: "zu".to_owned() })
            .collect();
        plan.absences = absent
            .into_iter()
            .map(|(who, from, more)| Absence { person: person(who), from, to: from.plus(more) })
            .collect();
        plan
    }
}

/// A plan, read with the four members.
fn with<T>(plan: &Plan, read: impl FnOnce(&Reading<'_>) -> T) -> T {
    let (zone, members) = (Zone::of(&plan.rules.zone), members());
    read(&Reading { plan, zone: &zone, members: &members })
}

/// What takes place, from the definitions alone: id, kind, who, span.
fn model(plan: &Plan) -> Vec<(ShiftId, Kind, Option<PersonId>, Span)> {
    let mut all = Vec::new();
    for shift in &plan.shifts {
        let mut found: Vec<(Option<PersonId>, Span)> = Vec::new();
        for day in time::model_days(shift, FIRST.plus(-5), FIRST.plus(120)) {
            match shift.exceptions.iter().find(|(of, _)| *of == day) {
                Some((_, Difference::Skipped)) => {}
                Some((_, Difference::Other { span, person })) => found.push((*person, *span)),
                None => found.push((shift.person, Span { day, ..shift.span })),
            }
        }
        for (who, span) in found {
            let closed = plan.rules.closings.iter().any(|c| c.from <= span.day && span.day <= c.to);
            let absent = |who: PersonId| {
                plan.absences.iter().any(|a| a.person == who && a.from <= span.day && span.day <= a.to)
            };
            if !closed {
                let there = who.filter(|who| members().contains(who) && !absent(*who));
                all.push((shift.id, shift.kind, there, span));
            }
        }
    }
    all
}

#[test]
fn shifts_that_follow_each_other_share_no_minute() {
    let span = |day, start, minutes| Span { day: FIRST.plus(day), start, minutes };
    let check = |one: Span, other: Span, expect: bool| {
        assert_eq!(super::occurrence::overlap(one, other), expect, "{one:?} {other:?}");
        assert_eq!(super::occurrence::overlap(other, one), expect, "{other:?} {one:?}");
    };
    check(span(0, 840, 240), span(0, 1080, 60), false);
    check(span(0, 840, 241), span(0, 1080, 60), true);
    check(span(0, 840, 240), span(0, 900, 10), true);
    check(span(0, 1380, 120), span(1, 60, 60), false);
    check(span(0, 1380, 121), span(1, 60, 60), true);
}
