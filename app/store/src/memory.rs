//! The domain's storage in memory: for tests, and as the plain statement of what each change means.
//! Nothing of it is shared with the engine but the contract suite.

use beistand_domain::clock::Seconds;
use beistand_domain::conversation::{self, admit};
use beistand_domain::notice::Pending;
use beistand_domain::record::{
    Acceptance, Account, AccountState, Blocks, CalendarLink, ClosingKey, Conversation, MailAccess,
    NewEnvelope, PushDevice, SecondFactor, Session, SettingKey,
};
use beistand_domain::statistics::{self, Moment, Tally, TallyKey};
use beistand_domain::storage::{
    Actor, Change, CommitError, CommitFuture, Listener, Output, Refused, Storage, StorageError, TidyFuture,
};
use beistand_protocol::api::{LogHead, Sealed, SessionKind, StoredEnvelope, TeamGenerationUpload};
use beistand_protocol::blocks::Library;
use beistand_protocol::closing::Topics;
use beistand_protocol::epoch::ConversationKind;
use beistand_protocol::id::{AccountId, ConversationId, InvitationId, PersonId, RealmId, TeamId};
use beistand_protocol::limit;
use beistand_protocol::notice::NoticeSettings;
use beistand_protocol::queue::QueueRules;
use beistand_protocol::roster::{LogEntry, Plan};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

/// Everything; copied for each commit, so that a refused one leaves nothing behind.
#[derive(Clone, Default)]
struct State {
    accounts: BTreeMap<AccountId, Account>,
    states: BTreeMap<AccountId, AccountState>,
    conversations: BTreeMap<ConversationId, (Conversation, Vec<Arc<StoredEnvelope>>)>,
    head: Option<LogHead>,
    log: Vec<Arc<Vec<u8>>>,
    generations: BTreeMap<TeamId, Vec<TeamGenerationUpload>>,
    sessions: BTreeMap<[u8; 32], Session>,
    acceptances: BTreeMap<InvitationId, Acceptance>,
    sightings: BTreeMap<PersonId, Vec<u8>>,
    settings: BTreeMap<SettingKey, Vec<u8>>,
    /// With the lines of their logs, oldest first.
    rosters: BTreeMap<TeamId, (Arc<Plan>, Vec<Arc<LogEntry>>)>,
    calendar_links: BTreeMap<[u8; 32], CalendarLink>,
    queue_rules: BTreeMap<TeamId, QueueRules>,
    blocks: BTreeMap<Library, Blocks>,
    notices: BTreeMap<PersonId, NoticeSettings>,
    mail_pending: BTreeMap<PersonId, Pending>,
    push_devices: BTreeMap<[u8; 32], PushDevice>,
    mail_access: Option<MailAccess>,
    topics: BTreeMap<TeamId, Topics>,
    closings: BTreeMap<ClosingKey, u64>,
    tallies: BTreeMap<TallyKey, Tally>,
    second_factors: BTreeMap<AccountId, SecondFactor>,
}

/// Storage that is gone with the process.
#[derive(Default)]
pub struct MemoryStore {
    state: RwLock<State>,
    /// Held from evaluating a commit until its listeners were told; keeps both in order.
    commits: Mutex<()>,
    listeners: RwLock<Vec<Listener>>,
    tidied: AtomicUsize,
}

impl MemoryStore {
    /// How often somebody had it tidied up. There is nothing to do here, but whoever should ask can be seen.
    #[must_use]
    pub fn tidied(&self) -> usize {
        self.tidied.load(Ordering::Relaxed)
    }

    fn read<T>(&self, read: impl FnOnce(&State) -> T) -> Result<T, StorageError> {
        Ok(read(&self.state.read().unwrap_or_else(PoisonError::into_inner)))
    }

    fn commit_now(&self, now_s: Seconds, changes: &[Change]) -> Result<Vec<Output>, CommitError> {
        let _in_order = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        let mut after = self.state.read().unwrap_or_else(PoisonError::into_inner).clone();
        let outputs: Result<Vec<Output>, Refused> =
            changes.iter().map(|change| after.apply(now_s, change)).collect();
        let outputs = outputs?;
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = after;
        let listeners = self.listeners.read().unwrap_or_else(PoisonError::into_inner);
        listeners.iter().for_each(|listener| listener(changes, &outputs));
        Ok(outputs)
    }
}

