//! Text blocks while somebody writes: what is asked for after a slash, which blocks fit, and placeholders.

use std::ops::Range;

/// What stands in a block for something that is known only when it is inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placeholder {
    /// The seeker's pseudonym.
    Pseudonym,
    /// The name of who writes.
    OwnName,
    /// Until when an answer was promised.
    AnswerBy,
    /// When somebody of the team is on duty next.
    NextStaffed,
}

impl Placeholder {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Pseudonym, Self::OwnName, Self::AnswerBy, Self::NextStaffed];

    /// As it stands in a block's text (`app/protocol/PROTOCOL.md`).
    #[must_use]
    pub const fn token(self) -> &'static str {
        match self {
            Self::Pseudonym => "{{pseudonym}}",
            Self::OwnName => "{{own-name}}",
            Self::AnswerBy => "{{answer-by}}",
            Self::NextStaffed => "{{next-staffed}}",
        }
    }
}

/// Around what is still to be filled in. Nobody types them by accident.
const OPEN: char = '⟦';
const SHUT: char = '⟧';

/// A block's text with its placeholders filled. What is not known stays, marked, by its name.
pub fn fill(
    text: &str,
    value: impl Fn(Placeholder) -> Option<String>,
    name: impl Fn(Placeholder) -> String,
) -> String {
    // Brackets that a block brings itself would hold up sending for ever.
    let mut filled = text.replace([OPEN, SHUT], "");
    for placeholder in Placeholder::ALL {
        if filled.contains(placeholder.token()) {
            // What a seeker has called themself is no mark either.
            let known = value(placeholder).map(|value| value.replace([OPEN, SHUT], ""));
            let words = known
                .filter(|value| !value.trim().is_empty())
                .unwrap_or_else(|| format!("{OPEN}{}{SHUT}", name(placeholder)));
            filled = filled.replace(placeholder.token(), &words);
        }
    }
    filled
}

/// A block's text for a list: placeholders by their names, on one line.
pub fn preview(text: &str, name: impl Fn(Placeholder) -> String) -> String {
    let named = Placeholder::ALL.into_iter().fold(text.to_owned(), |text, placeholder| {
        text.replace(placeholder.token(), &format!("‹{}›", name(placeholder)))
    });
    named.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first place that is still to be filled in, in UTF-16 units as fields count.
#[must_use]
pub fn unfilled(text: &str) -> Option<Range<u32>> {
    let start = text.find(OPEN)?;
    let length = text[start..].find(SHUT)? + SHUT.len_utf8();
    let units = |part: &str| u32::try_from(part.encode_utf16().count()).unwrap_or(u32::MAX);
    let from = units(&text[..start]);
    Some(from..from + units(&text[start..start + length]))
}

/// What was typed after the slash that opens the list, of the text before the caret: the slash begins a word, and
/// the line has not ended since.
#[must_use]
pub fn asked(before: &str) -> Option<&str> {
    let slash = before.rfind('/')?;
    let begins = before[..slash].chars().next_back().is_none_or(char::is_whitespace);
    let words = &before[slash + 1..];
    let goes_on = !words.contains('\n') && !words.starts_with(' ') && words.chars().count() <= 40;
    (begins && goes_on).then_some(words)
}

/// How well a block fits to what is asked for: the lower the better; `None`: not at all. All words must be in it.
#[must_use]
pub fn rank(asked: &str, title: &str, folder: &str, text: &str) -> Option<u8> {
    let lower = |text: &str| text.to_lowercase();
    let (asked, title, folder) = (lower(asked), lower(title), lower(folder));
    let asked = asked.trim();
    if asked.is_empty() {
        return Some(0);
    }
    if title.starts_with(asked) {
        return Some(0);
    }
    if title.contains(asked) {
        return Some(1);
    }
    let all = lower(text);
    let has = |word: &str| title.contains(word) || folder.contains(word) || all.contains(word);
    let named = |word: &str| title.contains(word) || folder.contains(word);
    if asked.split_whitespace().all(named) {
        return Some(2);
    }
    asked.split_whitespace().all(has).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_opens_by_a_slash_that_begins_a_word() {
        let check = |before: &str, expect: Option<&str>| assert_eq!(asked(before), expect, "{before}");
        check("/", Some(""));
        check("/gru", Some("gru"));
        check("Hallo /gruß aus", Some("gruß aus"));
        check("Hallo\n/", Some(""));
        check("und/oder", None);
        check("https://", None);
        check("/a/b", None);
        check("/ ", None);
        check("/gruß\n", None);
        check("Hallo", None);
        check("", None);
    }

    #[test]
    fn titles_come_before_folders_and_texts() {
        let check = |asked: &str, expect| {
            assert_eq!(
                rank(asked, "Begrüßung am Abend", "Anfang", "Guten Abend, ich bin da."),
                expect,
                "{asked}"
            );
        };
        check("", Some(0));
        check("begrü", Some(0));
        check("ABEND", Some(1));
        check("anfang abend", Some(2));
        check("bin da", Some(3));
        check("begrüßung bin", Some(3));
        check("Ende", None);
    }

    #[test]
    fn what_is_not_known_stays_marked() {
        let value = |placeholder| match placeholder {
            Placeholder::Pseudonym => Some("Blaue ⟦Wolke⟧".to_owned()),
            Placeholder::OwnName => Some(" ".to_owned()),
            _ => None,
        };
        let name = |placeholder: Placeholder| format!("{placeholder:?}");
        let filled = fill("Hallo {{pseudonym}}, bis {{answer-by}}. ⟦ {{own-name}}", value, name);
        assert_eq!(filled, "Hallo Blaue Wolke, bis ⟦AnswerBy⟧.  ⟦OwnName⟧");
        assert_eq!(unfilled(&filled), Some(23..33));
        assert_eq!(unfilled("🦊⟦x⟧"), Some(2..5));
        for done in ["", "⟧⟦", "Hallo"] {
            assert_eq!(unfilled(done), None);
        }
        assert_eq!(preview("Hallo\n {{pseudonym}}", name), "Hallo ‹Pseudonym›");
    }
}
