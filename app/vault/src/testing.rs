//! A small organisation for tests: a log, a team, a site, a server that only stores.

use crate::{
    account::{AccountSecret, PartyKeys},
    conversation::{Applied, ApplyError, Conversation, EpochChange, Sending, View},
    epoch::Party,
    membership::{InvitationSecret, RootSecret, accept, founder, make_entry, make_root},
    message::Body,
    random::{DangerousSeeded, draw},
    secret::SigningKey,
    team::{TeamKeyring, make_generation},
};
use beistand_protocol::{
    api::Envelope,
    epoch::{Basis, ConversationKind, EpochChain},
    id::{ConversationId, DeviceSessionId, InvitationId, PersonId, SiteId, TeamId},
    membership::{
        Body as LogBody, EmergencyNumber, EntryError, Freshness, InvitedRole, Language, Localised, Log, Site,
        State, TeamRules,
    },
    month::Month,
    team::Generations,
};

pub const NOW: u64 = 1_800_000_000_000;
pub const TEAM: TeamId = TeamId([0x7e; 16]);
pub const SITE: SiteId = SiteId([0x51; 16]);

/// A staff person with everything its browser knows.
#[derive(Clone)]
pub struct Staff {
    pub id: PersonId,
    pub keys: PartyKeys,
    pub teams: TeamKeyring,
}

pub struct World {
    pub random: DangerousSeeded,
    pub root: RootSecret,
    pub log: Log,
    pub entries: Vec<Vec<u8>>,
    pub generations: Generations,
    pub anna: Staff,
    pub ben: Staff,
    pub cem: Staff,
}

pub fn staff(random: &mut DangerousSeeded) -> Staff {
    let secret = AccountSecret::draw(random);
    Staff { id: PersonId(draw(random)), keys: secret.person_keys(), teams: TeamKeyring::empty() }
}

pub fn site(version: u32) -> Site {
    let name = |text: &str| vec![Localised { language: Language::German, text: text.to_owned() }];
    Site {
        site: SITE,
        version,
        name: "Beratung am Fluss".to_owned(),
        accent: [0x22, 0x66, 0x55],
        default_language: Language::German,
        team: TEAM,
        retention_days: 30,
        emergency: vec![EmergencyNumber { number: "112".to_owned(), names: name("Notruf") }],
        texts: Vec::new(),
    }
}

impl World {
    /// Anna is administrator and lead; Ben and Cem are counselors of the team.
    pub fn new(rules: TeamRules) -> Self {
        let mut random = DangerousSeeded::new(b"world");
        let root = RootSecret::draw(&mut random);
        let first = make_root(&root, "Hilfe e. V.", Freshness::default(), NOW, &mut random);
        let log = Log::begin(None, &first).unwrap();
        let (anna, ben, cem) = (staff(&mut random), staff(&mut random), staff(&mut random));
        let mut world = Self {
            random,
            root,
            log,
            entries: vec![first],
            generations: Generations::default(),
            anna,
            ben,
            cem,
        };
        let root_key = world.root.signing_key();
        let body = founder(world.log.organisation(), world.anna.id, "Anna", &world.anna.keys);
        world.say(body, &[&root_key]).unwrap();
        world.say(LogBody::AdministratorAdd { person: world.anna.id }, &[&root_key]).unwrap();
        let leads = vec![world.anna.id];
        world.by_anna(LogBody::TeamCreate { team: TEAM, name: "Fluss".to_owned(), leads, rules }).unwrap();
        world.by_anna(LogBody::SitePublish(site(1))).unwrap();
        for (person, name) in [(world.ben.clone(), "Ben"), (world.cem.clone(), "Cem")] {
            world.join(&person, name);
        }
        world.next_generation(&world.anna.clone());
        world
    }

    pub fn state(&self) -> &State {
        self.log.state()
    }

    pub fn say(&mut self, body: LogBody, signers: &[&SigningKey]) -> Result<(), EntryError> {
        let entry = make_entry(self.log.state(), body, signers, NOW);
        self.log.append(&entry)?;
        self.entries.push(entry);
        Ok(())
    }

