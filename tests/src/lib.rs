//! The client side spoken natively: demo data and tests that need no browser.
