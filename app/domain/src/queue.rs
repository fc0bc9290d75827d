//! Turns: which talk is offered to whom, and who may take one now.
//!
//! Nothing here widens who reads a talk: it only says whose turn it is. Leads may always take one, so that no rule
//! keeps somebody waiting whom a person wants to help.

pub mod escalation;

use crate::clock::Seconds;
use beistand_protocol::{
    id::{ConversationId, PersonId},
    queue::{QueueMode, QueueRules},
};
use std::collections::{BTreeMap, BTreeSet};

/// Seconds after the last message in which a talk still keeps its holder busy although its seeker has gone: a train
/// in a tunnel is no end.
pub const RUNNING_S: Seconds = 15 * 60;

/// Whether a talk that somebody holds keeps them busy now. A letter does not: its answer has days.
#[must_use]
pub fn is_running(seeker_present: bool, last_s: Seconds, now_s: Seconds) -> bool {
    seeker_present || now_s < last_s.saturating_add(RUNNING_S)
}

/// Somebody on duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colleague {
    /// Who.
    pub person: PersonId,
    /// Running talks that they hold.
    pub talks: usize,
}

/// Why somebody may not take a talk now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// It is offered to a colleague.
    #[error("offered to a colleague")]
    OfferedElsewhere,
    /// They have as many running talks as the team's rules allow.
    #[error("as many talks as the rules allow")]
    TalksFull,
}

/// Whether somebody with so many running talks may take a talk that is offered to `offered` (`None`: to nobody).
///
/// # Errors
/// [`NotNow`].
pub fn may_claim(
    rules: &QueueRules,
    offered: Option<PersonId>,
    person: PersonId,
    is_lead: bool,
    talks: usize,
) -> Result<(), NotNow> {
    if is_lead {
        return Ok(());
    }
    if offered.is_some_and(|to| to != person) {
        return Err(NotNow::OfferedElsewhere);
    }
    if talks >= talks_max(rules) { Err(NotNow::TalksFull) } else { Ok(()) }
}

fn talks_max(rules: &QueueRules) -> usize {
    rules.talks_max.map_or(usize::MAX, usize::from)
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Waiting {
    /// When it was seen first: who has waited longest comes first.
    since_s: Seconds,
    /// To whom it is offered, and how long.
    offer: Option<(PersonId, Seconds)>,
    /// Who let it pass in this round.
    passed: BTreeSet<PersonId>,
}

/// The offers of one team. They live in memory: after a restart each talk is offered anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Offers {
    waiting: BTreeMap<ConversationId, Waiting>,
    /// In which turn somebody was offered something last.
    given: BTreeMap<PersonId, u64>,
    turns: u64,
}

impl Offers {
    /// To whom a talk is offered.
    #[must_use]
    pub fn of(&self, conversation: ConversationId) -> Option<PersonId> {
        Some(self.waiting.get(&conversation)?.offer?.0)
    }

    /// All offers.
    pub fn iter(&self) -> impl Iterator<Item = (ConversationId, PersonId)> {
        self.waiting.iter().filter_map(|(id, waiting)| Some((*id, waiting.offer?.0)))
    }

    /// When the next offer runs out.
    #[must_use]
    pub fn until_s(&self) -> Option<Seconds> {
        self.waiting.values().filter_map(|waiting| Some(waiting.offer?.1)).min()
    }

    /// Whether a talk waits that nobody could be offered.
    #[must_use]
    pub fn any_without(&self) -> bool {
        self.waiting.values().any(|waiting| waiting.offer.is_none())
    }