impl State {
    fn apply(&mut self, now_s: Seconds, change: &Change) -> Result<Output, Refused> {
        match change.clone() {
            Change::LogAppend { expected, entries, head } => {
                let length = self.log.len() as u64 + entries.len() as u64;
                if self.head != expected || head.length != length {
                    return Err(Refused::HeadMoved);
                }
                self.log.extend(entries.into_iter().map(Arc::new));
                self.head = Some(head);
            }
            Change::GenerationAppend(upload) => {
                let generations = self.generations.entry(upload.team).or_default();
                if upload.number as usize != generations.len() + 1 {
                    return Err(Refused::NumberTaken);
                }
                generations.push(upload);
            }
            Change::AccountAdd { account, state } => {
                if self.accounts.contains_key(&account.id) || self.is_name_of_other(&account) {
                    return Err(Refused::NameTaken);
                }
                self.states.insert(account.id, AccountState { version: 1, sealed: state });
                self.accounts.insert(account.id, account);
            }
            Change::AccountReplace { expected_generation, account, state } => {
                let before = self.accounts.get(&account.id).ok_or(Refused::NotFound)?;
                if before.generation != expected_generation {
                    return Err(Refused::GenerationMoved);
                }
                if self.is_name_of_other(&account) {
                    return Err(Refused::NameTaken);
                }
                let version = self.states.get(&account.id).map_or(0, |state| state.version) + 1;
                self.states.insert(account.id, AccountState { version, sealed: state });
                self.accounts.insert(account.id, account);
            }
            Change::AccountExpire { account, contact_s } => {
                if self.accounts.get(&account).is_some_and(|known| known.last_contact_s != contact_s) {
                    return Ok(Output::Kept);
                }
                return self.apply(now_s, &Change::AccountRemove(account));
            }
            Change::AccountRedate { account, contact_s } => {
                if let Some(account) = self.accounts.get_mut(&account) {
                    account.last_contact_s = account.last_contact_s.min(contact_s);
                }
            }
            Change::AccountRemove(id) => {
                self.accounts.remove(&id);
                self.states.remove(&id);
                self.sessions.retain(|_, session| session.account != id);
                self.acceptances.retain(|_, acceptance| acceptance.account != id);
                self.second_factors.remove(&id);
            }
            Change::AccountPerson { account: id, person } => {
                let kind = SessionKind::Staff(person);
                self.accounts.get_mut(&id).ok_or(Refused::NotFound)?.kind = kind;
                self.sessions
                    .values_mut()
                    .filter(|session| session.account == id)
                    .for_each(|session| session.kind = kind);
            }
            Change::AccountTouch { account, contact_s } => {
                if let Some(account) = self.accounts.get_mut(&account) {
                    account.last_contact_s = account.last_contact_s.max(contact_s);
                }
            }
            Change::SecondFactorPut { account, expected, next } => {
                if !self.accounts.contains_key(&account) {
                    return Err(Refused::NotFound);
                }
                if self.second_factors.get(&account).copied() != expected {
                    return Err(Refused::VersionMoved);
                }
                match next {
                    Some(factor) => drop(self.second_factors.insert(account, factor)),
                    None => drop(self.second_factors.remove(&account)),
                }
            }
            Change::StateWrite { account, expected_version, state } => {
                return self.write_state(account, expected_version, state);
            }
            Change::ConversationAdd(conversation) => {
                if self.conversations.contains_key(&conversation.id) {
                    return Err(Refused::IdTaken);
                }
                if let Some(talk) = conversation.about() {
                    let fits = ConversationKind::thread_id(talk) == conversation.id;
                    if !fits || !self.conversations.contains_key(&talk) {
                        return Err(Refused::NotFound);
                    }
                }
                let room = |month| ConversationKind::room_id(conversation.team, month) == conversation.id;
                if !conversation.room().is_none_or(room) {
                    return Err(Refused::NotFound);
                }
                self.conversations.insert(conversation.id, (conversation, Vec::new()));
            }
            Change::ConversationAppend { conversation, actor, envelopes, answer_by_s } => {
                return self.append(now_s, conversation, actor, &envelopes, answer_by_s);
            }
            Change::ConversationRemove(id) => self.remove_conversation(id),
            Change::ConversationExpire { conversation, last_s } => {
                let known = self.conversations.get(&conversation);
                if known.is_some_and(|(known, _)| known.last_s != last_s) {
                    return Ok(Output::Kept);
                }
                self.remove_conversation(conversation);
            }
            Change::ConversationRedate { conversation, last_s } => {
                if let Some((known, _)) = self.conversations.get_mut(&conversation) {
                    *known = conversation::redated(known.clone(), last_s);
                }
            }
            Change::ConversationEscalate { conversation, newest, step } => {
                let known = self.conversations.get_mut(&conversation);
                let after =
                    known.and_then(|(known, _)| Some((conversation::escalated(known, newest, step)?, known)));
                let Some((after, known)) = after else { return Ok(Output::Kept) };
                *known = after;
            }
            Change::GroupPut { conversation, windows, guest } => {
                let (known, _) = self.conversations.get_mut(&conversation).ok_or(Refused::NotFound)?;
                *known = conversation::regrouped(known, &windows, guest).ok_or(Refused::NotFound)?;
            }
            Change::GroupLeave { conversation, account } => {
                let (known, _) = self.conversations.get_mut(&conversation).ok_or(Refused::NotFound)?;
                *known = conversation::left(known, account).ok_or(Refused::NotFound)?;
            }
            Change::SessionAdd(session) => self.add_session(session),
            Change::SessionTouch { token_hash, used_s } => {
                if let Some(session) = self.sessions.get_mut(&token_hash) {
                    session.used_s = used_s;
                }
            }
            Change::SessionRemove(token_hash) => {
                self.sessions.remove(&token_hash);
            }
            Change::SessionsRemove(id) => self.sessions.retain(|_, session| session.account != id),
            Change::AcceptanceAdd(acceptance) => {
                if self.acceptances.contains_key(&acceptance.invitation) {
                    return Err(Refused::IdTaken);
                }
                self.acceptances.insert(acceptance.invitation, acceptance);
            }
            Change::AcceptanceDone(invitation) => {
                self.acceptances.get_mut(&invitation).ok_or(Refused::NotFound)?.countersigned = true;
            }
            Change::SightingPut { person, sighting } => {
                self.sightings.insert(person, sighting);
            }
            Change::SettingPut(key, Some(value)) => {
                self.settings.insert(key, value);
            }
            Change::SettingPut(key, None) => {
                self.settings.remove(&key);
            }
            Change::SettingExpect(key, expected) => {
                if self.settings.get(&key) != expected.as_ref() {
                    return Err(Refused::SettingMoved);
                }
            }
            Change::LogExpect(head) => {
                if self.head != Some(head) {
                    return Err(Refused::HeadMoved);
                }
            }
            Change::RosterChange { plan, entry } => {
                let known = self.rosters.get(&plan.team);
                let version = known.map_or(0, |(plan, _)| plan.version) + 1;
                if (plan.version, entry.version) != (version, version) {
                    return Err(Refused::VersionMoved);
                }
                let mut log = known.map(|(_, log)| log.clone()).unwrap_or_default();
                log.push(Arc::new(*entry));
                log.retain(|line| line.version + limit::ROSTER_LOG_MAX > version);
                self.rosters.insert(plan.team, (Arc::new(*plan), log));
            }
            Change::CalendarLinkAdd(link) => self.add_calendar_link(link),
            Change::CalendarLinkRemove(secret_hash) => drop(self.calendar_links.remove(&secret_hash)),
            Change::QueueRulesPut { team, rules } => drop(self.queue_rules.insert(team, rules)),
            Change::ClosingCount { conversation, envelope, key } => {
                let (known, stored) = self.conversations.get(&conversation).ok_or(Refused::NotFound)?;
                let before =
                    known.state.is_ended() || stored.iter().any(|stored| stored.envelope.id == envelope);
                if !before {
                    *self.closings.entry(key).or_default() += 1;
                }
            }
            Change::TopicsPut { team, topics } => drop(self.topics.insert(team, topics)),
            Change::BlocksPut(blocks) => {
                let stored = self.blocks.get(&blocks.library).map_or(0, |stored| stored.version);
                if blocks.version != stored + 1 {
                    return Err(Refused::VersionMoved);
                }
                if let Library::Note(talk, _) = blocks.library
                    && !self.conversations.contains_key(&talk)
                {
                    return Err(Refused::NotFound);
                }
                self.blocks.insert(blocks.library, blocks);
            }
            Change::BlocksRemove(library) => drop(self.blocks.remove(&library)),
            Change::NotesRemove(person) => {
                self.blocks.retain(|library, _| !matches!(library, Library::Note(_, of) if *of == person));
            }
            Change::NoticePut { person, settings } => drop(self.notices.insert(person, *settings)),
            Change::NoticeRemove(person) => {
                self.notices.remove(&person);
                self.mail_pending.remove(&person);
                self.push_devices.retain(|_, device| device.person != person);
            }
            Change::MailPendingPut { person, pending } => match pending {
                Some(pending) => drop(self.mail_pending.insert(person, pending)),
                None => drop(self.mail_pending.remove(&person)),
            },
            Change::PushAdd(device) => self.add_push_device(*device),
            Change::PushRemove(id) => drop(self.push_devices.remove(&id)),
            Change::MailAccessPut(access) => self.mail_access = access.map(|access| *access),
        }
        Ok(Output::Done)
    }

