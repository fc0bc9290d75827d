//! Simulation: clients, network, clocks and box in one thread, driven by one seed through the real client, the real
//! server and the real storage. See the section "Simulation" in the README.
//!
//! A seed that fails is printed and replays exactly: `SIMULATION_SEED=17 cargo test --test simulation`.
#![allow(clippy::unwrap_used)]

mod account;
mod chance;
mod clock;
mod device;
mod end;
mod network;
mod oracle;
mod passing;
mod signal;
mod station;
mod step;
mod trace;
mod world;

use std::{
    cell::Cell,
    panic::AssertUnwindSafe,
    sync::{
        Mutex, Once,
        atomic::{AtomicU64, Ordering},
    },
};
use world::{Outcome, World};

/// Seeds without a word about how many; `scripts/test` asks for more.
const SEEDS: u64 = 10;

thread_local! {
    static PANICKED: Cell<bool> = const { Cell::new(false) };
}

/// Whether anything on this thread panicked since the run began: tasks swallow it.
fn panicked() -> bool {
    PANICKED.get()
}

fn remember_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            PANICKED.set(true);
            usual(info);
        }));
    });
}

/// A run in which something did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Failed {
    /// Over everything that had happened until then.
    hash: u64,
    tail: String,
}

/// Breaks a run off on purpose once so much has happened: for the test of what is said then.
#[derive(Debug, Clone, Copy)]
struct StopAt(u64);

/// One run on a thread of its own.
fn run(seed: u64, stop: Option<StopAt>) -> Result<Outcome, Failed> {
    remember_panics();
    let thread = std::thread::Builder::new().stack_size(16 * 1024 * 1024).name(format!("seed {seed}"));
    let handle = thread.spawn(move || {
        beistand_protocol::login::simulation::dangerous_stretch_cheaply_on_this_thread();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.unwrap();
        let local = tokio::task::LocalSet::new();
        let _entered = runtime.enter();
        let world = World::new(seed, stop);
        let trace = world.trace();
        let running = AssertUnwindSafe(|| runtime.block_on(local.run_until(async { world.run().await })));
        let ran = std::panic::catch_unwind(running);
        ran.map_err(|_| Failed { hash: trace.hash(), tail: trace.tail() })
    });
    handle.unwrap().join().unwrap_or(Err(Failed { hash: 0, tail: String::new() }))
}

/// What is said of a seed that fails: the end of its trace, and how to see all of it.
fn report(seed: u64, failed: &Failed) -> String {
    let Failed { hash, tail } = failed;
    format!("{tail}seed {seed} fails with trace {hash:016x}; once more: {}", command(seed))
}

/// Replays a seed.
fn command(seed: u64) -> String {
    format!(
        "SIMULATION_SEED={seed} SIMULATION_TRACE=1 cargo test --package beistand-tests --test simulation every_seed_holds -- --exact --nocapture"
    )
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn every_seed_holds() {
    if let Some(seed) = number("SIMULATION_SEED") {
        match run(seed, number("SIMULATION_STOP").map(StopAt)) {
            Ok(outcome) => println!("seed {seed}: {outcome:?}"),
            Err(failed) => panic!("{}", report(seed, &failed)),
        }
        return;
    }
    let seeds = number("SIMULATION_SEEDS").unwrap_or(SEEDS);
    let first = number("SIMULATION_FIRST").unwrap_or(0);
    let twice = std::env::var_os("SIMULATION_TWICE").is_some();
    let next = AtomicU64::new(first);
    let failed = Mutex::new(Vec::new());
    let total = Mutex::new((0, 0, 0));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first + seeds {
                        return;
                    }
                    let outcome = run(seed, None);
                    if twice && run(seed, None) != outcome {
                        println!("seed {seed} gave another trace the second time");
                        failed.lock().unwrap().push(seed);
                        continue;
                    }
                    match outcome {
                        Ok(outcome) => {
                            let mut total = total.lock().unwrap();
                            total.0 += outcome.talks;
                            total.1 += outcome.sent;
                            total.2 += outcome.acknowledged;
                        }
                        Err(fails) => {
                            println!("{}", report(seed, &fails));
                            failed.lock().unwrap().push(seed);
                        }
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort_unstable();
    let (talks, sent, acknowledged) = total.into_inner().unwrap();
    println!("{seeds} seeds: {talks} conversations, {sent} messages, {acknowledged} shown as stored");
    println!("simulation: {} passed, {} failed", seeds - failed.len() as u64, failed.len());
    if let Some(first) = failed.first() {
        panic!(
            "{} of {seeds} seeds fail: {failed:?}; the first once more: {}",
            failed.len(),
            command(*first)
        );
    }
    // A simulation in which nothing gets through would find nothing.
    assert!(talks as u64 > seeds && acknowledged * 2 > sent, "hardly anything happened");
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 4] {
        let (one, other) = (run(seed, None).unwrap(), run(seed, None).unwrap());
        assert_eq!(one, other, "seed {seed} gave another trace the second time");
    }
    assert_ne!(run(3, None).unwrap().hash, run(4, None).unwrap().hash);
}

/// What is printed of a seed that fails replays it in another process, to the same end.
#[test]
fn a_failing_seed_names_its_replay() {
    let seed = 5;
    let stop = StopAt(run(seed, None).unwrap().events / 2);
    let failed = run(seed, Some(stop)).expect_err("broken off on purpose");
    let said = report(seed, &failed);
    let (variables, test) = said.split_once("once more: ").unwrap().1.split_once(" cargo test ").unwrap();
    let arguments = test.split_once(" --test simulation ").unwrap().1.replace(" -- ", " ");
    let again = std::process::Command::new(std::env::current_exe().unwrap())
        .args(arguments.split(' '))
        .envs(variables.split(' ').map(|variable| variable.split_once('=').unwrap()))
        .env("SIMULATION_STOP", stop.0.to_string())
        .output()
        .unwrap();
    assert!(!again.status.success(), "the replay does not fail");
    let told = String::from_utf8_lossy(&again.stderr);
    assert!(told.contains(&format!("seed {seed} fails with trace {:016x}", failed.hash)), "{told}");
    assert!(failed.tail.lines().all(|line| told.contains(line)), "the replay does not show the trace");
}
