//! Parts of which several pages are made.

mod change_password;
mod ended;
mod field;
mod frame;
mod menu;
mod password;
mod rating;
mod recover;
mod site_fields;
mod submission;
mod unconfirmed;
mod words;

pub use change_password::{ChangePassword, ChangeWords};
pub use ended::{ConflictPage, EndedPage, NoticePage, numbers};
pub use field::{Field, Problem, Submit};
pub use frame::{Frame, LoadingPage, UnreachablePage, run};
pub use menu::Menu;
pub use password::{NewPassword, PasswordField};
pub use rating::{Rating, Verdict};
pub use recover::{Recover, Recovery};
pub use site_fields::{AccentField, RetentionField, retention_days, retention_max};
pub use submission::{Submission, SubmitForm};
pub use unconfirmed::Unconfirmed;
pub use words::{CopyField, Words};

use crate::locale::Locale;
use crate::text;
use leptos::prelude::*;

/// The link that brings the keyboard past the header, and the quick exit beside it: both must
/// come first on every seeker's page.
#[component]
pub fn SkipLink(
    /// Language of the page.
    locale: Locale,
) -> impl IntoView {
    view! { <a class="button skip" href="#content">{text::skip_to_content(locale)}</a> }
}

/// The quick exit. The boot script handles the click; without it the link works as well.
#[component]
pub fn LeaveLink(
    /// Language of the page.
    locale: Locale,
) -> impl IntoView {
    view! { <a class="button leave" href="/leave" rel="noreferrer">{text::leave(locale)}</a> }
}

/// Sets language and title of the document.
pub fn set_document(locale: Locale, title: &str) {
    let document = document();
    document.set_title(title);
    if let Some(root) = document.document_element() {
        let _ = root.set_attribute("lang", locale.tag());
    }
}

/// Moves the focus to the page's heading, so that a screen reader reads the new page from its
/// beginning. Give the heading the returned reference and `tabindex="-1"`. Whoever is in a form of the shell stays at
/// the same place of the page.
#[must_use]
pub fn focused_heading() -> NodeRef<leptos::html::H1> {
    let heading = NodeRef::<leptos::html::H1>::new();
    Effect::new(move || {
        if let Some(element) = heading.get()
            && !crate::client::remove_shell_parts()
        {
            let _ = element.focus();
        }
    });
    heading
}
