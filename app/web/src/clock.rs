//! Times as people read them, in the language of the page and the time zone of the device.

use crate::locale::Locale;
use crate::text;
use beistand_protocol::roster::Day;
use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::{JsCast as _, JsValue};

/// Seconds since 1970, now.
#[must_use]
pub fn now_s() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "here the device's clock enters the pages")]
    let milliseconds = Date::now();
    // Positive and far below 2^53 for as long as this code runs.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let seconds = (milliseconds / 1000.0) as u64;
    seconds
}

/// A signal that changes twice a minute.
#[must_use]
pub fn half_minutes() -> RwSignal<bool> {
    fn wait(tick: RwSignal<bool>) {
        let next = move || {
            // The page that read it may be gone.
            if tick.try_update(|tick| *tick = !*tick).is_some() {
                wait(tick);
            }
        };
        set_timeout(next, Duration::from_secs(30));
    }
    let tick = RwSignal::new(false);
    wait(tick);
    tick
}

/// A signal of [`now_s`] that moves twice a minute, for "waits for 3 min".
#[must_use]
pub fn ticking() -> Signal<u64> {
    let tick = half_minutes();
    Signal::derive(move || {
        tick.track();
        now_s()
    })
}

fn date(time_s: u64) -> Date {
    // Exact: seconds since 1970 are far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    Date::new(&JsValue::from_f64(time_s as f64 * 1000.0))
}

/// The end of a day `2026-11-19` on this device; `None` if it is none.
#[cfg(feature = "staff")]
#[must_use]
pub fn end_of_day(day: &str) -> Option<u64> {
    let (year, month, number) = Day::parse(day)?.date();
    let (year, month, number) = (u32::try_from(year).ok()?, month, number);
    let end = Date::new_with_year_month_day(year, month - 1, number + 1).get_time();
    // Positive and far below 2^53 for every day that can be chosen.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (end > 0.0).then_some((end / 1000.0) as u64)
}

/// The day on this device of which a time is the end, as `2026-11-19`.
#[cfg(feature = "staff")]
#[must_use]
pub fn last_day(end_s: u64) -> String {
    let day = date(end_s.saturating_sub(1));
    format!("{:04}-{:02}-{:02}", day.get_full_year(), day.get_month() + 1, day.get_date())
}

