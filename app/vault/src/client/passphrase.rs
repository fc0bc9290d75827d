//! Passwords: random words to offer, and the gate that refuses weak ones.
//!
//! The word lists were put together for this project: short, common, harmless words in lower
//! case letters without umlauts, so that they can be typed on any keyboard.

use super::transport::Transport;
use crate::random::{Random, draw};
use zeroize::Zeroizing;

/// German words, one a line.
#[cfg(not(target_arch = "wasm32"))]
const GERMAN: &str = include_str!("words/de.txt");
/// English words, one a line.
#[cfg(not(target_arch = "wasm32"))]
const ENGLISH: &str = include_str!("words/en.txt");
/// Words that a list has at least: fewer would make passphrases that can be guessed.
const LIST_WORDS_MIN: usize = 1296;

/// Decimal exponent of the guesses a seeker's password must withstand.
pub const SEEKER_GUESSES_LOG10: f64 = 8.0;
/// The same for staff passphrases: they open other people's talks. Six words have 62 bits, which
/// zxcvbn, knowing no such lists, counts as more.
pub const STAFF_GUESSES_LOG10: f64 = 12.0;
/// Words that a suggestion may have.
const WORDS: core::ops::RangeInclusive<u8> = 3..=12;

/// Words that everybody tries first where German is spoken; zxcvbn's lists are English.
const COMMON: &[&str] = &[
    "passwort",
    "hallo",
    "schatz",
    "geheim",
    "berlin",
    "hamburg",
    "schalke",
    "bayern",
    "dortmund",
    "sommer",
    "winter",
    "familie",
    "liebe",
    "hallo123",
    "passwort1",
    "qwertz",
    "beistand",
    "beratung",
    "hilfe",
    "schule",
    "mausi",
    "engel",
    "teufel",
    "frieden",
    "freiheit",
    "deutschland",
    "sonnenschein",
    "ichliebedich",
];

/// Words that were suggested: thrown by dice, as hard to guess as there are lists of them.
pub struct Suggestion {
    text: Zeroizing<String>,
    words: u8,
}

/// Decimal logarithm of the words in the shortest list: 1296 are 6⁴.
const LIST_WORDS_LOG10: f64 = 3.11;

/// How good a password is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating {
    /// 0 (very weak) to 4 (very strong).
    pub score: u8,
    /// Whether it passes the gate.
    pub accepted: bool,
}

/// Rates a password as typed. `None` when the judge can't be asked. What was `suggested` last needs none: whoever takes it
/// does not load the lists of common passwords, by far the largest file of all.
pub async fn rate<T: Transport>(
    transport: &T,
    suggested: Option<&Suggestion>,
    password: &str,
    name: &str,
    staff: bool,
) -> Option<Rating> {
    if password.is_empty() {
        return Some(Rating { score: 0, accepted: false });
    }
    if let Some(suggestion) = suggested.filter(|suggestion| *suggestion.text == password) {
        return Some(rating(f64::from(suggestion.words) * LIST_WORDS_LOG10, staff));
    }
    let mut known: Vec<&str> = COMMON.to_vec();
    known.extend(name.split_whitespace());
    known.push(name);
    known.retain(|word| !word.is_empty());
    // zxcvbn takes ever longer with length; a hundred characters decide.
    let head: String = password.chars().take(100).collect();
    Some(rating(transport.guesses_log10(&head, &known).await?, staff))
}

/// What a number of guesses (its decimal exponent) is worth.
fn rating(guesses: f64, staff: bool) -> Rating {
    let needed = if staff { STAFF_GUESSES_LOG10 } else { SEEKER_GUESSES_LOG10 };
    let score = match guesses / needed {
        share if share < 0.5 => 0,
        share if share < 0.75 => 1,
        share if share < 1.0 => 2,
        share if share < 1.3 => 3,
        _ => 4,
    };
    Rating { score, accepted: guesses >= needed }
}

/// The list of a language. Languages without one of their own get English.
///
/// Browsers load the file instead, when somebody is to be offered words: it is a client file like the worker itself,
/// and the boot script knows its digest.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn words(language: &str) -> &'static str {
    if language == "de" { GERMAN } else { ENGLISH }
}

