//! Labelled fields, their problems, and the button that sends a form.

use crate::client::use_client;
use crate::icon::{Icon, icon};
use crate::text;
use leptos::prelude::*;

/// A labelled line of text.
#[component]
pub fn Field(
    /// Id of the input.
    id: &'static str,
    /// What is asked for.
    #[prop(into)]
    label: String,
    /// Its value.
    value: RwSignal<String>,
    /// A sentence below.
    #[prop(optional, into)]
    hint: String,
    /// For password managers and the like: `off`, `username`, …
    #[prop(default = "off")]
    autocomplete: &'static str,
    /// Longest value in characters (UTF-16 units); the worker checks bytes.
    #[prop(default = 120)]
    length_max: u16,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    let described = (!hint.is_empty()).then(|| hint_id.clone());
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{hint}</p> });
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                r#type="text"
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                maxlength=length_max.to_string()
                aria-describedby=described
                required
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            {hint}
        </div>
    }
}

/// What went wrong, announced at once.
#[component]
pub fn Problem(
    /// The sentence; nothing while there is none.
    #[prop(into)]
    sentence: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div role="alert">
            {move || sentence.get().map(|sentence| view! {
                <div class="notice danger">{icon(Icon::Warning, 22)} <p>{sentence}</p></div>
            })}
        </div>
    }
}

/// The button that sends a form; it waits while `busy`.
#[component]
pub fn Submit(
    /// What it does.
    label: &'static str,
    /// Whether something is under way.
    #[prop(into)]
    busy: Signal<bool>,
    /// Whether it can be pressed.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// Whether it destroys something.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    let locale = use_client().locale;
    view! {
        <button
            class=if danger { "button big full danger" } else { "button big full" }
            r#type="submit"
            aria-disabled=move || (busy.get() || disabled.get()).then_some("true")
        >
            {move || if busy.get() { text::busy(locale) } else { label }}
        </button>
    }
}
