//! One run: an organisation is set up, and then everything happens at once, step by step.

use super::{
    StopAt,
    chance::Chance,
    clock::SimulatedClock,
    device::Device,
    network::{Cable, Network, Weather},
    oracle::{Oracle, Thief, Who},
    station::{DiskFault, OfOneProcess, Station, Upkeep},
    trace::Trace,
};
use beistand_protocol::{
    id::{ConversationId, MessageId, SiteId, TeamId},
    worker::{Call, Failure, Reply, Role, SessionView, SiteSettings},
};
use beistand_server::listen::{AddressKeys, ClientAddress};
use beistand_tests::{
    cast::{LogIn, site_settings},
    page::Model,
};
use std::{
    cell::{Cell, RefCell},
    net::IpAddr,
    rc::Rc,
    time::Duration,
};
use tokio::time::sleep;

/// When a run begins: a Monday in November 2026, or some minutes before clocks are set back or forward in Germany.
const BEGIN_MS: [i64; 3] = [1_795_420_800_000, 1_792_889_700_000, 1_806_195_300_000];
/// The clocks are set this long after a run begins that sees it.
const CLOCKS_SET_MS: u64 = 5 * 60 * 1000;
/// Days after the last contact that everything is kept.
const RETENTION_DAYS: [u16; 3] = [7, 14, 30];
/// Steps of a run.
const STEPS: u64 = 45;

/// Somebody with an account, and the browsers that are logged in to it.
pub struct Person {
    pub(super) log_in: RefCell<LogIn>,
    pub(super) code: RefCell<String>,
    /// A password that counts instead, if a change whose answer was lost did happen.
    pub(super) doubt: RefCell<Option<String>>,
    /// Passwords that must open nothing any more.
    pub(super) former: RefCell<Vec<String>>,
    /// A seeker by number, or the staff person once known.
    pub(super) who: Cell<Option<Who>>,
    pub(super) devices: RefCell<Vec<Rc<Device>>>,
    /// Devices of others, who have found out the password.
    pub(super) thieves: RefCell<Vec<(Thief, Rc<Device>)>>,
    /// What was given to a page to be sent, and where.
    pub(super) written: RefCell<Vec<(ConversationId, MessageId, String)>>,
    /// Something long is under way: one at a time for each person.
    pub(super) busy: Cell<bool>,
    pub(super) gone: Cell<bool>,
}

impl Person {
    fn new(name: &str) -> Rc<Self> {
        Rc::new(Self {
            log_in: RefCell::new(LogIn::new(name, &format!("das passwort von {name}"))),
            code: RefCell::default(),
            doubt: RefCell::default(),
            former: RefCell::default(),
            who: Cell::new(None),
            devices: RefCell::default(),
            thieves: RefCell::default(),
            written: RefCell::default(),
            busy: Cell::new(false),
            gone: Cell::new(false),
        })
    }

    pub(super) fn name(&self) -> String {
        self.log_in.borrow().name.clone()
    }
}

/// How a run went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub hash: u64,
    pub events: u64,
    pub talks: usize,
    pub sent: usize,
    pub acknowledged: usize,
}

pub struct World {
    pub(super) chance: RefCell<Chance>,
    pub(super) trace: Trace,
    pub(super) network: Rc<Network>,
    pub(super) station: Rc<Station>,
    pub(super) oracle: Rc<RefCell<Oracle>>,
    pub(super) clock: SimulatedClock,
    pub(super) addresses: AddressKeys,
    pub(super) devices: Cell<u8>,
    pub(super) texts: Cell<u64>,
    /// Whether days go by in this run, and clocks jump by years.
    pub(super) long: bool,
    pub(super) retention_days: u16,
    /// The clocks are set in this run: summer time begins or ends.
    clocks_set: bool,
    pub(super) stop: Option<StopAt>,
    /// All is well again, and nothing happens any more.
    pub(super) settled: Cell<bool>,
    pub(super) pin: RefCell<String>,
    pub(super) site: Cell<Option<SiteId>>,
    pub(super) team: Cell<Option<TeamId>>,
    pub(super) seekers: Vec<Rc<Person>>,
    pub(super) staff: RefCell<Vec<Rc<Person>>>,
}

pub fn parts(reply: Reply) -> String {
    match reply {
        Reply::RecoveryCode { parts } => parts.join("-"),
        _ => panic!("no recovery code"),
    }
}

