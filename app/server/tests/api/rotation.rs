//! New keys and deletion while logged in: a token opens the door, only the account key goes through (P16, P19).

use super::slow_store::Disk;
use super::test_app::{Office, Person, TestApp, Token, code, identity, sending};
use beistand_domain::storage::Storage;
use beistand_protocol::{
    api::{
        AccountView, Append, Appended, ConversationList, DeletionFinish, DeletionStarted, EnvelopePage,
        RotationFinish, RotationStart, RotationStarted, Sealed, route,
    },
    codec::encode,
    error::{Code, Refusal},
    suite::Suite,
};
use beistand_vault::{
    account::{AccountPlace, AccountSecret, Former, NewCredentials, rotate, sign_deletion},
    conversation::EpochChange,
    login::Registration,
    name::Password,
    recovery::RecoveryCode,
    team::TeamKeyring,
};
use std::time::Duration;

async fn start(
    app: &mut TestApp,
    person: &Person,
    token: &Token,
    password: &Password,
) -> Result<(Registration, RotationStarted), Refusal> {
    let (registration, request) = Registration::start(password, &mut app.random).unwrap();
    let start = RotationStart { suite: 1, look_up: person.look_up, request };
    Ok((registration, app.post(route::ROTATION_START, Some(token), &start).await?))
}

fn place(office: &Office, person: &Person, account: beistand_protocol::id::AccountId) -> AccountPlace {
    let organisation = office.log.organisation();
    AccountPlace { suite: Suite::One, organisation, realm: person.look_up.realm, account }
}

/// The last step's request, and the person as they are afterwards.
fn plan(
    app: &mut TestApp,
    office: &Office,
    (person, view): (&Person, &AccountView),
    password: Password,
    (registration, started): (Registration, RotationStarted),
    former: Former<'_>,
    appends: Vec<Append>,
) -> (Person, RotationFinish) {
    let look_up = identity(office.log.organisation(), &person.look_up);
    let registered = registration.finish(&started.response, &look_up, &mut app.random).unwrap();
    let secret = person.secret.draw_next(&mut app.random);
    let code = RecoveryCode::draw(&mut app.random);
    let new = NewCredentials {
        place: place(office, person, view.account),
        secret: &secret,
        registered: &registered,
        recovery: Some(&code),
        root: office.log.state().root_fingerprint(),
        floor: office.log.head(),
        nonce: started.nonce,
    };
    let encoded: Vec<Vec<u8>> = appends.iter().map(encode).collect();
    let credentials = rotate(&new, former, Sealed(b"new state".to_vec()), &encoded, &mut app.random);
    let after = Person { password, secret: secret.clone(), code, ..person.clone() };
    (after, RotationFinish { ticket: started.ticket, credentials, appends, log: None })
}

/// [`plan`] of somebody who knows the password and leaves all talks with the keys that they have.
async fn plan_without_talks(
    app: &mut TestApp,
    office: &Office,
    person: &Person,
    token: &Token,
) -> (Person, RotationFinish) {
    let view: AccountView = app.get(route::ACCOUNT, Some(token)).await.unwrap();
    let started = start(app, person, token, &new_password()).await.unwrap();
    let former = Former::Account(&person.secret);
    plan(app, office, (person, &view), new_password(), started, former, Vec::new())
}

fn new_password() -> Password {
    Password::new("an entirely new one").unwrap()
}

