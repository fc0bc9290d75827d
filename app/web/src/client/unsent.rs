//! What somebody has written and not sent. When a session runs out it stays in this page's memory, nowhere else,
//! and stands in its field again once the same account logs in here.

use beistand_protocol::id::{ConversationId, PersonId};
use beistand_protocol::worker::SessionView;
use leptos::prelude::*;

/// Whose texts they are.
#[derive(Clone, PartialEq, Eq)]
enum Owner {
    Seeker(String),
    Staff(PersonId),
}

/// One text, and where it belongs; `None`: into a conversation that does not exist yet.
struct Text {
    conversation: Option<ConversationId>,
    words: String,
}

#[derive(Default)]
struct State {
    owner: Option<Owner>,
    /// What stands in the fields now.
    typed: Vec<Text>,
    /// What a session that ran out has left.
    kept: Vec<Text>,
    /// What stands in other forms, by their names; never a password.
    #[cfg(feature = "staff")]
    forms: Vec<(String, Vec<String>)>,
}

/// Texts not sent. Copies are handles to the same ones.
#[derive(Clone, Copy)]
pub struct Unsent(StoredValue<State>);

impl Unsent {
    pub(super) fn new() -> Self {
        Self(StoredValue::new(State::default()))
    }

    /// Somebody is logged in: texts of another account are gone.
    pub(super) fn begin(self, session: &SessionView) {
        let owner = match session {
            SessionView::Seeker { name } => Owner::Seeker(name.clone()),
            SessionView::Staff { person, .. } => Owner::Staff(*person),
            _ => return,
        };
        self.0.update_value(|state| {
            if state.owner.as_ref() != Some(&owner) {
                *state = State { owner: Some(owner), ..State::default() };
            }
        });
    }

    /// What a field holds from now on; empty: nothing.
    pub fn note(self, conversation: Option<ConversationId>, words: &str) {
        self.0.try_update_value(|state| {
            state.typed.retain(|text| text.conversation != conversation);
            if !words.trim().is_empty() {
                state.typed.push(Text { conversation, words: words.to_owned() });
            }
        });
    }

    /// What a form holds from now on that is no conversation's field; `None`: nothing but what it began with.
    #[cfg(feature = "staff")]
    pub fn note_form(self, form: &str, values: Option<Vec<String>>) {
        self.0.try_update_value(|state| {
            state.forms.retain(|(name, _)| name != form);
            state.forms.extend(values.map(|values| (form.to_owned(), values)));
        });
    }

    /// What the form held when it was left.
    #[must_use]
    #[cfg(feature = "staff")]
    pub fn form(self, form: &str) -> Option<Vec<String>> {
        self.0.with_value(|state| {
            state.forms.iter().find(|(name, _)| name == form).map(|(_, values)| values.clone())
        })
    }

    /// The session ran out: `waiting` was on its way, and the fields still hold something.
    pub(super) fn keep(self, waiting: Vec<(ConversationId, String)>) {
        self.0.update_value(|state| {
            let waiting = waiting.into_iter().map(|(id, words)| Text { conversation: Some(id), words });
            state.kept.extend(waiting);
            state.kept.append(&mut state.typed);
        });
    }

    /// A text came back after its field was gone.
    pub fn leave(self, conversation: Option<ConversationId>, words: String) {
        self.0.try_update_value(|state| state.kept.push(Text { conversation, words }));
    }

    /// Everything is gone.
    pub(super) fn forget(self) {
        self.0.set_value(State::default());
    }

    /// Whether a session that ran out has left something.
    #[must_use]
    pub fn any(self) -> bool {
        self.0.with_value(|state| {
            #[cfg(feature = "staff")]
            if !state.forms.is_empty() {
                return true;
            }
            !state.kept.is_empty()
        })
    }

    /// Takes what was kept for a field. A seeker's field also takes what belongs to no conversation of `known`: its
    /// conversation was not opened yet. A counselor's text never gets into another conversation.
    pub fn take(self, conversation: Option<ConversationId>, known: &[ConversationId]) -> Option<String> {
        let taken = self.0.try_update_value(|state| {
            let seeker = matches!(state.owner, Some(Owner::Seeker(_)));
            let belongs = |text: &Text| {
                let homeless = text.conversation.is_none_or(|id| !known.contains(&id));
                text.conversation == conversation || (seeker && homeless)
            };
            let (mine, others): (Vec<_>, Vec<_>) = state.kept.drain(..).partition(belongs);
            state.kept = others;
            mine.into_iter().map(|text| text.words).collect::<Vec<_>>()
        })?;
        (!taken.is_empty()).then(|| taken.join("\n"))
    }
}
