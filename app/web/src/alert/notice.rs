//! Notices of the desktop, for whoever works in another window. They say that there is something, never what: they
//! stand on locked screens, in the system's own lists, and on shared ones.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Notification;
    #[wasm_bindgen(constructor, catch)]
    fn new(title: &str, options: &Object) -> Result<Notification, JsValue>;
    #[wasm_bindgen(static_method_of = Notification, getter)]
    fn permission() -> String;
    #[wasm_bindgen(static_method_of = Notification, catch, js_name = requestPermission)]
    fn request_permission() -> Result<js_sys::Promise, JsValue>;
    #[wasm_bindgen(method)]
    fn close(this: &Notification);
    #[wasm_bindgen(method, setter, js_name = onclick)]
    fn set_onclick(this: &Notification, handler: Option<&js_sys::Function>);
}

/// Whether notices may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// This browser has none.
    Unknown,
    /// Nobody was asked yet.
    Unasked,
    /// They may.
    Granted,
    /// They may not: only the browser's own settings change that.
    Denied,
}

/// What the browser says.
#[must_use]
pub fn permission() -> Permission {
    if !Reflect::has(&js_sys::global(), &JsValue::from_str("Notification")).unwrap_or(false) {
        return Permission::Unknown;
    }
    match &*Notification::permission() {
        "granted" => Permission::Granted,
        "denied" => Permission::Denied,
        _ => Permission::Unasked,
    }
}

/// Asks; the browser shows its own question.
pub async fn ask() -> Permission {
    if permission() == Permission::Unasked
        && let Ok(promise) = Notification::request_permission()
    {
        let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
    }
    permission()
}

/// A notice that is shown; gone when dropped.
pub struct Notice {
    inner: Notification,
    _pressed: Closure<dyn FnMut()>,
}

impl Notice {
    /// Shows a sentence. Another one with the same `tag` takes its place.
    #[must_use]
    pub fn show(title: &str, sentence: &str, tag: &str) -> Option<Self> {
        if permission() != Permission::Granted {
            return None;
        }
        let options = Object::new();
        for (name, value) in [("body", sentence), ("tag", tag)] {
            // Setting a property of a fresh object can't fail.
            let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
        }
        let inner = Notification::new(title, &options).ok()?;
        let pressed = Closure::<dyn FnMut()>::new(|| {
            if let Some(window) = web_sys::window() {
                let _ = window.focus();
            }
        });
        inner.set_onclick(Some(pressed.as_ref().unchecked_ref()));
        Some(Self { inner, _pressed: pressed })
    }
}

impl Drop for Notice {
    fn drop(&mut self) {
        self.inner.set_onclick(None);
        self.inner.close();
    }
}
