//! Fields that set-up and administration share: accent colour with its contrast, retention.

use crate::client::use_client;
use crate::text;
use crate::theme::{self, Rgb, Scheme};
use beistand_protocol::limit::RETENTION_DAYS_MAX;
use leptos::prelude::*;

/// Longest retention as text.
#[must_use]
pub fn retention_max() -> String {
    RETENTION_DAYS_MAX.to_string()
}

/// Reads a number of days; `None` unless it is one that a site may set.
#[must_use]
pub fn retention_days(text: &str) -> Option<u16> {
    text.trim().parse().ok().filter(|days| (1..=RETENTION_DAYS_MAX).contains(days))
}

/// The number of days after the last contact.
#[component]
pub fn RetentionField(
    /// Id of the input.
    id: &'static str,
    /// What is asked for.
    label: &'static str,
    /// Its value.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <div class="field narrow-field">
            <label for=id>{label}</label>
            <input
                id=id
                r#type="number"
                inputmode="numeric"
                min="1"
                max=retention_max()
                required
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
        </div>
    }
}

/// The accent colour, with a sample on light and on dark ground and the contrast in words.
#[component]
pub fn AccentField(
    /// Id of the input.
    id: &'static str,
    /// What is asked for.
    label: &'static str,
    /// `#rrggbb`.
    value: RwSignal<String>,
) -> impl IntoView {
    let locale = use_client().locale;
    let given = Memo::new(move |_| theme::from_hex(&value.get()).unwrap_or(theme::ACCENT_DEFAULT));
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input
                id=id
                r#type="color"
                aria-describedby="accent-hint"
                prop:value=move || value.get()
                on:input=move |event| value.set(event_target_value(&event))
            />
            <p class="hint" id="accent-hint">{text::setup_accent_hint(locale)}</p>
            <div class="samples" role="status">
                {move || sample(given.get(), Scheme::Light)}
                {move || sample(given.get(), Scheme::Dark)}
            </div>
        </div>
    }
}

/// A button as it will look, drawn with presentation attributes: no style attribute is needed.
fn sample(given: Rgb, scheme: Scheme) -> impl IntoView {
    let locale = use_client().locale;
    let palette = theme::palette(given, scheme);
    let (title, ground) = match scheme {
        Scheme::Light => (text::setup_accent_light(locale), [0xf8, 0xf6, 0xf1]),
        Scheme::Dark => (text::setup_accent_dark(locale), [0x14, 0x18, 0x1a]),
    };
    let contrast = format!("{:.1}", theme::contrast(palette.accent, ground));
    let contrast = if locale == crate::locale::Locale::De { contrast.replace('.', ",") } else { contrast };
    let words = if palette.accent == given {
        text::setup_accent_as_is(locale, &contrast)
    } else {
        text::setup_accent_adapted(locale, &contrast, &theme::to_hex(palette.accent))
    };
    view! {
        <figure>
            <svg class="sample" viewBox="0 0 200 72" aria-hidden=true.to_string()>
                <rect width=200.to_string() height=72.to_string() rx=12.to_string() fill=theme::to_hex(ground) />
                <rect
                    x=16.to_string()
                    y=16.to_string()
                    width=104.to_string()
                    height=40.to_string()
                    rx=20.to_string()
                    fill=theme::to_hex(palette.accent)
                />
                <text
                    x=68.to_string()
                    y=41.to_string()
                    text-anchor="middle"
                    font-size=15.to_string()
                    font-weight="bold"
                    fill=theme::to_hex(palette.accent_ink)
                >
                    {text::setup_accent_sample(locale)}
                </text>
                <text
                    x=160.to_string()
                    y=41.to_string()
                    text-anchor="middle"
                    font-size=15.to_string()
                    text-decoration="underline"
                    fill=theme::to_hex(palette.accent)
                >
                    {text::setup_accent_link(locale)}
                </text>
            </svg>
            <figcaption class="small"><b>{title}</b> ": " {words}</figcaption>
        </figure>
    }
}
