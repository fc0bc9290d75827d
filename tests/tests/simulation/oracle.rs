//! What must hold, said once more and in other words than the product's: a small model that hears of each durable
//! commit in its order, reads the signed statements (not the sealed ones), and is asked after each step.

mod page;
mod promise;
mod roll;
mod talk;
mod thread;

use super::{clock::SimulatedClock, trace::Trace};
use beistand_domain::{
    clock::Clock as _,
    record::Account,
    storage::{Actor, Change, Output, Storage},
};
use beistand_protocol::{
    api::{ConversationState, EnvelopeKind, SessionKind, StoredEnvelope},
    codec::decode,
    epoch::{ConversationKind, EpochHeader, Reader, SignedEpoch},
    id::{AccountId, ConversationId, MessageId, PersonId},
    limit::ROOM_KEPT_S,
    membership::{SignedEntry, Statement},
    month::Month,
    signature::plain_digest,
    team::{SignedTeamGeneration, TeamHeader},
};
pub use page::Thief;
use promise::Contact;
use roll::Roll;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};
use talk::{Kept, OldKey, Talk};
use thread::Threads;

/// Who somebody is, to the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// The seeker with this number.
    Seeker(usize),
    /// A staff person.
    Staff(PersonId),
}

/// A text that somebody gave to a page to send.
pub struct Sent {
    text: String,
    by: Who,
    /// A page has shown it as stored.
    acknowledged: bool,
}

/// Commits that the model has not heard yet.
type Heard = Arc<Mutex<Vec<(Vec<Change>, Vec<Output>)>>>;

/// The model.
pub struct Oracle {
    trace: Trace,
    heard: Heard,
    log: Vec<Vec<u8>>,
    roll: Roll,
    generations: BTreeMap<u32, TeamHeader>,
    talks: BTreeMap<ConversationId, Talk>,
    threads: Threads,
    /// How often an account got new keys.
    renewed: BTreeMap<AccountId, usize>,
    /// When somebody got new keys, in the order of everything that was stored.
    renewals: BTreeMap<Who, Vec<u64>>,
    /// Number of the newest thing that was stored.
    order: u64,
    /// The accounts of each seeker, also those that are gone.
    accounts: BTreeMap<AccountId, usize>,
    /// Whoever is signing up just now: an account that appears is this seeker's.
    pub signing_up: Option<usize>,
    /// Seekers who asked for the end of their account.
    leaving: BTreeSet<usize>,
    /// Accounts that were destroyed.
    removed: BTreeSet<AccountId>,
    /// The box's clock, and the right one.
    clock: SimulatedClock,
    /// Days that everything is kept after the last contact.
    pub retention_days: u16,
    contacts: BTreeMap<AccountId, Contact>,
    talk_contacts: BTreeMap<ConversationId, Contact>,
    /// Where somebody of the staff, or the seeker, had everything on the screen.
    seen: BTreeSet<(ConversationId, bool)>,
    sent: BTreeMap<MessageId, Sent>,
    /// The same in rooms of teams.
    said: BTreeMap<MessageId, (String, Who)>,
}

impl Oracle {
    pub fn new(trace: Trace, clock: SimulatedClock) -> Self {
        Self {
            trace,
            clock,
            heard: Heard::default(),
            log: Vec::new(),
            roll: Roll::default(),
            generations: BTreeMap::new(),
            talks: BTreeMap::new(),
            threads: Threads::default(),
            renewed: BTreeMap::new(),
            renewals: BTreeMap::new(),
            order: 0,
            accounts: BTreeMap::new(),
            signing_up: None,
            leaving: BTreeSet::new(),
            removed: BTreeSet::new(),
            retention_days: 0,
            contacts: BTreeMap::new(),
            talk_contacts: BTreeMap::new(),
            seen: BTreeSet::new(),
            sent: BTreeMap::new(),
            said: BTreeMap::new(),
        }
    }

    /// From now on hears of each commit of this storage.
    pub fn listen(&self, storage: &dyn Storage) {
        let heard = self.heard.clone();
        storage.subscribe(Box::new(move |changes, outputs| {
            heard.lock().unwrap().push((changes.to_vec(), outputs.to_vec()));
        }));
    }

