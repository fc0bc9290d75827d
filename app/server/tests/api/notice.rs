//! Who is told by e-mail that something waits, how often, and what becomes of a mail that nobody takes. What arrives is
//! read by a mail parser.

use super::{
    live::{Socket, listen},
    queue::{act, on_duty, set},
    roster::{TODAY, say, shift},
    smtp::{Came, MailBox, Speaks},
    test_app::{NOW_S, Office, Person, TestApp, Token, code},
};
use beistand_domain::{notice::MAIL_INTERVAL_S, storage::Storage};
use beistand_protocol::{
    api::{Appended, EnvelopeKind, route},
    error::{Code, Refusal},
    live::{ClientFrame, Presence, ServerFrame},
    membership::{Body, Language},
    notice::{
        Choices, MailFault, MailPut, MailSecurity, MailServer, MailTest, MailTested, MailView,
        NoticeSettings, NoticeView, Occasion, Ways,
    },
    queue::{Escalation, QueueRules},
    roster::{Absence, Command, OccurrenceId, ShiftId, SwapId},
};
use mail_parser::MessageParser;

const MAIL: Ways = Ways { sound: false, desktop: false, push: false, mail: true };
const ADDRESS: &str = "ben@example.org";

fn server(port: u16, security: MailSecurity) -> MailServer {
    MailServer {
        host: "localhost".to_owned(),
        port,
        security,
        user: (security != MailSecurity::None).then(|| "box".to_owned()),
        sender: "box@verein.example".to_owned(),
        origin: "https://box.verein.example".to_owned(),
    }
}

async fn put_mail(
    app: &TestApp,
    admin: &Token,
    server: MailServer,
    password: Option<&str>,
) -> Result<(), Refusal> {
    let put = MailPut { server: Some(server), password: password.map(str::to_owned) };
    app.post(route::MAIL, Some(admin), &put).await
}

fn chosen(change: impl Fn(&mut Choices)) -> NoticeSettings {
    let mut settings = NoticeSettings::in_language(Language::English);
    settings.address = Some(ADDRESS.to_owned());
    change(&mut settings.choices);
    settings
}

async fn choose(app: &TestApp, token: &Token, settings: &NoticeSettings) {
    let () = app.post(route::NOTICE, Some(token), settings).await.unwrap();
}

struct World {
    app: TestApp,
    mailbox: MailBox,
    office: Office,
    admin: Token,
    ben: (Person, Token),
    lila: (Person, Token),
}

/// An office with a mail server, and Ben, who has told his address.
async fn world(settings: NoticeSettings) -> World {
    let mailbox = MailBox::open(Speaks::AfterStartTls).await;
    let mut app = TestApp::trusting(mailbox.roots.clone()).await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let ben = app.counselor(&mut office, &admin, "ben").await;
    let lila = app.seeker(&office, "lila").await;
    let server = server(mailbox.port, MailSecurity::StartTls);
    put_mail(&app, &admin, server, Some("tannenzapfen")).await.unwrap();
    choose(&app, &ben.1, &settings).await;
    World { app, mailbox, office, admin, ben, lila }
}

impl World {
    async fn request(&mut self) -> beistand_vault::conversation::Conversation {
        self.app.open_talk(&self.office, &self.lila.0, &self.lila.1).await
    }

    async fn more(&mut self, talk: &mut beistand_vault::conversation::Conversation) {
        let append = self.app.compose(&self.office, talk, "Sind Sie noch da?");
        let path = route::APPEND.replace("{conversation}", &talk.id().to_hex());
        let _: Appended = self.app.post(&path, Some(&self.lila.1), &append).await.unwrap();
    }

    /// Sends what is due; gives the subjects of all mails so far.
    async fn subjects(&self) -> Vec<String> {
        self.app.app.send_mail().await.unwrap();
        self.mailbox.mails().iter().map(subject).collect()
    }
}

fn subject(came: &Came) -> String {
    MessageParser::default().parse(&came.data).unwrap().subject().unwrap().to_owned()
}

