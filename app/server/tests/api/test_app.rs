//! A whole server in this process, and clients that speak its protocol with real keys.

use super::slow_store::{Disk, SlowStore};
use axum::{Router, body::Body};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use beistand_domain::clock::{Clock, DAY_S};
use beistand_domain::roster::calendar::Words;
use beistand_domain::storage::Storage;
use beistand_protocol::{
    api::{
        Append, Appended, ConversationOpen, Envelope, GenerationAppend, InvitationAcceptFinish,
        InvitationAcceptStart, LogAppend, LogHead, LogInFinish, LogInStart, LogInStarted, LoggedIn, LookUp,
        RegistrationFinish, RegistrationStart, RegistrationStarted, Sealed, SetUpFinish, SetUpStart,
        TeamGenerationUpload, Work, WorkChallenge, route,
    },
    codec::{decode, encode},
    epoch::Basis,
    error::{Code, Refusal},
    id::{ConversationId, DeviceSessionId, InvitationId, OrganisationId, PersonId, RealmId, SiteId, TeamId},
    login::{LoginIdentity, LookupValue},
    membership::{
        Body as LogBody, EmergencyNumber, Freshness, InvitedRole, Language, Localised, Log, Site, TeamRules,
    },
    second_factor::AppCode,
    signature::plain_digest,
    suite::Suite,
    team::Generations,
};
use beistand_server::{
    app::{App, Options, Parts},
    listen::{AddressKeys, ClientAddress},
    mail::{self, Said},
    outbound::Reach,
    page::{Moment, Page, PageRequest, Pages},
    random::Random as ServerRandom,
    roots::Roots,
    route::router,
};
use beistand_store::MemoryStore;
use beistand_vault::{
    account::{AccountPlace, AccountSecret, NewCredentials, register},
    conversation::{Conversation, EpochChange, Sending, View},
    epoch::Party,
    login::{Login, Registration},
    membership::{InvitationSecret, RootSecret, accept, founder, make_entry, make_root, prove_invitation},
    message::Body as Message,
    name::Password,
    random::{DangerousSeeded, draw},
    recovery::RecoveryCode,
    secret::SigningKey,
    team::{TeamKeyring, make_generation},
};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};
use tower::ServiceExt;

/// When tests begin.
pub const NOW_S: u64 = 1_800_000_000;

pub type Token = [u8; 32];

/// A clock that stands until somebody moves it.
pub struct MockClock {
    now_s: AtomicU64,
    steady_s: AtomicU64,
    synchronised: AtomicBool,
    /// How often it is still read before it jumps, and by how much.
    jump: Mutex<Option<(u32, u64)>>,
}

impl MockClock {
    /// Somebody sets the clock; no time goes by.
    pub fn set_s(&self, now_s: u64) {
        self.now_s.store(now_s, Ordering::SeqCst);
    }
    pub fn advance_s(&self, seconds: u64) {
        self.steady_s.fetch_add(seconds, Ordering::SeqCst);
        self.now_s.fetch_add(seconds, Ordering::SeqCst);
    }
    /// It jumps ahead once it was read so often.
    pub fn jump_after(&self, reads: u32, seconds: u64) {
        *self.jump.lock().unwrap() = Some((reads, seconds));
    }
    pub fn set_synchronised(&self, synchronised: bool) {
        self.synchronised.store(synchronised, Ordering::SeqCst);
    }
}

impl Clock for MockClock {
    fn now_s(&self) -> u64 {
        let mut jump = self.jump.lock().unwrap();
        *jump = match *jump {
            Some((0, seconds)) => {
                self.now_s.fetch_add(seconds, Ordering::SeqCst);
                None
            }
            Some((reads, seconds)) => Some((reads - 1, seconds)),
            None => None,
        };
        self.now_s.load(Ordering::SeqCst)
    }
    fn steady_s(&self) -> u64 {
        self.steady_s.load(Ordering::SeqCst)
    }
    fn synchronised(&self) -> bool {
        self.synchronised.load(Ordering::SeqCst)
    }
}

struct Seeded(Mutex<DangerousSeeded>);

impl ServerRandom for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        beistand_vault::random::Random::fill(&mut *self.0.lock().unwrap(), bytes);
    }
}

/// Says which page was asked for, and nothing else.
struct PlainPages;

