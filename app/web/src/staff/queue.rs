//! The lists: who waits, whose turn it is, what colleagues have.
//!
//! Only the rows near the window are built (three hundred talks are no reason to build three hundred rows), and while
//! somebody is about to press one, all keep their places.

use super::desk::{Desk, Filter, group_of, may_claim, offered};
use super::escalation;
use super::search::{Hits, SearchField};
use super::tags::{all_tags, tags_of};
use crate::client::Session;
use crate::clock;
use crate::desk::promise::Due;
use crate::desk::rows::{Entry, Group, Layout, Row, held, sorted};
use crate::failure;
use crate::icon::{Icon, icon};
use crate::locale::Locale;
use crate::part::Problem;
use crate::text;
use beistand_protocol::id::{ConversationId, SiteId, TeamId};
use beistand_protocol::worker::{Author, Call, ConversationView, SessionView, StateView};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::prelude::*;

/// Milliseconds without pointer or keys after which the list may move again.
const HOLD_MS: u64 = 4000;
/// What is built beyond the window on both sides, in eighths of the text size.
const MARGIN: u32 = 160;

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

/// Until when an answer was promised, as a sentence without its end, and how near that is.
pub(super) fn promise_words(locale: Locale, by_s: u64, now_s: u64) -> (Due, String) {
    let (day, time) = clock::due(locale, by_s, now_s, "short");
    match Due::at(now_s, by_s) {
        // The hour of today, and of other days the day.
        Due::Over if clock::day(by_s) == clock::day(now_s) => (Due::Over, text::queue_overdue(locale, &time)),
        Due::Over => (Due::Over, text::queue_overdue(locale, &day)),
        due => (due, text::queue_answer_by(locale, &day, &time)),
    }
}

/// The same as a tag; what is near or past differs by its sign, not by the colour alone.
pub(super) fn promise_tag(locale: Locale, by_s: u64, now_s: u64) -> impl IntoView + use<> {
    let (due, words) = promise_words(locale, by_s, now_s);
    let (class, sign) = match due {
        Due::Later => ("tag", None),
        Due::Soon => ("tag wait due", Some(Icon::Clock)),
        Due::Over => ("tag risk due", Some(Icon::Warning)),
    };
    view! { <span class=class>{sign.map(|sign| icon(sign, 14))} " " {words}</span> }
}

/// The same where it takes the place of a time.
fn promise_line(locale: Locale, by_s: u64, now_s: u64) -> impl IntoView + use<> {
    let (due, words) = promise_words(locale, by_s, now_s);
    let (class, sign) = match due {
        Due::Later => ("time", None),
        Due::Soon => ("time due soon", Some(Icon::Clock)),
        Due::Over => ("time due over", Some(Icon::Warning)),
    };
    view! { <span class=class>{sign.map(|sign| icon(sign, 14))} " " {words}</span> }
}

/// The name to show for a conversation.
pub(super) fn name_of(locale: Locale, view: &ConversationView) -> String {
    if view.seeker_name.is_empty() { text::work_unnamed(locale).to_owned() } else { view.seeker_name.clone() }
}

/// The name of a group.
fn group_name(locale: Locale, group: Group) -> &'static str {
    match group {
        Group::Waiting => text::queue_waiting(locale),
        Group::Mine => text::queue_mine(locale),
        Group::Team => text::queue_team(locale),
        Group::Closed => text::queue_closed(locale),
        Group::Fresh => text::queue_fresh(locale),
    }
}

/// Keeps the list still for a while.
#[derive(Clone, Copy)]
struct Hold {
    held: RwSignal<bool>,
    pressed: StoredValue<bool>,
    touches: StoredValue<u32>,
}

impl Hold {
    fn new() -> Self {
        Self { held: RwSignal::new(false), pressed: StoredValue::new(false), touches: StoredValue::new(0) }
    }

    /// Somebody is at the list.
    fn touch(self) {
        self.touches.update_value(|touches| *touches = touches.wrapping_add(1));
        if !self.held.get_untracked() {
            self.held.set(true);
            self.wait();
        }
    }

    /// Looks again until nothing has happened for a while.
    fn wait(self) {
        let before = self.touches.get_value();
        set_timeout(
            move || {
                // The page may be gone by then.
                let Some(now) = self.touches.try_get_value() else { return };
                if now == before && self.pressed.try_get_value() == Some(false) {
                    self.held.try_set(false);
                } else {
                    self.wait();
                }
            },
            Duration::from_millis(HOLD_MS),
        );
    }
}

