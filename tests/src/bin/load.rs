//! Puts a load on a box and says in JSON what came of it.
//!
//! `load delivery [--data DIR] [--idle N] [--seconds N]`, `load start [--data DIR] [--bytes N]`,
//! `load abuse [--data DIR] [--rounds N] [--compare 1]`; `load hostile` is what `abuse` starts.

use beistand_protocol::id::{OrganisationId, SiteId};
use beistand_tests::{
    load::{LoadError, abuse, delivery, hostile, office::Office, process::raise_file_limit, start},
    native::Address,
};
use std::{collections::HashMap, io::Write as _, path::PathBuf, process::ExitCode};

const USAGE: &str =
    "load delivery|start|abuse [--data DIR] [--idle N] [--seconds N] [--bytes N] [--rounds N] [--compare 1]";

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    raise_file_limit();
    match tokio::task::LocalSet::new().run_until(run()).await {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("load: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<String, String> {
    let mut arguments = std::env::args().skip(1);
    let section = arguments.next().ok_or(USAGE)?;
    let mut options = HashMap::new();
    while let Some(name) = arguments.next() {
        options.insert(name, arguments.next().ok_or(USAGE)?);
    }
    let number = |name: &str, otherwise: u64| match options.get(name) {
        Some(text) => text.parse().map_err(|_| USAGE),
        None => Ok(otherwise),
    };
    let data = options.get("--data").map_or_else(|| PathBuf::from("target/load/data"), PathBuf::from);
    // Only what an earlier run has left.
    if section != "hostile" {
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir_all(data.parent().unwrap_or(&data)).map_err(|error| error.to_string())?;
    }
    let told = |error: LoadError| error.to_string();
    match &*section {
        "delivery" => {
            let idle = usize::try_from(number("--idle", 2000)?).map_err(|_| USAGE)?;
            tell(&delivery::measure(&data, idle, number("--seconds", 30)?).await.map_err(told)?)
        }
        "start" => tell(&start::measure(&data, number("--bytes", 1 << 30)?).await.map_err(told)?),
        "abuse" => tell(
            &abuse::run(&data, number("--rounds", 1)?, number("--compare", 0)? > 0).await.map_err(told)?,
        ),
        "hostile" => {
            let text = |name: &str| options.get(name).ok_or(USAGE);
            let address = Address::new(text("--url")?, text("--root-certificate")?.as_ref())
                .map_err(|error| error.to_string())?;
            let organisation = OrganisationId::from_hex(text("--organisation")?).ok_or(USAGE)?;
            let site = SiteId::from_hex(text("--site")?).ok_or(USAGE)?;
            let office = Office::visit(&address, organisation, site, Office::administrator());
            let ready = || {
                println!("!");
                let _ = std::io::stdout().flush();
            };
            hostile::attack(&address, office.await.map_err(told)?, ready).await.map_err(told)?;
            Ok(String::new())
        }
        _ => Err(USAGE.into()),
    }
}

fn tell(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}
