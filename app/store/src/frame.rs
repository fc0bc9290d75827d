//! A file of numbered, sealed frames: the form of journal segments and of the key file.
//!
//! ```text
//! file header   magic 8 | version u32 | store id 16 | number of the first frame u64 | CRC-32 of these u32
//! frame header  "FRAM"  | length u32 | number u64 | CRC-32 of these u32
//! frame body    nonce 24 | ciphertext | tag 16       (length bytes; the tag is the checksum)
//! frame end     CRC-32 of the body u32               (not in version 1)
//! ```
//! Integers are little-endian. The associated data is label, store id and frame header, so that a
//! frame fits one place of one store only. A frame is appended and synced before the next one is
//! appended; so after a power cut at most the last frame is torn, and it was never acknowledged.
//!
//! # Torn or damaged
//! A frame that does not fit, at the end of the last file, is one of two things:
//! - An append that the power cut interrupted: the file ends inside it, or a block of it never
//!   reached the disk and reads as zeros. It was never acknowledged and is cut off.
//! - A frame that was acknowledged and has decayed: all of it is there and no block is empty.
//!   One flipped bit, in any frame and in any header, is turned back by the checksums (`mend`); the
//!   tag then shows that it was the right one. More than that is told as damage, never cut off.
//!
//! What stays undecidable: an acknowledged last frame of which a disk later loses the end or a
//! whole block looks like an interrupted append (after an orderly end the file `clean` tells them
//! apart, and any later frame does); a disk that leaves other bytes than zeros in blocks it had
//! not yet written makes an interrupted append look like damage; and bytes that decay into an
//! empty block, or into the end of one that happens to be zero (one frame in some hundred), look
//! like an interrupted append.

use crate::disk::{self, Disk, DiskFile};
use crate::error::Error;
use crate::mend::{mend, mend_summed};
use crate::random::Random;
use crate::seal::{Cipher, SEAL_BYTES, StoreId};
use std::path::{Path, PathBuf};

const FILE_HEADER_BYTES: usize = 40;
const FRAME_HEADER_BYTES: usize = 20;
const FRAME_MAGIC: &[u8; 4] = b"FRAM";
const VERSION: u32 = 2;
/// The CRC-32 behind each frame's body.
const FRAME_END_BYTES: usize = 4;
/// Disks write blocks of 512 bytes or multiples of it; a smaller one finds those as well.
const BLOCK_BYTES: usize = 64;
/// Largest plain content of one frame.
pub(crate) const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What all files of one kind share.
#[derive(Clone)]
pub(crate) struct FrameKind {
    pub(crate) magic: [u8; 8],
    pub(crate) label: &'static str,
    pub(crate) cipher: Cipher,
    pub(crate) store: StoreId,
}

/// A file open for appending.
pub(crate) struct FrameFile {
    kind: FrameKind,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    next: u64,
    version: u32,
    scratch: Vec<u8>,
}

/// What reading a file found, besides its frames.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Frames up to `end` bytes; what follows them (if `torn`) was never acknowledged.
    Frames {
        /// Number of the first frame.
        first: u64,
        /// Number after the last frame.
        next: u64,
        /// Bytes up to the end of the last whole frame.
        end: u64,
        /// Whether anything follows.
        torn: bool,
        /// The version of the file.
        version: u32,
        /// How many flipped bits were turned back, in the bytes that were read.
        mended: usize,
    },
    /// The file was just being made: not even its header was durable.
    Unfinished,
}

impl FrameKind {
    fn file_header(&self, first: u64) -> Vec<u8> {
        let mut header = Vec::with_capacity(FILE_HEADER_BYTES);
        header.extend_from_slice(&self.magic);
        header.extend_from_slice(&VERSION.to_le_bytes());
        header.extend_from_slice(&self.store.0);
        header.extend_from_slice(&first.to_le_bytes());
        let crc = crc32fast::hash(&header);
        header.extend_from_slice(&crc.to_le_bytes());
        header
    }

