//! The duty roster: who is there when, where somebody is missing, and planning it.
//!
//! The roster is a matter of the box, not of the vault: the worker passes on what the page asks and what the box
//! answers, and adds the session.

mod calendar;
mod dialog;
pub(super) mod file;
mod form;
mod month;
mod plan;
mod planner;
mod rules;
mod swap;
mod week;
pub(super) mod words;

use crate::clock;
use crate::icon::{Icon, icon};
use crate::part::Problem;
use crate::text;
use beistand_protocol::id::TeamId;
use beistand_protocol::roster::{Kind, RosterView, Span};
use leptos::prelude::*;
use planner::{Entry, Mode, Open, Planner, use_planner};
use std::sync::Arc;

/// Gaps that the notice names one by one.
const GAPS_NAMED: usize = 4;

#[component]
pub(super) fn Roster() -> impl IntoView {
    let planner = Planner::new();
    provide_context(planner);
    let locale = planner.locale;
    view! {
        <main class="roster" id="content" tabindex="-1">
            <Head />
            <Problem sentence=planner.problem />
            <p class="hide" role="status">{move || planner.said.get()}</p>
            {move || match planner.view.get() {
                Some(view) => view! { <Shown view=view /> }.into_any(),
                None if planner.team.get().is_none() => {
                    view! { <p class="muted">{text::roster_no_team(locale)}</p> }.into_any()
                }
                None => view! { <p class="loading">{text::shell_loading(locale)}</p> }.into_any(),
            }}
            <dialog::Dialogs />
        </main>
    }
}

/// What is shown, going on in time, and the way to a new shift.
#[component]
fn Head() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let time = move || {
        let (from, to) = planner.days();
        match planner.mode.get() {
            Mode::Week => {
                let range = clock::calendar_range(locale, from, to);
                text::roster_week(locale, &from.week().to_string(), &range)
            }
            Mode::Month => {
                clock::calendar_day(locale, planner.cursor.get(), &[("month", "long"), ("year", "numeric")])
            }
            Mode::List => clock::calendar_range(locale, from, to),
        }
    };
    let add = move |_| {
        let today = planner.view.with_untracked(|view| view.as_ref().map(|view| view.today));
        let (from, to) = untrack(move || planner.days());
        let day = today.filter(|today| (from..=to).contains(today)).unwrap_or(from);
        let span = Span { day, start: 14 * 60, minutes: 240 };
        planner.open(Open::New(Entry { kind: Kind::Live, person: None, span }));
    };
    let leads = Memo::new(move |_| planner.view.with(|view| view.as_ref().is_some_and(|view| view.leads)));
    view! {
        <div class="roster-head">
            <h1>{text::roster_title(locale)}</h1>
            <p class="shown-time"><TeamChoice /> <span class="num">{time}</span></p>
            <div class="step">
                <button class="icon-button" r#type="button" aria-label=text::roster_before(locale) on:click=move |_| planner.step(-1)>
                    {icon(Icon::Back, 20)}
                </button>
                <button class="text-button" r#type="button" on:click=move |_| planner.show_today()>
                    {text::time_today(locale)}
                </button>
                <button class="icon-button turned" r#type="button" aria-label=text::roster_after(locale) on:click=move |_| planner.step(1)>
                    {icon(Icon::Back, 20)}
                </button>
            </div>
            <div class="seg" role="group" aria-label=text::roster_view(locale)>
                <ModeButton of=Mode::Week label=text::roster_mode_week(locale) />
                <ModeButton of=Mode::Month label=text::roster_mode_month(locale) />
                <ModeButton of=Mode::List label=text::roster_mode_list(locale) />
            </div>
            {move || leads.get().then(|| view! {
                <button class="button add" r#type="button" aria-haspopup="dialog" data-key="add" on:click=add>
                    {icon(Icon::Plus, 20)} <span>{text::roster_add(locale)}</span>
                </button>
            })}
        </div>
    }
}

#[component]
fn ModeButton(of: Mode, label: &'static str) -> impl IntoView {
    let planner = use_planner();
    view! {
        <button
            r#type="button"
            aria-pressed=move || (planner.mode.get() == of).to_string()
            on:click=move |_| planner.show_as(of)
        >
            {label}
        </button>
    }
}

/// The team's name, or a choice of several.
#[component]
fn TeamChoice() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let teams = Memo::new(move |_| planner.teams());
    move || {
        let teams = teams.get();
        match &teams[..] {
            [] => ().into_any(),
            [(_, name)] => view! { <span>{text::roster_team(locale, name)}</span> }.into_any(),
            _ => {
                let options = teams.iter().map(|(team, name)| {
                    let team = *team;
                    view! {
                        <option value=team.to_hex() prop:selected=move || planner.team.get() == Some(team)>
                            {name.clone()}
                        </option>
                    }
                });
                view! {
                    <select
                        class="team"
                        aria-label=text::roster_team_choice(locale)
                        on:change=move |event| planner.show_team(TeamId::from_hex(&event_target_value(&event)))
                    >
                        {options.collect_view()}
                    </select>
                }
                .into_any()
            }
        }
    }
}