    /// Somebody presses "send".
    pub fn sends(&mut self, id: MessageId, text: &str, by: Who) {
        self.sent.insert(id, Sent { text: text.to_owned(), by, acknowledged: false });
    }

    /// Somebody says something in the room of a team.
    pub fn says(&mut self, id: MessageId, text: &str, by: Who) {
        self.said.insert(id, (text.to_owned(), by));
    }

    /// Somebody has everything of a conversation on the screen.
    pub fn sees(&mut self, who: Who, conversation: ConversationId) {
        self.seen.insert((conversation, matches!(who, Who::Staff(_))));
    }

    /// A seeker asks for the end of the account.
    pub fn leaves(&mut self, seeker: usize) {
        self.leaving.insert(seeker);
    }

    /// Whether a seeker has no account (any more).
    pub fn is_gone(&self, seeker: usize) -> bool {
        let mut own = self.accounts.iter().filter(|(_, number)| **number == seeker);
        own.all(|(account, _)| self.removed.contains(account))
    }

    /// How often somebody got new keys.
    pub fn renewals(&self, who: Who) -> usize {
        self.renewals.get(&who).map_or(0, Vec::len)
    }

    pub fn count(&self) -> (usize, usize, usize) {
        let acknowledged = self.sent.values().filter(|sent| sent.acknowledged).count();
        (self.talks.len(), self.sent.len(), acknowledged)
    }

    pub fn is_active(&self, person: PersonId) -> bool {
        self.roll.active.contains(&person)
    }

    /// Hears what was committed since.
    pub fn catch_up(&mut self) {
        let heard = std::mem::take(&mut *self.heard.lock().unwrap());
        for (changes, outputs) in heard {
            for (change, output) in changes.iter().zip(&outputs) {
                self.hear(change, output);
            }
        }
    }

    fn hear(&mut self, change: &Change, output: &Output) {
        match (change, output) {
            (Change::LogAppend { entries, .. }, _) => {
                entries.iter().for_each(|entry| self.hear_entry(entry));
            }
            (Change::GenerationAppend(upload), _) => {
                let signed: SignedTeamGeneration = decode(&upload.statement.0).unwrap();
                let header: TeamHeader = decode(&signed.header).unwrap();
                let former = self.generations.insert(header.number, header);
                assert!(former.is_none(), "a team generation was stored twice");
            }
            (Change::AccountAdd { account, .. }, _) => self.hear_account(account),
            (Change::AccountReplace { account, expected_generation, .. }, _) => {
                self.contact(account.id, account.last_contact_s);
                if account.generation != *expected_generation {
                    self.renew(account);
                }
            }
            (Change::AccountTouch { account, contact_s }, _) => self.contact(*account, *contact_s),
            (Change::AccountRemove(account) | Change::AccountExpire { account, .. }, Output::Done) => {
                self.destroy_account(*account)
            }
            (Change::ConversationAdd(added), _) => {
                let Some(seeker) = added.seeker() else { return self.threads.open(added.id) };
                let talk = Talk::new(seeker, added.state);
                assert!(self.talks.insert(added.id, talk).is_none(), "a conversation was opened twice");
            }
            (
                Change::ConversationAppend { conversation, actor, envelopes, .. },
                Output::Appended { places, new_from, conversation: after },
            ) => {
                let contact = Contact::at(&self.clock, after.last_s);
                let is_thread = self.threads.has(*conversation);
                if !is_thread {
                    self.talk_contacts.insert(*conversation, contact);
                }
                for (new, (position, stored_s)) in envelopes.iter().zip(places) {
                    let stored = StoredEnvelope {
                        position: *position,
                        stored_s: *stored_s,
                        envelope: new.envelope.clone(),
                    };
                    let again = *position < *new_from;
                    match is_thread {
                        true => self.threads.hear(*conversation, &stored, again),
                        false => self.hear_envelope(*conversation, &stored, again, Some(*actor)),
                    }
                }
                if is_thread {
                    return;
                }
                let talk = &self.talks[conversation];
                assert_eq!(talk.state, after.state, "the state does not follow from what was stored");
                assert_eq!(talk.envelopes.len() as u64, after.length, "the length is wrong");
            }
            (
                Change::ConversationRemove(id) | Change::ConversationExpire { conversation: id, .. },
                Output::Done,
            ) => self.destroy_talk(*id),
            _ => {}
        }
    }