/// What a row needs besides its talk.
#[derive(Clone, Copy)]
struct Around {
    desk: Desk,
    layout: RwSignal<Layout<ConversationId>>,
    now: Signal<u64>,
    problem: RwSignal<Option<String>>,
}

#[component]
pub(super) fn Queue(
    desk: Desk,
    /// The rows as they stand, for the keys that go from one to the next.
    layout: RwSignal<Layout<ConversationId>>,
    /// The sheet of shortcuts.
    sheet: NodeRef<html::Dialog>,
) -> impl IntoView {
    let client = desk.client;
    let locale = client.locale;
    let around = Around { desk, layout, now: clock::ticking(), problem: RwSignal::new(None) };
    let hold = Hold::new();
    let entries = Memo::new(move |_| {
        let filter = desk.filter.get();
        client.conversations.list.with(|list| {
            let shown = list.iter().flatten().filter(|view| filter.lets(view, || tags_of(client, view.id)));
            shown.map(entry_of).collect::<Vec<_>>()
        })
    });
    // Sorted, unless somebody is about to press something; a changed filter is pressed already.
    Effect::new(move |before: Option<Filter>| {
        let filter = desk.filter.get();
        let known = client.conversations.list.with(Option::is_some);
        let still = hold.held.get() && before.as_ref() == Some(&filter);
        let rows = entries.with(|entries| match still {
            true => layout.with_untracked(|layout| held(layout.rows(), entries)),
            false => sorted(entries, known && !filter.is_set()),
        });
        if layout.with_untracked(|layout| layout.rows() != rows) {
            let focused = focused_button();
            layout.set(Layout::new(rows));
            if let Some(selector) = focused {
                request_animation_frame(move || focus_again(&selector));
            }
        }
        filter
    });
    let count = move |group: Group| {
        Memo::new(move |_| {
            entries.with(|entries| entries.iter().filter(|entry| entry.group == group).count())
        })
    };
    let teamless = move || {
        let Session::Known(SessionView::Staff { person, .. }) = client.session.get() else { return false };
        client.staff.with(|staff| {
            !staff.persons.is_empty() && !staff.teams.iter().any(|team| team.members.contains(&person))
        })
    };

    // What the window shows, in eighths of the text size.
    let scroll = NodeRef::<html::Div>::new();
    let probe = NodeRef::<html::I>::new();
    let window = RwSignal::new((0_u32, 0_u32));
    let eighth = move || {
        let width = probe.try_get_untracked().flatten().map_or(0, |probe| probe.offset_width());
        f64::from(width.max(1)) / 80.0
    };
    let look = move || {
        let Some(Some(element)) = scroll.try_get_untracked() else { return };
        // Positions and sizes of an element are small and not negative.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let eighths = |pixels: i32| (f64::from(pixels) / eighth()).ceil() as u32;
        let seen = (eighths(element.scroll_top()), eighths(element.client_height()));
        if window.try_get_untracked().is_some_and(|known| known != seen) {
            window.set(seen);
        }
    };
    Effect::new(move || {
        let Some(element) = scroll.get() else { return };
        let resized = Closure::<dyn FnMut()>::new(look);
        if let Ok(observer) = web_sys::ResizeObserver::new(resized.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let parts = StoredValue::new_local((observer, resized));
            on_cleanup(move || {
                parts.try_with_value(|(observer, _)| observer.disconnect()).unwrap_or_default()
            });
        }
    });
    let to = move |top: u32| {
        if let Some(element) = scroll.get_untracked() {
            // As above.
            #[allow(clippy::cast_possible_truncation)]
            element.set_scroll_top((f64::from(top) * eighth()) as i32);
        }
    };
    // A talk that was chosen by a key comes into sight.
    Effect::new(move || {
        let Some(id) = desk.current() else { return };
        let Some(top) = layout.with_untracked(|layout| layout.top(&Row::Talk(id))) else { return };
        let (from, height) = window.get_untracked();
        let end = top + Row::Talk(id).height();
        if top < from {
            to(top.saturating_sub(Row::<ConversationId>::Head(Group::Mine).height()));
        } else if height > 0 && end > from + height {
            to(end - height);
        }
    });
    let rows = move || {
        let (top, height) = window.get();
        layout.with(|layout| layout.rows()[layout.within(top, height, MARGIN)].to_vec())
    };
    let jump = move |group: Group, key: &'static str| {
        let count = count(group);
        let go = move |_| {
            if let Some(top) = layout.with_untracked(|layout| layout.top(&Row::Head(group))) {
                to(top);
            }
        };
        view! {
            <li>
                <button class="jump-to" r#type="button" aria-keyshortcuts=key on:click=go>
                    <b class="num">{count}</b> " " <span>{group_name(locale, group)}</span>
                </button>
            </li>
        }
    };
    let found = RwSignal::new(None);
    let searching = Memo::new(move |_| desk.search.with(|words| !words.trim().is_empty()));
    let nothing = move || {
        let none = layout.with(|layout| layout.rows().is_empty());
        (none && desk.filter.get().is_set())
            .then(|| view! { <p class="none" role="status">{text::queue_none_fit(locale)}</p> })
    };
    view! {
        <section
            class="queue"
            aria-label=text::queue_label(locale)
            on:pointermove=move |_| hold.touch()
            on:pointerdown=move |_| {
                hold.pressed.set_value(true);
                hold.touch();
            }
            on:pointerup=move |_| hold.pressed.set_value(false)
            on:pointercancel=move |_| hold.pressed.set_value(false)
            on:pointerleave=move |_| hold.pressed.set_value(false)
            on:keydown=move |_| hold.touch()
        >
            <i class="probe" node_ref=probe aria-hidden=true.to_string()>{""}</i>
            <div class="queue-head stack tight">
                <SearchField desk=desk found=found />
                <ul class="jump" aria-label=text::queue_jump(locale)>
                    {jump(Group::Waiting, "1")}
                    {jump(Group::Mine, "2")}
                    {jump(Group::Team, "3")}
                    {jump(Group::Closed, "4")}
                </ul>
                <Filters desk=desk />
                <Problem sentence=around.problem />
                {move || teamless().then(|| view! { <p class="none">{text::work_no_team(locale)}</p> })}
                {nothing}
            </div>
            {move || searching.get().then(|| view! { <Hits desk=desk found=found /> })}
            // Kept while a search is shown: it stands where it stood.
            <div class="rows" hidden=move || searching.get() node_ref=scroll on:scroll=move |_| look()>
                <ul style:height=move || format!("{}rem", f64::from(layout.with(Layout::height)) / 8.0)>
                    <For each=rows key=|row| *row children=move |row| row_view(around, row, count) />
                </ul>
            </div>
            <div class="queue-foot">
                <button
                    class="text-button"
                    r#type="button"
                    aria-haspopup="dialog"
                    aria-keyshortcuts="?"
                    on:click=move |_| {
                        if let Some(sheet) = sheet.get_untracked() {
                            let _ = sheet.show_modal();
                        }
                    }
                >
                    {text::shortcut_title(locale)} " " <kbd>{"?"}</kbd>
                </button>
            </div>
        </section>
    }
}

