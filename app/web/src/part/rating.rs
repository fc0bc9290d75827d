//! How good a new password is, as far as the worker has said: it takes a moment, and whoever is quicker waits.

use beistand_protocol::worker::Failure;
use leptos::prelude::*;
use std::task::{Poll, Waker};

/// What the worker says of a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Good enough.
    Good,
    /// Too easy to guess.
    Weak,
    /// It could not be rated.
    Failed(Failure),
}

/// The rating of what stands in a field at this moment. Copies are handles to the same one.
#[derive(Clone, Copy)]
pub struct Rating {
    /// `None` while it is being rated.
    verdict: RwSignal<Option<Verdict>>,
    /// Whether there is a field that will be rated at all.
    field: StoredValue<bool>,
    waiting: StoredValue<Vec<Waker>, LocalStorage>,
    /// How often those who waited were sent away.
    sent_away: StoredValue<u32>,
    again: Trigger,
}

impl Default for Rating {
    /// Of a field that is not there yet.
    fn default() -> Self {
        Self {
            verdict: RwSignal::new(None),
            field: StoredValue::new(false),
            waiting: StoredValue::new_local(Vec::new()),
            sent_away: StoredValue::new(0),
            again: Trigger::new(),
        }
    }
}

impl Rating {
    /// Whether the password is good, as far as it is known.
    #[must_use]
    pub fn is_good(self) -> bool {
        self.verdict.with(|verdict| *verdict == Some(Verdict::Good))
    }

    /// The verdict on what stands there when it comes; `None` if the field goes away before, or its words are replaced.
    pub async fn verdict(self) -> Option<Verdict> {
        let sent_away = self.sent_away.try_get_value();
        std::future::poll_fn(move |context| {
            if self.field.try_get_value() != Some(true) || self.sent_away.try_get_value() != sent_away {
                return Poll::Ready(None);
            }
            match self.verdict.try_get_untracked().flatten() {
                Some(verdict) => Poll::Ready(Some(verdict)),
                None => {
                    self.waiting.try_update_value(|waiting| waiting.push(context.waker().clone()));
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// What could not be rated is rated once more.
    pub(super) fn ask_again_if_failed(self) {
        if matches!(self.verdict.try_get_untracked().flatten(), Some(Verdict::Failed(_))) {
            self.verdict.set(None);
            self.again.notify();
        }
    }

    /// Makes the caller's effect run again when the rating has to be repeated.
    pub(super) fn track_repetition(self) {
        self.again.track();
    }

    /// Other words stand there than those for which somebody waits.
    pub(super) fn send_away(self) {
        self.sent_away.try_update_value(|count| *count = count.wrapping_add(1));
        self.wake();
    }

    /// Something is known, or not any more.
    pub(super) fn set(self, verdict: Option<Verdict>) {
        let known = verdict.is_some();
        self.verdict.try_set(verdict);
        if known {
            self.wake();
        }
    }

    /// The field is there, or went away: nobody waits for what will not come.
    pub(super) fn set_field(self, there: bool) {
        self.field.try_update_value(|field| *field = there);
        if !there {
            self.wake();
        }
    }

    fn wake(self) {
        for waker in self.waiting.try_update_value(std::mem::take).unwrap_or_default() {
            waker.wake();
        }
    }
}
