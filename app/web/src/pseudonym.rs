//! Names that seekers give themselves: suggestions, and doubts about one that gives something away.
//!
//! A doubt is a hint, not a refusal: somebody may know better.

use crate::locale::Locale;
use crate::text;

/// What a name looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// An e-mail address.
    Email,
    /// First and last name.
    RealName,
    /// A telephone number.
    Phone,
}

impl Doubt {
    /// The sentence to show.
    #[must_use]
    pub fn sentence(self, locale: Locale) -> &'static str {
        match self {
            Self::Email => text::signup_doubt_email(locale),
            Self::RealName => text::signup_doubt_name(locale),
            Self::Phone => text::signup_doubt_phone(locale),
        }
    }
}

/// Fewest digits that make a telephone number.
const PHONE_DIGITS_MIN: usize = 7;

/// Looks at a name as typed.
#[must_use]
pub fn doubt(name: &str) -> Option<Doubt> {
    if name.split_once('@').is_some_and(|(before, after)| !before.trim().is_empty() && after.contains('.')) {
        return Some(Doubt::Email);
    }
    let digits = name.chars().filter(char::is_ascii_digit).count();
    if digits >= PHONE_DIGITS_MIN && name.chars().all(|c| c.is_ascii_digit() || " +-/()".contains(c)) {
        return Some(Doubt::Phone);
    }
    let words: Vec<&str> = name.split_whitespace().collect();
    let like_name = |word: &&str| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase)
            && word.chars().count() >= 2
            && letters.all(|c| c.is_lowercase() || c == '-' || c == '\'' || c.is_uppercase())
            && word.chars().any(char::is_lowercase)
    };
    ((2..=4).contains(&words.len()) && words.iter().all(like_name)).then_some(Doubt::RealName)
}

/// A suggestion made from four random bytes: a word and a number of two or three digits, so
/// that it is rarely taken.
#[must_use]
pub fn suggestion(locale: Locale, random: [u8; 4]) -> String {
    let words: Vec<&str> = text::signup_names(locale).split_whitespace().collect();
    let word = words[usize::from(u16::from_be_bytes([random[0], random[1]])) % words.len()];
    let number = 10 + u16::from_be_bytes([random[2], random[3]]) % 990;
    format!("{word} {number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, expect: Option<Doubt>) {
        assert_eq!(doubt(name), expect, "{name}");
    }

    #[test]
    fn doubts() {
        check("lena@example.org", Some(Doubt::Email));
        check("ich@", None);
        check("@home", None);
        check("Lena Müller", Some(Doubt::RealName));
        check("Anna-Lena von", None);
        check("Ahmet Öztürk", Some(Doubt::RealName));
        check("0171 2345678", Some(Doubt::Phone));
        check("+49 171 2345678", Some(Doubt::Phone));
        check("Nachtfalke 27", None);
        check("nachtfalke", None);
        check("", None);
        check("X Æ", None);
        check("🦊 Fuchs", None);
    }

    #[test]
    fn suggestions_raise_no_doubt() {
        for locale in Locale::ALL {
            for n in 0..=u8::MAX {
                let name = suggestion(locale, [n, n.wrapping_mul(31), n, n.wrapping_mul(7)]);
                assert_eq!(doubt(&name), None, "{name}");
                assert!(name.chars().filter(char::is_ascii_digit).count() >= 2, "{name}");
            }
        }
    }
}
