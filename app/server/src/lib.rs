//! HTTP, TLS, certificates, log-in (server half), sessions, live delivery, jobs.
//!
//! [`app::App`] holds everything a handler needs; [`route`] is the table of routes, one file per
//! noun below it. What the server is given comes in by traits: storage and clock (`domain`),
//! [`random::Random`], [`page::Pages`]. Nothing here can open what it stores.

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod allowance;
pub mod app;
pub mod asset;
mod body;
pub mod caller;
pub mod claim;
mod credential;
pub mod directory;
pub mod duty;
mod epoch;
pub mod error;
pub mod header;
pub mod host;
pub mod job;
#[cfg(feature = "leak")]
pub mod leak;
pub mod listen;
pub mod live;
pub mod log_sink;
mod login;
pub mod mail;
pub mod notice;
pub mod organisation_pin;
pub mod outbound;
mod pace;
pub mod page;
pub mod push;
pub mod random;
pub mod resume;
pub mod roots;
mod rotation;
pub mod route;
mod second_factor;
pub mod secret_file;
pub mod session;
pub mod system;
pub mod throttle;
mod ticket;
pub mod tls;
mod work;
