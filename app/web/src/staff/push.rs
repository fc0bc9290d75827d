//! Notices on this device while no page is open: its browser registers a service worker for it, and only then.

use super::notices::pass_on;
use crate::client::{Client, origin, use_client};
use crate::failure;
use crate::part::{Problem, Submission};
use crate::text;
use beistand_protocol::codec::encode;
use beistand_protocol::notice::{PushPut, PushRemove, PushView};
use beistand_protocol::worker::{Call, Failure};
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = beistand, js_name = pushKnown)]
    fn push_known() -> bool;
    #[wasm_bindgen(js_namespace = beistand, js_name = pushState, catch)]
    async fn push_state() -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = beistand, js_name = pushOn, catch)]
    async fn push_on(key: Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = beistand, js_name = pushOff, catch)]
    async fn push_off() -> Result<JsValue, JsValue>;
}

/// What a browser says of a subscription, and by what the box names it.
fn told(value: JsValue) -> Option<(PushPut, [u8; 8])> {
    let parts: Array = value.dyn_into().ok()?;
    let bytes = |at: u32| parts.get(at).dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec());
    let endpoint = parts.get(0).as_string()?;
    let put = PushPut { endpoint, public: bytes(1)?, secret: bytes(2)?, origin: origin() };
    Some((put, bytes(3)?.try_into().ok()?))
}

/// This device's subscription.
async fn own() -> Option<(PushPut, [u8; 8])> {
    if !push_known() {
        return None;
    }
    push_state().await.ok().and_then(told)
}

/// This device shows nothing more: whoever logs out leaves nothing behind.
pub(super) async fn forget() {
    if push_known() {
        let _ = push_off().await;
    }
}

/// A device that shows notices is this log-in's from now on; the box forgets it with the log-out.
pub(super) async fn renew(client: Client) {
    if let Some((put, _)) = own().await {
        let _ = pass_on::<()>(client, "notice/push", Some(encode(&put))).await;
    }
}

/// Why this device can't be put down.
enum Unable {
    Browser,
    Box(Failure),
}

async fn turn_on(client: Client, view: &PushView) -> Result<(), Unable> {
    let key = Uint8Array::from(&view.key[..]);
    let (put, _) = push_on(key).await.ok().and_then(told).ok_or(Unable::Browser)?;
    pass_on::<()>(client, "notice/push", Some(encode(&put))).await.map_err(Unable::Box)
}

async fn turn_off(client: Client) -> Result<(), Unable> {
    let known = own().await;
    push_off().await.map_err(|_| Unable::Browser)?;
    let Some((_, id)) = known else { return Ok(()) };
    let body = Some(encode(&PushRemove { id }));
    pass_on::<()>(client, "notice/push/remove", body).await.map_err(Unable::Box)
}

/// Whether this device shows notices while no page is open, and how many others do.
#[component]
pub(super) fn PushDevices(there: RwSignal<bool>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let known = RwSignal::new(None::<PushView>);
    let here = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let load = move || {
        leptos::task::spawn_local(async move {
            let own = own().await.map(|(_, id)| id);
            match pass_on::<PushView>(client, "notice/push", None).await {
                Ok(view) => {
                    here.try_set(view.devices.iter().any(|device| Some(device.id) == own));
                    there.try_set(!view.devices.is_empty());
                    known.try_set(Some(view));
                }
                Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
            }
        });
    };
    load();
    let turn = move |on: bool| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        leptos::task::spawn_local(async move {
            let outcome = match (on, known.get_untracked()) {
                (true, Some(view)) => turn_on(client, &view).await,
                (true, None) => Ok(()),
                (false, _) => turn_off(client).await,
            };
            match outcome {
                Ok(()) => load(),
                Err(Unable::Browser) => drop(problem.try_set(Some(text::push_refused(locale).to_owned()))),
                Err(Unable::Box(failure)) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
            }
            busy.try_set(false);
        });
    };
    let submission = Submission::default();
    let remove = move |id: [u8; 8]| {
        let call =
            Call::PassOn { what: "notice/push/remove".to_owned(), body: Some(encode(&PushRemove { id })) };
        submission.call(call, move |outcome| {
            if outcome.is_ok() {
                load();
            }
        });
    };
    let button = move || {
        known.with(Option::is_some).then(|| {
            let on = here.get();
            let words = if on { text::push_turn_off(locale) } else { text::push_turn_on(locale) };
            view! {
                <button class="button quiet" r#type="button" aria-disabled=move || busy.get().then_some("true") on:click=move |_| turn(!on)>
                    {words}
                </button>
            }
        })
    };
    let list = move || {
        known.get().filter(|view| !view.devices.is_empty()).map(|view| {
            let item = |device: beistand_protocol::notice::PushDevice| {
                let id = device.id;
                let since = text::push_device_since(locale, &crate::clock::day_and_time(locale, device.made_s));
                view! {
                    <li>
                        <span>{since}</span>
                        <button class="button quiet" r#type="button" on:click=move |_| remove(id)>{text::push_remove(locale)}</button>
                    </li>
                }
            };
            view! { <ul class="list">{view.devices.into_iter().map(item).collect_view()}</ul> }
        })
    };
    view! {
        <section class="stack tight" aria-labelledby="push-title">
            <h2 id="push-title">{text::push_title(locale)}</h2>
            <p class="small muted">{text::push_body(locale)}</p>
            <Problem sentence=problem />
            <Problem sentence=submission.problem() />
            {move || if push_known() { button().into_any() } else { view! { <p class="small muted">{text::push_unknown(locale)}</p> }.into_any() }}
            {list}
        </section>
    }
}
