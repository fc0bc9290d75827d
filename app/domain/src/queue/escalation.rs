//! What becomes of a request that nobody accepts: it goes to the next on duty, then to the leads, and at last it is a
//! letter.
//!
//! Only who is asked changes, never who may read or take it. Letters from the beginning, when nobody was on duty, go
//! nowhere: they have their promise.

use super::{Colleague, talks_max};
use crate::clock::Seconds;
use beistand_protocol::{
    id::PersonId,
    limit::ESCALATION_PERSONS_MAX,
    queue::{QueueMode, QueueRules, Reach, Step},
};

/// A talk that waits.
#[derive(Debug, Clone, Copy)]
pub struct Wait<'a> {
    /// Its steps since it has begun to wait ([`crate::conversation::round`]).
    pub round: &'a [Step],
    /// For how long the newest one has stood.
    pub stood_s: Seconds,
    /// Whether it runs: somebody waits there for an answer now ([`super::is_running`]).
    pub runs: bool,
    /// To whom it is offered, where talks are offered.
    pub offered: Option<PersonId>,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Nothing, until something happens.
    Rest,
    /// Nothing for so long.
    In(Seconds),
    /// It goes on.
    Now(Reach),
}

/// What is to be done with a talk that waits. `on_duty`: those who may read it.
#[must_use]
pub fn next(rules: &QueueRules, wait: &Wait<'_>, on_duty: &[Colleague]) -> Next {
    let (Some(escalation), Some(last)) = (rules.escalation, wait.round.last()) else { return Next::Rest };
    let called = last.reach != Reach::Duty;
    // Who waited has gone, or nobody was there to be asked at all: a letter. Only who was called is told so.
    match last.reach {
        Reach::Letter => return Next::Rest,
        Reach::Duty if !wait.runs || on_duty.is_empty() => return Next::Rest,
        _ if !wait.runs => return Next::Now(Reach::Letter),
        Reach::Leads => return after(escalation.letter_s.into(), wait, Reach::Letter),
        _ if on_duty.is_empty() => return Next::Now(Reach::Leads),
        Reach::Duty | Reach::Person(_) => {}
    }
    let named = |person: PersonId| wait.round.iter().any(|step| step.reach == Reach::Person(person));
    let count = wait.round.iter().filter(|step| matches!(step.reach, Reach::Person(_))).count();
    match rules.mode {
        QueueMode::Push => match wait.offered {
            Some(person) if !named(person) && count < ESCALATION_PERSONS_MAX => {
                Next::Now(Reach::Person(person))
            }
            // As long as its offer stands, it is somebody's turn.
            _ => after(escalation.leads_s.max(rules.offer_s).into(), wait, Reach::Leads),
        },
        QueueMode::Pull if called => after(escalation.leads_s.into(), wait, Reach::Leads),
        // All on duty were called at once. Where that is one, the next ones are the leads.
        QueueMode::Pull => {
            let free = on_duty.iter().filter(|colleague| colleague.talks < talks_max(rules));
            let next = free.min_by_key(|colleague| (colleague.talks, colleague.person));
            let reach = match next {
                Some(next) if on_duty.len() > 1 => Reach::Person(next.person),
                _ => Reach::Leads,
            };
            after(rules.offer_s.into(), wait, reach)
        }
    }
}

