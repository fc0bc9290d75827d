//! Commands: random ones keep what must hold, and the cases by name.

use super::*;
use crate::roster::command::{Context, apply};
use beistand_protocol::roster::{
    Command, Denied, Level, OccurrenceId, Pattern, Promise, Stage, SwapId, When,
};

const LEAD: u8 = 1;

fn at(day: Day, minute: u32) -> u64 {
    Zone::of("Europe/Berlin").moment(day, minute)
}

/// Does something as somebody, at a moment.
fn act(plan: &mut Plan, who: u8, now_s: u64, command: Command) -> Result<(), Denied> {
    let members = members();
    let context = Context { person: person(who), leads: who == LEAD, members: &members, now_s };
    let before = plan.version;
    *plan = apply(plan, &command, &context)?.0;
    assert_eq!(plan.version, before + 1);
    Ok(())
}

fn occurrence(number: u8, day: Day) -> OccurrenceId {
    OccurrenceId { shift: ShiftId([number; 16]), day }
}

/// Who has an occurrence.
fn who_has(plan: &Plan, id: OccurrenceId) -> Option<PersonId> {
    with(plan, |reading| reading.find(id)).unwrap().person
}

/// Two of the team with a shift each week, from FIRST on: 2 on the first weekday from 14, 3 from 18.
fn office() -> Plan {
    let mut plan = empty(TEAM);
    let weekly = |number: u8, who: u8, start| Shift {
        rule: Some(Rule {
            frequency: Frequency::Weekly(Weekdays::one(FIRST.weekday())),
            interval: 1,
            end: End::Never,
        }),
        ..shift(number, Some(person(who)), FIRST, start, 180)
    };
    let now_s = at(FIRST, 0);
    act(&mut plan, LEAD, now_s, Command::AddShifts(vec![weekly(1, 2, 840), weekly(2, 3, 1080)])).unwrap();
    plan
}

