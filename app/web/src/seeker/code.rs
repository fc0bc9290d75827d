//! Step two: the recovery code, shown once, to note, to print or to leave.

use super::Gate;
use crate::client::{print, use_client};
use crate::icon::{Icon, icon};
use crate::part::{Words, focused_heading};
use crate::text;
use leptos::prelude::*;

#[component]
pub(super) fn Code(parts: Vec<String>, renewed: bool, gate: RwSignal<Gate>) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    let step =
        (!renewed).then(|| view! { <p class="muted small no-print">{text::seeker_step(locale, "2")}</p> });
    let renewed = renewed.then(|| view! {
        <div class="notice ok no-print">{icon(Icon::Check, 22)} <p>{text::recovery_new_lead(locale)}</p></div>
    });
    view! {
        <main class="narrow stack wide code-page" id="content">
            <div class="stack tight">
                {step}
                <h1 class="no-print" node_ref=heading tabindex="-1">{text::recovery_title(locale)}</h1>
                <p class="no-print">{text::recovery_lead(locale)}</p>
                // On paper stands nothing that says what it is for.
                <p class="only-print strong">{text::recovery_print_title(locale)}</p>
            </div>
            {renewed}
            <Words parts=parts label=text::recovery_label(locale) />
            <div class="row no-print">
                <button class="button" r#type="button" on:click=move |_| gate.set(Gate::Open)>{text::code_noted(locale)}</button>
                <button class="button quiet" r#type="button" on:click=|_| print()>{icon(Icon::Print, 20)} {text::code_print(locale)}</button>
                <button class="button quiet" r#type="button" on:click=move |_| gate.set(Gate::Open)>{text::recovery_skip(locale)}</button>
            </div>
        </main>
    }
}
