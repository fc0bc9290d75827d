//! The drawings: columns and lines by month, and bars by category. Every number of them stands in the table below.

use leptos::prelude::*;

/// Where the drawing stands in its 210 units of height: its top and its base.
const TOP: f64 = 30.0;
const BASE: f64 = 182.0;
/// Where the months begin, in percent of the width.
const LEFT: f64 = 9.0;
/// Height of a bar with its name.
const ROW: usize = 44;

/// A line of a drawing by month.
pub(super) struct Series {
    /// A class that says how it looks.
    pub class: &'static str,
    /// A value each month, where there is one.
    pub values: Vec<Option<u64>>,
}

// Figures are far below 2^53.
#[allow(clippy::cast_precision_loss)]
fn number(value: u64) -> f64 {
    value as f64
}

/// The end of a scale that has room for this, and its step.
fn scale(most: u64) -> (u64, u64) {
    let mut step = 1;
    while most > step * 4 {
        // 1, 2, 5, 10, 20, 50 …
        step = if step.to_string().starts_with('2') { step / 2 * 5 } else { step * 2 };
    }
    (most.div_ceil(step).max(1) * step, step)
}

fn percent(value: f64) -> String {
    format!("{value:.2}%")
}

fn units(value: f64) -> String {
    format!("{value:.1}")
}

/// Where a month stands, and how wide it is, in percent.
fn place(month: usize, months: usize) -> (f64, f64) {
    let count = number(u64::try_from(months.max(1)).unwrap_or(1));
    let wide = (100.0 - LEFT) / count;
    (LEFT + wide * (number(u64::try_from(month).unwrap_or_default()) + 0.5), wide)
}

fn height(value: u64, end: u64) -> f64 {
    BASE - (BASE - TOP) * number(value) / number(end.max(1))
}

/// Axis with its numbers and the months' names; with many months only some are named.
fn frame(months: &[String], end: u64, step: u64) -> impl IntoView + use<> {
    let lines = (0..=end / step).map(|line| {
        let value = line * step;
        let y = height(value, end);
        let class = if value == 0 { "base" } else { "ax" };
        view! {
            <line class=class x1=percent(LEFT) x2="100%" y1=units(y) y2=units(y) />
            <text x=percent(LEFT - 2.0) y=units(y + 5.0) text-anchor="end">{value.to_string()}</text>
        }
    });
    let every = months.len().div_ceil(6).max(1);
    let names = months.iter().enumerate().filter(|(month, _)| month % every == 0).map(|(month, name)| {
        let (x, _) = place(month, months.len());
        view! { <text x=percent(x) y="204" text-anchor="middle">{name.clone()}</text> }
    });
    (lines.collect_view(), names.collect_view())
}

/// Columns by month.
pub(super) fn columns(label: String, months: &[String], values: &[Option<u64>]) -> AnyView {
    let (end, step) = scale(values.iter().flatten().max().copied().unwrap_or_default());
    let count = months.len();
    let columns = values.iter().enumerate().filter_map(|(month, value)| Some((month, (*value)?))).map(
        move |(month, value)| {
            let (x, wide) = place(month, count);
            let y = height(value, end);
            view! {
                <rect class="a" rx="2" x=percent(x - wide * 0.3) width=percent(wide * 0.6) y=units(y) height=units(BASE - y) />
                {(count <= 12).then(|| view! { <text class="val" x=percent(x) y=units(y - 6.0) text-anchor="middle">{value.to_string()}</text> })}
            }
        },
    );
    view! {
        <svg class="chart" role="img" aria-label=label>
            {frame(months, end, step)}
            {columns.collect_view()}
        </svg>
    }
    .into_any()
}

/// Lines by month; `end` is the end of the scale where it is known.
pub(super) fn lines(label: String, months: &[String], series: &[Series], end: Option<u64>) -> AnyView {
    let most = series.iter().flat_map(|series| series.values.iter().flatten()).max().copied();
    let (end, step) = scale(end.or(most).unwrap_or_default());
    let count = months.len();
    let drawn = series.iter().map(|series| {
        let class = series.class;
        let point = |month: usize| Some((place(month, count).0, series.values.get(month).copied()??));
        let strokes = (1..count).filter_map(|month| Some((point(month - 1)?, point(month)?))).map(
            |((x1, before), (x2, after))| {
                view! {
                    <line class=format!("stroke {class}") x1=percent(x1) x2=percent(x2) y1=units(height(before, end)) y2=units(height(after, end)) />
                }
            },
        );
        let points = (0..count).filter_map(point).map(|(x, value)| {
            let y = height(value, end);
            view! {
                <circle class=format!("point {class}") r="5" cx=percent(x) cy=units(y) />
                {(count <= 12).then(|| view! { <text class="val" x=percent(x) y=units(y - 11.0) text-anchor="middle">{value.to_string()}</text> })}
            }
        });
        (strokes.collect_view(), points.collect_view())
    });
    view! {
        <svg class="chart" role="img" aria-label=label>
            {frame(months, end, step)}
            {drawn.collect_view()}
        </svg>
    }
    .into_any()
}

/// Bars by category, with their names above them. The last ones may be sums of others.
pub(super) fn bars(label: String, bars: &[(String, u64, bool)]) -> AnyView {
    let most = bars.iter().map(|(_, value, _)| *value).max().unwrap_or_default().max(1);
    let drawn = bars.iter().enumerate().map(|(row, (name, value, merged))| {
        let y = row * ROW;
        let wide = 86.0 * number(*value) / number(most);
        view! {
            <text x="0" y=(y + 13).to_string()>{name.clone()}</text>
            <rect class=if *merged { "b" } else { "a" } rx="2" x="0" y=(y + 18).to_string() height="16" width=percent(wide) />
            <text class="val" x=percent(wide + 1.5) y=(y + 31).to_string()>{value.to_string()}</text>
        }
    });
    view! {
        <svg class="chart rows" role="img" aria-label=label height=(bars.len() * ROW).to_string()>
            {drawn.collect_view()}
        </svg>
    }
    .into_any()
}
