//! What takes place: the occurrences of all shifts, with their exceptions.

use super::{recurrence, zone::Zone};
use beistand_protocol::{
    id::PersonId,
    roster::{Day, Difference, MINUTES_OF_DAY, Occurrence, OccurrenceId, Plan, Rules, Shift, Span},
};

/// Minutes of the wall since 1970, for comparing.
pub(super) fn wall(day: Day, minute: u16) -> i64 {
    i64::from(day.0) * i64::from(MINUTES_OF_DAY) + i64::from(minute)
}

/// Begin and end of a span in minutes of the wall.
pub(super) fn bounds(span: Span) -> (i64, i64) {
    let begin = wall(span.day, span.start);
    (begin, begin + i64::from(span.minutes))
}

/// Whether two spans share a minute.
#[must_use]
pub fn overlap(one: Span, other: Span) -> bool {
    let ((a, b), (c, d)) = (bounds(one), bounds(other));
    a < d && c < b
}

/// Whether the offer is closed on a day.
#[must_use]
pub fn is_closed(rules: &Rules, day: Day) -> bool {
    rules.closings.iter().any(|closing| (closing.from..=closing.to).contains(&day))
}

/// Whether somebody is absent on a day.
#[must_use]
pub fn is_absent(plan: &Plan, person: PersonId, day: Day) -> bool {
    let then = |absence: &&beistand_protocol::roster::Absence| {
        absence.person == person && (absence.from..=absence.to).contains(&day)
    };
    plan.absences.iter().any(|absence| then(&absence))
}

/// A plan with what is needed to read it.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its zone.
    pub zone: &'a Zone,
    /// Members of the team: nobody else has a shift, whatever the plan says.
    pub members: &'a [PersonId],
}

impl Reading<'_> {
    /// Everything that takes place in these days or reaches into them, by begin. On closing days nothing
    /// begins; who is absent or no longer in the team has nothing.
    #[must_use]
    pub fn occurrences(&self, from: Day, to: Day) -> Vec<Occurrence> {
        let mut all = Vec::new();
        for shift in &self.plan.shifts {
            self.of_shift(shift, from, to, &mut all);
        }
        all.sort_unstable_by_key(|occurrence| (occurrence.start_s, occurrence.end_s, occurrence.id));
        all
    }

    fn of_shift(&self, shift: &Shift, from: Day, to: Day, all: &mut Vec<Occurrence>) {
        // What began the day before may reach into the first day.
        let reaches = |span: Span| {
            let (begin, end) = bounds(span);
            begin < wall(to.plus(1), 0) && end > wall(from, 0)
        };
        for day in recurrence::days(shift, from.plus(-1), to) {
            let plain = shift.exceptions.binary_search_by_key(&day, |(day, _)| *day).is_err();
            let span = Span { day, ..shift.span };
            if plain && reaches(span) {
                all.extend(self.occurrence(shift, day, span, shift.person));
            }
        }
        for (day, difference) in &shift.exceptions {
            if let Difference::Other { span, person } = difference
                && reaches(*span)
            {
                all.extend(self.occurrence(shift, *day, *span, *person));
            }
        }
    }

    fn occurrence(
        &self,
        shift: &Shift,
        day: Day,
        span: Span,
        person: Option<PersonId>,
    ) -> Option<Occurrence> {
        if is_closed(&self.plan.rules, span.day) {
            return None;
        }
        let there =
            |person: &PersonId| self.members.contains(person) && !is_absent(self.plan, *person, span.day);
        let start_s = self.zone.moment(span.day, span.start.into());
        let end_s = self.zone.moment(span.day, u32::from(span.start) + u32::from(span.minutes));
        // Inside the hour that is left out there is no time to be there.
        (start_s < end_s).then(|| Occurrence {
            id: OccurrenceId { shift: shift.id, day },
            kind: shift.kind,
            person: person.filter(there),
            span,
            start_s,
            end_s,
            repeats: shift.rule.is_some(),
        })
    }

    /// One occurrence, if it takes place.
    #[must_use]
    pub fn find(&self, id: OccurrenceId) -> Option<Occurrence> {
        let shift = self.plan.shifts.iter().find(|shift| shift.id == id.shift)?;
        let (span, person) = match shift.exceptions.iter().find(|(day, _)| *day == id.day) {
            Some((_, Difference::Skipped)) => return None,
            Some((_, Difference::Other { span, person })) => (*span, *person),
            None if recurrence::days(shift, id.day, id.day).is_empty() => return None,
            None => (Span { day: id.day, ..shift.span }, shift.person),
        };
        self.occurrence(shift, id.day, span, person)
    }
}
