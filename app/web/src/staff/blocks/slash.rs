//! The list that opens while somebody writes an answer: after a slash, by keyboard and mouse. What is inserted with a
//! placeholder still open is not sent by accident.
//!
//! It stands around the field and hears what happens in it; the field itself, which seekers load too, knows nothing
//! of text blocks.

use super::{Shelves, language_name, placeholder_name};
use crate::blocks::{Placeholder, asked, fill, preview, rank, unfilled};
use crate::client::{Session, use_client};
use crate::clock;
use crate::part::Problem;
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::worker::{BlockText, SessionView};
use js_sys::{Function, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::HtmlTextAreaElement;

/// Most options that are shown; typing on finds the others.
const SHOWN_MAX: usize = 8;

/// Where the slash stands and what was typed after it, in UTF-16 units as the field counts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asked {
    words: String,
    from: u32,
    to: u32,
}

/// A block that fits, and whose it is.
#[derive(Clone, PartialEq, Eq)]
struct Fitting {
    text: BlockText,
    whose: String,
}

fn field_of(event: &web_sys::Event) -> Option<HtmlTextAreaElement> {
    event.target()?.dyn_into().ok()
}

/// What is asked for at the field's caret.
fn asked_in(field: &HtmlTextAreaElement) -> Option<Asked> {
    let caret = field.selection_start().ok().flatten()?;
    if field.selection_end().ok().flatten() != Some(caret) {
        return None;
    }
    let units: Vec<u16> = field.value().encode_utf16().take(caret as usize).collect();
    let before = String::from_utf16_lossy(&units);
    let words = asked(&before)?;
    let length = u32::try_from(words.encode_utf16().count()).ok()?;
    Some(Asked { words: words.to_owned(), from: caret.checked_sub(length + 1)?, to: caret })
}

/// Tells the field's own listener that its value was changed.
fn tell_changed(field: &HtmlTextAreaElement) {
    let tell = || -> Option<()> {
        let options = Object::new();
        Reflect::set(&options, &"bubbles".into(), &true.into()).ok()?;
        let event = Reflect::get(&window(), &"Event".into()).ok()?.dyn_into::<Function>().ok()?;
        let event = Reflect::construct(&event, &js_sys::Array::of2(&"input".into(), &options)).ok()?;
        field.dispatch_event(event.dyn_ref()?).ok()?;
        Some(())
    };
    // Every browser that runs this has events.
    let _ = tell();
}

