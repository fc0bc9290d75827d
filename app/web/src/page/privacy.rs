//! Privacy in simple words: what is stored, where, how long, who reads it.

use super::frame::{document, section};
use super::{PageView, ReadsOn};
use crate::icon::Icon;
use crate::locale::Locale;
use crate::text;
use leptos::prelude::*;

/// Renders the privacy page. Without a site it says nothing about how long.
#[must_use]
pub fn render_privacy(page: &PageView, locale: Locale) -> String {
    let stay = page.site.as_ref().map(|site| {
        let days = u64::from(site.retention_days);
        section(
            Icon::Trash,
            text::privacy_stay_title(locale),
            view! { <p>{text::privacy_stay_body(locale, days)}</p> },
        )
    });
    let reads_on = page.site.as_ref().map(|site| {
        let words = match site.reads_on {
            ReadsOn::Holder => text::privacy_read_holder(locale),
            ReadsOn::Leads => text::privacy_read_leads(locale),
            ReadsOn::Team => text::privacy_read_team(locale),
        };
        view! { <p>{words}</p> }
    });
    document(page, locale, text::privacy_document_title(locale), || {
        let part = |drawing, title, body: &'static str| section(drawing, title, view! { <p>{body}</p> });
        view! {
            <article class="article">
                <header class="stack tight">
                    <h1>{text::privacy_title(locale)}</h1>
                    <p class="lead">{text::privacy_lead(locale)}</p>
                </header>
                {part(Icon::Person, text::privacy_asked_title(locale), text::privacy_asked_body(locale))}
                {section(Icon::Lock, text::privacy_read_title(locale), view! {
                    <p>{text::privacy_read_body(locale)}</p>
                    {reads_on}
                })}
                {part(Icon::Eye, text::privacy_server_title(locale), text::privacy_server_body(locale))}
                {stay}
                {part(Icon::Network, text::privacy_address_title(locale), text::privacy_address_body(locale))}
                {part(Icon::Check, text::privacy_cookie_title(locale), text::privacy_cookie_body(locale))}
                {part(Icon::Info, text::privacy_limit_title(locale), text::privacy_limit_body(locale))}
            </article>
        }
    })
}
