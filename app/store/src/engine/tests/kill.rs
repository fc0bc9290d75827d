//! A process of its own, killed at random moments while it starts, commits, makes checkpoints and
//! compacts, over a file layer that forgets what was not synced.
//!
//! `BEISTAND_KILLS` sets how often (200), `BEISTAND_SEED` repeats what a failure printed: the same
//! moments of killing, as far as the operating system lets a moment be repeated.

use super::*;
use crate::disk::forgetful::{ForgetfulDisk, Syncs};
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

const CHILD: &str = "BEISTAND_TEST_KILL_DIRECTORY";
const SYNCS: &str = "BEISTAND_TEST_KILL_SYNCS";
/// Names of keys must never come again; so each process has randomness of its own, as in life.
const RANDOM: &str = "BEISTAND_TEST_KILL_RANDOM";
const KILLS: &str = "BEISTAND_KILLS";
const SEED: &str = "BEISTAND_SEED";
const WRITERS: u8 = 3;
/// Each writer keeps its newest values only, so that the store stays small.
const RING: u64 = 8;
const OWNER: [u8; 16] = [9; 16];

fn count_key(writer: u8) -> Vec<u8> {
    vec![b'c', writer]
}

fn number(bytes: Option<Vec<u8>>) -> u64 {
    bytes.map_or(0, |bytes| u64::from_le_bytes(*bytes.first_chunk().unwrap()))
}

/// The next commit of a writer: it counts on from what is stored, so that a commit that was lost or
/// applied twice shows. The first writer also makes and destroys a conversation, in turn.
fn next(engine: &Engine, writer: u8) -> mpsc::Receiver<Outcome> {
    submit(engine, false, move |tx| {
        let n = number(tx.get(Table::Log, &count_key(writer))?) + 1;
        tx.put(Table::Log, &count_key(writer), n.to_le_bytes().to_vec())?;
        let mut value = n.to_le_bytes().to_vec();
        value.resize(8 + (n * 131 % 900) as usize, writer);
        tx.put(Table::Log, &[b'v', writer, (n % RING) as u8], value)?;
        if writer == 0 && n % 2 == 1 {
            tx.create_data_key(OWNER);
            tx.put_under(&OWNER, Table::Conversation, &OWNER, n.to_le_bytes().to_vec())?;
        } else if writer == 0 {
            tx.destroy_data_key(&OWNER);
            tx.remove(Table::Conversation, &OWNER)?;
        }
        Ok(Verdict::Keep)
    })
}

/// Writes for ever and says what was acknowledged.
fn be_killed(dir: &str) {
    let syncs = if std::env::var(SYNCS).as_deref() == Ok("lying") { Syncs::Lying } else { Syncs::Honest };
    let limits = Limits { segment_bytes: 8192, ..small_limits() };
    let mut options = options(ForgetfulDisk { syncs }, Path::new(dir), limits);
    options.random = Box::new(Seeded(std::env::var(RANDOM).unwrap().parse().unwrap()));
    let engine = Engine::open(options).unwrap();
    let counts: Vec<_> =
        (0..WRITERS).map(|w| number(engine.view().get(Table::Log, &count_key(w)).unwrap())).collect();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (engine, mut n) = (&engine, counts[usize::from(writer)]);
            scope.spawn(move || {
                loop {
                    next(engine, writer).recv().unwrap().unwrap();
                    n += 1;
                    // The dot at its end shows that a line is whole.
                    let mut out = std::io::stdout().lock();
                    out.write_all(format!("\nacknowledged {writer} {n} .\n").as_bytes()).unwrap();
                    out.flush().unwrap();
                }
            });
        }
        scope.spawn(|| {
            loop {
                wait(engine.checkpoint()).unwrap();
                wait(engine.compact()).unwrap();
            }
        });
    });
}

/// When a child is killed.
enum Moment {
    /// So long after it was started.
    After(Duration),
    /// When it has acknowledged so many commits.
    Acknowledged(usize),
}

