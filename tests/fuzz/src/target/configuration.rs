//! What an administrator writes: arguments, environment, names and addresses of the box; and the
//! header lines in which a proxy names an address.

use crate::{Depth, generate::Choices};
use beistand_server::host::{DnsName, Host, Network};

#[path = "../../../../app/beistand/src/configuration.rs"]
#[allow(dead_code, missing_docs)] // the program's own file, of which the reading alone is called
mod program;

/// Options, each with a value that suits it.
const OPTIONS: [(&str, &str); 9] = [
    ("--data", "data"),
    ("--listen", "[::]:8443"),
    ("--http-listen", "127.0.0.1:8080"),
    ("--name", "beistand.local"),
    ("--trusted-proxy", "2001:db8::/32"),
    ("--forwarded-header", "forwarded"),
    ("--storage-key", "key"),
    ("--leave-to", "https://a.example/"),
    ("--log", "info"),
];
const OTHERS: [&str; 6] = ["serve", "doctor", "=", "10.0.0.0/8", "192.0.2.1", "x-forwarded-for"];

/// Tries one input: a command line, of options with values or of anything in any order.
pub fn run(input: &[u8]) -> Depth {
    let mut choices = Choices::new(input);
    let mut arguments = Vec::new();
    let sensible = choices.byte() & 1 == 1;
    if sensible {
        arguments.push("serve".to_owned());
    }
    for _ in 0..choices.below(8) {
        let (option, suits) = OPTIONS[choices.below(OPTIONS.len())];
        let mut argument = if sensible { format!("{option}=") } else { String::new() };
        for _ in 0..=choices.below(8) / if sensible { 7 } else { 3 } {
            match choices.byte() {
                0..144 if sensible => argument.push_str(suits),
                word @ 0..208 => match usize::from(word) % (OPTIONS.len() + OTHERS.len()) {
                    option @ 0..9 => argument.push_str(OPTIONS[option].0),
                    other => argument.push_str(OTHERS[other - 9]),
                },
                length => {
                    let bytes: Vec<u8> = (0..length - 208).map(|_| choices.byte()).collect();
                    argument.push_str(&String::from_utf8_lossy(&bytes));
                }
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
