//! Pages where nothing goes on by itself: a hard stop, a session that ended, a notice.

use super::focused_heading;
use crate::client::use_client;
use crate::emergency::{EmergencyNumber, defaults, emergency_box};
use crate::failure::{conflict_sentence, end_sentences};
use crate::icon::{Icon, icon};
use crate::text;
use beistand_protocol::worker::{Conflict, EndReason};
use leptos::prelude::*;

/// The site's emergency numbers, or the defaults.
#[must_use]
pub fn numbers() -> Vec<EmergencyNumber> {
    let client = use_client();
    let own: Vec<EmergencyNumber> = client.site.with(|site| {
        site.iter()
            .flat_map(|site| &site.settings.emergency)
            .map(|(number, label)| EmergencyNumber { number: number.clone(), label: label.clone() })
            .collect()
    });
    if own.is_empty() { defaults(client.locale) } else { own }
}

/// The hard stop: what was noticed, and whom to call. There is no way on.
#[component]
pub fn ConflictPage(
    /// What was noticed.
    conflict: Conflict,
) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    view! {
        <main class="narrow stack wide" id="content">
            <div role="alert" class="stack">
                <h1 node_ref=heading tabindex="-1">{text::conflict_title(locale)}</h1>
                <p class="lead">{text::conflict_lead(locale)}</p>
                <div class="notice danger">{icon(Icon::Warning, 22)} <p>{conflict_sentence(locale, conflict)}</p></div>
                <p>{text::conflict_what(locale)}</p>
            </div>
            {move || emergency_box(locale, "emergency", numbers())}
        </main>
    }
}

/// A session that ended, with the way back in.
#[component]
pub fn EndedPage(
    /// Why.
    reason: EndReason,
    /// Goes to the log-in.
    #[prop(into)]
    again: Callback<()>,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let heading = focused_heading();
    let (title, body) = end_sentences(locale, reason);
    let kept = client.unsent.any().then(|| view! { <p>{text::ended_unsent(locale)}</p> });
    let again = (reason != EndReason::Revoked)
        .then(|| view! {
            <p>
                <button class="button" r#type="button" on:click=move |_| again.run(())>{text::ended_log_in(locale)}</button>
            </p>
        });
    view! {
        <main class="narrow stack wide" id="content">
            <h1 node_ref=heading tabindex="-1">{title}</h1>
            <p class="lead">{body}</p>
            {kept}
            {again}
        </main>
    }
}

/// A heading, a sentence, and what may follow.
#[component]
pub fn NoticePage(
    /// Heading.
    title: &'static str,
    /// Sentence.
    #[prop(into)]
    body: String,
    /// What follows.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let heading = focused_heading();
    view! {
        <main class="narrow stack wide" id="content">
            <h1 node_ref=heading tabindex="-1">{title}</h1>
            <p class="lead">{body}</p>
            {children.map(|children| children())}
        </main>
    }
}
