//! A server that lies: the real one, with somebody behind its TLS who decodes what it says, changes it
//! as one [`Lie`] has it, and encodes it again. What a lie needs from elsewhere (another organisation's
//! complete answers, a forked log, another account's record) was recorded from real servers before.

use beistand_protocol::{
    api::{
        Appended, ConversationList, ConversationState, Envelope, EnvelopeKind, EnvelopePage, LogHead,
        LogInStarted, LogPage, LoggedIn, OrganisationInfo, Sealed, SessionKind, Sightings, SiteInfo,
        StoredEnvelope, TeamGenerations, WorkChallenge, route,
    },
    codec::{decode, encode},
    epoch::SignedEpoch,
    error::{Code, Refusal},
    id::{ConversationId, Digest, MessageId, OrganisationId, PersonId, SiteId, TeamId},
    live::{ClientFrame, ServerFrame},
    membership::{Body, SignedEntry, Statement},
    signature::plain_digest,
    team::SignedTeamGeneration,
};
use beistand_tests::native::Between;
use beistand_vault::client::transport::{Method, Response};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

mod account;
mod lie;
mod loot;

pub use lie::Lie;
pub use loot::{Loot, Recorder};

/// The layer in between.
pub struct Liar {
    lie: Lie,
    loot: std::rc::Rc<Loot>,
    /// How often it lied.
    told: Cell<u32>,
    /// New messages that came so far.
    messages: Cell<u32>,
    /// Places that the client is not to know of.
    hidden: RefCell<BTreeSet<u64>>,
    held: RefCell<Option<StoredEnvelope>>,
    /// Whether the scene has come to new messages.
    live: Cell<bool>,
    /// The place after the newest envelope that the client was shown.
    next: Cell<u64>,
    /// Receipts that the client has sent.
    own_receipts: RefCell<BTreeSet<MessageId>>,
    /// What it has sent to the talk, by number.
    sent: RefCell<BTreeMap<u32, Vec<MessageId>>>,
}

impl Liar {
    pub fn new(lie: Lie, loot: std::rc::Rc<Loot>) -> Self {
        Self {
            lie,
            loot,
            told: Cell::new(0),
            messages: Cell::new(0),
            hidden: RefCell::default(),
            held: RefCell::default(),
            live: Cell::new(false),
            next: Cell::new(0),
            own_receipts: RefCell::default(),
            sent: RefCell::default(),
        }
    }

    /// Which lie it is.
    pub fn lie(&self) -> Lie {
        self.lie
    }

    /// How often it has lied so far.
    pub fn told(&self) -> u32 {
        self.told.get()
    }

    /// From here on messages are new ones.
    pub fn goes_live(&self) {
        self.live.set(true);
    }

    fn tell(&self) {
        self.told.set(self.told.get() + 1);
    }

    /// Decodes, changes, encodes.
    fn edit<A: Serialize + DeserializeOwned>(&self, body: &mut Vec<u8>, change: impl FnOnce(&mut A)) {
        let mut value: A = decode(body).unwrap();
        change(&mut value);
        let changed = encode(&value);
        if changed != *body {
            self.tell();
        }
        *body = changed;
    }

    /// Gives a recorded answer instead.
    fn give(&self, body: &mut Vec<u8>, recorded: Vec<u8>) {
        self.tell();
        *body = recorded;
    }

    /// How long the log is said to be, where that is the lie.
    fn short(&self) -> Option<u64> {
        match self.lie {
            Lie::LogRolledBack => Some(self.loot.floor - 1),
            Lie::RemovalWithheld => Some(self.loot.floor),
            _ => None,
        }
    }

    fn head_at(&self, length: u64) -> LogHead {
        let newest = &self.loot.log[usize::try_from(length - 1).unwrap()];
        LogHead { length, digest: plain_digest(newest) }
    }

