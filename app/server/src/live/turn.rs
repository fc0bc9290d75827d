//! Whose turn it is: the hub's part of the queue rules. What is decided, the domain's rules say.

use super::hub::{ConnectionId, Hub, State, frame};
use crate::directory::{is_active, teams_of};
use beistand_domain::{
    clock::Seconds,
    conversation::{is_letter, may_read, round},
    queue::{
        Colleague, NotNow, Offers,
        escalation::{Next, Wait, next},
        is_running, may_claim,
    },
    record::Conversation,
};
use beistand_protocol::{
    api::ConversationState,
    id::{ConversationId, PersonId, TeamId},
    live::{Presence, ServerFrame},
    queue::{QueueMode, QueueRules, Reach, Step},
};
use std::collections::BTreeMap;

/// Seconds after which it is looked again whether somebody is free by now: a talk ends by silence, too.
const LOOK_AGAIN_S: Seconds = 60;

/// What waits in each team, with the times of the newest words.
type Waiting = BTreeMap<TeamId, Vec<(ConversationId, Seconds)>>;
/// Whose teams were looked up.
type Teams = BTreeMap<PersonId, Vec<TeamId>>;

/// Whether somebody whose teams are known may read a conversation.
fn reads(conversation: &Conversation, person: PersonId, teams: &Teams) -> bool {
    teams.get(&person).is_some_and(|teams| may_read(&conversation.readers, person, teams))
}

/// Rules and offers of all teams.
#[derive(Default)]
pub(super) struct Turns {
    rules: BTreeMap<TeamId, QueueRules>,
    offers: BTreeMap<TeamId, Offers>,
    /// For each talk of a team that escalates: the newest step of its escalation, since when it is known by the clock
    /// that nobody sets, and for how long it had stood then.
    stands: BTreeMap<ConversationId, (Step, Seconds, Seconds)>,
}

/// A step that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepDue {
    /// Of which conversation.
    pub conversation: ConversationId,
    /// The newest step so far.
    pub newest: Step,
    /// Who is asked now.
    pub reach: Reach,
}

impl Turns {
    /// Begins with what is stored.
    pub(super) fn new(rules: Vec<(TeamId, QueueRules)>) -> Self {
        Self { rules: rules.into_iter().collect(), ..Self::default() }
    }

    /// A team's rules.
    pub(super) fn rules(&self, team: TeamId) -> QueueRules {
        self.rules.get(&team).copied().unwrap_or_default()
    }

    /// A team has other rules.
    pub(super) fn set(&mut self, team: TeamId, rules: QueueRules) {
        self.rules.insert(team, rules);
        self.offers.entry(team).or_default();
    }

    /// All offers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (ConversationId, PersonId)> {
        self.offers.values().flat_map(Offers::iter)
    }

    /// For how long the newest step of a talk has stood: by the clock on the wall until it is known here, which may be
    /// a restart later, then by the one that nobody sets.
    fn stood_s(&mut self, id: ConversationId, newest: Step, now_s: Seconds, steady_s: Seconds) -> Seconds {
        let begun = (newest, steady_s, now_s.saturating_sub(newest.at_s));
        let known = self.stands.entry(id).or_insert(begun);
        if known.0 != newest {
            *known = begun;
        }
        known.2.saturating_add(steady_s.saturating_sub(known.1))
    }

    fn offered(&self, team: TeamId, conversation: ConversationId) -> Option<PersonId> {
        self.offers.get(&team)?.of(conversation)
    }
}

impl Hub {
    /// Looks whose turn it is in each team; gives when that has to be done again at the latest, and what goes on to
    /// somebody else.
    pub fn take_turns(&self, now_s: Seconds, steady_s: Seconds) -> (Option<Seconds>, Vec<StepDue>) {
        self.with(|state| state.take_turns(now_s, steady_s))
    }

    /// Resolves when something has happened that may change whose turn it is.
    pub async fn turns_due(&self) {
        self.turns_due.notified().await;
    }

    /// A team's queue rules.
    #[must_use]
    pub fn queue_rules(&self, team: TeamId) -> QueueRules {
        self.lock().turns.rules(team)
    }

