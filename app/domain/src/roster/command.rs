//! Changing a roster: one command after the other, each whole or refused.

use super::{
    occurrence::{Reading, bounds, is_absent, overlap},
    recurrence, swap, valid,
    zone::Zone,
};
use crate::clock::Seconds;
use beistand_protocol::{
    id::PersonId,
    limit::{
        ROSTER_ABSENCES_MAX, ROSTER_BATCH_MAX, ROSTER_EXCEPTIONS_MAX, ROSTER_SHIFTS_MAX,
        ROSTER_TEMPLATES_MAX, ROSTER_WISHES_MAX,
    },
    roster::{
        Absence, Assignment, Command, Day, Denied, Difference, Draft, End, Frequency, Kind, Level,
        Occurrence, OccurrenceId, Pattern, Plan, Rule, Shift, ShiftId, Span, Stage, Template, Touched, When,
        Wish,
    },
};

/// Shifts that the log of changes shows of one command.
const TOUCHED_MAX: usize = 8;
/// Days for which what took place is kept in the plan.
const PAST_DAYS: i32 = 400;
/// Days for which wishes and absences that are over, and swaps that have ended, are kept.
const OVER_DAYS: i32 = 30;
/// Days ahead in which nobody may have two shifts at once.
const OVERLAP_DAYS: i32 = 400;

/// Days ahead in which the next occurrence of a series is looked for: its longest pause and more.
const COMING_DAYS: i32 = 9 * 366;

/// Who asks, and when.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// Who.
    pub person: PersonId,
    /// May change everything.
    pub leads: bool,
    /// Members of the team.
    pub members: &'a [PersonId],
    /// When.
    pub now_s: Seconds,
}

/// A command while it is being carried out.
pub(super) struct Work<'a> {
    pub(super) plan: Plan,
    pub(super) zone: Zone,
    pub(super) context: &'a Context<'a>,
    pub(super) touched: Vec<Touched>,
    /// Who may have got something: nobody may have two shifts at once.
    pub(super) gets: Vec<PersonId>,
}

/// Carries a command out.
///
/// # Errors
/// [`Denied`] says why not; the plan stays as it was.
pub fn apply(plan: &Plan, command: &Command, context: &Context<'_>) -> Result<(Plan, Vec<Touched>), Denied> {
    let member = context.members.contains(&context.person);
    if !context.leads && !member {
        return Err(Denied::Forbidden);
    }
    let zone = Zone::of(&plan.rules.zone);
    let mut work = Work { plan: plan.clone(), zone, context, touched: Vec::new(), gets: Vec::new() };
    work.forget();
    work.run(command)?;
    work.check(plan)?;
    let Work { mut plan, mut touched, .. } = work;
    plan.version += 1;
    plan.shifts.sort_unstable_by_key(|shift| shift.id);
    touched.truncate(TOUCHED_MAX);
    Ok((plan, touched))
}

