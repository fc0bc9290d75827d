//! The conversation.

use super::Gate;
use crate::client::{Client, use_client};
use crate::clock;
use crate::emergency::emergency_box;
use crate::icon::{Icon, icon};
use crate::part::{LeaveLink, Menu, SkipLink, Unconfirmed, focused_heading, numbers};
use crate::talk::{Composer, Lines, Side, readers_text};
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::worker::{Author, Call, ConversationView, MessageBody, StateView};
use leptos::html;
use leptos::prelude::*;

#[component]
pub(super) fn Chat(name: String, gate: RwSignal<Gate>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    // What somebody chose; otherwise the newest conversation.
    let chosen = RwSignal::new(None::<ConversationId>);
    let newest = Memo::new(move |_| {
        client
            .conversations
            .list
            .with(|list| list.as_ref()?.iter().max_by_key(|view| view.last_s).map(|view| view.id))
    });
    let current = Memo::new(move |_| chosen.get().or(newest.get()));
    let known = Memo::new(move |_| client.conversations.list.with(Option::is_some));
    Effect::new(move || {
        if let Some(conversation) = current.get() {
            client.tell(Call::Show { conversation });
        }
    });
    view! {
        <div class="chat">
            <SkipLink locale=locale />
            <ChatHeader name=name current=current chosen=chosen gate=gate />
            <Unconfirmed side=Side::Seeker />
            <main class="chat-main" id="content" tabindex="-1">
                {move || match (known.get(), current.get()) {
                    (_, Some(id)) => view! { <Talk conversation=id /> }.into_any(),
                    (true, None) => view! { <First /> }.into_any(),
                    (false, None) => view! { <p class="loading narrow" role="status">{text::busy(locale)}</p> }.into_any(),
                }}
            </main>
            {move || known.get().then(|| {
                view! {
                    <footer class="chat-foot">
                        <Composer
                            conversation=current
                            label=text::talk_message_label(locale)
                            placeholder=text::talk_message_label(locale)
                            sent=move |id| chosen.set(Some(id))
                        >
                            <Emergency />
                        </Composer>
                    </footer>
                }
            })}
        </div>
    }
}

/// Whether somebody of the counselors is there.
fn somebody(client: Client, current: Memo<Option<ConversationId>>) -> bool {
    let there =
        current.get().and_then(|id| client.conversations.get(id)).is_some_and(|view| view.other_present);
    there || client.site.with(|site| site.as_ref().is_some_and(|site| site.somebody_available))
}

#[component]
fn ChatHeader(
    name: String,
    current: Memo<Option<ConversationId>>,
    chosen: RwSignal<Option<ConversationId>>,
    gate: RwSignal<Gate>,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let heading = focused_heading();
    // The counselor who wrote or took it last, else the site.
    let who = move || {
        let lines = current.get().map(|id| client.conversations.lines(id)).unwrap_or_default();
        let counselor = lines.iter().rev().find_map(|line| {
            line.view.with(|view| match (&view.body, &view.author) {
                (MessageBody::HandedOver(_, name), _) | (_, Author::Staff(_, name)) => Some(name.clone()),
                _ => None,
            })
        });
        counselor
            .or_else(|| client.site.with(|site| site.as_ref().map(|site| site.settings.name.clone())))
            .unwrap_or_else(|| text::talk_somebody(locale).to_owned())
    };
    let state = move || {
        if current.get().and_then(|id| client.conversations.typing(id)).is_some() {
            text::chat_typing(locale)
        } else if somebody(client, current) {
            text::chat_somebody_there(locale)
        } else {
            text::chat_nobody_there(locale)
        }
    };
    let several =
        move || client.conversations.list.with(|list| list.as_ref().is_some_and(|list| list.len() > 1));
    let log_out = move |_| client.tell(Call::LogOut);
    view! {
        <header class="top chat-top">
            <div class="who">
                <h1 class="title-m" node_ref=heading tabindex="-1">{who}</h1>
                <span class="small muted" aria-live="polite">{state}</span>
            </div>
            <div class="end">
                <Menu label=text::chat_menu(locale)>
                        <p class="small">{text::chat_logged_in_as(locale, &name)}</p>
                        {move || several().then(|| view! { <Others current=current chosen=chosen /> })}
                        <a href=format!("/safety?lang={}", locale.tag()) target="_blank" rel="noopener noreferrer">{text::footer_safety(locale)}</a>
                        <a href=format!("/privacy?lang={}", locale.tag()) target="_blank" rel="noopener noreferrer">{text::footer_privacy(locale)}</a>
                        <button class="text-button start" r#type="button" on:click=move |_| gate.set(Gate::Password(false))>{text::account_password_title(locale)}</button>
                        <button class="text-button start" r#type="button" on:click=move |_| gate.set(Gate::Password(true))>{text::account_known_title(locale)}</button>
                        <button class="text-button start" r#type="button" on:click=move |_| gate.set(Gate::Delete)>{text::account_delete(locale)}</button>
                        <button class="button quiet" r#type="button" on:click=log_out>{text::log_out(locale)}</button>
                    </Menu>
                <LeaveLink locale=locale />
            </div>
        </header>
    }
}

