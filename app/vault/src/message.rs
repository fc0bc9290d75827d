//! What stands inside an envelope, and how it is sealed and opened.
//!
//! Sign, then encrypt: the signature covers everything that says where a message belongs (P8) and
//! is only visible to readers. Verification is over the bytes as decrypted; they are decoded
//! afterwards, strictly.

use crate::{
    epoch::EpochKey,
    group::{Card, Invite, Join, is_line},
    padding::{self, pad, pad_to, unpad},
    random::{Random, draw},
    secret::{Secret, SigningKey},
};
#[cfg(feature = "staff")]
use beistand_protocol::worker::Remark;
use beistand_protocol::{
    api::{Envelope, EnvelopeKind, LogHead, Sealed},
    codec,
    epoch::Author,
    id::{ConversationId, DeviceSessionId, Digest, MessageId, OrganisationId, PersonId, SiteId},
    label, limit,
    membership::{Language, check_line},
    message::{FIXED_PLAINTEXT_BYTES, SealedMessage, SealedTyping, associated_data, typing_associated_data},
    signature::{Signature, VerifyKey},
    suite::Suite,
};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

/// What is said. Appended to, never reordered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// The seeker's first words about itself.
    Introduction {
        /// The pseudonym shown to the other side.
        pseudonym: String,
        /// The language in which answers are wished.
        language: Language,
    },
    /// Words.
    Text(String),
    /// What the author's client has received and what was looked at (P15).
    Receipt {
        /// Newest envelope received.
        delivered: Digest,
        /// Newest envelope looked at.
        read: Option<Digest>,
    },
    /// The author is writing.
    Typing,
    /// The author takes the conversation.
    Claim,
    /// The holder gives it back.
    Release,
    /// The holder (or a lead) gives it to a colleague.
    Handover {
        /// To whom.
        to: PersonId,
    },
    /// The conversation is finished.
    Close,
    /// It goes on; where the seeker is blocked: they may write again.
    Reopen,
    /// It is finished, and its seeker may not write any more.
    Block,
    /// In a thread of the staff: something noted about its talk. Seekers' browsers know of none.
    #[cfg(feature = "staff")]
    Remark(Remark),
    /// Holds its place.
    #[cfg(not(feature = "staff"))]
    Remark,
    /// In a group: what it is, by who moderates.
    Card(Card),
    /// In a talk: an invitation to a group.
    Invite(Invite),
    /// In a talk: the seeker comes into a group.
    Join(Box<Join>),
}

impl core::fmt::Debug for Body {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        // Never the words.
        f.write_str(match self {
            Self::Introduction { .. } => "Introduction",
            Self::Text(_) => "Text",
            Self::Receipt { .. } => "Receipt",
            Self::Typing => "Typing",
            Self::Claim => "Claim",
            Self::Release => "Release",
            Self::Handover { .. } => "Handover",
            Self::Close => "Close",
            Self::Reopen => "Reopen",
            Self::Block => "Block",
            #[cfg(feature = "staff")]
            Self::Remark(_) => "Remark",
            #[cfg(not(feature = "staff"))]
            Self::Remark => "Remark",
            Self::Card(_) => "Card",
            Self::Invite(_) => "Invite",
            Self::Join(_) => "Join",
        })
    }
}

impl Body {
    /// The kind that the clear header names; `None` for typing, which has none.
    #[must_use]
    pub fn kind(&self) -> Option<EnvelopeKind> {
        Some(match self {
            Self::Introduction { .. } | Self::Text(_) | Self::Card(_) | Self::Invite(_) | Self::Join(_) => {
                EnvelopeKind::Message
            }
            #[cfg(feature = "staff")]
            Self::Remark(_) => EnvelopeKind::Message,
            #[cfg(not(feature = "staff"))]
            Self::Remark => EnvelopeKind::Message,
            Self::Receipt { .. } => EnvelopeKind::Receipt,
            Self::Claim => EnvelopeKind::Claim,
            Self::Release => EnvelopeKind::Release,
            Self::Handover { .. } => EnvelopeKind::Handover,
            Self::Close => EnvelopeKind::Close,
            Self::Reopen => EnvelopeKind::Reopen,
            Self::Block => EnvelopeKind::Block,
            Self::Typing => return None,
        })
    }

    /// Whether it belongs to the conversation's history graph. Receipts and typing do not: a lost
    /// one is made good by the next.
    #[must_use]
    pub fn is_history(&self) -> bool {
        !matches!(self, Self::Receipt { .. } | Self::Typing)
    }

    /// Separates the keys of different kinds.
    fn purpose(&self) -> u8 {
        purpose(self.kind())
    }