    fn change_organisation(&self, body: &mut Vec<u8>) {
        match self.lie {
            Lie::ForeignOrganisation => self.give(body, self.loot.foreign.newest(route::ORGANISATION)),
            Lie::NotSetUp => self.edit(body, |info: &mut OrganisationInfo| info.organisation = None),
            Lie::SuiteOfOrganisation => self.edit(body, |info: &mut OrganisationInfo| info.suite = 0),
            Lie::OrganisationId => self.edit(body, |info: &mut OrganisationInfo| {
                // A new field wants its own lie.
                let OrganisationInfo { organisation, suite: _, head: _, sites: _ } = info;
                *organisation = Some(OrganisationId([7; 32]));
            }),
            Lie::OrganisationEmpty => self.edit(body, |info: &mut OrganisationInfo| {
                info.sites.clear();
                info.head = None;
            }),
            _ => self.edit(body, |_: &mut OrganisationInfo| {}),
        }
    }

    fn change_site(&self, body: &mut Vec<u8>) {
        match self.lie {
            Lie::ForeignOrganisation => self.give(body, self.loot.foreign.newest("/api/v1/site/")),
            Lie::LogForked => self.give(body, self.loot.fork.newest("/api/v1/site/")),
            Lie::SiteHead => self.edit(body, |info: &mut SiteInfo| info.head = self.head_at(1)),
            Lie::SiteFacts => self.edit(body, |info: &mut SiteInfo| {
                // A new field wants its own lie.
                let SiteInfo { organisation: _, head: _, somebody_available, now_s, answer_by_s } = info;
                *somebody_available = !*somebody_available;
                *answer_by_s = Some(u64::MAX);
                *now_s = 0;
            }),
            Lie::SiteClock => self.edit(body, |info: &mut SiteInfo| info.now_s = u64::MAX),
            Lie::SiteOrganisation => {
                self.edit(body, |info: &mut SiteInfo| info.organisation = OrganisationId([7; 32]));
            }
            _ => self.edit(body, |info: &mut SiteInfo| {
                info.head = self.short().map_or(info.head, |length| self.head_at(length));
            }),
        }
    }

    fn change_log(&self, body: &mut Vec<u8>, from: u64) {
        if from == 0 && matches!(self.lie, Lie::ForeignOrganisation | Lie::ForeignLog) {
            return self.give(body, self.loot.foreign.newest("/api/v1/log/0"));
        }
        if from == 0 && self.lie == Lie::LogForked {
            return self.give(body, self.loot.fork.newest("/api/v1/log/0"));
        }
        self.edit(body, |page: &mut LogPage| {
            if let Some(length) = self.short() {
                page.entries.truncate(usize::try_from(length.saturating_sub(from)).unwrap());
                page.head = self.head_at(length);
            }
            if self.lie == Lie::EntriesWithheld {
                page.entries.truncate(usize::try_from((self.loot.floor - 1).saturating_sub(from)).unwrap());
            }
            if self.lie == Lie::ReaderKey {
                for entry in &mut page.entries {
                    let mut signed: SignedEntry = decode(entry).unwrap();
                    let mut statement: Statement = decode(&signed.statement).unwrap();
                    let Body::PersonAdd { acceptance, .. } = &mut statement.body else { continue };
                    acceptance.keys.kem = self.loot.foreign_keys.kem.clone();
                    signed.statement = encode(&statement);
                    *entry = encode(&signed);
                }
            }
        });
    }

