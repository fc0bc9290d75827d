//! Whose turn it is: rules that a team's leads and administrators set, offers to the least busy on duty, limits.

use super::{
    live::{Socket, office},
    test_app::{Office, TestApp, Token, code},
};
use beistand_domain::queue::RUNNING_S;
use beistand_protocol::{
    api::{Append, Appended, Envelope, EnvelopeKind, Sealed, route},
    error::{Code, Refusal},
    id::{ConversationId, MessageId, PersonId, TeamId},
    live::{ClientFrame, Presence, ServerFrame},
    membership::Body,
    queue::{QueueMode, QueueRules},
};

const PUSH: QueueRules =
    QueueRules { mode: QueueMode::Push, talks_max: Some(1), offer_s: 60, escalation: None };

fn path(team: TeamId) -> String {
    route::QUEUE.replace("{team}", &team.to_hex())
}

pub(super) async fn rules(app: &TestApp, office: &Office, token: &Token) -> Result<QueueRules, Refusal> {
    app.get(&path(office.team), Some(token)).await
}

pub(super) async fn set(
    app: &TestApp,
    office: &Office,
    token: &Token,
    rules: QueueRules,
) -> Result<(), Refusal> {
    app.post(&path(office.team), Some(token), &rules).await
}

pub(super) async fn act(
    app: &TestApp,
    token: &Token,
    conversation: ConversationId,
    kind: EnvelopeKind,
    assignee: Option<PersonId>,
    number: u8,
) -> Result<Appended, Refusal> {
    // The server can't read it.
    let sealed = Sealed(vec![1; 1024]);
    let envelope = Envelope { id: MessageId([number; 16]), kind, epoch: 0, assignee, sealed };
    let path = route::APPEND.replace("{conversation}", &conversation.to_hex());
    app.post(&path, Some(token), &Append { conversation, envelopes: vec![envelope] }).await
}

fn offered(frame: &ServerFrame) -> Option<(ConversationId, Option<PersonId>)> {
    match frame {
        ServerFrame::Offered { conversation, to } => Some((*conversation, *to)),
        _ => None,
    }
}

pub(super) async fn on_duty(socket: &mut Socket, person: PersonId, presence: Presence) {
    socket.send(&ClientFrame::Presence(presence)).await;
    let heard = |frame: &ServerFrame| (*frame == ServerFrame::Presence(person, Some(presence))).then_some(());
    socket.until(heard).await;
}

#[tokio::test]
async fn leads_and_administrators_set_the_rules_and_members_read_them() {
    let mut app = TestApp::new().await;
    let (mut office, admin, _) = office(&mut app).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    assert_eq!(rules(&app, &office, &ben_token).await, Ok(QueueRules::default()));
    assert_eq!(code(set(&app, &office, &ben_token, PUSH).await), Code::Forbidden);
    set(&app, &office, &admin, PUSH).await.unwrap();
    for wrong in [QueueRules { talks_max: Some(0), ..PUSH }, QueueRules { offer_s: 1, ..PUSH }] {
        assert_eq!(code(set(&app, &office, &admin, wrong).await), Code::Malformed);
    }
    app = app.restart().await;
    assert_eq!(rules(&app, &office, &ben_token).await, Ok(PUSH));
    let remove = Body::TeamMemberRemove { team: office.team, person: ben.id };
    app.say(&mut office, &admin, vec![remove]).await.unwrap();
    assert_eq!(code(rules(&app, &office, &ben_token).await), Code::Forbidden);
}

#[tokio::test]
async fn a_waiting_talk_is_offered_to_the_least_busy_then_to_the_next() {
    let mut app = TestApp::new().await;
    let (mut office, admin, address) = office(&mut app).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (cem, cem_token) = app.counselor(&mut office, &admin, "cem").await;
    set(&app, &office, &admin, PUSH).await.unwrap();
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let mut of_ben = Socket::connect(address, &ben_token).await;
    let mut of_cem = Socket::connect(address, &cem_token).await;

    // Nobody is on duty: nobody is offered anything, and who is there may take it.
    let first = app.open_talk(&office, &lila, &lila_token).await.id();
    app.app.take_turns();
    on_duty(&mut of_ben, ben.id, Presence::Available).await;
    app.app.take_turns();
    assert_eq!(of_ben.until(offered).await, (first, Some(ben.id)));
    assert_eq!(of_cem.until(offered).await, (first, Some(ben.id)));
    on_duty(&mut of_cem, cem.id, Presence::Available).await;
    app.app.take_turns();
    let early = act(&app, &cem_token, first, EnvelopeKind::Claim, Some(cem.id), 1).await;
    assert_eq!(code(early), Code::OfferedElsewhere);

    // It is let pass, and whoever connects hears how it stands.
    app.clock.advance_s(60);
    app.app.take_turns();
    assert_eq!(of_cem.until(offered).await, (first, Some(cem.id)));
    let mut another = Socket::connect(address, &ben_token).await;
    assert_eq!(another.until(offered).await, (first, Some(cem.id)));
    act(&app, &cem_token, first, EnvelopeKind::Claim, Some(cem.id), 2).await.unwrap();
    app.app.take_turns();
    assert_eq!(of_ben.until(offered).await, (first, Some(cem.id)));
    assert_eq!(of_ben.until(offered).await, (first, None));

    // Cem has as many as the rules allow: the next is Ben's, and then nobody's.
    let second = app.open_talk(&office, &lila, &lila_token).await.id();
    app.app.take_turns();
    assert_eq!(of_ben.until(offered).await, (second, Some(ben.id)));
    act(&app, &ben_token, second, EnvelopeKind::Claim, Some(ben.id), 3).await.unwrap();
    let third = app.open_talk(&office, &lila, &lila_token).await.id();
    app.app.take_turns();
    assert_eq!(of_ben.until(offered).await, (second, None));
    let full = act(&app, &ben_token, third, EnvelopeKind::Claim, Some(ben.id), 4).await;
    assert_eq!(code(full), Code::TalksFull);
    // A lead helps out in any case.
    act(&app, &admin, third, EnvelopeKind::Claim, Some(office.admin.id), 5).await.unwrap();
    act(&app, &admin, third, EnvelopeKind::Release, None, 6).await.unwrap();

    // Ben's talk has been silent, its seeker is not there: he is free again.
    app.clock.advance_s(RUNNING_S);
    app.app.take_turns();
    assert_eq!(of_ben.until(offered).await.0, third);
    // Who goes off duty is offered nothing any more; where people take for themselves, nobody is.
    set(&app, &office, &admin, QueueRules::default()).await.unwrap();
    app.app.take_turns();
    assert_eq!(of_ben.until(offered).await, (third, None));
}
