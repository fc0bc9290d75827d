//! Sums of figures over months. They add what is told and nothing else: where categories are counted together in one
//! month, they stay together.

use super::{Cell, Figures, Group, Measure, Statistics, Unit, WAIT_STEPS_S};
use crate::id::TeamId;
use std::collections::BTreeMap;

/// What is looked at: months one after the other, of all teams or of one. What is counted together with other teams is
/// left out of one's figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// First month.
    pub from: u32,
    /// Last month.
    pub to: u32,
    /// Which team; `None`: all.
    pub team: Option<TeamId>,
}

/// Counts by category, and what can't be told apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// Each by itself.
    pub each: BTreeMap<u16, u64>,
    /// What was counted together.
    pub together: u64,
}

impl Statistics {
    /// The figures of a month and measure.
    fn of(&self, month: u32, measure: Measure) -> Option<&Figures> {
        self.figures.iter().find(|figures| (figures.month, figures.measure) == (month, measure))
    }

    /// The groups of a part in a month.
    fn groups(&self, part: Part, month: u32, measure: Measure) -> impl Iterator<Item = &Group> {
        let groups = self.of(month, measure).map(|figures| &figures.groups[..]).unwrap_or_default();
        let is_of = move |unit: &Unit| part.team.is_none_or(|team| unit.team == team);
        groups.iter().filter(move |group| group.units.iter().all(is_of))
    }

    fn cells(&self, part: Part, measure: Measure) -> impl Iterator<Item = &Cell> {
        let months = part.from..=part.to;
        months.flat_map(move |month| self.groups(part, month, measure)).flat_map(|group| &group.cells)
    }

    /// How many in a month; `None`: fewer than are told.
    #[must_use]
    pub fn total(&self, part: Part, month: u32, measure: Measure) -> Option<u64> {
        let hidden = self.of(month, measure).is_some_and(|figures| figures.groups.is_empty());
        (!hidden).then(|| self.groups(part, month, measure).map(Group::total).sum())
    }

    /// Totals of each group of units that is told together somewhere in the part, by month.
    #[must_use]
    pub fn totals(&self, part: Part, measure: Measure) -> BTreeMap<Vec<Unit>, BTreeMap<u32, u64>> {
        let mut totals: BTreeMap<Vec<Unit>, BTreeMap<u32, u64>> = BTreeMap::new();
        for month in part.from..=part.to {
            for group in self.groups(part, month, measure) {
                totals.entry(group.units.clone()).or_default().insert(month, group.total());
            }
        }
        totals
    }

    /// Counts by category of categories that have no order.
    #[must_use]
    pub fn sums(&self, part: Part, measure: Measure) -> Sums {
        let mut sums = Sums::default();
        for cell in self.cells(part, measure) {
            match cell.categories[..] {
                [category] => *sums.each.entry(category).or_default() += cell.count,
                _ => sums.together += cell.count,
            }
        }
        sums
    }

    /// Counts by category of `count` categories that follow each other: first, last, how many. What is told together
    /// in one month is together in the sum.
    #[must_use]
    pub fn spans(&self, part: Part, measure: Measure, count: u16) -> Vec<(u16, u16, u64)> {
        let ends = |cell: &Cell| {
            let first = cell.categories.iter().min().copied().unwrap_or_default();
            (first, cell.categories.iter().max().copied().unwrap_or_default())
        };
        let mut spans: Vec<(u16, u16, u64)> = Vec::new();
        for category in 0..count {
            let joined = self.cells(part, measure).map(ends).any(|(a, b)| a < category && category <= b);
            match spans.last_mut() {
                Some((_, last, _)) if joined => *last = category,
                _ => spans.push((category, category, 0)),
            }
        }
        for cell in self.cells(part, measure) {
            let (first, _) = ends(cell);
            if let Some((_, _, sum)) = spans.iter_mut().find(|(a, b, _)| (*a..=*b).contains(&first)) {
                *sum += cell.count;
            }
        }
        spans
    }

    /// Up to how many seconds those waited in a month who are the given percent of all: the end of their step.
    /// `None`: nobody, or too few; `Some(None)`: longer than the longest step.
    #[must_use]
    pub fn waited_s(&self, part: Part, month: u32, measure: Measure, percent: u64) -> Option<Option<u64>> {
        let mut steps: BTreeMap<u16, u64> = BTreeMap::new();
        for cell in self.groups(part, month, measure).flat_map(|group| &group.cells) {
            *steps.entry(cell.categories.iter().max().copied()?).or_default() += cell.count;
        }
        let total: u64 = steps.values().sum();
        let wanted = (total * percent).div_ceil(100);
        let mut sum = 0;
        let step = steps.into_iter().find_map(|(step, count)| {
            sum += count;
            (sum >= wanted && total > 0).then_some(step)
        });
        step.map(|step| WAIT_STEPS_S.get(usize::from(step)).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: TeamId = TeamId([1; 16]);
    const TWO: TeamId = TeamId([2; 16]);

    fn group(teams: &[TeamId], cells: &[(&[u16], u64)]) -> Group {
        let cells =
            cells.iter().map(|(categories, count)| Cell { categories: categories.to_vec(), count: *count });
        let units = teams.iter().map(|team| Unit { team: *team, site: None });
        Group { units: units.collect(), cells: cells.collect() }
    }

    fn of(figures: Vec<Figures>) -> Statistics {
        Statistics { month: 9, topics: vec![], names: vec![], figures }
    }

    fn part(team: Option<TeamId>) -> Part {
        Part { from: 7, to: 9, team }
    }

    #[test]
    fn what_is_together_in_one_month_stays_together() {
        let hours = |month, groups| Figures { month, measure: Measure::Hours, groups };
        let all = of(vec![
            hours(7, vec![group(&[ONE], &[(&[0, 1], 6), (&[2], 8)])]),
            hours(8, vec![group(&[ONE, TWO], &[(&[0], 5), (&[1], 7), (&[3], 9)])]),
            hours(9, vec![]),
        ]);
        let spans = |team| all.spans(part(team), Measure::Hours, 4);
        assert_eq!(spans(None), [(0, 1, 18), (2, 2, 8), (3, 3, 9)]);
        assert_eq!(spans(Some(ONE)), [(0, 1, 6), (2, 2, 8), (3, 3, 0)]);
        let total = |team, month| all.total(part(team), month, Measure::Hours);
        assert_eq!([7, 8, 9, 10].map(|month| total(None, month)), [Some(14), Some(21), None, Some(0)]);
        assert_eq!(total(Some(TWO), 8), Some(0));
        let sums = all.sums(part(None), Measure::Hours);
        assert_eq!((sums.each, sums.together), (BTreeMap::from([(0, 5), (1, 7), (2, 8), (3, 9)]), 6));
        assert_eq!(all.totals(part(None), Measure::Hours).len(), 2);
    }

    #[test]
    fn waiting_is_told_by_the_end_of_its_step() {
        let cells: &[(&[u16], u64)] = &[(&[0], 5), (&[1, 2], 10), (&[13], 5)];
        let all =
            of(vec![Figures { month: 7, measure: Measure::WaitLive, groups: vec![group(&[ONE], cells)] }]);
        let waited = |month, percent| all.waited_s(part(None), month, Measure::WaitLive, percent);
        assert_eq!(
            [25, 50, 75, 90].map(|percent| waited(7, percent)),
            [Some(Some(60)), Some(Some(300)), Some(Some(300)), Some(None)]
        );
        assert_eq!(waited(8, 50), None);
    }
}
