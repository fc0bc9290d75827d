//! A process of its own, killed while it writes, over a file layer that forgets what was not
//! synced.

use super::*;
use crate::disk::forgetful::{ForgetfulDisk, Syncs};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

const CHILD: &str = "BEISTAND_TEST_KILL_DIRECTORY";
const SYNCS: &str = "BEISTAND_TEST_KILL_SYNCS";

/// Writes for ever and says what was acknowledged.
fn be_killed(dir: &str) {
    let syncs = if std::env::var(SYNCS).as_deref() == Ok("lying") { Syncs::Lying } else { Syncs::Honest };
    let engine = Engine::open(options(ForgetfulDisk { syncs }, Path::new(dir), small_limits())).unwrap();
    let mut out = std::io::stdout();
    for n in 0.. {
        put(&engine, &format!("{n:06}"), &"x".repeat(n % 500)).unwrap();
        writeln!(out, "\nacknowledged {n}").unwrap();
        out.flush().unwrap();
    }
}

/// Lets a child acknowledge some commits and kills it; how many were acknowledged.
fn kill_while_writing(dir: &Path, syncs: &str) -> usize {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "engine::tests::kill::killed_process_keeps_what_it_acknowledged"])
        .env(CHILD, dir)
        .env(SYNCS, syncs)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut acknowledged = 0;
    let mut count = |line: String| acknowledged += usize::from(line.starts_with("acknowledged "));
    for line in lines.by_ref() {
        let line = line.unwrap();
        let enough = line == "acknowledged 150";
        count(line);
        if enough {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it still said before it died counts as well.
    lines.map_while(Result::ok).for_each(count);
    acknowledged
}

#[test]
fn killed_process_keeps_what_it_acknowledged() {
    if let Ok(dir) = std::env::var(CHILD) {
        return be_killed(&dir);
    }
    let found = |dir: &TempDir| log_of(&open_real(dir).unwrap()).len();
    let dir = tempfile::tempdir().unwrap();
    let mut expected = 0;
    for _ in 0..3 {
        // Each child writes the same keys anew, so the newest one counts.
        expected = expected.max(kill_while_writing(&dir.path().join("data"), "honest"));
        let found = found(&dir);
        assert!(found == expected || found == expected + 1, "{found} found of {expected}");
        expected = found;
    }
    // Without the sync the same is lost: otherwise this test would show nothing.
    let dir = tempfile::tempdir().unwrap();
    put(&open_real(&dir).unwrap(), "before", "1").unwrap();
    let acknowledged = kill_while_writing(&dir.path().join("data"), "lying");
    assert!(acknowledged > 150);
    assert_eq!(log_of(&open_real(&dir).unwrap()), ["before=1"]);
}
