//! What the seeker's and the staff's pages have around them, and the two pages both begin with.

use super::{NoticePage, SkipLink};
use crate::client::{Address, remove_shell_parts, use_client};
use crate::text;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;

/// Starts the pages of `root` in the shell.
pub fn run<V: IntoView + 'static>(root: impl FnOnce(Address) -> V + 'static) {
    let address = Address::current();
    leptos::mount::mount_to(place(), move || root(address)).forget();
}

/// Header around a page: on the left whose page it is, on the right what is always at hand.
#[component]
pub fn Frame(
    /// Whose page it is.
    #[prop(into)]
    brand: ViewFn,
    /// What is always at hand.
    #[prop(optional, into)]
    end: ViewFn,
    /// The page.
    children: Children,
) -> impl IntoView {
    let locale = use_client().locale;
    view! {
        <SkipLink locale=locale />
        <header class="top">{brand.run()} {end.run()}</header>
        {children()}
    }
}

/// The place that the shell has for the application.
///
/// # Panics
/// In a page that is not one of our shells.
#[allow(clippy::expect_used)]
fn place() -> web_sys::HtmlElement {
    document().get_element_by_id("app").expect("every shell has an element `app`").unchecked_into()
}

/// The worker has not answered yet.
#[component]
pub fn LoadingPage() -> impl IntoView {
    let locale = use_client().locale;
    Effect::new(|| {
        remove_shell_parts();
    });
    view! { <main class="narrow" id="content"><p class="loading" role="status">{text::shell_loading(locale)}</p></main> }
}

/// The box can't be reached: why, and another try.
#[component]
pub fn UnreachablePage(
    /// Why.
    sentence: String,
    /// What helps meanwhile.
    #[prop(optional, into)]
    meanwhile: ViewFn,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    view! {
        <NoticePage title=text::unreachable_title(locale) body=sentence>
            <p><button class="button" r#type="button" on:click=move |_| client.retry()>{text::retry(locale)}</button></p>
            {meanwhile.run()}
        </NoticePage>
    }
}
