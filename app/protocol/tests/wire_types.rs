//! The hash of all wire types stands in `PROTOCOL.md`: whoever changes one is made to look.
#![allow(clippy::unwrap_used)]

use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every source file below a folder, in order.
fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
}

/// The serialised types of a file, without comments, attributes and layout.
fn types(source: &str) -> String {
    let mut all = String::new();
    let mut wire = false;
    let mut inside = false;
    for line in source.lines().map(str::trim) {
        if line.starts_with("//") {
            continue;
        }
        if !inside && line.starts_with("#[derive(") {
            wire = line.contains("Serialize");
            continue;
        }
        if line.starts_with("#[") || line.starts_with("#!") {
            continue;
        }
        let begins = line.starts_with("pub struct ") || line.starts_with("pub enum ");
        if !inside && begins && wire {
            inside = true;
        }
        if inside {
            let code = line.split(" //").next().unwrap_or_default();
            all.extend(code.chars().filter(|c| !c.is_whitespace()));
            all.push('\n');
            let one_line = begins && (line.ends_with(';') || (line.contains('{') && line.ends_with('}')));
            if one_line || line == "}" {
                inside = false;
                wire = false;
            }
        } else if !line.is_empty() && !begins {
            wire = false;
        }
    }
    all
}

#[test]
fn protocol_document_names_the_hash_of_the_wire_types() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    sources(&root.join("src"), &mut files);
    let mut hash = Sha256::new();
    let mut count = 0;
    // What page and worker say to each other stays inside one browser.
    let worker = root.join("src/worker");
    let wire = |file: &&PathBuf| !file.ends_with("tests.rs") && !file.with_extension("").starts_with(&worker);
    for file in files.iter().filter(wire) {
        let found = types(&fs::read_to_string(file).unwrap());
        count += found.lines().filter(|line| line.starts_with("pub")).count();
        hash.update(found.as_bytes());
    }
    assert!(count > 60, "only {count} types found: the scan is broken");
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let document = fs::read_to_string(root.join("PROTOCOL.md")).unwrap();
    assert!(
        document.contains(&format!("`sha256:{hex}`")),
        "wire types changed. Can old clients and stored data still read them? Then PROTOCOL.md gets sha256:{hex}"
    );
}
