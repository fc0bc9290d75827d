//! When there is something to hear: pure rules over what the list of talks says.

use std::collections::{BTreeMap, BTreeSet};

/// A talk, as far as somebody is called because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Talk<K> {
    /// Id.
    pub id: K,
    /// It waits, and it is this person's turn as much as anybody's.
    pub waits: bool,
    /// It is this person's.
    pub mine: bool,
    /// Unread lines.
    pub unread: u32,
    /// How often this person was asked in particular to take it, since it waits.
    pub asked: u32,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// It rings, until somebody takes what waits.
    pub ring: bool,
    /// A talk has begun to wait.
    pub request: bool,
    /// This person was asked in particular to take one, on duty or not.
    pub asked: bool,
    /// An answer has come in a talk that is not in front of the person's eyes.
    pub answer: bool,
}

/// Remembers what was there before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch<K> {
    waiting: BTreeSet<K>,
    unread: BTreeMap<K, u32>,
    asked: BTreeMap<K, u32>,
    silenced: BTreeSet<K>,
    /// The first look: what was unread before is no news.
    first: bool,
}

impl<K> Default for Watch<K> {
    fn default() -> Self {
        Self {
            waiting: BTreeSet::new(),
            unread: BTreeMap::new(),
            asked: BTreeMap::new(),
            silenced: BTreeSet::new(),
            first: true,
        }
    }
}

impl<K: Copy + Ord> Watch<K> {
    /// Looks at the talks. `before_eyes`: the talk that the person is looking at right now.
    pub fn look(&mut self, talks: &[Talk<K>], on_duty: bool, before_eyes: Option<K>) -> Calls {
        let waiting: BTreeSet<K> = talks.iter().filter(|talk| talk.waits).map(|talk| talk.id).collect();
        let unread: BTreeMap<K, u32> =
            talks.iter().filter(|talk| talk.mine).map(|talk| (talk.id, talk.unread)).collect();
        let asked: BTreeMap<K, u32> = talks
            .iter()
            .filter(|talk| talk.waits && talk.asked > 0)
            .map(|talk| (talk.id, talk.asked))
            .collect();
        let more = |id: &K| asked.get(id).copied() > self.asked.get(id).copied();
        // Whoever comes back to wait once more rings again, and so does what one is asked for anew.
        self.silenced.retain(|id| waiting.contains(id) && !more(id));
        let calls = Calls {
            ring: waiting.iter().any(|id| (on_duty || asked.contains_key(id)) && !self.silenced.contains(id)),
            asked: asked.keys().any(more),
            request: on_duty && waiting.iter().any(|id| !self.waiting.contains(id)),
            answer: on_duty
                && !self.first
                && unread.iter().any(|(id, count)| {
                    Some(*id) != before_eyes && self.unread.get(id).is_some_and(|before| count > before)
                }),
        };
        (self.waiting, self.unread, self.asked, self.first) = (waiting, unread, asked, false);
        calls
    }

    /// What waits now rings no more; the next one does.
    pub fn silence(&mut self) {
        self.silenced.clone_from(&self.waiting);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(id: u32) -> Talk<u32> {
        Talk { id, waits: true, mine: false, unread: 1, asked: 0 }
    }

    fn mine(id: u32, unread: u32) -> Talk<u32> {
        Talk { id, waits: false, mine: true, unread, asked: 0 }
    }

    fn word(calls: Calls) -> String {
        [(calls.ring, "ring"), (calls.request, "request"), (calls.asked, "asked"), (calls.answer, "answer")]
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, word)| *word)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn it_rings_until_somebody_takes_it() {
        let mut watch = Watch::default();
        assert_eq!(word(watch.look(&[], true, None)), "");
        assert_eq!(word(watch.look(&[waits(1)], true, None)), "ring request");
        assert_eq!(word(watch.look(&[waits(1)], true, None)), "ring");
        assert_eq!(word(watch.look(&[waits(1), waits(2)], true, None)), "ring request");
        assert_eq!(word(watch.look(&[mine(1, 0), waits(2)], true, None)), "ring");
        assert_eq!(word(watch.look(&[mine(1, 0)], true, None)), "");
    }

    #[test]
    fn silenced_is_what_waits_and_nothing_that_comes_later() {
        let mut watch = Watch::default();
        watch.look(&[waits(1)], true, None);
        watch.silence();
        assert_eq!(word(watch.look(&[waits(1)], true, None)), "");
        assert_eq!(word(watch.look(&[waits(1), waits(2)], true, None)), "ring request");
        watch.silence();
        // Taken and given back: it waits anew.
        watch.look(&[waits(2)], true, None);
        assert_eq!(word(watch.look(&[waits(1), waits(2)], true, None)), "ring request");
    }

    #[test]
    fn who_is_off_duty_hears_nothing_and_on_duty_what_waits_by_then() {
        let mut watch = Watch::default();
        assert_eq!(word(watch.look(&[waits(1), mine(2, 0)], false, None)), "");
        assert_eq!(word(watch.look(&[waits(1), mine(2, 1)], false, None)), "");
        assert_eq!(word(watch.look(&[waits(1), mine(2, 1)], true, None)), "ring");
    }

    #[test]
    fn who_is_asked_hears_it_on_duty_or_not_and_once_more_although_silenced() {
        let asked = |id, asked| Talk { asked, ..waits(id) };
        let mut watch = Watch::default();
        assert_eq!(word(watch.look(&[waits(1)], false, None)), "");
        assert_eq!(word(watch.look(&[asked(1, 1)], false, None)), "ring asked");
        assert_eq!(word(watch.look(&[asked(1, 1)], false, None)), "ring");
        watch.silence();
        assert_eq!(word(watch.look(&[asked(1, 1)], false, None)), "");
        assert_eq!(word(watch.look(&[asked(1, 2)], false, None)), "ring asked");
        // It is a letter now, or taken: nobody is asked any more.
        assert_eq!(word(watch.look(&[waits(1)], false, None)), "");
        assert_eq!(word(watch.look(&[mine(1, 0)], false, None)), "");
        let mut on_duty = Watch::default();
        assert_eq!(word(on_duty.look(&[waits(1)], true, None)), "ring request");
        on_duty.silence();
        assert_eq!(word(on_duty.look(&[asked(1, 1)], true, None)), "ring asked");
    }

    #[test]
    fn an_answer_is_heard_once_and_not_where_it_is_seen() {
        let mut watch = Watch::default();
        // What was unread at the beginning is no news, nor is a talk that has just become theirs.
        assert_eq!(word(watch.look(&[mine(1, 3)], true, None)), "");
        assert_eq!(word(watch.look(&[mine(1, 3), mine(2, 1)], true, None)), "");
        assert_eq!(word(watch.look(&[mine(1, 4), mine(2, 1)], true, None)), "answer");
        assert_eq!(word(watch.look(&[mine(1, 4), mine(2, 1)], true, None)), "");
        assert_eq!(word(watch.look(&[mine(1, 5), mine(2, 1)], true, Some(1))), "");
        assert_eq!(word(watch.look(&[mine(1, 5), mine(2, 2)], true, Some(1))), "answer");
        assert_eq!(word(watch.look(&[mine(1, 0), mine(2, 0)], true, None)), "");
    }
}
