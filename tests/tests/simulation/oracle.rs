//! What must hold, said once more and in other words than the product's: a small model that hears of each durable
//! commit in its order, reads the signed statements (not the sealed ones), and is asked after each step.

use super::trace::Trace;
use beistand_domain::storage::{Change, Output, Storage};
use beistand_protocol::{
    api::{ConversationState, EnvelopeKind, StoredEnvelope},
    codec::decode,
    epoch::{EpochHeader, Reader, SignedEpoch},
    id::{AccountId, ConversationId, Digest, MessageId, PersonId},
    membership::{Body, SignedEntry, Statement},
    signature::plain_digest,
    team::{SignedTeamGeneration, TeamHeader},
    worker::{Author, MessageBody, Progress},
};
use beistand_tests::page::Model;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

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

/// Staff, as the signed log says: read by hand, entry by entry.
#[derive(Debug, Clone, Default)]
struct Roll {
    active: BTreeSet<PersonId>,
    members: BTreeSet<PersonId>,
    leads: BTreeSet<PersonId>,
}

impl Roll {
    fn hear(&mut self, body: &Body) {
        match body {
            Body::Founder { person, .. } | Body::PersonAdd { person, .. } => {
                self.active.insert(*person);
            }
            Body::PersonRemove { person } => {
                self.active.remove(person);
                self.members.remove(person);
                self.leads.remove(person);
            }
            Body::TeamCreate { leads, .. } => {
                self.leads = leads.iter().copied().collect();
                self.members.extend(leads);
            }
            Body::TeamLeads { leads, .. } => self.leads = leads.iter().copied().collect(),
            Body::TeamMemberAdd { person, .. } => {
                self.members.insert(*person);
            }
            Body::TeamMemberRemove { person, .. } => {
                self.members.remove(person);
            }
            _ => {}
        }
    }
}

/// The key of an older epoch, in a box for one reader of a newer one.
struct OldKey {
    within: u32,
    reader: u16,
    epoch: u32,
}

/// A conversation, as its commits say.
struct Talk {
    seeker: AccountId,
    envelopes: Vec<(MessageId, Digest, EnvelopeKind, u32)>,
    places: BTreeMap<MessageId, u64>,
    epochs: Vec<EpochHeader>,
    old_keys: Vec<OldKey>,
    state: ConversationState,
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
    /// How often an account got new keys.
    renewed: BTreeMap<AccountId, usize>,
    /// The account of each seeker.
    pub accounts: BTreeMap<AccountId, usize>,
    pub sent: BTreeMap<MessageId, Sent>,
}

impl Oracle {
    pub fn new(trace: Trace) -> Self {
        Self {
            trace,
            heard: Heard::default(),
            log: Vec::new(),
            roll: Roll::default(),
            generations: BTreeMap::new(),
            talks: BTreeMap::new(),
            renewed: BTreeMap::new(),
            accounts: BTreeMap::new(),
            sent: BTreeMap::new(),
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
            (Change::AccountReplace { account, .. }, _) => *self.renewed.entry(account.id).or_default() += 1,
            (Change::ConversationAdd(added), _) => {
                let talk = Talk {
                    seeker: added.seeker,
                    envelopes: Vec::new(),
                    places: BTreeMap::new(),
                    epochs: Vec::new(),
                    old_keys: Vec::new(),
                    state: added.state,
                };
                assert!(self.talks.insert(added.id, talk).is_none(), "a conversation was opened twice");
            }
            (
                Change::ConversationAppend { conversation, envelopes, .. },
                Output::Appended { places, new_from, conversation: after },
            ) => {
                for (new, (position, stored_s)) in envelopes.iter().zip(places) {
                    let stored = StoredEnvelope {
                        position: *position,
                        stored_s: *stored_s,
                        envelope: new.envelope.clone(),
                    };
                    self.hear_envelope(*conversation, &stored, *position < *new_from, true);
                }
                let talk = &self.talks[conversation];
                assert_eq!(talk.state, after.state, "the state does not follow from what was stored");
                assert_eq!(talk.envelopes.len() as u64, after.length, "the length is wrong");
            }
            (Change::ConversationRemove(id), _) => {
                panic!("a conversation was destroyed before its time: {id:?}");
            }
            _ => {}
        }
    }

