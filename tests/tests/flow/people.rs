//! What people do: talk, come and go, close and open again, and get it wrong.

use crate::world::{World, close, failure, open, person, progress, reads, run, seeker, staff};
use beistand_protocol::{
    error::Code,
    id::ConversationId,
    live::Presence,
    worker::{Author, Call, Failure, MessageBody, Progress, Reply, Role, SiteSettings, StateView},
};
use beistand_tests::{
    cast::site_settings,
    page::{Page, message_id},
};

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
fn a_closed_talk_opens_again_by_a_new_message() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Noch etwas")).await;
        let talk = first.send(None, "das war es").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.call(close(talk)).await.unwrap();
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

        // A page that stays open while the log grows.
        let mut page = Page::start(&world.live.address, None, None).await.unwrap();

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
        let visitor = world.browser().await;
        assert_eq!(visitor.model.site.as_ref().unwrap().settings, settings);
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
