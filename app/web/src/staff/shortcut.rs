//! Work without a mouse: single keys while nobody is typing, and the sheet that lists them.
//!
//! What a key does in a talk is what its button does: the button carries the key as `aria-keyshortcuts`, so the two
//! can't come apart, and what has no button at the moment does nothing.

use super::desk::Desk;
use crate::desk::rows::{Group, Layout, Row};
use crate::locale::Locale;
use crate::text;
use beistand_protocol::id::ConversationId;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// A sentence in the language of the page.
type Sentence = fn(Locale) -> &'static str;

/// Keys and what they do, as the sheet shows them.
const KEYS: [(&str, Sentence); 14] = [
    ("j", text::shortcut_next),
    ("k", text::shortcut_previous),
    ("u", text::shortcut_unread),
    ("w", text::shortcut_longest),
    ("c", text::shortcut_claim),
    ("r", text::shortcut_answer),
    ("t", text::shortcut_team),
    ("h", text::shortcut_hand_over),
    ("e", text::shortcut_close),
    ("p", text::shortcut_pin),
    ("x", text::shortcut_away),
    ("/", text::shortcut_search),
    ("1 – 4", text::shortcut_jump),
    ("?", text::shortcut_sheet),
];

/// Listens as long as the workplace is shown.
pub(super) fn listen(desk: Desk, layout: RwSignal<Layout<ConversationId>>, sheet: NodeRef<html::Dialog>) {
    let pressed = window_event_listener(leptos::ev::keydown, move |event| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || event.default_prevented() || event.is_composing() {
            return;
        }
        let key = event.key();
        if key == "Escape" {
            return leave_field(&event);
        }
        if is_busy(&event) {
            return;
        }
        // The sheet itself can always be had, or nobody would find the switch again.
        if key != "?" && !desk.shortcuts.get_untracked() {
            return;
        }
        if act(&key, desk, layout, sheet) {
            event.prevent_default();
        }
    });
    on_cleanup(move || pressed.remove());
}

/// Out of an answer, to where single keys do something again.
fn leave_field(event: &web_sys::KeyboardEvent) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let field = target.filter(|element| matches!(element.closest(".write"), Ok(Some(_))));
    let column = field.and_then(|field| field.closest(".talk-column").ok().flatten());
    let heading = column.and_then(|column| column.query_selector("h1").ok().flatten());
    if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = heading.focus();
        event.prevent_default();
    }
}

/// Somebody is typing, chooses in a form, or a dialogue is open.
fn is_busy(event: &web_sys::KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let writes = target.is_some_and(|element| {
        matches!(element.closest("input, textarea, select, [contenteditable]"), Ok(Some(_)))
    });
    writes || matches!(document().query_selector("dialog[open]"), Ok(Some(_)))
}

/// Does what a key stands for; says whether it stands for anything.
fn act(
    key: &str,
    desk: Desk,
    layout: RwSignal<Layout<ConversationId>>,
    sheet: NodeRef<html::Dialog>,
) -> bool {
    let current = desk.slots.with_untracked(|slots| slots.current);
    let show = |id: Option<ConversationId>| {
        if let Some(id) = id {
            desk.show(id);
        }
        true
    };
    match key {
        "j" => show(layout.with_untracked(|layout| layout.step(current, true))),
        "k" => show(layout.with_untracked(|layout| layout.step(current, false))),
        "u" => show(layout.with_untracked(|layout| {
            let unread = |id: &ConversationId| {
                Some(*id) != current
                    && untrack(|| desk.client.conversations.get(*id)).is_some_and(|view| view.unread > 0)
            };
            layout.talks().find(unread)
        })),
        "w" => show(layout.with_untracked(|layout| {
            let mut rows = layout.rows().iter().skip_while(|row| **row != Row::Head(Group::Waiting)).skip(1);
            match rows.next() {
                Some(Row::Talk(id)) => Some(*id),
                _ => None,
            }
        })),
        "r" => {
            let field = document().query_selector(".talk-column.current .write textarea").ok().flatten();
            if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = field.focus();
            }
            true
        }
        "/" => {
            let field = document().query_selector(".search input").ok().flatten();
            if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
                let _ = field.focus();
            }
            true
        }
        "c" | "h" | "e" | "p" | "t" | "x" => {
            press(&format!(".talk-column.current [aria-keyshortcuts=\"{key}\"]"));
            true
        }
        "1" | "2" | "3" | "4" => {
            press(&format!(".jump [aria-keyshortcuts=\"{key}\"]"));
            true
        }
        "?" => {
            if let Some(sheet) = sheet.get_untracked() {
                let _ = sheet.show_modal();
            }
            true
        }
        _ => false,
    }
}

fn press(selector: &str) {
    let button = document().query_selector(selector).ok().flatten();
    if let Some(button) = button.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        button.click();
    }
}

/// The sheet.
#[component]
pub(super) fn ShortcutSheet(desk: Desk, dialog: NodeRef<html::Dialog>) -> impl IntoView {
    let locale = desk.client.locale;
    let enabled = desk.shortcuts;
    let rows = KEYS
        .into_iter()
        .map(|(key, what)| view! { <div><dt><kbd>{key}</kbd></dt> <dd>{what(locale)}</dd></div> })
        .collect_view();
    let shut = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog node_ref=dialog aria-labelledby="shortcuts" class="sheet">
            <div class="stack">
                <h2 id="shortcuts">{text::shortcut_title(locale)}</h2>
                <p class="muted">{text::shortcut_lead(locale)}</p>
                <dl class="key-list">
                    {rows}
                    <div><dt><kbd>{text::work_key_control(locale)}</kbd> " " <kbd>{"↵"}</kbd></dt> <dd>{text::shortcut_send(locale)}</dd></div>
                </dl>
                <label class="check">
                    <input
                        r#type="checkbox"
                        prop:checked=move || enabled.get()
                        on:change=move |event| enabled.set(event_target_checked(&event))
                    />
                    <span>{text::shortcut_enabled(locale)}</span>
                </label>
                <div class="row">
                    <button class="button" r#type="button" on:click=shut>{text::shut(locale)}</button>
                </div>
            </div>
        </dialog>
    }
}
