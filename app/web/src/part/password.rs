//! Password fields: an existing one, and a new one with words offered and its strength shown.

use super::{Rating, Verdict};
use crate::client::use_client;
use crate::text;
use beistand_protocol::worker::{Call, Reply};
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast as _;

/// Pause in typing after which a new password is rated.
const RATE_AFTER_MS: u64 = 250;

/// A password field with a button that shows it.
#[component]
pub fn PasswordField(
    /// Id of the input.
    id: &'static str,
    /// What is asked for.
    label: &'static str,
    /// Its value.
    value: RwSignal<String>,
    /// Whether it is shown as text.
    shown: RwSignal<bool>,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// Id of what describes it.
    #[prop(optional)]
    described_by: Option<&'static str>,
) -> impl IntoView {
    let locale = use_client().locale;
    // No longest value: what is cut off behind dots nobody sees. The worker refuses what is too long.
    // A browser writes what stands in a text field to its disk, to restore the window after a
    // crash, unless completion is off; what stands in a password field it never writes. So the
    // token is given only while the password is hidden.
    let autocomplete = move || if shown.get() { "off" } else { autocomplete };
    view! {
        <label for=id>{label}</label>
        <div class="password">
            <input
                id=id
                r#type=move || if shown.get() { "text" } else { "password" }
                autocomplete=autocomplete
                autocapitalize="off"
                spellcheck="false"
                aria-describedby=described_by
                required
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <button r#type="button" aria-controls=id on:click=move |_| shown.update(|shown| *shown = !*shown)>
                {move || if shown.get() { text::password_hide(locale) } else { text::password_show(locale) }}
                " "
                <span class="hide">{label}</span>
            </button>
        </div>
    }
}

/// Selects what stands in a field, if somebody is in it.
fn select_if_focused(id: &str) {
    let field = document().active_element().filter(|element| element.id() == id);
    if let Some(field) = field.and_then(|element| element.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        field.select();
    }
}

/// A new password: generated words are offered first, the worker rates what is typed.
#[component]
pub fn NewPassword(
    /// Id of the input.
    id: &'static str,
    /// What is asked for.
    label: &'static str,
    /// Its value.
    value: RwSignal<String>,
    /// The name it must not resemble.
    #[prop(into)]
    name: Signal<String>,
    /// What the worker says of it.
    rating: Rating,
    /// How many words are offered.
    words: u8,
    /// Staff need more.
    staff: bool,
    /// Whether it is shown as text at first, as words must be that somebody is to remember.
    #[prop(default = true)]
    shown: bool,
    /// What is said about the offered words.
    hint: &'static str,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let shown = RwSignal::new(shown);
    let score = RwSignal::new(None::<u8>);
    let offered = RwSignal::new(String::new());
    // While words are on their way there is nothing to judge yet.
    let offering = StoredValue::new(false);
    let suggest = move || {
        let before = value.get_untracked();
        offering.set_value(true);
        leptos::task::spawn_local(async move {
            let call = Call::SuggestPassphrase { words, language: locale.tag().to_owned() };
            let reply = client.call(call).await;
            if offering.try_update_value(|offering| *offering = false).is_none() {
                return;
            }
            // What somebody has begun to type meanwhile stays.
            let untouched = value.with_untracked(|now| *now == before);
            match reply {
                Ok(Reply::Passphrase(words)) if untouched => {
                    // Nobody gets words as a password that were not to be seen when the button was pressed.
                    rating.send_away();
                    offered.set(words.clone());
                    value.set(words);
                    shown.set(true);
                    // Whoever is about to type a password of their own replaces the words.
                    set_timeout(move || select_if_focused(id), Duration::ZERO);
                }
                _ if value.with_untracked(String::is_empty) => rating.set(Some(Verdict::Weak)),
                _ => {}
            }
        });
    };
    rating.set_field(true);
    on_cleanup(move || rating.set_field(false));
    if value.get_untracked().is_empty() {
        suggest();
    }
    let asked = StoredValue::new(0_u32);
    Effect::new(move || {
        let (password, name) = (value.get(), name.get());
        rating.track_repetition();
        rating.set(None);
        let number = asked.with_value(|asked| asked.wrapping_add(1));
        asked.set_value(number);
        if password.is_empty() {
            score.set(None);
            if !offering.get_value() {
                rating.set(Some(Verdict::Weak));
            }
            return;
        }
        set_timeout(
            move || {
                leptos::task::spawn_local(async move {
                    if asked.try_get_value() != Some(number) {
                        return;
                    }
                    let reply = client.call(Call::RatePassword { password, name, staff }).await;
                    // Only the newest text counts.
                    if asked.try_get_value() != Some(number) {
                        return;
                    }
                    match reply {
                        Ok(Reply::PasswordRating { score: rated, accepted }) => {
                            score.set(Some(rated.min(4)));
                            rating.set(Some(if accepted { Verdict::Good } else { Verdict::Weak }));
                        }
                        Ok(_) => {}
                        Err(failure) => rating.set(Some(Verdict::Failed(failure))),
                    }
                });
            },
            Duration::from_millis(RATE_AFTER_MS),
        );
    });
    let words_of_rating = move || match (value.with(String::is_empty), score.get(), rating.is_good()) {
        (true, _, _) => "",
        (_, None, _) => text::password_rating_busy(locale),
        (_, Some(4), true) => text::password_rating_4(locale),
        (_, Some(_), true) => text::password_rating_3(locale),
        (_, Some(0), false) => text::password_rating_0(locale),
        (_, Some(1), false) => text::password_rating_1(locale),
        (_, Some(_), false) => text::password_rating_2(locale),
    };
    // What is not accepted never fills more than two bars, whatever its score.
    let bars = move || match (score.get(), rating.is_good()) {
        (Some(score), true) => score.max(3),
        (Some(score), false) => score.clamp(1, 2),
        (None, _) => 0,
    };
    let bar = move |n: u8| {
        let class = move || if n <= bars() { "on" } else { "" };
        view! { <i class=class></i> }
    };
    view! {
        <div class="field">
            <PasswordField id=id label=label value=value shown=shown autocomplete="new-password" described_by="password-rating" />
            <div class=move || if rating.is_good() { "meter" } else { "meter low" } aria-hidden="true">
                {bar(1)} {bar(2)} {bar(3)} {bar(4)}
            </div>
            <p class="small" id="password-rating" aria-live="polite">{words_of_rating}</p>
            {move || (offered.with(|offered| !offered.is_empty()) && value.get() == offered.get()).then(|| view! { <p class="hint">{hint}</p> })}
            <div class="row">
                <button class="text-button start" r#type="button" on:click=move |_| suggest()>{text::password_more_words(locale)}</button>
            </div>
        </div>
    }
}
