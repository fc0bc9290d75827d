//! Text blocks: a team's for its members, own ones for their owner alone, edition after edition.

use super::test_app::{Office, Person, TestApp, Token, code};
use beistand_domain::{
    clock::Clock as _,
    storage::{Change, Storage as _},
};
use beistand_protocol::{
    api::{Append, Appended, Sealed, route},
    blocks::{Edition, EditionPut, Library, NewestEdition, SignedEdition},
    codec::{decode, encode},
    error::{Code, Refusal},
    id::ConversationId,
    limit,
    membership::Body,
};
use beistand_vault::blocks::{NewEdition, make_edition};

fn path(route: &str, office: &Office, known: u64) -> String {
    route.replace("{team}", &office.team.to_hex()).replace("{known}", &known.to_string())
}

fn about(route: &str, talk: ConversationId) -> String {
    route.replace("{conversation}", &talk.to_hex())
}

fn routes(library: Library) -> (String, String) {
    match library {
        Library::Team(_) => (route::TEAM_BLOCKS.into(), route::TEAM_BLOCKS_PUT.into()),
        Library::Own(_) => (route::OWN_BLOCKS.into(), route::OWN_BLOCKS_PUT.into()),
        Library::Note(talk, _) => (about(route::NOTE, talk), about(route::NOTE_PUT, talk)),
    }
}

/// What somebody would send, on what they saw.
fn edition(
    app: &mut TestApp,
    office: &Office,
    author: &Person,
    library: Library,
    former: Option<&Edition>,
) -> SignedEdition {
    let generation = match library {
        Library::Team(team) => office.generations.newest(team),
        Library::Own(_) | Library::Note(..) => None,
    };
    let new = NewEdition { library, generation: generation.map(|found| &**found), former, blocks: b"blocks" };
    let (state, now_ms) = (office.log.state(), app.clock.now_s() * 1000);
    make_edition(state, author.id, &author.secret.person_keys(), &new, now_ms, &mut app.random).unwrap()
}

fn verified(office: &Office, signed: &SignedEdition, library: Library) -> Edition {
    Edition::verify(signed, library, &office.log, &office.generations).unwrap()
}

async fn put(
    app: &TestApp,
    office: &Office,
    token: &Token,
    library: Library,
    signed: &SignedEdition,
) -> Result<(), Refusal> {
    let put = EditionPut { edition: Sealed(encode(signed)) };
    app.post(&path(&routes(library).1, office, 0), Some(token), &put).await
}

async fn newest(
    app: &TestApp,
    office: &Office,
    token: &Token,
    library: Library,
    known: u64,
) -> Result<(u64, Option<SignedEdition>), Refusal> {
    let found: NewestEdition = app.get(&path(&routes(library).0, office, known), Some(token)).await?;
    Ok((found.version, found.edition.map(|edition| decode(&edition.0).unwrap())))
}

#[tokio::test]
async fn members_share_blocks_and_nobody_else_reads_or_writes_them() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (cem, cem_token) = app.counselor(&mut office, &admin, "cem").await;
    app.next_generation(&mut office, &ben, &ben_token).await.unwrap();
    let library = Library::Team(office.team);
    assert_eq!(newest(&app, &office, &ben_token, library, 0).await, Ok((0, None)));

    let first = edition(&mut app, &office, &ben, library, None);
    put(&app, &office, &ben_token, library, &first).await.unwrap();
    assert_eq!(newest(&app, &office, &cem_token, library, 0).await, Ok((1, Some(first.clone()))));
    // What is known is not sent again.
    assert_eq!(newest(&app, &office, &cem_token, library, 1).await, Ok((1, None)));

    // Two on the same: the first one wins, and the other hears of it.
    let before = verified(&office, &first, library);
    let of_ben = edition(&mut app, &office, &ben, library, Some(&before));
    let of_cem = edition(&mut app, &office, &cem, library, Some(&before));
    put(&app, &office, &cem_token, library, &of_cem).await.unwrap();
    assert_eq!(code(put(&app, &office, &ben_token, library, &of_ben).await), Code::Conflict);
    app = app.restart().await;
    assert_eq!(newest(&app, &office, &ben_token, library, 1).await, Ok((2, Some(of_cem.clone()))));

    // Who signs is who sends, what is said of the edition before is true, and it is of this library.
    let second = verified(&office, &of_cem, library);
    let third = edition(&mut app, &office, &ben, library, Some(&second));
    assert_eq!(code(put(&app, &office, &cem_token, library, &third).await), Code::StatementRefused);
    let lying = Edition { digest: before.digest, ..second.clone() };
    let lying = edition(&mut app, &office, &ben, library, Some(&lying));
    assert_eq!(code(put(&app, &office, &ben_token, library, &lying).await), Code::StatementRefused);
    let own = edition(&mut app, &office, &ben, Library::Own(ben.id), None);
    assert_eq!(code(put(&app, &office, &ben_token, library, &own).await), Code::StatementRefused);
    let long = SignedEdition { sealed: vec![0; limit::EDITION_BYTES_MAX + 1], ..third.clone() };
    assert_eq!(code(put(&app, &office, &ben_token, library, &long).await), Code::StatementRefused);

    // Cem leaves the team: he reads none and writes none, and what was sealed to him too is not stored.
    let remove = Body::TeamMemberRemove { team: office.team, person: cem.id };
    app.say(&mut office, &admin, vec![remove]).await.unwrap();
    assert_eq!(code(newest(&app, &office, &cem_token, library, 0).await), Code::Forbidden);
    assert_eq!(code(put(&app, &office, &cem_token, library, &third).await), Code::Forbidden);
    assert_eq!(code(put(&app, &office, &ben_token, library, &third).await), Code::StaleEpoch);
    app.next_generation(&mut office, &ben, &ben_token).await.unwrap();
    assert_eq!(code(put(&app, &office, &ben_token, library, &third).await), Code::StaleEpoch);
    let third = edition(&mut app, &office, &ben, library, Some(&second));
    put(&app, &office, &ben_token, library, &third).await.unwrap();
    assert_eq!(newest(&app, &office, &admin, library, 2).await, Ok((3, Some(third))));
}

