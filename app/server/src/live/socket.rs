//! One WebSocket: the first frame proves the session, then frames in and the queue out.
//!
//! One task a connection, with small buffers: most connections are idle most of the time.

use super::{Channel, Outgoing};
use crate::{
    app::App,
    error::ApiError,
    route::conversation::{append, may_access},
    second_factor::is_missing,
    session::TokenHash,
};
use axum::extract::ws::{Message, WebSocket};
use beistand_domain::record::Session;
use beistand_protocol::{
    api::{Append, SessionKind},
    closing::Closing,
    codec::{decode, encode},
    error::Code,
    limit::EPHEMERAL_BYTES_MAX,
    live::{ClientFrame, Ending, ServerFrame},
};
use bytes::Bytes;
use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// Time for the first frame.
const HELLO_MAX: Duration = Duration::from_secs(15);
/// Without any frame for this long, a sign of life is asked for.
const PROBE_AFTER: Duration = Duration::from_secs(30);
/// While a frame waits until its account may send it nothing is read, not even a good-bye: so often it is asked then,
/// until the system says that nobody is there.
const PROBE_HELD: Duration = Duration::from_secs(5);
/// Without any frame for this long the connection is dead.
const SILENCE_MAX: Duration = Duration::from_secs(75);
/// Time in which a frame must have been taken by the other side.
const SEND_MAX: Duration = Duration::from_secs(20);
/// Time that the other side has to answer a good-bye.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Time that a reload or a short cut of the network may take before somebody counts as gone.
const RELOAD_MAX: Duration = Duration::from_secs(20);
/// Frames that a client may send at once …
const BURST_MAX: u32 = 60;
/// … and how often another one is let through after that.
const REFILL: Duration = Duration::from_millis(50);
/// Frames of one connection that are acted on before others get their turn.
const FRAMES_IN_A_ROW: u32 = 4;

/// Why a connection ends.
enum End {
    /// Say so and close.
    Bye(Ending),
    /// The other side is gone.
    Gone,
}

/// Runs a connection to its end.
pub async fn run(app: Arc<App>, mut socket: WebSocket) {
    let session = match tokio::time::timeout(HELLO_MAX, hello(&app, &mut socket)).await {
        Ok(Ok(session)) => session,
        Ok(Err(End::Bye(ending))) => return farewell(&mut socket, ending).await,
        Ok(Err(End::Gone)) | Err(_) => return,
    };
    let token = session.token_hash;
    // What the session's former connection still brings would be stored after this one had caught up: the client
    // would have sealed it anew by then, and readers would find the same counter twice. So nothing more is taken
    // from there, and this one is greeted once everything that was taken is stored.
    app.hub.close_gates(&token);
    // A storage that fails says so to whoever writes.
    let _ = app.commit(Vec::new()).await;
    let mut channel = app.hub.open(&session, app.directory.head(), app.now_s());
    if let SessionKind::Staff(person) = session.kind {
        app.notices.seen(person);
    }
    let id = channel.id;
    app.resumes.channel_opened(token);
    let end = serve(&app, &mut socket, &session, &mut channel).await;
    app.hub.close(id);
    if matches!(session.kind, SessionKind::Staff(_)) {
        let app = app.clone();
        tokio::spawn(async move {
            tokio::time::sleep(RELOAD_MAX).await;
            app.hub.settle_presence(id);
        });
    }
    app.resumes.channel_closed(token, app.steady_s());
    if let End::Bye(ending) = end {
        farewell(&mut socket, ending).await;
    }
}

/// Reads the first frame.
async fn hello(app: &App, socket: &mut WebSocket) -> Result<Session, End> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Binary(bytes))) => {
                let Ok(ClientFrame::Hello { token }) = decode(&bytes) else {
                    return Err(End::Bye(Ending::Malformed));
                };
                let token: [u8; 32] = token.try_into().map_err(|_| End::Bye(Ending::Malformed))?;
                let bye = |refused: ApiError| End::Bye(ending(refused.code()));
                let session = app.use_session(&crate::login::token_hash(&token)).map_err(bye)?;
                // Its pages don't come here before the second factor is set up.
                return match is_missing(app, &session).map_err(bye)? {
                    true => Err(End::Bye(Ending::SessionEnded)),
                    false => Ok(session),
                };
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Text(_))) => return Err(End::Bye(Ending::Malformed)),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
        }
    }
}

/// Says good-bye and closes; the other side gets a moment to answer.
async fn farewell(socket: &mut WebSocket, ending: Ending) {
    let last = Message::Binary(encode(&ServerFrame::Bye(ending)).into());
    let close = async {
        socket.send(last).await?;
        socket.send(Message::Close(None)).await
    };
    // Whoever does not take it has lost the connection anyway.
    if let Ok(Ok(())) = tokio::time::timeout(SEND_MAX, close).await {
        // To close over bytes that nobody has read resets the connection, and takes the good-bye with it.
        let answer = async { while let Some(Ok(_)) = socket.recv().await {} };
        let _ = tokio::time::timeout(ANSWER_MAX, answer).await;
    }
}

/// How many frames the client may send now.
struct Budget {
    left: u32,
    refilled: Instant,
}

impl Budget {
    fn refill(&mut self, now: Instant) {
        let earned = now.duration_since(self.refilled).as_millis() / REFILL.as_millis();
        if earned > 0 {
            self.left = self.left.saturating_add(u32::try_from(earned).unwrap_or(BURST_MAX)).min(BURST_MAX);
            self.refilled = now;
        }
    }
}

