//! The rules of turns, case by case, and whatever comes and goes.

use super::*;
use proptest::prelude::*;

const fn person(number: u8) -> PersonId {
    PersonId([number; 16])
}

const fn talk(number: u8) -> ConversationId {
    ConversationId([number; 16])
}

fn push(talks_max: Option<u8>) -> QueueRules {
    QueueRules { mode: QueueMode::Push, talks_max, offer_s: 60, escalation: None }
}

fn on_duty(talks: &[(u8, usize)]) -> Vec<Colleague> {
    talks.iter().map(|(number, talks)| Colleague { person: person(*number), talks: *talks }).collect()
}

/// What a turn changes, as "talk>person" or "talk>-".
fn turn(
    offers: &mut Offers,
    rules: &QueueRules,
    waiting: &[(u8, Seconds)],
    talks: &[(u8, usize)],
    now_s: Seconds,
) -> String {
    let waiting: Vec<_> = waiting.iter().map(|(number, since_s)| (talk(*number), *since_s)).collect();
    let changes = offers.turn(rules, &waiting, &on_duty(talks), |_, _| true, now_s);
    let word = |(id, to): &(ConversationId, Option<PersonId>)| match to {
        Some(person) => format!("{}>{}", id.0[0], person.0[0]),
        None => format!("{}>-", id.0[0]),
    };
    changes.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_least_busy_one_is_offered_who_has_waited_longest() {
    let mut offers = Offers::default();
    let duty = [(1, 2), (2, 0), (3, 1)];
    assert_eq!(turn(&mut offers, &push(None), &[(8, 20), (9, 10)], &duty, 100), "8>3 9>2");
    // Nothing has changed.
    assert_eq!(turn(&mut offers, &push(None), &[(8, 20), (9, 10)], &duty, 101), "");
    assert_eq!(offers.until_s(), Some(160));
    assert_eq!(offers.of(talk(9)), Some(person(2)));
    // Taken, or gone: no offer any more.
    assert_eq!(turn(&mut offers, &push(None), &[(8, 20)], &duty, 102), "9>-");
}

#[test]
fn among_equally_busy_ones_turns_go_round() {
    let mut offers = Offers::default();
    let duty = [(1, 0), (2, 0), (3, 0)];
    let mut order = Vec::new();
    for number in 10..16 {
        let changes = turn(&mut offers, &push(None), &[(number, 10)], &duty, 100);
        order.push(changes.split('>').next_back().unwrap().to_owned());
        turn(&mut offers, &push(None), &[], &duty, 101);
    }
    assert_eq!(order, ["1", "2", "3", "1", "2", "3"]);
}

#[test]
fn what_is_not_taken_in_time_goes_to_the_next_and_round_again() {
    let mut offers = Offers::default();
    let (waiting, duty) = ([(9, 10)], [(1, 0), (2, 1)]);
    let rules = push(None);
    assert_eq!(turn(&mut offers, &rules, &waiting, &duty, 100), "9>1");
    assert_eq!(turn(&mut offers, &rules, &waiting, &duty, 159), "");
    assert_eq!(turn(&mut offers, &rules, &waiting, &duty, 160), "9>2");
    assert_eq!(turn(&mut offers, &rules, &waiting, &duty, 220), "9>1");
    // Alone, it stays theirs: nobody else is there.
    assert_eq!(turn(&mut offers, &rules, &waiting, &[(1, 0)], 280), "");
    assert_eq!(offers.until_s(), Some(340));
}

#[test]
fn nobody_is_offered_what_they_may_not_read() {
    let (rules, waiting, duty) = (push(Some(1)), [(talk(8), 20), (talk(9), 10)], on_duty(&[(1, 0)]));
    let mut offers = Offers::default();
    // The older one waits for others; it keeps nobody from the next.
    let other = |id, _| id == talk(8);
    assert_eq!(offers.turn(&rules, &waiting, &duty, other, 100), [(talk(8), Some(person(1)))]);
    assert!(offers.any_without());
    let none = |_, _| false;
    assert_eq!(offers.turn(&rules, &waiting, &duty, none, 101), [(talk(8), None)]);
}

#[test]
fn who_goes_off_duty_has_no_offer_any_more() {
    let mut offers = Offers::default();
    let rules = push(None);
    assert_eq!(turn(&mut offers, &rules, &[(9, 10)], &[(1, 0), (2, 1)], 100), "9>1");
    assert_eq!(turn(&mut offers, &rules, &[(9, 10)], &[(2, 1)], 110), "9>2");
    assert_eq!(turn(&mut offers, &rules, &[(9, 10)], &[], 120), "9>-");
    assert!(offers.any_without());
    // It was not let pass: back on duty, it is offered again.
    assert_eq!(turn(&mut offers, &rules, &[(9, 10)], &[(1, 0)], 130), "9>1");
}

#[test]
fn no_offer_stands_longer_than_the_rules_say_whatever_the_clock_did() {
    let mut offers = Offers::default();
    let (waiting, duty) = ([(9, 10)], [(1, 0), (2, 1)]);
    assert_eq!(turn(&mut offers, &push(None), &waiting, &duty, 1_000_000), "9>1");
    // The clock is set back, then the time is made shorter.
    assert_eq!(turn(&mut offers, &push(None), &waiting, &duty, 100), "");
    assert_eq!(offers.until_s(), Some(160));
    let shorter = QueueRules { offer_s: 20, ..push(None) };
    assert_eq!(turn(&mut offers, &shorter, &waiting, &duty, 110), "");
    assert_eq!(turn(&mut offers, &shorter, &waiting, &duty, 130), "9>2");
}

#[test]
fn nobody_gets_more_than_the_limit() {
    let mut offers = Offers::default();
    let rules = push(Some(2));
    let waiting = [(7, 1), (8, 2), (9, 3)];
    assert_eq!(turn(&mut offers, &rules, &waiting, &[(1, 1), (2, 1), (3, 2)], 100), "7>1 8>2");
    assert!(offers.any_without());
    // Somebody has finished one.
    assert_eq!(turn(&mut offers, &rules, &waiting, &[(1, 1), (2, 1), (3, 1)], 101), "9>3");
}

#[test]
fn where_people_take_for_themselves_nothing_is_offered() {
    let mut offers = Offers::default();
    assert_eq!(turn(&mut offers, &push(None), &[(9, 10)], &[(1, 0)], 100), "9>1");
    assert_eq!(turn(&mut offers, &QueueRules::default(), &[(9, 10)], &[(1, 0)], 101), "9>-");
    assert_eq!((offers.until_s(), offers.any_without()), (None, false));
}

#[test]
fn who_may_take_a_talk() {
    let (mine, other) = (Some(person(1)), Some(person(2)));
    for (offered, is_lead, talks, expect) in [
        (None, false, 0, Ok(())),
        (mine, false, 1, Ok(())),
        (other, false, 0, Err(NotNow::OfferedElsewhere)),
        (other, true, 9, Ok(())),
        (None, false, 2, Err(NotNow::TalksFull)),
        (mine, false, 2, Err(NotNow::TalksFull)),
        (mine, true, 2, Ok(())),
    ] {
        let got = may_claim(&push(Some(2)), offered, person(1), is_lead, talks);
        assert_eq!(got, expect, "{offered:?} {is_lead} {talks}");
    }
    assert_eq!(may_claim(&QueueRules::default(), None, person(1), false, 99), Ok(()));
}

#[test]
fn a_talk_runs_while_its_seeker_is_there_and_a_little_longer() {
    for (present, now_s, expect) in
        [(true, 100_000, true), (false, 100 + RUNNING_S - 1, true), (false, 100 + RUNNING_S, false)]
    {
        assert_eq!(is_running(present, 100, now_s), expect, "{present} {now_s}");
    }
}

proptest! {
    /// Whatever comes and goes: offers are to people on duty below their limit, for talks that wait, and a talk is
    /// without an offer only if nobody is free.
    #[test]
    fn offers_hold_what_they_promise(
        talks_max in prop::option::of(1_u8..4),
        steps in prop::collection::vec(
            (prop::collection::btree_set(0_u8..8, 0..6), prop::collection::btree_map(0_u8..5, 0_usize..4, 0..5), 0_u64..50),
            1..40,
        ),
    ) {
        let (mut offers, mut now_s) = (Offers::default(), 0);
        let rules = push(talks_max);
        for (waiting, duty, later_s) in steps {
            now_s += later_s;
            let before: BTreeMap<_, _> = offers.iter().collect();
            let ids: Vec<_> = waiting.iter().map(|number| (talk(*number), 5)).collect();
            let duty: Vec<_> = duty.into_iter().collect();
            let changes = offers.turn(&rules, &ids, &on_duty(&duty), |_, _| true, now_s);
            let after: BTreeMap<_, _> = offers.iter().collect();
            // The changes are the difference.
            let mut told = before.clone();
            for (id, to) in changes {
                match to {
                    Some(person) => told.insert(id, person),
                    None => told.remove(&id),
                };
            }
            prop_assert_eq!(&told, &after);
            let count = |who| after.values().filter(|person| **person == who).count();
            let kept = |who| after.iter().filter(|(id, person)| **person == who && before.get(*id) == Some(person)).count();
            for (id, to) in &after {
                prop_assert!(ids.iter().any(|(waiting, _)| waiting == id));
                let talks = duty.iter().find(|(number, _)| person(*number) == *to).map(|(_, talks)| *talks);
                prop_assert!(talks.is_some(), "offered to somebody who is not there");
                // An offer that stands may come to stand above the limit by a talk from elsewhere; a new one never.
                prop_assert!(talks.unwrap() + count(*to) <= super::talks_max(&rules).max(talks.unwrap() + kept(*to)));
            }
            if after.len() < ids.len() {
                for (number, talks) in &duty {
                    prop_assert!(talks + count(person(*number)) >= super::talks_max(&rules), "somebody is free");
                }
            }
            prop_assert!(offers.until_s().is_none_or(|until_s| until_s > now_s));
        }
    }
}
