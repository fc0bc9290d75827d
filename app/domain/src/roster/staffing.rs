//! How many are wanted when, and where somebody is missing.

use super::{
    holiday,
    occurrence::{Reading, bounds, is_closed, wall},
};
use beistand_protocol::roster::{Day, Gap, Kind, MINUTES_OF_DAY, Occurrence, OpenHours, Rules};

/// Whether the rules want nobody that day: a closing, or a holiday on which they don't hold.
#[must_use]
pub fn is_free(rules: &Rules, day: Day) -> bool {
    is_closed(rules, day) || (!rules.open_on_holidays && holiday::on(rules.state, day).is_some())
}

/// How many are wanted at a minute of a day.
fn wanted(rules: &Rules, weekday: u8, minute: u16) -> u8 {
    let then = rules
        .staffing
        .iter()
        .filter(|staffing| staffing.days.has(weekday) && (staffing.from..staffing.to).contains(&minute));
    then.map(|staffing| staffing.persons).max().unwrap_or(0)
}

/// Cuts a day where something begins or ends, and joins neighbours that are alike and not `None`.
fn pieces<T: PartialEq>(
    cuts: impl Iterator<Item = u16>,
    of: impl Fn(u16) -> Option<T>,
) -> Vec<(u16, u16, T)> {
    let mut cuts: Vec<u16> = cuts.chain([0, MINUTES_OF_DAY]).filter(|cut| *cut <= MINUTES_OF_DAY).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut all: Vec<(u16, u16, T)> = Vec::new();
    for pair in cuts.windows(2) {
        let Some(value) = of(pair[0]) else { continue };
        match all.last_mut() {
            Some((_, to, same)) if *to == pair[0] && *same == value => *to = pair[1],
            _ => all.push((pair[0], pair[1], value)),
        }
    }
    all
}

fn changes(rules: &Rules) -> impl Iterator<Item = u16> + '_ {
    rules.staffing.iter().flat_map(|staffing| [staffing.from, staffing.to])
}

/// When the live chat is open on a day, by the rules.
#[must_use]
pub fn open_hours(rules: &Rules, day: Day) -> Vec<OpenHours> {
    if is_free(rules, day) {
        return Vec::new();
    }
    let open = pieces(changes(rules), |minute| (wanted(rules, day.weekday(), minute) > 0).then_some(()));
    open.into_iter().map(|(from, to, ())| OpenHours { day, from, to }).collect()
}

impl Reading<'_> {
    /// Where somebody is missing on these days.
    #[must_use]
    pub fn gaps(&self, from: Day, to: Day) -> Vec<Gap> {
        self.gaps_beside(&self.occurrences(from, to), from, to)
    }

    /// The same, with other occurrences than the plan's.
    pub(super) fn gaps_beside(&self, occurrences: &[Occurrence], from: Day, to: Day) -> Vec<Gap> {
        let rules = &self.plan.rules;
        let live: Vec<(i64, i64)> = occurrences
            .iter()
            .filter(|occurrence| occurrence.kind == Kind::Live && occurrence.person.is_some())
            .map(|occurrence| bounds(occurrence.span))
            .collect();
        let mut gaps = Vec::new();
        for day in Day::range(from, to).filter(|day| !is_free(rules, *day)) {
            let midnight = wall(day, 0);
            let today: Vec<(i64, i64)> = live
                .iter()
                .copied()
                .filter(|(begin, end)| *begin < wall(day.plus(1), 0) && *end > midnight)
                .collect();
            let within = |minute: i64| u16::try_from(minute - midnight).ok();
            let ends = today.iter().flat_map(|(begin, end)| [within(*begin), within(*end)]).flatten();
            let missing = pieces(changes(rules).chain(ends), |minute| {
                let at = wall(day, minute);
                let there = today.iter().filter(|(begin, end)| (*begin..*end).contains(&at)).count();
                let wanted = usize::from(wanted(rules, day.weekday(), minute));
                u8::try_from(wanted.saturating_sub(there)).ok().filter(|missing| *missing > 0)
            });
            for (from, to, missing) in missing {
                let start_s = self.zone.moment(day, from.into());
                let end_s = self.zone.moment(day, to.into());
                if start_s < end_s {
                    gaps.push(Gap { day, from, to, start_s, end_s, missing });
                }
            }
        }
        gaps
    }
}
