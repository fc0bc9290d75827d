//! New keys for somebody whose passphrase and recovery code are lost: an administrator makes a link, and everybody who
//! works with that person is told who has confirmed it.

use crate::client::{Session, origin, use_client};
use crate::clock;
use crate::locale::Locale;
use crate::part::{CopyField, Submission, SubmitForm};
use crate::text;
use beistand_protocol::id::PersonId;
use beistand_protocol::worker::{Call, PersonView, RenewalView, Reply, SessionView};
use leptos::html;
use leptos::prelude::*;

/// How long colleagues are told, seconds.
const TOLD_S: u64 = 14 * 24 * 60 * 60;

/// Who confirmed somebody's new keys, and when.
pub(super) fn words(locale: Locale, renewal: &RenewalView) -> String {
    let day = clock::day_and_time(locale, renewal.time_s);
    match renewal.by.is_empty() {
        true => text::renewal_by_kit(locale, &day),
        false => text::renewal_by(locale, &day, &renewal.by),
    }
}

/// Tells of colleagues whose keys are new, until it was read.
#[component]
pub(super) fn Renewals() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let read = RwSignal::new(Vec::<(PersonId, u64)>::new());
    let news = Memo::new(move |_| {
        let Session::Known(SessionView::Staff { person: me, .. }) = client.session.get() else {
            return Vec::new();
        };
        let since_s = clock::now_s().saturating_sub(TOLD_S);
        client.staff.with(|staff| {
            let others = staff.persons.iter().filter(|person| person.person != me);
            let renewed = others.filter_map(|person| Some((person, person.renewed.clone()?)));
            let lately = renewed.filter(|(_, renewal)| renewal.time_s >= since_s);
            let unread = lately.filter(|(person, renewal)| {
                read.with(|read| !read.contains(&(person.person, renewal.time_s)))
            });
            unread
                .map(|(person, renewal)| (person.person, person.display_name.clone(), renewal))
                .collect::<Vec<_>>()
        })
    });
    let item = move |(person, name, renewal): (PersonId, String, RenewalView)| {
        let time_s = renewal.time_s;
        let dismiss = move |_| read.update(|read| read.push((person, time_s)));
        view! {
            <div class="renewal">
                <p><b>{text::renewal_title(locale, &name)}</b> " " {words(locale, &renewal)} " " {text::renewal_doubt(locale)}</p>
                <button class="button quiet" r#type="button" on:click=dismiss>{text::renewal_read(locale)}</button>
            </div>
        }
    };
    view! { <div class="renewals" role="status">{move || news.get().into_iter().map(item).collect_view()}</div> }
}

/// Makes the link, after a question.
#[component]
pub(super) fn Renew(person: PersonView) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let dialog = NodeRef::<html::Dialog>::new();
    let id = person.person;
    let heading = format!("renew-{id}");
    let labelled = heading.clone();
    let made = RwSignal::new(None::<(String, String)>);
    let submission = Submission::default();
    let open = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            made.set(None);
            submission.clear();
            let _ = dialog.show_modal();
        }
    };
    let shut = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
            made.set(None);
        }
    };
    let send = move |()| {
        submission.call(Call::Reinvite { person: id }, move |outcome| {
            if let Ok(Reply::Invitation { link, expires_s, .. }) = outcome {
                made.try_set(Some((origin() + &link, clock::day_and_time(locale, expires_s))));
            }
        });
    };
    view! {
        <button
            class="button quiet"
            r#type="button"
            aria-haspopup="dialog"
            aria-label=text::admin_renew_of(locale, &person.display_name)
            on:click=open
        >
            {text::admin_renew(locale)}
        </button>
        <dialog node_ref=dialog aria-labelledby=labelled>
            <div class="stack">
                <h2 id=heading>{text::admin_renew_title(locale, &person.display_name)}</h2>
                {move || match made.get() {
                    None => view! {
                        <SubmitForm submission=submission label=text::admin_invite_submit(locale) send=send>
                            <p>{text::admin_renew_body(locale)}</p>
                            <p>{text::admin_renew_loss(locale)}</p>
                        </SubmitForm>
                    }
                    .into_any(),
                    Some((link, until)) => view! {
                        <div class="stack" role="status">
                            <CopyField value=link label=text::admin_invite_link_label(locale) />
                            <p class="small">{text::admin_invite_link_body(locale, &until)}</p>
                        </div>
                    }
                    .into_any(),
                }}
                <p><button class="button quiet" r#type="button" on:click=move |_| shut()>{text::shut(locale)}</button></p>
            </div>
        </dialog>
    }
}
