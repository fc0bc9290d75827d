//! Conversations and their lines as signals, merged from the worker's news.

#[cfg(feature = "staff")]
use beistand_protocol::id::TeamId;
use beistand_protocol::id::{ConversationId, MessageId};
use beistand_protocol::worker::{Author, ConversationView, MessageBody, MessageView, Progress};
use leptos::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

/// Whether threads are known at all: seekers' pages know of none, and bring nothing for them.
const STAFF: bool = cfg!(feature = "staff");

/// Whether a conversation stands in no list of talks. Groups stand beside a seeker's own talks.
fn is_beside(id: ConversationId) -> bool {
    STAFF && (id.is_staff() || id.is_group())
}

/// Milliseconds that "is typing" stays without another notice.
const TYPING_SHOWN_MS: u64 = 6000;

/// One line; its view changes in place, so that a screen reader hears it once.
#[derive(Clone)]
pub struct Line {
    /// Id.
    pub id: MessageId,
    /// Content and progress.
    pub view: ArcRwSignal<MessageView>,
}

/// Somebody types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typing {
    /// Who.
    pub author: Author,
    /// Distinguishes this notice from earlier ones.
    notice: u64,
}

/// All conversations of the page.
#[derive(Clone, Copy)]
pub struct Conversations {
    /// The list of talks, unsorted; `None` until the worker has told it once.
    pub list: RwSignal<Option<Vec<ConversationView>>>,
    /// What the staff say among themselves, in no list: threads, each beside its talk, and the rooms of teams; and groups.
    threads: RwSignal<Vec<ConversationView>>,
    lines: RwSignal<HashMap<ConversationId, Vec<Line>>>,
    typing: RwSignal<HashMap<ConversationId, Typing>>,
}

impl Conversations {
    /// None yet.
    pub(super) fn new() -> Self {
        Self {
            list: RwSignal::new(None),
            threads: RwSignal::new(Vec::new()),
            lines: RwSignal::new(HashMap::new()),
            typing: RwSignal::new(HashMap::new()),
        }
    }

    /// One conversation, a thread or room too.
    #[must_use]
    pub fn get(self, id: ConversationId) -> Option<ConversationView> {
        match is_beside(id) {
            true => self.threads.with(|threads| threads.iter().find(|view| view.id == id).cloned()),
            false => self.list.with(|list| list.as_ref()?.iter().find(|view| view.id == id).cloned()),
        }
    }

    /// The staff's thread about a talk, once there is one.
    #[must_use]
    pub fn thread(self, talk: ConversationId) -> Option<ConversationView> {
        self.threads.with(|threads| threads.iter().find(|view| view.about == Some(talk)).cloned())
    }

    /// The rooms of a team that are known, newest month first.
    #[cfg(feature = "staff")]
    #[must_use]
    pub fn rooms(self, team: TeamId) -> Vec<ConversationView> {
        let mut rooms: Vec<_> = self.threads.with(|among| {
            among.iter().filter(|view| view.team == team && view.room.is_some()).cloned().collect()
        });
        rooms.sort_unstable_by_key(|view| std::cmp::Reverse(view.room));
        rooms
    }

    /// The groups, newest words first.
    #[cfg(feature = "staff")]
    #[must_use]
    pub fn groups(self) -> Vec<ConversationView> {
        let mut groups: Vec<_> =
            self.threads.with(|all| all.iter().filter(|view| view.group.is_some()).cloned().collect());
        groups.sort_unstable_by_key(|view| std::cmp::Reverse((view.last_s, view.id)));
        groups
    }

    /// The lines of a conversation in order.
    #[must_use]
    pub fn lines(self, id: ConversationId) -> Vec<Line> {
        self.lines.with(|lines| lines.get(&id).cloned().unwrap_or_default())
    }

    /// Who types in a conversation.
    #[must_use]
    pub fn typing(self, id: ConversationId) -> Option<Author> {
        self.typing.with(|typing| typing.get(&id).map(|typing| typing.author.clone()))
    }

