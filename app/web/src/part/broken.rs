//! Where the application stands in its shell, and what happens if it breaks.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Shows a sentence of the shell instead of the page.
    #[wasm_bindgen(js_namespace = beistand, js_name = fail)]
    fn boot_fail(reason: &str);
    /// Writes to the browser's console.
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(text: &str);
}

/// The place that the shell has for the application.
///
/// # Panics
/// In a page that is not one of our shells.
#[must_use]
#[allow(clippy::expect_used)]
pub fn place() -> web_sys::HtmlElement {
    document().get_element_by_id("app").expect("every shell has an element `app`").unchecked_into()
}

/// From now on, a bug that stops the page shows a sentence and the emergency numbers. The
/// console gets the place in the code, never the message, which might quote something.
pub fn show_when_broken() {
    std::panic::set_hook(Box::new(|panic| {
        if let Some(location) = panic.location() {
            console_error(&format!("{}:{}", location.file(), location.line()));
        }
        boot_fail("broken");
    }));
}