impl Pages for PlainPages {
    fn render(&self, request: &PageRequest<'_>, page: &Page<'_>) -> String {
        let name = match page {
            Page::Start { somebody_available, next, answer_by, .. } => {
                let told = |moment: Moment| (moment.day.0 - moment.today.0, moment.minute);
                match (next.map(told), answer_by.map(told)) {
                    (None, None) => format!("start {somebody_available}"),
                    (next, answer_by) => format!("start {somebody_available} {next:?} {answer_by:?}"),
                }
            }
            other => format!("{other:?}"),
        };
        format!("{name} {} {:?}", request.path, request.language)
    }
    fn calendar_words(&self, _: Option<&str>) -> Words {
        let word = |word: &str| word.to_owned();
        Words { name: word("roster"), live: word("live"), letters: word("letters"), nobody: word("nobody") }
    }
    fn mail_words(&self, language: Language, said: Said, origin: &str) -> mail::Words {
        let said = format!("{said:?} {language:?}");
        mail::Words { from: "Box ü".to_owned(), subject: said.clone(), body: format!("{said} {origin}") }
    }
    fn theme(&self, accent: [u8; 3]) -> String {
        format!("{accent:?}")
    }
}

pub struct TestApp {
    pub app: Arc<App>,
    pub router: Router,
    pub clock: Arc<MockClock>,
    pub storage: Arc<MemoryStore>,
    pub claim_code: Option<String>,
    pub folder: Arc<tempfile::TempDir>,
    pub random: DangerousSeeded,
    address: ClientAddress,
    roots: Roots,
}

/// Somebody with an account.
#[derive(Clone)]
pub struct Person {
    pub look_up: LookUp,
    pub password: Password,
    pub secret: AccountSecret,
    pub code: RecoveryCode,
    pub id: PersonId,
}

/// An organisation with one administrator, who leads the only team, and one site.
pub struct Office {
    pub log: Log,
    pub generations: Generations,
    pub admin: Person,
    pub team: TeamId,
    pub site: SiteId,
}

pub fn address(last: u8) -> ClientAddress {
    AddressKeys::new(|| 0, |bytes| bytes.fill(1)).hash(IpAddr::from([192, 0, 2, last]))
}

pub fn keyed(name: &str) -> [u8; 32] {
    plain_digest(name.as_bytes()).0
}