    /// Looks at everything once more: `waiting` talks with the times of their newest words, and who is on duty.
    /// `reads`: whether somebody on duty may read a talk. Nobody is offered another: a closed talk that was written in
    /// again is only its readers'.
    /// Gives what has changed.
    pub fn turn(
        &mut self,
        rules: &QueueRules,
        waiting: &[(ConversationId, Seconds)],
        on_duty: &[Colleague],
        reads: impl Fn(ConversationId, PersonId) -> bool,
        now_s: Seconds,
    ) -> Vec<(ConversationId, Option<PersonId>)> {
        let before: BTreeMap<ConversationId, PersonId> = self.iter().collect();
        if rules.mode == QueueMode::Pull {
            self.waiting.clear();
        } else {
            self.take_in(waiting);
            self.end_offers(rules, on_duty, &reads, now_s);
            self.make_offers(rules, on_duty, &reads, now_s);
        }
        let after: BTreeMap<ConversationId, PersonId> = self.iter().collect();
        let ids: BTreeSet<ConversationId> = before.keys().chain(after.keys()).copied().collect();
        ids.into_iter()
            .filter(|id| before.get(id) != after.get(id))
            .map(|id| (id, after.get(&id).copied()))
            .collect()
    }

    fn take_in(&mut self, waiting: &[(ConversationId, Seconds)]) {
        let ids: BTreeSet<ConversationId> = waiting.iter().map(|(id, _)| *id).collect();
        self.waiting.retain(|id, _| ids.contains(id));
        for (id, last_s) in waiting {
            let new = || Waiting { since_s: *last_s, offer: None, passed: BTreeSet::new() };
            self.waiting.entry(*id).or_insert_with(new);
        }
    }

    fn end_offers(
        &mut self,
        rules: &QueueRules,
        on_duty: &[Colleague],
        reads: impl Fn(ConversationId, PersonId) -> bool,
        now_s: Seconds,
    ) {
        for (id, waiting) in &mut self.waiting {
            let Some((person, until_s)) = &mut waiting.offer else { continue };
            // A clock that was set back, or a shorter time in the rules, makes no offer stand longer than one does.
            *until_s = (*until_s).min(now_s.saturating_add(rules.offer_s.into()));
            let (person, until_s) = (*person, *until_s);
            if until_s <= now_s {
                waiting.passed.insert(person);
                waiting.offer = None;
            } else if !reads(*id, person) || on_duty.iter().all(|colleague| colleague.person != person) {
                waiting.offer = None;
            }
        }
    }

    fn make_offers(
        &mut self,
        rules: &QueueRules,
        on_duty: &[Colleague],
        reads: impl Fn(ConversationId, PersonId) -> bool,
        now_s: Seconds,
    ) {
        let mut busy: BTreeMap<PersonId, usize> =
            on_duty.iter().map(|colleague| (colleague.person, colleague.talks)).collect();
        for (_, person) in self.iter() {
            busy.entry(person).and_modify(|talks| *talks += 1);
        }
        let mut ids: Vec<ConversationId> =
            self.waiting.iter().filter(|(_, waiting)| waiting.offer.is_none()).map(|(id, _)| *id).collect();
        ids.sort_by_key(|id| (self.waiting.get(id).map(|waiting| waiting.since_s), *id));
        for id in ids {
            let Some(waiting) = self.waiting.get_mut(&id) else { continue };
            let free = |passed: &BTreeSet<PersonId>| {
                busy.iter()
                    .filter(|(person, talks)| {
                        **talks < talks_max(rules) && reads(id, **person) && !passed.contains(*person)
                    })
                    .min_by_key(|(person, talks)| {
                        (**talks, self.given.get(*person).copied().unwrap_or(0), **person)
                    })
                    .map(|(person, _)| *person)
            };
            let person = free(&waiting.passed).or_else(|| {
                // Everybody who is free has let it pass: another round.
                waiting.passed.clear();
                free(&waiting.passed)
            });
            let Some(person) = person else { continue };
            waiting.offer = Some((person, now_s.saturating_add(rules.offer_s.into())));
            busy.entry(person).and_modify(|talks| *talks += 1);
            self.turns += 1;
            self.given.insert(person, self.turns);
        }
    }
}

#[cfg(test)]
mod tests;
