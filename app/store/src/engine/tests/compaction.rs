//! Compaction copies beside what readers see and puts the copy in its place in one step.

use super::*;

fn filled_in_memory() -> (SimulatedDisk, TempDir, Engine) {
    let (disk, sled) = (SimulatedDisk::default(), look_up_dir());
    let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
    for n in 0..20 {
        put(&engine, &format!("{n:02}"), "x").unwrap();
    }
    wait(engine.checkpoint()).unwrap();
    put(&engine, "20", "x").unwrap();
    (disk, sled, engine)
}

/// From now on whoever reads a file says so first (receiver) and waits until told to go on (sender).
fn stops_before_each_file(disk: &SimulatedDisk) -> (mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (entered, enter) = mpsc::channel::<()>();
    let (go, proceed) = mpsc::channel::<()>();
    let proceed = Mutex::new(proceed);
    disk.set_on_read(move || {
        // Whoever listens may have gone; then the copy goes on.
        if entered.send(()).is_ok() {
            let _ = proceed.lock().unwrap().recv();
        }
    });
    (enter, go)
}

#[test]
fn readers_see_everything_while_the_copy_is_made() {
    let (disk, _sled, engine) = filled_in_memory();
    let (enter, go) = stops_before_each_file(&disk);
    let before = content(&engine);
    let compacted = engine.compact();
    let mut steps = 0;
    // One step for the checkpoint and one for each segment of the journal.
    while steps < 2 {
        enter.recv().unwrap();
        assert_eq!(content(&engine), before, "after {steps} files");
        steps += 1;
        go.send(()).unwrap();
    }
    drop((enter, go));
    wait(compacted).unwrap();
    assert_eq!(content(&engine), before);
}

#[test]
fn no_reader_finds_a_gap_between_old_and_new() {
    let (_disk, _sled, engine) = filled_in_memory();
    let running = AtomicBool::new(true);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    while running.load(Ordering::Relaxed) {
                        let found = engine.view().get(Table::Log, b"07").map(|value| value.is_some());
                        if !matches!(found, Ok(true)) {
                            return false;
                        }
                    }
                    true
                })
            })
            .collect();
        for _ in 0..30 {
            wait(engine.compact()).unwrap();
        }
        running.store(false, Ordering::Relaxed);
        assert!(readers.into_iter().all(|reader| reader.join().unwrap()), "a reader saw nothing");
    });
}

#[test]
fn failed_copy_leaves_the_old_one_at_work() {
    let (disk, sled, engine) = filled_in_memory();
    let before = content(&engine);
    let checkpoint = faults::only_file(&disk, "/data/checkpoint");
    let whole = disk.read(&checkpoint).unwrap();
    disk.damage(&checkpoint, |bytes| bytes[100] ^= 3);
    assert!(matches!(wait(engine.compact()), Err(error) if matches!(*error, Error::Corrupt { .. })));
    assert_eq!(content(&engine), before);
    put(&engine, "21", "x").unwrap();
    disk.damage(&checkpoint, |bytes| *bytes = whole);
    wait(engine.compact()).unwrap();
    assert_eq!(content(&engine).len(), before.len() + 1);
    drop(engine);
    let left = std::fs::read_dir(sled.path().join("database")).unwrap().count();
    assert_eq!(left, 1, "nothing is left of the copy that failed");
}

#[test]
fn commits_go_on_while_the_copy_is_made() {
    let (disk, sled, engine) = filled_in_memory();
    let (enter, go) = stops_before_each_file(&disk);
    let mut compacted = engine.compact();
    create(&engine, 1).unwrap();
    // The copy stands still before each file that it reads; what is committed meanwhile is answered,
    // seen by readers, and in the copy at the end. More is written than the writer itself catches up.
    for file in 0..2u8 {
        enter.recv().unwrap();
        for n in 0..20 {
            put(&engine, &format!("{file} {n:02}"), &"y".repeat(20_000)).unwrap();
        }
        put(&engine, "05", &file.to_string()).unwrap();
        commit(&engine, move |tx| tx.remove(Table::Log, &[b'0', b'6' + file]).map(|()| Verdict::Keep))
            .unwrap();
        create(&engine, 2 + file).unwrap();
        destroy(&engine, 1 + file).unwrap();
        assert!(matches!(compacted.try_recv(), Ok(None)), "the copy is still being made");
        go.send(()).unwrap();
    }
    // A first round beside the commits.
    enter.recv().unwrap();
    put(&engine, "in the round", "z").unwrap();
    let before = content(&engine);
    assert_eq!(before.len(), 21 + 40 + 1 - 2 + 1);
    drop((enter, go));
    wait(compacted).unwrap();
    assert_eq!(content(&engine), before);
    drop(engine);
    assert_eq!(content(&open_simulated(&disk, &sled, small_limits()).unwrap()), before);
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, to) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).unwrap();
        if path.is_dir() {
            copy_tree(&path, &to);
        } else {
            std::fs::copy(path, to).unwrap();
        }
    }
}

