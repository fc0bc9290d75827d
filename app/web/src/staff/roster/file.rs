//! Files out of the page and into it. The browser's types are asked for by name: the few calls need no more of them.

use js_sys::{Array, Function, Object, Promise, Reflect, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

/// A method of something, called with one argument.
fn call(of: &JsValue, name: &str, argument: &JsValue) -> Option<JsValue> {
    let method = Reflect::get(of, &name.into()).ok()?.dyn_into::<Function>().ok()?;
    method.call1(of, argument).ok()
}

/// Lets the browser save a file.
pub(in crate::staff) fn save_file(name: &str, kind: &str, bytes: &[u8]) {
    let save = || -> Option<()> {
        let window = window();
        let options = Object::new();
        Reflect::set(&options, &"type".into(), &kind.into()).ok()?;
        let blob = Reflect::get(&window, &"Blob".into()).ok()?.dyn_into::<Function>().ok()?;
        let parts = Array::of1(&Uint8Array::from(bytes));
        let blob = Reflect::construct(&blob, &Array::of2(&parts, &options)).ok()?;
        let urls = Reflect::get(&window, &"URL".into()).ok()?;
        let address = call(&urls, "createObjectURL", &blob)?;
        let link = document().create_element("a").ok()?;
        link.set_attribute("href", &address.as_string()?).ok()?;
        link.set_attribute("download", name).ok()?;
        link.dyn_ref::<web_sys::HtmlElement>()?.click();
        call(&urls, "revokeObjectURL", &address)?;
        Some(())
    };
    // A browser that can't has no such button either; nothing is lost.
    let _ = save();
}

/// The text of the file that was chosen; `None` for none, one that is too long, or no text.
pub(in crate::staff) async fn read_file(
    input: &web_sys::HtmlInputElement,
    bytes_max: usize,
) -> Option<String> {
    let files = Reflect::get(input, &"files".into()).ok()?;
    let file = Reflect::get_u32(&files, 0).ok().filter(|file| !file.is_undefined())?;
    let size = Reflect::get(&file, &"size".into()).ok()?.as_f64()?;
    // Far below 2^53.
    #[allow(clippy::cast_precision_loss)]
    if size > bytes_max as f64 {
        return None;
    }
    let text = call(&file, "text", &JsValue::UNDEFINED)?.dyn_into::<Promise>().ok()?;
    JsFuture::from(text).await.ok()?.as_string()
}
