//! A file of numbered, sealed frames: the form of journal segments and of the key file.
//!
//! ```text
//! file header   magic 8 | version u32 | store id 16 | number of the first frame u64 | CRC-32 of these u32
//! frame header  "FRAM"  | length u32 | number u64 | CRC-32 of these u32
//! frame body    nonce 24 | ciphertext | tag 16       (length bytes; the tag is the checksum)
//! frame end     CRC-32 of the body u32               (not in version 1)
//! mark          "DONE"  | number u64 | CRC-32 of store id and these u32   (journal, from version 3 on)
//! ```
//! Integers are little-endian. The associated data is label, store id and frame header, so that a
//! frame fits one place of one store only. A frame is written and synced before the next one is
//! written.
//!
//! # Prepared files
//! A journal segment is made ahead of its use, full of zeros, and synced (`journal`). So a frame is
//! written over zeros, and the sync after it changes neither the file's length nor where its blocks
//! lie: the file system has nothing of its own to commit. Where that space is used up, or there was
//! none, the file grows instead. The key file always grows.
//!
//! # Torn or damaged
//! A power cut while a frame is being written leaves each block of it new, old (zeros, or a mark), or
//! with anything in it; a file that grew may have any length in between. Bytes beside those that were
//! being written stay as they are, also in their block: that much every journal relies on. So the
//! frames before are whole, and what stands behind them is one of these:
//! - *Nothing*, zeros, or the mark of the last frame: the end.
//! - A frame that was being written and was never acknowledged. It has to go, without anybody's help,
//!   whatever it looks like.
//! - A frame that was acknowledged and has decayed since. It must never just go. One flipped bit, in any
//!   frame and in any header, is turned back by the checksums (`mend`), and the tag then shows that it
//!   was the right one. More than that is told as damage.
//!
//! The last two can't be told apart by what they look like: nothing says what a disk leaves in a block
//! that it was writing. What tells them apart is that something was written after the acknowledged
//! one: the next frame, or its mark. The mark is written behind a frame as soon as its sync has
//! succeeded, before anybody is told, and where the next frame will begin. It is not synced then, since
//! that would cost as much as the frame: whoever kills the process leaves it in the operating
//! system's memory, the next sync takes it along, and if no frame comes, the writer syncs it within a
//! second ([`FrameFile::sync_mark`]). So: what does not fit, with no frame and no mark of its own or a
//! higher number behind it, goes; else it is damage.
//!
//! What stays undecidable: a frame that was acknowledged less than a second before a power cut, and
//! of which more than one bit decays before the next start looks at it. (That start marks it.) Also a
//! disk that says it has synced and has not. Only a second sync for each commit would tell more.
//!
//! The key file has no marks and needs none: a key is durable before the first record under it. Where
//! a key has gone although it was acknowledged, the journal or the checkpoint names it, and opening
//! says so (`KeysLost`).

use crate::disk::{self, Disk, DiskFile};
use crate::error::Error;
use crate::mend::{mend, mend_summed};
use crate::random::Random;
use crate::seal::{Cipher, SEAL_BYTES, StoreId};
use std::path::{Path, PathBuf};

const FILE_HEADER_BYTES: usize = 40;
const FRAME_HEADER_BYTES: usize = 20;
const FRAME_MAGIC: &[u8; 4] = b"FRAM";
const VERSION: u32 = 3;
/// The first version whose frames are marked.
const VERSION_MARKED: u32 = 3;
/// The CRC-32 behind each frame's body.
const FRAME_END_BYTES: usize = 4;
const MARK_MAGIC: &[u8; 4] = b"DONE";
const MARK_BYTES: usize = 16;
/// Largest plain content of one frame.
pub(crate) const FRAME_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What all files of one kind share.
#[derive(Clone)]
pub(crate) struct FrameKind {
    pub(crate) magic: [u8; 8],
    pub(crate) label: &'static str,
    pub(crate) cipher: Cipher,
    pub(crate) store: StoreId,
    /// Whether its files are made ahead of their use and acknowledged frames are marked.
    pub(crate) prepared: bool,
}

/// A file open for writing frames.
pub(crate) struct FrameFile {
    kind: FrameKind,
    path: PathBuf,
    file: Box<dyn DiskFile>,
    /// Where the next frame begins.
    end: u64,
    next: u64,
    version: u32,
    /// The last frame has a mark that is not synced.
    mark_waits: bool,
    scratch: Vec<u8>,
}

/// What reading a file found, besides its frames.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Frames up to `end` bytes.
    Frames {
        /// Number of the first frame.
        first: u64,
        /// Number after the last frame.
        next: u64,
        /// Bytes up to the end of the last whole frame.
        end: u64,
        /// Whether anything follows but zeros and the last frame's mark. Where `next` is the last
        /// frame that there should be, it is of no use and was never acknowledged.
        torn: bool,
        /// The version of the file.
        version: u32,
        /// How many flipped bits were turned back, in the bytes that were read.
        mended: usize,
    },
    /// Neither a header nor any frame: the file was just being made.
    Unfinished,
}

