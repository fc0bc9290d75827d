//! One flipped bit in any byte of any file: the store opens by itself, with everything in it. More
//! damage than that: a sentence, never less than was acknowledged.

use super::*;

/// All files of the store, with their bytes.
fn files(disk: &SimulatedDisk) -> Vec<(PathBuf, Vec<u8>)> {
    ["", "journal", "checkpoint"]
        .iter()
        .flat_map(|dir| {
            let dir = Path::new("/data").join(dir);
            disk.list(&dir).unwrap().into_iter().map(move |name| dir.join(name))
        })
        .map(|path| (path.clone(), disk.read(&path).unwrap()))
        .collect()
}

/// sled's folder is empty each time, as if it had been lost at the same moment.
fn open_copy(disk: &SimulatedDisk) -> Result<Content, Error> {
    let sled = look_up_dir();
    open_simulated(disk, &sled, small_limits()).map(|engine| content(&engine))
}

#[test]
fn flipped_bit_in_any_byte_heals_by_itself() {
    let (disk, _sled) = faults::closed_store();
    let expect = open_copy(&disk.after_kill()).unwrap();
    assert_eq!(expect.len(), 3);
    let mut bytes_tried = 0;
    for (path, bytes) in files(&disk.after_kill()) {
        // Of what is prepared behind the last commit a few bytes stand for all.
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
        for at in (0..bytes.len()).filter(|at| *at < used + 40 || at % 30_011 == 0) {
            let copy = disk.after_kill();
            copy.damage(&path, |bytes| bytes[at] ^= 1 << (at % 8));
            match open_copy(&copy) {
                Ok(found) => assert_eq!(found, expect, "{} at {at}", path.display()),
                // The number in the format file has no sum of its own.
                Err(Error::NewerVersion { .. }) if path.ends_with("format") => {}
                Err(error) => panic!("{} at {at}: {error}", path.display()),
            }
            bytes_tried += 1;
        }
    }
    assert!(bytes_tried > 800, "{bytes_tried}");
}

#[test]
fn damaged_last_commit_is_told_and_never_dropped() {
    let (disk, _sled) = faults::closed_store();
    disk.remove(Path::new("/data/clean")).unwrap();
    let journal = faults::only_file(&disk, "/data/journal");
    let end = faults::mark_at(&disk.read(&journal).unwrap());
    // From the end of the file header; the sum at the very end is not needed to read the frame.
    for at in 40..end - 4 {
        let copy = disk.after_kill();
        copy.damage(&journal, |bytes| bytes[at] ^= 0x41);
        let error = open_copy(&copy).unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "two bits at {at}: {error}");
        assert!(error.to_string().contains("restore the newest backup"), "{error}");
    }
}

#[test]
fn bits_that_were_turned_back_are_written() {
    let (disk, _sled) = faults::closed_store();
    for path in ["/data/format".into(), "/data/keys".into(), faults::only_file(&disk, "/data/journal")] {
        let copy = disk.after_kill();
        let whole = copy.read(&path).unwrap();
        let at = if path.ends_with("format") { 30 } else { 70 };
        copy.damage(&path, |bytes| bytes[at] ^= 4);
        open_copy(&copy).unwrap();
        let after = copy.read(&path).unwrap();
        // The key file is sealed anew.
        assert!(path.ends_with("keys") || after == whole, "{}", path.display());
        assert_ne!(after[at], whole[at] ^ 4, "{}", path.display());
    }
}

/// Values that fill several chunks of a checkpoint, and some commits behind it; ended in good order.
fn store_of_many_pieces() -> (SimulatedDisk, TempDir, Content) {
    let (disk, sled) = (SimulatedDisk::default(), look_up_dir());
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    for n in 0..40 {
        put(&engine, &format!("{n:02}"), &n.to_string().repeat(15_000)).unwrap();
    }
    create(&engine, 1).unwrap();
    wait(engine.checkpoint()).unwrap();
    for n in 0..5 {
        put(&engine, &format!("later {n}"), &"x".repeat(500)).unwrap();
    }
    create(&engine, 2).unwrap();
    let content = content(&engine);
    (disk, sled, content)
}

