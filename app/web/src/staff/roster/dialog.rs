//! The dialogs of the roster: what a shift is and what can be done with it, and filling a gap.

use super::form::{self, ScopeField};
use super::planner::{Entry, Open, new_shift, use_planner};
use super::{calendar, plan, rules, swap, words};
use crate::icon::{Icon, icon};
use crate::part::Problem;
use crate::text;
use beistand_protocol::roster::{Command, Gap, Occurrence};
use leptos::html;
use leptos::prelude::*;

/// Which occurrences of a repeating shift are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// This one.
    This,
    /// This one and those that follow.
    Following,
    /// All that are still to come.
    All,
}

/// Whichever dialog is open.
#[component]
pub(super) fn Dialogs() -> impl IntoView {
    let planner = use_planner();
    move || {
        planner.open.get().map(|open| match open {
            Open::New(entry) => view! { <form::ShiftForm entry=entry /> }.into_any(),
            Open::Edit(occurrence, entry) => {
                view! { <form::ShiftForm entry=entry of=occurrence /> }.into_any()
            }
            Open::Shift(occurrence) => view! { <Details of=occurrence /> }.into_any(),
            Open::Gap(gap) => view! { <FillGap gap=gap /> }.into_any(),
            Open::Offer(occurrence) => view! { <swap::OfferForm of=occurrence /> }.into_any(),
            Open::Answer(offer, what) => view! { <swap::AnswerForm swap=offer what=what /> }.into_any(),
            Open::Absence => view! { <swap::AbsenceForm /> }.into_any(),
            Open::Rules => view! { <rules::RulesForm /> }.into_any(),
            Open::Wishes => view! { <rules::WishesForm /> }.into_any(),
            Open::Proposal => view! { <plan::ProposalForm /> }.into_any(),
            Open::Templates => view! { <plan::Templates /> }.into_any(),
            Open::Log => view! { <plan::Log /> }.into_any(),
            Open::Links => view! { <calendar::Links /> }.into_any(),
            Open::Import => view! { <calendar::Import /> }.into_any(),
        })
    }
}

/// A dialog with its heading. It closes by Escape, by its button, and when what it is for is done.
#[component]
pub(super) fn Modal(
    /// What it is about.
    #[prop(into)]
    title: String,
    children: Children,
) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.show_modal();
        }
    });
    view! {
        <dialog class="roster-dialog" node_ref=dialog aria-labelledby="roster-dialog" on:close=move |_| planner.close()>
            <div class="stack">
                <div class="dialog-head">
                    <h2 class="title-l" id="roster-dialog" tabindex="-1" autofocus=true>{title}</h2>
                    <button class="icon-button" r#type="button" aria-label=text::roster_close(locale) on:click=move |_| planner.close()>
                        {icon(Icon::Close, 22)}
                    </button>
                </div>
                {children()}
                <Problem sentence=planner.refused />
            </div>
        </dialog>
    }
}

/// What a shift is, and what can be done with it.
#[component]
fn Details(of: Occurrence) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let (today, leads) = planner
        .view
        .with_untracked(|view| view.as_ref().map_or((of.span.day, false), |view| (view.today, view.leads)));
    let over = of.end_s <= planner.now.get_untracked().0;
    let who = match of.person {
        Some(person) => untrack(move || planner.full_name(person)),
        None => text::roster_wanted(locale).to_owned(),
    };
    let rule = untrack(move || planner.series(of.id.shift)).map(|(_, rule)| words::rule(locale, &rule));
    let asks_remove = RwSignal::new(false);
    let scope = RwSignal::new(Scope::This);
    let remove = move |_| {
        let command = match scope.get_untracked() {
            _ if !of.repeats => Command::RemoveShift(of.id.shift),
            Scope::This => Command::Skip(of.id),
            Scope::Following => Command::EndSeries(of.id),
            Scope::All => Command::RemoveShift(of.id.shift),
        };
        planner.change(command, text::roster_removed(locale));
    };
    let edit = move |_| {
        planner.refused.set(None);
        planner.open.set(Some(Open::Edit(of, Entry { kind: of.kind, person: of.person, span: of.span })));
    };
    let take = (of.person.is_none() && !over).then(|| {
        view! {
            <button class="button" r#type="button" on:click=move |_| planner.change(Command::Take(of.id), text::roster_taken(locale))>
                {text::roster_take(locale)}
            </button>
        }
    });
    let mine = of.person.is_some() && of.person == untrack(move || planner.me());
    let offered = planner.view.with_untracked(|view| {
        view.as_ref().is_some_and(|view| view.swaps.iter().any(|(swap, ..)| swap.what == of.id))
    });
    let offer = (mine && !over && !offered).then(|| {
        let open = move |_| {
            planner.refused.set(None);
            planner.open.set(Some(Open::Offer(of)));
        };
        view! {
            <button class="button quiet" r#type="button" on:click=open>{text::roster_swap_offer(locale)}</button>
        }
    });
    let acts = (leads && !over).then(|| {
        view! {
            <button class="button quiet" r#type="button" on:click=edit>{text::roster_edit(locale)}</button>
            <button class="button danger" r#type="button" on:click=move |_| asks_remove.set(true)>
                {text::roster_remove(locale)}
            </button>
        }
    });
    let hint = over.then(|| view! { <p class="small muted">{text::roster_over(locale)}</p> });
    view! {
        <Modal title=words::moment(locale, of.span, today)>
            <dl class="facts-list">
                <div><dt>{text::roster_who(locale)}</dt><dd><b>{who}</b></dd></div>
                <div><dt>{text::roster_kind(locale)}</dt><dd>{words::kind(locale, of.kind)}</dd></div>
                {rule.map(|rule| view! { <div><dt>{text::roster_repeats(locale)}</dt><dd>{rule}</dd></div> })}
            </dl>
            {hint}
            <div class="row" hidden=move || asks_remove.get()>{take} {offer} {acts}</div>
            <div class="stack" hidden=move || !asks_remove.get()>
                <p><b>{text::roster_remove_ask(locale)}</b></p>
                {of.repeats.then(|| view! { <ScopeField scope=scope /> })}
                <div class="row">
                    <button class="button danger" r#type="button" on:click=remove>{text::roster_remove_yes(locale)}</button>
                    <button class="button quiet" r#type="button" on:click=move |_| asks_remove.set(false)>{text::cancel(locale)}</button>
                </div>
            </div>
        </Modal>
    }
}

/// Somebody of the team wants to be there where somebody is missing.
#[component]
fn FillGap(gap: Gap) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let from = RwSignal::new(words::write_time(gap.from.into()));
    let to = RwSignal::new(words::write_time(gap.to.into()));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let day = gap.day.to_string();
        match words::read_span(&day, &from.get_untracked(), &to.get_untracked()) {
            Some(span) => {
                planner.change(Command::FillGap { shift: new_shift(), span }, text::roster_taken(locale));
            }
            None => planner.refused.set(Some(text::roster_denied_malformed(locale).to_owned())),
        }
    };
    view! {
        <Modal title=text::roster_gap_title(locale, &words::date(locale, gap.day))>
            <p>{text::roster_gap_body(locale)}</p>
            <form class="stack" novalidate on:submit=send>
                <div class="times">
                    <form::TimeField id="gap-from" label=text::roster_from(locale) value=from />
                    <form::TimeField id="gap-to" label=text::roster_to(locale) value=to />
                </div>
                <button class="button big full" r#type="submit">{text::roster_gap_take(locale)}</button>
            </form>
        </Modal>
    }
}
