//! How talks end: the topics of each team, and counts.

use super::Record;
use crate::table::Table;
use beistand_domain::record::ClosingKey;
use beistand_protocol::closing::{ClosingReason, Topic, Topics};
use beistand_protocol::id::TeamId;
use serde::{Deserialize, Serialize};

/// A team's topics: number, name, whether it is in use. Key: team.
#[derive(Serialize, Deserialize)]
pub(crate) struct TopicsRecord {
    team: TeamId,
    topics: Vec<(u16, String, bool)>,
}

impl Record for TopicsRecord {
    const TABLE: Table = Table::Topics;
}

impl TopicsRecord {
    pub(crate) fn new(team: TeamId, topics: &Topics) -> Self {
        let topics = topics.topics.iter().map(|topic| (topic.number, topic.name.clone(), topic.in_use));
        Self { team, topics: topics.collect() }
    }
}

impl From<TopicsRecord> for Topics {
    fn from(record: TopicsRecord) -> Self {
        let topic = |(number, name, in_use)| Topic { number, name, in_use };
        Self { topics: record.topics.into_iter().map(topic).collect() }
    }
}

#[derive(Serialize, Deserialize)]
enum Reason {
    Answered,
    SentOn,
    NoAnswer,
    NoRequest,
    Other,
    Blocked,
}

/// How many talks have ended in one way. Key: see [`closing_key`].
#[derive(Serialize, Deserialize)]
pub(crate) struct ClosingCountRecord {
    team: TeamId,
    month: u32,
    topic: Option<u16>,
    reason: Reason,
    pub(crate) count: u64,
}

impl Record for ClosingCountRecord {
    const TABLE: Table = Table::ClosingCount;
}

/// The key of a count: team, month, topic (with a byte before it, 0 for none), reason.
pub(crate) fn closing_key(key: ClosingKey) -> Vec<u8> {
    let ClosingKey { team, month, topic, reason } = key;
    let mut bytes = team.0.to_vec();
    bytes.extend(month.to_be_bytes());
    bytes.push(u8::from(topic.is_some()));
    bytes.extend(topic.unwrap_or_default().to_be_bytes());
    bytes.push(match reason {
        ClosingReason::Answered => 1,
        ClosingReason::SentOn => 2,
        ClosingReason::NoAnswer => 3,
        ClosingReason::NoRequest => 4,
        ClosingReason::Other => 5,
        ClosingReason::Blocked => 6,
    });
    bytes
}

impl ClosingCountRecord {
    pub(crate) fn new(key: ClosingKey, count: u64) -> Self {
        let ClosingKey { team, month, topic, reason } = key;
        let reason = match reason {
            ClosingReason::Answered => Reason::Answered,
            ClosingReason::SentOn => Reason::SentOn,
            ClosingReason::NoAnswer => Reason::NoAnswer,
            ClosingReason::NoRequest => Reason::NoRequest,
            ClosingReason::Other => Reason::Other,
            ClosingReason::Blocked => Reason::Blocked,
        };
        Self { team, month, topic, reason, count }
    }
}

impl From<ClosingCountRecord> for (ClosingKey, u64) {
    fn from(record: ClosingCountRecord) -> Self {
        let ClosingCountRecord { team, month, topic, reason, count } = record;
        let reason = match reason {
            Reason::Answered => ClosingReason::Answered,
            Reason::SentOn => ClosingReason::SentOn,
            Reason::NoAnswer => ClosingReason::NoAnswer,
            Reason::NoRequest => ClosingReason::NoRequest,
            Reason::Other => ClosingReason::Other,
            Reason::Blocked => ClosingReason::Blocked,
        };
        (ClosingKey { team, month, topic, reason }, count)
    }
}
