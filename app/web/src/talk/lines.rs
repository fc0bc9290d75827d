//! The lines of a conversation: a log that screen readers follow politely and that stays at its
//! end unless somebody reads further up.

use super::{Side, readers_text};
use crate::client::{Client, Line, use_client};
use crate::clock;
use crate::text;
use beistand_protocol::id::{ConversationId, MessageId};
use beistand_protocol::worker::{Author, Call, MessageBody, MessageView, Progress};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::prelude::*;

/// Distance from the end, in CSS pixels, that still counts as "at the end".
const END_PX: i32 = 80;
/// After this the history counts as shown, and what is added is announced.
const ANNOUNCE_AFTER_MS: u64 = 1500;

/// What stands in the list.
#[derive(Clone)]
enum Entry {
    /// A new day begins; any time of it.
    Day(u64),
    /// A line.
    Line(Line),
    /// Something that the page knows from elsewhere, and when it was.
    Note(u64, String),
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Day(u64),
    Line(MessageId),
    Note(u64, String),
}

fn entries(client: Client, conversation: ConversationId, notes: &[(u64, String)]) -> Vec<Entry> {
    let mut out = Vec::new();
    let mut day = None;
    let mut push = |time_s: u64, entry: Entry| {
        if day != Some(clock::day(time_s)) {
            day = Some(clock::day(time_s));
            out.push(Entry::Day(time_s));
        }
        out.push(entry);
    };
    let mut notes = notes.iter().peekable();
    for line in client.conversations.lines(conversation) {
        let time_s = line.view.with_untracked(|view| view.time_s);
        while let Some((at_s, words)) = notes.next_if(|(at_s, _)| *at_s < time_s) {
            push(*at_s, Entry::Note(*at_s, words.clone()));
        }
        push(time_s, Entry::Line(line));
    }
    for (at_s, words) in notes {
        push(*at_s, Entry::Note(*at_s, words.clone()));
    }
    out
}

