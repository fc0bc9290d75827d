//! Until when an answer is promised: told before somebody writes, fixed when the words are stored, kept by an answer.

use super::{
    live::{Socket, listen},
    queue::act,
    roster::{TODAY, say, shift},
    test_app::{NOW_S, Office, TestApp, Token},
};
use beistand_domain::roster::empty;
use beistand_protocol::{
    api::{ConversationList, EnvelopeKind, EnvelopePage, SiteInfo, route},
    id::ConversationId,
    live::ServerFrame,
    roster::{Closing, Command, Level, Promise, Rules, Weekdays, When},
};
use beistand_server::duty;

const DAY_S: u64 = 86_400;
/// [`NOW_S`] is Friday, 9 o'clock: that day at six in the evening.
const SIX_S: u64 = NOW_S + 9 * 3600;

/// So many working days, until six.
fn rules(office: &Office, working_days: Option<u8>) -> Rules {
    let promise = |working_days| Promise { working_days, weekdays: Weekdays::WORKING, by: 18 * 60 };
    Rules { promise: working_days.map(promise), ..empty(office.team).rules }
}

pub(super) async fn set(app: &TestApp, office: &Office, admin: &Token, working_days: Option<u8>) {
    say(app, office, admin, Command::SetRules(rules(office, working_days))).await.unwrap();
}

async fn at_site(app: &TestApp, office: &Office) -> Option<u64> {
    let path = route::SITE.replace("{site}", &office.site.to_hex());
    app.get::<SiteInfo>(&path, None).await.unwrap().answer_by_s
}

/// What the list and the conversation say of it to somebody.
async fn given(app: &TestApp, token: &Token, id: ConversationId) -> Option<u64> {
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(token)).await.unwrap();
    let listed = list.conversations.iter().find(|summary| summary.id == id).unwrap().answer_by_s;
    let path = route::ENVELOPES.replace("{conversation}", &id.to_hex()).replace("{from}", "0");
    let page: EnvelopePage = app.get(&path, Some(token)).await.unwrap();
    assert_eq!(page.summary.answer_by_s, listed);
    listed
}

#[tokio::test]
async fn a_promise_is_fixed_by_the_first_words_and_kept_by_an_answer() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;

    // A team that has said nothing promises nothing.
    assert_eq!(at_site(&app, &office).await, None);
    let silent = app.open_talk(&office, &lila, &lila_token).await.id();
    assert_eq!(given(&app, &lila_token, silent).await, None);

    set(&app, &office, &admin, Some(2)).await;
    let tuesday_s = SIX_S + 4 * DAY_S;
    assert_eq!(at_site(&app, &office).await, Some(tuesday_s));
    assert_eq!(given(&app, &lila_token, silent).await, None, "nothing is promised afterwards");
    let talk = app.open_talk(&office, &lila, &lila_token).await.id();
    for token in [&lila_token, &admin] {
        assert_eq!(given(&app, token, talk).await, Some(tuesday_s));
    }

    // A slower rule is for new words only; more of them before the answer keep what was promised.
    set(&app, &office, &admin, Some(5)).await;
    assert_eq!(at_site(&app, &office).await, Some(SIX_S + 7 * DAY_S));
    act(&app, &lila_token, talk, EnvelopeKind::Message, None, 1).await.unwrap();
    assert_eq!(given(&app, &admin, talk).await, Some(tuesday_s));
    // As does a claim, and another start of the server.
    act(&app, &admin, talk, EnvelopeKind::Claim, Some(office.admin.id), 2).await.unwrap();
    app = app.restart().await;
    let (admin, lila_token) = (app.admin(&office).await, app.log_in(&office, &lila).await.unwrap().0);
    assert_eq!(given(&app, &admin, talk).await, Some(tuesday_s));

    act(&app, &admin, talk, EnvelopeKind::Message, None, 3).await.unwrap();
    assert_eq!(given(&app, &lila_token, talk).await, None);
    // New words are promised anew, and a conversation that ends has no promise to keep.
    act(&app, &lila_token, talk, EnvelopeKind::Message, None, 4).await.unwrap();
    assert_eq!(given(&app, &lila_token, talk).await, Some(SIX_S + 7 * DAY_S));
    act(&app, &admin, talk, EnvelopeKind::Close, None, 5).await.unwrap();
    assert_eq!(given(&app, &lila_token, talk).await, None);
    set(&app, &office, &admin, None).await;
    act(&app, &lila_token, talk, EnvelopeKind::Message, None, 6).await.unwrap();
    assert_eq!(given(&app, &admin, talk).await, None);
    assert_eq!(at_site(&app, &office).await, None);
}

