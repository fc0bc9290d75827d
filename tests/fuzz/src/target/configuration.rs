//! What an administrator writes: arguments, environment, names and addresses of the box; and the
//! header lines in which a proxy names an address.

use crate::{Depth, generate::Choices};
use beistand_server::host::{DnsName, Host, Network};

#[path = "../../../../app/beistand/src/configuration.rs"]
#[allow(dead_code, missing_docs)] // the program's own file, of which the reading alone is called
mod program;

const OPTIONS: [&str; 9] = [
    "--data",
    "--listen",
    "--http-listen",
    "--name",
    "--trusted-proxy",
    "--forwarded-header",
    "--storage-key",
    "--leave-to",
    "--log",
];
const VALUES: [&str; 12] = [
    "serve",
    "doctor",
    "=",
    "[::]:8443",
    "127.0.0.1:8080",
    "10.0.0.0/8",
    "2001:db8::/32",
    "beistand.local",
    "https://a.example/",
    "x-forwarded-for",
    "info",
    "192.0.2.1",
];

/// Tries one input: a command line, of options with values or of anything in any order.
pub fn run(input: &[u8]) -> Depth {
    let mut choices = Choices::new(input);
    let mut arguments = Vec::new();
    let sensible = choices.byte() & 1 == 1;
    if sensible {
        arguments.push("serve".to_owned());
    }
    for _ in 0..choices.below(8) {
        let mut argument = String::new();
        if sensible {
            argument = format!("{}=", OPTIONS[choices.below(OPTIONS.len())]);
        }
        for _ in 0..=choices.below(3) {
            match choices.byte() {
                option @ 0..104 => argument.push_str(OPTIONS[usize::from(option) % OPTIONS.len()]),
                value @ 104..208 => argument.push_str(VALUES[usize::from(value) % VALUES.len()]),
                length => {
                    let bytes: Vec<u8> = (0..length - 208).map(|_| choices.byte()).collect();
                    argument.push_str(&String::from_utf8_lossy(&bytes));
                }
            }
            if sensible {
                break;
            }
        }
        arguments.push(argument);
    }
    let environment = String::from_utf8_lossy(choices.rest()).into_owned();
    names(&environment);
    arguments.iter().for_each(|argument| names(argument));
    let read = program::Configuration::read(arguments.into_iter(), |_| {
        (!environment.is_empty()).then(|| environment.clone())
    });
    if read.is_ok() { Depth::Accepted } else { Depth::Refused }
}

/// A name or range that is read is read again from what it is shown as.
fn names(text: &str) {
    if let Ok(host) = Host::parse(text) {
        assert_eq!(Host::parse(&host.to_string()), Ok(host), "{text:?}");
    }
    if let Ok(name) = DnsName::parse(text) {
        assert_eq!(DnsName::parse(&name.to_string()), Ok(name), "{text:?}");
    }
    let _ = Host::parse_authority(text);
    let _ = Network::parse(text);
}
