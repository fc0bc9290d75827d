//! Planning at large: a proposal that fills gaps, weeks kept as templates, and the log of changes.

use super::dialog::Modal;
use super::form::InputField;
use super::planner::{new_shift, use_planner};
use super::words;
use crate::clock;
use crate::failure;
use crate::locale::Locale;
use crate::part::Submit;
use crate::text;
use beistand_protocol::roster::{
    Command, Day, LogEntry, Pattern, Proposal, Proposed, RosterLogPage, Shift, Span, Template,
};
use leptos::prelude::*;

/// Who could fill what is open in the days shown. Nothing is changed before it is taken.
#[component]
pub(super) fn ProposalForm() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let today = planner.view.with_untracked(|view| view.as_ref().map_or(Day(0), |view| view.today));
    let proposed = RwSignal::new(None::<Vec<Proposed>>);
    let left_out = RwSignal::new(Vec::<usize>::new());
    let (from, to) = untrack(move || planner.days());
    leptos::task::spawn_local(async move {
        match planner.ask::<Proposal>(format!("roster-proposal/{from}/{to}"), None).await {
            Ok(proposal) => drop(proposed.try_set(Some(proposal.shifts))),
            Err(failure) => drop(planner.refused.try_set(Some(failure::sentence(locale, failure)))),
        }
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let left_out = left_out.get_untracked();
        let all = proposed.get_untracked().unwrap_or_default().into_iter().enumerate();
        let taken = all.filter(|(at, one)| one.assignment.draft.person.is_some() && !left_out.contains(at));
        let assignments: Vec<_> = taken.map(|(_, one)| one.assignment).collect();
        if assignments.is_empty() {
            planner.refused.set(Some(text::roster_proposal_none_chosen(locale).to_owned()));
            return;
        }
        planner
            .change(Command::Assign { first: new_shift(), assignments }, text::roster_proposal_taken(locale));
    };
    let line = move |at: usize, one: Proposed| {
        let draft = one.assignment.draft;
        let moment = words::moment(locale, draft.span, today);
        let Some(person) = draft.person else {
            return view! {
                <li class="proposed"><span></span><b>{moment}</b><span class="muted small">{text::roster_proposal_nobody(locale)}</span></li>
            }
            .into_any();
        };
        let hours = one.minutes_before / 60;
        let reason = if one.preferred {
            text::roster_proposal_preferred(locale).to_owned()
        } else {
            text::roster_proposal_reason(locale, u64::from(one.candidates), &hours.to_string())
        };
        let name = untrack(move || planner.full_name(person));
        let toggle = move |_| {
            left_out.update(|list| match list.iter().position(|known| *known == at) {
                Some(known) => drop(list.remove(known)),
                None => list.push(at),
            });
        };
        view! {
            <li>
                <label class="proposed">
                    <input r#type="checkbox" prop:checked=move || !left_out.with(|list| list.contains(&at)) on:change=toggle />
                    <b>{moment}</b>
                    <span>{name} <span class="muted small">{reason}</span></span>
                </label>
            </li>
        }
        .into_any()
    };
    view! {
        <Modal title=text::roster_proposal(locale)>
            <p>{text::roster_proposal_lead(locale, &clock::calendar_range(locale, from, to))}</p>
            <form class="stack" novalidate on:submit=send>
                {move || match proposed.get() {
                    None => view! { <p class="loading">{text::busy(locale)}</p> }.into_any(),
                    Some(list) if list.is_empty() => view! { <p>{text::roster_proposal_nothing(locale)}</p> }.into_any(),
                    Some(list) => view! {
                        <ul class="lines">{list.into_iter().enumerate().map(|(at, one)| line(at, one)).collect_view()}</ul>
                        <Submit label=text::roster_proposal_take(locale) busy=planner.busy />
                    }
                    .into_any(),
                }}
            </form>
        </Modal>
    }
}

