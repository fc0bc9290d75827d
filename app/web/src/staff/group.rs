//! Groups: founded, moderated and written in by the members of a team; invited to from a talk.

use crate::client::{Client, use_client};
use crate::icon::{Icon, icon};
use crate::locale::Locale;
use crate::part::{Problem, Submission};
use crate::talk::{Composer, Lines, Side, state};
use crate::text;
use beistand_protocol::api::Window;
use beistand_protocol::id::{ConversationId, SiteId};
use beistand_protocol::limit::{GROUP_GUESTS_MAX, GROUP_WINDOWS_MAX};
use beistand_protocol::worker::{Call, GroupCall, GroupView, GuestView, MessageBody, NewGroup, Reply};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Guests that are offered first: more hardly talk with each other.
const MOST: u8 = 8;

/// Whether any site has groups.
pub(super) fn any(client: Client) -> bool {
    client.staff.with(|staff| staff.sites.iter().any(|site| site.groups))
}

/// A time as it stands in the fields.
#[derive(Clone, Copy)]
struct Time {
    day: RwSignal<String>,
    from: RwSignal<String>,
    until: RwSignal<String>,
}

fn at(day: &str, time: &str) -> Option<u64> {
    let ms = js_sys::Date::new(&JsValue::from_str(&format!("{day}T{time}"))).get_time();
    // Seconds since 1970 are far below the limits of both.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    ms.is_finite().then_some((ms / 1000.0) as u64)
}

fn day_of(date: &js_sys::Date) -> String {
    format!("{:04}-{:02}-{:02}", date.get_full_year(), date.get_month() + 1, date.get_date())
}

impl Time {
    fn new(day: String, from: String, until: String) -> Self {
        Self { day: RwSignal::new(day), from: RwSignal::new(from), until: RwSignal::new(until) }
    }

    fn of(window: &Window) -> Self {
        // Exact as floating point numbers.
        let date = |time_s: u64| js_sys::Date::new(&JsValue::from_f64(time_s as f64 * 1000.0));
        let time = |date: &js_sys::Date| format!("{:02}:{:02}", date.get_hours(), date.get_minutes());
        let (from, until) = (date(window.from_s), date(window.until_s));
        Self::new(day_of(&from), time(&from), time(&until))
    }

    fn today() -> Self {
        let now_s = crate::clock::now_s();
        let today = Self::of(&Window { from_s: now_s, until_s: now_s });
        Self::new(today.day.get_untracked(), "18:00".into(), "19:30".into())
    }

    /// The same a week later, on whatever day that is when the clocks change.
    fn next(self) -> Self {
        let day = self.day.get_untracked();
        let date = js_sys::Date::new(&JsValue::from_str(&format!("{day}T12:00")));
        date.set_date(date.get_date() + 7);
        Self::new(day_of(&date), self.from.get_untracked(), self.until.get_untracked())
    }

    /// The window, which ends on the next day where the end lies before the beginning.
    fn window(self) -> Option<Window> {
        let (day, from, until) =
            (self.day.get_untracked(), self.from.get_untracked(), self.until.get_untracked());
        let (from_s, until_s) = (at(&day, &from)?, at(&day, &until)?);
        let until_s = if until_s > from_s { until_s } else { until_s + 24 * 60 * 60 };
        Some(Window { from_s, until_s })
    }
}

