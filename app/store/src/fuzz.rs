//! The readers of stored bytes, one by one, for the fuzz targets: each is handed bytes as if they
//! had been found on the disk (and, where they are sealed there, as if the seal had fitted).

use crate::{
    frame::FrameKind,
    journal,
    keys::DataKeyId,
    ops::{Group, decode_entries},
    record::{self, Record},
    seal::{StorageKey, StoreId},
};
use serde::de::DeserializeOwned;
use std::path::Path;

/// Makes a value of any type that is stored.
pub trait Maker {
    /// `None` if the choices led to something that the type refuses.
    fn make<T: DeserializeOwned>(&mut self) -> Option<T>;
}

/// The forms that are not records: how bytes are read.
const OTHERS: [fn(&[u8]) -> bool; 4] = [group, entries, |bytes| frames(bytes, 3), |bytes| frames(bytes, 2)];

macro_rules! records {
    ($($number:literal $record:ident),* $(,)?) => {
        /// How many forms there are: records first.
        pub const FORMS: usize = [$($number),*].len() + OTHERS.len();

        /// Whether bytes are read as the form with this number.
        #[must_use]
        pub fn read(form: usize, bytes: &[u8]) -> bool {
            match form {
                $($number => record::<record::$record>(bytes),)*
                other => OTHERS[other % OTHERS.len()](bytes),
            }
        }

        /// Stored bytes of a made value of this form, or of a made group of changes.
        pub fn make(form: usize, maker: &mut impl Maker) -> Option<Vec<u8>> {
            match form {
                $($number => maker.make::<record::$record>().map(|made| record::write(&made)),)*
                _ => maker.make::<Vec<(Vec<u8>, Option<Vec<u8>>)>>().map(|entries| {
                    let destroyed = entries.iter().map(|_| DataKeyId([7; 16])).collect();
                    Group { destroyed, entries }.encode()
                }),
            }
        }
    };
}

records! {
    0 AccountRecord, 1 AccountByNameRecord, 2 AccountByPersonRecord, 3 AccountStateRecord, 4 ConversationRecord, 5 EnvelopeRecord, 6 EnvelopeByIdRecord, 7 LogRecord, 8 LogHeadRecord, 9 GenerationRecord, 10 SessionRecord, 11 SessionByAccountRecord, 12 AcceptanceRecord, 13 SightingRecord, 14 SettingRecord, 15 RosterRecord, 16 RosterLogRecord, 17 CalendarLinkRecord, 18 QueueRulesRecord, 19 BlocksRecord, 20 NoticeRecord, 21 PendingMailRecord, 22 MailAccessRecord, 23 PushDeviceRecord, 24 TopicsRecord, 25 ClosingCountRecord, 26 TallyRecord, 27 SecondFactorRecord
}

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

/// A journal segment, behind a header of this version.
fn frames(bytes: &[u8], version: u32) -> bool {
    let store = StoreId([0; 16]);
    let kind: FrameKind = journal::kind(&StorageKey::from_bytes([0; 32]), store);
    let mut file = kind.file_header(version, 1);
    file.extend_from_slice(bytes);
    kind.read(Path::new("journal"), &mut file, |_, _| Ok(())).is_ok()
        | kind.read(Path::new("journal"), &mut bytes.to_vec(), |_, _| Ok(())).is_ok()
}
