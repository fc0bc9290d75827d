//! A small menu under a button of the header.

use crate::icon::{Icon, icon};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// The menu of the person: it closes by Escape, by a choice and by a click beside it.
#[component]
pub fn Menu(
    /// What the button is called.
    label: &'static str,
    children: Children,
) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let close = move || {
        if let Some(Some(element)) = details.try_get_untracked() {
            element.set_open(false);
        }
    };
    // Something was chosen: what it opens has the page to itself.
    let chosen = move |event: web_sys::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        if target.is_some_and(|element| matches!(element.closest("button"), Ok(Some(_)))) {
            close();
        }
    };
    let clicked = window_event_listener(leptos::ev::click, move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let inside =
            details.try_get_untracked().flatten().is_some_and(|element| element.contains(target.as_ref()));
        if !inside {
            close();
        }
    });
    let pressed = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "Escape" {
            close();
        }
    });
    on_cleanup(move || {
        clicked.remove();
        pressed.remove();
    });
    view! {
        <details class="menu" node_ref=details>
            <summary class="icon-button" aria-label=label>{icon(Icon::Person, 24)}</summary>
            <div class="menu-body card stack" on:click=chosen>{children()}</div>
        </details>
    }
}
