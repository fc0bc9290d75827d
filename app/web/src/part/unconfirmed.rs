//! The banner over a log that nobody has confirmed for long (P14). No stop: an office may have been
//! closed; but people are told, and what they can do.

use crate::client::use_client;
use crate::talk::Side;
use crate::text;
use beistand_protocol::worker::Confirmation;
use leptos::prelude::*;

/// Stands below the header while the membership log is unconfirmed.
#[component]
pub fn Unconfirmed(
    /// Who reads it.
    side: Side,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    move || {
        let sentence = match (side, client.confirmation.get()) {
            (_, Confirmation::Recent) => return None,
            (Side::Seeker, Confirmation::Old { days }) => text::unconfirmed_seeker(locale, days.into()),
            (Side::Seeker, Confirmation::LeadsOnly { days }) => {
                text::unconfirmed_seeker_leads(locale, days.into())
            }
            (Side::Staff, Confirmation::Old { days }) => text::unconfirmed_staff(locale, days.into()),
            (Side::Staff, Confirmation::LeadsOnly { days }) => {
                text::unconfirmed_staff_leads(locale, days.into())
            }
        };
        Some(view! { <p class="unconfirmed" role="status">{sentence}</p> })
    }
}
