//! The browser's own functions: fetch, postMessage, time, randomness, timers.

use super::{inbox::Inbox, live::Live};
use crate::client::transport::{
    Channel, Method, REQUEST_TIMEOUT_S, RESPONSE_BYTES_MAX, Response, Transport, Unreachable, YIELD_AFTER_MS,
};
use std::{
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    task::Poll,
};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, DedicatedWorkerGlobalScope, Headers, RequestCache, RequestCredentials, RequestInit,
    RequestRedirect,
};

#[wasm_bindgen]
extern "C" {
    /// Set by the boot script; loads the module that knows common passwords when first asked.
    #[wasm_bindgen(js_name = beistandGuesses, catch)]
    async fn guesses(password: &str, known: js_sys::Array) -> Result<JsValue, JsValue>;
    /// Set by the boot script; loads a list of words and checks its digest.
    #[wasm_bindgen(js_name = beistandWords, catch)]
    async fn words(language: &str) -> Result<JsValue, JsValue>;
}

/// The worker's global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Posts bytes to the page.
pub fn post(bytes: &[u8]) {
    let array = js_sys::Uint8Array::from(bytes);
    // It fails only for values that can't be cloned, and bytes can.
    let _ = scope().post_message(&array);
}

/// Fills from `crypto.getRandomValues`.
///
/// # Panics
/// When the browser has no secure randomness: then nothing may go on.
#[allow(clippy::expect_used)]
pub fn random(bytes: &mut [u8]) {
    let crypto = scope().crypto().expect("every browser with WebAssembly has crypto in secure contexts");
    // The browser's function takes at most 65,536 bytes at once.
    for chunk in bytes.chunks_mut(65_536) {
        crypto.get_random_values_with_u8_array(chunk).expect("the browser gives randomness");
    }
}

/// Runs a function again and again, for the worker's life.
pub fn every(interval_ms: i32, run: impl FnMut() + 'static) {
    let closure = Closure::<dyn FnMut()>::new(run);
    let _ = scope().set_interval_with_callback_and_timeout_and_arguments_0(
        closure.as_ref().unchecked_ref(),
        interval_ms,
    );
    closure.forget();
}

/// Runs a function once, later.
pub fn later(delay_ms: i32, run: impl FnOnce() + 'static) {
    let run = Closure::once_into_js(run);
    let _ = scope().set_timeout_with_callback_and_timeout_and_arguments_0(run.unchecked_ref(), delay_ms);
}

/// Runs a function whenever the device is online again.
pub fn when_online(run: impl FnMut() + 'static) {
    let closure = Closure::<dyn FnMut()>::new(run);
    scope().set_ononline(Some(closure.as_ref().unchecked_ref()));
    closure.forget();
}

/// [`Transport`] of the worker.
pub struct BrowserTransport {
    live: Rc<Live>,
    inbox: Rc<Inbox>,
}

impl BrowserTransport {
    /// With the live channel that the transport opens and closes, and the inbox that tells whether a call
    /// waits behind a request.
    pub fn new(live: Rc<Live>, inbox: Rc<Inbox>) -> Self {
        Self { live, inbox }
    }
}

/// Until some time is over.
async fn pause(milliseconds: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        later(milliseconds, move || drop(resolve.call0(&JsValue::NULL)));
    });
    let _ = JsFuture::from(promise).await;
}

/// The first of two to be done; `None` when that is the second.
async fn first<A>(one: impl Future<Output = A>, other: impl Future<Output = ()>) -> Option<A> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| {
        if let Poll::Ready(value) = one.as_mut().poll(context) {
            return Poll::Ready(Some(value));
        }
        other.as_mut().poll(context).map(|()| None)
    })
    .await
}

impl Transport for BrowserTransport {
    async fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&[u8; 32]>,
        body: Vec<u8>,
    ) -> Result<Response, Unreachable> {
        if self.inbox.is_yielding() {
            return Err(Unreachable);
        }
        let controller = AbortController::new().map_err(|_| Unreachable)?;
        let answer = fetch(method, path, token, &body, &controller);
        let given_up = async {
            if self.inbox.is_background() {
                pause(YIELD_AFTER_MS).await;
                self.inbox.pressed().await;
                self.inbox.give_up();
            } else {
                std::future::pending::<()>().await;
            }
        };
        let answered = first(answer, given_up).await;
        if answered.is_none() {
            controller.abort();
        }
        answered.and_then(Result::ok).ok_or(Unreachable)
    }

    fn open_live(&self) {
        self.live.open();
    }

    fn close_live(&self) {
        self.live.close();
    }

    fn send_live(&self, channel: Channel, frame: Vec<u8>) {
        self.live.send(channel, &frame);
    }

    #[expect(clippy::disallowed_methods, reason = "here time enters the worker")]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn now_ms(&self) -> u64 {
        js_sys::Date::now() as u64
    }

    async fn words(&self, language: &str) -> Option<String> {
        words(language).await.ok()?.as_string()
    }

    async fn guesses_log10(&self, password: &str, known: &[&str]) -> Option<f64> {
        let known: js_sys::Array = known.iter().map(|word| JsValue::from_str(word)).collect();
        guesses(password, known).await.ok()?.as_f64()
    }
}

#[allow(clippy::cast_possible_truncation)]
async fn fetch(
    method: Method,
    path: &str,
    token: Option<&[u8; 32]>,
    body: &[u8],
    controller: &AbortController,
) -> Result<Response, JsValue> {
    let headers = Headers::new()?;
    headers.set("content-type", "application/octet-stream")?;
    if let Some(token) = token {
        headers.set("authorization", &format!("Bearer {}", base64url(token)))?;
    }
    let init = RequestInit::new();
    init.set_method(method.as_str());
    init.set_headers(&headers);
    init.set_cache(RequestCache::NoStore);
    init.set_credentials(RequestCredentials::Omit);
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(Some(&controller.signal()));
    let overdue = controller.clone();
    later(REQUEST_TIMEOUT_S as i32 * 1000, move || overdue.abort());
    if method == Method::Post {
        init.set_body(&js_sys::Uint8Array::from(body));
    }
    let response: web_sys::Response =
        JsFuture::from(scope().fetch_with_str_and_init(path, &init)).await?.unchecked_into();
    let status = response.status();
    let bytes = js_sys::Uint8Array::new(&JsFuture::from(response.array_buffer()?).await?);
    if bytes.length() as usize > RESPONSE_BYTES_MAX {
        return Err(JsValue::NULL);
    }
    Ok(Response { status, body: bytes.to_vec() })
}

/// RFC 4648 §5 without padding.
fn base64url(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len() * 4 / 3 + 3);
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for symbol in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(bits >> (18 - 6 * symbol) & 63) as usize]));
        }
    }
    text
}
