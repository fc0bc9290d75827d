//! What somebody sees who starts the box and something is in the way.
#![allow(clippy::unwrap_used)]

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
};

fn beistand(arguments: &[&str], data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beistand"));
    command.args(arguments).arg("--data").arg(data).env_clear().stdin(Stdio::null());
    command
}

/// Runs to the end; gives exit code and what it said.
fn fails(mut command: Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    assert!(!output.status.success());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Starts a box on a free port and waits until it answers; gives what it printed.
fn start(data: &Path) -> (Child, Vec<String>) {
    let mut child = beistand(&["serve", "--listen", "127.0.0.1:0"], data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        lines.push(line.unwrap());
        if lines.last().unwrap().starts_with("Address: https://localhost:") {
            return (child, lines);
        }
    }
    stop(child);
    panic!("it ended: {lines:?}");
}

fn stop(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn start_output_tells_code_fingerprint_and_address_and_keeps_to_the_code() {
    let folder = tempfile::tempdir().unwrap();
    let codes: Vec<String> = (0..2)
        .map(|_| {
            let (child, lines) = start(folder.path());
            stop(child);
            assert!(lines.iter().any(|line| line.starts_with("Root certificate, SHA-256: ")), "{lines:?}");
            lines.iter().find_map(|line| line.strip_prefix("Claim code: ")).unwrap().to_owned()
        })
        .collect();
    assert_eq!(codes[0], codes[1]);
    assert!(beistand_protocol::claim_code::normalise(&codes[0]).is_some());
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) = fails(beistand(&["serve", "--listen", &address], folder.path()));
    assert_eq!(code, Some(1));
    assert!(said.contains(&format!("port {} is taken", taken.local_addr().unwrap().port())), "{said}");
    // Nothing was made before that was known.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_second_box_on_the_same_data_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (child, _) = start(folder.path());
    let (code, said) = fails(beistand(&["serve", "--listen", "127.0.0.1:0"], folder.path()));
    stop(child);
    assert_eq!(code, Some(1));
    assert!(said.contains("in use by another process"), "{said}");
}

#[test]
fn data_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    stop(start(folder.path()).0);
    let format = folder.path().join("store/format");
    let text = std::fs::read_to_string(&format).unwrap();
    let newer = text.replacen('1', "9", 1);
    assert_ne!(text, newer);
    std::fs::write(&format, &newer).unwrap();
    let (code, said) = fails(beistand(&["serve", "--listen", "127.0.0.1:0"], folder.path()));
    assert_eq!(code, Some(1));
    assert!(said.contains("version"), "{said}");
    assert_eq!(std::fs::read_to_string(&format).unwrap(), newer);
}

#[test]
fn damaged_keys_are_never_replaced() {
    for (file, word) in [("secrets/login-set-up", "damaged"), ("secrets/storage-key", "storage key")] {
        let folder = tempfile::tempdir().unwrap();
        stop(start(folder.path()).0);
        std::fs::write(folder.path().join(file), b"rubbish").unwrap();
        let (code, said) = fails(beistand(&["serve", "--listen", "127.0.0.1:0"], folder.path()));
        assert_eq!(code, Some(1));
        assert!(said.contains(word), "{said}");
        assert_eq!(std::fs::read(folder.path().join(file)).unwrap(), b"rubbish");
    }
}

#[test]
fn mistakes_in_the_call_show_the_help() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = fails(beistand(&["serve", "--listen", "nowhere"], folder.path()));
    assert_eq!(code, Some(2));
    assert!(said.contains("--listen nowhere") && said.contains("Usage: beistand serve"), "{said}");
}
