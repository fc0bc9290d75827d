//! What the set-up wizard asks and gets.

use crate::id::{OrganisationId, SiteId};
use serde::{Deserialize, Serialize};

/// Input of the set-up wizard.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// Claim code as typed.
    pub claim_code: String,
    /// Name of the organisation.
    pub organisation_name: String,
    /// First administrator's name as shown.
    pub display_name: String,
    /// First administrator's log-in name.
    pub login_name: String,
    /// First administrator's vault passphrase.
    pub password: String,
    /// First team's name; the administrator leads it until somebody else is named.
    pub team_name: String,
    /// First site.
    pub site: SiteSettings,
}

/// Signed settings of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteSettings {
    /// Name shown to seekers.
    pub name: String,
    /// Accent colour, red, green, blue.
    pub accent: [u8; 3],
    /// Two-letter language shown first.
    pub language: String,
    /// Days that are kept after the last contact.
    pub retention_days: u16,
    /// Numbers for emergencies: number, label.
    pub emergency: Vec<(String, String)>,
}

/// The kit to print.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kit {
    /// Organisation id.
    pub organisation: OrganisationId,
    /// Fingerprint in groups for reading aloud.
    pub fingerprint: Vec<String>,
    /// Root secret in groups with checksum.
    pub root_secret: Vec<String>,
    /// The administrator's recovery code.
    pub recovery: Vec<String>,
    /// The site made.
    pub site: SiteId,
}
