//! The recovery code replaces all credentials in one step, or nothing.

use super::test_app::{Office, Person, TestApp, Token, code, identity, sending};
use beistand_protocol::{
    api::{
        AccountView, Append, ConversationList, EnvelopePage, RecoveryFetch, RecoveryFinish,
        RecoveryGenerations, RecoveryProve, RecoveryProved, RecoveryStart, RecoveryStarted, Sealed,
        TeamGenerations, route,
    },
    codec::encode,
    error::{Code, Refusal},
    id::TeamId,
    suite::Suite,
};
use beistand_vault::{
    account::{AccountPlace, Former, NewCredentials, prove_recovery, rotate},
    conversation::EpochChange,
    login::Registration,
    name::Password,
    recovery::RecoveryCode,
    team::TeamKeyring,
};

/// Proves the code and asks for a new password.
pub async fn prove(
    app: &mut TestApp,
    office: &Office,
    person: &Person,
    password: &Password,
) -> Result<(Registration, Vec<u8>, RecoveryProved), Refusal> {
    let start = RecoveryStart { suite: 1, look_up: person.look_up };
    let started: RecoveryStarted = app.post(route::RECOVERY_START, None, &start).await?;
    let (registration, request) = Registration::start(password, &mut app.random).unwrap();
    let organisation = office.log.organisation();
    let proof = prove_recovery(&person.code, organisation, person.look_up.realm, &started.nonce, &request);
    let prove = RecoveryProve { ticket: started.ticket.clone(), proof, request };
    let proved = app.post(route::RECOVERY_PROVE, None, &prove).await?;
    Ok((registration, started.ticket, proved))
}

/// Makes the last step's request; gives the person as they are afterwards.
pub fn plan(
    app: &mut TestApp,
    office: &Office,
    person: &Person,
    password: Password,
    (registration, ticket, proved): (Registration, Vec<u8>, RecoveryProved),
    appends: Vec<Append>,
) -> (Person, RecoveryFinish) {
    let look_up = identity(office.log.organisation(), &person.look_up);
    let registered = registration.finish(&proved.response, &look_up, &mut app.random).unwrap();
    let secret = person.secret.draw_next(&mut app.random);
    let code = RecoveryCode::draw(&mut app.random);
    let new = NewCredentials {
        place: AccountPlace {
            suite: Suite::One,
            organisation: office.log.organisation(),
            realm: person.look_up.realm,
            account: proved.account,
        },
        secret: &secret,
        registered: &registered,
        recovery: Some(&code),
        root: office.log.state().root_fingerprint(),
        floor: office.log.head(),
        nonce: proved.nonce,
    };
    let encoded: Vec<Vec<u8>> = appends.iter().map(encode).collect();
    let former = Former::Recovery(&person.code, proved.generation);
    let credentials = rotate(&new, former, Sealed(b"new state".to_vec()), &encoded, &mut app.random);
    let after = Person { password, secret: secret.clone(), code, ..person.clone() };
    (after, RecoveryFinish { ticket, credentials, appends, log: None })
}

pub async fn recover(
    app: &mut TestApp,
    office: &Office,
    person: &Person,
) -> Result<(Person, Token), Refusal> {
    let password = Password::new("an entirely new one").unwrap();
    let proved = prove(app, office, person, &password).await?;
    let (after, finish) = plan(app, office, person, password, proved, Vec::new());
    let () = app.post(route::RECOVERY_FINISH, None, &finish).await?;
    let token = app.log_in(office, &after).await?.0;
    Ok((after, token))
}

