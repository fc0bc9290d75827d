//! What the pages see of the sites.

use super::{Client, organisation::letters, transport::Transport};
use beistand_protocol::{
    id::SiteId,
    membership::{Site, State},
    worker::{SiteSettings, SiteView},
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
        team_name: state.team(site.team).map_or_else(String::new, |team| team.name().to_owned()),
        somebody_available,
        answer_by_s: None,
    }
}
