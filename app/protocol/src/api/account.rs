//! What happens to an account: recovery, change of keys, deletion, resumption, its sealed state.

use super::{Append, ConversationSummary, Credentials, LogAppend, LookUp, Sealed, SessionKind};
use crate::{
    id::{AccountId, ConversationId, DeviceSessionId, TeamId},
    signature::Signature,
    wrap::{SignedAccountChange, Wrap},
};
use serde::{Deserialize, Serialize};

/// First step of the recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryStart {
    /// Suite number.
    pub suite: u16,
    /// Name.
    pub look_up: LookUp,
}

/// Answer; looks the same for names that do not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryStarted {
    /// Names this recovery in later steps.
    pub ticket: Vec<u8>,
    /// To be signed.
    pub nonce: [u8; 32],
}

/// Proof of the recovery code, with the request for the new password's registration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryProve {
    /// From the first step.
    pub ticket: Vec<u8>,
    /// By the recovery key, label [`crate::label::RECOVERY_PROOF`], over
    /// [`crate::wrap::recovery_proof_bytes`].
    pub proof: Signature,
    /// OPAQUE registration request for the new password.
    pub request: Vec<u8>,
}

/// The account as the recovery code opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryProved {
    /// Account.
    pub account: AccountId,
    /// Kind.
    pub kind: SessionKind,
    /// Current generation.
    pub generation: u32,
    /// The wrap for the recovery code.
    pub wrap: Wrap,
    /// Sealed account state.
    pub state: Sealed,
    /// OPAQUE registration response.
    pub response: Vec<u8>,
    /// To be signed with the new credentials.
    pub nonce: [u8; 32],
    /// All conversations of the account, to be re-sealed; their envelopes are fetched with
    /// [`RecoveryFetch`], and what their epochs can't be checked without with [`RecoveryGenerations`].
    pub conversations: Vec<ConversationSummary>,
    /// For how long the ticket admits the last step, seconds; each [`RecoveryFetch`] and
    /// [`RecoveryGenerations`] begins it anew.
    pub valid_s: u32,
}

/// Asks for envelopes of one of the account's conversations, once the code is proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryFetch {
    /// From the first step; not used up.
    pub ticket: Vec<u8>,
    /// Conversation.
    pub conversation: ConversationId,
    /// First position wanted.
    pub from: u64,
}

/// Asks for a team's generations, once the code is proved: the teams of the account's conversations,
/// and for staff the person's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryGenerations {
    /// From the first step; not used up.
    pub ticket: Vec<u8>,
    /// Team.
    pub team: TeamId,
    /// First number wanted.
    pub from: u32,
}

/// Last step of the recovery: a new generation of keys, all of it in one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryFinish {
    /// From the first step.
    pub ticket: Vec<u8>,
    /// New credentials; purpose: rotate, signed by the recovery key; the generation is the
    /// current one + 1 (compare and swap); its epochs' digest covers each encoded [`Append`] below.
    pub credentials: Credentials,
    /// New epochs of the account's conversations.
    pub appends: Vec<Append>,
    /// Staff in the log: the change of the own keys, and a generation for each of the person's teams.
    pub log: Option<LogAppend>,
}

/// First step of a change of keys while logged in (new password, or somebody knows the old one).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationStart {
    /// Suite number.
    pub suite: u16,
    /// The session's own name; another one is refused.
    pub look_up: LookUp,
    /// OPAQUE registration request for the new password.
    pub request: Vec<u8>,
}

/// The account as it stands, to be re-sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationStarted {
    /// Names this change in the last step.
    pub ticket: Vec<u8>,
    /// Current generation.
    pub generation: u32,
    /// Sealed account state.
    pub state: Sealed,
    /// OPAQUE registration response.
    pub response: Vec<u8>,
    /// To be signed with the new credentials.
    pub nonce: [u8; 32],
    /// All conversations of the account, to be re-sealed; the session fetches their envelopes.
    pub conversations: Vec<ConversationSummary>,
    /// For how long the ticket admits the last step, seconds.
    pub valid_s: u32,
}

/// Last step: as [`RecoveryFinish`], but signed by the account key in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RotationFinish {
    /// From the first step.
    pub ticket: Vec<u8>,
    /// As in [`RecoveryFinish`].
    pub credentials: Credentials,
    /// As in [`RecoveryFinish`].
    pub appends: Vec<Append>,
    /// As in [`RecoveryFinish`].
    pub log: Option<LogAppend>,
}

/// What the wish to delete an account has to name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionStarted {
    /// Names this deletion in the last step.
    pub ticket: Vec<u8>,
    /// To be signed.
    pub nonce: [u8; 32],
}

/// A seeker's signed wish that account and conversations be destroyed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionFinish {
    /// From the first step.
    pub ticket: Vec<u8>,
    /// Purpose: delete; signed by the account key.
    pub change: SignedAccountChange,
}

/// Leaves a key in the server's memory that a reload of the page may fetch once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumePark {
    /// Hash (SHA-256) of the handle kept by the page.
    pub handle_hash: [u8; 32],
    /// Key that the page's blob is sealed under.
    pub key: [u8; 32],
    /// Hash (SHA-256) of the handle that may end the session and nothing else.
    pub revoke_hash: [u8; 32],
}

/// Fetches a parked key; the handle is used up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeTake {
    /// Handle.
    pub handle: [u8; 32],
}

/// A parked key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeTaken {
    /// Key.
    pub key: [u8; 32],
}

/// Ends a session by its revoke-only handle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoke {
    /// Handle.
    pub handle: [u8; 32],
}

/// The account of this session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// Account.
    pub account: AccountId,
    /// Kind.
    pub kind: SessionKind,
    /// Generation.
    pub generation: u32,
    /// Sealed state.
    pub state: Sealed,
    /// Version of the state.
    pub state_version: u64,
    /// Whether an administrator has countersigned this staff account already.
    pub countersigned: bool,
}

/// Writes the sealed state if it still has the expected version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateWrite {
    /// Version read before.
    pub expected_version: u64,
    /// New state.
    pub state: Sealed,
}

/// The new version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateWritten {
    /// Version.
    pub version: u64,
}

/// Where the caller is logged in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionList {
    /// At most [`crate::limit::SESSIONS_PER_ACCOUNT_MAX`], the one used last first.
    pub sessions: Vec<SessionLine>,
}

/// One log-in of an account that is still good. What device it was, the box doesn't know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    /// Id.
    pub device_session: DeviceSessionId,
    /// Logged in, seconds since 1970.
    pub created_s: u64,
    /// Used last, seconds since 1970.
    pub used_s: u64,
    /// The one that asks.
    pub own: bool,
}

/// One log-in is to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEnd {
    /// Which.
    pub device_session: DeviceSessionId,
}
