//! Measures delivery, memory and processor time of a box with many idle connections.

use super::{
    LoadError,
    account::{Seeker, Token},
    office::Office,
    process::Process,
    sample::Summary,
    traffic::Traffic,
    wire::{Requests, next, open_live, source},
};
use crate::{live_box::LiveBox, native::Address};
use serde::Serialize;
use std::{fs, io::Write as _, path::Path, time::Duration};

/// Seekers who write.
const TALKS: usize = 50;
/// Staff connections, each of which gets every message.
const STAFF: usize = 4;
/// Messages a second.
const RATE: u32 = 200;
/// Accounts of the idle connections.
const IDLE_ACCOUNTS: usize = 50;
/// Log-ins measured.
const LOG_INS: usize = 2_000;
/// Of one network: fewer than are served at once.
const FREE: usize = 8;
/// Time for memory to settle.
const SETTLE: Duration = Duration::from_secs(3);

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Delivery {
    /// Resident memory after the start of an empty box, KiB.
    pub resident_empty_kib: u64,
    /// With the talks' connections only, KiB.
    pub resident_before_kib: u64,
    /// With all idle connections, KiB.
    pub resident_idle_kib: u64,
    /// The most during the measurement, KiB.
    pub resident_max_kib: u64,
    /// Idle connections.
    pub idle_connections: usize,
    /// Resident memory of each of them, KiB.
    pub per_connection_kib: f64,
    /// Processor time of the box for a new live channel (TCP, TLS, WebSocket, hello), ms.
    pub cpu_connection_ms: f64,
    /// Processor time of the box for a log-in (both requests), ms.
    pub cpu_log_in_ms: f64,
    /// The same for a sign-up (three requests).
    pub cpu_sign_up_ms: f64,
    /// Processor time of the box for a message stored and passed to all, ms.
    pub cpu_message_ms: f64,
    /// Connections that each message is passed to, the sender's included.
    pub pushes: usize,
    /// Messages a second.
    pub rate: u32,
    /// From sending to arrival at each other party, while this machine had its processors.
    pub delivered: Summary,
    /// The same, whether it had them or not.
    pub delivered_all: Summary,
    /// From sending to the sender's confirmation.
    pub stored: Summary,
    /// How late the generator sent.
    pub late: Summary,
    /// Bare append + fdatasync of 1 KiB on the same disk, before and after.
    pub bare_sync: Summary,
    /// Deliveries that never came.
    pub missing: usize,
}

/// Runs the measurement on a fresh box in a directory.
///
/// # Errors
/// [`LoadError`].
pub async fn measure(data: &Path, idle: usize, seconds: u64) -> Result<Delivery, LoadError> {
    let live = LiveBox::start(data).await?;
    let process = Process(live.process());
    tokio::time::sleep(SETTLE).await;
    let resident_empty_kib = process.resident_kib()?;
    let office = Office::found(&live).await?;
    let (cpu_sign_up_ms, accounts) = sign_ups(&live.address, &office, process).await?;
    let cpu_log_in_ms = log_ins(&live.address, &office, &accounts, process).await?;
    let mut traffic = Traffic::gather(&live.address, &office, TALKS, STAFF).await?;
    // What a first run of everything leaves in the allocator is not the idle connections'.
    traffic.run(RATE, Duration::from_secs(2)).await?;
    tokio::time::sleep(SETTLE).await;

    let resident_before_kib = process.resident_kib()?;
    let tokens = tokens(&live.address, &office, &accounts).await?;
    let used = process.used()?;
    connect_idle(&live.address, &tokens, idle).await?;
    let cpu_connection_ms = per(process.used()?.saturating_sub(used), idle);
    tokio::time::sleep(SETTLE).await;
    let resident_idle_kib = process.resident_kib()?;

    let mut bare = bare_sync(data)?;
    let used_before = process.used()?;
    let outcome = traffic.run(RATE, Duration::from_secs(seconds)).await?;
    let cpu_message_ms = per(process.used()?.saturating_sub(used_before), outcome.sent);
    bare.extend(bare_sync(data)?);
    let grown = resident_idle_kib.saturating_sub(resident_before_kib);
    let mut all = outcome.stolen;
    all.extend(&outcome.delivered);
    Ok(Delivery {
        resident_empty_kib,
        resident_before_kib,
        resident_idle_kib,
        resident_max_kib: process.resident_max_kib()?,
        idle_connections: idle,
        per_connection_kib: grown as f64 / idle.max(1) as f64,
        cpu_connection_ms,
        cpu_log_in_ms,
        cpu_sign_up_ms,
        cpu_message_ms,
        pushes: STAFF + 1,
        rate: RATE,
        delivered: Summary::of(outcome.delivered),
        delivered_all: Summary::of(all),
        stored: Summary::of(outcome.stored),
        late: Summary::of(outcome.late),
        bare_sync: Summary::of(bare),
        missing: outcome.missing,
    })
}

