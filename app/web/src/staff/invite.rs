//! Inviting somebody: a one-time link that is shown once, to be handed over outside the box.

use super::role_name;
use crate::client::{origin, use_client};
use crate::clock;
use crate::part::{CopyField, Field, Submission, SubmitForm};
use crate::text;
use beistand_protocol::id::{InvitationId, TeamId};
use beistand_protocol::worker::{Call, InvitationView, Reply, Role};
use leptos::prelude::*;

/// A link that was made.
#[derive(Clone, Debug)]
struct Made {
    invitation: InvitationId,
    name: String,
    link: String,
    until: String,
}

#[component]
pub(super) fn Invite() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let made = RwSignal::new(None::<Made>);
    // A link that was used is of no use to anybody, and is shown no longer.
    Effect::new(move || {
        let used = made.with(|made| {
            made.as_ref().is_some_and(|made| {
                client.staff.with(|staff| {
                    let open = |view: &InvitationView| view.invitation == made.invitation && !view.accepted;
                    !staff.invitations.iter().any(open)
                })
            })
        });
        if used {
            made.set(None);
        }
    });
    view! {
        <section class="card stack">
            <h2>{text::admin_invite(locale)}</h2>
            {move || match made.get() {
                None => view! { <InviteForm made=made /> }.into_any(),
                Some(invitation) => view! {
                    <div class="stack" role="status">
                        <h3>{text::admin_invite_link_title(locale, &invitation.name)}</h3>
                        <CopyField value=invitation.link label=text::admin_invite_link_label(locale) />
                        <p class="small">{text::admin_invite_link_body(locale, &invitation.until)}</p>
                        <p>
                            <button class="button quiet" r#type="button" on:click=move |_| made.set(None)>
                                {text::admin_invite_another(locale)}
                            </button>
                        </p>
                    </div>
                }
                .into_any(),
            }}
        </section>
    }
}

/// The form's name among those whose texts are kept.
const FORM: &str = "invite";

/// A role that is offered, as the value of its option.
fn value_of(role: Role) -> &'static str {
    if role == Role::Lead { "lead" } else { "" }
}

fn role_of(value: &str) -> Role {
    if value == "lead" { Role::Lead } else { Role::Counselor }
}

#[component]
fn InviteForm(made: RwSignal<Option<Made>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    // What was typed and not sent.
    let [left_name, left_team, left_role] =
        client.unsent.form(FORM).and_then(|values| values.try_into().ok()).unwrap_or_default();
    let name = RwSignal::new(left_name);
    let team = RwSignal::new(TeamId::from_hex(&left_team));
    let role = RwSignal::new(role_of(&left_role));
    Effect::new(move || {
        let typed = [
            name.get(),
            team.get().map(|team| team.to_hex()).unwrap_or_default(),
            value_of(role.get()).to_owned(),
        ];
        client.unsent.note_form(FORM, (!typed[0].is_empty()).then(|| typed.to_vec()));
    });
    let submission = Submission::default();
    let teams = Memo::new(move |_| {
        client
            .staff
            .with(|staff| staff.teams.iter().map(|team| (team.team, team.name.clone())).collect::<Vec<_>>())
    });
    let chosen = move || team.get().or_else(|| teams.with(|teams| teams.first().map(|(id, _)| *id)));
    let send = move |()| {
        let Some(team) = untrack(chosen) else { return };
        let display_name = name.get_untracked().trim().to_owned();
        let call = Call::Invite { display_name: display_name.clone(), role: role.get_untracked(), team };
        submission.call(call, move |outcome| {
            if let Ok(Reply::Invitation { invitation, link, expires_s }) = outcome {
                client.unsent.note_form(FORM, None);
                let until = clock::day_and_time(locale, expires_s);
                made.try_set(Some(Made { invitation, name: display_name, link: origin() + &link, until }));
            }
        });
    };
    let team_options = move || {
        teams
            .get()
            .into_iter()
            .map(|(id, name)| {
                let value = id.to_hex();
                view! { <option value=value selected=move || chosen() == Some(id)>{name}</option> }
            })
            .collect_view()
    };
    // A second administrator is not offered: from then on a team's four eyes ask two of them to sign for each new
    // member, and no page gathers the second signature yet.
    let roles = [Role::Counselor, Role::Lead]
        .into_iter()
        .map(|which| {
            view! { <option value=value_of(which) selected=move || role.get() == which>{role_name(locale, which)}</option> }
        })
        .collect_view();
    view! {
        <SubmitForm submission=submission label=text::admin_invite_submit(locale) send=send>
            <p class="muted">{text::admin_invite_lead(locale)}</p>
            <Field id="invite-name" label=text::admin_invite_name(locale) value=name length_max=80 />
            <div class="field">
                <label for="invite-team">{text::admin_invite_team(locale)}</label>
                <select id="invite-team" on:change=move |event| team.set(TeamId::from_hex(&event_target_value(&event)))>{team_options}</select>
            </div>
            <div class="field">
                <label for="invite-role">{text::admin_invite_role(locale)}</label>
                <select
                    id="invite-role"
                    on:change=move |event| role.set(role_of(&event_target_value(&event)))
                >
                    {roles}
                </select>
            </div>
        </SubmitForm>
    }
}
