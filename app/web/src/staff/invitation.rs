//! Accepting an invitation: what is offered, a log-in name, a passphrase, the recovery code.

use super::role_name;
use crate::client::{forget_fragment, print, use_client};
use crate::failure;
use crate::icon::{Icon, icon};
use crate::part::{Field, NewPassword, NoticePage, Rating, Submission, SubmitForm, Words, focused_heading};
use crate::text;
use beistand_protocol::worker::{Call, Failure, Reply};
use leptos::prelude::*;

/// How far the invitation is.
#[derive(Clone, Debug)]
enum Stage {
    Opening,
    Failed(Failure),
    Offered { welcome: String, lead: String },
    Code(Vec<String>),
}

#[component]
pub(super) fn Invitation(secret: String, hold: RwSignal<bool>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let stage = RwSignal::new(Stage::Opening);
    let secret = StoredValue::new(secret);
    leptos::task::spawn_local(async move {
        let answer = client.call(Call::OpenInvitation { secret: secret.get_value() }).await;
        stage.set(match answer {
            Ok(Reply::InvitationOffer { display_name, renews: true, .. }) => Stage::Offered {
                welcome: text::invitation_title(locale, &display_name),
                lead: text::invitation_renews(locale).to_owned(),
            },
            Ok(Reply::InvitationOffer { organisation_name, display_name, team_name, role, .. }) => {
                Stage::Offered {
                    welcome: text::invitation_title(locale, &display_name),
                    lead: text::invitation_lead(
                        locale,
                        &organisation_name,
                        role_name(locale, role),
                        &team_name,
                    ),
                }
            }
            Ok(_) => Stage::Failed(Failure::Malformed),
            Err(failure) => Stage::Failed(failure),
        });
    });
    move || {
        match stage.get() {
        Stage::Opening => view! {
            <main class="narrow" id="content"><p class="loading" role="status">{text::invitation_opening(locale)}</p></main>
        }
        .into_any(),
        Stage::Failed(failure) => view! {
            <NoticePage title=text::invitation_failed_title(locale) body=failure::sentence(locale, failure) />
        }
        .into_any(),
        Stage::Offered { welcome, lead } => {
            view! { <Accept welcome=welcome lead=lead secret=secret stage=stage hold=hold /> }.into_any()
        }
        Stage::Code(parts) => view! { <StaffCode parts=parts hold=hold /> }.into_any(),
    }
    }
}

#[component]
fn Accept(
    welcome: String,
    lead: String,
    secret: StoredValue<String>,
    stage: RwSignal<Stage>,
    hold: RwSignal<bool>,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let heading = focused_heading();
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let rating = Rating::default();
    let submission = Submission::default();
    let send = move || {
        hold.set(true);
        let call = Call::AcceptInvitation {
            secret: secret.get_value(),
            name: name.get_untracked(),
            password: password.get_untracked(),
        };
        submission.call(call, move |outcome| match outcome {
            Ok(Reply::RecoveryCode { parts }) => {
                forget_fragment();
                stage.set(Stage::Code(parts));
            }
            Ok(_) | Err(_) => hold.set(false),
        });
    };
    view! {
        <main class="narrow stack wide" id="content">
            <div class="stack tight">
                <h1 node_ref=heading tabindex="-1">{welcome}</h1>
                <p class="lead">{lead}</p>
                <p>{text::invitation_steps(locale)}</p>
            </div>
            <SubmitForm
                submission=submission
                label=text::invitation_submit(locale)
                send=move |()| submission.when_good(rating, send)
            >
                <Field id="name" label=text::staff_login_name(locale) value=name autocomplete="username" />
                <NewPassword
                    id="password"
                    label=text::invitation_passphrase(locale)
                    value=password
                    name=name
                    rating=rating
                    words=super::WORDS
                    staff=true
                    hint=text::invitation_passphrase_hint(locale)
                />
            </SubmitForm>
        </main>
    }
}

/// The recovery code of a staff account, shown once.
#[component]
pub(super) fn StaffCode(parts: Vec<String>, hold: RwSignal<bool>) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    view! {
        <main class="narrow stack wide code-page" id="content">
            <div class="stack tight">
                <h1 node_ref=heading tabindex="-1">{text::invitation_code_title(locale)}</h1>
                <p>{text::invitation_code_lead(locale)}</p>
            </div>
            <Words parts=parts label=text::invitation_code_title(locale) />
            <div class="row no-print">
                <button class="button" r#type="button" on:click=move |_| hold.set(false)>{text::code_noted(locale)}</button>
                <button class="button quiet" r#type="button" on:click=|_| print()>{icon(Icon::Print, 20)} {text::code_print(locale)}</button>
            </div>
        </main>
    }
}
