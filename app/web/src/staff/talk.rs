//! One conversation at the workplace: header with what can be done, lines, answer, and beside
//! them the person and the readers.

use super::beside::{Beside, Sides, Whom};
use super::blocks::Slash;
use super::desk::{Desk, leads, may_claim, offered};
use super::documentation::{self, DocumentButton};
use super::ending::{self, Close};
use super::escalation;
use super::note::OwnNote;
use super::queue::{name_of, promise_words};
use super::tags::Tags;
use crate::client::use_client;
use crate::clock;
use crate::failure;
use crate::icon::{Icon, icon};
use crate::part::Problem;
use crate::talk::{Composer, Lines, Side, reader_name};
use crate::text;
use beistand_protocol::id::{ConversationId, PersonId};
use beistand_protocol::limit::HANDOVER_NOTE_BYTES_MAX;
use beistand_protocol::worker::{Call, ConversationView, ReaderView, Remark, SessionView, StateView};
use leptos::html;
use leptos::prelude::*;
use std::collections::BTreeSet;

#[component]
pub(super) fn Talk(conversation: ConversationId, desk: Desk) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let view_of = Memo::new(move |_| client.conversations.get(conversation));
    let name = Memo::new(move |_| view_of.get().map(|view| name_of(locale, &view)).unwrap_or_default());
    let state = Memo::new(move |_| view_of.get().map(|view| view.state));
    let full = Memo::new(move |_| view_of.get().is_some_and(|view| view.full));
    let claimable =
        Memo::new(move |_| view_of.with(|view| view.as_ref().is_some_and(|view| may_claim(client, view))));
    let turn = Memo::new(move |_| view_of.with(|view| view.as_ref().and_then(|view| offered(client, view))));
    let present = Memo::new(move |_| view_of.get().is_some_and(|view| view.other_present));
    let thread = Memo::new(move |_| view_of.get().and_then(|view| view.thread));
    let with = RwSignal::new(Whom::Seeker);
    // What a search has found stands in the talk.
    Effect::new(move || {
        if desk.wanted.get().is_some_and(|(of, _)| of == conversation) {
            with.set(Whom::Seeker);
        }
    });
    let steps = Memo::new(move |_| {
        let mut lines = view_of
            .with(|view| view.as_ref().map(|view| escalation::lines(client, view)).unwrap_or_default());
        lines.extend(ending::lines(client, conversation));
        lines.extend(documentation::lines(client, conversation));
        lines.sort_by_key(|(time_s, _)| *time_s);
        // Two files in one second are one line.
        let mut told = BTreeSet::new();
        lines.retain(|line| told.insert(line.clone()));
        lines
    });
    let problem = RwSignal::new(None::<String>);
    let column = NodeRef::<html::Section>::new();
    let heading = NodeRef::<html::H1>::new();
    let current = Memo::new(move |_| desk.current() == Some(conversation));
    // Whoever chooses a talk hears its name first, unless the focus is in it already.
    Effect::new(move || {
        let (Some(column), Some(heading), true) = (column.get(), heading.get(), current.get()) else {
            return;
        };
        let inside =
            document().active_element().is_some_and(|element| column.contains(Some(element.as_ref())));
        if !inside {
            let _ = heading.focus();
        }
    });
    // One after the other; what fails ends it.
    let act = move |calls: Vec<Call>| {
        problem.set(None);
        leptos::task::spawn_local(async move {
            for call in calls {
                if let Err(failure) = client.call(call).await {
                    problem.try_set(Some(failure::sentence(locale, failure)));
                    return;
                }
            }
        });
    };
    // A lead may take it from whoever holds it.
    let along = Memo::new(move |_| {
        let colleague = |view: &ConversationView| matches!(view.state, StateView::Colleague(..));
        view_of.with(|view| view.as_ref().is_some_and(|view| colleague(view) && leads(client, view)))
    });
    let take_over = move || {
        if let crate::client::Session::Known(SessionView::Staff { person, .. }) =
            client.session.get_untracked()
        {
            act(vec![Call::HandOver { conversation, to: person }]);
        }
    };
    let presence = move || {
        if present.get() {
            view! { <span class="tag on">{text::work_present(locale)}</span> }
        } else {
            view! { <span class="tag">{text::work_absent(locale)}</span> }
        }
    };
    let actions = move || {
        (state.get() == Some(StateView::Mine)).then(|| {
            let act = Callback::new(act);
            view! {
                <HandOver conversation=conversation act=act />
                <Close conversation=conversation act=act />
            }
        })
    };
    // Side by side only where the window has room for it.
    let pinned = Memo::new(move |_| desk.slots.with(|slots| slots.pinned.contains(&conversation)));
    let beside = move || {
        (desk.room.get() > 1).then(|| {
            view! {
                <button
                    class="icon-button"
                    r#type="button"
                    aria-pressed=move || pinned.get().to_string()
                    aria-label=move || text::work_pin(locale, &name.get())
                    title=move || text::work_pin(locale, &name.get())
                    aria-keyshortcuts="p"
                    on:click=move |_| desk.slots.update(|slots| slots.pin(conversation))
                >
                    {icon(Icon::Pin, 20)}
                </button>
                <button
                    class="icon-button"
                    r#type="button"
                    aria-label=move || text::work_away(locale, &name.get())
                    title=move || text::work_away(locale, &name.get())
                    aria-keyshortcuts="x"
                    on:click=move |_| desk.close(conversation)
                >
                    {icon(Icon::Close, 20)}
                </button>
            }
        })
    };
    let foot = move || {
        match state.get() {
        Some(StateView::Mine | StateView::Closed) if full.get() => {
            view! { <p class="small muted">{text::work_full(locale)}</p> }.into_any()
        }
        Some(StateView::Mine) => view! {
            <Slash conversation=conversation><Composer
                id=format!("answer-{}", conversation.to_hex())
                conversation=Some(conversation)
                label=text::work_answer_label(locale, &name.get_untracked())
                placeholder=text::work_answer_placeholder(locale)
                sent=|_| ()
            >
                <span class="small muted keys">
                    <kbd>{"/"}</kbd> " " {text::staff_nav_blocks(locale)} " · "
                    <kbd>{text::work_key_control(locale)}</kbd> " " <kbd>{"↵"}</kbd> " " {text::work_keys_send(locale)}
                </span>
            </Composer></Slash>
        }
        .into_any(),
        Some(StateView::Closed) => view! { <p class="small muted">{text::work_closed(locale)}</p> }.into_any(),
        Some(StateView::Blocked) => view! {
            <div class="row spread">
                <span class="small muted">{text::block_now(locale)}</span>
                <Show when=move || view_of.with(|view| view.as_ref().is_some_and(|view| leads(client, view)))>
                    <button
                        class="button quiet"
                        r#type="button"
                        on:click=move |_| act(vec![Call::Unblock { conversation }])
                    >
                        {text::block_lift(locale)}
                    </button>
                </Show>
            </div>
        }
        .into_any(),
        Some(StateView::Waiting) if !claimable.get() => {
            let name = turn.get().map(|(_, name)| name).unwrap_or_default();
            view! { <p class="small muted">{text::queue_offered(locale, &name)}</p> }.into_any()
        }
        Some(StateView::Waiting) => view! {
            <div class="row spread">
                <span class="small muted">{text::work_claim_first(locale)}</span>
                <button
                    class="button"
                    r#type="button"
                    aria-keyshortcuts="c"
                    on:click=move |_| act(vec![Call::Claim { conversation }])
                >
                    {text::queue_claim(locale)}
                </button>
            </div>
        }
        .into_any(),
        Some(StateView::Colleague(_, name)) if along.get() => view! {
            <div class="row spread">
                <span class="small muted">{text::along_body(locale, &name)}</span>
                <button class="button quiet" r#type="button" on:click=move |_| take_over()>{text::queue_claim(locale)}</button>
            </div>
        }
        .into_any(),
        Some(StateView::Colleague(_, name)) => {
            view! { <p class="small muted">{text::queue_with(locale, &name)}</p> }.into_any()
        }
        None => ().into_any(),
    }
    };
    view! {
        <section
            class=move || if current.get() { "talk-column current" } else { "talk-column" }
            aria-label=move || text::work_talk_with(locale, &name.get())
            node_ref=column
            on:focusin=move |_| desk.show(conversation)
            on:pointerdown=move |_| desk.show(conversation)
        >
            <header class="talk-head">
                <button
                    class="icon-button back"
                    r#type="button"
                    aria-label=text::work_back(locale)
                    on:click=move |_| desk.leave()
                >
                    {icon(Icon::Back, 22)}
                </button>
                <h1 class="title-l" node_ref=heading tabindex="-1">{name}</h1>
                {presence}
                {move || along.get().then(|| view! { <span class="tag">{text::along_tag(locale)}</span> })}
                <div class="end row">{actions} {beside}</div>
            </header>
            <Problem sentence=problem />
            <details class="person-small">
                <summary>{text::work_details(locale)}</summary>
                <Person conversation=conversation place="small" />
            </details>
            <Sides conversation name with />
            {move || match with.get() {
                Whom::Seeker => view! {
                    <Lines conversation=conversation side=Side::Staff wanted=desk.wanted notes=steps before=|| () after=|| () />
                    <div class="chat-foot">{foot}</div>
                }.into_any(),
                Whom::Team => thread.get().map(|thread| view! { <Beside thread name /> }).into_any(),
            }}
        </section>
    }
}