/// Lets a child run and kills it; the newest number each writer had acknowledged.
fn kill_child(dir: &Path, syncs: &str, random: u64, moment: &Moment) -> [u64; WRITERS as usize] {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", "engine::tests::kill::killed_process_keeps_what_it_acknowledged"])
        .env(CHILD, dir)
        .env(SYNCS, syncs)
        .env(RANDOM, random.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).split(b'\n');
    let mut newest = [0; WRITERS as usize];
    let mut count = |line: Vec<u8>| {
        let line = String::from_utf8(line).unwrap();
        let mut words = line.strip_prefix("acknowledged ")?.strip_suffix(" .")?.split(' ');
        let writer: usize = words.next()?.parse().ok()?;
        newest[writer] = words.next()?.parse().ok()?;
        Some(())
    };
    match moment {
        Moment::After(time) => std::thread::sleep(*time),
        Moment::Acknowledged(commits) => {
            let mut seen = 0;
            while seen < *commits {
                let line = lines.next().expect("the child ended by itself").unwrap();
                seen += usize::from(count(line).is_some());
            }
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it still said before it died counts as well.
    for line in lines.map_while(Result::ok) {
        let _ = count(line);
    }
    newest
}

/// Opens as a start without any help would, and checks that all that is there fits together.
fn check(dir: &Path, random: u64) -> [u64; WRITERS as usize] {
    let mut options = options(RealDisk, dir, small_limits());
    options.random = Box::new(Seeded(random));
    let engine = Engine::open(options).expect("a start without help");
    let mut counts = [0; WRITERS as usize];
    for writer in 0..WRITERS {
        let get = |key: &[u8]| engine.view().get(Table::Log, key).unwrap();
        let count = number(get(&count_key(writer)));
        for n in count.saturating_sub(RING - 1).max(1)..=count {
            let value = get(&[b'v', writer, (n % RING) as u8]);
            assert_eq!(number(value), n, "writer {writer}: one commit of {count} is missing or out of place");
        }
        counts[usize::from(writer)] = count;
    }
    let talk = engine.view().get(Table::Conversation, &OWNER).unwrap();
    let expect = (counts[0] % 2 == 1).then_some(counts[0]);
    assert_eq!(talk.map(|bytes| number(Some(bytes))), expect, "the conversation");
    assert_eq!(engine.shared.ring.id_of(&OWNER).is_some(), expect.is_some(), "its key");
    // No orderly end: each start fills sled anew, as after a power cut.
    drop(engine);
    std::fs::remove_file(dir.join("clean")).unwrap();
    counts
}

#[test]
fn killed_process_keeps_what_it_acknowledged() {
    if let Ok(dir) = std::env::var(CHILD) {
        return be_killed(&dir);
    }
    let set = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let kills = set(KILLS).unwrap_or(200);
    let seed = set(SEED).unwrap_or_else(|| std::hash::RandomState::new().build_hasher().finish());
    println!("{SEED}={seed} {KILLS}={kills}");
    let random = &mut Seeded(seed);
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut stored = [0; WRITERS as usize];
    for kill in 0..kills {
        let moment = match random.below(4) {
            0 => Moment::After(Duration::from_micros(random.below(40_000) as u64)),
            _ => Moment::Acknowledged(1 + random.below(60)),
        };
        let acknowledged = kill_child(&data, "honest", random.next(), &moment);
        let found = check(&data, random.next());
        for writer in 0..usize::from(WRITERS) {
            let least = acknowledged[writer].max(stored[writer]);
            // One may be stored whose line was not said any more.
            let fits = least..=least + 1;
            assert!(
                fits.contains(&found[writer]),
                "kill {kill}, writer {writer}: {found:?} of {acknowledged:?}"
            );
        }
        stored = found;
    }
    assert!(stored.iter().all(|count| *count > kills), "{stored:?} commits in {kills} kills");
    // Without the sync the same is lost: otherwise this test would show nothing.
    let dir = tempfile::tempdir().unwrap();
    put(&open_real(&dir).unwrap(), "before", "1").unwrap();
    let acknowledged =
        kill_child(&dir.path().join("data"), "lying", random.next(), &Moment::Acknowledged(100));
    assert!(acknowledged.iter().sum::<u64>() >= 100);
    // Or the store says that something is missing: a key file that was replaced lost its bytes.
    if let Ok(engine) = open_real(&dir) {
        assert_eq!(log_of(&engine), ["before=1"]);
    }
}

#[test]
fn start_after_an_abrupt_end_reads_the_journal_once() {
    let (disk, sled) = (SimulatedDisk::default(), look_up_dir());
    let limits = Limits { segment_bytes: 4000, ..small_limits() };
    let engine = open_simulated(&disk, &sled, limits.clone()).unwrap();
    for n in 0..100 {
        put(&engine, &n.to_string(), &"x".repeat(5000)).unwrap();
    }
    let copy = disk.snapshot();
    let names = copy.list(Path::new("/data/journal")).unwrap();
    let segments = names.iter().filter(|name| name.ends_with(".log")).count();
    assert!(segments > 12, "{segments}");
    let reads = Arc::new(AtomicUsize::new(0));
    let count = reads.clone();
    copy.set_on_read(move || _ = count.fetch_add(1, Ordering::Relaxed));
    let opened = open_simulated(&copy, &look_up_dir(), limits).unwrap();
    let reads = reads.load(Ordering::Relaxed);
    assert_eq!(content(&opened), content(&engine));
    // Beside it format, keys, marks and the like.
    assert!((segments..segments + 10).contains(&reads), "{reads} files read, {segments} segments");
}