fn commands() -> impl Strategy<Value = Command> {
    let id = || (1..=9u8).prop_map(|number| ShiftId([number; 16]));
    let occurrences = || (id(), days()).prop_map(|(shift, day)| OccurrenceId { shift, day });
    let swap = || (0..4u8).prop_map(|number| SwapId([number; 16]));
    let wishes = (1..=127u8, days()).prop_map(|(set, day)| {
        let weekly = When::Weekly { days: Weekdays(set), from: 0, to: 1440 };
        vec![(weekly, Level::Cannot), (When::Days { from: day, to: day.plus(2) }, Level::Preferably)]
    });
    let absences = || {
        (1..=5u8, days(), 0..9i32).prop_map(|(who, from, more)| Absence {
            person: person(who),
            from,
            to: from.plus(more),
        })
    };
    prop_oneof![
        4 => (id(), shifts()).prop_map(|(id, shift)| Command::AddShifts(vec![Shift { id, ..shift }])),
        1 => (id(), shifts()).prop_map(|(id, shift)| Command::ReplaceShift(Shift { id, ..shift })),
        1 => id().prop_map(Command::RemoveShift),
        1 => occurrences().prop_map(Command::Skip),
        2 => (occurrences(), spans(), somebody())
            .prop_map(|(occurrence, span, person)| Command::Change { occurrence, span, person }),
        1 => occurrences().prop_map(Command::EndSeries),
        1 => occurrences().prop_map(Command::Take),
        1 => (id(), spans()).prop_map(|(shift, span)| Command::FillGap { shift, span }),
        1 => wishes.prop_map(Command::SetWishes),
        2 => absences().prop_map(Command::ReportAbsence),
        1 => absences().prop_map(Command::WithdrawAbsence),
        3 => (swap(), occurrences(), any::<bool>())
            .prop_map(|(swap, what, exchange)| Command::OfferSwap { swap, what, asked: None, exchange }),
        3 => (swap(), prop::option::of(occurrences())).prop_map(|(swap, counter)| Command::AnswerSwap { swap, counter }),
        2 => (swap(), any::<bool>()).prop_map(|(swap, agree)| Command::DecideSwap { swap, agree }),
        1 => swap().prop_map(Command::WithdrawSwap),
        2 => (occurrences(), shifts()).prop_map(|(occurrence, shift)| Command::ChangeFollowing {
            occurrence,
            shift: Shift { id: occurrence.shift, ..shift },
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn commands_keep_what_must_hold_and_can_be_run_again(
        script in prop::collection::vec((1..=5u8, commands(), 0..500u64), 1..40),
    ) {
        let mut plan = empty(TEAM);
        let members = members();
        let mut now_s = at(FIRST, 0);
        let mut log = Vec::new();
        for (who, command, later) in script {
            now_s += later * 60;
            let context = Context { person: person(who), leads: who == LEAD, members: &members, now_s };
            let Ok((after, _)) = apply(&plan, &command, &context) else { continue };
            // Nobody has got two shifts at once by something that was done, except by what was so before.
            let twice = |plan: &Plan| -> usize {
                let all = with(plan, |r| r.occurrences(FIRST.plus(-1), FIRST.plus(300)));
                let pairs = all.iter().enumerate().flat_map(|(at, one)| all[at + 1..].iter().map(move |two| (one, two)));
                pairs
                    .filter(|(one, two)| one.person.is_some() && one.person == two.person)
                    .filter(|(one, two)| crate::roster::occurrence::overlap(one.span, two.span))
                    .count()
            };
            let removes = matches!(command, Command::RemoveShift(_) | Command::Skip(_) | Command::EndSeries(_));
            prop_assert!(twice(&after) <= twice(&plan) || removes, "{:?}", command);
            // What was stays; only who was absent then is said afterwards.
            let been = |plan: &Plan| -> Vec<_> {
                let all = with(plan, |r| r.occurrences(FIRST.plus(-30), FIRST.plus(60)));
                let over = all.into_iter().filter(|one| one.end_s <= now_s);
                over.map(|one| (one.span, one.kind, one.person)).collect()
            };
            let mut later = been(&after);
            let absence = matches!(command, Command::ReportAbsence(_) | Command::WithdrawAbsence(_));
            let mut stayed = |one: &_| later.iter().position(|other| other == one).map(|at| later.remove(at)).is_some();
            let lost: Vec<_> = been(&plan).into_iter().filter(|one| !stayed(one)).collect();
            prop_assert!(lost.is_empty() || absence, "{:?} {:?}", command, lost);
            // Everything of a swap that runs belongs to whom it says.
            for swap in after.swaps.iter().filter(|swap| swap.stage == Stage::Agreed) {
                prop_assert!(swap.by.is_some() && swap.by != Some(swap.owner));
            }
            prop_assert!(after.shifts.is_sorted_by_key(|shift| shift.id));
            for shift in &after.shifts {
                prop_assert!(shift.exceptions.is_sorted_by(|one, two| one.0 < two.0));
            }
            log.push((who, command, now_s));
            plan = after;
        }
        let mut again = empty(TEAM);
        for (who, command, now_s) in log {
            act(&mut again, who, now_s, command).unwrap();
        }
        prop_assert_eq!(again, plan);
    }
}

#[test]
fn a_gift_an_exchange_and_a_lead_who_confirms() {
    let now_s = at(FIRST, 0);
    let (first, second) = (occurrence(1, FIRST.plus(7)), occurrence(2, FIRST.plus(14)));
    let swap = SwapId([1; 16]);
    let offer = |exchange| Command::OfferSwap { swap, what: first, asked: None, exchange };
    // A gift is done with its answer.
    let mut plan = office();
    assert_eq!(act(&mut plan, 3, now_s, offer(false)), Err(Denied::Moved), "not one's own");
    act(&mut plan, 2, now_s, offer(false)).unwrap();
    assert_eq!(act(&mut plan, 2, now_s, Command::AnswerSwap { swap, counter: None }), Err(Denied::Forbidden));
    act(&mut plan, 4, now_s, Command::AnswerSwap { swap, counter: None }).unwrap();
    assert_eq!((who_has(&plan, first), plan.swaps[0].stage), (Some(person(4)), Stage::Done));
    assert_eq!(who_has(&plan, occurrence(1, FIRST)), Some(person(2)), "the others of the series stay");
    assert_eq!(act(&mut plan, 3, now_s, Command::AnswerSwap { swap, counter: None }), Err(Denied::Moved));
    // An exchange wants the owner's word.
    let mut plan = office();
    act(&mut plan, 2, now_s, offer(true)).unwrap();
    assert_eq!(act(&mut plan, 3, now_s, Command::AnswerSwap { swap, counter: None }), Err(Denied::Malformed));
    let counter = Some(second);
    assert_eq!(act(&mut plan, 4, now_s, Command::AnswerSwap { swap, counter }), Err(Denied::Moved));
    act(&mut plan, 3, now_s, Command::AnswerSwap { swap, counter }).unwrap();
    assert_eq!(who_has(&plan, first), Some(person(2)));
    assert_eq!(act(&mut plan, 3, now_s, Command::DecideSwap { swap, agree: true }), Err(Denied::Forbidden));
    act(&mut plan, 2, now_s, Command::DecideSwap { swap, agree: false }).unwrap();
    assert_eq!((plan.swaps[0].stage, plan.swaps[0].by), (Stage::Open, None));
    act(&mut plan, 3, now_s, Command::AnswerSwap { swap, counter }).unwrap();
    // A lead confirms, where the team wants it.
    let rules = beistand_protocol::roster::Rules { approve_swaps: true, ..plan.rules.clone() };
    act(&mut plan, LEAD, now_s, Command::SetRules(rules)).unwrap();
    act(&mut plan, 2, now_s, Command::DecideSwap { swap, agree: true }).unwrap();
    assert_eq!((who_has(&plan, first), plan.swaps[0].stage), (Some(person(2)), Stage::Agreed));
    assert_eq!(
        act(&mut plan, 3, now_s, Command::ApproveSwap { swap, approve: true }),
        Err(Denied::Forbidden)
    );
    let mut refused = plan.clone();
    act(&mut refused, LEAD, now_s, Command::ApproveSwap { swap, approve: false }).unwrap();
    assert_eq!((who_has(&refused, first), refused.swaps[0].stage), (Some(person(2)), Stage::Refused));
    act(&mut plan, LEAD, now_s, Command::ApproveSwap { swap, approve: true }).unwrap();
    assert_eq!((who_has(&plan, first), who_has(&plan, second)), (Some(person(3)), Some(person(2))));
    // What was, is not swapped.
    let past = Command::OfferSwap {
        swap: SwapId([2; 16]),
        what: occurrence(1, FIRST),
        asked: None,
        exchange: false,
    };
    assert_eq!(act(&mut plan, 2, at(FIRST, 900), past), Err(Denied::Past));
}

#[test]
fn nobody_takes_what_would_overlap() {
    let (now_s, swap) = (at(FIRST, 0), SwapId([1; 16]));
    let mut plan = office();
    let other = shift(3, Some(person(4)), FIRST.plus(7), 960, 60);
    act(&mut plan, LEAD, now_s, Command::AddShifts(vec![other.clone()])).unwrap();
    let twice = Shift { id: ShiftId([4; 16]), ..other };
    assert_eq!(act(&mut plan, LEAD, now_s, Command::AddShifts(vec![twice])), Err(Denied::Overlap));
    let what = occurrence(1, FIRST.plus(7));
    act(&mut plan, 2, now_s, Command::OfferSwap { swap, what, asked: Some(person(4)), exchange: false })
        .unwrap();
    let answer = Command::AnswerSwap { swap, counter: None };
    assert_eq!(act(&mut plan, 3, now_s, answer.clone()), Err(Denied::Forbidden), "somebody else is asked");
    assert_eq!(act(&mut plan, 4, now_s, answer), Err(Denied::Overlap));
    act(&mut plan, 2, now_s, Command::WithdrawSwap(swap)).unwrap();
    assert_eq!(plan.swaps[0].stage, Stage::Withdrawn);
}

#[test]
fn illness_leaves_open_shifts_and_calls_those_who_can() {
    let now_s = at(FIRST, 600);
    let (what, swap) = (occurrence(1, FIRST), SwapId([1; 16]));
    let mut plan = office();
    plan.rules.staffing = vec![Staffing { days: Weekdays::ALL, from: 840, to: 1020, persons: 1 }];
    act(
        &mut plan,
        4,
        now_s,
        Command::SetWishes(vec![(When::Days { from: FIRST, to: FIRST }, Level::Cannot)]),
    )
    .unwrap();
    act(&mut plan, 2, now_s, Command::OfferSwap { swap, what, asked: None, exchange: false }).unwrap();
    assert_eq!(with(&plan, |r| r.gaps(FIRST, FIRST)), []);
    let ill = Absence { person: person(2), from: FIRST, to: FIRST.plus(2) };
    assert_eq!(act(&mut plan, 3, now_s, Command::ReportAbsence(ill)), Err(Denied::Forbidden));
    act(&mut plan, 2, now_s, Command::ReportAbsence(ill)).unwrap();
    assert_eq!((who_has(&plan, what), plan.swaps[0].stage), (None, Stage::Withdrawn));
    assert_eq!(with(&plan, |r| r.gaps(FIRST, FIRST)).len(), 1);
    // The lead and 3 are called; 4 said "can't", 2 is absent.
    let called: Vec<bool> =
        (1..=4).map(|who| with(&plan, |r| !r.calls(person(who), FIRST, FIRST, now_s).is_empty())).collect();
    assert_eq!(called, [true, false, true, false]);
    assert_eq!(act(&mut plan, 2, now_s, Command::Take(what)), Err(Denied::NotAvailable));
    act(&mut plan, 3, now_s, Command::Take(what)).unwrap();
    assert_eq!(act(&mut plan, 4, now_s, Command::Take(what)), Err(Denied::Moved));
    // Well again: what a colleague took stays with the colleague, the rest is back.
    act(&mut plan, 2, now_s, Command::WithdrawAbsence(ill)).unwrap();
    assert_eq!(who_has(&plan, what), Some(person(3)));
    assert_eq!(who_has(&plan, occurrence(1, FIRST.plus(7))), Some(person(2)));
}

#[test]
fn a_gap_is_filled_once_and_only_where_it_is() {
    let now_s = at(FIRST, 600);
    let mut plan = office();
    plan.rules.staffing = vec![Staffing { days: Weekdays::ALL, from: 840, to: 1200, persons: 2 }];
    let span = |start, minutes| Span { day: FIRST, start, minutes };
    let fill = |number: u8, span| Command::FillGap { shift: ShiftId([number; 16]), span };
    assert_eq!(act(&mut plan, 4, now_s, fill(5, span(800, 100))), Err(Denied::Moved));
    act(&mut plan, 4, now_s, fill(5, span(840, 180))).unwrap();
    assert_eq!(act(&mut plan, LEAD, now_s, fill(6, span(840, 180))), Err(Denied::Moved));
    assert_eq!(act(&mut plan, 5, now_s, fill(7, span(1020, 60))), Err(Denied::Forbidden), "no member");
    // 17 to 18 nobody is there, 18 to 20 one: one person may fill both.
    act(&mut plan, 4, now_s, fill(8, span(1020, 180))).unwrap();
}

#[test]
fn this_one_and_all_after_it() {
    let now_s = at(FIRST, 0);
    let mut plan = office();
    act(&mut plan, LEAD, now_s, Command::Skip(occurrence(1, FIRST.plus(21)))).unwrap();
    act(&mut plan, LEAD, now_s, Command::EndSeries(occurrence(1, FIRST.plus(14)))).unwrap();
    let left: Vec<Day> = with(&plan, |r| r.occurrences(FIRST, FIRST.plus(60)))
        .into_iter()
        .filter(|one| one.id.shift == ShiftId([1; 16]))
        .map(|one| one.span.day)
        .collect();
    assert_eq!(left, [FIRST, FIRST.plus(7)]);
    act(&mut plan, LEAD, now_s, Command::EndSeries(occurrence(1, FIRST))).unwrap();
    assert_eq!(plan.shifts.len(), 1);
    assert_eq!(act(&mut plan, LEAD, now_s, Command::Skip(occurrence(1, FIRST))), Err(Denied::NotFound));
}

#[test]
fn what_was_stays_and_the_rest_keeps_the_id() {
    let now_s = at(FIRST.plus(10), 0);
    let mut plan = office();
    act(&mut plan, LEAD, now_s, Command::Skip(occurrence(1, FIRST.plus(28)))).unwrap();
    let weekly = |start: u16, who: u8| Shift {
        rule: plan.shifts[0].rule,
        ..shift(1, Some(person(who)), FIRST, start, 180)
    };
    let (earlier, later) = (weekly(600, 3), weekly(480, 4));
    let days = |plan: &Plan, start: u16| -> Vec<(Day, u8)> {
        let all = with(plan, |r| r.occurrences(FIRST, FIRST.plus(40)));
        let all = all.into_iter().filter(|one| one.span.start == start);
        all.map(|one| (one.span.day, one.person.unwrap().0[0])).collect()
    };
    // All that are to come: two have been.
    act(&mut plan, LEAD, now_s, Command::ReplaceShift(earlier)).unwrap();
    assert_eq!(days(&plan, 840), [(FIRST, 2), (FIRST.plus(7), 2)]);
    assert_eq!(days(&plan, 600), [(FIRST.plus(14), 3), (FIRST.plus(21), 3), (FIRST.plus(35), 3)]);
    // From one of them on. What it is known by stays.
    let occurrence = occurrence(1, FIRST.plus(21));
    let shift = Shift { span: Span { day: FIRST.plus(21), ..later.span }, ..later };
    act(&mut plan, LEAD, now_s, Command::ChangeFollowing { occurrence, shift }).unwrap();
    assert_eq!(days(&plan, 600), [(FIRST.plus(14), 3)]);
    assert_eq!(days(&plan, 480), [(FIRST.plus(21), 4), (FIRST.plus(35), 4)]);
    assert_eq!(who_has(&plan, occurrence), Some(person(4)));
    // Removed, it was none the less.
    act(&mut plan, LEAD, at(FIRST.plus(22), 0), Command::RemoveShift(ShiftId([1; 16]))).unwrap();
    assert_eq!(days(&plan, 480), [(FIRST.plus(21), 4)]);
    assert_eq!(days(&plan, 840).len(), 2);
}

#[test]
fn what_was_left_out_long_ago_does_not_come_back() {
    let mut plan = office();
    act(&mut plan, LEAD, at(FIRST, 0), Command::Skip(occurrence(1, FIRST.plus(7)))).unwrap();
    let shown = |plan: &Plan| with(plan, |r| r.occurrences(FIRST.plus(7), FIRST.plus(7))).len();
    assert_eq!(shown(&plan), 1);
    for days in [390, 415, 800] {
        let now_s = at(FIRST.plus(days), 0);
        act(&mut plan, 2, now_s, Command::SetWishes(Vec::new())).unwrap();
        assert!(shown(&plan) <= 1, "{days}");
        // It goes on in the same weeks.
        let next = with(&plan, |r| r.occurrences(FIRST.plus(805), FIRST.plus(805)));
        assert_eq!(next.len(), 2, "{days}");
    }
    assert!(plan.shifts.iter().all(|shift| shift.exceptions.is_empty()));
    // What has come to its end goes.
    let rule = Rule { frequency: Frequency::Daily, interval: 1, end: End::Count(3) };
    let three = Shift { rule: Some(rule), ..shift(7, None, FIRST.plus(800), 600, 60) };
    act(&mut plan, LEAD, at(FIRST.plus(800), 0), Command::AddShifts(vec![three])).unwrap();
    act(&mut plan, 2, at(FIRST.plus(1300), 0), Command::SetWishes(Vec::new())).unwrap();
    assert_eq!(plan.shifts.len(), 2);
}

#[test]
fn a_rule_that_counts_goes_on_counting() {
    let mut plan = empty(TEAM);
    let rule = Rule { frequency: Frequency::Daily, interval: 2, end: End::Count(5) };
    let daily = |start: u16| Shift { rule: Some(rule), ..shift(1, None, FIRST, start, 60) };
    act(&mut plan, LEAD, at(FIRST, 0), Command::AddShifts(vec![daily(600)])).unwrap();
    act(&mut plan, LEAD, at(FIRST.plus(3), 0), Command::ReplaceShift(daily(700))).unwrap();
    let all = with(&plan, |r| r.occurrences(FIRST, FIRST.plus(40)));
    let times: Vec<_> = all.iter().map(|one| (one.span.day.0 - FIRST.0, one.span.start)).collect();
    assert_eq!(times, [(0, 600), (2, 600), (4, 700), (6, 700), (8, 700)]);
}

#[test]
fn values_from_outside_have_limits() {
    let now_s = at(FIRST, 0);
    let mut plan = office();
    let mut check = |command: Command, expect: Denied| {
        assert_eq!(act(&mut plan, LEAD, now_s, command.clone()), Err(expect), "{command:?}");
    };
    let good = shift(9, None, FIRST, 600, 60);
    let with_span = |span| Command::AddShifts(vec![Shift { span, ..good.clone() }]);
    for span in [
        Span { day: FIRST, start: 1440, minutes: 60 },
        Span { day: FIRST, start: 0, minutes: 0 },
        Span { day: FIRST, start: 0, minutes: 1441 },
        Span { day: Day(0), start: 0, minutes: 60 },
        Span { day: Day(i32::MAX), start: 0, minutes: 60 },
    ] {
        check(with_span(span), Denied::Malformed);
    }
    let rule = Rule { frequency: Frequency::Daily, interval: 1, end: End::Never };
    for rule in [
        Rule { interval: 0, ..rule },
        Rule { frequency: Frequency::Weekly(Weekdays(0)), ..rule },
        Rule { frequency: Frequency::Weekly(Weekdays(128)), ..rule },
        Rule { frequency: Frequency::MonthlyDay(32), ..rule },
        Rule { frequency: Frequency::MonthlyWeekday { ordinal: 0, weekday: 0 }, ..rule },
        Rule { end: End::Count(0), ..rule },
        Rule { end: End::Until(FIRST.plus(-1)), ..rule },
    ] {
        check(Command::AddShifts(vec![Shift { rule: Some(rule), ..good.clone() }]), Denied::Malformed);
    }
    let once = Shift { exceptions: vec![(FIRST, Difference::Skipped)], ..good.clone() };
    check(Command::AddShifts(vec![once]), Denied::Malformed);
    check(Command::AddShifts(vec![]), Denied::TooMany);
    check(Command::AddShifts(vec![good.clone(); 201]), Denied::TooMany);
    check(Command::AddShifts(vec![good.clone(); 2]), Denied::Moved);
    check(Command::SetWishes(vec![(When::Days { from: FIRST, to: FIRST }, Level::Can); 41]), Denied::TooMany);
    check(
        Command::SetWishes(vec![(When::Days { from: FIRST, to: FIRST.plus(-1) }, Level::Can)]),
        Denied::Malformed,
    );
    let pattern = Pattern { weekday: 7, start: 0, minutes: 60, kind: Kind::Live, person: None };
    check(Command::SaveTemplate { name: "a".into(), shifts: vec![pattern] }, Denied::Malformed);
    check(Command::SaveTemplate { name: "\n".into(), shifts: vec![pattern] }, Denied::Malformed);
    let rules = |change: fn(&mut beistand_protocol::roster::Rules)| {
        let mut rules = empty(TEAM).rules;
        change(&mut rules);
        Command::SetRules(rules)
    };
    check(rules(|rules| rules.zone = "Nowhere".into()), Denied::Malformed);
    let staffing = Staffing { days: Weekdays::ALL, from: 600, to: 600, persons: 1 };
    assert_eq!(staffing.from, 600);
    check(
        rules(|r| r.staffing.push(Staffing { days: Weekdays::ALL, from: 600, to: 600, persons: 1 })),
        Denied::Malformed,
    );
    check(
        rules(|r| r.staffing.push(Staffing { days: Weekdays::ALL, from: 0, to: 60, persons: 21 })),
        Denied::Malformed,
    );
    check(
        rules(|r| r.closings = vec![Closing { from: FIRST, to: FIRST, name: " ".into() }]),
        Denied::Malformed,
    );
    let promise = |r: &mut beistand_protocol::roster::Rules| {
        r.promise = Some(Promise { working_days: 0, weekdays: Weekdays::WORKING, by: 1080 });
    };
    check(rules(promise), Denied::Malformed);
    let mut many = empty(TEAM);
    let batch = |from: u16| -> Vec<Shift> {
        let id = |number: u16| ShiftId([number.to_be_bytes(); 8].concat().try_into().unwrap());
        (from..from + 200).map(|number| Shift { id: id(number), ..good.clone() }).collect()
    };
    for part in 0..5 {
        act(&mut many, LEAD, now_s, Command::AddShifts(batch(part * 200))).unwrap();
    }
    let more = Command::AddShifts(vec![Shift { id: ShiftId([0xee; 16]), ..good }]);
    assert_eq!(act(&mut many, LEAD, now_s, more), Err(Denied::TooMany));
    for who in [2, 5] {
        assert_eq!(
            act(&mut office(), who, now_s, Command::RemoveShift(ShiftId([1; 16]))),
            Err(Denied::Forbidden)
        );
    }
}