/// Title and times of a group, new or known; `save` gets them and whether newcomers read what was before.
#[component]
fn GroupForm(
    known: Option<GroupView>,
    submit: &'static str,
    save: Callback<(String, Vec<Window>, u8, bool)>,
    submission: Submission,
) -> impl IntoView {
    let locale = use_client().locale;
    let new = known.is_none();
    let title = RwSignal::new(known.as_ref().map(|view| view.title.clone()).unwrap_or_default());
    let most = RwSignal::new(MOST.to_string());
    let history = RwSignal::new(false);
    let times = match &known {
        Some(view) => view.windows.iter().map(Time::of).collect(),
        None => vec![Time::today()],
    };
    let times: RwSignal<Vec<Time>> = RwSignal::new(times);
    let more = move |_| {
        times.update(|times| {
            let next = times.last().map_or_else(Time::today, |last| last.next());
            if times.len() < GROUP_WINDOWS_MAX {
                times.push(next);
            }
        });
    };
    let row = move |(index, time): (usize, Time)| {
        let field = |kind: &'static str, label: &'static str, value: RwSignal<String>| {
            view! {
                <label>
                    <span>{label}</span>
                    <input
                        r#type=kind
                        required
                        prop:value=move || value.get()
                        on:input=move |event| value.set(event_target_value(&event))
                    />
                </label>
            }
        };
        let remove = move |_| {
            times.update(|times| {
                let _ = times.remove(index);
            })
        };
        view! {
            <li class="group-time">
                {field("date", text::group_day(locale), time.day)}
                {field("time", text::group_from(locale), time.from)}
                {field("time", text::group_until(locale), time.until)}
                <button class="text-button" r#type="button" on:click=remove>{text::group_time_remove(locale)}</button>
            </li>
        }
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let windows: Option<Vec<Window>> =
            times.with_untracked(|times| times.iter().map(|time| time.window()).collect());
        let Some(mut windows) = windows else { return submission.refuse(text::group_times_wrong(locale)) };
        windows.sort_unstable();
        if windows.windows(2).any(|pair| pair[0].until_s > pair[1].from_s) {
            return submission.refuse(text::group_times_wrong(locale));
        }
        let most = most.get_untracked().parse().unwrap_or(MOST);
        save.run((title.get_untracked().trim().to_owned(), windows, most, history.get_untracked()));
    };
    view! {
        <form class="stack group-form" on:submit=send>
            <div class="field">
                <label for="group-title">{text::group_title(locale)}</label>
                <input
                    id="group-title"
                    r#type="text"
                    maxlength="80"
                    required
                    prop:value=move || title.get()
                    on:input=move |event| title.set(event_target_value(&event))
                />
                <p class="hint">{text::group_title_hint(locale)}</p>
            </div>
            {new.then(|| view! {
                <div class="field">
                    <label for="group-most">{text::group_most(locale)}</label>
                    <input
                        id="group-most"
                        r#type="number"
                        min="1"
                        max=GROUP_GUESTS_MAX.to_string()
                        required
                        prop:value=move || most.get()
                        on:input=move |event| most.set(event_target_value(&event))
                    />
                </div>
                <label class="choice">
                    <input
                        r#type="checkbox"
                        prop:checked=move || history.get()
                        on:change=move |event| history.set(event_target_checked(&event))
                    />
                    <b>{text::group_history(locale)}</b>
                    <p class="small muted">{text::group_history_hint(locale)}</p>
                </label>
            })}
            <fieldset class="stack tight">
                <legend>{text::group_times(locale)}</legend>
                <ul class="stack tight">{move || times.get().into_iter().enumerate().map(row).collect_view()}</ul>
                <button class="button quiet" r#type="button" on:click=more>{text::group_time_more(locale)}</button>
            </fieldset>
            <Problem sentence=submission.problem() />
            <button class="button" disabled=move || submission.busy().get()>{submit}</button>
        </form>
    }
}

#[component]
pub(super) fn GroupsArea() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let chosen = RwSignal::new(None::<ConversationId>);
    let founding = RwSignal::new(false);
    let groups = Memo::new(move |_| client.conversations.groups());
    let current = Memo::new(move |_| {
        let chosen = chosen.get();
        groups.with(|groups| {
            let mut ids = groups.iter().map(|view| view.id);
            ids.clone().find(|id| Some(*id) == chosen).or(ids.next())
        })
    });
    let choice = move |(id, title): (ConversationId, String)| {
        let choose = move |_| {
            founding.set(false);
            chosen.set(Some(id));
        };
        let pressed = move || (current.get() == Some(id) && !founding.get()).to_string();
        view! {
            <button class="side team" r#type="button" aria-pressed=pressed on:click=choose>
                {icon(Icon::People, 18)}
                <span>{title}</span>
            </button>
        }
    };
    let named = Memo::new(move |_| {
        let name = |view: beistand_protocol::worker::ConversationView| Some((view.id, view.group?.title));
        groups.get().into_iter().filter_map(name).collect::<Vec<_>>()
    });
    view! {
        <main class="room-area group-area" id="content" tabindex="-1">
            <div class="room-head">
                <h1>{text::group_area(locale)}</h1>
                <button class="button quiet" r#type="button" aria-expanded=move || founding.get().to_string() on:click=move |_| founding.update(|on| *on = !*on)>
                    {text::group_found(locale)}
                </button>
            </div>
            {move || named.with(|named| !named.is_empty()).then(|| view! {
                <div class="sides" role="group" aria-label=text::group_area(locale)>
                    {named.get().into_iter().map(choice).collect_view()}
                </div>
            })}
            {move || match (founding.get(), current.get()) {
                (true, _) => view! { <Found founding=founding chosen=chosen /> }.into_any(),
                (false, Some(id)) => view! { <Group id=id /> }.into_any(),
                (false, None) => view! { <p class="group-none">{text::group_none(locale)}</p> }.into_any(),
            }}
        </main>
    }
}

