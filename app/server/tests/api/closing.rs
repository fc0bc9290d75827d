//! Ends of talks: topics that leads set, and counts that lead back to no talk.

use super::{
    live::{Socket, office},
    test_app::{NOW_S, Office, TestApp, Token, code},
};
use beistand_domain::{clock::DAY_S, record::ClosingKey, storage::Storage as _};
use beistand_protocol::{
    api::{Append, Appended, Envelope, EnvelopeKind, Outcome, Sealed, route},
    closing::{Closing, ClosingReason, Topics, TopicsPut},
    error::{Code, Refusal},
    id::{ConversationId, MessageId},
    live::{ClientFrame, ServerFrame},
};

async fn topics(app: &TestApp, office: &Office, token: &Token) -> Result<Vec<(u16, String)>, Refusal> {
    let path = route::TOPICS.replace("{team}", &office.team.to_hex());
    let topics: Topics = app.get(&path, Some(token)).await?;
    Ok(topics.in_use().map(|topic| (topic.number, topic.name.clone())).collect())
}

async fn set(app: &TestApp, office: &Office, token: &Token, names: &[&str]) -> Result<Topics, Refusal> {
    let path = route::TOPICS.replace("{team}", &office.team.to_hex());
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    app.post(&path, Some(token), &TopicsPut { names }).await
}

#[tokio::test]
async fn topics_are_set_by_who_leads_and_read_by_the_team() {
    let mut app = TestApp::new().await;
    let (mut office, admin, _) = office(&mut app).await;
    let (_, ben) = app.counselor(&mut office, &admin, "ben").await;
    assert_eq!(topics(&app, &office, &ben).await.unwrap(), []);
    assert_eq!(code(set(&app, &office, &ben, &["Familie"]).await), Code::Forbidden);
    set(&app, &office, &admin, &["Familie", "Schule"]).await.unwrap();
    let expect = [(0, "Familie".to_owned()), (1, "Schule".to_owned())];
    assert_eq!(topics(&app, &office, &ben).await.unwrap(), expect);
    for bad in [&["a", "a"][..], &[""], &["a\nb"]] {
        assert_eq!(code(set(&app, &office, &admin, bad).await), Code::Malformed);
    }
    set(&app, &office, &admin, &["Sucht"]).await.unwrap();
    app = app.restart().await;
    assert_eq!(topics(&app, &office, &admin).await.unwrap(), [(2, "Sucht".to_owned())]);
}

/// Closes a talk as a client does that says what is counted.
async fn close(
    socket: &mut Socket,
    conversation: ConversationId,
    kind: EnvelopeKind,
    number: u8,
    closing: Closing,
) -> Result<(), Code> {
    let sealed = Sealed(vec![1; 1024]);
    let envelope = Envelope { id: MessageId([number; 16]), kind, epoch: 0, assignee: None, sealed };
    let append = Append { conversation, envelopes: vec![envelope] };
    socket.send(&ClientFrame::Close { request: number.into(), append, closing }).await;
    let answered = |frame: &ServerFrame| match frame {
        ServerFrame::Appended { request, outcome } if *request == u32::from(number) => Some(outcome.clone()),
        _ => None,
    };
    let outcome: Outcome<_> = socket.until(answered).await;
    outcome.map(drop)
}

