//! Runs targets: each file of the corpus, then random inputs from a seed.
//!
//! ```text
//! fuzz [--runs N] [--seconds N] [--seed N] [TARGET]
//! fuzz --input FILE TARGET     one input again, as a failing run has kept it
//! ```
//! A failing input is kept as `target/fuzz/TARGET-SEED-RUN`; put it into the corpus with its fix.

use beistand_fuzz::{Depth, TARGETS, Target};
use beistand_vault::random::{DangerousSeeded, Random, draw};
use std::{
    panic::catch_unwind,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

/// Longest random input, in bytes.
const INPUT_BYTES_MAX: usize = 2048;

struct Arguments {
    runs: u64,
    seconds: Option<u64>,
    seed: u64,
    input: Option<PathBuf>,
    target: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("{0} is not an option; see the head of tests/fuzz/src/main.rs")]
    Option(String),
    #[error("{0} wants a number")]
    Number(String),
    #[error("there is no target of that name; there are: {0}")]
    Target(String),
    #[error("could not read {path}")]
    Read { path: PathBuf, source: std::io::Error },
}

fn arguments() -> Result<Arguments, Refused> {
    let mut read = Arguments { runs: 20_000, seconds: None, seed: 1, input: None, target: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || {
            let number = arguments.next().and_then(|text| text.parse().ok());
            number.ok_or_else(|| Refused::Number(argument.clone()))
        };
        match &*argument {
            "--runs" => read.runs = number()?,
            "--seconds" => read.seconds = Some(number()?),
            "--seed" => read.seed = number()?,
            "--input" => read.input = arguments.next().map(PathBuf::from),
            name if !name.starts_with('-') => read.target = Some(name.to_owned()),
            other => return Err(Refused::Option(other.to_owned())),
        }
    }
    Ok(read)
}

fn file(path: &Path) -> Result<Vec<u8>, Refused> {
    std::fs::read(path).map_err(|source| Refused::Read { path: path.to_owned(), source })
}

/// The corpus of a target, in a fixed order.
fn corpus(target: &Target) -> Result<Vec<(String, Vec<u8>)>, Refused> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target.name);
    let read = |source| Refused::Read { path: folder.clone(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        files.push((path.display().to_string(), file(&path)?));
    }
    files.sort();
    Ok(files)
}

/// Whether the input stands; what a target says about it otherwise goes to stderr as a panic.
fn stands(target: &Target, input: &[u8]) -> Option<Depth> {
    let (run, input) = (target.run, input.to_vec());
    catch_unwind(move || run(&input)).ok()
}

fn keep(target: &Target, name: &str, input: &[u8]) {
    let path = Path::new("target/fuzz").join(format!("{}-{name}", target.name));
    let kept = std::fs::create_dir_all("target/fuzz").and_then(|()| std::fs::write(&path, input));
    match kept {
        Ok(()) => println!("FAILED: {}; again with: fuzz --input {} {0}", target.name, path.display()),
        Err(error) => println!("FAILED: {}; its input could not be kept: {error}", target.name),
    }
}

/// How many inputs were tried and how many accepted; `None` after a failure.
fn attack(target: &Target, arguments: &Arguments) -> Result<Option<(u64, u64)>, Refused> {
    let (mut tried, mut accepted) = (0, 0);
    for (name, input) in corpus(target)? {
        tried += 1;
        match stands(target, &input) {
            None => {
                println!("FAILED: {} on {name}", target.name);
                return Ok(None);
            }
            Some(depth) => accepted += u64::from(depth == Depth::Accepted),
        }
    }
    // How long it runs changes nothing of what each input does.
    #[allow(clippy::disallowed_methods)]
    let now = Instant::now;
    let end = arguments.seconds.map(|seconds| now() + Duration::from_secs(seconds));
    for run in 0.. {
        match end {
            Some(end) if now() >= end => break,
            None if run >= arguments.runs => break,
            _ => {}
        }
        let mut random = DangerousSeeded::new(format!("{} {run} {}", arguments.seed, target.name).as_bytes());
        // Short inputs are as likely as long ones: much is decided by the first bytes.
        let bound = INPUT_BYTES_MAX >> (u32::from(draw::<1>(&mut random)[0]) % 8);
        let mut input = vec![0; usize::from(u16::from_le_bytes(draw(&mut random))) % bound];
        random.fill(&mut input);
        tried += 1;
        match stands(target, &input) {
            None => {
                keep(target, &format!("{}-{run}", arguments.seed), &input);
                return Ok(None);
            }
            Some(depth) => accepted += u64::from(depth == Depth::Accepted),
        }
    }
    Ok(Some((tried, accepted)))
}

fn all(arguments: &Arguments) -> Result<bool, Refused> {
    let named = |target: &&Target| arguments.target.as_deref().is_none_or(|name| name == target.name);
    let targets: Vec<_> = TARGETS.iter().filter(named).collect();
    if targets.is_empty() {
        let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        return Err(Refused::Target(names.join(", ")));
    }
    if let Some(path) = &arguments.input {
        let input = file(path)?;
        return Ok(targets.iter().all(|target| stands(target, &input).is_some()));
    }
    let mut passed = 0;
    for target in &targets {
        match attack(target, arguments)? {
            // A target that accepts nothing attacks nothing.
            Some((tried, accepted)) if accepted > 0 => {
                println!("{:<16} {tried:>9} inputs, {accepted:>9} accepted", target.name);
                passed += 1;
            }
            Some((tried, _)) => println!("FAILED: {}: none of {tried} inputs was accepted", target.name),
            None => {}
        }
    }
    println!("fuzzing: {passed} passed, {} failed (seed {})", targets.len() - passed, arguments.seed);
    Ok(passed == targets.len())
}

fn main() -> ExitCode {
    match arguments().and_then(|arguments| all(&arguments)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(refused) => {
            eprintln!("{refused}");
            ExitCode::from(2)
        }
    }
}
