//! Connections that mean harm, each from an address of its own, until this process is killed.

use super::{
    LoadError,
    account::Token,
    office::{Office, Talk},
    wire::{Requests, Socket, open_live, open_socket, send, source},
};
use crate::native::{Address, SystemRandom};
use beistand_protocol::{
    api::{Append, Work, route},
    live::ClientFrame,
};
use beistand_vault::random::draw;
use futures_util::{SinkExt as _, StreamExt as _};
use std::{net::Ipv4Addr, rc::Rc, time::Duration};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

/// How somebody means harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Connects and says nothing.
    Silent,
    /// Begins a TLS handshake and stops in the middle.
    HalfHandshake,
    /// Sends a header a byte at a time.
    SlowHeader,
    /// Sends a body a byte at a time.
    SlowBody,
    /// Asks for files over and over, and reads a byte at a time.
    SlowReader,
    /// The same on HTTP/1.1, reading nothing at all.
    NoReader,
    /// Opens a live channel with a session, has much pushed to it, and reads nothing.
    LiveNoReader,
    /// Stores the largest messages as fast as it may.
    LiveLarge,
    /// Announces a frame of 64 MiB, or sends one that is too large.
    LiveHuge,
    /// Sends pings, empty and tiny frames and fragments as fast as it may.
    LiveTiny,
    /// Opens a live channel and never says who it is, or lies.
    LiveNobody,
    /// Tries names and passwords.
    LogIn,
    /// Signs up, with and without having worked for it.
    SignUp,
}

/// A thousand.
const MIX: &[(Kind, usize)] = &[
    (Kind::Silent, 60),
    (Kind::HalfHandshake, 140),
    (Kind::SlowHeader, 90),
    (Kind::SlowBody, 50),
    (Kind::SlowReader, 60),
    (Kind::NoReader, 50),
    (Kind::LiveNoReader, 70),
    (Kind::LiveLarge, 40),
    (Kind::LiveHuge, 80),
    (Kind::LiveTiny, 100),
    (Kind::LiveNobody, 60),
    (Kind::LogIn, 120),
    (Kind::SignUp, 80),
];

/// Accounts that the attackers have got.
const ACCOUNTS: usize = 8;
/// Sessions of each for those who store: a session appends over its newest channel alone.
const STORING_SESSIONS: usize = 5;
/// Who was thrown out comes again after this.
const AGAIN: Duration = Duration::from_millis(250);

/// How many there are.
#[must_use]
pub fn count() -> usize {
    MIX.iter().map(|(_, count)| count).sum()
}

struct Loot {
    address: Address,
    office: Office,
    sessions: Vec<(Token, Talk)>,
    storing: Vec<(Token, Talk)>,
    large_path: String,
}

