//! What somebody sees who starts the box and something is in the way: a sentence in each language, and what the
//! system said.
#![allow(clippy::unwrap_used)]

use beistand_web::{locale::Locale, text};
use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    os::unix::fs::{MetadataExt, PermissionsExt},
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

/// Stands for what a sentence is given and the test does not know.
const ANY: &str = "\u{0}";

/// Fails unless a sentence was said in each language.
fn assert_says(said: &str, sentence: impl Fn(Locale) -> String) {
    for locale in Locale::ALL {
        let sentence = sentence(locale);
        let mut rest = said;
        for part in sentence.split(ANY) {
            let found = rest.find(part);
            assert!(found.is_some(), "{sentence:?} is missing from {said:?}");
            rest = &rest[found.unwrap() + part.len()..];
        }
    }
}

/// The box started on file systems of its own, which `prepare` mounts at `$1`. `None` where the machine allows no
/// mount namespace.
fn beistand_mounted(prepare: &str, data: &Path) -> Option<Command> {
    [&["--mount"][..], &["--user", "--map-root-user", "--mount"]].into_iter().find_map(|flags| {
        let mut allowed = Command::new("unshare");
        if !allowed
            .args(flags)
            .arg("true")
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
        {
            return None;
        }
        let mut command = Command::new("unshare");
        command.args(flags).args(["sh", "-e", "-c"]);
        command.arg(format!("{prepare}; exec timeout 60 \"$2\" serve --listen 127.0.0.1:0 --data \"$1\""));
        command.arg("sh").arg(data).arg(env!("CARGO_BIN_EXE_beistand"));
        command.stdin(Stdio::null());
        Some(command)
    })
}

/// The box as somebody who may do no more than its own: no low ports, no files of others. Who runs the tests as root
/// gives up what root may; anybody else may no more anyway. `None` where what root may can't be given up.
fn beistand_unprivileged(arguments: &[&str], data: &Path) -> Option<Command> {
    let command = beistand(arguments, data);
    let root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    if !root {
        return Some(command);
    }
    let fewer = "--bounding-set=-net_bind_service,-dac_override,-dac_read_search,-fowner,-chown";
    let mut wrapped = Command::new("setpriv");
    wrapped.arg(fewer).env_clear().stdin(Stdio::null());
    let mut allowed = Command::new("setpriv");
    allowed.args([fewer, "true"]).stderr(Stdio::null());
    if !allowed.status().is_ok_and(|status| status.success()) {
        return None;
    }
    wrapped.arg(command.get_program()).args(command.get_args());
    Some(wrapped)
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
    let port = taken.local_addr().unwrap().port().to_string();
    assert_says(&said, |locale| text::start_port_taken(locale, &port, &address));
    assert!(said.contains("os error"), "{said}");
    // Nothing was made before that was known.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_address_of_another_machine_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    // Set aside for documentation (RFC 5737): no machine has it.
    let (code, said) = fails(beistand(&["serve", "--listen", "192.0.2.1:8443"], folder.path()));
    assert_eq!(code, Some(1));
    assert_says(&said, |locale| text::start_address_absent(locale, "192.0.2.1"));
}

#[test]
fn a_second_box_on_the_same_data_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (child, _) = start(folder.path());
    let (code, said) = fails(beistand(&["serve", "--listen", "127.0.0.1:0"], folder.path()));
    stop(child);
    assert_eq!(code, Some(1));
    assert_says(&said, |locale| text::start_locked(locale, ANY));
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
    assert_says(&said, |locale| text::start_newer_version(locale, ANY, ANY));
    assert_eq!(std::fs::read_to_string(&format).unwrap(), newer);
}

#[test]
fn damaged_keys_are_never_replaced() {
    type Sentence = fn(Locale, &str) -> String;
    let cases: [(&str, Sentence); 3] = [
        ("certificates/authority.pem", text::start_damaged),
        ("secrets/login-set-up", text::start_damaged),
        ("secrets/storage-key", text::start_storage_key_unusable),
    ];
    for (file, sentence) in cases {
        let folder = tempfile::tempdir().unwrap();
        stop(start(folder.path()).0);
        std::fs::write(folder.path().join(file), b"rubbish").unwrap();
        let (code, said) = fails(beistand(&["serve", "--listen", "127.0.0.1:0"], folder.path()));
        assert_eq!(code, Some(1));
        let path = folder.path().join(file);
        assert_says(&said, |locale| sentence(locale, &path.display().to_string()));
        assert_eq!(std::fs::read(folder.path().join(file)).unwrap(), b"rubbish");
    }
}

#[test]
fn a_missing_storage_key_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    stop(start(folder.path()).0);
    let key = folder.path().join("secrets/storage-key");
    std::fs::remove_file(&key).unwrap();
    let (code, said) = fails(beistand(&["serve", "--listen", "127.0.0.1:0"], folder.path()));
    assert_eq!(code, Some(1));
    assert_says(&said, |locale| text::start_storage_key_missing(locale, &key.display().to_string()));
    assert!(!key.exists(), "a new one would lock the data up for good");
}

