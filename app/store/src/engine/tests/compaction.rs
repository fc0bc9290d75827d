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

#[test]
fn readers_see_everything_while_the_copy_is_made() {
    let (disk, _sled, engine) = filled_in_memory();
    let (entered, enter) = mpsc::channel::<()>();
    let (go, proceed) = mpsc::channel::<()>();
    let proceed = Mutex::new(proceed);
    disk.set_on_read(move || {
        // Whoever listens may have gone; then the copy goes on.
        if entered.send(()).is_ok() {
            let _ = proceed.lock().unwrap().recv();
        }
    });
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
    let left = std::fs::read_dir(sled.path().join("database")).unwrap().count();
    assert_eq!(left, 1, "nothing is left of the copy that failed");
}