/// A new group.
#[component]
fn Found(founding: RwSignal<bool>, chosen: RwSignal<Option<ConversationId>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let sites: Vec<(SiteId, String)> = client.staff.with_untracked(|staff| {
        let open = staff.sites.iter().filter(|site| site.groups);
        open.map(|site| (site.site, site.settings.name.clone())).collect()
    });
    let site = RwSignal::new(sites.first().map(|(site, _)| *site));
    let submission = Submission::default();
    let save = Callback::new(move |(title, windows, most, history)| {
        let Some(site) = site.get_untracked() else { return };
        let call = GroupCall::Found(NewGroup { site, title, windows, most, history });
        submission.call(Call::Group(call), move |outcome| {
            if let Ok(Reply::Sent { conversation }) = outcome {
                chosen.set(Some(conversation));
                founding.set(false);
            }
        });
    });
    let several = (sites.len() > 1).then(|| {
        let option = |(id, name): (SiteId, String)| view! { <option value=id.to_hex()>{name}</option> };
        let choose = move |event| site.set(SiteId::from_hex(&event_target_value(&event)));
        view! {
            <div class="field">
                <label for="group-site">{text::group_site(locale)}</label>
                <select id="group-site" on:change=choose>{sites.into_iter().map(option).collect_view()}</select>
            </div>
        }
    });
    view! {
        <section class="group-found stack" aria-label=text::group_found(locale)>
            <p>{text::group_found_body(locale)}</p>
            {several}
            <GroupForm known=None submit=text::group_found(locale) save=save submission=submission />
        </section>
    }
}

/// One group: what is said, and who is in it.
#[component]
fn Group(id: ConversationId) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    client.tell(Call::Show { conversation: id });
    let view = Memo::new(move |_| client.conversations.get(id).and_then(|view| view.group));
    let tick = crate::clock::half_minutes();
    let when = move || {
        tick.track();
        view.get().map(|view| state(locale, &view))
    };
    let submission = Submission::default();
    let act = move |call: GroupCall| submission.call(Call::Group(call), |_| ());
    let guest = move |of: GuestView| {
        let GuestView { guest, name, muted } = of;
        let mute = move |_| act(GroupCall::Mute { group: id, guest, muted: !muted });
        let remove = move |_| act(GroupCall::Remove { group: id, guest });
        let words = if muted { text::group_unmute(locale) } else { text::group_mute(locale) };
        view! {
            <li class="group-guest">
                <b>{name.clone()}</b>
                {muted.then(|| view! { <span class="small muted">{text::group_is_muted(locale)}</span> })}
                <span class="row">
                    <button class="text-button" r#type="button" on:click=mute>{words} <span class="hide">" " {name.clone()}</span></button>
                    <button class="text-button" r#type="button" on:click=remove>{text::group_remove(locale)} <span class="hide">" " {name}</span></button>
                </span>
            </li>
        }
    };
    let guests = Memo::new(move |_| view.get().map(|view| (view.guests, view.most)).unwrap_or_default());
    let list = move || {
        let (guests, _) = guests.get();
        match guests.is_empty() {
            true => view! { <p class="muted">{text::group_empty(locale)}</p> }.into_any(),
            false => view! { <ul class="stack tight">{guests.into_iter().map(guest).collect_view()}</ul> }
                .into_any(),
        }
    };
    let count = move || {
        let (guests, most) = guests.get();
        text::group_guests(locale, &guests.len().to_string(), &most.to_string())
    };
    let changing = RwSignal::new(false);
    let save = Callback::new(move |(title, windows, _, _)| {
        submission.call(Call::Group(GroupCall::Change { group: id, title, windows }), move |outcome| {
            if outcome.is_ok() {
                changing.set(false);
            }
        });
    });
    let form = move || {
        changing.get().then(|| {
            view! { <GroupForm known=view.get_untracked().map(|view| *view) submit=text::group_save(locale) save=save submission=submission /> }
        })
    };
    view! {
        <div class="group-open">
            <section class="group-talk" aria-label=move || view.get().map(|view| view.title)>
                <p class="group-when">{icon(Icon::Clock, 18)} " " {when}</p>
                <Lines conversation=id side=Side::Staff label=text::group_label(locale) before=|| () after=|| () />
                <div class="chat-foot">
                    <Composer
                        id="group".to_owned()
                        conversation=Signal::derive(move || Some(id))
                        label=text::group_answer(locale)
                        placeholder=text::group_answer(locale)
                        sent=|_| ()
                    >
                        <span class="small muted">{text::group_seen(locale)}</span>
                    </Composer>
                </div>
            </section>
            <aside class="stack" aria-label=text::group_who(locale)>
                <h2 class="title-m">{count}</h2>
                {list}
                <p class="small muted">{text::group_invite_hint(locale)}</p>
                <button class="button quiet" r#type="button" aria-expanded=move || changing.get().to_string() on:click=move |_| changing.update(|on| *on = !*on)>
                    {text::group_change(locale)}
                </button>
                {form}
                {move || (!changing.get()).then(|| view! { <Problem sentence=submission.problem() /> })}
            </aside>
        </div>
    }
}

