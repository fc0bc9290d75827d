//! The client side spoken natively: demo data and tests that need no browser.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod native;
pub mod page;
