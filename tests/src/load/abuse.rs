//! A thousand hostile connections while fifty honest conversations go on: no message of those may
//! be lost and no connection cut, the box must stay within its memory, and afterwards everything
//! must be as before. How much longer the honest wait is told and not judged here: on a busy machine
//! it says more about the machine.

use super::{
    LoadError, hostile,
    office::Office,
    process::{Process, leave_a_processor},
    sample::Summary,
    traffic::Traffic,
    wire::{Requests, source},
};
use crate::live_box::LiveBox;
use serde::Serialize;
use std::{
    cell::Cell,
    fs,
    io::Read as _,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

const TALKS: usize = 50;
const STAFF: usize = 2;
/// Messages a second of the honest.
const RATE: u32 = 100;
const WARM_UP: Duration = Duration::from_secs(2);
/// Quiet and hostile by turns, so that whatever else this machine does falls on both.
const QUIET: Duration = Duration::from_secs(6);
const HOSTILE: Duration = Duration::from_secs(12);
/// Most memory that the box may ever have, in KiB.
const RESIDENT_MAX_KIB: u64 = 256 * 1024;
/// Memory more than before that may stay, in KiB: what was stored is in the caches now.
const RESIDENT_STAYS_MAX_KIB: u64 = 80 * 1024;
/// How long the box may take until it has given memory back.
const GIVEN_BACK_MAX: Duration = Duration::from_secs(30);
/// How long the attackers may take until all are there, their accounts included.
const ATTACKER_MAX: Duration = Duration::from_secs(180);
/// How long the box may take until everything is back. Its longest patience is 75 s of silence;
/// whoever was killed is noticed at once.
const BACK_MAX: Duration = Duration::from_secs(20);
/// Open files more than before that are nobody's connection: tables of the storage.
const FILES_MORE_MAX: usize = 16;

/// What happened.
#[derive(Debug, Serialize)]
pub struct Abuse {
    /// Hostile connections.
    pub connections: usize,
    /// Honest deliveries while it was quiet.
    pub quiet: Summary,
    /// While it was not.
    pub hostile: Summary,
    /// By how much the 99th percentile is more than in quiet: the quotient of both medians of the rounds. A disk that
    /// stands still for a moment, as this machine's does in quiet as well, then decides nothing.
    pub ratio: f64,
    /// The same quotient of all rounds together.
    pub ratio_together: f64,
    /// Each round.
    pub rounds: Vec<Round>,
    /// Honest deliveries while the same attackers harm another box on this machine, and the quotient to quiet:
    /// what of it is this machine's, which all of them share, and no box could do anything about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Elsewhere>,
    /// Honest deliveries that never came.
    pub missing: usize,
    /// Honest deliveries while the processors of this machine were given to others; they are no samples.
    pub stolen: usize,
    /// Most resident memory, KiB.
    pub resident_max_kib: u64,
    /// Resident memory before and afterwards, KiB.
    pub resident_kib: (u64, u64),
    /// Open files before, at the height, and afterwards.
    pub files: (usize, usize, usize),
}

/// The 99th percentiles of one round, in milliseconds.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Round {
    /// While it was quiet.
    pub quiet_ms: f64,
    /// While another box was attacked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub elsewhere_ms: Option<f64>,
    /// While this one was.
    pub hostile_ms: f64,
}

/// What the attack does to a box that isn't attacked.
#[derive(Debug, Serialize)]
pub struct Elsewhere {
    /// Honest deliveries.
    pub delivered: Summary,
    /// By how much the 99th percentile is more than in quiet, by the medians of the rounds.
    pub ratio: f64,
}

