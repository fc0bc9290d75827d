//! Every sentence of the pages: one function per message of `locales/`, made by `build.rs`.
//!
//! Fluent rather than leptos_i18n: the latter's build script brings 113 crates (among them a TLS
//! client, a WebAssembly interpreter and the ICU data exporters), Fluent nine. Its files are
//! compiled to plain functions, so that a missing sentence fails the build, nothing is parsed in
//! the browser, and a bundle carries only the sentences it uses. Translators keep a format with
//! plural rules that their tools know.

use crate::locale::{Locale, Plural};
use std::borrow::Cow;

/// Appends an argument to a message.
trait Argument {
    /// Appends it as it is shown.
    fn push(&self, out: &mut String);
}

impl Argument for &str {
    fn push(&self, out: &mut String) {
        out.push_str(&isolated(self));
    }
}

/// A name as it stands within a sentence: what is written from right to left must not turn the words around it
/// (P22). Fluent puts the marks around every argument; here only where something could turn, so that an
/// ordinary name is found and copied as it is.
#[must_use]
pub fn isolated(name: &str) -> Cow<'_, str> {
    match name.chars().any(turns) {
        true => Cow::Owned(format!("\u{2068}{name}\u{2069}")),
        false => Cow::Borrowed(name),
    }
}

/// Whether a character belongs to what is written from right to left. The blocks that Unicode keeps for such
/// letters, whether assigned or not, and the marks that count as one; embeddings and overrides are in no name.
fn turns(c: char) -> bool {
    matches!(
        c,
        '\u{590}'..='\u{8ff}'
            | '\u{200f}'
            | '\u{fb1d}'..='\u{fdff}'
            | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}'
    )
}

impl Argument for u64 {
    fn push(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }
}

/// Appends an argument to a message.
fn push(out: &mut String, argument: &impl Argument) {
    argument.push(out);
}

include!(concat!(env!("OUT_DIR"), "/text.rs"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p22_a_name_turns_nothing_around_it() {
        let said = |name| reader_lead(Locale::En, name);
        let plain = said("Mara Lind").replace("Mara Lind", "{}");
        for name in ["Мара – 3", "Zoë 🦊", "a\u{200e}b"] {
            assert_eq!(said(name), plain.replace("{}", name));
        }
        for name in ["שלום 3", "مرحبا", "a\u{200f}b", "a\u{61c}", "\u{10a00}x", "\u{1e900}x", "\u{fe8d}"]
        {
            assert_eq!(said(name), plain.replace("{}", &format!("\u{2068}{name}\u{2069}")), "{name:?}");
        }
    }

    fn sources(folder: &std::path::Path, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, out);
            } else {
                out.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }

    /// A sentence that nothing says any more, no page, no shell and no start, must not be translated any more.
    #[test]
    fn every_message_is_used() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut code, mut messages) = (String::new(), String::new());
        sources(&root.join("src"), &mut code);
        sources(&root.join("../beistand/src"), &mut code);
        let shell = std::fs::read_to_string(root.join("shell/page.html")).unwrap();
        sources(&root.join("locales/de"), &mut messages);
        // However a long call is broken into lines.
        code.retain(|c| !c.is_whitespace());
        let mut keys = messages.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
        let unused: Vec<_> = keys
            .by_ref()
            .filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter(|key| !shell.contains(&format!(":{key}}}")) && !shell.contains(&format!(":{key} ")))
            .map(|key| key.replace('-', "_"))
            .filter(|key| !code.contains(&format!("{key}(locale")))
            .filter(|key| !code.contains(&format!("{key}(other")))
            .filter(|key| !code.contains(&format!("text::{key}(")))
            // Handed over by name.
            .filter(|key| !code.contains(&format!("text::{key},")))
            .filter(|key| !code.contains(&format!("text::{key})")))
            .collect();
        assert!(unused.is_empty(), "{unused:?}");
    }
}