    fn change_logged_in(&self, body: &mut Vec<u8>) {
        let other = || -> LoggedIn { decode(&self.loot.other.newest(route::LOG_IN_FINISH)).unwrap() };
        if self.lie == Lie::WrapSuite {
            // The account, the kind and the rest before stay; the wrap's first byte is its suite.
            let logged_in: LoggedIn = decode(body).unwrap();
            let wrap = encode(&logged_in.wrap);
            let place = body.windows(wrap.len()).position(|window| window == wrap).unwrap();
            body[place] = 0;
            return self.tell();
        }
        self.edit(body, |answer: &mut LoggedIn| match self.lie {
            Lie::WrapOfAnother => answer.wrap = other().wrap,
            Lie::WrapChanged => flip(&mut answer.wrap.locked.ciphertext),
            Lie::Generation => answer.generation -= 1,
            Lie::StateOfAnother => answer.state = other().state,
            Lie::StateChanged => flip(&mut answer.state.0),
            Lie::AccountOfAnother => answer.account = other().account,
            Lie::SeekerAsStaff | Lie::Colleague => answer.kind = SessionKind::Staff(self.loot.colleague),
            Lie::StaffAsSeeker => answer.kind = SessionKind::Seeker(self.loot.site),
            Lie::DeviceSessionReplayed => {
                let former: LoggedIn = decode(&self.loot.earlier.newest(route::LOG_IN_FINISH)).unwrap();
                answer.device_session = former.device_session;
            }
            Lie::StateVersion => answer.state_version += 1,
            Lie::OtherSite => answer.kind = SessionKind::Seeker(SiteId([7; 16])),
            Lie::Unknown => {
                answer.kind = SessionKind::Staff(PersonId([7; 16]));
                answer.countersigned = false;
            }
            _ => {}
        });
    }

    fn change_list(&self, body: &mut Vec<u8>) {
        self.edit(body, |list: &mut ConversationList| match self.lie {
            Lie::ConversationHidden => list.conversations.clear(),
            Lie::ConversationRefused => {
                list.conversations.sort_by_key(|talk| talk.id != self.loot.other_talk);
            }
            Lie::ConversationEmpty => list.conversations.iter_mut().for_each(|talk| talk.length = 0),
            Lie::ConversationRolledBack => list.conversations.iter_mut().for_each(|talk| talk.length = 3),
            Lie::ShorterThanShown if self.live.get() => {
                list.conversations.iter_mut().for_each(|talk| talk.length = 3);
            }
            Lie::ConversationOfAnother => {
                let other: ConversationList = decode(&self.loot.other.newest(route::CONVERSATIONS)).unwrap();
                list.conversations.extend(other.conversations);
            }
            Lie::SummaryFacts => list.conversations.iter_mut().for_each(facts),
            _ => {}
        });
    }