#[tokio::test]
async fn p16_a_rotation_replaces_everything_in_one_step() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let other = app.log_in(&office, &lila).await.unwrap().0;
    let mut talk = app.open_talk(&office, &lila, &token).await;
    let view: AccountView = app.get(route::ACCOUNT, Some(&token)).await.unwrap();

    // A client that dies between the steps has changed nothing.
    let _ = start(&mut app, &lila, &token, &new_password()).await.unwrap();
    app.log_in(&office, &lila).await.unwrap();

    // Nor does one that leaves a talk with keys that nobody has afterwards.
    let (_, without) = plan_without_talks(&mut app, &office, &lila, &token).await;
    let refused = app.post::<_, ()>(route::ROTATION_FINISH, Some(&token), &without).await;
    assert_eq!(code(refused), Code::Conflict);
    app.log_in(&office, &lila).await.unwrap();

    let started = start(&mut app, &lila, &token, &new_password()).await.unwrap();
    assert_eq!((started.1.generation, started.1.conversations.len()), (1, 1));
    let next = lila.secret.draw_next(&mut app.random);
    let teams = TeamKeyring::empty();
    let keys = next.conversation_keys(talk.id());
    let sending = sending(&office, &teams);
    let epoch = talk.compose_epoch(&sending, &EpochChange::SeekerKeys(&keys), &mut app.random).unwrap();
    talk.apply(&sending.view, 2, &epoch).unwrap();
    let appends = vec![Append { conversation: talk.id(), envelopes: vec![epoch] }];
    let former = Former::Account(&lila.secret);
    let (after, finish) = plan(&mut app, &office, (&lila, &view), new_password(), started, former, appends);
    let () = app.post(route::ROTATION_FINISH, Some(&token), &finish).await.unwrap();

    // Sessions, password and code of before are dead, and say why.
    for dead in [&token, &other] {
        let refused = app.get::<AccountView>(route::ACCOUNT, Some(dead)).await;
        assert_eq!(code(refused), Code::PasswordChanged);
    }
    assert_eq!(code(app.log_in(&office, &lila).await.map(drop)), Code::WrongCredentials);
    assert_eq!(
        code(super::recovery::recover(&mut app, &office, &lila).await.map(drop)),
        Code::WrongCredentials
    );
    let (token, logged_in) = app.log_in(&office, &after).await.unwrap();
    assert_eq!((logged_in.generation, logged_in.state.0), (2, b"new state".to_vec()));
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
    assert_eq!((list.conversations[0].epoch, list.conversations[0].length), (1, 3));
}

#[tokio::test]
async fn p19_a_token_alone_changes_and_deletes_nothing() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (ben, ben_token) = app.seeker(&office, "ben").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let view: AccountView = app.get(route::ACCOUNT, Some(&token)).await.unwrap();
    let stranger = AccountSecret::draw(&mut app.random);
    for n in 0..6 {
        app.go_to_address(n);
        let started = start(&mut app, &lila, &token, &new_password()).await.unwrap();
        let former = match n {
            0 => Former::Account(&stranger),
            // The other door's key.
            1 => Former::Recovery(&lila.code, 1),
            _ => Former::Account(&lila.secret),
        };
        let (_, mut finish) =
            plan(&mut app, &office, (&lila, &view), new_password(), started, former, Vec::new());
        match n {
            2 => finish.credentials.state = Sealed(b"other".to_vec()),
            3 => finish.credentials.wraps.truncate(1),
            4 => finish.appends.push(app.compose(&office, &talk, "slipped in")),
            _ => {}
        }
        // Somebody else's token does not carry it either.
        let by = if n == 5 { &ben_token } else { &token };
        let refused = app.post::<_, ()>(route::ROTATION_FINISH, Some(by), &finish).await;
        assert_eq!(code(refused), Code::StatementRefused, "{n}");
    }
    app.go_to_address(7);
    // Another name than the session's own.
    assert_eq!(code(start(&mut app, &ben, &token, &new_password()).await.map(drop)), Code::Forbidden);

    let started: DeletionStarted = app.post(route::DELETION_START, Some(&token), &()).await.unwrap();
    let place = place(&office, &lila, view.account);
    for (secret, nonce) in [(&stranger, started.nonce), (&lila.secret, [7; 32])] {
        let again: DeletionStarted = app.post(route::DELETION_START, Some(&token), &()).await.unwrap();
        let nonce = if nonce == started.nonce { again.nonce } else { nonce };
        let finish = DeletionFinish { ticket: again.ticket, change: sign_deletion(&place, secret, nonce) };
        let refused = app.post::<_, ()>(route::DELETION_FINISH, Some(&token), &finish).await;
        assert_eq!(code(refused), Code::StatementRefused);
    }
    // What was begun for one account, or for another purpose, ends nothing of another's.
    let of_ben: DeletionStarted = app.post(route::DELETION_START, Some(&ben_token), &()).await.unwrap();
    let (_, to_rotate) = start(&mut app, &lila, &token, &new_password()).await.unwrap();
    for (ticket, nonce) in [(of_ben.ticket, of_ben.nonce), (to_rotate.ticket, to_rotate.nonce)] {
        let finish = DeletionFinish { ticket, change: sign_deletion(&place, &lila.secret, nonce) };
        let refused = app.post::<_, ()>(route::DELETION_FINISH, Some(&token), &finish).await;
        assert_eq!(code(refused), Code::StatementRefused);
    }
    app.log_in(&office, &lila).await.unwrap();
    let path = format!("/api/v1/conversation/{}/0", talk.id());
    let page: EnvelopePage = app.get(&path, Some(&token)).await.unwrap();
    assert_eq!(page.envelopes.len(), 2);
}

