//! P8 by a model checker: every conversation of a few devices, within bounds, with a server that shows
//! each device what it likes, in the order it likes, as often as it likes. The devices are the real
//! [`Conversation`]; the checker (`stateright`) visits every state once and holds each of them against
//! the table "What is noticed, and when" in PROTOCOL.md (section 11). What that table calls "not
//! noticed" must be found too: a search that finds no such state has searched too little.
//!
//! Devices are people's tabs. They write on what they were shown. What is written knows what its
//! author had seen, which no reader is told: so the properties below are judged from outside. A
//! device that has noticed something does nothing any more, as after the hard stop.

use super::*;
use stateright::{Checker, Model, Property};
use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::Mutex,
};

/// Names what was written, by everything that made it so: equal histories give equal bytes.
type Name = u64;

/// Something that was written.
#[derive(Debug)]
struct Written {
    /// Whose device, and which device session of it.
    session: (usize, u8),
    counter: u64,
    /// What its author had been shown.
    past: BTreeSet<Name>,
    /// Whether it is an epoch.
    epoch: bool,
    /// Under which epoch it is sealed; of an epoch its own number.
    number: u32,
    envelope: Envelope,
}

/// Why a device has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Notice {
    /// A line "could not be checked".
    Refused,
    /// The hard stop.
    Alarm,
    /// Other than what the account knew.
    RolledBack,
}

/// A tab.
#[derive(Clone)]
struct Device {
    conversation: Arc<Conversation>,
    /// Which device session this is.
    session: u8,
    /// What it was shown and took, by place.
    shown: Vec<Name>,
    /// Written, and not yet known to be stored.
    sent: Option<Name>,
    noticed: Option<Notice>,
    /// What the account knew when this tab was opened, until everything is loaded.
    known: Option<(Mark, Vec<Name>)>,
}

/// See [`State::key`].
type Key<'a> = (Vec<DeviceKey<'a>>, Vec<Name>, Option<(&'a [Name], &'a BTreeSet<Name>)>, bool);
type DeviceKey<'a> = (&'a [Name], Option<Name>, Option<Notice>, u8, Option<&'a [Name]>);

impl Device {
    /// The hard stop: what it knew does not matter any more.
    fn stop(&mut self, notice: Notice) {
        self.noticed = Some(notice);
        self.shown.clear();
        self.sent = None;
        self.known = None;
        self.session = 0;
    }
}

#[derive(Clone)]
struct State {
    devices: Vec<Device>,
    written: BTreeMap<Name, Arc<Written>>,
    /// What an honest server would have stored, in order; `None` once it was caught out from outside.
    honest: Option<Vec<Name>>,
    /// What the server said that it did not store.
    refused: BTreeSet<Name>,
    /// Something that nobody wrote was taken.
    forged: bool,
}

impl State {
    /// What tells states apart. The conversations follow from it.
    fn key(&self) -> Key<'_> {
        let devices = self.devices.iter().map(|device| {
            let known = device.known.as_ref().map(|(_, names)| names.as_slice());
            (device.shown.as_slice(), device.sent, device.noticed, device.session, known)
        });
        let written = self.written.keys().copied().collect();
        // What was refused matters only as long as the server keeps its word.
        let honest = self.honest.as_deref().map(|store| (store, &self.refused));
        (devices.collect(), written, honest, self.forged)
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        self.key().hash(hasher);
    }
}

impl core::fmt::Debug for State {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:x?}", self.key())
    }
}

/// What happens next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    /// A device writes a text.
    Write(usize),
    /// A staff device makes an epoch.
    Epoch(usize),
    /// The server shows a device something at its next place.
    Show(usize, Name),
    /// The same with a bit of the ciphertext turned, or under another id.
    Bend(usize, Name),
    /// The server says that something was not stored.
    Refuse(usize),
    /// The tab is opened anew, on another device: it knows what the account state knew.
    Reopen(usize),
    /// The server says that this was everything.
    Loaded(usize),
}

/// The device afterwards, and what it noticed.
type Outcome = (Arc<Conversation>, Option<Notice>);
/// What a device made of what it was shown: by device, device session, places before, and what came.
type Outcomes = Mutex<HashMap<(usize, u8, Vec<Name>, Name, bool), Outcome>>;

/// What the devices may do.
struct Talk {
    /// Many states differ in what other devices do only: each device's own steps are gone once.
    outcomes: Outcomes,
    composed: Mutex<HashMap<Name, Arc<Written>>>,
    world: World,
    /// Who sits at each device.
    parties: Vec<(Party, TeamKeyring)>,
    /// Epoch 0.
    first: Name,
    opened: Arc<Written>,
    /// How much may be written in all, epochs included.
    written_max: usize,
    /// Which devices may make an epoch.
    epochs: bool,
    /// Whether tabs are opened anew.
    reopens: bool,
}

