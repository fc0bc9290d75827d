//! What leads see of now: their teams' rosters, for nobody else.

use super::{
    roster::{TODAY, say, shift},
    test_app::{NOW_S, TestApp, Token, code},
};
use beistand_protocol::{
    api::route,
    board::{Board, TeamBoard, Workload},
    error::{Code, Refusal},
    membership::Body as LogBody,
    roster::{Command, Kind, Staffing, Weekdays},
};

async fn board(app: &TestApp, token: &Token) -> Result<Board, Refusal> {
    app.get(route::BOARD, Some(token)).await
}

#[tokio::test]
async fn leads_see_who_is_on_the_roster_now_and_where_somebody_is_missing() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    drop(lila);
    for token in [&ben_token, &lila_token] {
        assert_eq!(code(board(&app, token).await), Code::Forbidden);
    }
    let bare = TeamBoard {
        team: office.team,
        today: TODAY,
        rostered: false,
        without_shift: false,
        now: Vec::new(),
        gaps: Vec::new(),
        workload: None,
    };
    assert_eq!(board(&app, &admin).await, Ok(Board { teams: vec![bare] }));

    // At nine: one who has begun, one who will begin, one whom nobody has, one who answers letters.
    let letters =
        beistand_protocol::roster::Shift { kind: Kind::Letters, ..shift(4, Some(office.admin.id), 0, 480) };
    let shifts =
        vec![shift(1, Some(ben.id), 0, 480), shift(2, Some(ben.id), 0, 600), shift(3, None, 0, 480), letters];
    assert_eq!(say(&app, &office, &admin, Command::AddShifts(shifts)).await, Ok(1));
    let seen = |told: &Board| {
        let [team] = &told.teams[..] else { panic!("{told:?}") };
        let now = team.now.iter().map(|one| (one.person, one.span.start)).collect::<Vec<_>>();
        (team.rostered, now, team.gaps.iter().map(|gap| (gap.day, gap.from, gap.to)).collect::<Vec<_>>())
    };
    let told = board(&app, &admin).await.unwrap();
    assert_eq!(seen(&told), (true, vec![(Some(ben.id), 480)], Vec::new()));
    app.clock.set_s(NOW_S + 3600);
    assert_eq!(seen(&board(&app, &admin).await.unwrap()).1, [(Some(ben.id), 600)]);

    // Somebody is wanted every day from ten to eleven: from now on, for seven days.
    let mut rules = beistand_domain::roster::empty(office.team).rules;
    rules.staffing = vec![Staffing { days: Weekdays::ALL, from: 600, to: 660, persons: 1 }];
    assert_eq!(say(&app, &office, &admin, Command::SetRules(rules)).await, Ok(2));
    let days = |told: &Board| seen(told).2.iter().map(|(day, ..)| day.0 - TODAY.0).collect::<Vec<_>>();
    assert_eq!(days(&board(&app, &admin).await.unwrap()), [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn nothing_is_told_of_a_person_before_the_log_says_so() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, _) = app.counselor(&mut office, &admin, "ben").await;
    assert_eq!(
        say(&app, &office, &admin, Command::AddShifts(vec![shift(1, Some(ben.id), 0, 600)])).await,
        Ok(1)
    );
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    app.open_talk(&office, &lila, &lila_token).await;
    let told = async |app: &TestApp| board(app, &admin).await.unwrap().teams.remove(0).workload;
    assert_eq!(told(&app).await, None);
    let team = office.team;
    app.say(&mut office, &admin, vec![LogBody::TeamWorkload { team, shown: true }]).await.unwrap();
    let nothing = |person| Workload { person, talks: 0, waiting: 0, minutes: 0 };
    let mut expected = vec![nothing(office.admin.id), Workload { minutes: 120, ..nothing(ben.id) }];
    expected.sort_by_key(|one| one.person);
    assert_eq!(told(&app).await, Some(expected));
    app.say(&mut office, &admin, vec![LogBody::TeamWorkload { team, shown: false }]).await.unwrap();
    assert_eq!(told(&app).await, None);
}
