//! The server's facts put into the pages of `beistand-web`.

use beistand_domain::roster::calendar::Words;
use beistand_protocol::membership::{Language, Localised, ReadsOn, Site};
use beistand_server::{
    asset,
    mail::{self, Said},
    page::{ErrorPage, Moment, Page, PageRequest, Pages},
};
use beistand_web::{
    emergency::EmergencyNumber,
    locale::Locale,
    page::{
        self, Assets, ErrorKind, PageView, SiteView, StartView, render_error, render_help, render_privacy,
        render_safety, render_start,
    },
    text, theme,
};

/// Files that public pages name.
const PAGE_ASSETS: [&str; 5] = [
    "style.css",
    "icon.svg",
    "fonts/atkinson-hyperlegible-latin-400-normal.woff2",
    "fonts/atkinson-hyperlegible-latin-700-normal.woff2",
    "fonts/atkinson-hyperlegible-latin-ext-400-normal.woff2",
];

/// Renders with Leptos, for one request each.
pub struct WebPages {
    assets: Assets,
}

impl WebPages {
    /// With the embedded client's files.
    #[must_use]
    pub fn new() -> Self {
        let pairs = PAGE_ASSETS.iter().filter_map(|name| Some(((*name).to_owned(), asset::href(name)?)));
        Self { assets: Assets::new(pairs) }
    }
}

fn language(locale: Locale) -> Language {
    match locale {
        Locale::De => Language::German,
        Locale::En => Language::English,
    }
}

/// A name in the page's language, else in the site's own.
fn localised<'a>(names: &'a [Localised], locale: Locale, site: &Site) -> &'a str {
    let find = |language| names.iter().find(|name| name.language == language);
    find(language(locale)).or_else(|| find(site.default_language)).map_or("", |name| &name.text)
}

fn site_view(site: &Site, reads_on: ReadsOn, locale: Locale) -> SiteView {
    SiteView {
        id: site.site.to_hex(),
        name: site.name.clone(),
        retention_days: site.retention_days,
        reads_on: match reads_on {
            ReadsOn::Holder => page::ReadsOn::Holder,
            ReadsOn::Leads => page::ReadsOn::Leads,
            ReadsOn::Team => page::ReadsOn::Team,
        },
        emergency: site
            .emergency
            .iter()
            .map(|number| EmergencyNumber {
                number: number.number.clone(),
                label: localised(&number.names, locale, site).to_owned(),
            })
            .collect(),
    }
}

fn moment(moment: Moment) -> page::Moment {
    let (_, month, date) = moment.day.date();
    // A month has at most 31 days, a year 12 months.
    let small = |number: i32| u8::try_from(number).unwrap_or_default();
    page::Moment {
        days_ahead: moment.day.0 - moment.today.0,
        weekday: moment.day.weekday(),
        date: small(date),
        month: small(month),
        minute: moment.minute,
    }
}

impl Pages for WebPages {
    fn render(&self, request: &PageRequest<'_>, page: &Page<'_>) -> String {
        let locale = Locale::choose(request.language, request.accept_language);
        let view = PageView {
            assets: self.assets.clone(),
            path: request.path.to_owned(),
            site: request.site.map(|site| site_view(site, request.reads_on, locale)),
        };
        match *page {
            Page::Start { site, organisation_name, organisation, somebody_available, next, answer_by } => {
                let address = |query: &str| format!("/write/{}{query}#k={organisation}", site.site);
                let start = StartView {
                    page: view,
                    site: site_view(site, request.reads_on, locale),
                    organisation: organisation_name.to_owned(),
                    somebody_there: somebody_available,
                    next: next.map(moment),
                    answer_by: answer_by.map(moment),
                    sign_up: address(""),
                    log_in: address("?to=log-in"),
                };
                render_start(&start, locale)
            }
            Page::Safety => render_safety(&view, locale),
            Page::Privacy => render_privacy(&view, locale),
            Page::Help => render_help(&view, locale),
            Page::Error(kind) => {
                let kind = match kind {
                    ErrorPage::NotFound => ErrorKind::NotFound,
                    ErrorPage::Forbidden => ErrorKind::Forbidden,
                    ErrorPage::Unavailable => ErrorKind::Unavailable,
                    ErrorPage::NotSetUp => ErrorKind::NotSetUp,
                };
                // The language switch of an error must not lead to an address that a stranger chose.
                let path = if kind == ErrorKind::NotFound { "/".to_owned() } else { view.path.clone() };
                render_error(&PageView { path, ..view }, kind, locale)
            }
        }
    }

    fn calendar_words(&self, language: Option<&str>) -> Words {
        let locale = Locale::choose(language, None);
        Words {
            name: text::calendar_name(locale).to_owned(),
            live: text::calendar_live(locale).to_owned(),
            letters: text::calendar_letters(locale).to_owned(),
            nobody: text::calendar_nobody(locale).to_owned(),
        }
    }

    fn mail_words(&self, language: Language, said: Said, origin: &str) -> mail::Words {
        let locale = match language {
            Language::German | Language::GermanPlain => Locale::De,
            _ => Locale::En,
        };
        let link = format!("{origin}/staff");
        let (subject, body) = match said {
            Said::Mine => (text::told_mine(locale), text::told_mine_body(locale, &link)),
            Said::Team => (text::told_team(locale), text::told_team_body(locale, &link)),
            Said::Both => (text::told_both(locale), text::told_both_body(locale, &link)),
            Said::Test => (text::told_test(locale), text::told_test_body(locale, &link)),
        };
        let from = text::product_name(locale).to_owned();
        mail::Words { from, subject: subject.to_owned(), body }
    }

    fn theme(&self, accent: [u8; 3]) -> String {
        theme::stylesheet(accent)
    }
}
