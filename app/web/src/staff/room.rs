//! The rooms of teams: what colleagues say to each other that is about no conversation. An area of its own, in the colour
//! of what stays within the team, with no field near in which somebody is answered.

use crate::client::{Client, Session, use_client};
use crate::clock;
use crate::icon::{Icon, icon};
use crate::locale::Locale;
use crate::talk::{Composer, Lines, Side, reader_name};
use crate::text;
use beistand_protocol::id::{ConversationId, PersonId, TeamId};
use beistand_protocol::limit::ROOM_KEPT_S;
use beistand_protocol::month::Month;
use beistand_protocol::worker::{
    Call, Confirmation, ConversationView, MessageBody, ReaderView, RoomView, SessionView, TeamView,
};
use leptos::prelude::*;

/// So many names stand in the line itself.
const NAMES_MAX: usize = 12;
const DAY_S: u64 = 24 * 60 * 60;

/// A team that this person is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Own {
    team: TeamId,
    name: String,
    /// The present month's room.
    now: RoomView,
}

/// The rooms of this person's teams, and which is shown. Copies are handles to the same ones.
#[derive(Clone, Copy)]
pub(super) struct Rooms {
    client: Client,
    /// The person's teams.
    pub of: Memo<Vec<Own>>,
    /// The team that was chosen.
    team: RwSignal<Option<TeamId>>,
    /// The month that was chosen; `None`: the present one, also when the next has begun.
    month: RwSignal<Option<Month>>,
}

impl Rooms {
    /// None is chosen yet.
    pub fn new(client: Client) -> Self {
        let own = |team: &TeamView| Some(Own { team: team.team, name: team.name.clone(), now: team.room? });
        let of = Memo::new(move |_| client.staff.with(|staff| staff.teams.iter().filter_map(own).collect()));
        Self { client, of, team: RwSignal::new(None), month: RwSignal::new(None) }
    }

    /// The team whose rooms are shown.
    fn chosen(self) -> Option<Own> {
        let team = self.team.get();
        self.of.with(|of| of.iter().find(|own| Some(own.team) == team).or(of.first()).cloned())
    }

    /// The room that is shown, or would be.
    pub fn shown(self) -> Option<ConversationId> {
        let own = self.chosen()?;
        let month = self.month.get().unwrap_or(own.now.month);
        Some(RoomView::of(own.team, month).id)
    }

    /// Unread lines of each room, with those of this month that nobody has written in yet.
    pub fn unread(self) -> Vec<(ConversationId, u32)> {
        let rooms = |own: &Own| {
            let known = self.client.conversations.rooms(own.team);
            let begun = known.iter().any(|view| view.id == own.now.id);
            let now = (!begun).then_some((own.now.id, 0));
            known.into_iter().map(|view| (view.id, view.unread)).chain(now).collect::<Vec<_>>()
        };
        self.of.with(|of| of.iter().flat_map(rooms).collect())
    }

    /// How many lines of a team's rooms are unread; of all teams', if none is given.
    fn unread_in(self, team: Option<TeamId>) -> u32 {
        let teams = self.of.with(|of| of.iter().map(|own| own.team).collect::<Vec<_>>());
        let wanted = teams.into_iter().filter(|known| team.is_none_or(|team| team == *known));
        wanted.flat_map(|team| self.client.conversations.rooms(team)).map(|view| view.unread).sum()
    }

    /// The number of unread lines, beside the area's name.
    pub fn count(self) -> impl IntoView {
        let unread = Memo::new(move |_| self.unread_in(None));
        move || count(self.client.locale, unread.get())
    }
}

fn count(locale: Locale, unread: u32) -> Option<impl IntoView> {
    (unread > 0).then(|| {
        let words = text::room_unread(locale, u64::from(unread));
        view! { " " <span class="count"><span aria-hidden=true.to_string()>{unread.min(99)}</span> <span class="hide">{words}</span></span> }
    })
}

/// "November 2026".
fn month_name(locale: Locale, month: Month) -> String {
    clock::calendar_day(locale, month.first_day(), &[("month", "long"), ("year", "numeric")])
}

