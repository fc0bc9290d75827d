//! Frames cut, bent, torn and refused: what was acknowledged is read or told, the rest goes.

use super::*;
use crate::disk::simulated::SimulatedDisk;
use crate::random::testing::Seeded;
use crate::seal::StorageKey;

const PATH: &str = "/d/log";

fn kind(prepared: bool) -> FrameKind {
    let store = StoreId([3; 16]);
    let cipher = StorageKey::from_bytes([4; 32]).cipher(&store, "test");
    FrameKind { magic: *b"TESTLOG1", label: "test", cipher, store, prepared }
}

/// How many zeros are prepared in [`three_frames`].
const PREPARED_BYTES: usize = 900;

/// A file that grows, or one that was prepared.
fn three_frames(prepared: bool) -> (SimulatedDisk, FrameFile, Vec<u8>) {
    let disk = SimulatedDisk::default();
    disk.create_dir(Path::new("/d")).unwrap();
    let mut file = disk.create(Path::new(PATH)).unwrap();
    if prepared {
        file.append(&[0; PREPARED_BYTES]).unwrap();
    }
    let mut file = FrameFile::begin(file, Path::new(PATH), kind(prepared), 7).unwrap();
    disk.sync_dir(Path::new("/d")).unwrap();
    for text in ["one", "two", "three"] {
        file.append(&mut Seeded(1), text.as_bytes()).unwrap();
    }
    let bytes = disk.read(Path::new(PATH)).unwrap();
    (disk, file, bytes)
}

fn read(bytes: &[u8]) -> Result<(Found, Vec<String>), Error> {
    let mut texts = vec![];
    let found = kind(true).read(Path::new(PATH), &mut bytes.to_vec(), |_, plain| {
        texts.push(String::from_utf8_lossy(&plain).into_owned());
        Ok(())
    })?;
    Ok((found, texts))
}

fn place(bytes: &[u8]) -> Place {
    let Found::Frames { end, next, version, torn, .. } = read(bytes).unwrap().0 else { panic!() };
    Place { end, next, version, torn }
}

#[test]
fn every_cut_leaves_whole_frames_and_every_flip_is_noticed() {
    let (_, _, bytes) = three_frames(false);
    let (found, texts) = read(&bytes).unwrap();
    assert_eq!(texts, ["one", "two", "three"]);
    let end = bytes.len() as u64;
    let whole = Found::Frames { first: 7, next: 10, end, torn: false, version: VERSION, mended: 0 };
    assert_eq!(found, whole);
    let frame_1 = FILE_HEADER_BYTES + FRAME_HEADER_BYTES + SEAL_BYTES + 3 + FRAME_END_BYTES;
    let frame_2 = frame_1 + FRAME_HEADER_BYTES + SEAL_BYTES + 3 + FRAME_END_BYTES;
    for at in 0..bytes.len() {
        let whole = [FILE_HEADER_BYTES, frame_1, frame_2].iter().filter(|end| **end <= at).count();
        match read(&bytes[..at]).unwrap() {
            (Found::Unfinished, texts) => assert!(whole == 0 && texts.is_empty(), "cut at {at}"),
            (Found::Frames { next, torn, .. }, texts) => {
                assert_eq!((next, texts.len()), (6 + whole as u64, whole - 1), "cut at {at}");
                assert_eq!(torn, ![FILE_HEADER_BYTES, frame_1, frame_2].contains(&at));
            }
        }
        for bit in 0..8 {
            let mut bent = bytes.clone();
            bent[at] ^= 1 << bit;
            let (found, texts) = read(&bent).unwrap();
            assert_eq!(texts, ["one", "two", "three"], "bit {bit} at {at}");
            assert!(matches!(found, Found::Frames { torn: false, mended: 1, .. }), "bit {bit} at {at}");
        }
    }
}