#[tokio::test]
async fn a_mail_says_that_something_waits_and_nothing_else() {
    let mut world = world(chosen(|choices| choices.request = MAIL)).await;
    let talk = world.request().await;
    assert_eq!(world.subjects().await, ["Team English"]);
    let came = world.mailbox.mails().remove(0);
    assert!(came.secret);
    assert_eq!(came.log_in, Some(("box".to_owned(), "tannenzapfen".to_owned())));
    assert!(came.from.starts_with("FROM:<box@verein.example>"), "{}", came.from);
    assert!(came.to.starts_with("TO:<ben@example.org>"), "{}", came.to);
    let mail = MessageParser::default().parse(&came.data).unwrap();
    let address = |list: &mail_parser::Address<'_>| {
        let one = list.first().unwrap();
        (one.name().map(str::to_owned), one.address().map(str::to_owned))
    };
    assert_eq!(
        address(mail.from().unwrap()),
        (Some("Box ü".to_owned()), Some("box@verein.example".to_owned()))
    );
    assert_eq!(address(mail.to().unwrap()), (None, Some(ADDRESS.to_owned())));
    assert_eq!(mail.body_text(0).unwrap().trim_end(), "Team English https://box.verein.example");
    assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert!(mail.message_id().unwrap().ends_with("@verein.example"));
    assert_eq!(mail.date().unwrap().to_timestamp(), i64::try_from(NOW_S).unwrap());
    // The whole of it, and nothing that tells one talk or person from another.
    let mut names: Vec<_> = mail.headers().iter().map(|header| header.name().to_owned()).collect();
    names.sort();
    let mut expect =
        ["Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From", "MIME-Version"]
            .to_vec();
    expect.extend(["Message-ID", "Subject", "To"]);
    assert_eq!(names, expect);
    let text = String::from_utf8_lossy(&came.data).to_lowercase();
    for secret in ["lila", "hallo", &talk.id().to_string(), &world.ben.0.id.to_string()] {
        assert!(!text.contains(&secret.to_lowercase()), "{secret} in {text}");
    }
}

#[tokio::test]
async fn one_mail_in_some_minutes_and_what_comes_meanwhile_is_in_the_next() {
    let mut world = world(chosen(|choices| {
        choices.request = MAIL;
        choices.answer = MAIL;
    }))
    .await;
    let mut talk = world.request().await;
    assert_eq!(world.subjects().await, ["Team English"]);
    world.more(&mut talk).await;
    world.request().await;
    act(&world.app, &world.ben.1, talk.id(), EnvelopeKind::Claim, Some(world.ben.0.id), 1).await.unwrap();
    world.more(&mut talk).await;
    assert_eq!(world.app.app.send_mail().await.unwrap(), Some(MAIL_INTERVAL_S));
    world.app.clock.advance_s(MAIL_INTERVAL_S - 1);
    assert_eq!(world.subjects().await.len(), 1);
    world.app.clock.advance_s(1);
    assert_eq!(world.subjects().await, ["Team English", "Both English"]);
    // Nothing more: what is kept of it goes once the time is over.
    assert_eq!(world.app.storage.list_mail_pending().unwrap().len(), 1);
    world.app.clock.advance_s(MAIL_INTERVAL_S);
    assert_eq!(world.app.app.send_mail().await.unwrap(), None);
    assert_eq!(world.app.storage.list_mail_pending().unwrap(), []);
    world.more(&mut talk).await;
    assert_eq!(world.subjects().await[2..], ["Mine English"]);
}

