//! A new passphrase while logged in, and the new recovery code that comes with it.

use super::{Area, WORDS, invitation::StaffCode};
use crate::client::use_client;
use crate::part::{ChangePassword, ChangeWords};
use crate::text;
use leptos::prelude::*;

#[component]
pub(super) fn Passphrase(name: String, area: RwSignal<Area>) -> impl IntoView {
    let locale = use_client().locale;
    let code = RwSignal::new(None::<Vec<String>>);
    let noting = RwSignal::new(true);
    Effect::new(move || {
        if !noting.get() {
            area.set(Area::Talks);
        }
    });
    move || match code.get() {
        Some(parts) => view! { <StaffCode parts=parts hold=noting /> }.into_any(),
        None => {
            let words = ChangeWords {
                title: text::account_passphrase_title(locale),
                lead: text::account_passphrase_lead(locale),
                more: text::account_passphrase_more(locale),
                current: text::account_passphrase_current(locale),
                new: text::staff_recover_passphrase(locale),
                hint: text::invitation_passphrase_hint(locale),
                submit: text::account_passphrase_submit(locale),
            };
            view! {
                <ChangePassword
                    words=words
                    name=name.clone()
                    count=WORDS
                    staff=true
                    done=move |parts| code.set(Some(parts))
                    back=move |()| area.set(Area::Talks)
                />
            }
            .into_any()
        }
    }
}
