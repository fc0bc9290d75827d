//! The conversation.

use super::Gate;
use crate::client::{Client, use_client};
use crate::clock;
use crate::emergency::emergency_box;
use crate::icon::{Icon, icon};
use crate::part::{LeaveLink, Menu, SkipLink, Unconfirmed, focused_heading, numbers};
use crate::talk::{Composer, Lines, Side, closed, group_of, readers_text, state};
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
        client.conversations.list.with(|list| {
            let talks = list.as_ref()?.iter().filter(|view| !view.id.is_group());
            talks.max_by_key(|view| view.last_s).map(|view| view.id)
        })
    });
    let current = Memo::new(move |_| chosen.get().or(newest.get()));
    let known = Memo::new(move |_| client.conversations.list.with(Option::is_some));
    Effect::new(move || {
        if let Some(conversation) = current.get() {
            client.tell(Call::Show { conversation });
        }
    });
    // A group that is gone was chosen no longer.
    Effect::new(move || {
        let gone = |id: &ConversationId| known.get() && client.conversations.get(*id).is_none();
        if chosen.get().as_ref().is_some_and(|id| id.is_group() && gone(id)) {
            chosen.set(None);
        }
    });
    let tick = clock::half_minutes();
    let not_now = Memo::new(move |_| {
        tick.track();
        closed(locale, &*group_of(client, current.get()?)?)
    });
    let blocked = Memo::new(move |_| {
        let is = |view: &ConversationView| view.state == StateView::Blocked;
        client.conversations.list.with(|list| list.as_ref().is_some_and(|list| list.iter().any(is)))
    });
    // "You get an answer by tomorrow, 6 PM": what was promised to whoever waits, else what is promised now.
    let promise = Memo::new(move |_| {
        tick.track();
        let by_s = match current.get().and_then(|id| client.conversations.get(id)) {
            Some(view) if waits(&view) => given(&view),
            _ => client.site.with(|site| site.as_ref().and_then(|site| site.answer_by_s)),
        };
        let words = |by_s| {
            let (day, time) = clock::due(locale, by_s, clock::now_s(), "long");
            text::chat_promise(locale, &day, &time)
        };
        by_s.map(words).unwrap_or_default()
    });
    view! {
        <div class="chat">
            <SkipLink locale=locale />
            <ChatHeader name=name current=current chosen=chosen gate=gate />
            <Unconfirmed side=Side::Seeker />
            <Places current=current chosen=chosen />
            <main class="chat-main" id="content" tabindex="-1">
                {move || match (known.get(), current.get()) {
                    (_, Some(id)) => view! { <Talk conversation=id promise=promise /> }.into_any(),
                    (true, None) => view! { <First promise=promise /> }.into_any(),
                    (false, None) => view! { <p class="loading narrow" role="status">{text::busy(locale)}</p> }.into_any(),
                }}
            </main>
            {move || (known.get() && !blocked.get()).then(|| match not_now.get() {
                Some(words) => view! { <footer class="chat-foot"><p class="note letter">{words}</p></footer> }.into_any(),
                None => view! {
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
                }.into_any(),
            })}
        </div>
    }
}

/// The own conversation and the groups, one beside the other, once there is a group.
#[component]
fn Places(current: Memo<Option<ConversationId>>, chosen: RwSignal<Option<ConversationId>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let groups = Memo::new(move |_| {
        let list = client.conversations.list.get().unwrap_or_default();
        let named = list.into_iter().filter_map(|view| Some((view.id, view.group?.title, view.unread > 0)));
        named.collect::<Vec<_>>()
    });
    let place = move |(id, title, new): (Option<ConversationId>, String, bool)| {
        let pressed = move || match (current.get().filter(ConversationId::is_group), id) {
            (shown, Some(_)) => shown == id,
            (shown, None) => shown.is_none(),
        };
        let mark =
            (new && !pressed()).then(|| view! { " " <span class="tag">{text::group_new(locale)}</span> });
        view! {
            <button class="chip" r#type="button" aria-pressed=move || pressed().to_string() on:click=move |_| chosen.set(id)>
                {title} {mark}
            </button>
        }
    };
    move || {
        groups.with(|groups| !groups.is_empty()).then(|| {
            let own = (None, text::group_own_talk(locale).to_owned(), false);
            let all = groups.get().into_iter().map(|(id, title, new)| (Some(id), title, new));
            view! {
                <nav class="chat-places" aria-label=text::group_places(locale)>
                    {core::iter::once(own).chain(all).map(place).collect_view()}
                </nav>
            }
        })
    }
}

