//! The start page: who is there, whether somebody is there now, what it costs, what stays.

use super::frame::{document, localised, numbers};
use super::{PageView, ReadsOn, SiteView};
use crate::emergency::emergency_box;
use crate::icon::{Icon, dot, icon};
use crate::locale::Locale;
use crate::text;
use leptos::prelude::*;

/// What the start page says besides the site itself.
#[derive(Clone, Debug)]
pub struct StartView {
    /// What every page needs.
    pub page: PageView,
    /// The site whose page this is.
    pub site: SiteView,
    /// The organisation's name.
    pub organisation: String,
    /// Whether a counselor of the site is available at this moment.
    pub somebody_there: bool,
    /// When somebody is there next, if nobody is now and that is known.
    pub next: Option<Moment>,
    /// Until when a letter written now is answered.
    pub answer_by: Option<Moment>,
    /// Where writing starts, without language: `/write/<site>`. A fragment may follow a `#`.
    pub sign_up: String,
    /// Where somebody who was here before logs in.
    pub log_in: String,
}

/// A time on the wall of the counselors' zone, seen from the day that it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// 0 is today, 1 tomorrow.
    pub days_ahead: i32,
    /// 0 is Monday.
    pub weekday: u8,
    /// Day of the month.
    pub date: u8,
    /// From 1.
    pub month: u8,
    /// Minute of the day.
    pub minute: u16,
}

/// Which of three sentences tells a moment: with today, tomorrow, or with a date and a time.
fn told(
    moment: Moment,
    locale: Locale,
    today: fn(Locale, &str) -> String,
    tomorrow: fn(Locale, &str) -> String,
    later: fn(Locale, &str, &str) -> String,
) -> String {
    let time = format!("{:02}:{:02}", moment.minute / 60, moment.minute % 60);
    match moment.days_ahead {
        0 => today(locale, &time),
        1 => tomorrow(locale, &time),
        _ => later(locale, &date(moment, locale), &time),
    }
}

/// "Donnerstag, 3. Dezember"
fn date(moment: Moment, locale: Locale) -> String {
    let weekdays = [
        text::weekday_monday,
        text::weekday_tuesday,
        text::weekday_wednesday,
        text::weekday_thursday,
        text::weekday_friday,
        text::weekday_saturday,
        text::weekday_sunday,
    ];
    let months = [
        text::month_january,
        text::month_february,
        text::month_march,
        text::month_april,
        text::month_may,
        text::month_june,
        text::month_july,
        text::month_august,
        text::month_september,
        text::month_october,
        text::month_november,
        text::month_december,
    ];
    let weekday = weekdays[usize::from(moment.weekday) % weekdays.len()];
    let month = months[usize::from(moment.month.saturating_sub(1)) % months.len()];
    text::date_with_weekday(locale, weekday(locale), &moment.date.to_string(), month(locale))
}

/// Renders the start page.
#[must_use]
pub fn render_start(start: &StartView, locale: Locale) -> String {
    let page = PageView { site: Some(start.site.clone()), ..start.page.clone() };
    document(&page, locale, text::start_document_title(locale), || content(start, &page, locale))
}

/// Puts the language into an address that may end in a fragment.
fn with_language(address: &str, locale: Locale) -> String {
    let (path, fragment) = address.split_at(address.find('#').unwrap_or(address.len()));
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}lang={}{fragment}", locale.tag())
}

fn content(start: &StartView, page: &PageView, locale: Locale) -> impl IntoView + use<> {
    let (tag, presence, next) = if start.somebody_there {
        ("tag on", text::start_somebody(locale), text::start_now_somebody(locale))
    } else {
        ("tag", text::start_nobody(locale), text::start_now_nobody(locale))
    };
    let next_time = start.next.map(|moment| {
        told(moment, locale, text::start_next_today, text::start_next_tomorrow, text::start_next_later)
    });
    let answer = start.answer_by.map(|moment| {
        told(moment, locale, text::start_answer_today, text::start_answer_tomorrow, text::start_answer_later)
    });
    let fact = |drawing, question: &'static str, answer: String| {
        view! { <li>{icon(drawing, 22)} <span><b>{question}</b> " " {answer}</span></li> }
    };
    let days = u64::from(start.site.retention_days);
    let read_answer = match start.site.reads_on {
        ReadsOn::Leads => text::start_read_answer_leads(locale),
        ReadsOn::Holder | ReadsOn::Team => text::start_read_answer(locale),
    };
    view! {
        <div class="hero">
            <section class="stack" aria-labelledby="title">
                <p><span class=tag>{dot()} {presence}</span></p>
                <h1 id="title">{text::start_title(locale)}</h1>
                <p class="lead">{text::start_lead(locale)}</p>
                <ul class="facts">
                    {fact(Icon::People, text::start_who_question(locale), text::start_who_answer(locale, &start.organisation))}
                    {fact(Icon::Lock, text::start_read_question(locale), read_answer.into())}
                    {fact(Icon::Coin, text::start_cost_question(locale), text::start_cost_answer(locale).into())}
                    {fact(Icon::Trash, text::start_stay_question(locale), text::start_stay_answer(locale, days))}
                </ul>
                <div class="go">
                    <a class="button big" href=with_language(&start.sign_up, locale)>{text::start_write(locale)}</a>
                    <a class="button quiet big" href=with_language(&start.log_in, locale)>{text::start_return(locale)}</a>
                </div>
                <p class="small muted">
                    {text::start_script(locale)} " " <a href=localised("/help", locale)>{text::start_script_link(locale)}</a>
                </p>
            </section>
            <aside class="card next" aria-labelledby="next">
                <h2 id="next">{text::start_now_title(locale)}</h2>
                <p>{next}</p>
                {next_time.map(|words| view! { <p><b>{words}</b></p> })}
                {answer.map(|words| view! { <p>{words}</p> })}
                <p>{text::start_now_return(locale)}</p>
            </aside>
        </div>
        {emergency_box(locale, "emergency", numbers(page, locale))}
    }
}
