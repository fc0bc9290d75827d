//! The rooms of teams: opened by a member in their month, read by who is a member now, kept by nothing but their own words.

use super::test_app::{NOW_S, Office, Person, TestApp, Token, code, sending};
use beistand_domain::{clock::DAY_S, storage::Storage as _};
use beistand_protocol::{
    api::{
        Append, Appended, ConversationList, ConversationOpen, Envelope, EnvelopeKind, EnvelopePage, Sealed,
        route,
    },
    epoch::ConversationKind,
    error::Code,
    id::{ConversationId, DeviceSessionId, MessageId, SiteId, TeamId},
    limit::ROOM_KEPT_S,
    membership::Body as LogBody,
    month::Month,
};
use beistand_server::job::{Retained, retain};
use beistand_vault::{conversation::Conversation, epoch::Party, random::DangerousSeeded, team::TeamKeyring};

/// What somebody sends to open a room with a few words.
fn plan(office: &Office, person: &Person, team: TeamId, month: Month) -> ConversationOpen {
    let id = ConversationKind::room_id(team, month);
    let party = Party::Staff { person: person.id, keys: person.secret.person_keys(), former: Vec::new() };
    let room = Conversation::new(id, party, DeviceSessionId([7; 16]));
    let teams = TeamKeyring::empty();
    let first = room
        .open_room(&sending(office, &teams), team, month, &mut DangerousSeeded::new(&person.id.0))
        .unwrap();
    // To the box they are bytes.
    let sealed = Sealed(vec![person.id.0[0]; 600]);
    let words = Envelope {
        id: MessageId(person.id.0),
        kind: EnvelopeKind::Message,
        epoch: 0,
        assignee: None,
        sealed,
    };
    ConversationOpen { conversation: id, site: SiteId::NONE, team, envelopes: vec![first, words] }
}

fn path(id: ConversationId) -> String {
    route::ENVELOPES.replace("{conversation}", &id.to_hex()).replace("{from}", "0")
}

impl TestApp {
    async fn opens(&self, token: &Token, open: &ConversationOpen) -> Result<Appended, Code> {
        self.post(route::CONVERSATION_OPEN, Some(token), open).await.map_err(|refusal| refusal.code)
    }

    async fn reads(&self, token: &Token, id: ConversationId) -> Result<usize, Code> {
        let page = self.get::<EnvelopePage>(&path(id), Some(token)).await;
        page.map(|page| page.envelopes.len()).map_err(|refusal| refusal.code)
    }

    async fn appends(&self, token: &Token, append: &Append) -> Result<Appended, Code> {
        let path = route::APPEND.replace("{conversation}", &append.conversation.to_hex());
        self.post(&path, Some(token), append).await.map_err(|refusal| refusal.code)
    }

    async fn lists(&self, token: &Token) -> Vec<ConversationId> {
        let list: ConversationList = self.get(route::CONVERSATIONS, Some(token)).await.unwrap();
        list.conversations.iter().map(|known| known.id).collect()
    }
}

#[tokio::test]
async fn a_room_is_opened_by_a_member_in_its_month_and_once() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    // In the organisation, and in another team.
    let (cem, cem_token) = app.counselor(&mut office, &admin, "cem").await;
    let other = TeamId([9; 16]);
    let leads = vec![office.admin.id];
    let rules = *office.log.state().team(office.team).unwrap().rules();
    let bodies = vec![
        LogBody::TeamCreate { team: other, name: "Andere".to_owned(), leads, rules },
        LogBody::TeamMemberAdd { team: other, person: cem.id },
        LogBody::TeamMemberRemove { team: office.team, person: cem.id },
    ];
    app.say(&mut office, &admin, bodies).await.unwrap();
    // Nothing is judged by what the clock said before.
    app.clock.set_synchronised(true);
    let month = Month::at(NOW_S);
    let open = plan(&office, &ben, office.team, month);

    // By nobody else, as somebody else, elsewhere.
    assert_eq!(app.opens(&cem_token, &open).await, Err(Code::Forbidden));
    let mut elsewhere = open.clone();
    elsewhere.team = other;
    assert_eq!(app.opens(&cem_token, &elsewhere).await, Err(Code::StatementRefused));
    assert_eq!(app.opens(&ben_token, &elsewhere).await, Err(Code::Forbidden));
    let at_a_site = ConversationOpen { site: office.site, ..open.clone() };
    assert_eq!(app.opens(&ben_token, &at_a_site).await, Err(Code::StatementRefused));
    let another = ConversationOpen { conversation: ConversationId([0xff; 16]), ..open.clone() };
    assert_eq!(app.opens(&ben_token, &another).await, Err(Code::StatementRefused));
    // In no other month, and by clocks that differ a little.
    let former = plan(&office, &ben, office.team, month.before().unwrap());
    let next = plan(&office, &ben, office.team, Month::at(month.ends_s()));
    for (now_s, open, expect) in [
        (month.begins_s() + DAY_S, &former, false),
        (month.begins_s() + DAY_S - 1, &former, true),
        (month.ends_s() - DAY_S - 1, &next, false),
        (month.ends_s() - DAY_S, &next, true),
    ] {
        app.clock.set_s(now_s);
        let ben_token = app.log_in(&office, &ben).await.unwrap().0;
        let opened = app.opens(&ben_token, open).await;
        assert_eq!(opened.map(drop), if expect { Ok(()) } else { Err(Code::Forbidden) }, "{now_s}");
    }
    app.clock.set_s(NOW_S);
    let [admin, ben_token] = [app.admin(&office).await, app.log_in(&office, &ben).await.unwrap().0];
    app.opens(&ben_token, &open).await.unwrap();
    // A colleague who was slower hears of it.
    let slower = plan(&office, &office.admin, office.team, month);
    assert_eq!(app.opens(&admin, &slower).await, Err(Code::Conflict));
    assert_eq!(app.reads(&admin, open.conversation).await, Ok(2));
    // Another team has one of its own.
    let cem_token = app.log_in(&office, &cem).await.unwrap().0;
    let theirs = plan(&office, &cem, other, month);
    app.opens(&cem_token, &theirs).await.unwrap();
    assert_eq!(app.lists(&cem_token).await, [theirs.conversation]);
    assert!(!app.lists(&ben_token).await.contains(&theirs.conversation));
    assert_eq!(app.reads(&ben_token, theirs.conversation).await, Err(Code::NotFound));
}

