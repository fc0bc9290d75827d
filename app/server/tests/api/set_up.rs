//! Set-up with the claim code: once, with limited tries.

use super::test_app::{TestApp, code};
use beistand_protocol::{
    api::{OrganisationInfo, route},
    claim_code,
    error::Code,
    limit::{CLAIM_PAUSE_S, CLAIM_TRIES_MAX},
};

#[tokio::test]
async fn a_box_is_claimed_once() {
    let mut app = TestApp::new().await;
    let info: OrganisationInfo = app.get(route::ORGANISATION, None).await.unwrap();
    assert_eq!((info.organisation, info.head, info.sites), (None, None, vec![]));
    let printed = app.claim_code.clone().unwrap();
    assert!(app.folder.path().join("claim-code").exists());

    // Two browsers begin with the right code; the first to finish has the box.
    let (first, second) = (app.plan_set_up(), app.plan_set_up());
    let one = app.start_set_up(&first.0, &printed).await.unwrap();
    let other = app.start_set_up(&second.0, &printed).await.unwrap();
    app.finish_set_up(&first, one).await.unwrap();
    assert_eq!(code(app.finish_set_up(&second, other).await), Code::AlreadySetUp);
    assert_eq!(code(app.start_set_up(&second.0, &printed).await.map(drop)), Code::AlreadySetUp);

    let info: OrganisationInfo = app.get(route::ORGANISATION, None).await.unwrap();
    assert_eq!(info.organisation, Some(first.0.log.organisation()));
    assert_eq!((info.head, info.sites), (Some(first.0.log.head()), vec![first.0.site]));
    assert!(!app.folder.path().join("claim-code").exists());
    let pinned = std::fs::read_to_string(app.folder.path().join("organisation-id")).unwrap();
    assert_eq!(pinned.trim_end(), first.0.log.organisation().to_hex());

    let mut app = app.restart().await;
    assert_eq!(app.claim_code, None);
    let admin = first.0.admin.clone();
    app.log_in(&first.0, &admin).await.unwrap();
}

#[tokio::test]
async fn the_same_code_is_printed_until_then() {
    let app = TestApp::new().await;
    let printed = app.claim_code.clone();
    let app = app.restart().await;
    assert_eq!(app.claim_code, printed);
}

#[tokio::test]
async fn wrong_codes_are_counted() {
    let mut app = TestApp::new().await;
    let plan = app.plan_set_up();
    let right = app.claim_code.clone().unwrap();
    let wrong = claim_code::from_random(&[9; claim_code::SYMBOLS - 1]);
    for n in 0..CLAIM_TRIES_MAX {
        // Whoever has many addresses has no more tries.
        app.go_to_address(u8::try_from(n).unwrap());
        assert_eq!(code(app.start_set_up(&plan.0, &wrong).await.map(drop)), Code::WrongCredentials);
    }
    app.go_to_address(100);
    let refusal = app.start_set_up(&plan.0, &right).await.map(drop).unwrap_err();
    assert_eq!((refusal.code, refusal.retry_after_s), (Code::TooManyTries, Some(CLAIM_PAUSE_S as u32)));
    app.clock.advance_s(CLAIM_PAUSE_S);
    app.start_set_up(&plan.0, &right).await.unwrap();
}

#[tokio::test]
async fn an_organisation_other_than_announced_is_refused() {
    let mut app = TestApp::new().await;
    let right = app.claim_code.clone().unwrap();
    let (announced, other) = (app.plan_set_up(), app.plan_set_up());
    let started = app.start_set_up(&announced.0, &right).await.unwrap();
    let mixed = (announced.0, other.1, other.2);
    assert_eq!(code(app.finish_set_up(&mixed, started).await), Code::StatementRefused);
    let info: OrganisationInfo = app.get(route::ORGANISATION, None).await.unwrap();
    assert_eq!(info.organisation, None);
}
