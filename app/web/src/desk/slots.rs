//! Which talks stand side by side. One of them is the current one; it gives its place to the next one that is
//! chosen, unless it was pinned.

/// The talks on the screen, from the start of the line to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slots<K> {
    /// What stands open.
    pub open: Vec<K>,
    /// Those that give their place to nobody while there is room.
    pub pinned: Vec<K>,
    /// The one that the keyboard and the column at the end speak of.
    pub current: Option<K>,
}

impl<K> Default for Slots<K> {
    fn default() -> Self {
        Self { open: Vec::new(), pinned: Vec::new(), current: None }
    }
}

impl<K: Copy + PartialEq> Slots<K> {
    /// Somebody has chosen a talk.
    pub fn show(&mut self, id: K, room: usize) {
        if !self.open.contains(&id) {
            let replaced = self
                .current
                .filter(|current| !self.pinned.contains(current))
                .and_then(|current| self.open.iter().position(|open| *open == current));
            match replaced {
                Some(place) => self.open[place] = id,
                None => self.open.push(id),
            }
        }
        self.current = Some(id);
        self.fit(room);
    }

    /// The screen has room for so many: others go, first those that were not pinned.
    pub fn fit(&mut self, room: usize) {
        while self.open.len() > room.max(1) {
            let goes = |id: &K| Some(*id) != self.current;
            let place = self
                .open
                .iter()
                .position(|id| goes(id) && !self.pinned.contains(id))
                .or_else(|| self.open.iter().position(goes));
            match place {
                Some(place) => drop(self.open.remove(place)),
                None => break,
            }
        }
        self.pinned.retain(|id| self.open.contains(id));
    }

    /// It stays beside the next one, or no longer.
    pub fn pin(&mut self, id: K) {
        if self.pinned.contains(&id) {
            self.pinned.retain(|pinned| *pinned != id);
        } else if self.open.contains(&id) {
            self.pinned.push(id);
        }
    }

    /// It leaves the screen; the one beside it is the current one then.
    pub fn close(&mut self, id: K) {
        let Some(place) = self.open.iter().position(|open| *open == id) else { return };
        self.open.remove(place);
        self.pinned.retain(|pinned| *pinned != id);
        if self.current == Some(id) {
            self.current = self.open.get(place.min(self.open.len().saturating_sub(1))).copied();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps: a number shows, `p` pins the current one, `x` closes it, `r` and a number: so much room.
    fn check(steps: &str, expect: &str) {
        let mut slots = Slots::default();
        let mut room = 2;
        for step in steps.split_whitespace() {
            match (step, slots.current) {
                ("p", Some(id)) => slots.pin(id),
                ("x", Some(id)) => slots.close(id),
                _ if step.starts_with('r') => {
                    room = step[1..].parse().unwrap();
                    slots.fit(room);
                }
                _ => slots.show(step.parse::<u32>().unwrap(), room),
            }
        }
        let shown: Vec<String> = slots
            .open
            .iter()
            .map(|id| {
                let pinned = if slots.pinned.contains(id) { "p" } else { "" };
                let current = if slots.current == Some(*id) { "*" } else { "" };
                format!("{id}{pinned}{current}")
            })
            .collect();
        assert_eq!(shown.join(" "), expect, "{steps}");
    }

    #[test]
    fn the_next_one_takes_the_place_of_the_current_one() {
        check("1", "1*");
        check("1 2", "2*");
        check("1 2 2", "2*");
    }

    #[test]
    fn a_pinned_one_stays_beside_it() {
        check("1 p 2", "1p 2*");
        check("1 p 2 3", "1p 3*");
        check("1 p 2 1", "1p* 2");
        check("1 p 2 1 3", "1p 3*");
        check("1 p p 2", "2*");
    }

    #[test]
    fn never_more_than_there_is_room_for() {
        check("1 p 2 p 3", "2p 3*");
        check("r3 1 p 2 p 3", "1p 2p 3*");
        check("r3 1 p 2 p 3 r2", "2p 3*");
        check("1 p 2 r1", "2*");
        check("1 p r1 2", "2*");
        check("1 p 2 1 r0", "1p*");
    }

    #[test]
    fn closing_leaves_the_one_beside() {
        check("1 x", "");
        check("1 p 2 x", "1p*");
        check("r3 1 p 2 p 3 1 x", "2p* 3");
        check("1 p 2 1 x 3", "3*");
    }
}
