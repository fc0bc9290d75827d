//! Full, read-only and failing disks, wrong keys, missing and foreign files: each gives its own
//! error, and what was stored stays.

use super::*;

fn simulated() -> (SimulatedDisk, TempDir) {
    (SimulatedDisk::default(), look_up_dir())
}

/// Waits for the journal's next segment, so that the disk stays as full as it is.
fn wait_for_spare(disk: &SimulatedDisk) {
    let path = Path::new("/data/journal/spare");
    while !disk.read(path).is_ok_and(|bytes| bytes.len() as u64 == SEGMENT_BYTES) {
        std::thread::yield_now();
    }
}

/// The only segment of the journal, beside which one may be prepared.
fn only_log(disk: &SimulatedDisk) -> PathBuf {
    let dir = Path::new("/data/journal");
    let names = disk.list(dir).unwrap();
    let logs: Vec<_> = names.iter().filter(|name| name.ends_with(".log")).collect();
    assert_eq!(logs.len(), 1, "{names:?}");
    dir.join(logs[0])
}

/// Where the mark behind the last frame of a segment begins.
pub(super) fn mark_at(segment: &[u8]) -> usize {
    segment.windows(4).rposition(|window| window == b"DONE").unwrap()
}

fn has_mark(segment: &[u8]) -> bool {
    segment.windows(4).any(|window| window == b"DONE")
}

fn cause(outcome: Outcome) -> String {
    let error = outcome.unwrap_err();
    format!("{:?}", error.cause()).split([' ', '(']).next().unwrap().to_owned()
}

fn open_error(disk: &SimulatedDisk, sled: &TempDir) -> Error {
    match open_simulated(disk, sled, small_limits()) {
        Ok(_) => panic!("opened"),
        Err(error) => error,
    }
}

#[test]
fn below_the_reserve_only_what_frees_space_is_taken() {
    let (disk, sled) = simulated();
    let limits = Limits { free_bytes_min: 1 << 20, ..small_limits() };
    let engine = open_simulated(&disk, &sled, limits).unwrap();
    create(&engine, 1).unwrap();
    put(&engine, "a", "1").unwrap();
    disk.set_capacity(Some(disk.used() + (1 << 20) - 1));
    let before = content(&engine);
    assert_eq!(cause(put(&engine, "b", "2")), "DiskFull");
    assert_eq!(cause(create(&engine, 2)), "DiskFull");
    assert_eq!(content(&engine), before);
    destroy(&engine, 1).unwrap();
    assert_eq!(log_of(&engine), ["a=1"]);
    assert!(!engine.has_failed());
    disk.set_capacity(None);
    put(&engine, "b", "2").unwrap();
    assert_eq!(log_of(&engine), ["a=1", "b=2"]);
}

#[test]
fn full_to_the_last_byte_deletion_still_works_and_nothing_is_lost() {
    let (disk, sled) = simulated();
    let limits = Limits { reserve_bytes: 8192, ..small_limits() };
    let engine = open_simulated(&disk, &sled, limits.clone()).unwrap();
    create(&engine, 1).unwrap();
    create(&engine, 2).unwrap();
    let reserve = Path::new("/data/reserve");
    assert_eq!(disk.read(reserve).unwrap().len(), 8192);
    wait_for_spare(&disk);
    disk.set_capacity(Some(disk.used() + 500));
    let mut stored = 0;
    let full = loop {
        match put(&engine, &format!("{stored:02}"), &"x".repeat(50)) {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full.cause(), Error::DiskFull { .. }), "{full:?}");
    // A new conversation needs the key file first; neither half of it stays.
    assert_eq!(cause(create(&engine, 3)), "DiskFull");
    assert_eq!(engine.shared.ring.id_of(&[3; 16]), None);
    assert!(disk.read(reserve).is_ok(), "the reserve is not for what fills the disk further");
    destroy(&engine, 1).unwrap();
    assert!(disk.read(reserve).is_err(), "the reserve was given up");
    assert!(!engine.has_failed());
    let expect = content(&engine);
    assert_eq!(expect.len(), stored + 1);
    disk.set_capacity(None);
    put(&engine, "zz", "after").unwrap();
    // The writer answers first and makes the reserve then; its next answer comes after that.
    put(&engine, "zz", "after that").unwrap();
    assert!(disk.read(reserve).is_ok(), "and made again");
    disk.kill();
    drop(engine);
    let disk = disk.after_power_cut(&mut Seeded(1));
    let engine = open_simulated(&disk, &sled, limits).unwrap();
    assert_eq!(content(&engine).len(), expect.len() + 1);
    assert_eq!(engine.shared.ring.id_of(&[1; 16]), None);
}