/// Whether somebody of the counselors is there.
fn somebody(client: Client, current: Memo<Option<ConversationId>>) -> bool {
    let view = current.get().and_then(|id| client.conversations.get(id));
    // Whoever is there has not accepted it.
    if view.as_ref().is_some_and(|view| view.letter) {
        return false;
    }
    view.is_some_and(|view| view.other_present)
        || client.site.with(|site| site.as_ref().is_some_and(|site| site.somebody_available))
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
        if let Some(group) = current.get().and_then(|id| group_of(client, id)) {
            return group.title;
        }
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
    let tick = clock::half_minutes();
    let state = move || {
        tick.track();
        if let Some(group) = current.get().and_then(|id| group_of(client, id)) {
            return state(locale, &group);
        }
        let words = if current.get().and_then(|id| client.conversations.typing(id)).is_some() {
            text::chat_typing(locale)
        } else if somebody(client, current) {
            text::chat_somebody_there(locale)
        } else {
            text::chat_nobody_there(locale)
        };
        words.to_owned()
    };
    let talk = |view: &&ConversationView| !view.id.is_group();
    let several = move || {
        client
            .conversations
            .list
            .with(|list| list.as_ref().is_some_and(|list| list.iter().filter(talk).count() > 1))
    };
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
        list.retain(|view| !view.id.is_group());
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
fn First(promise: Memo<String>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let team = move || {
        let name =
            client.site.with(|site| site.as_ref().map(|site| site.team_name.clone())).unwrap_or_default();
        text::chat_readers_first(locale, &text::reader_team(locale, &name))
    };
    let nobody = Memo::new(move |_| nobody(client));
    view! {
        <div class="first">
            <div class="stack">
                <h2>{text::chat_welcome_title(locale)}</h2>
                <p>{text::chat_welcome(locale)}</p>
                {move || nobody.get().then(|| {
                    let words = note("", text::chat_letter_before(locale), promise.get(), "");
                    view! { <div class="notice warm">{icon(Icon::Clock, 22)} {words}</div> }
                })}
                <p class="small muted lock-line">{icon(Icon::Lock, 16)} " " {team}</p>
            </div>
        </div>
    }
}

/// What stands below the lines; `promise`: until when a letter is answered.
fn note(class: &'static str, words: &'static str, promise: String, rest: &'static str) -> AnyView {
    view! { <p class=class>{words} " " <b>{promise}</b> " " {rest}</p> }.into_any()
}

/// Whether the seeker waits for an answer.
fn waits(view: &ConversationView) -> bool {
    view.waiting_since_s.is_some() && view.state != StateView::Closed
}

/// Until when an answer was promised to somebody who waits.
fn given(view: &ConversationView) -> Option<u64> {
    view.answer_by_s.filter(|_| waits(view))
}

/// Whether the site says that nobody is there.
fn nobody(client: Client) -> bool {
    client.site.with(|site| site.as_ref().is_some_and(|site| !site.somebody_available))
}

#[component]
fn Talk(conversation: ConversationId, promise: Memo<String>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let view_of = move || client.conversations.get(conversation);
    let readers = Memo::new(move |_| {
        view_of().map(|view| readers_text(locale, Side::Seeker, &view.readers)).unwrap_or_default()
    });
    let own_name = Memo::new(move |_| {
        let group = view_of()?.group?;
        let own = group.guests.into_iter().find(|guest| Some(guest.guest) == group.own);
        own.map(|guest| guest.name)
    });
    let before = move || {
        view! {
            <li class="note lock-line">
                {icon(Icon::Lock, 16)} " "
                {move || text::chat_readers(locale, &readers.get())} " "
                {move || own_name.get().map(|name| view! { {text::group_own(locale, &name)} " " })}
                <a href=format!("/privacy?lang={}", locale.tag()) target="_blank" rel="noopener noreferrer">{text::chat_readers_what(locale)}</a>
            </li>
        }
    };
    let is = move |what: fn(&ConversationView) -> bool| {
        Memo::new(move |_| view_of().is_some_and(|view| what(&view)))
    };
    let full = is(|view| view.full);
    let closed = is(|view| view.state == StateView::Closed);
    let blocked = is(|view| view.state == StateView::Blocked);
    let waits = is(waits);
    let there = is(|view| view.other_present);
    let letter = is(|view| view.letter);
    let tick = clock::half_minutes();
    // Longer than was promised.
    let late = Memo::new(move |_| {
        tick.track();
        view_of().and_then(|view| given(&view)).is_some_and(|by_s| by_s <= clock::now_s())
    });
    let below = move || {
        let mut notes = Vec::new();
        if conversation.is_group() {
            return Vec::new().collect_view();
        }
        if blocked.get() {
            let words = note("note", text::chat_blocked(locale), String::new(), "");
            return [words, emergency_box(locale, "emergency-blocked", numbers())]
                .map(|note| view! { <li class="under">{note}</li> })
                .collect_view();
        }
        // A full one does not open again.
        if full.get() {
            notes.push(note("note", text::chat_full(locale), String::new(), ""));
        } else if closed.get() {
            notes.push(note("note", text::chat_closed(locale), String::new(), ""));
        }
        let (waits, promise) = (waits.get(), promise.get());
        if late.get() {
            notes.push(note("note letter", text::chat_late(locale), String::new(), ""));
            notes.push(emergency_box(locale, "emergency-late", numbers()));
        } else if letter.get() && !full.get() {
            let (words, rest) = (text::chat_letter_instead(locale), text::chat_letter_return(locale));
            notes.push(note("note letter", words, promise, rest));
        } else if full.get() || there.get() || !nobody(client) {
            // Nothing to say of an answer.
        } else if waits {
            let (words, rest) = (text::chat_letter(locale), text::chat_letter_return(locale));
            notes.push(note("note letter", words, promise, rest));
        } else if !promise.is_empty() {
            notes.push(note("note letter", text::chat_letter_before(locale), promise, ""));
        }
        notes.into_iter().map(|note| view! { <li class="under">{note}</li> }).collect_view()
    };
    view! { <Lines conversation=conversation side=Side::Seeker before=before after=move || below /> }
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
