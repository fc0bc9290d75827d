//! What the staff's pages see of the organisation: people, teams, invitations, sites.

use super::{Client, entry::staff, transport::Transport, view::site_view};
use beistand_protocol::{
    id::PersonId,
    membership::InvitedRole,
    month::Month,
    worker::{InvitationView, News, PersonView, RenewalView, Role, RoomView, TeamView},
};

impl<T: Transport> Client<T> {
    /// Colleagues, teams, invitations and sites, whole.
    pub(super) fn tell_staff(&mut self) {
        let (Some(session), Some(place)) = (&self.session, &self.place) else { return };
        let Some(own) = staff(session.kind) else { return };
        let state = place.log.state();
        let name_of = |person: PersonId| {
            state.person_or_former(person).map_or_else(String::new, |person| person.name().to_owned())
        };
        let persons = state
            .people()
            .map(|person| PersonView {
                person: person.id(),
                display_name: person.name().to_owned(),
                administrator: state.is_administrator(person.id()),
                teams: state.teams_of(person.id()).map(|team| team.id()).collect(),
                presence: session.presences.get(&person.id()).copied(),
                renewed: person.renewal().map(|renewal| RenewalView {
                    time_s: renewal.time_ms / 1000,
                    by: renewal.by.map_or_else(String::new, &name_of),
                }),
            })
            .collect();
        let month = Month::at(self.transport.now_ms() / 1000);
        let teams = state
            .teams()
            .map(|team| TeamView {
                team: team.id(),
                name: team.name().to_owned(),
                leads: team.leads().collect(),
                members: team.members().collect(),
                workload_shown: team.workload_shown(),
                leads_read_along: team.leads_read_along(),
                room: team.is_member(own).then(|| RoomView::of(team.id(), month)),
            })
            .collect();
        let invitations = if state.is_administrator(own) {
            state
                .invitations()
                .map(|(id, invitation)| {
                    let (name, role) = session.state.invited.get(&id).cloned().map_or_else(
                        || {
                            // Made in another administrator's browser: the log does not hold the name.
                            let role = match invitation.role {
                                InvitedRole::Administrator => Role::Administrator,
                                InvitedRole::Counselor => Role::Counselor,
                            };
                            (name_of(invitation.person), role)
                        },
                        |(name, role)| (name, role.into()),
                    );
                    let team = invitation.team.and_then(|team| state.team(team));
                    InvitationView {
                        invitation: id,
                        display_name: session.accepted.get(&id).cloned().unwrap_or(name),
                        role,
                        team_name: team.map_or_else(String::new, |team| team.name().to_owned()),
                        expires_s: invitation.expires_ms / 1000,
                        accepted: session.accepted.contains_key(&id),
                        renews: state.renews(invitation),
                    }
                })
                .collect()
        } else {
            Vec::new()
        };
        let sites = state.sites().map(|site| site_view(state, site, false)).collect();
        let presence = session.presence;
        self.tell(News::Staff { persons, teams, invitations, sites, presence });
    }
}
