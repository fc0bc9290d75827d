//! Frames of the WebSocket. Binary, one [`crate::codec`] value a message.
//!
//! The first client frame is [`ClientFrame::Hello`] with the token (browsers allow no header
//! there); the server answers [`ServerFrame::Welcome`] or closes. From then on the server
//! pushes every envelope of the conversations that the session may read, in order per
//! conversation. What was missed while disconnected is fetched by position.

use crate::{
    api::{Append, Appended, ConversationSummary, LogHead, Outcome, StoredEnvelope},
    closing::Closing,
    id::{ConversationId, PersonId},
    notice::Occasion,
};
use serde::{Deserialize, Serialize};

/// Whether a staff person takes requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Presence {
    /// Takes requests.
    Available,
    /// Connected, but takes none.
    Away,
}

/// From browser to server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ClientFrame {
    /// First frame.
    Hello {
        /// Bearer token, 32 bytes.
        token: Vec<u8>,
    },
    /// Stores envelopes; answered by [`ServerFrame::Appended`] with the same number.
    Append {
        /// Chosen by the client, for the answer.
        request: u32,
        /// What to store.
        append: Append,
    },
    /// Something not stored (typing), passed on to the others in the conversation.
    Ephemeral {
        /// Conversation.
        conversation: ConversationId,
        /// Sealed notice.
        sealed: Vec<u8>,
    },
    /// Staff: takes requests or not.
    Presence(Presence),
    /// Sign of life, answered by [`ServerFrame::Pong`].
    Ping,
    /// Staff: [`ClientFrame::Append`] of a talk's end, which is counted if it is stored.
    Close {
        /// Chosen by the client, for the answer.
        request: u32,
        /// What to store.
        append: Append,
        /// What is counted.
        closing: Closing,
    },
}

/// Why the server ends a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ending {
    /// Log-out, expiry, quick exit or new credentials elsewhere.
    SessionEnded,
    /// The person was removed.
    Revoked,
    /// The client reads too slowly: connect again and fetch.
    TooSlow,
    /// The server stops or restarts: connect again.
    Restart,
    /// The frame was not understood.
    Malformed,
    /// The account's keys were changed on another device: log in with the new password.
    PasswordChanged,
    /// The account was deleted.
    AccountDeleted,
}

/// From server to browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ServerFrame {
    /// Session accepted. Fetch what was missed now; from here on everything is pushed.
    Welcome {
        /// Newest log head.
        head: LogHead,
        /// Server's clock, seconds since 1970.
        now_s: u64,
    },
    /// Answer to [`ClientFrame::Append`].
    Appended {
        /// Number of the request.
        request: u32,
        /// Durably stored, or why not.
        outcome: Outcome<Appended>,
    },
    /// A new envelope (also to the session that sent it).
    Stored {
        /// Conversation.
        conversation: ConversationId,
        /// Envelope and place.
        stored: StoredEnvelope,
    },
    /// Something not stored.
    Ephemeral {
        /// Conversation.
        conversation: ConversationId,
        /// Sealed notice.
        sealed: Vec<u8>,
    },
    /// A conversation is new to this session or changed its state, its promise or its presence.
    Conversation(ConversationSummary),
    /// A conversation is no longer readable for this session, or was deleted.
    Gone(ConversationId),
    /// The membership log grew.
    Log(LogHead),
    /// A colleague's presence (staff only); `None`: not connected.
    Presence(PersonId, Option<Presence>),
    /// Whether somebody of the seeker's site is available (seekers only).
    SomebodyAvailable(bool),
    /// An accepted invitation waits for countersignature (administrators only).
    AcceptanceWaiting,
    /// Answer to [`ClientFrame::Ping`].
    Pong,
    /// The connection ends.
    Bye(Ending),
    /// A waiting conversation is offered to somebody, or to nobody any more (staff only).
    Offered {
        /// Conversation.
        conversation: ConversationId,
        /// Whose turn it is.
        to: Option<PersonId>,
    },
    /// Until when words written now are answered, seconds since 1970, if the team promises it (seekers only).
    AnswerBy(Option<u64>),
    /// Something that concerns this person has happened that no conversation tells: a swap, an illness (staff only).
    Called(Occasion),
}