#[tokio::test]
async fn own_blocks_are_their_owners_and_end_with_their_keys() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (cem, cem_token) = app.counselor(&mut office, &admin, "cem").await;
    let (of_ben, of_cem) = (Library::Own(ben.id), Library::Own(cem.id));
    let bens = edition(&mut app, &office, &ben, of_ben, None);
    let cems = edition(&mut app, &office, &cem, of_cem, None);
    // The path names nobody: each gets and writes the own ones.
    assert_eq!(code(put(&app, &office, &cem_token, of_cem, &bens).await), Code::StatementRefused);
    put(&app, &office, &ben_token, of_ben, &bens).await.unwrap();
    put(&app, &office, &cem_token, of_cem, &cems).await.unwrap();
    assert_eq!(newest(&app, &office, &ben_token, of_ben, 0).await, Ok((1, Some(bens))));
    assert_eq!(newest(&app, &office, &cem_token, of_cem, 0).await, Ok((1, Some(cems))));
    assert_eq!(newest(&app, &office, &admin, Library::Own(office.admin.id), 0).await, Ok((0, None)));

    let stored = |app: &TestApp, library| app.storage.lookup_blocks(library).unwrap().is_some();
    app.say(&mut office, &admin, vec![Body::PersonRemove { person: ben.id }]).await.unwrap();
    assert_eq!((stored(&app, of_ben), stored(&app, of_cem)), (false, true));
}

#[tokio::test]
async fn notes_about_a_talk_are_their_authors_who_may_read_it() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (cem, cem_token) = app.counselor(&mut office, &admin, "cem").await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let opened = app.open_talk(&office, &lila, &lila_token).await;
    let talk = opened.id();
    let (of_ben, of_cem) = (Library::Note(talk, ben.id), Library::Note(talk, cem.id));
    let bens = edition(&mut app, &office, &ben, of_ben, None);
    let cems = edition(&mut app, &office, &cem, of_cem, None);
    // The path names nobody: each gets and writes the own one. It isn't for who seeks help.
    assert_eq!(code(put(&app, &office, &cem_token, of_cem, &bens).await), Code::StatementRefused);
    put(&app, &office, &ben_token, of_ben, &bens).await.unwrap();
    assert_eq!(newest(&app, &office, &ben_token, of_ben, 0).await, Ok((1, Some(bens.clone()))));
    assert_eq!(newest(&app, &office, &cem_token, of_cem, 0).await, Ok((0, None)));
    assert_eq!(code(newest(&app, &office, &lila_token, of_ben, 0).await), Code::Forbidden);

    // It is about a talk that is there, not about another, and a note, not a library.
    let nowhere = ConversationId([7; 16]);
    assert_eq!(
        code(newest(&app, &office, &ben_token, Library::Note(nowhere, ben.id), 0).await),
        Code::NotFound
    );
    let own = edition(&mut app, &office, &ben, Library::Own(ben.id), None);
    assert_eq!(code(put(&app, &office, &ben_token, of_ben, &own).await), Code::StatementRefused);
    let second = verified(&office, &bens, of_ben);
    let mut long = edition(&mut app, &office, &ben, of_ben, Some(&second));
    long.sealed = vec![0; limit::NOTE_EDITION_BYTES_MAX];
    assert_eq!(code(put(&app, &office, &ben_token, of_ben, &long).await), Code::StatementRefused);

    // Who reads the talk no more gets at none; who has left has none.
    put(&app, &office, &cem_token, of_cem, &cems).await.unwrap();
    let remove = Body::TeamMemberRemove { team: office.team, person: cem.id };
    app.say(&mut office, &admin, vec![remove]).await.unwrap();
    let append = Append { conversation: talk, envelopes: vec![app.next_epoch(&office, &opened)] };
    let _: Appended = app.post(&about(route::APPEND, talk), Some(&lila_token), &append).await.unwrap();
    assert_eq!(code(newest(&app, &office, &cem_token, of_cem, 0).await), Code::NotFound);
    let stored = |app: &TestApp, library| app.storage.lookup_blocks(library).unwrap().is_some();
    assert_eq!((stored(&app, of_ben), stored(&app, of_cem)), (true, true));
    app.say(&mut office, &admin, vec![Body::PersonRemove { person: cem.id }]).await.unwrap();
    assert_eq!((stored(&app, of_ben), stored(&app, of_cem)), (true, false));

    // It goes with the talk.
    let now_s = app.clock.now_s();
    app.storage.commit(now_s, vec![Change::ConversationRemove(talk)]).await.unwrap();
    assert!(!stored(&app, of_ben));
}
