//! A week on a grid of hours; on a phone the same days as lists, one below the other.
//!
//! A lead draws a new shift with the mouse, or pushes one to another time; what comes of it is asked in the form
//! before anything changes. By keyboard and on a phone the form alone does the same.

use super::planner::{Entry, Open, use_planner};
use super::words;
use crate::icon::{Icon, icon};
use crate::lane::{Lane, lanes};
use crate::text;
use beistand_protocol::roster::{Day, Gap, Kind, MINUTES_OF_DAY, Occurrence, RosterView, Span, Stage};
use js_sys::{Function, Reflect};
use leptos::html;
use leptos::prelude::*;
use std::sync::Arc;
use wasm_bindgen::JsCast as _;

/// Hours shown when the roster has none of its own, and at least so many of them.
const HOURS_USUAL: (u32, u32) = (9, 21);
const HOURS_MIN: u32 = 10;
/// Times drawn with the mouse are rounded to this.
const STEP_MINUTES: u32 = 15;
/// What a click without drawing means.
const CLICK_MINUTES: u32 = 60;
/// Pixels after which a press is a drawing.
const DRAWN_PX: i32 = 6;

/// Something that stands on a day.
#[derive(Clone, Copy)]
enum What {
    Shift(Occurrence),
    Gap(Gap),
}

/// What is being drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Drawn {
    day: Day,
    /// Where it began, and where it is, in minutes of the day.
    anchor: u32,
    at: u32,
    /// Where the press was on the screen.
    press: (i32, i32),
    /// Whether it went far enough to be meant.
    meant: bool,
    /// The shift that is pushed.
    moved: Option<Occurrence>,
}

impl Drawn {
    /// From when to when.
    fn times(self) -> (u32, u32) {
        match self.moved {
            Some(moved) => {
                let minutes = u32::from(moved.span.minutes);
                let start = (u32::from(moved.span.start) + self.at).saturating_sub(self.anchor);
                let start = start.min(u32::from(MINUTES_OF_DAY) - STEP_MINUTES);
                (start, start + minutes)
            }
            None if self.meant => {
                let (from, to) = (self.anchor.min(self.at), self.anchor.max(self.at));
                (from, to.max(from + STEP_MINUTES))
            }
            None => (self.anchor, (self.anchor + CLICK_MINUTES).min(MINUTES_OF_DAY.into())),
        }
    }
}

/// Hours from which to which the grid goes.
fn shown_hours(view: &RosterView, days: &[Day]) -> (u32, u32) {
    let shifts = view.occurrences.iter();
    let shifts = shifts.flat_map(|one| days.iter().filter_map(|day| words::on_day(one, *day)));
    let open = view.open.iter().map(|open| (open.from.into(), open.to.into()));
    let gaps = view.gaps.iter().map(|gap| (gap.from.into(), gap.to.into()));
    let all: Vec<(u32, u32)> = shifts.chain(open).chain(gaps).collect();
    let Some(first) = all.iter().map(|(from, _)| from / 60).min() else { return HOURS_USUAL };
    let last = all.iter().map(|(_, to)| to.div_ceil(60)).max().unwrap_or(24);
    // An hour of room on both sides, for what is still to be drawn.
    let (mut first, mut last) = (first.saturating_sub(1), (last + 1).min(24));
    while last - first < HOURS_MIN && (first > 0 || last < 24) {
        (first, last) = (first.saturating_sub(1), (last + 1).min(24));
    }
    (first, last)
}

/// What stands on a day, by begin: what is, and what is missing.
fn items(view: &RosterView, day: Day) -> Vec<(u32, u32, What)> {
    let shifts = view.occurrences.iter();
    let shifts =
        shifts.filter_map(|one| words::on_day(one, day).map(|(from, to)| (from, to, What::Shift(*one))));
    let gaps = view.gaps.iter().filter(|gap| gap.day == day);
    let gaps = gaps.map(|gap| (gap.from.into(), gap.to.into(), What::Gap(*gap)));
    let mut all: Vec<_> = shifts.chain(gaps).collect();
    all.sort_by_key(|(from, to, what)| (*from, matches!(what, What::Gap(_)), *to));
    all
}

/// The name of an occurrence on the page, for the focus and for the mouse.
pub(super) fn key(occurrence: &Occurrence) -> String {
    format!("{}-{}", occurrence.id.shift, occurrence.id.day)
}

