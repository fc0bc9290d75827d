//! What each change does to the tables, and when it is refused.

use super::look_up::{self, number, pair};
use crate::engine::{Tables, Transaction};
use crate::error::Error;
use crate::record::{
    AcceptanceRecord, AccountByNameRecord, AccountByPersonRecord, AccountRecord, AccountStateRecord,
    BlocksRecord, CalendarLinkRecord, ClosingCountRecord, ConversationRecord, EnvelopeByIdRecord,
    EnvelopeRecord, GenerationRecord, LogHeadRecord, LogRecord, MailAccessRecord, NOTES_KEY, NoticeRecord,
    PendingMailRecord, PushDeviceRecord, QueueRulesRecord, Record, RosterLogRecord, RosterRecord,
    SecondFactorRecord, SessionByAccountRecord, SessionRecord, SettingRecord, SightingRecord, TallyRecord,
    TopicsRecord, blocks_key, closing_key, notes_key, setting_key, tally_key, write,
};
use crate::table::Table;
use beistand_domain::clock::Seconds;
use beistand_domain::conversation::{self, admit};
use beistand_domain::record::{
    Acceptance, Account, Blocks, CalendarLink, ClosingKey, Conversation, NewEnvelope, PushDevice,
    SecondFactor, Session,
};
use beistand_domain::statistics::{self, Counted, Moment, TallyKey};
use beistand_domain::storage::{Actor, Change, Output, Refused};
use beistand_protocol::api::{LogHead, Sealed, SessionKind, TeamGenerationUpload};
use beistand_protocol::blocks::Library;
use beistand_protocol::epoch::ConversationKind;
use beistand_protocol::id::{AccountId, ConversationId, InvitationId, MessageId, PersonId};
use beistand_protocol::limit;
use beistand_protocol::queue::Step;
use beistand_protocol::roster::{LogEntry, Plan};

/// Records of one table that a removed conversation takes with it in the same commit: their keys fit in
/// one, whatever its length.
const REMOVED_AT_ONCE: usize = 50_000;

