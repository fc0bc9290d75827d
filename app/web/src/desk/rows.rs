//! The rows of the workplace's list: their order, how they keep still while somebody is about to press one, and which
//! of them are worth building.
//!
//! Every kind of row has one height, whatever it holds: so the place of each is known without building it, and nothing
//! moves under a finger because a line of tags has come or gone.

use std::cmp::Reverse;
use std::ops::Range;

/// The groups of the list, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Somebody should take it.
    Waiting,
    /// Taken by whoever looks.
    Mine,
    /// Taken by colleagues.
    Team,
    /// Finished.
    Closed,
    /// What came while the list was held still.
    Fresh,
}

impl Group {
    /// Those that a talk can belong to.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Mine, Self::Team, Self::Closed];

    /// Whether it says so when it is empty.
    #[must_use]
    pub const fn speaks_when_empty(self) -> bool {
        matches!(self, Self::Waiting | Self::Mine)
    }
}

/// A talk, as far as its place depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<K> {
    /// Id.
    pub id: K,
    /// Group.
    pub group: Group,
    /// Until when an answer was promised.
    pub answer_by_s: Option<u64>,
    /// Since when somebody waits for an answer.
    pub waiting_since_s: Option<u64>,
    /// Newest line.
    pub last_s: u64,
}

/// One row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Row<K> {
    /// The name of a group.
    Head(Group),
    /// A sentence in the place of its talks.
    Empty(Group),
    /// A talk.
    Talk(K),
}

impl<K> Row<K> {
    /// Height in eighths of the page's text size (rem); `staff.css` says the same.
    #[must_use]
    pub const fn height(&self) -> u32 {
        match self {
            Self::Head(_) => 22,
            Self::Empty(_) => 26,
            Self::Talk(_) => 52,
        }
    }
}

/// All rows in order: in each group first whose promised answer is due first, then who waits longest, then the newest.
#[must_use]
pub fn sorted<K: Copy + Ord>(entries: &[Entry<K>], names_empty: bool) -> Vec<Row<K>> {
    let mut rows = Vec::with_capacity(entries.len() + 6);
    for group in Group::ALL {
        let mut talks: Vec<&Entry<K>> = entries.iter().filter(|entry| entry.group == group).collect();
        talks.sort_by_key(|entry| {
            let last = |time_s: Option<u64>| time_s.unwrap_or(u64::MAX);
            (last(entry.answer_by_s), last(entry.waiting_since_s), Reverse(entry.last_s), entry.id)
        });
        if talks.is_empty() {
            if names_empty && group.speaks_when_empty() {
                rows.extend([Row::Head(group), Row::Empty(group)]);
            }
            continue;
        }
        rows.push(Row::Head(group));
        rows.extend(talks.into_iter().map(|entry| Row::Talk(entry.id)));
    }
    rows
}

/// The rows while the list is held still: each that was there keeps its place, even if its talk is gone or belongs
/// to another group by now; what is new stands at the end.
#[must_use]
pub fn held<K: Copy + Ord>(before: &[Row<K>], entries: &[Entry<K>]) -> Vec<Row<K>> {
    let mut rows = before.to_vec();
    let fresh: Vec<Row<K>> =
        entries.iter().map(|entry| Row::Talk(entry.id)).filter(|row| !before.contains(row)).collect();
    if !fresh.is_empty() && !before.contains(&Row::Head(Group::Fresh)) {
        rows.push(Row::Head(Group::Fresh));
    }
    rows.extend(fresh);
    rows
}

/// Rows with their places, in eighths of the text size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout<K> {
    rows: Vec<Row<K>>,
    /// Where each begins, and where the last one ends.
    tops: Vec<u32>,
}

impl<K> Default for Layout<K> {
    fn default() -> Self {
        Self { rows: Vec::new(), tops: vec![0] }
    }
}

impl<K: Copy + PartialEq> Layout<K> {
    /// Places rows one below the other.
    #[must_use]
    pub fn new(rows: Vec<Row<K>>) -> Self {
        let mut tops = Vec::with_capacity(rows.len() + 1);
        let mut top = 0;
        for row in &rows {
            tops.push(top);
            top += row.height();
        }
        tops.push(top);
        Self { rows, tops }
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> &[Row<K>] {
        &self.rows
    }

    /// Height of all.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.tops.last().copied().unwrap_or(0)
    }

    /// Where a row begins.
    #[must_use]
    pub fn top(&self, row: &Row<K>) -> Option<u32> {
        Some(self.tops[self.rows.iter().position(|known| known == row)?])
    }

    /// The rows that a window from `top` with this height touches, and `margin` more on both sides.
    #[must_use]
    pub fn within(&self, top: u32, height: u32, margin: u32) -> Range<usize> {
        let (from, to) = (top.saturating_sub(margin), top.saturating_add(height).saturating_add(margin));
        let first = self.tops[1..].partition_point(|end| *end <= from);
        let last = self.tops[..self.rows.len()].partition_point(|begin| *begin < to);
        first.min(last)..last
    }

