//! The sealed account state: what a person's clients remember for each other on the server.
//!
//! One blob, written by compare-and-swap. It finds conversations that vanished, holds the log's floor
//! and carries half-written texts from one device to the next. Sizes are padded.

use super::{
    Client,
    request::{get, post},
    transport::Transport,
};
pub(super) use crate::state::{AccountState, Draft, InvitedAs};
use beistand_protocol::{
    api::{AccountView, StateWrite, StateWritten, route},
    error::Code,
    id::ConversationId,
    limit,
    worker::{Conflict, Failure, News, Reply, Role},
};

/// Milliseconds until a changed draft is written.
pub(super) const SOON_MS: u64 = 800;
/// Milliseconds until it is written how far conversations are known.
pub(super) const LATER_MS: u64 = 20_000;

impl From<Role> for InvitedAs {
    fn from(role: Role) -> Self {
        match role {
            Role::Counselor => Self::Counselor,
            Role::Lead => Self::Lead,
            Role::Administrator => Self::Administrator,
        }
    }
}

impl From<InvitedAs> for Role {
    fn from(role: InvitedAs) -> Self {
        match role {
            InvitedAs::Counselor => Self::Counselor,
            InvitedAs::Lead => Self::Lead,
            InvitedAs::Administrator => Self::Administrator,
        }
    }
}

impl<T: Transport> Client<T> {
    /// Keeps a half-written text; it is written with the next tick.
    pub(super) fn save_draft(
        &mut self,
        conversation: Option<ConversationId>,
        text: String,
    ) -> Result<Reply, Failure> {
        if text.len() > limit::DRAFT_BYTES_MAX {
            return Err(Failure::TextInvalid);
        }
        let changed_ms = self.transport.now_ms();
        let state = &mut self.session_mut()?.state;
        let draft = state.drafts.entry(conversation).or_insert(Draft { text: String::new(), changed_ms: 0 });
        if draft.text != text {
            *draft = Draft { text, changed_ms };
            state.trim();
            // Another field for the same conversation (the page made a new one) begins with it.
            if let Some(talk) =
                conversation.and_then(|conversation| self.session_mut().ok()?.talk(conversation))
            {
                talk.changed = true;
            }
            self.touch_state(SOON_MS);
            self.tell(News::DraftSaved(false));
        }
        Ok(Reply::Done)
    }

    /// The text was sent: its draft is no more, on no device.
    pub(super) fn drop_draft(&mut self, conversation: Option<ConversationId>) {
        let changed_ms = self.transport.now_ms();
        let Some(session) = &mut self.session else { return };
        if let Some(draft) = session.state.drafts.get_mut(&conversation)
            && !draft.text.is_empty()
        {
            *draft = Draft { text: String::new(), changed_ms };
            self.touch_state(SOON_MS);
        }
    }

    /// The state is to be written after a while.
    pub(super) fn touch_state(&mut self, delay_ms: u64) {
        let due_ms = self.transport.now_ms() + delay_ms;
        if let Some(session) = &mut self.session {
            session.state_due_ms = Some(session.state_due_ms.map_or(due_ms, |due| due.min(due_ms)));
        }
    }

    /// Writes the state if it is time.
    pub(super) async fn save_state_if_due(&mut self) -> Result<(), Failure> {
        let now_ms = self.transport.now_ms();
        let due = self.session.as_ref().and_then(|session| session.state_due_ms);
        if due.is_some_and(|due| due <= now_ms) { self.save_state().await } else { Ok(()) }
    }

    /// The draft of a message without a conversation.
    pub(super) fn tell_draft(&mut self) {
        let text = self.session.as_ref().and_then(|session| session.state.drafts.get(&None));
        let text = text.map(|draft| draft.text.clone()).filter(|text| !text.is_empty());
        if let Some(text) = text {
            self.tell(News::Draft(text));
        }
    }

    /// Raises the log's floor to the head known now.
    pub(super) fn note_floor(&mut self) {
        let head = self.place.as_ref().map(|place| place.log.head());
        if let Some(session) = &mut self.session
            && head > session.state.floor
        {
            session.state.floor = head;
            self.touch_state(LATER_MS);
        }
    }

    /// Writes the state; merges with what another tab wrote meanwhile, a few times.
    pub(super) async fn save_state(&mut self) -> Result<(), Failure> {
        for _ in 0..4 {
            let token = self.token()?;
            let session = self.session.as_mut().ok_or(Failure::NotNow)?;
            session.state_due_ms = None;
            let write = StateWrite {
                expected_version: session.state_version,
                state: session.state.seal(&session.secret, &session.account, &mut *self.random),
            };
            let written: Result<StateWritten, _> =
                post(&self.transport, route::ACCOUNT_STATE, Some(&token), &write).await;
            match written {
                Ok(written) => {
                    self.session_mut()?.state_version = written.version;
                    self.tell(News::DraftSaved(true));
                    return Ok(());
                }
                Err(error) if error.is(Code::Conflict) => {
                    self.touch_state(SOON_MS);
                    self.read_state().await?;
                }
                Err(error) => {
                    self.touch_state(SOON_MS);
                    return Err(error.into());
                }
            }
        }
        Err(Failure::Server(Code::Conflict, None))
    }

    /// Reads the server's version and merges it into the own one.
    async fn read_state(&mut self) -> Result<(), Failure> {
        let token = self.token()?;
        let view: AccountView = get(&self.transport, route::ACCOUNT, Some(&token)).await?;
        let session = self.session_mut()?;
        if view.generation != session.secret.generation() {
            // The password was changed elsewhere: this session is over.
            return Err(Failure::Server(Code::PasswordChanged, None));
        }
        // Read because it is newer than the own one: an older or the same one was put back.
        if view.state_version <= session.state_version {
            return Err(Conflict::Account.into());
        }
        let theirs = AccountState::open(&session.secret, &session.account, &view.state)
            .map_err(|_| Failure::Conflict(Conflict::Account))?;
        session.state.merge(theirs);
        // Drafts and what was seen may be others now.
        session.talks.values_mut().for_each(|talk| talk.changed = true);
        session.state_version = view.state_version;
        Ok(())
    }
}
