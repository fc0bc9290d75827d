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

#[cfg(test)]
mod tests {
    use super::*;

    /// The shells are static, so their sentences can't come from the translation files; they
    /// must say the same.
    #[test]
    fn shells_say_what_the_translations_say() {
        let public = [
            ("seeker.html", include_str!("../shell/seeker.html"), true),
            ("staff.html", include_str!("../shell/staff.html"), false),
            ("setup.html", include_str!("../shell/setup.html"), false),
        ];
        for (name, html, seeker) in public {
            for locale in Locale::ALL {
                let mut sentences = vec![
                    shell_loading(locale),
                    shell_failed_title(locale),
                    shell_failed_load(locale),
                    shell_failed_wasm(locale),
                    shell_failed_broken(locale),
                    shell_reload(locale),
                    shell_help(locale),
                ];
                if seeker {
                    sentences.extend([
                        shell_no_script(locale),
                        leave(locale),
                        emergency_title(locale),
                        emergency_lead(locale),
                        emergency_default_112(locale),
                        emergency_default_116117(locale),
                        emergency_default_telefonseelsorge(locale),
                    ]);
                } else {
                    sentences.push(shell_no_script_staff(locale));
                }
                if seeker {
                    let label = format!("aria-label=\"{}\"", emergency_list(locale));
                    assert!(html.contains(&label), "{name} lacks {label}");
                }
                for sentence in sentences {
                    assert!(html.contains(&format!(">{sentence}<")), "{name} lacks {sentence}");
                }
            }
            assert!(!html.contains(" style=") && !html.contains("<style"), "{name} has inline styles");
            assert!(!html.contains("<script>"), "{name} has an inline script");
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

    /// A sentence that nothing says any more, no page and no start, must not be translated any more.
    #[test]
    fn every_message_is_used() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut code, mut messages) = (String::new(), String::new());
        sources(&root.join("src"), &mut code);
        sources(&root.join("../beistand/src"), &mut code);
        sources(&root.join("locales/de"), &mut messages);
        // However a long call is broken into lines.
        code.retain(|c| !c.is_whitespace());
        let mut keys = messages.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key);
        let unused: Vec<_> = keys
            .by_ref()
            .filter(|key| key.starts_with(|c: char| c.is_ascii_lowercase()))
            .map(|key| key.replace('-', "_"))
            .filter(|key| !code.contains(&format!("{key}(locale")))
            .filter(|key| !code.contains(&format!("{key}(other")))
            // Handed over by name.
            .filter(|key| !code.contains(&format!("text::{key},")))
            .filter(|key| !code.contains(&format!("text::{key})")))
            .collect();
        assert!(unused.is_empty(), "{unused:?}");
    }
}
