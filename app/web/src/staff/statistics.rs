//! Figures for whoever pays for the work: drawings with a table under each, and files of them.
//!
//! What is told is worked out by the box, so that nobody is seen in it; here it is only added up.

mod plot;
mod sheet;

use super::ending::{REASONS, reason_words};
use super::notices::pass_on;
use super::roster::file::save_file;
use crate::client::use_client;
use crate::clock;
use crate::failure;
use crate::locale::Locale;
use crate::part::Problem;
use crate::text;
use beistand_protocol::id::TeamId;
use beistand_protocol::roster::Day;
use beistand_protocol::statistics::sums::Part;
use beistand_protocol::statistics::{BLOCKS_OF_DAY, Measure, Statistics, Unit};
use leptos::prelude::*;
use plot::Series;
use sheet::{Line, ODS, Sheet, Value};
use std::sync::Arc;

/// Months that are shown at first.
const MONTHS_AT_FIRST: u32 = 6;

/// A drawing with its table.
struct Figure {
    body: &'static str,
    sheet: Sheet,
    key: Vec<(&'static str, &'static str)>,
    drawing: AnyView,
}

/// A month's first day.
fn day_of(month: u32) -> Day {
    let number = |number: u32| i32::try_from(number).unwrap_or_default();
    Day::of(number(month / 12), number(month % 12) + 1, 1)
}

fn month_name(locale: Locale, month: u32, parts: &[(&str, &str)]) -> String {
    clock::calendar_day(locale, day_of(month), parts)
}

#[component]
pub(super) fn Figures() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let known = RwSignal::new(None::<Arc<Statistics>>);
    let problem = RwSignal::new(None::<String>);
    leptos::task::spawn_local(async move {
        match pass_on::<Statistics>(client, "statistics", None).await {
            Ok(statistics) => drop(known.try_set(Some(Arc::new(statistics)))),
            Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
        }
    });
    view! {
        <section class="figures" aria-labelledby="figures-title">
            <Problem sentence=problem />
            {move || match known.get() {
                Some(statistics) if statistics.figures.iter().any(|figures| !figures.groups.is_empty()) => {
                    view! { <Known statistics=statistics /> }.into_any()
                }
                Some(_) => view! {
                    <h2 id="figures-title">{text::figures_title(locale)}</h2>
                    <p class="muted">{text::figures_none(locale)}</p>
                }
                .into_any(),
                None => view! { <h2 id="figures-title">{text::figures_title(locale)}</h2> }.into_any(),
            }}
        </section>
    }
}

/// Periods that can be chosen: the last months, and the years that there are figures of.
fn periods(locale: Locale, statistics: &Statistics) -> Vec<(u32, u32, String)> {
    let newest = statistics.month;
    let oldest = statistics.figures.iter().map(|figures| figures.month).min().unwrap_or(newest);
    let name = |month| month_name(locale, month, &[("month", "long"), ("year", "numeric")]);
    let last = [MONTHS_AT_FIRST, 12].map(|count| {
        let from = (newest + 1).saturating_sub(count);
        (from, newest, text::figures_period_last(locale, &name(from), &name(newest)))
    });
    let years = (oldest / 12..=newest / 12).rev();
    let years =
        years.map(|year| (year * 12, year * 12 + 11, text::figures_period_year(locale, &year.to_string())));
    last.into_iter().chain(years).map(|(from, to, name)| (from, to.min(newest), name)).collect()
}