fn formatter(locale: Locale, options: &[(&str, &str)]) -> Intl::DateTimeFormat {
    let object = Object::new();
    for (name, value) in options {
        // Setting a property of a fresh object can't fail.
        let _ = Reflect::set(&object, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    let tags = Array::of1(&JsValue::from_str(locale.tag()));
    Intl::DateTimeFormat::new(&tags, &object)
}

fn format(locale: Locale, time_s: u64, options: &[(&str, &str)]) -> String {
    formatter(locale, options)
        .format()
        .call1(&JsValue::UNDEFINED, &date(time_s))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

/// "15:06".
#[must_use]
pub fn time(locale: Locale, time_s: u64) -> String {
    format(locale, time_s, &[("hour", "2-digit"), ("minute", "2-digit")])
}

/// Seconds since 1970 as the device's wall shows them: those of its time zone.
fn wall_s(time_s: u64) -> u64 {
    let ahead_s = date(time_s).get_timezone_offset() * -60.0;
    // Zones are hours from Greenwich.
    #[allow(clippy::cast_possible_truncation)]
    time_s.saturating_add_signed(ahead_s as i64)
}

/// The day as a number, in the device's time zone: one more for each day.
#[must_use]
pub fn day(time_s: u64) -> u64 {
    wall_s(time_s) / 86_400
}

/// "Today", "Yesterday", or the date.
#[must_use]
pub fn day_name(locale: Locale, time_s: u64) -> String {
    let now = now_s();
    if day(time_s) == day(now) {
        text::time_today(locale).to_owned()
    } else if day(time_s) == day(now.saturating_sub(86_400)) {
        text::time_yesterday(locale).to_owned()
    } else {
        format(locale, time_s, &[("weekday", "long"), ("day", "numeric"), ("month", "long")])
    }
}

/// Time of today, else the day, short: for lists.
#[must_use]
pub fn short(locale: Locale, time_s: u64) -> String {
    let now = now_s();
    if day(time_s) == day(now) {
        time(locale, time_s)
    } else if day(time_s) == day(now.saturating_sub(86_400)) {
        text::time_yesterday(locale).to_owned()
    } else {
        format(locale, time_s, &[("day", "numeric"), ("month", "short")])
    }
}

/// Day and time by which something is due, inside a sentence: "tomorrow" and "6 PM". `weekday` as
/// `Intl.DateTimeFormat` has it: long or short.
#[must_use]
pub fn due(locale: Locale, time_s: u64, now_s: u64, weekday: &str) -> (String, String) {
    // Midnight belongs to the day that it ends.
    let time_s = if wall_s(time_s).is_multiple_of(86_400) { time_s.saturating_sub(60) } else { time_s };
    let time = match wall_s(time_s) % 3600 {
        0 => format(locale, time_s, &[("hour", "numeric")]),
        _ => text::time_minutes(locale, &time(locale, time_s)),
    };
    let named = match day(time_s).wrapping_sub(day(now_s)).cast_signed() {
        0 => text::time_today_inside(locale).to_owned(),
        1 => text::time_tomorrow_inside(locale).to_owned(),
        -1 => text::time_yesterday_inside(locale).to_owned(),
        days => {
            let month = if weekday == "long" { "long" } else { "numeric" };
            let parts = [("weekday", weekday), ("day", "numeric"), ("month", month)];
            let near = (-6..=6).contains(&days);
            format(locale, time_s, if near { &parts[..1] } else { &parts })
        }
    };
    (named, time)
}

/// The day inside a sentence.
#[must_use]
pub fn day_inside(locale: Locale, time_s: u64) -> String {
    if day(time_s) == day(now_s().saturating_sub(86_400)) {
        text::time_yesterday_inside(locale).to_owned()
    } else {
        short(locale, time_s)
    }
}

/// The whole date, for paper.
#[must_use]
pub fn date_with_year(locale: Locale, time_s: u64) -> String {
    format(locale, time_s, &[("day", "numeric"), ("month", "long"), ("year", "numeric")])
}

/// The whole date with the day of the week.
#[cfg(feature = "staff")]
#[must_use]
pub fn day_with_year(locale: Locale, time_s: u64) -> String {
    let parts = [("weekday", "long"), ("day", "numeric"), ("month", "long"), ("year", "numeric")];
    format(locale, time_s, &parts)
}

/// Day and time, for when something runs out.
#[must_use]
pub fn day_and_time(locale: Locale, time_s: u64) -> String {
    format(
        locale,
        time_s,
        &[
            ("weekday", "long"),
            ("day", "numeric"),
            ("month", "long"),
            ("hour", "2-digit"),
            ("minute", "2-digit"),
        ],
    )
}

/// Today by the device.
#[must_use]
pub fn today() -> Day {
    let date = date(now_s());
    // Years of a device's clock are far below 2^31, the others below 32.
    let number = |number: u32| i32::try_from(number).unwrap_or_default();
    Day::of(number(date.get_full_year()), number(date.get_month()) + 1, number(date.get_date()))
}

/// Midnight of a day of the calendar, in UTC: only to be written in UTC.
fn midnight_s(day: Day) -> u64 {
    u64::try_from(i64::from(day.0) * 86_400).unwrap_or_default()
}

/// A day of the calendar, the same wherever the device is. `parts` as `Intl.DateTimeFormat` names them.
#[must_use]
pub fn calendar_day(locale: Locale, day: Day, parts: &[(&str, &str)]) -> String {
    format(locale, midnight_s(day), &[parts, &[("timeZone", "UTC")]].concat())
}

/// "16.–22. Nov. 2026".
#[must_use]
pub fn calendar_range(locale: Locale, from: Day, to: Day) -> String {
    let parts = [("day", "numeric"), ("month", "short"), ("year", "numeric"), ("timeZone", "UTC")];
    let format = formatter(locale, &parts);
    let range = Reflect::get(&format, &JsValue::from_str("formatRange")).unwrap_or_default();
    range
        .dyn_into::<Function>()
        .and_then(|range| range.call2(&format, &date(midnight_s(from)), &date(midnight_s(to))))
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}
