//! The client side spoken natively: demo data and tests that need no browser.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod cast;
pub mod live_box;
pub mod load;
pub mod native;
pub mod page;
pub mod start_output;