/// Why a change was not made.
pub(super) enum Stop {
    /// Its condition does not hold.
    Refused(Refused),
    /// Storage itself failed.
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<conversation::Refused> for Stop {
    fn from(refused: conversation::Refused) -> Self {
        Self::Refused(refused.into())
    }
}

type Made<T = Output> = Result<T, Stop>;
type Tx<'a, 'b> = &'a mut Transaction<'b>;

/// Makes one change.
pub(super) fn apply(tx: Tx<'_, '_>, now_s: Seconds, change: &Change) -> Made {
    match change {
        Change::LogAppend { expected, entries, head } => log_append(tx, *expected, entries, *head),
        Change::GenerationAppend(upload) => generation_append(tx, upload),
        Change::AccountAdd { account, state } => account_add(tx, account, state),
        Change::AccountReplace { expected_generation, account, state } => {
            account_replace(tx, *expected_generation, account, state)
        }
        Change::AccountRemove(account) => account_remove(tx, *account),
        Change::AccountExpire { account, contact_s } => account_expire(tx, *account, *contact_s),
        Change::AccountRedate { account, contact_s } => account_redate(tx, *account, *contact_s),
        Change::AccountPerson { account, person } => account_person(tx, *account, *person),
        Change::AccountTouch { account, contact_s } => account_touch(tx, *account, *contact_s),
        Change::SecondFactorPut { account, expected, next } => {
            second_factor_put(tx, *account, *expected, *next)
        }
        Change::StateWrite { account, expected_version, state } => {
            state_write(tx, *account, *expected_version, state)
        }
        Change::ConversationAdd(conversation) => conversation_add(tx, conversation),
        Change::ConversationAppend { conversation, actor, envelopes, answer_by_s } => {
            conversation_append(tx, now_s, *conversation, *actor, envelopes, *answer_by_s)
        }
        Change::ConversationRemove(conversation) => conversation_remove(tx, *conversation),
        Change::ConversationExpire { conversation, last_s } => {
            conversation_expire(tx, *conversation, *last_s)
        }
        Change::ConversationRedate { conversation, last_s } => {
            conversation_redate(tx, *conversation, *last_s)
        }
        Change::ConversationEscalate { conversation, newest, step } => {
            conversation_escalate(tx, *conversation, *newest, *step)
        }
        Change::GroupPut { conversation, windows, guest } => {
            regroup(tx, *conversation, |known| conversation::regrouped(known, windows, *guest))
        }
        Change::GroupLeave { conversation, account } => {
            regroup(tx, *conversation, |known| conversation::left(known, *account))
        }
        Change::SessionAdd(session) => session_add(tx, session),
        Change::SessionTouch { token_hash, used_s } => session_touch(tx, token_hash, *used_s),
        Change::SessionRemove(token_hash) => session_remove(tx, token_hash),
        Change::SessionsRemove(account) => sessions_remove(tx, *account),
        Change::AcceptanceAdd(acceptance) => acceptance_add(tx, acceptance),
        Change::AcceptanceDone(invitation) => acceptance_done(tx, *invitation),
        Change::SightingPut { person, sighting } => {
            let record = SightingRecord { person: *person, sighting: sighting.clone() };
            put(tx, &person.0, &record)
        }
        Change::SettingPut(key, Some(value)) => {
            put(tx, &setting_key(*key), &SettingRecord { value: value.clone() })
        }
        Change::SettingPut(key, None) => remove(tx, Table::Setting, &setting_key(*key)),
        Change::SettingExpect(key, expected) => {
            if look_up::setting(tx, *key)? == *expected {
                Ok(Output::Done)
            } else {
                Err(Refused::SettingMoved.into())
            }
        }
        Change::LogExpect(head) if look_up::log_head(tx)? == Some(*head) => Ok(Output::Done),
        Change::LogExpect(_) => Err(Refused::HeadMoved.into()),
        Change::RosterChange { plan, entry } => roster_change(tx, plan, entry),
        Change::CalendarLinkAdd(link) => calendar_link_add(tx, link),
        Change::CalendarLinkRemove(secret_hash) => remove(tx, Table::CalendarLink, secret_hash),
        Change::QueueRulesPut { team, rules } => put(tx, &team.0, &QueueRulesRecord::new(*team, *rules)),
        Change::ClosingCount { conversation, envelope, key } => {
            closing_count(tx, *conversation, *envelope, *key)
        }
        Change::TopicsPut { team, topics } => put(tx, &team.0, &TopicsRecord::new(*team, topics)),
        Change::BlocksPut(blocks) => blocks_put(tx, blocks),
        Change::BlocksRemove(library) => remove(tx, Table::Blocks, &blocks_key(*library)),
        Change::NotesRemove(person) => notes_remove(tx, *person),
        Change::NoticePut { person, settings } => put(tx, &person.0, &NoticeRecord::new(*person, settings)),
        Change::NoticeRemove(person) => {
            for device in look_up::push_devices(tx)?.iter().filter(|device| device.person == *person) {
                remove(tx, Table::PushDevice, &device.id)?;
            }
            remove(tx, Table::Notice, &person.0)?;
            remove(tx, Table::PendingMail, &person.0)
        }
        Change::MailPendingPut { person, pending: Some(pending) } => {
            put(tx, &person.0, &PendingMailRecord::new(*person, *pending))
        }
        Change::MailPendingPut { person, pending: None } => remove(tx, Table::PendingMail, &person.0),
        Change::PushAdd(device) => push_add(tx, device),
        Change::PushRemove(id) => remove(tx, Table::PushDevice, id),
        Change::MailAccessPut(Some(access)) => put(tx, &[], &MailAccessRecord::from(&**access)),
        Change::MailAccessPut(None) => remove(tx, Table::MailAccess, &[]),
    }
}

fn put<R: Record>(tx: Tx<'_, '_>, key: &[u8], record: &R) -> Made {
    tx.put(R::TABLE, key, write(record))?;
    Ok(Output::Done)
}

fn put_under<R: Record>(tx: Tx<'_, '_>, conversation: ConversationId, key: &[u8], record: &R) -> Made {
    tx.put_under(&conversation.0, R::TABLE, key, write(record))?;
    Ok(Output::Done)
}

fn remove(tx: Tx<'_, '_>, table: Table, key: &[u8]) -> Made {
    tx.remove(table, key)?;
    Ok(Output::Done)
}

fn log_append(tx: Tx<'_, '_>, expected: Option<LogHead>, entries: &[Vec<u8>], head: LogHead) -> Made {
    let length = expected.map_or(0, |head| head.length);
    let fits = length.checked_add(entries.len() as u64) == Some(head.length);
    if look_up::log_head(tx)? != expected || !fits {
        return Err(Refused::HeadMoved.into());
    }
    for (position, entry) in (length..).zip(entries) {
        put(tx, &number(position), &LogRecord { entry: entry.clone() })?;
    }
    put(tx, &[], &LogHeadRecord::from(head))
}

fn generation_append(tx: Tx<'_, '_>, upload: &TeamGenerationUpload) -> Made {
    // The one before, and nothing after it.
    let last = look_up::generations(tx, upload.team, upload.number.saturating_sub(1), usize::MAX)?;
    let newest = last.last().map_or(0, |generation| generation.number);
    if newest.checked_add(1) != Some(upload.number) {
        return Err(Refused::NumberTaken.into());
    }
    put(tx, &pair(&upload.team.0, &upload.number.to_be_bytes()), &GenerationRecord::from(upload))
}

fn account_put(tx: Tx<'_, '_>, account: &Account) -> Made {
    let named = AccountByNameRecord { realm: account.realm, account: account.id };
    put(tx, &pair(&account.realm.0, &account.look_up), &named)?;
    if let SessionKind::Staff(person) = account.kind {
        put(tx, &pair(&person.0, &account.id.0), &AccountByPersonRecord { account: account.id })?;
    }
    put(tx, &account.id.0, &AccountRecord::from(account))
}

fn account_unlink(tx: Tx<'_, '_>, account: &Account) -> Made {
    remove(tx, Table::AccountByName, &pair(&account.realm.0, &account.look_up))?;
    if let SessionKind::Staff(person) = account.kind {
        remove(tx, Table::AccountByPerson, &pair(&person.0, &account.id.0))?;
    }
    Ok(Output::Done)
}

fn state_put(tx: Tx<'_, '_>, account: &Account, version: u64, sealed: &Sealed) -> Made {
    let record = AccountStateRecord { realm: account.realm, version, sealed: sealed.0.clone() };
    put(tx, &account.id.0, &record)
}

fn account_add(tx: Tx<'_, '_>, account: &Account, state: &Sealed) -> Made {
    let named = look_up::account_by_name(tx, account.realm, &account.look_up)?.is_some();
    if named || look_up::account(tx, account.id)?.is_some() {
        return Err(Refused::NameTaken.into());
    }
    account_put(tx, account)?;
    state_put(tx, account, 1, state)
}

fn account_replace(tx: Tx<'_, '_>, expected_generation: u32, account: &Account, state: &Sealed) -> Made {
    let before = look_up::account(tx, account.id)?.ok_or(Refused::NotFound)?;
    if before.generation != expected_generation {
        return Err(Refused::GenerationMoved.into());
    }
    if let Some(other) = look_up::account_by_name(tx, account.realm, &account.look_up)?
        && other.id != account.id
    {
        return Err(Refused::NameTaken.into());
    }
    let version = look_up::state(tx, account.id)?.map_or(0, |state| state.version);
    account_unlink(tx, &before)?;
    account_put(tx, account)?;
    state_put(tx, account, version + 1, state)
}

fn account_remove(tx: Tx<'_, '_>, id: AccountId) -> Made {
    if let Some(account) = look_up::account(tx, id)? {
        account_unlink(tx, &account)?;
        remove(tx, Table::Account, &id.0)?;
        remove(tx, Table::AccountState, &id.0)?;
        remove(tx, Table::SecondFactor, &id.0)?;
    }
    sessions_remove(tx, id)?;
    for acceptance in look_up::acceptances(tx)? {
        if acceptance.account == id {
            remove(tx, Table::Acceptance, &acceptance.invitation.0)?;
        }
    }
    Ok(Output::Done)
}

fn account_expire(tx: Tx<'_, '_>, id: AccountId, contact_s: Seconds) -> Made {
    match look_up::account(tx, id)? {
        Some(account) if account.last_contact_s != contact_s => Ok(Output::Kept),
        _ => account_remove(tx, id),
    }
}

fn account_redate(tx: Tx<'_, '_>, id: AccountId, contact_s: Seconds) -> Made {
    match look_up::account(tx, id)? {
        Some(account) if account.last_contact_s > contact_s => {
            put(tx, &id.0, &AccountRecord::from(&Account { last_contact_s: contact_s, ..account }))
        }
        _ => Ok(Output::Done),
    }
}

fn account_person(tx: Tx<'_, '_>, id: AccountId, person: PersonId) -> Made {
    let before = look_up::account(tx, id)?.ok_or(Refused::NotFound)?;
    let kind = SessionKind::Staff(person);
    account_unlink(tx, &before)?;
    account_put(tx, &Account { kind, ..before })?;
    for (_, token_hash) in look_up::sessions_of(tx, id)? {
        if let Some(session) = look_up::session(tx, &token_hash)? {
            put(tx, &token_hash, &SessionRecord::from(&Session { kind, ..session }))?;
        }
    }
    Ok(Output::Done)
}

fn account_touch(tx: Tx<'_, '_>, id: AccountId, contact_s: Seconds) -> Made {
    if let Some(mut account) = look_up::account(tx, id)? {
        // A clock that was set back must not make a contact older than it is.
        account.last_contact_s = account.last_contact_s.max(contact_s);
        put(tx, &id.0, &AccountRecord::from(&account))?;
    }
    Ok(Output::Done)
}

fn state_write(tx: Tx<'_, '_>, id: AccountId, expected_version: u64, state: &Sealed) -> Made {
    let account = look_up::account(tx, id)?.ok_or(Refused::NotFound)?;
    let version = look_up::state(tx, id)?.map_or(0, |state| state.version);
    if version != expected_version {
        return Err(Refused::VersionMoved.into());
    }
    state_put(tx, &account, version + 1, state)?;
    Ok(Output::StateVersion(version + 1))
}

fn conversation_add(tx: Tx<'_, '_>, conversation: &Conversation) -> Made {
    // Nor may it have the id of one that is removed and not yet gone altogether.
    if look_up::conversation(tx, conversation.id)?.is_some()
        || !tx.keys(Table::Envelope, &conversation.id.0, 1)?.is_empty()
    {
        return Err(Refused::IdTaken.into());
    }
    // Its id is what the talk's removal finds it by.
    if let Some(talk) = conversation.about()
        && (ConversationKind::thread_id(talk) != conversation.id
            || look_up::conversation(tx, talk)?.is_none())
    {
        return Err(Refused::NotFound.into());
    }
    // Its id is all that keeps a second one of the same month away.
    if let Some(month) = conversation.room()
        && ConversationKind::room_id(conversation.team, month) != conversation.id
    {
        return Err(Refused::NotFound.into());
    }
    tx.create_data_key(conversation.id.0);
    put_under(tx, conversation.id, &conversation.id.0, &ConversationRecord::from(conversation))
}

fn conversation_append(
    tx: Tx<'_, '_>,
    now_s: Seconds,
    id: ConversationId,
    actor: Actor,
    envelopes: &[NewEnvelope],
    answer_by_s: Option<Seconds>,
) -> Made {
    let mut after = look_up::conversation(tx, id)?.ok_or(Refused::NotFound)?;
    let (site, new_from) = (after.site, after.length);
    let mut places = Vec::with_capacity(envelopes.len());
    let mut diverged = false;
    for new in envelopes {
        let message = new.envelope.id;
        if let Some(place) = look_up::place_of(tx, id, message)? {
            let former = look_up::envelopes(tx, id, place.0, 1, usize::MAX)?;
            diverged |= former.first().is_none_or(|former| former.envelope != new.envelope);
            places.push(place);
            continue;
        }
        if diverged {
            return Err(conversation::Refused::Diverged.into());
        }
        let position = after.length;
        let before = after;
        after = admit(&before, actor, new, answer_by_s, now_s)?;
        if let Some(counted) = statistics::counted(&before, &after, actor, new.envelope.kind) {
            tally(tx, &after, counted, now_s)?;
        }
        let record =
            EnvelopeRecord::new(site, now_s, &new.envelope).ok_or(conversation::Refused::Malformed)?;
        put_under(tx, id, &pair(&id.0, &number(position)), &record)?;
        let record = EnvelopeByIdRecord { site, position, stored_s: now_s };
        put_under(tx, id, &pair(&id.0, &message.0), &record)?;
        places.push((position, now_s));
    }
    if after.length > new_from {
        put_under(tx, id, &id.0, &ConversationRecord::from(&after))?;
    }
    Ok(Output::Appended { places, new_from, conversation: Box::new(after) })
}

/// Without its data key nothing of it can be read any more. What is left of a very long one goes with
/// the next checkpoint and the next copy of the look-up database, which leave out what has no key. The
/// staff's thread about a talk goes in the same commit.
fn conversation_remove(tx: Tx<'_, '_>, id: ConversationId) -> Made {
    let thread = ConversationKind::thread_id(id);
    let mut left = REMOVED_AT_ONCE;
    if look_up::conversation(tx, thread)?.is_some() {
        left -= records_remove(tx, thread, left)?;
    }
    records_remove(tx, id, left)?;
    Ok(Output::Done)
}

/// Destroys a data key and what is under it; says how many records of one table that were at most.
fn records_remove(tx: Tx<'_, '_>, id: ConversationId, at_most: usize) -> Made<usize> {
    tx.destroy_data_key(&id.0);
    remove(tx, Table::Conversation, &id.0)?;
    let mut most = 0;
    for table in [Table::Envelope, Table::EnvelopeById] {
        let keys = tx.keys(table, &id.0, at_most)?;
        most = most.max(keys.len());
        for key in keys {
            remove(tx, table, &key)?;
        }
    }
    for key in tx.keys(Table::Blocks, &notes_key(id), at_most)? {
        remove(tx, Table::Blocks, &key)?;
    }
    Ok(most)
}

fn conversation_expire(tx: Tx<'_, '_>, id: ConversationId, last_s: Seconds) -> Made {
    match look_up::conversation(tx, id)? {
        Some(conversation) if conversation.last_s != last_s => Ok(Output::Kept),
        _ => conversation_remove(tx, id),
    }
}

fn conversation_redate(tx: Tx<'_, '_>, id: ConversationId, last_s: Seconds) -> Made {
    match look_up::conversation(tx, id)? {
        Some(conversation) if conversation.last_s > last_s => {
            put_under(tx, id, &id.0, &ConversationRecord::from(&conversation::redated(conversation, last_s)))
        }
        _ => Ok(Output::Done),
    }
}

fn conversation_escalate(tx: Tx<'_, '_>, id: ConversationId, newest: Step, step: Step) -> Made {
    match look_up::conversation(tx, id)?.and_then(|known| conversation::escalated(&known, newest, step)) {
        Some(after) => put_under(tx, id, &id.0, &ConversationRecord::from(&after)),
        None => Ok(Output::Kept),
    }
}

fn regroup(
    tx: Tx<'_, '_>,
    id: ConversationId,
    change: impl Fn(&Conversation) -> Option<Conversation>,
) -> Made {
    let after = look_up::conversation(tx, id)?.and_then(|known| change(&known)).ok_or(Refused::NotFound)?;
    put_under(tx, id, &id.0, &ConversationRecord::from(&after))
}

fn session_add(tx: Tx<'_, '_>, session: &Session) -> Made {
    session_remove(tx, &session.token_hash)?;
    let sessions = look_up::sessions_of(tx, session.account)?;
    let too_many = (sessions.len() + 1).saturating_sub(limit::SESSIONS_PER_ACCOUNT_MAX);
    for (_, token_hash) in &sessions[..too_many] {
        session_remove(tx, token_hash)?;
    }
    let key = pair(&session.account.0, &session.token_hash);
    put(tx, &key, &SessionByAccountRecord { created_s: session.created_s })?;
    put(tx, &session.token_hash, &SessionRecord::from(session))
}

fn session_touch(tx: Tx<'_, '_>, token_hash: &[u8; 32], used_s: Seconds) -> Made {
    match look_up::session(tx, token_hash)? {
        Some(session) => put(tx, token_hash, &SessionRecord::from(&Session { used_s, ..session })),
        None => Ok(Output::Done),
    }
}

fn session_remove(tx: Tx<'_, '_>, token_hash: &[u8; 32]) -> Made {
    if let Some(session) = look_up::session(tx, token_hash)? {
        remove(tx, Table::SessionByAccount, &pair(&session.account.0, token_hash))?;
        remove(tx, Table::Session, token_hash)?;
    }
    Ok(Output::Done)
}

fn sessions_remove(tx: Tx<'_, '_>, account: AccountId) -> Made {
    for (_, token_hash) in look_up::sessions_of(tx, account)? {
        session_remove(tx, &token_hash)?;
    }
    Ok(Output::Done)
}

fn acceptance_add(tx: Tx<'_, '_>, acceptance: &Acceptance) -> Made {
    if look_up::acceptance(tx, acceptance.invitation)?.is_some() {
        return Err(Refused::IdTaken.into());
    }
    put(tx, &acceptance.invitation.0, &AcceptanceRecord::from(acceptance))
}

fn acceptance_done(tx: Tx<'_, '_>, invitation: InvitationId) -> Made {
    let mut acceptance = look_up::acceptance(tx, invitation)?.ok_or(Refused::NotFound)?;
    acceptance.countersigned = true;
    put(tx, &invitation.0, &AcceptanceRecord::from(&acceptance))
}

fn roster_change(tx: Tx<'_, '_>, plan: &Plan, entry: &LogEntry) -> Made {
    let version = look_up::roster(tx, plan.team)?.map_or(0, |plan| plan.version);
    if version.checked_add(1) != Some(plan.version) || entry.version != plan.version {
        return Err(Refused::VersionMoved.into());
    }
    put(tx, &pair(&plan.team.0, &number(entry.version)), &RosterLogRecord::new(plan.team, entry))?;
    if let Some(old) = entry.version.checked_sub(limit::ROSTER_LOG_MAX) {
        remove(tx, Table::RosterLog, &pair(&plan.team.0, &number(old)))?;
    }
    put(tx, &plan.team.0, &RosterRecord { plan: plan.clone() })
}

fn calendar_link_add(tx: Tx<'_, '_>, link: &CalendarLink) -> Made {
    remove(tx, Table::CalendarLink, &link.secret_hash)?;
    let mut known = look_up::calendar_links(tx)?;
    known.retain(|known| known.person == link.person && known.team == link.team);
    known.sort_unstable_by_key(|known| (known.made_s, known.secret_hash));
    let too_many = (known.len() + 1).saturating_sub(limit::CALENDAR_LINKS_MAX);
    for old in &known[..too_many] {
        remove(tx, Table::CalendarLink, &old.secret_hash)?;
    }
    put(tx, &link.secret_hash, &CalendarLinkRecord::from(link))
}

fn closing_count(tx: Tx<'_, '_>, id: ConversationId, envelope: MessageId, key: ClosingKey) -> Made {
    let conversation = look_up::conversation(tx, id)?.ok_or(Refused::NotFound)?;
    if conversation.state.is_ended() || look_up::place_of(tx, id, envelope)?.is_some() {
        return Ok(Output::Done);
    }
    let count = look_up::closing_count(tx, key)?.saturating_add(1);
    put(tx, &closing_key(key), &ClosingCountRecord::new(key, count))
}

/// Counts something of a talk, in the month that it is where its team works.
fn tally(tx: Tx<'_, '_>, talk: &Conversation, counted: Counted, now_s: Seconds) -> Made {
    let zone = look_up::roster(tx, talk.team)?.map(|plan| plan.rules.zone);
    let moment = Moment::at(zone.as_deref(), now_s);
    let key = TallyKey { month: moment.month, team: talk.team, site: talk.site };
    let mut tally = look_up::tally(tx, key)?;
    tally.add(counted, moment);
    put(tx, &tally_key(key), &TallyRecord::new(key, &tally))
}

fn blocks_put(tx: Tx<'_, '_>, blocks: &Blocks) -> Made {
    let version = look_up::blocks(tx, blocks.library)?.map_or(0, |stored| stored.version);
    if version.checked_add(1) != Some(blocks.version) {
        return Err(Refused::VersionMoved.into());
    }
    let (key, record) = (blocks_key(blocks.library), BlocksRecord::from(blocks));
    let Library::Note(talk, _) = blocks.library else { return put(tx, &key, &record) };
    if look_up::conversation(tx, talk)?.is_none() {
        return Err(Refused::NotFound.into());
    }
    put_under(tx, talk, &key, &record)
}

fn notes_remove(tx: Tx<'_, '_>, person: PersonId) -> Made {
    for key in tx.keys(Table::Blocks, &NOTES_KEY, usize::MAX)? {
        if key.ends_with(&person.0) {
            remove(tx, Table::Blocks, &key)?;
        }
    }
    Ok(Output::Done)
}

fn second_factor_put(
    tx: Tx<'_, '_>,
    account: AccountId,
    expected: Option<SecondFactor>,
    next: Option<SecondFactor>,
) -> Made {
    if look_up::account(tx, account)?.is_none() {
        return Err(Refused::NotFound.into());
    }
    if look_up::second_factor(tx, account)? != expected {
        return Err(Refused::VersionMoved.into());
    }
    match next {
        Some(factor) => put(tx, &account.0, &SecondFactorRecord::new(account, factor)),
        None => remove(tx, Table::SecondFactor, &account.0),
    }
}

fn push_add(tx: Tx<'_, '_>, device: &PushDevice) -> Made {
    remove(tx, Table::PushDevice, &device.id)?;
    let mut known = look_up::push_devices(tx)?;
    known.retain(|known| known.person == device.person);
    known.sort_unstable_by_key(|known| (known.made_s, known.id));
    let too_many = (known.len() + 1).saturating_sub(limit::PUSH_DEVICES_MAX);
    for old in &known[..too_many] {
        remove(tx, Table::PushDevice, &old.id)?;
    }
    put(tx, &device.id, &PushDeviceRecord::from(device))
}
