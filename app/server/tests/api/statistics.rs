//! Figures: counted with what happens, told when the month is over, to those who lead.

use super::{
    live::office,
    test_app::{NOW_S, TestApp, Token, code},
};
use beistand_domain::{clock::DAY_S, storage::Storage as _};
use beistand_protocol::{
    api::route,
    error::{Code, Refusal},
    statistics::{Measure, Statistics, Unit},
};

async fn statistics(app: &TestApp, token: &Token) -> Result<Statistics, Refusal> {
    app.get(route::STATISTICS, Some(token)).await
}

#[tokio::test]
async fn requests_are_told_to_leads_when_their_month_is_over() {
    let mut app = TestApp::new().await;
    let (mut office, admin, _) = office(&mut app).await;
    let (_, ben) = app.counselor(&mut office, &admin, "ben").await;
    for name in ["lila", "mohn", "klee", "farn", "moos", "gras"] {
        let (seeker, token) = app.seeker(&office, name).await;
        app.open_talk(&office, &seeker, &token).await;
    }
    assert_eq!(code(statistics(&app, &ben).await), Code::Forbidden);
    let first = statistics(&app, &admin).await.unwrap();
    assert!(first.figures.is_empty(), "the month runs: {first:?}");
    let talks = app.storage.list_conversations().unwrap();
    app.clock.set_s(NOW_S + 40 * DAY_S);
    app = app.restart().await;
    let admin = app.admin(&office).await;
    let told = statistics(&app, &admin).await.unwrap();
    let unit = Unit { team: office.team, site: Some(office.site) };
    let measures: Vec<_> = told.figures.iter().map(|figures| figures.measure).collect();
    assert_eq!(measures, [Measure::Hours, Measure::Weekdays]);
    for figures in &told.figures {
        let [group] = &figures.groups[..] else { panic!("{figures:?}") };
        assert_eq!((&group.units[..], group.total(), group.cells.len()), (&[unit][..], 6, 1));
    }
    assert!(told.names.iter().any(|named| named.unit == unit));
    // What was counted is no talk's: it stays when they all go.
    let remove = |talk: &beistand_domain::record::Conversation| {
        beistand_domain::storage::Change::ConversationRemove(talk.id)
    };
    app.storage.commit(NOW_S, talks.iter().map(remove).collect()).await.unwrap();
    assert_eq!(statistics(&app, &admin).await.unwrap(), told);
}
