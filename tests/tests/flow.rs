//! The main job against a real box: set-up, invitation, sign-up, live talk both ways, absence,
//! second device, recovery, removal, handover. Tests that hold a property begin with its number.
//!
//! Needs the binary: `cargo build --package beistand`, or BEISTAND_BIN.
#![allow(clippy::unwrap_used)]

use beistand_protocol::{
    error::Code,
    id::{ConversationId, OrganisationId, PersonId, SiteId, TeamId},
    live::Presence,
    worker::{
        Author, Call, Conflict, EndReason, Failure, MessageBody, MessageView, Progress, ReaderView, Reply,
        Role, SessionView, SiteSettings, StateView,
    },
};
use beistand_tests::{
    cast::{LogIn, join, set_up, sign_up, site_settings},
    live_box::LiveBox,
    page::{Page, PageError, message_id},
};
use tokio::task::LocalSet;

/// A box with an organisation and one counselor.
struct World {
    live: LiveBox,
    _folder: tempfile::TempDir,
    site: SiteId,
    team: TeamId,
    pin: String,
    office: Page,
    office_log_in: LogIn,
    mara: Page,
    mara_log_in: LogIn,
}

fn staff(name: &str) -> LogIn {
    LogIn::new(name, &format!("laterne kranich ufer honig wolke {name}"))
}

fn seeker(name: &str) -> LogIn {
    LogIn::new(name, "eisvogel teppich linde quark")
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let live = LiveBox::start(&folder.path().join("data")).await.unwrap();
        let mut office = Page::start(&live.address, None, None).await.unwrap();
        let office_log_in = staff("verwaltung");
        let code = live.output.claim_code.clone().unwrap();
        let kit = set_up(&mut office, &code, &office_log_in, "Renate Vogt").await.unwrap();
        office.until("the team", |model| !model.teams.is_empty()).await.unwrap();
        let team = office.model.teams[0].team;
        let mara_log_in = staff("mara");
        let mara = join(&live.address, &mut office, team, "Mara", &mara_log_in).await.unwrap();
        let pin = kit.organisation.to_hex();
        Self { live, _folder: folder, site: kit.site, team, pin, office, office_log_in, mara, mara_log_in }
    }

    async fn colleague(&mut self, name: &str) -> Page {
        join(&self.live.address, &mut self.office, self.team, name, &staff(name)).await.unwrap()
    }

    async fn seeker(&self, log_in: &LogIn) -> (Page, String) {
        sign_up(&self.live.address, self.site, &self.pin, log_in).await.unwrap()
    }

    /// A clean browser on the site's page.
    async fn browser(&self) -> Page {
        Page::start(&self.live.address, Some(self.site), Some(self.pin.clone())).await.unwrap()
    }

    async fn desk(&self, log_in: &LogIn) -> Page {
        let mut page = Page::start(&self.live.address, None, None).await.unwrap();
        log_in.enter(&mut page).await.unwrap();
        page
    }
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test);
}

async fn open(page: &mut Page, conversation: ConversationId) {
    page.until("the conversation", |model| model.conversations.contains_key(&conversation)).await.unwrap();
    page.call(Call::Show { conversation }).await.unwrap();
}

async fn reads(page: &mut Page, conversation: ConversationId, text: &str) {
    page.until(text, |model| model.texts(conversation).contains(&text)).await.unwrap();
}

async fn progress(page: &mut Page, conversation: ConversationId, text: &str, wanted: Progress) {
    let what = format!("{text}: {wanted:?}");
    page.until(&what, |model| model.line(conversation, text).is_some_and(|line| line.progress >= wanted))
        .await
        .unwrap();
}

fn failure(outcome: Result<Reply, PageError>) -> Failure {
    match outcome {
        Err(PageError::Failed(failure)) => failure,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("should have failed"),
    }
}

fn person(page: &Page) -> PersonId {
    page.model.person().unwrap()
}