#[tokio::test]
async fn who_has_a_page_open_is_away_or_has_not_chosen_it_gets_none() {
    let mut world = world(chosen(|choices| choices.answer = MAIL)).await;
    let mut talk = world.request().await;
    assert_eq!(world.subjects().await, [""; 0]);
    act(&world.app, &world.ben.1, talk.id(), EnvelopeKind::Claim, Some(world.ben.0.id), 1).await.unwrap();
    let away = NoticeSettings { away_until_s: Some(NOW_S + 60), ..chosen(|choices| choices.answer = MAIL) };
    choose(&world.app, &world.ben.1, &away).await;
    world.more(&mut talk).await;
    assert_eq!(world.subjects().await, [""; 0]);
    world.app.clock.advance_s(60);
    world.more(&mut talk).await;
    assert_eq!(world.subjects().await, ["Mine English"]);
    // It waits for its time, and the page is opened meanwhile: that has said it.
    world.more(&mut talk).await;
    assert!(world.app.storage.list_mail_pending().unwrap().len() == 1);
    let address = listen(&world.app).await;
    let open = Socket::connect(address, &world.ben.1).await;
    world.app.clock.advance_s(MAIL_INTERVAL_S);
    world.more(&mut talk).await;
    assert_eq!(world.subjects().await.len(), 1);
    drop(open);
    // An address that was taken back.
    let none = NoticeSettings { address: None, ..chosen(|choices| choices.answer = MAIL) };
    choose(&world.app, &world.ben.1, &none).await;
    world.more(&mut talk).await;
    assert_eq!(world.subjects().await.len(), 1);
}

#[tokio::test]
async fn what_nobody_takes_is_tried_again_also_after_a_restart() {
    let mut world = world(chosen(|choices| choices.request = MAIL)).await;
    world.mailbox.refuse(Some("451 later"));
    world.request().await;
    assert_eq!(world.subjects().await, [""; 0]);
    assert_eq!(world.app.app.send_mail().await.unwrap(), Some(60));
    assert_eq!(world.mailbox.tries(), 1);
    world.app.clock.advance_s(60);
    world.app.app.send_mail().await.unwrap();
    assert_eq!((world.app.app.send_mail().await.unwrap(), world.mailbox.tries()), (Some(120), 2));
    world.app.clock.advance_s(20);
    world.app = world.app.restart().await;
    assert_eq!((world.app.app.send_mail().await.unwrap(), world.mailbox.tries()), (Some(100), 2));
    world.mailbox.refuse(None);
    world.app.clock.advance_s(100);
    assert_eq!(world.subjects().await, ["Team English"]);

    // Told once, also if it starts anew right then.
    world.app = world.app.restart().await;
    assert_eq!(world.subjects().await.len(), 1);

    // An address that is refused for good is not tried again.
    world.app.clock.advance_s(MAIL_INTERVAL_S);
    world.mailbox.refuse(Some("550 <ben@example.org> no such user"));
    world.request().await;
    world.app.app.send_mail().await.unwrap();
    assert_eq!(world.mailbox.tries(), 4);
    world.app.clock.advance_s(MAIL_INTERVAL_S);
    assert_eq!((world.app.app.send_mail().await.unwrap(), world.mailbox.tries()), (None, 4));
}

#[tokio::test]
async fn who_is_removed_is_told_nothing_and_forgotten() {
    let mut world = world(chosen(|choices| choices.request = MAIL)).await;
    world.mailbox.refuse(Some("451 later"));
    world.request().await;
    world.app.app.send_mail().await.unwrap();
    assert_eq!(world.app.storage.list_mail_pending().unwrap().len(), 1);
    world.mailbox.refuse(None);
    let (admin, person) = (world.admin, world.ben.0.id);
    world.app.say(&mut world.office, &admin, vec![Body::PersonRemove { person }]).await.unwrap();
    world.app.clock.advance_s(3600);
    assert_eq!(world.subjects().await, [""; 0]);
    assert_eq!(world.app.storage.list_mail_pending().unwrap(), []);
    assert_eq!(world.app.storage.list_notices().unwrap(), []);
}

/// Anna, who leads the team and administers, has told her address as well.
async fn with_anna(world: &World, change: impl Fn(&mut Choices)) {
    let settings = NoticeSettings { address: Some("anna@example.org".to_owned()), ..chosen(change) };
    choose(&world.app, &world.admin, &settings).await;
}

