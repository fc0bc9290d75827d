//! The public pages, rendered by the server for one request each: complete HTML, no script, no
//! style attributes, nothing that identifies the visitor.
//!
//! The server names what it knows in the view structs; addresses of assets come from [`Assets`].

mod error;
mod frame;
mod help;
mod privacy;
mod safety;
mod start;

pub use error::{ErrorKind, render_error};
pub use help::render_help;
pub use privacy::render_privacy;
pub use safety::render_safety;
pub use start::{Moment, StartView, render_start};

use crate::emergency::EmergencyNumber;
use std::collections::BTreeMap;

/// Addresses of the embedded assets: logical name (`style.css`) to the address under which
/// the server serves it by content hash.
#[derive(Clone, Debug, Default)]
pub struct Assets(BTreeMap<String, String>);

impl Assets {
    /// From pairs of logical name and address.
    pub fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The address of an asset: `/assets/<name>` for one that was not listed.
    #[must_use]
    pub fn address(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| format!("/assets/{name}"))
    }
}

/// The site in whose name a page speaks.
#[derive(Clone, Debug)]
pub struct SiteView {
    /// The site's id in lower-case hexadecimal: part of addresses.
    pub id: String,
    /// The site's name.
    pub name: String,
    /// Days that conversations are kept after the last contact.
    pub retention_days: u16,
    /// Who of its team reads on once somebody has taken a conversation.
    pub reads_on: ReadsOn,
    /// The site's signed emergency numbers; the defaults when there is none.
    pub emergency: Vec<EmergencyNumber>,
}

/// Who of the staff reads on once somebody has taken a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadsOn {
    /// Whoever has taken it, alone.
    Holder,
    /// The leads as well.
    Leads,
    /// The whole team.
    Team,
}

/// What every public page needs.
#[derive(Clone, Debug)]
pub struct PageView {
    /// Addresses of assets.
    pub assets: Assets,
    /// Path of this page, for the language switch: `/help`.
    pub path: String,
    /// The site; `None` before set-up and on pages of no site.
    pub site: Option<SiteView>,
}

#[cfg(test)]
mod tests;