impl Work<'_> {
    fn run(&mut self, command: &Command) -> Result<(), Denied> {
        let me = self.context.person;
        // What everybody of the team may do.
        match command {
            Command::Take(id) => return self.take(*id, me),
            Command::FillGap { shift, span } => return self.fill_gap(*shift, *span, me),
            Command::SetWishes(wishes) => return self.set_wishes(wishes),
            Command::ReportAbsence(absence) => return self.report_absence(*absence),
            Command::WithdrawAbsence(absence) => return self.withdraw_absence(*absence),
            Command::OfferSwap { swap, what, asked, exchange } => {
                return swap::offer(self, *swap, *what, *asked, *exchange);
            }
            Command::AnswerSwap { swap, counter } => return swap::answer(self, *swap, *counter),
            Command::DecideSwap { swap, agree } => return swap::decide(self, *swap, *agree),
            Command::WithdrawSwap(swap) => return swap::withdraw(self, *swap),
            _ if !self.context.leads => return Err(Denied::Forbidden),
            _ => {}
        }
        match command {
            Command::SetRules(rules) => {
                valid::rules(rules)?;
                self.plan.rules = rules.clone();
                self.zone = Zone::of(&rules.zone);
                Ok(())
            }
            Command::AddShifts(shifts) => {
                if shifts.is_empty() || shifts.len() > ROSTER_BATCH_MAX {
                    return Err(Denied::TooMany);
                }
                shifts.iter().try_for_each(|shift| self.add(shift.clone()))
            }
            Command::ReplaceShift(shift) => self.replace(shift),
            Command::RemoveShift(id) => self.remove(*id),
            Command::ChangeFollowing { occurrence, shift } => self.change_following(*occurrence, shift),
            Command::Skip(id) => self.skip(*id),
            Command::Change { occurrence, span, person } => self.change(*occurrence, *span, *person),
            Command::EndSeries(id) => self.end_series(*id),
            Command::ApproveSwap { swap, approve } => swap::approve(self, *swap, *approve),
            Command::SaveTemplate { name, shifts } => self.save_template(name, shifts),
            Command::RemoveTemplate { name } => {
                let before = self.plan.templates.len();
                self.plan.templates.retain(|template| template.name != *name);
                if self.plan.templates.len() == before { Err(Denied::NotFound) } else { Ok(()) }
            }
            Command::Assign { first, assignments } => self.assign(*first, assignments),
            // A command of a later version.
            _ => Err(Denied::Malformed),
        }
    }

    pub(super) fn reading(&self) -> Reading<'_> {
        Reading { plan: &self.plan, zone: &self.zone, members: self.context.members }
    }

    fn today(&self) -> Day {
        self.zone.wall(self.context.now_s).0
    }

    fn touch(&mut self, kind: Kind, person: Option<PersonId>, span: Span) {
        self.touched.push(Touched { kind, person, span });
    }

    fn position(&self, id: ShiftId) -> Result<usize, Denied> {
        self.plan.shifts.iter().position(|shift| shift.id == id).ok_or(Denied::NotFound)
    }

    /// An occurrence that is not over yet.
    pub(super) fn coming(&self, id: OccurrenceId) -> Result<Occurrence, Denied> {
        let found = self.reading().find(id).ok_or(Denied::NotFound)?;
        if found.end_s <= self.context.now_s { Err(Denied::Past) } else { Ok(found) }
    }

    /// Whether somebody can have a shift then: a member who is there.
    pub(super) fn can(&self, person: PersonId, span: Span) -> Result<(), Denied> {
        let member = self.context.members.contains(&person);
        if member && !is_absent(&self.plan, person, span.day) { Ok(()) } else { Err(Denied::NotAvailable) }
    }

    fn add(&mut self, mut shift: Shift) -> Result<(), Denied> {
        self.check_shift(&shift)?;
        if self.plan.shifts.iter().any(|known| known.id == shift.id) {
            return Err(Denied::Moved);
        }
        shift.exceptions.sort_unstable_by_key(|(day, _)| *day);
        self.touch(shift.kind, shift.person, shift.span);
        self.gets.extend(shift.person);
        self.plan.shifts.push(shift);
        Ok(())
    }

    fn check_shift(&self, shift: &Shift) -> Result<(), Denied> {
        valid::span(shift.span)?;
        match &shift.rule {
            Some(rule) => {
                valid::rule(rule, shift.span.day)?;
                if let Some(person) = shift.person
                    && !self.context.members.contains(&person)
                {
                    return Err(Denied::NotAvailable);
                }
            }
            None => shift.person.map_or(Ok(()), |person| self.can(person, shift.span))?,
        }
        let mut days: Vec<Day> = shift.exceptions.iter().map(|(day, _)| *day).collect();
        days.sort_unstable();
        days.dedup();
        if days.len() != shift.exceptions.len() {
            return Err(Denied::Malformed);
        }
        for (day, difference) in &shift.exceptions {
            if recurrence::days(shift, *day, *day).is_empty() || shift.rule.is_none() {
                return Err(Denied::Malformed);
            }
            if let Difference::Other { span, .. } = difference {
                valid::span(*span)?;
            }
        }
        Ok(())
    }

    /// The shift from now on. Exceptions that its rule still knows stay.
    fn replace(&mut self, shift: &Shift) -> Result<(), Denied> {
        let at = self.position(shift.id)?;
        let known = &self.plan.shifts[at];
        if known.rule.is_none() {
            self.not_over(known)?;
        } else if self.has_begun(known) {
            // A series that has begun goes on as this one, and what was stays.
            let first = self.first_coming(known).ok_or(Denied::Past)?;
            let later = self.rest_of(shift, first)?;
            return self.split(first, &later);
        }
        let before = self.plan.shifts.remove(at);
        self.touch(before.kind, before.person, before.span);
        self.put_back(before.exceptions, shift)
    }

    fn change_following(&mut self, id: OccurrenceId, shift: &Shift) -> Result<(), Denied> {
        self.coming(id)?;
        if shift.id != id.shift {
            return Err(Denied::Malformed);
        }
        self.split(id.day, shift)
    }

    /// From a day of its rule on, a series is another one; it keeps the id, which swaps know it by.
    fn split(&mut self, first: Day, shift: &Shift) -> Result<(), Denied> {
        let at = self.position(shift.id)?;
        let mut before = self.plan.shifts.remove(at);
        self.touch(before.kind, before.person, before.span);
        let stays = |(day, difference): &(Day, Difference)| *day < first || self.has_been(*difference);
        let (earlier, later): (Vec<_>, Vec<_>) = before.exceptions.iter().copied().partition(stays);
        // What this very change is about says for itself when it is and whose.
        let later = later.into_iter().filter(|(day, _)| *day != first).collect();
        let began =
            !earlier.is_empty() || !recurrence::days(&before, before.span.day, first.plus(-1)).is_empty();
        before.exceptions = earlier;
        if let (Some(rule), true) = (&mut before.rule, began) {
            rule.end = End::Until(first.plus(-1));
            let mut id = u128::from_be_bytes(before.id.0);
            while self.plan.shifts.iter().any(|known| known.id.0 == id.to_be_bytes())
                || id.to_be_bytes() == shift.id.0
            {
                id = id.wrapping_add(1);
            }
            before.id = ShiftId(id.to_be_bytes());
            self.plan.shifts.push(before);
        }
        self.put_back(later, shift)
    }

    /// A shift as it goes on where a series had its first occurrence still to come. Weeks and months begin whole,
    /// so that what is pushed to another day takes place once in each.
    fn rest_of(&self, shift: &Shift, first: Day) -> Result<Shift, Denied> {
        let mut later = shift.clone();
        if later.span.day >= self.today() {
            return Ok(later);
        }
        later.span.day = match &mut later.rule {
            None => first,
            Some(rule) => {
                let from = match rule.frequency {
                    Frequency::Daily => first,
                    Frequency::Weekly(_) => first.monday(),
                    Frequency::MonthlyDay(_) | Frequency::MonthlyWeekday { .. } => {
                        first.plus(1 - first.date().2)
                    }
                };
                let from = from.max(self.today());
                let coming = recurrence::days(shift, from, from.plus(COMING_DAYS));
                let day = *coming.first().ok_or(Denied::Past)?;
                shorten(rule, recurrence::days(shift, shift.span.day, day.plus(-1)).len())?;
                day
            }
        };
        Ok(later)
    }

    /// Whether something of a series may be over.
    fn has_begun(&self, shift: &Shift) -> bool {
        shift.span.day < self.today()
            || shift.exceptions.iter().any(|(_, difference)| self.has_been(*difference))
    }

    /// Whether an occurrence that was moved is over.
    fn has_been(&self, difference: Difference) -> bool {
        match difference {
            Difference::Other { span, .. } => self.is_over(span),
            Difference::Skipped => false,
        }
    }

    fn is_over(&self, span: Span) -> bool {
        let end = u32::from(span.start) + u32::from(span.minutes);
        self.zone.moment(span.day, end) <= self.context.now_s
    }

    /// A single shift that has not ended.
    fn not_over(&self, shift: &Shift) -> Result<(), Denied> {
        if self.is_over(shift.span) { Err(Denied::Past) } else { Ok(()) }
    }

    /// Adds a shift with those of its former exceptions that its rule still knows.
    fn put_back(&mut self, exceptions: Vec<(Day, Difference)>, shift: &Shift) -> Result<(), Denied> {
        let mut after = Shift { exceptions: Vec::new(), ..shift.clone() };
        if after.rule.is_some() {
            let kept = |(day, _): &(Day, Difference)| !recurrence::days(&after, *day, *day).is_empty();
            after.exceptions = exceptions.into_iter().filter(kept).collect();
        }
        self.add(after)
    }

    /// The day of the first occurrence, by the rule, that is not over.
    fn first_coming(&self, shift: &Shift) -> Option<Day> {
        // One that began yesterday may last.
        let from = self.today().plus(-1);
        let over = |day: &Day| {
            self.reading()
                .find(OccurrenceId { shift: shift.id, day: *day })
                .is_none_or(|found| found.end_s <= self.context.now_s)
        };
        recurrence::days(shift, from, from.plus(COMING_DAYS)).into_iter().find(|day| !over(day))
    }

    /// A shift with what is still to come of it.
    fn remove(&mut self, id: ShiftId) -> Result<(), Denied> {
        let at = self.position(id)?;
        let known = &self.plan.shifts[at];
        if known.rule.is_none() {
            self.not_over(known)?;
        } else if self.has_begun(known) {
            let first = self.first_coming(known).ok_or(Denied::Past)?;
            return self.end_series(OccurrenceId { shift: id, day: first });
        }
        let gone = self.plan.shifts.remove(at);
        self.touch(gone.kind, gone.person, gone.span);
        Ok(())
    }

    /// Notes what is different about one occurrence.
    pub(super) fn except(&mut self, id: OccurrenceId, difference: Difference) -> Result<(), Denied> {
        let at = self.position(id.shift)?;
        let shift = &mut self.plan.shifts[at];
        if shift.rule.is_some() {
            match shift.exceptions.binary_search_by_key(&id.day, |(day, _)| *day) {
                Ok(known) => shift.exceptions[known].1 = difference,
                Err(place) => shift.exceptions.insert(place, (id.day, difference)),
            }
        } else if let Difference::Other { span, person } = difference {
            (shift.span, shift.person) = (span, person);
        } else {
            self.plan.shifts.remove(at);
        }
        Ok(())
    }

    fn skip(&mut self, id: OccurrenceId) -> Result<(), Denied> {
        let found = self.coming(id)?;
        self.touch(found.kind, found.person, found.span);
        self.except(id, Difference::Skipped)
    }

    fn change(&mut self, id: OccurrenceId, span: Span, person: Option<PersonId>) -> Result<(), Denied> {
        let found = self.coming(id)?;
        valid::span(span)?;
        person.map_or(Ok(()), |person| self.can(person, span))?;
        self.touch(found.kind, found.person, found.span);
        self.touch(found.kind, person, span);
        self.gets.extend(person);
        self.except(id, Difference::Other { span, person })
    }

    fn end_series(&mut self, id: OccurrenceId) -> Result<(), Denied> {
        let found = self.coming(id)?;
        let at = self.position(id.shift)?;
        self.touch(found.kind, found.person, found.span);
        let stays = |(day, difference): &&(Day, Difference)| *day < id.day || self.has_been(*difference);
        let earlier: Vec<_> = self.plan.shifts[at].exceptions.iter().filter(stays).copied().collect();
        let shift = &mut self.plan.shifts[at];
        let began = !recurrence::days(shift, shift.span.day, id.day.plus(-1)).is_empty();
        match &mut shift.rule {
            Some(rule) if began || !earlier.is_empty() => {
                rule.end = End::Until(id.day.plus(-1));
                shift.exceptions = earlier;
            }
            _ => drop(self.plan.shifts.remove(at)),
        }
        Ok(())
    }

    fn take(&mut self, id: OccurrenceId, person: PersonId) -> Result<(), Denied> {
        let found = self.coming(id)?;
        if found.person.is_some() {
            return Err(Denied::Moved);
        }
        self.can(person, found.span)?;
        self.touch(found.kind, Some(person), found.span);
        self.gets.push(person);
        self.except(id, Difference::Other { span: found.span, person: Some(person) })
    }

    fn fill_gap(&mut self, shift: ShiftId, span: Span, person: PersonId) -> Result<(), Denied> {
        valid::span(span)?;
        self.can(person, span)?;
        if !self.is_missing(span) {
            return Err(Denied::Moved);
        }
        self.add(Shift {
            id: shift,
            kind: Kind::Live,
            person: Some(person),
            span,
            rule: None,
            exceptions: Vec::new(),
        })
    }

    /// Whether somebody is missing throughout, and it is not over.
    fn is_missing(&self, span: Span) -> bool {
        let (begin, end) = bounds(span);
        let mut at = begin;
        for gap in self.reading().gaps(span.day, span.day.plus(1)) {
            let (from, to) =
                (super::occurrence::wall(gap.day, gap.from), super::occurrence::wall(gap.day, gap.to));
            if from <= at && to > at && gap.end_s > self.context.now_s {
                at = to;
            }
        }
        at >= end
    }

    fn set_wishes(&mut self, wishes: &[(When, Level)]) -> Result<(), Denied> {
        if wishes.len() > ROSTER_WISHES_MAX {
            return Err(Denied::TooMany);
        }
        wishes.iter().try_for_each(|(when, _)| valid::wish(*when))?;
        let person = self.context.person;
        if !self.context.members.contains(&person) {
            return Err(Denied::Forbidden);
        }
        self.plan.wishes.retain(|wish| wish.person != person);
        self.plan.wishes.extend(wishes.iter().map(|(when, level)| Wish {
            person,
            when: *when,
            level: *level,
        }));
        Ok(())
    }

    fn check_absence(&self, absence: Absence) -> Result<(), Denied> {
        if absence.person != self.context.person && !self.context.leads {
            return Err(Denied::Forbidden);
        }
        if !self.context.members.contains(&absence.person) {
            return Err(Denied::NotAvailable);
        }
        valid::days(absence.from, absence.to, 366)
    }

    fn report_absence(&mut self, absence: Absence) -> Result<(), Denied> {
        self.check_absence(absence)?;
        if absence.to < self.today() {
            return Err(Denied::Past);
        }
        let known = self.plan.absences.iter().filter(|known| known.person == absence.person);
        if known.clone().any(|known| *known == absence) {
            return Err(Denied::Moved);
        }
        if known.count() >= ROSTER_ABSENCES_MAX {
            return Err(Denied::TooMany);
        }
        let lost: Vec<Occurrence> = self
            .reading()
            .occurrences(absence.from, absence.to)
            .into_iter()
            .filter(|occurrence| occurrence.person == Some(absence.person))
            .filter(|occurrence| (absence.from..=absence.to).contains(&occurrence.span.day))
            .collect();
        for occurrence in &lost {
            self.touch(occurrence.kind, occurrence.person, occurrence.span);
        }
        self.plan.absences.push(absence);
        // What the person offered is looked for anyway; what it would have given is not there any more.
        for swap in &mut self.plan.swaps {
            let concerns = |id: OccurrenceId| lost.iter().any(|occurrence| occurrence.id == id);
            if swap::is_running(swap) && (concerns(swap.what) || swap.counter.is_some_and(concerns)) {
                swap.stage = Stage::Withdrawn;
            }
        }
        Ok(())
    }

    fn withdraw_absence(&mut self, absence: Absence) -> Result<(), Denied> {
        self.check_absence(absence)?;
        let at = self.plan.absences.iter().position(|known| *known == absence).ok_or(Denied::NotFound)?;
        self.plan.absences.remove(at);
        self.gets.push(absence.person);
        Ok(())
    }

    fn save_template(&mut self, name: &str, shifts: &[Pattern]) -> Result<(), Denied> {
        valid::line(name)?;
        if shifts.is_empty() || shifts.len() > ROSTER_BATCH_MAX {
            return Err(Denied::TooMany);
        }
        for pattern in shifts {
            let day = Day::MIN.monday().plus(7 + i32::from(pattern.weekday));
            valid::span(Span { day, start: pattern.start, minutes: pattern.minutes })?;
            if pattern.weekday > 6 {
                return Err(Denied::Malformed);
            }
        }
        self.plan.templates.retain(|template| template.name != name);
        if self.plan.templates.len() >= ROSTER_TEMPLATES_MAX {
            return Err(Denied::TooMany);
        }
        self.plan.templates.push(Template { name: name.to_owned(), shifts: shifts.to_vec() });
        self.plan.templates.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(())
    }

    fn assign(&mut self, first: ShiftId, assignments: &[Assignment]) -> Result<(), Denied> {
        if assignments.is_empty() || assignments.len() > ROSTER_BATCH_MAX {
            return Err(Denied::TooMany);
        }
        let mut next = u128::from_be_bytes(first.0);
        for Assignment { occurrence, draft } in assignments {
            let Draft { kind, person, span } = *draft;
            let person = person.ok_or(Denied::Malformed)?;
            match occurrence {
                Some(id) if self.coming(*id)?.span == span => self.take(*id, person)?,
                Some(_) => return Err(Denied::Moved),
                None => {
                    let id = ShiftId(next.to_be_bytes());
                    next = next.wrapping_add(1);
                    self.add(Shift {
                        id,
                        kind,
                        person: Some(person),
                        span,
                        rule: None,
                        exceptions: Vec::new(),
                    })?;
                }
            }
        }
        Ok(())
    }

    /// What is long over is not kept.
    fn forget(&mut self) {
        let (past, over) = (self.today().plus(-PAST_DAYS), self.today().plus(-OVER_DAYS));
        self.plan.shifts.retain(|shift| match shift.rule.map(|rule| rule.end) {
            None => shift.span.day >= past,
            Some(End::Until(day)) => day >= past,
            Some(_) => true,
        });
        self.plan.shifts.retain_mut(|shift| begin_later(shift, past));
        self.plan.absences.retain(|absence| absence.to >= over);
        self.plan.wishes.retain(|wish| match wish.when {
            When::Weekly { .. } => true,
            When::Days { to, .. } => to >= over,
        });
        let zone = &self.zone;
        self.plan.swaps.retain(|swap| zone.wall(swap.made_s).0 >= over && swap.what.day >= over);
    }

    /// What must hold whatever was done.
    fn check(&self, before: &Plan) -> Result<(), Denied> {
        let exceptions: usize = self.plan.shifts.iter().map(|shift| shift.exceptions.len()).sum();
        if self.plan.shifts.len() > ROSTER_SHIFTS_MAX || exceptions > ROSTER_EXCEPTIONS_MAX {
            return Err(Denied::TooMany);
        }
        if self.gets.is_empty() {
            return Ok(());
        }
        // What was so before (closed days that were opened …) keeps nobody from planning on.
        let zone = Zone::of(&before.rules.zone);
        let before = Reading { plan: before, zone: &zone, members: self.context.members };
        let (from, to) = (self.today().plus(-1), self.today().plus(OVERLAP_DAYS));
        let (former, now) = (before.occurrences(from, to), self.reading().occurrences(from, to));
        let mut gets = self.gets.clone();
        gets.sort_unstable();
        gets.dedup();
        let doubled = |person: PersonId| doubles(&now, person) > doubles(&former, person);
        if gets.into_iter().any(doubled) { Err(Denied::Overlap) } else { Ok(()) }
    }
}

