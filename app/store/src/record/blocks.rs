//! Libraries of text blocks, and notes about talks: the newest edition of each.

use super::Record;
use crate::table::Table;
use beistand_domain::record as domain;
use beistand_protocol::api::Sealed;
use beistand_protocol::blocks::Library;
use beistand_protocol::id::{ConversationId, PersonId, TeamId};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
enum Whose {
    Team(TeamId),
    Own(PersonId),
    Note(ConversationId, PersonId),
}

/// A library's newest edition. Key: see [`blocks_key`].
#[derive(Serialize, Deserialize)]
pub(crate) struct BlocksRecord {
    whose: Whose,
    pub(crate) version: u64,
    /// As PROTOCOL.md says; its own suite number fixes its form.
    edition: Vec<u8>,
}

impl Record for BlocksRecord {
    const TABLE: Table = Table::Blocks;
}

/// What the keys of all notes begin with.
pub(crate) const NOTES_KEY: [u8; 1] = [3];

/// A library's key: what it is of, then whose. Of a note first the talk, so that it is found with it.
pub(crate) fn blocks_key(library: Library) -> Vec<u8> {
    match library {
        Library::Team(TeamId(id)) => [&[1][..], &id].concat(),
        Library::Own(PersonId(id)) => [&[2][..], &id].concat(),
        Library::Note(talk, PersonId(id)) => [&notes_key(talk)[..], &id].concat(),
    }
}

/// What the keys of all notes about a talk begin with.
pub(crate) fn notes_key(talk: ConversationId) -> Vec<u8> {
    [&NOTES_KEY[..], &talk.0].concat()
}

impl From<&domain::Blocks> for BlocksRecord {
    fn from(blocks: &domain::Blocks) -> Self {
        let domain::Blocks { library, version, edition: Sealed(edition) } = blocks.clone();
        let whose = match library {
            Library::Team(team) => Whose::Team(team),
            Library::Own(person) => Whose::Own(person),
            Library::Note(talk, person) => Whose::Note(talk, person),
        };
        Self { whose, version, edition }
    }
}

impl From<BlocksRecord> for domain::Blocks {
    fn from(record: BlocksRecord) -> Self {
        let BlocksRecord { whose, version, edition } = record;
        let library = match whose {
            Whose::Team(team) => Library::Team(team),
            Whose::Own(person) => Library::Own(person),
            Whose::Note(talk, person) => Library::Note(talk, person),
        };
        Self { library, version, edition: Sealed(edition) }
    }
}
