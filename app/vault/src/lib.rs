//! The end-to-end encryption core: keys, log-in (client half), seal, open, membership log.
