//! What is due is destroyed by the daily job, and nothing else, whatever the clock says.

use super::test_app::{NOW_S, TestApp, code};
use beistand_domain::{clock::DAY_S, storage::Storage};
use beistand_protocol::{
    api::{Appended, ConversationList, EnvelopePage, route},
    error::Code,
};
use beistand_server::job::{self, Retained, retain, sweep};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

#[tokio::test]
async fn p09_what_is_due_is_destroyed_and_nothing_else() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations: 0, accounts: 0 });
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    // A box that runs and looks at its clock every day.
    for day in 1..=30 {
        app.clock.set_s(NOW_S + day * DAY_S);
        if day == 10 {
            let token = app.log_in(&office, &lila).await.unwrap().0;
            let append = app.compose(&office, &talk, "noch da");
            let _: Appended = app
                .post(&format!("/api/v1/conversation/{}", talk.id()), Some(&token), &append)
                .await
                .unwrap();
        }
        assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations: 0, accounts: 0 });
    }
    for day in 31..=40 {
        app.clock.set_s(NOW_S + day * DAY_S);
        assert_eq!(
            retain(&app.app).await.unwrap(),
            Retained::Done { conversations: 0, accounts: 0 },
            "{day}"
        );
    }
    app.clock.set_s(NOW_S + 40 * DAY_S + 1);
    assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations: 1, accounts: 1 });
    assert_eq!(app.storage.list_conversations().unwrap().len(), 0);
    assert_eq!(app.storage.list_envelopes(talk.id(), 0, 10, 10_000).unwrap().len(), 0);
    assert_eq!(code(app.log_in(&office, &lila).await.map(drop)), Code::WrongCredentials);
    // Staff accounts don't end by age.
    let admin = app.admin(&office).await;
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&admin)).await.unwrap();
    assert_eq!(list.conversations.len(), 0);
    let page = app.get::<EnvelopePage>(&format!("/api/v1/conversation/{}/0", talk.id()), Some(&admin)).await;
    assert_eq!(code(page), Code::NotFound);
}

#[tokio::test]
async fn a_clock_that_jumps_destroys_nothing() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    app.open_talk(&office, &lila, &token).await;
    retain(&app.app).await.unwrap();
    let ten_years = 3650 * DAY_S;
    app.clock.set_s(NOW_S + ten_years);
    assert_eq!(retain(&app.app).await.unwrap(), Retained::ClockNotCredible);
    // Nor does somebody's log-in meanwhile make the clock right.
    app.log_in(&office, &lila).await.unwrap();
    assert_eq!(retain(&app.app).await.unwrap(), Retained::ClockNotCredible);
    app.clock.set_s(NOW_S - ten_years);
    assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations: 0, accounts: 0 });
    assert_eq!(app.storage.list_conversations().unwrap().len(), 1);
    // A time server's word counts.
    app.clock.set_s(NOW_S + ten_years + 31 * DAY_S);
    app.clock.set_synchronised(true);
    assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations: 1, accounts: 1 });
}

/// The clock is believed, and then set wrong while the job is under way.
#[tokio::test]
async fn a_clock_that_jumps_meanwhile_destroys_nothing() {
    for reads in 0..6 {
        let mut app = TestApp::new().await;
        let office = app.set_up().await;
        let (lila, token) = app.seeker(&office, "lila").await;
        app.open_talk(&office, &lila, &token).await;
        retain(&app.app).await.unwrap();
        app.clock.advance_s(DAY_S);
        app.clock.jump_after(reads, 3650 * DAY_S);
        retain(&app.app).await.unwrap();
        assert_eq!(app.storage.list_conversations().unwrap().len(), 1, "after {reads} looks at the clock");
        app.log_in(&office, &lila).await.unwrap();
    }
}

/// Without it what was deleted would go on taking space: nothing else asks the store.
#[tokio::test(start_paused = true)]
async fn storage_is_tidied_up_once_a_day_after_what_is_due() {
    const HOUR_S: u64 = 60 * 60;
    let app = TestApp::new().await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(job::run(app.app.clone(), stop.clone()));
    let an_hour = async || {
        app.clock.advance_s(HOUR_S);
        tokio::time::sleep(Duration::from_secs(HOUR_S)).await;
    };
    for day in 1..=3 {
        for _ in 0..24 {
            an_hour().await;
            assert_eq!(app.storage.tidied(), day);
        }
    }
    // Nothing is touched while the clock cannot be believed.
    app.clock.set_s(NOW_S + 3650 * DAY_S);
    for _ in 0..48 {
        an_hour().await;
    }
    assert_eq!(app.storage.tidied(), 3);
    stop.cancel();
    running.await.unwrap();
}

/// What is written while the clock is known to stand back is not destroyed once somebody sets it right.
#[tokio::test]
async fn a_clock_that_was_set_back_makes_nothing_old() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    retain(&app.app).await.unwrap();
    app.clock.set_s(NOW_S - 3650 * DAY_S);
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let stored = app.storage.lookup_conversation(talk.id()).unwrap().unwrap();
    assert_eq!((stored.opened_s, stored.last_s), (NOW_S, NOW_S));
    app.clock.set_s(NOW_S + DAY_S);
    app.clock.set_synchronised(true);
    assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations: 0, accounts: 0 });
    app.clock.set_s(NOW_S + 31 * DAY_S);
    assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations: 1, accounts: 1 });
}

/// What is written while the clock runs ahead by years is not kept for as much longer, nor is a session.
#[tokio::test]
async fn a_clock_that_ran_ahead_keeps_nothing_for_years() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    retain(&app.app).await.unwrap();
    app.clock.set_s(NOW_S + 3650 * DAY_S);
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    app.clock.set_s(NOW_S + DAY_S);
    // Nobody vouches for this clock either.
    retain(&app.app).await.unwrap();
    let last_s = || app.storage.lookup_conversation(talk.id()).unwrap().map(|stored| stored.last_s);
    assert_eq!(last_s(), Some(NOW_S + 3650 * DAY_S));
    app.clock.set_synchronised(true);
    retain(&app.app).await.unwrap();
    assert_eq!(last_s(), Some(NOW_S + DAY_S));
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
    assert_eq!(list.conversations[0].last_s, NOW_S + DAY_S, "what lists show");
    sweep(&app.app).await.unwrap();
    let ended = app.get::<ConversationList>(route::CONVERSATIONS, Some(&token)).await;
    assert_eq!(code(ended), Code::SessionExpired);
    app.clock.set_s(NOW_S + 32 * DAY_S);
    assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations: 1, accounts: 1 });
}