#[test]
fn live_talk_both_ways_absence_and_second_device() {
    run(async {
        let mut world = World::new().await;
        let lila = seeker("Lila 7");
        let (mut first, _) = world.seeker(&lila).await;
        let talk = first.send(None, "Ist da jemand?").await.unwrap();
        progress(&mut first, talk, "Ist da jemand?", Progress::Delivered).await;

        open(&mut world.mara, talk).await;
        assert_eq!(world.mara.model.conversations[&talk].seeker_name, "Lila 7");
        assert_eq!(world.mara.model.conversations[&talk].state, StateView::Waiting);
        reads(&mut world.mara, talk, "Ist da jemand?").await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.call(Call::Seen { conversation: talk }).await.unwrap();
        progress(&mut first, talk, "Ist da jemand?", Progress::Read).await;
        world.mara.send(Some(talk), "Ja, ich bin Mara.").await.unwrap();
        reads(&mut first, talk, "Ja, ich bin Mara.").await;
        let by = &first.model.line(talk, "Ja, ich bin Mara.").unwrap().author;
        assert_eq!(*by, Author::Staff(person(&world.mara), "Mara".into()));
        first.call(Call::Typing { conversation: talk }).await.unwrap();
        world.mara.until("typing", |model| model.typing.contains(&(talk, Author::Seeker))).await.unwrap();

        // Nobody is there: the message waits.
        world.mara.call(Call::LogOut).await.unwrap();
        first.send(Some(talk), "Bist du noch da?").await.unwrap();
        progress(&mut first, talk, "Bist du noch da?", Progress::Stored).await;
        drop(first);

        // The counselor comes back from a clean browser, answers, and has all of it.
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, talk).await;
        reads(&mut desk, talk, "Bist du noch da?").await;
        assert_eq!(desk.model.conversations[&talk].state, StateView::Mine);
        assert!(desk.model.conversations[&talk].unread > 0);
        desk.send(Some(talk), "Jetzt wieder.").await.unwrap();
        progress(&mut desk, talk, "Jetzt wieder.", Progress::Stored).await;

        // The seeker reads it on a second device.
        let mut second = world.browser().await;
        lila.enter(&mut second).await.unwrap();
        open(&mut second, talk).await;
        reads(&mut second, talk, "Jetzt wieder.").await;
        let texts = ["Ist da jemand?", "Ja, ich bin Mara.", "Bist du noch da?", "Jetzt wieder."];
        assert_eq!(second.model.texts(talk), texts);
        second.call(Call::Seen { conversation: talk }).await.unwrap();
        progress(&mut desk, talk, "Jetzt wieder.", Progress::Read).await;
        assert_eq!(second.model.conflict, None);
        assert_eq!(desk.model.conflict, None);
    });
}

#[test]
fn p02_any_clean_browser_opens_the_whole_history() {
    run(async {
        let mut world = World::new().await;
        let lila = seeker("Rote Tür 3");
        let (mut first, _) = world.seeker(&lila).await;
        let talk = first.send(None, "eins").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.send(Some(talk), "zwei").await.unwrap();
        reads(&mut first, talk, "zwei").await;
        first.send(Some(talk), "drei").await.unwrap();
        progress(&mut first, talk, "drei", Progress::Stored).await;
        drop(first);
        // Typed otherwise, it is the same name.
        for name in ["Rote Tür 3", "  rote   TÜR 3 ", "ROTE TÜR 3"] {
            let mut page = world.browser().await;
            LogIn::new(name, &lila.password).enter(&mut page).await.unwrap();
            open(&mut page, talk).await;
            reads(&mut page, talk, "drei").await;
            assert_eq!(page.model.texts(talk), ["eins", "zwei", "drei"]);
            let outcome = page.call(Call::LogIn { name: name.into(), password: "x".into() }).await;
            assert_eq!(failure(outcome), Failure::NotNow);
        }
        let mut page = world.browser().await;
        let wrong = Call::LogIn { name: "Rote Tür 3".into(), password: "falsch falsch".into() };
        let wrong = failure(page.call(wrong).await);
        let unknown = Call::LogIn { name: "Niemand".into(), password: "falsch falsch".into() };
        let unknown = failure(page.call(unknown).await);
        assert_eq!(wrong, Failure::Server(Code::WrongCredentials, None));
        assert_eq!(unknown, wrong);
    });
}

