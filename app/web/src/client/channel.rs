//! Calls and replies over `postMessage`, matched by number.

use beistand_protocol::codec;
use beistand_protocol::worker::{Call, Failure, FromWorker, Reply, ToWorker};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::task::{Poll, Waker};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The worker that the boot script has started.
    #[wasm_bindgen(js_namespace = beistand, js_name = worker)]
    fn boot_worker() -> web_sys::Worker;
}

/// One reply that is waited for.
enum Waiting {
    /// Not there yet; who is to be woken.
    Open(Option<Waker>),
    /// There, not fetched yet.
    Settled(Result<Reply, Failure>),
}

/// The replies that are waited for.
#[derive(Clone, Default)]
pub struct Pending(Rc<RefCell<HashMap<u32, Waiting>>>);

impl Pending {
    /// A reply has come. One that nobody waits for is dropped.
    pub fn settle(&self, number: u32, reply: Result<Reply, Failure>) {
        let waker = match self.0.borrow_mut().get_mut(&number) {
            Some(waiting) => match std::mem::replace(waiting, Waiting::Settled(reply)) {
                Waiting::Open(waker) => waker,
                Waiting::Settled(_) => None,
            },
            None => None,
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// The way to the worker and back.
pub struct Channel {
    worker: web_sys::Worker,
    pending: Pending,
    next: Cell<u32>,
}

impl Channel {
    /// Takes the worker over from the boot script.
    pub fn connect() -> Self {
        Self { worker: boot_worker(), pending: Pending::default(), next: Cell::new(0) }
    }

    /// The replies that are waited for.
    pub fn pending(&self) -> Pending {
        self.pending.clone()
    }

    /// Hands every message of the worker to `handle`, as long as the page lives.
    pub fn listen(&self, handle: impl Fn(FromWorker) + 'static) {
        let closure = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event: web_sys::MessageEvent| {
            let Ok(bytes) = event.data().dyn_into::<js_sys::Uint8Array>() else { return };
            // The worker is our own code: what can't be read is a version that does not fit, and
            // the page goes on with what it understands.
            if let Ok(message) = codec::decode::<FromWorker>(&bytes.to_vec()) {
                handle(message);
            }
        });
        self.worker.set_onmessage(Some(closure.as_ref().unchecked_ref()));
        closure.forget();
    }

    /// Sends a call; the future is its reply.
    pub fn send(&self, call: Call) -> impl Future<Output = Result<Reply, Failure>> + use<> {
        let number = self.next.get();
        self.next.set(number.wrapping_add(1));
        let pending = self.pending.clone();
        pending.0.borrow_mut().insert(number, Waiting::Open(None));
        let bytes = js_sys::Uint8Array::from(codec::encode(&ToWorker { number, call }).as_slice());
        if self.worker.post_message(&bytes).is_err() {
            pending.settle(number, Err(Failure::Malformed));
        }
        std::future::poll_fn(move |context| {
            let mut waiting = pending.0.borrow_mut();
            match waiting.remove(&number) {
                Some(Waiting::Settled(reply)) => Poll::Ready(reply),
                _ => {
                    waiting.insert(number, Waiting::Open(Some(context.waker().clone())));
                    Poll::Pending
                }
            }
        })
    }
}
