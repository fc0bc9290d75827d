//! The present at a glance, for whoever leads: who waits and for how long, who is on duty, which promises are at risk,
//! and where somebody is missing in the days to come.
//!
//! Talks, promises and who is there are known to the page; of the rosters the box tells what is needed.

use super::Area;
use super::desk::Desk;
use super::notices::pass_on;
use super::promises::{Promises, promised};
use super::queue::{name_of, promise_words};
use super::queue_rules::{led_teams, team_name};
use super::roster::words;
use crate::client::{Client, Session, visible};
use crate::clock;
use crate::failure;
use crate::icon::{Icon, icon};
use crate::locale::Locale;
use crate::part::Problem;
use crate::text;
use beistand_protocol::board::{Board, TeamBoard};
use beistand_protocol::id::PersonId;
use beistand_protocol::live::Presence;
use beistand_protocol::worker::{SessionView, StateView};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// How often the rosters are asked for while the page is seen.
const REFRESH: Duration = Duration::from_secs(60);
/// People on duty that are named one by one.
const NAMED_MAX: usize = 4;
/// Gaps of a team that are named one by one.
const GAPS_MAX: usize = 8;

/// Who waits, and since when the longest of those who are there.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Waiting {
    live: usize,
    letters: usize,
    live_since_s: Option<u64>,
}

fn waiting(client: Client) -> Memo<Waiting> {
    Memo::new(move |_| {
        let teams = led_teams(client);
        client.conversations.list.with(|list| {
            let mut waiting = Waiting::default();
            let led = list.iter().flatten().filter(|view| teams.contains(&view.team));
            for view in led.filter(|view| view.state == StateView::Waiting) {
                if view.letter || !view.other_present {
                    waiting.letters += 1;
                } else {
                    waiting.live += 1;
                    let since_s = view.waiting_since_s.unwrap_or(view.opened_s);
                    waiting.live_since_s =
                        Some(waiting.live_since_s.map_or(since_s, |known| known.min(since_s)));
                }
            }
            waiting
        })
    })
}

/// Somebody who is on duty.
#[derive(Clone, Copy, PartialEq, Eq)]
struct OnDuty {
    /// End of the shift, minutes of the day of its begin; `None`: without one.
    until: Option<u32>,
    there: bool,
}

/// Who is on duty in these teams: whoever the roster names, and who is there where that counts as well.
fn on_duty(client: Client, teams: &[TeamBoard]) -> BTreeMap<PersonId, OnDuty> {
    client.staff.with(|staff| {
        let there = |person: PersonId| {
            let known = staff.persons.iter().find(|known| known.person == person);
            known.is_some_and(|known| known.presence == Some(Presence::Available))
        };
        let mut all = BTreeMap::new();
        for board in teams {
            let members = staff.teams.iter().filter(|team| team.team == board.team);
            let members = members.flat_map(|team| team.members.iter().copied());
            let free = !board.rostered || board.without_shift;
            for person in members.filter(|person| free && there(*person)) {
                all.entry(person).or_insert(OnDuty { until: None, there: true });
            }
            for (person, shift) in board.now.iter().filter_map(|one| Some((one.person?, one.span))) {
                all.insert(person, OnDuty { until: Some(words::ends(shift).1), there: there(person) });
            }
        }
        all
    })
}

/// The name of a colleague, or a word for oneself.
fn name(client: Client, person: PersonId) -> String {
    if let Session::Known(SessionView::Staff { person: me, .. }) = client.session.get()
        && me == person
    {
        return text::roster_you(client.locale).to_owned();
    }
    client.staff.with(|staff| {
        let known = staff.persons.iter().find(|known| known.person == person);
        known.map(|known| known.display_name.clone()).unwrap_or_default()
    })
}

/// Who is on duty in words, those first who are missing.
fn duty_words(client: Client, all: &BTreeMap<PersonId, OnDuty>) -> String {
    let locale = client.locale;
    let mut people: Vec<_> =
        all.iter().filter_map(|(person, on)| Some((on.there, *person, on.until?))).collect();
    people.sort_unstable();
    let mut named: Vec<String> = people
        .iter()
        .take(NAMED_MAX)
        .map(|(there, person, until)| {
            let (name, time) = (name(client, *person), words::time(locale, *until));
            match there {
                true => text::board_duty_until(locale, &name, &time),
                false => text::board_duty_absent(locale, &name, &time),
            }
        })
        .collect();
    let more = people.len().saturating_sub(NAMED_MAX);
    if more > 0 {
        named.push(text::board_duty_more(locale, &more.to_string()));
    }
    named.join(", ")
}