#[component]
pub(super) fn Week(view: Arc<RosterView>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let days: Vec<Day> = Day::range(view.from, view.to).collect();
    let (first, last) = shown_hours(&view, &days);
    let drawn = RwSignal::new(None::<Drawn>);
    let (week, hours) = (NodeRef::<html::Div>::new(), NodeRef::<html::Div>::new());
    let (low, high) = (first * 60, last * 60);

    // Where on the grid the mouse is: the day and the minute.
    let place = move |event: &web_sys::PointerEvent| -> Option<(Day, u32)> {
        let (x, y) = (event.client_x(), event.client_y());
        #[allow(clippy::cast_precision_loss)] // Pixels of a screen.
        let element = document().element_from_point(x as f32, y as f32)?;
        let slots = element.closest(".slots").ok().flatten()?;
        let day = Day::parse(&slots.get_attribute("data-day")?)?;
        let part = ((f64::from(y) - top(&slots)?) / f64::from(slots.client_height())).clamp(0.0, 1.0);
        // Between 0 and 1440.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let minute = low + (part * f64::from(high - low)) as u32;
        Some((day, minute / STEP_MINUTES * STEP_MINUTES))
    };
    let (leads, known) = (view.leads, Arc::clone(&view));
    let press = move |event: web_sys::PointerEvent| {
        // Where there are no hours at the side, the days are lists and not a grid.
        let grid = hours.get_untracked().is_some_and(|hours| hours.client_height() > 0);
        if !leads || !grid || event.button() != 0 || event.pointer_type() == "touch" {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let pressed = target.and_then(|element| element.closest("button").ok().flatten());
        let moved = match pressed {
            None => None,
            Some(button) => {
                let pressed = button.get_attribute("data-key").unwrap_or_default();
                match known.occurrences.iter().find(|one| key(one) == pressed) {
                    // What is over stays where it was.
                    Some(one) if one.end_s > planner.now.get_untracked().0 => Some(*one),
                    _ => return,
                }
            }
        };
        let Some((day, minute)) = place(&event) else { return };
        if moved.is_none() {
            // No text is marked by drawing.
            event.prevent_default();
        }
        let press = (event.client_x(), event.client_y());
        drawn.set(Some(Drawn { day, anchor: minute, at: minute, press, meant: false, moved }));
    };
    let draw = move |event: web_sys::PointerEvent| {
        let Some(mut now) = drawn.get_untracked() else { return };
        if event.buttons() == 0 {
            drawn.set(None);
            return;
        }
        if !now.meant {
            let far = |from: i32, to: i32| (to - from).abs() >= DRAWN_PX;
            now.meant = far(now.press.0, event.client_x()) || far(now.press.1, event.client_y());
            if now.meant
                && let Some(week) = week.get_untracked()
            {
                let _ = week.set_pointer_capture(event.pointer_id());
            }
        }
        if now.meant
            && let Some((day, minute)) = place(&event)
        {
            now.at = minute;
            if now.moved.is_some() {
                now.day = day;
            }
        }
        drawn.set(Some(now));
    };
    let release = move |_: web_sys::PointerEvent| {
        let Some(done) = drawn.get_untracked() else { return };
        drawn.set(None);
        if done.moved.is_some() && !done.meant {
            return;
        }
        let (from, to) = done.times();
        // Both lie within a day.
        let minute = |minute: u32| u16::try_from(minute).unwrap_or(MINUTES_OF_DAY);
        let span = Span { day: done.day, start: minute(from), minutes: minute(to - from) };
        planner.open(match done.moved {
            None => Open::New(Entry { kind: Kind::Live, person: None, span }),
            Some(moved) if moved.span == span => return,
            Some(moved) => Open::Edit(moved, Entry { kind: moved.kind, person: moved.person, span }),
        });
    };

    let ghost = move |day: Day| {
        move || {
            let drawn = drawn.get().filter(|drawn| drawn.day == day && drawn.meant)?;
            let (from, to) = drawn.times();
            let length = to.min(high) - from.min(high);
            Some(view! {
                <li
                    class="ghost"
                    aria-hidden="true"
                    style=("--from", from.saturating_sub(low).to_string())
                    style=("--length", length.to_string())
                >
                    <span class="num">{words::hours_long(locale, from, to)}</span>
                </li>
            })
        }
    };
    let column = |day: Day| {
        view! {
            <section class=day_class(&view, day) aria-labelledby=format!("day-{day}")>
                <DayHead view=Arc::clone(&view) day=day />
                <ol class="slots" data-day=day.to_string()>
                    {shut(&view, day, low, high)}
                    {slots(&view, day, low)}
                    {(day == view.today).then(|| view! { <NowLine low=low high=high /> })}
                    {ghost(day)}
                </ol>
                {items(&view, day).is_empty().then(|| view! { <p class="empty muted small">{text::roster_day_empty(locale)}</p> })}
            </section>
        }
    };
    view! {
        <div
            class="week"
            node_ref=week
            style=("--rows", (last - first).to_string())
            on:pointerdown=press
            on:pointermove=draw
            on:pointerup=release
            on:pointercancel=move |_| drawn.set(None)
        >
            <div class="hours num" node_ref=hours aria-hidden="true">
                {(first..last).map(|hour| view! { <span>{words::time(locale, hour * 60)}</span> }).collect_view()}
            </div>
            {days.iter().map(|day| column(*day)).collect_view()}
        </div>
    }
}

/// Where an element begins on the screen. Asked by name: for one number no more of the browser's types is needed.
fn top(element: &web_sys::Element) -> Option<f64> {
    let ask = Reflect::get(element, &"getBoundingClientRect".into()).ok()?.dyn_into::<Function>().ok()?;
    Reflect::get(&ask.call0(element).ok()?, &"top".into()).ok()?.as_f64()
}

fn day_class(view: &RosterView, day: Day) -> &'static str {
    match day.cmp(&view.today) {
        std::cmp::Ordering::Less => "column past",
        std::cmp::Ordering::Equal => "column now",
        std::cmp::Ordering::Greater => "column",
    }
}

