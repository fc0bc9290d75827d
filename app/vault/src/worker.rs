//! The web worker: drives the [`Client`] in a browser. Thin on purpose: everything that decides
//! anything is in [`client`](crate::client); here are only the browser's own functions.
//!
//! The page posts `ToWorker` bytes, which the worker's boot script hands to [`receive`]; the answers go back
//! with `postMessage`. A panic aborts the module; the boot script reports it to the page's `onerror`.

mod browser;
mod inbox;
mod live;

use crate::{
    client::{Client, Input},
    random::Random,
};
use beistand_protocol::{
    codec::{decode, encode},
    worker::{Failure, FromWorker, ToWorker},
};
use browser::BrowserTransport;
use inbox::Inbox;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::prelude::wasm_bindgen;

/// Milliseconds between ticks.
const TICK_MS: i32 = 1000;

thread_local! {
    static RUNNING: RefCell<Option<Running>> = const { RefCell::new(None) };
}

struct Running {
    inbox: Rc<Inbox>,
    live: Rc<live::Live>,
}

/// Takes one message of the page. The first one starts the client.
#[wasm_bindgen]
pub fn receive(bytes: &[u8]) {
    RUNNING.with(|running| {
        let mut running = running.borrow_mut();
        let running = running.get_or_insert_with(start);
        match decode::<ToWorker>(bytes) {
            Ok(call) => {
                // Somebody is there and wants something: a good moment to try the connection again.
                running.live.nudge();
                running.inbox.push(Input::Call(Box::new(call)));
            }
            // Its number can't be known: the page asks in a form this worker does not know.
            Err(_) => post(&FromWorker::Reply { number: 0, reply: Err(Failure::Malformed) }),
        }
    });
}

/// Starts the client and its clockwork.
fn start() -> Running {
    let inbox = Rc::new(Inbox::default());
    let live = live::Live::new(inbox.clone());
    let transport = BrowserTransport::new(live.clone(), inbox.clone());
    let mut client = Client::new(transport, Box::new(BrowserRandom));
    let ticks = inbox.clone();
    browser::every(TICK_MS, move || ticks.push_tick());
    let online = live.clone();
    browser::when_online(move || online.nudge());
    let inputs = inbox.clone();
    wasm_bindgen_futures::spawn_local(async move {
        loop {
            let input = inputs.next().await;
            inputs.set_background(!input.is_call());
            let owed = client.begin(input).await;
            client.take_posts().iter().for_each(post);
            // The page has its answer; what follows may wait for the next one's sake.
            inputs.set_background(true);
            client.follow_up(owed).await;
            client.take_posts().iter().for_each(post);
        }
    });
    Running { inbox, live }
}

/// Posts to the page.
fn post(message: &FromWorker) {
    browser::post(&encode(message));
}

/// `crypto.getRandomValues`.
struct BrowserRandom;

impl Random for BrowserRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        browser::random(bytes);
    }
}
