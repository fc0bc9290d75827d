//! Leptos pages, components and translations; talks to the vault worker by messages and never links it.
//!
//! Three faces of one crate, chosen by feature:
//!
//! - `ssr`: [`page`] renders the public pages for one request each, complete and without any script;
//! - `seeker`: the seeker's bundle (sign-up, log-in, conversation), a static shell plus [`client`];
//! - `staff`: the staff's bundle (workplace, administration, set-up), likewise.
//!
//! What all share stands beside them: [`locale`] and [`text`] (every sentence, compiled from
//! `locales/`), [`theme`] (a site's accent colour with sufficient contrast), [`emergency`] and
//! the icons. Nothing here opens or seals a message: pages that show content talk to the vault
//! worker in the words of `beistand_protocol::worker`.
#![cfg_attr(test, allow(clippy::unwrap_used))]

#[cfg(any(test, feature = "staff"))]
pub mod alert;
#[cfg(any(test, feature = "staff"))]
pub mod blocks;
#[cfg(any(test, feature = "staff"))]
pub mod desk;
#[cfg(any(test, feature = "staff"))]
pub mod document;
pub mod emergency;
pub mod icon;
pub mod lane;
pub mod locale;
pub mod pseudonym;
pub mod text;
pub mod theme;

#[cfg(feature = "csr")]
pub mod client;
#[cfg(feature = "csr")]
pub mod clock;
#[cfg(feature = "csr")]
pub mod failure;
#[cfg(feature = "csr")]
pub mod part;
#[cfg(feature = "csr")]
pub mod talk;

#[cfg(feature = "seeker")]
pub mod seeker;
#[cfg(feature = "staff")]
pub mod setup;
#[cfg(feature = "staff")]
pub mod staff;

#[cfg(feature = "ssr")]
pub mod page;