    /// A team has other queue rules.
    pub fn set_queue_rules(&self, team: TeamId, rules: QueueRules) {
        self.with(|state| {
            state.turns.set(team, rules);
            state.turns_due = true;
        });
    }

    /// Whether somebody may claim a conversation now.
    ///
    /// # Errors
    /// [`NotNow`].
    pub fn check_claim(
        &self,
        conversation: &Conversation,
        person: PersonId,
        now_s: Seconds,
    ) -> Result<(), NotNow> {
        self.lock().check_claim(conversation, person, now_s)
    }
}

impl State {
    /// What is offered to whom, as far as somebody reads it.
    pub(super) fn tell_offers(&mut self, id: ConnectionId, person: PersonId) {
        let teams = teams_of(self.log(), person);
        let offers: Vec<_> = self
            .turns
            .iter()
            .filter(|(conversation, _)| {
                self.index.get(*conversation).is_some_and(|c| may_read(&c.readers, person, &teams))
            })
            .map(|(conversation, to)| frame(&ServerFrame::Offered { conversation, to: Some(to) }))
            .collect();
        offers.iter().for_each(|frame| self.push([id], frame));
    }

    /// Looks whose turn it is in each team, and tells those who read. Gives when that has to be done again at the
    /// latest, and the steps that are due.
    fn take_turns(&mut self, now_s: Seconds, steady_s: Seconds) -> (Option<Seconds>, Vec<StepDue>) {
        let pushing =
            |(_, rules): &(&TeamId, &QueueRules)| rules.mode == QueueMode::Push || rules.escalation.is_some();
        let mut teams: Vec<TeamId> = self.turns.rules.iter().filter(pushing).map(|(team, _)| *team).collect();
        // Those that push no longer have offers to take back.
        let taken_back = |team: &&TeamId| {
            let rules = self.turns.rules(**team);
            rules.mode == QueueMode::Pull && rules.escalation.is_none()
        };
        teams.extend(self.turns.offers.keys().filter(taken_back));
        if teams.is_empty() {
            self.turns.stands.clear();
            return (None, Vec::new());
        }
        let mut again_s: Option<Seconds> = None;
        let mut due = Vec::new();
        let (waiting, running) = self.waiting_and_running(now_s);
        for team in teams {
            let rules = self.turns.rules(team);
            let waiting = waiting.get(&team).map_or(&[][..], Vec::as_slice);
            let on_duty = self.on_duty(team, &running);
            let mut offers = self.turns.offers.remove(&team).unwrap_or_default();
            // Each one's teams once, however much waits.
            let teams: Teams = on_duty
                .iter()
                .map(|colleague| (colleague.person, teams_of(self.log(), colleague.person)))
                .collect();
            let may = |id, person| self.index.get(id).is_some_and(|known| reads(known, person, &teams));
            let changes = offers.turn(&rules, waiting, &on_duty, may, now_s);
            let look_s = offers.any_without().then(|| now_s.saturating_add(LOOK_AGAIN_S));
            let (in_s, steps) = self.escalate(&rules, waiting, &offers, &on_duty, &teams, (now_s, steady_s));
            due.extend(steps);
            let step_s = in_s.map(|in_s| now_s.saturating_add(in_s));
            again_s = [again_s, offers.until_s(), look_s, step_s].into_iter().flatten().min();
            if rules.mode == QueueMode::Push {
                self.turns.offers.insert(team, offers);
            }
            for (conversation, to) in changes {
                let Some(known) = self.index.get(conversation).cloned() else { continue };
                let readers = self.readers(&known);
                self.push(readers, &frame(&ServerFrame::Offered { conversation, to }));
            }
        }
        let index = &self.index;
        let waits =
            |id: ConversationId| index.get(id).is_some_and(|known| known.state == ConversationState::Waiting);
        self.turns.stands.retain(|id, _| waits(*id));
        // Once it is stored that wakes whoever asked; if it can't be, it is tried again.
        let retry_s = (!due.is_empty()).then(|| now_s.saturating_add(LOOK_AGAIN_S));
        let again_s = again_s.into_iter().chain(retry_s).min();
        (again_s, due)
    }

