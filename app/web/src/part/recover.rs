//! Password forgotten: name, recovery code, new password; for both sides.

use super::{Field, NewPassword, Rating, Submission, SubmitForm, focused_heading};
use crate::client::use_client;
use crate::text;
use beistand_protocol::error::Code;
use beistand_protocol::worker::{Call, Failure, Reply};
use leptos::prelude::*;

/// How far a recovery is, told to the page around.
#[derive(Clone, Debug)]
pub enum Recovery {
    /// Under way: the form must stay.
    Busy,
    /// Done, with the new recovery code.
    Done(Vec<String>),
    /// Failed; the form says why.
    Failed,
    /// Somebody wants to log in instead.
    Back,
}

/// The form that sets a new password by the recovery code.
#[component]
pub fn Recover(
    /// What the name is called.
    name_label: &'static str,
    /// What stands below the heading.
    lead: &'static str,
    /// What the new password is called.
    password_label: &'static str,
    /// What is said about the offered words.
    hint: &'static str,
    /// How many words are offered.
    words: u8,
    /// Staff need a better password.
    staff: bool,
    /// Hears how far it is.
    #[prop(into)]
    tell: Callback<Recovery>,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let heading = focused_heading();
    let name = RwSignal::new(String::new());
    let code = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let rating = Rating::default();
    let submission = Submission::with_words(|locale, failure| match failure {
        Failure::Server(Code::WrongCredentials, _) => Some(text::failure_wrong_code(locale)),
        _ => None,
    });
    let send = move || {
        tell.run(Recovery::Busy);
        let call = Call::Recover {
            name: name.get_untracked(),
            code: code.get_untracked(),
            password: password.get_untracked(),
        };
        submission.call(call, move |outcome| match outcome {
            Ok(Reply::RecoveryCode { parts }) => tell.run(Recovery::Done(parts)),
            Ok(_) => tell.run(Recovery::Done(Vec::new())),
            Err(_) => tell.run(Recovery::Failed),
        });
    };
    view! {
        <main class="narrow stack wide" id="content">
            <div class="stack tight">
                <h1 node_ref=heading tabindex="-1">{text::recover_title(locale)}</h1>
                <p>{lead}</p>
            </div>
            <SubmitForm
                submission=submission
                label=text::recover_submit(locale)
                send=move |()| submission.when_good(rating, send)
            >
                <Field id="name" label=name_label value=name length_max=60 />
                <Field id="code" label=text::recover_code(locale) value=code hint=text::recover_code_hint(locale) length_max=250 />
                <NewPassword
                    id="password"
                    label=password_label
                    value=password
                    name=name
                    rating=rating
                    words=words
                    staff=staff
                    hint=hint
                />
            </SubmitForm>
            <p>
                <button class="text-button" r#type="button" on:click=move |_| tell.run(Recovery::Back)>{text::back(locale)}</button>
            </p>
        </main>
    }
}