#[component]
pub(in crate::staff) fn Slash(conversation: ConversationId, children: Children) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let shelves = expect_context::<Shelves>();
    let open = RwSignal::new(None::<Asked>);
    let chosen = RwSignal::new(0_usize);
    let problem = RwSignal::new(None::<String>);
    let field = StoredValue::new_local(None::<HtmlTextAreaElement>);
    let list = format!("blocks-of-{}", conversation.to_hex());
    let option_id = {
        let list = list.clone();
        move |index: usize| format!("{list}-{index}")
    };
    let fitting = Memo::new(move |_| {
        let Some(asked) = open.get() else { return (Vec::new(), 0) };
        let mut found = shelves.views.with(|views| {
            let mut found = Vec::new();
            for view in views {
                let whose = shelves.name(view.library);
                for block in view.blocks.iter().filter(|block| !block.removed) {
                    let text = &block.now;
                    if let Some(rank) = rank(&asked.words, &text.title, &text.folder, &text.text) {
                        found.push((rank, Fitting { text: text.clone(), whose: whose.clone() }));
                    }
                }
            }
            found
        });
        found.sort_by_key(|(rank, fitting)| (*rank, fitting.text.title.to_lowercase()));
        let count = found.len();
        found.truncate(SHOWN_MAX);
        (found.into_iter().map(|(_, fitting)| fitting).collect::<Vec<_>>(), count)
    });
    // What a screen reader needs of the field while the list is open.
    let ids = option_id.clone();
    let list_of_field = list.clone();
    Effect::new(move || {
        let is_open = open.with(Option::is_some);
        let count = fitting.with(|(found, _)| found.len());
        let active = chosen.get().min(count.saturating_sub(1));
        field.with_value(|field| {
            let Some(field) = field else { return };
            let _ = field.set_attribute("aria-autocomplete", "list");
            if is_open {
                let _ = field.set_attribute("aria-controls", &list_of_field);
            } else {
                let _ = field.remove_attribute("aria-controls");
            }
            if is_open && count > 0 {
                let _ = field.set_attribute("aria-activedescendant", &ids(active));
            } else {
                let _ = field.remove_attribute("aria-activedescendant");
            }
        });
    });
    let value = move |placeholder: Placeholder| match placeholder {
        Placeholder::Pseudonym => client.conversations.get(conversation).map(|view| view.seeker_name),
        Placeholder::OwnName => match client.session.get() {
            Session::Known(SessionView::Staff { display_name, .. }) => Some(display_name),
            _ => None,
        },
        Placeholder::AnswerBy => client
            .conversations
            .get(conversation)
            .and_then(|view| view.answer_by_s)
            .map(|answer_by_s| clock::day_and_time(locale, answer_by_s)),
        // Nobody tells the workplace yet: it stays marked.
        Placeholder::NextStaffed => None,
    };
    let name = move |placeholder| placeholder_name(locale, placeholder).to_owned();
    let show_unfilled = move |field: &HtmlTextAreaElement| {
        let Some(place) = unfilled(&field.value()) else { return false };
        let _ = field.focus();
        let _ = field.set_selection_range(place.start, place.end);
        true
    };
    let insert = move |index: usize| {
        let (Some(asked), Some(fitting)) =
            (open.get_untracked(), fitting.with_untracked(|(found, _)| found.get(index).cloned()))
        else {
            return;
        };
        open.set(None);
        let words = untrack(|| fill(&fitting.text.text, value, name));
        field.with_value(|field| {
            let Some(field) = field else { return };
            let _ = field.set_range_text_with_start_and_end(&words, asked.from, asked.to);
            let caret = asked.from + u32::try_from(words.encode_utf16().count()).unwrap_or_default();
            tell_changed(field);
            let _ = field.focus();
            if !show_unfilled(field) {
                let _ = field.set_selection_range(caret, caret);
            }
        });
    };
    let look = move |event: web_sys::Event| {
        let Some(typed) = field_of(&event) else { return };
        let asked = asked_in(&typed);
        if problem.with_untracked(Option::is_some) && unfilled(&typed.value()).is_none() {
            problem.set(None);
        }
        field.set_value(Some(typed));
        if asked.is_some() && open.with_untracked(Option::is_none) {
            shelves.refresh(false);
        }
        if open.with_untracked(|open| *open != asked) {
            chosen.set(0);
            open.set(asked);
        }
        // Nothing fits and a space was typed: somebody writes on and means no block.
        let gone = open.with_untracked(|open| open.as_ref().is_some_and(|asked| asked.words.contains(' ')));
        if gone && fitting.with_untracked(|(found, _)| found.is_empty()) {
            open.set(None);
        }
    };
    // Whether something must not be sent yet.
    let held_up = move |field: Option<HtmlTextAreaElement>| {
        let held = field.as_ref().is_some_and(&show_unfilled);
        problem.set(held.then(|| text::blocks_unfilled(locale).to_owned()));
        held
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if event.is_composing() {
            return;
        }
        let key = event.key();
        let stop = || {
            event.prevent_default();
            event.stop_propagation();
        };
        if key == "Enter" && (event.ctrl_key() || event.meta_key()) {
            if held_up(field_of(&event)) {
                stop();
            }
            open.set(None);
            return;
        }
        let count = fitting.with_untracked(|(found, _)| found.len());
        if open.with_untracked(Option::is_none) {
            return;
        }
        match &*key {
            "Escape" => {
                stop();
                open.set(None);
            }
            "ArrowDown" if count > 0 => {
                stop();
                chosen.update(|chosen| *chosen = (*chosen + 1) % count);
            }
            "ArrowUp" if count > 0 => {
                stop();
                chosen.update(|chosen| *chosen = (*chosen + count - 1) % count);
            }
            "Enter" | "Tab" if count > 0 && !event.shift_key() => {
                stop();
                insert(chosen.get_untracked().min(count - 1));
            }
            "ArrowLeft" | "ArrowRight" | "Home" | "End" | "Tab" => open.set(None),
            _ => {}
        }
    };
    let sent = move |event: web_sys::SubmitEvent| {
        open.set(None);
        let form = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let field = form.and_then(|form| form.query_selector("textarea").ok().flatten());
        if held_up(field.and_then(|field| field.dyn_into().ok())) {
            event.prevent_default();
            event.stop_propagation();
        }
    };
    let options = {
        let option_id = option_id.clone();
        move || {
            let (found, _) = fitting.get();
            let option_id = option_id.clone();
            found
                .into_iter()
                .enumerate()
                .map(|(index, Fitting { text: BlockText { folder, title, language, text: words }, whose })| {
                    let place = if folder.is_empty() { whose } else { format!("{whose} · {folder}") };
                    view! {
                        <li
                            id=option_id(index)
                            role="option"
                            aria-selected=move || (chosen.get() == index).to_string()
                            // The field keeps the focus.
                            on:pointerdown=move |event| event.prevent_default()
                            on:click=move |_| insert(index)
                        >
                            <b>{title}</b>
                            {language.map(|language| view! { <span class="small muted">{language_name(locale, language)}</span> })}
                            <span class="small muted place">{place}</span>
                            <span class="small cut">{preview(&words, name)}</span>
                        </li>
                    }
                })
                .collect_view()
        }
    };
    let count = move || {
        open.with(Option::is_some)
            .then(|| text::blocks_found(locale, fitting.with(|(_, count)| *count) as u64))
    };
    view! {
        <div
            class="slash"
            on:input=look
            on:keydown:capture=pressed
            on:submit:capture=sent
            on:focusout=move |_| open.set(None)
        >
            <Problem sentence=problem />
            <div class="slash-list" hidden=move || open.with(Option::is_none)>
                <p class="small muted" role="status">{count}</p>
                <ul id=list role="listbox" aria-label=text::blocks_list(locale)>{options}</ul>
            </div>
            {children()}
        </div>
    }
}