    /// Appends a whole frame to `out`.
    fn frame_into(
        &self,
        random: &mut dyn Random,
        version: u32,
        number: u64,
        plain: &[u8],
        out: &mut Vec<u8>,
    ) {
        let start = out.len();
        out.extend_from_slice(FRAME_MAGIC);
        out.extend_from_slice(&((plain.len() + SEAL_BYTES) as u32).to_le_bytes());
        out.extend_from_slice(&number.to_le_bytes());
        let crc = crc32fast::hash(&out[start..]);
        out.extend_from_slice(&crc.to_le_bytes());
        let mut header = [0; FRAME_HEADER_BYTES];
        header.copy_from_slice(&out[start..]);
        self.cipher.seal_into(random, &self.aad(&header), plain, out);
        if version > 1 {
            let sum = crc32fast::hash(&out[start + FRAME_HEADER_BYTES..]);
            out.extend_from_slice(&sum.to_le_bytes());
        }
    }

    fn aad<'a>(&'a self, header: &'a [u8; FRAME_HEADER_BYTES]) -> [&'a [u8]; 3] {
        [self.label.as_bytes(), &self.store.0, header]
    }

    /// The authentic frame at the beginning of `bytes`: its number, content and length (without
    /// what stands behind its body).
    fn parse_frame(&self, bytes: &[u8]) -> Option<(u64, Vec<u8>, usize)> {
        let (header, rest) = bytes.split_first_chunk::<FRAME_HEADER_BYTES>()?;
        let (len, number) = parse_frame_header(header)?;
        let plain = self.cipher.open(&self.aad(header), rest.get(..len)?)?;
        Some((number, plain, FRAME_HEADER_BYTES + len))
    }

    /// The frame at the beginning of `bytes` with all that belongs to it, after one flipped bit in
    /// its header and one in its body were turned back: number, content, length, bits.
    fn parse_or_mend(&self, bytes: &mut [u8], version: u32) -> Option<(u64, Vec<u8>, usize, usize)> {
        let mut mended = 0;
        let header = bytes.first_chunk_mut::<FRAME_HEADER_BYTES>()?;
        if parse_frame_header(header).is_none() {
            if !mend_summed(header) {
                return None;
            }
            mended += 1;
        }
        let (len, _) = parse_frame_header(header)?;
        if version == 1 {
            return self.parse_frame(bytes).map(|(number, plain, len)| (number, plain, len, mended));
        }
        let body = FRAME_HEADER_BYTES..FRAME_HEADER_BYTES.checked_add(len)?;
        let sum = u32::from_le_bytes(*bytes.get(body.end..)?.first_chunk()?);
        let parsed = match self.parse_frame(bytes) {
            Some(parsed) => parsed,
            None if mend(&mut bytes[body.clone()], sum) => {
                mended += 1;
                self.parse_frame(bytes)?
            }
            None => return None,
        };
        let right = crc32fast::hash(&bytes[body.clone()]);
        if right != sum {
            // The body is authentic, so the sum is what has changed.
            bytes[body.end..body.end + FRAME_END_BYTES].copy_from_slice(&right.to_le_bytes());
            mended += 1;
        }
        let (number, plain, len) = parsed;
        Some((number, plain, len + FRAME_END_BYTES, mended))
    }

    /// Reads a whole file and hands each frame to `visit`, in order. `last`: nothing was ever
    /// appended after this file, so that its end may be torn. Flipped bits are turned back in
    /// `bytes`; the caller writes them if it can.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if anything is damaged that was acknowledged; errors of `visit`.
    pub(crate) fn read(
        &self,
        path: &Path,
        bytes: &mut [u8],
        last: bool,
        mut visit: impl FnMut(u64, Vec<u8>) -> Result<(), Error>,
    ) -> Result<Found, Error> {
        let Some(FileHeader { first, version, mut mended }) = self.parse_file_header(path, bytes)? else {
            return if last && was_interrupted(bytes, 0, FILE_HEADER_BYTES) && !self.has_frame_after(bytes, 0)
            {
                Ok(Found::Unfinished)
            } else {
                Err(Error::corrupt(path, "its header does not fit"))
            };
        };
        let mut next = first;
        let mut end = FILE_HEADER_BYTES;
        while end < bytes.len() {
            match self.parse_or_mend(&mut bytes[end..], version) {
                Some((number, plain, len, bits)) if number == next => {
                    visit(number, plain)?;
                    next += 1;
                    end += len;
                    mended += bits;
                }
                Some((number, ..)) => {
                    return Err(Error::corrupt(path, format!("frame {number} stands where {next} belongs")));
                }
                None if last && was_torn(bytes, end, version) && !self.has_frame_after(&bytes[end..], 1) => {
                    return Ok(Found::Frames { first, next, end: end as u64, torn: true, version, mended });
                }
                None => return Err(Error::corrupt(path, format!("frame {next} at byte {end} does not fit"))),
            }
        }
        Ok(Found::Frames { first, next, end: end as u64, torn: false, version, mended })
    }

    fn parse_file_header(&self, path: &Path, bytes: &mut [u8]) -> Result<Option<FileHeader>, Error> {
        let Some(header) = bytes.first_chunk_mut::<FILE_HEADER_BYTES>() else { return Ok(None) };
        let before = *header;
        if !mend_summed(header) || header[..8] != self.magic {
            *header = before;
            return Ok(None);
        }
        let mended = usize::from(before != *header);
        let fields = &header[..FILE_HEADER_BYTES - 4];
        let number = |at: usize, bytes: usize| {
            fields[at..at + bytes].iter().rev().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte))
        };
        let version = number(8, 4) as u32;
        if version > VERSION {
            return Err(Error::NewerVersion { found: version, known: VERSION });
        }
        if fields[12..28] != self.store.0 {
            return Err(Error::corrupt(path, "it belongs to another store"));
        }
        Ok(Some(FileHeader { first: number(28, 8), version, mended }))
    }

    /// Whether a whole, authentic frame begins anywhere from `from` on: then what stands before it
    /// was synced once and is not a torn end.
    fn has_frame_after(&self, bytes: &[u8], from: usize) -> bool {
        let starts = bytes.windows(FRAME_MAGIC.len()).enumerate().skip(from);
        starts
            .into_iter()
            .any(|(at, window)| window == FRAME_MAGIC && self.parse_frame(&bytes[at..]).is_some())
    }
}

