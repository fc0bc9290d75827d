//! Over a real socket: frames in, frames out.

use super::test_app::{Office, TestApp, Token, code};
use beistand_protocol::{
    api::{Append, Appended, ConversationList, ConversationState, Envelope, EnvelopeKind, Sealed, route},
    codec::{decode, encode},
    error::Code,
    id::{ConversationId, MessageId},
    limit::FRAME_BYTES_MAX,
    live::{ClientFrame, Ending, Presence, ServerFrame},
    membership::Body,
};
use futures_util::{SinkExt, StreamExt};
use std::{net::SocketAddr, time::Duration};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

/// Whoever waits longer than this waits for something that does not come.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Socket(WebSocketStream<TcpStream>);

pub(super) async fn listen(app: &TestApp) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = app.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

impl Socket {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (socket, _) = client_async(format!("ws://{address}{}", route::LIVE), stream).await.unwrap();
        Self(socket)
    }

    pub(super) async fn connect(address: SocketAddr, token: &Token) -> Self {
        let mut socket = Self::open(address).await;
        socket.send(&ClientFrame::Hello { token: token.to_vec() }).await;
        let welcome = socket.next().await;
        assert!(matches!(welcome, Some(ServerFrame::Welcome { .. })), "{welcome:?}");
        socket
    }

    pub(super) async fn send(&mut self, frame: &ClientFrame) {
        self.0.send(Message::Binary(encode(frame).into())).await.unwrap();
    }

    async fn next(&mut self) -> Option<ServerFrame> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.expect("a frame in time");
            match message {
                Some(Ok(Message::Binary(bytes))) => return Some(decode(&bytes).unwrap()),
                Some(Ok(Message::Close(_))) | None | Some(Err(_)) => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next frame of a kind; others are passed over.
    pub(super) async fn until<A>(&mut self, mut want: impl FnMut(&ServerFrame) -> Option<A>) -> A {
        loop {
            let frame = self.next().await.expect("the channel is open");
            if let Some(found) = want(&frame) {
                return found;
            }
        }
    }

    async fn ending(&mut self) -> Ending {
        self.until(|frame| match frame {
            ServerFrame::Bye(ending) => Some(*ending),
            _ => None,
        })
        .await
    }
}

/// Seconds in which a frame must have been taken.
const SEND_S: u64 = 20;
/// Tabs of somebody who writes too much, and the messages of each.
const TABS: u32 = 4;
const LOUD_EACH: u32 = 50;
/// Seconds that a reload may take.
const RELOAD_S: u64 = 20;

/// Waits until the server has so many open channels.
async fn connections(app: &TestApp, count: usize) {
    while app.app.connections() != count {
        tokio::task::yield_now().await;
    }
}

/// Lets time go by for the server's timers without waiting for it.
async fn pass(seconds: u64) {
    // Timers that were just begun count from here.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(seconds)).await;
    tokio::time::resume();
}

fn stored(frame: &ServerFrame) -> Option<u64> {
    match frame {
        ServerFrame::Stored { stored, .. } => Some(stored.position),
        _ => None,
    }
}

pub(super) async fn office(app: &mut TestApp) -> (Office, Token, SocketAddr) {
    let office = app.set_up().await;
    let admin = app.admin(&office).await;
    let address = listen(app).await;
    (office, admin, address)
}

#[tokio::test]
async fn envelopes_reach_everybody_in_order_and_nobody_else() {
    let mut app = TestApp::new().await;
    let (mut office, admin, address) = office(&mut app).await;
    let (_, ben) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let (_, other_token) = app.seeker(&office, "other").await;
    let mut sender = Socket::connect(address, &lila_token).await;
    let other_tab = app.log_in(&office, &lila).await.unwrap().0;
    let mut tab = Socket::connect(address, &other_tab).await;
    let mut staff = Socket::connect(address, &admin).await;
    let mut colleague = Socket::connect(address, &ben).await;
    let mut other = Socket::connect(address, &other_token).await;
    let (talk, open) = app.plan_talk(&office, &lila);
    let _: Appended = app.post(route::CONVERSATION_OPEN, Some(&lila_token), &open).await.unwrap();
    let mut count = 2;
    for request in 0..20u32 {
        let append = app.compose(&office, &talk, &format!("Zeile {request}"));
        sender.send(&ClientFrame::Append { request, append }).await;
        count += 1;
    }
    for socket in [&mut sender, &mut tab, &mut staff, &mut colleague] {
        for position in 0..count {
            assert_eq!(socket.until(stored).await, position);
        }
    }
    other.send(&ClientFrame::Ping).await;
    loop {
        match other.next().await.unwrap() {
            ServerFrame::Pong => break,
            ServerFrame::SomebodyAvailable(_) | ServerFrame::AnswerBy(_) => {}
            frame => panic!("{frame:?}"),
        }
    }
}