/// Milliseconds each.
fn per(time: Duration, count: usize) -> f64 {
    time.as_secs_f64() * 1000.0 / count.max(1) as f64
}

async fn sign_ups(
    address: &Address,
    office: &Office,
    process: Process,
) -> Result<(f64, Vec<Seeker>), LoadError> {
    let mut networks = networks(address, 20, IDLE_ACCOUNTS).await?;
    let used = process.used()?;
    let mut accounts = Vec::new();
    for number in 0..IDLE_ACCOUNTS {
        accounts.push(office.sign_up(&mut networks[number / FREE]).await?);
    }
    Ok((per(process.used()?.saturating_sub(used), IDLE_ACCOUNTS), accounts))
}

/// Connections of so many networks that nobody of `count` is served late.
async fn networks(address: &Address, network: u8, count: usize) -> Result<Vec<Requests>, LoadError> {
    let mut all = Vec::new();
    for number in 0..count.div_ceil(FREE) {
        all.push(Requests::open(address, source(network, number)).await?);
    }
    Ok(all)
}

async fn log_ins(
    address: &Address,
    office: &Office,
    accounts: &[Seeker],
    process: Process,
) -> Result<f64, LoadError> {
    let mut networks = networks(address, 21, LOG_INS).await?;
    let used = process.used()?;
    for (number, seeker) in accounts.iter().cycle().take(LOG_INS).enumerate() {
        office.log_in(&mut networks[number / FREE], seeker).await?;
    }
    Ok(per(process.used()?.saturating_sub(used), LOG_INS))
}

async fn tokens(address: &Address, office: &Office, accounts: &[Seeker]) -> Result<Vec<Token>, LoadError> {
    let mut networks = networks(address, 22, accounts.len()).await?;
    let mut tokens = Vec::new();
    for (number, seeker) in accounts.iter().enumerate() {
        tokens.push(office.log_in(&mut networks[number / FREE], seeker).await?);
    }
    Ok(tokens)
}

/// Opens connections that do nothing but answer the box's pings.
async fn connect_idle(address: &Address, tokens: &[Token], count: usize) -> Result<(), LoadError> {
    for (number, token) in tokens.iter().cycle().take(count).enumerate() {
        let mut socket = open_live(address, source(23, number), token).await?;
        tokio::task::spawn_local(async move { while next(&mut socket).await.is_ok() {} });
    }
    Ok(())
}

/// What the disk alone takes: append + fdatasync of one message's size.
#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn bare_sync(data: &Path) -> Result<Vec<Duration>, LoadError> {
    let path = data.with_extension("bare");
    let mut file = fs::File::create(&path)?;
    let mut samples = Vec::new();
    for _ in 0..300 {
        let begin = std::time::Instant::now();
        file.write_all(&[7; 1024])?;
        file.sync_data()?;
        samples.push(begin.elapsed());
    }
    drop(file);
    fs::remove_file(path)?;
    Ok(samples)
}