impl World {
    pub fn new(seed: u64, stop: Option<StopAt>) -> Rc<Self> {
        let mut chance = Chance::new(seed);
        let trace = Trace::new();
        let begin_ms = *chance.pick(&BEGIN_MS).unwrap();
        let clock = SimulatedClock::new(begin_ms);
        let network = Network::new(trace.clone());
        let station = Station::new(&network, clock.another(), chance.fork("box"), &trace);
        let mut oracle = Oracle::new(trace.clone(), station.clock.clone());
        let retention_days = *chance.pick(&RETENTION_DAYS).unwrap();
        oracle.retention_days = retention_days;
        let oracle = Rc::new(RefCell::new(oracle));
        let long = chance.one_in(3);
        let seekers = (0..chance.between(2, 3)).map(|n| Person::new(&format!("Wolke {n}"))).collect();
        Rc::new(Self {
            chance: RefCell::new(chance.fork("steps")),
            trace,
            network,
            station,
            oracle,
            clock,
            addresses: AddressKeys::new(|| 0, |bytes| bytes.fill(1)),
            devices: Cell::new(0),
            texts: Cell::new(0),
            long,
            retention_days,
            clocks_set: begin_ms != BEGIN_MS[0],
            stop,
            settled: Cell::new(false),
            pin: RefCell::default(),
            site: Cell::new(None),
            team: Cell::new(None),
            seekers,
            staff: RefCell::new(vec![Person::new("leitung")]),
        })
    }

    pub(super) fn one_in(&self, times: u64) -> bool {
        self.chance.borrow_mut().one_in(times)
    }

    pub(super) fn pick<T: Clone>(&self, all: &[T]) -> Option<T> {
        self.chance.borrow_mut().pick(all).cloned()
    }

    fn address(&self, last: u8) -> ClientAddress {
        self.addresses.hash(IpAddr::from([192, 0, 2, last]))
    }

    /// A fresh browser.
    fn browser(&self, of: &str) -> Rc<Device> {
        let number = self.devices.get() + 1;
        self.devices.set(number);
        let name = format!("{of}/{number}");
        let clock = self.clock.another();
        let chance = self.chance.borrow().fork(&name);
        Device::new(&name, &self.network, &chance, self.address(number), clock, &self.trace)
    }

    /// A fresh browser with the page open.
    pub(super) async fn page(&self, person: &Person, seeker: bool) -> Result<Rc<Device>, Failure> {
        let device = self.browser(&person.name());
        let (site, pin) =
            if seeker { (self.site.get(), Some(self.pin.borrow().clone())) } else { (None, None) };
        match device.call(Call::Start { site, pin, resume: None }).await {
            Ok(Ok(_)) => Ok(device),
            Ok(Err(failure)) => Err(failure),
            Err(_) => Err(Failure::Network),
        }
    }

    /// The box starts, with the model listening.
    pub(super) async fn start_box(&self) -> Option<String> {
        let opened = |storage: &OfOneProcess| {
            let mut oracle = self.oracle.borrow_mut();
            oracle.compare(storage, |id| storage.has_key(id));
            oracle.listen(storage);
        };
        self.station.start(opened).await
    }

    /// Set-up, invitations and sign-ups, on a fine day.
    async fn set_up(self: &Rc<Self>) {
        let code = self.start_box().await.unwrap();
        let lead = self.staff.borrow()[0].clone();
        let device = self.page(&lead, false).await.unwrap();
        let set_up = beistand_protocol::worker::SetUp {
            claim_code: code,
            organisation_name: "Beratung".into(),
            display_name: "Leitung".into(),
            login_name: lead.name(),
            password: lead.log_in.borrow().password.clone(),
            team_name: "Team".into(),
            site: SiteSettings { retention_days: self.retention_days, ..site_settings("Stelle") },
        };
        let Reply::Kit(kit) = device.must(Call::SetUp(set_up)).await else { panic!("no kit") };
        *self.pin.borrow_mut() = kit.organisation.to_hex();
        self.site.set(Some(kit.site));
        *lead.code.borrow_mut() = kit.recovery.join("-");
        assert!(device.until(30, |model| !model.teams.is_empty()).await, "no team after set-up");
        self.team.set(Some(device.model.borrow().teams[0].team));
        self.arrive(&lead, device);
        let counselors = self.chance.borrow_mut().between(2, 3);
        for number in 0..counselors {
            self.join(&format!("beratung{number}")).await.expect("a person joins on a fine day");
        }
        for (number, seeker) in self.seekers.iter().enumerate() {
            seeker.who.set(Some(Who::Seeker(number)));
            self.sign_up(number).await.expect("a seeker signs up on a fine day");
        }
    }

