//! Accepting an invitation: the invitee signs its new keys with the invitation's secret, which
//! only came outside the box, so that the server cannot put keys of its own in.

use super::body::PersonKeys;
use crate::{
    codec,
    id::{InvitationId, OrganisationId, PersonId},
    label,
    signature::{Signature, SignatureError, VerifyKey},
    suite::Suite,
};
use serde::{Deserialize, Serialize};

impl InvitationId {
    /// Whom an account stands for that gets somebody new keys by this invitation, until it is countersigned: nobody of
    /// the log. So a link alone opens nothing of that person's.
    #[must_use]
    pub const fn waiting(self) -> PersonId {
        PersonId(self.0)
    }
}

/// What is signed when keys join or change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AcceptanceContent {
    /// The suite.
    pub suite: Suite,
    /// The organisation.
    pub organisation: OrganisationId,
    /// The invitation, or `None` for founders and for changes of the own keys.
    pub invitation: Option<InvitationId>,
    /// Shown name.
    pub name: String,
    /// The new keys.
    pub keys: PersonKeys,
}

impl AcceptanceContent {
    /// Checks that the new signing key signed this itself.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify_key_holder(&self, by_key: &Signature) -> Result<(), SignatureError> {
        self.keys.signing.verify(label::INVITATION_ACCEPTANCE, &codec::encode(self), by_key)
    }
}

/// An accepted invitation, as it waits for the countersignature and as it stands in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Which.
    pub invitation: InvitationId,
    /// Shown name, chosen by the invitee.
    pub name: String,
    /// The invitee's keys.
    pub keys: PersonKeys,
    /// By the invitation's key.
    pub by_invitation: Signature,
    /// By the new signing key.
    pub by_key: Signature,
}

impl Acceptance {
    /// What both signatures cover.
    #[must_use]
    pub fn content(&self, organisation: OrganisationId) -> AcceptanceContent {
        AcceptanceContent {
            suite: Suite::CURRENT,
            organisation,
            invitation: Some(self.invitation),
            name: self.name.clone(),
            keys: self.keys.clone(),
        }
    }

    /// Checks both signatures against the invitation's public half, as it stands in the log.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(
        &self,
        organisation: OrganisationId,
        invitation_key: &VerifyKey,
    ) -> Result<(), SignatureError> {
        let content = self.content(organisation);
        invitation_key.verify(label::INVITATION_ACCEPTANCE, &codec::encode(&content), &self.by_invitation)?;
        content.verify_key_holder(&self.by_key)
    }
}