#[test]
fn power_cut_at_any_step_of_the_swap_leaves_everything() {
    let (disk, sled, engine) = filled_in_memory();
    (1..4).for_each(|owner| assert!(create(&engine, owner).is_ok()));
    destroy(&engine, 2).unwrap();
    let expect = content(&engine);
    let moments = Arc::new(Mutex::new(vec![]));
    // Before each file that is read for the copy.
    disk.set_on_read({
        let (disk, sled, moments) = (disk.clone(), sled.path().to_path_buf(), Arc::clone(&moments));
        move || {
            let copied = look_up_dir();
            copy_tree(&sled, copied.path());
            moments.lock().unwrap().push((disk.snapshot(), copied));
        }
    });
    wait(engine.compact()).unwrap();
    disk.set_on_read(|| ());
    let after = look_up_dir();
    copy_tree(&sled.path().join("database/2"), &after.path().join("database/2"));
    let mut moments = std::mem::take(&mut *moments.lock().unwrap());
    assert!(moments.len() >= 2, "{}", moments.len());
    moments.push((disk.snapshot(), after));
    for (moment, (disk, sled)) in moments.into_iter().enumerate() {
        for cut in [false, true] {
            let disk = if cut { disk.after_power_cut(&mut Seeded(moment as u64)) } else { disk.snapshot() };
            let engine = open_simulated(&disk, &sled, small_limits()).unwrap();
            assert_eq!(content(&engine), expect, "moment {moment}");
            put(&engine, "after", "1").unwrap();
        }
    }
}

/// Bytes of keys and sealed values in the look-up database.
fn live_bytes(engine: &Engine) -> u64 {
    let view = engine.view();
    let entries = view.database().unwrap().range_from(&[]);
    entries.map(|entry| entry.map(|(key, value)| (key.len() + value.len()) as u64).unwrap()).sum()
}