    fn hear_account(&mut self, account: &Account) {
        if let SessionKind::Seeker(_) = account.kind {
            let number = self.signing_up.expect("an account that nobody asked for");
            self.accounts.insert(account.id, number);
            self.contact(account.id, account.last_contact_s);
        }
    }

    fn contact(&mut self, account: AccountId, stamped_s: u64) {
        self.contacts.insert(account, Contact::at(&self.clock, stamped_s));
    }

    /// New keys.
    fn renew(&mut self, account: &Account) {
        *self.renewed.entry(account.id).or_default() += 1;
        self.order += 1;
        let who = match account.kind {
            SessionKind::Staff(person) => Who::Staff(person),
            SessionKind::Seeker(_) => Who::Seeker(self.accounts[&account.id]),
        };
        self.trace.note(&format!("{who:?} has new keys"));
        self.renewals.entry(who).or_default().push(self.order);
    }

    /// An account is destroyed: because somebody asked for it, or because its time is over.
    fn destroy_account(&mut self, id: AccountId) {
        if let Some(number) = self.accounts.get(&id).filter(|_| !self.removed.contains(&id)) {
            let over = self.contacts[&id].is_over(&self.clock, self.retention_days);
            assert!(over || self.leaving.contains(number), "seeker {number}'s account ended before its time");
            self.leaving.remove(number);
            self.trace.note(&format!("seeker {number}'s account is destroyed"));
        }
        self.removed.insert(id);
    }

    fn destroy_talk(&mut self, id: ConversationId) {
        if self.threads.destroy(id) {
            return;
        }
        let talk = self.talks.get_mut(&id).expect("what is destroyed was there");
        let over = self.talk_contacts[&id].is_over(&self.clock, self.retention_days);
        let wanted = self.accounts.get(&talk.seeker).is_some_and(|number| self.leaving.contains(number));
        let allowed = over || wanted || self.removed.contains(&talk.seeker);
        assert!(allowed, "a conversation was destroyed before its time: {id:?}");
        self.trace.note(&format!("a conversation of {} is destroyed", talk.envelopes.len()));
        talk.destroyed = true;
        // What staff said about it goes with it.
        self.threads.destroy(ConversationKind::thread_id(id));
    }

    fn hear_entry(&mut self, entry: &[u8]) {
        let signed: SignedEntry = decode(entry).unwrap();
        let statement: Statement = decode(&signed.statement).unwrap();
        assert_eq!(statement.position, self.log.len() as u64, "the log has a gap");
        self.trace.note(&format!("log {}", statement.position));
        self.roll.hear(&statement.body);
        self.log.push(entry.to_vec());
    }