/// The button of a row that has the keyboard's focus, as a selector.
fn focused_button() -> Option<String> {
    let button = document().active_element()?;
    let talk = button.closest(".row-talk").ok()??.get_attribute("data-talk")?;
    Some(format!("[data-talk=\"{talk}\"] .{}", button.class_list().item(0)?))
}

/// A row that the new order has moved took the focus with it into nowhere.
fn focus_again(selector: &str) {
    let document = document();
    let lost = document.active_element().is_none_or(|element| element.tag_name() == "BODY");
    if let (true, Ok(Some(button))) = (lost, document.query_selector(selector))
        && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
    {
        let _ = button.focus();
    }
}

fn entry_of(view: &ConversationView) -> Entry<ConversationId> {
    let ConversationView { id, answer_by_s, waiting_since_s, last_s, .. } = *view;
    Entry { id, group: group_of(view), answer_by_s, waiting_since_s, last_s }
}

/// One of several, by its id in hexadecimal, or any; nothing where there is no choice.
#[component]
fn Choice(
    locale: Locale,
    id: &'static str,
    label: &'static str,
    /// Ids and names.
    options: Memo<Vec<(String, String)>>,
    /// Whether a single one is a choice, too: not all talks have it.
    #[prop(optional)]
    one: bool,
    chosen: impl Fn() -> Option<String> + Copy + Send + Sync + 'static,
    choose: impl Fn(&str) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    move || {
        (options.with(Vec::len) > usize::from(!one)).then(|| {
            let options = options.get().into_iter().map(|(value, name)| {
                let own = value.clone();
                let is_chosen = move || chosen().as_ref() == Some(&own);
                view! { <option value=value prop:selected=is_chosen>{name}</option> }
            });
            view! {
                <div class="field">
                    <label for=id>{label}</label>
                    <select id=id on:change=move |event| choose(&event_target_value(&event))>
                        <option value="" prop:selected=move || chosen().is_none()>{text::filter_any(locale)}</option>
                        {options.collect_view()}
                    </select>
                </div>
            }
        })
    }
}