#[tokio::test]
async fn a_roster_s_beginning_promises_nothing() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    // The first wish and the first shift make a roster; what it promises, a lead has yet to choose.
    let wish = (When::Days { from: TODAY, to: TODAY.plus(1) }, Level::Can);
    assert_eq!(say(&app, &office, &ben_token, Command::SetWishes(vec![wish])).await, Ok(1));
    assert_eq!(at_site(&app, &office).await, None);
    let later = shift(1, Some(ben.id), 1, 600);
    assert_eq!(say(&app, &office, &admin, Command::AddShifts(vec![later])).await, Ok(2));
    assert_eq!(at_site(&app, &office).await, None);
    let talk = app.open_talk(&office, &lila, &lila_token).await.id();
    assert_eq!(given(&app, &lila_token, talk).await, None);
    set(&app, &office, &admin, Some(2)).await;
    assert_eq!(at_site(&app, &office).await, Some(SIX_S + 4 * DAY_S));
}

#[tokio::test]
async fn connections_hear_of_promises() {
    let mut app = TestApp::new().await;
    // Half an hour before midnight.
    app.clock.set_s(SIX_S + 5 * 3600 + 1800);
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let address = listen(&app).await;
    let of_site = |frame: &ServerFrame| match frame {
        ServerFrame::AnswerBy(answer_by_s) => Some(*answer_by_s),
        _ => None,
    };
    let mut seeker = Socket::connect(address, &lila_token).await;
    assert_eq!(seeker.until(of_site).await, None);
    let mut every_day = rules(&office, Some(1));
    every_day.promise.as_mut().unwrap().weekdays = Weekdays(0x7f);
    say(&app, &office, &admin, Command::SetRules(every_day)).await.unwrap();
    let tomorrow_s = SIX_S + DAY_S;
    assert_eq!(seeker.until(of_site).await, Some(tomorrow_s));

    let talk = app.open_talk(&office, &lila, &lila_token).await.id();
    let mut staff = Socket::connect(address, &admin).await;
    let of_talk = |frame: &ServerFrame| match frame {
        ServerFrame::Conversation(summary) if summary.id == talk => Some(summary.answer_by_s),
        _ => None,
    };
    assert_eq!(seeker.until(of_talk).await, Some(tomorrow_s));
    // Whoever hears of a promise has what has changed it.
    for (token, number, expect) in [(&admin, 1, None), (&lila_token, 2, Some(tomorrow_s))] {
        act(&app, token, talk, EnvelopeKind::Message, None, number).await.unwrap();
        for socket in [&mut seeker, &mut staff] {
            let told = |frame: &ServerFrame| match frame {
                ServerFrame::Stored { stored, .. } if stored.envelope.id.0 == [number; 16] => Some(None),
                ServerFrame::Conversation(summary) if summary.id == talk => Some(Some(summary.clone())),
                _ => None,
            };
            assert_eq!(socket.until(told).await, None, "the words first");
            let summary = socket.until(told).await.unwrap();
            assert_eq!((summary.answer_by_s, summary.length), (expect, 2 + u64::from(number)));
        }
    }

    // The next day it is worked out anew, whether or not anything else happens.
    app.clock.set_s(SIX_S + 6 * 3600);
    duty::work_out(&app.app).unwrap();
    assert_eq!(seeker.until(of_site).await, Some(tomorrow_s + DAY_S));
    let mut late = Socket::connect(address, &lila_token).await;
    assert_eq!(late.until(of_site).await, Some(tomorrow_s + DAY_S));
}

#[tokio::test]
async fn what_is_promised_is_never_of_yesterday() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    let lila = app.sign_up(&office, "lila").await.unwrap();
    set(&app, &office, &admin, Some(1)).await;
    // The box has slept over the weekend, and nothing was worked out since.
    app.clock.set_s(NOW_S + 3 * DAY_S);
    let lila_token = app.log_in(&office, &lila).await.unwrap().0;
    let talk = app.open_talk(&office, &lila, &lila_token).await.id();
    assert_eq!(given(&app, &lila_token, talk).await, Some(SIX_S + 4 * DAY_S));
    app.clock.set_s(NOW_S + 4 * DAY_S);
    assert_eq!(at_site(&app, &office).await, Some(SIX_S + 5 * DAY_S));

    let admin = app.admin(&office).await;
    // Nor does it fall on a closing day, or before the first shift from now on has ended.
    let closing = Closing { from: TODAY.plus(5), to: TODAY.plus(6), name: "Umzug".to_owned() };
    let closed = Rules { closings: vec![closing], ..rules(&office, Some(1)) };
    say(&app, &office, &admin, Command::SetRules(closed)).await.unwrap();
    assert_eq!(at_site(&app, &office).await, Some(SIX_S + 7 * DAY_S), "after Wednesday, Thursday: Friday");
    let late = shift(1, Some(office.admin.id), 9, 20 * 60);
    say(&app, &office, &admin, Command::AddShifts(vec![late])).await.unwrap();
    assert_eq!(at_site(&app, &office).await, Some(SIX_S + 9 * DAY_S + 4 * 3600));
}
