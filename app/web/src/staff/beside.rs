//! What the team says among itself about a talk: the staff's thread, in the talk's own column but never beside the field
//! that the seeker's answer is written in. One of the two is on the screen, and they don't look alike.

use crate::client::{Session, use_client};
use crate::icon::{Icon, icon};
use crate::talk::{Composer, Lines, Side, reader_name};
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::worker::{Call, ReaderView, SessionView};
use leptos::prelude::*;

/// Whom a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// The seeker.
    Seeker,
    /// The team alone.
    Team,
}

/// The switch between the talk and what the team says about it.
#[component]
pub(super) fn Sides(conversation: ConversationId, name: Memo<String>, with: RwSignal<Whom>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let thread = Memo::new(move |_| client.conversations.thread(conversation));
    let unread = Memo::new(move |_| thread.with(|thread| thread.as_ref().map_or(0, |thread| thread.unread)));
    let waiting = Memo::new(move |_| {
        client.conversations.get(conversation).map_or(0, |talk| talk.unread).min(99)
            * u32::from(with.get() == Whom::Team)
    });
    let count = move |count: Memo<u32>| {
        move || {
            (count.get() > 0).then(|| {
                let words = text::queue_unread(locale, u64::from(count.get()));
                view! { <span class="count"><span aria-hidden=true.to_string()>{count.get()}</span> <span class="hide">{words}</span></span> }
            })
        }
    };
    // The shortcut goes to the side that is not shown.
    let key = move |side: Whom| (with.get() != side).then_some("t");
    view! {
        <div class="sides" role="group" aria-label=text::beside_choice(locale)>
            <button
                class="side"
                r#type="button"
                aria-pressed=move || (with.get() == Whom::Seeker).to_string()
                aria-keyshortcuts=move || key(Whom::Seeker)
                on:click=move |_| with.set(Whom::Seeker)
            >
                {icon(Icon::Bubble, 18)}
                <span>{move || text::beside_with(locale, &name.get())}</span>
                {count(waiting)}
            </button>
            <button
                class="side team"
                r#type="button"
                aria-pressed=move || (with.get() == Whom::Team).to_string()
                aria-keyshortcuts=move || key(Whom::Team)
                on:click=move |_| with.set(Whom::Team)
            >
                {icon(Icon::People, 18)}
                <span>{text::beside_team(locale)}</span>
                {count(unread)}
            </button>
        </div>
    }
}

/// Lines and field of the thread about a talk.
#[component]
pub(super) fn Beside(thread: ConversationId, name: Memo<String>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    // Its lines come from now on; and where there is none yet, there is a place for one.
    client.tell(Call::Show { conversation: thread });
    let own = move || match client.session.get() {
        Session::Known(SessionView::Staff { person, .. }) => Some(person),
        _ => None,
    };
    let readers = move || {
        let view = client.conversations.get(thread)?;
        let own = own();
        let names: Vec<String> = view
            .readers
            .iter()
            .map(|reader| match reader {
                ReaderView::Person(person, ..) if Some(*person) == own => text::talk_own(locale).to_owned(),
                other => reader_name(locale, Side::Staff, other),
            })
            .collect();
        (!names.is_empty()).then(|| text::beside_readers(locale, &names.join(", ")))
    };
    let empty = move || client.conversations.lines(thread).is_empty();
    view! {
        <div class="beside">
            <p class="beside-note">
                {icon(Icon::Lock, 18)}
                <span>
                    <b>{text::beside_only(locale)}</b>
                    " "
                    {move || text::beside_hidden(locale, &name.get())}
                    " "
                    {readers}
                </span>
            </p>
            <Lines
                conversation=thread
                side=Side::Staff
                label=text::beside_label(locale)
                before=move || view! {
                    <Show when=empty>
                        <li class="note">{text::beside_empty(locale)}</li>
                    </Show>
                }
                after=|| ()
            />
            <div class="chat-foot">
                <Composer
                    id=format!("beside-{}", thread.to_hex())
                    conversation=Some(thread)
                    label=text::beside_answer_label(locale, &name.get_untracked())
                    placeholder=text::beside_placeholder(locale)
                    sent=|_| ()
                >
                    <span class="small beside-word">{text::beside_only(locale)}</span>
                </Composer>
            </div>
        </div>
    }
}
