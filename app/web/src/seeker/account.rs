//! What a seeker can change of the own access: the password, and that there is one at all.

use super::{Gate, sign_up};
use crate::client::use_client;
use crate::part::{ChangePassword, ChangeWords, PasswordField, Submission, SubmitForm, focused_heading};
use crate::text;
use beistand_protocol::error::Code;
use beistand_protocol::worker::{Call, Failure};
use leptos::prelude::*;

/// A new password; `known`: because somebody knows the old one.
#[component]
pub(super) fn Password(name: String, known: bool, gate: RwSignal<Gate>) -> impl IntoView {
    let locale = use_client().locale;
    let (title, lead, more) = match known {
        true => (
            text::account_known_title(locale),
            text::account_known_lead(locale),
            text::account_known_more(locale),
        ),
        false => (
            text::account_password_title(locale),
            text::account_password_lead(locale),
            text::account_password_more(locale),
        ),
    };
    let words = ChangeWords {
        title,
        lead,
        more,
        current: text::account_password_current(locale),
        new: text::recover_new_password(locale),
        hint: text::signup_password_hint(locale),
        submit: text::recover_submit(locale),
    };
    view! {
        <ChangePassword
            words=words
            name=name
            count=sign_up::WORDS
            staff=false
            done=move |parts| gate.set(Gate::Code(parts, true))
            back=move |()| gate.set(Gate::Open)
        />
    }
}

/// Destroys the account: says first what goes, and asks for the password.
#[component]
pub(super) fn Delete(gate: RwSignal<Gate>) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    let password = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    let submission = Submission::with_words(|locale, failure| match failure {
        Failure::Server(Code::WrongCredentials, _) => Some(text::failure_wrong_password(locale)),
        _ => None,
    });
    let send = move |()| {
        let call = Call::DeleteAccount { password: password.get_untracked() };
        submission.call(call, move |outcome| {
            if outcome.is_ok() {
                gate.set(Gate::Open);
            }
        });
    };
    view! {
        <main class="narrow stack wide" id="content">
            <div class="stack tight">
                <h1 node_ref=heading tabindex="-1">{text::account_delete_title(locale)}</h1>
                <p>{text::account_delete_lead(locale)}</p>
                <ul class="bullets">
                    <li>{text::account_delete_talks(locale)}</li>
                    <li>{text::account_delete_access(locale)}</li>
                </ul>
                <p>{text::account_delete_final(locale)}</p>
            </div>
            <SubmitForm submission=submission label=text::account_delete_submit(locale) danger=true send=send>
                <div class="field">
                    <PasswordField
                        id="password"
                        label=text::account_password_current(locale)
                        value=password
                        shown=shown
                        autocomplete="off"
                    />
                </div>
            </SubmitForm>
            <p>
                <button class="text-button" r#type="button" on:click=move |_| gate.set(Gate::Open)>{text::back(locale)}</button>
            </p>
        </main>
    }
}