    fn add_push_device(&mut self, device: PushDevice) {
        let (id, person) = (device.id, device.person);
        self.push_devices.insert(id, device);
        let others = |known: &&PushDevice| known.person == person && known.id != id;
        while self.push_devices.values().filter(others).count() >= limit::PUSH_DEVICES_MAX {
            let oldest =
                self.push_devices.values().filter(others).min_by_key(|known| (known.made_s, known.id));
            let Some(oldest) = oldest.map(|known| known.id) else { break };
            self.push_devices.remove(&oldest);
        }
    }

    fn add_calendar_link(&mut self, link: CalendarLink) {
        self.calendar_links.insert(link.secret_hash, link);
        let others = |known: &&CalendarLink| {
            (known.person, known.team) == (link.person, link.team) && known.secret_hash != link.secret_hash
        };
        while self.calendar_links.values().filter(others).count() >= limit::CALENDAR_LINKS_MAX {
            let oldest = self
                .calendar_links
                .values()
                .filter(others)
                .min_by_key(|known| (known.made_s, known.secret_hash));
            let Some(oldest) = oldest.map(|known| known.secret_hash) else { break };
            self.calendar_links.remove(&oldest);
        }
    }

    fn is_name_of_other(&self, account: &Account) -> bool {
        self.accounts.values().any(|other| {
            other.id != account.id && other.realm == account.realm && other.look_up == account.look_up
        })
    }

