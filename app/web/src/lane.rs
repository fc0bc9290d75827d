//! Things that last, side by side where they overlap: the columns inside a day of a calendar.

/// Where one of them stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Which column, from 0.
    pub at: usize,
    /// How many columns stand there.
    pub of: usize,
}

/// Columns for spans (begin, end), sorted by begin: each in the first one that is free. Those that hang together by
/// overlapping have as many columns as the busiest moment among them needs.
#[must_use]
pub fn lanes(spans: &[(u32, u32)]) -> Vec<Lane> {
    let mut lanes: Vec<Lane> = Vec::with_capacity(spans.len());
    let (mut ends, mut first, mut last): (Vec<u32>, usize, u32) = (Vec::new(), 0, 0);
    for (index, (begin, end)) in spans.iter().enumerate() {
        if *begin >= last {
            close(&mut lanes[first..], ends.len());
            (first, last) = (index, 0);
            ends.clear();
        }
        let at = ends.iter().position(|free| free <= begin).unwrap_or(ends.len());
        match ends.get_mut(at) {
            Some(busy) => *busy = *end,
            None => ends.push(*end),
        }
        last = last.max(*end);
        lanes.push(Lane { at, of: 1 });
    }
    close(&mut lanes[first..], ends.len());
    lanes
}

fn close(lanes: &mut [Lane], of: usize) {
    lanes.iter_mut().for_each(|lane| lane.of = of);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(spans: &[(u32, u32)], expect: &[(usize, usize)]) {
        let found: Vec<_> = lanes(spans).into_iter().map(|lane| (lane.at, lane.of)).collect();
        assert_eq!(found, expect, "{spans:?}");
    }

    #[test]
    fn what_overlaps_stands_side_by_side() {
        check(&[], &[]);
        check(&[(0, 2), (2, 4)], &[(0, 1), (0, 1)]);
        check(&[(0, 3), (1, 2), (2, 4)], &[(0, 2), (1, 2), (1, 2)]);
        check(&[(0, 4), (0, 4), (0, 4), (4, 5)], &[(0, 3), (1, 3), (2, 3), (0, 1)]);
        // The third hangs together with the first by the second alone.
        check(&[(0, 2), (1, 4), (3, 5), (6, 7)], &[(0, 2), (1, 2), (0, 2), (0, 1)]);
    }
}
