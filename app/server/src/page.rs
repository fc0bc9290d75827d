//! The seam to whatever renders the public pages. The server knows the facts; words, markup and
//! languages are the renderer's.

use crate::mail::{self, Said};
use beistand_domain::roster::calendar::Words;
use beistand_protocol::{
    id::OrganisationId,
    membership::{Language, ReadsOn, Site},
    roster::Day,
};

/// A public page and the facts on it.
#[derive(Debug, Clone, Copy)]
pub enum Page<'a> {
    /// A site's start page.
    Start {
        /// The site.
        site: &'a Site,
        /// The organisation's name.
        organisation_name: &'a str,
        /// Its id, for the links' fragment.
        organisation: OrganisationId,
        /// Whether somebody of the site's team takes requests now.
        somebody_available: bool,
        /// When somebody is there next by the roster, if nobody is now.
        next: Option<Moment>,
        /// Until when a letter written now is answered.
        answer_by: Option<Moment>,
    },
    /// Staying safe, quick exit.
    Safety,
    /// What is stored.
    Privacy,
    /// When something does not work.
    Help,
    /// What could not be shown.
    Error(ErrorPage),
}

/// A time on the wall of the team's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The day that it is now.
    pub today: Day,
    /// The day meant.
    pub day: Day,
    /// Minute of that day.
    pub minute: u16,
}

/// Why there is no page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorPage {
    /// Unknown address.
    NotFound,
    /// A method that does not fit.
    Forbidden,
    /// The server can't answer now.
    Unavailable,
    /// No organisation yet.
    NotSetUp,
}

/// What a renderer needs besides the page itself.
#[derive(Debug, Clone, Copy)]
pub struct PageRequest<'a> {
    /// Path of the page, for the language switch.
    pub path: &'a str,
    /// Value of `?lang=`; anything may stand there.
    pub language: Option<&'a str>,
    /// The header; anything may stand there.
    pub accept_language: Option<&'a str>,
    /// The site in whose name the page speaks, once there is one.
    pub site: Option<&'a Site>,
    /// Who of that site's team reads on once somebody has taken a talk.
    pub reads_on: ReadsOn,
}

/// Renders public pages.
pub trait Pages: Send + Sync + 'static {
    /// A whole HTML document without any script.
    fn render(&self, request: &PageRequest<'_>, page: &Page<'_>) -> String;

    /// Words of calendar files, in the language that was asked for.
    fn calendar_words(&self, language: Option<&str>) -> Words;

    /// Words of an e-mail that names where the box is, in the language that a person has chosen.
    fn mail_words(&self, language: Language, said: Said, origin: &str) -> mail::Words;

    /// The style sheet with a site's accent colour.
    fn theme(&self, accent: [u8; 3]) -> String;
}
