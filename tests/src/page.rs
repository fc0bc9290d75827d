//! What a page of the browser knows, without a browser: sends calls, applies news to a model, and
//! waits until the model shows something.

use crate::native::{Address, Event, SystemRandom, drive};
use beistand_protocol::{
    id::{ConversationId, MessageId, PersonId, SiteId},
    live::Presence,
    worker::{
        Author, Call, Confirmation, Conflict, Connection, ConversationView, EndReason, Failure, FromWorker,
        InvitationView, MessageBody, MessageView, News, PersonView, Reply, Resume, SessionView, SiteView,
        TeamView, ToWorker,
    },
};
use beistand_vault::{
    client::Input,
    random::{Random as _, draw},
};
use std::{collections::BTreeMap, time::Duration};
use tokio::sync::mpsc;

/// How long [`Page::until`] waits at most.
const PATIENCE: Duration = Duration::from_secs(30);

/// What was waited for did not come, or the client is gone.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// Not within the time.
    #[error("waited in vain: {0}")]
    Waited(String),
    /// The driver ended.
    #[error("the client is gone")]
    Gone,
    /// A call failed.
    #[error("call failed: {0:?}")]
    Failed(Failure),
    /// A call had another reply than it should.
    #[error("unexpected reply")]
    Unexpected,
}

impl From<Failure> for PageError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Everything the news have said so far.
#[derive(Default)]
#[allow(missing_docs)] // The fields are the news of the same names.
pub struct Model {
    pub session: Option<SessionView>,
    pub ended: Option<EndReason>,
    pub site: Option<SiteView>,
    pub conversations: BTreeMap<ConversationId, ConversationView>,
    pub messages: BTreeMap<ConversationId, BTreeMap<MessageId, MessageView>>,
    pub gone: Vec<ConversationId>,
    pub typing: Vec<(ConversationId, Author)>,
    pub draft: String,
    pub draft_saved: bool,
    pub persons: Vec<PersonView>,
    pub teams: Vec<TeamView>,
    pub invitations: Vec<InvitationView>,
    pub sites: Vec<SiteView>,
    pub presence: Option<Presence>,
    pub connection: Option<Connection>,
    pub confirmation: Option<Confirmation>,
    pub resume: Option<Resume>,
    pub conflict: Option<Conflict>,
}

impl Model {
    /// Takes a piece of news over.
    pub fn apply(&mut self, news: News) {
        match news {
            News::Session(session) => self.session = Some(session),
            News::SessionEnded(reason) => {
                self.ended = Some(reason);
                self.conversations.clear();
                self.messages.clear();
            }
            News::Site(site) => self.site = Some(site),
            News::Conversations(list) => {
                self.conversations = list.into_iter().map(|view| (view.id, view)).collect();
            }
            News::Conversation(view) => drop(self.conversations.insert(view.id, *view)),
            News::ConversationGone(id) => {
                self.conversations.remove(&id);
                self.messages.remove(&id);
                self.gone.push(id);
            }
            News::Messages { conversation, messages } => {
                let lines = self.messages.entry(conversation).or_default();
                lines.extend(messages.into_iter().map(|line| (line.id, line)));
            }
            News::Typing { conversation, author } => self.typing.push((conversation, author)),
            News::Draft(text) => self.draft = text,
            News::DraftSaved(saved) => self.draft_saved = saved,
            News::Staff { persons, teams, invitations, sites, presence } => {
                self.persons = persons;
                self.teams = teams;
                self.invitations = invitations;
                self.sites = sites;
                self.presence = Some(presence);
            }
            News::Connection(connection) => self.connection = Some(connection),
            News::Confirmation(confirmation) => self.confirmation = Some(confirmation),
            News::Resume(resume) => self.resume = resume,
            News::Conflict(conflict) => self.conflict = Some(conflict),
            _ => {}
        }
    }

    /// What matters when something did not come; no content.
    fn summary(&self) -> String {
        format!(
            "session {:?}, connection {:?}, ended {:?}, conflict {:?}, {} conversations, {} gone, lines {:?}",
            self.session,
            self.connection,
            self.ended,
            self.conflict,
            self.conversations.len(),
            self.gone.len(),
            self.messages.values().map(BTreeMap::len).collect::<Vec<_>>()
        )
    }

    /// Lines of a conversation in their order.
    #[must_use]
    pub fn lines(&self, conversation: ConversationId) -> Vec<&MessageView> {
        let mut lines: Vec<_> =
            self.messages.get(&conversation).into_iter().flat_map(BTreeMap::values).collect();
        // At one place, what an envelope causes comes before its words.
        lines.sort_by_key(|line| (line.position, line.time_s, matches!(line.body, MessageBody::Text(_))));
        lines
    }

