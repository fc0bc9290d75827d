//! What nobody accepts goes on: to the next on duty, to the leads, and then it is a letter.

use super::{
    live::{Socket, listen, office},
    queue::{act, on_duty, rules, set},
    roster::say,
    test_app::{NOW_S, Office, TestApp, Token, code},
};
use beistand_domain::{queue::RUNNING_S, roster::empty};
use beistand_protocol::{
    api::{ConversationList, ConversationSummary, EnvelopeKind, route},
    codec::decode,
    error::Code,
    id::ConversationId,
    live::{Presence, ServerFrame},
    queue::{Escalation, QueueMode, QueueRules, Reach, Step},
    roster::{Command, Promise, Rules, Weekdays},
};

const PULL: QueueRules = QueueRules {
    mode: QueueMode::Pull,
    talks_max: None,
    offer_s: 60,
    escalation: Some(Escalation { leads_s: 90, letter_s: 120 }),
};

/// Seekers are told of no steps.
fn steps_of(summary: &ConversationSummary) -> Vec<Step> {
    if summary.steps.is_empty() { Vec::new() } else { decode(&summary.steps).unwrap() }
}

/// When each one was asked after [`NOW_S`], as this session sees it, and whether it is a letter.
fn state(summary: &ConversationSummary) -> (Vec<(u64, Reach)>, bool) {
    let steps = steps_of(summary).iter().map(|step| (step.at_s - NOW_S, step.reach)).collect();
    (steps, summary.letter)
}

/// The next news of how a conversation stands in which so many steps were taken.
async fn after_steps(socket: &mut Socket, talk: ConversationId, count: usize) -> (Vec<(u64, Reach)>, bool) {
    let heard = |frame: &ServerFrame| match frame {
        ServerFrame::Conversation(summary) if summary.id == talk && steps_of(summary).len() == count => {
            Some(state(summary))
        }
        _ => None,
    };
    socket.until(heard).await
}

async fn listed(app: &TestApp, token: &Token, talk: ConversationId) -> (Vec<(u64, Reach)>, bool) {
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(token)).await.unwrap();
    state(list.conversations.iter().find(|summary| summary.id == talk).unwrap())
}

/// What a seeker hears next of a conversation's state.
async fn told(socket: &mut Socket, talk: ConversationId) -> ConversationSummary {
    let heard = |frame: &ServerFrame| match frame {
        ServerFrame::Conversation(summary) if summary.id == talk => Some(summary.clone()),
        _ => None,
    };
    socket.until(heard).await
}

async fn promise(app: &TestApp, office: &Office, admin: &Token) {
    let promise = Promise { working_days: 1, weekdays: Weekdays::WORKING, by: 1080 };
    let rules = Rules { promise: Some(promise), without_shift: true, ..empty(office.team).rules };
    say(app, office, admin, Command::SetRules(rules)).await.unwrap();
}

#[tokio::test]
async fn from_the_next_on_duty_to_the_leads_to_a_letter_and_back() {
    let mut app = TestApp::new().await;
    let (mut office, admin, address) = office(&mut app).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (cem, cem_token) = app.counselor(&mut office, &admin, "cem").await;
    set(&app, &office, &admin, PULL).await.unwrap();
    promise(&app, &office, &admin).await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let mut of_ben = Socket::connect(address, &ben_token).await;
    let mut of_cem = Socket::connect(address, &cem_token).await;
    let _of_lila = Socket::connect(address, &lila_token).await;
    on_duty(&mut of_ben, ben.id, Presence::Available).await;
    on_duty(&mut of_cem, cem.id, Presence::Available).await;
    let busy = app.open_talk(&office, &lila, &lila_token).await.id();
    act(&app, &ben_token, busy, EnvelopeKind::Claim, Some(ben.id), 1).await.unwrap();

    let talk = app.open_talk(&office, &lila, &lila_token).await.id();
    assert_eq!(app.app.take_turns(), Some(NOW_S + 60));
    assert_eq!(listed(&app, &admin, talk).await, (vec![(0, Reach::Duty)], false));
    app.clock.advance_s(59);
    assert_eq!(app.app.take_turns(), Some(NOW_S + 60));
    app.clock.advance_s(1);
    app.app.take_turns();
    // Cem has no running talk.
    let asked = vec![(0, Reach::Duty), (60, Reach::Person(cem.id))];
    assert_eq!(after_steps(&mut of_ben, talk, 2).await, (asked.clone(), false));
    // However often it is looked at.
    app.app.take_turns();
    assert_eq!(app.app.take_turns(), Some(NOW_S + 150));

    // Half of that time, then the box is started anew: what was asked, and since when, is not forgotten.
    app.clock.advance_s(40);
    app = app.restart().await;
    let address = listen(&app).await;
    let mut of_ben = Socket::connect(address, &ben_token).await;
    let mut seeker_anew = Socket::connect(address, &lila_token).await;
    on_duty(&mut of_ben, ben.id, Presence::Available).await;
    assert_eq!(app.app.take_turns(), Some(NOW_S + 150));
    // A clock that is set back afterwards gives nobody more time.
    app.clock.set_s(NOW_S + 10);
    app.clock.advance_s(50);
    app.app.take_turns();
    let (steps, letter) = after_steps(&mut of_ben, talk, 3).await;
    assert_eq!((&steps[..2], steps[2].1, letter), (&asked[..], Reach::Leads, false));
    app.app.take_turns();
    app.clock.set_s(NOW_S + 150);
    app.clock.advance_s(119);
    app.app.take_turns();
    assert!(!listed(&app, &admin, talk).await.1);
    app.clock.advance_s(1);
    app.app.take_turns();
    let (steps, letter) = after_steps(&mut of_ben, talk, 4).await;
    assert_eq!((steps[3].1, letter), (Reach::Letter, true));
    // The seeker hears that first, with the promise, and nothing of whom the team has asked.
    let summary = told(&mut seeker_anew, talk).await;
    assert!(summary.letter && summary.steps.is_empty() && summary.answer_by_s.is_some());
    assert_eq!(listed(&app, &lila_token, talk).await, (vec![], true));
    assert_eq!(app.app.take_turns(), None);

    // More words to a letter are a letter; somebody takes it, and it is live again.
    act(&app, &lila_token, talk, EnvelopeKind::Message, None, 2).await.unwrap();
    assert!(listed(&app, &lila_token, talk).await.1);
    act(&app, &cem_token, talk, EnvelopeKind::Claim, Some(cem.id), 3).await.unwrap();
    assert!(!listed(&app, &lila_token, talk).await.1);
    assert_eq!(listed(&app, &admin, talk).await.0.len(), 4, "the log stays");
    // Given back, it begins anew.
    act(&app, &cem_token, talk, EnvelopeKind::Release, None, 4).await.unwrap();
    assert_eq!(listed(&app, &admin, talk).await.0[4].1, Reach::Duty);
}

