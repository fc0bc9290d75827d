//! Who is on duty by the roster, when somebody is next, and until when a letter is answered.

use super::{occurrence::Reading, staffing::is_free};
use crate::clock::Seconds;
use beistand_protocol::{
    id::PersonId,
    roster::{Day, Kind},
};

/// Days that are looked ahead for the next shift: who is not there for two months is not there.
const HORIZON_DAYS: i32 = 60;
/// Seconds after which duty is worked out anew although nothing in the roster changes.
const STALE_S: Seconds = 60 * 60;
/// Days within which a working day is looked for: longer than the longest closing.
const PROMISE_DAYS_MAX: i32 = 366;

/// What the roster says about a moment, and until when that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Who is on the roster for live talks now; `None`: there is no roster, and who is there decides.
    pub persons: Option<Vec<PersonId>>,
    /// Whoever is there counts as well.
    pub without_shift: bool,
    /// When the next live shift with somebody begins.
    pub next_start_s: Option<Seconds>,
    /// When the first shift with somebody ends, live or for letters, that has not ended.
    pub next_end_s: Option<Seconds>,
    /// From here on it has to be worked out anew.
    pub until_s: Seconds,
}

impl Duty {
    /// Whether somebody who is present is on duty.
    #[must_use]
    pub fn counts(&self, person: PersonId) -> bool {
        self.without_shift || self.persons.as_ref().is_none_or(|persons| persons.contains(&person))
    }
}

impl Reading<'_> {
    /// What the roster says about this moment.
    #[must_use]
    pub fn duty(&self, now_s: Seconds) -> Duty {
        let without_shift = self.plan.rules.without_shift;
        let mut duty = Duty {
            persons: None,
            without_shift,
            next_start_s: None,
            next_end_s: None,
            until_s: now_s + STALE_S,
        };
        if self.plan.shifts.is_empty() {
            return duty;
        }
        let (today, _) = self.zone.wall(now_s);
        let mut persons = Vec::new();
        // Nothing before now matters; a shift begun yesterday reaches into today.
        for occurrence in self.occurrences(today, today.plus(HORIZON_DAYS)) {
            let (Some(person), false) = (occurrence.person, occurrence.end_s <= now_s) else { continue };
            let (start_s, end_s) = (occurrence.start_s, occurrence.end_s);
            duty.next_end_s = Some(duty.next_end_s.map_or(end_s, |known| known.min(end_s)));
            duty.until_s = duty.until_s.min(if start_s > now_s { start_s } else { end_s });
            if occurrence.kind == Kind::Live {
                if start_s > now_s {
                    duty.next_start_s = Some(duty.next_start_s.map_or(start_s, |known| known.min(start_s)));
                } else if !persons.contains(&person) {
                    persons.push(person);
                }
            }
        }
        persons.sort_unstable();
        duty.persons = Some(persons);
        duty
    }

    /// Until when a letter written now is answered: the team's rule, and not before the first shift
    /// from now on has ended. `duty` is that of now.
    #[must_use]
    pub fn promise(&self, now_s: Seconds, duty: &Duty) -> Option<Seconds> {
        let promise = self.plan.rules.promise?;
        let (today, _) = self.zone.wall(now_s);
        let works = |day: &Day| promise.weekdays.has(day.weekday()) && !is_free_for_letters(self, *day);
        let day = Day::range(today.plus(1), today.plus(PROMISE_DAYS_MAX))
            .filter(works)
            .nth(usize::from(promise.working_days.max(1)) - 1)?;
        let ruled_s = self.zone.moment(day, promise.by.into());
        Some(duty.next_end_s.map_or(ruled_s, |end_s| ruled_s.max(end_s)))
    }
}

/// Whether letters wait that day: a closing, or a holiday, open for live talks or not.
fn is_free_for_letters(reading: &Reading<'_>, day: Day) -> bool {
    let rules = &reading.plan.rules;
    is_free(rules, day) || super::holiday::on(rules.state, day).is_some()
}
