//! Every sentence of the pages: one function per message of `locales/`, made by `build.rs`.
//!
//! Fluent rather than leptos_i18n: the latter's build script brings 113 crates (among them a TLS
//! client, a WebAssembly interpreter and the ICU data exporters), Fluent nine. Its files are
//! compiled to plain functions, so that a missing sentence fails the build, nothing is parsed in
//! the browser, and a bundle carries only the sentences it uses. Translators keep a format with
//! plural rules that their tools know.

use crate::locale::{Locale, Plural};

/// Appends an argument to a message.
trait Argument {
    /// Appends it as it is.
    fn push(&self, out: &mut String);
}

impl Argument for &str {
    fn push(&self, out: &mut String) {
        out.push_str(self);
    }
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
