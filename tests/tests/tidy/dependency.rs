//! Nothing that is linked into the server's binary can open a message: `vault` and what it seals with
//! stay out of reach, whichever way round.

use super::root;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What the binary must not reach: the code that opens messages, and what it opens them with.
const SECRET_SIDE: [&str; 4] = ["beistand-vault", "hpke", "x-wing", "ml-kem"];

/// Which crates of the workspace each may name as a dependency, as the architecture has it.
const MAY_DEPEND_ON: [(&str, &[&str]); 7] = [
    ("beistand-protocol", &[]),
    ("beistand-vault", &["beistand-protocol"]),
    ("beistand-domain", &["beistand-protocol"]),
    ("beistand-store", &["beistand-domain", "beistand-protocol"]),
    ("beistand-server", &["beistand-domain", "beistand-protocol"]),
    ("beistand-web", &["beistand-protocol"]),
    (
        "beistand",
        &["beistand-domain", "beistand-protocol", "beistand-server", "beistand-store", "beistand-web"],
    ),
];

/// What cargo makes of the manifests in `folder`, with all features on, so that none hides an edge.
fn metadata(folder: &Path) -> Value {
    metadata_of(folder, &["--all-features"])
}

fn metadata_of(folder: &Path, features: &[&str]) -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1"])
        .args(features)
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The names of all packages linked into `package`, itself included: normal dependencies, in turn.
fn linked_into(metadata: &Value, package: &str) -> BTreeSet<String> {
    let names: BTreeMap<&str, &str> =
        list(&metadata["packages"]).map(|one| (text(&one["id"]), text(&one["name"]))).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).map(|node| (text(&node["id"]), node)).collect();
    let mut waiting: Vec<&str> =
        names.iter().filter(|(_, name)| **name == package).map(|(id, _)| *id).collect();
    assert_eq!(waiting.len(), 1, "the workspace has one {package}");
    let mut reached = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !reached.insert(id) {
            continue;
        }
        let normal = list(&nodes[id]["deps"])
            .filter(|dependency| list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null()));
        waiting.extend(normal.map(|dependency| text(&dependency["pkg"])));
    }
    reached.into_iter().map(|id| names[id].to_owned()).collect()
}

/// What of the secret side is linked into `package`.
fn secret_side_of(metadata: &Value, package: &str) -> Vec<&'static str> {
    let linked = linked_into(metadata, package);
    SECRET_SIDE.into_iter().filter(|name| linked.contains(*name)).collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("cargo metadata gives a list here").iter()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("cargo metadata gives a text here")
}

#[test]
fn server_binary_cannot_open_messages() {
    let metadata = metadata(&root());
    for package in ["beistand", "beistand-server", "beistand-store", "beistand-domain", "beistand-web"] {
        assert_eq!(secret_side_of(&metadata, package), [""; 0], "linked into {package}");
    }
    // That the search finds them where they are:
    assert_eq!(secret_side_of(&metadata, "beistand-tests"), SECRET_SIDE);
}

#[test]
fn wrong_manifests_are_noticed() {
    let check = |member: &str, dependency: &str, expected: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        copy_manifests(&root(), folder.path());
        let manifest = folder.path().join("app").join(member).join("Cargo.toml");
        let right = fs::read_to_string(&manifest).unwrap();
        let wrong = right.replacen("[dependencies]\n", &format!("[dependencies]\n{dependency}\n"), 1);
        assert_ne!(right, wrong);
        fs::write(manifest, wrong).unwrap();
        assert_eq!(secret_side_of(&metadata(folder.path()), "beistand"), expected, "{member}: {dependency}");
    };
    check("beistand", "beistand-vault = { workspace = true }", &SECRET_SIDE);
    check("store", "beistand-vault = { workspace = true }", &SECRET_SIDE);
    check("domain", "hpke = { workspace = true }", &["hpke", "x-wing", "ml-kem"]);
    check("protocol", "hpke = { workspace = true, optional = true }", &["hpke", "x-wing", "ml-kem"]);
}

