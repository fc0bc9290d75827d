//! What stands open at the workplace and what the list shows. It outlives a visit to another area.

use crate::client::{Client, Session};
use crate::desk::rows::Group;
use crate::desk::slots::Slots;
use beistand_protocol::id::{ConversationId, MessageId, SiteId, TeamId};
use beistand_protocol::worker::{ConversationView, SessionView, StateView};
use leptos::prelude::*;

/// Which talks the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// Of one site.
    pub site: Option<SiteId>,
    /// Of one team.
    pub team: Option<TeamId>,
    /// With a tag.
    pub tag: Option<String>,
    /// With something unread only.
    pub unread: bool,
}

impl Filter {
    /// Whether a talk is shown that has these tags.
    pub fn lets(&self, view: &ConversationView, tags: impl FnOnce() -> Vec<String>) -> bool {
        self.site.is_none_or(|site| view.site == site)
            && self.team.is_none_or(|team| view.team == team)
            && (!self.unread || view.unread > 0)
            && self.tag.as_ref().is_none_or(|tag| tags().contains(tag))
    }

    /// Whether it leaves anything out.
    pub fn is_set(&self) -> bool {
        *self != Self::default()
    }
}

/// The desk of whoever is logged in. Copies are handles to the same one.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    /// The worker.
    pub client: Client,
    /// Talks side by side.
    pub slots: RwSignal<Slots<ConversationId>>,
    /// How many of them the window has room for.
    pub room: RwSignal<usize>,
    /// What the list shows.
    pub filter: RwSignal<Filter>,
    /// What is looked for in the talks; empty: nothing.
    pub search: RwSignal<String>,
    /// The line that a search has led to, until it is on the screen.
    pub wanted: RwSignal<Option<(ConversationId, MessageId)>>,
    /// Whether single keys do anything; somebody who speaks to the computer, or brushes its keys, turns them off.
    pub shortcuts: RwSignal<bool>,
}

impl Desk {
    /// An empty one.
    pub fn new(client: Client) -> Self {
        let desk = Self {
            client,
            slots: RwSignal::new(Slots::default()),
            room: RwSignal::new(1),
            filter: RwSignal::new(Filter::default()),
            search: RwSignal::new(String::new()),
            wanted: RwSignal::new(None),
            shortcuts: RwSignal::new(true),
        };
        // A talk that is gone is not shown any more. Without a list the session is just ending.
        Effect::new(move || {
            let gone: Vec<ConversationId> = desk.client.conversations.list.with(|list| {
                let Some(list) = list else { return Vec::new() };
                let there = |id: &ConversationId| list.iter().any(|view| view.id == *id);
                desk.slots
                    .with_untracked(|slots| slots.open.iter().copied().filter(|id| !there(id)).collect())
            });
            gone.into_iter().for_each(|id| desk.close(id));
        });
        desk
    }

    /// The talk that the keyboard speaks of.
    pub fn current(self) -> Option<ConversationId> {
        self.slots.with(|slots| slots.current)
    }

    /// Shows a talk.
    pub fn show(self, id: ConversationId) {
        let room = self.room.get_untracked();
        if self.slots.with_untracked(|slots| slots.current != Some(id)) {
            self.slots.update(|slots| slots.show(id, room));
        }
    }

    /// Takes a talk from the screen.
    pub fn close(self, id: ConversationId) {
        self.slots.update(|slots| slots.close(id));
    }

    /// Back to the list, where only one thing at a time has room.
    pub fn leave(self) {
        self.slots.set(Slots::default());
    }
}

/// Whether somebody may take a talk that waits: it is offered to nobody, to them, or they lead the team.
pub(super) fn may_claim(client: Client, view: &ConversationView) -> bool {
    let Session::Known(SessionView::Staff { person, .. }) = client.session.get() else { return false };
    let mine = || view.offered.is_none_or(|to| to == person) || leads(client, view);
    view.state == StateView::Waiting && mine()
}

/// Whether somebody leads the team of a talk.
pub(super) fn leads(client: Client, view: &ConversationView) -> bool {
    let Session::Known(SessionView::Staff { person, .. }) = client.session.get() else { return false };
    client
        .staff
        .with(|staff| staff.teams.iter().any(|team| team.team == view.team && team.leads.contains(&person)))
}

/// Whose turn it is, if it is somebody's: whether it is one's own, and the name.
pub(super) fn offered(client: Client, view: &ConversationView) -> Option<(bool, String)> {
    let to = view.offered.filter(|_| view.state == StateView::Waiting)?;
    let Session::Known(SessionView::Staff { person, .. }) = client.session.get() else { return None };
    let name = client.staff.with(|staff| {
        let known = staff.persons.iter().find(|known| known.person == to);
        known.map(|known| known.display_name.clone()).unwrap_or_default()
    });
    Some((to == person, name))
}

/// The group of a talk.
pub(super) fn group_of(view: &ConversationView) -> Group {
    match view.state {
        StateView::Waiting => Group::Waiting,
        StateView::Mine => Group::Mine,
        StateView::Colleague(..) => Group::Team,
        StateView::Closed | StateView::Blocked => Group::Closed,
    }
}
