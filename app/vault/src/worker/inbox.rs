//! What waits to be handled, in order, and whether a person waits with it.

use crate::client::Input;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    task::{Poll, Waker},
};

/// A queue with one reader on one thread.
#[derive(Default)]
pub struct Inbox {
    inputs: RefCell<VecDeque<Input>>,
    reader: RefCell<Option<Waker>>,
    /// What is being done now was not asked for by the page.
    background: Cell<bool>,
    /// A request of what is being done now was given up.
    gave_up: Cell<bool>,
    /// A background request that would hear of a call that presses.
    yielding: RefCell<Option<Waker>>,
}

impl Inbox {
    /// Appends an input.
    pub fn push(&self, input: Input) {
        let presses = input.is_pressing();
        self.inputs.borrow_mut().push_back(input);
        let reader = self.reader.borrow_mut().take();
        let yielding = if presses { self.yielding.borrow_mut().take() } else { None };
        reader.into_iter().chain(yielding).for_each(Waker::wake);
    }

    /// Appends a tick unless inputs wait anyway: while one takes long, ticks don't pile up.
    pub fn push_tick(&self) {
        if self.inputs.borrow().is_empty() {
            self.push(Input::Tick);
        }
    }

    /// The next input, as soon as there is one.
    pub async fn next(&self) -> Input {
        poll_fn(|context| match self.inputs.borrow_mut().pop_front() {
            Some(input) => Poll::Ready(input),
            None => {
                *self.reader.borrow_mut() = Some(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }

    /// Says whether what is done from now on was asked for by the page or is done in the background.
    pub fn set_background(&self, background: bool) {
        self.background.set(background);
        self.gave_up.set(false);
    }

    /// Whether what is being done now is background.
    pub fn is_background(&self) -> bool {
        self.background.get()
    }

    /// Whether a request should not even begin: one before it was given up, and the call still waits.
    pub fn is_yielding(&self) -> bool {
        self.background.get() && self.gave_up.get() && self.presses()
    }

    /// Remembers that a request was given up.
    pub fn give_up(&self) {
        self.gave_up.set(true);
    }

    /// Until a call presses.
    pub async fn pressed(&self) {
        poll_fn(|context| {
            if self.presses() {
                return Poll::Ready(());
            }
            *self.yielding.borrow_mut() = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    fn presses(&self) -> bool {
        self.inputs.borrow().iter().any(Input::is_pressing)
    }
}
