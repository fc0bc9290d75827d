//! Emergency numbers: what a page shows when somebody is in danger, and on every hard stop.
//!
//! The site's own numbers are signed text (the caller has checked them); until they are known,
//! [`defaults`] are shown.

use crate::locale::Locale;
use crate::text;
use leptos::prelude::*;

/// One number to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmergencyNumber {
    /// As people write it, with spaces: "116 117".
    pub number: String,
    /// Who answers.
    pub label: String,
}

impl EmergencyNumber {
    /// The address that dials, with what is not part of a number left out.
    #[must_use]
    pub fn address(&self) -> String {
        let digits: String =
            self.number.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#')).collect();
        format!("tel:{digits}")
    }
}

/// The numbers shown before a site has named its own: emergency services, the doctors on call,
/// the telephone helpline (all free of charge in Germany, day and night).
#[must_use]
pub fn defaults(locale: Locale) -> Vec<EmergencyNumber> {
    [
        ("112", text::emergency_default_112(locale)),
        ("116 117", text::emergency_default_116117(locale)),
        ("0800 111 0 111", text::emergency_default_telefonseelsorge(locale)),
    ]
    .map(|(number, label)| EmergencyNumber { number: number.to_owned(), label: label.to_owned() })
    .into()
}

/// The box with the numbers; `id` names its heading.
pub fn emergency_box(locale: Locale, id: &'static str, numbers: Vec<EmergencyNumber>) -> AnyView {
    let numbers = numbers
        .into_iter()
        .map(|number| {
            let address = number.address();
            view! { <li><a href=address>{number.number} <span>{number.label}</span></a></li> }
        })
        .collect_view();
    view! {
        <section class="emergency" aria-labelledby=id>
            <h2 id=id class="title-l">{text::emergency_title(locale)}</h2>
            <p>{text::emergency_lead(locale)}</p>
            <ul>{numbers}</ul>
        </section>
    }
    .into_any()
}

/// Numbers and who answers as lines to edit: `112; Notruf`.
#[must_use]
pub fn to_lines(numbers: &[(String, String)]) -> String {
    numbers.iter().map(|(number, label)| format!("{number}; {label}")).collect::<Vec<_>>().join("\n")
}

/// Reads [`to_lines`] back as edited.
///
/// # Errors
/// The number of the first line that is not a telephone number and a label.
pub fn from_lines(lines: &str) -> Result<Vec<(String, String)>, usize> {
    lines
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(n, line)| {
            let (number, label) = line.split_once(';').ok_or(n + 1)?;
            let (number, label) = (number.trim(), label.trim());
            let dialable = number.chars().any(|c| c.is_ascii_digit())
                && number.chars().all(|c| c.is_ascii_digit() || " +*#-/()".contains(c));
            if dialable && !label.is_empty() { Ok((number.to_owned(), label.to_owned())) } else { Err(n + 1) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_round_trip_and_refusals() {
        let numbers = vec![
            ("112".to_owned(), "Notruf".to_owned()),
            ("116 117".to_owned(), "Arzt; auch nachts".to_owned()),
        ];
        assert_eq!(from_lines(&to_lines(&numbers)), Ok(numbers));
        assert_eq!(from_lines("\n112; a\n\n113"), Err(4));
        assert_eq!(from_lines("112;"), Err(1));
        assert_eq!(from_lines("112<script>; a"), Err(1));
        assert_eq!(from_lines(""), Ok(vec![]));
    }

    #[test]
    fn dials_digits_only() {
        let number = |number: &str| EmergencyNumber { number: number.into(), label: String::new() };
        assert_eq!(number("0800 111 0 111").address(), "tel:08001110111");
        assert_eq!(number("+49 (0)30/1").address(), "tel:+490301");
        assert_eq!(number("\"><script>1").address(), "tel:1");
    }
}
