//! Password forgotten: name, recovery code, new password; for both sides.

use super::{Field, NewPassword, Problem, Submit, focused_heading};
use crate::client::use_client;
use crate::failure;
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
    let accepted = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let submit = move || {
        if busy.get_untracked() {
            return;
        }
        if !accepted.get_untracked() {
            problem.set(Some(text::failure_password_weak(locale).to_owned()));
            return;
        }
        busy.set(true);
        problem.set(None);
        tell.run(Recovery::Busy);
        leptos::task::spawn_local(async move {
            let call = Call::Recover {
                name: name.get_untracked(),
                code: code.get_untracked(),
                password: password.get_untracked(),
            };
            match client.call(call).await {
                Ok(Reply::RecoveryCode { parts }) => tell.run(Recovery::Done(parts)),
                Ok(_) => tell.run(Recovery::Done(Vec::new())),
                Err(failure) => {
                    tell.run(Recovery::Failed);
                    busy.set(false);
                    problem.set(Some(match failure {
                        Failure::Server(Code::WrongCredentials, _) => {
                            text::failure_wrong_code(locale).to_owned()
                        }
                        other => failure::sentence(locale, other),
                    }));
                }
            }
        });
    };
    view! {
        <main class="narrow stack wide" id="content">
            <div class="stack tight">
                <h1 node_ref=heading tabindex="-1">{text::recover_title(locale)}</h1>
                <p>{lead}</p>
            </div>
            <form
                class="stack wide"
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <Field id="name" label=name_label value=name length_max=60 />
                <Field id="code" label=text::recover_code(locale) value=code hint=text::recover_code_hint(locale) length_max=250 />
                <NewPassword
                    id="password"
                    label=password_label
                    value=password
                    name=name
                    accepted=accepted
                    words=words
                    staff=staff
                    hint=hint
                />
                <Problem sentence=problem />
                <Submit label=text::recover_submit(locale) busy=busy />
            </form>
            <p>
                <button class="text-button" r#type="button" on:click=move |_| tell.run(Recovery::Back)>{text::back(locale)}</button>
            </p>
        </main>
    }
}
