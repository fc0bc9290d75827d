//! The rooms of teams: what colleagues say to each other that is about no talk.
//!
//! Each team has one a month, whose id follows from both, so there is one at most, and the server can't pass off another.
//! It is opened with the first words that somebody writes in it, by whoever is first. Who reads it, the log says: the
//! members of the team.

use super::{
    Client,
    conversation::Talk,
    state::{AccountState, Draft, SOON_MS},
    transport::Transport,
};
use crate::{
    conversation::{ComposeError, Sending},
    random::Random,
};
use beistand_protocol::{
    api::Envelope,
    epoch::{ConversationKind, NeedsEpoch},
    id::{ConversationId, SiteId, TeamId},
    limit::ROOM_LATE_S,
    month::Month,
};

/// Months back in which a draft is looked for that was not sent before its month was over.
const DRAFT_MONTHS: usize = 12;

/// The first epoch, where it is a room.
pub(super) fn opening(
    room: &Talk,
    sending: &Sending<'_>,
    random: &mut dyn Random,
) -> Option<Result<Envelope, ComposeError>> {
    let month = room.room()?;
    Some(room.core.open_room(sending, room.summary.team, month, random))
}

/// Whether the present month's room, or a group, is to be renewed without anybody writing in it: the log has other members by now, or
/// others' keys. Who joins would otherwise wait for the next words to read along.
pub(super) fn renewal_due(room: &Talk, sending: &Sending<'_>) -> bool {
    let now = room.room() == Some(Month::at(sending.now_ms / 1000)) || room.summary.id.is_group();
    now && room.core.is_readable()
        && room.core.check_sealable(sending) == Err(ComposeError::NeedsEpoch(NeedsEpoch::Readers))
}

impl<T: Transport> Client<T> {
    /// The teams whose rooms this person is in.
    fn own_teams(&self) -> Vec<TeamId> {
        let (Some(session), Some(place)) = (&self.session, &self.place) else { return Vec::new() };
        let Ok(own) = session.person() else { return Vec::new() };
        place.log.state().teams_of(own).map(|team| team.id()).collect()
    }

    /// Makes room for a room that nobody has written in yet. One whose month ended just now is still one: words that were
    /// written before midnight belong there.
    pub(super) fn ensure_room(&mut self, id: ConversationId) {
        let now_s = self.transport.now_ms() / 1000;
        let near = [Month::at(now_s), Month::at(now_s.saturating_sub(ROOM_LATE_S))];
        let mut all = self.own_teams().into_iter().flat_map(|team| near.map(|month| (team, month)));
        let found = all.find(|(team, month)| ConversationKind::room_id(*team, *month) == id);
        let (Some((team, month)), Some(session)) = (found, &mut self.session) else { return };
        let mut room = session.unopened(id, SiteId::NONE, team, now_s);
        room.room = Some(month);
        session.talks.insert(id, room);
    }

    /// Another month has begun since the pages were told: they hear of its rooms, and what was half written in the former
    /// ones goes there.
    pub(super) fn tend_rooms(&mut self) {
        let changed_ms = self.transport.now_ms();
        let month = Month::at(changed_ms / 1000);
        let due = self.session.as_ref().is_some_and(|session| session.room_month != Some(month));
        if !due {
            return;
        }
        let teams = self.own_teams();
        let Some(session) = &mut self.session else { return };
        session.room_month = Some(month);
        let place = |team, month| Some(ConversationKind::room_id(team, month));
        let mut moved = false;
        for team in teams {
            let now = place(team, month);
            let kept = |state: &AccountState, place| {
                state.drafts.get(&place).map(|draft| draft.text.clone()).filter(|text| !text.is_empty())
            };
            let former = std::iter::successors(month.before(), |month| month.before()).take(DRAFT_MONTHS);
            let left = former.map(|month| place(team, month)).find_map(|place| {
                let text = kept(&session.state, place)?;
                Some((place, text))
            });
            if let (Some((place, text)), None) = (left, kept(&session.state, now)) {
                session.state.drafts.insert(now, Draft { text, changed_ms });
                // Empty, so that an older copy does not come back.
                session.state.drafts.insert(place, Draft { text: String::new(), changed_ms });
                moved = true;
            }
        }
        if moved {
            session
                .talks
                .values_mut()
                .filter(|talk| talk.room().is_some())
                .for_each(|room| room.changed = true);
            self.touch_state(SOON_MS);
        }
        self.tell_staff();
    }
}