#[test]
fn key_of_what_was_refused_is_taken_back() {
    let (disk, sled) = simulated();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    put(&engine, "a", "1").unwrap();
    wait_for_spare(&disk);
    // The key file has room for the key, the journal none for what is sealed under it.
    disk.set_capacity(Some(disk.used() + 1000));
    let refused = commit(&engine, |tx| {
        tx.create_data_key([3; 16]);
        tx.put_under(&[3; 16], Table::Conversation, &[3; 16], vec![3; 2 * SEGMENT_BYTES as usize])?;
        Ok(Verdict::Keep)
    });
    assert_eq!(cause(refused), "DiskFull");
    assert_eq!(engine.shared.ring.id_of(&[3; 16]), None);
    disk.set_capacity(None);
    create(&engine, 3).unwrap();
    assert_eq!(content(&engine).len(), 2);
}

#[test]
fn full_at_start() {
    let (disk, sled) = simulated();
    let limits = Limits { reserve_bytes: 5 << 20, ..small_limits() };
    let engine = open_simulated(&disk, &sled, limits.clone()).unwrap();
    put(&engine, "a", "1").unwrap();
    drop(engine);
    disk.set_capacity(Some(disk.used()));
    // The reserve is enough to start with.
    let engine = open_simulated(&disk, &sled, limits.clone()).unwrap();
    assert_eq!(log_of(&engine), ["a=1"]);
    drop(engine);
    disk.set_capacity(Some(disk.used() + 1000));
    let error = open_error(&disk, &sled);
    assert!(matches!(error, Error::DiskFull { free_bytes, .. } if free_bytes <= 1000), "{error}");
    assert!(error.to_string().contains("full"), "{error}");
}

#[test]
fn read_only_disk() {
    let (disk, sled) = simulated();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    put(&engine, "a", "1").unwrap();
    disk.set_read_only(true);
    assert_eq!(cause(put(&engine, "b", "2")), "ReadOnly");
    assert_eq!(log_of(&engine), ["a=1"]);
    drop(engine);
    assert!(matches!(open_error(&disk, &sled), Error::ReadOnly { .. }));
    disk.set_read_only(false);
    assert_eq!(log_of(&open_simulated(&disk, &sled, small_limits()).unwrap()), ["a=1"]);
}

#[test]
fn failed_sync_stops_everything_until_a_restart() {
    let (disk, sled) = simulated();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    put(&engine, "a", "1").unwrap();
    disk.set_sync_fails(true);
    assert_eq!(cause(put(&engine, "b", "2")), "Io");
    disk.set_sync_fails(false);
    // Whether "b" is on the disk nobody knows; so nothing may be said any more.
    assert!(engine.has_failed());
    assert_eq!(cause(put(&engine, "c", "3")), "Stopped");
    assert!(matches!(wait(engine.checkpoint()), Err(error) if matches!(*error, Error::Stopped)));
    assert_eq!(log_of(&engine), ["a=1"]);
    drop(engine);
    let log = log_of(&open_simulated(&disk, &sled, small_limits()).unwrap());
    assert!(log == ["a=1"] || log == ["a=1", "b=2"], "{log:?}");
}

#[test]
fn failed_checkpoint_leaves_everything_as_it_was() {
    let (disk, sled) = simulated();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    put(&engine, "a", &"1".repeat(1000)).unwrap();
    wait_for_spare(&disk);
    disk.set_capacity(Some(disk.used() + 200));
    assert!(matches!(wait(engine.checkpoint()), Err(error) if matches!(*error, Error::DiskFull { .. })));
    put(&engine, "b", "2").unwrap();
    disk.set_capacity(None);
    wait(engine.checkpoint()).unwrap();
    assert_eq!(disk.list(Path::new("/data/checkpoint")).unwrap().len(), 1);
    only_log(&disk);
    assert_eq!(log_of(&engine).len(), 2);
}

#[test]
fn journal_is_merged_into_checkpoints_as_it_grows() {
    let (disk, sled) = simulated();
    let limits = Limits {
        segment_bytes: 4096,
        journal_bytes_min: 20_000,
        journal_bytes_max: 20_000,
        ..small_limits()
    };
    let engine = open_simulated(&disk, &sled, limits.clone()).unwrap();
    for n in 0..300 {
        put(&engine, &format!("{:02}", n % 40), &n.to_string().repeat(100)).unwrap();
    }
    wait(engine.checkpoint()).unwrap();
    let expect = content(&engine);
    assert_eq!(expect.len(), 40);
    assert!(disk.used() < 60_000, "{} bytes for 12 KB of records", disk.used());
    disk.kill();
    drop(engine);
    let disk = disk.after_power_cut(&mut Seeded(1));
    assert_eq!(content(&open_simulated(&disk, &sled, limits).unwrap()), expect);
}