/// The time shown, with what is missing above it and what concerns oneself beside it.
#[component]
fn Shown(view: Arc<RosterView>) -> impl IntoView {
    let planner = use_planner();
    view! {
        <Missing view=Arc::clone(&view) />
        <div class="roster-main">
            <div class="roster-body">
                {match planner.mode.get_untracked() {
                    Mode::Week => view! { <week::Week view=Arc::clone(&view) /> <Legend /> }.into_any(),
                    Mode::Month => view! { <month::Month view=Arc::clone(&view) /> }.into_any(),
                    Mode::List => view! { <month::List view=Arc::clone(&view) /> }.into_any(),
                }}
            </div>
            <aside class="rail" aria-label=text::roster_rail(planner.locale)>
                <swap::Calls view=Arc::clone(&view) />
                <swap::Swaps view=Arc::clone(&view) />
                <Own view=Arc::clone(&view) />
                <swap::Absences view=Arc::clone(&view) />
                <Planning leads=view.leads />
            </aside>
        </div>
    }
}

/// Where somebody is missing, in words.
#[component]
fn Missing(view: Arc<RosterView>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    (!view.gaps.is_empty()).then(|| {
        let count = u64::try_from(view.gaps.len()).unwrap_or_default();
        let mut named: Vec<String> =
            view.gaps.iter().take(GAPS_NAMED).map(|gap| words::gap(locale, gap, view.today)).collect();
        let rest = view.gaps.len().saturating_sub(GAPS_NAMED);
        if rest > 0 {
            named.push(text::roster_gaps_more(locale, &rest.to_string()));
        }
        view! {
            <div class="missing">
                {icon(Icon::Warning, 20)}
                <p><b>{text::roster_gaps(locale, count)}</b> " " {text::roster_gaps_at(locale, &named.join("; "))}</p>
            </div>
        }
    })
}

/// What the colours mean.
#[component]
fn Legend() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let entry = |class: &'static str, words: &'static str| {
        view! { <li><i class=class aria-hidden="true"></i>{words}</li> }
    };
    view! {
        <h2 class="hide">{text::roster_legend(locale)}</h2>
        <ul class="legend">
            {entry("mine", text::roster_legend_mine(locale))}
            {entry("live", text::roster_live(locale))}
            {entry("letters", text::roster_letters_long(locale))}
            {entry("wanted", text::roster_legend_wanted(locale))}
            {entry("gap", text::roster_legend_gap(locale))}
            {entry("closed", text::roster_legend_closed(locale))}
        </ul>
    }
}

/// The own next shifts.
#[component]
fn Own(view: Arc<RosterView>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let own = view.own.iter().map(|one| {
        let one = *one;
        view! {
            <li>
                <button class="line" r#type="button" aria-haspopup="dialog" data-key=format!("own-{}", week::key(&one)) on:click=move |_| planner.open(Open::Shift(one))>
                    <span>{words::date_short(locale, one.span.day, view.today)}</span>
                    <span class="num">{words::span_hours(locale, one.span)}</span>
                </button>
            </li>
        }
    });
    let none =
        view.own.is_empty().then(|| view! { <p class="small muted">{text::roster_own_none(locale)}</p> });
    view! {
        <section class="card stack tight">
            <h2 class="title-l">{text::roster_own(locale)}</h2>
            {none}
            <ul class="lines">{own.collect_view()}</ul>
            <div class="plan-acts">
                <OpenButton open=Open::Links key="links" label=text::roster_links(locale) />
                <OpenButton open=Open::Wishes key="wishes" label=text::roster_wishes(locale) />
            </div>
        </section>
    }
}

/// A way to a dialog.
#[component]
fn OpenButton(open: Open, key: &'static str, label: &'static str) -> impl IntoView {
    let planner = use_planner();
    view! {
        <button class="text-button start" r#type="button" aria-haspopup="dialog" data-key=key on:click=move |_| planner.open(open)>
            {label}
        </button>
    }
}

/// What is done for the whole team, and the roster on paper and in files.
#[component]
fn Planning(leads: bool) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let for_leads = leads.then(|| {
        view! {
            <OpenButton open=Open::Proposal key="proposal" label=text::roster_proposal(locale) />
            <OpenButton open=Open::Templates key="templates" label=text::roster_templates(locale) />
            <OpenButton open=Open::Rules key="rules" label=text::roster_rules(locale) />
            <OpenButton open=Open::Import key="import" label=text::roster_import(locale) />
        }
    });
    view! {
        <section class="card stack tight no-print">
            <h2 class="title-l">{text::roster_plan(locale)}</h2>
            <div class="plan-acts">
                {for_leads}
                <OpenButton open=Open::Log key="log" label=text::roster_log(locale) />
                <button class="text-button start" r#type="button" on:click=move |_| calendar::export(planner)>{text::roster_export(locale)}</button>
                <button class="text-button start" r#type="button" on:click=move |_| crate::client::print()>{text::roster_print(locale)}</button>
            </div>
        </section>
    }
}
