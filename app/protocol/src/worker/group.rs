//! What the staff's pages ask about groups.

use crate::{
    api::Window,
    id::{ConversationId, GuestId, SiteId},
};
use serde::{Deserialize, Serialize};

/// A group that is founded.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewGroup {
    /// At which site; its team moderates.
    pub site: SiteId,
    /// What it is called.
    pub title: String,
    /// When guests may write.
    pub windows: Vec<Window>,
    /// Guests at most.
    pub most: u8,
    /// Whether guests who come in read what was written before.
    pub history: bool,
}

/// What is done with groups.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupCall {
    /// Administrator: whether there may be groups at a site.
    Allow {
        /// The site.
        site: SiteId,
        /// There may.
        allowed: bool,
    },
    /// Founds one. Reply: [`Reply::Sent`](super::Reply::Sent).
    Found(NewGroup),
    /// Invites the seeker of a talk.
    Invite {
        /// The group.
        group: ConversationId,
        /// The talk.
        talk: ConversationId,
    },
    /// Lets in who has said in a talk to come.
    Admit {
        /// The group.
        group: ConversationId,
        /// The talk.
        talk: ConversationId,
    },
    /// From now on a guest only reads, or writes again.
    Mute {
        /// The group.
        group: ConversationId,
        /// The guest.
        guest: GuestId,
        /// Only reads.
        muted: bool,
    },
    /// Removes a guest.
    Remove {
        /// The group.
        group: ConversationId,
        /// The guest.
        guest: GuestId,
    },
    /// Another title or other opening times.
    Change {
        /// The group.
        group: ConversationId,
        /// What it is called.
        title: String,
        /// When guests may write.
        windows: Vec<Window>,
    },
}
