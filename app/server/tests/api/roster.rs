//! Rosters: for the members of the team alone, changed by commands, with calendar links that end.

use super::{
    live::{Socket, listen},
    promise,
    test_app::{NOW_S, Office, TestApp, Token, code},
};
use beistand_protocol::{
    api::route,
    error::{Code, Refusal},
    id::PersonId,
    live::{ClientFrame, Presence, ServerFrame},
    membership::Body as LogBody,
    roster::{
        CalendarImport, CalendarLinkMade, CalendarLinkRevoke, CalendarLinks, Changed, Command, Day, Denied,
        Imported, Kind, OccurrenceId, PlanChange, Proposal, RosterLogPage, RosterView, Shift, ShiftId, Span,
        Staffing, Weekdays,
    },
};
use beistand_server::duty;
use http::StatusCode;

/// [`NOW_S`] is 9 o'clock in Berlin on this day, a Friday.
pub(super) const TODAY: Day = Day(20_833);

fn at(office: &Office, path: &str) -> String {
    path.replace("{team}", &office.team.to_hex())
}

fn days(office: &Office, path: &str, more: i32) -> String {
    at(office, path).replace("{from}", &TODAY.to_string()).replace("{to}", &TODAY.plus(more).to_string())
}

pub(super) async fn say(
    app: &TestApp,
    office: &Office,
    token: &Token,
    command: Command,
) -> Result<u64, Denied> {
    let change = PlanChange { command };
    app.post::<_, Changed>(&at(office, route::ROSTER_CHANGE), Some(token), &change).await.unwrap().outcome
}

async fn view(app: &TestApp, office: &Office, token: &Token) -> Result<RosterView, Refusal> {
    app.get(&days(office, route::ROSTER, 6), Some(token)).await
}

pub(super) fn shift(id: u8, person: Option<PersonId>, day: i32, start: u16) -> Shift {
    let span = Span { day: TODAY.plus(day), start, minutes: 120 };
    Shift { id: ShiftId([id; 16]), kind: Kind::Live, person, span, rule: None, exceptions: Vec::new() }
}

#[tokio::test]
async fn a_lead_plans_and_members_read_and_take() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let empty = view(&app, &office, &ben_token).await.unwrap();
    assert_eq!((empty.version, empty.leads, empty.today, empty.minute), (0, false, TODAY, 9 * 60));
    assert!(empty.occurrences.is_empty() && empty.members.contains(&ben.id));

    let shifts = vec![shift(1, None, 0, 600), shift(2, Some(office.admin.id), 1, 600)];
    // Planning is the lead's.
    let add = Command::AddShifts(shifts);
    assert_eq!(say(&app, &office, &ben_token, add.clone()).await, Err(Denied::Forbidden));
    assert_eq!(say(&app, &office, &admin, add).await, Ok(1));
    let first = OccurrenceId { shift: ShiftId([1; 16]), day: TODAY };
    assert_eq!(view(&app, &office, &ben_token).await.unwrap().calls[0].id, first);
    assert_eq!(say(&app, &office, &ben_token, Command::Take(first)).await, Ok(2));
    assert_eq!(say(&app, &office, &admin, Command::Take(first)).await, Err(Denied::Moved));
    let seen = view(&app, &office, &ben_token).await.unwrap();
    assert_eq!((seen.version, seen.occurrences.len(), seen.own.len()), (2, 2, 1));
    assert_eq!((seen.own[0].person, seen.own[0].start_s), (Some(ben.id), NOW_S + 3600));
    assert!(view(&app, &office, &admin).await.unwrap().leads);

    // The log says who did what, the newest first; it and the roster are there after a restart.
    app = app.restart().await;
    let log = at(&office, route::ROSTER_LOG);
    let read = |below: &str| log.replace("{from}", below);
    let page: RosterLogPage = app.get(&read("99"), Some(&ben_token)).await.unwrap();
    let lines: Vec<_> = page.entries.iter().map(|line| (line.version, line.by, line.at_s)).collect();
    assert_eq!(lines, [(2, ben.id, NOW_S), (1, office.admin.id, NOW_S)]);
    assert_eq!(page.entries[0].command, Command::Take(first));
    let page: RosterLogPage = app.get(&read("2"), Some(&ben_token)).await.unwrap();
    assert_eq!(page.entries.len(), 1);
    assert_eq!(view(&app, &office, &ben_token).await.unwrap().version, 2);
}