    /// A browser is logged in.
    pub(super) fn arrive(&self, person: &Person, device: Rc<Device>) {
        if let Some(SessionView::Staff { person: id, .. }) = device.model.borrow().session {
            person.who.set(Some(Who::Staff(id)));
        }
        person.devices.borrow_mut().push(device);
    }

    /// Invitation, acceptance, countersignature.
    pub(super) async fn join(self: &Rc<Self>, name: &str) -> Option<()> {
        let lead = self.staff.borrow()[0].clone();
        let office = self.any_device(&lead)?;
        let team = self.team.get()?;
        let invite = Call::Invite { display_name: name.into(), role: Role::Counselor, team };
        let Ok(Ok(Reply::Invitation { link, .. })) = office.call(invite).await else { return None };
        let secret = link.split_once('#')?.1.to_owned();
        let person = Person::new(name);
        let device = self.page(&person, false).await.ok()?;
        let LogIn { name, password } = person.log_in.borrow().clone();
        let accept = Call::AcceptInvitation { secret, name, password };
        let Ok(Ok(reply)) = device.call(accept).await else { return None };
        *person.code.borrow_mut() = parts(reply);
        let waits = |model: &Model| model.invitations.iter().any(|invitation| invitation.accepted);
        if !office.until(60, waits).await {
            return None;
        }
        let accepted: Vec<_> = {
            let model = office.model.borrow();
            let waiting = model.invitations.iter().filter(|invitation| invitation.accepted);
            waiting.map(|invitation| invitation.invitation).collect()
        };
        for invitation in accepted {
            let _ = office.call(Call::Countersign { invitation }).await;
        }
        let counted =
            |model: &Model| matches!(model.session, Some(SessionView::Staff { pending: false, .. }));
        if !device.until(60, counted).await {
            return None;
        }
        self.arrive(&person, device);
        self.trace.note(&format!("{} has joined", person.name()));
        self.staff.borrow_mut().push(person);
        Some(())
    }

    pub(super) fn any_device(&self, person: &Person) -> Option<Rc<Device>> {
        let logged_in: Vec<_> =
            person.devices.borrow().iter().filter(|device| device.is_logged_in()).cloned().collect();
        self.pick(&logged_in)
    }

    /// A counselor who is still there, with a browser.
    pub(super) fn any_staff(&self) -> Option<(Rc<Person>, Rc<Device>)> {
        let staff: Vec<_> = self.staff.borrow().iter().filter(|person| !person.gone.get()).cloned().collect();
        let person = self.pick(&staff)?;
        let device = self.any_device(&person)?;
        Some((person, device))
    }

    /// Something long that one person does, if nothing else is under way.
    pub(super) fn begin(self: &Rc<Self>, person: &Rc<Person>, what: impl Future<Output = ()> + 'static) {
        if person.busy.replace(true) {
            return;
        }
        let person = person.clone();
        tokio::task::spawn_local(async move {
            what.await;
            person.busy.set(false);
        });
    }

    pub(super) fn send(
        &self,
        person: &Person,
        who: Who,
        device: &Device,
        conversation: Option<ConversationId>,
    ) {
        let number = self.texts.get() + 1;
        self.texts.set(number);
        let text = format!("Text {number}");
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        let id = MessageId(bytes);
        self.oracle.borrow_mut().sends(id, &text, who);
        self.trace.note(&format!("{} sends {text:?}", device.name));
        if let Some(conversation) = conversation {
            person.written.borrow_mut().push((conversation, id, text.clone()));
        }
        drop(device.call(Call::Send { conversation, text, id }));
    }