    pub fn by_anna(&mut self, body: LogBody) -> Result<(), EntryError> {
        let key = self.anna.keys.signing.clone();
        self.say(body, &[&key])
    }

    /// Invites, accepts, countersigns, adds to the team.
    pub fn join(&mut self, person: &Staff, name: &str) {
        let secret = InvitationSecret::draw(&mut self.random);
        let invitation = InvitationId(draw(&mut self.random));
        let body = LogBody::Invitation {
            invitation,
            key: secret.signing_key().verify_key(),
            person: person.id,
            role: InvitedRole::Counselor,
            team: Some(TEAM),
            expires_ms: NOW + 1,
        };
        self.by_anna(body).unwrap();
        let acceptance = accept(self.log.organisation(), invitation, &secret, name, &person.keys);
        self.by_anna(LogBody::PersonAdd { person: person.id, acceptance }).unwrap();
        self.by_anna(LogBody::TeamMemberAdd { team: TEAM, person: person.id }).unwrap();
    }

    /// A member makes the next generation; everybody opens what they can.
    pub fn next_generation(&mut self, author: &Staff) {
        let former = self.generations.newest(TEAM).cloned();
        let former = former.as_deref().map(|former| (former, author.teams.get(TEAM, former.header.number)));
        let (signed, _) =
            make_generation(self.log.state(), TEAM, author.id, &author.keys, former, NOW, &mut self.random)
                .unwrap();
        self.generations.append(&signed, &self.log).unwrap();
        self.open_teams();
    }

    pub fn open_teams(&mut self) {
        for person in [&mut self.anna, &mut self.ben, &mut self.cem] {
            person.teams.open_team(&self.generations, TEAM, person.id, &person.keys.clone(), &[]);
        }
    }

    pub fn view<'a>(&'a self, teams: &'a TeamKeyring) -> View<'a> {
        View { log: &self.log, generations: &self.generations, teams, talk: None }
    }

    pub fn sending<'a>(&'a self, teams: &'a TeamKeyring) -> Sending<'a> {
        Sending { view: self.view(teams), basis: Basis::Ordinary, now_ms: NOW }
    }

    /// Removes a person from the organisation.
    pub fn remove(&mut self, person: PersonId) {
        self.by_anna(LogBody::PersonRemove { person }).unwrap();
    }
}

/// One reader's browser in one conversation.
pub struct Browser {
    pub teams: TeamKeyring,
    /// In a thread: the talk that it is about, as this browser knows it.
    pub about: Option<EpochChain>,
    pub conversation: Conversation,
    pub party: Party,
    pub random: DangerousSeeded,
}

impl Browser {
    pub fn seeker(secret: &AccountSecret, id: ConversationId, device: u8) -> Self {
        Self::new(Party::Seeker(secret.conversation_keys(id)), TeamKeyring::empty(), id, device)
    }

    pub fn staff(person: &Staff, id: ConversationId, device: u8) -> Self {
        let party = Party::Staff { person: person.id, keys: person.keys.clone(), former: Vec::new() };
        Self::new(party, person.teams.clone(), id, device)
    }

    fn new(party: Party, teams: TeamKeyring, id: ConversationId, device: u8) -> Self {
        let conversation = Conversation::new(id, party.clone(), DeviceSessionId([device; 16]));
        Self { teams, about: None, conversation, party, random: DangerousSeeded::new(&[device]) }
    }

    /// Somebody of the staff in the thread about a talk that they know.
    pub fn thread(person: &Staff, talk: &Conversation, device: u8) -> Self {
        let id = ConversationKind::thread_id(talk.id());
        Self { about: Some(talk.chain().clone()), ..Self::staff(person, id, device) }
    }

    /// Somebody of the staff in the team's room of the month that these tests play in.
    pub fn room(person: &Staff, device: u8) -> Self {
        Self::staff(person, ConversationKind::room_id(TEAM, Month::at(NOW / 1000)), device)
    }

