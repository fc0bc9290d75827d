//! Honest conversations: seekers and staff connections that write to each other at a fixed rate,
//! whatever the answers (open loop, so that a slow box can't slow its own measurement down).

use super::{
    LoadError,
    account::Token,
    office::{Office, Talk},
    stolen::Watch,
    wire::{Requests, Socket, next, open_live, send, source},
};
use crate::native::Address;
use beistand_protocol::{
    error::Code,
    id::MessageId,
    live::{ClientFrame, Ending, ServerFrame},
};
use futures_util::StreamExt as _;
use std::{
    cell::RefCell,
    collections::HashMap,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// Of this many messages one is written by staff.
const STAFF_WRITES_EVERY: usize = 4;
/// How long the last messages may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came of one stretch of time.
#[derive(Debug, Default)]
pub struct Outcome {
    /// From sending until everybody else in the conversation has it: one sample a recipient.
    pub delivered: Vec<Duration>,
    /// From sending until the sender is told that it is stored durably.
    pub stored: Vec<Duration>,
    /// Messages sent.
    pub sent: usize,
    /// How late this machine was in sending, compared with its own plan.
    pub late: Vec<Duration>,
    /// Deliveries that never came.
    pub missing: usize,
    /// Deliveries that came while this machine's processors were given to others: no samples of the box.
    pub stolen: Vec<Duration>,
}

#[derive(Default)]
struct Board {
    /// Who sent it, and when.
    sent: HashMap<MessageId, (usize, Instant)>,
    waiting: HashMap<u32, Instant>,
    /// When a message was sent and when it came.
    delivered: Vec<(Instant, Instant)>,
    /// When it was sent and when its sender was told that it is stored.
    stored: Vec<(Instant, Instant)>,
    outcome: Outcome,
    refused: Vec<Code>,
    /// Who was cut off (staff first), and what was said.
    dropped: Vec<(usize, Option<Ending>)>,
}

struct Party {
    frames: mpsc::UnboundedSender<ClientFrame>,
}

/// People who talk.
pub struct Traffic {
    seekers: Vec<(Party, Talk)>,
    staff: Vec<Party>,
    board: Rc<RefCell<Board>>,
    request: u32,
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn now() -> Instant {
    Instant::now()
}

/// Runs a connection: frames out, arrivals noted.
fn join(socket: Socket, who: usize, board: Rc<RefCell<Board>>) -> Party {
    let (frames, mut outgoing) = mpsc::unbounded_channel();
    let (mut sink, mut stream) = socket.split();
    tokio::task::spawn_local(async move {
        while let Some(frame) = outgoing.recv().await {
            if send(&mut sink, &frame).await.is_err() {
                return;
            }
        }
    });
    tokio::task::spawn_local(async move {
        let mut ending = None;
        while let Ok(frame) = next(&mut stream).await {
            let at = now();
            let mut board = board.borrow_mut();
            match frame {
                ServerFrame::Stored { stored, .. } => {
                    let sent = board.sent.get(&stored.envelope.id).copied();
                    if let Some((_, began)) = sent.filter(|(sender, _)| *sender != who) {
                        board.delivered.push((began, at));
                    }
                }
                ServerFrame::Appended { request, outcome } => {
                    let began = board.waiting.remove(&request);
                    match (outcome, began) {
                        (Ok(_), Some(began)) => board.stored.push((began, at)),
                        (outcome, _) => board.refused.push(outcome.err().unwrap_or(Code::Internal)),
                    }
                }
                ServerFrame::Bye(why) => ending = Some(why),
                _ => {}
            }
        }
        board.borrow_mut().dropped.push((who, ending));
    });
    Party { frames }
}

impl Traffic {
    /// Signs seekers up, opens a conversation each, and connects them and some staff sessions.
    /// Must run inside a `LocalSet`.
    ///
    /// # Errors
    /// [`LoadError`].
    pub async fn gather(
        address: &Address,
        office: &Office,
        seekers: usize,
        staff: usize,
    ) -> Result<Self, LoadError> {
        let board = Rc::<RefCell<Board>>::default();
        let mut all = Self { seekers: Vec::new(), staff: Vec::new(), board, request: 0 };
        for number in 0..staff {
            let from = source(10, number);
            let mut requests = Requests::open(address, from).await?;
            let token = office.log_in_staff(&mut requests, &office.staff).await?;
            let socket = open_live(address, from, &token).await?;
            all.staff.push(join(socket, number, all.board.clone()));
        }
        for number in 0..seekers {
            let from = source(11, number);
            let mut requests = Requests::open(address, from).await?;
            let seeker = office.sign_up(&mut requests).await?;
            let token: Token = office.log_in(&mut requests, &seeker).await?;
            let text = "Ich weiß gerade nicht, mit wem ich darüber reden kann.";
            let talk = office.open_talk(&mut requests, &seeker, &token, text).await?;
            let socket = open_live(address, from, &token).await?;
            all.seekers.push((join(socket, staff + number, all.board.clone()), talk));
        }
        Ok(all)
    }

    /// Sends messages for some time and waits until they have all arrived.
    ///
    /// # Errors
    /// [`LoadError::Broken`] when somebody was cut off or refused.
    pub async fn run(&mut self, per_second: u32, time: Duration) -> Result<Outcome, LoadError> {
        let step = Duration::from_secs(1) / per_second;
        let (begin, watch) = (now(), Watch::begin());
        let count = usize::try_from(time.as_nanos() / step.as_nanos()).unwrap_or(0);
        // Ten milliseconds of rest at most a wake: the timer is not the thing measured.
        let mut planned = begin;
        for number in 0..count {
            planned += step;
            tokio::time::sleep_until(planned.into()).await;
            self.send(number, planned);
        }
        let recipients = self.staff.len();
        let wanted = count * recipients;
        let end = now() + PATIENCE;
        loop {
            let arrived = {
                let board = self.board.borrow();
                board.delivered.len() >= wanted && board.stored.len() >= count
            };
            if arrived || now() > end {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut board = self.board.borrow_mut();
        board.sent.clear();
        board.waiting.clear();
        let (refused, dropped) = (std::mem::take(&mut board.refused), std::mem::take(&mut board.dropped));
        let mut outcome = std::mem::take(&mut board.outcome);
        let (delivered, stored) = (std::mem::take(&mut board.delivered), std::mem::take(&mut board.stored));
        if !refused.is_empty() || !dropped.is_empty() {
            return Err(LoadError::Broken(format!(
                "of honest people messages were refused: {refused:?}; connections cut: {dropped:?}"
            )));
        }
        outcome.sent = count;
        outcome.missing = wanted.saturating_sub(delivered.len());
        for (began, at) in delivered {
            let stolen = watch.was_stolen(began, at);
            let samples = if stolen { &mut outcome.stolen } else { &mut outcome.delivered };
            samples.push(at.duration_since(began));
        }
        let stored = stored.iter().filter(|(began, at)| !watch.was_stolen(*began, *at));
        outcome.stored = stored.map(|(began, at)| at.duration_since(*began)).collect();
        Ok(outcome)
    }

    fn send(&mut self, number: usize, planned: Instant) {
        let Some((seeker, talk)) = self.seekers.get(number % self.seekers.len().max(1)) else { return };
        self.request = self.request.wrapping_add(1);
        let (id, frame) = talk.frame(self.request);
        let by_staff = number.is_multiple_of(STAFF_WRITES_EVERY) && !self.staff.is_empty();
        let (who, party) = if by_staff {
            let who = number / STAFF_WRITES_EVERY % self.staff.len();
            (who, &self.staff[who])
        } else {
            (self.staff.len() + number % self.seekers.len(), seeker)
        };
        let began = now();
        let mut board = self.board.borrow_mut();
        board.sent.insert(id, (who, began));
        board.waiting.insert(self.request, began);
        board.outcome.late.push(began.duration_since(planned));
        // A connection that is gone shows in the outcome.
        let _ = party.frames.send(frame);
    }
}
