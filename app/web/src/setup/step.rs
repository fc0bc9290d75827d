//! The steps in which something is asked.

use super::{Answers, Step};
use crate::client::use_client;
use crate::emergency::{defaults, emergency_box};
use crate::part::{
    AccentField, Field, NewPassword, Problem, RetentionField, Submit, focused_heading, retention_days,
    retention_max,
};
use crate::text;
use beistand_protocol::worker::Call;
use leptos::prelude::*;

/// Heading, form, and the buttons to go on and back.
#[component]
fn Frame(
    answers: Answers,
    title: &'static str,
    lead: &'static str,
    /// What the button says that goes on.
    label: &'static str,
    /// Goes on, or says why not.
    #[prop(into)]
    go: Callback<()>,
    children: Children,
) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    let first = answers.step.get_untracked() == Step::Code;
    let back = (!first).then(|| {
        view! {
            <button
                class="button quiet"
                r#type="button"
                on:click=move |_| {
                    answers.submission.clear();
                    answers.step.update(|step| *step = step.before());
                }
            >
                {text::back(locale)}
            </button>
        }
    });
    view! {
        <div class="stack tight">
            <h1 node_ref=heading tabindex="-1">{title}</h1>
            <p class="muted">{lead}</p>
        </div>
        <form
            class="stack wide"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                go.run(());
            }
        >
            {children()}
            <Problem sentence=answers.submission.problem() />
            <div class="row wizard-buttons">{back} <Submit label=label busy=answers.submission.busy() /></div>
        </form>
    }
}

/// Whether all are filled in; says so otherwise.
fn filled(answers: Answers, fields: &[RwSignal<String>]) -> bool {
    let filled = fields.iter().all(|field| field.with_untracked(|text| !text.trim().is_empty()));
    let locale = use_client().locale;
    if filled {
        answers.submission.clear();
    } else {
        answers.submission.refuse(text::failure_settings_invalid(locale));
    }
    filled
}

#[component]
pub(super) fn CodeStep(answers: Answers) -> impl IntoView {
    let locale = use_client().locale;
    let go = move |()| {
        let call = Call::CheckClaimCode { code: answers.claim_code.get_untracked() };
        answers.submission.call(call, move |outcome| {
            if outcome.is_ok() {
                answers.step.set(Step::Person);
            }
        });
    };
    view! {
        <Frame answers=answers title=text::setup_code_title(locale) lead=text::setup_code_lead(locale) label=text::next(locale) go=go>
            <Field id="claim-code" label=text::setup_code_label(locale) value=answers.claim_code length_max=40 hint=text::setup_code_fingerprint(locale) />
        </Frame>
    }
}

#[component]
pub(super) fn PersonStep(answers: Answers) -> impl IntoView {
    let locale = use_client().locale;
    let go = move |()| {
        if filled(answers, &[answers.organisation, answers.display_name, answers.login_name]) {
            answers.submission.when_good(answers.rating, move || answers.step.set(Step::Team));
        }
    };
    view! {
        <Frame answers=answers title=text::setup_person_title(locale) lead=text::setup_person_lead(locale) label=text::next(locale) go=go>
            <Field id="organisation" label=text::setup_organisation(locale) value=answers.organisation length_max=80 autocomplete="organization" />
            <Field id="display-name" label=text::setup_display_name(locale) value=answers.display_name length_max=80 />
            <Field id="login-name" label=text::setup_login_name(locale) value=answers.login_name length_max=60 autocomplete="username" />
            <NewPassword
                id="password"
                label=text::setup_passphrase(locale)
                value=answers.password
                name=answers.login_name
                rating=answers.rating
                words=crate::staff::WORDS
                staff=true
                hint=text::setup_passphrase_hint(locale)
            />
        </Frame>
    }
}

#[component]
pub(super) fn TeamStep(answers: Answers) -> impl IntoView {
    let locale = use_client().locale;
    let go = move |()| {
        if filled(answers, &[answers.team_name, answers.site_name]) {
            answers.step.set(Step::Retention);
        }
    };
    view! {
        <Frame answers=answers title=text::setup_team_title(locale) lead=text::setup_team_lead(locale) label=text::next(locale) go=go>
            <Field id="site-name" label=text::setup_site_name(locale) value=answers.site_name length_max=80 />
            <Field id="team-name" label=text::setup_team_name(locale) value=answers.team_name length_max=80 />
            <AccentField id="accent" label=text::setup_accent(locale) value=answers.accent />
        </Frame>
    }
}

#[component]
pub(super) fn RetentionStep(answers: Answers) -> impl IntoView {
    let locale = use_client().locale;
    let go = move |()| match retention_days(&answers.days.get_untracked()) {
        Some(days) => answers.send(locale, days),
        None => answers.submission.refuse(text::setup_retention_bad(locale, &retention_max())),
    };
    view! {
        <Frame answers=answers title=text::setup_retention_title(locale) lead=text::setup_retention_lead(locale) label=text::setup_submit(locale) go=go>
            <RetentionField id="days" label=text::setup_retention_label(locale) value=answers.days />
            <section class="stack tight">
                <h2 class="title-l">{text::setup_emergency_title(locale)}</h2>
                <p class="muted">{text::setup_emergency_lead(locale)}</p>
                {emergency_box(locale, "emergency", defaults(locale))}
            </section>
        </Frame>
    }
}
