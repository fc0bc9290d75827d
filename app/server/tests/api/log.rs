//! The membership log over the interface: read by everybody, appended to only as the log allows.

use super::test_app::{TestApp, code, keyed};
use beistand_protocol::{
    api::{
        Acceptances, AccountView, Appended, LogAppend, LogHead, LogPage, LookUp, TeamGenerationUpload,
        TeamGenerations, route,
    },
    codec::decode,
    error::Code,
    limit::GENERATION_PAGE_BYTES_MAX,
    membership::{Body, Log},
    team::SignedTeamGeneration,
};
use beistand_vault::membership::{InvitationSecret, make_entry};

#[tokio::test]
async fn everybody_can_check_the_whole_log() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    app.counselor(&mut office, &admin, "ben").await;
    let page: LogPage = app.get("/api/v1/log/0", None).await.unwrap();
    let log =
        Log::verify(Some(office.log.organisation()), page.entries.iter().map(|entry| &**entry)).unwrap();
    assert_eq!((log.head(), page.head), (office.log.head(), office.log.head()));
    let rest: LogPage = app.get("/api/v1/log/5", None).await.unwrap();
    assert_eq!(rest.entries, page.entries[5..]);
}

#[tokio::test]
async fn only_what_the_log_itself_allows_is_appended() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let append = |office: &super::test_app::Office, body: Body, by: &super::test_app::Person| LogAppend {
        expected: office.log.head(),
        entries: vec![make_entry(office.log.state(), body, &[&by.secret.person_keys().signing], 0)],
        generations: Vec::new(),
        countersigned: None,
    };
    // A counselor may call the route and has no say in the log.
    let grab = append(&office, Body::AdministratorAdd { person: ben.id }, &ben);
    let refused = app.post::<_, LogHead>(route::LOG_APPEND, Some(&ben_token), &grab).await;
    assert_eq!(code(refused), Code::StatementRefused);
    let rename = append(&office, Body::OrganisationName { name: "Neu".to_owned() }, &office.admin);
    // A bit changed, and an append that was overtaken.
    let mut broken = rename.clone();
    let last = broken.entries[0].len() - 1;
    broken.entries[0][last] ^= 1;
    let refused = app.post::<_, LogHead>(route::LOG_APPEND, Some(&admin), &broken).await;
    assert_eq!(code(refused), Code::StatementRefused);
    let _: LogHead = app.post(route::LOG_APPEND, Some(&admin), &rename).await.unwrap();
    let late = app.post::<_, LogHead>(route::LOG_APPEND, Some(&admin), &rename).await;
    assert_eq!(code(late), Code::Conflict);
}

#[tokio::test]
async fn an_invitation_is_used_once() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, invitation, secret) = app.invite(&mut office, &admin, "ben").await;
    let stranger = InvitationSecret::draw(&mut app.random);
    assert_eq!(code(app.accept(&office, &ben, invitation, &stranger).await), Code::InvitationInvalid);
    let acceptance = app.accept(&office, &ben, invitation, &secret).await.unwrap();
    let mut second = ben.clone();
    second.look_up = LookUp { value: keyed("second"), ..ben.look_up };
    assert_eq!(code(app.accept(&office, &second, invitation, &secret).await), Code::InvitationInvalid);

    // Accepted and waiting: logged in, but not staff yet.
    let (token, logged_in) = app.log_in(&office, &ben).await.unwrap();
    assert!(!logged_in.countersigned);
    let waiting: Acceptances = app.get(route::INVITATION_ACCEPTANCES, Some(&admin)).await.unwrap();
    assert_eq!(waiting.acceptances.len(), 1);
    let bodies = vec![Body::PersonAdd { person: ben.id, acceptance }];
    app.say(&mut office, &admin, bodies).await.unwrap();
    let waiting: Acceptances = app.get(route::INVITATION_ACCEPTANCES, Some(&admin)).await.unwrap();
    assert_eq!(waiting.acceptances.len(), 0);
    let view: AccountView = app.get(route::ACCOUNT, Some(&token)).await.unwrap();
    assert!(view.countersigned);
    assert_eq!(code(app.accept(&office, &second, invitation, &secret).await), Code::InvitationInvalid);
}

#[tokio::test]
async fn an_invitation_runs_out() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, invitation, secret) = app.invite(&mut office, &admin, "ben").await;
    app.clock.advance_s(7 * 24 * 60 * 60 + 1);
    assert_eq!(code(app.accept(&office, &ben, invitation, &secret).await), Code::InvitationInvalid);
}

