//! The staff's threads beside talks: opened by who reads the talk, and nothing that a seeker could find.

use super::test_app::{NOW_S, Office, Person, TestApp, code, sending};
use beistand_domain::{clock::DAY_S, storage::Storage as _};
use beistand_protocol::{
    api::{Append, Appended, ConversationList, ConversationOpen, EnvelopePage, route},
    epoch::ConversationKind,
    error::Code,
    id::{ConversationId, DeviceSessionId},
};
use beistand_server::job::{Retained, retain};
use beistand_vault::{
    conversation::{Conversation, Sending, View},
    epoch::Party,
    random::DangerousSeeded,
    team::TeamKeyring,
};

/// What somebody of the staff sends to open the thread about a talk.
fn plan(office: &Office, person: &Person, talk: &Conversation) -> ConversationOpen {
    let id = ConversationKind::thread_id(talk.id());
    let party = Party::Staff { person: person.id, keys: person.secret.person_keys(), former: Vec::new() };
    let thread = Conversation::new(id, party, DeviceSessionId([7; 16]));
    let teams = TeamKeyring::empty();
    let usual = sending(office, &teams);
    let sending = Sending { view: View { talk: Some(talk.chain()), ..usual.view }, ..usual };
    let first = thread.open_thread(&sending, &mut DangerousSeeded::new(&person.id.0)).unwrap();
    ConversationOpen { conversation: id, site: office.site, team: office.team, envelopes: vec![first] }
}

fn path(id: ConversationId, from: u64) -> String {
    route::ENVELOPES.replace("{conversation}", &id.to_hex()).replace("{from}", &from.to_string())
}

#[tokio::test]
async fn p21_a_seeker_learns_nothing_of_a_thread() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let open = plan(&office, &office.admin, &talk);
    let id = open.conversation;
    // Whether there is one or not, everything that a seeker can ask is answered alike.
    let mut probes = Vec::new();
    for there in [false, true] {
        if there {
            let _: Appended = app.post(route::CONVERSATION_OPEN, Some(&admin), &open).await.unwrap();
        }
        let (_, mut squat) = app.plan_talk(&office, &lila);
        squat.conversation = id;
        let opened = app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &squat).await;
        let again = app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&token), &open).await;
        let fetched = app.get::<EnvelopePage>(&path(id, 0), Some(&token)).await;
        let append = Append { conversation: id, envelopes: squat.envelopes };
        let appended = app
            .post::<_, Appended>(
                &route::APPEND.replace("{conversation}", &id.to_hex()),
                Some(&token),
                &append,
            )
            .await;
        let list: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
        assert!(list.conversations.iter().map(|known| known.id).eq([talk.id()]));
        probes.push((code(opened), code(again), code(fetched), code(appended)));
    }
    let expect = (Code::StatementRefused, Code::StatementRefused, Code::NotFound, Code::NotFound);
    assert_eq!(probes, [expect, expect]);
    let page: EnvelopePage = app.get(&path(id, 0), Some(&admin)).await.unwrap();
    assert_eq!(page.envelopes.len(), 1);
    let list: ConversationList = app.get(route::CONVERSATIONS, Some(&admin)).await.unwrap();
    assert!(list.conversations.iter().map(|known| known.id).eq([talk.id(), id]));
}

#[tokio::test]
async fn a_thread_is_opened_once_and_by_who_reads_its_talk() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let open = plan(&office, &office.admin, &talk);
    let sent = async |app: &TestApp, open: &ConversationOpen| {
        app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&admin), open).await
    };
    // Nothing of a talk that is not there, nor under another id, site or team than its epoch names.
    let (unknown, _) = app.plan_talk(&office, &lila);
    assert_eq!(code(sent(&app, &plan(&office, &office.admin, &unknown)).await), Code::NotFound);
    let elsewhere = ConversationOpen { conversation: ConversationId([9; 16]), ..open.clone() };
    assert_eq!(code(sent(&app, &elsewhere).await), Code::StatementRefused);
    let mut other = open.clone();
    other.site.0[0] ^= 1;
    assert_eq!(code(sent(&app, &other).await), Code::Forbidden);
    let by_another = plan(&office, &ben, &talk);
    sent(&app, &open).await.unwrap();
    // A colleague who was slower hears of it, and so does who sends the same again.
    let slower = app.post::<_, Appended>(route::CONVERSATION_OPEN, Some(&ben_token), &by_another).await;
    assert_eq!(code(slower), Code::Conflict);
    assert_eq!(code(sent(&app, &open).await), Code::Conflict);
}

#[tokio::test]
async fn p09_a_thread_keeps_no_talk_and_outlives_none() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    for day in 1..=30 {
        app.clock.set_s(NOW_S + day * DAY_S);
        let kept = Retained::Done { conversations: 0, accounts: 0 };
        assert_eq!(retain(&app.app).await.unwrap(), kept, "{day}");
    }
    // Written in at the end of the talk's time: neither is kept any longer for that.
    let open = plan(&office, &office.admin, &talk);
    let admin = app.admin(&office).await;
    let _: Appended = app.post(route::CONVERSATION_OPEN, Some(&admin), &open).await.unwrap();
    app.clock.set_s(NOW_S + 30 * DAY_S + 1);
    assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations: 1, accounts: 1 });
    assert!(app.storage.list_conversations().unwrap().is_empty());
    assert!(app.storage.list_envelopes(open.conversation, 0, 9, 1 << 20).unwrap().is_empty());
}
