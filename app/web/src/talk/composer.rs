//! The field to write in. Nothing typed is lost: the draft is kept in the sealed account state a
//! moment after each pause, when the page is hidden, and when the field goes away.

use crate::client::{random_message_id, use_client};
use crate::failure;
use crate::icon::{Icon, icon};
use crate::part::Problem;
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::limit::MESSAGE_TEXT_BYTES_MAX;
use beistand_protocol::worker::{Call, Connection, Failure, Reply};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;

/// Pause in typing after which the draft is kept.
const DRAFT_AFTER_MS: u64 = 700;

/// The field to write in.
#[component]
pub fn Composer(
    /// Id of the field: several may stand on a page.
    #[prop(default = "message".to_owned())]
    id: String,
    /// Where messages go; `None`: the first one opens a conversation. The field outlives that
    /// moment, so that somebody may type on.
    #[prop(into)]
    conversation: Signal<Option<ConversationId>>,
    /// Name of the field for screen readers.
    #[prop(into)]
    label: String,
    /// What an empty field shows.
    placeholder: &'static str,
    /// Called with the conversation that a message went to.
    #[prop(into)]
    sent: Callback<ConversationId>,
    /// What stands at the end of the line below.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let words = RwSignal::new(String::new());
    let field = NodeRef::<html::Textarea>::new();
    let problem = RwSignal::new(None::<Failure>);
    let touched = StoredValue::new(false);
    let unsaved = StoredValue::new(false);
    let edits = StoredValue::new(0_u32);

    let save = move || {
        if unsaved.try_get_value() == Some(true) {
            unsaved.set_value(false);
            let conversation = conversation.get_untracked();
            client.tell(Call::SaveDraft { conversation, text: words.get_untracked() });
        }
    };
    // What was kept earlier arrives with the conversation; it never overwrites what is being typed. Newer than
    // that is what a session that ran out has left on this page.
    Effect::new(move || {
        let kept = match conversation.get() {
            Some(id) => client.conversations.get(id).map(|view| view.draft).unwrap_or_default(),
            None => client.draft.get(),
        };
        // Without a list the session is just ending.
        let Some(known) = client
            .conversations
            .list
            .with(|list| list.as_ref().map(|list| list.iter().map(|view| view.id).collect::<Vec<_>>()))
        else {
            return;
        };
        if touched.get_value() {
            return;
        }
        if let Some(left) = client.unsent.take(conversation.get_untracked(), &known) {
            touched.set_value(true);
            unsaved.set_value(true);
            client.unsent.note(conversation.get_untracked(), &left);
            words.set(left);
            save();
        } else if !kept.is_empty() {
            words.set(kept);
        }
    });

    let typed = move |event| {
        touched.set_value(true);
        unsaved.set_value(true);
        problem.set(None);
        client.draft_saved.set(Some(false));
        words.set(event_target_value(&event));
        words.with_untracked(|words| client.unsent.note(conversation.get_untracked(), words));
        if let Some(conversation) = conversation.get_untracked() {
            client.tell(Call::Typing { conversation });
        }
        let edit = edits.with_value(|edits| edits.wrapping_add(1));
        edits.set_value(edit);
        set_timeout(
            move || {
                if edits.try_get_value() == Some(edit) {
                    save();
                }
            },
            Duration::from_millis(DRAFT_AFTER_MS),
        );
    };
    let hidden = window_event_listener_untyped("pagehide", move |_| save());
    let blurred = window_event_listener_untyped("blur", move |_| save());
    on_cleanup(move || {
        hidden.remove();
        blurred.remove();
        if unsaved.try_get_value() == Some(true)
            && let (Some(conversation), Some(text)) =
                (conversation.try_get_untracked(), words.try_get_untracked())
        {
            client.tell(Call::SaveDraft { conversation, text });
        }
    });

    let too_long = move || words.with(|words| words.len() > MESSAGE_TEXT_BYTES_MAX);
    let send = move || {
        let text = words.get_untracked().trim().to_owned();
        if text.is_empty() || too_long() {
            return;
        }
        let id = random_message_id();
        let conversation = conversation.get_untracked();
        words.set(String::new());
        client.unsent.note(conversation, "");
        unsaved.set_value(false);
        edits.update_value(|edits| *edits = edits.wrapping_add(1));
        client.draft_saved.set(None);
        problem.set(None);
        leptos::task::spawn_local(async move {
            match client.call(Call::Send { conversation, text: text.clone(), id }).await {
                Ok(reply) => {
                    if let Reply::Sent { conversation } = reply {
                        sent.run(conversation);
                    }
                }
                Err(failure) => {
                    // A line that stands there as "not sent" can be sent again from there.
                    let shown = conversation.is_some_and(|id_of| {
                        untrack(|| client.conversations.lines(id_of)).iter().any(|line| line.id == id)
                    });
                    if !shown {
                        let back = words.try_update(|words| {
                            *words = if words.is_empty() { text.clone() } else { format!("{text}\n{words}") };
                            client.unsent.note(conversation, words);
                        });
                        // The field has gone meanwhile, maybe with the session.
                        if back.is_none() {
                            client.unsent.leave(conversation, text);
                        }
                    }
                    problem.try_set(Some(failure));
                }
            }
        });
    };
    let rows = move || words.with(|words| words.lines().count().clamp(1, 6)).to_string();
    let state = move || match client.connection.get() {
        Connection::Reconnecting => text::talk_reconnecting(locale),
        Connection::Connected => match client.draft_saved.get() {
            Some(true) if words.with(|words| !words.is_empty()) => text::talk_draft_saved(locale),
            Some(false) if words.with(|words| !words.is_empty()) => text::talk_draft_pending(locale),
            _ => text::talk_connected(locale),
        },
    };
    let sentence = Signal::derive(move || {
        if too_long() {
            return Some(text::talk_too_long(locale).to_owned());
        }
        problem.get().map(|problem| failure::sentence(locale, problem))
    });
    view! {
        <div class="composer">
            <Problem sentence=sentence />
            // Off for the whole form: a text area follows its form when the browser decides what
            // it writes to its disk.
            <form
                class="write"
                autocomplete="off"
                on:submit=move |event| {
                    event.prevent_default();
                    send();
                    // Whoever writes on does so at once, and a phone keeps its keyboard open.
                    if let Some(field) = field.get_untracked() {
                        let _ = field.focus();
                    }
                }
            >
                <textarea
                    id=id
                    node_ref=field
                    rows=rows
                    aria-label=label
                    placeholder=placeholder
                    autocomplete="off"
                    prop:value=move || words.get()
                    on:input=typed
                    on:keydown=move |event| {
                        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                            event.prevent_default();
                            send();
                        }
                    }
                ></textarea>
                <button class="send" r#type="submit" aria-label=text::talk_send(locale)>{icon(Icon::ArrowUp, 22)}</button>
            </form>
            <div class="below-write">
                <span class=move || match client.connection.get() {
                    Connection::Connected => "small muted",
                    Connection::Reconnecting => "small tag wait",
                } role="status">{state}</span>
                {children.map(|children| children())}
            </div>
        </div>
    }
}