/// A day's name, when it is open, and why it is not.
#[component]
pub(super) fn DayHead(view: Arc<RosterView>, day: Day) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let today = day == view.today;
    let free = free_words(locale, &view, day);
    let open: Vec<String> = view
        .open
        .iter()
        .filter(|open| open.day == day)
        .map(|open| words::hours(locale, open.from.into(), open.to.into()))
        .collect();
    let hours = (!open.is_empty()).then(|| text::roster_hours(locale, &open.join(", ")));
    let hours = match (today, hours) {
        (true, Some(hours)) => Some(text::roster_today_hours(locale, &hours)),
        (true, None) => Some(text::time_today(locale).to_owned()),
        (false, hours) => hours,
    };
    let add = (view.leads && day >= view.today).then(|| {
        let span = Span { day, start: 14 * 60, minutes: 240 };
        let open = Open::New(Entry { kind: Kind::Live, person: None, span });
        view! {
            <button
                class="icon-button add-day"
                r#type="button"
                aria-haspopup="dialog"
                aria-label=text::roster_add_on(locale, &words::date(locale, day))
                data-key=format!("add-{day}")
                on:click=move |_| planner.open(open)
            >
                {icon(Icon::Plus, 18)}
            </button>
        }
    });
    view! {
        <header>
            <h2 id=format!("day-{day}")>
                <span aria-hidden="true">{words::weekday(locale, day)} " " {words::number(day)}{text::roster_number_dot(locale)}</span>
                <span class="hide">{words::date(locale, day)}</span>
            </h2>
            {free.map(|free| view! { <p class="holiday">{free}</p> })}
            {hours.map(|hours| view! { <p class="num">{hours}</p> })}
            {add}
        </header>
    }
}

/// Why a day is out of the ordinary: a holiday, a closing day.
pub(super) fn free_words(locale: crate::locale::Locale, view: &RosterView, day: Day) -> Option<String> {
    let closing = view.rules.closings.iter().find(|closing| (closing.from..=closing.to).contains(&day));
    let holiday = view.holidays.iter().find(|(holiday, _)| *holiday == day);
    closing.map(|closing| text::roster_closed_for(locale, &closing.name)).or_else(|| {
        holiday.map(|(_, holiday)| text::roster_holiday_named(locale, words::holiday(locale, *holiday)))
    })
}

