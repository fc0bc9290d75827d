//! The page's side of the vault worker: calls and their replies, and the news as signals.
//!
//! Pages read the signals of [`Client`] and await [`Client::call`]; they keep no state of the
//! protocol themselves. Keys and tokens stay in the worker.

mod browser;
mod channel;
mod conversations;
mod unsent;

pub use browser::{
    Address, copy_text, forget_fragment, leave, origin, print, random_bytes, random_message_id,
    remove_shell_parts, visible,
};
pub use conversations::{Conversations, Line, Typing};

use crate::locale::Locale;
use beistand_protocol::id::SiteId;
use beistand_protocol::worker::{
    Call, Confirmation, Conflict, Connection, EndReason, Failure, FromWorker, News, Reply, Resume,
    SessionView, SiteView,
};
#[cfg(feature = "staff")]
use beistand_protocol::{
    live::Presence,
    notice::Occasion,
    worker::{InvitationView, PersonView, TeamView},
};
use channel::Channel;
use leptos::prelude::*;
use unsent::Unsent;

/// Who uses the page, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Session {
    /// The worker has not answered yet.
    Starting,
    /// It could not reach the server.
    Unreachable(Failure),
    /// Known.
    Known(SessionView),
    /// Was known, and ended.
    Ended(EndReason),
}

/// Colleagues, teams, invitations, sites.
#[cfg(feature = "staff")]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    /// Everybody in the membership log.
    pub persons: Vec<PersonView>,
    /// Teams.
    pub teams: Vec<TeamView>,
    /// Open invitations.
    pub invitations: Vec<InvitationView>,
    /// Sites.
    pub sites: Vec<SiteView>,
}

/// The worker as the pages see it. Copies are handles to the same one.
#[derive(Clone, Copy)]
pub struct Client {
    channel: StoredValue<Channel, LocalStorage>,
    /// What the first call says: the site, the organisation that the address names, what an earlier life of the tab kept.
    first: StoredValue<(Option<SiteId>, Option<String>, Option<Resume>)>,
    /// Language of the page; it does not change while the page lives.
    pub locale: Locale,
    /// Who is logged in.
    pub session: RwSignal<Session>,
    /// The seeker's site.
    pub site: RwSignal<Option<SiteView>>,
    /// Conversations with their lines.
    pub conversations: Conversations,
    /// Draft of a message that has no conversation yet.
    pub draft: RwSignal<String>,
    /// Whether the draft is kept; `None` while there is none.
    pub draft_saved: RwSignal<Option<bool>>,
    /// What is written and not sent, beyond the end of a session.
    pub unsent: Unsent,
    /// What staff see.
    #[cfg(feature = "staff")]
    pub staff: RwSignal<Staff>,
    /// What no conversation tells and this person was called for last, and how often there was something.
    #[cfg(feature = "staff")]
    pub called: RwSignal<Option<(u32, Occasion)>>,
    /// Own presence.
    #[cfg(feature = "staff")]
    pub presence: RwSignal<Presence>,
    /// Connection state.
    pub connection: RwSignal<Connection>,
    /// When the membership log was confirmed last.
    pub confirmation: RwSignal<Confirmation>,
    /// Hard stop: nothing else is shown any more.
    pub conflict: RwSignal<Option<Conflict>>,
}

impl Client {
    /// Connects to the worker that the boot script has started, and sends the first call.
    #[must_use]
    pub fn start(locale: Locale, site: Option<SiteId>, pin: Option<String>) -> Self {
        let client = Self {
            channel: StoredValue::new_local(Channel::connect()),
            first: StoredValue::new((site, pin, browser::stored_resume())),
            locale,
            session: RwSignal::new(Session::Starting),
            site: RwSignal::new(None),
            conversations: Conversations::new(),
            draft: RwSignal::new(String::new()),
            draft_saved: RwSignal::new(None),
            unsent: Unsent::new(),
            #[cfg(feature = "staff")]
            staff: RwSignal::new(Staff::default()),
            #[cfg(feature = "staff")]
            called: RwSignal::new(None),
            #[cfg(feature = "staff")]
            presence: RwSignal::new(Presence::Away),
            connection: RwSignal::new(Connection::Connected),
            confirmation: RwSignal::new(Confirmation::Recent),
            conflict: RwSignal::new(None),
        };
        client.channel.with_value(|channel| {
            let pending = channel.pending();
            channel.listen(move |message| match message {
                FromWorker::Reply { number, reply } => {
                    if let Err(Failure::Conflict(conflict)) = &reply {
                        client.conflict.set(Some(*conflict));
                    }
                    pending.settle(number, reply);
                }
                FromWorker::News(news) => client.take(news),
            });
        });
        client.begin();
        client
    }