impl World {
    /// Who was told what by what was sent now. Nobody waits for the next mail any more.
    async fn told(&mut self) -> Vec<(String, String)> {
        let before = self.mailbox.mails().len();
        self.app.app.send_mail().await.unwrap();
        self.app.clock.advance_s(MAIL_INTERVAL_S);
        let name = |came: &Came| came.to.trim_start_matches("TO:<").split('@').next().unwrap().to_owned();
        self.mailbox.mails()[before..].iter().map(|came| (name(came), subject(came))).collect()
    }
}

fn told(who: &str, what: &str) -> Vec<(String, String)> {
    vec![(who.to_owned(), format!("{what} English"))]
}

#[tokio::test]
async fn talks_given_back_and_handed_over_are_the_others_to_hear_of() {
    let all = |choices: &mut Choices| {
        choices.request = MAIL;
        choices.answer = MAIL;
    };
    let mut world = world(chosen(all)).await;
    with_anna(&world, all).await;
    let (ben, anna) = (world.ben.0.id, world.office.admin.id);
    let talk = world.request().await.id();
    assert_eq!(world.told().await.len(), 2);
    act(&world.app, &world.ben.1, talk, EnvelopeKind::Claim, Some(ben), 1).await.unwrap();
    assert_eq!(world.told().await, []);
    act(&world.app, &world.ben.1, talk, EnvelopeKind::Release, None, 2).await.unwrap();
    assert_eq!(world.told().await, told("anna", "Team"));
    act(&world.app, &world.ben.1, talk, EnvelopeKind::Claim, Some(ben), 3).await.unwrap();
    act(&world.app, &world.ben.1, talk, EnvelopeKind::Handover, Some(anna), 4).await.unwrap();
    assert_eq!(world.told().await, told("anna", "Mine"));
    // What a client confirms or the staff say themselves calls nobody.
    act(&world.app, &world.admin, talk, EnvelopeKind::Receipt, None, 5).await.unwrap();
    act(&world.app, &world.admin, talk, EnvelopeKind::Message, None, 6).await.unwrap();
    assert_eq!(world.told().await, []);
}

#[tokio::test]
async fn who_is_asked_by_the_escalation_hears_it_as_their_own() {
    let mut world = world(chosen(|choices| choices.answer = MAIL)).await;
    with_anna(&world, |choices| choices.answer = MAIL).await;
    let escalation = Some(Escalation { leads_s: 60, letter_s: 60 });
    let rules = QueueRules { escalation, ..QueueRules::default() };
    set(&world.app, &world.office, &world.admin, rules).await.unwrap();
    // Ben is on duty, and alone: the next ones to be asked are the leads.
    let address = listen(&world.app).await;
    let mut of_ben = Socket::connect(address, &world.ben.1).await;
    on_duty(&mut of_ben, world.ben.0.id, Presence::Available).await;
    let _of_lila = Socket::connect(address, &world.lila.1).await;
    world.request().await;
    world.app.app.take_turns();
    world.app.clock.advance_s(60);
    world.app.app.take_turns();
    while world.app.storage.list_conversations().unwrap()[0].steps.len() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.told().await, told("anna", "Mine"));
}

