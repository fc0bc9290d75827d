//! The readers of stored bytes, one by one, for the fuzz targets: each is handed bytes as if they
//! had been found on the disk (and, where they are sealed there, as if the seal had fitted).

use crate::{
    frame::FrameKind,
    journal,
    ops::{Group, decode_entries},
    record::{self, Record},
    seal::{StorageKey, StoreId},
};
use std::path::Path;

/// A form: its name, and whether bytes are read as one.
pub type Form = (&'static str, fn(&[u8]) -> bool);

macro_rules! records {
    ($($record:ident),* $(,)?) => {
        &[
            $((stringify!($record), record::<record::$record>)),*,
            ("group", group),
            ("entries", entries),
            ("journal", |bytes| frames(bytes, false)),
            ("journal's end", |bytes| frames(bytes, true)),
        ]
    };
}

/// All of them.
pub const FORMS: &[Form] = records![
    AccountRecord,
    AccountByNameRecord,
    AccountByPersonRecord,
    AccountStateRecord,
    ConversationRecord,
    EnvelopeRecord,
    EnvelopeByIdRecord,
    LogRecord,
    LogHeadRecord,
    GenerationRecord,
    SessionRecord,
    SessionByAccountRecord,
    AcceptanceRecord,
    SightingRecord,
    SettingRecord
];

fn record<R: Record>(bytes: &[u8]) -> bool {
    let Ok(found) = record::read::<R>(bytes) else { return false };
    assert!(bytes[0] < R::VERSION || record::write(&found) == bytes, "a record has two spellings");
    true
}

fn group(bytes: &[u8]) -> bool {
    let Some(group) = Group::decode(bytes) else { return false };
    assert_eq!(group.encode(), bytes, "a group has two spellings");
    true
}

fn entries(bytes: &[u8]) -> bool {
    decode_entries(bytes).is_some()
}

fn frames(bytes: &[u8], last: bool) -> bool {
    let store = StoreId([0; 16]);
    let kind: FrameKind = journal::kind(&StorageKey::from_bytes([0; 32]), store);
    kind.read(Path::new("journal"), bytes, last, |_, _| Ok(())).is_ok()
}
