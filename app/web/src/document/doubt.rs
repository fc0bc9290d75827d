//! What may be somebody's name, number or address in a text, for a person to look at: nothing here is sure, and nothing is
//! changed by it.

use super::names::tokens;
use std::ops::Range;

/// Digits that make a number worth looking at: telephone, account, date of birth.
const DIGITS_MIN: usize = 6;

/// Words, as they are folded, after which a name may follow.
const CUES: &[&str] = &[
    "aunt",
    "boyfriend",
    "brother",
    "bruder",
    "called",
    "cousin",
    "cousine",
    "dear",
    "dr",
    "freund",
    "freundin",
    "frau",
    "genannt",
    "girlfriend",
    "gruesse",
    "gruss",
    "hallo",
    "heisse",
    "heissen",
    "heisst",
    "hello",
    "herr",
    "herrn",
    "hey",
    "hi",
    "kumpel",
    "lehrer",
    "lehrerin",
    "lg",
    "liebe",
    "lieber",
    "miss",
    "mitschueler",
    "mitschuelerin",
    "mr",
    "mrs",
    "ms",
    "named",
    "oma",
    "onkel",
    "opa",
    "prof",
    "schwester",
    "sister",
    "sohn",
    "tante",
    "teacher",
    "tochter",
    "trainer",
    "uncle",
    "vg",
];
/// The same of two words.
const CUES_OF_TWO: &[[&str; 2]] =
    &[["ich", "bin"], ["i", "am"], ["hier", "ist"], ["name", "ist"], ["name", "is"], ["this", "is"]];
/// Words with a capital that follow these and are no names.
const NO_NAMES: &[&str] =
    &["an", "du", "gott", "grüße", "i", "ich", "ihr", "ihnen", "leute", "sie", "team", "there", "zusammen"];

/// The places to look at, in order, beside what is taken, which is in order as well.
#[must_use]
pub fn doubtful(text: &str, taken: &[Range<usize>]) -> Vec<Range<usize>> {
    let mut found = addresses(text);
    found.extend(numbers(text));
    found.extend(named(text));
    found.sort_by_key(|range| (range.start, core::cmp::Reverse(range.end)));
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in found {
        if out.last().is_some_and(|last| range.start < last.end) {
            continue;
        }
        // What is left of it beside what is taken.
        let mut start = range.start;
        for other in taken.iter().filter(|other| other.start < range.end && range.start < other.end) {
            out.push(start..other.start.max(start));
            start = other.end;
        }
        out.push(start..range.end.max(start));
    }
    out.retain(|range| text[range.clone()].chars().any(char::is_alphanumeric));
    out
}

/// Addresses of mail and pages, and handles.
fn addresses(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    for run in text.split(char::is_whitespace) {
        let start = at;
        at += run.len();
        at += text[at..].chars().next().map_or(0, char::len_utf8);
        let is_edge = |c: char| !c.is_alphanumeric() && !matches!(c, '@' | '/' | '#' | '_');
        let lead = run.len() - run.trim_start_matches(is_edge).len();
        let word = run.trim_matches(is_edge);
        let lower = word.to_ascii_lowercase();
        let has = |c: char| word.chars().any(char::is_alphanumeric) && word.contains(c);
        if has('@') || lower.contains("://") || lower.starts_with("www.") {
            found.push(start + lead..start + lead + word.len());
        }
    }
    found
}

/// Long numbers, however they are grouped.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut begun: Option<(Range<usize>, usize)> = None;
    let mut close = |begun: &mut Option<(Range<usize>, usize)>| {
        if let Some((range, digits)) = begun.take()
            && digits >= DIGITS_MIN
        {
            found.push(range);
        }
    };
    let mut between = 0;
    for (at, c) in text.char_indices() {
        if c.is_ascii_digit() {
            between = 0;
            let (range, digits) = begun.get_or_insert((at..at, 0));
            range.end = at + 1;
            *digits += 1;
        } else if matches!(c, ' ' | '-' | '/' | '.' | '(' | ')' | '\u{a0}') && between < 3 {
            between += 1;
        } else {
            close(&mut begun);
        }
    }
    close(&mut begun);
    found
}

/// Words with a capital after others that mostly go before a name.
fn named(text: &str) -> Vec<Range<usize>> {
    let tokens = tokens(text);
    let is_gap =
        |gap: &str| gap.chars().count() <= 3 && gap.chars().all(|c| c.is_whitespace() || ".:,–-".contains(c));
    let words: Vec<_> = tokens.iter().filter(|token| token.is_word).collect();
    let mut found = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let Some(before) = index.checked_sub(1).map(|before| words[before]) else { continue };
        let two = index.checked_sub(2).map(|first| [&*words[first].folded, &*before.folded]);
        let cued = CUES.contains(&&*before.folded) || two.is_some_and(|two| CUES_OF_TWO.contains(&two));
        let capital = |at: &Range<usize>| text[at.clone()].chars().next().is_some_and(char::is_uppercase);
        let lower = text[word.at.clone()].to_lowercase();
        let is_name = capital(&word.at) && lower.chars().count() > 1 && !NO_NAMES.contains(&&*lower);
        if !cued || !is_name || !is_gap(&text[before.at.end..word.at.start]) || CUES.contains(&&*word.folded)
        {
            continue;
        }
        // A second name belongs to the first.
        let next = words.get(index + 1);
        let second = next.filter(|next| capital(&next.at) && text[word.at.end..next.at.start] == *" ");
        let title =
            ["frau", "herr", "herrn", "mr", "mrs", "ms", "miss", "dr", "prof"].contains(&&*before.folded);
        found.push(word.at.start..second.filter(|_| title).map_or(word.at.end, |next| next.at.end));
    }
    found
}