    /// One envelope was stored; `again`: it had been before. `by`: who brought it, just now and in this order.
    fn hear_envelope(&mut self, id: ConversationId, stored: &StoredEnvelope, again: bool, by: Option<Actor>) {
        self.order += 1;
        let talk =
            self.talks.get_mut(&id).expect("nothing is stored in a conversation that was never opened");
        let envelope = &stored.envelope;
        if again {
            let known = talk.places.get(&envelope.id);
            assert_eq!(known, Some(&stored.position), "what is sent again keeps its place");
            return;
        }
        assert_eq!(stored.position, talk.envelopes.len() as u64, "places are without gap");
        let former = talk.places.insert(envelope.id, stored.position);
        assert!(former.is_none(), "{:?} was stored twice", envelope.id);
        assert!(!talk.destroyed, "something was stored in a conversation that is destroyed");
        talk.envelopes.push(Kept {
            id: envelope.id,
            digest: plain_digest(&envelope.sealed.0),
            kind: envelope.kind,
            epoch: envelope.epoch,
            by,
            order: self.order,
        });
        let was = talk.state;
        match envelope.kind {
            EnvelopeKind::Epoch => {
                let signed: SignedEpoch = decode(&envelope.sealed.0).unwrap();
                let header: EpochHeader = decode(&signed.header).unwrap();
                assert_eq!(header.number as usize, talk.epochs.len(), "epochs are without gap");
                let boxes = signed.history_boxes.iter();
                talk.old_keys.extend(boxes.map(|old| OldKey {
                    within: header.number,
                    reader: old.reader,
                    epoch: old.epoch,
                }));
                talk.epochs.push(header);
            }
            EnvelopeKind::Claim => {
                let person = envelope.assignee.unwrap();
                let legal = was == ConversationState::Waiting || was == ConversationState::Claimed(person);
                assert!(legal, "claimed while {was:?}");
                talk.state = ConversationState::Claimed(person);
            }
            EnvelopeKind::Handover => {
                assert!(!was.is_ended(), "handed over while {was:?}");
                talk.state = ConversationState::Claimed(envelope.assignee.unwrap());
            }
            EnvelopeKind::Release => {
                assert!(!was.is_ended(), "released while {was:?}");
                talk.state = ConversationState::Waiting;
            }
            EnvelopeKind::Close if was == ConversationState::Blocked => {}
            EnvelopeKind::Close => talk.state = ConversationState::Closed,
            EnvelopeKind::Block => talk.state = ConversationState::Blocked,
            EnvelopeKind::Reopen if was == ConversationState::Blocked => {
                talk.state = ConversationState::Closed;
            }
            EnvelopeKind::Reopen => talk.state = ConversationState::Waiting,
            EnvelopeKind::Message if was.is_ended() => {
                let by = self.sent.get(&envelope.id).map(|sent| sent.by);
                assert!(!matches!(by, Some(Who::Staff(_))), "staff wrote into a closed conversation");
                assert_ne!(was, ConversationState::Blocked, "somebody who is blocked wrote");
                talk.state = ConversationState::Waiting;
            }
            _ => {}
        }
        self.trace.note(&format!("stored {:?} {} {:?}", envelope.kind, stored.position, talk.state));
        // The server lets receipts pass under an epoch that a removal has made stale: they carry no words.
        if by.is_some() && !matches!(envelope.kind, EnvelopeKind::Epoch | EnvelopeKind::Receipt) {
            self.check_readers(id, envelope.epoch, envelope.kind);
        }
    }

    /// Whoever can open what is stored now is entitled to now.
    fn check_readers(&self, id: ConversationId, epoch: u32, kind: EnvelopeKind) {
        let talk = &self.talks[&id];
        let header = talk.epochs.last().expect("nothing is sealed before the first epoch");
        assert_eq!(header.number, epoch, "sealed under an epoch that is not the newest");
        let mut people = BTreeSet::new();
        let mut seeker = None;
        for reader in &header.readers {
            match reader {
                Reader::Seeker(keys) => seeker = Some(keys),
                Reader::Guest(_) => panic!("nobody has founded a group"),
                Reader::Person { person, .. } => {
                    people.insert(*person);
                }
                Reader::Team { number, .. } => {
                    people.extend(self.generations[number].members.iter().map(|member| member.person));
                }
            }
        }
        // New keys come with a new generation of the seeker's account, and only with that.
        let mut keys: Vec<_> = Vec::new();
        for reader in talk.epochs.iter().flat_map(|header| &header.readers) {
            if let Reader::Seeker(of) = reader
                && keys.last() != Some(&&of.kem)
            {
                keys.push(&of.kem);
            }
        }
        let renewed = self.renewed.get(&talk.seeker).copied().unwrap_or(0);
        assert!(seeker.is_some() && keys.len() <= 1 + renewed, "another seeker reads");
        let roll = &self.roll;
        for person in &people {
            let entitled = match header.holder {
                Some(holder) => *person == holder || roll.leads.contains(person),
                None => roll.members.contains(person),
            };
            assert!(
                roll.active.contains(person) && entitled,
                "{person:?} reads a {kind:?} of {id:?} and may not (holder {:?})",
                header.holder
            );
        }
        for lead in &roll.leads {
            assert!(people.contains(lead), "the lead {lead:?} is left out of {id:?}");
        }
    }

