//! The Beistand server: one process on the box.
//!
//! This crate reads the configuration and puts the parts together; what they do is theirs.
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod configuration;
mod doctor;
mod door;
mod failure;
mod heap;
mod render;
mod serve;
mod stored;
mod supervisor;

use beistand_server::log_sink;
use configuration::{Command, Configuration, HELP};
use failure::explanation;
use std::process::ExitCode;

fn main() -> ExitCode {
    let configuration = match Configuration::read(std::env::args().skip(1), |name| std::env::var(name).ok()) {
        Ok(configuration) => configuration,
        Err(error) => {
            eprintln!("beistand: {error}\n\n{HELP}");
            return ExitCode::from(2);
        }
    };
    match configuration.command {
        Command::Help => {
            println!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Command::Version => {
            println!("beistand {}", env!("CARGO_PKG_VERSION"));
            return ExitCode::SUCCESS;
        }
        Command::Serve | Command::Doctor => {}
    }
    if let Err(error) = log_sink::install(configuration.log_level) {
        eprintln!("beistand: {error}");
        return ExitCode::FAILURE;
    }
    let live = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let (runtime, door) = match live.and_then(|live| Ok((live, door::open()?))) {
        Ok(runtimes) => runtimes,
        Err(error) => {
            eprintln!("beistand: the runtime can't start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let data = configuration.data.clone();
    let outcome = match configuration.command {
        Command::Doctor => {
            runtime.block_on(doctor::run(&configuration)).map_err(|error| explanation(&error, &data))
        }
        _ => runtime
            .block_on(serve::run(configuration, door.handle()))
            .map_err(|error| explanation(&error, &data)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(explanation) => {
            eprint!("{explanation}");
            ExitCode::FAILURE
        }
    }
}