/// The lines of one conversation.
#[component]
pub fn Lines(
    /// Whose lines.
    conversation: ConversationId,
    /// From which side.
    side: Side,
    /// What a screen reader calls them; the talk, if nothing is said.
    #[prop(optional)]
    label: Option<&'static str>,
    /// A line to go to, once it is there; its conversation may be another one.
    #[prop(optional)]
    wanted: Option<RwSignal<Option<(ConversationId, MessageId)>>>,
    /// What stands between the lines by its time, oldest first.
    #[prop(optional)]
    notes: Option<Memo<Vec<(u64, String)>>>,
    /// What stands above the first line, as list items.
    #[prop(into)]
    before: ViewFn,
    /// What stands below the last line, as list items.
    #[prop(into)]
    after: ViewFn,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    // Seekers' pages bring nothing for what only the staff's have.
    let notes = notes.filter(|_| cfg!(feature = "staff"));
    let scroll = NodeRef::<html::Div>::new();
    let at_end = RwSignal::new(true);
    let below = RwSignal::new(false);
    let announced = RwSignal::new(false);
    set_timeout(
        move || {
            announced.try_set(true);
        },
        Duration::from_millis(ANNOUNCE_AFTER_MS),
    );

    let to_end = move || {
        // The page may have changed before the frame came.
        if let Some(Some(element)) = scroll.try_get_untracked() {
            element.set_scroll_top(element.scroll_height());
        }
    };
    Effect::new(move |known: Option<usize>| {
        let lines = client.conversations.lines(conversation);
        if let Some(notes) = notes {
            notes.track();
        }
        let _ = client.conversations.typing(conversation);
        let grown = known.is_some_and(|known| lines.len() > known);
        let own =
            lines.last().is_some_and(|line| line.view.with_untracked(|view| view.author == Author::Own));
        if at_end.get_untracked() || (grown && own) {
            // After the browser has laid out the new line.
            request_animation_frame(to_end);
        } else if grown {
            below.set(true);
        }
        lines.len()
    });
    if let Some(wanted) = wanted {
        Effect::new(move || {
            let Some((of, line)) = wanted.get().filter(|(of, _)| *of == conversation) else { return };
            if client.conversations.lines(of).iter().any(|known| known.id == line) {
                wanted.set(None);
                at_end.set(false);
                // After the lines themselves, which go to their end first.
                request_animation_frame(move || request_animation_frame(move || go_to(line)));
            }
        });
    }
    // The keyboard of a phone or a growing field makes the area smaller: the newest line stays.
    Effect::new(move || {
        let Some(element) = scroll.get() else { return };
        let resized = Closure::<dyn FnMut()>::new(move || {
            if at_end.try_get_untracked() == Some(true) {
                to_end();
            }
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let parts = StoredValue::new_local((observer, resized));
            on_cleanup(move || {
                parts.try_with_value(|(observer, _)| observer.disconnect()).unwrap_or_default()
            });
        }
    });
    let scrolled = move |_| {
        if let Some(element) = scroll.get_untracked() {
            let rest = element.scroll_height() - element.scroll_top() - element.client_height();
            at_end.set(rest < END_PX);
            if rest < END_PX {
                below.set(false);
            }
        }
    };

    // Everything was on the screen: told whenever there is something unread and the page is seen.
    let seen = move || {
        let unread = client.conversations.get(conversation).is_some_and(|view| view.unread > 0);
        if unread && at_end.get() && crate::client::visible() {
            client.tell(Call::Seen { conversation });
        }
    };
    Effect::new(move |_| seen());
    let listener = window_event_listener_untyped("focus", move |_| seen());
    let visibility = leptos::prelude::window_event_listener_untyped("visibilitychange", move |_| seen());
    on_cleanup(move || {
        listener.remove();
        visibility.remove();
    });

    view! {
        <div class="talk-area">
            <div
                class="talk-scroll"
                role="log"
                aria-label=label.unwrap_or_else(|| text::talk_label(locale))
                aria-relevant="additions"
                aria-live=move || if announced.get() { "polite" } else { "off" }
                tabindex="0"
                node_ref=scroll
                on:scroll=scrolled
            >
                <ol class="talk">
                    {before.run()}
                    <For
                        each=move || match notes {
                            Some(notes) => notes.with(|notes| entries(client, conversation, notes)),
                            None => entries(client, conversation, &[]),
                        }
                        key=|entry| match entry {
                            Entry::Day(time_s) => Key::Day(clock::day(*time_s)),
                            Entry::Line(line) => Key::Line(line.id),
                            Entry::Note(at_s, words) => Key::Note(*at_s, words.clone()),
                        }
                        children=move |entry| match entry {
                            Entry::Day(time_s) => {
                                view! { <li class="day">{clock::day_name(locale, time_s)}</li> }.into_any()
                            }
                            Entry::Line(line) => line_view(client, conversation, side, &line).into_any(),
                            Entry::Note(_, words) => view! { <li class="note">{words}</li> }.into_any(),
                        }
                    />
                    {after.run()}
                    {move || client.conversations.typing(conversation).map(|author| typing_view(client, side, &author))}
                </ol>
            </div>
            <Show when=move || below.get()>
                <button class="chip below" r#type="button" on:click=move |_| to_end()>{text::talk_new_below(locale)}</button>
            </Show>
        </div>
    }
}

/// Brings a line onto the screen, and a screen reader to it.
fn go_to(line: MessageId) {
    let element = document().get_element_by_id(&line_id(line));
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        element.scroll_into_view();
        let _ = element.focus();
    }
}

fn line_id(line: MessageId) -> String {
    format!("line-{}", line.to_hex())
}

/// Three dots, with words for those who don't see them.
fn typing_view(client: Client, side: Side, author: &Author) -> impl IntoView + use<> {
    let locale = client.locale;
    let words = match (author, side) {
        (Author::Staff(_, name) | Author::Guest(_, name), _) => text::talk_is_typing(locale, name),
        (_, Side::Seeker) => text::talk_typing_somebody(locale).to_owned(),
        (_, Side::Staff) => text::talk_is_typing(locale, text::reader_seeker(locale)),
    };
    let dot = || view! { <i>{""}</i> };
    view! {
        <li class="msg typing-line">
            <span class="hide">{words}</span>
            <span class="typing" aria-hidden=true.to_string()>{dot()} {dot()} {dot()}</span>
        </li>
    }
}

