//! Sending a form: one thing under way at a time, and a sentence for what went wrong.

use super::{Problem, Rating, Submit, Verdict};
use crate::client::{Client, use_client};
use crate::failure;
use crate::locale::Locale;
use crate::text;
use beistand_protocol::worker::{Call, Failure, Reply};
use leptos::prelude::*;

/// The sentences that a form has of its own for some failures. An empty one: the form itself shows what is to be done.
type Words = fn(Locale, &Failure) -> Option<&'static str>;

/// Whether a form is being sent, and what went wrong last. Copies are handles to the same one.
#[derive(Clone, Copy)]
pub struct Submission {
    client: Client,
    words: Words,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

impl Default for Submission {
    /// Of a form for which the usual sentences do.
    fn default() -> Self {
        Self::with_words(|_, _| None)
    }
}

impl Submission {
    /// Of a form that has sentences of its own for some failures; the others get the usual ones.
    #[must_use]
    pub fn with_words(words: Words) -> Self {
        Self { client: use_client(), words, busy: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    /// Whether something is under way.
    #[must_use]
    pub fn busy(self) -> Signal<bool> {
        self.busy.into()
    }

    /// What went wrong last.
    #[must_use]
    pub fn problem(self) -> Signal<Option<String>> {
        self.problem.into()
    }

    /// Says what keeps the form from being sent.
    pub fn refuse(self, sentence: impl Into<String>) {
        self.problem.try_set(Some(sentence.into()));
    }

    /// Takes back what was said.
    pub fn clear(self) {
        self.problem.try_set(None);
    }

    /// Asks the worker, unless something is under way already. `done` hears the outcome first; the
    /// sentence for a failure follows.
    pub fn call(self, call: Call, done: impl FnOnce(Result<Reply, &Failure>) + 'static) {
        if !self.begin() {
            return;
        }
        leptos::task::spawn_local(async move {
            match self.client.call(call).await {
                Ok(reply) => {
                    done(Ok(reply));
                    self.end();
                }
                Err(failure) => {
                    done(Err(&failure));
                    self.end();
                    self.fail(failure);
                }
            }
        });
    }

    /// Waits until the new password is rated, and goes on with `then` if it is good; says so otherwise. If its
    /// field goes away meanwhile, nothing happens.
    pub fn when_good(self, rating: Rating, then: impl FnOnce() + 'static) {
        if !self.begin() {
            return;
        }
        rating.ask_again_if_failed();
        leptos::task::spawn_local(async move {
            let verdict = rating.verdict().await;
            self.end();
            match verdict {
                Some(Verdict::Good) => then(),
                Some(Verdict::Weak) => self.refuse(text::failure_password_weak(self.client.locale)),
                Some(Verdict::Failed(failure)) => self.fail(failure),
                None => {}
            }
        });
    }

    /// Whether nothing was under way; now something is.
    fn begin(self) -> bool {
        let free = self.busy.try_get_untracked() == Some(false);
        if free {
            self.busy.try_set(true);
            self.problem.try_set(None);
        }
        free
    }

    fn end(self) {
        self.busy.try_set(false);
    }

    fn fail(self, failure: Failure) {
        let locale = self.client.locale;
        match (self.words)(locale, &failure) {
            Some("") => {}
            Some(sentence) => self.refuse(sentence),
            None => self.refuse(failure::sentence(locale, failure)),
        }
    }
}

/// A form: its fields, what went wrong, the button that sends it. The box checks what is typed, not the browser, so
/// that every sentence is in the language of the page.
#[component]
pub fn SubmitForm(
    /// How far the sending is.
    submission: Submission,
    /// What the button says.
    label: &'static str,
    /// Whether it destroys something.
    #[prop(optional)]
    danger: bool,
    /// Sends.
    #[prop(into)]
    send: Callback<()>,
    /// The fields.
    children: Children,
) -> impl IntoView {
    view! {
        <form
            class="stack wide"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                send.run(());
            }
        >
            {children()}
            <Problem sentence=submission.problem() />
            <Submit label=label busy=submission.busy() danger=danger />
        </form>
    }
}