    /// Sends the first call.
    fn begin(self) {
        leptos::task::spawn_local(async move {
            let (site, pin, resume) = self.first.get_value();
            let reply = self.call(Call::Start { site, pin, resume }).await;
            browser::shell_ready().await;
            match reply {
                Ok(Reply::Started { session }) => {
                    self.unsent.begin(&session);
                    self.session.set(Session::Known(session));
                }
                Ok(_) => self.session.set(Session::Unreachable(Failure::Malformed)),
                Err(failure) => self.session.set(Session::Unreachable(failure)),
            }
        });
    }

    /// Tries again to reach the box; what was typed stays.
    pub fn retry(self) {
        self.session.set(Session::Starting);
        self.begin();
    }

    /// Asks the worker.
    ///
    /// # Errors
    /// What the worker answers; a [`Failure::Conflict`] has already stopped the page.
    pub async fn call(self, call: Call) -> Result<Reply, Failure> {
        let answer = self.channel.with_value(|channel| channel.send(call));
        answer.await
    }

    /// Asks the worker for something whose outcome shows by itself, as news.
    pub fn tell(self, call: Call) {
        leptos::task::spawn_local(async move {
            let _ = self.call(call).await;
        });
    }

    /// Goes on after a session that ended: the worker is ready for another log-in.
    pub fn begin_anew(self) {
        self.session.set(Session::Known(SessionView::Nobody));
    }

    /// Takes in one piece of news.
    fn take(self, news: News) {
        match news {
            // Why a session ended stays on the page until somebody goes on.
            News::Session(SessionView::Nobody)
                if self.session.with_untracked(|session| matches!(session, Session::Ended(_))) => {}
            News::Session(session) => {
                self.unsent.begin(&session);
                self.session.set(Session::Known(session));
            }
            News::SessionEnded(reason) => {
                browser::store_resume(None);
                match reason {
                    EndReason::Expired => self.unsent.keep(self.conversations.unsent()),
                    _ => self.unsent.forget(),
                }
                self.conversations.clear();
                self.draft.set(String::new());
                self.draft_saved.set(None);
                self.confirmation.set(Confirmation::Recent);
                self.session.set(Session::Ended(reason));
            }
            News::Site(site) => self.site.set(Some(site)),
            News::Conversations(views) => self.conversations.replace(views),
            News::Conversation(view) => self.conversations.update(*view),
            News::ConversationGone(id) => self.conversations.remove(id),
            News::Messages { conversation, messages } => self.conversations.merge(conversation, messages),
            News::Typing { conversation, author } => self.conversations.note_typing(conversation, author),
            News::Draft(text) => self.draft.set(text),
            News::DraftSaved(saved) => self.draft_saved.set(Some(saved)),
            #[cfg(feature = "staff")]
            News::Staff { persons, teams, invitations, sites, presence } => {
                self.staff.set(Staff { persons, teams, invitations, sites });
                self.presence.set(presence);
            }
            #[cfg(feature = "staff")]
            News::Called(occasion) => self.called.update(|called| {
                let before = called.map_or(0, |(count, _)| count);
                *called = Some((before.wrapping_add(1), occasion));
            }),
            News::Connection(connection) => self.connection.set(connection),
            News::Confirmation(confirmation) => self.confirmation.set(confirmation),
            News::Resume(resume) => browser::store_resume(resume.as_ref()),
            News::Conflict(conflict) => self.conflict.set(Some(conflict)),
            // News of a later version that this page has no place for.
            _ => {}
        }
    }
}

/// The client of this page.
///
/// # Panics
/// Outside the application's root, which provides it.
#[must_use]
#[allow(clippy::expect_used)]
pub fn use_client() -> Client {
    use_context::<Client>().expect("the root component provides the client")
}
