//! The examples of RFC 8265 (sections 3.5 and 4.3), against the forms that suite 1 gives names and passwords. It is no
//! PRECIS profile: where it goes another way on purpose, the line says so.

use crate::{Outcome, same};
use beistand_vault::name::{Name, Password};

/// A username, and its one form; `None` is refused. The last column is what the RFC makes of it, where that differs.
type Username = (&'static str, Option<&'static str>, Option<Option<&'static str>>);

const USERNAMES: [Username; 11] = [
    ("juliet@example.com", Some("juliet@example.com"), None),
    ("fussball", Some("fussball"), None),
    // Folded, not only in lower case: who writes it the other way is the same person.
    ("fu\u{df}ball", Some("fussball"), Some(Some("fu\u{df}ball"))),
    ("\u{3c0}", Some("\u{3c0}"), None),
    ("\u{3a3}", Some("\u{3c3}"), None),
    ("\u{3c3}", Some("\u{3c3}"), None),
    ("\u{3c2}", Some("\u{3c3}"), Some(Some("\u{3c2}"))),
    // Pseudonyms may have spaces and symbols.
    ("foo bar", Some("foo bar"), Some(None)),
    ("", None, None),
    ("henry\u{2163}", Some("henryiv"), Some(None)),
    ("\u{221e}", Some("\u{221e}"), Some(None)),
];

/// Passwords, and their one form: all as the RFC says.
const PASSWORDS: [(&str, Option<&str>); 7] = [
    ("correct horse battery staple", Some("correct horse battery staple")),
    ("Correct Horse Battery Staple", Some("Correct Horse Battery Staple")),
    ("\u{3c0}\u{df}\u{e5}", Some("\u{3c0}\u{df}\u{e5}")),
    ("Jack of \u{2666}s", Some("Jack of \u{2666}s")),
    ("foo\u{1680}bar", Some("foo bar")),
    ("", None),
    ("my cat is a \u{9}by", None),
];

pub(crate) fn examples() -> Outcome {
    for (typed, form, rfc) in USERNAMES {
        let name = Name::new(typed).ok();
        equal(name.as_ref().map(Name::expose), form, typed)?;
        // A difference that is none would be a line that lies.
        same([u8::from(rfc == Some(form))], [0], || format!("{typed:?} is no exception"))?;
    }
    for (typed, form) in PASSWORDS {
        let password = Password::new(typed).ok();
        equal(password.as_ref().map(Password::expose), form, typed)?;
    }
    Ok(USERNAMES.len() + PASSWORDS.len())
}

fn equal(found: Option<&str>, expected: Option<&str>, typed: &str) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{typed:?} became {found:?}")) }
}