#[tokio::test]
async fn appends_are_answered_by_their_number() {
    let mut app = TestApp::new().await;
    let (office, _, address) = office(&mut app).await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let mut socket = Socket::connect(address, &token).await;
    let good = app.compose(&office, &talk, "gut");
    let mut bad = good.clone();
    bad.envelopes[0].epoch = 7;
    bad.envelopes[0].id = MessageId([1; 16]);
    let mut nowhere = good.clone();
    nowhere.conversation.0[0] ^= 1;
    let outcome = |wanted| {
        move |frame: &ServerFrame| match frame {
            ServerFrame::Appended { request, outcome } if *request == wanted => Some(outcome.clone()),
            _ => None,
        }
    };
    for (request, append, expect) in [
        (5, good, Ok(Appended { places: vec![(2, super::test_app::NOW_S)] })),
        (6, bad, Err(Code::StaleEpoch)),
        (7, nowhere, Err(Code::NotFound)),
    ] {
        socket.send(&ClientFrame::Append { request, append }).await;
        assert_eq!(socket.until(outcome(request)).await, expect);
    }
}

/// Whoever connects again counts as not sent what was not answered, and seals it anew.
#[tokio::test]
async fn nothing_more_is_taken_from_a_sessions_former_channel() {
    let mut app = TestApp::new().await;
    let (office, _, address) = office(&mut app).await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let mut former = Socket::connect(address, &token).await;
    // More than is let through at once: the rest would be taken one by one afterwards.
    for request in 0..100u32 {
        let append = app.compose(&office, &talk, &format!("Zeile {request}"));
        former.send(&ClientFrame::Append { request, append }).await;
    }
    let _now = Socket::connect(address, &token).await;
    let length = async || -> u64 {
        let list: ConversationList = app.get(route::CONVERSATIONS, Some(&token)).await.unwrap();
        list.conversations[0].length
    };
    let greeted_with = length().await;
    assert!(greeted_with < 102, "the former channel had sent everything before");
    assert_eq!(former.ending().await, Ending::Restart);
    assert_eq!(length().await, greeted_with);
}

#[tokio::test]
async fn presence_and_typing_reach_whom_they_concern() {
    let mut app = TestApp::new().await;
    let (mut office, admin, address) = office(&mut app).await;
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &lila_token).await;
    let mut staff = Socket::connect(address, &admin).await;
    let mut seeker = Socket::connect(address, &lila_token).await;
    let somebody = |frame: &ServerFrame| match frame {
        ServerFrame::SomebodyAvailable(somebody) => Some(*somebody),
        _ => None,
    };
    let presence = |frame: &ServerFrame| match frame {
        ServerFrame::Presence(person, presence) if *person == ben.id => Some(*presence),
        _ => None,
    };
    let seeker_present = |frame: &ServerFrame| match frame {
        ServerFrame::Conversation(summary) => Some(summary.seeker_present),
        _ => None,
    };
    assert!(!seeker.until(somebody).await);
    assert!(staff.until(seeker_present).await);
    let mut counselor = Socket::connect(address, &ben_token).await;
    assert_eq!(staff.until(presence).await, Some(Presence::Away));
    counselor.send(&ClientFrame::Presence(Presence::Available)).await;
    assert_eq!(staff.until(presence).await, Some(Presence::Available));
    assert!(seeker.until(somebody).await);

    seeker.send(&ClientFrame::Ephemeral { conversation: talk.id(), sealed: vec![9; 40] }).await;
    for socket in [&mut staff, &mut counselor] {
        let typing = |frame: &ServerFrame| match frame {
            ServerFrame::Ephemeral { conversation, sealed } => Some((*conversation, sealed.clone())),
            _ => None,
        };
        assert_eq!(socket.until(typing).await, (talk.id(), vec![9; 40]));
    }
    // A reload: nobody hears of it.
    drop(counselor);
    connections(&app, 2).await;
    let mut counselor = Socket::connect(address, &ben_token).await;
    pass(RELOAD_S).await;
    counselor.send(&ClientFrame::Ephemeral { conversation: talk.id(), sealed: vec![8; 40] }).await;
    loop {
        match seeker.next().await.unwrap() {
            ServerFrame::Ephemeral { .. } => break,
            frame => assert!(somebody(&frame).is_none(), "{frame:?}"),
        }
    }
    // Who does not come back is gone after a while; who ends the session is gone at once.
    drop(counselor);
    connections(&app, 2).await;
    pass(RELOAD_S - 1).await;
    assert!(app.app.somebody_available(office.site));
    pass(1).await;
    assert_eq!(staff.until(presence).await, None);
    assert!(!seeker.until(somebody).await);
    let mut counselor = Socket::connect(address, &ben_token).await;
    counselor.send(&ClientFrame::Presence(Presence::Available)).await;
    assert!(seeker.until(somebody).await);
    drop(counselor);
    connections(&app, 2).await;
    let () = app.post(route::LOG_OUT, Some(&ben_token), &()).await.unwrap();
    assert!(!seeker.until(somebody).await);
    drop(seeker);
    assert!(!staff.until(seeker_present).await);
}