impl Talk {
    /// Two tabs of a seeker, and a counselor's.
    fn new(written_max: usize, epochs: bool, reopens: bool) -> Self {
        let world = World::new(TeamRules::default());
        let secret = AccountSecret::draw(&mut DangerousSeeded::new(b"seeker"));
        let mut seeker = Browser::seeker(&secret, TALK, 0);
        let mut stored = Vec::new();
        seeker.open_talk(&world, &mut stored);
        let opened = Written {
            session: (usize::MAX, 0),
            counter: 0,
            past: BTreeSet::new(),
            epoch: true,
            number: 0,
            envelope: stored.remove(0),
        };
        let ben = Browser::staff(&world.ben, TALK, 0);
        let second = Browser::seeker(&secret, TALK, 0);
        let parties = [seeker, second, ben].map(|browser| (browser.party, browser.teams)).into();
        let (outcomes, composed) = (Mutex::default(), Mutex::default());
        Self {
            outcomes,
            composed,
            world,
            parties,
            first: 0,
            opened: Arc::new(opened),
            written_max,
            epochs,
            reopens,
        }
    }

    fn open(&self, device: usize, session: u8) -> Conversation {
        let id = u8::try_from(device).unwrap();
        let mut session_id = [id; 16];
        session_id[0] = session;
        Conversation::new(TALK, self.parties[device].0.clone(), DeviceSessionId(session_id))
    }

    /// Applies at the next place; gives what the device notices.
    fn apply(&self, at: usize, conversation: &mut Conversation, envelope: &Envelope) -> Option<Notice> {
        let position = conversation.length();
        match conversation.apply(&self.world.view(&self.parties[at].1), position, envelope) {
            Ok(applied) if applied.alarms.is_empty() => None,
            Ok(_) => Some(Notice::Alarm),
            Err(_) => Some(Notice::Refused),
        }
    }

    /// What a device makes of something, as it was written or bent.
    fn outcome(&self, at: usize, device: &Device, name: Name, written: &Written, bent: bool) -> Outcome {
        let key = (at, device.session, device.shown.clone(), name, bent);
        if let Some(outcome) = self.outcomes.lock().unwrap().get(&key) {
            return outcome.clone();
        }
        let mut conversation = (*device.conversation).clone();
        let mut envelope = written.envelope.clone();
        if bent && device.shown.contains(&name) {
            envelope.id = MessageId([9; 16]);
        } else if bent {
            let middle = envelope.sealed.0.len() / 2;
            envelope.sealed.0[middle] ^= 1;
        }
        let notice = self.apply(at, &mut conversation, &envelope);
        let outcome = (Arc::new(conversation), notice);
        self.outcomes.lock().unwrap().insert(key, outcome.clone());
        outcome
    }

    fn compose(
        &self,
        at: usize,
        device: &Device,
        written: &BTreeMap<Name, Arc<Written>>,
        epoch: bool,
    ) -> (Name, Arc<Written>) {
        let mut hasher = DefaultHasher::new();
        // A device whose message was refused writes another one: other words, the same counter.
        let own = |one: &&Arc<Written>| one.session == (at, device.session);
        (at, device.session, &device.shown, epoch, written.values().filter(own).count()).hash(&mut hasher);
        let name = hasher.finish();
        let mut composed = self.composed.lock().unwrap();
        let made = composed.entry(name).or_insert_with(|| {
            let mut random = DangerousSeeded::new(&name.to_be_bytes());
            let sending = self.world.sending(&self.parties[at].1);
            let conversation = &device.conversation;
            let envelope = if epoch {
                conversation.compose_epoch(&sending, &EpochChange::Refresh, &mut random)
            } else {
                conversation.compose(&sending, &text(&format!("{name:x}")), &mut random)
            };
            let envelope = envelope.unwrap();
            let before = device.shown.iter().filter_map(|name| written.get(name)).filter(own);
            Arc::new(Written {
                session: (at, device.session),
                counter: before.filter(|one| !one.epoch).count() as u64 + 1,
                past: device.shown.iter().copied().collect(),
                epoch,
                number: envelope.epoch,
                envelope,
            })
        });
        (name, made.clone())
    }

    fn write(&self, state: &mut State, at: usize, epoch: bool) {
        let (name, written) = self.compose(at, &state.devices[at], &state.written, epoch);
        state.devices[at].sent = Some(name);
        state.written.insert(name, written);
    }

