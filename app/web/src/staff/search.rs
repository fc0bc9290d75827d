//! Words looked for in the talks one may read. The worker looks; nothing of it leaves the browser.

use super::desk::Desk;
use super::queue::name_of;
use crate::clock;
use crate::text;
use beistand_protocol::limit::SEARCH_BYTES_MAX;
use beistand_protocol::worker::{Call, HitView, Reply};
use leptos::prelude::*;
use std::time::Duration;

/// Pause in typing after which is looked.
const LOOK_AFTER_MS: u64 = 200;

/// What was found: lines, and whether there are more.
type Found = Option<(Vec<HitView>, bool)>;

/// The field; what it finds comes into `found`.
#[component]
pub(super) fn SearchField(desk: Desk, found: RwSignal<Found>) -> impl IntoView {
    let client = desk.client;
    let locale = client.locale;
    let look = move |words: String| {
        leptos::task::spawn_local(async move {
            let answer = client.call(Call::Search { words: words.clone() }).await;
            // Somebody may have typed on, or left.
            if desk.search.try_get_untracked() != Some(words) {
                return;
            }
            if let Ok(Reply::Found { hits, more }) = answer {
                found.try_set(Some((hits, more)));
            }
        });
    };
    Effect::new(move || {
        let words = desk.search.get();
        if words.trim().is_empty() {
            found.set(None);
            return;
        }
        set_timeout(
            move || {
                if desk.search.try_get_untracked().as_ref() == Some(&words) {
                    look(words);
                }
            },
            Duration::from_millis(LOOK_AFTER_MS),
        );
    });
    view! {
        <div class="search">
            <input
                r#type="search"
                aria-label=text::search_label(locale)
                placeholder=text::search_label(locale)
                aria-keyshortcuts="/"
                autocomplete="off"
                maxlength=(SEARCH_BYTES_MAX / 4).to_string()
                prop:value=move || desk.search.get()
                on:input=move |event| desk.search.set(event_target_value(&event))
            />
        </div>
    }
}

/// What was found, newest first.
#[component]
pub(super) fn Hits(desk: Desk, found: RwSignal<Found>) -> impl IntoView {
    let locale = desk.client.locale;
    let summary = move || {
        found.with(|found| match found {
            None => String::new(),
            Some((hits, true)) => text::search_more(locale, &hits.len().to_string()),
            Some((hits, false)) => text::search_found(locale, hits.len() as u64),
        })
    };
    let rows = move || {
        let hits = found.get().map(|(hits, _)| hits).unwrap_or_default();
        hits.into_iter().map(|hit| view! { <li>{hit_view(desk, hit)}</li> }).collect_view()
    };
    view! {
        <div class="hits" tabindex="-1">
            <p class="small muted none" role="status">{summary}</p>
            <ul>{rows}</ul>
        </div>
    }
}

fn hit_view(desk: Desk, hit: HitView) -> impl IntoView {
    let locale = desk.client.locale;
    let HitView { conversation, message, time_s, own, around: [before, itself, after] } = hit;
    let name = move || {
        desk.client.conversations.get(conversation).map_or_else(String::new, |view| name_of(locale, &view))
    };
    let prefix = if own { format!("{} ", text::queue_own_prefix(locale)) } else { String::new() };
    let show = move |_| {
        desk.wanted.set(message.map(|message| (conversation, message)));
        desk.show(conversation);
    };
    view! {
        <button class="hit" r#type="button" on:click=show>
            <b>{name}</b>
            <span class="time">{clock::short(locale, time_s)}</span>
            <span class="words">{prefix} {before} <mark>{itself}</mark> {after}</span>
        </button>
    }
}