#[test]
fn p03_the_recovery_code_replaces_a_forgotten_password() {
    run(async {
        let mut world = World::new().await;
        let lila = seeker("Drei Vögel");
        let (mut first, code) = world.seeker(&lila).await;
        let talk = first.send(None, "vorher").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.send(Some(talk), "Antwort").await.unwrap();
        reads(&mut first, talk, "Antwort").await;
        // The account state knows the conversation before the session ends.
        first.call(Call::LogOut).await.unwrap();

        let mut page = world.browser().await;
        let recover = |code: &str, password: &str| Call::Recover {
            name: lila.name.clone(),
            code: code.into(),
            password: password.into(),
        };
        let typo = code.replacen(code.chars().next().unwrap(), "-", 1);
        assert_eq!(failure(page.call(recover(&typo, "neue laterne im garten")).await), Failure::CodeInvalid);
        let reply = page.call(recover(&code, "neue laterne im garten")).await.unwrap();
        let Reply::RecoveryCode { parts } = reply else { panic!("no code") };
        assert_ne!(parts.join("-"), code);
        open(&mut page, talk).await;
        reads(&mut page, talk, "Antwort").await;
        assert_eq!(page.model.texts(talk), ["vorher", "Antwort"]);
        page.send(Some(talk), "nachher").await.unwrap();
        reads(&mut world.mara, talk, "nachher").await;
        world.mara.send(Some(talk), "willkommen zurück").await.unwrap();
        reads(&mut page, talk, "willkommen zurück").await;

        // The old password and the old code are dead.
        let mut other = world.browser().await;
        let old = Call::LogIn { name: lila.name.clone(), password: lila.password.clone() };
        assert_eq!(failure(other.call(old).await), Failure::Server(Code::WrongCredentials, None));
        let again = other.call(recover(&code, "noch eine laterne bitte")).await;
        assert_eq!(failure(again), Failure::Server(Code::WrongCredentials, None));
        LogIn::new(&lila.name, "neue laterne im garten").enter(&mut other).await.unwrap();
        open(&mut other, talk).await;
        reads(&mut other, talk, "willkommen zurück").await;
        assert_eq!(other.model.conflict, None);
    });
}

#[test]
fn p05_every_conversation_names_its_readers() {
    run(async {
        let mut world = World::new().await;
        let mut jonas = world.colleague("Jonas").await;
        let (mut first, _) = world.seeker(&seeker("Grün 5")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        progress(&mut first, talk, "hallo", Progress::Stored).await;
        let team = ReaderView::Team(world.team, "Jugendberatung".into());
        assert_eq!(first.model.conversations[&talk].readers, [ReaderView::Seeker, team]);
        open(&mut jonas, talk).await;
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        let lead = ReaderView::Person(person(&world.office), "Renate Vogt".into(), true);
        let holder = ReaderView::Person(person(&world.mara), "Mara".into(), false);
        first
            .until("the new readers", |model| {
                let readers = &model.conversations[&talk].readers;
                readers.len() == 3
                    && [&ReaderView::Seeker, &lead, &holder].iter().all(|reader| readers.contains(reader))
            })
            .await
            .unwrap();
        // Whoever does not read any more is told nothing of what follows.
        first.send(Some(talk), "nur für Mara").await.unwrap();
        reads(&mut world.mara, talk, "nur für Mara").await;
        jonas
            .until("out of sight", |model| {
                model.gone.contains(&talk)
                    || matches!(model.conversations[&talk].state, StateView::Colleague(..))
            })
            .await
            .unwrap();
        assert!(!jonas.model.texts(talk).contains(&"nur für Mara"));
        let late = failure(jonas.call(Call::Claim { conversation: talk }).await);
        assert!(
            matches!(
                late,
                Failure::Server(Code::AlreadyClaimed | Code::NotFound | Code::Forbidden, _) | Failure::NotNow
            ),
            "{late:?}"
        );
    });
}

#[test]
fn two_claims_have_one_winner() {
    run(async {
        let mut world = World::new().await;
        let mut jonas = world.colleague("Jonas").await;
        let (mut first, _) = world.seeker(&seeker("Blau 9")).await;
        let talk = first.send(None, "wer zuerst?").await.unwrap();
        open(&mut jonas, talk).await;
        open(&mut world.mara, talk).await;
        let (one, two) = tokio::join!(
            jonas.call(Call::Claim { conversation: talk }),
            world.mara.call(Call::Claim { conversation: talk })
        );
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{:?}", (one.err(), two.err()));
        assert_eq!(jonas.model.conflict, None);
        assert_eq!(world.mara.model.conflict, None);
    });
}

#[test]
fn p06_after_a_removal_nothing_new_is_readable() {
    run(async {
        let mut world = World::new().await;
        let mut jonas = world.colleague("Jonas").await;
        let gone = person(&jonas);
        let (mut first, _) = world.seeker(&seeker("Wolke 2")).await;
        let talk = first.send(None, "alle lesen").await.unwrap();
        open(&mut jonas, talk).await;
        reads(&mut jonas, talk, "alle lesen").await;
        // Nobody else is online when the very next message is written.
        world.mara.call(Call::LogOut).await.unwrap();
        world.office.call(Call::RemovePerson { person: gone }).await.unwrap();
        jonas.until("the end", |model| model.ended == Some(EndReason::Revoked)).await.unwrap();
        world.office.call(Call::LogOut).await.unwrap();
        first.send(Some(talk), "nicht mehr für Jonas").await.unwrap();
        progress(&mut first, talk, "nicht mehr für Jonas", Progress::Stored).await;
        let changed = |line: &&MessageView| matches!(line.body, MessageBody::ReadersChanged(_));
        let _ = first.model.lines(talk).into_iter().find(changed);
        let readers = &first.model.conversations[&talk].readers;
        assert!(!readers.iter().any(|reader| matches!(reader, ReaderView::Person(p, ..) if *p == gone)));
        let mut page = Page::start(&world.live.address, None, None).await.unwrap();
        let call = Call::LogIn { name: "Jonas".into(), password: staff("Jonas").password };
        assert!(page.call(call).await.is_err());
        // Whoever stayed reads on.
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, talk).await;
        reads(&mut desk, talk, "nicht mehr für Jonas").await;
        assert_eq!(desk.model.conflict, None);
    });
}

