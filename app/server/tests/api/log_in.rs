//! Log-in: right and wrong passwords, unknown names, guessing, tickets and suites.

use super::test_app::{NOW_S, TestApp, code, keyed};
use beistand_domain::clock::DAY_S;
use beistand_protocol::{
    api::{
        LogInFinish, LogInStart, LogInStarted, LookUp, RecoveryProve, RecoveryStart, RecoveryStarted,
        RegistrationStart, route,
    },
    error::Code,
    id::RealmId,
    signature::Signature,
};
use beistand_vault::{
    login::{Login, Registration},
    name::Password,
};
use std::collections::BTreeSet;

#[tokio::test]
async fn right_password_wrong_password_and_nobody() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let lila = app.sign_up(&office, "lila").await.unwrap();
    let (token, logged_in) = app.log_in(&office, &lila).await.unwrap();
    assert_eq!((logged_in.generation, logged_in.state_version, logged_in.countersigned), (1, 1, true));
    let () = app.post(route::LOG_OUT, Some(&token), &()).await.unwrap();
    let wrong =
        super::test_app::Person { password: Password::new("something else").unwrap(), ..lila.clone() };
    assert_eq!(code(app.log_in(&office, &wrong).await.map(drop)), Code::WrongCredentials);
    let nobody = super::test_app::Person {
        look_up: LookUp { value: keyed("nobody"), ..lila.look_up },
        ..lila.clone()
    };
    assert_eq!(code(app.log_in(&office, &nobody).await.map(drop)), Code::WrongCredentials);
    // A pseudonym belongs to one realm.
    let elsewhere =
        super::test_app::Person { look_up: LookUp { realm: RealmId::STAFF, ..lila.look_up }, ..lila };
    assert_eq!(code(app.log_in(&office, &elsewhere).await.map(drop)), Code::WrongCredentials);
}

/// A box without a battery hears the time minutes after it has started: nobody reads then that the
/// password is wrong.
#[tokio::test]
async fn a_clock_that_is_set_meanwhile_ends_no_log_in() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let lila = app.sign_up(&office, "lila").await.unwrap();
    for now_s in [NOW_S + 365 * DAY_S, NOW_S - 365 * DAY_S, NOW_S + 60 * 60] {
        let started = app.start_log_in(&lila).await.unwrap();
        app.clock.set_s(now_s);
        app.finish_log_in(&office, &lila, started).await.unwrap();
    }
    // Time that really goes by ends it.
    let started = app.start_log_in(&lila).await.unwrap();
    app.clock.advance_s(2 * 60 + 1);
    let late = app.finish_log_in(&office, &lila, started).await;
    assert_eq!(code(late.map(drop)), Code::WrongCredentials);
}

/// P23: same status, headers and lengths, and answers of the same shape at every step.
#[tokio::test]
async fn p23_unknown_names_look_like_known_ones() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let lila = app.sign_up(&office, "lila").await.unwrap();
    let password = Password::new("a guess").unwrap();
    let mut seen = BTreeSet::new();
    for name in ["lila", "nobody", "somebody else"] {
        let look_up = LookUp { value: keyed(name), ..lila.look_up };
        let (_, request) = Login::start(&password, &mut app.random).unwrap();
        let start = LogInStart { suite: 1, look_up, request };
        let (status, headers, body) =
            app.raw("POST", route::LOG_IN_START, None, beistand_protocol::codec::encode(&start)).await;
        let started: LogInStarted = beistand_protocol::codec::decode(&body).unwrap();
        let finish = LogInFinish { ticket: started.ticket, finalization: vec![3; 64], code: None };
        let (finish_status, _, finish_body) =
            app.raw("POST", route::LOG_IN_FINISH, None, beistand_protocol::codec::encode(&finish)).await;

        let start = RecoveryStart { suite: 1, look_up };
        let started: RecoveryStarted = app.post(route::RECOVERY_START, None, &start).await.unwrap();
        let (_, request) = Registration::start(&password, &mut app.random).unwrap();
        let proof = Signature::from([0; 64]);
        let prove = RecoveryProve { ticket: started.ticket.clone(), proof, request };
        let (prove_status, _, prove_body) =
            app.raw("POST", route::RECOVERY_PROVE, None, beistand_protocol::codec::encode(&prove)).await;
        seen.insert((
            status.as_u16(),
            format!("{headers:?}"),
            body.len(),
            (finish_status.as_u16(), finish_body),
            (prove_status.as_u16(), prove_body, started.ticket.len()),
        ));
    }
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[tokio::test]
async fn guessing_is_slowed_for_known_and_unknown_names_and_locks_nobody_out() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let lila = app.sign_up(&office, "lila").await.unwrap();
    let mut tries = Vec::new();
    for name in ["lila", "nobody"] {
        app.go_to_address(66);
        let look_up = LookUp { value: keyed(name), ..lila.look_up };
        let mut admitted = 0;
        let refusal = loop {
            let (_, request) = Login::start(&lila.password, &mut app.random).unwrap();
            let start = LogInStart { suite: 1, look_up, request };
            match app.post::<_, LogInStarted>(route::LOG_IN_START, None, &start).await {
                Ok(_) => admitted += 1,
                Err(refusal) => break refusal,
            }
            assert!(admitted < 100);
        };
        tries.push((admitted, refusal.code, refusal.retry_after_s));
    }
    assert_eq!(tries[0], tries[1]);
    assert_eq!(tries[0].1, Code::TooManyTries);
    // From her own network she gets in meanwhile.
    app.go_to_address(67);
    app.log_in(&office, &lila).await.unwrap();
}

