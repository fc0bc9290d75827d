//! The form of a shift: new, or changed; single, or repeating.

use super::dialog::{Modal, Scope};
use super::planner::{Entry, new_shift, use_planner};
use super::words;
use crate::part::Submit;
use crate::text;
use beistand_protocol::id::PersonId;
use beistand_protocol::roster::{
    Command, Day, End, Frequency, Kind, Occurrence, Rule, Shift, Span, Weekdays,
};
use leptos::prelude::*;

/// How a shift comes back, as the form has it.
#[derive(Clone, Copy)]
struct Repeat {
    often: RwSignal<String>,
    interval: RwSignal<String>,
    days: RwSignal<u8>,
    ends: RwSignal<String>,
    until: RwSignal<String>,
    count: RwSignal<String>,
}

impl Repeat {
    fn of(rule: Option<Rule>, day: Day) -> Self {
        let often = match rule.map(|rule| rule.frequency) {
            None => "never",
            Some(Frequency::Daily) => "daily",
            Some(Frequency::Weekly(_)) => "weekly",
            Some(Frequency::MonthlyDay(_)) => "monthly-day",
            Some(Frequency::MonthlyWeekday { .. }) => "monthly-weekday",
        };
        let days = match rule.map(|rule| rule.frequency) {
            Some(Frequency::Weekly(days)) => days,
            _ => Weekdays::one(day.weekday()),
        };
        let (ends, until, count) = match rule.map(|rule| rule.end) {
            Some(End::Until(day)) => ("until", day, 10),
            Some(End::Count(count)) => ("count", day.plus(90), count),
            _ => ("never", day.plus(90), 10),
        };
        Self {
            often: RwSignal::new(often.to_owned()),
            interval: RwSignal::new(rule.map_or(1, |rule| rule.interval).to_string()),
            days: RwSignal::new(days.0),
            ends: RwSignal::new(ends.to_owned()),
            until: RwSignal::new(until.to_string()),
            count: RwSignal::new(count.to_string()),
        }
    }

    /// The rule; `None` for what can't be read.
    fn read(self, day: Day) -> Option<Option<Rule>> {
        let frequency = match self.often.get_untracked().as_str() {
            "daily" => Frequency::Daily,
            "weekly" => Frequency::Weekly(Weekdays(self.days.get_untracked())),
            // A month has at most 31 days.
            "monthly-day" => Frequency::MonthlyDay(u8::try_from(day.date().2).ok()?),
            "monthly-weekday" => Frequency::MonthlyWeekday { ordinal: ordinal(day), weekday: day.weekday() },
            _ => return Some(None),
        };
        let end = match self.ends.get_untracked().as_str() {
            "until" => End::Until(Day::parse(&self.until.get_untracked())?),
            "count" => End::Count(self.count.get_untracked().trim().parse().ok()?),
            _ => End::Never,
        };
        let interval = self.interval.get_untracked().trim().parse().ok()?;
        Some(Some(Rule { frequency, interval, end }))
    }
}

/// Which of its month a day is: the fifth is meant as the last.
fn ordinal(day: Day) -> i8 {
    let ordinal = (day.date().2 - 1) / 7 + 1;
    if ordinal > 4 { -1 } else { i8::try_from(ordinal).unwrap_or(1) }
}