impl TestApp {
    pub async fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(MockClock {
            now_s: AtomicU64::new(NOW_S),
            steady_s: AtomicU64::new(0),
            synchronised: AtomicBool::new(false),
            jump: Mutex::default(),
        });
        Self::on(folder, clock, Arc::new(MemoryStore::default()), b"first").await
    }

    /// A server whose disk can be held up.
    pub async fn slow() -> (Self, Disk) {
        let Self { folder, clock, .. } = Self::new().await;
        let (storage, disk) = (Arc::new(MemoryStore::default()), Disk::default());
        let slow = SlowStore { inner: storage.clone(), disk: disk.clone() };
        (Self::over(folder, clock, storage, Arc::new(slow), b"slow", Roots::default()).await, disk)
    }

    /// A server on what another one left behind.
    pub async fn restart(self) -> Self {
        let Self { folder, clock, storage, roots, .. } = self;
        Self::over(folder, clock, storage.clone(), storage, b"again", roots).await
    }

    /// A server that trusts these authorities when it connects.
    pub async fn trusting(roots: Roots) -> Self {
        let Self { folder, clock, storage, .. } = Self::new().await;
        Self::over(folder, clock, storage.clone(), storage, b"trusting", roots).await
    }

    async fn on(
        folder: Arc<tempfile::TempDir>,
        clock: Arc<MockClock>,
        storage: Arc<MemoryStore>,
        seed: &[u8],
    ) -> Self {
        Self::over(folder, clock, storage.clone(), storage, seed, Roots::default()).await
    }

    async fn over(
        folder: Arc<tempfile::TempDir>,
        clock: Arc<MockClock>,
        storage: Arc<MemoryStore>,
        used: Arc<dyn Storage>,
        seed: &[u8],
        roots: Roots,
    ) -> Self {
        let parts = Parts {
            storage: used,
            clock: clock.clone(),
            random: Arc::new(Seeded(Mutex::new(DangerousSeeded::new(seed)))),
            pages: Box::new(PlainPages),
            options: Options {
                data: folder.path().to_owned(),
                secrets: folder.path().join("secrets"),
                leave_to: "https://weather.example/".to_owned(),
                root_certificate_pem: Some("a certificate".to_owned()),
                roots: roots.clone(),
                reach: Reach::DangerousAnywhere,
            },
        };
        let (app, claim_code) = App::open(parts).await.unwrap();
        let random = DangerousSeeded::new(&[seed, b" client"].concat());
        let router = router(app.clone());
        Self { app, router, clock, storage, claim_code, folder, random, address: address(1), roots }
    }

    /// From now on requests come from another network.
    pub fn go_to_address(&mut self, last: u8) {
        self.address = address(last);
    }

    pub async fn raw(
        &self,
        method: &str,
        path: &str,
        token: Option<&Token>,
        body: Vec<u8>,
    ) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::builder().method(method).uri(path).extension(self.address);
        if let Some(token) = token {
            request =
                request.header(header::AUTHORIZATION, format!("Bearer {}", URL_SAFE_NO_PAD.encode(token)));
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    pub async fn get<A: Serialize + DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&Token>,
    ) -> Result<A, Refusal> {
        answer(self.raw("GET", path, token, Vec::new()).await)
    }

    pub async fn post<Q: Serialize, A: Serialize + DeserializeOwned>(
        &self,
        path: &str,
        token: Option<&Token>,
        body: &Q,
    ) -> Result<A, Refusal> {
        answer(self.raw("POST", path, token, encode(body)).await)
    }

    pub fn person(&mut self, realm: RealmId, name: &str) -> Person {
        Person {
            look_up: LookUp { realm, value: keyed(name) },
            password: Password::new(&format!("password of {name}")).unwrap(),
            secret: AccountSecret::draw(&mut self.random),
            code: RecoveryCode::draw(&mut self.random),
            id: PersonId(draw(&mut self.random)),
        }
    }

    fn credentials(
        &mut self,
        person: &Person,
        log: &Log,
        registration: Registration,
        started: &RegistrationStarted,
    ) -> beistand_protocol::api::Credentials {
        let identity = identity(log.organisation(), &person.look_up);
        let registered = registration.finish(&started.response, &identity, &mut self.random).unwrap();
        let new = NewCredentials {
            place: AccountPlace {
                suite: Suite::One,
                organisation: log.organisation(),
                realm: person.look_up.realm,
                account: started.account,
            },
            secret: &person.secret,
            registered: &registered,
            recovery: Some(&person.code),
            root: log.state().root_fingerprint(),
            floor: log.head(),
            nonce: started.nonce,
        };
        register(&new, Sealed(b"sealed state".to_vec()), &mut self.random)
    }

    /// What the first administrator's browser makes.
    pub fn plan_set_up(&mut self) -> (Office, Vec<Vec<u8>>, TeamGenerationUpload) {
        let root = RootSecret::draw(&mut self.random);
        let root_key = root.signing_key();
        let now_ms = NOW_S * 1000;
        let first = make_root(&root, "Hilfe e. V.", Freshness::default(), now_ms, &mut self.random);
        let mut log = Log::begin(None, &first).unwrap();
        let mut entries = vec![first];
        let admin = self.person(RealmId::STAFF, "admin");
        let keys = admin.secret.person_keys();
        let (team, site) = (TeamId(draw(&mut self.random)), SiteId(draw(&mut self.random)));
        let founding = founder(log.organisation(), admin.id, "Anna", &keys);
        let mut say = |body: LogBody, key: &SigningKey| {
            let entry = make_entry(log.state(), body, &[key], now_ms);
            log.append(&entry).unwrap();
            entries.push(entry);
        };
        say(founding, &root_key);
        say(LogBody::AdministratorAdd { person: admin.id }, &root_key);
        let (name, leads, rules) = ("Fluss".to_owned(), vec![admin.id], TeamRules::default());
        say(LogBody::TeamCreate { team, name, leads, rules }, &keys.signing);
        say(LogBody::SitePublish(publication(site, team, 1)), &keys.signing);
        let (signed, _) =
            make_generation(log.state(), team, admin.id, &keys, None, now_ms, &mut self.random).unwrap();
        let mut generations = Generations::default();
        generations.append(&signed, &log).unwrap();
        let upload = TeamGenerationUpload { team, number: 1, statement: Sealed(encode(&signed)) };
        (Office { log, generations, admin, team, site }, entries, upload)
    }

    pub async fn start_set_up(
        &mut self,
        office: &Office,
        claim_code: &str,
    ) -> Result<(Registration, RegistrationStarted), Refusal> {
        let (registration, request) = Registration::start(&office.admin.password, &mut self.random).unwrap();
        let start = SetUpStart {
            claim_code: claim_code.to_owned(),
            suite: 1,
            organisation: office.log.organisation(),
            look_up: office.admin.look_up,
            request,
        };
        Ok((registration, self.post(route::SET_UP_START, None, &start).await?))
    }

    pub async fn finish_set_up(
        &mut self,
        (office, entries, generation): &(Office, Vec<Vec<u8>>, TeamGenerationUpload),
        (registration, started): (Registration, RegistrationStarted),
    ) -> Result<(), Refusal> {
        let credentials = self.credentials(&office.admin, &office.log, registration, &started);
        let finish = SetUpFinish {
            ticket: started.ticket,
            entries: entries.clone(),
            generations: vec![generation.clone()],
            person: office.admin.id,
            credentials,
        };
        self.post(route::SET_UP_FINISH, None, &finish).await
    }

    pub async fn set_up(&mut self) -> Office {
        let plan = self.plan_set_up();
        let code = self.claim_code.clone().unwrap();
        let started = self.start_set_up(&plan.0, &code).await.unwrap();
        self.finish_set_up(&plan, started).await.unwrap();
        plan.0
    }

    pub async fn work(&self) -> Work {
        let challenge: WorkChallenge = self.post(route::WORK, None, &()).await.unwrap();
        let zeros = |solution: u64| {
            let bytes = [b"beistand work v1", &challenge.challenge[..], &solution.to_le_bytes()[..]].concat();
            u32::from_be_bytes(plain_digest(&bytes).0[..4].try_into().unwrap()).leading_zeros()
        };
        let solution = (0..).find(|solution| zeros(*solution) >= u32::from(challenge.bits)).unwrap();
        Work { challenge: challenge.challenge, solution }
    }

    pub async fn start_sign_up(
        &mut self,
        person: &Person,
    ) -> Result<(Registration, RegistrationStarted), Refusal> {
        let (registration, request) = Registration::start(&person.password, &mut self.random).unwrap();
        let work = self.work().await;
        let start = RegistrationStart { suite: 1, look_up: person.look_up, request, work };
        Ok((registration, self.post(route::REGISTRATION_START, None, &start).await?))
    }

    pub async fn sign_up(&mut self, office: &Office, name: &str) -> Result<Person, Refusal> {
        let person = self.person(office.site.into(), name);
        let (registration, started) = self.start_sign_up(&person).await?;
        let credentials = self.credentials(&person, &office.log, registration, &started);
        let finish = RegistrationFinish { ticket: started.ticket, credentials };
        let () = self.post(route::REGISTRATION_FINISH, None, &finish).await?;
        Ok(person)
    }

    pub async fn log_in(&mut self, office: &Office, person: &Person) -> Result<(Token, LoggedIn), Refusal> {
        let started = self.start_log_in(person).await?;
        self.finish_log_in(office, person, started).await
    }

    pub async fn start_log_in(&mut self, person: &Person) -> Result<(Login, LogInStarted), Refusal> {
        let (login, request) = Login::start(&person.password, &mut self.random).unwrap();
        let start = LogInStart { suite: 1, look_up: person.look_up, request };
        Ok((login, self.post(route::LOG_IN_START, None, &start).await?))
    }

    pub async fn finish_log_in(
        &mut self,
        office: &Office,
        person: &Person,
        started: (Login, LogInStarted),
    ) -> Result<(Token, LoggedIn), Refusal> {
        self.finish_log_in_with(office, person, started, None).await
    }

    /// With a number of the person's app.
    pub async fn finish_log_in_with(
        &mut self,
        office: &Office,
        person: &Person,
        (login, started): (Login, LogInStarted),
        code: Option<AppCode>,
    ) -> Result<(Token, LoggedIn), Refusal> {
        let identity = identity(office.log.organisation(), &person.look_up);
        let Ok(finished) = login.finish(&started.response, &identity, &mut self.random) else {
            return Err(Refusal { code: Code::WrongCredentials, retry_after_s: None });
        };
        let finish = LogInFinish { ticket: started.ticket, finalization: finished.finalization, code };
        let logged_in = self.post(route::LOG_IN_FINISH, None, &finish).await?;
        Ok((*finished.token.expose(), logged_in))
    }

    /// A seeker with a session.
    pub async fn seeker(&mut self, office: &Office, name: &str) -> (Person, Token) {
        let person = self.sign_up(office, name).await.unwrap();
        let token = self.log_in(office, &person).await.unwrap().0;
        (person, token)
    }

    pub async fn admin(&mut self, office: &Office) -> Token {
        let admin = office.admin.clone();
        self.log_in(office, &admin).await.unwrap().0
    }

    /// Appends what the administrator signs.
    pub async fn say(
        &mut self,
        office: &mut Office,
        token: &Token,
        bodies: Vec<LogBody>,
    ) -> Result<(), Refusal> {
        let expected = office.log.head();
        let key = office.admin.secret.person_keys().signing;
        let mut log = office.log.clone();
        let mut entries = Vec::new();
        for body in bodies {
            let entry = make_entry(log.state(), body, &[&key], self.clock.now_s() * 1000);
            log.append(&entry).unwrap();
            entries.push(entry);
        }
        let request = LogAppend { expected, entries, generations: Vec::new(), countersigned: None };
        let head: LogHead = self.post(route::LOG_APPEND, Some(token), &request).await?;
        assert_eq!(head, log.head());
        office.log = log;
        Ok(())
    }

    pub async fn invite(
        &mut self,
        office: &mut Office,
        token: &Token,
        name: &str,
    ) -> (Person, InvitationId, InvitationSecret) {
        let person = self.person(RealmId::STAFF, name);
        let secret = InvitationSecret::draw(&mut self.random);
        let invitation = InvitationId(draw(&mut self.random));
        let body = LogBody::Invitation {
            invitation,
            key: secret.signing_key().verify_key(),
            person: person.id,
            role: InvitedRole::Counselor,
            team: Some(office.team),
            expires_ms: (self.clock.now_s() + 7 * DAY_S) * 1000,
        };
        self.say(office, token, vec![body]).await.unwrap();
        (person, invitation, secret)
    }

    pub async fn accept(
        &mut self,
        office: &Office,
        person: &Person,
        id: InvitationId,
        secret: &InvitationSecret,
    ) -> Result<beistand_protocol::membership::Acceptance, Refusal> {
        let organisation = office.log.organisation();
        let (registration, request) = Registration::start(&person.password, &mut self.random).unwrap();
        let start = InvitationAcceptStart {
            suite: 1,
            invitation: id,
            look_up: person.look_up,
            proof: prove_invitation(organisation, id, secret, &request),
            request,
        };
        let started: RegistrationStarted = self.post(route::INVITATION_START, None, &start).await?;
        let credentials = self.credentials(person, &office.log, registration, &started);
        let acceptance = accept(organisation, id, secret, "Somebody", &person.secret.person_keys());
        let finish =
            InvitationAcceptFinish { ticket: started.ticket, acceptance: encode(&acceptance), credentials };
        let () = self.post(route::INVITATION_FINISH, None, &finish).await?;
        Ok(acceptance)
    }

    /// A counselor of the team, with a session.
    pub async fn counselor(&mut self, office: &mut Office, admin: &Token, name: &str) -> (Person, Token) {
        let (person, invitation, secret) = self.invite(office, admin, name).await;
        let acceptance = self.accept(office, &person, invitation, &secret).await.unwrap();
        let (id, team) = (person.id, office.team);
        let bodies =
            vec![LogBody::PersonAdd { person: id, acceptance }, LogBody::TeamMemberAdd { team, person: id }];
        self.say(office, admin, bodies).await.unwrap();
        let token = self.log_in(office, &person).await.unwrap().0;
        (person, token)
    }

    /// A member makes the next generation. Gives its bytes.
    pub async fn next_generation(
        &mut self,
        office: &mut Office,
        author: &Person,
        token: &Token,
    ) -> Result<usize, Refusal> {
        let keys = author.secret.person_keys();
        let former = office.generations.newest(office.team).cloned();
        let former = former.as_deref().map(|former| (former, None));
        let now_ms = self.clock.now_s() * 1000;
        let (signed, _) = make_generation(
            office.log.state(),
            office.team,
            author.id,
            &keys,
            former,
            now_ms,
            &mut self.random,
        )
        .unwrap();
        let number = office.generations.newest(office.team).map_or(1, |newest| newest.header.number + 1);
        let upload = TeamGenerationUpload { team: office.team, number, statement: Sealed(encode(&signed)) };
        let bytes = upload.statement.0.len();
        let path = route::TEAM_GENERATION_APPEND.replace("{team}", &office.team.to_hex());
        let () = self.post(&path, Some(token), &GenerationAppend { generation: upload }).await?;
        office.generations.append(&signed, &office.log).unwrap();
        Ok(bytes)
    }

    /// A seeker's new talk: the conversation as its client keeps it, and what to send.
    pub fn plan_talk(&mut self, office: &Office, seeker: &Person) -> (Conversation, ConversationOpen) {
        let id = ConversationId(draw(&mut self.random));
        let party = Party::Seeker(seeker.secret.conversation_keys(id));
        let mut talk = Conversation::new(id, party, DeviceSessionId(draw(&mut self.random)));
        let teams = TeamKeyring::empty();
        let sending = sending(office, &teams);
        let epoch = talk.open_talk(&sending, office.site, &mut self.random).unwrap();
        talk.apply(&sending.view, 0, &epoch).unwrap();
        let words = talk.compose(&sending, &Message::Text("Hallo".to_owned()), &mut self.random).unwrap();
        talk.apply(&sending.view, 1, &words).unwrap();
        let open = ConversationOpen {
            conversation: id,
            site: office.site,
            team: office.team,
            envelopes: vec![epoch, words],
        };
        (talk, open)
    }

    pub async fn open_talk(&mut self, office: &Office, seeker: &Person, token: &Token) -> Conversation {
        let (talk, open) = self.plan_talk(office, seeker);
        let appended: Appended = self.post(route::CONVERSATION_OPEN, Some(token), &open).await.unwrap();
        let stored_s = beistand_domain::storage::Storage::lookup_conversation(&*self.storage, talk.id())
            .unwrap()
            .unwrap()
            .last_s;
        assert_eq!(appended.places, [(0, stored_s), (1, stored_s)]);
        talk
    }

    /// Sends something in a talk as its seeker.
    /// The next epoch of a talk as the office's log stands.
    pub fn next_epoch(&mut self, office: &Office, talk: &Conversation) -> Envelope {
        let teams = TeamKeyring::empty();
        let sending = sending(office, &teams);
        talk.compose_epoch(&sending, &EpochChange::Refresh, &mut self.random).unwrap()
    }

    pub fn compose(&mut self, office: &Office, talk: &Conversation, text: &str) -> Append {
        let teams = TeamKeyring::empty();
        let words = Message::Text(text.to_owned());
        let envelope = talk.compose(&sending(office, &teams), &words, &mut self.random).unwrap();
        Append { conversation: talk.id(), envelopes: vec![envelope] }
    }
}