    fn hear_entry(&mut self, entry: &[u8]) {
        let signed: SignedEntry = decode(entry).unwrap();
        let statement: Statement = decode(&signed.statement).unwrap();
        assert_eq!(statement.position, self.log.len() as u64, "the log has a gap");
        self.trace.note(&format!("log {}", statement.position));
        self.roll.hear(&statement.body);
        self.log.push(entry.to_vec());
    }

    /// One envelope was stored; `again`: it had been before. `now`: just now, in this order.
    fn hear_envelope(&mut self, id: ConversationId, stored: &StoredEnvelope, again: bool, now: bool) {
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
        let digest = plain_digest(&envelope.sealed.0);
        talk.envelopes.push((envelope.id, digest, envelope.kind, envelope.epoch));
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
                assert_ne!(was, ConversationState::Closed, "handed over while closed");
                talk.state = ConversationState::Claimed(envelope.assignee.unwrap());
            }
            EnvelopeKind::Release => {
                assert_ne!(was, ConversationState::Closed, "released while closed");
                talk.state = ConversationState::Waiting;
            }
            EnvelopeKind::Close => talk.state = ConversationState::Closed,
            EnvelopeKind::Reopen => talk.state = ConversationState::Waiting,
            EnvelopeKind::Message if was == ConversationState::Closed => {
                let by = self.sent.get(&envelope.id).map(|sent| sent.by);
                assert!(!matches!(by, Some(Who::Staff(_))), "staff wrote into a closed conversation");
                talk.state = ConversationState::Waiting;
            }
            _ => {}
        }
        self.trace.note(&format!("stored {:?} {} {:?}", envelope.kind, stored.position, talk.state));
        // The server lets receipts pass under an epoch that a removal has made stale: they carry no words.
        if now && !matches!(envelope.kind, EnvelopeKind::Epoch | EnvelopeKind::Receipt) {
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

    /// After a start: what was stored is still there, byte for byte; what more there is, is heard now.
    pub fn compare(&mut self, storage: &dyn Storage) {
        self.catch_up();
        let log = storage.list_log(0, usize::MAX).unwrap();
        assert!(log.starts_with(&self.log), "the membership log has lost or changed entries");
        for entry in &log[self.log.len()..] {
            self.hear_entry(entry);
        }
        for account in storage.list_accounts().unwrap() {
            let renewed = account.generation.saturating_sub(1) as usize;
            let heard = self.renewed.insert(account.id, renewed).unwrap_or(0);
            assert!(heard <= renewed, "an account has lost its new keys");
        }
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
        for id in self.talks.keys() {
            assert!(stored.iter().any(|conversation| conversation.id == *id), "{id:?} is lost");
        }
        for conversation in stored {
            self.talks.entry(conversation.id).or_insert_with(|| Talk {
                seeker: conversation.seeker,
                envelopes: Vec::new(),
                places: BTreeMap::new(),
                epochs: Vec::new(),
                old_keys: Vec::new(),
                state: ConversationState::Waiting,
            });
            let envelopes = storage.list_envelopes(conversation.id, 0, usize::MAX, usize::MAX).unwrap();
            let known = self.talks[&conversation.id].envelopes.len();
            assert!(envelopes.len() >= known, "{:?} has lost envelopes", conversation.id);
            for (index, stored) in envelopes.iter().enumerate() {
                assert_eq!(stored.position, index as u64, "a gap in what is stored");
                if index < known {
                    let (message, digest, ..) = self.talks[&conversation.id].envelopes[index];
                    let same =
                        message == stored.envelope.id && digest == plain_digest(&stored.envelope.sealed.0);
                    assert!(same, "{:?} has changed at {index}", conversation.id);
                } else {
                    self.hear_envelope(conversation.id, stored, false, false);
                }
            }
        }
    }

    /// What a page shows fits what is stored, and only what this person may read is shown.
    pub fn check_page(&mut self, who: Who, device: &str, model: &Model) {
        assert_eq!(model.conflict, None, "{device} is told of a conflict, and the server is honest");
        for (conversation, lines) in &model.messages {
            for line in lines.values() {
                match &line.body {
                    MessageBody::Refused => {
                        let talk = &self.talks[conversation];
                        let what = talk.envelopes[line.position as usize].2;
                        let at = line.position;
                        panic!("{device}: the {what:?} at {at} of {conversation:?} was refused");
                    }
                    MessageBody::Missing => panic!("{who:?}: something in {conversation:?} is missing"),
                    MessageBody::Text(text) => {
                        let sent = self.sent.get_mut(&line.id).expect("nobody sent what is shown");
                        assert_eq!(&sent.text, text, "a text has changed");
                        let own = line.author == Author::Own;
                        assert_eq!(own, sent.by == who, "{who:?}: the author is wrong");
                        if line.progress < Progress::Stored {
                            continue;
                        }
                        if own {
                            sent.acknowledged = true;
                        }
                        let talk = &self.talks[conversation];
                        let place = talk.places.get(&line.id);
                        assert_eq!(place, Some(&line.position), "{who:?}: {text:?} is at another place");
                        let (_, _, _, epoch) = talk.envelopes[line.position as usize];
                        let may = match who {
                            Who::Seeker(number) => self.accounts.get(&talk.seeker) == Some(&number),
                            Who::Staff(person) => talk.opened_to(person, epoch, &self.generations),
                        };
                        assert!(may, "{who:?} reads {text:?} and may not");
                    }
                    _ => {}
                }
            }
        }
    }

    /// Nothing acknowledged is lost.
    pub fn check_acknowledged(&self) {
        for (id, sent) in self.sent.iter().filter(|(_, sent)| sent.acknowledged) {
            let count = self.talks.values().filter(|talk| talk.places.contains_key(id)).count();
            assert_eq!(count, 1, "{:?} was acknowledged and is stored {count} times", sent.text);
        }
    }

    /// Texts of a seeker, in their order.
    pub fn texts_of(&self, seeker: usize) -> Vec<(ConversationId, Vec<&str>)> {
        let own = self.talks.iter().filter(|(_, talk)| self.accounts.get(&talk.seeker) == Some(&seeker));
        own.map(|(id, talk)| {
            let texts = talk.envelopes.iter().filter_map(|(id, ..)| self.sent.get(id));
            (*id, texts.map(|sent| sent.text.as_str()).collect())
        })
        .collect()
    }
}

impl Talk {
    /// Whether this person was given the key of an epoch: of itself, of a later one whose history reaches back to
    /// it, or in a box of its own when a conversation was handed over.
    fn opened_to(&self, person: PersonId, epoch: u32, generations: &BTreeMap<u32, TeamHeader>) -> bool {
        let names = |reader: &Reader| match reader {
            Reader::Person { person: reads, .. } => *reads == person,
            // A later generation holds the secrets before it, as far back as each links the one before.
            Reader::Team { number, .. } => generations
                .range(number..)
                .take_while(|(later, header)| *later == number || header.history.is_some())
                .any(|(_, header)| header.members.iter().any(|member| member.person == person)),
            Reader::Seeker(_) => false,
        };
        let reaches = |from: u32| from >= epoch && self.epochs[from as usize].history_from <= epoch;
        let boxed = |old: &&OldKey| names(&self.epochs[old.within as usize].readers[usize::from(old.reader)]);
        self.epochs.iter().any(|header| header.readers.iter().any(names) && reaches(header.number))
            || self.old_keys.iter().filter(boxed).any(|old| reaches(old.epoch))
    }
}
