//! Configuration: flags first, then environment, then defaults.

use beistand_server::{
    host::{Host, Network},
    listen::{ForwardedHeader, TrustedProxies},
};
use log::LevelFilter;
use std::{net::SocketAddr, path::PathBuf};

/// What `--help` prints.
pub const HELP: &str = "\
Usage: beistand serve [options]
       beistand doctor [options]

  serve                    runs the box
  doctor                   checks data, keys, clock and client of a box that is stopped

Options (in brackets the environment variable that does the same; several values there: with commas)
  --data DIR               everything that is kept [BEISTAND_DATA; data]
  --listen ADDR            HTTPS, repeatable [BEISTAND_LISTEN; [::]:8443]
  --http-listen ADDR       plain HTTP, answers with a redirect only, repeatable [BEISTAND_HTTP_LISTEN]
  --name NAME              a name by which the box is reached, for its certificate, repeatable [BEISTAND_NAME]
  --trusted-proxy CIDR     a reverse proxy whose X-Forwarded-For is believed, repeatable [BEISTAND_TRUSTED_PROXY]
  --forwarded-header NAME  x-forwarded-for or forwarded: what the proxy writes [BEISTAND_FORWARDED_HEADER]
  --storage-key FILE       key of everything at rest [BEISTAND_STORAGE_KEY; the system credential
                           storage-key, else secrets/storage-key below the data]
  --leave-to ADDRESS       https address that \"leave now\" leads to [BEISTAND_LEAVE_TO; https://www.dwd.de/]
  --log LEVEL              error, warn, info or debug [BEISTAND_LOG; info]
  --help, --version

Ports that systemd has opened (socket units named https and http) take the place of --listen and --http-listen.";

/// Where somebody who leaves in a hurry arrives unless configured otherwise: the weather.
const LEAVE_TO_DEFAULT: &str = "https://www.dwd.de/";
/// Most values of one repeatable option.
const VALUES_MAX: usize = 16;

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Run.
    Serve,
    /// Check.
    Doctor,
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// Everything that can be set.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// What to do.
    pub command: Command,
    /// The data directory.
    pub data: PathBuf,
    /// HTTPS.
    pub listen: Vec<SocketAddr>,
    /// Plain HTTP.
    pub http_listen: Vec<SocketAddr>,
    /// Names for the certificate.
    pub names: Vec<Host>,
    /// Whose word about addresses is believed.
    pub proxies: TrustedProxies,
    /// The storage key's file.
    pub storage_key: PathBuf,
    /// Where leaving leads.
    pub leave_to: String,
    /// What is logged.
    pub log_level: LevelFilter,
}