#[component]
pub(super) fn NowAndNext(desk: Desk, area: RwSignal<Area>) -> impl IntoView {
    let client = desk.client;
    let locale = client.locale;
    let now = clock::ticking();
    let board = RwSignal::new(None::<Board>);
    let problem = RwSignal::new(None::<String>);
    let load = move || {
        leptos::task::spawn_local(async move {
            match pass_on::<Board>(client, "board", None).await {
                Ok(told) => {
                    problem.try_set(None);
                    if board.try_with_untracked(|known| known.as_ref() != Some(&told)) == Some(true) {
                        board.set(Some(told));
                    }
                }
                Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
            }
        });
    };
    load();
    let refresh = move || {
        if visible() {
            load();
        }
    };
    if let Ok(handle) = set_interval_with_handle(refresh, REFRESH) {
        on_cleanup(move || handle.clear());
    }
    let focused = window_event_listener(leptos::ev::focus, move |_| refresh());
    on_cleanup(move || focused.remove());

    let waiting = waiting(client);
    let minutes = move || waiting.get().live_since_s.map(|since_s| now.get().saturating_sub(since_s) / 60);
    let duty =
        Memo::new(move |_| board.with(|board| board.as_ref().map(|board| on_duty(client, &board.teams))));
    let rostered = move || {
        board.with(|board| board.as_ref().is_some_and(|board| board.teams.iter().any(|team| team.rostered)))
    };
    let promised = promised(client, now);
    let urgent = Memo::new(move |_| promised.with(|promised| promised.at_risk.first().copied()));

    let waiting_note = move || match waiting.get() {
        Waiting { live: 0, letters: 0, .. } => text::board_waiting_none(locale).to_owned(),
        Waiting { live, letters, .. } => {
            text::board_waiting_note(locale, &live.to_string(), &letters.to_string())
        }
    };
    let longest_note = move || match waiting.get().live_since_s {
        Some(_) => String::new(),
        None => text::board_longest_none(locale).to_owned(),
    };
    let duty_note = move || {
        duty.with(|duty| match duty {
            None => String::new(),
            Some(_) if !rostered() => text::board_duty_free(locale).to_owned(),
            Some(all) if all.values().all(|on| on.until.is_none()) => {
                text::board_duty_none(locale).to_owned()
            }
            Some(all) => duty_words(client, all),
        })
    };
    let there = move || duty.with(|duty| duty.as_ref().map(|all| all.values().filter(|on| on.there).count()));
    let missing = move || duty.with(|duty| duty.as_ref().is_some_and(|all| all.values().any(|on| !on.there)));
    let risk_note = move || {
        let view = urgent.get().and_then(|id| client.conversations.get(id));
        let said = view.and_then(|view| {
            let (_, words) = promise_words(locale, view.answer_by_s?, now.get());
            Some(text::board_risk_first(locale, &name_of(locale, &view), &words))
        });
        said.unwrap_or_else(|| text::board_risk_none(locale).to_owned())
    };
    let shown = |number: Option<String>| number.unwrap_or_else(|| "–".to_owned());
    view! {
        <section class="now" aria-labelledby="board-now">
            <h2 id="board-now">{text::board_now(locale)}</h2>
            <Problem sentence=problem />
            <ul class="tiles">
                <Tile
                    label=text::board_waiting(locale)
                    value=Signal::derive(move || (waiting.get().live + waiting.get().letters).to_string())
                    note=Signal::derive(waiting_note)
                    open=move || area.set(Area::Talks)
                />
                <Tile
                    label=text::board_longest(locale)
                    value=Signal::derive(move || shown(minutes().map(|minutes| minutes.to_string())))
                    unit=Signal::derive(move || minutes().map(|minutes| text::board_minutes(locale, minutes).to_owned()).unwrap_or_default())
                    note=Signal::derive(longest_note)
                    open=move || area.set(Area::Talks)
                />
                <Tile
                    label=text::board_duty(locale)
                    value=Signal::derive(move || shown(there().map(|there| there.to_string())))
                    unit=Signal::derive(move || match duty.with(|duty| duty.as_ref().map(BTreeMap::len)) {
                        Some(of) if rostered() => text::board_duty_of(locale, &of.to_string()),
                        _ => String::new(),
                    })
                    note=Signal::derive(duty_note)
                    risk=Signal::derive(missing)
                    open=move || area.set(Area::Roster)
                />
                <Tile
                    label=text::board_risk(locale)
                    value=Signal::derive(move || promised.with(|promised| promised.at_risk.len()).to_string())
                    note=Signal::derive(risk_note)
                    risk=Signal::derive(move || urgent.get().is_some())
                    open=move || {
                        if let Some(id) = urgent.get_untracked() {
                            desk.show(id);
                        }
                        area.set(Area::Talks);
                    }
                />
            </ul>
        </section>
        <div class="now-beside">
            <Promises desk=desk area=area />
            <section class="stack" aria-labelledby="board-gaps">
                <h2 id="board-gaps">{text::board_gaps(locale)}</h2>
                {move || board.with(|board| board.as_ref().map(|board| gaps(client, board)))}
                <p><button class="text-button start" r#type="button" on:click=move |_| area.set(Area::Roster)>{text::board_to_roster(locale)}</button></p>
            </section>
        </div>
        {move || board.with(|board| board.as_ref().map(|board| workloads(client, board)))}
    }
}