/// One line. Its content is rendered once per content; its progress changes in place.
fn line_view(client: Client, conversation: ConversationId, side: Side, line: &Line) -> impl IntoView + use<> {
    let view = line.view.clone();
    let content = Memo::new(move |_| view.with(|view| (view.author.clone(), view.body.clone())));
    let view = line.view.clone();
    move || {
        let (author, body) = content.get();
        match body {
            MessageBody::Text(words) => message(client, conversation, side, author, words, &view).into_any(),
            MessageBody::Invited(group, title) if side == Side::Seeker => {
                super::group::invitation(client, conversation, group, &title).into_any()
            }
            #[cfg(feature = "staff")]
            MessageBody::Joined(group, name) if side == Side::Staff => {
                crate::staff::group::admission(client, conversation, group, name).into_any()
            }
            other => note(client, side, &author, &other).into_any(),
        }
    }
}

fn message(
    client: Client,
    conversation: ConversationId,
    side: Side,
    author: Author,
    words: String,
    view: &ArcRwSignal<MessageView>,
) -> impl IntoView + use<> {
    let locale = client.locale;
    let own = author == Author::Own;
    let id = view.with_untracked(|view| view.id);
    let time = clock::time(locale, view.with_untracked(|view| view.time_s));
    let name = match (&author, side) {
        (Author::Staff(_, name) | Author::Guest(_, name), _) => {
            Some(view! { <span class="name">{name.clone()}</span> }.into_any())
        }
        (Author::Own, _) => {
            Some(view! { <span class="hide">{text::talk_own(locale)} ": "</span> }.into_any())
        }
        // Whoever sees has the bubble; whoever hears must not take words of a person for the interface's (P22).
        (Author::Seeker, _) => {
            Some(view! { <span class="hide">{text::reader_seeker(locale)} ": "</span> }.into_any())
        }
    };
    let view = view.clone();
    let progress = Memo::new(move |_| view.with(|view| view.progress));
    let state = move || {
        own.then(|| {
            let words = match progress.get() {
                Progress::Sending => text::talk_progress_sending(locale),
                Progress::Failed => text::talk_progress_failed(locale),
                Progress::Stored => text::talk_progress_stored(locale),
                Progress::Delivered => text::talk_progress_delivered(locale),
                Progress::Read => text::talk_progress_read(locale),
            };
            view! { <span class="progress">" · " {words}</span> }
        })
    };
    let again = move || {
        (own && progress.get() == Progress::Failed).then(|| {
            view! {
                <button
                    class="text-button"
                    r#type="button"
                    on:click=move |_| client.tell(Call::SendAgain { conversation, id })
                >
                    {text::talk_send_again(locale)}
                </button>
            }
        })
    };
    view! {
        <li id=line_id(id) tabindex="-1" class=move || match (own, progress.get()) {
            (true, Progress::Failed) => "msg own failed",
            (true, _) => "msg own",
            (false, _) => "msg",
        }>
            {name}
            <span class="words-of">{words}</span>
            <span class="meta">{time} {state}</span>
            {again}
        </li>
    }
}

/// Something that happened, between the messages.
fn note(client: Client, side: Side, author: &Author, body: &MessageBody) -> impl IntoView + use<> {
    let locale = client.locale;
    let (class, words) = match body {
        MessageBody::Claimed => (
            "note",
            match author {
                Author::Staff(_, name) => text::talk_claimed(locale, name),
                _ => text::talk_claimed_own(locale).to_owned(),
            },
        ),
        MessageBody::Released => ("note", text::talk_released(locale).to_owned()),
        MessageBody::HandedOver(_, name) => ("note", text::talk_handed_over(locale, name)),
        MessageBody::Closed => ("note", text::talk_closed(locale).to_owned()),
        MessageBody::Reopened => ("note", text::talk_reopened(locale).to_owned()),
        MessageBody::Blocked => ("note", text::talk_blocked(locale).to_owned()),
        MessageBody::Unblocked => ("note", text::talk_unblocked(locale).to_owned()),
        MessageBody::ReadersChanged(readers) => {
            ("note", text::talk_readers_changed(locale, &readers_text(locale, side, readers)))
        }
        MessageBody::Invited(_, title) => ("note", text::group_invited(locale, title)),
        MessageBody::Joined(_, name) => ("note", text::group_joined(locale, name)),
        MessageBody::Missing => ("note warn", text::talk_missing(locale).to_owned()),
        MessageBody::Refused => ("note warn", text::talk_refused(locale).to_owned()),
        #[cfg(feature = "staff")]
        MessageBody::Remark(remark) => ("note", crate::staff::remark::words(client, author, remark)),
        _ => ("note", text::talk_unknown(locale).to_owned()),
    };
    view! { <li class=class>{words}</li> }
}
