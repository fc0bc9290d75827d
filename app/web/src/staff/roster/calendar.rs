//! The roster in other calendars: links of one's own, the team's shifts as a file, and reading a file.

use super::dialog::Modal;
use super::file::{read_file, save_file};
use super::planner::{Planner, new_shift, use_planner};
use super::words;
use crate::client::origin;
use crate::clock;
use crate::failure;
use crate::part::CopyField;
use crate::text;
use beistand_protocol::api::route;
use beistand_protocol::codec::encode;
use beistand_protocol::id::Digest;
use beistand_protocol::limit::{CALENDAR_BYTES_MAX, ROSTER_BATCH_MAX};
use beistand_protocol::roster::{
    CalendarImport, CalendarLink, CalendarLinkMade, CalendarLinkRevoke, CalendarLinks, Command, Day,
    Imported, Shift,
};
use beistand_protocol::worker::Failure;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Says what went wrong in the open dialog.
fn refuse(planner: Planner, failure: Failure) {
    planner.refused.try_set(Some(failure::sentence(planner.locale, failure)));
}

/// The own calendar links.
#[component]
pub(super) fn Links() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let links = RwSignal::new(Vec::<CalendarLink>::new());
    let made = RwSignal::new(None::<String>);
    let fetch = move || {
        leptos::task::spawn_local(async move {
            match planner.ask::<CalendarLinks>("calendar-link".to_owned(), None).await {
                Ok(known) => drop(links.try_set(known.links)),
                Err(failure) => refuse(planner, failure),
            }
        });
    };
    fetch();
    let make = move |_| {
        leptos::task::spawn_local(async move {
            match planner.ask::<CalendarLinkMade>("calendar-link".to_owned(), Some(encode(&()))).await {
                Ok(link) => {
                    let path = route::CALENDAR_FEED.replace("{secret}", &Digest(link.secret).to_hex());
                    made.try_set(Some(format!("{}{path}", origin())));
                    fetch();
                }
                Err(failure) => refuse(planner, failure),
            }
        });
    };
    let end = move |id: [u8; 8]| {
        leptos::task::spawn_local(async move {
            let body = encode(&CalendarLinkRevoke { id });
            match planner.ask::<()>("calendar-link/revoke".to_owned(), Some(body)).await {
                Ok(()) => {
                    made.try_set(None);
                    fetch();
                }
                Err(failure) => refuse(planner, failure),
            }
        });
    };
    let item = move |link: CalendarLink| {
        let when = text::roster_link_made(locale, &clock::day_and_time(locale, link.made_s));
        let label = format!("{}: {when}", text::roster_link_end(locale));
        view! {
            <li>
                <span>{when}</span>
                <span class="row">
                    <button class="text-button" r#type="button" aria-label=label on:click=move |_| end(link.id)>
                        {text::roster_link_end(locale)}
                    </button>
                </span>
            </li>
        }
    };
    view! {
        <Modal title=text::roster_links(locale)>
            <p>{text::roster_links_lead(locale)}</p>
            {move || made.get().map(|address| view! {
                <div class="notice warm"><p>{text::roster_link_once(locale)}</p></div>
                <CopyField label=text::roster_link(locale) value=address />
            })}
            <ul class="swaps"><For each=move || links.get() key=|link| link.id children=item /></ul>
            <button class="button" r#type="button" on:click=make>{text::roster_link_make(locale)}</button>
        </Modal>
    }
}

/// Fetches the shifts of the days shown as a calendar file.
pub(super) fn export(planner: Planner) {
    let (from, to) = untrack(move || planner.days());
    leptos::task::spawn_local(async move {
        match planner.bytes(format!("calendar/{from}/{to}"), None).await {
            Ok(bytes) => save_file("calendar.ics", "text/calendar", &bytes),
            Err(failure) => drop(planner.problem.try_set(Some(failure::sentence(planner.locale, failure)))),
        }
    });
}

/// Shifts out of a calendar file, shown before anything is planned.
#[component]
pub(super) fn Import() -> impl IntoView {
    let planner = use_planner();
    let locale = planner.locale;
    let found = RwSignal::new(None::<Imported>);
    let read = move |event: web_sys::Event| {
        planner.refused.set(None);
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        let Some(input) = input else { return };
        leptos::task::spawn_local(async move {
            let Some(text) = read_file(&input, CALENDAR_BYTES_MAX).await else {
                planner.refused.try_set(Some(text::roster_import_unreadable(locale).to_owned()));
                return;
            };
            let body = encode(&CalendarImport { text });
            match planner.ask::<Imported>("calendar-import".to_owned(), Some(body)).await {
                Ok(imported) => drop(found.try_set(Some(imported))),
                Err(_) => {
                    drop(planner.refused.try_set(Some(text::roster_import_unreadable(locale).to_owned())))
                }
            }
        });
    };
    let take = move |_| {
        let Some(imported) = found.get_untracked() else { return };
        let shifts: Vec<Shift> =
            imported.shifts.into_iter().map(|(_, shift)| Shift { id: new_shift(), ..shift }).collect();
        if shifts.len() > ROSTER_BATCH_MAX {
            planner.refused.set(Some(text::roster_denied_too_many(locale).to_owned()));
            return;
        }
        planner.change(Command::AddShifts(shifts), text::roster_imported(locale));
    };
    let shown = move |imported: Imported| {
        let none = imported.shifts.is_empty();
        let shifts = imported.shifts.into_iter().map(|(title, shift)| {
            let who = match shift.person {
                Some(person) => untrack(move || planner.full_name(person)),
                None => text::roster_wanted(locale).to_owned(),
            };
            let rule = shift.rule.map(|rule| words::rule(locale, &rule));
            view! {
                <li>
                    <b>{words::moment(locale, shift.span, Day(0))}</b>
                    <span>{title} " · " {who}</span>
                    {rule.map(|rule| view! { <span class="small muted">{rule}</span> })}
                </li>
            }
        });
        let skipped = imported.skipped.iter().map(|event| {
            view! { <li>{text::roster_import_skipped_one(locale, &event.line.to_string(), &event.title)}</li> }
        });
        let skipped = (!imported.skipped.is_empty()).then(|| {
            view! { <p><b>{text::roster_import_skipped(locale)}</b></p> <ul class="bullets small">{skipped.collect_view()}</ul> }
        });
        view! {
            <ul class="swaps">{shifts.collect_view()}</ul>
            {skipped}
            <button class="button big full" r#type="button" hidden=none on:click=take>{text::roster_import_take(locale)}</button>
        }
    };
    view! {
        <Modal title=text::roster_import(locale)>
            <p>{text::roster_import_lead(locale)}</p>
            <div class="field">
                <label for="import-file">{text::roster_import_file(locale)}</label>
                <input id="import-file" r#type="file" accept=".ics,text/calendar" on:change=read />
            </div>
            {move || found.get().map(shown)}
        </Modal>
    }
}
