//! The start page: who is there, whether somebody is there now, what it costs, what stays.

use super::frame::{document, localised, numbers};
use super::{PageView, SiteView};
use crate::emergency::emergency_box;
use crate::icon::{Icon, dot, icon};
use crate::locale::Locale;
use crate::text;
use leptos::prelude::*;

/// What the start page says besides the site itself.
#[derive(Clone, Debug)]
pub struct StartView {
    /// What every page needs.
    pub page: PageView,
    /// The site whose page this is.
    pub site: SiteView,
    /// The organisation's name.
    pub organisation: String,
    /// Whether a counselor of the site is available at this moment.
    pub somebody_there: bool,
    /// Where writing starts, without language: `/write/<site>`. A fragment may follow a `#`.
    pub sign_up: String,
    /// Where somebody who was here before logs in.
    pub log_in: String,
}

/// Renders the start page.
#[must_use]
pub fn render_start(start: &StartView, locale: Locale) -> String {
    let page = PageView { site: Some(start.site.clone()), ..start.page.clone() };
    document(&page, locale, text::start_document_title(locale), || content(start, &page, locale))
}

/// Puts the language into an address that may end in a fragment.
fn with_language(address: &str, locale: Locale) -> String {
    let (path, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}lang={}{fragment}", locale.tag())
}

fn content(start: &StartView, page: &PageView, locale: Locale) -> impl IntoView + use<> {
    let (tag, presence, next) = if start.somebody_there {
        ("tag on", text::start_somebody(locale), text::start_now_somebody(locale))
    } else {
        ("tag", text::start_nobody(locale), text::start_now_nobody(locale))
    };
    let fact = |drawing, question: &'static str, answer: String| {
        view! { <li>{icon(drawing, 22)} <span><b>{question}</b> " " {answer}</span></li> }
    };
    let days = u64::from(start.site.retention_days);
    view! {
        <div class="hero">
            <section class="stack" aria-labelledby="title">
                <p><span class=tag>{dot()} {presence}</span></p>
                <h1 id="title">{text::start_title(locale)}</h1>
                <p class="lead">{text::start_lead(locale)}</p>
                <ul class="facts">
                    {fact(Icon::People, text::start_who_question(locale), text::start_who_answer(locale, &start.organisation))}
                    {fact(Icon::Lock, text::start_read_question(locale), text::start_read_answer(locale).into())}
                    {fact(Icon::Coin, text::start_cost_question(locale), text::start_cost_answer(locale).into())}
                    {fact(Icon::Trash, text::start_stay_question(locale), text::start_stay_answer(locale, days))}
                </ul>
                <div class="go">
                    <a class="button big" href=with_language(&start.sign_up, locale)>{text::start_write(locale)}</a>
                    <a class="button quiet big" href=with_language(&start.log_in, locale)>{text::start_return(locale)}</a>
                </div>
                <p class="small muted">
                    {text::start_script(locale)} " " <a href=localised("/help", locale)>{text::start_script_link(locale)}</a>
                </p>
            </section>
            <aside class="card next" aria-labelledby="next">
                <h2 id="next">{text::start_now_title(locale)}</h2>
                <p>{next}</p>
                <p>{text::start_now_return(locale)}</p>
            </aside>
        </div>
        {emergency_box(locale, "emergency", numbers(page, locale))}
    }
}