#[tokio::test]
async fn an_end_is_counted_once_and_leads_back_to_no_talk() {
    let mut app = TestApp::new().await;
    let (office, admin, address) = office(&mut app).await;
    set(&app, &office, &admin, &["Familie", "Schule"]).await.unwrap();
    set(&app, &office, &admin, &["Familie"]).await.unwrap();
    let (lila, token) = app.seeker(&office, "lila").await;
    let mut staff = Socket::connect(address, &admin).await;
    let answered = |topic| Closing { reason: ClosingReason::Answered, topic };
    let talk = app.open_talk(&office, &lila, &token).await.id();
    let end = EnvelopeKind::Close;
    // A topic that never was, an append that ends nothing, and a seeker who counts.
    assert_eq!(close(&mut staff, talk, end, 1, answered(Some(2))).await, Err(Code::Malformed));
    assert_eq!(close(&mut staff, talk, EnvelopeKind::Release, 2, answered(None)).await, Err(Code::Malformed));
    let mut seeker = Socket::connect(address, &token).await;
    assert_eq!(close(&mut seeker, talk, end, 3, answered(None)).await, Err(Code::Malformed));
    let counted = |app: &TestApp| {
        let mut counts = app.storage.list_closings().unwrap();
        counts.sort_unstable();
        counts
    };
    assert_eq!(counted(&app), []);
    // One that has just been taken out of use may still be on a screen. An answer that was lost is asked for again.
    for _ in 0..2 {
        close(&mut staff, talk, end, 4, answered(Some(1))).await.unwrap();
    }
    let other = app.open_talk(&office, &lila, &token).await.id();
    close(&mut staff, other, end, 5, answered(Some(1))).await.unwrap();
    let third = app.open_talk(&office, &lila, &token).await.id();
    // A month on.
    app.clock.set_s(NOW_S + 31 * DAY_S);
    let mut staff = Socket::connect(address, &app.admin(&office).await).await;
    close(&mut staff, third, end, 6, answered(None)).await.unwrap();
    let counts = counted(&app);
    let [(first, 2), (second, 1)] = counts[..] else { panic!("{counts:?}") };
    let key =
        ClosingKey { team: office.team, month: first.month, topic: Some(1), reason: ClosingReason::Answered };
    assert_eq!(first, key);
    assert_eq!(second, ClosingKey { month: first.month + 1, topic: None, ..key });
}

#[tokio::test]
async fn who_is_blocked_in_one_talk_writes_in_none() {
    let mut app = TestApp::new().await;
    let (mut office, admin, address) = office(&mut app).await;
    let (_, ben) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let (other, other_token) = app.seeker(&office, "otto").await;
    let talk = app.open_talk(&office, &lila, &token).await.id();
    let second = app.open_talk(&office, &lila, &token).await.id();
    let free = app.open_talk(&office, &other, &other_token).await.id();
    let mut staff = Socket::connect(address, &ben).await;
    let blocked = Closing { reason: ClosingReason::Blocked, topic: None };
    let answered = Closing { reason: ClosingReason::Answered, topic: None };
    // What is counted and what is stored say the same.
    assert_eq!(close(&mut staff, talk, EnvelopeKind::Close, 1, blocked).await, Err(Code::Malformed));
    assert_eq!(close(&mut staff, talk, EnvelopeKind::Block, 2, answered).await, Err(Code::Malformed));
    close(&mut staff, talk, EnvelopeKind::Block, 3, blocked).await.unwrap();
    app = app.restart().await;
    let (plan, open) = app.plan_talk(&office, &lila);
    for id in [talk, second] {
        assert_eq!(write(&app, &token, id, EnvelopeKind::Message, 4).await, Err(Code::Blocked));
        // What was read may still be said.
        write(&app, &token, id, EnvelopeKind::Receipt, 5).await.unwrap();
    }
    assert_eq!(
        code(app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open).await),
        Code::Blocked
    );
    write(&app, &other_token, free, EnvelopeKind::Message, 4).await.unwrap();
    // Neither the seeker lifts it nor who leads nothing.
    assert_eq!(write(&app, &token, talk, EnvelopeKind::Reopen, 6).await, Err(Code::Forbidden));
    assert_eq!(write(&app, &ben, talk, EnvelopeKind::Reopen, 6).await, Err(Code::Forbidden));
    write(&app, &ben, talk, EnvelopeKind::Close, 7).await.unwrap();
    assert_eq!(write(&app, &token, second, EnvelopeKind::Message, 8).await, Err(Code::Blocked));
    write(&app, &admin, talk, EnvelopeKind::Reopen, 9).await.unwrap();
    write(&app, &token, second, EnvelopeKind::Message, 8).await.unwrap();
    assert_eq!(plan.id(), open.conversation);
    app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open).await.unwrap();
}

/// Stores one envelope.
async fn write(
    app: &TestApp,
    token: &Token,
    conversation: ConversationId,
    kind: EnvelopeKind,
    number: u8,
) -> Result<Appended, Code> {
    let sealed = Sealed(vec![1; 1024]);
    let envelope = Envelope { id: MessageId([number; 16]), kind, epoch: 0, assignee: None, sealed };
    let append = Append { conversation, envelopes: vec![envelope] };
    let path = route::APPEND.replace("{conversation}", &conversation.to_hex());
    app.post(&path, Some(token), &append).await.map_err(|refusal| refusal.code)
}
