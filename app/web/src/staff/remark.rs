//! What the staff have noted in a thread besides words, as sentences.

use super::ending;
use crate::client::Client;
use crate::locale::Locale;
use crate::text;
use beistand_protocol::id::PersonId;
use beistand_protocol::worker::{Author, Medium, Remark};
use leptos::prelude::*;

/// Who it was, inside a sentence.
pub(super) fn who(client: Client, author: &Author) -> String {
    let locale = client.locale;
    match author {
        Author::Own => text::remark_you(locale).to_owned(),
        Author::Staff(_, name) | Author::Guest(_, name) => name.clone(),
        Author::Seeker => text::reader_seeker(locale).to_owned(),
    }
}

/// A remark as a line of its thread.
pub(crate) fn words(client: Client, author: &Author, remark: &Remark) -> String {
    let locale = client.locale;
    let person = |person: PersonId| {
        let known = client.staff.with_untracked(|staff| {
            let known = staff.persons.iter().find(|known| known.person == person);
            known.map(|known| known.display_name.clone())
        });
        known.unwrap_or_else(|| text::talk_somebody(locale).to_owned())
    };
    sentence(locale, &who(client, author), person, str::to_owned, remark)
}

/// A remark by what its people are called and how their words are given.
pub(super) fn sentence(
    locale: Locale,
    who: &str,
    person: impl Fn(PersonId) -> String,
    given: impl Fn(&str) -> String,
    remark: &Remark,
) -> String {
    match remark {
        Remark::Closed { reason, topic } => {
            let topic = topic.as_deref().map(given);
            text::remark_closed(locale, who, &ending::words(locale, *reason, topic.as_deref()))
        }
        Remark::HandedOver { to: Some(to), words } => {
            text::remark_handed_over(locale, who, &person(*to), &given(words))
        }
        Remark::HandedOver { to: None, words } => text::remark_released(locale, who, &given(words)),
        Remark::Tagged { tag, on: true } => text::remark_tagged(locale, who, &given(tag)),
        Remark::Tagged { tag, on: false } => text::remark_untagged(locale, who, &given(tag)),
        Remark::Documented { on, anonymised } => {
            let names = match anonymised {
                true => text::remark_documented_anonymised(locale),
                false => text::remark_documented_named(locale),
            };
            match on {
                Medium::Paper => text::remark_documented_paper(locale, who, names),
                Medium::File => text::remark_documented_file(locale, who, names),
            }
        }
    }
}
