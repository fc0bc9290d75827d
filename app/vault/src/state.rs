//! The sealed account state: what a clean browser needs besides the account secret. Conversation
//! ids, how far each was read (so that a vanished or rolled-back conversation is noticed), the
//! log floor, drafts.

use crate::{
    account::{AccountPlace, AccountSecret},
    padding,
    random::Random,
    seal::{SealError, lock, unlock},
};
use beistand_protocol::{
    api::{LogHead, Sealed},
    codec,
    id::{ConversationId, Digest, SiteId},
    limit,
    wrap::Locked,
};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use zeroize::Zeroizing;

const LABEL: &str = "beistand/1/account-state-seal";

/// How far a conversation was known, whatever browser knew it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Number of envelopes.
    pub length: u64,
    /// Digest of the newest of them.
    pub newest: Digest,
    /// Number of the newest epoch.
    pub epoch: u32,
    /// Its digest.
    pub epoch_digest: Digest,
}

/// What the state remembers of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// Which.
    pub conversation: ConversationId,
    /// At which site.
    pub site: SiteId,
    /// How far it was known.
    pub mark: Option<Mark>,
    /// What was being written.
    pub draft: String,
}

/// An account's state, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountState {
    /// The log is at least this; a shorter or other one is a rollback.
    pub floor: LogHead,
    /// The name shown to the other side, for seekers.
    pub pseudonym: Option<String>,
    /// Conversations, in order of their ids.
    pub conversations: Vec<Remembered>,
}

/// Why a state did not open or could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StateSealError {
    /// Another secret's, or changed.
    #[error("account state does not open")]
    Sealed(#[source] SealError),
    /// Opened to something else.
    #[error("account state is malformed")]
    Malformed,
    /// Larger than the server takes.
    #[error("account state is too large")]
    TooLarge,
}

#[derive(Serialize, Deserialize)]
enum Versioned {
    One(AccountState),
}

impl AccountState {
    /// A state that knows nothing but the log.
    #[must_use]
    pub fn new(floor: LogHead) -> Self {
        Self { floor, pseudonym: None, conversations: Vec::new() }
    }

    /// What is remembered of a conversation.
    #[must_use]
    pub fn get(&self, conversation: ConversationId) -> Option<&Remembered> {
        self.conversations.iter().find(|remembered| remembered.conversation == conversation)
    }

    /// The entry of a conversation, made if there is none.
    pub fn entry(&mut self, conversation: ConversationId, site: SiteId) -> &mut Remembered {
        let found =
            self.conversations.binary_search_by_key(&conversation, |remembered| remembered.conversation);
        let index = found.unwrap_or_else(|index| {
            let fresh = Remembered { conversation, site, mark: None, draft: String::new() };
            self.conversations.insert(index, fresh);
            index
        });
        &mut self.conversations[index]
    }

    /// Takes over what another browser wrote meanwhile: the longer marks and floor win, drafts of
    /// `self` win where they are not empty.
    pub fn merge(&mut self, other: Self) {
        if other.floor.length > self.floor.length {
            self.floor = other.floor;
        }
        self.pseudonym = self.pseudonym.take().or(other.pseudonym);
        for theirs in other.conversations {
            let mine = self.entry(theirs.conversation, theirs.site);
            let longer =
                theirs.mark.is_some_and(|theirs| mine.mark.is_none_or(|mine| theirs.length > mine.length));
            if longer {
                mine.mark = theirs.mark;
            }
            if mine.draft.is_empty() {
                mine.draft = theirs.draft;
            }
        }
    }

    /// Seals the state, padded.
    ///
    /// # Errors
    /// [`StateSealError::TooLarge`].
    pub fn seal(
        &self,
        place: &AccountPlace,
        secret: &AccountSecret,
        random: &mut dyn Random,
    ) -> Result<Sealed, StateSealError> {
        let bytes = Zeroizing::new(codec::encode(&Versioned::One(self.clone())));
        let padded = Zeroizing::new(padding::pad(&bytes));
        let sealed = lock(&secret.state_key(), LABEL, &associated(place, secret), &padded, random);
        let sealed = codec::encode(&sealed);
        if sealed.len() > limit::STATE_BYTES_MAX { Err(StateSealError::TooLarge) } else { Ok(Sealed(sealed)) }
    }

    /// Opens a sealed state.
    ///
    /// # Errors
    /// [`StateSealError`].
    pub fn open(
        place: &AccountPlace,
        secret: &AccountSecret,
        sealed: &Sealed,
    ) -> Result<Self, StateSealError> {
        let locked: Locked = codec::decode(&sealed.0).map_err(|_| StateSealError::Malformed)?;
        let padded = unlock(&secret.state_key(), LABEL, &associated(place, secret), &locked)
            .map(Zeroizing::new)
            .map_err(StateSealError::Sealed)?;
        let bytes = padding::unpad(&padded).map_err(|_| StateSealError::Malformed)?;
        let Versioned::One(state) = codec::decode(bytes).map_err(|_| StateSealError::Malformed)?;
        Ok(state)
    }
}

fn associated(place: &AccountPlace, secret: &AccountSecret) -> Vec<u8> {
    codec::encode(&(place.suite, place.organisation, place.realm, place.account, secret.generation()))
}
