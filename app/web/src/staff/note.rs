//! What somebody notes for themselves about a talk: sealed to their own keys, kept as it is typed, on all their devices.
//! Where two devices have changed it, both texts stay until the person has decided.

use super::blocks;
use crate::client::{Client, Session, use_client};
use crate::failure;
use crate::part::Problem;
use crate::text;
use beistand_protocol::blocks::Library;
use beistand_protocol::id::{BlockId, ConversationId};
use beistand_protocol::limit::NOTE_BYTES_MAX;
use beistand_protocol::worker::{BlockEdit, BlockText, Failure, LibraryView, SessionView};
use leptos::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

/// After a pause of this length in typing it is stored.
const SAVE_AFTER_MS: u64 = 800;
/// What could not be stored is tried again after this long.
const AGAIN_AFTER_MS: u64 = 10_000;

/// A note in this page.
#[derive(Clone, Default)]
struct Note {
    /// What stands in the field.
    text: String,
    /// What is stored, as far as this page knows.
    stored: String,
    /// Version of the change that made it so; 0: there is none.
    seen: u64,
    /// Counts what is typed, to find the pauses.
    edit: u64,
    /// Being read or stored.
    busy: bool,
    /// It was read; before, nothing can be written.
    known: bool,
    /// What another device has made of it while something else was written here.
    theirs: Option<String>,
    problem: Option<String>,
}

/// The notes of the talks that were opened. Copies are handles to the same ones.
#[derive(Clone, Copy)]
pub(super) struct Notes {
    client: Client,
    all: RwSignal<BTreeMap<ConversationId, Note>>,
}

fn form_of(talk: ConversationId) -> String {
    format!("note-{}", talk.to_hex())
}

/// What a library that holds one note says, and in which version it came to be so.
fn said(view: LibraryView) -> (String, u64) {
    let found = view.blocks.into_iter().find(|block| !block.removed);
    found.map(|block| (block.now.text, block.change.version)).unwrap_or_default()
}

impl Notes {
    pub(super) fn new(client: Client) -> Self {
        Self { client, all: RwSignal::default() }
    }

    fn with<A>(self, talk: ConversationId, look: impl Fn(&Note) -> A) -> A {
        self.all.with(|all| all.get(&talk).map_or_else(|| look(&Note::default()), &look))
    }

    fn update<A>(self, talk: ConversationId, change: impl FnOnce(&mut Note) -> A) -> Option<A> {
        self.all.try_update(|all| change(all.entry(talk).or_default()))
    }

    /// What stands in it, as far as it was read.
    pub(super) fn words(self, talk: ConversationId) -> Option<String> {
        self.with(talk, |note| note.known.then(|| note.text.clone()))
    }

    async fn call(self, talk: ConversationId, edits: Vec<BlockEdit>) -> Result<LibraryView, Failure> {
        let person = match self.client.session.try_get_untracked() {
            Some(Session::Known(SessionView::Staff { person, .. })) => person,
            _ => return Err(Failure::NotNow),
        };
        blocks::ask(self.client, Library::Note(talk, person), edits).await
    }

    fn fails(self, talk: ConversationId, failure: Failure) {
        let sentence = failure::sentence(self.client.locale, failure);
        self.update(talk, |note| {
            note.busy = false;
            note.problem = Some(sentence);
        });
    }

    /// Reads it, unless something is under way or typed that is not stored.
    fn read(self, talk: ConversationId) {
        let begins = self.update(talk, |note| {
            let begins = !note.busy && note.theirs.is_none() && note.text == note.stored;
            note.busy |= begins;
            begins
        });
        if begins != Some(true) {
            return;
        }
        leptos::task::spawn_local(async move {
            let (words, seen) = match self.call(talk, Vec::new()).await {
                Ok(view) => said(view),
                Err(failure) => return self.fails(talk, failure),
            };
            // What a session that ran out has left unsaved, on what it was written.
            let left = self.client.unsent.form(&form_of(talk));
            let again = self.update(talk, |note| {
                note.busy = false;
                note.problem = None;
                if note.text != note.stored {
                    // Typed while it was read: on what stood there before, so that a change from elsewhere is told.
                    return true;
                }
                (note.text, note.stored, note.seen) = (words.clone(), words, seen);
                if let (false, Some([text, on])) = (note.known, left.as_deref()) {
                    note.text.clone_from(text);
                    note.seen = on.parse().unwrap_or(0);
                }
                note.known = true;
                note.text != note.stored
            });
            if again == Some(true) {
                self.save(talk);
            }
        });
    }

    fn typed(self, talk: ConversationId, words: String) {
        let edit = self.update(talk, |note| {
            // Pasted from tables; a note has lines and words.
            note.text = words.replace('\t', " ");
            note.problem = None;
            note.edit = note.edit.wrapping_add(1);
            note.edit
        });
        self.keep(talk);
        let saves = move || {
            if self.all.try_with_untracked(|all| all.get(&talk).map(|note| note.edit)) == Some(edit) {
                self.save(talk);
            }
        };
        set_timeout(saves, Duration::from_millis(SAVE_AFTER_MS));
    }

    /// Keeps what is not stored over the end of a session.
    fn keep(self, talk: ConversationId) {
        let open = self.update(talk, |note| {
            (note.text != note.stored).then(|| vec![note.text.clone(), note.seen.to_string()])
        });
        self.client.unsent.note_form(&form_of(talk), open.flatten());
    }