    fn write_state(
        &mut self,
        id: AccountId,
        expected_version: u64,
        sealed: Sealed,
    ) -> Result<Output, Refused> {
        let state = self.states.get_mut(&id).ok_or(Refused::NotFound)?;
        if state.version != expected_version {
            return Err(Refused::VersionMoved);
        }
        *state = AccountState { version: expected_version + 1, sealed };
        Ok(Output::StateVersion(state.version))
    }

    fn remove_conversation(&mut self, id: ConversationId) {
        let thread = ConversationKind::thread_id(id);
        self.conversations.remove(&thread);
        self.conversations.remove(&id);
        let gone = |of: ConversationId| of == id || of == thread;
        self.blocks.retain(|library, _| !matches!(library, Library::Note(of, _) if gone(*of)));
    }

    fn append(
        &mut self,
        now_s: Seconds,
        id: ConversationId,
        actor: Actor,
        envelopes: &[NewEnvelope],
        answer_by_s: Option<Seconds>,
    ) -> Result<Output, Refused> {
        let (conversation, stored) = self.conversations.get_mut(&id).ok_or(Refused::NotFound)?;
        let new_from = conversation.length;
        let mut places = Vec::new();
        let mut diverged = false;
        for new in envelopes {
            let former = stored.iter().find(|stored| stored.envelope.id == new.envelope.id);
            if let Some(former) = former {
                diverged |= former.envelope != new.envelope;
                places.push((former.position, former.stored_s));
                continue;
            }
            if diverged {
                return Err(conversation::Refused::Diverged.into());
            }
            let position = conversation.length;
            let before = conversation.clone();
            *conversation = admit(&before, actor, new, answer_by_s, now_s)?;
            let zone = self.rosters.get(&before.team).map(|(plan, _)| &*plan.rules.zone);
            if let Some(counted) = statistics::counted(&before, conversation, actor, new.envelope.kind) {
                let moment = Moment::at(zone, now_s);
                let key = TallyKey { month: moment.month, team: before.team, site: before.site };
                self.tallies.entry(key).or_default().add(counted, moment);
            }
            let envelope = new.envelope.clone();
            stored.push(Arc::new(StoredEnvelope { position, stored_s: now_s, envelope }));
            places.push((position, now_s));
        }
        Ok(Output::Appended { places, new_from, conversation: Box::new(conversation.clone()) })
    }

