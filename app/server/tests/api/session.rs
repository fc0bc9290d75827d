//! Sessions: how they end, survive a restart, are parked and taken up again, and revoked.

use super::test_app::{TestApp, Token, code};
use beistand_protocol::{
    api::{
        AccountView, ResumePark, ResumeTake, ResumeTaken, Revoke, Sealed, StateWrite, StateWritten, route,
    },
    error::Code,
    limit::{RESUME_GRACE_S, SEEKER_IDLE_S, SEEKER_SESSION_S, SESSIONS_PER_ACCOUNT_MAX, STAFF_IDLE_S},
    signature::plain_digest,
};
use beistand_server::{
    job,
    session::{REQUESTS_BURST, REQUESTS_PER_S},
};

async fn alive(app: &TestApp, token: &Token) -> bool {
    match app.get::<AccountView>(route::ACCOUNT, Some(token)).await {
        Ok(_) => true,
        Err(refusal) => {
            assert_eq!(refusal.code, Code::SessionExpired);
            false
        }
    }
}

#[tokio::test]
async fn sessions_end_by_idling_and_by_age() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, idle) = app.seeker(&office, "lila").await;
    let admin = app.admin(&office).await;
    app.clock.advance_s(SEEKER_IDLE_S);
    assert!(alive(&app, &idle).await);
    app.clock.advance_s(SEEKER_IDLE_S + 1);
    assert!(!alive(&app, &idle).await);
    assert!(alive(&app, &admin).await);
    app.clock.advance_s(STAFF_IDLE_S + 1);
    assert!(!alive(&app, &admin).await);

    let busy = app.log_in(&office, &lila).await.unwrap().0;
    for _ in 0..SEEKER_SESSION_S / SEEKER_IDLE_S {
        app.clock.advance_s(SEEKER_IDLE_S);
        assert!(alive(&app, &busy).await);
    }
    app.clock.advance_s(1);
    assert!(!alive(&app, &busy).await);
}

#[tokio::test]
async fn sessions_survive_a_restart_but_not_the_sweep() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (_, token) = app.seeker(&office, "lila").await;
    let app = app.restart().await;
    assert!(alive(&app, &token).await);
    app.clock.advance_s(SEEKER_IDLE_S + 1);
    job::sweep(&app.app).await.unwrap();
    // A clock that goes back brings nothing back.
    app.clock.set_s(super::test_app::NOW_S);
    assert!(!alive(&app, &token).await);
}

#[tokio::test]
async fn the_oldest_of_too_many_sessions_ends() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, first) = app.seeker(&office, "lila").await;
    for _ in 0..SESSIONS_PER_ACCOUNT_MAX {
        app.clock.advance_s(1);
        app.log_in(&office, &lila).await.unwrap();
    }
    assert!(!alive(&app, &first).await);
}

fn park(n: u8) -> ResumePark {
    ResumePark {
        handle_hash: plain_digest(&[n; 32]).0,
        key: [100 + n; 32],
        revoke_hash: plain_digest(&[50 + n; 32]).0,
    }
}

#[tokio::test]
async fn p20_a_parked_key_is_taken_once_soon_and_never_after_the_end() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let take = async |app: &TestApp, n: u8| {
        app.post::<_, ResumeTaken>(route::RESUME_TAKE, None, &ResumeTake { handle: [n; 32] }).await
    };
    let () = app.post(route::RESUME_PARK, Some(&token), &park(1)).await.unwrap();
    assert_eq!(take(&app, 1).await.unwrap().key, [101; 32]);
    assert_eq!(code(take(&app, 1).await), Code::SessionExpired);
    let () = app.post(route::RESUME_PARK, Some(&token), &park(2)).await.unwrap();
    app.clock.advance_s(RESUME_GRACE_S + 1);
    assert_eq!(code(take(&app, 2).await), Code::SessionExpired);
    // Log-out.
    let () = app.post(route::RESUME_PARK, Some(&token), &park(3)).await.unwrap();
    let () = app.post(route::LOG_OUT, Some(&token), &()).await.unwrap();
    assert!(!alive(&app, &token).await);
    assert_eq!(code(take(&app, 3).await), Code::SessionExpired);
    // Quick exit: by a handle that can do nothing else.
    let token = app.log_in(&office, &lila).await.unwrap().0;
    let () = app.post(route::RESUME_PARK, Some(&token), &park(4)).await.unwrap();
    assert!(!alive(&app, &[54; 32]).await);
    let (status, _, _) = app.raw("POST", route::REVOKE, None, vec![54; 32]).await;
    assert_eq!(status, 200);
    assert!(!alive(&app, &token).await);
    assert_eq!(code(take(&app, 4).await), Code::SessionExpired);
    // Unknown handles are answered the same.
    let () = app.post(route::REVOKE, None, &Revoke { handle: [99; 32] }).await.unwrap();
    // A restart forgets keys.
    let token = app.log_in(&office, &lila).await.unwrap().0;
    let () = app.post(route::RESUME_PARK, Some(&token), &park(5)).await.unwrap();
    let app = app.restart().await;
    assert!(alive(&app, &token).await);
    assert_eq!(code(take(&app, 5).await), Code::SessionExpired);
}

#[tokio::test]
async fn state_is_written_by_whoever_read_it_last() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (_, token) = app.seeker(&office, "lila").await;
    let write =
        |expected_version, bytes: usize| StateWrite { expected_version, state: Sealed(vec![1; bytes]) };
    let written: StateWritten = app.post(route::ACCOUNT_STATE, Some(&token), &write(1, 10)).await.unwrap();
    assert_eq!(written.version, 2);
    let late = app.post::<_, StateWritten>(route::ACCOUNT_STATE, Some(&token), &write(1, 10)).await;
    assert_eq!(code(late), Code::Conflict);
    let max = beistand_protocol::limit::STATE_BYTES_MAX;
    let large = app.post::<_, StateWritten>(route::ACCOUNT_STATE, Some(&token), &write(2, max + 1)).await;
    assert_eq!(code(large), Code::TooLarge);
    let _: StateWritten = app.post(route::ACCOUNT_STATE, Some(&token), &write(2, max)).await.unwrap();
}

#[tokio::test]
async fn a_session_asks_only_so_much_and_nobody_else_pays_for_it() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (_, flooding) = app.seeker(&office, "lila").await;
    let (_, other) = app.seeker(&office, "other").await;
    let ask = async |app: &TestApp, token: &Token| app.get::<AccountView>(route::ACCOUNT, Some(token)).await;
    for _ in 0..REQUESTS_BURST {
        ask(&app, &flooding).await.unwrap();
    }
    let refusal = ask(&app, &flooding).await.unwrap_err();
    assert_eq!((refusal.code, refusal.retry_after_s), (Code::TooManyTries, Some(1)));
    ask(&app, &other).await.unwrap();
    // Time heals, at its pace.
    app.clock.advance_s(2);
    for _ in 0..2 * REQUESTS_PER_S {
        ask(&app, &flooding).await.unwrap();
    }
    assert_eq!(ask(&app, &flooding).await.unwrap_err().code, Code::TooManyTries);
}
