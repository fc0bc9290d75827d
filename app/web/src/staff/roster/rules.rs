//! What a lead sets about a roster: how many are to be there, holidays and closing days, the promise; and everybody's
//! wishes.

use super::dialog::Modal;
use super::form::{InputField, SelectField, TimeField, WeekdaysField};
use super::planner::use_planner;
use super::words;
use crate::icon::{Icon, icon};
use crate::part::Submit;
use crate::text;
use beistand_protocol::roster::{
    Closing, Command, Day, Level, MINUTES_OF_DAY, Promise, Rules, Staffing, State, Weekdays, When,
};
use leptos::prelude::*;

/// A line of a list in a form, with a number of its own so that the others stay when one goes.
type Lines<T> = RwSignal<Vec<(u32, T)>>;

fn lines<T: Send + Sync + 'static>(all: impl Iterator<Item = T>) -> Lines<T> {
    RwSignal::new((0..).zip(all).collect())
}

fn add<T: Send + Sync + 'static>(lines: Lines<T>, line: T) {
    lines.update(|lines| {
        let number = lines.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
        lines.push((number, line));
    });
}

/// Removes a line; said to a screen reader by what it is about.
#[component]
fn RemoveLine<T: Send + Sync + 'static>(lines: Lines<T>, number: u32) -> impl IntoView {
    let planner = use_planner();
    view! {
        <button
            class="icon-button"
            r#type="button"
            aria-label=text::roster_line_remove(planner.locale)
            on:click=move |_| lines.update(|lines| lines.retain(|(known, _)| *known != number))
        >
            {icon(Icon::Trash, 20)}
        </button>
    }
}

/// A time of day, where the end of the day is midnight.
fn read_end(text: &str) -> Option<u16> {
    words::read_time(text).map(|minute| if minute == 0 { MINUTES_OF_DAY } else { minute })
}

#[derive(Clone, Copy)]
struct StaffingLine {
    days: RwSignal<u8>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    persons: RwSignal<String>,
}

impl StaffingLine {
    fn of(staffing: Staffing) -> Self {
        Self {
            days: RwSignal::new(staffing.days.0),
            from: RwSignal::new(words::write_time(staffing.from.into())),
            to: RwSignal::new(words::write_time(staffing.to.into())),
            persons: RwSignal::new(staffing.persons.to_string()),
        }
    }

    fn read(self) -> Option<Staffing> {
        Some(Staffing {
            days: Weekdays(self.days.get_untracked()),
            from: words::read_time(&self.from.get_untracked())?,
            to: read_end(&self.to.get_untracked())?,
            persons: self.persons.get_untracked().trim().parse().ok()?,
        })
    }
}

#[derive(Clone, Copy)]
struct ClosingLine {
    from: RwSignal<String>,
    to: RwSignal<String>,
    name: RwSignal<String>,
}

impl ClosingLine {
    fn of(closing: &Closing) -> Self {
        Self {
            from: RwSignal::new(closing.from.to_string()),
            to: RwSignal::new(closing.to.to_string()),
            name: RwSignal::new(closing.name.clone()),
        }
    }

    fn read(self) -> Option<Closing> {
        Some(Closing {
            from: Day::parse(&self.from.get_untracked())?,
            to: Day::parse(&self.to.get_untracked())?,
            name: self.name.get_untracked().trim().to_owned(),
        })
    }
}

/// The states' own names, which are the same in every language.
fn state_name(state: State) -> &'static str {
    match state {
        State::BadenWuerttemberg => "Baden-Württemberg",
        State::Bayern => "Bayern",
        State::Berlin => "Berlin",
        State::Brandenburg => "Brandenburg",
        State::Bremen => "Bremen",
        State::Hamburg => "Hamburg",
        State::Hessen => "Hessen",
        State::MecklenburgVorpommern => "Mecklenburg-Vorpommern",
        State::Niedersachsen => "Niedersachsen",
        State::NordrheinWestfalen => "Nordrhein-Westfalen",
        State::RheinlandPfalz => "Rheinland-Pfalz",
        State::Saarland => "Saarland",
        State::Sachsen => "Sachsen",
        State::SachsenAnhalt => "Sachsen-Anhalt",
        State::SchleswigHolstein => "Schleswig-Holstein",
        State::Thueringen => "Thüringen",
    }
}