const CHECKPOINT: &str = "/data/checkpoint";
const JOURNAL: &str = "/data/journal";

/// A chunk of the checkpoint, or a frame of the journal: in which file, and where.
type Piece = (PathBuf, std::ops::Range<usize>);

fn pieces(disk: &SimulatedDisk, dir: &str) -> Vec<Piece> {
    let (head, len_at) = if dir == CHECKPOINT { (8, 0) } else { (20, 4) };
    let mut pieces = vec![];
    for name in disk.list(Path::new(dir)).unwrap() {
        let path = Path::new(dir).join(name);
        let bytes = disk.read(&path).unwrap();
        let mut at = 40;
        while let Some(len) = bytes.get(at + len_at..at + len_at + 4) {
            if dir == JOURNAL && !bytes[at..].starts_with(b"FRAM") {
                break;
            }
            let end = at + head + u32::from_le_bytes(len.try_into().unwrap()) as usize + 4;
            pieces.push((path.clone(), at..end));
            at = end;
        }
    }
    pieces
}

/// Flips bits far from each other in one piece.
fn flip(disk: &SimulatedDisk, (path, piece): &Piece, bits: usize) {
    disk.damage(path, |bytes| {
        for bit in 0..bits {
            bytes[piece.start + 30 + bit * (piece.len() - 40) / 2] ^= 2 << bit;
        }
    });
}

#[test]
fn one_bit_in_every_piece_at_once_heals_by_itself() {
    let (disk, _sled, expect) = store_of_many_pieces();
    let (chunks, frames) = (pieces(&disk, CHECKPOINT), pieces(&disk, JOURNAL));
    assert!(chunks.len() >= 4 && frames.len() >= 6, "{chunks:?} {frames:?}");
    for piece in chunks.iter().chain(&frames) {
        flip(&disk, piece, 1);
    }
    for path in [&chunks[0].0, &frames[0].0] {
        disk.damage(path, |bytes| bytes[30] ^= 1);
    }
    disk.damage(Path::new("/data/keys"), |bytes| bytes[70] ^= 1);
    disk.remove(Path::new("/data/clean")).unwrap();
    assert_eq!(open_copy(&disk.after_kill()).unwrap(), expect);
}

#[test]
fn two_bits_in_one_piece_are_told_with_the_way_back_and_the_way_leads_back() {
    let (disk, _sled, expect) = store_of_many_pieces();
    disk.remove(Path::new("/data/clean")).unwrap();
    let (chunks, frames) = (pieces(&disk, CHECKPOINT), pieces(&disk, JOURNAL));
    let cases: [(&str, &[&Piece]); 4] = [
        ("one chunk", &[&chunks[1]]),
        ("two chunks", &[&chunks[0], &chunks[2]]),
        ("a commit", &[&frames[2]]),
        ("both files", &[&frames[1], &chunks[2]]),
    ];
    for (what, damaged) in cases {
        let copy = disk.after_kill();
        let kept = files(&copy);
        damaged.iter().for_each(|piece| flip(&copy, piece, 2));
        for _ in 0..2 {
            // Again and again the same: nothing was dropped to get further.
            let error = open_copy(&copy).unwrap_err();
            let Error::Corrupt { path, .. } = &error else { panic!("{what}: {error}") };
            assert!(damaged.iter().any(|(damaged, _)| damaged == path), "{what}: {error}");
            assert!(error.to_string().contains("restore the newest backup"), "{what}: {error}");
        }
        // The damaged files from a backup: nothing else has changed meanwhile.
        for (path, bytes) in kept {
            if damaged.iter().any(|(damaged, _)| *damaged == path) {
                copy.damage(&path, |now| *now = bytes);
            }
        }
        assert_eq!(open_copy(&copy).unwrap(), expect, "{what}");
    }
}

