//! How talks end: why, and what they were about, by the topics that a team sorts them by. Of that the server keeps
//! counts and nothing about any talk; the words about one stay among those who read its thread.

use crate::limit::{TOPIC_BYTES_MAX, TOPICS_EVER_MAX, TOPICS_MAX};
use serde::{Deserialize, Serialize};

/// Why a talk was closed. Appended to, never reordered: counts are kept by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ClosingReason {
    /// Answered.
    Answered,
    /// Sent on to somebody else.
    SentOn,
    /// The seeker does not answer any more.
    NoAnswer,
    /// Written in by mistake, to try it out or to disturb.
    NoRequest,
    /// Anything else.
    Other,
    /// The seeker may not write any more.
    Blocked,
}

/// What is counted of a talk's end. The server counts month, team, topic and reason, each end once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Closing {
    /// Why.
    pub reason: ClosingReason,
    /// What it was about, if anything was said.
    pub topic: Option<u16>,
}

/// A topic of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Names it in the counts; never given twice in a team.
    pub number: u16,
    /// Its name: one line.
    pub name: String,
    /// Whether it can still be chosen; the counts of others go on to have their names.
    pub in_use: bool,
}

/// The topics of a team: those in use in their order, then the former ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topics {
    /// All there ever were.
    pub topics: Vec<Topic>,
}

/// The names of the topics that a team wants from now on, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicsPut {
    /// Names.
    pub names: Vec<String>,
}

impl Topics {
    /// Those in use.
    pub fn in_use(&self) -> impl Iterator<Item = &Topic> {
        self.topics.iter().filter(|topic| topic.in_use)
    }

    /// Whether a number is, or was, one of them.
    #[must_use]
    pub fn knows(&self, number: u16) -> bool {
        self.topics.iter().any(|topic| topic.number == number)
    }

    /// The topics once these are wanted: a name that was there keeps its number, one that is left out is kept for its
    /// counts. `None`: a name is empty, too long, of several lines or there twice, or there are too many.
    #[must_use]
    pub fn renamed(&self, put: &TopicsPut) -> Option<Self> {
        let line = |name: &String| {
            !name.is_empty()
                && name.len() <= TOPIC_BYTES_MAX
                && name.trim() == name
                && crate::membership::check_line(name, TOPIC_BYTES_MAX).is_ok()
        };
        let names = &put.names;
        let once = (0..names.len()).all(|at| !names[..at].contains(&names[at]));
        if names.len() > TOPICS_MAX || !once || !names.iter().all(line) {
            return None;
        }
        let mut next =
            self.topics.iter().map(|topic| topic.number).max().map_or(Some(0), |last| last.checked_add(1));
        let mut topics = Vec::with_capacity(names.len());
        for name in names {
            let number = match self.topics.iter().find(|known| known.name == *name) {
                Some(known) => known.number,
                None => {
                    let number = next?;
                    next = number.checked_add(1);
                    number
                }
            };
            topics.push(Topic { number, name: name.clone(), in_use: true });
        }
        let former = self.topics.iter().filter(|known| !names.contains(&known.name));
        topics.extend(former.map(|known| Topic { in_use: false, ..known.clone() }));
        (topics.len() <= TOPICS_EVER_MAX).then_some(Self { topics })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(names: &[&str]) -> TopicsPut {
        TopicsPut { names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    fn check(topics: &Topics, expect: &[(u16, &str, bool)]) {
        let found: Vec<_> =
            topics.topics.iter().map(|topic| (topic.number, &*topic.name, topic.in_use)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn names_keep_their_numbers() {
        let first = Topics::default().renamed(&put(&["Familie", "Schule"])).unwrap();
        check(&first, &[(0, "Familie", true), (1, "Schule", true)]);
        let second = first.renamed(&put(&["Sucht", "Familie"])).unwrap();
        check(&second, &[(2, "Sucht", true), (0, "Familie", true), (1, "Schule", false)]);
        assert!(second.knows(1) && !second.knows(3));
        let third = second.renamed(&put(&["Schule"])).unwrap();
        check(&third, &[(1, "Schule", true), (2, "Sucht", false), (0, "Familie", false)]);
        assert!(third.in_use().map(|topic| topic.number).eq([1]));
    }

    #[test]
    fn bad_names_are_refused() {
        let long = "x".repeat(TOPIC_BYTES_MAX + 1);
        for bad in [&["", "a"][..], &["a", "a"], &["a\nb"], &[" a"], &[&long]] {
            assert_eq!(Topics::default().renamed(&put(bad)), None, "{bad:?}");
        }
        let many: Vec<String> = (0..=TOPICS_MAX).map(|number| number.to_string()).collect();
        assert_eq!(Topics::default().renamed(&TopicsPut { names: many }), None);
        let mut topics = Topics::default();
        let mut round = 0;
        while let Some(more) = topics.renamed(&put(&[&round.to_string()])) {
            topics = more;
            round += 1;
        }
        assert_eq!(topics.topics.len(), TOPICS_EVER_MAX);
    }
}