    /// The talks in their order.
    pub fn talks(&self) -> impl Iterator<Item = K> + '_ {
        self.rows.iter().filter_map(|row| match row {
            Row::Talk(id) => Some(*id),
            _ => None,
        })
    }

    /// The talk after this one, or before it; from nowhere: the first.
    #[must_use]
    pub fn step(&self, from: Option<K>, forward: bool) -> Option<K> {
        let talks: Vec<K> = self.talks().collect();
        let place = from.and_then(|from| talks.iter().position(|id| *id == from));
        match (place, forward) {
            (None, _) => talks.first().copied(),
            (Some(place), true) => talks.get(place + 1).copied(),
            (Some(place), false) => place.checked_sub(1).and_then(|place| talks.get(place).copied()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: u32, group: Group, waiting_since_s: Option<u64>, last_s: u64) -> Entry<u32> {
        Entry { id, group, answer_by_s: None, waiting_since_s, last_s }
    }

    fn words(rows: &[Row<u32>]) -> String {
        let word = |row: &Row<u32>| match row {
            Row::Head(group) => format!("{group:?}:"),
            Row::Empty(_) => "-".to_owned(),
            Row::Talk(id) => id.to_string(),
        };
        rows.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn whoever_waits_longest_stands_first() {
        let entries = [
            entry(1, Group::Closed, None, 90),
            entry(2, Group::Mine, None, 50),
            entry(3, Group::Mine, None, 60),
            entry(4, Group::Mine, Some(40), 40),
            entry(5, Group::Waiting, Some(30), 35),
            entry(6, Group::Waiting, Some(20), 99),
            entry(7, Group::Closed, None, 91),
        ];
        let rows = sorted(&entries, true);
        assert_eq!(words(&rows), "Waiting: 6 5 Mine: 4 3 2 Closed: 7 1");
    }

    #[test]
    fn a_promise_that_is_due_first_stands_first() {
        let promised = |id, group, answer_by_s, since_s| Entry {
            answer_by_s: Some(answer_by_s),
            ..entry(id, group, Some(since_s), since_s)
        };
        let entries = [
            entry(1, Group::Waiting, Some(10), 10),
            promised(2, Group::Waiting, 900, 20),
            promised(3, Group::Waiting, 800, 40),
            promised(4, Group::Waiting, 900, 15),
            promised(5, Group::Mine, 950, 30),
            entry(6, Group::Mine, Some(5), 5),
            promised(7, Group::Mine, 940, 50),
        ];
        assert_eq!(words(&sorted(&entries, true)), "Waiting: 3 4 2 1 Mine: 7 5 6");
    }

    #[test]
    fn an_empty_group_says_so_only_where_that_is_worth_a_sentence() {
        assert_eq!(words(&sorted::<u32>(&[], true)), "Waiting: - Mine: -");
        assert_eq!(words(&sorted::<u32>(&[], false)), "");
        assert_eq!(words(&sorted(&[entry(1, Group::Team, None, 1)], false)), "Team: 1");
    }

    #[test]
    fn a_list_that_is_held_moves_nothing() {
        let before =
            sorted(&[entry(1, Group::Waiting, Some(1), 1), entry(2, Group::Waiting, Some(2), 2)], true);
        assert_eq!(words(&before), "Waiting: 1 2 Mine: -");
        // One was taken, one is gone, two have come, one of which has waited longer than all.
        let now = [
            entry(2, Group::Mine, None, 9),
            entry(3, Group::Waiting, Some(0), 9),
            entry(4, Group::Waiting, Some(5), 9),
        ];
        let kept = held(&before, &now);
        assert_eq!(words(&kept), "Waiting: 1 2 Mine: - Fresh: 3 4");
        let more = [&now[..], &[entry(5, Group::Waiting, Some(6), 9)]].concat();
        assert_eq!(words(&held(&kept, &more)), "Waiting: 1 2 Mine: - Fresh: 3 4 5");
        assert_eq!(words(&sorted(&now, true)), "Waiting: 3 4 Mine: 2");
    }

    #[test]
    fn only_what_the_window_touches_is_built() {
        let entries: Vec<Entry<u32>> = (0..300).map(|id| entry(id, Group::Team, None, id.into())).collect();
        let layout = Layout::new(sorted(&entries, false));
        assert_eq!(layout.height(), 22 + 300 * 52);
        assert_eq!(layout.within(0, 400, 0), 0..9);
        // At each place as a window that looks at every row would say.
        for top in (0..layout.height() + 100).step_by(13) {
            let touched: Vec<usize> = (0..layout.rows().len())
                .filter(|at| {
                    let begin = layout.top(&layout.rows()[*at]).unwrap();
                    let end = begin + layout.rows()[*at].height();
                    end > top.saturating_sub(60) && begin < top + 400 + 60
                })
                .collect();
            let range = layout.within(top, 400, 60);
            assert_eq!(range.clone().collect::<Vec<_>>(), touched, "{top}");
            assert!(range.len() <= 12);
        }
        assert_eq!(Layout::<u32>::default().within(0, 400, 60), 0..0);
    }

    #[test]
    fn steps_go_from_talk_to_talk() {
        let layout =
            Layout::new(vec![Row::Head(Group::Waiting), Row::Talk(1), Row::Head(Group::Mine), Row::Talk(2)]);
        for (from, forward, expect) in [
            (None, true, Some(1)),
            (None, false, Some(1)),
            (Some(1), true, Some(2)),
            (Some(2), true, None),
            (Some(2), false, Some(1)),
            (Some(1), false, None),
            (Some(9), true, Some(1)),
        ] {
            assert_eq!(layout.step(from, forward), expect, "{from:?} {forward}");
        }
    }
}