#[component]
fn Known(statistics: Arc<Statistics>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let periods = StoredValue::new(periods(locale, &statistics));
    let period = RwSignal::new(0_usize);
    let team = RwSignal::new(None::<TeamId>);
    let statistics = StoredValue::new(statistics);
    let part = move || {
        let (from, to) = periods
            .with_value(|periods| periods.get(period.get()).map_or((0, 0), |(from, to, _)| (*from, *to)));
        Part { from, to, team: team.get() }
    };
    let shown = move |part: Part| statistics.with_value(|statistics| figures(locale, statistics, part));
    let all = move || shown(untrack(part)).into_iter().map(|figure| figure.sheet).collect::<Vec<_>>();
    let save = move |ending: &str, kind: &str, bytes: &[u8]| {
        let part = untrack(part);
        let month = |month: u32| format!("{}-{:02}", month / 12, month % 12 + 1);
        let name = format!("{}-{}-{}.{ending}", text::figures_file(locale), month(part.from), month(part.to));
        save_file(&name, kind, bytes);
    };
    let save_csv = move |sheets: &[Sheet]| save("csv", "text/csv", &sheet::csv(locale, sheets));
    let options = periods.with_value(|periods| {
        let option = |(at, (_, _, name)): (usize, &(u32, u32, String))| {
            view! { <option value=at.to_string() prop:selected=move || period.get() == at>{name.clone()}</option> }
        };
        periods.iter().enumerate().map(option).collect_view()
    });
    let teams: Vec<(TeamId, String)> = statistics.with_value(|statistics| {
        let teams = statistics.names.iter().filter(|named| named.unit.site.is_none());
        teams.map(|named| (named.unit.team, named.name.clone())).collect()
    });
    let several = teams.len() > 1;
    let teams = teams.into_iter().map(|(id, name)| {
        view! { <option value=id.to_hex() prop:selected=move || team.get() == Some(id)>{name}</option> }
    });
    let teams = teams.collect_view();
    view! {
        <div class="figures-head">
            <h2 id="figures-title">{text::figures_title(locale)}</h2>
            <div class="sel">
                <label for="figures-period">{text::figures_period(locale)}</label>
                <select id="figures-period" on:change=move |event| period.set(event_target_value(&event).parse().unwrap_or_default())>
                    {options}
                </select>
            </div>
            {several.then(|| view! {
                <div class="sel">
                    <label for="figures-team">{text::figures_team(locale)}</label>
                    <select id="figures-team" on:change=move |event| team.set(TeamId::from_hex(&event_target_value(&event)))>
                        <option value="" prop:selected=move || team.get().is_none()>{text::figures_team_all(locale)}</option>
                        {teams}
                    </select>
                </div>
            })}
            <button class="button quiet" r#type="button" on:click=move |_| save("ods", ODS, &sheet::ods(&all()))>
                {text::figures_ods(locale)}
            </button>
            <button class="button quiet" r#type="button" on:click=move |_| save_csv(&all())>
                {text::figures_all_csv(locale)}
            </button>
        </div>
        <p class="muted">{text::figures_lead(locale)}</p>
        {move || team.get().map(|_| view! { <p class="muted">{text::figures_team_note(locale)}</p> })}
        <div class="plots">
            {move || {
                let drawn = shown(part()).into_iter();
                drawn.map(|figure| drawing(locale, figure, save_csv)).collect_view()
            }}
        </div>
    }
}

/// A drawing with what it says, its table, and the way to a file of it.
fn drawing(locale: Locale, figure: Figure, save_csv: impl Fn(&[Sheet]) + 'static) -> impl IntoView {
    let Figure { body, sheet, key, drawing } = figure;
    let title = sheet.title;
    let head = sheet.head.iter().enumerate().map(|(at, name)| match at {
        0 => view! { <th scope="col"><span class="hide">{name.clone()}</span></th> }.into_any(),
        _ => view! { <th scope="col">{name.clone()}</th> }.into_any(),
    });
    let head = head.collect_view();
    let lines = sheet.lines.iter().map(|line| {
        let values = line.values.iter().map(|value| view! { <td>{value.shown()}</td> });
        view! {
            <tr class=if line.sum { "sum" } else { "" }><th scope="row">{line.name.clone()}</th>{values.collect_view()}</tr>
        }
    });
    let lines = lines.collect_view();
    let key = (!key.is_empty()).then(|| {
        let key = key.into_iter();
        let key = key.map(|(class, words)| view! { <li><i class=class aria-hidden="true"></i>{words}</li> });
        view! { <ul class="key">{key.collect_view()}</ul> }
    });
    let sheet = StoredValue::new(sheet);
    view! {
        <figure class="card plot" aria-label=title>
            <header>
                <h3>{title}</h3>
                <button
                    class="text-button"
                    r#type="button"
                    aria-label=text::figures_csv_of(locale, title)
                    on:click=move |_| sheet.with_value(|sheet| save_csv(std::slice::from_ref(sheet)))
                >
                    {text::figures_csv(locale)}
                </button>
                <p class="muted">{body}</p>
            </header>
            {drawing}
            {key}
            <div class="tab" tabindex="0" role="region" aria-label=text::figures_table(locale, title)>
                <table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>
            </div>
        </figure>
    }
}

