//! Names in texts, and what stands in their places when nobody is to be recognised.
//!
//! A name is found as whole words, whatever its case, with other signs between its words ("Waldkauz-31", "waldkauz 31",
//! "Waldkauz31"), umlauts written out, and with the "s" of a genitive. What is found is a place in the text as it was written:
//! everything else stays as it is, to the letter.

use super::doubt;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Characters that may stand between the words of a name.
const GAP_CHARS: usize = 3;
/// Shortest word that takes the "s" of a genitive: below it is mostly another word.
const GENITIVE_CHARS: usize = 3;

/// Words that begin or join names and are none.
const NO_NAMES: &[&str] = &[
    "am", "an", "and", "auf", "aus", "bin", "das", "dein", "deine", "dem", "den", "der", "des", "die", "du",
    "ein", "eine", "einer", "er", "es", "for", "from", "für", "hallo", "hello", "herr", "hier", "i", "ich",
    "ihr", "im", "in", "is", "ist", "la", "le", "little", "mein", "meine", "mich", "mir", "mit", "mr", "mrs",
    "my", "nicht", "no", "not", "of", "on", "ohne", "sie", "so", "the", "to", "und", "user", "van", "vom",
    "von", "was", "we", "wir", "with", "you", "zu", "zum", "zur",
];

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it was written.
    Kept(String),
    /// As it was written, and maybe somebody's name, number or address: to be looked at.
    Doubtful(String),
    /// What stands in the place of a name.
    Put(String),
}

impl Piece {
    /// Its words.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Kept(text) | Self::Doubtful(text) | Self::Put(text) => text,
        }
    }
}

/// One name.
#[derive(Clone, Debug)]
struct Name {
    /// As it is written by who has it.
    shown: String,
    words: Vec<String>,
    gap_chars: usize,
    labels: Vec<String>,
}

/// Names that are not to be read.
#[derive(Clone, Debug, Default)]
pub struct Names {
    names: Vec<Name>,
    /// By their first words, those of most words first.
    first: BTreeMap<String, Vec<usize>>,
}

impl Names {
    /// From now on a label stands in the place of a name. One that several have gets all their labels.
    pub fn replace(&mut self, name: &str, label: &str) {
        let tokens = tokens(name);
        let words: Vec<String> = tokens.iter().map(|token| token.folded.clone()).collect();
        let Some(begin) = words.first().cloned() else { return };
        let label = label.to_owned();
        if let Some(known) = self.names.iter_mut().find(|known| known.words == words) {
            if !known.labels.contains(&label) {
                known.labels.push(label);
            }
            return;
        }
        let gaps = tokens.windows(2).map(|two| name[two[0].at.end..two[1].at.start].chars().count());
        let gap_chars = gaps.max().unwrap_or_default().max(GAP_CHARS);
        let shown = name.trim().to_owned();
        self.names.push(Name { shown, words, gap_chars, labels: vec![label] });
        let names = &self.names;
        let begun = self.first.entry(begin).or_default();
        begun.push(names.len() - 1);
        begun.sort_by_key(|at| core::cmp::Reverse(names[*at].words.len()));
    }

    /// Where names stand in a text, in order, and which.
    fn found(&self, text: &str) -> Vec<(Range<usize>, &Name)> {
        let tokens = tokens(text);
        let mut found = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            match self.found_at(text, &tokens, at) {
                Some((range, name)) => {
                    at += tokens[at..].iter().take_while(|token| token.at.start < range.end).count();
                    found.push((range, name));
                }
                None => at += 1,
            }
        }
        found
    }

    /// The places of names in a text, in order.
    #[cfg(test)]
    pub(super) fn places(&self, text: &str) -> Vec<Range<usize>> {
        self.found(text).into_iter().map(|(range, _)| range).collect()
    }

    fn found_at(&self, text: &str, tokens: &[Token], at: usize) -> Option<(Range<usize>, &Name)> {
        let begin = &tokens[at];
        let named = |word: &str| self.first.get(word).into_iter().flatten();
        let genitive = genitive(&begin.folded);
        let mut fits: Vec<&Name> = named(&begin.folded)
            .chain(genitive.into_iter().flat_map(named))
            .map(|at| &self.names[*at])
            .collect();
        fits.sort_by_key(|name| core::cmp::Reverse(name.words.len()));
        fits.into_iter().find_map(|name| {
            let here = tokens.get(at..at + name.words.len())?;
            let together = here.windows(2).all(|two| {
                let gap = two[0].at.end..two[1].at.start;
                // Nothing but signs stands there: everything else is a token.
                text[gap].chars().count() <= name.gap_chars
            });
            let (last, before) = here.split_last()?;
            let (wanted, wanted_before) = name.words.split_last()?;
            let same = before.iter().map(|token| &token.folded).eq(wanted_before);
            let mut end = last.at.end;
            if last.folded != *wanted {
                // The "s" stays.
                let of = self::genitive(&last.folded).filter(|word| word == wanted && last.is_word);
                of?;
                end = last.at.end - last_char(&text[last.at.clone()]).len_utf8();
            }
            let range = begin.at.start..end;
            (together && same && stands_alone(text, begin.at.start..last.at.end)).then_some((range, name))
        })
    }

    /// A text with what stands in the places of names, and what to look at in the rest.
    #[must_use]
    pub fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let found = self.found(text);
        let taken: Vec<Range<usize>> = found.iter().map(|(range, _)| range.clone()).collect();
        let doubtful = doubt::doubtful(text, &taken);
        let mut marks: Vec<(Range<usize>, Piece)> = found
            .into_iter()
            .map(|(range, name)| (range, Piece::Put(format!("[{}]", name.labels.join(" / ")))))
            .chain(doubtful.into_iter().map(|range| {
                let words = text[range.clone()].to_owned();
                (range, Piece::Doubtful(words))
            }))
            .collect();
        marks.sort_by_key(|(range, _)| range.start);
        let mut at = 0;
        for (range, piece) in marks {
            if at < range.start {
                pieces.push(Piece::Kept(text[at..range.start].to_owned()));
            }
            pieces.push(piece);
            at = range.end;
        }
        if at < text.len() {
            pieces.push(Piece::Kept(text[at..].to_owned()));
        }
        pieces
    }

    /// The same as text.
    #[must_use]
    pub fn plain(&self, text: &str) -> String {
        super::said(&self.pieces(text))
    }

    /// Adds to a count which names stand in a text, as those write them who have them.
    pub fn count(&self, text: &str, counts: &mut BTreeMap<String, usize>) {
        for (_, name) in self.found(text) {
            *counts.entry(name.shown.clone()).or_default() += 1;
        }
    }
}

