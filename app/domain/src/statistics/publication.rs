//! What is told of the counts: months that are over, each by itself, by rules that see nothing but that month's counts.
//!
//! A month that is over is counted no more. So its figures are the same whenever they are asked for and whatever else is
//! asked for, and each longer time is a sum of them: two answers that are subtracted from each other give nothing that
//! was not told. That is why there are no figures of the month that still runs, and why a year is no table of its own.

use super::{AT_ANSWER, AT_PROMISE, AT_WAIT, AT_WEEKDAY, HOURS, STEPS, Tally, TallyKey, disclosure};
use crate::{
    clock::{DAY_S, Seconds},
    record::ClosingKey,
};
use beistand_protocol::{
    closing::{ClosingReason, Topics},
    id::TeamId,
    limit::STATISTICS_MONTHS_MAX,
    roster::Day,
    statistics::{BLOCKS_OF_DAY, Cell, Figures, Group, Measure, Unit},
};
use std::collections::{BTreeMap, BTreeSet};

/// The last places on earth reach a new month so many seconds after UTC.
const LAST_ZONE_S: Seconds = 12 * 60 * 60;

/// The newest month that is over everywhere: twelve times the year, and months since January.
#[must_use]
pub fn newest_month(now_s: Seconds) -> u32 {
    let day = now_s.saturating_sub(LAST_ZONE_S) / DAY_S;
    let (year, month, _) = Day(i32::try_from(day).unwrap_or_default()).date();
    u32::try_from(year * 12 + month - 2).unwrap_or_default()
}

/// The names of topics in the figures, of all teams, in the order of the alphabet: a topic that is added changes no
/// other's place among them.
#[must_use]
pub fn topic_names(topics: &BTreeMap<TeamId, Topics>) -> Vec<String> {
    let names: BTreeSet<&String> =
        topics.values().flat_map(|topics| topics.topics.iter().map(|topic| &topic.name)).collect();
    names.into_iter().cloned().collect()
}

/// Counts by unit and category.
type Table = BTreeMap<Unit, BTreeMap<u16, u64>>;

/// Figures of all months that are over, as far back as they are told.
#[must_use]
pub fn figures(
    tallies: &[(TallyKey, Tally)],
    closings: &[(ClosingKey, u64)],
    topics: &BTreeMap<TeamId, Topics>,
    now_s: Seconds,
) -> Vec<Figures> {
    let newest = newest_month(now_s);
    let oldest = (newest + 1).saturating_sub(STATISTICS_MONTHS_MAX);
    let mut tables: BTreeMap<(u32, Measure), Table> = BTreeMap::new();
    let names = topic_names(topics);
    let mut add = |month, measure, unit, category: usize, count: u64| {
        if !(oldest..=newest).contains(&month) {
            return;
        }
        let (Ok(category), table) = (u16::try_from(category), tables.entry((month, measure)).or_default())
        else {
            return;
        };
        let cell = table.entry(unit).or_default().entry(category).or_default();
        *cell = cell.saturating_add(count);
    };
    for (TallyKey { month, team, site }, tally) in tallies {
        let unit = Unit { team: *team, site: Some(*site) };
        for (at, count) in tally.counts().iter().enumerate() {
            let (measure, category) = of_place(at);
            add(*month, measure, unit, category, *count);
        }
    }
    for (ClosingKey { team, month, topic, reason }, count) in closings {
        let unit = Unit { team: *team, site: None };
        let own = topics.get(team).map(|topics| &topics.topics[..]).unwrap_or_default();
        let place = |name: &String| names.binary_search(name).ok().map(|place| place + 1);
        // A topic that was never chosen counts as well: that it is left out would say so.
        for topic in own {
            add(*month, Measure::Topic, unit, place(&topic.name).unwrap_or_default(), 0);
        }
        add(*month, Measure::Topic, unit, 0, 0);
        let named = own.iter().find(|known| Some(known.number) == *topic);
        add(
            *month,
            Measure::Topic,
            unit,
            named.and_then(|topic| place(&topic.name)).unwrap_or_default(),
            *count,
        );
        for other in 0..REASONS {
            add(*month, Measure::Reason, unit, other, 0);
        }
        add(*month, Measure::Reason, unit, of_reason(*reason), *count);
    }
    let told = tables.into_iter().map(|((month, measure), table)| {
        let in_order =
            !matches!(measure, Measure::Weekdays | Measure::Promise | Measure::Topic | Measure::Reason);
        let groups = groups(&table, in_order).unwrap_or_default();
        let any = table.values().flat_map(BTreeMap::values).any(|count| *count > 0);
        any.then_some(Figures { month, measure, groups })
    });
    told.flatten().collect()
}