#[tokio::test]
async fn only_the_team_reads_it() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let remove = LogBody::TeamMemberRemove { team: office.team, person: ben.id };
    let link: CalendarLinkMade =
        app.post(&at(&office, route::CALENDAR_LINK), Some(&ben_token), &()).await.unwrap();
    app.say(&mut office, &admin, vec![remove]).await.unwrap();
    for path in [route::ROSTER, route::ROSTER_PROPOSAL, route::CALENDAR, route::CALENDAR_LINK] {
        let (status, _, _) = app.raw("GET", &days(&office, path, 1), Some(&ben_token), Vec::new()).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    let change = PlanChange { command: Command::SetWishes(Vec::new()) };
    let refused = app.post::<_, Changed>(&at(&office, route::ROSTER_CHANGE), Some(&ben_token), &change).await;
    assert_eq!(code(refused), Code::Forbidden);
    // Nor does the link go on.
    assert_eq!(feed(&app, &link).await.0, StatusCode::NOT_FOUND);
}

async fn feed(app: &TestApp, link: &CalendarLinkMade) -> (StatusCode, String) {
    let secret = beistand_protocol::id::Digest(link.secret).to_hex();
    let path = route::CALENDAR_FEED.replace("{secret}", &secret);
    let (status, headers, body) = app.raw("GET", &path, None, Vec::new()).await;
    let calendar = headers["content-type"] == "text/calendar; charset=utf-8";
    assert_eq!(
        (calendar, headers["cache-control"].to_str().unwrap()),
        (status == StatusCode::OK, "no-store")
    );
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn a_calendar_link_shows_one_person_and_ends() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let shifts = vec![shift(1, Some(ben.id), 0, 600), shift(2, Some(office.admin.id), 1, 600)];
    say(&app, &office, &admin, Command::AddShifts(shifts)).await.unwrap();
    let path = at(&office, route::CALENDAR_LINK);
    let made: CalendarLinkMade = app.post(&path, Some(&ben_token), &()).await.unwrap();
    let (status, text) = feed(&app, &made).await;
    assert_eq!((status, text.matches("BEGIN:VEVENT").count()), (StatusCode::OK, 1));
    assert!(text.contains("DTSTART:20270115T090000Z\r\n") && text.contains("SUMMARY:live\r\n"), "{text}");
    // The secret is not what is kept, and what is kept opens nothing.
    let known: CalendarLinks = app.get(&path, Some(&ben_token)).await.unwrap();
    let [link] = known.links[..] else { panic!("{known:?}") };
    assert_ne!(link.id, made.secret[..8]);
    let hash = beistand_protocol::signature::plain_digest(&made.secret).0;
    assert_eq!(feed(&app, &CalendarLinkMade { secret: hash }).await.0, StatusCode::NOT_FOUND);
    // Somebody else's is not listed and not ended by others.
    let others: CalendarLinks = app.get(&path, Some(&admin)).await.unwrap();
    assert!(others.links.is_empty());
    let revoke = CalendarLinkRevoke { id: link.id };
    let revoke_at = at(&office, route::CALENDAR_LINK_REVOKE);
    assert_eq!(code(app.post::<_, ()>(&revoke_at, Some(&admin), &revoke).await), Code::NotFound);
    assert_eq!(feed(&app, &made).await.0, StatusCode::OK);
    let () = app.post(&revoke_at, Some(&ben_token), &revoke).await.unwrap();
    assert_eq!(feed(&app, &made).await.0, StatusCode::NOT_FOUND);
    // There is a limit, and nothing goes silently because of it.
    for _ in 0..beistand_protocol::limit::CALENDAR_LINKS_MAX {
        let _: CalendarLinkMade = app.post(&path, Some(&ben_token), &()).await.unwrap();
    }
    let one_more = app.post::<_, CalendarLinkMade>(&path, Some(&ben_token), &()).await;
    assert_eq!(code(one_more), Code::Conflict);
}