#[test]
fn damage_that_is_met_while_readers_see_everything_is_replaced() {
    for (what, in_checkpoint, in_journal) in
        [("checkpoint", true, false), ("journal", false, true), ("both", true, true)]
    {
        let (disk, sled, mut expect) = store_of_many_pieces();
        let (chunks, frames) = (pieces(&disk, CHECKPOINT), pieces(&disk, JOURNAL));
        let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
        if in_checkpoint {
            flip(&disk, &chunks[2], 2);
        }
        if in_journal {
            flip(&disk, &frames[3], 2);
        }
        put(&engine, "00", "new").unwrap();
        // What is committed meanwhile is in the journal, before or after it is read.
        let mut made = engine.checkpoint();
        let mut count = 0;
        let outcome = loop {
            put(&engine, "meanwhile", &count.to_string()).unwrap();
            create(&engine, 3).unwrap();
            destroy(&engine, 3).unwrap();
            count += 1;
            if let Some(outcome) = made.try_recv().unwrap() {
                break outcome;
            }
        };
        outcome.unwrap_or_else(|error| panic!("{what}: {error}"));
        put(&engine, "after", "1").unwrap();
        let now = content(&engine);
        expect.retain(|key, _| key.1 != b"00");
        assert!(
            expect.iter().all(|(key, value)| now.get(key) == Some(value)) && now.len() == expect.len() + 3
        );
        // An abrupt end, sled is gone: everything comes from checkpoint and journal.
        let copy = disk.after_kill();
        drop(engine);
        assert_eq!(open_copy(&copy).unwrap(), now, "{what}");
    }
}

#[test]
fn nothing_decayed_gets_into_a_checkpoint_that_replaces_a_damaged_one() {
    let (disk, sled, expect) = store_of_many_pieces();
    let chunks = pieces(&disk, CHECKPOINT);
    let checkpoint = &chunks[0].0;
    let whole = disk.read(checkpoint).unwrap();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    flip(&disk, &chunks[2], 2);
    let place = Table::Log.place(b"07");
    engine.view().database().unwrap().apply(&[(place, Some(vec![1; 100]))]).unwrap();
    let error = wait(engine.checkpoint()).unwrap_err();
    assert!(matches!(*error, Error::Corrupt { .. }), "{error}");
    assert_eq!(faults::only_file(&disk, CHECKPOINT), *checkpoint, "the old one stays");
    let copy = disk.after_kill();
    drop(engine);
    assert!(matches!(open_copy(&copy), Err(Error::Corrupt { .. })));
    copy.damage(checkpoint, |bytes| *bytes = whole);
    assert_eq!(open_copy(&copy).unwrap(), expect);
}

#[test]
fn missing_moved_and_doubled_chunks_are_told() {
    let (disk, _sled, _) = store_of_many_pieces();
    disk.remove(Path::new("/data/clean")).unwrap();
    let chunks = pieces(&disk, CHECKPOINT);
    let (path, first) = &chunks[0];
    let whole = disk.read(path).unwrap();
    let parts = [40..first.end, chunks[1].1.clone(), chunks[2].1.start..whole.len()];
    let orders: [&[usize]; 5] = [&[0, 2], &[0, 1], &[0, 2, 1], &[0, 1, 1, 2], &[1, 0, 2]];
    for order in orders {
        let bodies = order.iter().flat_map(|part| whole[parts[*part].clone()].iter());
        let bytes = whole[..40].iter().chain(bodies).copied().collect();
        let copy = disk.after_kill();
        copy.damage(path, |now| *now = bytes);
        assert!(matches!(open_copy(&copy), Err(Error::Corrupt { .. })), "{order:?}");
    }
}