    /// Own texts that the box has not confirmed, in their order.
    pub(super) fn unsent(self) -> Vec<(ConversationId, String)> {
        self.lines.with_untracked(|all| {
            let of = |(id, lines): (&ConversationId, &Vec<Line>)| {
                let id = *id;
                let waiting = |view: &MessageView| match (&view.author, view.progress, &view.body) {
                    (Author::Own, Progress::Sending | Progress::Failed, MessageBody::Text(text)) => {
                        Some((id, text.clone()))
                    }
                    _ => None,
                };
                lines.iter().filter_map(|line| line.view.with_untracked(waiting)).collect::<Vec<_>>()
            };
            all.iter().flat_map(of).collect()
        })
    }

    pub(super) fn clear(self) {
        self.list.set(None);
        if STAFF {
            self.threads.set(Vec::new());
        }
        self.lines.set(HashMap::new());
        self.typing.set(HashMap::new());
    }

    pub(super) fn replace(self, views: Vec<ConversationView>) {
        let mut talks = views;
        if STAFF {
            self.threads.set(talks.extract_if(.., |view| is_beside(view.id)).collect());
        }
        self.list.set(Some(talks));
    }

    pub(super) fn update(self, view: ConversationView) {
        let put = |list: &mut Vec<ConversationView>, view: ConversationView| match list
            .iter_mut()
            .find(|known| known.id == view.id)
        {
            Some(known) => *known = view,
            None => list.push(view),
        };
        match is_beside(view.id) {
            true => self.threads.update(|threads| put(threads, view)),
            false => self.list.update(|list| put(list.get_or_insert_default(), view)),
        }
    }

    pub(super) fn remove(self, id: ConversationId) {
        if STAFF && self.threads.with_untracked(|threads| threads.iter().any(|view| view.id == id)) {
            self.threads.update(|threads| threads.retain(|view| view.id != id));
        }
        self.list.update(|list| {
            if let Some(list) = list {
                list.retain(|view| view.id != id);
            }
        });
        self.lines.update(|lines| {
            lines.remove(&id);
        });
    }

    pub(super) fn merge(self, conversation: ConversationId, messages: Vec<MessageView>) {
        let known = self.lines.with_untracked(|lines| lines.get(&conversation).cloned().unwrap_or_default());
        let mut added = Vec::new();
        let mut moved = false;
        for message in messages {
            if let Some(line) = known.iter().chain(&added).find(|line| line.id == message.id) {
                moved |= line.view.with_untracked(|view| view.position != message.position);
                line.view.set(message);
            } else {
                added.push(Line { id: message.id, view: ArcRwSignal::new(message) });
            }
        }
        if added.iter().any(|line| line.view.with_untracked(|view| view.author != Author::Own)) {
            self.typing.update(|typing| {
                typing.remove(&conversation);
            });
        }
        if moved || !added.is_empty() {
            self.lines.update(|lines| {
                let lines = lines.entry(conversation).or_default();
                lines.extend(added);
                // Stable: lines that are still on their way keep the order in which they were written.
                lines.sort_by_key(|line| line.view.with_untracked(|view| view.position));
            });
        }
    }

    pub(super) fn note_typing(self, conversation: ConversationId, author: Author) {
        let notice = self
            .typing
            .with_untracked(|typing| typing.get(&conversation).map_or(0, |typing| typing.notice + 1));
        self.typing.update(|typing| {
            typing.insert(conversation, Typing { author, notice });
        });
        set_timeout(
            move || {
                let current = self.typing.with_untracked(|typing| {
                    typing.get(&conversation).is_some_and(|typing| typing.notice == notice)
                });
                if current {
                    self.typing.update(|typing| {
                        typing.remove(&conversation);
                    });
                }
            },
            Duration::from_millis(TYPING_SHOWN_MS),
        );
    }
}