    fn show(&self, state: &mut State, at: usize, name: Name) {
        let written = self.written(state, name).clone();
        let (conversation, notice) = self.outcome(at, &state.devices[at], name, &written, false);
        let place = state.devices[at].shown.len();
        let number =
            |store: &[Name]| store.iter().filter(|name| self.of(&state.written, **name).epoch).count();
        state.honest = state.honest.take().and_then(|mut store| {
            if store.get(place) == Some(&name) {
                return Some(store);
            }
            // What an honest server stores: nothing twice, and nothing but for the newest epoch, at its end.
            let follows = if written.epoch {
                written.past.len() == place && written.number as usize == number(&store)
            } else {
                written.number as usize + 1 == number(&store)
            };
            let new = !store.contains(&name) && !state.refused.contains(&name);
            let stores = place == store.len() && new && follows;
            store.push(name);
            stores.then_some(store)
        });
        let device = &mut state.devices[at];
        if let Some(notice) = notice {
            return device.stop(notice);
        }
        device.conversation = conversation;
        device.shown.push(name);
        if device.sent == Some(name) {
            device.sent = None;
        }
    }

    fn of<'a>(&'a self, written: &'a BTreeMap<Name, Arc<Written>>, name: Name) -> &'a Arc<Written> {
        if name == self.first { &self.opened } else { &written[&name] }
    }

    fn written<'a>(&'a self, state: &'a State, name: Name) -> &'a Arc<Written> {
        self.of(&state.written, name)
    }

    /// Devices that have noticed nothing, with what they took, in order.
    fn calm<'a>(&'a self, state: &'a State) -> impl Iterator<Item = (&'a Device, Vec<&'a Arc<Written>>)> {
        let calm = state.devices.iter().filter(|device| device.noticed.is_none());
        calm.map(|device| (device, device.shown.iter().map(|name| self.written(state, *name)).collect()))
    }
}