    fn add_session(&mut self, session: Session) {
        self.sessions.remove(&session.token_hash);
        let mut others: Vec<_> = self
            .sessions
            .values()
            .filter(|other| other.account == session.account)
            .map(|other| (other.created_s, other.token_hash))
            .collect();
        others.sort_unstable();
        let too_many = (others.len() + 1).saturating_sub(limit::SESSIONS_PER_ACCOUNT_MAX);
        for (_, token_hash) in &others[..too_many] {
            self.sessions.remove(token_hash);
        }
        self.sessions.insert(session.token_hash, session);
    }
}

impl Storage for MemoryStore {
    fn commit(&self, now_s: Seconds, changes: Vec<Change>) -> CommitFuture {
        let outcome = self.commit_now(now_s, &changes);
        Box::pin(std::future::ready(outcome))
    }

    fn tidy(&self) -> TidyFuture {
        self.tidied.fetch_add(1, Ordering::Relaxed);
        Box::pin(async { Ok(()) })
    }

    fn subscribe(&self, listener: Listener) {
        self.listeners.write().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    fn lookup_account(&self, account: AccountId) -> Result<Option<Account>, StorageError> {
        self.read(|state| state.accounts.get(&account).cloned())
    }

    fn lookup_account_by_name(
        &self,
        realm: RealmId,
        look_up: &[u8; 32],
    ) -> Result<Option<Account>, StorageError> {
        self.read(|state| {
            let named = |account: &&Account| account.realm == realm && account.look_up == *look_up;
            state.accounts.values().find(named).cloned()
        })
    }

    fn lookup_account_by_person(&self, person: PersonId) -> Result<Option<Account>, StorageError> {
        self.read(|state| {
            let accounts =
                state.accounts.values().filter(|account| account.kind == SessionKind::Staff(person));
            accounts.max_by_key(|account| (account.created_s, account.id)).cloned()
        })
    }

    fn list_accounts(&self) -> Result<Vec<Account>, StorageError> {
        self.read(|state| state.accounts.values().cloned().collect())
    }

    fn lookup_state(&self, account: AccountId) -> Result<Option<AccountState>, StorageError> {
        self.read(|state| state.states.get(&account).cloned())
    }

    fn lookup_conversation(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<Conversation>, StorageError> {
        self.read(|state| {
            state.conversations.get(&conversation).map(|(conversation, _)| conversation.clone())
        })
    }

    fn list_conversations(&self) -> Result<Vec<Conversation>, StorageError> {
        self.read(|state| {
            state.conversations.values().map(|(conversation, _)| conversation.clone()).collect()
        })
    }

    fn list_envelopes(
        &self,
        conversation: ConversationId,
        from: u64,
        count_max: usize,
        bytes_max: usize,
    ) -> Result<Vec<StoredEnvelope>, StorageError> {
        self.read(|state| {
            let mut page = Vec::new();
            let mut bytes = 0;
            let stored = state.conversations.get(&conversation).map_or(&[][..], |(_, stored)| stored);
            for envelope in stored.iter().filter(|envelope| envelope.position >= from).take(count_max) {
                bytes += envelope.envelope.sealed.0.len();
                page.push(StoredEnvelope::clone(envelope));
                if bytes > bytes_max {
                    break;
                }
            }
            page
        })
    }

    fn lookup_log_head(&self) -> Result<Option<LogHead>, StorageError> {
        self.read(|state| state.head)
    }

    fn list_log(&self, from: u64, count_max: usize) -> Result<Vec<Vec<u8>>, StorageError> {
        self.read(|state| {
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            state.log.iter().skip(from).take(count_max).map(|entry| Vec::clone(entry)).collect()
        })
    }

    fn list_generations(
        &self,
        team: TeamId,
        from: u32,
        bytes_max: usize,
    ) -> Result<Vec<TeamGenerationUpload>, StorageError> {
        self.read(|state| {
            let all = state.generations.get(&team).map_or(&[][..], |all| all);
            let mut bytes = 0;
            let mut page = Vec::new();
            for upload in all.iter().filter(|upload| upload.number >= from) {
                bytes += upload.statement.0.len();
                page.push(upload.clone());
                if bytes > bytes_max {
                    break;
                }
            }
            page
        })
    }

    fn lookup_session(&self, token_hash: &[u8; 32]) -> Result<Option<Session>, StorageError> {
        self.read(|state| state.sessions.get(token_hash).cloned())
    }

    fn list_sessions(&self) -> Result<Vec<Session>, StorageError> {
        self.read(|state| state.sessions.values().cloned().collect())
    }

    fn lookup_acceptance(&self, invitation: InvitationId) -> Result<Option<Acceptance>, StorageError> {
        self.read(|state| state.acceptances.get(&invitation).cloned())
    }

    fn list_acceptances(&self) -> Result<Vec<Acceptance>, StorageError> {
        self.read(|state| state.acceptances.values().cloned().collect())
    }

    fn list_sightings(&self) -> Result<Vec<(PersonId, Vec<u8>)>, StorageError> {
        self.read(|state| state.sightings.iter().map(|(person, bytes)| (*person, bytes.clone())).collect())
    }

    fn lookup_roster(&self, team: TeamId) -> Result<Option<Plan>, StorageError> {
        self.read(|state| state.rosters.get(&team).map(|(plan, _)| Plan::clone(plan)))
    }

    fn list_rosters(&self) -> Result<Vec<Plan>, StorageError> {
        self.read(|state| state.rosters.values().map(|(plan, _)| Plan::clone(plan)).collect())
    }

    fn list_roster_log(
        &self,
        team: TeamId,
        before: u64,
        count_max: usize,
    ) -> Result<Vec<LogEntry>, StorageError> {
        self.read(|state| {
            let log = state.rosters.get(&team).map_or(&[][..], |(_, log)| log);
            let lower = log.iter().rev().filter(|line| line.version < before);
            lower.take(count_max).map(|line| LogEntry::clone(line)).collect()
        })
    }

    fn lookup_calendar_link(&self, secret_hash: &[u8; 32]) -> Result<Option<CalendarLink>, StorageError> {
        self.read(|state| state.calendar_links.get(secret_hash).copied())
    }

    fn list_calendar_links(&self) -> Result<Vec<CalendarLink>, StorageError> {
        self.read(|state| state.calendar_links.values().copied().collect())
    }

    fn list_queue_rules(&self) -> Result<Vec<(TeamId, QueueRules)>, StorageError> {
        self.read(|state| state.queue_rules.iter().map(|(team, rules)| (*team, *rules)).collect())
    }

    fn lookup_topics(&self, team: TeamId) -> Result<Topics, StorageError> {
        self.read(|state| state.topics.get(&team).cloned().unwrap_or_default())
    }

    fn list_tallies(&self) -> Result<Vec<(TallyKey, Tally)>, StorageError> {
        self.read(|state| state.tallies.iter().map(|(key, tally)| (*key, tally.clone())).collect())
    }

    fn list_closings(&self) -> Result<Vec<(ClosingKey, u64)>, StorageError> {
        self.read(|state| state.closings.iter().map(|(key, count)| (*key, *count)).collect())
    }

    fn lookup_blocks(&self, library: Library) -> Result<Option<Blocks>, StorageError> {
        self.read(|state| state.blocks.get(&library).cloned())
    }

    fn list_notices(&self) -> Result<Vec<(PersonId, NoticeSettings)>, StorageError> {
        self.read(|state| state.notices.iter().map(|(person, chosen)| (*person, chosen.clone())).collect())
    }

    fn list_mail_pending(&self) -> Result<Vec<(PersonId, Pending)>, StorageError> {
        self.read(|state| state.mail_pending.iter().map(|(person, pending)| (*person, *pending)).collect())
    }

    fn list_push_devices(&self) -> Result<Vec<PushDevice>, StorageError> {
        self.read(|state| state.push_devices.values().cloned().collect())
    }

    fn lookup_mail_access(&self) -> Result<Option<MailAccess>, StorageError> {
        self.read(|state| state.mail_access.clone())
    }

    fn lookup_second_factor(&self, account: AccountId) -> Result<Option<SecondFactor>, StorageError> {
        self.read(|state| state.second_factors.get(&account).copied())
    }

    fn lookup_setting(&self, key: SettingKey) -> Result<Option<Vec<u8>>, StorageError> {
        self.read(|state| state.settings.get(&key).cloned())
    }
}