/// A series that began long ago begins later, with what belongs to it from then on: an exception that went alone would
/// bring back what it left out. Whether anything is left of it.
fn begin_later(shift: &mut Shift, from: Day) -> bool {
    if shift.rule.is_none() || shift.span.day >= from {
        return true;
    }
    let Some(first) = recurrence::days(shift, from, from.plus(COMING_DAYS)).first().copied() else {
        return false;
    };
    let passed = recurrence::days(shift, shift.span.day, first.plus(-1)).len();
    if let Some(rule) = &mut shift.rule
        && shorten(rule, passed).is_err()
    {
        return false;
    }
    shift.span.day = first;
    shift.exceptions.retain(|(day, _)| *day >= first);
    true
}

/// Of a rule that counts, so many have been.
fn shorten(rule: &mut Rule, passed: usize) -> Result<(), Denied> {
    if let End::Count(count) = &mut rule.end {
        let passed = u16::try_from(passed).map_err(|_| Denied::Past)?;
        *count = count.checked_sub(passed).filter(|count| *count > 0).ok_or(Denied::Past)?;
    }
    Ok(())
}

/// How often somebody has two shifts at once.
fn doubles(occurrences: &[Occurrence], person: PersonId) -> usize {
    let mut spans: Vec<Span> = occurrences
        .iter()
        .filter(|occurrence| occurrence.person == Some(person))
        .map(|occurrence| occurrence.span)
        .collect();
    spans.sort_unstable();
    // None is longer than a day, so that few follow within it.
    let later = |(at, span): (usize, &Span)| {
        let (_, end) = bounds(*span);
        let after = spans[at + 1..].iter().take_while(|other| bounds(**other).0 < end);
        after.filter(|other| overlap(*span, **other)).count()
    };
    spans.iter().enumerate().map(later).sum()
}
