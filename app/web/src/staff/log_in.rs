//! Staff log-in: name and vault passphrase, and a number of an app where that was set up; or a new passphrase by the recovery code.

use super::access::CodeField;
use super::invitation::StaffCode;
use crate::client::use_client;
use crate::part::{Field, PasswordField, Recover, Recovery, Submission, SubmitForm, focused_heading};
use crate::text;
use beistand_protocol::error::Code;
use beistand_protocol::worker::{Call, Failure};
use leptos::prelude::*;

#[component]
pub(super) fn LogIn(hold: RwSignal<bool>) -> impl IntoView {
    let locale = use_client().locale;
    let forgotten = RwSignal::new(false);
    let code = RwSignal::new(None::<Vec<String>>);
    move || match (code.get(), forgotten.get()) {
        (Some(parts), _) => view! { <StaffCode parts=parts hold=hold /> }.into_any(),
        (None, false) => view! { <NameAndPassphrase hold=hold forgotten=forgotten /> }.into_any(),
        (None, true) => view! {
            <Recover
                name_label=text::staff_login_name(locale)
                lead=text::staff_recover_lead(locale)
                password_label=text::staff_recover_passphrase(locale)
                hint=text::invitation_passphrase_hint(locale)
                words=super::WORDS
                staff=true
                tell=move |recovery| match recovery {
                    Recovery::Busy => hold.set(true),
                    Recovery::Done(parts) => code.set(Some(parts)),
                    Recovery::Failed => hold.set(false),
                    Recovery::Back => forgotten.set(false),
                }
            />
        }
        .into_any(),
    }
}

#[component]
fn NameAndPassphrase(hold: RwSignal<bool>, forgotten: RwSignal<bool>) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    // Asked for once the passphrase has turned out right.
    let asked = RwSignal::new(false);
    let code = RwSignal::new(String::new());
    let submission = Submission::with_words(|_, failure| match failure {
        Failure::Server(Code::SecondFactorNeeded, _) => Some(""),
        _ => None,
    });
    let send = move |()| {
        hold.set(true);
        let (name, password) = (name.get_untracked(), password.get_untracked());
        let call = match asked.get_untracked() {
            true => Call::LogInWithCode { name, password, code: code.get_untracked() },
            false => Call::LogIn { name, password },
        };
        submission.call(call, move |outcome| {
            if let Err(Failure::Server(Code::SecondFactorNeeded, _)) = outcome {
                asked.try_set(true);
            }
            hold.set(false);
        });
    };
    view! {
        <main class="narrow stack wide" id="content">
            <div class="stack tight">
                <h1 node_ref=heading tabindex="-1">{text::staff_login_title(locale)}</h1>
                <p>{text::staff_login_lead(locale)}</p>
            </div>
            <SubmitForm submission=submission label=text::staff_login_title(locale) send=send>
                <Field id="name" label=text::staff_login_name(locale) value=name autocomplete="username" />
                <div class="field">
                    <PasswordField
                        id="password"
                        label=text::staff_login_passphrase(locale)
                        value=password
                        shown=shown
                        autocomplete="current-password"
                    />
                </div>
                {move || asked.get().then(|| view! {
                    <CodeField
                        id="code"
                        label=text::access_log_in_code(locale)
                        hint=text::access_log_in_hint(locale)
                        value=code
                        focused=true
                    />
                })}
            </SubmitForm>
            <p>
                <button class="text-button" r#type="button" on:click=move |_| forgotten.set(true)>{text::staff_login_forgot(locale)}</button>
            </p>
            <p class="small muted">{text::staff_login_lost(locale)}</p>
        </main>
    }
}
