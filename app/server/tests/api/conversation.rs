//! Conversations over the interface: who sees them, what is stored once, who may append.

use super::test_app::{TestApp, code, publication};
use beistand_protocol::{
    api::{
        Append, Appended, ConversationList, ConversationState, Envelope, EnvelopeKind, EnvelopePage, Sealed,
        route,
    },
    error::Code,
    id::{MessageId, SiteId},
    limit::SEEKER_CONVERSATIONS_MAX,
    membership::Body,
};

fn path(talk: &beistand_vault::conversation::Conversation) -> String {
    format!("/api/v1/conversation/{}", talk.id())
}

#[tokio::test]
async fn a_talk_is_seen_by_its_seeker_and_its_team_and_by_nobody_else() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (_, ben) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let (_, other) = app.seeker(&office, "other").await;
    let talk = app.open_talk(&office, &lila, &lila_token).await;
    let append = app.compose(&office, &talk, "Ist da jemand?");
    for (token, sees) in [(&lila_token, true), (&admin, true), (&ben, true), (&other, false)] {
        let list: ConversationList = app.get(route::CONVERSATIONS, Some(token)).await.unwrap();
        assert_eq!(list.conversations.len(), usize::from(sees));
        let page = app.get::<EnvelopePage>(&format!("{}/1", path(&talk)), Some(token)).await;
        match sees {
            true => assert_eq!(page.unwrap().envelopes.iter().map(|e| e.position).collect::<Vec<_>>(), [1]),
            false => {
                assert_eq!(code(page), Code::NotFound);
                let sent = app.post::<_, Appended>(&path(&talk), Some(token), &append).await;
                assert_eq!(code(sent), Code::NotFound);
            }
        }
    }
}

#[tokio::test]
async fn sent_again_is_stored_once() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (talk, open) = app.plan_talk(&office, &lila);
    let first: Appended = app.post(route::CONVERSATION_OPEN, Some(&token), &open).await.unwrap();
    app.clock.advance_s(5);
    let again: Appended = app.post(route::CONVERSATION_OPEN, Some(&token), &open).await.unwrap();
    assert_eq!(first, again);
    let append = app.compose(&office, &talk, "eins");
    let first: Appended = app.post(&path(&talk), Some(&token), &append).await.unwrap();
    let again: Appended = app.post(&path(&talk), Some(&token), &append).await.unwrap();
    assert_eq!(first, again);
    let page: EnvelopePage = app.get(&format!("{}/0", path(&talk)), Some(&token)).await.unwrap();
    assert_eq!((page.envelopes.len(), page.summary.length), (3, 3));
}

#[tokio::test]
async fn a_talk_belongs_to_whoever_opened_it() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (_, other) = app.seeker(&office, "other").await;
    let (_, open) = app.plan_talk(&office, &lila);
    let _: Appended = app.post(route::CONVERSATION_OPEN, Some(&token), &open).await.unwrap();
    let taken = app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&other), &open).await;
    assert_eq!(code(taken), Code::Conflict);
    let (_, mut elsewhere) = app.plan_talk(&office, &lila);
    elsewhere.site = SiteId([1; 16]);
    let refused = app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &elsewhere).await;
    assert_eq!(code(refused), Code::Forbidden);
}

#[tokio::test]
async fn two_claims_have_one_winner() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &lila_token).await;
    // The server can't read claims; it counts them.
    let claim = |assignee, n| Append {
        conversation: talk.id(),
        envelopes: vec![Envelope {
            id: MessageId([n; 16]),
            kind: EnvelopeKind::Claim,
            epoch: 0,
            assignee: Some(assignee),
            sealed: beistand_protocol::api::Sealed(vec![1; 1024]),
        }],
    };
    let admin_id = office.admin.id;
    let _: Appended = app.post(&path(&talk), Some(&ben_token), &claim(ben.id, 1)).await.unwrap();
    let late = app.post::<_, Appended>(&path(&talk), Some(&admin), &claim(admin_id, 2)).await;
    assert_eq!(code(late), Code::AlreadyClaimed);
    let forged = app.post::<_, Appended>(&path(&talk), Some(&admin), &claim(ben.id, 3)).await;
    assert_eq!(code(forged), Code::Forbidden);
    let by_seeker = app.post::<_, Appended>(&path(&talk), Some(&lila_token), &claim(ben.id, 4)).await;
    assert_eq!(code(by_seeker), Code::Forbidden);
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&admin)).await.unwrap();
    assert_eq!(list.conversations[0].state, ConversationState::Claimed(ben.id));
}