#[tokio::test]
async fn p06_who_is_removed_is_out_at_once() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, token) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &lila_token).await;
    let path = format!("/api/v1/conversation/{}/0", talk.id());
    let _: beistand_protocol::api::EnvelopePage = app.get(&path, Some(&token)).await.unwrap();
    let before = app.compose(&office, &talk, "vor dem Abschied");
    let late = app.compose(&office, &talk, "nach dem Abschied");
    let talk_path = format!("/api/v1/conversation/{}", talk.id());
    let _: Appended = app.post(&talk_path, Some(&lila_token), &before).await.unwrap();
    app.say(&mut office, &admin, vec![Body::PersonRemove { person: ben.id }]).await.unwrap();
    // Whoever has not heard of it yet and still seals for Ben is told to make another epoch.
    assert_eq!(code(app.post::<_, Appended>(&talk_path, Some(&lila_token), &late).await), Code::StaleEpoch);
    assert_eq!(code(app.get::<AccountView>(route::ACCOUNT, Some(&token)).await), Code::Revoked);
    assert_eq!(
        code(app.get::<beistand_protocol::api::EnvelopePage>(&path, Some(&token)).await),
        Code::Revoked
    );
    assert_eq!(code(app.log_in(&office, &ben).await.map(drop)), Code::Revoked);
    // The generation that Ben has a box in is stale: the next one is made without Ben.
    let by = office.admin.clone();
    app.next_generation(&mut office, &by, &admin).await.unwrap();
    let path = format!("/api/v1/team/{}/generation/1", office.team);
    let boxes = |read: &TeamGenerations| -> Vec<usize> {
        let signed =
            |upload: &TeamGenerationUpload| -> SignedTeamGeneration { decode(&upload.statement.0).unwrap() };
        read.generations.iter().map(|upload| signed(upload).boxes.len()).collect()
    };
    // Seekers seal to a generation and open none.
    let read: TeamGenerations = app.get(&path, Some(&lila_token)).await.unwrap();
    assert_eq!(boxes(&read), [0, 0]);
    let read: TeamGenerations = app.get(&path, Some(&admin)).await.unwrap();
    assert!(!boxes(&read).contains(&0));
}

#[tokio::test]
async fn generations_follow_each_other_and_come_from_members() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, token) = app.counselor(&mut office, &admin, "ben").await;
    let before = office.generations.clone();
    app.next_generation(&mut office, &ben, &token).await.unwrap();
    office.generations = before;
    let by = office.admin.clone();
    assert_eq!(code(app.next_generation(&mut office, &by, &admin).await), Code::Conflict);
    // What a restart reads is what was stored.
    let app = app.restart().await;
    let path = format!("/api/v1/team/{}/generation/1", office.team);
    let generations: TeamGenerations = app.get(&path, Some(&admin)).await.unwrap();
    assert_eq!((generations.newest, generations.generations.len()), (2, 2));
}

#[tokio::test]
async fn generations_come_in_pages() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (_, lila) = app.seeker(&office, "lila").await;
    let by = office.admin.clone();
    let mut bytes = 0;
    while bytes <= 3 * GENERATION_PAGE_BYTES_MAX {
        bytes += app.next_generation(&mut office, &by, &admin).await.unwrap();
    }
    let newest = office.generations.newest(office.team).unwrap().header.number;
    // Whoever seals needs no boxes: more generations fit into an answer.
    let mut answers = Vec::new();
    for token in [&admin, &lila] {
        let (mut from, mut pages) = (1, 0);
        while from <= newest {
            let path = format!("/api/v1/team/{}/generation/{from}", office.team);
            let page: TeamGenerations = app.get(&path, Some(token)).await.unwrap();
            assert_eq!(page.newest, newest);
            let numbers: Vec<u32> = page.generations.iter().map(|upload| upload.number).collect();
            assert_eq!(numbers, (from..from + numbers.len() as u32).collect::<Vec<_>>());
            let sizes = page.generations.iter().map(|upload| upload.statement.0.len());
            let (sum, last) = (sizes.clone().sum::<usize>(), sizes.clone().next_back().unwrap());
            assert!(sum - last <= GENERATION_PAGE_BYTES_MAX, "{sum} bytes");
            assert!(from + numbers.len() as u32 > newest || sum > GENERATION_PAGE_BYTES_MAX, "a short page");
            from += numbers.len() as u32;
            pages += 1;
        }
        answers.push(pages);
    }
    assert!(answers[0] >= 3 && answers[1] < answers[0], "{answers:?}");
    for from in ["0", &(newest + 1).to_string(), &u32::MAX.to_string()] {
        let path = format!("/api/v1/team/{}/generation/{from}", office.team);
        let page: TeamGenerations = app.get(&path, Some(&admin)).await.unwrap();
        assert_eq!(page.generations.is_empty(), from != "0");
    }
    for odd in ["-1", "x", "4294967296"] {
        let path = format!("/api/v1/team/{}/generation/{odd}", office.team);
        assert_eq!(code(app.get::<TeamGenerations>(&path, Some(&admin)).await), Code::NotFound);
    }
}
