//! Back again: name and password.

use super::{Form, Gate};
use crate::client::use_client;
use crate::part::{Field, PasswordField, Submission, SubmitForm, focused_heading};
use crate::text;
use beistand_protocol::worker::Call;
use leptos::prelude::*;

#[component]
pub(super) fn LogIn(gate: RwSignal<Gate>, form: RwSignal<Form>) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    let submission = Submission::default();
    let send = move |()| {
        gate.set(Gate::Busy);
        let call = Call::LogIn { name: name.get_untracked(), password: password.get_untracked() };
        submission.call(call, move |_| gate.set(Gate::Open));
    };
    view! {
        <main class="narrow stack wide" id="content">
            <div class="stack tight">
                <h1 node_ref=heading tabindex="-1">{text::login_title(locale)}</h1>
                <p>{text::login_lead(locale)}</p>
            </div>
            <SubmitForm submission=submission label=text::login_submit(locale) send=send>
                <Field id="name" label=text::signup_name(locale) value=name length_max=60 />
                <div class="field">
                    <PasswordField id="password" label=text::field_password(locale) value=password shown=shown autocomplete="off" />
                </div>
            </SubmitForm>
            <p class="row">
                <button class="text-button" r#type="button" on:click=move |_| form.set(Form::Recover)>{text::login_forgot(locale)}</button>
                <button class="text-button" r#type="button" on:click=move |_| form.set(Form::SignUp)>{text::login_new(locale)}</button>
            </p>
        </main>
    }
}