/// What a count of a tally is told by.
fn of_place(at: usize) -> (Measure, usize) {
    let by_channel = |live, letter, place: usize| {
        if place < STEPS { (live, place) } else { (letter, place - STEPS) }
    };
    match at {
        0..AT_WEEKDAY => (Measure::Hours, at / (HOURS / usize::from(BLOCKS_OF_DAY))),
        AT_WEEKDAY..AT_WAIT => (Measure::Weekdays, at - AT_WEEKDAY),
        AT_WAIT..AT_ANSWER => by_channel(Measure::WaitLive, Measure::WaitLetter, at - AT_WAIT),
        AT_ANSWER..AT_PROMISE => by_channel(Measure::AnswerLive, Measure::AnswerLetter, at - AT_ANSWER),
        _ => (Measure::Promise, at - AT_PROMISE),
    }
}

const REASONS: usize = 6;

const fn of_reason(reason: ClosingReason) -> usize {
    match reason {
        ClosingReason::Answered => 0,
        ClosingReason::SentOn => 1,
        ClosingReason::NoAnswer => 2,
        ClosingReason::NoRequest => 3,
        ClosingReason::Other => 4,
        ClosingReason::Blocked => 5,
    }
}

/// The units of a table, those that are too small together, and the categories of each group likewise. `None`: there
/// are fewer than five in all.
fn groups(table: &Table, in_order: bool) -> Option<Vec<Group>> {
    let units: Vec<(&Unit, &BTreeMap<u16, u64>)> = table.iter().collect();
    let totals: Vec<u64> = units.iter().map(|(_, cells)| cells.values().sum()).collect();
    let told = disclosure::apart(&totals)?.into_iter().filter_map(|part| {
        let mut sums: BTreeMap<u16, u64> = BTreeMap::new();
        for (category, count) in part.at.iter().flat_map(|at| units[*at].1) {
            let sum = sums.entry(*category).or_default();
            *sum = sum.saturating_add(*count);
        }
        let (categories, counts): (Vec<u16>, Vec<u64>) = sums.into_iter().unzip();
        let parts = if in_order { disclosure::in_order(&counts) } else { disclosure::apart(&counts) };
        let cells = parts?.into_iter().map(|part| Cell {
            categories: part.at.iter().map(|at| categories[*at]).collect(),
            count: part.count,
        });
        Some(Group { units: part.at.iter().map(|at| *units[*at].0).collect(), cells: cells.collect() })
    });
    Some(told.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{
        Counted, Moment,
        disclosure::tests::{nobody_is_seen, tables},
    };
    use beistand_protocol::{closing::Topic, id::SiteId};

    fn unit(number: u8) -> Unit {
        Unit { team: TeamId([number; 16]), site: None }
    }

    #[test]
    fn nobody_is_seen_in_a_table_of_units_and_categories() {
        for in_order in [false, true] {
            for sum in 5..=13 {
                nobody_is_seen(&tables(6, sum), |counts| {
                    let row = |number: usize| {
                        (0..3)
                            .zip(&counts[number * 3..])
                            .map(|(category, count)| (category, *count))
                            .collect()
                    };
                    let table: Table = (0..2).map(|number| (unit(number), row(number.into()))).collect();
                    let told = groups(&table, in_order).unwrap_or_default();
                    told.into_iter()
                        .map(|group| {
                            let cells = group.cells.into_iter().map(|cell| (cell.categories, cell.count));
                            (group.units, cells.collect::<Vec<_>>())
                        })
                        .collect::<Vec<_>>()
                });
            }
        }
    }

    const MONTH: u32 = 2026 * 12 + 9;
    /// 20 November 2026.
    const NOW_S: Seconds = 1_795_132_800;

    fn tally(requests: usize) -> Tally {
        let mut tally = Tally::default();
        for number in 0..requests {
            let hour = u8::try_from(number % 4 * 6).unwrap();
            tally.add(Counted::Request, Moment { month: MONTH, weekday: 1, hour });
            tally.add(
                Counted::Taken { letter: false, after_s: 100 },
                Moment { month: MONTH, weekday: 1, hour },
            );
        }
        tally
    }

    fn key(month: u32, number: u8) -> TallyKey {
        TallyKey { month, team: TeamId([number; 16]), site: SiteId([number; 16]) }
    }

    #[test]
    fn the_newest_month_is_over_everywhere() {
        let at = |day: Day, hour: u64| newest_month(u64::try_from(day.0).unwrap() * DAY_S + hour * 3600);
        assert_eq!(at(Day::of(2026, 11, 30), 23), MONTH);
        assert_eq!(at(Day::of(2026, 12, 1), 11), MONTH);
        assert_eq!(at(Day::of(2026, 12, 1), 12), MONTH + 1);
        assert_eq!(at(Day::of(2027, 1, 2), 0), 2026 * 12 + 11);
        assert_eq!(newest_month(NOW_S), MONTH);
    }

    #[test]
    fn two_answers_subtracted_give_nothing_that_was_not_told() {
        let topics = BTreeMap::new();
        let mut tallies = vec![
            (key(MONTH, 1), tally(40)),
            (key(MONTH, 2), tally(3)),
            (key(MONTH, 3), tally(17)),
            (key(MONTH - 1, 1), tally(3)),
            (key(MONTH + 1, 1), tally(50)),
        ];
        let first = figures(&tallies, &[], &topics, NOW_S);
        // Each month stands by itself, and the one that runs is not there.
        assert!(first.iter().all(|figures| figures.month <= MONTH));
        let few: Vec<_> = first.iter().filter(|figures| figures.month == MONTH - 1).collect();
        assert!(few.len() == 3 && few.iter().all(|figures| figures.groups.is_empty()), "{few:?}");
        // One more in the month that runs.
        tallies[4].1 = tally(51);
        assert_eq!(figures(&tallies, &[], &topics, NOW_S + 86_400), first);
        // When it is over, nothing of the months before has changed.
        let later = figures(&tallies, &[], &topics, NOW_S + 30 * DAY_S);
        let before: Vec<_> = later.iter().filter(|figures| figures.month <= MONTH).cloned().collect();
        assert_eq!(before, first);
        assert!(later.len() > first.len());
        // A unit of three is told with another, of which nothing is told alone by any measure.
        for figures in first.iter().filter(|figures| figures.month == MONTH) {
            let groups: Vec<_> =
                figures.groups.iter().map(|group| (group.units.len(), group.total())).collect();
            assert_eq!(groups, [(1, 40), (2, 20)], "{:?}", figures.measure);
        }
        let ages = figures(&tallies, &[], &topics, NOW_S + 40 * 30 * DAY_S);
        assert!(ages.iter().all(|figures| figures.month > MONTH), "old months are left out");
    }

    #[test]
    fn a_topic_that_is_added_changes_no_figures() {
        let team = TeamId([1; 16]);
        let topic = |number, name: &str| Topic { number, name: name.into(), in_use: true };
        let closing =
            |topic, count| (ClosingKey { team, month: MONTH, topic, reason: ClosingReason::Answered }, count);
        let closings = [closing(Some(0), 30), closing(Some(1), 4), closing(Some(2), 2), closing(None, 9)];
        let mut topics = vec![topic(0, "Familie"), topic(1, "Schule"), topic(2, "Sucht")];
        let told = |topics: &[Topic]| {
            let of = BTreeMap::from([(team, Topics { topics: topics.to_vec() })]);
            let names = topic_names(&of);
            let name = |category: &u16| {
                names.get(usize::from(*category).wrapping_sub(1)).cloned().unwrap_or_default()
            };
            let all = figures(&[], &closings, &of, NOW_S);
            let by_topic = all.into_iter().find(|figures| figures.measure == Measure::Topic).unwrap();
            let cells = by_topic.groups[0].cells.iter();
            cells
                .map(|cell| {
                    let names = cell.categories.iter().map(name).filter(|name| name != "Ausbildung");
                    (names.collect::<Vec<_>>(), cell.count)
                })
                .collect::<Vec<_>>()
        };
        let first = told(&topics);
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(first, [(names(&[""]), 9), (names(&["Familie"]), 30), (names(&["Schule", "Sucht"]), 6)]);
        topics.push(topic(3, "Ausbildung"));
        let mut second = told(&topics);
        second.sort();
        assert_eq!(second, first);
    }
}