/// In a talk: its seeker is invited to a group of the site.
#[component]
pub(super) fn InviteToGroup(conversation: ConversationId) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let groups = Memo::new(move |_| {
        let site = client.conversations.get(conversation).map(|view| view.site);
        let here = client.conversations.groups().into_iter().filter(|view| Some(view.site) == site);
        here.filter_map(|view| Some((view.id, view.group?.title))).collect::<Vec<_>>()
    });
    let submission = Submission::default();
    let button = move |(group, title): (ConversationId, String)| {
        let invite = move |_| {
            submission.call(Call::Group(GroupCall::Invite { group, talk: conversation }), |_| ());
        };
        view! { <li><button class="button quiet" r#type="button" on:click=invite>{text::group_invite(locale, &title)}</button></li> }
    };
    move || {
        groups.with(|groups| !groups.is_empty()).then(|| {
            view! {
                <section class="stack tight">
                    <h2 class="title-m">{text::group_area(locale)}</h2>
                    <ul class="stack tight">{groups.get().into_iter().map(button).collect_view()}</ul>
                    <Problem sentence=submission.problem() />
                </section>
            }
        })
    }
}

/// In a talk: its seeker wants to come into a group, and is let in.
pub(crate) fn admission(
    client: Client,
    conversation: ConversationId,
    group: ConversationId,
    name: String,
) -> impl IntoView + use<> {
    let locale: Locale = client.locale;
    let submission = Submission::default();
    let words = text::group_joined(locale, &name);
    let admit = move |_| submission.call(Call::Group(GroupCall::Admit { group, talk: conversation }), |_| ());
    // Only the newest word on it counts, and only while nobody of that name is there.
    let open = Memo::new(move |_| {
        let view = client.conversations.get(group).and_then(|view| view.group);
        let is_in = view.is_none_or(|view| view.guests.iter().any(|guest| guest.name == name));
        let said = |body: &MessageBody| match body {
            MessageBody::Joined(of, said) if *of == group => Some(*said == name),
            _ => None,
        };
        let lines = client.conversations.lines(conversation);
        let newest = lines.iter().rev().find_map(|line| line.view.with(|view| said(&view.body)));
        !is_in && newest == Some(true)
    });
    view! {
        <li class="note group-invitation">
            <p>{words}</p>
            {move || open.get().then(|| view! {
                <button class="button" r#type="button" disabled=move || submission.busy().get() on:click=admit>{text::group_admit(locale)}</button>
            })}
            <Problem sentence=submission.problem() />
        </li>
    }
}

/// In the administration: whether a site has groups.
#[component]
pub(super) fn GroupsAllowed(site: SiteId) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let allowed =
        move || client.staff.with(|staff| staff.sites.iter().any(|known| known.site == site && known.groups));
    let submission = Submission::default();
    let switch = move |event| {
        let allowed = event_target_checked(&event);
        submission.call(Call::Group(GroupCall::Allow { site, allowed }), |_| ());
    };
    view! {
        <label class="choice">
            <input r#type="checkbox" prop:checked=allowed on:change=switch />
            <b>{text::group_allow(locale)}</b>
            <p class="small muted">{text::group_allow_hint(locale)}</p>
        </label>
        <Problem sentence=submission.problem() />
    }
}