#[tokio::test]
async fn recovery_replaces_everything_in_one_step() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, old_token) = app.seeker(&office, "lila").await;
    let mut talk = app.open_talk(&office, &lila, &old_token).await;

    let password = Password::new("an entirely new one").unwrap();
    let proved = prove(&mut app, &office, &lila, &password).await.unwrap();
    assert_eq!((proved.2.generation, proved.2.conversations.len()), (1, 1));
    let fetch =
        |ticket: &[u8], from| RecoveryFetch { ticket: ticket.to_vec(), conversation: talk.id(), from };
    let page: EnvelopePage = app.post(route::RECOVERY_ENVELOPES, None, &fetch(&proved.1, 0)).await.unwrap();
    assert_eq!((page.envelopes.len(), page.summary.length), (2, 2));
    let page: EnvelopePage = app.post(route::RECOVERY_ENVELOPES, None, &fetch(&proved.1, 1)).await.unwrap();
    assert_eq!(page.envelopes[0].position, 1);
    // Only by a proved code, and only the account's own.
    let start = RecoveryStart { suite: 1, look_up: lila.look_up };
    let unproved: RecoveryStarted = app.post(route::RECOVERY_START, None, &start).await.unwrap();
    for ticket in [&unproved.ticket[..], &[0; 16], b""] {
        let refused = app.post::<_, EnvelopePage>(route::RECOVERY_ENVELOPES, None, &fetch(ticket, 0)).await;
        assert_eq!(code(refused), Code::WrongCredentials);
    }
    let nora = app.seeker(&office, "nora").await.0;
    let other = prove(&mut app, &office, &nora, &password).await.unwrap();
    let refused = app.post::<_, EnvelopePage>(route::RECOVERY_ENVELOPES, None, &fetch(&other.1, 0)).await;
    assert_eq!(code(refused), Code::NotFound);
    let wanted =
        |ticket: &[u8], from| RecoveryGenerations { ticket: ticket.to_vec(), team: office.team, from };
    for (from, count) in [(1, 1), (2, 0)] {
        let wanted = wanted(&proved.1, from);
        let page: TeamGenerations = app.post(route::RECOVERY_GENERATIONS, None, &wanted).await.unwrap();
        assert_eq!((page.newest, page.generations.len()), (1, count));
    }
    for ticket in [&unproved.ticket[..], &[0; 16], b""] {
        let wanted = wanted(ticket, 1);
        let refused = app.post::<_, TeamGenerations>(route::RECOVERY_GENERATIONS, None, &wanted).await;
        assert_eq!(code(refused), Code::WrongCredentials);
    }
    let nowhere = RecoveryGenerations { team: TeamId([9; 16]), ..wanted(&proved.1, 1) };
    let refused = app.post::<_, TeamGenerations>(route::RECOVERY_GENERATIONS, None, &nowhere).await;
    assert_eq!(code(refused), Code::NotFound);
    // The new generation's keys come into the talk with an epoch that the former ones sign.
    let next = lila.secret.draw_next(&mut app.random);
    let teams = TeamKeyring::empty();
    let keys = next.conversation_keys(talk.id());
    let change = EpochChange::SeekerKeys(&keys);
    let sending = sending(&office, &teams);
    let epoch = talk.compose_epoch(&sending, &change, &mut app.random).unwrap();
    talk.apply(&sending.view, 2, &epoch).unwrap();
    let appends = vec![Append { conversation: talk.id(), envelopes: vec![epoch] }];
    let (after, finish) = plan(&mut app, &office, &lila, password, proved, appends);
    let () = app.post(route::RECOVERY_FINISH, None, &finish).await.unwrap();

    // Session, password and code of before are dead; so is the ticket.
    assert_eq!(code(app.get::<AccountView>(route::ACCOUNT, Some(&old_token)).await), Code::PasswordChanged);
    assert_eq!(code(app.log_in(&office, &lila).await.map(drop)), Code::WrongCredentials);
    assert_eq!(code(recover(&mut app, &office, &lila).await.map(drop)), Code::WrongCredentials);
    assert_eq!(code(app.post::<_, ()>(route::RECOVERY_FINISH, None, &finish).await), Code::WrongCredentials);
    let (token, logged_in) = app.log_in(&office, &after).await.unwrap();
    assert_eq!(
        (logged_in.generation, logged_in.state_version, logged_in.state.0),
        (2, 2, b"new state".to_vec())
    );
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
    assert_eq!((list.conversations[0].epoch, list.conversations[0].length), (1, 3));
}

#[tokio::test]
async fn what_is_not_signed_changes_nothing() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let password = Password::new("an entirely new one").unwrap();
    for n in 0..4 {
        app.go_to_address(n);
        let proved = prove(&mut app, &office, &lila, &password).await.unwrap();
        let (_, mut finish) = plan(&mut app, &office, &lila, password.clone(), proved, Vec::new());
        match n {
            0 => finish.credentials.state = Sealed(b"other".to_vec()),
            1 => finish.credentials.wraps.truncate(1),
            2 => finish.credentials.record[0] ^= 1,
            // An append that the signature does not cover.
            _ => finish.appends.push(app.compose(&office, &talk, "slipped in")),
        }
        let refused = app.post::<_, ()>(route::RECOVERY_FINISH, None, &finish).await;
        assert_eq!(code(refused), Code::StatementRefused, "{n}");
    }
    app.log_in(&office, &lila).await.unwrap();
    let path = format!("/api/v1/conversation/{}/0", talk.id());
    let page: EnvelopePage = app.get(&path, Some(&token)).await.unwrap();
    assert_eq!(page.envelopes.len(), 2);
}

#[tokio::test]
async fn of_two_recoveries_at_once_one_wins() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let lila = app.sign_up(&office, "lila").await.unwrap();
    let mut planned = Vec::new();
    for word in ["first new password", "second new password"] {
        let password = Password::new(word).unwrap();
        let proved = prove(&mut app, &office, &lila, &password).await.unwrap();
        planned.push(plan(&mut app, &office, &lila, password, proved, Vec::new()));
    }
    let () = app.post(route::RECOVERY_FINISH, None, &planned[0].1).await.unwrap();
    let late = app.post::<_, ()>(route::RECOVERY_FINISH, None, &planned[1].1).await;
    assert!(matches!(code(late), Code::Conflict | Code::StatementRefused));
    app.log_in(&office, &planned[0].0).await.unwrap();
    assert_eq!(code(app.log_in(&office, &planned[1].0).await.map(drop)), Code::WrongCredentials);
}
