//! The first call, and the membership log: fetched whole, verified entry by entry, kept up to date.

use super::{
    Client,
    request::{RequestError, get, path},
    transport::Transport,
};
use beistand_protocol::{
    api::{LogHead, LogPage, OrganisationInfo, SiteInfo, route},
    id::{OrganisationId, SiteId},
    membership::{EntryError, Log},
    team::Generations,
    worker::{Conflict, Failure, News, Reply, Resume, SessionView},
};

/// The organisation this client belongs to, as verified.
pub(super) struct Place {
    pub organisation: OrganisationId,
    pub log: Log,
    /// Verified team generations, as far as read.
    pub generations: Generations,
    /// Seekers: whether somebody of the site is available, as last told.
    pub somebody_available: bool,
    /// Until when words written now are answered, seconds since 1970.
    pub answer_by_s: Option<u64>,
}

impl<T: Transport> Client<T> {
    /// Fetches and verifies the log, checks the pin, and resumes a session if the page kept one.
    pub(super) async fn start(
        &mut self,
        site: Option<SiteId>,
        pin: Option<String>,
        resume: Option<Resume>,
    ) -> Result<Reply, Failure> {
        self.site = site;
        let pin = match pin {
            Some(text) => Some(OrganisationId::from_hex(&text).ok_or(Conflict::Organisation)?),
            None => None,
        };
        let info: OrganisationInfo = get(&self.transport, route::ORGANISATION, None).await?;
        let Some(organisation) = info.organisation else {
            // A pinned organisation does not cease to exist.
            return match pin {
                Some(_) => Err(Conflict::Organisation.into()),
                None => Ok(Reply::Started { session: SessionView::NotSetUp }),
            };
        };
        self.enter(organisation, pin).await?;
        if let Some(site) = site {
            self.read_site(site).await?;
            self.tell_site();
        }
        if let Some(resume) = resume
            && self.resume(resume).await?
        {
            return Ok(Reply::Started { session: self.session_view() });
        }
        Ok(Reply::Started { session: SessionView::Nobody })
    }

    /// Reads the whole log of an organisation.
    pub(super) async fn enter(
        &mut self,
        organisation: OrganisationId,
        pin: Option<OrganisationId>,
    ) -> Result<(), Failure> {
        if pin.is_some_and(|pin| pin != organisation) {
            return Err(Conflict::Organisation.into());
        }
        let mut log: Option<Log> = None;
        loop {
            let from = log.as_ref().map_or(0, |log| log.head().length);
            let page = log_page(&self.transport, from).await?;
            for entry in &page.entries {
                match &mut log {
                    None => log = Some(Log::begin(Some(organisation), entry).map_err(conflict)?),
                    Some(log) => drop(log.append(entry).map_err(conflict)?),
                }
            }
            match log {
                Some(log) if log.head() == page.head => {
                    self.place = Some(Place {
                        organisation,
                        log,
                        generations: Generations::default(),
                        somebody_available: false,
                        answer_by_s: None,
                    });
                    return Ok(());
                }
                // A page without entries that is not the end would go on for ever.
                _ if page.entries.is_empty() => return Err(Conflict::Log.into()),
                _ => {}
            }
        }
    }

    /// Brings the log up to (at least) a head that something named.
    pub(super) async fn follow_log(&mut self, head: LogHead) -> Result<(), Failure> {
        loop {
            let place = self.place.as_mut().ok_or(Failure::NotNow)?;
            if place.log.contradicts(&head) {
                return Err(Conflict::Log.into());
            }
            if place.log.at(&head).is_some() {
                return Ok(());
            }
            let page = log_page(&self.transport, place.log.head().length).await?;
            if page.entries.is_empty() {
                // Named by something signed or by the server itself, and yet not shown: withheld.
                return Err(Conflict::Log.into());
            }
            for entry in &page.entries {
                place.log.append(entry).map_err(conflict)?;
            }
            self.log_grown = true;
        }
    }

    /// Fetches whatever is new in the log.
    pub(super) async fn refresh_log(&mut self) -> Result<(), Failure> {
        let from = self.place.as_ref().ok_or(Failure::NotNow)?.log.head().length;
        let page = log_page(&self.transport, from).await?;
        if page.head.length < from {
            return Err(Conflict::Log.into());
        }
        self.follow_log(page.head).await
    }

    /// Unsigned facts of the seeker's site.
    pub(super) async fn read_site(&mut self, site: SiteId) -> Result<(), Failure> {
        let info: SiteInfo =
            get(&self.transport, &path(route::SITE, &[("site", site.to_hex())]), None).await?;
        let place = self.place.as_mut().ok_or(Failure::NotNow)?;
        if info.organisation != place.organisation {
            return Err(Conflict::Organisation.into());
        }
        place.somebody_available = info.somebody_available;
        place.answer_by_s = info.answer_by_s;
        // The log was read just before: a head behind it is an older one.
        if info.head.length < place.log.head().length {
            return Err(Conflict::Log.into());
        }
        self.follow_log(info.head).await
    }

    /// Somebody of the site's team takes requests, or nobody any more.
    pub(super) fn on_available(&mut self, available: bool) {
        if let Some(place) = &mut self.place {
            place.somebody_available = available;
        }
        if let Some(session) = &mut self.session {
            session.talks.values_mut().for_each(|talk| talk.changed = true);
        }
        self.tell_site();
    }

    /// The page's site, from the signed log.
    pub(super) fn tell_site(&mut self) {
        let view = self.site.and_then(|site| self.site_view(site));
        if let Some(view) = view {
            self.tell(News::Site(view));
        }
    }
}

async fn log_page<T: Transport>(transport: &T, from: u64) -> Result<LogPage, RequestError> {
    get(transport, &path(route::LOG, &[("from", from.to_string())]), None).await
}

/// What an entry that does not verify means.
pub(super) fn conflict(error: EntryError) -> Failure {
    Failure::Conflict(match error {
        EntryError::OtherOrganisation => Conflict::Organisation,
        _ => Conflict::Log,
    })
}