/// Random words of a list, separated by spaces; `None` for a number of words out of range, and for a list that is
/// too short.
pub fn suggest(words: u8, list: &str, random: &mut dyn Random) -> Option<Suggestion> {
    let list: Vec<&str> = list.lines().collect();
    if !WORDS.contains(&words) || list.len() < LIST_WORDS_MIN {
        return None;
    }
    let chosen: Vec<&str> = (0..words).map(|_| list[below(list.len(), random)]).collect();
    Some(Suggestion { text: Zeroizing::new(chosen.join(" ")), words })
}

impl Suggestion {
    /// The words.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A uniform number below `end`, which is at most 65,536.
fn below(end: usize, random: &mut dyn Random) -> usize {
    let whole = (1 << 16) / end * end;
    loop {
        let number = usize::from(u16::from_le_bytes(draw(random)));
        if number < whole {
            return number % end;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::transport::{Channel, Method, Response, Unreachable};
    use super::*;
    use crate::random::DangerousSeeded;
    use std::collections::BTreeSet;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    #[test]
    fn lists_are_long_plain_and_without_doubles() {
        for (list, name) in [(GERMAN, "de"), (ENGLISH, "en")] {
            let words: BTreeSet<&str> = list.lines().collect();
            assert_eq!(words.len(), list.lines().count(), "{name}");
            assert!(words.len() >= LIST_WORDS_MIN, "{name}");
            for word in words {
                assert!(
                    (3..=9).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_lowercase()),
                    "{word}"
                );
            }
        }
    }

    #[test]
    fn suggestions_have_the_words_wanted() {
        let mut random = DangerousSeeded::new(b"words");
        let mut suggested = |words, list| suggest(words, list, &mut random).map(|one| one.text().to_owned());
        let first = suggested(4, GERMAN).unwrap();
        assert_eq!(first.split(' ').count(), 4);
        assert!(first.split(' ').all(|word| GERMAN.lines().any(|line| line == word)));
        assert_ne!(suggested(4, GERMAN).unwrap(), first);
        assert_eq!(words("fr"), ENGLISH);
        assert_eq!(suggested(6, words("en")).unwrap().split(' ').count(), 6);
        for words in [0, 2, 13, 255] {
            assert_eq!(suggested(words, GERMAN), None);
        }
        assert_eq!(suggested(4, &GERMAN[..1000]), None);
    }

    /// Reaches nobody, not the judge either.
    struct Alone;

    impl Transport for Alone {
        async fn request(
            &self,
            _: Method,
            _: &str,
            _: Option<&[u8; 32]>,
            _: Vec<u8>,
        ) -> Result<Response, Unreachable> {
            Err(Unreachable)
        }
        fn open_live(&self) {}
        fn close_live(&self) {}
        fn send_live(&self, _: Channel, _: Vec<u8>) {}
        fn now_ms(&self) -> u64 {
            0
        }
        async fn words(&self, _: &str) -> Option<String> {
            None
        }
        async fn guesses_log10(&self, _: &str, _: &[&str]) -> Option<f64> {
            None
        }
    }

    #[test]
    fn what_was_suggested_needs_no_judge() {
        let suggestion = |words| suggest(words, GERMAN, &mut DangerousSeeded::new(b"words")).unwrap();
        let rated = |suggested: Option<&Suggestion>, password: &str, staff| {
            let mut rating = pin!(rate(&Alone, suggested, password, "name", staff));
            match rating.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(rating) => rating,
                Poll::Pending => panic!("nothing is waited for"),
            }
        };
        for (words, staff, score) in [(4, false, 4), (6, true, 4), (3, false, 3), (3, true, 2)] {
            let words = suggestion(words);
            let expect = Rating { score, accepted: score > 2 };
            assert_eq!(rated(Some(&words), words.text(), staff), Some(expect), "{score} {staff}");
            assert_eq!(rated(Some(&words), &format!("{} ", words.text()), staff), None);
            assert_eq!(rated(None, words.text(), staff), None);
        }
    }

    #[test]
    fn numbers_are_spread_evenly() {
        let mut random = DangerousSeeded::new(b"even");
        let mut seen = [0u32; 7];
        for _ in 0..7000 {
            seen[below(7, &mut random)] += 1;
        }
        assert!(seen.iter().all(|count| (850..1150).contains(count)), "{seen:?}");
    }
}
