//! The page for what could not be shown: one for each reason, with a way on.

use super::PageView;
use super::frame::{document, localised, numbers};
use crate::emergency::emergency_box;
use crate::locale::Locale;
use crate::text;
use leptos::prelude::*;

/// Why there is no page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Unknown address (404).
    NotFound,
    /// A method or origin that is not allowed (403, 405).
    Forbidden,
    /// Too many requests (429).
    TooMany,
    /// The server can't answer now (500, 503).
    Unavailable,
    /// No organisation yet: the hint to set-up.
    NotSetUp,
}

/// Renders the page for an error.
#[must_use]
pub fn render_error(page: &PageView, kind: ErrorKind, locale: Locale) -> String {
    let (title, body) = match kind {
        ErrorKind::NotFound => (text::error_not_found_title(locale), text::error_not_found_body(locale)),
        ErrorKind::Forbidden => (text::error_forbidden_title(locale), text::error_forbidden_body(locale)),
        ErrorKind::TooMany => (text::error_too_many_title(locale), text::error_too_many_body(locale)),
        ErrorKind::Unavailable => {
            (text::error_unavailable_title(locale), text::error_unavailable_body(locale))
        }
        ErrorKind::NotSetUp => (text::error_not_set_up_title(locale), text::error_not_set_up_body(locale)),
    };
    document(page, locale, text::error_document_title(locale), || {
        let way = if kind == ErrorKind::NotSetUp {
            view! {
                <p>{text::error_not_set_up_code(locale)}</p>
                <p><a class="button big" href=localised("/setup", locale)>{text::error_not_set_up_link(locale)}</a></p>
            }
            .into_any()
        } else {
            view! { <p><a class="button quiet" href=localised("/", locale)>{text::back_to_start(locale)}</a></p> }
                .into_any()
        };
        let numbers = numbers(page, locale);
        view! {
            <div class="stack">
                <h1>{title}</h1>
                <p class="lead">{body}</p>
                {way}
            </div>
            {emergency_box(locale, "emergency", numbers)}
        }
    })
}
