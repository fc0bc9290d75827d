//! A new password while logged in: the one in force, the new one; for both sides. It makes new keys and
//! ends every other session, so it is also the answer to "somebody knows my password".

use super::{NewPassword, PasswordField, Rating, Submission, SubmitForm, focused_heading};
use crate::client::use_client;
use crate::text;
use beistand_protocol::error::Code;
use beistand_protocol::worker::{Call, Failure, Reply};
use leptos::prelude::*;

/// The sentences of the form: each side has its own words for the password.
#[derive(Clone, Copy, Debug)]
pub struct ChangeWords {
    /// Heading.
    pub title: &'static str,
    /// What it does.
    pub lead: &'static str,
    /// What else is to be known.
    pub more: &'static str,
    /// What the password in force is called.
    pub current: &'static str,
    /// What the new one is called.
    pub new: &'static str,
    /// What is said about the offered words.
    pub hint: &'static str,
    /// The button.
    pub submit: &'static str,
}

/// The form that changes the password.
#[component]
pub fn ChangePassword(
    /// Its sentences.
    words: ChangeWords,
    /// The name that the new password must not resemble.
    name: String,
    /// How many words are offered.
    count: u8,
    /// Staff need a better password.
    staff: bool,
    /// Done, with the new recovery code.
    #[prop(into)]
    done: Callback<Vec<String>>,
    /// Somebody does not want to.
    #[prop(into)]
    back: Callback<()>,
) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    let current = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    let password = RwSignal::new(String::new());
    let rating = Rating::default();
    let submission = Submission::with_words(|locale, failure| match failure {
        Failure::Server(Code::WrongCredentials, _) => Some(text::failure_wrong_password(locale)),
        _ => None,
    });
    let send = move || {
        let call =
            Call::ChangePassword { current: current.get_untracked(), password: password.get_untracked() };
        submission.call(call, move |outcome| {
            if let Ok(reply) = outcome {
                done.run(match reply {
                    Reply::RecoveryCode { parts } => parts,
                    _ => Vec::new(),
                });
            }
        });
    };
    let name = Signal::stored(name);
    view! {
        <main class="narrow stack wide" id="content">
            <div class="stack tight">
                <h1 node_ref=heading tabindex="-1">{words.title}</h1>
                <p>{words.lead}</p>
                <p class="small muted">{words.more}</p>
            </div>
            <SubmitForm submission=submission label=words.submit send=move |()| submission.when_good(rating, send)>
                <div class="field">
                    <PasswordField id="current" label=words.current value=current shown=shown autocomplete="off" />
                </div>
                <NewPassword
                    id="password"
                    label=words.new
                    value=password
                    name=name
                    rating=rating
                    words=count
                    staff=staff
                    hint=words.hint
                />
            </SubmitForm>
            <p>
                <button class="text-button" r#type="button" on:click=move |_| back.run(())>{text::back(locale)}</button>
            </p>
        </main>
    }
}
