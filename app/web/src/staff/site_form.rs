//! The settings of a site: signed by the administrator, seen by seekers.

use crate::client::use_client;
use crate::emergency::{from_lines, to_lines};
use crate::part::{AccentField, Field, RetentionField, Submission, SubmitForm, retention_days};
use crate::text;
use crate::theme;
use beistand_protocol::worker::{Call, SiteSettings, SiteView};
use leptos::prelude::*;

#[component]
pub(super) fn SiteForm(site: SiteView) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let id = site.site;
    let form = format!("site {id}");
    let published = StoredValue::new([
        site.settings.name,
        theme::to_hex(site.settings.accent),
        site.settings.retention_days.to_string(),
        to_lines(&site.settings.emergency),
    ]);
    // What was typed and not saved goes before.
    let left = client.unsent.form(&form).and_then(|values| <[String; 4]>::try_from(values).ok());
    let [name, accent, days, emergency] = left.unwrap_or_else(|| published.get_value()).map(RwSignal::new);
    let typed = move || [name, accent, days, emergency].map(|field| field.get());
    Effect::new(move || {
        let typed = typed();
        client.unsent.note_form(&form, (typed != published.get_value()).then(|| typed.to_vec()));
    });
    let language = StoredValue::new(site.settings.language);
    let saved = RwSignal::new(false);
    let submission = Submission::default();
    let send = move |()| {
        saved.set(false);
        let Some(retention_days) = retention_days(&days.get_untracked()) else {
            submission.refuse(text::setup_retention_bad(locale, &crate::part::retention_max()));
            return;
        };
        let emergency = match from_lines(&emergency.get_untracked()) {
            Ok(numbers) => numbers,
            Err(line) => {
                submission.refuse(text::admin_site_emergency_bad(locale, &line.to_string()));
                return;
            }
        };
        let settings = SiteSettings {
            name: name.get_untracked().trim().to_owned(),
            accent: theme::from_hex(&accent.get_untracked()).unwrap_or(theme::ACCENT_DEFAULT),
            language: language.get_value(),
            retention_days,
            emergency,
        };
        let sent = untrack(typed);
        submission.call(Call::PublishSite { site: id, settings }, move |outcome| {
            saved.try_set(outcome.is_ok());
            if outcome.is_ok() {
                published.try_update_value(|published| *published = sent);
                name.notify();
            }
        });
    };
    view! {
        <section class="card stack">
            <h2>{text::admin_site(locale)}</h2>
            <p class="muted">{text::admin_site_lead(locale)}</p>
            <SubmitForm submission=submission label=text::admin_site_save(locale) send=send>
                <Field id="site-name" label=text::admin_site_name(locale) value=name length_max=80 />
                <AccentField id="site-accent" label=text::admin_site_accent(locale) value=accent />
                <RetentionField id="site-days" label=text::admin_site_retention(locale) value=days />
                <div class="field">
                    <label for="site-emergency">{text::admin_site_emergency(locale)}</label>
                    <textarea
                        id="site-emergency"
                        rows=4.to_string()
                        aria-describedby="site-emergency-hint"
                        prop:value=move || emergency.get()
                        on:input=move |event| emergency.set(event_target_value(&event))
                    ></textarea>
                    <p class="hint" id="site-emergency-hint">{text::admin_site_emergency_hint(locale)}</p>
                </div>
            </SubmitForm>
            <super::group::GroupsAllowed site=id />
            <p role="status" class="small">{move || saved.get().then_some(text::admin_site_saved(locale))}</p>
        </section>
    }
}
