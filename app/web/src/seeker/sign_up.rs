//! Step one: a name of one's own choosing and a password.

use super::early::Early;
use super::{Form, Gate};
use crate::client::{random_bytes, use_client};
use crate::icon::{Icon, icon};
use crate::part::{NewPassword, Rating, Submission, SubmitForm, focused_heading};
use crate::pseudonym;
use crate::text;
use beistand_protocol::error::Code;
use beistand_protocol::worker::{Call, Failure, Reply};
use leptos::prelude::*;

/// Words offered as a password.
pub(super) const WORDS: u8 = 4;

#[component]
pub(super) fn SignUp(gate: RwSignal<Gate>, form: RwSignal<Form>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let heading = focused_heading();
    let fresh =
        move || std::array::from_fn::<String, 3, _>(|_| pseudonym::suggestion(locale, random_bytes()));
    let typed = expect_context::<Early>().take(Form::SignUp);
    let [first, ..] = fresh();
    let name = RwSignal::new(typed.as_ref().map_or(first, |typed| typed.name.clone()));
    let names = typed.as_ref().and_then(|typed| typed.names.clone().try_into().ok());
    let suggestions = RwSignal::new(names.unwrap_or_else(fresh));
    let password = RwSignal::new(typed.as_ref().map(|typed| typed.password.clone()).unwrap_or_default());
    let shown = typed.as_ref().is_none_or(|typed| typed.shown);
    let pressed = typed.is_some_and(|typed| typed.pressed);
    let rating = Rating::default();
    let submission = Submission::with_words(|locale, failure| match failure {
        Failure::Server(Code::NameTaken, _) => Some(text::signup_name_taken(locale)),
        _ => None,
    });
    let doubt = Memo::new(move |_| name.with(|name| pseudonym::doubt(name)));
    let send = move || {
        gate.set(Gate::Busy);
        let call = Call::SignUp { name: name.get_untracked(), password: password.get_untracked() };
        submission.call(call, move |outcome| match outcome {
            Ok(Reply::RecoveryCode { parts }) => gate.set(Gate::Code(parts, false)),
            Ok(_) | Err(_) => gate.set(Gate::Open),
        });
    };
    // The button was pressed before this form was there.
    Effect::new(move || {
        if pressed {
            submission.when_good(rating, send);
        }
    });
    view! {
        <main class="narrow stack wide" id="content">
            <div class="stack tight">
                <p class="muted small">{text::seeker_step(locale, "1")}</p>
                <h1 node_ref=heading tabindex="-1">{text::signup_title(locale)}</h1>
                <p>{text::signup_lead(locale)}</p>
            </div>
            <SubmitForm
                submission=submission
                label=text::signup_submit(locale)
                send=move |()| submission.when_good(rating, send)
            >
                <div class="field">
                    <label for="name">{text::signup_name(locale)}</label>
                    <input
                        id="name"
                        r#type="text"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        maxlength="60"
                        required
                        aria-describedby="name-doubt"
                        prop:value=move || name.get()
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                    <div id="name-doubt" aria-live="polite">
                        {move || doubt.get().map(|doubt| view! {
                            <div class="notice warm">{icon(Icon::Warning, 22)} <p>{doubt.sentence(locale)}</p></div>
                        })}
                    </div>
                    <div class="row chips" role="group" aria-label=text::signup_suggestions(locale)>
                        {move || suggestions.get().map(|suggestion| {
                            let value = suggestion.clone();
                            view! { <button class="chip" r#type="button" on:click=move |_| name.set(value.clone())>{suggestion}</button> }
                        })}
                        <button class="text-button" r#type="button" on:click=move |_| suggestions.set(fresh())>
                            {text::signup_other_names(locale)}
                        </button>
                    </div>
                </div>
                <NewPassword
                    id="password"
                    label=text::field_password(locale)
                    value=password
                    name=name
                    rating=rating
                    words=WORDS
                    staff=false
                    shown=shown
                    hint=text::signup_password_hint(locale)
                />
            </SubmitForm>
            <p>
                <button class="text-button" r#type="button" on:click=move |_| form.set(Form::LogIn)>
                    {text::signup_have_account(locale)}
                </button>
            </p>
        </main>
    }
}