#[tokio::test]
async fn each_offer_is_a_step_and_leads_are_asked_when_all_have_had_it() {
    let mut app = TestApp::new().await;
    let (mut office, admin, address) = office(&mut app).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (cem, cem_token) = app.counselor(&mut office, &admin, "cem").await;
    set(&app, &office, &admin, QueueRules { mode: QueueMode::Push, ..PULL }).await.unwrap();
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let mut of_ben = Socket::connect(address, &ben_token).await;
    let mut of_cem = Socket::connect(address, &cem_token).await;
    let _of_lila = Socket::connect(address, &lila_token).await;
    on_duty(&mut of_ben, ben.id, Presence::Available).await;
    on_duty(&mut of_cem, cem.id, Presence::Available).await;
    let talk = app.open_talk(&office, &lila, &lila_token).await.id();
    app.app.take_turns();
    let first = after_steps(&mut of_ben, talk, 2).await.0[1].1;
    app.clock.advance_s(60);
    app.app.take_turns();
    let second = after_steps(&mut of_ben, talk, 3).await.0[2];
    let mut both = [first, second.1];
    both.sort_unstable();
    let mut expect = [Reach::Person(ben.id), Reach::Person(cem.id)];
    expect.sort_unstable();
    assert_eq!((both, second.0), (expect, 60));
    // The offer goes round once more; the leads are asked meanwhile.
    app.clock.advance_s(90);
    app.app.take_turns();
    assert_eq!(after_steps(&mut of_ben, talk, 4).await.0[3], (150, Reach::Leads));
    // A lead takes it.
    act(&app, &admin, talk, EnvelopeKind::Claim, Some(office.admin.id), 1).await.unwrap();
    app.clock.advance_s(500);
    app.app.take_turns();
    assert_eq!(listed(&app, &admin, talk).await.0.len(), 4);
}

#[tokio::test]
async fn letters_go_nowhere_and_who_leaves_is_not_waited_for() {
    let mut app = TestApp::new().await;
    let (mut office, admin, address) = office(&mut app).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    set(&app, &office, &admin, PULL).await.unwrap();
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let mut of_ben = Socket::connect(address, &ben_token).await;
    // Nobody is on duty: a letter, which nobody is asked to take now.
    let letter = app.open_talk(&office, &lila, &lila_token).await.id();
    app.clock.advance_s(1000);
    app.app.take_turns();
    assert_eq!(listed(&app, &admin, letter).await, (vec![(0, Reach::Duty)], false));
    // Somebody is there, then nobody any more, before any step: as if nobody had been.
    on_duty(&mut of_ben, ben.id, Presence::Available).await;
    let talk = app.open_talk(&office, &lila, &lila_token).await.id();
    assert_eq!(app.app.take_turns(), Some(NOW_S + 1060));
    on_duty(&mut of_ben, ben.id, Presence::Away).await;
    app.clock.advance_s(60);
    assert_eq!(app.app.take_turns(), None);
    // Back again, alone: after that time the leads.
    on_duty(&mut of_ben, ben.id, Presence::Available).await;
    app.app.take_turns();
    assert_eq!(after_steps(&mut of_ben, talk, 2).await.0[1], (1060, Reach::Leads));
    // Who has written is gone: no lead is waited for.
    app.clock.advance_s(RUNNING_S);
    app.app.take_turns();
    assert_eq!(after_steps(&mut of_ben, talk, 3).await.0[2], (1960, Reach::Letter));
    assert_eq!(listed(&app, &admin, letter).await.0.len(), 1);
}

#[tokio::test]
async fn times_have_limits() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    let wrong = QueueRules { escalation: Some(Escalation { leads_s: 5, letter_s: 120 }), ..PULL };
    assert_eq!(code(set(&app, &office, &admin, wrong).await), Code::Malformed);
    set(&app, &office, &admin, PULL).await.unwrap();
    app = app.restart().await;
    assert_eq!(rules(&app, &office, &admin).await, Ok(PULL));
}
