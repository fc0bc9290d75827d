//! Tags of a talk: words that the staff put on it for themselves. They stand in its thread, sealed like what is said
//! there; filters are built from them in this browser.

use crate::client::{Client, use_client};
use crate::failure;
use crate::icon::{Icon, icon};
use crate::part::Problem;
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::limit::{TAG_BYTES_MAX, TAGS_MAX};
use beistand_protocol::worker::{Call, Remark};
use leptos::prelude::*;

/// The tags of a talk.
pub(super) fn tags_of(client: Client, talk: ConversationId) -> Vec<String> {
    client.conversations.thread(talk).map(|thread| thread.remarks.tags).unwrap_or_default()
}

/// All tags that are on any talk, in their order.
pub(super) fn all_tags(client: Client) -> Vec<String> {
    let mut tags: Vec<String> = client
        .conversations
        .list
        .with(|list| list.iter().flatten().map(|view| view.id).collect::<Vec<_>>())
        .into_iter()
        .flat_map(|talk| tags_of(client, talk))
        .collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// The tags of a talk, to be put on and taken off.
#[component]
pub(super) fn Tags(
    conversation: ConversationId,
    /// Tells the ids of this one from those of another on the page.
    place: &'static str,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let typed = RwSignal::new(String::new());
    let problem = RwSignal::new(None::<String>);
    let tags = Memo::new(move |_| tags_of(client, conversation));
    let set = move |tag: String, on: bool| {
        problem.set(None);
        leptos::task::spawn_local(async move {
            let remark = Remark::Tagged { tag: tag.clone(), on };
            if let Err(failure) = client.call(Call::Remark { conversation, remark }).await {
                problem.try_set(Some(failure::sentence(locale, failure)));
                // What was typed is not lost.
                if on {
                    typed.try_update(|typed| {
                        if typed.is_empty() {
                            *typed = tag;
                        }
                    });
                }
            }
        });
    };
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let tag = typed.with_untracked(|typed| typed.split_whitespace().collect::<Vec<_>>().join(" "));
        if tag.is_empty() {
            return;
        }
        if tag.len() > TAG_BYTES_MAX || tags.with_untracked(Vec::len) >= TAGS_MAX {
            problem.set(Some(text::tags_limit(locale, &TAGS_MAX.to_string())));
            return;
        }
        typed.set(String::new());
        if !tags.with_untracked(|tags| tags.contains(&tag)) {
            set(tag, true);
        }
    };
    let id = format!("tag-{place}-{}", conversation.to_hex());
    let (list, known, labelled) = (format!("{id}-list"), format!("{id}-list"), id.clone());
    let chips = move || {
        tags.get()
            .into_iter()
            .map(|tag| {
                let words = tag.clone();
                let label = text::tags_remove(locale, &tag);
                view! {
                    <li class="tag word">
                        <span>{words}</span>
                        <button class="tag-off" r#type="button" aria-label=label on:click=move |_| set(tag.clone(), false)>
                            {icon(Icon::Close, 14)}
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <section>
            <h2 class="title-m">{text::tags_title(locale)}</h2>
            <ul class="tag-list" aria-label=text::tags_title(locale)>{chips}</ul>
            <form class="tag-form field" on:submit=add>
                <label class="hide" for=labelled>{text::tags_new(locale)}</label>
                <input
                    id=id
                    list=list
                    autocomplete="off"
                    placeholder=text::tags_new(locale)
                    maxlength=TAG_BYTES_MAX.to_string()
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
                <datalist id=known>
                    {move || all_tags(client).into_iter().map(|tag| view! { <option value=tag></option> }).collect_view()}
                </datalist>
                <button class="button quiet" r#type="submit">{text::tags_add(locale)}</button>
            </form>
            <Problem sentence=problem />
        </section>
    }
}
