//! Every identifier of the wire, in alphabetical order, each a type of its own.
//!
//! Ids are random bytes (or a hash, where said so); they carry no meaning and no secret.

extern crate alloc;

use core::fmt;
use serde::{Deserialize, Serialize};

/// Defines one opaque id type of a fixed width.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $width:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub [u8; $width]);

        impl $name {
            /// Width in bytes.
            pub const BYTES: usize = $width;

            /// The id's bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $width] {
                &self.0
            }

            /// Lower-case hexadecimal, for addresses and storage keys.
            #[must_use]
            pub fn to_hex(&self) -> alloc::string::String {
                alloc::format!("{self}")
            }

            /// Reads [`Self::to_hex`] back; `None` for anything but exactly that form.
            #[must_use]
            pub fn from_hex(text: &str) -> Option<Self> {
                let bytes = text.as_bytes();
                if bytes.len() != 2 * $width {
                    return None;
                }
                let digit = |b: u8| match b {
                    b'0'..=b'9' => Some(b - b'0'),
                    b'a'..=b'f' => Some(b - b'a' + 10),
                    _ => None,
                };
                let mut out = [0u8; $width];
                for (slot, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
                    *slot = digit(pair[0])? << 4 | digit(pair[1])?;
                }
                Some(Self(out))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|b| write!(f, "{b:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}

id!(
    /// A log-in: a seeker's pseudonymous account or a staff person's account.
    AccountId, 16
);
id!(
    /// A text block, chosen at random by the client that makes it.
    BlockId, 16
);
id!(
    /// One conversation. A seeker's talk has an id chosen at random by the client that opens it; those of the staff
    /// have one derived from what they are about ([`crate::epoch::ConversationKind::staff_id`]).
    ConversationId, 16
);
id!(
    /// One log-in on one device: from log-in to log-out. Message counters run per device session.
    DeviceSessionId, 16
);
id!(
    /// SHA-256 of something named in `PROTOCOL.md`.
    Digest, 32
);
id!(
    /// A guest of a group: the [`KeyId`] of the key that it came in with. It stays the same when the keys change.
    GuestId, 16
);
id!(
    /// An invitation of a staff person.
    InvitationId, 16
);
id!(
    /// Identifies a signing key: the first 16 bytes of SHA-256 over label and public key.
    KeyId, 16
);
id!(
    /// One envelope, chosen at random by its author so that sending again never doubles it.
    MessageId, 16
);
id!(
    /// SHA-256 of the membership log's first entry; it never changes.
    OrganisationId, 32
);
id!(
    /// A staff person in the membership log.
    PersonId, 16
);
id!(
    /// A shift of a roster, chosen at random by the client that makes it.
    ShiftId, 16
);
id!(
    /// A site (an offer with a name and colour of its own); pseudonyms belong to one site.
    /// All zero is [`RealmId::STAFF`] and no site.
    SiteId, 16
);
id!(
    /// A swap of shifts, chosen at random by the client that offers it.
    SwapId, 16
);
id!(
    /// A team of counselors.
    TeamId, 16
);
id!(
    /// Where a log-in name lives: a site's id, or all zero for staff.
    RealmId, 16
);

impl ConversationId {
    /// What the ids of the staff's own conversations begin with, and no talk's does: nobody can take the id of a thread
    /// for a talk of the own.
    pub const STAFF: [u8; 4] = [0xff; 4];

    /// Whether it is a conversation of the staff's own, by its id.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.0.starts_with(&Self::STAFF)
    }

    /// What the ids of groups begin with, and no talk's does: by its id alone it is clear which of both it is.
    pub const GROUP: [u8; 4] = [0xff, 0xff, 0xff, 0xfe];

    /// Whether it is a group, by its id.
    #[must_use]
    pub fn is_group(&self) -> bool {
        self.0.starts_with(&Self::GROUP)
    }
}

impl SiteId {
    /// No site: what belongs to a whole team names this one. No site of the log has it.
    pub const NONE: Self = Self([0; 16]);
}

impl RealmId {
    /// The realm in which staff sign in.
    pub const STAFF: Self = Self([0; 16]);

    /// The site this realm belongs to, unless it is the staff's.
    #[must_use]
    pub fn site(self) -> Option<SiteId> {
        (self != Self::STAFF).then_some(SiteId(self.0))
    }
}

impl From<SiteId> for RealmId {
    fn from(site: SiteId) -> Self {
        Self(site.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_round_trip_and_refusals() {
        let id = TeamId([0xab; 16]);
        assert_eq!(TeamId::from_hex(&id.to_hex()), Some(id));
        for bad in ["", "ab", &"AB".repeat(16), &"g0".repeat(16), &"ab".repeat(17)] {
            assert_eq!(TeamId::from_hex(bad), None, "{bad}");
        }
    }
}
