//! Typed reading, the same from outside and inside a commit.

use crate::engine::Tables;
use crate::error::Error;
use crate::record::{
    AcceptanceRecord, AccountByNameRecord, AccountByPersonRecord, AccountRecord, AccountStateRecord,
    BlocksRecord, CalendarLinkRecord, ClosingCountRecord, ConversationRecord, EnvelopeByIdRecord,
    EnvelopeRecord, GenerationRecord, LogHeadRecord, LogRecord, MailAccessRecord, NoticeRecord,
    PendingMailRecord, PushDeviceRecord, QueueRulesRecord, Record, RosterLogRecord, RosterRecord,
    SecondFactorRecord, SessionByAccountRecord, SessionRecord, SettingRecord, SightingRecord, TallyRecord,
    TopicsRecord, blocks_key, closing_key, read, setting_key, tally_key,
};
use beistand_domain::notice::Pending;
use beistand_domain::record::{
    Acceptance, Account, AccountState, Blocks, CalendarLink, ClosingKey, Conversation, MailAccess,
    PushDevice, SecondFactor, Session, SettingKey,
};
use beistand_domain::statistics::{Tally, TallyKey};
use beistand_protocol::api::{LogHead, StoredEnvelope, TeamGenerationUpload};
use beistand_protocol::blocks::Library;
use beistand_protocol::closing::Topics;
use beistand_protocol::id::{AccountId, ConversationId, InvitationId, MessageId, PersonId, RealmId, TeamId};
use beistand_protocol::notice::NoticeSettings;
use beistand_protocol::queue::QueueRules;
use beistand_protocol::roster::{LogEntry, Plan};
use std::ops::ControlFlow;

/// One record of a table.
pub(super) fn get<R: Record>(tables: &dyn Tables, key: &[u8]) -> Result<Option<R>, Error> {
    tables.get(R::TABLE, key)?.map(|bytes| read(&bytes)).transpose()
}

