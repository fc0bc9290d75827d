//! Help: what the browser needs, a forgotten password, and whom to call instead.

use super::PageView;
use super::frame::{document, numbers, section};
use crate::emergency::emergency_box;
use crate::icon::Icon;
use crate::locale::Locale;
use crate::text;
use leptos::prelude::*;

/// Renders the help page.
#[must_use]
pub fn render_help(page: &PageView, locale: Locale) -> String {
    document(page, locale, text::help_document_title(locale), || {
        let numbers = numbers(page, locale);
        view! {
            <article class="article">
                <h1>{text::help_title(locale)}</h1>
                {section(Icon::Info, text::help_script_title(locale), view! {
                    <p>{text::help_script_body(locale)}</p>
                    <p>{text::help_script_how(locale)}</p>
                    <p>{text::help_script_without(locale)}</p>
                })}
                {section(Icon::Key, text::help_forgot_title(locale), view! { <p>{text::help_forgot_body(locale)}</p> })}
            </article>
            {emergency_box(locale, "emergency", numbers)}
        }
    })
}
