//! A load generator that speaks the real protocol over TLS, light enough for thousands of
//! connections in one process: what measures (`load delivery`, …) and what attacks (`load abuse`).
//!
//! It differs from a browser in two ways, neither of which the box can tell. Its log-in stretches no
//! password, since that would cost this machine 64 MiB and 0.15 s each time and the box nothing.
//! And a message is sealed once a conversation and sent again under fresh ids, since the box can't
//! look into it.

pub mod abuse;
pub mod account;
pub mod delivery;
pub mod hostile;
pub mod office;
pub mod process;
pub mod sample;
pub mod start;
pub mod stolen;
pub mod traffic;
pub mod wire;

/// Why a load could not be put on.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// No connection, or it ended.
    #[error("no connection")]
    Unreachable(#[from] beistand_vault::client::transport::Unreachable),
    /// The box said no.
    #[error("refused: {0:?}")]
    Refused(beistand_protocol::error::Code),
    /// Something unexpected came.
    #[error("unexpected: {0}")]
    Unexpected(&'static str),
    /// The box did not start.
    #[error(transparent)]
    Box(#[from] crate::live_box::LiveBoxError),
    /// Setting the organisation up failed.
    #[error(transparent)]
    Page(#[from] crate::page::PageError),
    /// A file could not be read or written.
    #[error("file")]
    File(#[from] std::io::Error),
    /// The box did not keep a promise.
    #[error("{0}")]
    Broken(String),
}
