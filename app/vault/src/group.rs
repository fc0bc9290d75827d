//! What is said about a group: in it by who moderates, and in a talk by whoever invites and by whoever comes.

use crate::account::PartyKeys;
use beistand_protocol::{
    api::Window,
    codec,
    id::{ConversationId, GuestId, OrganisationId},
    label, limit,
    membership::{PersonKeys, check_line},
    signature::{Signature, SignatureError},
};
use serde::{Deserialize, Serialize};

/// What a group is called, when its guests may write, and by which names they are there. The newest one counts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What it is called.
    pub title: String,
    /// When guests may write, in order.
    pub windows: Vec<Window>,
    /// The names of the guests.
    pub names: Vec<(GuestId, String)>,
}

/// An invitation, in a talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// To which group.
    pub group: ConversationId,
    /// What it is called.
    pub title: String,
}

/// Whoever was invited comes, says the seeker in the talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// Into which group.
    pub group: ConversationId,
    /// How the others there are to call this guest.
    pub name: String,
    /// The keys for the group: of this account, and used nowhere else.
    pub keys: PersonKeys,
    /// By the signing key of these: whoever brings a key has it.
    pub proof: Signature,
}

impl Card {
    /// Whether it is of the form that readers take.
    pub(crate) fn is_valid(&self) -> bool {
        self.windows.len() <= limit::GROUP_WINDOWS_MAX
            && self.names.len() <= limit::GROUP_GUESTS_MAX
            && self.names.iter().map(|(_, name)| name).chain([&self.title]).all(|line| is_line(line))
    }
}

/// Whether a title or a name has its form.
pub(crate) fn is_line(line: &str) -> bool {
    check_line(line, limit::DISPLAY_NAME_BYTES_MAX).is_ok()
}

impl Join {
    /// Said by who has the keys, in one talk.
    #[must_use]
    pub fn new(
        organisation: OrganisationId,
        talk: ConversationId,
        group: ConversationId,
        name: String,
        keys: &PartyKeys,
    ) -> Self {
        let public = keys.public();
        let proof = keys
            .signing
            .sign(label::GROUP_JOIN, &codec::encode(&(organisation, talk, group, &name, &public)));
        Self { group, name, keys: public, proof }
    }

    /// Whether who says so has the key.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, organisation: OrganisationId, talk: ConversationId) -> Result<(), SignatureError> {
        // With the talk, so that nobody says it in another.
        let signed = codec::encode(&(organisation, talk, self.group, &self.name, &self.keys));
        self.keys.signing.verify(label::GROUP_JOIN, &signed, &self.proof)
    }

    /// The guest that this would be.
    #[must_use]
    pub fn guest(&self) -> GuestId {
        GuestId(self.keys.signing.id().0)
    }
}