/// The seeker's other conversations.
#[component]
fn Others(current: Memo<Option<ConversationId>>, chosen: RwSignal<Option<ConversationId>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let items = move || {
        let mut list = client.conversations.list.get().unwrap_or_default();
        list.sort_by_key(|view| std::cmp::Reverse(view.last_s));
        list.into_iter()
            .map(|view| {
                let id = view.id;
                let label = text::chat_started(locale, &clock::day_name(locale, view.opened_s));
                let pressed = (current.get() == Some(id)).to_string();
                view! {
                    <li><button class="chip" r#type="button" aria-pressed=pressed on:click=move |_| chosen.set(Some(id))>{label}</button></li>
                }
            })
            .collect_view()
    };
    view! {
        <div class="stack tight">
            <h2 class="title-m">{text::chat_list(locale)}</h2>
            <ul class="stack tight">{items}</ul>
        </div>
    }
}

/// What stands there before the first message.
#[component]
fn First() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let team = move || {
        let name =
            client.site.with(|site| site.as_ref().map(|site| site.team_name.clone())).unwrap_or_default();
        text::chat_readers_first(locale, &text::reader_team(locale, &name))
    };
    let nobody = move || client.site.with(|site| site.as_ref().is_some_and(|site| !site.somebody_available));
    view! {
        <div class="first">
            <div class="stack">
                <h2>{text::chat_welcome_title(locale)}</h2>
                <p>{text::chat_welcome(locale)}</p>
                {move || nobody().then(|| view! { <div class="notice warm">{icon(Icon::Clock, 22)} <p>{text::chat_letter_before(locale)}</p></div> })}
                <p class="small muted lock-line">{icon(Icon::Lock, 16)} " " {team}</p>
            </div>
        </div>
    }
}

#[component]
fn Talk(conversation: ConversationId) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let view_of = move || client.conversations.get(conversation);
    let readers = Memo::new(move |_| {
        view_of().map(|view| readers_text(locale, Side::Seeker, &view.readers)).unwrap_or_default()
    });
    let before = move || {
        view! {
            <li class="note lock-line">
                {icon(Icon::Lock, 16)} " "
                {move || text::chat_readers(locale, &readers.get())} " "
                <a href=format!("/privacy?lang={}", locale.tag()) target="_blank" rel="noopener noreferrer">{text::chat_readers_what(locale)}</a>
            </li>
        }
    };
    // The message is a letter: it waits, and nobody is there.
    let letter = Memo::new(move |_| {
        view_of().is_some_and(|view: ConversationView| {
            view.waiting_since_s.is_some() && !view.other_present && view.state != StateView::Closed
        }) && client.site.with(|site| site.as_ref().is_some_and(|site| !site.somebody_available))
    });
    let full = Memo::new(move |_| view_of().is_some_and(|view| view.full));
    // A full one does not open again.
    let closed =
        Memo::new(move |_| view_of().is_some_and(|view| view.state == StateView::Closed && !view.full));
    let after = move || {
        (
            move || letter.get().then(|| view! { <li class="note letter">{text::chat_letter(locale)}</li> }),
            move || closed.get().then(|| view! { <li class="note">{text::chat_closed(locale)}</li> }),
            move || full.get().then(|| view! { <li class="note">{text::chat_full(locale)}</li> }),
        )
    };
    view! { <Lines conversation=conversation side=Side::Seeker before=before after=after /> }
}

/// The emergency numbers, one tap away.
#[component]
fn Emergency() -> impl IntoView {
    let locale = use_client().locale;
    let dialog = NodeRef::<html::Dialog>::new();
    let open = move |_| {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.show_modal();
        }
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get() {
            dialog.close();
        }
    };
    view! {
        <button class="text-button" r#type="button" aria-haspopup="dialog" aria-label=text::chat_emergency_open(locale) on:click=open>
            {text::chat_emergency(locale)}
        </button>
        <dialog node_ref=dialog aria-labelledby="emergency">
            <div class="stack">
                {move || emergency_box(locale, "emergency", numbers())}
                <button class="button quiet" r#type="button" on:click=close>{text::chat_emergency_close(locale)}</button>
            </div>
        </dialog>
    }
}