    /// After a start: what was stored is still there, byte for byte; what more there is, is heard now. What was
    /// destroyed is gone, and so is its key.
    pub fn compare(&mut self, storage: &dyn Storage, has_key: impl Fn(ConversationId) -> bool) {
        self.catch_up();
        let log = storage.list_log(0, usize::MAX).unwrap();
        assert!(log.starts_with(&self.log), "the membership log has lost or changed entries");
        for entry in &log[self.log.len()..] {
            self.hear_entry(entry);
        }
        self.compare_accounts(storage);
        let team = self.generations.values().next().map(|header| header.team);
        for upload in
            team.map_or_else(Vec::new, |team| storage.list_generations(team, 0, usize::MAX).unwrap())
        {
            if !self.generations.contains_key(&upload.number) {
                self.hear(&Change::GenerationAppend(upload), &Output::Done);
            }
        }
        let mut stored = storage.list_conversations().unwrap();
        stored.sort_by_key(|conversation| conversation.id);
        let there: BTreeSet<_> = stored.iter().map(|conversation| conversation.id).collect();
        let missing: Vec<_> = self.talks.keys().filter(|id| !there.contains(*id)).copied().collect();
        for id in missing {
            if !self.talks[&id].destroyed {
                // The box ended before it could say so.
                self.destroy_talk(id);
            }
            assert!(!has_key(id), "the key of {id:?} has outlived it");
            let rest = storage.list_envelopes(id, 0, usize::MAX, usize::MAX).unwrap();
            assert!(rest.is_empty(), "{id:?} can be read, and was destroyed");
        }
        for conversation in stored {
            let id = conversation.id;
            assert!(has_key(id), "{id:?} has no key");
            let Some(seeker) = conversation.seeker() else {
                let envelopes = storage.list_envelopes(id, 0, usize::MAX, usize::MAX).unwrap();
                self.threads.compare(id, &envelopes);
                let about = self.talks.iter().find(|(talk, _)| ConversationKind::thread_id(**talk) == id);
                let whole = about.is_some_and(|(_, talk)| !talk.destroyed);
                assert!(conversation.room().is_some() || whole, "a thread has outlived its talk");
                continue;
            };
            let fresh = || Talk::new(seeker, ConversationState::Waiting);
            let talk = self.talks.entry(id).or_insert_with(fresh);
            assert!(!talk.destroyed, "{id:?} was destroyed and is there again");
            let known = talk.envelopes.len();
            let envelopes = storage.list_envelopes(id, 0, usize::MAX, usize::MAX).unwrap();
            assert!(envelopes.len() >= known, "{id:?} has lost envelopes");
            for (index, stored) in envelopes.iter().enumerate() {
                assert_eq!(stored.position, index as u64, "a gap in what is stored");
                let Some(kept) = self.talks[&id].envelopes.get(index) else {
                    self.hear_envelope(id, stored, false, None);
                    continue;
                };
                let digest = plain_digest(&stored.envelope.sealed.0);
                let same = kept.id == stored.envelope.id && kept.digest == digest;
                assert!(same, "{id:?} has changed at {index}");
            }
            if envelopes.len() > known {
                self.talk_contacts.insert(id, Contact::at(&self.clock, conversation.last_s));
            }
        }
    }

    fn compare_accounts(&mut self, storage: &dyn Storage) {
        let mut stored = storage.list_accounts().unwrap();
        stored.sort_by_key(|account| account.id);
        for account in &stored {
            assert!(!self.removed.contains(&account.id), "an account was destroyed and is there again");
            let seeker = matches!(account.kind, SessionKind::Seeker(_));
            if seeker && !self.accounts.contains_key(&account.id) {
                self.hear_account(account);
            }
            let heard = self.renewed.get(&account.id).copied().unwrap_or(0);
            let renewed = account.generation.saturating_sub(1) as usize;
            assert!(heard <= renewed, "an account has lost its new keys");
            (heard..renewed).for_each(|_| self.renew(account));
        }
        let known: Vec<_> = self.accounts.keys().copied().collect();
        for id in known {
            if !self.removed.contains(&id) && !stored.iter().any(|account| account.id == id) {
                self.destroy_account(id);
            }
        }
    }

    /// Long after everybody's last contact: nothing of it is there.
    pub fn check_all_over(&self, storage: &dyn Storage) {
        let stored = storage.list_conversations().unwrap();
        // Rooms of teams stay at least as long as their months.
        let kept = |month: Month| month.is_about(self.clock.now_s(), ROOM_KEPT_S);
        let left = stored.iter().filter(|known| !known.room().is_some_and(kept));
        assert_eq!(left.count(), 0, "conversations are kept for too long");
        let accounts = storage.list_accounts().unwrap();
        let seekers = accounts.iter().filter(|account| matches!(account.kind, SessionKind::Seeker(_)));
        assert_eq!(seekers.count(), 0, "accounts are kept for too long");
    }
}
