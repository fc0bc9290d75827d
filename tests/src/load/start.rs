//! Measures how long a box takes from the start of its process to its first answer, empty and with
//! a large database, after an orderly and after an abrupt end.

use super::{
    LoadError,
    office::{Office, Talk, append},
    process::Process,
    wire::{Requests, source},
};
use crate::live_box::LiveBox;
use beistand_protocol::api::{OrganisationInfo, route};
use serde::Serialize;
use std::{
    cell::Cell,
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

/// Conversations that are filled at the same time, each by a seeker from an address of its own.
const WRITERS: usize = 32;
/// Messages of each conversation, and their size: within what one account may send at once.
const MESSAGES: usize = 64;
const SEALED_BYTES: usize = 2048;

/// What was measured. Times from the start of the process to the first answer, in ms.
#[derive(Debug, Serialize)]
pub struct Start {
    /// Without any data.
    pub empty_ms: f64,
    /// Bytes of messages in the large one.
    pub large_message_bytes: u64,
    /// Bytes of all its records, as `beistand doctor` counts them.
    pub large_live_bytes: u64,
    /// Bytes that it takes on disk.
    pub large_bytes: u64,
    /// Messages in it.
    pub large_messages: u64,
    /// How long it took to fill, s.
    pub fill_s: f64,
    /// After SIGTERM.
    pub large_orderly_ms: f64,
    /// After SIGKILL.
    pub large_abrupt_ms: f64,
    /// Resident memory after the orderly start, KiB.
    pub large_resident_kib: u64,
}

/// Runs the measurement in a directory; the large database gets so many bytes of messages.
///
/// # Errors
/// [`LoadError`].
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
pub async fn measure(data: &Path, bytes: u64) -> Result<Start, LoadError> {
    let mut live = LiveBox::start(data).await?;
    live.end();
    let empty_ms = restart(&mut live).await?;
    let office = Office::found(&live).await?;
    let begin = Instant::now();
    let large_messages = fill(&live, &office, bytes.div_ceil(SEALED_BYTES as u64)).await?;
    let fill_s = begin.elapsed().as_secs_f64();
    live.end();
    let large_bytes = size(data);
    let large_orderly_ms = restart(&mut live).await?;
    let large_resident_kib = Process(live.process()).resident_kib()?;
    live.kill();
    let large_abrupt_ms = restart(&mut live).await?;
    live.end();
    let large_live_bytes = live_bytes(&live.doctor()?)?;
    Ok(Start {
        empty_ms,
        large_message_bytes: large_messages * SEALED_BYTES as u64,
        large_live_bytes,
        large_bytes,
        large_messages,
        fill_s,
        large_orderly_ms,
        large_abrupt_ms,
        large_resident_kib,
    })
}

/// Starts a box that has ended; gives the time to its first answer.
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
async fn restart(live: &mut LiveBox) -> Result<f64, LoadError> {
    let address = live.address.clone();
    let begin = Instant::now();
    let answered = Rc::new(Cell::new(None));
    let answer = answered.clone();
    let asking = tokio::task::spawn_local(async move {
        loop {
            if let Ok(mut requests) = Requests::open(&address, source(30, 0)).await
                && requests.get::<OrganisationInfo>(route::ORGANISATION, None).await.is_ok()
            {
                return answer.set(Some(begin.elapsed()));
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    live.kill_and_restart().await?;
    asking.await.map_err(|_| LoadError::Unexpected("nobody asked"))?;
    answered.get().map(|time| time.as_secs_f64() * 1000.0).ok_or(LoadError::Unexpected("no answer"))
}

/// Writes at least so many messages, and gives how many: one conversation after the other, since nobody may send much
/// at once.
async fn fill(live: &LiveBox, office: &Office, messages: u64) -> Result<u64, LoadError> {
    let written = Rc::new(Cell::new(0));
    let office = Rc::new(office.clone());
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let (written, office) = (written.clone(), office.clone());
        let address = live.address.clone();
        writers.push(tokio::task::spawn_local(async move {
            let mut number = writer;
            while written.get() < messages {
                let mut requests = Requests::open(&address, source(31, number)).await?;
                let seeker = office.sign_up(&mut requests).await?;
                let token = office.log_in(&mut requests, &seeker).await?;
                let talk: Talk = office.open_talk(&mut requests, &seeker, &token, "voll").await?;
                append(&mut requests, &token, &talk.many(MESSAGES, SEALED_BYTES)).await?;
                written.set(written.get() + MESSAGES as u64);
                number += WRITERS;
            }
            Ok::<_, LoadError>(())
        }));
    }
    for writer in writers {
        writer.await.map_err(|_| LoadError::Unexpected("a writer ended"))??;
    }
    Ok(written.get())
}

/// What `beistand doctor` says that all records take.
fn live_bytes(said: &str) -> Result<u64, LoadError> {
    let words = said.lines().find_map(|line| line.strip_prefix("Space: "));
    let bytes = words.and_then(|words| words.split(' ').nth(3)).and_then(|bytes| bytes.parse().ok());
    bytes.ok_or_else(|| LoadError::Broken(format!("doctor says nothing of space: {said}")))
}

/// Bytes of all files below a directory.
fn size(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(data) if data.is_dir() => size(&entry.path()),
            Ok(data) => data.len(),
            Err(_) => 0,
        })
        .sum()
}
