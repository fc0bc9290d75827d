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