#[test]
fn p07_handover_works_while_the_earlier_counselor_is_offline() {
    run(async {
        let mut world = World::new().await;
        let jonas = world.colleague("Jonas").await;
        let to = person(&jonas);
        drop(jonas);
        let (mut first, _) = world.seeker(&seeker("Berg 4")).await;
        let talk = first.send(None, "von Anfang an").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.send(Some(talk), "ich übergebe gleich").await.unwrap();
        reads(&mut first, talk, "ich übergebe gleich").await;
        world.mara.call(Call::LogOut).await.unwrap();
        // The lead hands over; holder and new holder are both away.
        open(&mut world.office, talk).await;
        world.office.call(Call::HandOver { conversation: talk, to }).await.unwrap();
        first
            .until("the handover", |model| {
                model.lines(talk).iter().any(|line| {
                    matches!(&line.body, MessageBody::HandedOver(p, name) if *p == to && name == "Jonas")
                })
            })
            .await
            .unwrap();
        let holder = ReaderView::Person(to, "Jonas".into(), false);
        assert!(first.model.conversations[&talk].readers.contains(&holder));
        first.send(Some(talk), "hallo Jonas").await.unwrap();
        let mut desk = world.desk(&staff("Jonas")).await;
        open(&mut desk, talk).await;
        reads(&mut desk, talk, "hallo Jonas").await;
        assert_eq!(desk.model.texts(talk), ["von Anfang an", "ich übergebe gleich", "hallo Jonas"]);
        assert_eq!(desk.model.conversations[&talk].state, StateView::Mine);
    });
}