    fn check(&self) -> Result<(), MessageError> {
        let fits = match self {
            Self::Introduction { pseudonym, .. } => {
                check_line(pseudonym, limit::DISPLAY_NAME_BYTES_MAX).is_ok()
            }
            Self::Text(text) => !text.is_empty() && text.len() <= limit::MESSAGE_TEXT_BYTES_MAX,
            #[cfg(feature = "staff")]
            Self::Remark(remark) => remark.is_valid(),
            #[cfg(not(feature = "staff"))]
            Self::Remark => false,
            Self::Card(card) => card.is_valid(),
            Self::Invite(invite) => is_line(&invite.title) && invite.group.is_group(),
            Self::Join(join) => is_line(&join.name) && join.group.is_group(),
            _ => true,
        };
        if fits { Ok(()) } else { Err(MessageError::Body) }
    }
}

fn purpose(kind: Option<EnvelopeKind>) -> u8 {
    match kind {
        Some(EnvelopeKind::Message) => 0,
        Some(EnvelopeKind::Receipt) => 2,
        None => 3,
        Some(_) => 1,
    }
}

/// Everything the signature covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The suite.
    pub suite: Suite,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The site.
    pub site: SiteId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The epoch's digest.
    pub epoch: Digest,
    /// The envelope's id; all zero for typing.
    pub id: MessageId,
    /// Who.
    pub author: Author,
    /// On which device, from which log-in (or reload) on: drawn anew each time a client starts.
    pub device_session: DeviceSessionId,
    /// One more each time, from 1: for history in one row, for receipts and typing in another.
    pub counter: u64,
    /// The message before of the same device session; `None` in the first and outside history.
    pub predecessor: Option<Digest>,
    /// The heads of the conversation as the author saw them, in byte order; empty outside history.
    pub heads: Vec<Digest>,
    /// The log as the author saw it.
    pub log_head: LogHead,
    /// When the author says it was written, milliseconds since 1970.
    pub claimed_time_ms: u64,
    /// The encoded [`Body`], padded.
    pub body: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct SignedContent {
    content: Vec<u8>,
    signature: Signature,
}

/// Why a message did not open, or could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MessageError {
    /// The sealed bytes have no valid form.
    #[error("message is malformed")]
    Malformed,
    /// It does not open under its epoch's key, or its clear header was changed.
    #[error("message was changed or moved")]
    Changed,
    /// The signature is not the author's.
    #[error("message is not signed by its author")]
    Signature,
    /// Inside stands another place (organisation, conversation, epoch, kind, id) than outside.
    #[error("message belongs elsewhere")]
    Elsewhere,
    /// Too long, empty, or against its form.
    #[error("content is not acceptable")]
    Body,
}

/// Opens and decodes what was sealed, without the signature (whose key depends on the content).
pub(crate) struct Opened {
    pub content: Content,
    pub body: Body,
    bytes: Zeroizing<Vec<u8>>,
    signature: Signature,
}

impl Opened {
    /// Checks the signature over the bytes as they came.
    pub fn verify(&self, key: &VerifyKey) -> Result<(), MessageError> {
        key.verify(label::MESSAGE_CONTENT, &self.bytes, &self.signature).map_err(|_| MessageError::Signature)
    }
}

/// Seals a body into an envelope. `content.body` is filled in here.
pub(crate) fn seal_envelope(
    mut content: Content,
    body: &Body,
    epoch: u32,
    key: &EpochKey,
    signing: &SigningKey,
    random: &mut dyn Random,
) -> Result<Envelope, MessageError> {
    let kind = body.kind().ok_or(MessageError::Body)?;
    let plaintext = sign_content(&mut content, body, signing)?;
    let assignee = match body {
        Body::Claim => match content.author {
            Author::Person { person, .. } => Some(person),
            _ => return Err(MessageError::Body),
        },
        Body::Handover { to } => Some(*to),
        _ => None,
    };
    let mut envelope = Envelope { id: content.id, kind, epoch, assignee, sealed: Sealed(Vec::new()) };
    let associated = associated_data(content.conversation, &envelope);
    let sealed = encrypt(&key.message_key(body.purpose()), &associated, &plaintext, random);
    envelope.sealed = Sealed(codec::encode(&sealed));
    Ok(envelope)
}

/// Seals a typing notice.
pub(crate) fn seal_typing(
    mut content: Content,
    epoch: u32,
    key: &EpochKey,
    signing: &SigningKey,
    random: &mut dyn Random,
) -> Result<Vec<u8>, MessageError> {
    let plaintext = sign_content(&mut content, &Body::Typing, signing)?;
    let associated = typing_associated_data(content.conversation, epoch);
    let message = encrypt(&key.message_key(Body::Typing.purpose()), &associated, &plaintext, random);
    Ok(codec::encode(&SealedTyping { epoch, message }))
}