#[tokio::test]
async fn tickets_and_suites_are_checked() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let lila = app.sign_up(&office, "lila").await.unwrap();
    let (login, request) = Login::start(&lila.password, &mut app.random).unwrap();
    let start = LogInStart { suite: 1, look_up: lila.look_up, request };
    let unknown = LogInStart { suite: 2, ..start.clone() };
    assert_eq!(
        code(app.post::<_, LogInStarted>(route::LOG_IN_START, None, &unknown).await),
        Code::UnknownSuite
    );
    let nowhere = LogInStart { look_up: LookUp { realm: RealmId([9; 16]), ..lila.look_up }, ..start.clone() };
    assert_eq!(code(app.post::<_, LogInStarted>(route::LOG_IN_START, None, &nowhere).await), Code::NotFound);
    let garbage = LogInStart { request: vec![1; 96], ..start.clone() };
    assert_eq!(code(app.post::<_, LogInStarted>(route::LOG_IN_START, None, &garbage).await), Code::Malformed);
    let started: LogInStarted = app.post(route::LOG_IN_START, None, &start).await.unwrap();
    let identity = super::test_app::identity(office.log.organisation(), &lila.look_up);
    let finished = login.finish(&started.response, &identity, &mut app.random).unwrap();
    let finish = LogInFinish { ticket: started.ticket, finalization: finished.finalization, code: None };
    let _: beistand_protocol::api::LoggedIn = app.post(route::LOG_IN_FINISH, None, &finish).await.unwrap();
    let again = app.post::<_, beistand_protocol::api::LoggedIn>(route::LOG_IN_FINISH, None, &finish).await;
    assert_eq!(code(again), Code::WrongCredentials);
}

#[tokio::test]
async fn a_taken_name_and_unpaid_work_are_refused() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let lila = app.sign_up(&office, "lila").await.unwrap();
    assert_eq!(code(app.start_sign_up(&lila).await.map(drop)), Code::NameTaken);
    let (_, request) = Registration::start(&lila.password, &mut app.random).unwrap();
    let work = app.work().await;
    let look_up = LookUp { value: keyed("new"), ..lila.look_up };
    let start = RegistrationStart { suite: 1, look_up, request, work };
    let _: beistand_protocol::api::RegistrationStarted =
        app.post(route::REGISTRATION_START, None, &start).await.unwrap();
    let again =
        app.post::<_, beistand_protocol::api::RegistrationStarted>(route::REGISTRATION_START, None, &start);
    assert_eq!(code(again.await), Code::WorkRefused);
}

/// P3: the set-up keys are lost. Passwords are worthless, accounts are not.
#[tokio::test]
async fn p03_lost_set_up_keys_cost_passwords_and_nothing_else() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let lila = app.sign_up(&office, "lila").await.unwrap();
    std::fs::remove_file(app.folder.path().join("secrets/login-set-up")).unwrap();
    let mut app = app.restart().await;
    assert_eq!(code(app.log_in(&office, &lila).await.map(drop)), Code::WrongCredentials);
    super::recovery::recover(&mut app, &office, &lila).await.unwrap();
}