#[test]
fn p08_two_tabs_of_one_account_never_raise_a_false_alarm() {
    run(async {
        let mut world = World::new().await;
        let lila = seeker("Zwei Fenster");
        let (mut one, _) = world.seeker(&lila).await;
        let talk = one.send(None, "beginn").await.unwrap();
        progress(&mut one, talk, "beginn", Progress::Stored).await;
        let mut two = world.browser().await;
        lila.enter(&mut two).await.unwrap();
        open(&mut two, talk).await;
        open(&mut world.mara, talk).await;
        for round in 0..10 {
            one.send(Some(talk), &format!("eins {round}")).await.unwrap();
            two.send(Some(talk), &format!("zwei {round}")).await.unwrap();
        }
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, talk).await;
        for page in [&mut one, &mut two, &mut desk, &mut world.mara] {
            page.until("all texts stored", |model| {
                model.texts(talk).len() == 21
                    && model.lines(talk).iter().all(|line| line.progress >= Progress::Stored)
            })
            .await
            .unwrap();
            assert_eq!(page.model.conflict, None);
            let odd = |line: &MessageView| matches!(line.body, MessageBody::Refused | MessageBody::Missing);
            assert!(!page.model.lines(talk).into_iter().any(odd));
        }
        assert_eq!(one.model.texts(talk), desk.model.texts(talk));
    });
}

#[test]
fn p13_another_organisation_than_pinned_is_a_hard_stop() {
    run(async {
        let world = World::new().await;
        let mut page = Page::open(&world.live.address);
        let pin = Some(OrganisationId([7; 32]).to_hex());
        let start = Call::Start { site: Some(world.site), pin, resume: None };
        assert_eq!(failure(page.call(start).await), Failure::Conflict(Conflict::Organisation));
        assert_eq!(page.model.conflict, Some(Conflict::Organisation));
        let sign_up = Call::SignUp { name: "x".into(), password: "eisvogel teppich linde".into() };
        assert_eq!(failure(page.call(sign_up).await), Failure::Conflict(Conflict::Organisation));
        // A fresh box that claims not to be set up does not satisfy a pin either.
        let folder = tempfile::tempdir().unwrap();
        let fresh = LiveBox::start(&folder.path().join("data")).await.unwrap();
        let mut page = Page::open(&fresh.address);
        let start = Call::Start { site: Some(world.site), pin: Some(world.pin.clone()), resume: None };
        assert_eq!(failure(page.call(start).await), Failure::Conflict(Conflict::Organisation));
    });
}

#[test]
fn p15_delivered_and_read_come_from_the_reader() {
    run(async {
        let mut world = World::new().await;
        world.mara.call(Call::LogOut).await.unwrap();
        world.office.call(Call::LogOut).await.unwrap();
        let (mut first, _) = world.seeker(&seeker("Haken 1")).await;
        let talk = first.send(None, "angekommen?").await.unwrap();
        progress(&mut first, talk, "angekommen?", Progress::Stored).await;
        assert_eq!(first.model.line(talk, "angekommen?").unwrap().progress, Progress::Stored);
        let mut desk = world.desk(&world.mara_log_in).await;
        progress(&mut first, talk, "angekommen?", Progress::Delivered).await;
        assert_eq!(first.model.line(talk, "angekommen?").unwrap().progress, Progress::Delivered);
        open(&mut desk, talk).await;
        desk.call(Call::Seen { conversation: talk }).await.unwrap();
        progress(&mut first, talk, "angekommen?", Progress::Read).await;
    });
}

#[test]
fn p21_a_seeker_has_its_own_conversations_only() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Eins")).await;
        let (mut second, _) = world.seeker(&seeker("Zwei")).await;
        let mine = first.send(None, "meins").await.unwrap();
        let other = second.send(None, "anderes").await.unwrap();
        progress(&mut first, mine, "meins", Progress::Stored).await;
        progress(&mut second, other, "anderes", Progress::Stored).await;
        open(&mut world.mara, other).await;
        world.mara.call(Call::Claim { conversation: other }).await.unwrap();
        world.mara.send(Some(other), "nur für Zwei").await.unwrap();
        reads(&mut second, other, "nur für Zwei").await;
        assert!(first.model.conversations.keys().eq([&mine]));
        let mut again = world.browser().await;
        seeker("Eins").enter(&mut again).await.unwrap();
        open(&mut again, mine).await;
        assert!(again.model.conversations.keys().eq([&mine]));
        assert_eq!(failure(again.call(Call::Show { conversation: other }).await), Failure::NotNow);
    });
}

