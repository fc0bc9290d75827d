//! The second factor: a passphrase alone opens nothing any more, no number twice, and a token alone changes nothing (P19).

use super::test_app::{NOW_S, Office, Person, TestApp, Token, code};
use beistand_protocol::{
    api::{AccountView, ConversationList, LoggedIn, SessionEnd, SessionList, route},
    codec::decode,
    error::{Code, Refusal},
    label,
    membership::Body as LogBody,
    second_factor::{
        AppCode, SecondFactorPut, SecondFactorStarted, SecondFactorView, SharedSecret, second_factor_bytes,
    },
};
use beistand_server::route::{Access, BEFORE_SECOND_FACTOR, Method, ROUTES};

const SECRET: SharedSecret = SharedSecret([7; 20]);

/// What an app shows at a time.
fn shown(secret: SharedSecret, time_s: u64) -> AppCode {
    let totp = totp_rs::Builder::new().with_secret(secret.0).build().unwrap();
    totp.generate(time_s).to_string().parse().unwrap()
}

/// The wish that the account's key signs, and how it ends.
async fn put(
    app: &mut TestApp,
    office: &Office,
    (person, token): (&Person, &Token),
    secret: Option<SharedSecret>,
    number: AppCode,
) -> Result<(), Refusal> {
    let view: AccountView = app.get(route::ACCOUNT, Some(token)).await.unwrap();
    let started: SecondFactorStarted = app.post(route::SECOND_FACTOR_START, Some(token), &()).await.unwrap();
    let bytes = second_factor_bytes(office.log.organisation(), view.account, &started.nonce, secret);
    let signature = person.secret.account_key().sign(label::SECOND_FACTOR, &bytes);
    let request = SecondFactorPut { ticket: started.ticket, secret, code: number, signature };
    app.post(route::SECOND_FACTOR, Some(token), &request).await
}

async fn since(app: &TestApp, token: &Token) -> Option<u64> {
    let view: SecondFactorView = app.get(route::SECOND_FACTOR, Some(token)).await.unwrap();
    view.since_s
}

async fn log_in(
    app: &mut TestApp,
    office: &Office,
    person: &Person,
    number: Option<AppCode>,
) -> Result<(Token, LoggedIn), Refusal> {
    let started = app.start_log_in(person).await?;
    app.finish_log_in_with(office, person, started, number).await
}

#[tokio::test]
async fn where_it_is_demanded_nothing_else_is_answered_without() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let chief = office.admin.clone();
    let (ben, _) = app.counselor(&mut office, &admin, "ben").await;
    put(&mut app, &office, (&chief, &admin), Some(SECRET), shown(SECRET, NOW_S)).await.unwrap();
    let demand = vec![LogBody::SecondFactorDemand { demanded: true }];
    app.say(&mut office, &admin, demand).await.unwrap();
    let (token, _) = app.log_in(&office, &ben).await.unwrap();
    for row in ROUTES.iter().filter(|row| row.method == Method::Get && row.path.starts_with("/api/")) {
        if !matches!(row.access, Access::Session | Access::Staff) {
            continue;
        }
        let nothing = "00".repeat(16);
        let path = row.path.replace("{from}", "0").replace("{to}", "0").replace("{known}", "0");
        let path = path.replace("{team}", &nothing).replace("{conversation}", &nothing);
        let (status, _, body) = app.raw("GET", &path, Some(&token), Vec::new()).await;
        let refused = decode::<Refusal>(&body).map(|refusal| refusal.code);
        let demanded = refused == Ok(Code::SecondFactorDemanded);
        assert_eq!(demanded, !BEFORE_SECOND_FACTOR.contains(&row.path), "{path} {status}");
        // Whoever has one is asked for nothing.
        let (_, _, body) = app.raw("GET", &path, Some(&admin), Vec::new()).await;
        assert_ne!(decode::<Refusal>(&body).map(|refusal| refusal.code), Ok(Code::SecondFactorDemanded));
    }
    put(&mut app, &office, (&ben, &token), Some(SECRET), shown(SECRET, NOW_S)).await.unwrap();
    let _: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
    app.clock.advance_s(30);
    let off = put(&mut app, &office, (&ben, &token), None, shown(SECRET, NOW_S + 30)).await;
    assert_eq!(code(off), Code::SecondFactorDemanded);
}

#[tokio::test]
async fn a_passphrase_alone_opens_nothing_and_no_number_opens_twice() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let token = app.admin(&office).await;
    let admin = office.admin.clone();
    assert_eq!(since(&app, &token).await, None);
    // A number of another secret shows that no app has this one.
    let other = shown(SharedSecret([8; 20]), NOW_S);
    let refused = put(&mut app, &office, (&admin, &token), Some(SECRET), other).await;
    assert_eq!((code(refused), since(&app, &token).await), (Code::SecondFactorWrong, None));
    app.admin(&office).await;
    put(&mut app, &office, (&admin, &token), Some(SECRET), shown(SECRET, NOW_S)).await.unwrap();
    assert_eq!(since(&app, &token).await, Some(NOW_S));

    let needed = log_in(&mut app, &office, &admin, None).await;
    assert_eq!(code(needed.map(drop)), Code::SecondFactorNeeded);
    // The one with which it was set up is used up.
    for wrong in [shown(SECRET, NOW_S), other] {
        let refused = log_in(&mut app, &office, &admin, Some(wrong)).await;
        assert_eq!(code(refused.map(drop)), Code::SecondFactorWrong);
    }
    app.clock.advance_s(30);
    let next = shown(SECRET, NOW_S + 30);
    // Who does not know the passphrase learns nothing of the factor.
    let stranger =
        Person { password: beistand_vault::name::Password::new("something else").unwrap(), ..admin.clone() };
    let refused = log_in(&mut app, &office, &stranger, Some(next)).await;
    assert_eq!(code(refused.map(drop)), Code::WrongCredentials);
    log_in(&mut app, &office, &admin, Some(next)).await.unwrap();
    let again = log_in(&mut app, &office, &admin, Some(next)).await;
    assert_eq!(code(again.map(drop)), Code::SecondFactorWrong);

    // It outlives a restart, and is turned off by a number that is good.
    let mut app = app.restart().await;
    app.clock.advance_s(60);
    let refused = put(&mut app, &office, (&admin, &token), None, other).await;
    assert_eq!((code(refused), since(&app, &token).await), (Code::SecondFactorWrong, Some(NOW_S)));
    let number = shown(SECRET, NOW_S + 90);
    put(&mut app, &office, (&admin, &token), None, number).await.unwrap();
    assert_eq!(since(&app, &token).await, None);
    app.admin(&office).await;
}