#[component]
pub(super) fn ShiftForm(
    /// What it begins with.
    entry: Entry,
    /// The shift that is changed.
    #[prop(optional)]
    of: Option<Occurrence>,
) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let (from, to) = words::ends(entry.span);
    let kind = RwSignal::new(entry.kind);
    let person = RwSignal::new(entry.person.map(|person| person.to_hex()).unwrap_or_default());
    let day = RwSignal::new(entry.span.day.to_string());
    let from = RwSignal::new(words::write_time(from));
    let to = RwSignal::new(words::write_time(to));
    let series = of.filter(|one| one.repeats).and_then(|one| planner.series(one.id.shift));
    let repeat = Repeat::of(series.map(|(_, rule)| rule), entry.span.day);
    let scope = RwSignal::new(Scope::This);
    // One of several alone has no rule of its own, and does what the others do.
    let alone = move || series.is_some() && scope.get() == Scope::This;

    let command = move || -> Option<Command> {
        let span = words::read_span(&day.get_untracked(), &from.get_untracked(), &to.get_untracked())?;
        let person = person.get_untracked();
        let person = if person.is_empty() { None } else { Some(PersonId::from_hex(&person)?) };
        let rule = repeat.read(span.day)?;
        let id = of.map_or_else(new_shift, |one| one.id.shift);
        let shift = Shift { id, kind: kind.get_untracked(), person, span, rule, exceptions: Vec::new() };
        Some(match (of, series) {
            (None, _) => Command::AddShifts(vec![shift]),
            (Some(_), None) => Command::ReplaceShift(shift),
            (Some(one), Some((first, _))) => match scope.get_untracked() {
                Scope::This => Command::Change { occurrence: one.id, span, person },
                Scope::Following => Command::ChangeFollowing { occurrence: one.id, shift },
                Scope::All => {
                    // As far as this one was pushed, the first is pushed.
                    let day = first.day.plus(span.day.0 - one.id.day.0);
                    Command::ReplaceShift(Shift { span: Span { day, ..span }, ..shift })
                }
            },
        })
    };
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match command() {
            Some(command) => planner.change(
                command,
                if of.is_some() { text::roster_changed(locale) } else { text::roster_added(locale) },
            ),
            None => planner.refused.set(Some(text::roster_denied_malformed(locale).to_owned())),
        }
    };
    let persons: Vec<(String, String)> = {
        let members = planner.view.with_untracked(|view| view.as_ref().map(|view| view.members.clone()));
        let named = members.unwrap_or_default().into_iter();
        let mut named: Vec<_> =
            named.map(|person| (person.to_hex(), untrack(move || planner.full_name(person)))).collect();
        named.sort_by_key(|(_, name)| name.to_lowercase());
        let nobody = (String::new(), text::roster_nobody(locale).to_owned());
        std::iter::once(nobody).chain(named).collect()
    };
    let chosen_day = move || Day::parse(&day.get()).unwrap_or(entry.span.day);
    // A single weekday is the one of the day, until others are ticked.
    Effect::new(move |before: Option<Day>| {
        let now = chosen_day();
        let of = |day: Day| Weekdays::one(day.weekday()).0;
        if before.is_some_and(|before| repeat.days.get_untracked() == of(before)) {
            repeat.days.set(of(now));
        }
        now
    });
    let title = if of.is_some() { text::roster_edit_title(locale) } else { text::roster_add(locale) };
    view! {
        <Modal title=title>
            <form class="stack" novalidate on:submit=send>
                {series.is_some().then(|| view! { <ScopeField scope=scope /> })}
                <fieldset class="stack tight" hidden=alone>
                    <legend>{text::roster_kind(locale)}</legend>
                    <div class="pair">
                        <KindChoice kind=kind of=Kind::Live label=text::roster_live(locale) />
                        <KindChoice kind=kind of=Kind::Letters label=text::roster_letters_long(locale) />
                    </div>
                </fieldset>
                <SelectField id="shift-person" label=text::roster_who(locale) value=person options=persons />
                <InputField id="shift-day" label=text::roster_day(locale) value=day kind="date" />
                <div class="times">
                    <TimeField id="shift-from" label=text::roster_from(locale) value=from />
                    <TimeField id="shift-to" label=text::roster_to(locale) value=to />
                </div>
                <div class="stack" hidden=alone>
                    <RepeatFields repeat=repeat day=Signal::derive(chosen_day) />
                </div>
                <Submit label=text::roster_save(locale) busy=planner.busy />
            </form>
        </Modal>
    }
}

/// How it repeats, and until when.
#[component]
fn RepeatFields(repeat: Repeat, day: Signal<Day>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let repeats = move || repeat.often.get() != "never";
    let often = move || {
        let rule = |frequency| {
            let rule = Rule { frequency, interval: 1, end: End::Never };
            words::rule(locale, &rule)
        };
        let day = day.get();
        // A month has at most 31 days.
        let number = u8::try_from(day.date().2).unwrap_or(1);
        let weekday = Frequency::MonthlyWeekday { ordinal: ordinal(day), weekday: day.weekday() };
        vec![
            ("never".to_owned(), text::roster_repeat_never(locale).to_owned()),
            ("daily".to_owned(), rule(Frequency::Daily)),
            ("weekly".to_owned(), text::roster_repeat_weekly(locale).to_owned()),
            ("monthly-day".to_owned(), rule(Frequency::MonthlyDay(number))),
            ("monthly-weekday".to_owned(), rule(weekday)),
        ]
    };
    let ends = vec![
        ("never".to_owned(), text::roster_end_never(locale).to_owned()),
        ("until".to_owned(), text::roster_end_until(locale).to_owned()),
        ("count".to_owned(), text::roster_end_count(locale).to_owned()),
    ];
    view! {
        {move || view! { <SelectField id="shift-repeat" label=text::roster_repeats(locale) value=repeat.often options=often() /> }}
        <div class="stack" hidden=move || !repeats()>
            <div hidden=move || repeat.often.get() != "weekly">
                <WeekdaysField label=text::roster_on_days(locale) days=repeat.days />
            </div>
            <div class="times">
                <InputField id="shift-interval" label=text::roster_interval(locale) value=repeat.interval kind="number" />
                <SelectField id="shift-ends" label=text::roster_ends(locale) value=repeat.ends options=ends />
            </div>
            <div hidden=move || repeat.ends.get() != "until">
                <InputField id="shift-until" label=text::roster_until(locale) value=repeat.until kind="date" />
            </div>
            <div hidden=move || repeat.ends.get() != "count">
                <InputField id="shift-count" label=text::roster_count(locale) value=repeat.count kind="number" />
            </div>
        </div>
    }
}