/// Weeks to be used again.
#[component]
pub(super) fn Templates() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let name = RwSignal::new(String::new());
    let Some(view) = planner.view.get_untracked() else { return ().into_any() };
    let monday = untrack(move || planner.cursor.get()).monday();
    let week: Vec<Pattern> = view
        .occurrences
        .iter()
        .filter(|one| one.span.day.monday() == monday)
        .map(|one| Pattern {
            weekday: one.span.day.weekday(),
            start: one.span.start,
            minutes: one.span.minutes,
            kind: one.kind,
            person: one.person,
        })
        .collect();
    let bare = week.is_empty();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked().trim().to_owned();
        if name.is_empty() {
            planner.refused.set(Some(text::roster_template_unnamed(locale).to_owned()));
            return;
        }
        planner.change(
            Command::SaveTemplate { name, shifts: week.clone() },
            text::roster_template_saved(locale),
        );
    };
    let range = clock::calendar_range(locale, monday, monday.plus(6));
    let today = view.today;
    let item = |template: &Template| {
        let shifts: Vec<Shift> = template
            .shifts
            .iter()
            .map(|one| {
                let day = monday.plus(one.weekday.into());
                let span = Span { day, start: one.start, minutes: one.minutes };
                Shift {
                    id: new_shift(),
                    kind: one.kind,
                    person: one.person,
                    span,
                    rule: None,
                    exceptions: Vec::new(),
                }
            })
            .filter(|shift| shift.span.day >= today)
            .collect();
        let count = template.shifts.len().to_string();
        let remove = Command::RemoveTemplate { name: template.name.clone() };
        let about = template.name.clone();
        let label = format!("{}: {about}", text::roster_remove(locale));
        let use_label = format!("{}: {about}", text::roster_template_use(locale));
        view! {
            <li>
                <b>{about}</b>
                <span class="small muted">{text::roster_template_shifts(locale, &count)}</span>
                <span class="row">
                    <button class="button quiet" r#type="button" aria-label=use_label on:click=move |_| planner.change(Command::AddShifts(shifts.clone()), text::roster_template_used(locale))>
                        {text::roster_template_use(locale)}
                    </button>
                    <button class="text-button" r#type="button" aria-label=label on:click=move |_| planner.change(remove.clone(), text::roster_template_removed(locale))>
                        {text::roster_remove(locale)}
                    </button>
                </span>
            </li>
        }
    };
    let items = view.templates.iter().map(item).collect_view();
    view! {
        <Modal title=text::roster_templates(locale)>
            <p>{text::roster_templates_lead(locale, &range)}</p>
            <ul class="swaps">{items}</ul>
            <form class="stack" novalidate hidden=bare on:submit=send>
                <InputField id="template-name" label=text::roster_template_name(locale) value=name kind="text" />
                <Submit label=text::roster_template_save(locale) busy=planner.busy />
            </form>
        </Modal>
    }
    .into_any()
}

/// What was done, newest first.
#[component]
pub(super) fn Log() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let entries = RwSignal::new(Vec::<LogEntry>::new());
    let more = RwSignal::new(true);
    let fetch = move || {
        let before = entries.with_untracked(|list| list.last().map_or(u64::MAX, |entry| entry.version));
        leptos::task::spawn_local(async move {
            match planner.ask::<RosterLogPage>(format!("roster-log/{before}"), None).await {
                Ok(page) => {
                    let _ = more.try_set(page.entries.last().is_some_and(|entry| entry.version > 1));
                    let _ = entries.try_update(|list| list.extend(page.entries));
                }
                Err(failure) => drop(planner.refused.try_set(Some(failure::sentence(locale, failure)))),
            }
        });
    };
    fetch();
    let item = move |entry: LogEntry| {
        let by = untrack(move || planner.full_name(entry.by));
        let touched = entry.touched.iter().map(|one| {
            let who = match one.person {
                Some(person) => untrack(move || planner.full_name(person)),
                None => text::roster_wanted(locale).to_owned(),
            };
            view! { <li class="small">{words::moment(locale, one.span, Day(0))} " · " {who}</li> }
        });
        view! {
            <li>
                <b>{done(locale, &entry.command)}</b>
                <span class="small muted">{by} ", " {clock::day_and_time(locale, entry.at_s)}</span>
                <ul>{touched.collect_view()}</ul>
            </li>
        }
    };
    view! {
        <Modal title=text::roster_log(locale)>
            <p class="muted">{text::roster_log_lead(locale)}</p>
            <ol class="swaps" reversed=true>
                <For each=move || entries.get() key=|entry| entry.version children=item />
            </ol>
            <button class="button quiet" r#type="button" hidden=move || !more.get() on:click=move |_| fetch()>
                {text::roster_log_more(locale)}
            </button>
        </Modal>
    }
}

/// What a command did, in words.
fn done(locale: Locale, command: &Command) -> &'static str {
    match command {
        Command::SetRules(_) => text::roster_log_rules(locale),
        Command::AddShifts(_) => text::roster_log_added(locale),
        Command::ReplaceShift(_) | Command::Change { .. } | Command::ChangeFollowing { .. } => {
            text::roster_log_changed(locale)
        }
        Command::RemoveShift(_) | Command::Skip(_) | Command::EndSeries(_) => {
            text::roster_log_removed(locale)
        }
        Command::Take(_) | Command::FillGap { .. } => text::roster_log_taken(locale),
        Command::SetWishes(_) => text::roster_log_wishes(locale),
        Command::ReportAbsence(_) => text::roster_log_absence(locale),
        Command::WithdrawAbsence(_) => text::roster_log_absence_withdrawn(locale),
        Command::OfferSwap { .. } => text::roster_log_swap_offered(locale),
        Command::AnswerSwap { .. } => text::roster_log_swap_answered(locale),
        Command::DecideSwap { .. } | Command::ApproveSwap { .. } => text::roster_log_swap_decided(locale),
        Command::WithdrawSwap(_) => text::roster_log_swap_withdrawn(locale),
        Command::SaveTemplate { .. } | Command::RemoveTemplate { .. } => text::roster_log_template(locale),
        Command::Assign { .. } => text::roster_log_assigned(locale),
        _ => text::roster_log_other(locale),
    }
}
