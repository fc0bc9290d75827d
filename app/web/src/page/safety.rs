//! "Leave no traces": what helps somebody who is watched, and what does not.

use super::PageView;
use super::frame::{document, section};
use crate::icon::Icon;
use crate::locale::Locale;
use crate::text;
use leptos::prelude::*;

/// Renders the safety page.
#[must_use]
pub fn render_safety(page: &PageView, locale: Locale) -> String {
    document(page, locale, text::safety_document_title(locale), || {
        let paragraph = |text: &'static str| view! { <p>{text}</p> };
        view! {
            <article class="article">
                <header class="stack tight">
                    <h1>{text::safety_title(locale)}</h1>
                    <p class="lead">{text::safety_lead(locale)}</p>
                </header>
                {section(Icon::Close, text::safety_leave_title(locale), view! {
                    {paragraph(text::safety_leave_body(locale))}
                    {paragraph(text::safety_leave_escape(locale))}
                    {paragraph(text::safety_leave_history(locale))}
                })}
                {section(Icon::Clock, text::safety_history_title(locale), paragraph(text::safety_history_body(locale)))}
                {section(Icon::Device, text::safety_device_title(locale), paragraph(text::safety_device_body(locale)))}
                {section(Icon::Eye, text::safety_watch_title(locale), paragraph(text::safety_watch_body(locale)))}
                {section(Icon::Network, text::safety_network_title(locale), paragraph(text::safety_network_body(locale)))}
            </article>
        }
    })
}