#[tokio::test]
async fn colleagues_are_asked_for_shifts() {
    let roster = |choices: &mut Choices| {
        choices.swap = MAIL;
        choices.illness = MAIL;
    };
    let mut world = world(chosen(roster)).await;
    with_anna(&world, roster).await;
    let (ben, anna) = (world.ben.0.id, world.office.admin.id);
    let planned = vec![shift(1, Some(ben), 1, 600), shift(2, Some(ben), 2, 600), shift(3, Some(ben), 3, 600)];
    say(&world.app, &world.office, &world.admin, Command::AddShifts(planned)).await.unwrap();
    assert_eq!(world.told().await, []);
    // Open pages hear of it at once, each person of what concerns them.
    let address = listen(&world.app).await;
    let mut of_anna = Socket::connect(address, &world.admin).await;
    let mut of_ben = Socket::connect(address, &world.ben.1).await;
    let what = |number: u8| OccurrenceId { shift: ShiftId([number; 16]), day: TODAY.plus(number.into()) };
    let offer = |number: u8, asked| Command::OfferSwap {
        swap: SwapId([number; 16]),
        what: what(number),
        asked,
        exchange: false,
    };
    say(&world.app, &world.office, &world.ben.1, offer(1, Some(anna))).await.unwrap();
    assert_eq!(world.told().await, told("anna", "Mine"));
    say(&world.app, &world.office, &world.ben.1, offer(2, None)).await.unwrap();
    assert_eq!(world.told().await, told("anna", "Team"));
    // Ill on a day without a shift: nobody has to step in.
    let ill = |day: i32| Absence { person: ben, from: TODAY.plus(day), to: TODAY.plus(day) };
    say(&world.app, &world.office, &world.ben.1, Command::ReportAbsence(ill(5))).await.unwrap();
    assert_eq!(world.told().await, []);
    say(&world.app, &world.office, &world.ben.1, Command::ReportAbsence(ill(3))).await.unwrap();
    assert_eq!(world.told().await, told("anna", "Mine"));
    let heard = async |socket: &mut Socket| {
        socket.send(&ClientFrame::Ping).await;
        let mut heard = Vec::new();
        socket
            .until(|frame| {
                if let ServerFrame::Called(occasion) = frame {
                    heard.push(*occasion);
                }
                (*frame == ServerFrame::Pong).then_some(())
            })
            .await;
        heard
    };
    assert_eq!(heard(&mut of_anna).await, [Occasion::Swap, Occasion::Swap, Occasion::Illness]);
    assert_eq!(heard(&mut of_ben).await, []);
}

#[tokio::test]
async fn a_test_mail_says_what_is_wrong() {
    let mailbox = MailBox::open(Speaks::AfterStartTls).await;
    let secret = MailBox::open(Speaks::FromTheBeginning).await;
    let plain = MailBox::open(Speaks::Never).await;
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let mut app = TestApp::trusting(mailbox.roots.clone()).await;
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    let tested = async |app: &TestApp, server: MailServer, password: Option<&str>| {
        put_mail(app, &admin, server, password).await.unwrap();
        let test = MailTest { to: "theo@example.org".to_owned(), language: Language::German };
        let tested: MailTested = app.post(route::MAIL_TEST, Some(&admin), &test).await.unwrap();
        tested.outcome
    };
    let good = server(mailbox.port, MailSecurity::StartTls);
    let right = Some("tannenzapfen");
    assert_eq!(tested(&app, good.clone(), right).await, Ok(()));
    assert_eq!(subject(&mailbox.mails()[0]), "Test German");
    mailbox.refuse(Some("550 5.1.1 no such user here"));
    let refused = MailFault::Refused(550, "5.1.1 no such user here".to_owned());
    assert_eq!(tested(&app, good.clone(), right).await, Err(refused));
    for (server, password, expect) in [
        (MailServer { host: "mail.invalid".to_owned(), ..good.clone() }, right, MailFault::Name),
        (MailServer { port: closed, ..good.clone() }, right, MailFault::Connect),
        (good.clone(), Some("falsch"), MailFault::LogIn),
        (server(plain.port, MailSecurity::StartTls), right, MailFault::StartTls),
        (server(plain.port, MailSecurity::Tls), right, MailFault::Tls),
        // Its authority is not the one that is trusted; the name is another one.
        (server(secret.port, MailSecurity::Tls), right, MailFault::Certificate),
        (MailServer { host: "127.0.0.1".to_owned(), ..good.clone() }, right, MailFault::Certificate),
    ] {
        let words = format!("{server:?}");
        assert_eq!(tested(&app, server, password).await, Err(expect), "{words}");
    }
    // Where nobody checks TLS there is nothing to be trusted, and nothing secret is said.
    assert_eq!(tested(&app, server(plain.port, MailSecurity::None), None).await, Ok(()));
    let came = plain.mails().remove(0);
    assert_eq!((came.secret, came.log_in), (false, None));
    assert_eq!((mailbox.mails().len(), secret.mails().len()), (1, 0));
}