    fn change_envelopes(&self, body: &mut Vec<u8>, conversation: &str, from: u64) {
        if conversation != self.loot.talk.to_hex() {
            return;
        }
        if self.lie == Lie::EnvelopesMoved {
            let other = format!("/api/v1/conversation/{}/", self.loot.other_talk.to_hex());
            let other: EnvelopePage = decode(&self.loot.other.newest(&other)).unwrap();
            return self.edit(body, |page: &mut EnvelopePage| page.envelopes = other.envelopes);
        }
        self.edit(body, |page: &mut EnvelopePage| {
            let all = &mut page.envelopes;
            let kind = |all: &[StoredEnvelope], kind, nth: usize| {
                all.iter().enumerate().filter(|(_, s)| s.envelope.kind == kind).map(|(at, _)| at).nth(nth)
            };
            match self.lie {
                Lie::ConversationEmpty | Lie::ConversationRolledBack => {
                    let length = if self.lie == Lie::ConversationEmpty { 0 } else { 3 };
                    all.retain(|stored| stored.position < length);
                    page.summary.length = length;
                }
                Lie::ShorterThanShown if self.live.get() => {
                    all.retain(|stored| stored.position < 3);
                    page.summary.length = 3;
                }
                Lie::EnvelopesWithheld => all.clear(),
                Lie::EnvelopeLeftOut => {
                    let at = kind(all, EnvelopeKind::Message, 2);
                    at.map(|at| all.remove(at));
                    page.summary.length -= 1;
                }
                Lie::EnvelopeTwice => {
                    if let Some(at) = kind(all, EnvelopeKind::Message, 2) {
                        let mut again = all[at].clone();
                        again.envelope.id = MessageId([9; 16]);
                        all.insert(at + 1, again);
                        page.summary.length += 1;
                    }
                }
                Lie::EnvelopesSwapped => {
                    if let (Some(a), Some(b)) =
                        (kind(all, EnvelopeKind::Message, 1), kind(all, EnvelopeKind::Message, 2))
                    {
                        all.swap(a, b);
                    }
                }
                Lie::EnvelopePlaces => all.iter_mut().for_each(|stored| stored.position += 1),
                Lie::EnvelopeChanged => {
                    let at = kind(all, EnvelopeKind::Message, 2);
                    at.into_iter().for_each(|at| flip(&mut all[at].envelope.sealed.0));
                }
                Lie::EpochReaders | Lie::EpochBoxes => {
                    if let Some(at) = kind(all, EnvelopeKind::Epoch, 1) {
                        let sealed = &mut all[at].envelope.sealed;
                        let mut epoch: SignedEpoch = decode(&sealed.0).unwrap();
                        match self.lie {
                            Lie::EpochReaders => flip(&mut epoch.header),
                            _ => epoch.boxes.iter_mut().for_each(|sealed| flip(sealed)),
                        }
                        *sealed = Sealed(encode(&epoch));
                    }
                }
                Lie::PageOfAnother => page.summary.id = self.loot.other_talk,
                Lie::SummaryFacts => facts(&mut page.summary),
                Lie::StoredTimes => all.iter_mut().for_each(|stored| stored.stored_s = u64::MAX),
                _ => {}
            }
            if matches!(self.lie, Lie::EnvelopeLeftOut | Lie::EnvelopeTwice | Lie::EnvelopesSwapped) {
                (from..).zip(all.iter_mut()).for_each(|(place, stored)| stored.position = place);
            }
            let withheld = self.withheld(all);
            self.hidden.borrow_mut().extend(withheld);
            all.retain_mut(|stored| self.renumber(stored));
            all.retain(|stored| stored.position >= from);
            // A hidden one may have come since the page was made.
            page.summary.length = self.moved_up(page.summary.length);
        });
    }

    /// Which of these are not to be known.
    fn withheld(&self, all: &[StoredEnvelope]) -> Vec<u64> {
        let new = |place: &u64| !self.hidden.borrow().contains(place);
        all.iter().filter(|stored| self.hides(stored)).map(|stored| stored.position).filter(new).collect()
    }

    /// Whether a new receipt is not to be known.
    fn hides(&self, stored: &StoredEnvelope) -> bool {
        let own = self.own_receipts.borrow().contains(&stored.envelope.id);
        let hides = match self.lie {
            Lie::ReceiptsWithheld => !own,
            Lie::OwnReceiptsWithheld => own,
            _ => false,
        };
        hides && self.live.get() && stored.envelope.kind == EnvelopeKind::Receipt
    }

    /// Moves up what follows a hidden one; `false` for the hidden ones.
    fn renumber(&self, stored: &mut StoredEnvelope) -> bool {
        if self.hidden.borrow().contains(&stored.position) {
            return false;
        }
        stored.position = self.moved_up(stored.position);
        true
    }

    /// Where something is after moving up.
    fn moved_up(&self, place: u64) -> u64 {
        place - self.hidden.borrow().iter().filter(|hidden| **hidden < place).count() as u64
    }

    /// The answer to what the client has sent to the talk.
    fn change_appended(&self, request: u32, appended: &mut Appended) {
        let Some(ids) = self.sent.borrow_mut().remove(&request) else { return };
        for (id, (place, _)) in ids.iter().zip(&mut appended.places) {
            *place = self.moved_up(*place);
            if self.lie == Lie::OwnReceiptsMisplaced
                && self.live.get()
                && self.own_receipts.borrow().contains(id)
            {
                self.tell();
                *place = 0;
            }
        }
        if self.lie == Lie::PlacesLeftOut && self.live.get() {
            self.tell();
            appended.places.clear();
        }
    }