    /// Somebody of the staff says something in the room of their team.
    pub(super) fn say(&self, who: Who, device: &Device) -> Option<()> {
        let room = device.model.borrow().teams.iter().find_map(|team| team.room)?.id;
        let number = self.texts.get() + 1;
        self.texts.set(number);
        let text = format!("Absprache {number}");
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        let id = MessageId(bytes);
        self.oracle.borrow_mut().says(id, &text, who);
        self.trace.note(&format!("{} says {text:?}", device.name));
        drop(device.call(Call::Show { conversation: room }));
        drop(device.call(Call::Send { conversation: Some(room), text, id }));
        Some(())
    }

    /// What nobody wants.
    async fn misfortune(self: &Rc<Self>) {
        let choice = self.chance.borrow_mut().below(17);
        match choice {
            0..3 => {
                let weather = Weather::of(&mut self.chance.borrow_mut());
                self.trace.note(&format!("{weather:?}"));
                self.network.set_weather(weather);
            }
            3..6 => {
                if let Some(device) = self.pick(&self.all_devices()) {
                    let cable = self.pick(&[Cable::Plugged, Cable::Pulled, Cable::Silent]).unwrap();
                    self.trace.note(&format!("{}: {cable:?}", device.name));
                    device.link.set_cable(cable);
                }
            }
            6..8 => {
                let power = self.one_in(2);
                self.station.crash(power);
                let down_ms = self.chance.borrow_mut().between(1, 8_000);
                sleep(Duration::from_millis(down_ms)).await;
                if self.one_in(4) {
                    let operation = self.chance.borrow_mut().below(30) as usize;
                    self.station.set_fault(DiskFault::Dies(operation));
                }
                self.start_box().await;
            }
            8..11 => {
                let fault = {
                    let mut chance = self.chance.borrow_mut();
                    match chance.below(5) {
                        0 | 1 => DiskFault::Dies(chance.between(1, 40) as usize),
                        2 => DiskFault::SyncFails,
                        3 => DiskFault::Full(chance.below(64 * 1024)),
                        _ => DiskFault::None,
                    }
                };
                self.trace.note(&format!("disk: {fault:?}"));
                self.station.set_fault(fault);
            }
            11 => self.a_device_goes_wrong(),
            12 => self.the_box_goes_wrong(),
            _ => {
                let what = self.pick(&[Upkeep::Checkpoint, Upkeep::Compact, Upkeep::Tidy]).unwrap();
                self.trace.note(&format!("box: {what:?}"));
                self.station.keep_up(what);
            }
        }
    }

    /// A box whose disk has failed is started again.
    pub(super) async fn revive(&self) {
        if !self.station.is_running() {
            self.start_box().await;
        }
    }

    pub(super) fn everybody(&self) -> Vec<Rc<Person>> {
        self.seekers.iter().cloned().chain(self.staff.borrow().iter().cloned()).collect()
    }

    pub(super) fn all_devices(&self) -> Vec<Rc<Device>> {
        self.everybody().iter().flat_map(|person| person.devices.borrow().clone()).collect()
    }

    fn pause_ms(&self) -> u64 {
        let mut chance = self.chance.borrow_mut();
        match chance.below(10) {
            0..4 => 0,
            4..7 => chance.between(1, 500),
            7..9 => chance.between(500, 5_000),
            _ => chance.between(5_000, 60_000),
        }
    }

    /// A whole run.
    pub async fn run(self: &Rc<Self>) -> Outcome {
        self.set_up().await;
        self.check();
        if self.clocks_set {
            tokio::task::spawn_local(self.clone().set_the_clocks(CLOCKS_SET_MS));
        }
        for step in 0..STEPS {
            let choice = self.chance.borrow_mut().below(10);
            self.trace.note(&format!("step {step}"));
            self.revive().await;
            match choice {
                _ if self.long && self.one_in(12) => self.days_go_by().await,
                _ if self.long && self.one_in(15) => self.the_box_goes_wrong(),
                0..5 => drop(self.seeker_step()),
                5..9 => drop(self.staff_step()),
                _ => self.misfortune().await,
            }
            let pause_ms = self.pause_ms();
            sleep(Duration::from_millis(pause_ms)).await;
            self.check();
        }
        self.settle().await;
        self.check_end().await;
        self.check_long_after().await;
        let (talks, sent, acknowledged) = self.oracle.borrow().count();
        Outcome { hash: self.trace.hash(), events: self.trace.count(), talks, sent, acknowledged }
    }

    pub fn trace(&self) -> Trace {
        self.trace.clone()
    }
}