#[test]
fn damage_to_what_was_acknowledged_is_told_as_far_as_something_stands_behind_it() {
    for marked in [false, true] {
        let (_, file, mut bytes) = three_frames(true);
        let end = file.end() as usize;
        if !marked {
            bytes[end..].fill(0);
        }
        let last = FRAME_HEADER_BYTES + SEAL_BYTES + "three".len() + FRAME_END_BYTES;
        for at in 0..end {
            // Two bits are too many to be turned back. A frame's sum alone says nothing that the frame
            // does not say itself.
            let mut bent = bytes.clone();
            bent[at] ^= 0x41;
            match read(&bent) {
                Ok((Found::Frames { mended: 1, torn: false, .. }, texts)) => assert_eq!(texts.len(), 3),
                Ok((Found::Frames { next: 9, torn: true, .. }, texts)) => {
                    assert!(!marked && at >= end - last, "two bits at {at}: {texts:?}");
                }
                Ok(other) => panic!("two bits at {at}: {other:?}"),
                Err(Error::Corrupt { .. }) => assert!(marked || at < end - last, "two bits at {at}"),
                Err(error) => panic!("two bits at {at}: {error}"),
            }
            // All of it is gone; of the last frame nothing is left to tell by, but its mark.
            bent[at..end].fill(0);
            let told = matches!(read(&bent), Err(Error::Corrupt { .. }));
            assert!(!marked || told == (at < end - FRAME_END_BYTES), "gone from {at}");
        }
    }
}

#[test]
fn zeros_and_mark_are_the_end_and_anything_else_behind_it_goes() {
    let (disk, file, bytes) = three_frames(true);
    let end = file.end() as usize;
    assert_eq!(bytes[end..end + 4], *MARK_MAGIC);
    assert_eq!(bytes.len(), PREPARED_BYTES, "nothing was written behind what was prepared");
    drop(file);
    for marked in [true, false] {
        for garbage in
            [0..0, end..end + 1, end + 5..end + 6, end + 20..end + 300, PREPARED_BYTES - 1..PREPARED_BYTES]
        {
            let mut bent = bytes.clone();
            if !marked {
                bent[end..].fill(0);
            }
            bent[garbage.clone()].fill(0xa7);
            let (found, texts) = read(&bent).unwrap();
            assert_eq!(texts, ["one", "two", "three"], "{garbage:?}");
            assert!(
                matches!(found, Found::Frames { torn, next: 10, .. } if torn != garbage.is_empty()),
                "{garbage:?}: {found:?}"
            );
            disk.damage(Path::new(PATH), |bytes| bytes.clone_from(&bent));
            let mut file = FrameFile::open(&disk, Path::new(PATH), kind(true), place(&bent)).unwrap();
            assert_eq!(disk.read(Path::new(PATH)).unwrap(), bytes, "{garbage:?}: zeros and mark again");
            file.append(&mut Seeded(9), b"four").unwrap();
            assert_eq!(read(&disk.read(Path::new(PATH)).unwrap()).unwrap().1.len(), 4);
        }
    }
}

#[test]
fn interrupted_append_goes_whatever_it_left_and_nothing_else_does() {
    for prepared in [true, false] {
        let mut torn_seen = 0;
        for seed in 0..600 {
            let (disk, mut file, _) = three_frames(prepared);
            disk.set_sync_fails(true);
            let text = "4".repeat((seed % 250) as usize);
            assert!(matches!(file.append(&mut Seeded(seed), text.as_bytes()), Err(AppendError::Unknown(_))));
            let disk = disk.after_power_cut(&mut Seeded(seed));
            let bytes = disk.read(Path::new(PATH)).unwrap();
            let (found, texts) = read(&bytes).unwrap();
            assert!(texts.starts_with(&["one".into(), "two".into(), "three".into()]), "seed {seed}");
            assert!(texts.len() == 3 || texts[3] == text);
            torn_seen += usize::from(matches!(found, Found::Frames { torn: true, .. }));
            let mut file = FrameFile::open(&disk, Path::new(PATH), kind(prepared), place(&bytes)).unwrap();
            file.append(&mut Seeded(seed), b"next").unwrap();
            let next = read(&disk.read(Path::new(PATH)).unwrap()).unwrap();
            assert_eq!(next.1[texts.len()], "next");
            assert!(matches!(next.0, Found::Frames { torn: false, .. }));
        }
        assert!(torn_seen > 100, "{torn_seen}");
    }
}

