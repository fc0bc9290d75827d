//! Search over the talks that this person may read.
//!
//! All of them are open in this worker's memory anyway: each log-in fetches and verifies them whole. So the index is
//! made from there at the first search, grows with the talks, goes with each of them and with the session, and is kept
//! nowhere: what is not stored needs no key, no deletion and no trust. Nothing of it, and no word that is looked for,
//! leaves the worker but as the answer to its own page.

use super::{Client, conversation::Talk, transport::Transport};
use beistand_protocol::{
    limit,
    worker::{Author, Failure, HitView, MessageBody, MessageView, Reply},
};
use icu_casemap::CaseMapper;
use icu_normalizer::DecomposingNormalizer;
use icu_properties::{
    CodePointMapData,
    props::{GeneralCategory, GeneralCategoryGroup},
};
use std::cmp::Reverse;

/// Lines of one answer.
const HITS_MAX: usize = 50;
/// Words that are looked for; more are left out.
const WORDS_MAX: usize = 8;
/// Characters shown before and after what was found.
const AROUND_CHARS: usize = 60;
/// Bytes of folded texts kept from one search to the next, all talks together; what is beyond is folded each time.
const FOLDED_BYTES_MAX: usize = 24 * 1024 * 1024;

/// The texts of a talk as they are compared.
#[derive(Default)]
pub(super) struct Folded {
    /// Place and text, in order.
    lines: Vec<(u64, String)>,
    bytes: usize,
}

impl Folded {
    /// Takes in what has come since the last search.
    fn grow(&mut self, talk: &std::collections::BTreeMap<(u64, super::conversation::Order), MessageView>) {
        let from = self.lines.last().map_or(0, |(position, _)| position + 1);
        for line in talk.range((from, super::conversation::Order::Before)..).map(|(_, line)| line) {
            if let MessageBody::Text(text) = &line.body {
                let folded = fold(text);
                self.bytes += folded.len();
                self.lines.push((line.position, folded));
            }
        }
    }
}

/// Without case, accents and spelling variants of one character: "Büro" is found by "buro" and by "BÜRO".
pub(super) fn fold(text: &str) -> String {
    let category = CodePointMapData::<GeneralCategory>::new();
    let mut plain = DecomposingNormalizer::new_nfkd().normalize(text).into_owned();
    plain.retain(|c| !GeneralCategoryGroup::Mark.contains(category.get(c)));
    CaseMapper::new().fold_string(&plain).into_owned()
}

/// The words that are looked for.
fn words_of(typed: &str) -> Vec<String> {
    fold(typed).split_whitespace().take(WORDS_MAX).map(str::to_owned).collect()
}

fn holds(folded: &str, words: &[String]) -> bool {
    words.iter().all(|word| folded.contains(word.as_str()))
}

/// Where the first of the words stands: what is before it, itself, what follows, shortened.
fn around(text: &str, words: &[String]) -> [String; 3] {
    // Folding changes lengths: the place is looked for character by character of the text itself.
    let ends: Vec<usize> = text.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
    let starts = text.char_indices().map(|(at, _)| at);
    let found = starts.enumerate().find_map(|(index, start)| {
        words.iter().find_map(|word| {
            // The shortest piece from here that folds to the word.
            let mut folded = String::new();
            for (length, end) in ends[index..].iter().enumerate() {
                folded.clear();
                folded.push_str(&fold(&text[start..*end]));
                if folded == *word {
                    return Some((start, *end));
                }
                if folded.len() > word.len() || length > 2 * word.len() {
                    return None;
                }
            }
            None
        })
    });
    let (start, end) = found.unwrap_or((0, 0));
    let before: String = text[..start].chars().rev().take(AROUND_CHARS).collect();
    let cut = before.len() < start;
    let before: String = before.chars().rev().collect();
    let before = if cut { format!("…{before}") } else { before };
    let rest = &text[end..];
    let after: String = rest.chars().take(AROUND_CHARS).collect();
    let after = if after.len() < rest.len() { format!("{after}…") } else { after };
    [before, text[start..end].to_owned(), after]
}