/// What is known about the conversation, and who can read it.
#[component]
pub(super) fn Person(
    conversation: ConversationId,
    /// Tells the ids of this one from those of another on the page.
    place: &'static str,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let problem = RwSignal::new(None::<String>);
    let release = move |_| {
        problem.set(None);
        leptos::task::spawn_local(async move {
            if let Err(failure) = client.call(Call::Release { conversation }).await {
                problem.try_set(Some(failure::sentence(locale, failure)));
            }
        });
    };
    let view_of = Memo::new(move |_| client.conversations.get(conversation));
    let now = clock::ticking();
    let promised = Memo::new(move |_| {
        let by_s = view_of.get()?.answer_by_s?;
        Some(promise_words(locale, by_s, now.get()).1)
    });
    let own = move || match client.session.get() {
        crate::client::Session::Known(SessionView::Staff { person, .. }) => Some(person),
        _ => None,
    };
    let facts = move || {
        let view = view_of.get()?;
        let own = own();
        let readers = view
            .readers
            .iter()
            .map(|reader| {
                let words = match reader {
                    ReaderView::Seeker => name_of(locale, &view),
                    ReaderView::Person(person, ..) if Some(*person) == own => {
                        text::talk_own(locale).to_owned()
                    }
                    other => reader_name(locale, Side::Staff, other),
                };
                view! { <li>{words}</li> }
            })
            .collect_view();
        // A colleague's too: somebody may fall ill or have left.
        let held = matches!(view.state, StateView::Mine | StateView::Colleague(..));
        let release = held.then(|| {
            view! {
                <button class="button quiet" r#type="button" on:click=release>
                    {text::work_release(locale)}
                </button>
            }
        });
        let fact = |term: &'static str, words: String| view! { <div><dt>{term}</dt> <dd>{words}</dd></div> };
        Some(view! {
            <div class="stack wide">
                <section>
                    <h2 class="title-m">{text::work_overview(locale)}</h2>
                    <dl class="facts-list">
                        {fact(text::work_first_contact(locale), clock::short(locale, view.opened_s))}
                        {promised.get().map(|words| fact(text::work_promise(locale), words))}
                        {fact(text::work_last_contact(locale), clock::short(locale, view.last_s))}
                        {fact(text::work_deleted(locale), text::work_deleted_after(locale, u64::from(view.retention_days)))}
                    </dl>
                </section>
                <section>
                    <h2 class="title-m">{text::work_readers(locale)}</h2>
                    <ul class="stack tight">{readers}</ul>
                    <p class="small muted">{text::work_readers_body(locale)}</p>
                </section>
                <div class="stack tight">{release} <Problem sentence=problem /></div>
            </div>
        })
    };
    // What somebody types in stays while the facts change.
    view! {
        <div class="stack wide">
            <Tags conversation place />
            <OwnNote conversation place />
            <super::group::InviteToGroup conversation />
            {facts}
            <DocumentButton conversation />
        </div>
    }
}