/// Ended in good order, with a checkpoint and one segment of the journal.
pub(super) fn closed_store() -> (SimulatedDisk, TempDir) {
    loop {
        let (disk, sled) = simulated();
        let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
        put(&engine, "a", "1").unwrap();
        create(&engine, 1).unwrap();
        wait(engine.checkpoint()).unwrap();
        create(&engine, 2).unwrap();
        drop(engine);
        // Where none was prepared in time the segment behind the checkpoint grew: it has no mark, or gave way
        // to another.
        let dir = Path::new("/data/journal");
        if let [only] = &disk.list(dir).unwrap()[..]
            && has_mark(&disk.read(&dir.join(only)).unwrap())
        {
            return (disk, sled);
        }
    }
}

fn with(change: impl FnOnce(&SimulatedDisk)) -> Error {
    let (disk, sled) = closed_store();
    change(&disk);
    open_error(&disk, &sled)
}

pub(super) fn only_file(disk: &SimulatedDisk, dir: &str) -> PathBuf {
    let names = disk.list(Path::new(dir)).unwrap();
    assert_eq!(names.len(), 1, "{names:?}");
    Path::new(dir).join(&names[0])
}

#[test]
fn each_missing_or_foreign_file_has_its_own_error() {
    let (disk, sled) = closed_store();
    let mut options = options(disk.clone(), Path::new("/data"), small_limits());
    options.key = StorageKey::from_bytes([9; 32]);
    options.database = Some(sled.path().join("database"));
    assert!(matches!(Engine::open(options), Err(Error::WrongKey { .. })));

    let error = with(|disk| {
        let text = String::from_utf8(disk.read(Path::new("/data/format")).unwrap()).unwrap();
        let newer = text.replace("version 1", "version 2").into_bytes();
        disk.damage(Path::new("/data/format"), |bytes| *bytes = newer);
    });
    assert!(matches!(error, Error::NewerVersion { found: 2, known: 1 }), "{error}");

    let error = with(|disk| disk.remove(Path::new("/data/format")).unwrap());
    assert!(matches!(error, Error::Corrupt { .. }), "{error}");
    let error = with(|disk| disk.remove(Path::new("/data/keys")).unwrap());
    assert!(matches!(error, Error::KeyFileMissing { .. }), "{error}");
    // Without the clean mark, after an abrupt end; with it see `damage`.
    for file in ["/data/journal", "/data/checkpoint"] {
        let error = with(|disk| {
            disk.remove(&only_file(disk, file)).unwrap();
            disk.remove(Path::new("/data/clean")).unwrap();
        });
        assert!(matches!(error, Error::Corrupt { .. }), "{file}: {error}");
    }
}

#[test]
fn last_commit_is_marked_for_good_once_nothing_follows() {
    let (disk, sled) = simulated();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    put(&engine, "a", "1").unwrap();
    wait_for_spare(&disk);
    let (synced, syncs) = mpsc::channel();
    disk.set_on_sync(move || _ = synced.send(()));
    // Its own sync, and the mark's a moment later, although nobody commits.
    put(&engine, "b", "2").unwrap();
    syncs.recv().unwrap();
    syncs.recv_timeout(std::time::Duration::from_secs(60)).unwrap();
    disk.kill();
    drop(engine);
    let disk = disk.after_power_cut(&mut Seeded(1));
    disk.damage(&only_log(&disk), |bytes| {
        let end = mark_at(bytes);
        bytes[end - 20..end].fill(0);
    });
    assert!(matches!(open_error(&disk, &sled), Error::Corrupt { .. }), "it is not taken for torn");
}

#[test]
fn older_key_file_is_noticed() {
    let (disk, sled) = simulated();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    create(&engine, 1).unwrap();
    let older = disk.read(Path::new("/data/keys")).unwrap();
    create(&engine, 2).unwrap();
    create(&engine, 3).unwrap();
    drop(engine);
    disk.damage(Path::new("/data/keys"), |bytes| *bytes = older);
    let error = open_error(&disk, &sled);
    assert!(matches!(error, Error::KeysLost { count: 2, .. }), "{error}");
}

#[test]
fn lost_acknowledged_commits_are_noticed_after_an_orderly_end() {
    let (disk, sled) = simulated();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    put(&engine, "a", "1").unwrap();
    put(&engine, "b", "2").unwrap();
    drop(engine);
    // As if neither the last frame nor its mark had ever been written.
    disk.damage(&only_file(&disk, "/data/journal"), |bytes| {
        let end = mark_at(bytes);
        bytes[end - 20..].fill(0);
    });
    let empty = look_up_dir();
    let error = open_error(&disk.snapshot(), &empty);
    assert!(matches!(error, Error::Corrupt { .. }), "{error}");
    // sled has them still.
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    assert_eq!(log_of(&engine), ["a=1", "b=2"]);
}