fn after(step_s: Seconds, wait: &Wait<'_>, reach: Reach) -> Next {
    match step_s.checked_sub(wait.stood_s) {
        None | Some(0) => Next::Now(reach),
        Some(left_s) => Next::In(left_s),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_protocol::queue::Escalation;
    use proptest::prelude::*;

    const PULL: QueueRules = QueueRules {
        mode: QueueMode::Pull,
        talks_max: Some(3),
        offer_s: 60,
        escalation: Some(Escalation { leads_s: 120, letter_s: 300 }),
    };
    const PUSH: QueueRules = QueueRules { mode: QueueMode::Push, ..PULL };

    const fn person(number: u8) -> PersonId {
        PersonId([number; 16])
    }

    /// "duty 1 leads" and the like.
    fn round(words: &str) -> Vec<Step> {
        let reach = |word| match word {
            "duty" => Reach::Duty,
            "leads" => Reach::Leads,
            "letter" => Reach::Letter,
            number => Reach::Person(person(number.parse().unwrap())),
        };
        words.split_whitespace().map(|word| Step { at_s: 1000, reach: reach(word) }).collect()
    }

    fn word(next: Next) -> String {
        match next {
            Next::Rest => "-".to_owned(),
            Next::In(left_s) => left_s.to_string(),
            Next::Now(Reach::Person(person)) => format!(">{}", person.0[0]),
            Next::Now(Reach::Leads) => ">leads".to_owned(),
            Next::Now(Reach::Letter) => ">letter".to_owned(),
            Next::Now(Reach::Duty) => ">duty".to_owned(),
        }
    }

    fn on_duty(talks: &[(u8, usize)]) -> Vec<Colleague> {
        talks.iter().map(|(number, talks)| Colleague { person: person(*number), talks: *talks }).collect()
    }

    #[test]
    fn from_duty_to_the_next_to_the_leads_to_a_letter() {
        let (two, one, none) = (&[(1, 1), (2, 0)][..], &[(1, 0)][..], &[][..]);
        let full = &[(1, 3), (2, 3)][..];
        for (rules, steps, stood_s, offered, duty, expect) in [
            // Everybody on duty is called; then one by name, who is the least busy.
            (PULL, "duty", 0, None, two, "60"),
            (PULL, "duty", 59, None, two, "1"),
            (PULL, "duty", 60, None, two, ">2"),
            (PULL, "duty", 9999, None, two, ">2"),
            (PULL, "duty 2", 0, None, two, "120"),
            (PULL, "duty 2", 120, None, two, ">leads"),
            (PULL, "duty 2 leads", 299, None, two, "1"),
            (PULL, "duty 2 leads", 300, None, two, ">letter"),
            (PULL, "duty 2 leads letter", 9999, None, two, "-"),
            // Whoever is alone was called already, and nobody is named who has no room.
            (PULL, "duty", 59, None, one, "1"),
            (PULL, "duty", 60, None, one, ">leads"),
            (PULL, "duty", 60, None, full, ">leads"),
            // Nobody was there to be called: a letter from the beginning.
            (PULL, "duty", 9999, None, none, "-"),
            // They have all left: the leads at once. These are called although nobody is on duty.
            (PULL, "duty 2", 0, None, none, ">leads"),
            (PULL, "duty 2 leads", 10, None, none, "290"),
            (PULL, "", 9999, None, two, "-"),
            // Offered: each offer to somebody else is a step of its own.
            (PUSH, "duty", 0, Some(1), two, ">1"),
            (PUSH, "duty 1", 0, Some(1), two, "120"),
            (PUSH, "duty 1", 60, Some(2), two, ">2"),
            (PUSH, "duty 1 2", 60, Some(1), two, "60"),
            (PUSH, "duty 1 2", 120, Some(1), two, ">leads"),
            (PUSH, "duty", 119, None, full, "1"),
            (PUSH, "duty", 120, None, full, ">leads"),
            (PUSH, "duty 1 2 3 4 5 6 7 8", 0, Some(9), two, "120"),
        ] {
            let round = round(steps);
            let wait = Wait { round: &round, stood_s, runs: true, offered: offered.map(person) };
            assert_eq!(word(next(&rules, &wait, &on_duty(duty))), expect, "{rules:?} {steps} {stood_s}");
            // A team that has set nothing is not escalated.
            assert_eq!(next(&QueueRules { escalation: None, ..rules }, &wait, &on_duty(duty)), Next::Rest);
        }
    }

    #[test]
    fn no_lead_is_called_before_the_next_on_duty_has_had_the_offer() {
        let short = QueueRules { offer_s: 600, ..PUSH };
        let round = round("duty 1");
        let wait = Wait { round: &round, stood_s: 599, runs: true, offered: Some(person(1)) };
        assert_eq!(word(next(&short, &wait, &on_duty(&[(1, 0), (2, 0)]))), "1");
    }

    #[test]
    fn whose_writer_has_gone_is_a_letter_and_nobody_is_called_for_it() {
        for (steps, expect) in
            [("duty", "-"), ("duty 1", ">letter"), ("duty 1 leads", ">letter"), ("duty 1 leads letter", "-")]
        {
            let round = round(steps);
            let wait = Wait { round: &round, stood_s: 5, runs: false, offered: Some(person(1)) };
            for rules in [PULL, PUSH] {
                assert_eq!(word(next(&rules, &wait, &on_duty(&[(1, 0), (2, 0)]))), expect, "{steps}");
            }
        }
    }

    proptest! {
        /// Whoever comes and goes: a request that runs and was called is a letter within a known time, each step is
        /// taken once, and the order is kept.
        #[test]
        fn nobody_waits_for_ever(
            push in any::<bool>(), talks_max in prop::option::of(1_u8..4), offer_s in 15_u16..600,
            leads_s in 15_u16..600, letter_s in 15_u16..600,
            duty in prop::collection::vec(prop::collection::btree_map(0_u8..12, 0_usize..4, 1..6), 1..30),
        ) {
            let mode = if push { QueueMode::Push } else { QueueMode::Pull };
            let rules = QueueRules {
                mode, talks_max, offer_s, escalation: Some(Escalation { leads_s, letter_s }),
            };
            let mut round = round("duty");
            let (mut stood_s, mut waited_s, mut turn) = (0, 0, 0);
            while round.last().unwrap().reach != Reach::Letter {
                let there: Vec<_> = duty[turn % duty.len()].iter().map(|(n, t)| (*n, *t)).collect();
                let offered = push.then(|| person(there[turn % there.len()].0));
                let wait = Wait { round: &round, stood_s, runs: true, offered };
                match next(&rules, &wait, &on_duty(&there)) {
                    Next::Rest => prop_assert!(false, "it rests at {:?}", round.last()),
                    Next::In(left_s) => {
                        prop_assert!(left_s > 0);
                        (stood_s, waited_s) = (stood_s + left_s, waited_s + left_s);
                    }
                    Next::Now(reach) => {
                        prop_assert!(!round.iter().any(|step| step.reach == reach), "{reach:?} twice");
                        round.push(Step { at_s: 1000 + waited_s, reach });
                        stood_s = 0;
                    }
                }
                turn += 1;
                prop_assert!(turn < 1000);
            }
            let step_s = u64::from(leads_s.max(offer_s));
            prop_assert!(waited_s <= 10 * step_s + u64::from(letter_s), "{waited_s}");
            let place = |reach: Reach| round.iter().position(|step| step.reach == reach).unwrap();
            prop_assert!(place(Reach::Leads) + 1 == place(Reach::Letter) && place(Reach::Letter) + 1 == round.len());
            prop_assert!(round.len() <= ESCALATION_PERSONS_MAX + 3);
        }
    }
}