#[component]
pub(super) fn RoomArea(rooms: Rooms) -> impl IntoView {
    let locale = rooms.client.locale;
    let team = Memo::new(move |_| rooms.chosen().map(|own| own.team));
    let name = Memo::new(move |_| rooms.chosen().map(|own| own.name).unwrap_or_default());
    let choice = move |own: Own| {
        let id = own.team;
        let unread = Memo::new(move |_| rooms.unread_in(Some(id)));
        let choose = move |_| {
            rooms.month.set(None);
            rooms.team.set(Some(id));
        };
        view! {
            <button class="side team" r#type="button" aria-pressed=move || (team.get() == Some(id)).to_string() on:click=choose>
                {icon(Icon::People, 18)}
                <span>{own.name}</span>
                {move || count(locale, unread.get())}
            </button>
        }
    };
    // One team needs no choice.
    let choices = move || {
        let of = rooms.of.get();
        (of.len() > 1).then(|| {
            view! {
                <div class="sides" role="group" aria-label=text::room_teams(locale)>
                    {of.into_iter().map(choice).collect_view()}
                </div>
            }
        })
    };
    view! {
        <main class="room-area" id="content" tabindex="-1">
            <div class="room-head">
                <h1>{move || text::room_title(locale, &name.get())}</h1>
                {move || team.get().map(|team| view! { <Months rooms=rooms team=team /> })}
            </div>
            {choices}
            // What is half written stays with its team.
            {move || team.get().map(|team| view! { <Room rooms=rooms team=team /> })}
        </main>
    }
}

/// The months of a team's rooms, newest first; each with whether anything there is unread.
fn months(rooms: Rooms, team: TeamId) -> Vec<(Month, u32)> {
    let now = rooms.of.with(|of| of.iter().find(|own| own.team == team).map(|own| own.now.month));
    let known = rooms.client.conversations.rooms(team).into_iter();
    // One that nobody has written in is shown in its month alone.
    let begun = known.filter(|view| !view.readers.is_empty());
    let mut months: Vec<_> = begun.filter_map(|view| Some((view.room?, view.unread))).collect();
    if let Some(now) = now.filter(|now| months.iter().all(|(month, _)| month != now)) {
        months.push((now, 0));
    }
    months.sort_unstable_by_key(|(month, _)| std::cmp::Reverse(*month));
    months
}