#[test]
fn checkpoint_that_does_not_read_back_replaces_nothing() {
    let (disk, sled, mut expect) = store_of_many_pieces();
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    put(&engine, "00", "new").unwrap();
    expect.insert((Table::Log as u8, b"00".to_vec()), b"new".to_vec());
    let before = disk.list(Path::new(CHECKPOINT)).unwrap();
    // The disk says that it has synced, and has something else.
    let (synced, syncs) = mpsc::channel();
    let liar = disk.clone();
    disk.set_on_sync(move || {
        // The journal's next segment is synced whenever it is made: then the checkpoint may have only begun.
        if std::thread::current().name() != Some("store-checkpoint") {
            return;
        }
        for name in liar.list(Path::new(CHECKPOINT)).unwrap().iter().filter(|name| name.ends_with(".new")) {
            liar.damage(&Path::new(CHECKPOINT).join(name), |bytes| bytes[500..600].fill(0));
            let _ = synced.send(());
        }
    });
    let error = wait(engine.checkpoint()).unwrap_err();
    assert!(matches!(*error, Error::Corrupt { .. }), "{error}");
    assert!(syncs.try_iter().count() > 0);
    disk.set_on_sync(|| ());
    assert_eq!(disk.list(Path::new(CHECKPOINT)).unwrap(), before);
    assert_eq!(open_copy(&disk.after_kill()).unwrap(), expect);
}

#[test]
fn orderly_end_is_forgotten_for_good_before_anything_changes() {
    let (disk, sled) = faults::closed_store();
    let clean = Path::new("/data/clean");
    assert!(disk.read(clean).is_ok());
    let _engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    // So a sled that ends the process whenever it is opened is tried once only.
    for seed in 0..20 {
        assert!(disk.snapshot().after_power_cut(&mut Seeded(seed)).read(clean).is_err(), "seed {seed}");
    }
}

fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy_dir(&path, &target) } else { _ = std::fs::copy(&path, &target).unwrap() }
    }
}

/// Many pieces, the journal in several files.
fn store_of_many_segments() -> (SimulatedDisk, TempDir, Content) {
    let (disk, sled, _) = store_of_many_pieces();
    let engine = open_simulated(&disk, &sled, Limits { segment_bytes: 4000, ..small_limits() }).unwrap();
    for n in 0..30 {
        put(&engine, &format!("last {n}"), &"y".repeat(20_000)).unwrap();
    }
    put(&engine, "end", "1").unwrap();
    let content = content(&engine);
    drop(engine);
    assert!(disk.list(Path::new(JOURNAL)).unwrap().len() >= 3);
    (disk, sled, content)
}

type Damage = Box<dyn Fn(&SimulatedDisk)>;

/// What may become of the journal, and of the checkpoint with it.
fn decays(disk: &SimulatedDisk) -> Vec<(&'static str, Damage)> {
    let (chunks, frames) = (pieces(disk, CHECKPOINT), pieces(disk, JOURNAL));
    let (early, late) = (frames[2].clone(), frames.last().unwrap().clone());
    let chunk = chunks[1].clone();
    let checkpoint = chunk.0.clone();
    let names = disk.list(Path::new(JOURNAL)).unwrap();
    let mut paths: Vec<_> = names.iter().map(|name| Path::new(JOURNAL).join(name)).collect();
    paths.sort();
    // A newer one may have been begun, with nothing in it.
    let (first, middle, last) = (paths[0].clone(), paths[1].clone(), late.0.clone());
    let damage = |damage: fn(&mut Vec<u8>), path: PathBuf| -> Damage {
        Box::new(move |disk| disk.damage(&path, damage))
    };
    vec![
        ("an early commit", Box::new(move |disk| flip(disk, &early, 2))),
        ("the last commit", {
            let late = late.clone();
            Box::new(move |disk| flip(disk, &late, 2))
        }),
        ("a header", damage(|bytes| bytes[..40].fill(7), first)),
        ("the last header", damage(|bytes| bytes[..40].fill(7), last.clone())),
        ("the last file, empty", damage(Vec::clear, last)),
        ("a file in the middle", {
            let middle = middle.clone();
            Box::new(move |disk| disk.remove(&middle).unwrap())
        }),
        ("all files", Box::new(move |disk| paths.iter().for_each(|path| disk.remove(path).unwrap()))),
        ("the checkpoint's file", Box::new(move |disk| disk.remove(&checkpoint).unwrap())),
        (
            "the last commit and the checkpoint",
            Box::new(move |disk| {
                flip(disk, &late, 2);
                flip(disk, &chunk, 2);
            }),
        ),
    ]
}