pub(super) fn open(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        let _ = dialog.show_modal();
    }
}

pub(super) fn shut(dialog: NodeRef<html::Dialog>) {
    if let Some(dialog) = dialog.get_untracked() {
        dialog.close();
    }
}

/// To whom a conversation is handed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum To {
    Person(PersonId),
    Team,
}

/// Hands the conversation to a colleague of the team or back to the team, with a note that stays among the staff.
#[component]
fn HandOver(conversation: ConversationId, act: Callback<Vec<Call>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let dialog = NodeRef::<html::Dialog>::new();
    // Several talks may stand on the page.
    let title = format!("hand-over-{}", conversation.to_hex());
    let (group, heading) = (title.clone(), title.clone());
    let chosen = RwSignal::new(None::<To>);
    let note = RwSignal::new(String::new());
    let note_id = format!("{title}-note");
    let note_for = note_id.clone();
    let own = move || match client.session.get() {
        crate::client::Session::Known(SessionView::Staff { person, .. }) => Some(person),
        _ => None,
    };
    // Colleagues who share a team with me.
    let colleagues = Memo::new(move |_| {
        let own = own();
        client.staff.with(|staff| {
            let shared = |person: PersonId| {
                staff.teams.iter().any(|team| {
                    team.members.contains(&person) && own.is_some_and(|own| team.members.contains(&own))
                })
            };
            staff
                .persons
                .iter()
                .filter(|person| Some(person.person) != own && shared(person.person))
                .map(|person| (person.person, person.display_name.clone(), person.presence))
                .collect::<Vec<_>>()
        })
    });
    let options = move || {
        let group = &group;
        colleagues
            .get()
            .into_iter()
            .map(|(person, name, presence)| {
                let state = super::administration::presence_words(locale, presence);
                view! {
                    <label class="choice">
                        <input
                            r#type="radio"
                            name=group.clone()
                            prop:checked=move || chosen.get() == Some(To::Person(person))
                            on:change=move |_| chosen.set(Some(To::Person(person)))
                        />
                        <b>{name}</b>
                        <p class="small muted">{state}</p>
                    </label>
                }
            })
            .collect_view()
    };
    let team_group = format!("hand-over-{}", conversation.to_hex());
    let too_long = move || note.with(|note| note.len() > HANDOVER_NOTE_BYTES_MAX);
    let give = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(to) = chosen.get_untracked().filter(|_| !too_long()) else { return };
        shut(dialog);
        let words = note.with_untracked(|note| note.trim().to_owned());
        note.set(String::new());
        let person = match to {
            To::Person(person) => Some(person),
            To::Team => None,
        };
        // The note first: whoever gives a talk away may read its thread no longer.
        let remark = Remark::HandedOver { to: person, words: words.clone() };
        let given = match person {
            Some(to) => Call::HandOver { conversation, to },
            None => Call::Release { conversation },
        };
        let noted = (!words.is_empty()).then_some(Call::Remark { conversation, remark });
        act.run(noted.into_iter().chain([given]).collect());
    };
    view! {
        <button class="button quiet" r#type="button" aria-haspopup="dialog" aria-keyshortcuts="h" on:click=move |_| open(dialog)>{text::work_hand_over(locale)}</button>
        <dialog node_ref=dialog aria-labelledby=title>
            <form class="stack" on:submit=give>
                <h2 id=heading>{text::work_hand_over_title(locale)}</h2>
                <p>{text::work_hand_over_body(locale)}</p>
                <fieldset class="stack tight">
                    <legend>{text::work_hand_over_to(locale)}</legend>
                    {options}
                    <label class="choice">
                        <input
                            r#type="radio"
                            name=team_group
                            prop:checked=move || chosen.get() == Some(To::Team)
                            on:change=move |_| chosen.set(Some(To::Team))
                        />
                        <b>{text::work_hand_over_team(locale)}</b>
                        <p class="small muted">{text::work_hand_over_team_body(locale)}</p>
                    </label>
                    {move || colleagues.with(Vec::is_empty).then(|| view! { <p class="muted">{text::work_hand_over_none(locale)}</p> })}
                </fieldset>
                <div class="field">
                    <label for=note_for>{text::work_hand_over_note(locale)}</label>
                    <textarea
                        id=note_id
                        rows="3"
                        prop:value=move || note.get()
                        on:input=move |event| note.set(event_target_value(&event))
                    ></textarea>
                    <p class="small muted">{move || if too_long() { text::work_hand_over_note_long(locale) } else { text::beside_only(locale) }}</p>
                </div>
                <div class="row">
                    <button class="button" r#type="submit" disabled=move || chosen.get().is_none() || too_long()>{text::work_hand_over_submit(locale)}</button>
                    <button class="button quiet" r#type="button" on:click=move |_| shut(dialog)>{text::cancel(locale)}</button>
                </div>
            </form>
        </dialog>
    }
}
