//! Counts that say nothing about single people.
//!
//! A count of one to four is *small*. It is told together with others, so that it follows neither from what is told
//! nor from the sum of all, not even for somebody who knows these rules: the tests try every table that leads to the
//! same answer. What is told depends on nothing but the counts, and by no rule on which of the larger ones is larger:
//! an order by size would give away more than the sizes do.

use beistand_protocol::statistics::GROUP_MIN;

/// Counts that are told as one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// Which.
    pub at: Vec<usize>,
    /// Their sum.
    pub count: u64,
}

const fn is_small(count: u64) -> bool {
    0 < count && count < GROUP_MIN
}

/// Counts of things that have no order. Those under five are told together; if they are too few to be told, or give
/// themselves away, with the last one that is not. What is left out is zero. `None`: there are fewer than five in all.
#[must_use]
pub fn apart(counts: &[u64]) -> Option<Vec<Part>> {
    let large = |at: &usize| counts[*at] >= GROUP_MIN;
    let mut alone: Vec<usize> = (0..counts.len()).filter(large).collect();
    let small = counts.iter().filter(|count| is_small(**count)).count();
    let mut parts = Vec::new();
    if small > 0 {
        // A zero that was told would make the others guessable.
        let mut at: Vec<usize> = (0..counts.len()).filter(|at| !large(at)).collect();
        let sum: u64 = at.iter().map(|at| counts[*at]).sum();
        // As large as so many small ones can be, each is known.
        let all_full = u64::try_from(small).is_ok_and(|small| sum == small * (GROUP_MIN - 1));
        if sum < GROUP_MIN || all_full {
            at.extend(alone.pop());
            at.sort_unstable();
        }
        let count = at.iter().map(|at| counts[*at]).sum();
        if count < GROUP_MIN {
            return None;
        }
        parts.push(Part { at, count });
    }
    parts.extend(alone.into_iter().map(|at| Part { at: vec![at], count: counts[at] }));
    parts.sort();
    Some(parts)
}

/// Counts of things that follow each other: a small one is told with those after it until they are five, the last ones
/// with those before. What is left out is zero. `None`: there are fewer than five in all.
#[must_use]
pub fn in_order(counts: &[u64]) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut open: Option<Part> = None;
    for (at, count) in counts.iter().enumerate() {
        let mut part = match open.take() {
            Some(part) => part,
            None if *count == 0 => continue,
            None => Part { at: Vec::new(), count: 0 },
        };
        part.at.push(at);
        part.count = part.count.saturating_add(*count);
        if part.count < GROUP_MIN {
            open = Some(part);
        } else {
            parts.push(part);
        }
    }
    if let Some(rest) = open {
        let last = parts.last_mut()?;
        let from = last.at.first().copied().unwrap_or_default();
        last.at = (from..counts.len()).collect();
        last.count = last.count.saturating_add(rest.count);
    }
    Some(parts)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::collections::BTreeMap;

    type Rule = fn(&[u64]) -> Option<Vec<Part>>;

    /// Every way in which so many counts have this sum.
    pub fn tables(counts: usize, sum: u64) -> Vec<Vec<u64>> {
        if counts == 1 {
            return vec![vec![sum]];
        }
        let with = |first: u64| {
            tables(counts - 1, sum - first).into_iter().map(move |rest| [&[first], &rest[..]].concat())
        };
        (0..=sum).flat_map(with).collect()
    }

    /// Whether no small count is the same in all tables for which the same is told.
    pub fn nobody_is_seen<T: Ord + core::fmt::Debug>(tables: &[Vec<u64>], told: impl Fn(&[u64]) -> T) {
        let mut same: BTreeMap<T, Vec<&Vec<u64>>> = BTreeMap::new();
        for table in tables {
            same.entry(told(table)).or_default().push(table);
        }
        for (told, tables) in same {
            for at in 0..tables[0].len() {
                let first = tables[0][at];
                let known = tables.iter().all(|table| table[at] == first);
                assert!(!known || !is_small(first), "{told:?}: the count at {at} is {first}");
            }
        }
    }

    #[test]
    fn no_small_count_follows_from_what_is_told() {
        for rule in [apart as Rule, in_order] {
            for counts in 1..=5 {
                for sum in GROUP_MIN..=17 {
                    nobody_is_seen(&tables(counts, sum), rule);
                }
            }
        }
    }

    #[test]
    fn all_are_told_once_and_never_fewer_than_five() {
        for rule in [apart as Rule, in_order] {
            for sum in 0..=16 {
                for table in tables(4, sum) {
                    let Some(parts) = rule(&table) else {
                        assert!(is_small(sum), "{table:?}");
                        continue;
                    };
                    assert_eq!(parts.iter().map(|part| part.count).sum::<u64>(), sum);
                    let mut at: Vec<usize> = parts.iter().flat_map(|part| part.at.clone()).collect();
                    at.sort_unstable();
                    let left_out = (0..4).filter(|one| !at.contains(one));
                    assert!(left_out.into_iter().all(|one| table[one] == 0), "{table:?} {parts:?}");
                    assert!(at.windows(2).all(|two| two[0] < two[1]), "{table:?} {parts:?}");
                    for part in parts {
                        assert!(part.count >= GROUP_MIN);
                        assert_eq!(part.count, part.at.iter().map(|at| table[*at]).sum::<u64>());
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_told() {
        let check = |rule: Rule, counts: &[u64], expect: Option<&[(&[usize], u64)]>| {
            let found = rule(counts);
            let found: Option<Vec<(&[usize], u64)>> =
                found.as_ref().map(|parts| parts.iter().map(|part| (&part.at[..], part.count)).collect());
            assert_eq!(found.as_deref(), expect, "{counts:?}");
        };
        check(apart, &[20, 0, 7], Some(&[(&[0], 20), (&[2], 7)]));
        check(apart, &[20, 3, 7, 2], Some(&[(&[0], 20), (&[1, 3], 5), (&[2], 7)]));
        check(apart, &[20, 3, 7, 0], Some(&[(&[0], 20), (&[1, 2, 3], 10)]));
        check(apart, &[4, 4, 9], Some(&[(&[0, 1, 2], 17)]));
        check(apart, &[0, 4], None);
        check(apart, &[0, 0], Some(&[]));
        check(in_order, &[0, 3, 1, 9, 0, 6, 0, 1], Some(&[(&[1, 2, 3], 13), (&[5, 6, 7], 7)]));
        check(in_order, &[0, 3, 1], None);
        check(in_order, &[0, 0], Some(&[]));
    }

    proptest::proptest! {
        /// What is not used changes nothing that was told before: a topic that is added later has nothing to tell.
        #[test]
        fn an_unused_one_more_changes_nothing(counts in proptest::collection::vec(0..12_u64, 1..12)) {
            let more = apart(&[&counts[..], &[0]].concat());
            let drop_last = |parts: Vec<Part>| -> Vec<Part> {
                let without = |part: Part| {
                    let at = part.at.into_iter().filter(|at| *at < counts.len()).collect();
                    Part { at, ..part }
                };
                parts.into_iter().map(without).collect()
            };
            proptest::prop_assert_eq!(more.map(drop_last), apart(&counts));
        }
    }
}
