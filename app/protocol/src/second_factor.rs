//! The second factor of a staff log-in: a number of six digits from an app that goes with the time (TOTP, RFC 6238).
//!
//! The box checks it once the passphrase is proved, so it keeps away who has got hold of a passphrase alone. It is no part
//! of the encryption: what protects against the box itself is the passphrase. App and box share a secret, so whoever has
//! the box's disk and its storage key has that one too.

use crate::{
    codec,
    id::{AccountId, OrganisationId},
    signature::Signature,
    suite::Suite,
};
use serde::{Deserialize, Serialize};

/// Bytes of the shared secret: as long as the hash (RFC 4226, section 4, R6).
pub const SECRET_BYTES: usize = 20;
/// Digits of a number.
pub const DIGITS: u32 = 6;
/// Seconds that a number is shown for.
pub const STEP_S: u64 = 30;

/// The secret that app and box share.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedSecret(pub [u8; SECRET_BYTES]);

impl core::fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

impl SharedSecret {
    /// As apps take it (RFC 4648, section 6): 32 letters and digits.
    #[must_use]
    pub fn base32(&self) -> String {
        const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        // Five bytes are eight letters.
        self.0
            .chunks(5)
            .flat_map(|five| {
                let bits = five.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
                (0..8).rev().map(move |place| char::from(LETTERS[(bits >> (5 * place)) as usize & 31]))
            })
            .collect()
    }

    /// What an app reads from a picture (the key URI format that all of them know). Hash, digits and step are those that
    /// it takes where nothing is said, so that the picture has fewer and larger squares.
    #[must_use]
    pub fn uri(&self, issuer: &str, name: &str) -> String {
        let (issuer, name) = (escaped(issuer), escaped(name));
        let secret = self.base32();
        format!("otpauth://totp/{issuer}:{name}?secret={secret}&issuer={issuer}")
    }
}

/// Percent-encoded (RFC 3986, section 2.1), all but the unreserved characters.
fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => all.push(char::from(byte)),
            _ => all.push_str(&format!("%{byte:02X}")),
        }
        all
    })
}

/// A number that an app has shown, 0 to 999,999.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct AppCode(u32);

impl core::fmt::Debug for AppCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("AppCode(…)")
    }
}

/// A number that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has six digits")]
pub struct AppCodeError;

impl TryFrom<u32> for AppCode {
    type Error = AppCodeError;

    fn try_from(number: u32) -> Result<Self, AppCodeError> {
        if number < 10u32.pow(DIGITS) { Ok(Self(number)) } else { Err(AppCodeError) }
    }
}

impl From<AppCode> for u32 {
    fn from(code: AppCode) -> Self {
        code.0
    }
}

impl core::str::FromStr for AppCode {
    type Err = AppCodeError;

    /// As typed: six digits, with whatever spaces an app shows between them.
    fn from_str(text: &str) -> Result<Self, AppCodeError> {
        let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        if digits.len() != DIGITS as usize || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(AppCodeError);
        }
        digits.parse::<u32>().map(Self).map_err(|_| AppCodeError)
    }
}

/// The caller's second factor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorView {
    /// Since when log-ins ask for a number, seconds since 1970; `None`: they don't.
    pub since_s: Option<u64>,
}

/// What the wish to change the second factor has to name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorStarted {
    /// Names this change in the last step.
    pub ticket: Vec<u8>,
    /// To be signed.
    pub nonce: [u8; 32],
}

/// A signed wish that log-ins ask for a number from now on, or don't any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondFactorPut {
    /// From the first step.
    pub ticket: Vec<u8>,
    /// The new secret; `None`: no second factor any more.
    pub secret: Option<SharedSecret>,
    /// With a secret: a number made of it, which shows that an app has it. Without one: a number of the app that goes.
    pub code: AppCode,
    /// By the account key, label [`crate::label::SECOND_FACTOR`], over [`second_factor_bytes`]: a token alone changes
    /// nothing (P19).
    pub signature: Signature,
}

/// What the account key signs for a [`SecondFactorPut`].
#[must_use]
pub fn second_factor_bytes(
    organisation: OrganisationId,
    account: AccountId,
    nonce: &[u8; 32],
    secret: Option<SharedSecret>,
) -> Vec<u8> {
    codec::encode(&(Suite::CURRENT, organisation, account, *nonce, secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_as_people_type_them() {
        let check = |text: &str, expect: Option<u32>| {
            assert_eq!(text.parse::<AppCode>().ok().map(u32::from), expect, "{text:?}");
        };
        check("123456", Some(123_456));
        check(" 000 042\u{a0}", Some(42));
        check("", None);
        check("12345", None);
        check("1234567", None);
        check("12345a", None);
        check("+12345", None);
        check("١٢٣٤٥٦", None);
    }

    #[test]
    fn secrets_as_apps_read_them() {
        // RFC 4648, section 10: "foobar" is MZXW6YTBOI; four times "fooba" are whole groups.
        let secret = SharedSecret(*b"foobafoobafoobafooba");
        assert_eq!(secret.base32(), "MZXW6YTB".repeat(4));
        assert_eq!(SharedSecret([0xff; 20]).base32(), "7".repeat(32));
        let expect = "otpauth://totp/Beistand%20a.example:J%C3%B6rg%3F%26?secret=MZXW6YTBMZXW6YTBMZXW6YTBMZXW6YTB&issuer=Beistand%20a.example";
        assert_eq!(secret.uri("Beistand a.example", "Jörg?&"), expect);
    }

    #[test]
    fn no_code_has_more_than_six_digits() {
        let read = |number: u32| codec::decode::<AppCode>(&codec::encode(&number)).ok();
        assert_eq!(read(999_999), AppCode::try_from(999_999).ok());
        assert_eq!(read(1_000_000), None);
        assert_eq!(format!("{:?} {:?}", read(7), SharedSecret([7; 20])), "Some(AppCode(…)) SharedSecret(…)");
    }
}
