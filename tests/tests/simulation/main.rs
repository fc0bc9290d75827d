//! Simulation: clients, network, clocks and box in one thread, driven by one seed through the real client, the real
//! server and the real storage. See the section "Simulation" in the README.
//!
//! A seed that fails is printed and replays exactly: `SIMULATION_SEED=17 cargo test --test simulation`.
#![allow(clippy::unwrap_used)]

mod chance;
mod clock;
mod device;
mod network;
mod oracle;
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

/// One run on a thread of its own.
fn run(seed: u64) -> Result<Outcome, String> {
    remember_panics();
    let thread = std::thread::Builder::new().stack_size(16 * 1024 * 1024).name(format!("seed {seed}"));
    let handle = thread.spawn(move || {
        beistand_protocol::login::simulation::dangerous_stretch_cheaply_on_this_thread();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let runtime = runtime.unwrap();
        let local = tokio::task::LocalSet::new();
        let _entered = runtime.enter();
        let world = World::new(seed);
        let trace = world.trace();
        let running = AssertUnwindSafe(|| runtime.block_on(local.run_until(async { world.run().await })));
        std::panic::catch_unwind(running).map_err(|_| trace.tail())
    });
    handle.unwrap().join().unwrap_or_else(|_| Err(String::new()))
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn every_seed_holds() {
    if let Some(seed) = number("SIMULATION_SEED") {
        match run(seed) {
            Ok(outcome) => println!("seed {seed}: {outcome:?}"),
            Err(tail) => panic!("{tail}\nseed {seed} fails"),
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
                    let outcome = match run(seed) {
                        Ok(once) if twice && run(seed).as_ref() != Ok(&once) => {
                            Err("another trace the second time".to_owned())
                        }
                        outcome => outcome,
                    };
                    match outcome {
                        Ok(outcome) => {
                            let mut total = total.lock().unwrap();
                            total.0 += outcome.talks;
                            total.1 += outcome.sent;
                            total.2 += outcome.acknowledged;
                        }
                        Err(tail) => {
                            println!("{tail}\nseed {seed} fails");
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
    assert!(
        failed.is_empty(),
        "{} of {seeds} seeds fail: SIMULATION_SEED={} … {failed:?}",
        failed.len(),
        failed[0]
    );
    // A simulation in which nothing gets through would find nothing.
    assert!(talks as u64 > seeds && acknowledged * 2 > sent, "hardly anything happened");
}

#[test]
fn the_same_seed_is_the_same_run() {
    for seed in [3, 4] {
        let (one, other) = (run(seed).unwrap(), run(seed).unwrap());
        assert_eq!(one, other, "seed {seed} gave another trace the second time");
    }
    assert_ne!(run(3).unwrap().hash, run(4).unwrap().hash);
}