    /// A new envelope: what comes in its place.
    fn change_stored(&self, conversation: ConversationId, mut stored: StoredEnvelope) -> Vec<ServerFrame> {
        self.next.set(self.next.get().max(stored.position + 1));
        let frame = |stored| ServerFrame::Stored { conversation, stored };
        if !self.live.get() || conversation != self.loot.talk {
            return vec![frame(stored)];
        }
        let message = stored.envelope.kind == EnvelopeKind::Message;
        let nth = self.messages.get() + u32::from(message);
        self.messages.set(nth);
        let first = message && nth == 1;
        match self.lie {
            Lie::MessageWithheld if first => {
                self.tell();
                self.hidden.borrow_mut().insert(stored.position);
                return Vec::new();
            }
            Lie::StoredTimes => {
                self.tell();
                stored.stored_s = 0;
            }
            _ if self.hides(&stored) => {
                self.tell();
                self.hidden.borrow_mut().insert(stored.position);
                return Vec::new();
            }
            // Not before the answer that names the place.
            Lie::OwnReceiptsReplaced if self.own_receipts.borrow().contains(&stored.envelope.id) => {
                self.tell();
                stored.envelope.id = MessageId([8; 16]);
                *self.held.borrow_mut() = Some(stored);
                return Vec::new();
            }
            Lie::MessageTwice if first => {
                self.tell();
                return vec![frame(stored.clone()), frame(stored)];
            }
            Lie::MessagesSwapped if first => {
                *self.held.borrow_mut() = Some(stored);
                return Vec::new();
            }
            Lie::MessagesSwapped if message && self.held.borrow().is_some() => {
                self.tell();
                let Some(mut former) = self.held.borrow_mut().take() else { return Vec::new() };
                std::mem::swap(&mut former.position, &mut stored.position);
                return vec![frame(stored), frame(former)];
            }
            Lie::MessagesSwapped if self.held.borrow().is_some() => return Vec::new(),
            Lie::MessageChanged if first => {
                self.tell();
                flip(&mut stored.envelope.sealed.0);
            }
            Lie::MessageMoved if first => {
                self.tell();
                let other = format!("/api/v1/conversation/{}/", self.loot.other_talk.to_hex());
                let other: EnvelopePage = decode(&self.loot.other.newest(&other)).unwrap();
                let is_message = |s: &StoredEnvelope| s.envelope.kind == EnvelopeKind::Message;
                stored.envelope = other.envelopes.into_iter().rfind(is_message).unwrap().envelope;
            }
            Lie::MessagePlace if first => {
                self.tell();
                let mut beyond = stored.clone();
                beyond.position = u64::MAX;
                return vec![frame(beyond), frame(stored)];
            }
            Lie::ReceiptReplayed if first => {
                self.tell();
                let own = format!("/api/v1/conversation/{}/", self.loot.talk.to_hex());
                let own: EnvelopePage = decode(&self.loot.earlier.newest(&own)).unwrap();
                let is_receipt = |s: &StoredEnvelope| s.envelope.kind == EnvelopeKind::Receipt;
                stored.envelope = own.envelopes.into_iter().rfind(is_receipt).unwrap().envelope;
                stored.envelope.id = MessageId([8; 16]);
            }
            Lie::EpochNumberReused if first => {
                self.tell();
                let own = format!("/api/v1/conversation/{}/", self.loot.talk.to_hex());
                let own: EnvelopePage = decode(&self.loot.earlier.newest(&own)).unwrap();
                let is_epoch = |s: &StoredEnvelope| s.envelope.kind == EnvelopeKind::Epoch;
                stored.envelope = own.envelopes.into_iter().rfind(is_epoch).unwrap().envelope;
                stored.envelope.id = MessageId([8; 16]);
            }
            Lie::Gone if first => {
                self.tell();
                return vec![ServerFrame::Gone(conversation)];
            }
            Lie::HeadInvented if first => {
                self.tell();
                let head = LogHead { length: self.loot.floor, digest: Digest([7; 32]) };
                return vec![ServerFrame::Log(head), frame(stored)];
            }
            _ => {}
        }
        if self.renumber(&mut stored) { vec![frame(stored)] } else { Vec::new() }
    }
}

