//! Faults by chance, over a store with checkpoints and copies in between: the disk fills up, turns
//! read-only, fails to sync, loses power at any operation and tears what was not synced; between orderly
//! ends a bit flips in any file. Whatever was acknowledged is there after the next start, and the next
//! start needs nobody once the disk has space and can be written.
//!
//! One seed drives it all; `BEISTAND_SEED` runs the one that a failure printed.

use super::*;
use std::collections::BTreeSet;

const STEPS: usize = 120;
const KEYS: usize = 40;

/// What a key may have: what was acknowledged last, or what was tried since and not acknowledged.
#[derive(Default)]
struct Expected {
    acknowledged: Option<String>,
    tried: BTreeSet<String>,
}

fn limits() -> Limits {
    Limits { segment_bytes: 8 * 1024, ..small_limits() }
}

/// Compares with what is there after a start; from then on that is what was acknowledged.
fn compare(engine: &Engine, expected: &mut BTreeMap<String, Expected>, context: &str) {
    let found: BTreeMap<String, String> = log_of(engine)
        .into_iter()
        .map(|entry| entry.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned())).unwrap())
        .collect();
    for key in found.keys() {
        assert!(expected.contains_key(key), "{context}: {key} was never written");
    }
    for (key, expected) in expected {
        let found = found.get(key).cloned();
        let fits =
            found == expected.acknowledged || found.as_ref().is_some_and(|f| expected.tried.contains(f));
        assert!(fits, "{context}: {key} is lost or has another value");
        *expected = Expected { acknowledged: found, tried: BTreeSet::new() };
    }
}

/// Starts as a machine would: again after a power cut while starting; and while the disk is full or
/// read-only with an error that says so, and then without help.
fn start(disk: &mut SimulatedDisk, random: &mut Seeded, sled: &TempDir, context: &str) -> Engine {
    loop {
        match open_simulated(disk, sled, limits()) {
            Ok(engine) => return engine,
            Err(_) if disk.is_dead() => *disk = disk.after_power_cut(random),
            Err(Error::DiskFull { .. } | Error::ReadOnly { .. }) => {
                // Somebody makes space. That is all that has to be done.
                disk.set_capacity(None);
                disk.set_read_only(false);
            }
            Err(error) => panic!("{context}: a start that needs a person: {error}"),
        }
    }
}

fn flip_a_bit(disk: &SimulatedDisk, random: &mut Seeded) {
    let dirs = ["journal", "checkpoint", ""];
    let dir = Path::new("/data").join(dirs[random.below(3)]);
    let names: Vec<_> = disk.list(&dir).unwrap().into_iter().filter(|name| name != "format").collect();
    if let Some(name) = names.get(random.below(names.len().max(1))) {
        let path = dir.join(name);
        if let len @ 1.. = disk.read(&path).unwrap().len() {
            let (at, bit) = (random.below(len), random.below(8));
            disk.damage(&path, |bytes| bytes[at] ^= 1 << bit);
        }
    }
}

/// How often each kind of thing happened.
#[derive(Debug, Default)]
struct Happened {
    acknowledged: usize,
    refused: usize,
    cuts: usize,
    flips: usize,
}

fn run(seed: u64) -> Happened {
    let random = &mut Seeded(seed.wrapping_mul(0x5851_f42d_4c95_7f2d));
    let (mut disk, sled) = (SimulatedDisk::default(), look_up_dir());
    let mut engine = open_simulated(&disk, &sled, limits()).unwrap();
    let mut expected: BTreeMap<String, Expected> = BTreeMap::new();
    let mut happened = Happened::default();
    // One bit at a time: the next checkpoint is written without it. (The daily job makes one.)
    let mut may_flip = false;
    for step in 0..STEPS {
        let context = format!("BEISTAND_SEED={seed}, step {step}");
        match random.below(40) {
            0 => disk.set_capacity(Some(disk.used() + random.below(40_000) as u64)),
            1 => disk.set_read_only(true),
            2 => disk.set_sync_fails(true),
            3 | 4 => disk.die_at(random.below(30)),
            // Waited for, so that a seed does the same each time. They may fail like anything else.
            5 => drop(wait(engine.compact())),
            6 | 8 => may_flip |= wait(engine.checkpoint()).is_ok(),
            9 => drop(wait(engine.tidy())),
            7 => {
                // An orderly end, and a bit flips while nobody looks.
                for heal in [SimulatedDisk::set_sync_fails, SimulatedDisk::set_read_only] {
                    heal(&disk, false);
                }
                disk.set_capacity(None);
                drop(engine);
                if disk.is_dead() {
                    disk = disk.after_power_cut(random);
                    happened.cuts += 1;
                }
                drop(start(&mut disk, random, &sled, &context));
                if !disk.is_dead() && std::mem::take(&mut may_flip) {
                    flip_a_bit(&disk, random);
                    happened.flips += 1;
                }
                engine = start(&mut disk, random, &sled, &context);
                compare(&engine, &mut expected, &context);
            }
            _ => {
                for _ in 0..1 + random.below(6) {
                    let key = format!("{:02}", random.below(KEYS));
                    let value = format!("{step} {}", "x".repeat(random.below(3000)));
                    let (k, v) = (key.clone(), value.clone());
                    let answer = submit(&engine, false, move |tx| {
                        tx.put(Table::Log, k.as_bytes(), v.clone().into_bytes())?;
                        Ok(Verdict::Keep)
                    });
                    let entry = expected.entry(key).or_default();
                    match answer.recv().unwrap() {
                        Ok(_) => {
                            *entry = Expected { acknowledged: Some(value), tried: BTreeSet::new() };
                            happened.acknowledged += 1;
                        }
                        Err(_) => {
                            entry.tried.insert(value);
                            happened.refused += 1;
                        }
                    }
                }
            }
        }
        if disk.is_dead() || engine.has_failed() {
            disk.kill();
            drop(engine);
            disk = disk.after_power_cut(random);
            happened.cuts += 1;
            engine = start(&mut disk, random, &sled, &context);
            compare(&engine, &mut expected, &context);
        } else if random.below(8) == 0 {
            disk.set_capacity(None);
            disk.set_read_only(false);
            disk.set_sync_fails(false);
        }
    }
    happened
}

#[test]
fn faults_by_chance_lose_nothing_and_need_nobody() {
    let seeds = match std::env::var("BEISTAND_SEED").map(|seed| seed.parse().unwrap()) {
        Ok(seed) => seed..seed + 1,
        Err(_) if std::env::var("BEISTAND_TEST_SIZE").as_deref() == Ok("long") => 0..1000,
        Err(_) => 0..30,
    };
    let one = seeds.end - seeds.start == 1;
    let mut all = Happened::default();
    for seed in seeds {
        let Happened { acknowledged, refused, cuts, flips } = run(seed);
        all.acknowledged += acknowledged;
        all.refused += refused;
        all.cuts += cuts;
        all.flips += flips;
    }
    println!("{all:?}");
    assert!(
        one || (all.acknowledged > 2000 && all.refused > 100 && all.cuts > 50 && all.flips > 5),
        "{all:?}"
    );
}
