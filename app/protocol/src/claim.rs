//! The claim code that opens set-up: printed by the box at its first start, typed in the browser.
//!
//! Eleven random symbols and a check symbol of Crockford's base 32 (no I, L, O, U), shown in
//! three groups. 55 bits suffice because tries are counted.

use crate::signature::plain_digest;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const RANDOM_SYMBOLS: usize = 11;
const GROUP: usize = 4;

/// A claim code without typing errors, in its one form: upper case, no separators.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimCode(String);

impl ClaimCode {
    /// Makes a code from random bytes.
    #[must_use]
    pub fn from_random(bytes: [u8; RANDOM_SYMBOLS]) -> Self {
        let mut code: String =
            bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
        code.push(check_symbol(&code));
        Self(code)
    }

    /// Reads a code as typed: any case, spaces and dashes anywhere, O for 0, I and L for 1.
    /// `None` if it is none or has a typing error.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let mut code = String::with_capacity(RANDOM_SYMBOLS + 1);
        for c in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}')) {
            let symbol = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            if code.len() > RANDOM_SYMBOLS || !ALPHABET.iter().any(|known| char::from(*known) == symbol) {
                return None;
            }
            code.push(symbol);
        }
        let check = code.pop()?;
        if code.len() != RANDOM_SYMBOLS || check_symbol(&code) != check {
            return None;
        }
        code.push(check);
        Some(Self(code))
    }

    /// The code as sent and compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code as printed: `XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn show(&self) -> String {
        let mut text = String::new();
        for (index, symbol) in self.0.chars().enumerate() {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            text.push(symbol);
        }
        text
    }
}

impl core::fmt::Debug for ClaimCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("ClaimCode(…)")
    }
}

/// The first five bits of SHA-256 over the symbols before.
fn check_symbol(code: &str) -> char {
    char::from(ALPHABET[usize::from(plain_digest(code.as_bytes()).0[0] >> 3)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_however_they_are_typed() {
        let code = ClaimCode::from_random([0, 1, 2, 30, 255, 7, 8, 9, 10, 11, 12]);
        assert_eq!(ClaimCode::parse(&code.show()), Some(code.clone()));
        assert_eq!(ClaimCode::parse(&code.show().to_lowercase().replace('-', "  ")), Some(code.clone()));
        assert_eq!(
            ClaimCode::parse(&code.as_str().replace('0', "o").replace('1', "l")),
            Some(code.clone())
        );
        assert_eq!(code.show().len(), 14);
    }

    #[test]
    fn others_are_refused() {
        let code = ClaimCode::from_random([5; 11]);
        let text = code.as_str().to_owned();
        for bad in ["", "5555", "UUUU-UUUU-UUUU", &text[..11], &format!("{text}5"), &text.replace('5', "é")] {
            assert_eq!(ClaimCode::parse(bad), None, "{bad}");
        }
        // One wrong symbol is found 31 times of 32; these codes show that the check is one.
        let found = (1..=31u8)
            .filter(|symbol| {
                let wrong = format!("{}{}", char::from(ALPHABET[usize::from((5 + symbol) % 32)]), &text[1..]);
                ClaimCode::parse(&wrong).is_none()
            })
            .count();
        assert!(found >= 28, "{found}");
    }
}
