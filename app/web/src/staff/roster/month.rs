//! A month as people know it from the wall, and the coming weeks as a list.

use super::planner::{Mode, Open, use_planner};
use super::week::{DayHead, free_words, gap_button, key, shift};
use super::words;
use crate::text;
use beistand_protocol::roster::{Day, RosterView};
use leptos::prelude::*;
use std::sync::Arc;

/// Lines of a day before it says how many more there are.
const LINES_MAX: usize = 4;

/// Begins of what stands on a day with short words for it: shifts first, gaps last.
#[component]
pub(super) fn Month(view: Arc<RosterView>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let month = untrack(move || planner.cursor.get()).date().1;
    let me = untrack(move || planner.me());
    let days: Vec<Day> = Day::range(view.from, view.to).collect();
    let heads = days.iter().take(7).map(|day| {
        view! { <span>{words::weekday(locale, *day)}</span> }
    });
    let cell = |day: Day| {
        let shifts: Vec<_> = view.occurrences.iter().filter(|one| one.span.day == day).copied().collect();
        let gaps: Vec<_> = view.gaps.iter().filter(|gap| gap.day == day).copied().collect();
        let more = (shifts.len() + gaps.len()).saturating_sub(LINES_MAX);
        // What is missing is always named.
        let room = LINES_MAX.saturating_sub(gaps.len());
        let lines = shifts.iter().take(if more > 0 { room } else { shifts.len() }).map(|one| {
            let one = *one;
            let name = match one.person {
                Some(person) => untrack(move || planner.name(person)),
                None => text::roster_wanted(locale).to_owned(),
            };
            let class = match (one.person.is_none(), one.person == me) {
                (true, _) => "chip-line wanted",
                (_, true) => "chip-line own",
                _ => "chip-line",
            };
            view! {
                <li>
                    <button class=class r#type="button" aria-haspopup="dialog" data-key=format!("month-{}", key(&one)) on:click=move |_| planner.open(Open::Shift(one))>
                        <span class="num">{words::time(locale, one.span.start.into())}</span> " " {name}
                    </button>
                </li>
            }
        });
        let missing = gaps.iter().map(|gap| {
            let hours = words::hours(locale, gap.from.into(), gap.to.into());
            view! { <li class="chip-line gap"><span class="num">{hours}</span> " " {text::roster_missing(locale, &gap.missing.to_string())}</li> }
        });
        let more = (more > 0).then(|| {
            let show = move |_| {
                planner.cursor.set(day);
                planner.show_as(Mode::Week);
            };
            let words = text::roster_more_of_day(locale, &more.to_string());
            let label = format!("{words}, {}", words::date(locale, day));
            view! { <li><button class="chip-line more" r#type="button" aria-label=label on:click=show>{words}</button></li> }
        });
        let mut class = String::from("cell");
        if day.date().1 != month {
            class.push_str(" other");
        }
        if day < view.today {
            class.push_str(" past");
        }
        if day == view.today {
            class.push_str(" now");
        }
        if shifts.is_empty() && gaps.is_empty() {
            class.push_str(" bare");
        }
        view! {
            <section class=class aria-label=words::date(locale, day)>
                <h2 aria-hidden="true"><span class="weekday-name">{words::weekday(locale, day)} " "</span>{words::number(day)}{text::roster_number_dot(locale)}</h2>
                {free_words(locale, &view, day).map(|free| view! { <p class="holiday">{free}</p> })}
                <ul>{lines.collect_view()} {missing.collect_view()} {more}</ul>
            </section>
        }
    };
    view! {
        <div class="month-heads" aria-hidden="true">{heads.collect_view()}</div>
        <div class="month">{days.iter().map(|day| cell(*day)).collect_view()}</div>
    }
}

/// The coming weeks as a list: only days on which something is.
#[component]
pub(super) fn List(view: Arc<RosterView>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let day = |day: Day| {
        let shifts: Vec<_> = view.occurrences.iter().filter(|one| one.span.day == day).collect();
        let gaps: Vec<_> = view.gaps.iter().filter(|gap| gap.day == day).copied().collect();
        let free = free_words(locale, &view, day).is_some();
        (free || !shifts.is_empty() || !gaps.is_empty()).then(|| {
            let class = if day < view.today {
                "column past"
            } else if day == view.today {
                "column now"
            } else {
                "column"
            };
            let shifts = shifts.iter().map(|one| view! { <li>{shift(&view, one)}</li> }).collect_view();
            let gaps =
                gaps.into_iter().map(|gap| view! { <li>{gap_button(view.leads, gap)}</li> }).collect_view();
            view! {
                <section class=class aria-labelledby=format!("day-{day}")>
                    <DayHead view=Arc::clone(&view) day=day />
                    <ol class="slots">{shifts} {gaps}</ol>
                </section>
            }
        })
    };
    let days: Vec<_> = Day::range(view.from, view.to).filter_map(day).collect();
    let none = days.is_empty().then(|| view! { <p class="muted">{text::roster_list_none(locale)}</p> });
    view! { <div class="day-list">{none} {days}</div> }
}
