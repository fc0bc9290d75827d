//! Making entries of the membership log: set-up, invitations, and daily work. Verification is
//! `protocol::membership`'s.

use crate::{
    account::PartyKeys,
    code::{Code, CodeError},
    random::Random,
    secret::SigningKey,
};
use beistand_protocol::{
    codec,
    id::{InvitationId, OrganisationId, PersonId},
    label,
    membership::{
        Acceptance, AcceptanceContent, Body, EntrySignature, Freshness, PRODUCT, PersonKeys, SignedEntry,
        State, Statement,
    },
    signature::{Signature, VerifyKey},
    suite::Suite,
    wrap::invitation_start_bytes,
};
use zeroize::Zeroizing;

/// The organisation's root secret: made in the first administrator's browser, printed in the kit,
/// then erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootSecret(Code);

/// The secret of an invitation, handed over outside the box (in a link's fragment).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvitationSecret(Code);

macro_rules! written_down {
    ($name:ident, $label:literal) => {
        impl $name {
            /// Draws a new one.
            pub fn draw(random: &mut dyn Random) -> Self {
                Self(Code::draw(random))
            }

            /// Reads one as printed or typed.
            ///
            /// # Errors
            /// [`CodeError`].
            pub fn parse(typed: &str) -> Result<Self, CodeError> {
                Code::parse(typed).map(Self)
            }

            /// As printed: `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`.
            #[must_use]
            pub fn show(&self) -> Zeroizing<String> {
                self.0.show()
            }

            /// The key it stands for.
            #[must_use]
            pub fn signing_key(&self) -> SigningKey {
                self.0.derive($label).signing_key()
            }
        }
    };
}

written_down!(RootSecret, "beistand/1/root-signing");
written_down!(InvitationSecret, "beistand/1/invitation-signing");

impl PartyKeys {
    /// The public halves.
    #[must_use]
    pub fn public(&self) -> PersonKeys {
        PersonKeys { signing: self.signing.verify_key(), kem: self.kem.public().clone() }
    }
}

/// Makes the first entry. Its digest is the organisation id: `Log::begin` gives it.
#[must_use]
pub fn make_root(
    root: &RootSecret,
    name: &str,
    freshness: Freshness,
    now_ms: u64,
    random: &mut dyn Random,
) -> Vec<u8> {
    let key = root.signing_key();
    let body = Body::Root {
        root_key: key.verify_key(),
        product: PRODUCT.to_owned(),
        name: name.to_owned(),
        freshness,
        nonce: crate::random::draw(random),
    };
    let statement = Statement {
        suite: Suite::CURRENT,
        organisation: None,
        position: 0,
        previous: None,
        claimed_time_ms: now_ms,
        body,
    };
    sign(&statement, &[&key])
}

/// Makes the entry that follows `state`. Several signers where the authority table asks for them.
/// Append it to the own log (which verifies it) before sending.
#[must_use]
pub fn make_entry(state: &State, body: Body, signers: &[&SigningKey], now_ms: u64) -> Vec<u8> {
    sign(&make_statement(state, body, now_ms), signers)
}

/// The unsigned statement that follows `state`; for colleagues who sign one after the other.
#[must_use]
pub fn make_statement(state: &State, body: Body, now_ms: u64) -> Statement {
    Statement {
        suite: Suite::CURRENT,
        organisation: Some(state.organisation()),
        position: state.head().length,
        previous: Some(state.head().digest),
        claimed_time_ms: now_ms,
        body,
    }
}

/// One signature under a statement.
#[must_use]
pub fn sign_statement(statement: &Statement, key: &SigningKey) -> EntrySignature {
    EntrySignature {
        key: key.verify_key().id(),
        signature: key.sign(label::LOG_STATEMENT, &codec::encode(statement)),
    }
}

/// An entry from a statement and the signatures gathered for it.
#[must_use]
pub fn assemble(statement: &Statement, mut signatures: Vec<EntrySignature>) -> Vec<u8> {
    signatures.sort_by_key(|signature| signature.key);
    codec::encode(&SignedEntry { statement: codec::encode(statement), signatures })
}

fn sign(statement: &Statement, signers: &[&SigningKey]) -> Vec<u8> {
    assemble(statement, signers.iter().map(|key| sign_statement(statement, key)).collect())
}

/// The first administrator's entry, signed by the root.
#[must_use]
pub fn founder(organisation: OrganisationId, person: PersonId, name: &str, keys: &PartyKeys) -> Body {
    let (keys, by_key) = possess(organisation, None, name, keys);
    Body::Founder { person, name: name.to_owned(), keys, by_key }
}

/// A change of the own keys, signed by the former ones (P16).
#[must_use]
pub fn rekey(organisation: OrganisationId, person: PersonId, name: &str, new: &PartyKeys) -> Body {
    let (keys, by_key) = possess(organisation, None, name, new);
    Body::PersonRekey { person, keys, by_key }
}

/// Accepts an invitation: `api::InvitationAcceptFinish::acceptance` is its encoding.
#[must_use]
pub fn accept(
    organisation: OrganisationId,
    invitation: InvitationId,
    secret: &InvitationSecret,
    name: &str,
    keys: &PartyKeys,
) -> Acceptance {
    let (public, by_key) = possess(organisation, Some(invitation), name, keys);
    let mut acceptance =
        Acceptance { invitation, name: name.to_owned(), keys: public, by_invitation: by_key, by_key };
    let content = codec::encode(&acceptance.content(organisation));
    acceptance.by_invitation = secret.signing_key().sign(label::INVITATION_ACCEPTANCE, &content);
    acceptance
}

/// Proves an invitation's secret before the registration: `api::InvitationAcceptStart::proof`.
#[must_use]
pub fn prove_invitation(
    organisation: OrganisationId,
    invitation: InvitationId,
    secret: &InvitationSecret,
    request: &[u8],
) -> Signature {
    let bytes = invitation_start_bytes(organisation, invitation, request);
    secret.signing_key().sign(label::INVITATION_START, &bytes)
}

/// Whether a signing key stands in the log as this person's: a browser checks it at log-in.
#[must_use]
pub fn is_own_key(state: &State, person: PersonId, key: &VerifyKey) -> bool {
    state.person(person).is_some_and(|found| found.keys().signing == *key)
}

fn possess(
    organisation: OrganisationId,
    invitation: Option<InvitationId>,
    name: &str,
    keys: &PartyKeys,
) -> (PersonKeys, Signature) {
    let content = AcceptanceContent {
        suite: Suite::CURRENT,
        organisation,
        invitation,
        name: name.to_owned(),
        keys: keys.public(),
    };
    let by_key = keys.signing.sign(label::INVITATION_ACCEPTANCE, &codec::encode(&content));
    (content.keys, by_key)
}