#[test]
fn files_of_earlier_versions_are_read_and_continued() {
    for version in [1, 2] {
        let disk = SimulatedDisk::default();
        disk.create_dir(Path::new("/d")).unwrap();
        let mut bytes = kind(true).file_header(version, 7);
        kind(true).frame_into(&mut Seeded(1), version, 7, b"one", &mut bytes);
        disk.create(Path::new(PATH)).unwrap().append(&bytes).unwrap();
        let place = place(&bytes);
        assert!(place.version == version && place.next == 8);
        let mut file = FrameFile::open(&disk, Path::new(PATH), kind(true), place).unwrap();
        file.append(&mut Seeded(2), b"two").unwrap();
        let bytes = disk.read(Path::new(PATH)).unwrap();
        assert_eq!(bytes.len() as u64, file.end(), "without a mark");
        assert_eq!(read(&bytes).unwrap().1, ["one", "two"]);
        assert_eq!(read(&bytes[..bytes.len() - 1]).unwrap().1, ["one"]);
    }
}

#[test]
fn mark_is_durable_once_it_is_asked_for_or_with_the_next_frame() {
    let (disk, mut file, bytes) = three_frames(true);
    let end = file.end() as usize;
    let may_be_missing = |disk: &SimulatedDisk| {
        (0..20).any(|seed| {
            let disk = disk.snapshot().after_power_cut(&mut Seeded(seed));
            !disk.read(Path::new(PATH)).unwrap()[end..].starts_with(MARK_MAGIC)
        })
    };
    assert!(file.mark_waits() && may_be_missing(&disk));
    file.sync_mark().unwrap();
    assert!(!file.mark_waits() && !may_be_missing(&disk));
    assert_eq!(disk.read(Path::new(PATH)).unwrap(), bytes);
}

#[test]
fn frame_that_finds_no_more_room_makes_the_file_grow() {
    let (disk, mut file, _) = three_frames(true);
    while file.has_room() {
        file.append(&mut Seeded(1), &[1; 40]).unwrap();
    }
    file.append(&mut Seeded(1), &[1; 40]).unwrap();
    assert!(file.len() > PREPARED_BYTES as u64);
    let texts = read(&disk.read(Path::new(PATH)).unwrap()).unwrap().1;
    assert_eq!(texts.len() as u64 + 7, file.next());
}

proptest::proptest! {
    /// Whatever stands on the disk, reading says something and does not panic; and it never
    /// gives a frame that was not written.
    #[test]
    fn no_bytes_panic_or_pass_for_frames(
        noise in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
        at in proptest::prelude::any::<proptest::sample::Index>(),
        prepared in proptest::prelude::any::<bool>(),
    ) {
        let _ = read(&noise);
        let (_, _, bytes) = three_frames(prepared);
        let mut bent = bytes.clone();
        bent.splice(at.index(bytes.len()).., noise);
        if let Ok((_, texts)) = read(&bent) {
            proptest::prop_assert!(["one", "two", "three"].starts_with(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
        }
    }
}

#[test]
fn full_disk_leaves_the_file_as_it_was() {
    for prepared in [false, true] {
        let (disk, mut file, bytes) = three_frames(prepared);
        disk.set_capacity(Some(bytes.len() as u64 + 50));
        let refused = file.append(&mut Seeded(2), &[0; PREPARED_BYTES]);
        assert!(matches!(refused, Err(AppendError::Refused(Error::DiskFull { .. }))));
        let now = disk.read(Path::new(PATH)).unwrap();
        let end = file.end() as usize;
        assert_eq!((now.len(), &now[..end]), (bytes.len(), &bytes[..end]));
        assert!(now[end..].iter().all(|byte| *byte == 0));
        disk.set_capacity(None);
        file.append(&mut Seeded(2), &[0; PREPARED_BYTES]).unwrap();
        assert_eq!(read(&disk.read(Path::new(PATH)).unwrap()).unwrap().1.len(), 4);
        disk.set_sync_fails(true);
        assert!(matches!(file.append(&mut Seeded(2), b"x"), Err(AppendError::Unknown(_))));
    }
}