#[tokio::test]
async fn tls_from_the_beginning() {
    let mailbox = MailBox::open(Speaks::FromTheBeginning).await;
    let mut app = TestApp::trusting(mailbox.roots.clone()).await;
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    put_mail(&app, &admin, server(mailbox.port, MailSecurity::Tls), Some("tannenzapfen")).await.unwrap();
    let test = MailTest { to: "theo@example.org".to_owned(), language: Language::German };
    let tested: MailTested = app.post(route::MAIL_TEST, Some(&admin), &test).await.unwrap();
    assert_eq!(tested.outcome, Ok(()));
    assert!(mailbox.mails()[0].secret);
}

#[tokio::test]
async fn the_password_never_comes_back_and_goes_to_no_other_server() {
    let world = world(chosen(|choices| choices.request = MAIL)).await;
    let (app, admin) = (&world.app, &world.admin);
    let good = server(world.mailbox.port, MailSecurity::StartTls);
    let (_, _, bytes) = app.raw("GET", route::MAIL, Some(admin), Vec::new()).await;
    assert!(!bytes.windows(12).any(|part| part == b"tannenzapfen"));
    let view: MailView = app.get(route::MAIL, Some(admin)).await.unwrap();
    assert_eq!(view.server, Some(good.clone()));
    // Kept where the place is the same, whatever else changes.
    put_mail(app, admin, MailServer { sender: "x@verein.example".to_owned(), ..good.clone() }, None)
        .await
        .unwrap();
    let password = || app.storage.lookup_mail_access().unwrap().unwrap().password;
    assert_eq!(password().as_deref(), Some("tannenzapfen"));
    for other in [
        MailServer { host: "127.0.0.1".to_owned(), ..good.clone() },
        MailServer { user: Some("other".to_owned()), ..good.clone() },
        MailServer { security: MailSecurity::None, ..good.clone() },
    ] {
        assert_eq!(code(put_mail(app, admin, other, None).await), Code::Malformed);
    }
    // A server that wants none has none kept for it.
    put_mail(app, admin, server(25, MailSecurity::None), None).await.unwrap();
    assert_eq!(password(), None);
    let () = app.post(route::MAIL, Some(admin), &MailPut { server: None, password: None }).await.unwrap();
    let view: NoticeView = app.get(route::NOTICE, Some(&world.ben.1)).await.unwrap();
    assert!(!view.mail && view.settings.is_some());
    let test = MailTest { to: ADDRESS.to_owned(), language: Language::German };
    assert_eq!(code(app.post::<_, MailTested>(route::MAIL_TEST, Some(admin), &test).await), Code::NotFound);
}

#[tokio::test]
async fn what_is_chosen_is_within_limits_and_each_persons_own() {
    let world = world(chosen(|choices| choices.request = MAIL)).await;
    let app = &world.app;
    let view: NoticeView = app.get(route::NOTICE, Some(&world.admin)).await.unwrap();
    assert_eq!(view, NoticeView { settings: None, mail: true });
    let view: NoticeView = app.get(route::NOTICE, Some(&world.ben.1)).await.unwrap();
    assert_eq!(view.settings, Some(chosen(|choices| choices.request = MAIL)));
    for wrong in [
        NoticeSettings { address: Some("x@y\r\nBcc: z@y".to_owned()), ..chosen(|_| {}) },
        NoticeSettings { away_until_s: Some(u64::MAX), ..chosen(|_| {}) },
    ] {
        assert_eq!(code(app.post::<_, ()>(route::NOTICE, Some(&world.ben.1), &wrong).await), Code::Malformed);
    }
}
