//! What holds for the tree as a whole: who may depend on whom, what files look like, and that the
//! documentation names only what exists. Each rule is shown to fail on a wrong example as well.
//! (That translations are complete is checked where they are compiled: `app/web/build.rs`.)

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod dependency;
mod document;
mod text;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder that holds the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_owned()
}

/// All files that belong to the tree, committed or not yet, relative to [`root`].
fn files() -> Vec<String> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).unwrap();
    // A file that was just deleted is still listed until that is committed.
    listed.split('\0').filter(|file| root().join(file).is_file()).map(str::to_owned).collect()
}

/// The top level's fixed set: beside these only names that start with a dot.
const TOP_LEVEL: [&str; 15] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "SECURITY.md",
    "app",
    "appliance",
    "buildroot",
    "clippy.toml",
    "deny.toml",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "scripts",
    "systemd",
    "tests",
];

#[test]
fn top_level_is_the_fixed_set() {
    for file in files() {
        let top = file.split('/').next().unwrap();
        assert!(
            top.starts_with('.') || TOP_LEVEL.contains(&top),
            "{file}: move it to the folder it belongs to"
        );
    }
}