/// What the list leaves out.
#[component]
fn Filters(desk: Desk) -> impl IntoView {
    let client = desk.client;
    let locale = client.locale;
    // Chosen is only between what there is.
    let sites = Memo::new(move |_| {
        client.staff.with(|staff| {
            staff
                .sites
                .iter()
                .map(|site| (site.site.to_hex(), site.settings.name.clone()))
                .collect::<Vec<_>>()
        })
    });
    let teams = Memo::new(move |_| {
        let own = match client.session.get() {
            Session::Known(SessionView::Staff { person, .. }) => Some(person),
            _ => None,
        };
        client.staff.with(|staff| {
            let mine = staff.teams.iter().filter(|team| own.is_some_and(|own| team.members.contains(&own)));
            mine.map(|team| (team.team.to_hex(), team.name.clone())).collect::<Vec<_>>()
        })
    });
    let tags =
        Memo::new(move |_| all_tags(client).into_iter().map(|tag| (tag.clone(), tag)).collect::<Vec<_>>());
    let is_set = move || desk.filter.get().is_set();
    view! {
        <details class="filter">
            <summary>
                <span class="small muted">{text::queue_sorted(locale)}</span>
                " "
                <span class=move || if is_set() { "tag on" } else { "tag" }>
                    {move || if is_set() { text::filter_active(locale) } else { text::filter_title(locale) }}
                </span>
            </summary>
            <div class="stack tight">
                <Choice
                    locale
                    id="filter-site"
                    label=text::filter_site(locale)
                    options=sites
                    chosen=move || desk.filter.get().site.map(|site| site.to_hex())
                    choose=move |hex| desk.filter.update(|filter| filter.site = SiteId::from_hex(hex))
                />
                <Choice
                    locale
                    id="filter-team"
                    label=text::filter_team(locale)
                    options=teams
                    chosen=move || desk.filter.get().team.map(|team| team.to_hex())
                    choose=move |hex| desk.filter.update(|filter| filter.team = TeamId::from_hex(hex))
                />
                <Choice
                    locale
                    id="filter-tag"
                    label=text::tags_title(locale)
                    options=tags
                    one=true
                    chosen=move || desk.filter.get().tag
                    choose=move |tag| {
                        let tag = (!tag.is_empty()).then(|| tag.to_owned());
                        desk.filter.update(|filter| filter.tag = tag);
                    }
                />
                <label class="check">
                    <input
                        r#type="checkbox"
                        prop:checked=move || desk.filter.get().unread
                        on:change=move |event| {
                            let unread = event_target_checked(&event);
                            desk.filter.update(|filter| filter.unread = unread);
                        }
                    />
                    <span>{text::filter_unread(locale)}</span>
                </label>
                <Show when=is_set>
                    <button class="button quiet" r#type="button" on:click=move |_| desk.filter.set(Filter::default())>
                        {text::filter_reset(locale)}
                    </button>
                </Show>
            </div>
        </details>
    }
}

/// One row at its place.
fn row_view(
    around: Around,
    row: Row<ConversationId>,
    count: impl Fn(Group) -> Memo<usize> + Copy + 'static,
) -> AnyView {
    let locale = around.desk.client.locale;
    let top = Memo::new(move |_| around.layout.with(|layout| layout.top(&row)).unwrap_or(0));
    let place = move || format!("{}rem", f64::from(top.get()) / 8.0);
    match row {
        Row::Head(group) => {
            let count = (group != Group::Fresh).then(|| view! { <span class="num">{count(group)}</span> });
            view! {
                <li class="row-head" style:top=place>
                    <h2><span>{group_name(locale, group)}</span> " " {count}</h2>
                </li>
            }
            .into_any()
        }
        Row::Empty(group) => {
            let words = match group {
                Group::Waiting => text::queue_none_waiting(locale),
                _ => text::queue_none_mine(locale),
            };
            view! { <li class="row-empty small muted" style:top=place>{words}</li> }.into_any()
        }
        Row::Talk(id) => item(around, id, place).into_any(),
    }
}