    /// What goes on in one team, and in how many seconds something else does.
    fn escalate(
        &mut self,
        rules: &QueueRules,
        waiting: &[(ConversationId, Seconds)],
        offers: &Offers,
        on_duty: &[Colleague],
        teams: &Teams,
        (now_s, steady_s): (Seconds, Seconds),
    ) -> (Option<Seconds>, Vec<StepDue>) {
        let (mut in_s, mut due) = (None::<Seconds>, Vec::new());
        if rules.escalation.is_none() {
            return (None, due);
        }
        for (id, _) in waiting {
            let Some(known) = self.index.get(*id).filter(|known| !is_letter(known)) else { continue };
            let Some(newest) = round(&known.steps).last().copied() else { continue };
            let may = |colleague: &&Colleague| reads(known, colleague.person, teams);
            let there: Vec<Colleague> = on_duty.iter().filter(may).copied().collect();
            let stood_s = self.turns.stood_s(*id, newest, now_s, steady_s);
            let wait = Wait {
                round: round(&known.steps),
                stood_s,
                runs: self.runs(known, now_s),
                offered: offers.of(*id),
            };
            match next(rules, &wait, &there) {
                Next::Rest => {}
                Next::In(left_s) => in_s = Some(in_s.map_or(left_s, |known_s| known_s.min(left_s))),
                Next::Now(reach) => due.push(StepDue { conversation: *id, newest, reach }),
            }
        }
        (in_s, due)
    }

    /// Why somebody may not claim a conversation now.
    pub(super) fn check_claim(
        &self,
        conversation: &Conversation,
        person: PersonId,
        now_s: Seconds,
    ) -> Result<(), NotNow> {
        let team = conversation.team;
        let lead =
            self.log().is_some_and(|log| log.state().team(team).is_some_and(|team| team.is_lead(person)));
        let offered = self.turns.offered(team, conversation.id);
        may_claim(&self.turns.rules(team), offered, person, lead, self.running(person, now_s))
    }

    /// What waits in each team, with the times of the newest words, and how many running talks each person has: one
    /// look at all conversations, since this is asked after each message.
    fn waiting_and_running(&self, now_s: Seconds) -> (Waiting, BTreeMap<PersonId, usize>) {
        let (mut waiting, mut running) = (Waiting::new(), BTreeMap::new());
        for c in self.index.all().filter(|c| c.seeker().is_some()) {
            match c.state {
                ConversationState::Waiting if c.length > 0 => {
                    waiting.entry(c.team).or_default().push((c.id, c.last_s));
                }
                ConversationState::Claimed(person) if self.runs(c, now_s) => {
                    *running.entry(person).or_insert(0) += 1;
                }
                _ => {}
            }
        }
        (waiting, running)
    }

    fn on_duty(&self, team: TeamId, running: &BTreeMap<PersonId, usize>) -> Vec<Colleague> {
        let Some(members) = self.log().and_then(|log| log.state().team(team)) else { return Vec::new() };
        let roster = self.duty.get(&team);
        self.presence
            .iter()
            .filter(|(person, presence)| {
                **presence == Presence::Available
                    && members.is_member(**person)
                    && is_active(self.log(), **person)
                    && roster.is_none_or(|on_duty| on_duty.duty.counts(**person))
            })
            .map(|(person, _)| Colleague {
                person: *person,
                talks: running.get(person).copied().unwrap_or(0),
            })
            .collect()
    }

    /// Running talks of a person, in all teams.
    fn running(&self, person: PersonId, now_s: Seconds) -> usize {
        let held = |c: &&Conversation| c.state == ConversationState::Claimed(person);
        self.index.all().filter(held).filter(|c| self.runs(c, now_s)).count()
    }

    fn runs(&self, conversation: &Conversation, now_s: Seconds) -> bool {
        let connected = conversation.seeker().is_some_and(|seeker| self.is_connected(seeker));
        is_running(connected, conversation.last_s, now_s)
    }
}