pub fn sending<'a>(office: &'a Office, teams: &'a TeamKeyring) -> Sending<'a> {
    let view = View { log: &office.log, generations: &office.generations, teams, talk: None };
    Sending { view, basis: Basis::Ordinary, now_ms: NOW_S * 1000 }
}

pub fn identity(organisation: OrganisationId, look_up: &LookUp) -> LoginIdentity {
    LoginIdentity {
        suite: Suite::One,
        organisation,
        realm: look_up.realm,
        lookup: LookupValue(look_up.value),
    }
}

pub fn publication(site: SiteId, team: TeamId, version: u32) -> Site {
    let names = vec![Localised { language: Language::German, text: "Notruf".to_owned() }];
    Site {
        site,
        version,
        name: "Am Fluss".to_owned(),
        accent: [1, 2, 3],
        default_language: Language::German,
        team,
        retention_days: 30,
        emergency: vec![EmergencyNumber { number: "112".to_owned(), names }],
        texts: Vec::new(),
    }
}

fn answer<A: Serialize + DeserializeOwned>(
    (status, _, body): (StatusCode, HeaderMap, Vec<u8>),
) -> Result<A, Refusal> {
    if status == StatusCode::OK {
        return Ok(decode(&body).unwrap());
    }
    let refusal: Refusal = decode(&body).unwrap();
    assert_eq!(status, beistand_server::error::status(refusal.code));
    Err(refusal)
}

/// The code of what should be a refusal.
pub fn code<A: std::fmt::Debug>(outcome: Result<A, Refusal>) -> Code {
    outcome.unwrap_err().code
}