#[tokio::test]
async fn p06_a_room_is_for_who_is_a_member_now() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    // The team's generation is from before Ben: he is named by his own key.
    let open = plan(&office, &office.admin, office.team, Month::at(NOW_S));
    let id = open.conversation;
    app.opens(&admin, &open).await.unwrap();
    assert_eq!(app.reads(&ben_token, id).await, Ok(2));
    assert_eq!(app.lists(&ben_token).await, [id]);
    // Who has joined is let in, whom no epoch names yet.
    let (_, dora_token) = app.counselor(&mut office, &admin, "dora").await;
    assert_eq!(app.reads(&dora_token, id).await, Ok(2));
    // Who has left is not, whom the newest epoch still names.
    let left = LogBody::TeamMemberRemove { team: office.team, person: ben.id };
    app.say(&mut office, &admin, vec![left]).await.unwrap();
    assert_eq!(app.reads(&ben_token, id).await, Err(Code::NotFound));
    assert!(app.lists(&ben_token).await.is_empty());
    let again = Append { conversation: id, envelopes: open.envelopes[1..].to_vec() };
    assert_eq!(app.appends(&ben_token, &again).await, Err(Code::NotFound));
    // And nothing more is taken under keys that he has.
    let mut late = again.clone();
    late.envelopes[0].id.0[0] ^= 1;
    assert_eq!(app.appends(&admin, &late).await, Err(Code::StaleEpoch));
}

#[tokio::test]
async fn p21_a_seeker_learns_nothing_of_a_room() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let open = plan(&office, &office.admin, office.team, Month::at(NOW_S));
    let id = open.conversation;
    let mut probes = Vec::new();
    for there in [false, true] {
        if there {
            app.opens(&admin, &open).await.unwrap();
        }
        let (_, mut squat) = app.plan_talk(&office, &lila);
        squat.conversation = id;
        let append = Append { conversation: id, envelopes: squat.envelopes.clone() };
        assert_eq!(app.lists(&token).await, [talk.id()]);
        probes.push([
            app.opens(&token, &squat).await.map(drop),
            app.opens(&token, &open).await.map(drop),
            app.reads(&token, id).await.map(drop),
            app.appends(&token, &append).await.map(drop),
        ]);
    }
    let refused = [Code::StatementRefused, Code::Forbidden, Code::NotFound, Code::NotFound].map(Err);
    assert_eq!(probes, [refused, refused]);
    // The talk's own routes give none of it either.
    let note = route::NOTE.replace("{conversation}", &id.to_hex()).replace("{known}", "0");
    let noted = app.get::<beistand_protocol::blocks::NewestEdition>(&note, Some(&admin)).await;
    assert_eq!(code(noted), Code::NotFound);
}

#[tokio::test]
async fn p09_a_room_goes_by_its_words_and_its_team() {
    let mut app = TestApp::new().await;
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    let month = Month::at(NOW_S);
    let open = plan(&office, &office.admin, office.team, month);
    app.opens(&admin, &open).await.unwrap();
    // The only site of the team keeps for thirty days.
    let over_s = (NOW_S + 30 * DAY_S).max(month.ends_s() + ROOM_KEPT_S - 1);
    for (now_s, conversations) in [(over_s, 0), (over_s + 1, 1)] {
        app.clock.set_s(now_s);
        app.clock.set_synchronised(true);
        assert_eq!(retain(&app.app).await.unwrap(), Retained::Done { conversations, accounts: 0 }, "{now_s}");
    }
    assert!(app.storage.list_conversations().unwrap().is_empty());
    assert!(app.storage.list_envelopes(open.conversation, 0, 9, 1 << 20).unwrap().is_empty());
}
