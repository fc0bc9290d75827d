//! What every file holds to: opening words, length, nothing left unfinished, no trace of one machine.

use super::{files, root};
use std::fs;

/// Over this, a file is two concepts.
const LINES_MAX: usize = 700;

/// Marks of unfinished or muted code; put together here so that this file isn't found by its own search.
const UNFINISHED: [&str; 6] = [
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("#[", "ignore"),
    concat!("#[", "should_panic"),
    concat!("FIX", "ME"),
    concat!("XX", "X:"),
];

/// What lets unsafe code in, and the one file that may.
const UNSAFE: &str = concat!("(", "unsafe_code");
const UNSAFE_FILE: &str = "app/beistand/src/heap.rs";

/// Beginnings of absolute paths that exist on one machine only.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/work", "/"), concat!("/root", "/"), concat!("/tmp", "/bash"), concat!("/home", "/")];

/// What is wrong with a file of that name and content; empty when nothing is.
fn faults(name: &str, content: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if name.ends_with(".rs") {
        if !content.starts_with("//!") {
            faults.push("doesn't open with //! and what it is for".to_owned());
        }
        if content.contains(UNSAFE) && name != UNSAFE_FILE {
            faults.push("lets unsafe code in".to_owned());
        }
        let lines = content.lines().count();
        if lines > LINES_MAX {
            faults.push(format!("has {lines} lines; over {LINES_MAX} it is two concepts"));
        }
    }
    if [".rs", ".js", ".css", ".html"].iter().any(|suffix| name.ends_with(suffix)) {
        faults.extend(
            UNFINISHED.iter().filter(|mark| content.contains(**mark)).map(|mark| format!("holds {mark}")),
        );
    }
    for place in ["registry", "deb", "security", "snapshot", "static", "index", "files"] {
        for owner in ["npmjs.org", "debian.org", "crates.io", "pythonhosted.org"] {
            let host = format!("{place}.{owner}");
            if content.contains(&host) {
                faults.push(format!(
                    "names {host}: whoever builds uses the registry their own machine is set to"
                ));
            }
        }
    }
    faults.extend(
        MACHINE_PATHS
            .iter()
            .filter(|path| content.contains(**path))
            .map(|path| format!("names a path in {path}")),
    );
    faults
}

#[test]
fn files_hold_to_the_rules() {
    let mut all = Vec::new();
    for name in files() {
        // Pictures and typefaces are no text.
        if let Ok(content) = fs::read_to_string(root().join(&name)) {
            all.extend(faults(&name, &content).into_iter().map(|fault| format!("{name} {fault}")));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn faults_are_noticed() {
    let check = |name: &str, content: &str, expected: usize| {
        let faults = faults(name, content);
        assert_eq!(faults.len(), expected, "{name} {content:?}: {faults:?}");
    };
    check("good.rs", "//! Good.\nfn main() {}\n", 0);
    check("bad.rs", "fn main() {}\n", 1);
    check("bad.rs", concat!("//! x\n#![allow(", "unsafe_code)]\n"), 1);
    check(UNSAFE_FILE, concat!("//! x\n#[expect(", "unsafe_code)]\n"), 0);
    check("long.rs", &"//! line\n".repeat(LINES_MAX), 0);
    check("long.rs", &"//! line\n".repeat(LINES_MAX + 1), 1);
    check("bad.rs", concat!("//! x\n#[", "ignore = \"slow\"]\nfn f() { todo", "!() }"), 2);
    check("package-lock.json", concat!("\"resolved\": \"https://registry", ".npmjs.org/x\""), 1);
    check("scripts/any", concat!("cd /work", "/tree"), 1);
    check("README.md", "An index.html on a static site.", 0);
}
