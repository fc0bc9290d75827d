//! To whom a request that nobody accepts has gone on: lines in its log, words in the list, and who is called.

use crate::client::{Client, Session};
use crate::clock;
use crate::locale::Locale;
use crate::text;
use beistand_protocol::codec::decode;
use beistand_protocol::id::{PersonId, TeamId};
use beistand_protocol::queue::{Reach, Step};
use beistand_protocol::worker::{ConversationView, SessionView, StateView};
use leptos::prelude::*;

fn own(client: Client) -> Option<PersonId> {
    match client.session.get() {
        Session::Known(SessionView::Staff { person, .. }) => Some(person),
        _ => None,
    }
}

fn leads(client: Client, team: TeamId, person: PersonId) -> bool {
    client
        .staff
        .with(|staff| staff.teams.iter().any(|known| known.team == team && known.leads.contains(&person)))
}

/// The steps as the box tells them; what can't be read is none.
fn steps_of(view: &ConversationView) -> Vec<Step> {
    decode(&view.steps).unwrap_or_default()
}

/// How often this person was asked in particular to take a talk that waits, since it does; a letter asks nobody.
pub(super) fn asked(client: Client, view: &ConversationView) -> u32 {
    if view.letter || view.state != StateView::Waiting {
        return 0;
    }
    let Some(own) = own(client) else { return 0 };
    let steps = steps_of(view);
    let round = steps.iter().rev().take_while(|step| step.reach != Reach::Duty);
    let mine = round.filter(|step| match step.reach {
        Reach::Person(person) => person == own,
        Reach::Leads => leads(client, view.team, own),
        Reach::Duty | Reach::Letter => false,
    });
    u32::try_from(mine.count()).unwrap_or(u32::MAX)
}

/// What the list says of a talk that waits and has gone on; who is offered one is said elsewhere.
pub(super) fn tag(client: Client, view: &ConversationView) -> Option<(&'static str, String)> {
    let locale = client.locale;
    if view.state != StateView::Waiting {
        return None;
    }
    let steps = steps_of(view);
    let last = steps.last()?;
    match last.reach {
        Reach::Letter => Some(("tag", text::escalation_tag_letter(locale).to_owned())),
        Reach::Leads => Some(("tag wait", text::escalation_tag_leads(locale).to_owned())),
        Reach::Person(person) if view.offered.is_none() => {
            let words = match own(client) == Some(person) {
                true => text::escalation_tag_own(locale).to_owned(),
                false => text::escalation_tag_person(locale, &name(client, person)),
            };
            Some(("tag wait", words))
        }
        Reach::Person(_) | Reach::Duty => None,
    }
}

fn name(client: Client, person: PersonId) -> String {
    client.staff.with(|staff| {
        let known = staff.persons.iter().find(|known| known.person == person);
        known
            .map_or_else(|| text::talk_somebody(client.locale).to_owned(), |known| known.display_name.clone())
    })
}

/// The lines that the steps of a talk are in its log, with their times.
pub(super) fn lines(client: Client, view: &ConversationView) -> Vec<(u64, String)> {
    steps_of(view).iter().filter_map(|step| Some((step.at_s, line(client, client.locale, *step)?))).collect()
}

fn line(client: Client, locale: Locale, step: Step) -> Option<String> {
    let time = clock::time(locale, step.at_s);
    match step.reach {
        Reach::Duty => None,
        Reach::Person(person) if own(client) == Some(person) => {
            Some(text::escalation_line_own(locale, &time))
        }
        Reach::Person(person) => Some(text::escalation_line_person(locale, &name(client, person), &time)),
        Reach::Leads => Some(text::escalation_line_leads(locale, &time)),
        Reach::Letter => Some(text::escalation_line_letter(locale, &time)),
    }
}
