//! The targets.

pub mod calendar;
pub mod code;
pub mod configuration;
pub mod http;
pub mod membership_log;
pub mod stored;
pub mod wire;
