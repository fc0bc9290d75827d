//! Back again: name and password.

use super::{Form, Gate};
use crate::client::use_client;
use crate::failure;
use crate::part::{Field, PasswordField, Problem, Submit, focused_heading};
use crate::text;
use beistand_protocol::worker::Call;
use leptos::prelude::*;

#[component]
pub(super) fn LogIn(gate: RwSignal<Gate>, form: RwSignal<Form>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let heading = focused_heading();
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let shown = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let submit = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        gate.set(Gate::Busy);
        leptos::task::spawn_local(async move {
            let call = Call::LogIn { name: name.get_untracked(), password: password.get_untracked() };
            let outcome = client.call(call).await;
            gate.set(Gate::Open);
            if let Err(failure) = outcome {
                busy.set(false);
                problem.set(Some(failure::sentence(locale, failure)));
            }
        });
    };
    view! {
        <main class="narrow stack wide" id="content">
            <div class="stack tight">
                <h1 node_ref=heading tabindex="-1">{text::login_title(locale)}</h1>
                <p>{text::login_lead(locale)}</p>
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
                <div class="field">
                    <PasswordField id="password" label=text::field_password(locale) value=password shown=shown autocomplete="off" />
                </div>
                <Problem sentence=problem />
                <Submit label=text::login_submit(locale) busy=busy />
            </form>
            <p class="row">
                <button class="text-button" r#type="button" on:click=move |_| form.set(Form::Recover)>{text::login_forgot(locale)}</button>
                <button class="text-button" r#type="button" on:click=move |_| form.set(Form::SignUp)>{text::login_new(locale)}</button>
            </p>
        </main>
    }
}
