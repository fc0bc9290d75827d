//! What waits to be handled, in order.

use crate::client::Input;
use std::{
    cell::RefCell,
    collections::VecDeque,
    future::poll_fn,
    task::{Poll, Waker},
};

/// A queue with one reader on one thread.
#[derive(Default)]
pub struct Inbox {
    inputs: RefCell<VecDeque<Input>>,
    reader: RefCell<Option<Waker>>,
}

impl Inbox {
    /// Appends an input.
    pub fn push(&self, input: Input) {
        self.inputs.borrow_mut().push_back(input);
        if let Some(reader) = self.reader.borrow_mut().take() {
            reader.wake();
        }
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
}