    pub fn open_room(&mut self, world: &World, stored: &mut Vec<Envelope>) {
        let mut random = self.random.clone();
        let month = Month::at(NOW / 1000);
        let envelope = self.conversation.open_room(&self.sending(world), TEAM, month, &mut random).unwrap();
        self.random = random;
        stored.push(envelope);
        self.fetch(world, stored);
    }

    pub fn view<'a>(&'a self, world: &'a World) -> View<'a> {
        View { talk: self.about.as_ref(), ..world.view(&self.teams) }
    }

    pub fn sending<'a>(&'a self, world: &'a World) -> Sending<'a> {
        Sending { view: self.view(world), ..world.sending(&self.teams) }
    }

    /// Loads everything from the server anew.
    pub fn load(&mut self, world: &World, stored: &[Envelope]) -> Vec<Result<Applied, ApplyError>> {
        let device = DeviceSessionId(draw(&mut self.random));
        let id = self.conversation.id();
        let (conversation, all) =
            Conversation::load(id, self.party.clone(), device, &self.view(world), stored).unwrap();
        self.conversation = conversation;
        all
    }

    /// Applies what is new.
    pub fn fetch(&mut self, world: &World, stored: &[Envelope]) -> Vec<Applied> {
        let mut all = Vec::new();
        while let Some(envelope) = stored.get(usize::try_from(self.conversation.length()).unwrap()) {
            let position = self.conversation.length();
            let view = View { talk: self.about.as_ref(), ..world.view(&self.teams) };
            all.push(self.conversation.apply(&view, position, envelope).unwrap());
        }
        all
    }

    /// Composes, and stores at the honest server.
    pub fn post(&mut self, world: &World, stored: &mut Vec<Envelope>, body: &Body) -> Applied {
        self.fetch(world, stored);
        let envelope = self.compose(world, body);
        stored.push(envelope);
        self.fetch(world, stored).pop().unwrap()
    }

    pub fn compose(&mut self, world: &World, body: &Body) -> Envelope {
        let mut random = self.random.clone();
        let composed = self.conversation.compose(&self.sending(world), body, &mut random).unwrap();
        self.random = random;
        composed
    }

    pub fn epoch(&mut self, world: &World, stored: &mut Vec<Envelope>, change: &EpochChange<'_>) -> Applied {
        self.fetch(world, stored);
        let mut random = self.random.clone();
        let envelope = self.conversation.compose_epoch(&self.sending(world), change, &mut random).unwrap();
        self.random = random;
        stored.push(envelope);
        self.fetch(world, stored).pop().unwrap()
    }

    pub fn open_talk(&mut self, world: &World, stored: &mut Vec<Envelope>) {
        let envelope =
            self.conversation.open_talk(&world.sending(&self.teams), SITE, &mut self.random).unwrap();
        stored.push(envelope);
        self.fetch(world, stored);
    }

    pub fn open_thread(&mut self, world: &World, stored: &mut Vec<Envelope>) {
        let mut random = self.random.clone();
        let envelope = self.conversation.open_thread(&self.sending(world), &mut random).unwrap();
        self.random = random;
        stored.push(envelope);
        self.fetch(world, stored);
    }

    /// Claims: message and epoch.
    pub fn claim(&mut self, world: &World, stored: &mut Vec<Envelope>) {
        let claim = self.post(world, stored, &Body::Claim);
        let Party::Staff { person, .. } = self.party.clone() else { panic!("seekers don't claim") };
        self.epoch(world, stored, &EpochChange::Holder { holder: Some(person), cause: claim.digest });
    }
}

pub fn text(words: &str) -> Body {
    Body::Text(words.to_owned())
}

/// The words that a list of applied envelopes shows.
pub fn words(all: &[Result<Applied, ApplyError>]) -> Vec<String> {
    all.iter()
        .filter_map(|applied| match applied {
            Ok(Applied { event: crate::conversation::Event::Text(words), .. }) => Some(words.clone()),
            _ => None,
        })
        .collect()
}