async fn serve(app: &Arc<App>, socket: &mut WebSocket, session: &Session, channel: &mut Channel) -> End {
    let mut heard = tokio_now();
    let mut probed = false;
    let mut asked = heard;
    let mut budget = Budget { left: BURST_MAX, refilled: heard };
    // A frame that its account may not send yet; nothing more is read meanwhile.
    let mut held: Option<Bytes> = None;
    loop {
        let now = tokio_now();
        budget.refill(now);
        let mut admitted_at = None;
        if let Some(bytes) = held.take() {
            let channels = app.hub.channels(session.account);
            match app.intake.admit(session.account, session.kind, bytes.len(), channels, now) {
                Ok(()) => {
                    // What it sends meanwhile waits unread: that is no silence.
                    heard = now;
                    if let Err(end) = receive(app, session, channel, &bytes) {
                        return end;
                    }
                }
                Err(wait) => {
                    admitted_at = Some(now + wait);
                    held = Some(bytes);
                }
            }
        }
        let reads = budget.left > 0 && held.is_none();
        let wake = match (admitted_at, budget.left, probed) {
            (Some(at), ..) => at.min(asked + PROBE_HELD),
            (None, 0, _) => budget.refilled + REFILL,
            (None, _, false) => heard + PROBE_AFTER,
            (None, _, true) => heard + SILENCE_MAX,
        };
        tokio::select! {
            biased;
            outgoing = channel.queue.recv() => match outgoing {
                Some(Outgoing::Frame(bytes)) => {
                    if !send(socket, Message::Binary(bytes)).await {
                        return End::Gone;
                    }
                }
                Some(Outgoing::Bye(ending)) => return End::Bye(ending),
                None => return End::Bye(Ending::TooSlow),
            },
            message = socket.recv(), if reads => {
                heard = tokio_now();
                probed = false;
                match message {
                    Some(Ok(Message::Binary(bytes))) => {
                        budget.left -= 1;
                        held = Some(bytes);
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => budget.left -= 1,
                    Some(Ok(Message::Text(_))) => return End::Bye(Ending::Malformed),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return End::Gone,
                }
                if budget.left.is_multiple_of(FRAMES_IN_A_ROW) {
                    tokio::task::yield_now().await;
                }
            },
            () = tokio::time::sleep_until(wake) => {
                let silence = tokio_now().duration_since(heard);
                if reads && silence >= SILENCE_MAX {
                    return End::Gone;
                }
                let unread = held.is_some() && asked.elapsed() >= PROBE_HELD;
                if unread || silence >= PROBE_AFTER && !probed {
                    probed = true;
                    asked = tokio_now();
                    if !send(socket, Message::Ping(Bytes::new())).await {
                        return End::Gone;
                    }
                }
            },
        }
    }
}

/// Tokio's clock: it measures silence, and tests can move it.
fn tokio_now() -> Instant {
    Instant::now()
}

/// Sends within the time that a reader has.
async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(tokio::time::timeout(SEND_MAX, socket.send(message)).await, Ok(Ok(())))
}

/// Acts on one frame.
fn receive(app: &Arc<App>, session: &Session, channel: &Channel, bytes: &[u8]) -> Result<(), End> {
    let id = channel.id;
    let frame = decode::<ClientFrame>(bytes).map_err(|_| End::Bye(Ending::Malformed))?;
    // A sign of life is no use: a page that was left open ends like a page that was closed.
    if !matches!(frame, ClientFrame::Ping) {
        still_valid(app, &session.token_hash)?;
    }
    match frame {
        ClientFrame::Ping => app.hub.send(id, &ServerFrame::Pong),
        ClientFrame::Append { request, append } => store(app, session, channel, request, append, None)?,
        ClientFrame::Close { request, append, closing } => {
            store(app, session, channel, request, append, Some(closing))?;
        }
        ClientFrame::Ephemeral { conversation, sealed } => {
            if sealed.len() > EPHEMERAL_BYTES_MAX {
                return Err(End::Bye(Ending::Malformed));
            }
            if may_access(app, session, conversation).is_ok() {
                app.hub.ephemeral(id, conversation, sealed);
            }
        }
        ClientFrame::Presence(presence) => {
            if let SessionKind::Staff(person) = session.kind {
                app.hub.set_presence(person, presence);
            }
        }
        // A second hello, or a frame that is newer than this server.
        _ => return Err(End::Bye(Ending::Malformed)),
    }
    Ok(())
}

/// Stores envelopes, queued in the order of the frames; the answer comes when they are durable.
fn store(
    app: &Arc<App>,
    session: &Session,
    channel: &Channel,
    request: u32,
    wanted: Append,
    closing: Option<Closing>,
) -> Result<(), End> {
    let open = channel.gate.lock().unwrap_or_else(PoisonError::into_inner);
    if !*open {
        return Err(End::Bye(Ending::Restart));
    }
    let pending = append(app, session, wanted, closing);
    drop(open);
    let (app, id) = (app.clone(), channel.id);
    tokio::spawn(async move {
        let outcome = pending.await.map_err(|refused| refused.code());
        app.hub.send(id, &ServerFrame::Appended { request, outcome });
    });
    Ok(())
}

fn still_valid(app: &App, token: &TokenHash) -> Result<(), End> {
    app.use_session(token).map(drop).map_err(|refused| End::Bye(ending(refused.code())))
}

/// What a session that is none any more hears.
fn ending(code: Code) -> Ending {
    match code {
        Code::Revoked => Ending::Revoked,
        Code::PasswordChanged => Ending::PasswordChanged,
        Code::AccountDeleted => Ending::AccountDeleted,
        Code::SessionExpired => Ending::SessionEnded,
        _ => Ending::Restart,
    }
}