/// Everything that is shown of a part.
fn figures(locale: Locale, statistics: &Statistics, part: Part) -> Vec<Figure> {
    let asked = Asked { locale, statistics, part };
    let half = |measure, per_s| asked.waiting(measure, per_s);
    let mut all = vec![asked.requests()];
    all.push(half((Measure::WaitLive, text::figures_wait(locale), text::figures_wait_body(locale)), 60));
    all.push(half(
        (Measure::AnswerLetter, text::figures_answer(locale), text::figures_answer_body(locale)),
        3600,
    ));
    all.push(asked.promise());
    all.push(asked.topics());
    all.push(asked.hours());
    all.push(asked.weekdays());
    all.push(asked.reasons());
    all
}

struct Asked<'a> {
    locale: Locale,
    statistics: &'a Statistics,
    part: Part,
}

impl Asked<'_> {
    fn months(&self) -> impl Iterator<Item = u32> + use<> {
        self.part.from..=self.part.to
    }

    /// The names of the months; of several years with the year.
    fn month_names(&self) -> Vec<String> {
        let years = self.part.from / 12 != self.part.to / 12;
        let parts: &[(&str, &str)] =
            if years { &[("month", "short"), ("year", "2-digit")] } else { &[("month", "short")] };
        self.months().map(|month| month_name(self.locale, month, parts)).collect()
    }

    fn label(&self, title: &str) -> String {
        text::figures_chart(self.locale, title)
    }

    fn few(&self) -> Value {
        Value::Words(text::figures_few(self.locale).to_owned())
    }

    fn dash(&self) -> Value {
        Value::Words(text::figures_dash(self.locale).to_owned())
    }

    /// A table by month.
    fn by_month(&self, title: &'static str, lines: Vec<Line>) -> Sheet {
        let mut head = vec![text::figures_month(self.locale).to_owned()];
        head.extend(self.month_names());
        Sheet { title, head, lines }
    }

    fn name(&self, units: &[Unit]) -> String {
        let [unit] = units else { return text::figures_several(self.locale).to_owned() };
        let named = self.statistics.names.iter().find(|named| match unit.site {
            Some(_) => named.unit.site == unit.site,
            None => named.unit == *unit,
        });
        named.map_or_else(|| text::figures_unknown(self.locale).to_owned(), |named| named.name.clone())
    }

    fn requests(&self) -> Figure {
        let measure = Measure::Weekdays;
        let title = text::figures_requests(self.locale);
        let totals: Vec<Option<u64>> =
            self.months().map(|month| self.statistics.total(self.part, month, measure)).collect();
        let sum = |total: &Option<u64>| total.map_or_else(|| self.few(), Value::Number);
        let groups = self.statistics.totals(self.part, measure);
        let mut lines: Vec<Line> = Vec::new();
        if groups.len() > 1 {
            // Those that are by themselves, and all that are together with others in some month.
            let (alone, together): (Vec<_>, Vec<_>) = groups.iter().partition(|(units, _)| units.len() == 1);
            for (units, counts) in alone {
                let values = self.months().map(|month| counts.get(&month).copied());
                let values = values.map(|count| count.map_or_else(|| self.dash(), Value::Number));
                lines.push(Line { name: self.name(units), values: values.collect(), sum: false });
            }
            lines.sort_by(|one, other| one.name.cmp(&other.name));
            if !together.is_empty() {
                let count = |month| together.iter().filter_map(|(_, counts)| counts.get(&month)).sum::<u64>();
                let values = self.months().map(count);
                let values = values.map(|count| if count > 0 { Value::Number(count) } else { self.dash() });
                let name = text::figures_several(self.locale).to_owned();
                lines.push(Line { name, values: values.collect(), sum: false });
            }
        }
        let name = text::figures_sum(self.locale).to_owned();
        lines.push(Line { name, values: totals.iter().map(sum).collect(), sum: true });
        Figure {
            body: text::figures_requests_body(self.locale),
            drawing: plot::columns(self.label(title), &self.month_names(), &totals),
            key: Vec::new(),
            sheet: self.by_month(title, lines),
        }
    }

    fn waiting(&self, (measure, title, body): (Measure, &'static str, &'static str), per_s: u64) -> Figure {
        let mut series = Vec::new();
        let mut lines = Vec::new();
        let words =
            [("one", text::figures_half(self.locale), 50), ("other", text::figures_most(self.locale), 90)];
        for (class, name, percent) in words {
            let waited: Vec<Option<Option<u64>>> = self
                .months()
                .map(|month| self.statistics.waited_s(self.part, month, measure, percent))
                .collect();
            let shown = |waited: &Option<Option<u64>>| match waited {
                None => self.dash(),
                Some(Some(until_s)) => Value::Number(until_s.div_ceil(per_s)),
                Some(None) => Value::Words(text::figures_over(self.locale, &(604_800 / per_s).to_string())),
            };
            let values = waited.iter().map(shown).collect();
            lines.push(Line { name: name.to_owned(), values, sum: false });
            let values = waited.iter().map(|waited| Some((*waited)??.div_ceil(per_s))).collect();
            series.push(Series { class, values });
        }
        Figure {
            body,
            drawing: plot::lines(self.label(title), &self.month_names(), &series, None),
            key: words.map(|(class, name, _)| (class, name)).to_vec(),
            sheet: self.by_month(title, lines),
        }
    }

    fn promise(&self) -> Figure {
        let title = text::figures_promise(self.locale);
        let mut rows = [Vec::new(), Vec::new(), Vec::new()];
        let mut shares = Vec::new();
        for month in self.months() {
            let part = Part { from: month, to: month, ..self.part };
            let sums = self.statistics.sums(part, Measure::Promise);
            let of = |category| sums.each.get(&category).copied().unwrap_or_default();
            let all = of(0) + of(1) + sums.together;
            // Together with the late ones they are not known.
            let kept = (all > 0 && sums.together == 0).then(|| of(0));
            let share = kept.map(|kept| kept * 100 / all);
            let number = |value: Option<u64>| value.map_or_else(|| self.dash(), Value::Number);
            rows[0].push(number((all > 0).then_some(all)));
            rows[1].push(number(kept));
            rows[2].push(number(share));
            shares.push(share);
        }
        let names = [
            text::figures_promise_all(self.locale),
            text::figures_promise_kept(self.locale),
            text::figures_promise_share(self.locale),
        ];
        let lines = names.into_iter().zip(rows).enumerate();
        let lines = lines.map(|(at, (name, values))| Line { name: name.to_owned(), values, sum: at == 2 });
        let series = [Series { class: "one", values: shares }];
        Figure {
            body: text::figures_promise_body(self.locale),
            drawing: plot::lines(self.label(title), &self.month_names(), &series, Some(100)),
            key: Vec::new(),
            sheet: self.by_month(title, lines.collect()),
        }
    }

    /// Bars with the number and share of each; those that are sums of others are marked.
    fn bars(&self, title: &'static str, body: &'static str, bars: &[(String, u64, bool)]) -> Figure {
        let all: u64 = bars.iter().map(|(_, count, _)| count).sum();
        let share = |count: u64| {
            let percent = (count * 100 + all / 2).checked_div(all).unwrap_or_default();
            Value::Words(text::figures_percent(self.locale, &percent.to_string()))
        };
        let line = |(name, count, _): &(String, u64, bool)| Line {
            name: name.clone(),
            values: vec![Value::Number(*count), share(*count)],
            sum: false,
        };
        let mut lines: Vec<Line> = bars.iter().map(line).collect();
        let name = text::figures_sum(self.locale).to_owned();
        lines.push(Line { name, values: vec![Value::Number(all), Value::Words(String::new())], sum: true });
        let head = [title, text::figures_count(self.locale), text::figures_share(self.locale)];
        Figure {
            body,
            drawing: plot::bars(self.label(title), bars),
            key: Vec::new(),
            sheet: Sheet { title, head: head.map(str::to_owned).to_vec(), lines },
        }
    }

    /// Bars of categories that have no order, in the given one.
    fn named(&self, measure: Measure, title: &'static str, body: &'static str, names: &[String]) -> Figure {
        let sums = self.statistics.sums(self.part, measure);
        let count = |at: usize| u16::try_from(at).ok().and_then(|at| sums.each.get(&at)).copied();
        let each =
            names.iter().enumerate().map(|(at, name)| (name.clone(), count(at).unwrap_or_default(), false));
        let others = (text::figures_others(self.locale).to_owned(), sums.together, true);
        let bars: Vec<_> = each.chain(Some(others)).filter(|(_, count, _)| *count > 0).collect();
        self.bars(title, body, &bars)
    }

    fn topics(&self) -> Figure {
        let (title, body) = (text::figures_topics(self.locale), text::figures_topics_body(self.locale));
        let sums = self.statistics.sums(self.part, Measure::Topic);
        let name = |category: u16| match category.checked_sub(1) {
            None => text::figures_topics_none(self.locale).to_owned(),
            Some(at) => self.statistics.topics.get(usize::from(at)).cloned().unwrap_or_default(),
        };
        let mut bars: Vec<_> = sums.each.iter().map(|(at, count)| (name(*at), *count, false)).collect();
        bars.sort_by_key(|(_, count, _)| std::cmp::Reverse(*count));
        bars.push((text::figures_others(self.locale).to_owned(), sums.together, true));
        bars.retain(|(_, count, _)| *count > 0);
        self.bars(title, body, &bars)
    }

    fn hours(&self) -> Figure {
        let (title, body) = (text::figures_hours(self.locale), text::figures_hours_body(self.locale));
        let hours = 24 / BLOCKS_OF_DAY;
        let spans = self.statistics.spans(self.part, Measure::Hours, BLOCKS_OF_DAY);
        let bars = spans.into_iter().map(|(first, last, count)| {
            let (from, to) = ((first * hours).to_string(), ((last + 1) * hours).to_string());
            (text::figures_hours_span(self.locale, &from, &to), count, first < last)
        });
        self.bars(title, body, &bars.collect::<Vec<_>>())
    }

    fn weekdays(&self) -> Figure {
        let (title, body) = (text::figures_weekdays(self.locale), text::figures_weekdays_body(self.locale));
        // 5 January 1970 was a Monday.
        let name = |day| clock::calendar_day(self.locale, Day(4 + day), &[("weekday", "long")]);
        self.named(Measure::Weekdays, title, body, &(0..7).map(name).collect::<Vec<_>>())
    }

    fn reasons(&self) -> Figure {
        let (title, body) = (text::figures_reasons(self.locale), text::figures_reasons_body(self.locale));
        let names = REASONS.map(|reason| reason_words(self.locale, reason).to_owned());
        self.named(Measure::Reason, title, body, &names)
    }
}
