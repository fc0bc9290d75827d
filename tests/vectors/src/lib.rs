//! Public test vectors, run against the very crates and features that Beistand seals with: natively by the tests
//! below, in Chromium (`tests/browser/vectors.test.js`) as the same code compiled to WASM.
//!
//! Only what the protocol uses is asked for.

mod data;
mod kem;
mod login;
mod name;
mod seal;
mod signature;
mod symmetric;

use wasm_bindgen::prelude::wasm_bindgen;

/// A suite's name and how many of its vectors held; `Err` says which did not.
type Outcome = Result<usize, String>;

/// A suite: name, function, and how many vectors it has to run at least. One that lost its vectors fails.
type Suite = (&'static str, fn() -> Outcome, usize);

const SUITES: [Suite; 17] = [
    ("RFC 9106, Argon2id", symmetric::argon2id, 1),
    ("RFC 5869, HKDF-SHA-256", symmetric::rfc_5869, 3),
    ("Wycheproof, HKDF-SHA-256", symmetric::hkdf_sha256, 80),
    ("Wycheproof, XChaCha20-Poly1305", symmetric::xchacha20_poly1305, 200),
    ("Wycheproof, ChaCha20-Poly1305", symmetric::chacha20_poly1305, 200),
    ("RFC 8032, Ed25519", signature::signing, 5),
    ("Wycheproof, Ed25519", signature::ed25519, 100),
    ("ed25519-speccheck", signature::speccheck, 12),
    ("Wycheproof, X25519", kem::x25519, 400),
    ("Wycheproof, ML-KEM-768", kem::ml_kem_768, 50),
    ("C2SP/CCTV, ML-KEM-768", kem::cctv, 870),
    ("draft-connolly-cfrg-xwing-kem, X-Wing", kem::x_wing, 3),
    ("RFC 9180, HPKE with X25519", seal::hpke_x25519, 9),
    ("draft-ietf-hpke-pq, HPKE with X-Wing", seal::hpke_x_wing, 4),
    ("RFC 9497, OPRF", login::oprf, 2),
    ("RFC 9807, OPAQUE", login::opaque, 3),
    ("RFC 8265, names and passwords", name::examples, 18),
];

/// Runs one suite.
///
/// # Errors
/// Says which vector did not hold, or that there were too few.
pub fn run(number: usize) -> Result<String, String> {
    let (name, suite, least) = SUITES[number];
    let held = suite().map_err(|error| format!("{name}: {error}"))?;
    if held < least {
        return Err(format!("{name}: only {held} vectors, {least} were expected"));
    }
    Ok(format!("{name}: {held} vectors"))
}

/// Runs all suites in a browser; a line each, which begins with `FAILED` where a vector did not hold.
#[wasm_bindgen]
#[must_use]
pub fn run_all() -> String {
    let lines: Vec<String> = (0..SUITES.len())
        .map(|number| run(number).unwrap_or_else(|error| format!("FAILED {error}")))
        .collect();
    lines.join("\n")
}

/// Compares; `what` names the vector.
fn same(
    found: impl AsRef<[u8]>,
    expected: impl AsRef<[u8]>,
    what: impl Fn() -> String,
) -> Result<(), String> {
    if found.as_ref() == expected.as_ref() { Ok(()) } else { Err(what()) }
}

#[cfg(test)]
mod tests {
    #[test]
    fn public_vectors_hold() {
        let report = super::run_all();
        println!("{report}");
        assert!(!report.contains("FAILED"), "{report}");
    }

    #[test]
    fn accumulated_vectors_hold() {
        if std::env::var("BEISTAND_TEST_SIZE").as_deref() == Ok("long") {
            assert_eq!(super::kem::cctv_long(), Ok(10_000));
        }
    }
}
