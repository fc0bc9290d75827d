//! Administration: people, invitations, teams, the site. Every change is signed in this browser.

use super::access::DemandFactor;
use super::invite::Invite;
use super::mail::Mail;
use super::renewal::{self, Renew};
use super::role_name;
use super::site_form::SiteForm;
use crate::client::{Session, Staff, use_client};
use crate::clock;
use crate::failure;
use crate::locale::Locale;
use crate::part::Problem;
use crate::text;
use beistand_protocol::id::TeamId;
use beistand_protocol::live::Presence;
use beistand_protocol::worker::{Call, InvitationView, PersonView, SessionView, TeamView};
use leptos::html;
use leptos::prelude::*;

/// What a person's presence is called.
pub(super) fn presence_words(locale: Locale, presence: Option<Presence>) -> &'static str {
    match presence {
        Some(Presence::Available) => text::admin_online_available(locale),
        Some(Presence::Away) => text::admin_online_away(locale),
        None => text::admin_offline(locale),
    }
}

#[component]
pub(super) fn Administration() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let problem = RwSignal::new(None::<String>);
    let act = Callback::new(move |call: Call| {
        problem.set(None);
        leptos::task::spawn_local(async move {
            if let Err(failure) = client.call(call).await {
                problem.try_set(Some(failure::sentence(locale, failure)));
                // What was ticked for it is as it was.
                client.staff.notify();
            }
        });
    });
    view! {
        <main class="administration" id="content" tabindex="-1">
            <h1>{text::admin_title(locale)}</h1>
            <Problem sentence=problem />
            <div class="two">
                <div class="stack wide">
                    <Invitations act=act />
                    <People act=act />
                    <Teams act=act />
                    <DemandFactor act=act />
                </div>
                <div class="stack wide">
                    <Invite />
                    <Sites />
                    <Mail />
                </div>
            </div>
        </main>
    }
}

/// Invitations that are open, those to be confirmed first.
#[component]
fn Invitations(act: Callback<Call>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    // Row by row: while somebody presses a button, another row's must not take its place.
    let ids = Memo::new(move |_| {
        client.staff.with(|staff| {
            let mut list: Vec<&InvitationView> = staff.invitations.iter().collect();
            list.sort_by_key(|invitation| (!invitation.accepted, invitation.expires_s));
            list.into_iter().map(|invitation| invitation.invitation).collect::<Vec<_>>()
        })
    });
    let none = Memo::new(move |_| ids.with(Vec::is_empty));
    let item = move |invitation: InvitationView| {
        let id = invitation.invitation;
        let day = clock::day_and_time(locale, invitation.expires_s);
        let until = match invitation.renews {
            true => text::admin_invitation_renews(locale, &day),
            false => text::admin_invitation_until(
                locale,
                role_name(locale, invitation.role),
                &invitation.team_name,
                &day,
            ),
        };
        let end = if invitation.accepted {
            let label = text::admin_countersign_of(locale, &invitation.display_name);
            view! {
                <button class="button" r#type="button" aria-label=label on:click=move |_| act.run(Call::Countersign { invitation: id })>
                    {text::admin_countersign(locale)}
                </button>
            }
            .into_any()
        } else {
            let words = if invitation.expires_s > clock::now_s() {
                text::admin_invitation_open(locale)
            } else {
                text::admin_invitation_expired(locale)
            };
            view! { <span class="tag">{words}</span> }.into_any()
        };
        let accepted = invitation.accepted.then(|| {
            view! {
                <p class="small"><b>{text::admin_invitation_accepted(locale)}</b></p>
                <p class="small muted">{text::admin_countersign_body(locale)}</p>
            }
        });
        view! {
            <li>
                <div>
                    <b>{invitation.display_name}</b>
                    <p class="small muted">{until}</p>
                    {accepted}
                </div>
                {end}
            </li>
        }
    };
    view! {
        <section class="stack tight">
            <h2>{text::admin_invitations(locale)}</h2>
            <p class="muted" hidden=move || !none.get()>{text::admin_invitations_none(locale)}</p>
            <ul class="list" hidden=move || none.get()>
                <For
                    each=move || ids.get()
                    key=|id| *id
                    children=move |id| {
                        let view = Memo::new(move |_| {
                            client.staff.with(|staff| staff.invitations.iter().find(|view| view.invitation == id).cloned())
                        });
                        move || view.get().map(item)
                    }
                />
            </ul>
        </section>
    }
}

/// What a person does where.
fn duties(locale: Locale, staff: &Staff, person: &PersonView) -> String {
    let mut duties: Vec<String> = staff
        .teams
        .iter()
        .filter(|team| team.members.contains(&person.person))
        .map(|team| {
            if team.leads.contains(&person.person) {
                text::admin_person_lead_of(locale, &team.name)
            } else {
                text::admin_person_member_of(locale, &team.name)
            }
        })
        .collect();
    if duties.is_empty() {
        duties.push(text::admin_no_team(locale).to_owned());
    }
    if person.administrator {
        duties.push(text::admin_title(locale).to_owned());
    }
    duties.join(", ")
}