/// Runs some rounds on a fresh box in a directory. The attackers would have machines of their own: they get one of
/// this one's processors for themselves, the box and the honest have the others all the time. With `compare`, each
/// round has a part in which they harm another box.
///
/// # Errors
/// [`LoadError::Broken`] says what did not hold.
pub async fn run(data: &Path, rounds: u64, compare: bool) -> Result<Abuse, LoadError> {
    let theirs = leave_a_processor();
    let live = LiveBox::start(data).await?;
    let process = Process(live.process());
    let office = Office::found(&live).await?;
    let mut traffic = Traffic::gather(&live.address, &office, TALKS, STAFF).await?;
    traffic.run(RATE, WARM_UP).await?;
    let neighbour = match compare {
        true => {
            let data = data.with_extension("neighbour");
            // Only what an earlier run has left.
            let _ = fs::remove_dir_all(&data);
            let live = LiveBox::start(&data).await?;
            let office = Office::found(&live).await?;
            Some((live, office))
        }
        false => None,
    };
    let (files_before, resident_before) = (process.files()?, process.resident_kib()?);
    let (mut quiet, mut hostile, mut elsewhere) = (Vec::new(), Vec::new(), Vec::new());
    let (mut missing, mut stolen) = (0, 0);
    let mut each = Vec::new();
    let files_height = Cell::new(0);
    for _ in 0..rounds {
        let outcome = traffic.run(RATE, QUIET).await?;
        let quiet_ms = Summary::of(outcome.delivered.clone()).p99_ms;
        let mut elsewhere_ms = None;
        quiet.extend(outcome.delivered);
        missing += outcome.missing;
        stolen += outcome.stolen.len();
        if let Some((live, office)) = &neighbour {
            let attacker = Attacker::start(live, office, theirs).await?;
            let outcome = traffic.run(RATE, HOSTILE).await?;
            drop(attacker);
            elsewhere_ms = Some(Summary::of(outcome.delivered.clone()).p99_ms);
            elsewhere.extend(outcome.delivered);
            missing += outcome.missing;
            stolen += outcome.stolen.len();
        }
        let attacker = Attacker::start(&live, &office, theirs).await?;
        let outcome = tokio::select! {
            outcome = traffic.run(RATE, HOSTILE) => outcome?,
            ended = watch(process, &files_height) => return Err(ended),
        };
        drop(attacker);
        let hostile_ms = Summary::of(outcome.delivered.clone()).p99_ms;
        each.push(Round { quiet_ms, elsewhere_ms, hostile_ms });
        hostile.extend(outcome.delivered);
        missing += outcome.missing;
        stolen += outcome.stolen.len();
        back(process, files_before).await?;
    }
    // The same people go on, and others come.
    missing += traffic.run(RATE, WARM_UP).await?.missing;
    let mut requests = Requests::open(&live.address, source(12, 0)).await?;
    let seeker = office.sign_up(&mut requests).await?;
    office.log_in(&mut requests, &seeker).await?;
    office.log_in_staff(&mut requests, &office.staff).await?;
    let most = resident_before + RESIDENT_STAYS_MAX_KIB;
    let given_back = async {
        while process.resident_kib().is_ok_and(|resident| resident > most) {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    // What is too much then is told below.
    let _ = tokio::time::timeout(GIVEN_BACK_MAX, given_back).await;
    let (quiet, hostile) = (Summary::of(quiet), Summary::of(hostile));
    let quiet_ms = median(each.iter().map(|round| round.quiet_ms));
    let elsewhere_ms = median(each.iter().filter_map(|round| round.elsewhere_ms));
    let outcome = Abuse {
        connections: hostile::count(),
        quiet,
        hostile,
        ratio: median(each.iter().map(|round| round.hostile_ms)) / quiet_ms,
        ratio_together: hostile.p99_ms / quiet.p99_ms,
        rounds: each,
        elsewhere: neighbour
            .is_some()
            .then(|| Elsewhere { ratio: elsewhere_ms / quiet_ms, delivered: Summary::of(elsewhere) }),
        missing,
        stolen,
        resident_max_kib: process.resident_max_kib()?,
        resident_kib: (resident_before, process.resident_kib()?),
        files: (files_before, files_height.get(), process.files()?),
    };
    let told = serde_json::to_string(&outcome).unwrap_or_default();
    let broken = |what: &str| Err(LoadError::Broken(format!("{what}: {told}")));
    if missing > 0 {
        return broken("messages of the honest were lost");
    }
    // The attack must have been one: half of the connections at least were there at once.
    if files_height.get() < files_before + hostile::count() / 2 {
        return broken("the attackers did not get through");
    }
    if outcome.resident_max_kib > RESIDENT_MAX_KIB {
        return broken("too much memory");
    }
    if outcome.resident_kib.1 > most {
        return broken("the memory does not come back");
    }
    Ok(outcome)
}

/// The middle one, the greater of two; 0 for none.
fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Notes the most open files; ends when the box has ended.
async fn watch(process: Process, height: &Cell<usize>) -> LoadError {
    loop {
        match process.files() {
            Ok(files) => height.set(height.get().max(files)),
            Err(error) => return error,
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Waits until the connections are gone.
async fn back(process: Process, files_before: usize) -> Result<(), LoadError> {
    let waited = async {
        while process.files().is_ok_and(|files| files > files_before + FILES_MORE_MAX) {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    match tokio::time::timeout(BACK_MAX, waited).await {
        Ok(()) => Ok(()),
        Err(_) => Err(LoadError::Broken(format!(
            "{} files are still open, before the attack it were {files_before}",
            process.files()?
        ))),
    }
}

/// The attackers' process; killed when dropped.
struct Attacker(Child);

impl Attacker {
    async fn start(live: &LiveBox, office: &Office, processor: Option<usize>) -> Result<Self, LoadError> {
        // Where there is only one processor they have what is left of it.
        let (program, place) = match processor {
            Some(number) => ("taskset", ["--cpu-list".into(), number.to_string()]),
            None => ("chrt", ["--idle".into(), "0".into()]),
        };
        let mut child = Command::new(program)
            .args(place)
            .arg(std::env::current_exe()?)
            .args(["hostile", "--url", &live.output.url, "--root-certificate"])
            .arg(&live.output.root_certificate)
            .args(["--organisation", &office.log.organisation().to_hex(), "--site", &office.site.to_hex()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut output = child.stdout.take().ok_or(LoadError::Unexpected("no output"))?;
        let attacker = Self(child);
        // It says a byte when all are there.
        let ready = tokio::task::spawn_blocking(move || output.read_exact(&mut [0]));
        match tokio::time::timeout(ATTACKER_MAX, ready).await {
            Ok(Ok(Ok(()))) => Ok(attacker),
            _ => Err(LoadError::Unexpected("the attackers did not begin")),
        }
    }
}

impl Drop for Attacker {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
