//! Libraries of text blocks: the newest edition of each.

use super::Record;
use crate::table::Table;
use beistand_domain::record as domain;
use beistand_protocol::api::Sealed;
use beistand_protocol::blocks::Library;
use beistand_protocol::id::{PersonId, TeamId};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
enum Whose {
    Team(TeamId),
    Own(PersonId),
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

/// A library's key: what it is of, then whose.
pub(crate) fn blocks_key(library: Library) -> [u8; 17] {
    let (kind, id) = match library {
        Library::Team(TeamId(id)) => (1, id),
        Library::Own(PersonId(id)) => (2, id),
    };
    let mut key = [kind; 17];
    key[1..].copy_from_slice(&id);
    key
}

impl From<&domain::Blocks> for BlocksRecord {
    fn from(blocks: &domain::Blocks) -> Self {
        let domain::Blocks { library, version, edition: Sealed(edition) } = blocks.clone();
        let whose = match library {
            Library::Team(team) => Whose::Team(team),
            Library::Own(person) => Whose::Own(person),
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
        };
        Self { library, version, edition: Sealed(edition) }
    }
}