impl Model for Talk {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let devices = (0..self.parties.len()).map(|at| {
            let mut conversation = self.open(at, 0);
            assert_eq!(self.apply(at, &mut conversation, &self.opened.envelope), None);
            Device {
                conversation: Arc::new(conversation),
                session: 0,
                shown: vec![self.first],
                sent: None,
                noticed: None,
                known: None,
            }
        });
        let devices = devices.collect();
        vec![State {
            devices,
            written: BTreeMap::new(),
            honest: Some(vec![self.first]),
            refused: BTreeSet::new(),
            forged: false,
        }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        for (at, device) in state.devices.iter().enumerate().filter(|(_, device)| device.noticed.is_none()) {
            let loading = device.known.is_some();
            if device.sent.is_some() {
                actions.push(Action::Refuse(at));
            } else if !loading && state.written.len() < self.written_max {
                actions.push(Action::Write(at));
                if self.epochs && matches!(self.parties[at].0, Party::Staff { .. }) {
                    actions.push(Action::Epoch(at));
                }
            }
            let all = state.written.keys().chain(loading.then_some(&self.first));
            for name in all {
                actions.extend([Action::Show(at, *name), Action::Bend(at, *name)]);
            }
            if loading {
                actions.push(Action::Loaded(at));
            } else if self.reopens && device.session == 0 && at == 0 {
                actions.push(Action::Reopen(at));
            }
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut state = last.clone();
        match action {
            Action::Write(at) => self.write(&mut state, at, false),
            Action::Epoch(at) => self.write(&mut state, at, true),
            Action::Show(at, name) => self.show(&mut state, at, name),
            Action::Bend(at, name) => {
                let outcome = self.outcome(at, &last.devices[at], name, self.written(last, name), true);
                if outcome.1.is_some() {
                    return None; // Refused, whatever else there is.
                }
                state.forged = true;
            }
            Action::Refuse(at) => {
                let sent = state.devices[at].sent.take();
                // What was stored is not refused; what was refused is not stored.
                let told = |store: &Vec<Name>| sent.is_some_and(|name| !store.contains(&name));
                state.honest = state.honest.filter(told);
                state.refused.extend(sent);
            }
            Action::Reopen(at) => {
                let device = &mut state.devices[at];
                let mark = device.conversation.mark().unwrap();
                device.known = Some((mark, core::mem::take(&mut device.shown)));
                device.session += 1;
                device.sent = None;
                device.conversation = Arc::new(self.open(at, device.session));
            }
            Action::Loaded(at) => {
                // An honest server gives everything that it has.
                let shown = last.devices[at].shown.clone();
                state.honest = state.honest.filter(|store| *store == shown);
                let device = &mut state.devices[at];
                let (mark, before) = device.known.take()?;
                if device.conversation.check_mark(&mark).is_err() {
                    device.stop(Notice::RolledBack);
                } else if device.shown.len() < before.len() || device.shown[..before.len()] != before {
                    // Taken although it is another one: told by the property below.
                    state.forged = true;
                }
            }
        }
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all = vec![
            // "two tabs of one account never raise a false alarm", nor do two people.
            Property::always("who is told the truth notices nothing", |_, state: &State| {
                state.honest.is_none() || state.devices.iter().all(|device| device.noticed.is_none())
            }),
            // "changes, moves, forges, repeats: at once", "rolled back: mark in the state".
            Property::always("nothing else than what was written is taken", |_, state: &State| !state.forged),
            Property::always("nothing is taken twice", |model: &Self, state| {
                model.calm(state).all(|(device, _)| {
                    device.shown.iter().collect::<BTreeSet<_>>().len() == device.shown.len()
                })
            }),
            // "leaves one out", "swaps two messages, delivers one late".
            Property::always("everything comes after all that its author had seen", |model: &Self, state| {
                model.calm(state).all(|(device, taken)| {
                    taken.iter().enumerate().all(|(place, written)| {
                        written.past.iter().all(|name| device.shown[..place].contains(name))
                    })
                })
            }),
            // "two messages with one counter".
            Property::always("a counter is taken once", |model: &Self, state| {
                model.calm(state).all(|(_, taken)| {
                    let counters =
                        taken.iter().filter(|one| !one.epoch).map(|one| (one.session, one.counter));
                    counters.clone().collect::<BTreeSet<_>>().len() == counters.count()
                })
            }),
            // "puts something into a closed epoch, or before its end".
            Property::always("an epoch holds exactly what its end says", |model: &Self, state| {
                model.calm(state).all(|(device, taken)| {
                    let mut number = None;
                    taken.iter().enumerate().all(|(place, written)| {
                        if written.epoch {
                            number = Some(written.number);
                            written.past.len() == place
                                && device.shown[..place].iter().all(|name| written.past.contains(name))
                        } else {
                            number == Some(written.number)
                        }
                    })
                })
            }),
            // "withholds the newest ones: not by itself".
            Property::sometimes("the newest ones are withheld, and nobody notices", |model: &Self, state| {
                let calm: Vec<_> = model.calm(state).map(|(device, _)| &device.shown).collect();
                calm.iter()
                    .any(|one| calm.iter().any(|other| one.len() > other.len() && one.starts_with(other)))
            }),
            // "shows messages that were written at the same time in different orders".
            Property::sometimes("two see two orders, and nobody notices", |model: &Self, state| {
                let calm: Vec<_> = model.calm(state).map(|(device, _)| &device.shown).collect();
                let set = |shown: &[Name]| shown.iter().copied().collect::<BTreeSet<_>>();
                calm.iter().any(|one| calm.iter().any(|other| one != other && set(one) == set(other)))
            }),
            // "shows different conversations to two readers for ever".
            Property::sometimes("two see two conversations, and nobody notices", |model: &Self, state| {
                let calm: Vec<_> = model.calm(state).map(|(device, _)| &device.shown).collect();
                let lacks = |one: &[Name], other: &[Name]| one.iter().any(|name| !other.contains(name));
                calm.iter().any(|one| calm.iter().any(|other| lacks(one, other) && lacks(other, one)))
            }),
            // The search reaches what it is about.
            Property::sometimes("something is refused", |_, state: &State| {
                state.devices.iter().any(|device| device.noticed == Some(Notice::Refused))
            }),
            Property::sometimes("something missing is noticed", |_, state: &State| {
                state.devices.iter().any(|device| device.noticed == Some(Notice::Alarm))
            }),
        ];
        if self.reopens {
            all.push(Property::sometimes("a rollback is noticed at the next contact", |_, state: &State| {
                state.devices.iter().any(|device| device.noticed == Some(Notice::RolledBack))
            }));
        }
        all
    }
}

/// Visits every state. There are no fewer than when this was written: a model that allows less finds less.
fn check(model: Talk, states_min: usize) {
    let checker = model.checker().threads(2).spawn_bfs().join();
    checker.assert_properties();
    let states = checker.unique_state_count();
    assert!(states >= states_min, "only {states} states");
}

#[test]
fn p08_a_model_checker_agrees_with_the_table() {
    check(Talk::new(3, true, false), 100_000);
}

#[test]
fn p08_a_model_checker_agrees_with_the_table_at_the_next_contact() {
    check(Talk::new(2, false, true), 16_000);
}
