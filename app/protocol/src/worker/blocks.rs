//! Text blocks in clear, as page and worker see them. Sealed, a library is the encoding of [`Blocks`].

use crate::{
    blocks::Library,
    id::{BlockId, PersonId},
    membership::Language,
};
use serde::{Deserialize, Serialize};

/// What a block says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockText {
    /// Folder; empty: in none.
    pub folder: String,
    /// What it is found by.
    pub title: String,
    /// Language; `None`: fits any.
    pub language: Option<Language>,
    /// The text, with placeholders.
    pub text: String,
}

/// When a block became what it is, as the author of that edition said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockChange {
    /// In which edition of its library.
    pub version: u64,
    /// By whom.
    pub by: PersonId,
    /// When, milliseconds since 1970.
    pub time_ms: u64,
}

/// A text block with what it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Id.
    pub id: BlockId,
    /// What it says; of a removed one, what it said last.
    pub now: BlockText,
    /// Its last change.
    pub change: BlockChange,
    /// Removed, and kept for a while to be brought back.
    pub removed: bool,
    /// What it said before, newest first.
    pub former: Vec<FormerBlock>,
}

/// What a block said before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerBlock {
    /// What it said.
    pub text: BlockText,
    /// The change that made it so.
    pub change: BlockChange,
}

/// All blocks of a library: what is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Blocks {
    /// First form.
    One(Vec<Block>),
}

/// A change of one block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockEdit {
    /// Which; a new one has a new id.
    pub id: BlockId,
    /// Version of the change that whoever edits has seen; 0 for a new block.
    pub seen: u64,
    /// What it says from now on; `None` removes it.
    pub text: Option<BlockText>,
}

/// What [`super::Call::Blocks`] asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlocksCall {
    /// Of a team, or the own ones.
    pub library: Library,
    /// Changes: all or none are made.
    pub edits: Vec<BlockEdit>,
}

/// A library as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryView {
    /// Whose.
    pub library: Library,
    /// Version of the newest edition; 0: there is none.
    pub version: u64,
    /// It was written for the team before this person belonged to it: a colleague's browser hands it over as
    /// soon as it looks.
    pub locked: bool,
    /// Blocks, removed ones among them.
    pub blocks: Vec<Block>,
}