/// How much each person has to do, where the log says that leads are shown it.
fn workloads(client: Client, board: &Board) -> AnyView {
    let locale = client.locale;
    let shown = board.teams.iter().filter_map(|team| Some((team.team, team.workload.as_ref()?)));
    let tables = shown.map(|(team, people)| {
        let rows = people.iter().map(|one| {
            let hours = format!("{}:{:02}", one.minutes / 60, one.minutes % 60);
            view! {
                <tr>
                    <th scope="row">{name(client, one.person)}</th>
                    <td>{one.talks}</td>
                    <td>{one.waiting}</td>
                    <td>{hours}</td>
                </tr>
            }
        });
        view! {
            <div class="tab" tabindex="0" role="region" aria-label=text::board_workload_caption(locale)>
                <table class="workload num">
                    <caption>{team_name(client, team)}</caption>
                    <thead><tr>
                        <th scope="col">{text::board_workload_person(locale)}</th>
                        <th scope="col">{text::board_workload_talks(locale)}</th>
                        <th scope="col">{text::board_workload_waiting(locale)}</th>
                        <th scope="col">{text::board_workload_hours(locale)}</th>
                    </tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
    });
    let tables = tables.collect_view();
    match tables.is_empty() {
        true => ().into_any(),
        false => view! {
            <section class="now" aria-labelledby="board-workload">
                <h2 id="board-workload">{text::board_workload(locale)}</h2>
                {tables}
            </section>
        }
        .into_any(),
    }
}

/// A number with what stands behind it; pressing it leads there.
#[component]
fn Tile(
    label: &'static str,
    value: Signal<String>,
    #[prop(optional)] unit: Option<Signal<String>>,
    note: Signal<String>,
    /// Somebody should look at it.
    #[prop(optional)]
    risk: Option<Signal<bool>>,
    open: impl Fn() + 'static,
) -> impl IntoView {
    let risk = move || risk.is_some_and(|risk| risk.get());
    view! {
        <li>
            <button class=move || if risk() { "tile risk" } else { "tile" } r#type="button" on:click=move |_| open()>
                <span class="tile-name">{move || risk().then(|| icon(Icon::Warning, 18))} " " {label}</span>
                " "
                <span class="tile-value num">{move || value.get()} " " <small>{move || unit.map(|unit| unit.get())}</small></span>
                " "
                <span class="tile-note">{move || note.get()}</span>
            </button>
        </li>
    }
}

/// Where somebody is missing, team by team.
fn gaps(client: Client, board: &Board) -> AnyView {
    let locale = client.locale;
    if board.teams.iter().all(|team| team.gaps.is_empty()) {
        return view! { <p class="muted">{text::board_gaps_none(locale)}</p> }.into_any();
    }
    let several = board.teams.len() > 1;
    let teams = board.teams.iter().filter(|team| !team.gaps.is_empty()).map(|team| {
        let heading = several.then(|| view! { <h3 class="title-m">{team_name(client, team.team)}</h3> });
        let more = team.gaps.len().saturating_sub(GAPS_MAX);
        let more =
            (more > 0).then(|| view! { <li class="muted">{text::board_gaps_more(locale, more as u64)}</li> });
        view! { {heading} <ul class="missing-list">{gap_lines(locale, team)} {more}</ul> }
    });
    teams.collect_view().into_any()
}

fn gap_lines(locale: Locale, team: &TeamBoard) -> impl IntoView + use<> {
    let lines = team.gaps.iter().take(GAPS_MAX).map(|gap| {
        let (when, count) = (words::gap(locale, gap, team.today), u64::from(gap.missing));
        view! { <li><b>{when}</b> <span class="muted">{text::board_gap(locale, count)}</span></li> }
    });
    lines.collect_view()
}