/// Whether a name stands in a text.
#[must_use]
pub fn mentions(text: &str, name: &str) -> bool {
    let mut names = Names::default();
    names.replace(name, "");
    !names.found(text).is_empty()
}

/// The words of a name by which somebody is called: "Mondkatze" of "Mondkatze-417", "Ina" and "Berg" of "Ina Berg".
/// None, if the name is one word.
#[must_use]
pub fn parts(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    let all = tokens(name);
    for token in all.iter().filter(|token| token.is_word && all.len() > 1) {
        let word = &name[token.at.clone()];
        let known = parts.iter().any(|known| folded(known) == token.folded);
        if word.chars().count() > 1 && !NO_NAMES.contains(&&*word.to_lowercase()) && !known {
            parts.push(word.to_owned());
        }
    }
    parts
}

/// What two spellings of one word have in common.
#[must_use]
pub fn folded(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => out.push_str("ae"),
            'ö' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            '’' | '‘' | '´' | '`' => out.push('\''),
            c => out.push(c),
        }
    }
    out
}

/// A word, a number, or a sign that is neither and separates nothing.
#[derive(Debug)]
pub(super) struct Token {
    pub at: Range<usize>,
    pub folded: String,
    /// Of letters.
    pub is_word: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Digits,
    /// Written without spaces: each character stands for itself.
    Single,
    /// Stands between words.
    Gap,
}

fn kind(c: char) -> Kind {
    match c {
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Single,
        c if c.is_numeric() => Kind::Digits,
        c if c.is_alphanumeric() || is_mark(c) => Kind::Letters,
        '-'
        | '_'
        | '.'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2060}'
        | '\u{fe0f}' => Kind::Gap,
        c if c.is_whitespace() => Kind::Gap,
        _ => Kind::Single,
    }
}

/// Marks that belong to the letter before them.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{670}')
}

/// The words of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut run: Option<(usize, Kind)> = None;
    let mut end_run = |run: Option<(usize, Kind)>, end: usize| {
        if let Some((start, kind)) = run {
            let at = start..end;
            tokens.push(Token { folded: folded(&text[at.clone()]), is_word: kind == Kind::Letters, at });
        }
    };
    for (at, c) in text.char_indices() {
        let kind = kind(c);
        if run.is_some_and(|(_, of)| of != kind || kind == Kind::Single) {
            end_run(run.take(), at);
        }
        if run.is_none() && kind != Kind::Gap {
            run = Some((at, kind));
        }
    }
    end_run(run, text.len());
    tokens
}

/// A word without the "s" at its end.
fn genitive(word: &str) -> Option<&str> {
    word.strip_suffix('s').filter(|word| word.chars().count() >= GENITIVE_CHARS)
}

fn last_char(text: &str) -> char {
    text.chars().next_back().unwrap_or_default()
}

/// Whether what stands there is not the part of a longer word.
fn stands_alone(text: &str, at: Range<usize>) -> bool {
    let glued = |a: Option<char>, b: Option<char>| {
        let glues = |c: Option<char>| c.is_some_and(|c| matches!(kind(c), Kind::Letters | Kind::Digits));
        glues(a) && glues(b)
    };
    let (before, here, after) = (&text[..at.start], &text[at.clone()], &text[at.end..]);
    !glued(before.chars().next_back(), here.chars().next())
        && !glued(here.chars().next_back(), after.chars().next())
}

/// The different words of a list, in its order.
#[must_use]
pub fn distinct(words: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    words.into_iter().filter(|word| seen.insert(folded(word))).collect()
}