impl FrameKind {
    pub(crate) fn file_header(&self, version: u32, first: u64) -> Vec<u8> {
        let mut header = Vec::with_capacity(FILE_HEADER_BYTES);
        header.extend_from_slice(&self.magic);
        header.extend_from_slice(&version.to_le_bytes());
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

    fn mark(&self, number: u64) -> [u8; MARK_BYTES] {
        let mut mark = [0; MARK_BYTES];
        mark[..4].copy_from_slice(MARK_MAGIC);
        mark[4..12].copy_from_slice(&number.to_le_bytes());
        let mut crc = crc32fast::Hasher::new();
        crc.update(&self.store.0);
        crc.update(&mark[..12]);
        mark[12..].copy_from_slice(&crc.finalize().to_le_bytes());
        mark
    }

    /// Reads a whole file and hands each frame to `visit`, in order. Flipped bits are turned back in
    /// `bytes`; the caller writes them if it can. Where the caller knows the number after the last
    /// frame, it compares: frames may be missing at the end without a trace.
    ///
    /// # Errors
    /// [`Error::Corrupt`] if anything is damaged that was acknowledged, as far as the file shows it;
    /// errors of `visit`.
    pub(crate) fn read(
        &self,
        path: &Path,
        bytes: &mut [u8],
        mut visit: impl FnMut(u64, Vec<u8>) -> Result<(), Error>,
    ) -> Result<Found, Error> {
        let Some(FileHeader { first, version, mut mended }) = self.parse_file_header(path, bytes)? else {
            return if self.was_acknowledged(bytes, bytes_before_zeros(bytes), 0) {
                Err(Error::corrupt(path, "its header does not fit"))
            } else {
                Ok(Found::Unfinished)
            };
        };
        let mut next = first;
        let mut end = FILE_HEADER_BYTES;
        // What is prepared is not looked through.
        let used = bytes_before_zeros(bytes);
        while end < used {
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
                None if self.was_acknowledged(&bytes[end..], used - end, next) => {
                    return Err(Error::corrupt(path, format!("frame {next} at byte {end} does not fit")));
                }
                None => break,
            }
        }
        let marked = bytes[end..].starts_with(&self.mark(next.wrapping_sub(1)));
        let torn = used > end + if marked { MARK_BYTES } else { 0 };
        Ok(Found::Frames { first, next, end: end as u64, torn, version, mended })
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

    /// Whether anything shows that frame `next`, which should begin here and doesn't fit, was
    /// acknowledged: a whole, authentic frame behind it, or a mark with its number or a higher one.
    /// `used`: behind it are zeros.
    fn was_acknowledged(&self, bytes: &[u8], used: usize, next: u64) -> bool {
        let mut starts = bytes.windows(FRAME_MAGIC.len()).enumerate().take(used);
        starts.any(|(at, window)| {
            // At the very beginning it may be a frame of which only the sum at the end is missing.
            (at > 0 && window == FRAME_MAGIC && self.parse_frame(&bytes[at..]).is_some())
                || (window == MARK_MAGIC
                    && self.parse_mark(&bytes[at..]).is_some_and(|number| number >= next))
        })
    }

    fn parse_mark(&self, bytes: &[u8]) -> Option<u64> {
        let mark = bytes.first_chunk::<MARK_BYTES>()?;
        let number = u64::from_le_bytes(*mark[4..].first_chunk()?);
        (self.mark(number) == *mark).then_some(number)
    }
}

/// Where the zeros begin that a buffer ends with.
fn bytes_before_zeros(bytes: &[u8]) -> usize {
    const ZEROS: [u8; 4096] = [0; 4096];
    let mut len = bytes.len();
    while len > 0 {
        let part = &bytes[len.saturating_sub(ZEROS.len())..len];
        if part != &ZEROS[..part.len()] {
            break;
        }
        len -= part.len();
    }
    bytes[..len].iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1)
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

impl FrameFile {
    /// Makes a new file whose first frame will be `first`; durable when this returns. It grows with each
    /// frame.
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
        let file = disk.create(path).map_err(|e| Error::io("creating", path, e))?;
        Self::begin(file, path, kind, first)
    }

    /// Writes the header into a file that is empty or full of zeros; durable when this returns.
    pub(crate) fn begin(
        mut file: Box<dyn DiskFile>,
        path: &Path,
        kind: FrameKind,
        first: u64,
    ) -> Result<Self, Error> {
        file.write_at(0, &kind.file_header(VERSION, first)).map_err(|e| Error::io("writing", path, e))?;
        file.sync().map_err(|e| Error::io("syncing", path, e))?;
        Ok(Self {
            kind,
            path: path.to_path_buf(),
            file,
            end: FILE_HEADER_BYTES as u64,
            next: first,
            version: VERSION,
            mark_waits: false,
            scratch: Vec::new(),
        })
    }