#[test]
fn nothing_is_lost_or_doubled_over_a_cut_connection() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Im Zug")).await;
        let talk = first.send(None, "los").await.unwrap();
        open(&mut world.mara, talk).await;
        for round in 0..6 {
            first.send(Some(talk), &format!("vor dem Tunnel {round}")).await.unwrap();
            first.cut(true);
            first.send(Some(talk), &format!("im Tunnel {round}")).await.unwrap();
            first.cut(false);
        }
        world.mara.until("all texts", |model| model.texts(talk).len() >= 13).await.unwrap();
        first
            .until("all stored", |model| {
                model.lines(talk).iter().all(|line| line.progress >= Progress::Stored)
            })
            .await
            .unwrap();
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, talk).await;
        desk.until("all texts", |model| model.texts(talk).len() >= 13).await.unwrap();
        let expected: Vec<String> = std::iter::once("los".to_owned())
            .chain((0..6).flat_map(|n| [format!("vor dem Tunnel {n}"), format!("im Tunnel {n}")]))
            .collect();
        assert_eq!(desk.model.texts(talk), expected);
        assert_eq!(first.model.texts(talk), expected);
        assert_eq!(first.model.conflict, None);
    });
}

#[test]
fn the_same_message_sent_twice_is_there_once() {
    run(async {
        let world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Doppelt")).await;
        let talk = first.send(None, "anfang").await.unwrap();
        let id = message_id();
        for _ in 0..3 {
            let call = Call::Send { conversation: Some(talk), text: "einmal".into(), id };
            first.call(call).await.unwrap();
        }
        progress(&mut first, talk, "einmal", Progress::Stored).await;
        let call = Call::Send { conversation: Some(talk), text: "einmal".into(), id };
        first.call(call).await.unwrap();
        assert_eq!(first.model.texts(talk), ["anfang", "einmal"]);
    });
}

#[test]
fn stored_is_stored_when_the_box_is_killed() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Stromausfall")).await;
        let talk = first.send(None, "0").await.unwrap();
        let mut sent = 1;
        for _ in 0..3 {
            for _ in 0..5 {
                first.send(Some(talk), &sent.to_string()).await.unwrap();
                sent += 1;
            }
            world.live.kill_and_restart().await.unwrap();
        }
        let wanted: Vec<String> = (0..sent).map(|number| number.to_string()).collect();
        first
            .until("everything stored", |model| {
                let lines = model.lines(talk);
                lines.len() == wanted.len() && lines.iter().all(|line| line.progress >= Progress::Stored)
            })
            .await
            .unwrap();
        assert_eq!(first.model.texts(talk), wanted);
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, talk).await;
        desk.until("everything", |model| model.texts(talk).len() == wanted.len()).await.unwrap();
        assert_eq!(desk.model.texts(talk), wanted);
    });
}

#[test]
fn a_reload_resumes_once_and_drafts_survive() {
    run(async {
        let world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Neu laden")).await;
        let call = Call::SaveDraft { conversation: None, text: "halb geschrieben".into() };
        first.call(call).await.unwrap();
        first.until("the draft kept", |model| model.draft_saved).await.unwrap();
        let talk = first.send(None, "gesendet").await.unwrap();
        progress(&mut first, talk, "gesendet", Progress::Stored).await;
        let call = Call::SaveDraft { conversation: Some(talk), text: "und noch".into() };
        first.call(call).await.unwrap();
        first.until("the draft", |model| model.conversations[&talk].draft == "und noch").await.unwrap();
        // Sent is no draft any more; what is typed next for a new conversation is one.
        let call = Call::SaveDraft { conversation: None, text: "halb geschrieben".into() };
        first.call(call).await.unwrap();
        first.until("the draft kept", |model| model.draft_saved).await.unwrap();
        let resume = first.model.resume.clone().unwrap();
        drop(first);
        let start = |resume| Call::Start { site: Some(world.site), pin: Some(world.pin.clone()), resume };
        let mut page = Page::open(&world.live.address);
        let reply = page.call(start(Some(resume.clone()))).await.unwrap();
        let Reply::Started { session } = reply else { panic!("not started") };
        assert_eq!(session, SessionView::Seeker { name: "Neu laden".into() });
        page.until("the draft", |model| model.draft == "halb geschrieben").await.unwrap();
        page.until("the other", |model| {
            model.conversations.get(&talk).is_some_and(|view| view.draft == "und noch")
        })
        .await
        .unwrap();
        assert!(page.model.resume.as_ref().is_some_and(|next| next.handle != resume.handle));
        // The handle is used up, and what was kept opens nothing.
        let mut thief = Page::open(&world.live.address);
        let reply = thief.call(start(Some(resume))).await.unwrap();
        assert!(matches!(reply, Reply::Started { session: SessionView::Nobody }));
    });
}

