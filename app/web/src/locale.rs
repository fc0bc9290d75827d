//! The languages of the pages and how one is chosen: by the address (`?lang=`), else by what the
//! browser asks for. Nothing is remembered: there are no cookies.

/// A language that all pages are complete in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    /// German, in „Sie“. What is shown when nothing else fits.
    #[default]
    De,
    /// English.
    En,
}

/// Plural categories of the Unicode plural rules (CLDR), as far as our languages have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plural {
    /// "one day".
    One,
    /// Everything else.
    Other,
}

impl Locale {
    /// Every language, in the order in which a page offers them.
    pub const ALL: [Self; 2] = [Self::De, Self::En];

    /// The BCP 47 tag: value of `lang` attributes and of `?lang=`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::De => "de",
            Self::En => "en",
        }
    }

    /// The language of a BCP 47 tag, whatever its region; `None` for one we don't have.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|locale| primary.eq_ignore_ascii_case(locale.tag()))
    }

    /// Chooses for one request.
    ///
    /// `query` is the value of `?lang=`, `accept_language` the header (RFC 9110 §12.5.4); both
    /// come from outside and may be anything.
    #[must_use]
    pub fn choose(query: Option<&str>, accept_language: Option<&str>) -> Self {
        if let Some(locale) = query.and_then(Self::from_tag) {
            return locale;
        }
        let mut best = (0, Self::default());
        // A header names a handful of languages; more than that is not a browser's.
        for range in accept_language.unwrap_or_default().split(',').take(16) {
            let mut parts = range.split(';');
            let Some(locale) = parts.next().and_then(Self::from_tag) else { continue };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(1000, thousandths);
            if weight > best.0 {
                best = (weight, locale);
            }
        }
        best.1
    }

    /// The language's other choice, for a switch.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::De => Self::En,
            Self::En => Self::De,
        }
    }

    /// The plural category of a whole number.
    #[must_use]
    pub const fn plural(self, number: u64) -> Plural {
        match (self, number) {
            (Self::De | Self::En, 1) => Plural::One,
            _ => Plural::Other,
        }
    }
}

/// A weight (RFC 9110 §12.4.2) in thousandths; 0 for what is none. Without floating point: to read that takes
/// tables of ten thousand bytes that can't be compressed, in what a browser loads for the seekers' pages.
fn thousandths(weight: &str) -> u32 {
    let (whole, digits) = weight.split_once('.').unwrap_or((weight, ""));
    if digits.len() > 3 || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return 0;
    }
    match whole {
        "1" => 1000,
        "0" => {
            digits.bytes().chain([b'0'; 3]).take(3).fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0'))
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    fn check(query: Option<&str>, header: Option<&str>, expect: Locale) {
        assert_eq!(Locale::choose(query, header), expect, "{query:?} {header:?}");
    }

    #[test]
    fn choice() {
        check(None, None, Locale::De);
        check(Some("en"), Some("de"), Locale::En);
        check(Some("xx"), Some("en-GB,de;q=0.5"), Locale::En);
        check(None, Some("fr, en;q=0.2, de;q=0.8"), Locale::De);
        check(None, Some("fr, EN-us;q=0.8, de;q=0.2"), Locale::En);
        check(None, Some("en;q=0"), Locale::De);
        check(None, Some("en;q=bad, de"), Locale::De);
        check(None, Some("en;q=0.25, de;q=0.3"), Locale::De);
        check(None, Some("de;q=0.999, en;q=1.000"), Locale::En);
        check(None, Some("en;q=2, de;q=0.001"), Locale::De);
        check(None, Some("en;q=0.+5, de;q=0.1"), Locale::De);
        check(None, Some(";;;,,,q=1"), Locale::De);
        check(Some(""), Some(""), Locale::De);
    }

    #[test]
    fn plurals() {
        assert!(text::start_stay_answer(Locale::De, 1).contains("einen Tag"));
        assert!(text::start_stay_answer(Locale::De, 30).contains("30 Tage"));
        assert!(text::start_stay_answer(Locale::En, 1).contains("one day"));
        assert!(text::start_stay_answer(Locale::En, 0).contains("0 days"));
    }

    #[test]
    fn arguments_stay_text() {
        assert!(text::start_who_answer(Locale::En, "A { $b }").contains("“A { $b }”"));
    }
}