#[tokio::test]
async fn p16_of_two_rotations_at_once_one_wins() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let other = app.log_in(&office, &lila).await.unwrap().0;
    let view: AccountView = app.get(route::ACCOUNT, Some(&token)).await.unwrap();
    let mut planned = Vec::new();
    for (word, token) in [("first new password", &token), ("second new password", &other)] {
        let password = Password::new(word).unwrap();
        let started = start(&mut app, &lila, token, &password).await.unwrap();
        let former = Former::Account(&lila.secret);
        planned.push(plan(&mut app, &office, (&lila, &view), password, started, former, Vec::new()));
    }
    let () = app.post(route::ROTATION_FINISH, Some(&token), &planned[0].1).await.unwrap();
    let late = app.post::<_, ()>(route::ROTATION_FINISH, Some(&other), &planned[1].1).await;
    assert_eq!(code(late), Code::PasswordChanged);
    app.log_in(&office, &planned[0].0).await.unwrap();
    assert_eq!(code(app.log_in(&office, &planned[1].0).await.map(drop)), Code::WrongCredentials);
}

/// Ends what is on its way to a disk that is held up: `late` comes while `early` waits there, and the disk goes on
/// when neither can get any further by itself. The clock of these tests stands as long as anything else can go on.
async fn while_the_disk_is_held<E, L>(
    disk: &Disk,
    early: impl Future<Output = E>,
    late: impl Future<Output = L>,
) -> (E, L) {
    let held = disk.lock().await;
    let after = async |moments: u64| tokio::time::sleep(Duration::from_millis(moments)).await;
    let late = async {
        after(1).await;
        late.await
    };
    let release = async {
        after(2).await;
        drop(held);
    };
    let (early, late, ()) = tokio::join!(early, late, release);
    (early, late)
}

/// One that was sealed to the former keys would never open again.
#[tokio::test(start_paused = true)]
async fn p16_a_talk_that_is_opened_while_keys_change_is_refused() {
    let (mut app, disk) = TestApp::slow().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (after, finish) = plan_without_talks(&mut app, &office, &lila, &token).await;
    let (_, open) = app.plan_talk(&office, &lila);
    let (changed, opened) = while_the_disk_is_held(
        &disk,
        app.post::<_, ()>(route::ROTATION_FINISH, Some(&token), &finish),
        app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open),
    )
    .await;
    changed.unwrap();
    assert_eq!(code(opened), Code::PasswordChanged);
    let (token, _) = app.log_in(&office, &after).await.unwrap();
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
    assert_eq!(list.conversations.len(), 0);
}

/// Of two devices the one that is slower gets nothing of after the change beside something of before it.
#[tokio::test(start_paused = true)]
async fn p16_a_rotation_that_begins_while_keys_change_is_refused() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let other = app.log_in(&office, &lila).await.unwrap().0;
    let (after, finish) = plan_without_talks(&mut app, &office, &lila, &token).await;
    // A name that many try is answered late: between the account and its state there is time.
    for n in 0..25 {
        app.go_to_address(n);
        let _ = start(&mut app, &lila, &token, &new_password()).await.unwrap();
    }
    app.go_to_address(25);
    let (_, request) = Registration::start(&new_password(), &mut app.random).unwrap();
    let begin = RotationStart { suite: 1, look_up: lila.look_up, request };
    let (begun, changed) = tokio::join!(
        app.post::<_, RotationStarted>(route::ROTATION_START, Some(&other), &begin),
        app.post::<_, ()>(route::ROTATION_FINISH, Some(&token), &finish),
    );
    changed.unwrap();
    assert_eq!(code(begun.map(drop)), Code::PasswordChanged);
    app.log_in(&office, &after).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn p16_keys_that_change_while_a_talk_is_opened_have_to_cover_it() {
    let (mut app, disk) = TestApp::slow().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (_, finish) = plan_without_talks(&mut app, &office, &lila, &token).await;
    let (_, open) = app.plan_talk(&office, &lila);
    let (opened, changed) = while_the_disk_is_held(
        &disk,
        app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open),
        app.post::<_, ()>(route::ROTATION_FINISH, Some(&token), &finish),
    )
    .await;
    opened.unwrap();
    assert_eq!(code(changed), Code::Conflict);
    let (token, _) = app.log_in(&office, &lila).await.unwrap();
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
    assert_eq!(list.conversations.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_takes_a_talk_that_is_just_being_opened() {
    let (mut app, disk) = TestApp::slow().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let view: AccountView = app.get(route::ACCOUNT, Some(&token)).await.unwrap();
    let started: DeletionStarted = app.post(route::DELETION_START, Some(&token), &()).await.unwrap();
    let change = sign_deletion(&place(&office, &lila, view.account), &lila.secret, started.nonce);
    let finish = DeletionFinish { ticket: started.ticket, change };
    let (_, open) = app.plan_talk(&office, &lila);
    let (opened, deleted) = while_the_disk_is_held(
        &disk,
        app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open),
        app.post::<_, ()>(route::DELETION_FINISH, Some(&token), &finish),
    )
    .await;
    opened.unwrap();
    deleted.unwrap();
    assert_eq!(app.storage.list_conversations().unwrap(), []);
}