#[test]
fn a_closed_talk_opens_again_by_a_new_message() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Noch etwas")).await;
        let talk = first.send(None, "das war es").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.call(Call::Close { conversation: talk }).await.unwrap();
        let is = |wanted: StateView| {
            move |model: &beistand_tests::page::Model| {
                model.conversations.get(&talk).is_some_and(|view| view.state == wanted)
            }
        };
        first.until("the end", is(StateView::Closed)).await.unwrap();
        world.mara.until("the end", is(StateView::Closed)).await.unwrap();
        let late = world.mara.send(Some(talk), "zu spät").await;
        assert_eq!(failure(late.map(|_| Reply::Done)), Failure::Server(Code::ConversationClosed, None));
        first.send(Some(talk), "eins noch").await.unwrap();
        world.mara.until("waiting again", is(StateView::Waiting)).await.unwrap();
        reads(&mut world.mara, talk, "eins noch").await;
        let lines = world.mara.model.lines(talk);
        let reopened = lines.iter().position(|line| line.body == MessageBody::Reopened).unwrap();
        let text = lines.iter().position(|line| line.body == MessageBody::Text("eins noch".into()));
        assert_eq!(text, Some(reopened + 1));
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.until("taken again", is(StateView::Mine)).await.unwrap();
        world.mara.send(Some(talk), "ja?").await.unwrap();
        reads(&mut first, talk, "ja?").await;
        assert_eq!(first.model.conflict, None);
    });
}

