//! What the pages ask of the browser itself. No cookies, no local storage, no IndexedDB:
//! sessionStorage holds the worker's sealed resume blob and the revoke-only handle, nothing else.

use crate::locale::Locale;
use beistand_protocol::codec;
use beistand_protocol::id::{MessageId, SiteId};
use beistand_protocol::worker::Resume;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// Key of the resume blob in sessionStorage; `boot.js` clears it.
const RESUME: &str = "resume";
/// Key of the revoke-only handle in sessionStorage; `boot.js` sends it on quick exit.
const REVOKE: &str = "revoke";

#[wasm_bindgen]
extern "C" {
    /// Takes away what the shell shows while it loads; whether the focus went from there to the page.
    #[wasm_bindgen(js_namespace = beistand, js_name = loaded)]
    fn boot_loaded() -> bool;
    /// Resolves when that can be taken away.
    #[wasm_bindgen(js_namespace = beistand, js_name = ready)]
    pub async fn shell_ready();
    /// Quick exit.
    #[wasm_bindgen(js_namespace = beistand)]
    pub fn leave();
}

/// The page's window: there is one, since this code runs in pages only.
#[allow(clippy::expect_used)]
fn window() -> web_sys::Window {
    web_sys::window().expect("this code runs in a page")
}

/// What the address of the page says.
#[derive(Clone, Debug)]
pub struct Address {
    /// Path.
    pub path: String,
    /// Language: of the address, else of the browser.
    pub locale: Locale,
    /// Value of `?to=`.
    pub to: Option<String>,
    /// The site of `/write/<site>`.
    pub site: Option<SiteId>,
    /// The fragment without `#`.
    pub fragment: String,
}

impl Address {
    /// Of the page that runs.
    #[must_use]
    pub fn current() -> Self {
        let location = window().location();
        let query =
            location.search().ok().and_then(|query| web_sys::UrlSearchParams::new_with_str(&query).ok());
        let query = |name: &str| query.as_ref().and_then(|query| query.get(name));
        let path = location.pathname().unwrap_or_default();
        let languages: Vec<String> =
            window().navigator().languages().iter().filter_map(|language| language.as_string()).collect();
        Self {
            locale: Locale::choose(query("lang").as_deref(), Some(&languages.join(","))),
            to: query("to"),
            site: path.strip_prefix("/write/").and_then(SiteId::from_hex),
            fragment: location.hash().unwrap_or_default().trim_start_matches('#').to_owned(),
            path,
        }
    }

    /// The organisation id pinned in the fragment, `k=` followed by hexadecimal.
    #[must_use]
    pub fn pin(&self) -> Option<String> {
        self.fragment.split('&').find_map(|part| part.strip_prefix("k=")).map(str::to_owned)
    }
}

/// Takes the fragment out of the address bar and the history entry: it was a secret and is used up.
pub fn forget_fragment() {
    let location = window().location();
    let address = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

/// What an earlier life of this tab has kept.
pub fn stored_resume() -> Option<Resume> {
    let storage = window().session_storage().ok()??;
    let text = storage.get_item(RESUME).ok()??;
    let _ = storage.remove_item(RESUME);
    codec::decode(&from_hex(&text)?).ok()
}

/// Keeps what the next life of this tab needs, or removes it.
pub fn store_resume(resume: Option<&Resume>) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    match resume {
        // A full or forbidden storage only means that a reload asks for the password.
        Some(resume) => {
            let _ = storage.set_item(RESUME, &to_hex(&codec::encode(resume)));
            let _ = storage.set_item(REVOKE, &to_hex(&resume.revoke));
        }
        None => {
            let _ = storage.remove_item(RESUME);
            let _ = storage.remove_item(REVOKE);
        }
    }
}

fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    Some(digits?.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

/// A new id for a message.
///
/// # Panics
/// In a browser without `crypto.getRandomValues`, which has no WebAssembly either.
#[must_use]
#[allow(clippy::expect_used)]
pub fn random_message_id() -> MessageId {
    MessageId(random_bytes())
}

/// Random bytes of the browser.
#[allow(clippy::expect_used)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    window()
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .expect("every browser with WebAssembly has crypto.getRandomValues");
    bytes
}

/// Puts a text on the clipboard; `false` if the browser does not allow it.
pub async fn copy_text(text: &str) -> bool {
    JsFuture::from(window().navigator().clipboard().write_text(text)).await.is_ok()
}

/// Opens the browser's print dialogue.
pub fn print() {
    let _ = window().print();
}

/// Takes away what the shell shows while it loads, once a page stands; whether the focus went from a form of the shell
/// to the same place of the page.
pub fn remove_shell_parts() -> bool {
    boot_loaded()
}

/// The page's origin, for links that are shown.
#[must_use]
pub fn origin() -> String {
    window().location().origin().unwrap_or_default()
}

/// Whether the page can be seen at this moment.
#[must_use]
pub fn visible() -> bool {
    window()
        .document()
        .is_some_and(|document| document.visibility_state() == web_sys::VisibilityState::Visible)
}