    /// Stores what is not stored.
    fn save(self, talk: ConversationId) {
        let begun = self.update(talk, |note| {
            let open = note.known && !note.busy && note.theirs.is_none() && note.text != note.stored;
            if !open || note.text.len() > NOTE_BYTES_MAX {
                return None;
            }
            note.busy = true;
            Some((note.text.clone(), note.seen))
        });
        let Some(Some((words, seen))) = begun else { return };
        let made =
            BlockText { folder: String::new(), title: String::new(), language: None, text: words.clone() };
        let blank = words.trim().is_empty();
        let edit = BlockEdit { id: BlockId(talk.0), seen, text: (!blank).then_some(made) };
        leptos::task::spawn_local(async move {
            match self.call(talk, vec![edit]).await {
                Ok(view) => {
                    let (_, seen) = said(view);
                    self.update(talk, |note| {
                        (note.busy, note.problem) = (false, None);
                        (note.stored, note.seen) = (words, seen);
                    });
                    self.keep(talk);
                    // Something was typed meanwhile.
                    self.save(talk);
                }
                Err(Failure::BlockChanged) => self.meet(talk).await,
                Err(failure) => {
                    // What can't be a note is none when it is tried again either.
                    if failure != Failure::TextInvalid {
                        set_timeout(move || self.save(talk), Duration::from_millis(AGAIN_AFTER_MS));
                    }
                    self.fails(talk, failure);
                }
            }
        });
    }

    /// Another device was faster: what it has made of the note is shown beside what stands here.
    async fn meet(self, talk: ConversationId) {
        let (words, seen) = match self.call(talk, Vec::new()).await {
            Ok(view) => said(view),
            Err(failure) => return self.fails(talk, failure),
        };
        self.update(talk, |note| {
            note.busy = false;
            (note.stored, note.seen) = (words.clone(), seen);
            note.theirs = (note.text != words).then_some(words);
        });
        self.keep(talk);
    }

    /// The person has decided: what stands here, or both.
    fn decide(self, talk: ConversationId, both: bool) {
        self.update(talk, |note| {
            let theirs = note.theirs.take().unwrap_or_default();
            if both && !theirs.is_empty() {
                note.text = format!("{theirs}\n\n{}", note.text);
            }
        });
        self.keep(talk);
        self.save(talk);
    }
}

/// The own note about a talk.
#[component]
pub(super) fn OwnNote(
    conversation: ConversationId,
    /// Tells the ids of this one from those of another on the page.
    place: &'static str,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let notes = expect_context::<Notes>();
    notes.read(conversation);
    let words = Memo::new(move |_| notes.with(conversation, |note| note.text.clone()));
    let known = Memo::new(move |_| notes.with(conversation, |note| note.known));
    let theirs = Memo::new(move |_| notes.with(conversation, |note| note.theirs.clone()));
    let problem = Memo::new(move |_| notes.with(conversation, |note| note.problem.clone()));
    let too_long = Memo::new(move |_| words.with(|words| words.len() > NOTE_BYTES_MAX));
    let open = Memo::new(move |_| notes.with(conversation, |note| note.text != note.stored));
    let hidden = window_event_listener_untyped("pagehide", move |_| notes.save(conversation));
    on_cleanup(move || {
        hidden.remove();
        notes.save(conversation);
    });
    let id = format!("note-{place}-{}", conversation.to_hex());
    let (labelled, hint, described) = (id.clone(), format!("{id}-hint"), format!("{id}-hint"));
    let state = move || match (open.get(), words.with(String::is_empty)) {
        (true, _) if too_long.get() => text::note_limit(locale),
        (true, _) => text::note_pending(locale),
        (false, true) => "",
        (false, false) => text::note_saved(locale),
    };
    view! {
        <section class="own-note field">
            <h2 class="title-m"><label for=labelled>{text::note_title(locale)}</label></h2>
            <textarea
                id=id
                rows="4"
                aria-describedby=described
                aria-invalid=move || too_long.get().to_string()
                readonly=move || !known.get()
                prop:value=move || words.get()
                on:input=move |event| notes.typed(conversation, event_target_value(&event))
                on:change=move |_| notes.save(conversation)
                on:focus=move |_| notes.read(conversation)
            ></textarea>
            <p class="small muted" id=hint>{text::note_private(locale)}</p>
            <p class="small muted" role="status">{state}</p>
            {move || theirs.get().map(|theirs| {
                let sentence = if theirs.is_empty() { text::note_removed(locale) } else { text::note_changed(locale) };
                view! {
                    <div class="notice stack tight" role="alert">
                        <p>{sentence}</p>
                        <blockquote class="note-theirs">{theirs.clone()}</blockquote>
                        <div class="row">
                            {(!theirs.is_empty()).then(|| view! {
                                <button class="button quiet" r#type="button" on:click=move |_| notes.decide(conversation, true)>{text::note_both(locale)}</button>
                            })}
                            <button class="button quiet" r#type="button" on:click=move |_| notes.decide(conversation, false)>{text::note_mine(locale)}</button>
                        </div>
                    </div>
                }
            })}
            <Problem sentence=problem />
        </section>
    }
}