    /// Texts of a conversation in their order.
    #[must_use]
    pub fn texts(&self, conversation: ConversationId) -> Vec<&str> {
        self.lines(conversation)
            .into_iter()
            .filter_map(|line| match &line.body {
                MessageBody::Text(text) => Some(&**text),
                _ => None,
            })
            .collect()
    }

    /// The line with this text.
    #[must_use]
    pub fn line(&self, conversation: ConversationId, text: &str) -> Option<&MessageView> {
        self.lines(conversation)
            .into_iter()
            .find(|line| matches!(&line.body, MessageBody::Text(t) if t == text))
    }

    /// The person logged in.
    #[must_use]
    pub fn person(&self) -> Option<PersonId> {
        match self.session {
            Some(SessionView::Staff { person, .. }) => Some(person),
            _ => None,
        }
    }
}

/// A page with its client.
pub struct Page {
    events: mpsc::UnboundedSender<Event>,
    posts: mpsc::UnboundedReceiver<FromWorker>,
    number: u32,
    /// What the page shows.
    pub model: Model,
}

impl Drop for Page {
    fn drop(&mut self) {
        let _ = self.events.send(Event::End);
    }
}

impl Page {
    /// Opens a page; nothing is sent yet. Must run inside a `LocalSet`.
    #[must_use]
    pub fn open(address: &Address) -> Self {
        let (events, posts) = drive(address.clone(), Box::new(SystemRandom));
        Self { events, posts, number: 0, model: Model::default() }
    }

    /// Opens a page and starts its client.
    ///
    /// # Errors
    /// [`PageError`].
    pub async fn start(
        address: &Address,
        site: Option<SiteId>,
        pin: Option<String>,
    ) -> Result<Self, PageError> {
        let mut page = Self::open(address);
        page.call(Call::Start { site, pin, resume: None }).await?;
        Ok(page)
    }

    /// Asks for something whose answer nobody waits for.
    ///
    /// # Errors
    /// [`PageError::Gone`].
    pub fn ask(&mut self, call: Call) -> Result<u32, PageError> {
        self.number += 1;
        let asked = ToWorker { number: self.number, call };
        self.events.send(Event::Input(Input::Call(Box::new(asked)))).map_err(|_| PageError::Gone)?;
        Ok(self.number)
    }

    /// One call and its answer; news that come before it are applied.
    ///
    /// # Errors
    /// [`PageError::Failed`] with the call's failure.
    pub async fn call(&mut self, call: Call) -> Result<Reply, PageError> {
        let number = self.ask(call)?;
        self.answer(number).await
    }

    /// The answer to something that was asked; answers to anything else are dropped.
    ///
    /// # Errors
    /// [`PageError::Failed`] with the call's failure.
    pub async fn answer(&mut self, number: u32) -> Result<Reply, PageError> {
        loop {
            match self.posts.recv().await.ok_or(PageError::Gone)? {
                FromWorker::News(news) => self.model.apply(news),
                FromWorker::Reply { number: answered, reply } if answered == number => return Ok(reply?),
                FromWorker::Reply { .. } => {}
            }
        }
    }

    /// Sends a text; returns the conversation it went to.
    ///
    /// # Errors
    /// [`PageError`].
    pub async fn send(
        &mut self,
        conversation: Option<ConversationId>,
        text: &str,
    ) -> Result<ConversationId, PageError> {
        let id = MessageId(draw(&mut SystemRandom));
        match self.call(Call::Send { conversation, text: text.to_owned(), id }).await? {
            Reply::Sent { conversation } => Ok(conversation),
            _ => Err(PageError::Unexpected),
        }
    }

    /// Applies news until the model fulfils a condition.
    ///
    /// # Errors
    /// [`PageError::Waited`] naming what did not come.
    pub async fn until(&mut self, what: &str, condition: impl Fn(&Model) -> bool) -> Result<(), PageError> {
        let waiting = async {
            while !condition(&self.model) {
                match self.posts.recv().await {
                    Some(FromWorker::News(news)) => self.model.apply(news),
                    Some(FromWorker::Reply { .. }) => {}
                    None => return Err(PageError::Gone),
                }
            }
            Ok(())
        };
        if let Ok(outcome) = tokio::time::timeout(PATIENCE, waiting).await {
            return outcome;
        }
        Err(PageError::Waited(format!("{what}; {}", self.model.summary())))
    }

    /// Pulls the live channel's cable, or plugs it in again.
    pub fn cut(&self, cut: bool) {
        let _ = self.events.send(Event::Cut(cut));
    }
}

/// A random id for a message.
#[must_use]
pub fn message_id() -> MessageId {
    let mut bytes = [0; 16];
    SystemRandom.fill(&mut bytes);
    MessageId(bytes)
}