/// Why the configuration can't be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigurationError {
    /// Nothing, or something unknown, was asked for.
    #[error("say what to do: serve or doctor")]
    NoCommand,
    /// An option that is none.
    #[error("unknown option {0}")]
    UnknownOption(String),
    /// A flag at the end.
    #[error("{0} needs a value")]
    NoValue(&'static str),
    /// A flag twice.
    #[error("{0} was given more often than it may be")]
    TooOften(&'static str),
    /// A value that can't be read.
    #[error("{flag} {value}: {problem}")]
    Value {
        /// Which flag.
        flag: &'static str,
        /// What was given.
        value: String,
        /// What should stand there.
        problem: &'static str,
    },
}

struct Flag {
    name: &'static str,
    variable: &'static str,
    repeatable: bool,
}

const fn flag(name: &'static str, variable: &'static str, repeatable: bool) -> Flag {
    Flag { name, variable, repeatable }
}

const DATA: usize = 0;
const LISTEN: usize = 1;
const HTTP_LISTEN: usize = 2;
const NAME: usize = 3;
const TRUSTED_PROXY: usize = 4;
const FORWARDED_HEADER: usize = 5;
const STORAGE_KEY: usize = 6;
const LEAVE_TO: usize = 7;
const LOG: usize = 8;

const FLAGS: [Flag; 9] = [
    flag("--data", "BEISTAND_DATA", false),
    flag("--listen", "BEISTAND_LISTEN", true),
    flag("--http-listen", "BEISTAND_HTTP_LISTEN", true),
    flag("--name", "BEISTAND_NAME", true),
    flag("--trusted-proxy", "BEISTAND_TRUSTED_PROXY", true),
    flag("--forwarded-header", "BEISTAND_FORWARDED_HEADER", false),
    flag("--storage-key", "BEISTAND_STORAGE_KEY", false),
    flag("--leave-to", "BEISTAND_LEAVE_TO", false),
    flag("--log", "BEISTAND_LOG", false),
];

impl Configuration {
    /// Reads arguments (without the program's name) and environment.
    ///
    /// # Errors
    /// [`ConfigurationError`].
    pub fn read(
        arguments: impl Iterator<Item = String>,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ConfigurationError> {
        let mut command = None;
        let mut given: [Vec<String>; FLAGS.len()] = Default::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with("--") => (name, Some(value.to_owned())),
                _ => (&*argument, None),
            };
            match name {
                "serve" if command.is_none() => command = Some(Command::Serve),
                "doctor" if command.is_none() => command = Some(Command::Doctor),
                "--help" | "-h" | "help" => command = Some(Command::Help),
                "--version" | "-V" => command = Some(Command::Version),
                _ => {
                    let index = FLAGS
                        .iter()
                        .position(|flag| flag.name == name)
                        .ok_or_else(|| ConfigurationError::UnknownOption(name.to_owned()))?;
                    let value = inline
                        .or_else(|| arguments.next())
                        .ok_or(ConfigurationError::NoValue(FLAGS[index].name))?;
                    given[index].push(value);
                }
            }
        }
        for (flag, values) in FLAGS.iter().zip(&mut given) {
            if values.is_empty()
                && let Some(text) = environment(flag.variable).filter(|text| !text.trim().is_empty())
            {
                match flag.repeatable {
                    true => values.extend(text.split(',').map(|value| value.trim().to_owned())),
                    false => values.push(text),
                }
            }
            if values.len() > if flag.repeatable { VALUES_MAX } else { 1 } {
                return Err(ConfigurationError::TooOften(flag.name));
            }
        }
        let data = PathBuf::from(given[DATA].first().map_or("data", |text| text));
        let mut listen = addresses(LISTEN, &given)?;
        if listen.is_empty() {
            listen.push(SocketAddr::from(([0u16; 8], 8443)));
        }
        Ok(Self {
            command: command.ok_or(ConfigurationError::NoCommand)?,
            listen,
            http_listen: addresses(HTTP_LISTEN, &given)?,
            names: each(NAME, &given, "a name or an address", |text| Host::parse(text).ok())?,
            proxies: TrustedProxies {
                networks: each(TRUSTED_PROXY, &given, "an address or a range such as 10.0.0.0/8", |text| {
                    Network::parse(text).ok()
                })?,
                header: each(FORWARDED_HEADER, &given, "x-forwarded-for or forwarded", |text| {
                    match text.to_ascii_lowercase().as_str() {
                        "x-forwarded-for" => Some(ForwardedHeader::XForwardedFor),
                        "forwarded" => Some(ForwardedHeader::Forwarded),
                        _ => None,
                    }
                })?
                .pop()
                .unwrap_or_default(),
            },
            storage_key: given[STORAGE_KEY]
                .first()
                .map(PathBuf::from)
                .or_else(|| credential(&environment))
                .unwrap_or_else(|| data.join("secrets/storage-key")),
            leave_to: each(LEAVE_TO, &given, "an https address", leave_address)?
                .pop()
                .unwrap_or_else(|| LEAVE_TO_DEFAULT.to_owned()),
            log_level: each(LOG, &given, "error, warn, info or debug", log_level)?
                .pop()
                .unwrap_or(LevelFilter::Info),
            data,
        })
    }
}

