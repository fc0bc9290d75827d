//! Password forgotten: name, recovery code, new password.

use super::{Form, Gate};
use crate::client::use_client;
use crate::failure;
use crate::part::{Field, NewPassword, Problem, Submit, focused_heading};
use crate::text;
use beistand_protocol::error::Code;
use beistand_protocol::worker::{Call, Failure, Reply};
use leptos::prelude::*;

/// Words offered as a password.
const WORDS: u8 = 4;

#[component]
pub(super) fn Recover(gate: RwSignal<Gate>, form: RwSignal<Form>) -> impl IntoView {
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
        gate.set(Gate::Busy);
        leptos::task::spawn_local(async move {
            let call = Call::Recover {
                name: name.get_untracked(),
                code: code.get_untracked(),
                password: password.get_untracked(),
            };
            match client.call(call).await {
                Ok(Reply::RecoveryCode { parts }) => gate.set(Gate::Code(parts, true)),
                Ok(_) => gate.set(Gate::Open),
                Err(failure) => {
                    gate.set(Gate::Open);
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
                <p>{text::recover_lead(locale)}</p>
            </div>
            <form
                class="stack wide"
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <Field id="name" label=text::signup_name(locale) value=name length_max=60 />
                <Field id="code" label=text::recover_code(locale) value=code hint=text::recover_code_hint(locale) length_max=250 />
                <NewPassword
                    id="password"
                    label=text::recover_new_password(locale)
                    value=password
                    name=name
                    accepted=accepted
                    words=WORDS
                    staff=false
                    hint=text::signup_password_hint(locale)
                />
                <Problem sentence=problem />
                <Submit label=text::recover_submit(locale) busy=busy />
            </form>
            <p>
                <button class="text-button" r#type="button" on:click=move |_| form.set(Form::LogIn)>{text::back(locale)}</button>
            </p>
        </main>
    }
}
