//! Every domain-separation label, in alphabetical order. A label is followed by one zero byte
//! wherever it is hashed, signed or expanded, so that none is a prefix of another.

/// Signature over a [`crate::wrap::AccountChange`].
pub const ACCOUNT_CHANGE: &str = "beistand/1/account-change";
/// Digest of one of an [`crate::wrap::AccountChange`]'s parts.
pub const ACCOUNT_PART: &str = "beistand/1/account-part";
/// Digest of an edition's header; the HPKE `info` of its text blocks.
pub const BLOCKS_HEADER: &str = "beistand/1/blocks-header";
/// Digest of an edition's sealed text blocks.
pub const BLOCKS_SEALED: &str = "beistand/1/blocks-sealed";
/// Signature over an edition of text blocks, and its digest.
pub const BLOCKS_STATEMENT: &str = "beistand/1/blocks-statement";
/// Digest of an epoch's boxes.
pub const EPOCH_BOXES: &str = "beistand/1/epoch-boxes";
/// Digest of an epoch's header; the HPKE `info` of its boxes.
pub const EPOCH_HEADER: &str = "beistand/1/epoch-header";
/// Signature over an epoch statement, and the statement's digest.
pub const EPOCH_STATEMENT: &str = "beistand/1/epoch-statement";
/// That somebody comes into a group, signed by the key that is used there.
pub const GROUP_JOIN: &str = "beistand/1/group-join";
/// Acceptance of an invitation, signed by the invitation key and by the new key.
pub const INVITATION_ACCEPTANCE: &str = "beistand/1/invitation-acceptance";
/// Proof that an invitation's secret is known.
pub const INVITATION_START: &str = "beistand/1/invitation-start";
/// Derives a [`crate::id::KeyId`] from a public signing key.
pub const KEY_ID: &str = "beistand/1/key-id";
/// Signature over a statement of the membership log.
pub const LOG_STATEMENT: &str = "beistand/1/log-statement";
/// OPAQUE context of a log-in.
pub const LOGIN_CONTEXT: &str = "beistand/1/login-context";
/// Session token from the OPAQUE session key.
pub const LOGIN_TOKEN: &str = "beistand/1/login-token";
/// Salt of the look-up value.
pub const LOOKUP_SALT: &str = "beistand/1/lookup-salt";
/// Signature inside a message.
pub const MESSAGE_CONTENT: &str = "beistand/1/message-content";
/// Digest of a message's envelope as received.
pub const MESSAGE_ENVELOPE: &str = "beistand/1/message-envelope";
/// Id of the notes of one person about a talk.
pub const NOTE: &str = "beistand/1/note";
/// Proof that the holder of a recovery code asks for its wrap.
pub const RECOVERY_PROOF: &str = "beistand/1/recovery-proof";
/// Fingerprint of a root key.
pub const ROOT_FINGERPRINT: &str = "beistand/1/root-fingerprint";
/// Signature over a wish to change the second factor.
pub const SECOND_FACTOR: &str = "beistand/1/second-factor";
/// Signature over a sighting of the log's head.
pub const SIGHTING: &str = "beistand/1/sighting";
/// Digest of a team generation's boxes.
pub const TEAM_BOXES: &str = "beistand/1/team-boxes";
/// Digest of a team generation's header; the HPKE `info` of its boxes.
pub const TEAM_HEADER: &str = "beistand/1/team-header";
/// Id of a team's room.
pub const TEAM_ROOM: &str = "beistand/1/team-room";
/// Signature over a team generation, and its digest.
pub const TEAM_STATEMENT: &str = "beistand/1/team-statement";
/// Id of the staff thread about a talk.
pub const THREAD: &str = "beistand/1/thread";
/// Associated data of a wrap.
pub const WRAP: &str = "beistand/1/wrap";
