//! Swaps, calls and absences: what colleagues settle among themselves.

use super::dialog::Modal;
use super::form::{InputField, SelectField};
use super::planner::{Open, Planner, use_planner};
use super::week::key;
use super::words;
use crate::client::random_bytes;
use crate::part::Submit;
use crate::text;
use beistand_protocol::id::PersonId;
use beistand_protocol::roster::{Absence, Command, Day, Occurrence, RosterView, Stage, Swap, SwapId};
use leptos::prelude::*;
use std::sync::Arc;

/// A button that does something to the roster at once. `about` tells a screen reader which one it is.
fn act(
    planner: Planner,
    class: &'static str,
    label: &'static str,
    about: &str,
    command: Command,
    said: &'static str,
) -> impl IntoView + use<> {
    let about = format!("{label}: {about}");
    view! {
        <button
            class=class
            r#type="button"
            aria-label=about
            aria-disabled=move || planner.busy.get().then_some("true")
            on:click=move |_| planner.change(command.clone(), said)
        >
            {label}
        </button>
    }
}

/// Swaps that are going on, as far as one has to do with them.
#[component]
pub(super) fn Swaps(view: Arc<RosterView>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let me = untrack(move || planner.me());
    let items: Vec<_> = view.swaps.iter().filter_map(|one| item(planner, &view, me, one)).collect();
    (!items.is_empty()).then(|| {
        let count = items.len().to_string();
        view! {
            <section class="card stack tight">
                <h2 class="title-l">{text::roster_swaps(locale)} " " <span class="small muted">{count}</span></h2>
                <ul class="swaps">{items}</ul>
            </section>
        }
    })
}

fn item(
    planner: Planner,
    view: &RosterView,
    me: Option<PersonId>,
    (swap, what, counter): &(Swap, Occurrence, Option<Occurrence>),
) -> Option<AnyView> {
    let locale = planner.locale;
    let (swap, what) = (*swap, *what);
    let moment = words::moment(locale, what.span, view.today);
    let name = |person: Option<PersonId>| {
        person.map_or_else(String::new, |person| untrack(move || planner.name(person)))
    };
    let given = counter.map(|counter| words::moment(locale, counter.span, view.today)).unwrap_or_default();
    let button = |class, label, command, said| act(planner, class, label, &moment, command, said).into_any();
    let withdraw = || {
        let command = Command::WithdrawSwap(swap.id);
        button(
            "button quiet",
            text::roster_swap_withdraw(locale),
            command,
            text::roster_swap_withdrawn(locale),
        )
    };
    let (sentence, acts) = match swap.stage {
        Stage::Open if Some(swap.owner) == me => (text::roster_swap_own(locale).to_owned(), vec![withdraw()]),
        Stage::Answered if Some(swap.owner) == me => {
            let decide = |agree| Command::DecideSwap { swap: swap.id, agree };
            let sentence = text::roster_swap_answered(locale, &name(swap.by), &given);
            let agree = text::roster_swap_agree(locale);
            let no = text::roster_swap_refuse(locale);
            (
                sentence,
                vec![
                    button("button", agree, decide(true), text::roster_swap_agreed(locale)),
                    button("button quiet", no, decide(false), text::roster_swap_refused(locale)),
                ],
            )
        }
        Stage::Open if swap.asked.is_none() || swap.asked == me => {
            if swap.exchange {
                let label = text::roster_swap_answer(locale);
                let about = format!("{label}: {moment}");
                let open = view! {
                    <button class="button quiet" r#type="button" aria-haspopup="dialog" aria-label=about data-key=format!("answer-{}", key(&what)) on:click=move |_| planner.open(Open::Answer(swap, what))>
                        {label}
                    </button>
                };
                (text::roster_swap_exchange(locale, &name(Some(swap.owner))), vec![open.into_any()])
            } else {
                let command = Command::AnswerSwap { swap: swap.id, counter: None };
                let take =
                    button("button", text::roster_take(locale), command, text::roster_swap_took(locale));
                (text::roster_swap_gift(locale, &name(Some(swap.owner))), vec![take])
            }
        }
        Stage::Agreed if view.leads => {
            let approve = |approve| Command::ApproveSwap { swap: swap.id, approve };
            let yes = text::roster_swap_approve(locale);
            let no = text::roster_swap_refuse(locale);
            (
                text::roster_swap_agreed_both(locale, &name(Some(swap.owner)), &name(swap.by)),
                vec![
                    button("button", yes, approve(true), text::roster_swap_approved(locale)),
                    button("button quiet", no, approve(false), text::roster_swap_refused(locale)),
                ],
            )
        }
        Stage::Agreed if Some(swap.owner) == me || swap.by == me => {
            (text::roster_swap_waits(locale).to_owned(), Vec::new())
        }
        Stage::Answered if swap.by == me => {
            (text::roster_swap_answer_waits(locale, &name(Some(swap.owner))), Vec::new())
        }
        _ => return None,
    };
    let item =
        view! { <li><b>{moment.clone()}</b><span>{sentence}</span><span class="row">{acts}</span></li> };
    Some(item.into_any())
}

