//! Codes that people write down: 128 random bits as seven groups of four with a check sum.
//!
//! Crockford's base 32 (no I, L, O, U), read back whatever the case, the separators and the
//! usual mix-ups. Recovery codes, the kit's root secret and invitation secrets all look like this.

use crate::{
    random::{Random, draw},
    secret::{Secret, derive},
};
use beistand_protocol::signature::digest;
use thiserror::Error;
use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SYMBOLS: usize = 28;
const GROUP: usize = 4;
const CHECK_LABEL: &str = "beistand/1/code-check";

/// Why typed words are no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CodeError {
    /// Not 28 symbols of the alphabet.
    #[error("not a code")]
    Form,
    /// A typing mistake.
    #[error("check sum does not match: a symbol is wrong")]
    CheckSum,
}

/// 128 secret bits that can be written down.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(Zeroizing<[u8; 16]>);

impl Code {
    /// Draws a new one.
    pub fn draw(random: &mut dyn Random) -> Self {
        Self(Zeroizing::new(draw(random)))
    }

    /// Reads a code as typed: any case, spaces and dashes anywhere, O for 0, I and L for 1.
    ///
    /// # Errors
    /// [`CodeError`].
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        let mut bits = Zeroizing::new(0u128);
        let mut check = 0u16;
        let mut count = 0;
        for c in
            typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2010}'..='\u{2015}' | '.'))
        {
            let upper = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value =
                ALPHABET.iter().position(|symbol| char::from(*symbol) == upper).ok_or(CodeError::Form)?;
            // 25 symbols are 125 bits; the 26th gives the last 3 bits and 2 of the check sum.
            match count {
                0..25 => *bits = (*bits << 5) | value as u128,
                25 => {
                    *bits = (*bits << 3) | (value as u128 >> 2);
                    check = (value & 3) as u16;
                }
                26..SYMBOLS => check = (check << 5) | value as u16,
                _ => return Err(CodeError::Form),
            }
            count += 1;
        }
        if count != SYMBOLS {
            return Err(CodeError::Form);
        }
        let code = Self(Zeroizing::new(bits.to_be_bytes()));
        if code.check_sum() == check { Ok(code) } else { Err(CodeError::CheckSum) }
    }

    /// The code as shown and printed: `XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX`.
    #[must_use]
    pub fn show(&self) -> Zeroizing<String> {
        let bits = u128::from_be_bytes(*self.0);
        let check = u128::from(self.check_sum());
        let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + SYMBOLS / GROUP - 1));
        for index in 0..SYMBOLS {
            if index > 0 && index % GROUP == 0 {
                text.push('-');
            }
            let value = match index {
                0..25 => bits >> (123 - 5 * index),
                25 => (bits << 2) | (check >> 10),
                26 => check >> 5,
                _ => check,
            };
            text.push(char::from(ALPHABET[(value & 31) as usize]));
        }
        text
    }

    /// Twelve bits.
    fn check_sum(&self) -> u16 {
        let digest = digest(CHECK_LABEL, &*self.0);
        u16::from_be_bytes([digest.0[0], digest.0[1]]) >> 4
    }

    /// Derives a key from the code.
    #[must_use]
    pub(crate) fn derive(&self, label: &str) -> Secret {
        derive(&*self.0, label, &[])
    }
}

impl core::fmt::Debug for Code {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Code(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::DangerousSeeded;

    #[test]
    fn round_trip_as_people_type_it() {
        let random = &mut DangerousSeeded::new(b"code");
        for _ in 0..200 {
            let code = Code::draw(random);
            let shown = code.show();
            assert_eq!(shown.len(), 34);
            assert_eq!(Code::parse(&shown), Ok(code.clone()));
            let sloppy = shown.to_lowercase().replace('-', " – ").replace('0', "o").replace('1', "l");
            assert_eq!(Code::parse(&sloppy), Ok(code));
        }
    }

    #[test]
    fn a_wrong_symbol_is_noticed() {
        let code = Code::draw(&mut DangerousSeeded::new(b"typo"));
        let shown = code.show();
        let mut noticed = 0;
        for position in 0..shown.len() {
            let mut typed = shown.as_bytes().to_vec();
            if typed[position] == b'-' {
                continue;
            }
            typed[position] = if typed[position] == b'7' { b'8' } else { b'7' };
            let typed = String::from_utf8(typed).unwrap();
            assert_ne!(Code::parse(&typed), Ok(code.clone()));
            noticed += usize::from(Code::parse(&typed) == Err(CodeError::CheckSum));
        }
        assert_eq!(noticed, 28);
        for bad in ["", "0000", &"U".repeat(28), &"0".repeat(29)] {
            assert_eq!(Code::parse(bad), Err(CodeError::Form));
        }
    }
}