struct FileHeader {
    first: u64,
    version: u32,
    mended: usize,
}

/// Length of the body and number, if the header's checksum fits.
fn parse_frame_header(header: &[u8; FRAME_HEADER_BYTES]) -> Option<(usize, u64)> {
    let (fields, crc) = header.split_last_chunk::<4>()?;
    if !fields.starts_with(FRAME_MAGIC) || crc32fast::hash(fields).to_le_bytes() != *crc {
        return None;
    }
    let len = u32::from_le_bytes(*fields[4..].first_chunk()?) as usize;
    Some((len, u64::from_le_bytes(*fields[8..].first_chunk()?)))
}

/// Whether an append that should have filled `from..to` was interrupted: the file ends before, or
/// a block, or the part of one that lies in there, is empty.
fn was_interrupted(bytes: &[u8], from: usize, to: usize) -> bool {
    let Some(part) = bytes.get(from..to) else { return true };
    let to_next_block = (BLOCK_BYTES - from % BLOCK_BYTES).min(part.len());
    let (head, rest) = part.split_at(to_next_block);
    std::iter::once(head).chain(rest.chunks(BLOCK_BYTES)).any(|block| block.iter().all(|byte| *byte == 0))
}

/// Whether what stands from `from` on and is no frame was never written completely.
fn was_torn(bytes: &[u8], from: usize, version: u32) -> bool {
    let rest = &bytes[from..];
    let Some(header) = rest.first_chunk::<FRAME_HEADER_BYTES>() else { return true };
    let to = match parse_frame_header(header) {
        Some((len, _)) => {
            let end = if version == 1 { 0 } else { FRAME_END_BYTES };
            from.saturating_add(FRAME_HEADER_BYTES + end).saturating_add(len)
        }
        None => bytes.len(),
    };
    was_interrupted(bytes, from, to)
}

