//! HPKE in base mode with HKDF-SHA256 and ChaCha20-Poly1305, as `beistand_vault::seal` calls it: with X-Wing (what it
//! uses), and with X25519 alone, for which the RFC has vectors.

use crate::{
    Outcome,
    data::{Case, Replay, parse},
    same,
};
use hpke::{
    Deserializable as _, HpkeError, Kem, OpModeR, OpModeS, Serializable as _,
    aead::ChaCha20Poly1305,
    kdf::HkdfSha256,
    kem::{X25519HkdfSha256, XWing},
    setup_receiver, setup_sender_with_rng,
};

pub(crate) fn hpke_x25519() -> Outcome {
    base_mode::<X25519HkdfSha256>(32)
}

pub(crate) fn hpke_x_wing() -> Outcome {
    base_mode::<XWing>(0x647a)
}

/// Runs the vectors of one KEM.
fn base_mode<K: Kem>(kem: usize) -> Outcome {
    let cases = parse(include_str!("../data/rfc-9180.json"))?.list();
    let mut held = 0;
    for case in cases.iter().filter(|case| case.number("kem") == Ok(kem)) {
        held += both_ends::<K>(case)?;
    }
    Ok(held)
}

/// Seals and opens all messages of a vector, in their order.
fn both_ends<K: Kem>(case: &Case) -> Outcome {
    let failed = |error: HpkeError| error.to_string();
    let (info, text) = (case.bytes("info")?, case.bytes("pt")?);
    let private = K::PrivateKey::from_bytes(&case.bytes("skRm")?).map_err(failed)?;
    let mut random = Replay::new(&[&case.bytes("ikmE")?]);
    let (encapsulated, mut sender) = setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, K>(
        &OpModeS::Base,
        &K::sk_to_pk(&private),
        &info,
        &mut random,
    )
    .map_err(failed)?;
    same(encapsulated.to_bytes(), case.bytes("enc")?, || "another encapsulation".into())?;
    let mut receiver =
        setup_receiver::<ChaCha20Poly1305, HkdfSha256, K>(&OpModeR::Base, &private, &encapsulated, &info)
            .map_err(failed)?;

    let (mut next, mut held) = (0, 0);
    for message in case.get("encryptions").list() {
        let [number, associated, sealed] = &message.list()[..] else {
            return Err("not three columns".into());
        };
        let number = number.as_number().ok_or("a message without a number")?;
        let what = || format!("message {number}");
        let associated = associated.as_bytes().ok_or_else(what)?;
        // Messages between those that the vector names count, whatever they say.
        while next < number {
            receiver.open(&sender.seal(b"", b"").map_err(failed)?, b"").map_err(failed)?;
            next += 1;
        }
        let found = sender.seal(&text, &associated).map_err(failed)?;
        same(&found, sealed.as_bytes().ok_or_else(what)?, what)?;
        same(receiver.open(&found, &associated).map_err(failed)?, &text, what)?;
        next += 1;
        held += 1;
    }
    for export in case.get("exports").list() {
        let [context, expected] = &export.list()[..] else { return Err("not two columns".into()) };
        let context = context.as_bytes().ok_or("an export without a context")?;
        let mut found = [0; 32];
        sender.export(&context, &mut found).map_err(failed)?;
        same(found, expected.as_bytes().ok_or("an export without a value")?, || "another export".into())?;
        receiver.export(&context, &mut found).map_err(failed)?;
        same(found, expected.as_bytes().unwrap_or_default(), || "another export received".into())?;
        held += 1;
    }
    Ok(held)
}