/// Shifts that somebody is looked for and that one could take.
#[component]
pub(super) fn Calls(view: Arc<RosterView>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    (!view.calls.is_empty()).then(|| {
        let items = view.calls.iter().map(|one| {
            let moment = words::moment(locale, one.span, view.today);
            let take = Command::Take(one.id);
            let button =
                act(planner, "button quiet", text::roster_take(locale), &moment, take, text::roster_taken(locale));
            view! { <li><b>{moment}</b><span>{words::kind(locale, one.kind)}</span><span class="row">{button}</span></li> }
        });
        view! {
            <section class="card stack tight">
                <h2 class="title-l">{text::roster_calls(locale)}</h2>
                <p class="small muted">{text::roster_calls_lead(locale)}</p>
                <ul class="swaps">{items.collect_view()}</ul>
            </section>
        }
    })
}

/// "I'm ill" by one press, and the absences that are known.
#[component]
pub(super) fn Absences(view: Arc<RosterView>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let me = untrack(move || planner.me());
    let today = view.today;
    let ill = view.absences.iter().any(|one| Some(one.person) == me && (one.from..=one.to).contains(&today));
    let button = me.filter(|_| !ill).map(|person| {
        let command = Command::ReportAbsence(Absence { person, from: today, to: today });
        view! {
            <button class="button quiet" r#type="button" on:click=move |_| planner.change(command.clone(), text::roster_ill_said(locale))>
                {text::roster_ill(locale)}
            </button>
        }
    });
    let known = view.absences.iter().filter(|one| one.to >= today).map(|one| {
        let days = if one.from == one.to {
            words::date_short(locale, one.from, today)
        } else {
            let (from, to) =
                (words::date_short(locale, one.from, today), words::date_short(locale, one.to, today));
            format!("{from} – {to}")
        };
        let person = one.person;
        let who = untrack(move || planner.name(person));
        let back = act(
            planner,
            "text-button",
            text::roster_absence_withdraw(locale),
            &format!("{who}, {days}"),
            Command::WithdrawAbsence(*one),
            text::roster_absence_withdrawn(locale),
        );
        view! { <li><b>{who}</b><span>{days}</span><span class="row">{back}</span></li> }
    });
    view! {
        <section class="card stack tight">
            <h2 class="title-l">{text::roster_absences(locale)}</h2>
            <p class="small muted">{if ill { text::roster_ill_now(locale) } else { text::roster_ill_lead(locale) }}</p>
            <ul class="swaps">{known.collect_view()}</ul>
            <div class="row">
                {button}
                <button class="text-button start" r#type="button" aria-haspopup="dialog" data-key="absence" on:click=move |_| planner.open(Open::Absence)>
                    {text::roster_absence_other(locale)}
                </button>
            </div>
        </section>
    }
}