/// What a talk has of the words.
fn hits_in(talk: &Talk, folded: &Folded, words: &[String]) -> Vec<HitView> {
    let mut hits = Vec::new();
    if holds(&fold(&talk.seeker_name), words) {
        hits.push(HitView {
            conversation: talk.summary.id,
            message: None,
            time_s: talk.summary.last_s,
            own: false,
            around: around(&talk.seeker_name, words),
        });
    }
    for (position, _) in folded.lines.iter().filter(|(_, folded)| holds(folded, words)) {
        let Some(line) = talk.lines.get(&(*position, super::conversation::Order::Itself)) else { continue };
        let MessageBody::Text(text) = &line.body else { continue };
        hits.push(HitView {
            conversation: talk.summary.id,
            message: Some(line.id),
            time_s: line.time_s,
            own: line.author == Author::Own,
            around: around(text, words),
        });
    }
    hits
}

impl<T: Transport> Client<T> {
    /// Looks for words.
    pub(super) fn search(&mut self, typed: &str) -> Result<Reply, Failure> {
        if typed.len() > limit::SEARCH_BYTES_MAX {
            return Err(Failure::TextInvalid);
        }
        let session = self.session_mut()?;
        session.person()?;
        let words = words_of(typed);
        if words.is_empty() {
            return Ok(Reply::Found { hits: Vec::new(), more: false });
        }
        let mut bytes = 0;
        let mut hits = Vec::new();
        for talk in session.talks.values_mut().filter(|talk| talk.about().is_none() && talk.room().is_none())
        {
            let mut folded = core::mem::take(&mut talk.folded);
            folded.grow(&talk.lines);
            hits.extend(hits_in(talk, &folded, &words));
            bytes += folded.bytes;
            if bytes <= FOLDED_BYTES_MAX {
                talk.folded = folded;
            }
        }
        hits.sort_by_key(|hit| Reverse(hit.time_s));
        let more = hits.len() > HITS_MAX;
        hits.truncate(HITS_MAX);
        Ok(Reply::Found { hits, more })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, typed: &str, expect: Option<&str>) {
        let words = words_of(typed);
        let found = holds(&fold(text), &words).then(|| {
            let [before, found, after] = around(text, &words);
            format!("{before}[{found}]{after}")
        });
        assert_eq!(found.as_deref(), expect, "{typed} in {text}");
    }

    #[test]
    fn case_accents_and_order_of_words_do_not_matter() {
        check("Im Büro ist es laut", "büro", Some("Im [Büro] ist es laut"));
        check("Im Bu\u{308}ro ist es laut", "BÜRO", Some("Im [Bu\u{308}ro] ist es laut"));
        check("Im Büro ist es laut", "laut buro", Some("Im [Büro] ist es laut"));
        check("Im Büro ist es laut", "leise büro", None);
        check("Auf der Straße", "strasse", Some("Auf der [Straße]"));
        check("Auf der STRASSE", "straße", Some("Auf der [STRASSE]"));
        check("Schulangst", "angst", Some("Schul[angst]"));
        check("ﬁnden", "finden", Some("[ﬁnden]"));
        check("Ничего", "ничего", Some("[Ничего]"));
    }

    #[test]
    fn what_stands_around_is_shortened() {
        let text = format!("{} Nadel {}", "a".repeat(100), "b".repeat(100));
        let words = words_of("nadel");
        let [before, found, after] = around(&text, &words);
        assert_eq!((before.chars().count(), &*found, after.chars().count()), (61, "Nadel", 61));
        assert!(before.starts_with('…') && after.ends_with('…'));
    }

    #[test]
    fn few_words_are_looked_for() {
        assert_eq!(words_of(" a  b\tc ").len(), 3);
        assert_eq!(words_of(&"wort ".repeat(100)).len(), WORDS_MAX);
    }
}