/// Hours in which the live chat is closed.
fn shut(view: &RosterView, day: Day, low: u32, high: u32) -> impl IntoView + use<> {
    let mut closed = Vec::new();
    if !view.rules.staffing.is_empty() || free_words(crate::locale::Locale::De, view, day).is_some() {
        let mut at = low;
        for open in view.open.iter().filter(|open| open.day == day) {
            closed.push((at, u32::from(open.from)));
            at = open.to.into();
        }
        closed.push((at, high));
    }
    let closed = closed.into_iter().filter(|(from, to)| from < to);
    closed
        .map(|(from, to)| {
            view! {
                <li
                    class="shut"
                    aria-hidden="true"
                    style=("--from", (from - low).to_string())
                    style=("--length", (to - from).to_string())
                ></li>
            }
        })
        .collect_view()
}

/// Shifts and gaps of a day.
fn slots(view: &RosterView, day: Day, low: u32) -> impl IntoView + use<> {
    let items = items(view, day);
    let spans: Vec<(u32, u32)> = items.iter().map(|(from, to, _)| (*from, *to)).collect();
    let placed = items.into_iter().zip(lanes(&spans));
    let item = |((from, to, what), Lane { at, of }): ((u32, u32, What), Lane)| {
        let inner = match what {
            What::Shift(one) => shift(view, &one).into_any(),
            What::Gap(gap) => gap_button(view.leads, gap).into_any(),
        };
        view! {
            <li
                style=("--from", (from - low).to_string())
                style=("--length", (to - from).to_string())
                style=("--lane", at.to_string())
                style=("--lanes", of.to_string())
            >
                {inner}
            </li>
        }
    };
    placed.map(item).collect_view()
}

/// A shift to press.
pub(super) fn shift(view: &RosterView, one: &Occurrence) -> impl IntoView + use<> {
    let planner = use_planner();
    let locale = planner.locale;
    let me = untrack(move || planner.me());
    let (from, to) = words::ends(one.span);
    let offered = view.swaps.iter().any(|(swap, ..)| swap.what == one.id && swap.stage != Stage::Agreed);
    let mut class = String::from("shift");
    class.push_str(match one.kind {
        Kind::Live => " live",
        Kind::Letters => " letters",
    });
    if one.person.is_none() {
        class.push_str(" wanted");
    } else if one.person == me {
        class.push_str(" mine");
    }
    if offered {
        class.push_str(" offer");
    }
    let name = match one.person {
        Some(person) => untrack(move || planner.name(person)),
        None => text::roster_wanted(locale).to_owned(),
    };
    let opened = *one;
    view! {
        <button
            class=class
            r#type="button"
            aria-haspopup="dialog"
            data-key=key(one)
            on:click=move |_| planner.open(Open::Shift(opened))
        >
            <span class="t num">{words::hours(locale, from, to)}<span class="u">{text::roster_hours_unit(locale)}</span></span>
            <b>{name}</b>
            <span class="k">{words::kind(locale, one.kind)}</span>
            {offered.then(|| view! { <span class="badge">{text::roster_swap_badge(locale)}</span> })}
        </button>
    }
}

/// A gap to press.
pub(super) fn gap_button(leads: bool, gap: Gap) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let open = move |_| {
        let span = Span { day: gap.day, start: gap.from, minutes: gap.to - gap.from };
        planner.open(if leads {
            Open::New(Entry { kind: Kind::Live, person: None, span })
        } else {
            Open::Gap(gap)
        });
    };
    let act = if leads { text::roster_gap_fill(locale) } else { text::roster_gap_take(locale) };
    view! {
        <button
            class="shift gap"
            r#type="button"
            aria-haspopup="dialog"
            data-key=format!("gap-{}-{}", gap.day, gap.from)
            on:click=open
        >
            <span class="t num">{words::hours(locale, gap.from.into(), gap.to.into())}<span class="u">{text::roster_hours_unit(locale)}</span></span>
            <b>{text::roster_missing(locale, &gap.missing.to_string())}</b>
            <span class="k">{act}</span>
        </button>
    }
}

/// Where the day is now.
#[component]
fn NowLine(low: u32, high: u32) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    move || {
        let minute = u32::from(planner.now.get().1);
        (low..high).contains(&minute).then(|| {
            let time = format!("{}:{:02}", minute / 60, minute % 60);
            view! {
                <li class="now-line" aria-hidden="true" style=("--from", (minute - low).to_string())>
                    <span class="num">{text::roster_now(locale, &time)}</span>
                </li>
            }
        })
    }
}
