//! HTTP, TLS, certificates, log-in (server half), sessions, live delivery, jobs.