#[test]
fn a_full_disk_is_told_at_the_first_start_and_at_a_later_one() {
    let folder = tempfile::tempdir().unwrap();
    let prepare = "mount -t tmpfs -o size=64k tmpfs \"$1\"";
    let Some(command) = beistand_mounted(prepare, folder.path()) else {
        return println!(
            "this machine allows no mount namespace: the store's simulated disk stands in for it"
        );
    };
    let (code, said) = fails(command);
    assert_eq!(code, Some(1), "{said}");
    assert_says(&said, |locale| text::start_disk_full(locale, ANY));

    // Later, with what the box keeps in reserve for deletions used up as well.
    stop(start(folder.path()).0);
    let prepare = "mkdir \"$1.made\"; cp -a \"$1/.\" \"$1.made\"; mount -t tmpfs -o size=200m tmpfs \"$1\"; \
        mv \"$1.made\"/* \"$1\"; rmdir \"$1.made\"; cat /dev/zero >\"$1/filler\" 2>&- || true; rm -f \"$1/store/reserve\"; \
        cat /dev/zero >\"$1/more\" 2>&- || true";
    let (code, said) = fails(beistand_mounted(prepare, folder.path()).unwrap());
    assert_eq!(code, Some(1), "{said}");
    assert_says(&said, |locale| text::start_disk_full(locale, ANY));
}

#[test]
fn a_read_only_disk_is_told_at_the_first_start_and_at_a_later_one() {
    let folder = tempfile::tempdir().unwrap();
    let prepare = "mount --bind \"$1\" \"$1\"; mount -o remount,bind,ro \"$1\"";
    let Some(command) = beistand_mounted(prepare, folder.path()) else {
        return println!(
            "this machine allows no mount namespace: the store's simulated disk stands in for it"
        );
    };
    let (code, said) = fails(command);
    assert_eq!(code, Some(1), "{said}");
    assert_says(&said, |locale| text::start_read_only(locale, ANY));

    stop(start(folder.path()).0);
    let (code, said) = fails(beistand_mounted(prepare, folder.path()).unwrap());
    assert_eq!(code, Some(1), "{said}");
    assert_says(&said, |locale| text::start_read_only(locale, ANY));
}

#[test]
fn a_port_that_this_user_may_not_have_is_named() {
    let lowest = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    if lowest.is_ok_and(|lowest| lowest.trim() == "0") {
        return println!("on this machine everybody may have every port");
    }
    let folder = tempfile::tempdir().unwrap();
    let Some(command) = beistand_unprivileged(&["serve", "--listen", "127.0.0.1:1"], folder.path()) else {
        return println!("on this machine nobody can give up what root may");
    };
    let (code, said) = fails(command);
    assert_eq!(code, Some(1));
    assert_says(&said, |locale| text::start_port_forbidden(locale, "1"));
    assert!(said.contains("os error"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_of_somebody_else_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o555)).unwrap();
    if std::fs::metadata(folder.path()).unwrap().uid() == 0 {
        std::os::unix::fs::chown(folder.path(), Some(65534), Some(65534)).unwrap();
    }
    for data in [folder.path().to_owned(), folder.path().join("data")] {
        let Some(command) = beistand_unprivileged(&["serve", "--listen", "127.0.0.1:0"], &data) else {
            return println!("on this machine nobody can give up what root may");
        };
        let (code, said) = fails(command);
        assert_eq!(code, Some(1));
        assert_says(&said, |locale| text::start_read_only(locale, ANY));
        assert!(said.contains(&data.display().to_string()), "{said}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn data_that_is_a_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::write(&data, "a note").unwrap();
    let (code, said) = fails(beistand(&["serve", "--listen", "127.0.0.1:0"], &data));
    assert_eq!(code, Some(1));
    assert_says(&said, |locale| text::start_folder(locale, ANY));
    assert_eq!(std::fs::read_to_string(&data).unwrap(), "a note");
}

#[test]
fn mistakes_in_the_call_show_the_help() {
    let folder = tempfile::tempdir().unwrap();
    let calls: [(&[&str], &str); 9] = [
        (&["serve", "--listen", "nowhere"], "--listen nowhere"),
        (&["serve", "--http-listen", "80"], "--http-listen 80"),
        (&["serve", "--name", "two words"], "--name two words"),
        (&["serve", "--trusted-proxy", "10.0.0.0/99"], "--trusted-proxy 10.0.0.0/99"),
        (&["serve", "--forwarded-header", "via"], "--forwarded-header via"),
        (&["serve", "--leave-to", "http://example.org"], "--leave-to http://example.org"),
        (&["serve", "--log", "everything"], "--log everything"),
        (&["serve", "--port", "8443"], "unknown option --port"),
        (&[], "say what to do"),
    ];
    for (arguments, named) in calls {
        let (code, said) = fails(beistand(arguments, folder.path()));
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(named) && said.contains("Usage: beistand serve"), "{said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