/// The records whose keys begin with `prefix` and are at least `prefix ‖ from`, until `go_on` says no
/// (it is asked after each).
fn list<R: Record>(
    tables: &dyn Tables,
    prefix: &[u8],
    from: &[u8],
    mut go_on: impl FnMut(&R) -> bool,
) -> Result<Vec<(Vec<u8>, R)>, Error> {
    let mut records = Vec::new();
    let mut failure = None;
    tables.scan(R::TABLE, prefix, from, &mut |key, bytes| match read::<R>(&bytes) {
        Ok(record) => {
            let more = go_on(&record);
            records.push((key.to_vec(), record));
            if more { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        }
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    })?;
    match failure {
        Some(error) => Err(error),
        None => Ok(records),
    }
}

/// All records of a table as the domain's type.
fn all<R: Record, T: From<R>>(tables: &dyn Tables) -> Result<Vec<T>, Error> {
    Ok(list::<R>(tables, &[], &[], |_| true)?.into_iter().map(|(_, record)| record.into()).collect())
}

/// Numbers in keys, so that their order is the numbers' order.
pub(super) fn number(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

pub(super) fn pair(first: &[u8], second: &[u8]) -> Vec<u8> {
    [first, second].concat()
}

pub(super) fn account(tables: &dyn Tables, id: AccountId) -> Result<Option<Account>, Error> {
    get::<AccountRecord>(tables, &id.0)?.map(Account::try_from).transpose()
}

pub(super) fn account_by_name(
    tables: &dyn Tables,
    realm: RealmId,
    look_up: &[u8; 32],
) -> Result<Option<Account>, Error> {
    match get::<AccountByNameRecord>(tables, &pair(&realm.0, look_up))? {
        Some(named) => account(tables, named.account),
        None => Ok(None),
    }
}

pub(super) fn account_by_person(tables: &dyn Tables, person: PersonId) -> Result<Option<Account>, Error> {
    let mut newest: Option<Account> = None;
    for (_, record) in list::<AccountByPersonRecord>(tables, &person.0, &[], |_| true)? {
        if let Some(found) = account(tables, record.account)?
            && newest
                .as_ref()
                .is_none_or(|newest| (newest.created_s, newest.id) < (found.created_s, found.id))
        {
            newest = Some(found);
        }
    }
    Ok(newest)
}

pub(super) fn accounts(tables: &dyn Tables) -> Result<Vec<Account>, Error> {
    list::<AccountRecord>(tables, &[], &[], |_| true)?
        .into_iter()
        .map(|(_, record)| Account::try_from(record))
        .collect()
}

pub(super) fn state(tables: &dyn Tables, account: AccountId) -> Result<Option<AccountState>, Error> {
    Ok(get::<AccountStateRecord>(tables, &account.0)?.map(Into::into))
}

pub(super) fn conversation(tables: &dyn Tables, id: ConversationId) -> Result<Option<Conversation>, Error> {
    Ok(get::<ConversationRecord>(tables, &id.0)?.map(Into::into))
}

pub(super) fn conversations(tables: &dyn Tables) -> Result<Vec<Conversation>, Error> {
    all::<ConversationRecord, _>(tables)
}

pub(super) fn envelopes(
    tables: &dyn Tables,
    conversation: ConversationId,
    from: u64,
    count_max: usize,
    bytes_max: usize,
) -> Result<Vec<StoredEnvelope>, Error> {
    if count_max == 0 {
        return Ok(Vec::new());
    }
    let (mut count, mut bytes) = (0, 0usize);
    let records = list::<EnvelopeRecord>(tables, &conversation.0, &number(from), |record| {
        count += 1;
        bytes = bytes.saturating_add(record.sealed_bytes());
        count < count_max && bytes <= bytes_max
    })?;
    Ok((from..).zip(records).map(|(position, (_, record))| record.stored(position)).collect())
}

/// Where an envelope stands, and since when.
pub(super) fn place_of(
    tables: &dyn Tables,
    conversation: ConversationId,
    message: MessageId,
) -> Result<Option<(u64, u64)>, Error> {
    let key = pair(&conversation.0, &message.0);
    Ok(get::<EnvelopeByIdRecord>(tables, &key)?.map(|record| (record.position, record.stored_s)))
}

pub(super) fn log_head(tables: &dyn Tables) -> Result<Option<LogHead>, Error> {
    Ok(get::<LogHeadRecord>(tables, &[])?.map(Into::into))
}

pub(super) fn log(tables: &dyn Tables, from: u64, count_max: usize) -> Result<Vec<Vec<u8>>, Error> {
    if count_max == 0 {
        return Ok(Vec::new());
    }
    let mut count = 0;
    let records = list::<LogRecord>(tables, &[], &number(from), |_| {
        count += 1;
        count < count_max
    })?;
    Ok(records.into_iter().map(|(_, record)| record.entry).collect())
}

pub(super) fn generations(
    tables: &dyn Tables,
    team: TeamId,
    from: u32,
    bytes_max: usize,
) -> Result<Vec<TeamGenerationUpload>, Error> {
    let mut bytes = 0usize;
    let records = list::<GenerationRecord>(tables, &team.0, &from.to_be_bytes(), |record| {
        bytes = bytes.saturating_add(record.statement_bytes());
        bytes <= bytes_max
    })?;
    Ok(records.into_iter().map(|(_, record)| record.into()).collect())
}

pub(super) fn session(tables: &dyn Tables, token_hash: &[u8; 32]) -> Result<Option<Session>, Error> {
    Ok(get::<SessionRecord>(tables, token_hash)?.map(Into::into))
}

pub(super) fn sessions(tables: &dyn Tables) -> Result<Vec<Session>, Error> {
    all::<SessionRecord, _>(tables)
}

/// An account's sessions, oldest first: time of making and token hash.
pub(super) fn sessions_of(tables: &dyn Tables, account: AccountId) -> Result<Vec<(u64, [u8; 32])>, Error> {
    let records = list::<SessionByAccountRecord>(tables, &account.0, &[], |_| true)?;
    let mut sessions: Vec<_> = records
        .iter()
        .filter_map(|(key, record)| Some((record.created_s, *key.last_chunk::<32>()?)))
        .collect();
    sessions.sort_unstable();
    Ok(sessions)
}

pub(super) fn acceptance(tables: &dyn Tables, id: InvitationId) -> Result<Option<Acceptance>, Error> {
    Ok(get::<AcceptanceRecord>(tables, &id.0)?.map(Into::into))
}

pub(super) fn acceptances(tables: &dyn Tables) -> Result<Vec<Acceptance>, Error> {
    all::<AcceptanceRecord, _>(tables)
}

pub(super) fn sightings(tables: &dyn Tables) -> Result<Vec<(PersonId, Vec<u8>)>, Error> {
    let records = list::<SightingRecord>(tables, &[], &[], |_| true)?;
    Ok(records.into_iter().map(|(_, record)| (record.person, record.sighting)).collect())
}

pub(super) fn setting(tables: &dyn Tables, key: SettingKey) -> Result<Option<Vec<u8>>, Error> {
    Ok(get::<SettingRecord>(tables, &setting_key(key))?.map(|record| record.value))
}

pub(super) fn roster(tables: &dyn Tables, team: TeamId) -> Result<Option<Plan>, Error> {
    Ok(get::<RosterRecord>(tables, &team.0)?.map(Into::into))
}

pub(super) fn rosters(tables: &dyn Tables) -> Result<Vec<Plan>, Error> {
    all::<RosterRecord, _>(tables)
}

/// Versions follow each other without a gap, so that the newest ones below a version are counted back from it.
pub(super) fn roster_log(
    tables: &dyn Tables,
    team: TeamId,
    before: u64,
    count_max: usize,
) -> Result<Vec<LogEntry>, Error> {
    let newest = roster(tables, team)?.map_or(0, |plan| plan.version);
    let before = before.min(newest.saturating_add(1));
    let from = before.saturating_sub(u64::try_from(count_max).unwrap_or(u64::MAX)).max(1);
    if from >= before {
        return Ok(Vec::new());
    }
    let records =
        list::<RosterLogRecord>(tables, &team.0, &number(from), |record| record.version() + 1 < before)?;
    Ok(records.into_iter().rev().map(|(_, record)| record.into()).collect())
}

pub(super) fn calendar_link(
    tables: &dyn Tables,
    secret_hash: &[u8; 32],
) -> Result<Option<CalendarLink>, Error> {
    Ok(get::<CalendarLinkRecord>(tables, secret_hash)?.map(Into::into))
}

pub(super) fn calendar_links(tables: &dyn Tables) -> Result<Vec<CalendarLink>, Error> {
    all::<CalendarLinkRecord, _>(tables)
}

pub(super) fn queue_rules(tables: &dyn Tables) -> Result<Vec<(TeamId, QueueRules)>, Error> {
    all::<QueueRulesRecord, _>(tables)
}

pub(super) fn topics(tables: &dyn Tables, team: TeamId) -> Result<Topics, Error> {
    Ok(get::<TopicsRecord>(tables, &team.0)?.map(Into::into).unwrap_or_default())
}

pub(super) fn closing_count(tables: &dyn Tables, key: ClosingKey) -> Result<u64, Error> {
    Ok(get::<ClosingCountRecord>(tables, &closing_key(key))?.map_or(0, |record| record.count))
}

pub(super) fn closings(tables: &dyn Tables) -> Result<Vec<(ClosingKey, u64)>, Error> {
    all::<ClosingCountRecord, _>(tables)
}

pub(super) fn tally(tables: &dyn Tables, key: TallyKey) -> Result<Tally, Error> {
    let found = get::<TallyRecord>(tables, &tally_key(key))?.map(<(TallyKey, Tally)>::from);
    Ok(found.map(|(_, tally)| tally).unwrap_or_default())
}

pub(super) fn tallies(tables: &dyn Tables) -> Result<Vec<(TallyKey, Tally)>, Error> {
    all::<TallyRecord, _>(tables)
}

pub(super) fn blocks(tables: &dyn Tables, library: Library) -> Result<Option<Blocks>, Error> {
    Ok(get::<BlocksRecord>(tables, &blocks_key(library))?.map(Into::into))
}

pub(super) fn notices(tables: &dyn Tables) -> Result<Vec<(PersonId, NoticeSettings)>, Error> {
    all::<NoticeRecord, _>(tables)
}

pub(super) fn mail_pending(tables: &dyn Tables) -> Result<Vec<(PersonId, Pending)>, Error> {
    all::<PendingMailRecord, _>(tables)
}

pub(super) fn mail_access(tables: &dyn Tables) -> Result<Option<MailAccess>, Error> {
    Ok(get::<MailAccessRecord>(tables, &[])?.map(Into::into))
}

pub(super) fn second_factor(tables: &dyn Tables, account: AccountId) -> Result<Option<SecondFactor>, Error> {
    Ok(get::<SecondFactorRecord>(tables, &account.0)?.map(Into::into))
}

pub(super) fn push_devices(tables: &dyn Tables) -> Result<Vec<PushDevice>, Error> {
    all::<PushDeviceRecord, _>(tables)
}