impl Between for Liar {
    fn instead(&self, _: Method, path: &str) -> Option<Response> {
        let untrue = match self.lie {
            Lie::RegistrationNothing => route::REGISTRATION_FINISH,
            Lie::RecoveryNothing => route::RECOVERY_FINISH,
            _ => return None,
        };
        (path == untrue).then(|| {
            self.tell();
            Response { status: 200, body: encode(&()) }
        })
    }

    fn said(&self, frame: &[u8]) -> Option<Vec<Vec<u8>>> {
        let ClientFrame::Append { request, append } = decode(frame).unwrap() else { return None };
        // Also before new messages come: what is under way then is stored afterwards.
        if append.conversation == self.loot.talk {
            let is_receipt = |envelope: &&Envelope| envelope.kind == EnvelopeKind::Receipt;
            let receipts = append.envelopes.iter().filter(is_receipt).map(|envelope| envelope.id);
            self.own_receipts.borrow_mut().extend(receipts);
            let ids = append.envelopes.iter().map(|envelope| envelope.id).collect();
            self.sent.borrow_mut().insert(request, ids);
        }
        let message = append.envelopes.iter().any(|envelope| envelope.kind == EnvelopeKind::Message);
        if self.lie != Lie::StoredNothing || !self.live.get() || !message {
            return None;
        }
        self.tell();
        let (conversation, mut next) = (append.conversation, self.next.get());
        let mut answers = Vec::new();
        for envelope in append.envelopes {
            let stored = StoredEnvelope { position: next, stored_s: 0, envelope };
            answers.push(ServerFrame::Stored { conversation, stored });
            next += 1;
        }
        let places = (self.next.get()..next).map(|place| (place, 0)).collect();
        answers.insert(0, ServerFrame::Appended { request, outcome: Ok(Appended { places }) });
        Some(answers.iter().map(encode).collect())
    }

