//! The look-up value: what is sent instead of a name.
//!
//! It costs 19 MiB and two passes, so that guessing names is slow, and is bound to organisation
//! and realm, so that the same pseudonym elsewhere looks different. The server applies an HMAC.

use crate::name::Name;
use beistand_protocol::{
    id::{OrganisationId, RealmId},
    login::{LookupValue, argon2id, lookup_salt},
    suite::Suite,
};

/// Stretches a name. Takes some 40 ms on a PC, several times that on a phone.
#[must_use]
#[allow(clippy::expect_used)]
pub fn lookup_value(suite: Suite, organisation: OrganisationId, realm: RealmId, name: &Name) -> LookupValue {
    let mut value = [0; 32];
    let salt = lookup_salt(organisation, realm);
    argon2id(&suite.lookup_stretch(), name.expose().as_bytes(), salt.as_bytes(), &mut value)
        .expect("the suite's parameters and a 32-byte salt are valid");
    LookupValue(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p01_lookup_depends_on_name_organisation_and_realm_only() {
        let name = |typed| Name::new(typed).unwrap();
        let (organisation, realm) = (OrganisationId([1; 32]), RealmId([2; 16]));
        let value = lookup_value(Suite::One, organisation, realm, &name("Blaue Wolke"));
        let same = lookup_value(Suite::One, organisation, realm, &name(" BLAUE  wolke "));
        assert_eq!(value, same);
        for other in [
            lookup_value(Suite::One, OrganisationId([3; 32]), realm, &name("Blaue Wolke")),
            lookup_value(Suite::One, organisation, RealmId::STAFF, &name("Blaue Wolke")),
            lookup_value(Suite::One, organisation, realm, &name("Graue Wolke")),
        ] {
            assert_ne!(value, other);
        }
    }
}