#[tokio::test]
async fn bad_statements_and_shapes_are_refused() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (_, open) = app.plan_talk(&office, &lila);
    let sent = async |open| app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open).await;
    // A changed statement; one of another talk; none at all.
    let mut changed = open.clone();
    let last = changed.envelopes[0].sealed.0.len() - 1;
    changed.envelopes[0].sealed.0[last] ^= 1;
    assert!(matches!(code(sent(changed).await), Code::StatementRefused | Code::Malformed));
    let mut moved = open.clone();
    moved.conversation.0[0] ^= 1;
    assert_eq!(code(sent(moved).await), Code::StatementRefused);
    // The number beside the statement is the server's own word for it: later words are sorted by it.
    let mut renumbered = open.clone();
    renumbered.envelopes[0].epoch = 1;
    assert_eq!(code(sent(renumbered).await), Code::Malformed);
    let mut without = open.clone();
    without.envelopes.remove(0);
    assert_eq!(code(sent(without).await), Code::Malformed);
    let mut none = open.clone();
    none.envelopes.clear();
    assert_eq!(code(sent(none).await), Code::Malformed);
    let mut empty = open.clone();
    empty.envelopes[1].sealed.0.clear();
    assert_eq!(code(sent(empty).await), Code::Malformed);
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
    assert_eq!(list.conversations.len(), 0);
    let _: Appended = sent(open).await.unwrap();
}

#[tokio::test]
async fn a_seeker_opens_only_so_many_talks_and_only_at_the_sites_own_team() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (_, mut elsewhere) = app.plan_talk(&office, &lila);
    elsewhere.team.0[0] ^= 1;
    let refused = app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &elsewhere).await;
    assert_eq!(code(refused), Code::Forbidden);
    for _ in 0..SEEKER_CONVERSATIONS_MAX {
        app.open_talk(&office, &lila, &token).await;
    }
    let (_, open) = app.plan_talk(&office, &lila);
    let refused = app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open).await;
    assert_eq!(code(refused), Code::TooLarge);
    let (ben, token) = app.seeker(&office, "ben").await;
    app.open_talk(&office, &ben, &token).await;
}

/// Opening talks is no way around what an account may send.
#[tokio::test(start_paused = true)]
async fn what_openings_bring_is_counted() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let mut opened = 0;
    let refused = loop {
        let (_, mut open) = app.plan_talk(&office, &lila);
        open.envelopes[1].sealed = Sealed(vec![1; 64 * 1024]);
        match app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open).await {
            Ok(_) => opened += 1,
            Err(refusal) => break refusal,
        }
    };
    assert_eq!(refused.code, Code::TooManyTries);
    assert!((3..SEEKER_CONVERSATIONS_MAX).contains(&opened), "{opened} openings came through");
}

/// The signed epoch says where a talk belongs. The server's own word beside it must be the same: by it the talk
/// is kept and listed, and every later epoch would be refused for good.
#[tokio::test]
async fn p21_a_talk_is_opened_at_the_site_that_its_epoch_names() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (here, elsewhere) = (office.site, SiteId([7; 16]));
    let site = publication(elsewhere, office.team, 1);
    app.say(&mut office, &admin, vec![Body::SitePublish(site)]).await.unwrap();
    let (lila, token) = app.seeker(&office, "lila").await;
    office.site = elsewhere;
    let (_, mut open) = app.plan_talk(&office, &lila);
    open.site = here;
    let refused = app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open).await;
    assert_eq!(code(refused), Code::StatementRefused);
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
    assert_eq!(list.conversations.len(), 0);
    office.site = here;
    app.open_talk(&office, &lila, &token).await;
}

/// After somebody was removed, nothing goes out under the readers of before, in whatever dress.
#[tokio::test]
async fn p06_no_append_carries_words_past_a_removal() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, _) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (talk, open) = app.plan_talk(&office, &lila);
    let _: Appended = app.post(route::CONVERSATION_OPEN, Some(&token), &open).await.unwrap();
    let epoch = open.envelopes[0].clone();
    // An epoch made before the removal, sent after it.
    let next = app.next_epoch(&office, &talk);
    let late = app.compose(&office, &talk, "eins").envelopes.remove(0);
    let under_next = Envelope { epoch: 1, id: MessageId([7; 16]), ..late.clone() };
    app.say(&mut office, &admin, vec![Body::PersonRemove { person: ben.id }]).await.unwrap();
    let post = async |app: &TestApp, envelopes: Vec<Envelope>| {
        let append = Append { conversation: talk.id(), envelopes };
        app.post::<_, Appended>(&path(&talk), Some(&token), &append).await
    };
    assert_eq!(code(post(&app, vec![late.clone()]).await), Code::StaleEpoch);
    assert_eq!(code(post(&app, vec![epoch, late]).await), Code::StaleEpoch, "a known epoch in front");
    assert_eq!(
        code(post(&app, vec![next.clone(), under_next]).await),
        Code::StaleEpoch,
        "an old log's epoch"
    );
    // A fresh one carries words again, and from then on without another.
    let next = app.next_epoch(&office, &talk);
    let under = |n: u8| Envelope {
        id: MessageId([n; 16]),
        kind: EnvelopeKind::Message,
        epoch: 1,
        assignee: None,
        sealed: Sealed(vec![1; 600]),
    };
    post(&app, vec![next.clone(), under(8)]).await.unwrap();
    post(&app, vec![under(9)]).await.unwrap();
    // The same again after a cut connection keeps its places, and an epoch that lost says so.
    let again = post(&app, vec![next, under(8)]).await.unwrap();
    assert_eq!(again.places.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [2, 3]);
}