    fn answer(&self, method: Method, path: &str, _: &[u8], mut response: Response) -> Response {
        let other = format!("/api/v1/conversation/{}/", self.loot.other_talk.to_hex());
        if self.lie == Lie::ConversationOfAnother && path.starts_with(&other) {
            // The honest server refuses this one.
            self.tell();
            return Response { status: 200, body: self.loot.other.newest(&other) };
        }
        if self.lie == Lie::ConversationRefused && path.starts_with(&other) {
            self.tell();
            let refusal = Refusal { code: Code::NotFound, retry_after_s: None };
            return Response { status: 404, body: encode(&refusal) };
        }
        if response.status != 200 {
            return response;
        }
        if self.lie == Lie::RecoveryDenied && path == route::RECOVERY_FINISH {
            self.tell();
            return Response { status: 502, body: Vec::new() };
        }
        let body = &mut response.body;
        let parts: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
        match (method, parts.as_slice()) {
            (Method::Get, ["organisation"]) => self.change_organisation(body),
            (Method::Get, ["site", _]) => self.change_site(body),
            (Method::Get, ["log", from]) => self.change_log(body, from.parse().unwrap()),
            (Method::Post, ["log-in", "start"]) => match self.lie {
                Lie::LoginReplayed => self.give(body, self.loot.earlier.newest(route::LOG_IN_START)),
                Lie::LoginOfAnother => self.edit(body, |answer: &mut LogInStarted| {
                    let other: LogInStarted = decode(&self.loot.other.newest(route::LOG_IN_START)).unwrap();
                    answer.response = other.response;
                }),
                _ => self.edit(body, |_: &mut LogInStarted| {}),
            },
            (Method::Post, ["log-in", "finish"]) => self.change_logged_in(body),
            (Method::Get, ["conversations"]) => self.change_list(body),
            (Method::Get, ["conversation", conversation, from]) => {
                self.change_envelopes(body, conversation, from.parse().unwrap());
            }
            (Method::Get, ["sighting"]) => self.edit(body, |read: &mut Sightings| match self.lie {
                Lie::SightingsReplayed => {
                    let old: Sightings = decode(&self.loot.earlier.all(route::SIGHTING)[0]).unwrap();
                    read.sightings = old.sightings;
                }
                Lie::SightingOfFork => read.sightings = vec![self.loot.fork_sighting.clone()],
                _ => {}
            }),
            (Method::Get, ["team", _, "generation", _]) => self.edit(body, |read: &mut TeamGenerations| {
                if self.lie == Lie::TeamGeneration
                    && let Some(newest) = read.generations.last_mut()
                {
                    let mut signed: SignedTeamGeneration = decode(&newest.statement.0).unwrap();
                    signed.boxes.iter_mut().for_each(|sealed| flip(sealed));
                    newest.statement = Sealed(encode(&signed));
                }
            }),
            (Method::Post, ["registration", "start"]) => self.change_registration(body),
            (Method::Post, ["recovery", "prove"]) => self.change_recovery(body),
            (Method::Post, ["recovery", "envelopes"]) => self.change_recovered(body),
            (Method::Post, ["work"]) => self.edit(body, |challenge: &mut WorkChallenge| {
                if self.lie == Lie::Work {
                    challenge.bits = 255;
                }
            }),
            _ => {}
        }
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        let decoded: ServerFrame = decode(&frame).unwrap();
        let changed = match decoded {
            ServerFrame::Stored { conversation, stored } => self.change_stored(conversation, stored),
            ServerFrame::Welcome { head, now_s } => {
                let length = if self.lie == Lie::WelcomeHead { Some(1) } else { self.short() };
                let shown = length.map_or(head, |length| self.head_at(length));
                let clock = match self.lie {
                    Lie::WelcomeClockBehind => 0,
                    Lie::WelcomeClockAhead => u64::MAX,
                    _ => now_s,
                };
                if (shown, clock) != (head, now_s) {
                    self.tell();
                }
                vec![ServerFrame::Welcome { head: shown, now_s: clock }]
            }
            ServerFrame::Appended { request, outcome: Ok(mut appended) } => {
                self.change_appended(request, &mut appended);
                let mut frames = vec![ServerFrame::Appended { request, outcome: Ok(appended) }];
                if self.lie == Lie::OwnReceiptsReplaced
                    && let Some(stored) = self.held.borrow_mut().take()
                {
                    frames.push(ServerFrame::Stored { conversation: self.loot.talk, stored });
                }
                frames
            }
            ServerFrame::Log(head) => vec![ServerFrame::Log(self.short().map_or(head, |l| self.head_at(l)))],
            ServerFrame::Conversation(mut summary) if summary.id == self.loot.talk => {
                if self.lie == Lie::SummaryFacts {
                    facts(&mut summary);
                }
                summary.length = self.moved_up(summary.length);
                vec![ServerFrame::Conversation(summary)]
            }
            other => vec![other],
        };
        changed.iter().map(encode).collect()
    }
}

/// Every unsigned word about a conversation, but for its id and length.
fn facts(summary: &mut beistand_protocol::api::ConversationSummary) {
    summary.site = SiteId([7; 16]);
    summary.team = TeamId([7; 16]);
    summary.state = ConversationState::Claimed(PersonId([7; 16]));
    summary.opened_s = 0;
    summary.last_s = u64::MAX;
    summary.epoch = u32::MAX;
    summary.seeker_present = !summary.seeker_present;
    summary.letter = !summary.letter;
    summary.steps = vec![0xff; 999];
}

/// Changes one bit in the middle.
fn flip(bytes: &mut [u8]) {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
}
