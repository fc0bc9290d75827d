//! Properties of the encryption, each held against a real box: the names begin with their numbers.

use crate::world::{World, failure, open, person, progress, reads, run, seeker, staff};
use beistand_protocol::{
    error::Code,
    id::OrganisationId,
    worker::{
        Call, Conflict, EndReason, Failure, MessageBody, MessageView, Progress, ReaderView, Reply, StateView,
    },
};
use beistand_tests::{cast::LogIn, live_box::LiveBox, page::Page};

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