/// The system credential of this name (systemd's `LoadCredential=`), if there is one.
fn credential(environment: &impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let path = PathBuf::from(environment("CREDENTIALS_DIRECTORY")?).join("storage-key");
    path.exists().then_some(path)
}

fn addresses(
    index: usize,
    given: &[Vec<String>; FLAGS.len()],
) -> Result<Vec<SocketAddr>, ConfigurationError> {
    each(index, given, "an address with port, such as 127.0.0.1:8443 or [::]:8443", |text| text.parse().ok())
}

fn each<T>(
    index: usize,
    given: &[Vec<String>; FLAGS.len()],
    problem: &'static str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, ConfigurationError> {
    let flag = FLAGS[index].name;
    given[index]
        .iter()
        .map(|text| {
            parse(text).ok_or_else(|| ConfigurationError::Value { flag, value: text.clone(), problem })
        })
        .collect()
}

/// Only addresses that a header can carry and that are harmless in themselves.
fn leave_address(text: &str) -> Option<String> {
    let host = text.strip_prefix("https://")?.split(['/', '?', '#']).next()?;
    Host::parse_authority(host).ok()?;
    text.bytes().all(|byte| byte.is_ascii_graphic()).then(|| text.to_owned())
}

fn log_level(text: &str) -> Option<LevelFilter> {
    match text {
        "error" => Some(LevelFilter::Error),
        "warn" => Some(LevelFilter::Warn),
        "info" => Some(LevelFilter::Info),
        "debug" => Some(LevelFilter::Debug),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Configuration, ConfigurationError> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        Configuration::read(arguments.iter().map(|text| (*text).to_owned()), variable)
    }

    #[test]
    fn defaults_and_order_of_sources() {
        let plain = read(&["serve"], &[]).unwrap();
        assert_eq!(plain.data, PathBuf::from("data"));
        assert_eq!(plain.listen, ["[::]:8443".parse().unwrap()]);
        assert!(plain.http_listen.is_empty());
        assert_eq!(plain.storage_key, PathBuf::from("data/secrets/storage-key"));
        let environment = [("BEISTAND_DATA", "/a"), ("BEISTAND_LISTEN", "127.0.0.1:1, [::1]:2")];
        let from_environment = read(&["serve"], &environment).unwrap();
        assert_eq!(from_environment.listen.len(), 2);
        let both = read(&["serve", "--data=/b", "--listen", "127.0.0.1:3"], &environment).unwrap();
        assert_eq!((both.data, both.listen.len()), (PathBuf::from("/b"), 1));
        assert_eq!(both.storage_key, PathBuf::from("/b/secrets/storage-key"));
    }

    #[test]
    fn mistakes_are_named() {
        let check = |arguments: &[&str], expect: &str| {
            assert_eq!(read(arguments, &[]).unwrap_err().to_string(), expect, "{arguments:?}");
        };
        check(&[], "say what to do: serve or doctor");
        check(&["serve", "--nonsense"], "unknown option --nonsense");
        check(&["serve", "serve"], "unknown option serve");
        check(&["serve", "--data"], "--data needs a value");
        check(&["serve", "--data", "a", "--data", "b"], "--data was given more often than it may be");
        check(
            &["serve", "--listen", "8443"],
            "--listen 8443: an address with port, such as 127.0.0.1:8443 or [::]:8443",
        );
        check(&["serve", "--leave-to", "javascript:1"], "--leave-to javascript:1: an https address");
        check(&["serve", "--leave-to", "https://a b/"], "--leave-to https://a b/: an https address");
        check(&["serve", "--log", "all"], "--log all: error, warn, info or debug");
        check(
            &["serve", "--trusted-proxy", "10.0.0.0/64"],
            "--trusted-proxy 10.0.0.0/64: an address or a range such as 10.0.0.0/8",
        );
    }

    #[test]
    fn help_names_every_option() {
        for flag in &FLAGS {
            assert!(HELP.contains(flag.name) && HELP.contains(flag.variable), "{}", flag.name);
        }
    }
}
