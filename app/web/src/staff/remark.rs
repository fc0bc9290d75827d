//! What the staff have noted in a thread besides words, as sentences.

use super::ending;
use crate::client::Client;
use crate::text;
use beistand_protocol::worker::{Author, Remark};
use leptos::prelude::*;

/// Who it was, inside a sentence.
pub(super) fn who(client: Client, author: &Author) -> String {
    let locale = client.locale;
    match author {
        Author::Own => text::remark_you(locale).to_owned(),
        Author::Staff(_, name) => name.clone(),
        Author::Seeker => text::reader_seeker(locale).to_owned(),
    }
}

/// A remark as a line of its thread.
pub(crate) fn words(client: Client, author: &Author, remark: &Remark) -> String {
    let locale = client.locale;
    let who = who(client, author);
    match remark {
        Remark::Closed { reason, topic } => {
            text::remark_closed(locale, &who, &ending::words(locale, *reason, topic.as_deref()))
        }
        Remark::HandedOver { to: Some(to), words } => {
            let to = client.staff.with_untracked(|staff| {
                let known = staff.persons.iter().find(|known| known.person == *to);
                known.map(|known| known.display_name.clone())
            });
            let to = to.unwrap_or_else(|| text::talk_somebody(locale).to_owned());
            text::remark_handed_over(locale, &who, &to, words)
        }
        Remark::HandedOver { to: None, words } => text::remark_released(locale, &who, words),
        Remark::Tagged { tag, on: true } => text::remark_tagged(locale, &who, tag),
        Remark::Tagged { tag, on: false } => text::remark_untagged(locale, &who, tag),
    }
}