impl FrameFile {
    /// Makes a new file whose first frame will be `first`; durable when this returns.
    pub(crate) fn create(disk: &dyn Disk, path: &Path, kind: FrameKind, first: u64) -> Result<Self, Error> {
        let created = Self::create_unplaced(disk, path, kind, first)?;
        disk::sync_parent(disk, path)?;
        Ok(created)
    }

    /// As [`FrameFile::create`], but the name is not durable yet.
    pub(crate) fn create_unplaced(
        disk: &dyn Disk,
        path: &Path,
        kind: FrameKind,
        first: u64,
    ) -> Result<Self, Error> {
        let mut file = disk.create(path).map_err(|e| Error::io("creating", path, e))?;
        file.append(&kind.file_header(first)).map_err(|e| Error::io("writing", path, e))?;
        file.sync().map_err(|e| Error::io("syncing", path, e))?;
        Ok(Self { kind, path: path.to_path_buf(), file, next: first, version: VERSION, scratch: Vec::new() })
    }

    /// Opens an existing file after its last whole frame; a torn end is cut off. When this returns,
    /// all frames are durable, also one that a killed process had written and not synced.
    pub(crate) fn open(
        disk: &dyn Disk,
        path: &Path,
        kind: FrameKind,
        end: u64,
        next: u64,
        version: u32,
    ) -> Result<Self, Error> {
        let mut file = disk.open(path).map_err(|e| Error::io("opening", path, e))?;
        if file.len() > end {
            log::warn!("cut off {} unacknowledged bytes at the end of a log file", file.len() - end);
            file.truncate(end).map_err(|e| Error::io("cutting", path, e))?;
        }
        file.sync().map_err(|e| Error::io("syncing", path, e))?;
        Ok(Self { kind, path: path.to_path_buf(), file, next, version, scratch: Vec::new() })
    }