    /// Opens an existing file after its last whole frame (`found`); what was torn behind it is removed.
    /// When this returns, all frames are durable, also one that a killed process had written and not
    /// synced, and the last one has its mark.
    pub(crate) fn open(disk: &dyn Disk, path: &Path, kind: FrameKind, found: Place) -> Result<Self, Error> {
        let Place { end, next, version, torn } = found;
        let mut file = disk.open(path).map_err(|e| Error::io("opening", path, e))?;
        let len = file.len();
        if torn {
            log::warn!("what stands behind the last commit of a log file was never acknowledged and goes");
        }
        if torn && kind.prepared {
            disk::write_zeros(&mut *file, end, len).map_err(|e| Error::io("writing", path, e))?;
        } else if !kind.prepared && len > end {
            file.truncate(end).map_err(|e| Error::io("cutting", path, e))?;
        }
        // Before the mark, which says that this was done.
        file.sync().map_err(|e| Error::io("syncing", path, e))?;
        let path = path.to_path_buf();
        let mut opened =
            Self { kind, path, file, end, next, version, mark_waits: false, scratch: Vec::new() };
        opened.mark();
        opened.sync_mark()?;
        Ok(opened)
    }

    /// The same file under its new name.
    pub(crate) fn renamed(self, path: &Path) -> Self {
        Self { path: path.to_path_buf(), ..self }
    }

    /// Number of the frame that comes next.
    pub(crate) fn next(&self) -> u64 {
        self.next
    }

    /// Bytes of header and frames.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    /// Bytes of the file, with what is prepared for further frames.
    pub(crate) fn len(&self) -> u64 {
        self.file.len()
    }

    /// Whether another frame can be written without the file growing.
    pub(crate) fn has_room(&self) -> bool {
        self.file.len() > self.end + (FRAME_HEADER_BYTES + SEAL_BYTES + FRAME_END_BYTES + MARK_BYTES) as u64
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a frame and syncs it: when this returns, the frame is durable.
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
        let after = self.end + self.scratch.len() as u64;
        if let Err(e) = self.file.write_at(self.end, &self.scratch) {
            let error = Error::io("writing", &self.path, e);
            // Nothing of it is acknowledged, and reading would leave it out as well.
            let restored = if after > before { self.file.truncate(before) } else { Ok(()) };
            return Err(
                match restored.and_then(|()| disk::write_zeros(&mut *self.file, self.end, after.min(before)))
                {
                    Ok(()) => AppendError::Refused(error),
                    Err(_) => AppendError::Unknown(error),
                },
            );
        }
        self.file.sync().map_err(|e| AppendError::Unknown(Error::io("syncing", &self.path, e)))?;
        self.mark_waits = false;
        self.end = after;
        self.next += 1;
        self.mark();
        Ok(())
    }

    /// Writes the mark of the last frame, if there is room.
    fn mark(&mut self) {
        let room = self.end + MARK_BYTES as u64 <= self.file.len();
        if !self.kind.prepared || self.version < VERSION_MARKED || !room {
            return;
        }
        // Without it the frame is as durable.
        match self.file.write_at(self.end, &self.kind.mark(self.next.wrapping_sub(1))) {
            Ok(()) => self.mark_waits = true,
            Err(error) => log::warn!("the last commit is not marked: {error}"),
        }
    }

    /// Whether [`FrameFile::sync_mark`] has something to do.
    pub(crate) fn mark_waits(&self) -> bool {
        self.mark_waits
    }

    /// Makes the mark of the last frame durable, if it is not.
    ///
    /// # Errors
    /// Of the disk; the file must not be used any further then.
    pub(crate) fn sync_mark(&mut self) -> Result<(), Error> {
        if std::mem::take(&mut self.mark_waits) {
            self.file.sync().map_err(|e| Error::io("syncing", &self.path, e))?;
        }
        Ok(())
    }

    /// No further frame comes: what was prepared for them is given back. Bytes that are left.
    pub(crate) fn close(mut self) -> u64 {
        if self.file.len() > self.end
            && let Err(error) = self.file.truncate(self.end)
        {
            log::warn!("{} keeps what it does not need: {error}", self.path.display());
        }
        self.file.len()
    }

    /// Overwrites the file with zeros, in place.
    pub(crate) fn wipe(mut self) -> Result<(), Error> {
        let len = self.file.len();
        disk::write_zeros(&mut *self.file, 0, len)
            .and_then(|()| self.file.sync())
            .map_err(|e| Error::io("wiping", &self.path, e))
    }
}

/// Where writing goes on in a file that was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) end: u64,
    pub(crate) next: u64,
    pub(crate) version: u32,
    pub(crate) torn: bool,
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
mod tests;
