//! The kit to print, and the end of set-up.

use super::{Answers, Step};
use crate::client::{origin, print, use_client};
use crate::clock;
use crate::icon::{Icon, icon};
use crate::part::{CopyField, Words, focused_heading};
use crate::text;
use leptos::prelude::*;

#[component]
pub(super) fn KitStep(answers: Answers) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    let have = RwSignal::new(false);
    let organisation = answers.organisation.get_untracked();
    let name = answers.display_name.get_untracked();
    let fact = |term: &'static str, words: String| view! { <div><dt>{term}</dt> <dd>{words}</dd></div> };
    answers.kit.get_untracked().map(|kit| view! {
        <div class="stack tight">
            <h1 node_ref=heading tabindex="-1">{text::kit_title(locale)}</h1>
            <p class="no-print">{text::kit_lead(locale)}</p>
        </div>
        <article class="kit card stack wide">
            <dl class="facts-list">
                {fact(text::kit_organisation(locale), organisation)}
                {fact(text::kit_address(locale), origin())}
                {fact(text::kit_date(locale), clock::date_with_year(locale, clock::now_s()))}
            </dl>
            <section class="stack tight">
                <h2 class="title-l">{text::kit_fingerprint(locale)}</h2>
                <p class="small">{text::kit_fingerprint_body(locale)}</p>
                <Words parts=kit.fingerprint label=text::kit_fingerprint(locale) />
            </section>
            <section class="stack tight">
                <h2 class="title-l">{text::kit_root(locale)}</h2>
                <p class="small">{text::kit_root_body(locale)}</p>
                <Words parts=kit.root_secret label=text::kit_root(locale) />
            </section>
            <section class="stack tight">
                <h2 class="title-l">{text::kit_recovery(locale, &name)}</h2>
                <p class="small">{text::kit_recovery_body(locale)}</p>
                <Words parts=kit.recovery label=text::recovery_label(locale) />
            </section>
        </article>
        <div class="stack no-print">
            <p>
                <button class="button quiet" r#type="button" on:click=|_| print()>{icon(Icon::Print, 20)} {text::code_print(locale)}</button>
            </p>
            <label class="check">
                <input r#type="checkbox" prop:checked=move || have.get() on:change=move |event| have.set(event_target_checked(&event)) />
                <span>{text::kit_printed(locale)}</span>
            </label>
            <div class="row">
                <button
                    class="button big"
                    r#type="button"
                    disabled=move || !have.get()
                    on:click=move |_| answers.step.set(Step::Done)
                >
                    {text::kit_continue(locale)}
                </button>
                {move || (!have.get()).then(|| view! { <span class="small muted">{text::kit_continue_hint(locale)}</span> })}
            </div>
        </div>
    })
}

#[component]
pub(super) fn DoneStep(answers: Answers) -> impl IntoView {
    let locale = use_client().locale;
    let heading = focused_heading();
    // The secrets leave the page's memory as far as it can do that.
    answers.kit.set(None);
    let work = move |_| answers.hold.set(false);
    view! {
        <div class="stack wide">
            <h1 node_ref=heading tabindex="-1">{text::done_title(locale)}</h1>
            <p class="lead">{text::done_lead(locale)}</p>
            <CopyField value=origin() + "/" label=text::done_address(locale) />
            <p>{text::done_next(locale)}</p>
            <p><button class="button big" r#type="button" on:click=work>{text::done_workplace(locale)}</button></p>
        </div>
    }
}