#[test]
fn members_depend_only_on_what_the_architecture_allows() {
    let metadata = metadata(&root());
    for (package, allowed) in MAY_DEPEND_ON {
        let manifest = list(&metadata["packages"]).find(|one| one["name"] == package).unwrap();
        for dependency in list(&manifest["dependencies"]).filter(|one| one["kind"].is_null()) {
            let name = text(&dependency["name"]);
            assert!(
                !name.starts_with("beistand") || allowed.contains(&name),
                "{package} must not depend on {name}"
            );
        }
    }
}

/// Copies the workspace's manifests, lock file and sources, without what was built or installed.
fn copy_manifests(from: &Path, to: &Path) {
    for file in ["Cargo.toml", "Cargo.lock"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
    for folder in ["app", "tests"] {
        copy_folder(&from.join(folder), &to.join(folder));
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), target).unwrap();
        } else if entry.file_name() != "node_modules" {
            copy_folder(&entry.path(), &target);
        }
    }
}

/// Features that make a worse program on purpose, for tests. `scripts/test` alone turns them on.
const FOR_TESTS: [&str; 2] = ["leak", "forgetful"];

/// Where one of them is on in what cargo builds of `metadata` by default: `package: feature`.
fn turned_on(metadata: &Value) -> Vec<String> {
    let nodes = list(&metadata["resolve"]["nodes"]).filter(|node| text(&node["id"]).contains("beistand"));
    nodes
        .flat_map(|node| list(&node["features"]).map(move |feature| (text(&node["id"]), text(feature))))
        .filter(|(_, feature)| FOR_TESTS.contains(feature))
        .map(|(package, feature)| format!("{package}: {feature}"))
        .collect()
}

/// Scripts, manifests and units that ask cargo for one of them.
fn asked_for(files: &[(String, String)]) -> Vec<&str> {
    let asks = |content: &str| {
        let after = content.split("--features").skip(1).filter_map(|rest| rest.split('\n').next());
        let named = |words: &str| {
            words.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| FOR_TESTS.contains(&word))
        };
        content.contains("--all-features") || after.into_iter().any(named)
    };
    files.iter().filter(|(_, content)| asks(content)).map(|(name, _)| name.as_str()).collect()
}

#[test]
fn what_is_worse_on_purpose_is_built_by_the_tests_alone() {
    let metadata = |folder: &Path| metadata_of(folder, &[]);
    assert_eq!(turned_on(&metadata(&root())), [""; 0]);
    // A default, or a member that wants it, is noticed.
    for (manifest, right, wrong) in [
        ("app/server/Cargo.toml", "[features]\n", "[features]\ndefault = [\"leak\"]\n"),
        ("app/beistand/Cargo.toml", "[features]\n", "[features]\ndefault = [\"forgetful\"]\n"),
        (
            "app/beistand/Cargo.toml",
            "beistand-server = { workspace = true }",
            "beistand-server = { workspace = true, features = [\"leak\"] }",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        copy_manifests(&root(), folder.path());
        let manifest = folder.path().join(manifest);
        let before = fs::read_to_string(&manifest).unwrap();
        let after = before.replacen(right, wrong, 1);
        assert_ne!(before, after);
        fs::write(manifest, after).unwrap();
        assert_ne!(turned_on(&metadata(folder.path())), [""; 0], "{wrong}");
    }

    let files: Vec<(String, String)> = super::files()
        .into_iter()
        .filter(|file| !file.ends_with(".rs") && !file.ends_with(".md") && !file.ends_with("-lock.json"))
        .filter_map(|file| fs::read_to_string(root().join(&file)).ok().map(|content| (file, content)))
        .collect();
    assert_eq!(asked_for(&files), ["scripts/test"]);
    let wrong = ("scripts/release".to_owned(), "cargo build --release --features=leak\n".to_owned());
    assert_eq!(asked_for(&[wrong]), ["scripts/release"]);
}