fn sign_content(
    content: &mut Content,
    body: &Body,
    signing: &SigningKey,
) -> Result<Zeroizing<Vec<u8>>, MessageError> {
    body.check()?;
    let encoded = Zeroizing::new(codec::encode(body));
    let words = body.kind() == Some(EnvelopeKind::Message);
    // Words are padded by themselves, so that the number of heads does not move them into
    // another size; everything else has one size as a whole.
    content.body = if words { pad(&encoded) } else { encoded.to_vec() };
    let bytes = Zeroizing::new(codec::encode(content));
    let signature = signing.sign(label::MESSAGE_CONTENT, &bytes);
    let signed = Zeroizing::new(codec::encode(&SignedContent { content: bytes.to_vec(), signature }));
    if words {
        return Ok(signed);
    }
    pad_to(&signed, FIXED_PLAINTEXT_BYTES).map(Zeroizing::new).ok_or(MessageError::Body)
}

#[allow(clippy::expect_used)]
fn encrypt(key: &Secret, associated: &[u8], plaintext: &[u8], random: &mut dyn Random) -> SealedMessage {
    let nonce: [u8; 24] = draw(random);
    let ciphertext = XChaCha20Poly1305::new(key.expose().into())
        .encrypt(&nonce.into(), Payload { msg: plaintext, aad: associated })
        .expect("a message is far below the cipher's limit");
    SealedMessage { nonce, ciphertext }
}

fn decrypt(
    key: &Secret,
    associated: &[u8],
    sealed: &SealedMessage,
) -> Result<Zeroizing<Vec<u8>>, MessageError> {
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt(&sealed.nonce.into(), Payload { msg: &sealed.ciphertext, aad: associated })
        .map(Zeroizing::new)
        .map_err(|_| MessageError::Changed)
}

/// Opens an envelope under its epoch's key and checks that inside and outside agree.
pub(crate) fn open_envelope(
    conversation: ConversationId,
    envelope: &Envelope,
    key: &EpochKey,
) -> Result<Opened, MessageError> {
    let sealed: SealedMessage = codec::decode(&envelope.sealed.0).map_err(|_| MessageError::Malformed)?;
    let associated = associated_data(conversation, envelope);
    let plaintext = decrypt(&key.message_key(purpose(Some(envelope.kind))), &associated, &sealed)?;
    let opened = read(&plaintext, envelope.kind == EnvelopeKind::Message)?;
    let assignee = match (&opened.body, opened.content.author) {
        (Body::Claim, Author::Person { person, .. }) => Some(person),
        (Body::Claim, _) => return Err(MessageError::Elsewhere),
        (Body::Handover { to }, _) => Some(*to),
        _ => None,
    };
    let agrees = opened.body.kind() == Some(envelope.kind)
        && opened.content.id == envelope.id
        && opened.content.conversation == conversation
        && assignee == envelope.assignee;
    if agrees { Ok(opened) } else { Err(MessageError::Elsewhere) }
}

/// Opens a typing notice.
pub(crate) fn open_typing(
    conversation: ConversationId,
    sealed: &SealedTyping,
    key: &EpochKey,
) -> Result<Opened, MessageError> {
    let associated = typing_associated_data(conversation, sealed.epoch);
    let plaintext = decrypt(&key.message_key(purpose(None)), &associated, &sealed.message)?;
    let opened = read(&plaintext, false)?;
    let agrees = opened.body == Body::Typing && opened.content.conversation == conversation;
    if agrees { Ok(opened) } else { Err(MessageError::Elsewhere) }
}

fn read(plaintext: &[u8], words: bool) -> Result<Opened, MessageError> {
    let malformed = |_| MessageError::Malformed;
    let signed = if words {
        plaintext
    } else if plaintext.len() == FIXED_PLAINTEXT_BYTES {
        unpad(plaintext).map_err(|_| MessageError::Malformed)?
    } else {
        return Err(MessageError::Malformed);
    };
    let SignedContent { content: bytes, signature } = codec::decode(signed).map_err(malformed)?;
    let bytes = Zeroizing::new(bytes);
    let content: Content = codec::decode(&bytes).map_err(malformed)?;
    let encoded = if words {
        let encoded = unpad(&content.body).map_err(|_| MessageError::Malformed)?;
        if padding::padded_len(encoded.len()) != content.body.len() {
            return Err(MessageError::Malformed);
        }
        encoded
    } else {
        &content.body
    };
    let body: Body = codec::decode(encoded).map_err(malformed)?;
    body.check()?;
    let ordered = content.heads.windows(2).all(|pair| pair[0] < pair[1])
        && content.heads.len() <= limit::HEADS_MAX
        && (body.is_history() || (content.heads.is_empty() && content.predecessor.is_none()))
        && content.counter > 0
        && (!body.is_history() || (content.counter == 1) == content.predecessor.is_none());
    if ordered { Ok(Opened { content, body, bytes, signature }) } else { Err(MessageError::Malformed) }
}