/// Attacks without end. `ready` is called when everybody has begun.
///
/// # Errors
/// [`LoadError`] if the attackers can't even get their own accounts.
pub async fn attack(address: &Address, office: Office, ready: impl FnOnce()) -> Result<(), LoadError> {
    let (mut sessions, mut storing) = (Vec::new(), Vec::new());
    for number in 0..ACCOUNTS {
        let mut requests = Requests::open(address, source(60, number)).await?;
        let seeker = office.sign_up(&mut requests).await?;
        let token = office.log_in(&mut requests, &seeker).await?;
        let talk = office.open_talk(&mut requests, &seeker, &token, "Hallo").await?;
        sessions.push((token, talk.clone()));
        for _ in 0..STORING_SESSIONS {
            storing.push((office.log_in(&mut requests, &seeker).await?, talk.clone()));
        }
    }
    let large_path = format!("/write/{}", office.site.to_hex());
    let loot = Rc::new(Loot { address: address.clone(), office, sessions, storing, large_path });
    let everybody = MIX.iter().flat_map(|(kind, count)| std::iter::repeat_n(*kind, *count));
    for (number, kind) in everybody.enumerate() {
        let loot = loot.clone();
        tokio::task::spawn_local(async move {
            loop {
                // However it ends: again.
                let _ = harm(&loot, kind, number).await;
                tokio::time::sleep(AGAIN).await;
            }
        });
        if number % 20 == 0 {
            tokio::task::yield_now().await;
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    ready();
    std::future::pending::<()>().await;
    Ok(())
}

async fn harm(loot: &Loot, kind: Kind, number: usize) -> Result<(), LoadError> {
    let (address, from) = (&loot.address, source(61, number));
    let (token, _) = &loot.sessions[number % loot.sessions.len()];
    match kind {
        Kind::Silent => {
            let mut stream = address.tcp_from(from).await?;
            stream.read_u8().await?;
        }
        Kind::HalfHandshake => {
            // A record that announces a hello of 512 bytes, and then its first bytes only.
            let mut stream = address.tcp_from(from).await?;
            stream.write_all(&[0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3]).await?;
            stream.read_u8().await?;
        }
        Kind::SlowHeader => {
            let mut stream = address.connect_from(from, true).await?;
            for byte in b"GET / HTTP/1.1\r\nhost: localhost\r\nx: ".iter().chain(std::iter::repeat(&b'a')) {
                stream.write_u8(*byte).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
        Kind::SlowBody => {
            let mut stream = address.connect_from(from, true).await?;
            let head = format!(
                "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/octet-stream\r\ncontent-length: 4000000\r\n\r\n",
                route::REGISTRATION_FINISH,
                address.authority()
            );
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_u8(0).await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
        }
        Kind::SlowReader | Kind::NoReader => read_slowly(loot, from, kind == Kind::SlowReader).await?,
        Kind::LiveNoReader => {
            let socket = open_live(address, from, token).await?;
            let (mut sink, _unread) = socket.split();
            loop {
                send(&mut sink, &ClientFrame::Ping).await?;
                tokio::time::sleep(Duration::from_millis(60)).await;
            }
        }
        Kind::LiveLarge => {
            let (token, talk) = &loot.storing[number % loot.storing.len()];
            let mut socket = open_live(address, from, token).await?;
            loop {
                store_large(&mut socket, talk).await?;
            }
        }
        Kind::LiveHuge => {
            let mut socket = open_live(address, from, token).await?;
            match number % 3 {
                // The header of a 64 MiB frame, masked, and a byte now and then.
                0 => {
                    let stream = socket.get_mut();
                    stream.write_all(&[0x82, 0xff, 0, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4]).await?;
                    stream.flush().await?;
                    stream.read_u8().await?;
                }
                1 => {
                    let frame = Message::Binary(vec![0xff; 1024 * 1024].into());
                    socket.send(frame).await.map_err(gone)?;
                    while socket.next().await.is_some_and(|message| message.is_ok()) {}
                }
                // Fragments that never end.
                _ => {
                    let mut first = true;
                    loop {
                        let code = OpCode::Data(if first { Data::Binary } else { Data::Continue });
                        let frame = Frame::message(vec![0; 8 * 1024], code, false);
                        socket.send(Message::Frame(frame)).await.map_err(gone)?;
                        first = false;
                    }
                }
            }
        }
        Kind::LiveTiny => {
            let mut socket = open_live(address, from, token).await?;
            let mut round = 0u64;
            loop {
                round += 1;
                let message = match (number + usize::try_from(round % 4096).unwrap_or(0)) % 4 {
                    0 => Message::Ping(Vec::new().into()),
                    1 => Message::Pong(vec![1].into()),
                    2 => Message::Binary(beistand_protocol::codec::encode(&ClientFrame::Ping).into()),
                    _ => Message::Frame(Frame::message(Vec::new(), OpCode::Data(Data::Continue), false)),
                };
                // Every hundredth round breaks the protocol; until then it is merely much.
                if matches!(message, Message::Frame(_)) && !round.is_multiple_of(100) {
                    continue;
                }
                socket.send(message).await.map_err(gone)?;
            }
        }
        Kind::LiveNobody => {
            let mut socket = open_socket(address, from).await?;
            if number.is_multiple_of(2) {
                let hello = ClientFrame::Hello { token: draw::<32>(&mut SystemRandom).to_vec() };
                send(&mut socket, &hello).await?;
            }
            while socket.next().await.is_some_and(|message| message.is_ok()) {}
        }
        Kind::LogIn => {
            let mut requests = Requests::open(address, from).await?;
            let one = loot.office.unknown_name();
            loop {
                let name = if number.is_multiple_of(2) { one } else { loot.office.unknown_name() };
                // Refused or not: on with it.
                if let Err(LoadError::Unreachable(_)) = loot.office.try_name(&mut requests, name).await {
                    return Ok(());
                }
            }
        }
        Kind::SignUp => {
            let mut requests = Requests::open(address, from).await?;
            loop {
                let tried = if number.is_multiple_of(4) {
                    loot.office.sign_up(&mut requests).await.map(drop)
                } else {
                    let work =
                        Work { challenge: vec![1; 40], solution: draw::<1>(&mut SystemRandom)[0].into() };
                    let start = beistand_protocol::api::RegistrationStart {
                        suite: 1,
                        look_up: loot.office.unknown_name(),
                        request: vec![7; 32],
                        work,
                    };
                    requests.post(route::REGISTRATION_START, None, &start).await
                };
                if let Err(LoadError::Unreachable(_)) = tried {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

fn gone<E>(_: E) -> LoadError {
    LoadError::Unreachable(beistand_vault::client::transport::Unreachable)
}

/// Sends many requests for pages and reads almost nothing of the answers.
async fn read_slowly(loot: &Loot, from: Ipv4Addr, a_little: bool) -> Result<(), LoadError> {
    let mut stream = loot.address.connect_from(from, true).await?;
    let request = format!("GET {} HTTP/1.1\r\nhost: {}\r\n\r\n", loot.large_path, loot.address.authority());
    let many = request.repeat(200);
    let (mut reading, mut writing) = tokio::io::split(&mut stream);
    let ask = async {
        loop {
            writing.write_all(many.as_bytes()).await?;
            writing.flush().await?;
        }
        #[allow(unreachable_code)]
        Ok::<(), std::io::Error>(())
    };
    let read = async {
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            if a_little {
                reading.read_u8().await?;
            }
        }
        #[allow(unreachable_code)]
        Ok::<(), std::io::Error>(())
    };
    tokio::select! { ended = ask => ended?, ended = read => ended? }
    Ok(())
}

/// Stores a message of the largest size and waits for nothing.
async fn store_large(socket: &mut Socket, talk: &Talk) -> Result<(), LoadError> {
    let mut envelope = talk.envelope();
    envelope.sealed.0.resize(beistand_protocol::limit::ENVELOPE_BYTES_MAX, 0x5a);
    let append = Append { conversation: talk.conversation, envelopes: vec![envelope] };
    send(socket, &ClientFrame::Append { request: 1, append }).await?;
    // Reads what is there already, and never waits for more.
    while let Ok(Some(Ok(_))) = tokio::time::timeout(Duration::from_millis(1), socket.next()).await {}
    Ok(())
}
