//! HTTP, TLS, certificates, log-in (server half), sessions, live delivery, jobs.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod asset;
pub mod header;
pub mod host;
pub mod listen;
pub mod log_sink;
pub mod tls;
