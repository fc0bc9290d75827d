//! What the pages see of the sites and of groups.

use super::{
    Client,
    conversation::{Talk, author},
    organisation::letters,
    start::Place,
    transport::Transport,
};
use beistand_protocol::{
    api::SessionKind,
    epoch::{Author as Signer, ConversationKind},
    id::SiteId,
    membership::{Site, State},
    worker::{Author, GroupView, GuestView, SiteSettings, SiteView},
};

impl<T: Transport> Client<T> {
    /// A site from the signed log.
    pub(super) fn site_view(&self, site: SiteId) -> Option<SiteView> {
        let place = self.place.as_ref()?;
        let state = place.log.state();
        let view = site_view(state, state.site(site)?, place.somebody_available);
        Some(SiteView { answer_by_s: place.answer_by_s, ..view })
    }
}

impl Talk {
    /// Who wrote something here, as this session sees it.
    pub fn author(&self, signer: Option<Signer>, kind: SessionKind, place: &Place) -> Author {
        match signer {
            Some(Signer::Guest(guest)) if self.core.own_guest() == Some(guest) => Author::Own,
            Some(Signer::Guest(guest)) => Author::Guest(guest, self.core.guest_name(guest).to_owned()),
            _ => author(signer, kind, place),
        }
    }

    /// What a group is.
    pub fn group(&self) -> Option<Box<GroupView>> {
        let Some(ConversationKind::Group { most, .. }) = self.core.kind() else { return None };
        let guests = self.core.guests().map(|guest| GuestView {
            guest: guest.guest,
            name: self.core.guest_name(guest.guest).to_owned(),
            muted: guest.muted,
        });
        let card = self.core.card();
        let (title, windows) = (card.title.clone(), card.windows.clone());
        Some(Box::new(GroupView {
            title,
            windows,
            guests: guests.collect(),
            most,
            own: self.core.own_guest(),
        }))
    }
}

pub(super) fn site_view(state: &State, site: &Site, somebody_available: bool) -> SiteView {
    let default = site.default_language;
    SiteView {
        site: site.site,
        settings: SiteSettings {
            name: site.name.clone(),
            accent: site.accent,
            language: letters(default).to_owned(),
            retention_days: site.retention_days,
            emergency: site
                .emergency
                .iter()
                .map(|number| {
                    let name = number.names.iter().find(|name| name.language == default);
                    (number.number.clone(), name.map_or_else(String::new, |name| name.text.clone()))
                })
                .collect(),
        },
        groups: state.takes_groups(site.site),
        team_name: state.team(site.team).map_or_else(String::new, |team| team.name().to_owned()),
        somebody_available,
        answer_by_s: None,
    }
}