#[tokio::test]
async fn p19_a_token_alone_changes_no_second_factor() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let token = app.admin(&office).await;
    let admin = office.admin.clone();
    let number = shown(SECRET, NOW_S);
    // Another's key, another's ticket, another secret than the one that was signed, a ticket that was used.
    let stranger = app.person(beistand_protocol::id::RealmId::STAFF, "stranger");
    let refused = put(&mut app, &office, (&stranger, &token), Some(SECRET), number).await;
    assert_eq!(code(refused), Code::StatementRefused);
    let view: AccountView = app.get(route::ACCOUNT, Some(&token)).await.unwrap();
    let started: SecondFactorStarted = app.post(route::SECOND_FACTOR_START, Some(&token), &()).await.unwrap();
    let bytes = second_factor_bytes(office.log.organisation(), view.account, &started.nonce, None);
    let signature = admin.secret.account_key().sign(label::SECOND_FACTOR, &bytes);
    let request = SecondFactorPut { ticket: started.ticket, secret: Some(SECRET), code: number, signature };
    for request in [
        request.clone(),
        request,
        SecondFactorPut { ticket: vec![1; 16], secret: None, code: number, signature },
    ] {
        let refused = app.post::<_, ()>(route::SECOND_FACTOR, Some(&token), &request).await;
        assert_eq!(code(refused), Code::StatementRefused);
    }
    assert_eq!(since(&app, &token).await, None);
    // A ticket for another change opens none of this.
    let deletion = app.post::<_, SecondFactorStarted>(route::DELETION_START, Some(&token), &()).await;
    assert_eq!(code(deletion.map(drop)), Code::Forbidden);
}

#[tokio::test]
async fn numbers_are_slowed_like_passphrases() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let token = app.admin(&office).await;
    let admin = office.admin.clone();
    put(&mut app, &office, (&admin, &token), Some(SECRET), shown(SECRET, NOW_S)).await.unwrap();
    app.go_to_address(66);
    let mut tries = 0;
    let refused = loop {
        // Whoever has the passphrase earns no further tries by asking without a number.
        match log_in(&mut app, &office, &admin, None).await {
            Err(Refusal { code: Code::SecondFactorNeeded, .. }) => {}
            other => break code(other.map(drop)),
        }
        let number = AppCode::try_from(tries).unwrap();
        match log_in(&mut app, &office, &admin, Some(number)).await {
            Err(Refusal { code: Code::SecondFactorWrong, .. }) => tries += 1,
            other => break code(other.map(drop)),
        }
        assert!(tries < 20);
    };
    assert_eq!(refused, Code::TooManyTries);
    // From her own network she gets in meanwhile.
    app.go_to_address(67);
    app.clock.advance_s(30);
    log_in(&mut app, &office, &admin, Some(shown(SECRET, NOW_S + 30))).await.unwrap();
}

#[tokio::test]
async fn log_ins_are_listed_and_ended_one_by_one() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (_, seeker) = app.seeker(&office, "lila").await;
    let first = app.admin(&office).await;
    app.clock.advance_s(100);
    let second = app.admin(&office).await;
    let list = async |app: &TestApp, token: &Token| {
        let list: SessionList = app.get(route::SESSIONS, Some(token)).await.unwrap();
        list.sessions
    };
    let seen = list(&app, &first).await;
    let times: Vec<_> = seen.iter().map(|line| (line.own, line.created_s)).collect();
    assert_eq!(times, [(true, NOW_S), (false, NOW_S + 100)]);
    assert_eq!(list(&app, &seeker).await.len(), 1);
    // Nobody ends somebody else's, and it does not say whether there is one.
    let end = |line: usize| SessionEnd { device_session: seen[line].device_session };
    let () = app.post(route::SESSION_END, Some(&seeker), &end(1)).await.unwrap();
    assert_eq!(list(&app, &second).await.len(), 2);
    let () = app.post(route::SESSION_END, Some(&first), &end(1)).await.unwrap();
    assert_eq!(code(app.get::<SessionList>(route::SESSIONS, Some(&second)).await), Code::SessionExpired);
    assert_eq!(list(&app, &first).await.len(), 1);
    // One that is over by its age is listed no more.
    let again = app.admin(&office).await;
    app.clock.advance_s(beistand_protocol::limit::STAFF_SESSION_S - 50);
    let last = app.admin(&office).await;
    assert_eq!(code(app.get::<SessionList>(route::SESSIONS, Some(&again)).await), Code::SessionExpired);
    assert_eq!(list(&app, &last).await.len(), 1);
}