/// One conversation of the list.
fn item(around: Around, id: ConversationId, place: impl Fn() -> String + Send + 'static) -> impl IntoView {
    let Around { desk, layout, now, problem } = around;
    let client = desk.client;
    let locale = client.locale;
    let view_of = Memo::new(move |_| client.conversations.get(id));
    let name = Memo::new(move |before: Option<&String>| match (view_of.get(), before) {
        (Some(view), _) => name_of(locale, &view),
        // While the list is held still, a talk that is gone keeps its name.
        (None, before) => before.cloned().unwrap_or_default(),
    });
    let time_words = move || {
        let Some(view) = view_of.get() else { return text::queue_gone(locale).to_owned() };
        match (&view.state, view.waiting_since_s) {
            (StateView::Colleague(_, name), _) => text::queue_with(locale, name),
            (StateView::Waiting, Some(since_s)) => waiting_words(locale, since_s, now.get()),
            _ => clock::short(locale, view.last_s),
        }
    };
    // A letter is about the day that was promised, a talk with somebody who is there about minutes, until the promise
    // is at risk.
    let promised_first = move || {
        let view = view_of.get().filter(|view| view.state == StateView::Waiting)?;
        let by_s = view.answer_by_s?;
        let calm = view.other_present && !view.letter && Due::at(now.get(), by_s) == Due::Later;
        (!calm).then_some(by_s)
    };
    let time = move || {
        if let Some(by_s) = promised_first() {
            return promise_line(locale, by_s, now.get()).into_any();
        }
        let words = time_words();
        view! { <span class="time">{words}</span> }.into_any()
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
        // Who waits has no room for it here.
        let promised = view.answer_by_s.filter(|_| view.state != StateView::Waiting);
        let promised = promised.map(|by_s| promise_tag(locale, by_s, now.get()));
        if view.other_present {
            let words = if typing() { text::queue_typing(locale) } else { text::queue_present(locale) };
            tags.push(("tag on", words.to_owned()));
        }
        match offered(client, &view) {
            Some((true, _)) => tags.push(("tag wait", text::queue_offered_own(locale).to_owned())),
            Some((false, name)) => tags.push(("tag", text::queue_offered(locale, &name))),
            None => {}
        }
        tags.extend(escalation::tag(client, &view));
        if let (StateView::Mine, Some(since_s), None) = (&view.state, view.waiting_since_s, view.answer_by_s)
        {
            tags.push(("tag wait", waiting_words(locale, since_s, now.get())));
        }
        let beside = client.conversations.thread(id).map_or(0, |thread| thread.unread);
        if beside > 0 {
            tags.push(("tag team", text::beside_unread(locale, u64::from(beside))));
        }
        if !view.draft.is_empty() {
            tags.push(("tag", text::queue_draft(locale).to_owned()));
        }
        tags.extend(tags_of(client, id).into_iter().map(|tag| ("tag word", tag)));
        // Where it came in, if that is not always the same.
        let site = client.staff.with(|staff| {
            let site = staff.sites.iter().find(|site| site.site == view.site)?;
            (staff.sites.len() > 1).then(|| site.settings.name.clone())
        });
        tags.extend(site.map(|site| ("tag", site)));
        let tags =
            tags.into_iter().map(|(class, words)| view! { <span class=class>{words}</span> }).collect_view();
        Some(view! { <span class="tags">{promised} {tags}</span> })
    };
    let waits = Memo::new(move |_| {
        view_of.with(|view| view.as_ref().is_some_and(|view| view.state == StateView::Waiting))
    });
    let claimable =
        Memo::new(move |_| view_of.with(|view| view.as_ref().is_some_and(|view| may_claim(client, view))));
    let claim = move || {
        claimable.get().then(|| {
            let claim = move |_| {
                problem.set(None);
                leptos::task::spawn_local(async move {
                    match client.call(Call::Claim { conversation: id }).await {
                        Ok(_) => desk.show(id),
                        Err(failure) => {
                            problem.try_set(Some(failure::sentence(locale, failure)));
                        }
                    }
                });
            };
            view! {
                <button
                    class="button"
                    r#type="button"
                    aria-label=move || text::queue_claim_of(locale, &name.get())
                    on:click=claim
                >
                    {text::queue_claim(locale)}
                </button>
            }
        })
    };
    let place_in = move || layout.with(|layout| layout.talks().position(|talk| talk == id));
    view! {
        <li
            class=move || if waits.get() { "row-talk waits" } else { "row-talk" }
            style:top=place
            data-talk=id.to_hex()
            aria-posinset=move || place_in().map(|place| (place + 1).to_string())
            aria-setsize=move || layout.with(|layout| layout.talks().count()).to_string()
        >
            <button
                class="item"
                r#type="button"
                aria-current=move || (desk.current() == Some(id)).then_some("true")
                disabled=move || view_of.with(Option::is_none)
                on:click=move |_| desk.show(id)
            >
                <b>{name}</b>
                <span class="end">{unread} {time}</span>
                <span class="last">{last}</span>
                {tags}
            </button>
            {claim}
        </li>
    }
}