#[test]
fn journal_that_decays_after_an_orderly_end_needs_nobody() {
    let (disk, sled, expect) = store_of_many_segments();
    for (what, damage) in decays(&disk) {
        let (copy, copied) = (disk.after_kill(), look_up_dir());
        copy_dir(sled.path(), copied.path());
        damage(&copy);
        let engine = open_simulated(&copy, &copied, small_limits()).unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(content(&engine), expect, "{what}");
        put(&engine, "after", "1").unwrap();
        create(&engine, 9).unwrap();
        let now = content(&engine);
        assert_eq!(now.len(), expect.len() + 2);
        // An abrupt end, sled is gone: everything comes from checkpoint and journal.
        assert_eq!(open_copy(&copy.snapshot()).unwrap(), now, "{what}");
        drop(engine);
        let engine = open_simulated(&copy, &copied, small_limits()).unwrap();
        assert_eq!(content(&engine), now, "{what}");
    }
}

#[test]
fn journal_that_decays_is_told_where_nothing_else_is_whole() {
    let (disk, sled, _) = store_of_many_segments();
    let file = sled.path().join("database");
    let file = file.join(std::fs::read_dir(&file).unwrap().next().unwrap().unwrap().file_name()).join("db");
    let whole = std::fs::read(&file).unwrap();
    for (what, damage) in decays(&disk) {
        let copy = disk.after_kill();
        damage(&copy);
        let kept = files(&copy);
        let mut bytes = whole.clone();
        bytes[whole.len() / 3] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        let error = open_simulated(&copy, &sled, small_limits()).err().unwrap_or_else(|| panic!("{what}"));
        assert!(matches!(error, Error::Corrupt { .. }), "{what}: {error}");
        assert!(error.to_string().contains("restore the newest backup"), "{what}: {error}");
        std::fs::write(&file, &whole).unwrap();
        // Nothing is given up that there was.
        let kept_now = files(&copy);
        for (path, bytes) in kept.iter().filter(|(path, bytes)| !bytes.is_empty() && !path.ends_with("clean"))
        {
            assert!(
                kept_now.iter().any(|now| (&now.0, &now.1) == (path, bytes)),
                "{what}: {}",
                path.display()
            );
        }
    }
}

#[test]
fn killed_while_the_journal_is_replaced_nothing_is_lost() {
    let (disk, sled, expect) = store_of_many_segments();
    let (what, damage) = decays(&disk).pop().unwrap();
    for die_at in 0.. {
        let (copy, copied) = (disk.after_kill(), look_up_dir());
        copy_dir(sled.path(), copied.path());
        damage(&copy);
        copy.die_at(die_at);
        let opened = open_simulated(&copy, &copied, small_limits());
        let died = copy.is_dead();
        assert!(died || opened.is_ok());
        let after = copy.after_power_cut(&mut Seeded(die_at as u64));
        drop(opened);
        let engine = open_simulated(&after, &copied, small_limits())
            .unwrap_or_else(|e| panic!("{what}, killed at {die_at}: {e}"));
        assert_eq!(content(&engine), expect, "killed at {die_at}");
        if !died {
            assert!(die_at > 10, "{die_at}");
            break;
        }
    }
}