#[component]
fn People(act: Callback<Call>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let own = move || match client.session.get() {
        Session::Known(SessionView::Staff { person, .. }) => Some(person),
        _ => None,
    };
    // Row by row: while somebody answers the question whether to remove one, another must not take that place.
    let ids = Memo::new(move |_| {
        client.staff.with(|staff| staff.persons.iter().map(|person| person.person).collect::<Vec<_>>())
    });
    let item = move |(person, duties): (PersonView, String)| {
        let class = if person.presence == Some(Presence::Available) { "tag on" } else { "tag" };
        let me = own() == Some(person.person);
        let name = person.display_name.clone();
        let you = me.then(|| view! { <span class="muted">" (" {text::admin_you(locale)} ")"</span> });
        let remove = (!me).then(|| view! { <Remove person=person.clone() act=act /> });
        // For an administrator it takes the kit, which no page asks for yet.
        let renew = (!me && !person.administrator).then(|| view! { <Renew person=person.clone() /> });
        let renewed = person.renewed.as_ref().map(|renewal| {
            view! { <p class="small muted">{text::renewal_new(locale)} " " {renewal::words(locale, renewal)}</p> }
        });
        view! {
            <li>
                <div>
                    <b>{name}</b> {you}
                    <p class="small muted">{duties}</p>
                    {renewed}
                </div>
                <span class=class>{presence_words(locale, person.presence)}</span>
                {renew}
                {remove}
            </li>
        }
    };
    view! {
        <section class="stack tight">
            <h2>{text::admin_people(locale)}</h2>
            <p class="small muted">{text::admin_people_lead(locale)}</p>
            <ul class="list">
                <For
                    each=move || ids.get()
                    key=|id| *id
                    children=move |id| {
                        let view = Memo::new(move |_| {
                            client.staff.with(|staff| {
                                let person = staff.persons.iter().find(|view| view.person == id)?;
                                Some((person.clone(), duties(locale, staff, person)))
                            })
                        });
                        move || view.get().map(item)
                    }
                />
            </ul>
        </section>
    }
}

/// Removes a person, after a question.
#[component]
fn Remove(person: PersonView, act: Callback<Call>) -> impl IntoView {
    let locale = use_client().locale;
    let dialog = NodeRef::<html::Dialog>::new();
    let id = person.person;
    let heading = format!("remove-{id}");
    let labelled = heading.clone();
    let open = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            let _ = dialog.show_modal();
        }
    };
    let shut = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <button
            class="button danger"
            r#type="button"
            aria-haspopup="dialog"
            aria-label=text::admin_remove_of(locale, &person.display_name)
            on:click=open
        >
            {text::admin_remove(locale)}
        </button>
        <dialog node_ref=dialog aria-labelledby=labelled>
            <div class="stack">
                <h2 id=heading>{text::admin_remove_title(locale, &person.display_name)}</h2>
                <p>{text::admin_remove_body(locale)}</p>
                <div class="row">
                    <button
                        class="button danger"
                        r#type="button"
                        on:click=move |_| {
                            shut();
                            act.run(Call::RemovePerson { person: id });
                        }
                    >
                        {text::admin_remove_submit(locale)}
                    </button>
                    <button class="button quiet" r#type="button" on:click=move |_| shut()>{text::cancel(locale)}</button>
                </div>
            </div>
        </dialog>
    }
}

#[component]
fn Teams(act: Callback<Call>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let item = move |team: TeamView| {
        let id = team.team;
        let switch = |name: &'static str,
                      hint: &'static str,
                      place: &str,
                      on: bool,
                      call: fn(TeamId, bool) -> Call| {
            let hint_id = format!("{place}-hint-{id}");
            let described = hint_id.clone();
            view! {
                <label class="check">
                    <input
                        r#type="checkbox"
                        aria-describedby=described
                        prop:checked=on
                        on:change=move |event| act.run(call(id, event_target_checked(&event)))
                    />
                    <span>{name}</span>
                </label>
                <p class="small muted" id=hint_id>{hint}</p>
            }
        };
        let along = switch(
            text::admin_team_along(locale),
            text::admin_team_along_hint(locale),
            "along",
            team.leads_read_along,
            |team, leads| Call::ReadAlong { team, leads },
        );
        let workload = switch(
            text::admin_team_workload(locale),
            text::admin_team_workload_hint(locale),
            "workload",
            team.workload_shown,
            |team, shown| Call::ShowWorkload { team, shown },
        );
        let leads = client.staff.with(|staff| {
            let names: Vec<String> = staff
                .persons
                .iter()
                .filter(|person| team.leads.contains(&person.person))
                .map(|person| person.display_name.clone())
                .collect();
            text::admin_team_lead(locale, &names.join(", "))
        });
        // A team has at most a few hundred members.
        let count = u64::try_from(team.members.len()).unwrap_or(u64::MAX);
        view! {
            <li>
                <div>
                    <b>{team.name}</b>
                    <p class="small muted">{leads}</p>
                    {along}
                    {workload}
                </div>
                <span class="tag">{text::admin_team_members(locale, count)}</span>
            </li>
        }
    };
    view! {
        <section class="stack tight">
            <h2>{text::admin_teams(locale)}</h2>
            <ul class="list">{move || client.staff.get().teams.into_iter().map(item).collect_view()}</ul>
        </section>
    }
}

/// A form for each site. It is built anew only when sites come or go, not while one is edited.
#[component]
fn Sites() -> impl IntoView {
    let client = use_client();
    let ids = Memo::new(move |_| {
        client.staff.with(|staff| staff.sites.iter().map(|site| site.site).collect::<Vec<_>>())
    });
    view! {
        <For
            each=move || ids.get()
            key=|id| *id
            children=move |id| {
                client.staff.get_untracked().sites.into_iter().find(|site| site.site == id).map(|site| view! { <SiteForm site=site /> })
            }
        />
    }
}
