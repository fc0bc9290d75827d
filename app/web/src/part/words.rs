//! Words or groups to write down, and texts to copy.

use crate::client::{copy_text, use_client};
use crate::text;
use leptos::prelude::*;

/// The parts of a code, numbered.
#[component]
pub fn Words(
    /// The parts in order.
    parts: Vec<String>,
    /// What they are.
    label: &'static str,
) -> impl IntoView {
    let parts = parts.into_iter().map(|part| view! { <li>{part}</li> }).collect_view();
    view! { <ol class="words" aria-label=label>{parts}</ol> }
}

/// A text with a button that copies it.
#[component]
pub fn CopyField(
    /// The text.
    #[prop(into)]
    value: String,
    /// What it is.
    label: &'static str,
) -> impl IntoView {
    let locale = use_client().locale;
    let copied = RwSignal::new(false);
    let text = value.clone();
    let copy = move |_| {
        let text = text.clone();
        leptos::task::spawn_local(async move {
            if copy_text(&text).await {
                copied.set(true);
            }
        });
    };
    view! {
        <div class="copy">
            <output aria-label=label>{value}</output>
            <div class="row">
                <button class="button quiet" r#type="button" on:click=copy>{text::copy(locale)}</button>
                <span role="status" class="small muted">{move || copied.get().then_some(text::copied(locale))}</span>
            </div>
        </div>
    }
}