#[tokio::test]
async fn a_removed_person_loses_channel_and_talks() {
    let mut app = TestApp::new().await;
    let (mut office, admin, address) = office(&mut app).await;
    let (ben, token) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, lila_token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &lila_token).await;
    let mut counselor = Socket::connect(address, &token).await;
    app.say(&mut office, &admin, vec![Body::PersonRemove { person: ben.id }]).await.unwrap();
    let gone = |frame: &ServerFrame| match frame {
        ServerFrame::Gone(id) => Some(*id),
        _ => None,
    };
    assert_eq!(counselor.until(gone).await, talk.id());
    assert_eq!(counselor.ending().await, Ending::Revoked);
    let mut again = Socket::open(address).await;
    again.send(&ClientFrame::Hello { token: token.to_vec() }).await;
    assert_eq!(again.ending().await, Ending::Revoked);
}

#[tokio::test]
async fn ends_of_sessions_and_bad_frames_end_channels() {
    let mut app = TestApp::new().await;
    let (office, _, address) = office(&mut app).await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let mut socket = Socket::connect(address, &token).await;
    let () = app.post(route::LOG_OUT, Some(&token), &()).await.unwrap();
    assert_eq!(socket.ending().await, Ending::SessionEnded);
    assert_eq!(socket.next().await, None);

    let token = app.log_in(&office, &lila).await.unwrap().0;
    let mut socket = Socket::connect(address, &token).await;
    super::recovery::recover(&mut app, &office, &lila).await.unwrap();
    assert_eq!(socket.ending().await, Ending::PasswordChanged);

    for bytes in [vec![], vec![0xff; 10], encode(&ClientFrame::Ping)] {
        let mut socket = Socket::open(address).await;
        socket.0.send(Message::Binary(bytes.into())).await.unwrap();
        assert_eq!(socket.ending().await, Ending::Malformed);
    }
    let mut socket = Socket::open(address).await;
    socket.send(&ClientFrame::Hello { token: vec![7; 32] }).await;
    assert_eq!(socket.ending().await, Ending::SessionEnded);
    let mut socket = Socket::open(address).await;
    socket.0.send(Message::Text("hello".into())).await.unwrap();
    assert_eq!(socket.ending().await, Ending::Malformed);
    // A frame over the limit is not even read.
    let mut socket = Socket::open(address).await;
    let _ = socket.0.send(Message::Binary(vec![0; FRAME_BYTES_MAX + 1].into())).await;
    assert_eq!(socket.next().await, None);
}

/// Bytes of large messages.
const LARGE_BYTES: usize = 90 * 1024;

/// A message of a size, with an id of its own.
fn padded(conversation: ConversationId, number: u32, bytes: usize) -> Append {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&number.to_le_bytes());
    let envelope = Envelope {
        id: MessageId(id),
        kind: EnvelopeKind::Message,
        epoch: 0,
        assignee: None,
        sealed: Sealed(vec![7; bytes]),
    };
    Append { conversation, envelopes: vec![envelope] }
}

#[tokio::test]
async fn who_does_not_read_is_dropped_and_hinders_nobody() {
    let mut app = TestApp::new().await;
    let (mut office, admin, address) = office(&mut app).await;
    let (_, ben) = app.counselor(&mut office, &admin, "ben").await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let path = route::APPEND.replace("{conversation}", &talk.id().to_hex());
    let _idle = Socket::connect(address, &token).await;
    assert_eq!(app.app.connections(), 1);
    // Large enough that no system buffer takes them all; two people, since one may not send so much.
    let (mut sent, mut waited_s) = (0, 0);
    while app.app.connections() == 1 {
        let append = padded(talk.id(), sent, LARGE_BYTES);
        let from = if sent % 2 == 0 { &admin } else { &ben };
        match app.post::<_, Appended>(&path, Some(from), &append).await {
            Ok(_) => sent += 1,
            Err(refused) => {
                assert_eq!((refused.code, refused.retry_after_s), (Code::TooManyTries, Some(1)));
                pass(1).await;
                waited_s += 1;
                assert!(waited_s < SEND_S, "dropped because of its time, if at all");
            }
        }
    }
    let mut again = Socket::connect(address, &token).await;
    let append = app.compose(&office, &talk, "wieder da");
    again.send(&ClientFrame::Append { request: 1, append }).await;
    assert_eq!(again.until(stored).await, u64::from(sent) + 2);
}