/// All bytes that lie anywhere: in the simulated disk, also in replaced files, and in sled's.
fn all_bytes(disk: &SimulatedDisk, sled: &TempDir) -> Vec<Vec<u8>> {
    let mut all = disk.raw_files();
    let mut dirs = vec![sled.path().to_path_buf()];
    while let Some(next) = dirs.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { dirs.push(path) } else { all.push(std::fs::read(path).unwrap()) }
        }
    }
    all
}

fn contains(all: &[Vec<u8>], needle: &[u8]) -> bool {
    all.iter().any(|bytes| bytes.windows(needle.len()).any(|window| window == needle))
}

#[test]
fn nothing_lies_on_the_disk_in_clear() {
    const CANARY: &str = "the canary sings in the cellar";
    let (disk, sled) = simulated();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    put(&engine, "key-in-clear", CANARY).unwrap();
    create(&engine, 77).unwrap();
    wait(engine.checkpoint()).unwrap();
    put(&engine, "other", CANARY).unwrap();
    drop(engine);
    let all = all_bytes(&disk, &sled);
    // The scan finds what it looks for where it is: record keys are not secret.
    assert!(contains(&all, b"key-in-clear"));
    assert!(!contains(&all, CANARY.as_bytes()));
    assert!(!contains(&all, &[77; 30]));
    let mut planted = disk.create(Path::new("/data/planted")).unwrap();
    planted.append(CANARY.as_bytes()).unwrap();
    assert!(contains(&all_bytes(&disk, &sled), CANARY.as_bytes()));
}

#[test]
fn deleted_conversation_cannot_be_opened_with_all_that_is_left() {
    let (disk, sled) = simulated();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    create(&engine, 1).unwrap();
    create(&engine, 2).unwrap();
    let place = |owner: u8| Table::Conversation.place(&[owner; 16]);
    let sealed = |owner: u8| engine.view().database().unwrap().get(&place(owner)).unwrap().unwrap().to_vec();
    let (gone, kept) = (sealed(1), sealed(2));
    let keys_before = disk.read(Path::new("/data/keys")).unwrap();
    destroy(&engine, 1).unwrap();
    drop(engine);
    // The old ciphertext is still there, in the journal; its key is nowhere.
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    let open = |owner: u8, bytes: &[u8]| engine.shared.sealer.open(&place(owner), bytes, &engine.shared.ring);
    assert_eq!(open(1, &gone), Opened::Destroyed);
    assert_eq!(open(2, &kept), Opened::Plain(vec![2; 30]));
    let frame = &keys_before[60..120];
    assert!(!contains(&all_bytes(&disk, &sled), frame), "nor in the key file that was replaced");
}

#[test]
fn queue_of_commits_has_an_end() {
    let dir = tempfile::tempdir().unwrap();
    let engine = open_real(&dir).unwrap();
    let (go, wait) = mpsc::channel::<()>();
    let (entered, enter) = mpsc::channel::<()>();
    let first = submit(&engine, false, move |_| {
        entered.send(()).unwrap();
        wait.recv().unwrap();
        Ok(Verdict::Keep)
    });
    enter.recv().unwrap();
    let waiting: Vec<_> =
        (0..COMMITS_WAITING_MAX).map(|_| submit(&engine, false, |_| Ok(Verdict::Keep))).collect();
    assert_eq!(cause(submit(&engine, false, |_| Ok(Verdict::Keep)).recv().unwrap()), "Busy");
    go.send(()).unwrap();
    first.recv().unwrap().unwrap();
    for answer in waiting {
        answer.recv().unwrap().unwrap();
    }
    put(&engine, "a", "1").unwrap();
}

#[test]
fn every_directory_that_is_made_is_durable_before_anything_is_acknowledged() {
    let (disk, sled) = simulated();
    let mut options = options(disk.clone(), Path::new("/var/lib/beistand/store"), small_limits());
    options.database = Some(sled.path().join("database"));
    let _engine = Engine::open(options).unwrap();
    assert_eq!(disk.unsynced_dirs(), Vec::<PathBuf>::new());
    // The tool finds what it looks for.
    disk.create_dir(Path::new("/var/lib/other/deep")).unwrap();
    disk.sync_dir(Path::new("/var/lib/other")).unwrap();
    assert_eq!(disk.unsynced_dirs(), [Path::new("/var/lib/other")]);
}