#[tokio::test]
async fn a_signed_deletion_takes_account_and_talks_at_once() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let admin = app.admin(&office).await;
    let view: AccountView = app.get(route::ACCOUNT, Some(&token)).await.unwrap();
    let started: DeletionStarted = app.post(route::DELETION_START, Some(&token), &()).await.unwrap();
    let change = sign_deletion(&place(&office, &lila, view.account), &lila.secret, started.nonce);
    let finish = DeletionFinish { ticket: started.ticket, change };
    let () = app.post(route::DELETION_FINISH, Some(&token), &finish).await.unwrap();
    assert_eq!(code(app.get::<AccountView>(route::ACCOUNT, Some(&token)).await), Code::AccountDeleted);
    assert_eq!(code(app.log_in(&office, &lila).await.map(drop)), Code::WrongCredentials);
    let path = format!("/api/v1/conversation/{}/0", talk.id());
    assert_eq!(code(app.get::<EnvelopePage>(&path, Some(&admin)).await), Code::NotFound);
}

#[tokio::test]
async fn p19_after_a_rotation_only_the_new_keys_sign() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (after, finish) = plan_without_talks(&mut app, &office, &lila, &token).await;
    let () = app.post(route::ROTATION_FINISH, Some(&token), &finish).await.unwrap();

    // Somebody has the new session's token, and all that was valid before: keys, code, and the very request.
    let (token, _) = app.log_in(&office, &after).await.unwrap();
    let view: AccountView = app.get(route::ACCOUNT, Some(&token)).await.unwrap();
    assert_eq!(view.generation, 2);
    let replayed = app.post::<_, ()>(route::ROTATION_FINISH, Some(&token), &finish).await;
    assert!(replayed.is_err());
    for (n, former) in
        [Former::Account(&lila.secret), Former::Recovery(&lila.code, 2)].into_iter().enumerate()
    {
        app.go_to_address(u8::try_from(n).unwrap());
        let started = start(&mut app, &after, &token, &new_password()).await.unwrap();
        let (_, finish) =
            plan(&mut app, &office, (&after, &view), new_password(), started, former, Vec::new());
        let refused = app.post::<_, ()>(route::ROTATION_FINISH, Some(&token), &finish).await;
        assert_eq!(code(refused), Code::StatementRefused, "{n}");
    }
    let place = place(&office, &after, view.account);
    let started: DeletionStarted = app.post(route::DELETION_START, Some(&token), &()).await.unwrap();
    let change = sign_deletion(&place, &lila.secret, started.nonce);
    let deletion = DeletionFinish { ticket: started.ticket, change };
    let refused = app.post::<_, ()>(route::DELETION_FINISH, Some(&token), &deletion).await;
    assert_eq!(code(refused), Code::StatementRefused);

    // The account stands as the owner left it, and obeys the new key.
    app.go_to_address(7);
    let (token, logged_in) = app.log_in(&office, &after).await.unwrap();
    assert_eq!((logged_in.generation, logged_in.state.0), (2, b"new state".to_vec()));
    let started: DeletionStarted = app.post(route::DELETION_START, Some(&token), &()).await.unwrap();
    let change = sign_deletion(&place, &after.secret, started.nonce);
    let deletion = DeletionFinish { ticket: started.ticket, change };
    let () = app.post(route::DELETION_FINISH, Some(&token), &deletion).await.unwrap();
    assert_eq!(code(app.log_in(&office, &after).await.map(drop)), Code::WrongCredentials);
}