#[component]
fn KindChoice(kind: RwSignal<Kind>, of: Kind, label: &'static str) -> impl IntoView {
    view! {
        <label class="choice">
            <input
                r#type="radio"
                name="shift-kind"
                prop:checked=move || kind.get() == of
                on:change=move |_| kind.set(of)
            />
            <span>{label}</span>
        </label>
    }
}

/// Which occurrences of a repeating shift are meant.
#[component]
pub(super) fn ScopeField(scope: RwSignal<Scope>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let choice = move |of: Scope, label: &'static str| {
        view! {
            <label class="check">
                <input
                    r#type="radio"
                    name="shift-scope"
                    prop:checked=move || scope.get() == of
                    on:change=move |_| scope.set(of)
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="scope">
            <legend>{text::roster_scope(locale)}</legend>
            {choice(Scope::This, text::roster_scope_this(locale))}
            {choice(Scope::Following, text::roster_scope_following(locale))}
            {choice(Scope::All, text::roster_scope_all(locale))}
        </fieldset>
    }
}

/// Days of the week to tick.
#[component]
pub(super) fn WeekdaysField(label: &'static str, days: RwSignal<u8>) -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let day = move |weekday: u8| {
        let day = words::MONDAY.plus(weekday.into());
        view! {
            <label class="weekday">
                <input
                    r#type="checkbox"
                    aria-label=words::weekday_long(locale, day)
                    prop:checked=move || days.get() & (1 << weekday) != 0
                    on:change=move |_| days.update(|days| *days ^= 1 << weekday)
                />
                <span aria-hidden="true">{words::weekday(locale, day)}</span>
            </label>
        }
    };
    view! {
        <fieldset class="stack tight">
            <legend>{label}</legend>
            <div class="weekdays">{(0..7u8).map(day).collect_view()}</div>
        </fieldset>
    }
}

/// A labelled choice of one of several.
#[component]
pub(super) fn SelectField(
    /// Id of the element.
    #[prop(into)]
    id: String,
    /// What is asked for.
    label: &'static str,
    /// The value chosen.
    value: RwSignal<String>,
    /// Values with their words.
    options: Vec<(String, String)>,
) -> impl IntoView {
    let option = move |(of, words): (String, String)| {
        let same = of.clone();
        view! { <option value=of prop:selected=move || value.get() == same>{words}</option> }
    };
    let labelled = id.clone();
    view! {
        <div class="field">
            <label for=labelled>{label}</label>
            <select id=id on:change=move |event| value.set(event_target_value(&event))>
                {options.into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}

/// A labelled time of day.
#[component]
pub(super) fn TimeField(
    #[prop(into)] id: String,
    label: &'static str,
    value: RwSignal<String>,
) -> impl IntoView {
    view! { <InputField id=id label=label value=value kind="time" /> }
}

/// A labelled date, time or number.
#[component]
pub(super) fn InputField(
    /// Id of the element.
    #[prop(into)]
    id: String,
    /// What is asked for.
    label: &'static str,
    /// Its value.
    value: RwSignal<String>,
    /// Kind of input.
    kind: &'static str,
) -> impl IntoView {
    let number = kind == "number";
    let labelled = id.clone();
    view! {
        <div class="field">
            <label for=labelled>{label}</label>
            <input
                id=id
                r#type=kind
                min=number.then_some("1")
                inputmode=number.then_some("numeric")
                required
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        </div>
    }
}