/// An absence of several days; a lead enters anybody's.
#[component]
pub(super) fn AbsenceForm() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let view = planner.view.get_untracked();
    let today = view.as_ref().map_or(Day(0), |view| view.today);
    let person = RwSignal::new(untrack(move || planner.me()).map(|me| me.to_hex()).unwrap_or_default());
    let (from, to) = (RwSignal::new(today.to_string()), RwSignal::new(today.to_string()));
    let persons = view.filter(|view| view.leads).map(|view| {
        let named = view.members.iter().map(|person| {
            let person = *person;
            (person.to_hex(), untrack(move || planner.full_name(person)))
        });
        let options = named.collect::<Vec<_>>();
        view! { <SelectField id="absence-person" label=text::roster_who(locale) value=person options=options /> }
    });
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let read = (
            PersonId::from_hex(&person.get_untracked()),
            Day::parse(&from.get_untracked()),
            Day::parse(&to.get_untracked()),
        );
        match read {
            (Some(person), Some(from), Some(to)) => planner.change(
                Command::ReportAbsence(Absence { person, from, to }),
                text::roster_absence_said(locale),
            ),
            _ => planner.refused.set(Some(text::roster_denied_malformed(locale).to_owned())),
        }
    };
    view! {
        <Modal title=text::roster_absence_title(locale)>
            <p>{text::roster_absence_body(locale)}</p>
            <form class="stack" novalidate on:submit=send>
                {persons}
                <div class="times">
                    <InputField id="absence-from" label=text::roster_first_day(locale) value=from kind="date" />
                    <InputField id="absence-to" label=text::roster_until(locale) value=to kind="date" />
                </div>
                <Submit label=text::roster_save(locale) busy=planner.busy />
            </form>
        </Modal>
    }
}

/// Offers an own shift to colleagues.
#[component]
pub(super) fn OfferForm(of: Occurrence) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let view = planner.view.get_untracked();
    let today = view.as_ref().map_or(of.span.day, |view| view.today);
    let me = untrack(move || planner.me());
    let asked = RwSignal::new(String::new());
    let exchange = RwSignal::new(false);
    let members = view.map(|view| view.members.clone()).unwrap_or_default();
    let everybody = (String::new(), text::roster_swap_everybody(locale).to_owned());
    let named = members.into_iter().filter(|person| Some(*person) != me);
    let named = named.map(|person| (person.to_hex(), untrack(move || planner.full_name(person))));
    let options: Vec<_> = std::iter::once(everybody).chain(named).collect();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let offer = Command::OfferSwap {
            swap: SwapId(random_bytes()),
            what: of.id,
            asked: PersonId::from_hex(&asked.get_untracked()),
            exchange: exchange.get_untracked(),
        };
        planner.change(offer, text::roster_swap_offered(locale));
    };
    view! {
        <Modal title=text::roster_swap_offer(locale)>
            <p>{words::moment(locale, of.span, today)}</p>
            <form class="stack" novalidate on:submit=send>
                <SelectField id="swap-asked" label=text::roster_swap_ask(locale) value=asked options=options />
                <label class="check">
                    <input r#type="checkbox" prop:checked=move || exchange.get() on:change=move |_| exchange.update(|wanted| *wanted = !*wanted) />
                    <span>{text::roster_swap_wants(locale)}</span>
                </label>
                <Submit label=text::roster_swap_offer_do(locale) busy=planner.busy />
            </form>
        </Modal>
    }
}

/// Offers an own shift for a colleague's.
#[component]
pub(super) fn AnswerForm(swap: Swap, what: Occurrence) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let view = planner.view.get_untracked();
    let today = view.as_ref().map_or(what.span.day, |view| view.today);
    let own: Vec<Occurrence> = view.map(|view| view.own.clone()).unwrap_or_default();
    let options: Vec<_> = own.iter().map(|one| (key(one), words::moment(locale, one.span, today))).collect();
    let chosen = RwSignal::new(options.first().map(|(key, _)| key.clone()).unwrap_or_default());
    let none = options.is_empty();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let counter = own.iter().find(|one| key(one) == chosen.get_untracked()).map(|one| one.id);
        planner.change(Command::AnswerSwap { swap: swap.id, counter }, text::roster_swap_answer_said(locale));
    };
    view! {
        <Modal title=text::roster_swap_answer(locale)>
            <p>{text::roster_swap_answer_body(locale, &words::moment(locale, what.span, today))}</p>
            <form class="stack" novalidate on:submit=send>
                {if none {
                    view! { <p class="muted">{text::roster_own_none(locale)}</p> }.into_any()
                } else {
                    view! {
                        <SelectField id="swap-counter" label=text::roster_swap_counter(locale) value=chosen options=options />
                        <Submit label=text::roster_swap_answer(locale) busy=planner.busy />
                    }
                    .into_any()
                }}
            </form>
        </Modal>
    }
}
