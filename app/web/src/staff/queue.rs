//! The lists: who waits, whose turn it is, what colleagues have.

use crate::client::use_client;
use crate::clock;
use crate::locale::Locale;
use crate::part::Problem;
use crate::text;
use crate::{
    client::{Client, Session},
    failure,
};
use beistand_protocol::id::ConversationId;
use beistand_protocol::worker::{Author, Call, ConversationView, SessionView, StateView};
use leptos::prelude::*;

/// The groups of the list, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Waiting,
    Mine,
    Team,
    Closed,
}

impl Group {
    fn holds(self, view: &ConversationView) -> bool {
        match view.state {
            StateView::Waiting => self == Self::Waiting,
            StateView::Mine => self == Self::Mine,
            StateView::Colleague(..) => self == Self::Team,
            StateView::Closed => self == Self::Closed,
        }
    }
}

/// The conversations of a group: who waits longest first, then the newest.
fn sorted(list: Option<&Vec<ConversationView>>, group: Group) -> Vec<ConversationId> {
    let mut views: Vec<&ConversationView> =
        list.into_iter().flatten().filter(|view| group.holds(view)).collect();
    views.sort_by_key(|view| (view.waiting_since_s.unwrap_or(u64::MAX), std::cmp::Reverse(view.last_s)));
    views.into_iter().map(|view| view.id).collect()
}

/// "waits 3 minutes".
fn waiting_words(locale: Locale, since_s: u64, now_s: u64) -> String {
    let minutes = now_s.saturating_sub(since_s) / 60;
    match minutes {
        0 => text::queue_wait_now(locale).to_owned(),
        1..=59 => text::queue_wait_minutes(locale, minutes),
        60..=1439 => text::queue_wait_hours(locale, minutes / 60),
        _ => text::queue_wait_since(locale, &clock::day_inside(locale, since_s)),
    }
}

/// The name to show for a conversation.
pub(super) fn name_of(locale: Locale, view: &ConversationView) -> String {
    if view.seeker_name.is_empty() { text::work_unnamed(locale).to_owned() } else { view.seeker_name.clone() }
}

#[component]
pub(super) fn Queue(current: RwSignal<Option<ConversationId>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let now = clock::ticking();
    let problem = RwSignal::new(None::<String>);
    let known = Memo::new(move |_| client.conversations.list.with(Option::is_some));
    // Built once and then changed row by row: a button that somebody is pressing, or that has the keyboard's focus,
    // must stay the same one while news arrives.
    let group = move |group: Group, title: &'static str, none: Option<&'static str>| {
        let ids = Memo::new(move |_| client.conversations.list.with(|list| sorted(list.as_ref(), group)));
        let count = Memo::new(move |_| ids.with(Vec::len));
        let shown = Memo::new(move |_| count.get() > 0 || (none.is_some() && known.get()));
        view! {
            <section hidden=move || !shown.get()>
                <h2><span>{title}</span> " " <span class="num">{count}</span></h2>
                <p class="small muted none" hidden=move || count.get() != 0>{none.unwrap_or_default()}</p>
                <ul>
                    <For
                        each=move || ids.get()
                        key=|id| *id
                        children=move |id| item(client, id, group, current, now, problem)
                    />
                </ul>
            </section>
        }
    };
    let teamless = move || {
        let Session::Known(SessionView::Staff { person, .. }) = client.session.get() else { return false };
        client.staff.with(|staff| {
            !staff.persons.is_empty() && !staff.teams.iter().any(|team| team.members.contains(&person))
        })
    };
    view! {
        <section class="queue" aria-label=text::queue_label(locale)>
            <Problem sentence=problem />
            {move || teamless().then(|| view! { <p class="none">{text::work_no_team(locale)}</p> })}
            <p class="small muted none">{text::queue_sorted(locale)}</p>
            {group(Group::Waiting, text::queue_waiting(locale), Some(text::queue_none_waiting(locale)))}
            {group(Group::Mine, text::queue_mine(locale), Some(text::queue_none_mine(locale)))}
            {group(Group::Team, text::queue_team(locale), None)}
            {group(Group::Closed, text::queue_closed(locale), None)}
        </section>
    }
}

/// One conversation of the list.
fn item(
    client: Client,
    id: ConversationId,
    group: Group,
    current: RwSignal<Option<ConversationId>>,
    now: Signal<u64>,
    problem: RwSignal<Option<String>>,
) -> impl IntoView {
    let locale = client.locale;
    let view_of = Memo::new(move |_| client.conversations.get(id));
    let name = move || view_of.get().map(|view| name_of(locale, &view)).unwrap_or_default();
    let time = move || {
        let view = view_of.get()?;
        Some(match (&view.state, view.waiting_since_s) {
            (StateView::Colleague(_, name), _) => text::queue_with(locale, name),
            (StateView::Waiting, Some(since_s)) => waiting_words(locale, since_s, now.get()),
            _ => clock::short(locale, view.last_s),
        })
    };
    let last = move || {
        let (own, words) = view_of.get()?.last_text.filter(|(_, words)| !words.trim().is_empty())?;
        let prefix = if own { text::queue_own_prefix(locale) } else { "" };
        Some(format!("{prefix} {words}").trim().to_owned())
    };
    let unread = move || {
        let count = view_of.get()?.unread;
        (count > 0).then(|| {
            let words = text::queue_unread(locale, u64::from(count));
            view! { <span class="count"><span aria-hidden=true.to_string()>{count}</span> <span class="hide">{words}</span></span> }
        })
    };
    let typing = move || matches!(client.conversations.typing(id), Some(Author::Seeker));
    let tags = move || {
        let view = view_of.get()?;
        let mut tags: Vec<(&'static str, String)> = Vec::new();
        if view.other_present {
            let words = if typing() { text::queue_typing(locale) } else { text::queue_present(locale) };
            tags.push(("tag on", words.to_owned()));
        }
        if let (StateView::Mine, Some(since_s)) = (&view.state, view.waiting_since_s) {
            tags.push(("tag wait", waiting_words(locale, since_s, now.get())));
        }
        if !view.draft.is_empty() {
            tags.push(("tag", text::queue_draft(locale).to_owned()));
        }
        (!tags.is_empty()).then(|| {
            let tags = tags
                .into_iter()
                .map(|(class, words)| view! { <span class=class>{words}</span> })
                .collect_view();
            view! { <span class="tags">{tags}</span> }
        })
    };
    let claim = move || {
        (group == Group::Waiting).then(|| {
            let claim = move |_| {
                problem.set(None);
                leptos::task::spawn_local(async move {
                    match client.call(Call::Claim { conversation: id }).await {
                        Ok(_) => {
                            current.try_set(Some(id));
                        }
                        Err(failure) => {
                            problem.try_set(Some(failure::sentence(locale, failure)));
                        }
                    }
                });
            };
            view! {
                <button
                    class="button full"
                    r#type="button"
                    aria-label=move || text::queue_claim_of(locale, &name())
                    on:click=claim
                >
                    {text::queue_claim(locale)}
                </button>
            }
        })
    };
    view! {
        <li>
            <button
                class="item"
                r#type="button"
                aria-current=move || (current.get() == Some(id)).then_some("true")
                on:click=move |_| current.set(Some(id))
            >
                <b>{name}</b>
                <span class="end">{unread} <span class="time">{time}</span></span>
                <span class="last">{last}</span>
                {tags}
            </button>
            {claim}
        </li>
    }
}
