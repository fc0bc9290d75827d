//! Old records become new ones when they are read, one version at a time.
//!
//! To change a disk type: raise its `VERSION`, keep the old type in here, and add a [`Step`] that
//! reads the old body and writes the new one. Steps are never removed: an appliance may have slept
//! for years.

use super::queue::Mode;
use super::{State, StepRecord, Whose};
use crate::table::Table;
use beistand_protocol::codec;
use beistand_protocol::id::{AccountId, ConversationId, PersonId, SiteId, TeamId};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Turns the body of one version into the body of the next.
pub(super) struct Step {
    /// Which records.
    pub(super) table: Table,
    /// From which version; the result has the next one.
    pub(super) from: u8,
    /// The body without its version byte; `None` if it is not of that version.
    pub(super) run: fn(&[u8]) -> Option<Vec<u8>>,
}

/// All steps there ever were. Version 1 is the first.
pub(super) const STEPS: &[Step] = &[
    // Conversations of version 1 knew no promise of an answer.
    Step {
        table: Table::Conversation,
        from: 1,
        run: |body| Some(codec::encode(&(codec::decode::<Conversation1>(body).ok()?, None::<u64>))),
    },
    // Those of version 2 were all seekers' talks.
    Step {
        table: Table::Conversation,
        from: 2,
        run: |body| {
            let (talk, answer_by_s): (Conversation1, Option<u64>) = codec::decode(body).ok()?;
            let Conversation1 { id, site, team, seeker, state, .. } = talk;
            let (readers, teams) = (talk.reader_persons, talk.reader_teams);
            let times = (talk.opened_s, talk.last_s, talk.length, talk.epoch, answer_by_s);
            Some(codec::encode(&(id, site, team, Whose::Seeker(seeker), state, readers, teams, times)))
        },
    },
    // Those of version 3 were never escalated.
    Step {
        table: Table::Conversation,
        from: 3,
        run: |body| {
            let before: Conversation3 = codec::decode(body).ok()?;
            Some(codec::encode(&(before, Vec::<u64>::new())))
        },
    },
    // Of those of version 4 nobody knew how long they waited.
    Step {
        table: Table::Conversation,
        from: 4,
        run: |body| {
            let before: (Conversation3, Vec<StepRecord>) = codec::decode(body).ok()?;
            Some(codec::encode(&(before, None::<(u64, bool)>)))
        },
    },
    // Those of version 5 were no rooms.
    Step { table: Table::Conversation, from: 5, run: |body| Some(body.to_vec()) },
    // Those of version 6 were no groups.
    Step { table: Table::Conversation, from: 6, run: |body| Some(body.to_vec()) },
    // Queue rules of version 1 had no escalation.
    Step {
        table: Table::QueueRules,
        from: 1,
        run: |body| Some(codec::encode(&(codec::decode::<QueueRules1>(body).ok()?, None::<(u16, u16)>))),
    },
];

/// A conversation of version 3: what it is, whose and how it stands, its readers, and its times and numbers.
type Conversation3 = (
    (ConversationId, SiteId, TeamId, Whose, State),
    (Vec<PersonId>, Vec<TeamId>),
    (u64, u64, u64, u32, Option<u64>),
);

/// Queue rules of version 1: team, mode, limit of talks, seconds of an offer.
type QueueRules1 = (TeamId, Mode, Option<u8>, u16);

/// A conversation of version 1.
#[derive(Serialize, Deserialize)]
struct Conversation1 {
    id: ConversationId,
    site: SiteId,
    team: TeamId,
    seeker: AccountId,
    state: State,
    reader_persons: Vec<PersonId>,
    reader_teams: Vec<TeamId>,
    opened_s: u64,
    last_s: u64,
    length: u64,
    epoch: u32,
}

/// Runs all steps from one version to another; `None` if one is missing or refuses.
pub(super) fn migrate<'a>(
    steps: &[Step],
    table: Table,
    from: u8,
    to: u8,
    body: &'a [u8],
) -> Option<Cow<'a, [u8]>> {
    (from..to).try_fold(Cow::Borrowed(body), |body, version| {
        let step = steps.iter().find(|step| step.table == table && step.from == version)?;
        (step.run)(&body).map(Cow::Owned)
    })
}