    /// Number of the frame that comes next.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Bytes in the file.
    pub(crate) fn len(&self) -> u64 {
        self.file.len()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends a frame and syncs it: when this returns, the frame is durable.
    ///
    /// # Errors
    /// [`AppendError::Refused`]: nothing changed, a later try may succeed. [`AppendError::Unknown`]:
    /// the frame may or may not be durable, the file must not be used any further.
    pub(crate) fn append(&mut self, random: &mut dyn Random, plain: &[u8]) -> Result<(), AppendError> {
        if plain.len() > FRAME_BYTES_MAX {
            return Err(AppendError::Refused(Error::TooLarge { limit_bytes: FRAME_BYTES_MAX }));
        }
        self.scratch.clear();
        self.kind.frame_into(random, self.version, self.next, plain, &mut self.scratch);
        let before = self.file.len();
        if let Err(e) = self.file.append(&self.scratch) {
            let error = Error::io("writing", &self.path, e);
            // Nothing of it is acknowledged, and reading would cut it off as well.
            return Err(match self.file.truncate(before) {
                Ok(()) => AppendError::Refused(error),
                Err(_) => AppendError::Unknown(error),
            });
        }
        self.file.sync().map_err(|e| AppendError::Unknown(Error::io("syncing", &self.path, e)))?;
        self.next += 1;
        Ok(())
    }

    /// Overwrites the file with zeros, in place.
    pub(crate) fn wipe(mut self) -> Result<(), Error> {
        self.file.wipe().and_then(|()| self.file.sync()).map_err(|e| Error::io("wiping", &self.path, e))
    }
}

/// Why a frame was not appended.
#[derive(Debug)]
pub(crate) enum AppendError {
    /// The file is as before.
    Refused(Error),
    /// Nobody knows what is on the disk.
    Unknown(Error),
}

impl AppendError {
    pub(crate) fn into_inner(self) -> Error {
        match self {
            Self::Refused(error) | Self::Unknown(error) => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::simulated::SimulatedDisk;
    use crate::random::testing::Seeded;
    use crate::seal::StorageKey;

    const PATH: &str = "/d/log";

    fn kind() -> FrameKind {
        let store = StoreId([3; 16]);
        let cipher = StorageKey::from_bytes([4; 32]).cipher(&store, "test");
        FrameKind { magic: *b"TESTLOG1", label: "test", cipher, store }
    }

    fn three_frames() -> (SimulatedDisk, Vec<u8>) {
        let disk = SimulatedDisk::default();
        disk.create_dir(Path::new("/d")).unwrap();
        let mut file = FrameFile::create(&disk, Path::new(PATH), kind(), 7).unwrap();
        for text in ["one", "two", "three"] {
            file.append(&mut Seeded(1), text.as_bytes()).unwrap();
        }
        let bytes = disk.read(Path::new(PATH)).unwrap();
        (disk, bytes)
    }

    fn read(bytes: &[u8], last: bool) -> Result<(Found, Vec<String>), Error> {
        let mut texts = vec![];
        let found = kind().read(Path::new(PATH), &mut bytes.to_vec(), last, |_, plain| {
            texts.push(String::from_utf8(plain).unwrap());
            Ok(())
        })?;
        Ok((found, texts))
    }

    #[test]
    fn every_cut_leaves_whole_frames_and_every_flip_is_noticed() {
        let (_, bytes) = three_frames();
        let (found, texts) = read(&bytes, true).unwrap();
        assert_eq!(texts, ["one", "two", "three"]);
        assert_eq!(
            found,
            Found::Frames {
                first: 7,
                next: 10,
                end: bytes.len() as u64,
                torn: false,
                version: VERSION,
                mended: 0
            }
        );
        let frame_1 = FILE_HEADER_BYTES + FRAME_HEADER_BYTES + SEAL_BYTES + 3 + FRAME_END_BYTES;
        let frame_2 = frame_1 + FRAME_HEADER_BYTES + SEAL_BYTES + 3 + FRAME_END_BYTES;
        for at in 0..bytes.len() {
            let whole = [FILE_HEADER_BYTES, frame_1, frame_2].iter().filter(|end| **end <= at).count();
            match read(&bytes[..at], true).unwrap() {
                (Found::Unfinished, texts) => assert!(whole == 0 && texts.is_empty(), "cut at {at}"),
                (Found::Frames { next, torn, .. }, texts) => {
                    assert_eq!((next, texts.len()), (6 + whole as u64, whole - 1), "cut at {at}");
                    assert_eq!(torn, ![FILE_HEADER_BYTES, frame_1, frame_2].contains(&at));
                }
            }
            for bit in 0..8 {
                let mut bent = bytes.clone();
                bent[at] ^= 1 << bit;
                for last in [true, false] {
                    let (found, texts) = read(&bent, last).unwrap();
                    assert_eq!(texts, ["one", "two", "three"], "bit {bit} at {at}");
                    assert!(
                        matches!(found, Found::Frames { torn: false, mended: 1, .. }),
                        "bit {bit} at {at}"
                    );
                }
            }
            // Two bits are too many to be turned back, and none of the frames was torn. A frame's
            // sum alone says nothing that the frame does not say itself.
            let mut bent = bytes.clone();
            bent[at] ^= 0x41;
            let in_sum =
                [frame_1, frame_2, bytes.len()].iter().any(|end| (end - FRAME_END_BYTES..*end).contains(&at));
            match read(&bent, true) {
                Ok((Found::Frames { mended: 1, torn: false, .. }, texts)) => {
                    assert!(in_sum && texts.len() == 3)
                }
                other => assert!(!in_sum && matches!(other, Err(Error::Corrupt { .. })), "two bits at {at}"),
            }
        }
    }

    #[test]
    fn interrupted_append_is_told_from_damage_by_its_empty_blocks() {
        let (disk, _) = three_frames();
        let mut file = FrameFile::create(&disk, Path::new(PATH), kind(), 7).unwrap();
        file.append(&mut Seeded(1), b"one").unwrap();
        let start = file.len() as usize;
        file.append(&mut Seeded(2), &[7; 300]).unwrap();
        let bytes = disk.read(Path::new(PATH)).unwrap();
        for block in start / BLOCK_BYTES..bytes.len().div_ceil(BLOCK_BYTES) {
            let part = (block * BLOCK_BYTES).max(start)..((block + 1) * BLOCK_BYTES).min(bytes.len());
            let mut bent = bytes.clone();
            bent[part.clone()].fill(0);
            let found = read(&bent, true).unwrap().0;
            assert!(matches!(found, Found::Frames { next: 8, torn: true, .. }), "empty {part:?}");
            assert!(read(&bent, false).is_err(), "empty {part:?} in a file that is not the last");
            bent[part.clone()].fill(0xa5);
            assert!(matches!(read(&bent, true), Err(Error::Corrupt { .. })), "damaged {part:?}");
        }
    }

    #[test]
    fn files_of_version_1_are_read_and_continued() {
        let disk = SimulatedDisk::default();
        disk.create_dir(Path::new("/d")).unwrap();
        let mut header = kind().file_header(7);
        header[8..12].copy_from_slice(&1u32.to_le_bytes());
        let sum = crc32fast::hash(&header[..FILE_HEADER_BYTES - 4]).to_le_bytes();
        header[FILE_HEADER_BYTES - 4..].copy_from_slice(&sum);
        kind().frame_into(&mut Seeded(1), 1, 7, b"one", &mut header);
        disk.create(Path::new(PATH)).unwrap().append(&header).unwrap();
        let Ok((Found::Frames { end, next: 8, torn: false, version: 1, .. }, _)) = read(&header, true) else {
            panic!()
        };
        let mut file = FrameFile::open(&disk, Path::new(PATH), kind(), end, 8, 1).unwrap();
        file.append(&mut Seeded(2), b"two").unwrap();
        let bytes = disk.read(Path::new(PATH)).unwrap();
        assert_eq!(read(&bytes, true).unwrap().1, ["one", "two"]);
        assert_eq!(read(&bytes[..bytes.len() - 1], true).unwrap().1, ["one"]);
    }

    proptest::proptest! {
        /// Whatever stands on the disk, reading says something and does not panic; and it never
        /// gives a frame that was not written.
        #[test]
        fn no_bytes_panic_or_pass_for_frames(
            noise in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
            at in proptest::prelude::any::<proptest::sample::Index>(),
            last in proptest::prelude::any::<bool>(),
        ) {
            let _ = read(&noise, last);
            let (_, bytes) = three_frames();
            let mut bent = bytes.clone();
            bent.splice(at.index(bytes.len()).., noise);
            if let Ok((_, texts)) = read(&bent, last) {
                proptest::prop_assert!(["one", "two", "three"].starts_with(&texts.iter().map(String::as_str).collect::<Vec<_>>()));
            }
        }
    }

    #[test]
    fn torn_end_is_cut_off_and_writing_goes_on() {
        let (disk, bytes) = three_frames();
        disk.damage(Path::new(PATH), |bytes| bytes.truncate(bytes.len() - 1));
        let torn = disk.read(Path::new(PATH)).unwrap();
        let Ok((Found::Frames { end, next, torn: true, version, .. }, _)) = read(&torn, true) else {
            panic!()
        };
        let mut file = FrameFile::open(&disk, Path::new(PATH), kind(), end, next, version).unwrap();
        file.append(&mut Seeded(2), b"other").unwrap();
        let (found, texts) = read(&disk.read(Path::new(PATH)).unwrap(), true).unwrap();
        assert_eq!(texts, ["one", "two", "other"]);
        assert!(matches!(found, Found::Frames { next: 10, torn: false, .. }));
        assert_eq!(bytes.len(), disk.read(Path::new(PATH)).unwrap().len());
    }

    #[test]
    fn full_disk_leaves_the_file_as_it_was() {
        let (disk, bytes) = three_frames();
        let mut file =
            FrameFile::open(&disk, Path::new(PATH), kind(), bytes.len() as u64, 10, VERSION).unwrap();
        disk.set_capacity(Some(bytes.len() as u64 + 50));
        let refused = file.append(&mut Seeded(2), &[0; 100]);
        assert!(matches!(refused, Err(AppendError::Refused(Error::DiskFull { .. }))));
        assert_eq!(disk.read(Path::new(PATH)).unwrap(), bytes);
        disk.set_capacity(None);
        file.append(&mut Seeded(2), &[0; 100]).unwrap();
        disk.set_sync_fails(true);
        assert!(matches!(file.append(&mut Seeded(2), b"x"), Err(AppendError::Unknown(_))));
    }
}
