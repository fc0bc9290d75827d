//! Back again: name and password.

use super::early::Early;
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
    let typed = expect_context::<Early>().take(Form::LogIn);
    let name = RwSignal::new(typed.as_ref().map(|typed| typed.name.clone()).unwrap_or_default());
    let password = RwSignal::new(typed.as_ref().map(|typed| typed.password.clone()).unwrap_or_default());
    let shown = RwSignal::new(typed.as_ref().is_some_and(|typed| typed.shown));
    let pressed = typed.is_some_and(|typed| typed.pressed);
    let submission = Submission::default();
    let send = move |()| {
        gate.set(Gate::Busy);
        let call = Call::LogIn { name: name.get_untracked(), password: password.get_untracked() };
        submission.call(call, move |_| gate.set(Gate::Open));
    };
    // The button was pressed before this form was there.
    Effect::new(move || {
        if pressed {
            send(());
        }
    });
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
