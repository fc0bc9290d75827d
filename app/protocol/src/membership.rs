//! The membership log: who belongs, who leads, who may read what. Append-only, hash-chained,
//! signed; types and a pure verifier without any secret. Browser and server run the same code.
//!
//! Whatever decides who may read stands here and nowhere else. The organisation id is the plain
//! SHA-256 of the first entry's bytes.

mod authority;
mod body;
mod invitation;
mod log;
mod sighting;
mod state;
mod text;

pub use authority::{AuthorityError, Part, Requirement, Signer, authorise, may_sign, requirement};
pub use body::{
    Body, EmergencyNumber, Freshness, InvitedRole, Language, Localised, PRODUCT, PersonKeys, Site, SiteText,
    SiteTextKey, TeamRules,
};
pub use invitation::{Acceptance, AcceptanceContent};
pub use log::{EntryError, EntrySignature, Log, SignedEntry, Statement};
pub use sighting::{
    HeadFreshness, Sighting, SightingError, SignedSighting, head_confirmed_ms, head_days, head_freshness,
};
pub use state::{Administrators, Invitation, Person, ReadsOn, Renewal, State, StateError, Team};
pub use text::{TextError, check_line, check_text};

#[cfg(test)]
mod tests;
