//! The WebSocket: opened while wanted, opened again after it broke, with growing, jittered pauses.

use super::{browser, inbox::Inbox};
use crate::client::{Input, transport::Channel};
use beistand_protocol::{api::route, limit};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::{BinaryType, MessageEvent, WebSocket};

/// First pause after a break.
const PAUSE_MS_MIN: u32 = 500;
/// Longest pause.
const PAUSE_MS_MAX: u32 = 30_000;
/// Bytes waiting in the browser above which frames are dropped: the connection is dead then.
const WAITING_BYTES_MAX: u32 = 1024 * 1024;

/// The live channel's socket and what is to become of it.
pub struct Live {
    inbox: Rc<Inbox>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    wanted: bool,
    socket: Option<Socket>,
    /// Counts sockets and pauses, so that a late event of a former one is told apart; a socket's is its channel's
    /// number.
    turn: u64,
    pause_ms: u32,
    /// A pause is running that a nudge may cut short.
    pausing: bool,
}

struct Socket {
    socket: WebSocket,
    _handlers: Vec<Closure<dyn FnMut(MessageEvent)>>,
}

impl Live {
    /// Closed at first.
    pub fn new(inbox: Rc<Inbox>) -> Rc<Self> {
        Rc::new(Self { inbox, state: RefCell::default() })
    }

    /// Opens, and keeps open.
    pub fn open(self: &Rc<Self>) {
        let mut state = self.state.borrow_mut();
        state.wanted = true;
        state.pause_ms = PAUSE_MS_MIN;
        let idle = state.socket.is_none();
        drop(state);
        if idle {
            self.connect();
        }
    }

    /// Closes for good.
    pub fn close(&self) {
        let socket = {
            let mut state = self.state.borrow_mut();
            state.wanted = false;
            state.pausing = false;
            state.turn += 1;
            state.socket.take()
        };
        if let Some(socket) = socket {
            let _ = socket.socket.close();
            // Its handlers run once more at most, and then find another turn; they must live until then.
            browser::later(5000, move || drop(socket));
        }
    }

    /// Sends a frame, or drops it when that channel is not the open one.
    pub fn send(&self, channel: Channel, frame: &[u8]) {
        let state = self.state.borrow();
        if let Some(Socket { socket, .. }) = &state.socket
            && channel == Channel(state.turn)
            && socket.ready_state() == WebSocket::OPEN
            && socket.buffered_amount() < WAITING_BYTES_MAX
        {
            let _ = socket.send_with_u8_array(frame);
        }
    }

    /// Cuts a pause short.
    pub fn nudge(self: &Rc<Self>) {
        let waiting = {
            let state = self.state.borrow();
            state.pausing && state.pause_ms > 2 * PAUSE_MS_MIN
        };
        if waiting {
            self.state.borrow_mut().pause_ms = PAUSE_MS_MIN;
            self.connect();
        }
    }

    fn connect(self: &Rc<Self>) {
        let turn = {
            let mut state = self.state.borrow_mut();
            if !state.wanted || state.socket.is_some() {
                return;
            }
            state.pausing = false;
            state.turn += 1;
            state.turn
        };
        let location = browser::scope().location();
        let address = format!("wss://{}{}", location.host(), route::LIVE);
        let Ok(socket) = WebSocket::new(&address) else {
            self.broke(turn, false);
            return;
        };
        socket.set_binary_type(BinaryType::Arraybuffer);
        let mut handlers = Vec::new();
        let mut handler = |run: Box<dyn FnMut(MessageEvent)>| {
            let closure = Closure::wrap(run);
            let function = closure.as_ref().unchecked_ref::<js_sys::Function>().clone();
            handlers.push(closure);
            function
        };
        let live = self.clone();
        socket.set_onopen(Some(&handler(Box::new(move |_| {
            if live.state.borrow().turn == turn {
                live.inbox.push(Input::Connected(Channel(turn)));
            }
        }))));
        let live = self.clone();
        socket.set_onmessage(Some(&handler(Box::new(move |event| live.arrived(turn, &event)))));
        let live = self.clone();
        socket.set_onclose(Some(&handler(Box::new(move |_| live.broke(turn, true)))));
        self.state.borrow_mut().socket = Some(Socket { socket, _handlers: handlers });
    }

    fn arrived(&self, turn: u64, event: &MessageEvent) {
        let mut state = self.state.borrow_mut();
        let Ok(buffer) = event.data().dyn_into::<js_sys::ArrayBuffer>() else { return };
        if state.turn != turn || buffer.byte_length() as usize > 2 * limit::FRAME_BYTES_MAX {
            return;
        }
        // Only a connection that says something counts as good.
        state.pause_ms = PAUSE_MS_MIN;
        drop(state);
        self.inbox.push(Input::Frame(Channel(turn), js_sys::Uint8Array::new(&buffer).to_vec()));
    }

    /// A socket closed or could not be made: tell, pause, try again.
    fn broke(self: &Rc<Self>, turn: u64, had_socket: bool) {
        let pause_ms = {
            let mut state = self.state.borrow_mut();
            if state.turn != turn || !state.wanted {
                return;
            }
            if let Some(socket) = state.socket.take() {
                // This runs inside one of its handlers, which must live until it returns.
                browser::later(5000, move || drop(socket));
            }
            state.pausing = true;
            let pause_ms = state.pause_ms.max(PAUSE_MS_MIN);
            state.pause_ms = (pause_ms * 2).min(PAUSE_MS_MAX);
            pause_ms
        };
        if had_socket {
            self.inbox.push(Input::Disconnected(Channel(turn)));
        }
        let mut jitter = [0; 2];
        browser::random(&mut jitter);
        // Between half and one and a half: a box that restarts is not met by everybody at once.
        let share = u32::from(u16::from_le_bytes(jitter));
        let delay = pause_ms / 2 + u32::try_from((u64::from(pause_ms) * u64::from(share)) >> 16).unwrap_or(0);
        let live = self.clone();
        browser::later(i32::try_from(delay).unwrap_or(1000), move || {
            let current = live.state.borrow().turn == turn;
            if current {
                live.connect();
            }
        });
    }
}
