//! A conversation on the screen, the same for both sides: lines and the field to write in.

mod composer;
mod group;
mod lines;

pub use composer::Composer;
pub use group::{closed, group_of, state};
pub use lines::Lines;

use crate::locale::Locale;
use crate::text;
use beistand_protocol::worker::ReaderView;

/// From which side a conversation is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The person who seeks help.
    Seeker,
    /// The counselors.
    Staff,
}

/// Who can read, as an enumeration.
#[must_use]
pub fn readers_text(locale: Locale, side: Side, readers: &[ReaderView]) -> String {
    let names: Vec<String> = readers.iter().map(|reader| reader_name(locale, side, reader)).collect();
    names.join(", ")
}

/// One reader by name.
#[must_use]
pub fn reader_name(locale: Locale, side: Side, reader: &ReaderView) -> String {
    match reader {
        ReaderView::Seeker if side == Side::Seeker => text::reader_you(locale).to_owned(),
        ReaderView::Seeker => text::reader_seeker(locale).to_owned(),
        ReaderView::Person(_, name, true) => text::reader_lead(locale, name),
        ReaderView::Person(_, name, false) => text::isolated(name).into_owned(),
        ReaderView::Team(_, name) => text::reader_team(locale, name),
        ReaderView::Guest(name) => text::isolated(name).into_owned(),
    }
}