#[component]
fn Check(label: &'static str, value: RwSignal<bool>) -> impl IntoView {
    view! {
        <label class="check">
            <input r#type="checkbox" prop:checked=move || value.get() on:change=move |_| value.update(|on| *on = !*on) />
            <span>{label}</span>
        </label>
    }
}

/// The team's rules.
#[component]
pub(super) fn RulesForm() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let known =
        planner.view.with_untracked(|view| view.as_ref().map(|view| (view.rules.clone(), view.today)));
    let Some((rules, today)) = known else { return ().into_any() };
    let staffing = lines(rules.staffing.iter().map(|staffing| StaffingLine::of(*staffing)));
    let closings = lines(rules.closings.iter().map(ClosingLine::of));
    let state = rules.state.map(state_name).unwrap_or_default();
    let state = RwSignal::new(state.to_owned());
    let open_on_holidays = RwSignal::new(rules.open_on_holidays);
    let without_shift = RwSignal::new(rules.without_shift);
    let approve_swaps = RwSignal::new(rules.approve_swaps);
    let promises = RwSignal::new(rules.promise.is_some());
    let promise =
        rules.promise.unwrap_or(Promise { working_days: 2, weekdays: Weekdays::WORKING, by: 18 * 60 });
    let promise_days = RwSignal::new(promise.working_days.to_string());
    let promise_weekdays = RwSignal::new(promise.weekdays.0);
    let promise_by = RwSignal::new(words::write_time(promise.by.into()));
    let zone = RwSignal::new(rules.zone.clone());

    let read = move || -> Option<Rules> {
        let promise = Promise {
            working_days: promise_days.get_untracked().trim().parse().ok()?,
            weekdays: Weekdays(promise_weekdays.get_untracked()),
            by: read_end(&promise_by.get_untracked())?,
        };
        let named = state.get_untracked();
        Some(Rules {
            zone: zone.get_untracked().trim().to_owned(),
            state: State::ALL.into_iter().find(|state| state_name(*state) == named),
            staffing: staffing.get_untracked().iter().map(|(_, line)| line.read()).collect::<Option<_>>()?,
            open_on_holidays: open_on_holidays.get_untracked(),
            closings: closings.get_untracked().iter().map(|(_, line)| line.read()).collect::<Option<_>>()?,
            promise: promises.get_untracked().then_some(promise),
            without_shift: without_shift.get_untracked(),
            approve_swaps: approve_swaps.get_untracked(),
        })
    };
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match read() {
            Some(rules) => planner.change(Command::SetRules(rules), text::roster_rules_saved(locale)),
            None => planner.refused.set(Some(text::roster_denied_malformed(locale).to_owned())),
        }
    };
    let states = std::iter::once((String::new(), text::roster_no_state(locale).to_owned()))
        .chain(
            State::ALL.into_iter().map(|state| (state_name(state).to_owned(), state_name(state).to_owned())),
        )
        .collect::<Vec<_>>();
    let staffing_line = move |(number, line): (u32, StaffingLine)| {
        view! {
            <li class="form-line stack tight">
                <WeekdaysField label=text::roster_on_days(locale) days=line.days />
                <div class="line-fields">
                    <TimeField id=format!("staffing-from-{number}") label=text::roster_from(locale) value=line.from />
                    <TimeField id=format!("staffing-to-{number}") label=text::roster_to(locale) value=line.to />
                    <InputField id=format!("staffing-{number}") label=text::roster_persons(locale) value=line.persons kind="number" />
                    <RemoveLine lines=staffing number=number />
                </div>
            </li>
        }
    };
    let closing_line = move |(number, line): (u32, ClosingLine)| {
        view! {
            <li class="form-line stack tight">
                <InputField id=format!("closing-{number}") label=text::roster_closing_name(locale) value=line.name kind="text" />
                <div class="line-fields">
                    <InputField id=format!("closing-from-{number}") label=text::roster_first_day(locale) value=line.from kind="date" />
                    <InputField id=format!("closing-to-{number}") label=text::roster_until(locale) value=line.to kind="date" />
                    <RemoveLine lines=closings number=number />
                </div>
            </li>
        }
    };
    let more_staffing = move |_| {
        let usual = Staffing { days: Weekdays::WORKING, from: 14 * 60, to: 18 * 60, persons: 1 };
        add(staffing, StaffingLine::of(usual));
    };
    let more_closings = move |_| {
        let day = today.plus(7);
        add(closings, ClosingLine::of(&Closing { from: day, to: day, name: String::new() }));
    };
    view! {
        <Modal title=text::roster_rules(locale)>
            <form class="stack wide" novalidate on:submit=send>
                <section class="stack tight">
                    <h3>{text::roster_staffing(locale)}</h3>
                    <p class="small muted">{text::roster_staffing_lead(locale)}</p>
                    <ul class="stack">
                        <For each=move || staffing.get() key=|(number, _)| *number children=staffing_line />
                    </ul>
                    <button class="text-button start" r#type="button" on:click=more_staffing>{text::roster_staffing_add(locale)}</button>
                </section>
                <section class="stack tight">
                    <h3>{text::roster_free_days(locale)}</h3>
                    <SelectField id="rules-state" label=text::roster_state(locale) value=state options=states />
                    <Check label=text::roster_open_on_holidays(locale) value=open_on_holidays />
                    <ul class="stack">
                        <For each=move || closings.get() key=|(number, _)| *number children=closing_line />
                    </ul>
                    <button class="text-button start" r#type="button" on:click=more_closings>{text::roster_closing_add(locale)}</button>
                </section>
                <section class="stack tight">
                    <h3>{text::roster_promise(locale)}</h3>
                    <Check label=text::roster_promise_made(locale) value=promises />
                    <div class="stack tight" hidden=move || !promises.get()>
                        <div class="times">
                            <InputField id="promise-days" label=text::roster_promise_days(locale) value=promise_days kind="number" />
                            <TimeField id="promise-by" label=text::roster_promise_by(locale) value=promise_by />
                        </div>
                        <WeekdaysField label=text::roster_promise_weekdays(locale) days=promise_weekdays />
                    </div>
                </section>
                <section class="stack tight">
                    <h3>{text::roster_rules_more(locale)}</h3>
                    <Check label=text::roster_without_shift(locale) value=without_shift />
                    <Check label=text::roster_approve_swaps(locale) value=approve_swaps />
                    <InputField id="rules-zone" label=text::roster_zone(locale) value=zone kind="text" />
                </section>
                <Submit label=text::roster_save(locale) busy=planner.busy />
            </form>
        </Modal>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct WishLine {
    level: RwSignal<String>,
    weekly: RwSignal<String>,
    days: RwSignal<u8>,
    from: RwSignal<String>,
    to: RwSignal<String>,
    first: RwSignal<String>,
    last: RwSignal<String>,
}

const LEVELS: [(&str, Level); 3] =
    [("preferably", Level::Preferably), ("can", Level::Can), ("cannot", Level::Cannot)];

impl WishLine {
    fn of(when: When, level: Level, today: Day) -> Self {
        let (weekly, days, from, to, first, last) = match when {
            When::Weekly { days, from, to } => ("weekly", days, from, to, today, today),
            When::Days { from, to } => ("days", Weekdays::WORKING, 14 * 60, 18 * 60, from, to),
        };
        let level = LEVELS.iter().find(|(_, known)| *known == level).map_or("can", |(name, _)| name);
        Self {
            level: RwSignal::new(level.to_owned()),
            weekly: RwSignal::new(weekly.to_owned()),
            days: RwSignal::new(days.0),
            from: RwSignal::new(words::write_time(from.into())),
            to: RwSignal::new(words::write_time(to.into())),
            first: RwSignal::new(first.to_string()),
            last: RwSignal::new(last.to_string()),
        }
    }

    fn read(self) -> Option<(When, Level)> {
        let named = self.level.get_untracked();
        let level = LEVELS.iter().find(|(name, _)| *name == named).map(|(_, level)| *level)?;
        let when = if self.weekly.get_untracked() == "weekly" {
            When::Weekly {
                days: Weekdays(self.days.get_untracked()),
                from: words::read_time(&self.from.get_untracked())?,
                to: read_end(&self.to.get_untracked())?,
            }
        } else {
            When::Days {
                from: Day::parse(&self.first.get_untracked())?,
                to: Day::parse(&self.last.get_untracked())?,
            }
        };
        Some((when, level))
    }
}

/// The own wishes: can, can't, preferably.
#[component]
pub(super) fn WishesForm() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let me = untrack(move || planner.me());
    let known =
        planner.view.with_untracked(|view| view.as_ref().map(|view| (view.wishes.clone(), view.today)));
    let Some((wishes, today)) = known else { return ().into_any() };
    let own = wishes.iter().filter(|wish| Some(wish.person) == me);
    let wishes = lines(own.map(|wish| WishLine::of(wish.when, wish.level, today)));
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let read: Option<Vec<_>> = wishes.get_untracked().iter().map(|(_, line)| line.read()).collect();
        match read {
            Some(wishes) => planner.change(Command::SetWishes(wishes), text::roster_wishes_saved(locale)),
            None => planner.refused.set(Some(text::roster_denied_malformed(locale).to_owned())),
        }
    };
    let more = move |_| {
        let usual = When::Weekly { days: Weekdays::WORKING, from: 14 * 60, to: 18 * 60 };
        add(wishes, WishLine::of(usual, Level::Can, today));
    };
    let line = move |(number, line): (u32, WishLine)| {
        let levels = vec![
            ("preferably".to_owned(), text::roster_wish_preferably(locale).to_owned()),
            ("can".to_owned(), text::roster_wish_can(locale).to_owned()),
            ("cannot".to_owned(), text::roster_wish_cannot(locale).to_owned()),
        ];
        let whens = vec![
            ("weekly".to_owned(), text::roster_wish_weekly(locale).to_owned()),
            ("days".to_owned(), text::roster_wish_days(locale).to_owned()),
        ];
        let weekly = move || line.weekly.get() == "weekly";
        view! {
            <li class="form-line stack tight">
                <div class="line-fields">
                    <SelectField id=format!("wish-level-{number}") label=text::roster_wish(locale) value=line.level options=levels />
                    <SelectField id=format!("wish-when-{number}") label=text::roster_wish_when(locale) value=line.weekly options=whens />
                    <RemoveLine lines=wishes number=number />
                </div>
                <div class="stack tight" hidden=move || !weekly()>
                    <WeekdaysField label=text::roster_on_days(locale) days=line.days />
                    <div class="times">
                        <TimeField id=format!("wish-from-{number}") label=text::roster_from(locale) value=line.from />
                        <TimeField id=format!("wish-to-{number}") label=text::roster_to(locale) value=line.to />
                    </div>
                </div>
                <div class="times" hidden=weekly>
                    <InputField id=format!("wish-first-{number}") label=text::roster_first_day(locale) value=line.first kind="date" />
                    <InputField id=format!("wish-last-{number}") label=text::roster_until(locale) value=line.last kind="date" />
                </div>
            </li>
        }
    };
    view! {
        <Modal title=text::roster_wishes(locale)>
            <p>{text::roster_wishes_lead(locale)}</p>
            <form class="stack" novalidate on:submit=send>
                <ul class="stack"><For each=move || wishes.get() key=|(number, _)| *number children=line /></ul>
                <button class="text-button start" r#type="button" on:click=more>{text::roster_wish_add(locale)}</button>
                <Submit label=text::roster_save(locale) busy=planner.busy />
            </form>
        </Modal>
    }
    .into_any()
}
