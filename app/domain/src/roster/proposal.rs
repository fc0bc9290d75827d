//! Who could fill the gaps: a proposal that is the same for the same plan, and says why.
//!
//! First the shifts that nobody has, then the gaps, each by begin. Each goes to whoever is free then and has
//! the least duty in the time looked at; "preferably" counts like [`PREFERENCE_MINUTES`] less. Nobody gets
//! what they can't, nor two shifts at once. Equal: "preferably" before "can" before no word, then by id.

use super::occurrence::{Reading, bounds, is_absent, overlap, wall};
use crate::clock::Seconds;
use beistand_protocol::{
    id::PersonId,
    roster::{Assignment, Day, Draft, Kind, Level, Occurrence, OccurrenceId, Proposed, Span, When},
};

/// What the wish for a shift weighs.
pub const PREFERENCE_MINUTES: u32 = 4 * 60;
/// Longest shift that a proposal makes of a gap.
const SHIFT_MINUTES_MAX: u16 = 5 * 60;

impl Reading<'_> {
    /// How somebody feels about a span; `None`: no word.
    #[must_use]
    pub fn wish(&self, person: PersonId, span: Span) -> Option<Level> {
        let (begin, end) = bounds(span);
        let mut found = None;
        for wish in self.plan.wishes.iter().filter(|wish| wish.person == person) {
            let (touched, covered) = match wish.when {
                When::Days { from, to } => {
                    let (from, to) = (wall(from, 0), wall(to.plus(1), 0));
                    (begin < to && from < end, from <= begin && end <= to)
                }
                // Each day by itself: a shift past midnight is covered by no weekly wish.
                When::Weekly { days, from, to } => {
                    let on = |day: Day| {
                        let (from, to) = (wall(day, from), wall(day, to));
                        days.has(day.weekday()) && begin < to && from < end
                    };
                    let inside = days.has(span.day.weekday())
                        && wall(span.day, from) <= begin
                        && end <= wall(span.day, to);
                    (on(span.day) || on(span.day.plus(1)), inside)
                }
            };
            let level = match wish.level {
                Level::Cannot if touched => Level::Cannot,
                Level::Cannot => continue,
                level if covered => level,
                _ => continue,
            };
            found = Some(match found {
                Some(Level::Cannot) => Level::Cannot,
                _ if level == Level::Cannot => Level::Cannot,
                Some(Level::Preferably) => Level::Preferably,
                _ => level,
            });
        }
        found
    }

    /// Whether somebody could have a shift then: a member who is there, can, and has nothing else of these.
    #[must_use]
    pub fn is_available(&self, person: PersonId, span: Span, occurrences: &[Occurrence]) -> bool {
        let busy = |other: &Occurrence| other.person == Some(person) && overlap(other.span, span);
        self.members.contains(&person)
            && !is_absent(self.plan, person, span.day)
            && self.wish(person, span) != Some(Level::Cannot)
            && !occurrences.iter().any(busy)
    }

    /// Shifts without anybody that somebody could take who is called for them.
    #[must_use]
    pub fn calls(&self, person: PersonId, from: Day, to: Day, now_s: Seconds) -> Vec<Occurrence> {
        let all = self.occurrences(from.plus(-1), to.plus(1));
        let open = |one: &&Occurrence| {
            one.person.is_none() && one.end_s > now_s && (from..=to).contains(&one.span.day)
        };
        let mine = |one: &&Occurrence| self.is_available(person, one.span, &all);
        all.iter().filter(open).filter(mine).copied().collect()
    }

    /// Proposes who fills what is open from now on in these days. What nobody can is in it without anybody.
    #[must_use]
    pub fn propose(&self, from: Day, to: Day, now_s: Seconds) -> Vec<Proposed> {
        // With the days around, so that nobody has two shifts at midnight.
        let mut all = self.occurrences(from.plus(-1), to.plus(1));
        let mut list = Vec::new();
        let open: Vec<usize> = (0..all.len())
            .filter(|at| all[*at].person.is_none() && all[*at].start_s > now_s)
            .filter(|at| (from..=to).contains(&all[*at].span.day))
            .collect();
        for at in open {
            let Occurrence { id, kind, span, .. } = all[at];
            let choice = self.choose(&all, span, from, to);
            all[at].person = choice.map(|(person, _)| person);
            list.push(proposed(choice, Some(id), kind, span));
        }
        for gap in self.gaps_beside(&all, from, to).into_iter().filter(|gap| gap.start_s > now_s) {
            let minutes = gap.to - gap.from;
            let count = minutes.div_ceil(SHIFT_MINUTES_MAX);
            for part in 0..count {
                let cut = |part: u16| {
                    u16::try_from(u32::from(minutes) * u32::from(part) / u32::from(count)).unwrap_or(minutes)
                };
                let (start, end) = (gap.from + cut(part), gap.from + cut(part + 1));
                let span = Span { day: gap.day, start, minutes: end - start };
                for _ in 0..gap.missing {
                    let choice = self.choose(&all, span, from, to);
                    if let Some((person, _)) = choice {
                        all.push(self.imagined(person, span));
                    }
                    list.push(proposed(choice, None, Kind::Live, span));
                }
            }
        }
        list.sort_by_key(|one| one.assignment.draft.span);
        list
    }

    fn imagined(&self, person: PersonId, span: Span) -> Occurrence {
        let id = OccurrenceId { shift: beistand_protocol::roster::ShiftId([0; 16]), day: span.day };
        let start_s = self.zone.moment(span.day, span.start.into());
        let end_s = self.zone.moment(span.day, u32::from(span.start) + u32::from(span.minutes));
        Occurrence { id, kind: Kind::Live, person: Some(person), span, start_s, end_s, repeats: false }
    }

    /// Who it goes to, and why.
    fn choose(&self, all: &[Occurrence], span: Span, from: Day, to: Day) -> Choice {
        let minutes = |person: PersonId| -> u32 {
            let counted =
                |one: &&Occurrence| one.person == Some(person) && (from..=to).contains(&one.span.day);
            all.iter().filter(counted).map(|one| u32::from(one.span.minutes)).sum()
        };
        let free: Vec<PersonId> =
            self.members.iter().copied().filter(|person| self.is_available(*person, span, all)).collect();
        let weighed = |person: &PersonId| {
            let wish = self.wish(*person, span);
            let preferred = wish == Some(Level::Preferably);
            let bonus = if preferred { i64::from(PREFERENCE_MINUTES) } else { 0 };
            (i64::from(minutes(*person)) - bonus, wish.map_or(3, |level| level as u8), *person)
        };
        let best = free.iter().min_by_key(|person| weighed(person)).copied()?;
        let preferred = self.wish(best, span) == Some(Level::Preferably);
        let candidates = u8::try_from(free.len()).unwrap_or(u8::MAX);
        Some((best, Reason { preferred, minutes_before: minutes(best), candidates }))
    }
}

/// Why somebody was chosen.
#[derive(Clone, Copy, Default)]
struct Reason {
    preferred: bool,
    minutes_before: u32,
    candidates: u8,
}

type Choice = Option<(PersonId, Reason)>;

fn proposed(choice: Choice, occurrence: Option<OccurrenceId>, kind: Kind, span: Span) -> Proposed {
    let person = choice.map(|(person, _)| person);
    let reason = choice.map(|(_, reason)| reason).unwrap_or_default();
    let Reason { preferred, minutes_before, candidates } = reason;
    let draft = Draft { kind, person, span };
    Proposed { assignment: Assignment { occurrence, draft }, preferred, minutes_before, candidates }
}