/// The choice of a month, and where else there is something new.
#[component]
fn Months(rooms: Rooms, team: TeamId) -> impl IntoView {
    let locale = rooms.client.locale;
    let all = Memo::new(move |_| months(rooms, team));
    let shown = Memo::new(move |_| rooms.month.get().or_else(|| rooms.chosen().map(|own| own.now.month)));
    let choose = move |number: &str| {
        let month = number.parse::<u32>().ok().and_then(|number| Month::try_from(number).ok());
        // The present one is followed by the next by itself.
        let now = rooms.chosen().map(|own| own.now.month);
        rooms.month.set(month.filter(|month| Some(*month) != now));
    };
    let option = move |(month, unread): (Month, u32)| {
        let name = month_name(locale, month);
        let words = match unread {
            0 => name,
            unread => text::room_month_unread(locale, &name, &unread.to_string()),
        };
        let chosen = move || shown.get() == Some(month);
        view! { <option value=month.number().to_string() prop:selected=chosen>{words}</option> }
    };
    let elsewhere = move || {
        let new = all.get().into_iter().filter(|(month, unread)| *unread > 0 && shown.get() != Some(*month));
        new.map(|(month, unread)| {
            let words = text::room_elsewhere(locale, u64::from(unread), &month_name(locale, month));
            let number = month.number().to_string();
            view! { <button class="chip" r#type="button" on:click=move |_| choose(&number)>{words}</button> }
        })
        .collect_view()
    };
    view! {
        <div class="room-months">
            {elsewhere}
            {move || (all.with(Vec::len) > 1).then(|| view! {
                <label class="sel">
                    <span>{text::room_month(locale)}</span>
                    <select on:change=move |event| choose(&event_target_value(&event))>
                        {all.get().into_iter().map(option).collect_view()}
                    </select>
                </label>
            })}
        </div>
    }
}

/// Who can read a room, as far as its members are to know.
fn readers(client: Client, own: &Own, view: Option<&ConversationView>, present: bool) -> Vec<String> {
    let locale = client.locale;
    let me = match client.session.get() {
        Session::Known(SessionView::Staff { person, .. }) => Some(person),
        _ => None,
    };
    let name = |reader: &ReaderView| match reader {
        ReaderView::Person(person, ..) if Some(*person) == me => text::talk_own(locale).to_owned(),
        other => reader_name(locale, Side::Staff, other),
    };
    if !present {
        return view.map(|view| view.readers.iter().map(name).collect()).unwrap_or_default();
    }
    // What is written next is sealed to whoever is a member then.
    client.staff.with(|staff| {
        let Some(team) = staff.teams.iter().find(|known| known.team == own.team) else { return Vec::new() };
        let reader = |person: &PersonId| {
            let known = staff.persons.iter().find(|known| known.person == *person)?;
            Some(ReaderView::Person(*person, known.display_name.clone(), team.leads.contains(person)))
        };
        team.members.iter().filter_map(reader).map(|reader| name(&reader)).collect()
    })
}

/// One team's room, of the month that was chosen.
#[component]
fn Room(rooms: Rooms, team: TeamId) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let own = Memo::new(move |_| rooms.of.with(|of| of.iter().find(|own| own.team == team).cloned()));
    let present = Memo::new(move |_| {
        let now = own.get().map(|own| own.now.month);
        rooms.month.get().is_none_or(|month| Some(month) == now)
    });
    let month = Memo::new(move |_| {
        let own = own.get()?;
        Some(rooms.month.get().unwrap_or(own.now.month))
    });
    let shown = Memo::new(move |_| Some(RoomView::of(team, month.get()?).id));
    // Its lines come from now on; and where there is none yet, there is a place for one.
    Effect::new(move || {
        if let Some(conversation) = shown.get() {
            client.tell(Call::Show { conversation });
        }
    });
    let view = Memo::new(move |_| client.conversations.get(shown.get()?));
    let names = move || {
        let Some(own) = own.get() else { return Vec::new() };
        view.with(|view| readers(client, &own, view.as_ref(), present.get()))
    };
    let names = Memo::new(move |_| names());
    let readers = move || {
        let names = names.get();
        match names.len() {
            0 => None,
            1..=NAMES_MAX => {
                Some(view! { <span>{text::room_readers(locale, &names.join(", "))}</span> }.into_any())
            }
            count => Some(
                view! {
                    <details>
                        <summary>{text::room_readers_count(locale, &count.to_string())}</summary>
                        {names.join(", ")}
                    </details>
                }
                .into_any(),
            ),
        }
    };
    let kept = move || {
        let days = view.with(|view| view.as_ref().map(|view| (view.retention_days, view.last_s)));
        let (days, last_s) = days?;
        if present.get() {
            return Some(text::room_kept(locale, days.into()));
        }
        let until_s = (last_s + u64::from(days) * DAY_S).max(month.get()?.ends_s() + ROOM_KEPT_S);
        Some(text::room_kept_until(locale, &clock::date_with_year(locale, until_s)))
    };
    let name = own.get_untracked().map(|own| own.name).unwrap_or_default();
    let to = Signal::derive(move || own.get().map(|own| own.now.id));
    view! {
        <section class="beside room" aria-label=move || month.get().map(|month| month_name(locale, month))>
            <div class="beside-note">
                {icon(Icon::Lock, 18)}
                <div>
                    <b>{text::beside_only(locale)}</b>
                    " "
                    {text::room_hidden(locale)}
                    " "
                    {readers}
                    " "
                    {kept}
                </div>
            </div>
            {move || shown.get().map(|conversation| view! { <Words conversation=conversation /> })}
            <div class="chat-foot">
                {move || match present.get() {
                    true => view! {
                        {move || matches!(client.confirmation.get(), Confirmation::LeadsOnly { .. }).then(|| view! {
                            <p class="small" role="status">{text::room_paused(locale)}</p>
                        })}
                        <Composer
                            id="room".to_owned()
                            conversation=to
                            label=text::room_answer_label(locale, &name)
                            placeholder=text::room_placeholder(locale)
                            sent=|_| ()
                        >
                            <span class="small beside-word">{text::beside_only(locale)}</span>
                        </Composer>
                    }
                    .into_any(),
                    false => view! { <Over rooms=rooms own=own /> }.into_any(),
                }}
            </div>
        </section>
    }
}

/// The lines of a room; where there are none, why.
#[component]
fn Words(conversation: ConversationId) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let empty = Memo::new(move |_| {
        let is_text = |body: &MessageBody| matches!(body, MessageBody::Text(_));
        !client
            .conversations
            .lines(conversation)
            .iter()
            .any(|line| line.view.with(|view| is_text(&view.body)))
    });
    // Whoever has opened it has written in it.
    let begun = move || client.conversations.get(conversation).is_some_and(|view| !view.readers.is_empty());
    let why = move || if begun() { text::room_before(locale) } else { text::room_empty(locale) };
    view! {
        <Lines
            conversation=conversation
            side=Side::Staff
            label=text::room_label(locale)
            before=move || view! {
                <Show when=move || empty.get()>
                    <li class="note">{why}</li>
                </Show>
            }
            after=|| ()
        />
    }
}

/// What stands in the place of the field where a month is over.
#[component]
fn Over(rooms: Rooms, own: Memo<Option<Own>>) -> impl IntoView {
    let locale = rooms.client.locale;
    let now = move || own.get().map(|own| text::room_now(locale, &month_name(locale, own.now.month)));
    view! {
        <p class="room-over">
            <span>{text::room_over(locale)}</span>
            <button class="button quiet" r#type="button" on:click=move |_| rooms.month.set(None)>{now}</button>
        </p>
    }
}
