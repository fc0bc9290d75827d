//! Real full and read-only file systems, in a mount namespace of their own. Where the machine
//! allows none the same cases run on the simulated disk only (in the crate's own tests).
#![allow(clippy::unwrap_used)]

mod parts;

use beistand_domain::storage::{Change, CommitError, Storage, StorageError};
use beistand_protocol::api::Sealed;
use beistand_protocol::id::AccountId;
use beistand_store::Store;
use beistand_store::disk::real::RealDisk;
use beistand_store::error::Error;
use parts::{account, block_on};
use std::path::{Path, PathBuf};
use std::process::Command;

const INSIDE: &str = "BEISTAND_TEST_INSIDE_NAMESPACE";

/// Runs `inside` in a namespace in which a small file system can be mounted.
fn in_namespace(test: &str, inside: fn()) {
    if std::env::var(INSIDE).is_ok() {
        return inside();
    }
    for flags in [&["--mount"][..], &["--user", "--map-root-user", "--mount"]] {
        let allowed = Command::new("unshare").args(flags).arg("true").status();
        if allowed.is_ok_and(|status| status.success()) {
            let status = Command::new("unshare")
                .args(flags)
                .arg(std::env::current_exe().unwrap())
                .args(["--exact", "--nocapture", test])
                .env(INSIDE, "1")
                .status()
                .unwrap();
            assert!(status.success());
            return;
        }
    }
    println!("{test}: this machine allows no mount namespace; the simulated disk stands in for it");
}

fn mount(dir: &Path, options: &str) {
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(dir).status();
    assert!(mount.unwrap().success());
}

fn remount(dir: &Path, how: &str) {
    let mount = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(dir).status();
    assert!(mount.unwrap().success());
}

fn open(dir: &Path, free_bytes_min: u64, reserve_bytes: u64) -> Result<Store, Error> {
    let mut options = parts::options(dir.join("data"), RealDisk);
    options.limits.free_bytes_min = free_bytes_min;
    options.limits.reserve_bytes = reserve_bytes;
    options.limits.segment_bytes = 1 << 20;
    options.limits.journal_bytes_min = 64 << 20;
    options.limits.journal_bytes_max = 64 << 20;
    Store::open(options)
}

fn write(store: &Store, version: u64) -> Result<(), CommitError> {
    let state = Sealed((0..100_000u32).map(|n| (u64::from(n) * (version + 7)) as u8).collect());
    let change = Change::StateWrite { account: AccountId([1; 16]), expected_version: version, state };
    block_on(store.commit(9, vec![change])).map(|_| ())
}

/// Writes until the disk is full; the last version that was stored.
fn fill(store: &Store) -> (u64, StorageError) {
    block_on(store.commit(9, vec![Change::AccountAdd { account: account(1, 1, 1), state: Sealed(vec![]) }]))
        .unwrap();
    let mut version = 1;
    loop {
        match write(store, version) {
            Ok(()) => version += 1,
            Err(CommitError::Storage(error)) => return (version, error),
            Err(CommitError::Refused(refused)) => panic!("{refused}"),
        }
        assert!(version < 1000, "the disk was never full");
    }
}

fn version(store: &Store) -> u64 {
    store.lookup_state(AccountId([1; 16])).unwrap().unwrap().version
}

fn tmpfs(mib: u32) -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    mount(dir.path(), &format!("size={mib}m"));
    let path = dir.path().to_path_buf();
    (dir, path)
}

#[test]
fn full_file_system_with_reserve() {
    in_namespace("full_file_system_with_reserve", || {
        let (_dir, path) = tmpfs(40);
        let store = open(&path, 8 << 20, 2 << 20).unwrap();
        let (stored, error) = fill(&store);
        assert!(matches!(error, StorageError::Full), "{error:?}");
        assert!(stored > 10);
        assert!(!store.has_failed(), "refused before the disk was full");
        assert_eq!(version(&store), stored);
        block_on(store.commit(9, vec![Change::SessionsRemove(AccountId([1; 16]))])).unwrap();
        // Somebody makes room, and it goes on by itself.
        remount(&path, "size=60m");
        write(&store, stored).unwrap();
        let stored = stored + 1;
        assert_eq!(version(&store), stored);
        drop(store);
        // Something else fills the disk to the last byte.
        let filler = path.join("filler");
        std::fs::write(&filler, vec![1; 64 << 20]).unwrap_err();
        let refused = open(&path, 8 << 20, 2 << 20).map(|_| ()).unwrap_err();
        assert!(matches!(refused, Error::DiskFull { .. }), "{refused}");
        std::fs::remove_file(&filler).unwrap();
        assert_eq!(version(&open(&path, 1 << 20, 0).unwrap()), stored);
    });
}

#[test]
fn full_file_system_without_reserve() {
    in_namespace("full_file_system_without_reserve", || {
        // Whoever hits the end first, sled or the journal: what was stored is there afterwards.
        let (_dir, path) = tmpfs(24);
        let store = open(&path, 0, 0).unwrap();
        let (stored, error) = fill(&store);
        println!("after {stored}: {error:?}");
        assert_eq!(version(&store), stored, "reads go on");
        drop(store);
        remount(&path, "size=60m");
        // As after a kill: what sled had room for counts nothing.
        let _ = std::fs::remove_file(path.join("data/clean"));
        let found = version(&open(&path, 0, 0).unwrap());
        assert!(found == stored || found == stored + 1, "{found} found of {stored}");
    });
}

#[test]
fn read_only_file_system() {
    in_namespace("read_only_file_system", || {
        let (_dir, path) = tmpfs(40);
        let store = open(&path, 0, 0).unwrap();
        block_on(store.commit(9, vec![])).unwrap();
        drop(store);
        remount(&path, "ro");
        let refused = open(&path, 0, 0).map(|_| ()).unwrap_err();
        assert!(matches!(refused, Error::ReadOnly { .. }), "{refused}");
        remount(&path, "rw");
        open(&path, 0, 0).unwrap();
    });
}
