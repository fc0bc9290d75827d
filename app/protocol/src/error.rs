//! The stable codes with which the server refuses. The page turns them into sentences; the
//! server's log gets the cause. Neither carries content.

use serde::{Deserialize, Serialize};

/// Why the server refused, as a client may act on it. Appended to, never reordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Code {
    /// The body or frame could not be read.
    #[error("malformed request")]
    Malformed,
    /// Larger than [`crate::limit`] allows.
    #[error("too large")]
    TooLarge,
    /// A suite number this server does not speak.
    #[error("unknown suite")]
    UnknownSuite,
    /// No valid session: log in again.
    #[error("no valid session")]
    SessionExpired,
    /// The session may not do this.
    #[error("not allowed")]
    Forbidden,
    /// Unknown id, or not visible to this session.
    #[error("not found")]
    NotFound,
    /// Name, password, recovery code or claim code is wrong. Deliberately one code for all.
    #[error("wrong credentials")]
    WrongCredentials,
    /// Too many tries; wait.
    #[error("too many tries")]
    TooManyTries,
    /// Somebody else was faster: read again, then decide again.
    #[error("conflict")]
    Conflict,
    /// The pseudonym or log-in name is taken.
    #[error("name taken")]
    NameTaken,
    /// The invitation was used, has run out or was withdrawn.
    #[error("invitation not valid")]
    InvitationInvalid,
    /// A signature, log entry or statement did not verify.
    #[error("signature or statement refused")]
    StatementRefused,
    /// The epoch named is not the newest one: make or fetch the newest first.
    #[error("stale epoch")]
    StaleEpoch,
    /// The conversation is already claimed by a colleague.
    #[error("already claimed")]
    AlreadyClaimed,
    /// The conversation is closed.
    #[error("conversation closed")]
    ConversationClosed,
    /// Set-up is done already.
    #[error("already set up")]
    AlreadySetUp,
    /// There is no organisation yet.
    #[error("not set up")]
    NotSetUp,
    /// The staff person was removed.
    #[error("access revoked")]
    Revoked,
    /// A proof of work is missing, wrong or too old.
    #[error("proof of work refused")]
    WorkRefused,
    /// The disk is full or cannot be written; nothing was stored.
    #[error("storage unavailable")]
    StorageUnavailable,
    /// Something went wrong on the server; its log says more.
    #[error("internal error")]
    Internal,
    /// The session ended because the account's keys were changed elsewhere.
    #[error("the password was changed elsewhere")]
    PasswordChanged,
    /// The session ended because the account was deleted.
    #[error("the account was deleted")]
    AccountDeleted,
    /// The conversation takes no more messages: a new one goes on.
    #[error("conversation full")]
    ConversationFull,
    /// The conversation is offered to a colleague: it is their turn.
    #[error("offered to a colleague")]
    OfferedElsewhere,
    /// The person has as many running talks as the team's rules allow.
    #[error("as many talks as the rules allow")]
    TalksFull,
    /// The staff have blocked the pseudonym: nothing can be written under it.
    #[error("blocked")]
    Blocked,
    /// The passphrase is right, and the account asks for a number from the person's app as well.
    #[error("second factor needed")]
    SecondFactorNeeded,
    /// The number is wrong, too old, or was used already.
    #[error("second factor wrong")]
    SecondFactorWrong,
    /// The organisation demands a second factor, and the account has none: it has to be set up before anything else.
    #[error("second factor demanded")]
    SecondFactorDemanded,
    /// The group is not open now for those who come to it.
    #[error("group not open")]
    GroupNotOpen,
    /// Who moderates the group has muted the guest.
    #[error("muted")]
    Muted,
}

/// Body of every refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What happened.
    pub code: Code,
    /// Seconds to wait before the next try, where that helps.
    pub retry_after_s: Option<u32>,
}
