//! Groups: founded where the log lets a site have some, given to their guests and nobody else, open at their times.

use super::test_app::{NOW_S, Office, Person, TestApp, Token, code, sending};
use beistand_domain::clock::DAY_S;
use beistand_protocol::{
    api::{
        Append, Appended, ConversationList, ConversationOpen, Envelope, EnvelopeKind, EnvelopePage, GroupPut,
        Sealed, Window, route,
    },
    epoch::{ConversationKind, Guest},
    error::Code,
    id::{ConversationId, DeviceSessionId, GuestId, MessageId},
    limit::GROUP_WINDOWS_MAX,
    membership::Body as LogBody,
};
use beistand_vault::{
    conversation::{Conversation, EpochChange},
    epoch::Party,
    random::DangerousSeeded,
    team::TeamKeyring,
};

const GROUP: ConversationId = ConversationId([0xff, 0xff, 0xff, 0xfe, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

/// A group as a member's browser has it, and what is to be sent for its next epochs.
struct Group {
    core: Conversation,
    teams: TeamKeyring,
}

impl Group {
    fn new(person: &Person, id: ConversationId) -> Self {
        let party = Party::Staff { person: person.id, keys: person.secret.person_keys(), former: Vec::new() };
        Self { core: Conversation::new(id, party, DeviceSessionId([7; 16])), teams: TeamKeyring::empty() }
    }

    fn first(&self, office: &Office) -> Envelope {
        let kind = ConversationKind::Group { history: false, most: 3 };
        let random = &mut DangerousSeeded::new(b"group");
        self.core.open_group(&sending(office, &self.teams), kind, office.site, random).unwrap()
    }

    fn next(&self, office: &Office, guests: Vec<Guest>) -> Append {
        let random = &mut DangerousSeeded::new(&[self.core.length() as u8]);
        let change = EpochChange::Guests(guests);
        let epoch = self.core.compose_epoch(&sending(office, &self.teams), &change, random).unwrap();
        Append { conversation: self.core.id(), envelopes: vec![epoch] }
    }

    fn take(&mut self, office: &Office, envelope: &Envelope) {
        let view = sending(office, &self.teams).view;
        let place = self.core.length();
        let _ = self.core.apply(&view, place, envelope);
    }
}

fn guest_of(person: &Person) -> Guest {
    let keys = person.secret.conversation_keys(GROUP).public();
    Guest { guest: GuestId(keys.signing.id().0), keys, muted: false }
}

/// To the box they are bytes.
fn words(id: u8, epoch: u32) -> Append {
    let sealed = beistand_protocol::message::SealedMessage { nonce: [0; 24], ciphertext: vec![id; 600] };
    let sealed = Sealed(beistand_protocol::codec::encode(&sealed));
    let envelope =
        Envelope { id: MessageId([id; 16]), kind: EnvelopeKind::Message, epoch, assignee: None, sealed };
    Append { conversation: GROUP, envelopes: vec![envelope] }
}

fn always() -> Vec<Window> {
    vec![Window { from_s: NOW_S - DAY_S, until_s: NOW_S + DAY_S }]
}

impl TestApp {
    async fn founds(&self, token: &Token, open: &ConversationOpen) -> Result<(), Code> {
        let opened = self.post::<_, Appended>(route::CONVERSATION_OPEN, Some(token), open).await;
        opened.map(drop).map_err(|refusal| refusal.code)
    }

    async fn adds(&self, token: &Token, append: &Append) -> Result<(), Code> {
        let path = route::APPEND.replace("{conversation}", &append.conversation.to_hex());
        self.post::<_, Appended>(&path, Some(token), append).await.map(drop).map_err(|refusal| refusal.code)
    }

    async fn puts(&self, token: &Token, id: ConversationId, put: &GroupPut) -> Result<(), Code> {
        let path = route::GROUP.replace("{conversation}", &id.to_hex());
        self.post::<_, ()>(&path, Some(token), put).await.map_err(|refusal| refusal.code)
    }

    async fn sees(&self, token: &Token) -> bool {
        let list: ConversationList = self.get(route::CONVERSATIONS, Some(token)).await.unwrap();
        let listed = list.conversations.iter().any(|known| known.id == GROUP);
        let path = route::ENVELOPES.replace("{conversation}", &GROUP.to_hex()).replace("{from}", "0");
        let page = self.get::<EnvelopePage>(&path, Some(token)).await;
        match page {
            Ok(_) => assert!(listed),
            refused => assert_eq!((code(refused), listed), (Code::NotFound, false)),
        }
        listed
    }
}

#[tokio::test]
async fn a_group_is_given_to_its_guests_while_they_are_in_it() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let (_, other_token) = app.seeker(&office, "other").await;
    let talk = app.open_talk(&office, &lila, &lila_token).await.id();
    let open = |group: &Group, office: &Office| ConversationOpen {
        conversation: group.core.id(),
        site: office.site,
        team: office.team,
        envelopes: vec![group.first(office)],
    };
    // Not before the organisation wants some, and by no seeker.
    let early = Group::new(&office.admin, GROUP);
    assert_eq!(app.founds(&admin, &open(&early, &office)).await, Err(Code::Forbidden));
    let site = office.site;
    app.say(&mut office, &admin, vec![LogBody::SiteGroups { site, allowed: true }]).await.unwrap();
    let mut group = Group::new(&office.admin, GROUP);
    let first = open(&group, &office);
    assert_eq!(app.founds(&lila_token, &first).await, Err(Code::StatementRefused));
    // Nor under the id of a talk.
    let misnamed = open(&Group::new(&office.admin, GROUP), &office);
    let misnamed = ConversationOpen { conversation: ConversationId([1; 16]), ..misnamed };
    assert_eq!(app.founds(&admin, &misnamed).await, Err(Code::StatementRefused));
    app.founds(&admin, &first).await.unwrap();
    assert_eq!(app.founds(&admin, &first).await, Err(Code::Conflict));
    group.take(&office, &first.envelopes[0]);
    assert!(app.sees(&admin).await && !app.sees(&lila_token).await);

    // Told by who moderates alone, in order, and not for ever ahead.
    let guest = guest_of(&lila);
    let put = |windows, guest| GroupPut { windows, guest };
    let good = put(always(), Some((guest.guest, talk)));
    assert_eq!(app.puts(&lila_token, GROUP, &good).await, Err(Code::Forbidden));
    assert_eq!(app.puts(&admin, talk, &good).await, Err(Code::NotFound));
    assert_eq!(
        app.puts(&admin, GROUP, &put(always(), Some((guest.guest, GROUP)))).await,
        Err(Code::NotFound)
    );
    let hour = |from_s| Window { from_s, until_s: from_s + 3600 };
    for windows in [
        vec![Window { from_s: NOW_S, until_s: NOW_S }],
        vec![hour(NOW_S), hour(NOW_S + 3599)],
        vec![hour(NOW_S + 500 * DAY_S)],
        (0..=GROUP_WINDOWS_MAX as u64).map(|number| hour(NOW_S + number * DAY_S)).collect(),
    ] {
        assert_eq!(app.puts(&admin, GROUP, &put(windows, None)).await, Err(Code::Malformed));
    }
    app.puts(&admin, GROUP, &good).await.unwrap();
    assert!(!app.sees(&lila_token).await, "named by the box alone she is no guest");
    let admitted = group.next(&office, vec![guest.clone()]);
    assert_eq!(app.adds(&lila_token, &admitted).await, Err(Code::NotFound));
    app.adds(&admin, &admitted).await.unwrap();
    group.take(&office, &admitted.envelopes[0]);
    assert!(app.sees(&lila_token).await && !app.sees(&other_token).await);
    app.adds(&lila_token, &words(1, 1)).await.unwrap();
    group.take(&office, &words(1, 1).envelopes[0]);
    assert_eq!(app.adds(&other_token, &words(2, 1)).await, Err(Code::NotFound));

    // No epoch of hers but through a rotation, and no receipt of anybody.
    let own = Append { conversation: GROUP, envelopes: group.next(&office, Vec::new()).envelopes };
    assert_eq!(app.adds(&lila_token, &own).await, Err(Code::Forbidden));
    let mut receipt = words(3, 1);
    receipt.envelopes[0].kind = EnvelopeKind::Receipt;
    assert_eq!(app.adds(&admin, &receipt).await, Err(Code::Forbidden));

    // Outside of the times, muted, where there are no groups any more.
    app.puts(&admin, GROUP, &put(vec![hour(NOW_S + DAY_S)], None)).await.unwrap();
    assert_eq!(app.adds(&lila_token, &words(4, 1)).await, Err(Code::GroupNotOpen));
    app.puts(&admin, GROUP, &put(always(), None)).await.unwrap();
    let muted = group.next(&office, vec![Guest { muted: true, ..guest.clone() }]);
    app.adds(&admin, &muted).await.unwrap();
    group.take(&office, &muted.envelopes[0]);
    assert_eq!(app.adds(&lila_token, &words(4, 2)).await, Err(Code::Muted));
    app.adds(&admin, &words(5, 2)).await.unwrap();
    group.take(&office, &words(5, 2).envelopes[0]);
    assert!(app.sees(&lila_token).await);
    let heard = group.next(&office, vec![guest]);
    app.adds(&admin, &heard).await.unwrap();
    group.take(&office, &heard.envelopes[0]);
    app.adds(&lila_token, &words(6, 3)).await.unwrap();
    group.take(&office, &words(6, 3).envelopes[0]);
    app.say(&mut office, &admin, vec![LogBody::SiteGroups { site, allowed: false }]).await.unwrap();
    assert_eq!(app.adds(&lila_token, &words(7, 3)).await, Err(Code::GroupNotOpen));

    // Out: she is told nothing of it any more.
    let out = group.next(&office, Vec::new());
    app.adds(&admin, &out).await.unwrap();
    assert!(!app.sees(&lila_token).await);
    assert_eq!(app.adds(&lila_token, &words(8, 4)).await, Err(Code::NotFound));
}
