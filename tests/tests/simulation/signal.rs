//! A value that tasks wait for to change. Those that wait are woken in the order in which they began to wait;
//! tokio's own `watch` wakes them in no order.

use std::cell::{Cell, RefCell};
use tokio::sync::Notify;

/// The value, and how often it was set.
pub struct Signal<T> {
    value: RefCell<T>,
    version: Cell<u64>,
    notify: Notify,
}

impl<T: Clone> Signal<T> {
    pub fn new(value: T) -> Self {
        Self { value: RefCell::new(value), version: Cell::new(0), notify: Notify::new() }
    }

    pub fn get(&self) -> T {
        self.value.borrow().clone()
    }

    pub fn set(&self, value: T) {
        *self.value.borrow_mut() = value;
        self.version.set(self.version.get() + 1);
        self.notify.notify_waiters();
    }

    /// Which value this is.
    pub fn version(&self) -> u64 {
        self.version.get()
    }

    /// Waits until the value is another one than that.
    pub async fn changed(&self, version: u64) {
        while self.version.get() == version {
            self.notify.notified().await;
        }
    }
}
