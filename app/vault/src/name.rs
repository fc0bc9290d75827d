//! Names and passwords in one form, so that the same words typed on another device match.
//!
//! The Unicode tables are part of suite 1 and frozen by exact crate versions; PRECIS profiles
//! (RFC 8265) are not used because they refuse spaces and new emoji.

use beistand_protocol::limit;
use icu_casemap::CaseMapper;
use icu_normalizer::ComposingNormalizer;
use thiserror::Error;
use zeroize::Zeroizing;

/// Why a name or password cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NameError {
    /// Nothing left that shows.
    #[error("empty")]
    Empty,
    /// Longer than the limit.
    #[error("too long")]
    TooLong,
    /// A control character.
    #[error("contains a control character")]
    Control,
}

/// A pseudonym or log-in name in its one form: spaces collapsed and trimmed, NFKC, case folded,
/// emoji kept (without their variation selectors, which keyboards set or leave out).
#[derive(Clone, PartialEq, Eq)]
pub struct Name(Zeroizing<String>);

impl Name {
    /// Normalises a name as typed.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(typed: &str) -> Result<Self, NameError> {
        if typed.len() > limit::NAME_BYTES_MAX {
            return Err(NameError::TooLong);
        }
        let nfkc = ComposingNormalizer::new_nfkc();
        let mut form = nfkc.normalize(typed).into_owned();
        if form.chars().any(is_refused_control) {
            return Err(NameError::Control);
        }
        // Folding can undo normalisation and the reverse; two rounds reach the fixed point
        // (the test below checks every character).
        for _ in 0..2 {
            form = nfkc.normalize(&CaseMapper::new().fold_string(&form)).into_owned();
        }
        form.retain(|c| !matches!(c, '\u{fe0e}' | '\u{fe0f}'));
        let words: Vec<&str> = form.split_whitespace().collect();
        if words.iter().all(|word| word.chars().all(is_invisible)) {
            return Err(NameError::Empty);
        }
        Ok(Self(Zeroizing::new(words.join(" "))))
    }

    /// The normalised name. A secret: it never leaves the browser in clear (P1).
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for Name {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Name(…)")
    }
}

/// A password or passphrase in its one form: NFC, odd spaces as U+0020, nothing else changed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Normalises a password as typed.
    ///
    /// # Errors
    /// [`NameError`].
    pub fn new(typed: &str) -> Result<Self, NameError> {
        if typed.len() > limit::PASSWORD_BYTES_MAX {
            return Err(NameError::TooLong);
        }
        if typed.chars().any(|c| c.is_control()) {
            return Err(NameError::Control);
        }
        let spaced: Zeroizing<String> =
            Zeroizing::new(typed.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect());
        let form = Zeroizing::new(ComposingNormalizer::new_nfc().normalize(&spaced).into_owned());
        if form.is_empty() { Err(NameError::Empty) } else { Ok(Self(form)) }
    }

    /// The normalised password.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Debug for Password {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Control characters other than the white space that is collapsed anyway.
fn is_refused_control(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
}

/// Characters that show nothing by themselves: those that Unicode calls default ignorable, and the empty
/// pattern of Braille. A name may hold them (some scripts and emoji need them), but not of them alone: nobody
/// could see or say it. Part of suite 1, like the tables.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_protocol::id::Digest;
    use sha2::{Digest as _, Sha256};

    fn check(typed: &str, expect: Result<&str, NameError>) {
        assert_eq!(Name::new(typed).as_ref().map(Name::expose).map_err(|error| *error), expect, "{typed:?}");
    }

    #[test]
    fn names() {
        check("Blaue Wolke 42", Ok("blaue wolke 42"));
        check("  blaue\u{a0}\u{2003}WOLKE\t42 ", Ok("blaue wolke 42"));
        check("Straße", Ok("strasse"));
        check("STRASSE", Ok("strasse"));
        check("A\u{308}pfel", Ok("äpfel"));
        check("Ｂｌａｕ", Ok("blau"));
        check("ﬁsch", Ok("fisch"));
        check("Ωmega Ω", Ok("ωmega ω"));
        check("🦊 Fuchs", Ok("🦊 fuchs"));
        check("❤\u{fe0f} herz", Ok("❤ herz"));
        check("❤ herz", Ok("❤ herz"));
        check("مرحبا", Ok("مرحبا"));
        check("", Err(NameError::Empty));
        check(" \u{a0}", Err(NameError::Empty));
        // Nothing that shows; the same beside something that does.
        for nothing in
            ["\u{200b}", "\u{200d}\u{2060}", " \u{ad} \u{feff}", "\u{3164}", "\u{2800}", "\u{e0041}"]
        {
            check(nothing, Err(NameError::Empty));
        }
        check("\u{200b}a", Ok("\u{200b}a"));
        check("می\u{200c}خواهم", Ok("می\u{200c}خواهم"));
        check("👩\u{200d}🚀", Ok("👩\u{200d}🚀"));
        check("a\0b", Err(NameError::Control));
        check("a\u{1b}[2J", Err(NameError::Control));
        check(&"a".repeat(129), Err(NameError::TooLong));
    }

    /// Those of the planes that have any; the rest is unassigned or private.
    fn characters() -> impl Iterator<Item = char> {
        (0..=0x3_ffff).chain(0xe_0000..=0xe_0fff).filter_map(char::from_u32)
    }

    #[test]
    fn every_character_reaches_a_fixed_point() {
        for c in characters() {
            let Ok(name) = Name::new(&format!("x{c}y")) else { continue };
            assert_eq!(Name::new(name.expose()).as_ref(), Ok(&name), "{c:?}");
        }
    }

    /// Other tables would make other names of the same words, and whoever is registered would not be found.
    #[test]
    fn the_tables_are_frozen() {
        let mut forms = Sha256::new();
        // Several in one name, each with an accent before the next: once is fast enough.
        for some in characters().collect::<Vec<_>>().chunks(8) {
            let typed: String =
                some.iter().filter(|c| !c.is_control()).flat_map(|c| ['a', *c, '\u{301}']).collect();
            forms.update(Name::new(&typed).as_ref().map_or("refused", Name::expose));
            forms.update([0]);
            forms.update(Password::new(&typed).as_ref().map_or("refused", Password::expose));
            forms.update([0]);
        }
        assert_eq!(
            Digest(forms.finalize().into()).to_hex(),
            "410d00417d5baf60ef1e12af57edac1d513ee0c8cb482d577cc2825a963d0e95"
        );
    }

    #[test]
    fn passwords() {
        let check = |typed: &str, expect| {
            assert_eq!(Password::new(typed).as_ref().map(Password::expose).map_err(|error| *error), expect);
        };
        check("Äpfel", Ok("Äpfel"));
        check("A\u{308}pfel", Ok("Äpfel"));
        check(" a\u{a0}b\u{3000}c ", Ok(" a b c "));
        check("ﬁ", Ok("ﬁ"));
        check("🦊🦊", Ok("🦊🦊"));
        check("", Err(NameError::Empty));
        check("a\tb", Err(NameError::Control));
        check("a\nb", Err(NameError::Control));
    }
}