#[tokio::test]
async fn one_seeker_s_bytes_crowd_nobody_out() {
    let mut app = TestApp::new().await;
    let (office, admin, address) = office(&mut app).await;
    let (mallory, loud_token) = app.seeker(&office, "mallory").await;
    let (lila, quiet_token) = app.seeker(&office, "lila").await;
    let loud = app.open_talk(&office, &mallory, &loud_token).await;
    let quiet = app.open_talk(&office, &lila, &quiet_token).await;
    let mut staff = Socket::connect(address, &admin).await;
    let mut seeker = Socket::connect(address, &quiet_token).await;
    // Some tabs, each with a session of its own, and requests beside them: the account counts, not the connection.
    // Each sends fewer frames than one connection may.
    let mut tabs = Vec::new();
    for tab in 0..TABS {
        let token = app.log_in(&office, &mallory).await.unwrap().0;
        let mut socket = Socket::connect(address, &token).await;
        let id = loud.id();
        tabs.push(tokio::spawn(async move {
            for number in 0..LOUD_EACH {
                let append = padded(id, tab * LOUD_EACH + number, LARGE_BYTES);
                socket.send(&ClientFrame::Append { request: number, append }).await;
            }
            // Reads on, so that it is not dropped for that.
            while socket.next().await.is_some() {}
        }));
    }
    let mut crowd = 0;
    let mut heard = |frame: &ServerFrame, wanted| match frame {
        ServerFrame::Stored { conversation, .. } if *conversation == loud.id() => {
            crowd += 1;
            (wanted == loud.id()).then_some(())
        }
        ServerFrame::Stored { conversation, .. } => (*conversation == wanted).then_some(()),
        _ => None,
    };
    // The crowd is there.
    staff.until(|frame| heard(frame, loud.id())).await;
    for round in 0..2 * TABS * LOUD_EACH {
        let append = padded(quiet.id(), round, 1024);
        seeker.send(&ClientFrame::Append { request: round, append }).await;
        staff.until(|frame| heard(frame, quiet.id())).await;
    }
    // The burst of one account and what it has earned since; all of it would be 200 messages.
    assert!((3..50).contains(&crowd), "{crowd} large messages came through");
    let path = route::APPEND.replace("{conversation}", &loud.id().to_hex());
    let append = padded(loud.id(), u32::MAX, LARGE_BYTES);
    let refused = app.post::<_, Appended>(&path, Some(&loud_token), &append).await;
    assert_eq!(code(refused), Code::TooManyTries);
    tabs.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn who_has_gone_is_noticed_while_a_frame_waits() {
    let mut app = TestApp::new().await;
    let (office, _, address) = office(&mut app).await;
    let (mallory, token) = app.seeker(&office, "mallory").await;
    let talk = app.open_talk(&office, &mallory, &token).await;
    let mut tabs = Vec::new();
    for _ in 0..20 {
        tabs.push(Socket::connect(address, &token).await);
    }
    let mut socket = tabs.pop().expect("twenty");
    // Each costs five times, more than there can be: the second waits for almost a minute.
    for number in 0..2 {
        let append = padded(talk.id(), number, LARGE_BYTES);
        socket.send(&ClientFrame::Append { request: number, append }).await;
    }
    socket.until(stored).await;
    pass(1).await;
    assert_eq!(app.app.connections(), 20);
    drop(socket);
    for _ in 0..6 {
        pass(3).await;
    }
    assert_eq!(app.app.connections(), 19);
}

#[tokio::test]
async fn a_claim_shows_everywhere() {
    let mut app = TestApp::new().await;
    let (office, admin, address) = office(&mut app).await;
    let (lila, token) = app.seeker(&office, "lila").await;
    let talk = app.open_talk(&office, &lila, &token).await;
    let mut seeker = Socket::connect(address, &token).await;
    let mut staff = Socket::connect(address, &admin).await;
    let claim = Envelope {
        id: MessageId([1; 16]),
        kind: EnvelopeKind::Claim,
        epoch: 0,
        assignee: Some(office.admin.id),
        sealed: Sealed(vec![1; 1024]),
    };
    let append = Append { conversation: talk.id(), envelopes: vec![claim] };
    staff.send(&ClientFrame::Append { request: 1, append }).await;
    let state = |frame: &ServerFrame| match frame {
        ServerFrame::Conversation(summary) => Some(summary.state),
        _ => None,
    };
    for socket in [&mut seeker, &mut staff] {
        loop {
            if socket.until(state).await == ConversationState::Claimed(office.admin.id) {
                break;
            }
        }
    }
}