#[tokio::test]
async fn proposals_and_files() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let mut rules = view(&app, &office, &admin).await.unwrap().rules;
    rules.staffing = vec![Staffing { days: Weekdays::ALL, from: 600, to: 720, persons: 1 }];
    say(&app, &office, &admin, Command::SetRules(rules)).await.unwrap();
    let propose = days(&office, route::ROSTER_PROPOSAL, 1);
    assert_eq!(code(app.get::<Proposal>(&propose, Some(&ben_token)).await), Code::Forbidden);
    let proposal: Proposal = app.get(&propose, Some(&admin)).await.unwrap();
    let persons: Vec<_> = proposal.shifts.iter().map(|one| one.assignment.draft.person).collect();
    let mut expect = [Some(ben.id), Some(office.admin.id)];
    expect.sort();
    assert_eq!(persons, expect, "each gets one");
    let assignments = proposal.shifts.iter().map(|one| one.assignment).collect();
    let assign = Command::Assign { first: ShiftId([7; 16]), assignments };
    assert_eq!(say(&app, &office, &admin, assign).await, Ok(2));
    assert!(view(&app, &office, &admin).await.unwrap().gaps.iter().all(|gap| gap.day > TODAY.plus(1)));
    // Written as a file and read again, it is the same.
    let (status, _, file) =
        app.raw("GET", &days(&office, route::CALENDAR, 1), Some(&ben_token), Vec::new()).await;
    assert_eq!(status, StatusCode::OK);
    let import = CalendarImport { text: String::from_utf8(file).unwrap() };
    let path = at(&office, route::CALENDAR_IMPORT);
    assert_eq!(code(app.post::<_, Imported>(&path, Some(&ben_token), &import).await), Code::Forbidden);
    let read: Imported = app.post(&path, Some(&admin), &import).await.unwrap();
    let spans: Vec<Span> = read.shifts.iter().map(|(_, shift)| shift.span).collect();
    let expect = [0, 1].map(|day| Span { day: TODAY.plus(day), start: 600, minutes: 120 });
    assert_eq!((&spans[..], read.skipped.len()), (&expect[..], 0));
    let nonsense = CalendarImport { text: "nonsense".into() };
    assert_eq!(code(app.post::<_, Imported>(&path, Some(&admin), &nonsense).await), Code::Malformed);
    // More days than one answer shows, and days in the wrong order.
    for more in [-1, 62] {
        let view = app.get::<RosterView>(&days(&office, route::ROSTER, more), Some(&admin)).await;
        assert_eq!(code(view), Code::Malformed);
    }
}

async fn start_page(app: &TestApp) -> String {
    let page = String::from_utf8(app.raw("GET", "/", None, Vec::new()).await.2).unwrap();
    page.trim_end_matches(" / None").to_owned()
}

#[tokio::test]
async fn on_duty_is_who_is_on_the_roster_and_really_there() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (_, lila) = app.seeker(&office, "lila").await;
    let address = listen(&app).await;
    let mut seeker = Socket::connect(address, &lila).await;
    let somebody = |frame: &ServerFrame| match frame {
        ServerFrame::SomebodyAvailable(somebody) => Some(*somebody),
        _ => None,
    };
    assert!(!seeker.until(somebody).await);
    let mut counselor = Socket::connect(address, &ben_token).await;
    counselor.send(&ClientFrame::Presence(Presence::Available)).await;
    // Without a roster, who is there decides, and nothing is said of later.
    assert!(seeker.until(somebody).await);
    assert_eq!(start_page(&app).await, "start true");

    // Ben is there, and on duty from 10 to 12; it is 9.
    let planned = Command::AddShifts(vec![shift(1, Some(ben.id), 0, 600)]);
    say(&app, &office, &admin, planned).await.unwrap();
    assert!(!seeker.until(somebody).await);
    promise::set(&app, &office, &admin, Some(2)).await;
    // Friday: the second working day is Tuesday.
    let before = "start false Some((0, 600)) Some((4, 1080))";
    assert_eq!(start_page(&app).await, before);
    app.clock.set_s(NOW_S + 3600);
    let again_s = duty::work_out(&app.app).unwrap();
    assert_eq!(again_s, Some(NOW_S + 2 * 3600), "an hour later at the latest");
    assert!(seeker.until(somebody).await);
    assert_eq!(start_page(&app).await, "start true");
    app.clock.set_s(NOW_S + 3 * 3600);
    duty::work_out(&app.app).unwrap();
    assert!(!seeker.until(somebody).await);
    assert_eq!(start_page(&app).await, "start false None Some((4, 1080))");

    // Whoever is on the roster and not there is not on duty.
    app.clock.set_s(NOW_S + 3600);
    duty::work_out(&app.app).unwrap();
    assert!(seeker.until(somebody).await);
    counselor.send(&ClientFrame::Presence(Presence::Away)).await;
    assert!(!seeker.until(somebody).await);

    // After a restart it is known from the beginning.
    app.clock.set_s(NOW_S);
    app = app.restart().await;
    assert_eq!(start_page(&app).await, before);
}