fn tree_bytes(dir: &Path) -> u64 {
    std::fs::read_dir(dir)
        .unwrap()
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => tree_bytes(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}

fn bounded_limits() -> Limits {
    Limits {
        segment_bytes: 256 * 1024,
        journal_bytes_min: 512 * 1024,
        journal_bytes_max: 4 << 20,
        spare_bytes: 4 << 20,
        ..small_limits()
    }
}

/// Waits until the writer has nothing to do beside commits: after the first checkpoint it decides on
/// a copy, and the second one comes after that.
fn settle(engine: &Engine) {
    wait(engine.checkpoint()).unwrap();
    wait(engine.checkpoint()).unwrap();
}

#[test]
fn files_stay_within_three_times_the_live_data_by_themselves() {
    let dir = look_up_dir();
    let limits = bounded_limits();
    let mut options = options(RealDisk, &dir.path().join("data"), limits.clone());
    options.random = Box::new(Seeded(5));
    let engine = Engine::open(options).unwrap();
    let used = |engine: &Engine| {
        assert!(!engine.has_failed());
        ["database", "journal", "checkpoint"]
            .iter()
            .map(|part| tree_bytes(&dir.path().join("data").join(part)))
            .sum::<u64>()
    };
    let (mut random, mut copies, mut number) = (Seeded(6), 0, 1);
    let mut newest = |engine: &Engine| {
        let now = engine.view().database().unwrap().dir().to_path_buf();
        let now: u64 = now.file_name().unwrap().to_str().unwrap().parse().unwrap();
        copies += now - number;
        number = now;
        copies
    };
    // Grows to some 8 MiB, then most of it is written over and removed, again and again.
    for round in 0..60u32 {
        let mut answers = vec![];
        for n in 0..200u32 {
            let key = format!("{:05}", if round < 40 { round * 200 + n } else { random.below(8000) as u32 });
            let remove = round >= 40 && n % 4 > 0;
            answers.push(submit(&engine, false, move |tx| {
                match remove {
                    true => tx.remove(Table::Log, key.as_bytes())?,
                    false => tx.put(Table::Log, key.as_bytes(), vec![7; 900])?,
                }
                Ok(Verdict::Keep)
            }));
        }
        for answer in answers {
            answer.recv().unwrap().unwrap();
        }
        if round % 5 == 4 {
            settle(&engine);
            let live = live_bytes(&engine);
            let (used, most) = (used(&engine), limits.used_bytes_max(live));
            assert!(used <= most, "round {round}: {used} used for {live}, at most {most}");
            newest(&engine);
        }
    }
    let copies = newest(&engine);
    assert!(copies > 0, "nobody asked, and sled was made anew: {copies}");
    // All of it goes, and so does the space, down to the constant.
    let keys = engine.view().keys(Table::Log, &[], usize::MAX).unwrap();
    for part in keys.chunks(500) {
        let part = part.to_vec();
        commit(&engine, move |tx| {
            part.iter().try_for_each(|key| tx.remove(Table::Log, key))?;
            Ok(Verdict::Keep)
        })
        .unwrap();
    }
    settle(&engine);
    assert_eq!(live_bytes(&engine), 0);
    assert!(used(&engine) <= limits.spare_bytes, "{} used for nothing", used(&engine));
}

#[test]
fn commits_wait_for_the_checkpoint_instead_of_making_the_journal_longer_and_longer() {
    const MIB: u64 = 1 << 20;
    let (disk, sled) = (SimulatedDisk::default(), look_up_dir());
    let mut options = options(disk.clone(), Path::new("/data"), small_limits());
    options.database = Some(sled.path().join("database"));
    options.limits.journal_bytes_min = 4 * MIB;
    options.limits.journal_bytes_max = 4 * MIB;
    let (engine, mut driven) = Engine::open_driven(options).unwrap();
    let longest = Arc::new(AtomicUsize::new(0));
    let (longest_until_now, looked_at) = (longest.clone(), disk.clone());
    disk.set_on_sync(move || _ = longest_until_now.fetch_max(looked_at.used() as usize, Ordering::Relaxed));
    // All there before the writer looks: without waiting it would store them all before it hears of the checkpoint.
    let answers: Vec<_> = (0..96_u8)
        .map(|n| {
            submit(&engine, false, move |tx| {
                tx.put(Table::Log, &[n % 8], [&[n][..], &vec![0; MIB as usize]].concat())?;
                Ok(Verdict::Keep)
            })
        })
        .collect();
    driven.run_waiting();
    while driven.runs_beside() {
        driven.end_beside();
    }
    for answer in answers {
        answer.try_recv().unwrap().unwrap();
    }
    let last: Vec<u8> = content(&engine).into_values().map(|value| value[0]).collect();
    assert_eq!(last, (88..96).collect::<Vec<u8>>(), "in the order they came");
    // What is due, twice that, a group each, the checkpoint and the one being made.
    let longest = longest.load(Ordering::Relaxed) as u64;
    assert!((24 * MIB..48 * MIB).contains(&longest), "{longest} bytes");
}

#[test]
fn whoever_tidies_up_while_a_checkpoint_is_made_that_has_everything_makes_no_second_one() {
    let files_read = |tidies: bool| {
        let (disk, _sled, engine) = filled_in_memory();
        let (entered, enter) = mpsc::channel::<()>();
        let (go, proceed) = mpsc::channel::<()>();
        let (proceed, read) = (Mutex::new(proceed), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&read);
        disk.set_on_read(move || {
            if count.fetch_add(1, Ordering::Relaxed) == 0 {
                entered.send(()).unwrap();
                proceed.lock().unwrap().recv().unwrap();
            }
        });
        let checkpoint = engine.checkpoint();
        enter.recv().unwrap();
        let tidied = tidies.then(|| engine.tidy());
        go.send(()).unwrap();
        wait(checkpoint).unwrap();
        tidied.into_iter().for_each(|tidied| wait(tidied).unwrap());
        read.load(Ordering::Relaxed)
    };
    assert_eq!(files_read(true), files_read(false));
}
