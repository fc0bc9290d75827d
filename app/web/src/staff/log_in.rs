//! Staff log-in: name and vault passphrase; or a new passphrase by the recovery code.

use super::invitation::StaffCode;
use crate::client::use_client;
use crate::failure;
use crate::part::{Field, PasswordField, Problem, Recover, Recovery, Submit, focused_heading};
use crate::text;
use beistand_protocol::worker::Call;
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
        hold.set(true);
        leptos::task::spawn_local(async move {
            let call = Call::LogIn { name: name.get_untracked(), password: password.get_untracked() };
            let outcome = client.call(call).await;
            if let Err(failure) = outcome {
                busy.set(false);
                problem.set(Some(failure::sentence(locale, failure)));
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
            <form
                class="stack wide"
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
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
                <Problem sentence=problem />
                <Submit label=text::staff_login_title(locale) busy=busy />
            </form>
            <p>
                <button class="text-button" r#type="button" on:click=move |_| forgotten.set(true)>{text::staff_login_forgot(locale)}</button>
            </p>
            <p class="small muted">{text::staff_login_lost(locale)}</p>
        </main>
    }
}