#[test]
fn staff_come_go_and_change_the_site() {
    run(async {
        let mut world = World::new().await;
        // A lead is invited as such.
        let call = Call::Invite { display_name: "Ina".into(), role: Role::Lead, team: world.team };
        let Reply::Invitation { link, .. } = world.office.call(call).await.unwrap() else {
            panic!("no link")
        };
        assert!(link.starts_with("/staff/invitation#"));
        let secret = link.split_once('#').unwrap().1.to_owned();
        let ina_log_in = staff("ina");
        let mut ina = Page::start(&world.live.address, None, None).await.unwrap();
        let offer = ina.call(Call::OpenInvitation { secret: secret.clone() }).await.unwrap();
        let Reply::InvitationOffer { display_name, role, team_name, .. } = offer else { panic!("no offer") };
        assert_eq!((&*display_name, role, &*team_name), ("Ina", Role::Lead, "Jugendberatung"));
        let accept = |secret: &str| Call::AcceptInvitation {
            secret: secret.into(),
            name: ina_log_in.name.clone(),
            password: ina_log_in.password.clone(),
        };
        let Reply::RecoveryCode { parts } = ina.call(accept(&secret)).await.unwrap() else {
            panic!("no code")
        };
        let accepted = |model: &beistand_tests::page::Model| {
            model.invitations.iter().find(|open| open.accepted).map(|open| open.invitation)
        };
        world.office.until("the acceptance", |model| accepted(model).is_some()).await.unwrap();
        let invitation = accepted(&world.office.model).unwrap();
        world.office.call(Call::Countersign { invitation }).await.unwrap();
        let own = person(&ina);
        ina.until("the lead", |model| model.teams.iter().any(|team| team.leads.contains(&own)))
            .await
            .unwrap();
        // The link is used up.
        let mut other = Page::start(&world.live.address, None, None).await.unwrap();
        let again = failure(other.call(accept(&secret)).await);
        assert_eq!(again, Failure::Server(Code::InvitationInvalid, None));

        // Presence and site.
        ina.call(Call::SetPresence(Presence::Away)).await.unwrap();
        world
            .office
            .until("away", |model| {
                model.persons.iter().any(|p| p.person == own && p.presence == Some(Presence::Away))
            })
            .await
            .unwrap();
        let settings = site_settings("Rat und Tat");
        let call = Call::PublishSite { site: world.site, settings: settings.clone() };
        world.office.call(call).await.unwrap();
        let page = world.browser().await;
        assert_eq!(page.model.site.as_ref().unwrap().settings, settings);
        let none = SiteSettings { emergency: Vec::new(), ..settings.clone() };
        let call = Call::PublishSite { site: world.site, settings: none };
        assert_eq!(failure(world.office.call(call).await), Failure::SettingsInvalid);
        let call = Call::PublishSite { site: world.site, settings };
        assert_eq!(failure(ina.call(call).await), Failure::Server(Code::Forbidden, None));

        // Given back, a talk waits for everybody again; staff recover by code as well.
        let (mut first, _) = world.seeker(&seeker("Zurück")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.call(Call::Release { conversation: talk }).await.unwrap();
        first
            .until("given back", |model| {
                model.conversations.get(&talk).is_some_and(|view| view.state == StateView::Waiting)
                    && model.lines(talk).iter().any(|line| line.body == MessageBody::Released)
            })
            .await
            .unwrap();
        ina.call(Call::LogOut).await.unwrap();
        let mut page = Page::start(&world.live.address, None, None).await.unwrap();
        let recover = Call::Recover {
            name: ina_log_in.name.clone(),
            code: parts.join(" "),
            password: "eine ganz andere laterne im hafen".into(),
        };
        assert!(matches!(page.call(recover).await.unwrap(), Reply::RecoveryCode { .. }));
        open(&mut page, talk).await;
        reads(&mut page, talk, "hallo").await;
        page.call(Call::Claim { conversation: talk }).await.unwrap();
        page.send(Some(talk), "ich bin Ina").await.unwrap();
        reads(&mut first, talk, "ich bin Ina").await;
        assert_eq!(first.model.conflict, None);
        assert_eq!(page.model.conflict, None);
    });
}

#[test]
fn bad_input_is_told_apart() {
    run(async {
        let mut world = World::new().await;
        let mut page = world.browser().await;
        let sign_up =
            |name: &str, password: &str| Call::SignUp { name: name.into(), password: password.into() };
        let cases = [
            (sign_up("", "eisvogel teppich linde"), Failure::NameInvalid),
            (sign_up("a\u{0}b", "eisvogel teppich linde"), Failure::NameInvalid),
            (sign_up(&"x".repeat(200), "eisvogel teppich linde"), Failure::NameInvalid),
            (sign_up("Lila", ""), Failure::PasswordInvalid),
            (sign_up("Lila", "passwort"), Failure::PasswordWeak),
            (sign_up("Lila", &"x".repeat(2000)), Failure::PasswordInvalid),
            (Call::Send { conversation: None, text: "x".into(), id: message_id() }, Failure::NotNow),
            (Call::CheckClaimCode { code: "AAAA".into() }, Failure::ClaimCodeInvalid),
        ];
        for (call, expect) in cases {
            assert_eq!(failure(page.call(call).await), expect);
        }
        let (mut first, _) = world.seeker(&seeker("Lila")).await;
        let taken = failure(page.call(sign_up(" LILA ", "eisvogel teppich linde")).await);
        assert_eq!(taken, Failure::Server(Code::NameTaken, None));
        for text in ["", "   ", &"x".repeat(20_000)] {
            let call = Call::Send { conversation: None, text: text.into(), id: message_id() };
            assert_eq!(failure(first.call(call).await), Failure::TextInvalid);
        }
        for secret in ["", "zz", "00"] {
            let outcome = world.office.call(Call::OpenInvitation { secret: secret.into() }).await;
            assert_eq!(failure(outcome), Failure::LinkInvalid);
        }
        let outcome = first.call(Call::SetPresence(Presence::Away)).await;
        assert_eq!(failure(outcome), Failure::NotNow);
        let claim = first.call(Call::Claim { conversation: ConversationId([1; 16]) }).await;
        assert_eq!(failure(claim), Failure::NotNow);
        // One administrator can't be removed, nor a stranger.
        let own = person(&world.office);
        assert!(world.office.call(Call::RemovePerson { person: own }).await.is_err());
        let outcome = world.mara.call(Call::RemovePerson { person: own }).await;
        assert!(outcome.is_err());
        let _ = &world.office_log_in;
    });
}
