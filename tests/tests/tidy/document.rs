//! The documentation names only folders and files that exist.

use super::{files, root};
use std::fs;
use std::path::Path;

/// The documents that describe the tree.
const DOCUMENTS: [&str; 4] = ["README.md", "SECURITY.md", "app/protocol/PROTOCOL.md", "app/GLOSSARY.md"];

/// How a path that is meant from the top of the tree begins.
const TOP_FOLDERS: [&str; 7] = ["app/", "appliance/", "buildroot/", "scripts/", "systemd/", "tests/", ".ci/"];

/// The paths that `document` names: words in backticks that begin with a top folder, and the targets of links
/// and images, which are meant from `folder`, where the document lies. Both relative to the top of the tree.
fn paths_named(document: &str, folder: &str) -> Vec<String> {
    let mut paths = Vec::new();
    // Code blocks are fenced by three backticks: with them, too, every second piece stands between backticks.
    for code in document.split('`').skip(1).step_by(2) {
        let words = code.split(|letter: char| letter.is_whitespace() || "(),;=\"'".contains(letter));
        let of_tree = words.filter(|word| TOP_FOLDERS.iter().any(|top| word.starts_with(top)));
        paths.extend(of_tree.map(|word| word.trim_end_matches(['.', ':', '…']).to_owned()));
    }
    for link in document.split("](").skip(1) {
        let target = link.split([')', '#', ' ']).next().unwrap_or_default();
        if !target.is_empty() && !target.contains(':') {
            paths.push(format!("{folder}{target}"));
        }
    }
    paths
}

/// Whether one of `files` is `path` or lies below it; `*` stands for anything in the path's last part, `{a,b}` is
/// not understood. The disk is not asked: a folder that is empty here does not exist for anybody else.
fn exists(files: &[String], path: &str) -> bool {
    let Some((start, after)) = path.split_once('*') else {
        let path = path.trim_end_matches('/');
        return files.iter().any(|file| {
            file.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
    };
    let end = after.trim_matches(['*', '/']);
    files.iter().filter_map(|file| file.strip_prefix(start)).any(|rest| {
        let name = rest.split('/').next().unwrap_or_default();
        name.ends_with(end)
    })
}

/// The tests that a document's table of attackers names: words in backticks of small letters, digits and `_`
/// with at least two `_`.
fn tests_named(document: &str) -> Vec<&str> {
    let of_test = |word: &&str| {
        word.matches('_').count() > 1
            && word
                .chars()
                .all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
    };
    document.split('`').skip(1).step_by(2).filter(of_test).collect()
}

#[test]
fn named_tests_exist() {
    let text = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let named = tests_named(&text);
    assert!(named.len() >= 8, "SECURITY.md names the test that stands for each attacker");
    let sources: Vec<String> = super::files()
        .iter()
        .filter(|file| file.ends_with(".rs") || file.ends_with(".test.js"))
        .map(|file| fs::read_to_string(root().join(file)).unwrap())
        .collect();
    let exists = |name: &str| {
        let forms = [format!("fn {name}("), format!("\"{name}"), format!("'{name}")];
        sources.iter().any(|source| forms.iter().any(|form| source.contains(form.as_str())))
    };
    for name in named {
        assert!(exists(name), "SECURITY.md names the test {name}, which doesn't exist");
    }
    assert!(!exists(&["p99", "no", "such", "test"].join("_")));
}

#[test]
fn named_paths_exist() {
    let files = files();
    for document in DOCUMENTS {
        let text =
            fs::read_to_string(root().join(document)).unwrap_or_else(|error| panic!("{document}: {error}"));
        let folder = Path::new(document).parent().unwrap().to_str().unwrap();
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        for path in paths_named(&text, &folder) {
            assert!(exists(&files, &path), "{document} names {path}, which doesn't exist");
        }
    }
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for folder in TOP_FOLDERS.iter().filter(|folder| !folder.starts_with('.')) {
        assert!(
            readme.contains(&format!("`{}", folder.trim_end_matches('/'))),
            "README.md doesn't explain {folder}"
        );
    }
}

#[test]
fn missing_paths_are_noticed() {
    let document = "Look at `app/vault/src/lib.rs`, `scripts/gone --demo`, `an app/word`.\n\
        ```\ntests/gone.rs\n```\n[here](lib.rs#part) ![picture](gone.png) [there](https://example.org/app/gone)";
    let named = paths_named(document, "app/vault/src/");
    assert_eq!(
        named,
        [
            "app/vault/src/lib.rs",
            "scripts/gone",
            "app/word",
            "tests/gone.rs",
            "app/vault/src/lib.rs",
            "app/vault/src/gone.png"
        ]
    );
    let files = files();
    let missing: Vec<_> = named.iter().filter(|path| !exists(&files, path)).collect();
    assert_eq!(missing, ["scripts/gone", "app/word", "tests/gone.rs", "app/vault/src/gone.png"]);
    assert!(
        exists(&files, "tests/tests/tidy*")
            && exists(&files, "tests/tests/")
            && !exists(&files, "tests/tests/t")
    );
    assert!(exists(&files, "app/*/Cargo.toml") == exists(&files, "app/nothing"));
}

#[test]
fn folders_without_a_file_are_missing() {
    // Build output lies on the disk and belongs to nobody's tree.
    assert!(root().join("target").is_dir() && !exists(&files(), "target/"));
}

/// The properties of the design that hold so far, by their numbers. P18 waits for single sign-on, P24 for the
/// ways back from every loss.
const PROPERTIES: [u32; 22] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22, 23];

/// The numbers that names of tests in a source begin with: `p08_p21_changed` is one of 8 and of 21.
fn properties_tested(source: &str) -> Vec<u32> {
    let mut found = Vec::new();
    for before in ["fn ", "test(\"", "test(`"] {
        for name in source.split(before).skip(1) {
            for part in name.split('_') {
                let Some(number) = part.strip_prefix('p').filter(|number| number.len() == 2) else { break };
                let Ok(number) = number.parse() else { break };
                found.push(number);
            }
        }
    }
    found
}

#[test]
fn each_property_has_a_test_that_begins_with_its_number() {
    let tested: Vec<u32> = super::files()
        .iter()
        .filter(|file| file.ends_with(".rs") || file.ends_with(".test.js"))
        .flat_map(|file| properties_tested(&fs::read_to_string(root().join(file)).unwrap()))
        .collect();
    for number in PROPERTIES {
        assert!(tested.contains(&number), "no test's name begins with p{number:02}_");
    }
    let source = "fn p90_p91_x() {} test(`p92_of_${name}`, fn page() fn q93_no() fn x_p94_no()";
    assert_eq!(properties_tested(source), [90, 91, 92]);
}
