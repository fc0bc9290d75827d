//! The network between devices and the box: late, lossy, cut, and now and then it says things twice.
//!
//! A request may get lost on its way there or back, may come twice, and overtakes others. The live channel is a
//! stream as TCP gives one: nothing in it is lost or reordered without the stream breaking, but it stalls, and it
//! breaks with frames under way. Behind it runs the server's real router, WebSocket included.

use super::{chance::Chance, clock::SimulatedClock, signal::Signal, trace::Trace};
use axum::{Router, body::Body};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use beistand_protocol::{
    api::route,
    codec::decode,
    limit,
    live::{ClientFrame, ServerFrame},
};
use beistand_server::listen::ClientAddress;
use beistand_vault::client::{
    Input,
    transport::{Channel, Method, REQUEST_TIMEOUT_S, Response, Transport, Unreachable},
};
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::BodyExt as _;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};
use tokio::{
    sync::mpsc,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::{self, Message, protocol::WebSocketConfig};
use tower::ServiceExt as _;

/// What the network does to whatever goes through it. "One in 0" is never.
#[derive(Debug, Clone, Copy)]
pub struct Weather {
    /// Longest way in one direction, in ms.
    pub delay_ms_max: u64,
    /// One in so many requests is lost on its way there, or back.
    pub lost_one_in: u64,
    /// One in so many requests comes twice, and so many frames.
    pub twice_one_in: u64,
    /// One in so many frames breaks the live channel.
    pub break_one_in: u64,
    /// One in so many frames stalls for some seconds.
    pub stall_one_in: u64,
}

impl Weather {
    /// A good day.
    pub const FINE: Self =
        Self { delay_ms_max: 20, lost_one_in: 0, twice_one_in: 0, break_one_in: 0, stall_one_in: 0 };

    /// Any day.
    pub fn of(chance: &mut Chance) -> Self {
        if chance.one_in(4) {
            return Self::FINE;
        }
        Self {
            delay_ms_max: *chance.pick(&[20, 300, 3_000]).unwrap(),
            lost_one_in: *chance.pick(&[0, 4, 15, 60]).unwrap(),
            twice_one_in: *chance.pick(&[0, 5, 30]).unwrap(),
            break_one_in: *chance.pick(&[0, 6, 40]).unwrap(),
            stall_one_in: *chance.pick(&[0, 10, 50]).unwrap(),
        }
    }
}

/// The running server, as the network reaches it.
#[derive(Clone)]
pub struct Reachable {
    pub router: Router,
    /// Which start of the box this is.
    pub start: u64,
}

/// The network.
pub struct Network {
    weather: Cell<Weather>,
    server: Signal<Option<Reachable>>,
    trace: Trace,
}

impl Network {
    pub fn new(trace: Trace) -> Rc<Self> {
        Rc::new(Self { weather: Cell::new(Weather::FINE), server: Signal::new(None), trace })
    }

    pub fn set_weather(&self, weather: Weather) {
        self.weather.set(weather);
    }

    /// The box is up (again), or down: everything that was under way breaks.
    pub fn set_server(&self, server: Option<Reachable>) {
        self.server.set(server);
    }

    fn server(&self) -> Option<Reachable> {
        self.server.get()
    }

    fn start(&self) -> u64 {
        self.server.get().map_or(0, |server| server.start)
    }
}

/// Whether a device can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cable {
    /// In.
    Plugged,
    /// Out, and the device notices.
    Pulled,
    /// Nothing comes through, and nobody notices.
    Silent,
}

/// One device's way to the box.
pub struct Link {
    name: String,
    network: Rc<Network>,
    chance: RefCell<Chance>,
    address: ClientAddress,
    cable: Signal<Cable>,
    wanted: Signal<bool>,
    /// How often the client has hung up; it may want the channel again at once.
    hung_up: Cell<u64>,
    frames: mpsc::UnboundedSender<(Channel, Vec<u8>)>,
    clock: SimulatedClock,
    closed: Cell<bool>,
}

impl Link {
    /// A link, and the task that keeps its live channel open.
    pub fn new(
        name: &str,
        network: &Rc<Network>,
        chance: &Chance,
        address: ClientAddress,
        clock: SimulatedClock,
        events: impl Fn(Input) + 'static,
    ) -> Rc<Self> {
        let (frames, outgoing) = mpsc::unbounded_channel();
        let link = Rc::new(Self {
            name: name.to_owned(),
            network: network.clone(),
            chance: RefCell::new(chance.fork(name)),
            address,
            cable: Signal::new(Cable::Plugged),
            wanted: Signal::new(false),
            hung_up: Cell::new(0),
            frames,
            clock,
            closed: Cell::new(false),
        });
        tokio::task::spawn_local(keep_live(link.clone(), outgoing, events));
        link
    }

    pub fn set_cable(&self, cable: Cable) {
        self.cable.set(cable);
    }

    /// The page is closed: nothing comes or goes any more.
    pub fn close(&self) {
        self.closed.set(true);
        self.cable.set(Cable::Pulled);
    }

    fn versions(&self) -> (u64, u64, u64) {
        (self.wanted.version(), self.cable.version(), self.network.server.version())
    }

    pub fn clock(&self) -> &SimulatedClock {
        &self.clock
    }

    fn weather(&self) -> Weather {
        self.network.weather.get()
    }

    fn delay(&self) -> Duration {
        Duration::from_millis(self.chance.borrow_mut().between(1, self.weather().delay_ms_max))
    }

    fn one_in(&self, times: u64) -> bool {
        self.chance.borrow_mut().one_in(times)
    }

    /// One way through the network.
    async fn travel(&self) -> Result<(), Unreachable> {
        sleep(self.delay()).await;
        let lost = self.one_in(self.weather().lost_one_in);
        if lost && self.one_in(2) {
            // Nobody says that it is lost.
            std::future::pending::<()>().await;
        }
        loop {
            let version = self.cable.version();
            match self.cable.get() {
                Cable::Plugged if lost => return Err(Unreachable),
                Cable::Plugged => return Ok(()),
                Cable::Pulled => return Err(Unreachable),
                Cable::Silent => {}
            }
            self.cable.changed(version).await;
        }
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        token: Option<&[u8; 32]>,
        body: Vec<u8>,
    ) -> Result<Response, Unreachable> {
        self.travel().await?;
        let Reachable { router, start } = self.network.server().ok_or(Unreachable)?;
        let request = || {
            let mut request =
                http::Request::builder().method(method.as_str()).uri(path).extension(self.address);
            if let Some(token) = token {
                let text = format!("Bearer {}", URL_SAFE_NO_PAD.encode(token));
                request = request.header("authorization", text);
            }
            request.body(Body::from(body.clone())).map_err(|_| Unreachable)
        };
        if matches!(method, Method::Post) && self.one_in(self.weather().twice_one_in) {
            let (again, router, delay) = (request()?, router.clone(), self.delay());
            self.network.trace.note(&format!("{}: {path} comes twice", self.name));
            tokio::task::spawn_local(async move {
                sleep(delay).await;
                drop(router.oneshot(again).await);
            });
        }
        // Once it has come in it runs to its end, whether the other side still waits or not.
        let answer = tokio::task::spawn_local(router.oneshot(request()?));
        let answer = answer.await.map_err(|_| Unreachable)?.map_err(|never| match never {})?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.map_err(|_| Unreachable)?.to_bytes().to_vec();
        if self.network.start() != start {
            return Err(Unreachable);
        }
        self.travel().await?;
        Ok(Response { status, body })
    }
}

/// What a device's client gets.
pub struct Surroundings(pub Rc<Link>);

impl Transport for Surroundings {
    async fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&[u8; 32]>,
        body: Vec<u8>,
    ) -> Result<Response, Unreachable> {
        let link = &self.0;
        let (limit, bytes) = (Duration::from_secs(REQUEST_TIMEOUT_S), body.len());
        let answer = timeout(limit, link.exchange(method, path, token, body)).await;
        let answer = answer.map_err(|_| Unreachable).flatten();
        let told = answer.as_ref().map_or(0, |answer| answer.status);
        let back = answer.as_ref().map_or(0, |answer| answer.body.len());
        link.network.trace.note(&format!("{}: {path} {bytes} -> {told} {back}", link.name));
        answer
    }

    fn open_live(&self) {
        self.0.wanted.set(true);
    }

    fn close_live(&self) {
        self.0.hung_up.set(self.0.hung_up.get() + 1);
        self.0.wanted.set(false);
    }

    fn send_live(&self, channel: Channel, frame: Vec<u8>) {
        // The task that would send it may have gone with the device.
        let _ = self.0.frames.send((channel, frame));
    }

    fn now_ms(&self) -> u64 {
        self.0.clock.now_ms()
    }

    async fn words(&self, language: &str) -> Option<String> {
        Some(beistand_vault::client::passphrase::words(language).to_owned())
    }

    async fn guesses_log10(&self, _: &str, _: &[&str]) -> Option<f64> {
        // Judging passwords is not what is simulated.
        Some(20.0)
    }
}

/// Keeps the live channel open while it is wanted and the cable is in.
async fn keep_live(
    link: Rc<Link>,
    mut outgoing: mpsc::UnboundedReceiver<(Channel, Vec<u8>)>,
    events: impl Fn(Input),
) {
    let mut pause_ms = 50;
    let mut channel = Channel(0);
    while !link.closed.get() {
        let (wanted, cable, server) = link.versions();
        let open = link.wanted.get() && link.cable.get() == Cable::Plugged;
        let reachable = link.network.server();
        if let (true, Some(reachable)) = (open, reachable) {
            sleep(link.delay()).await;
            if let Some(stream) = connect(&link, reachable).await {
                pause_ms = 50;
                channel.0 += 1;
                events(Input::Connected(channel));
                link.network.trace.note(&format!("{}: live", link.name));
                run_live(&link, stream, &mut outgoing, channel, &events).await;
                link.network.trace.note(&format!("{}: live is over", link.name));
                events(Input::Disconnected(channel));
            } else {
                pause_ms = (pause_ms * 2).min(2_000);
            }
            sleep(Duration::from_millis(pause_ms)).await;
            continue;
        }
        tokio::select! {
            biased;
            () = link.wanted.changed(wanted) => {}
            () = link.cable.changed(cable) => {}
            () = link.network.server.changed(server) => {}
        }
    }
}

type Stream = tokio_tungstenite::WebSocketStream<tokio::io::DuplexStream>;

async fn connect(link: &Link, reachable: Reachable) -> Option<Stream> {
    let (near, far) = tokio::io::duplex(256 * 1024);
    let (start, address) = (reachable.start, link.address);
    let network = link.network.clone();
    let router = reachable.router.layer(axum::Extension(address));
    tokio::task::spawn_local(async move {
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(far), TowerToHyperService::new(router))
            .with_upgrades();
        let stopped = async {
            while network.start() == start {
                network.server.changed(network.server.version()).await;
            }
        };
        // However it ends, the other side sees it.
        tokio::select! {
            biased;
            () = stopped => {}
            _ = connection => {}
        }
    });
    let config = WebSocketConfig::default().max_message_size(Some(limit::FRAME_BYTES_MAX * 2));
    let uri = format!("ws://box{}", route::LIVE);
    let request = tungstenite::client::IntoClientRequest::into_client_request(uri).ok()?;
    let opening = tokio_tungstenite::client_async_with_config(request, near, Some(config));
    timeout(Duration::from_secs(REQUEST_TIMEOUT_S), opening).await.ok()?.ok().map(|(stream, _)| stream)
}

/// The near end is gone. What it had sent is lost with it, or arrives later all the same.
fn break_off(link: &Link, mut stream: Stream, there: std::collections::VecDeque<(Instant, Vec<u8>)>) {
    if link.one_in(2) {
        return;
    }
    let late = Duration::from_millis(link.chance.borrow_mut().between(0, 10_000));
    tokio::task::spawn_local(async move {
        for (at, frame) in there {
            sleep_until(at + late).await;
            if stream.send(Message::Binary(frame.into())).await.is_err() {
                return;
            }
        }
        sleep(late).await;
    });
}

/// Carries frames both ways, each late, until something breaks.
async fn run_live(
    link: &Link,
    mut stream: Stream,
    outgoing: &mut mpsc::UnboundedReceiver<(Channel, Vec<u8>)>,
    channel: Channel,
    events: &impl Fn(Input),
) {
    let (start, hung_up) = (link.network.start(), link.hung_up.get());
    let mut there = std::collections::VecDeque::new();
    let mut here = std::collections::VecDeque::new();
    let mut once_more = None;
    let later = |queue: &std::collections::VecDeque<(Instant, Vec<u8>)>| {
        let mut at = Instant::now() + link.delay();
        if link.one_in(link.weather().stall_one_in) {
            at += Duration::from_secs(link.chance.borrow_mut().between(1, 40));
        }
        queue.back().map_or(at, |(last, _)| at.max(*last))
    };
    loop {
        if link.network.start() != start || link.cable.get() == Cable::Pulled {
            return;
        }
        if !link.wanted.get() || link.hung_up.get() != hung_up {
            let _ = stream.close(None).await;
            return;
        }
        let (wanted, cable, server) = link.versions();
        let silent = link.cable.get() == Cable::Silent;
        let due = |queue: &std::collections::VecDeque<(Instant, Vec<u8>)>| {
            queue.front().filter(|_| !silent).map(|(at, _)| *at)
        };
        let (next_there, next_here) = (due(&there), due(&here));
        let far = Instant::now() + Duration::from_secs(3600);
        tokio::select! {
            biased;
            () = link.network.server.changed(server) => {}
            () = link.cable.changed(cable) => {}
            () = link.wanted.changed(wanted) => {}
            () = sleep_until(next_here.unwrap_or(far)), if next_here.is_some() => {
                if let Some((_, frame)) = here.pop_front() {
                    events(Input::Frame(channel, frame));
                }
            }
            () = sleep_until(next_there.unwrap_or(far)), if next_there.is_some() => {
                let Some((_, frame)) = there.pop_front() else { continue };
                if stream.send(Message::Binary(frame.into())).await.is_err() {
                    return;
                }
            }
            frame = outgoing.recv() => {
                let Some((meant, frame)) = frame else { return };
                if meant != channel {
                    continue;
                }
                // Nothing in a stream comes twice, but a client may send again what it has no answer to.
                let again = matches!(decode(&frame), Ok(ClientFrame::Append { .. } | ClientFrame::Close { .. } | ClientFrame::Ephemeral { .. }));
                if again && link.one_in(link.weather().twice_one_in) {
                    link.network.trace.note(&format!("{}: a frame is sent twice", link.name));
                    there.push_back((later(&there), frame.clone()));
                }
                there.push_back((later(&there), frame));
                if link.one_in(link.weather().break_one_in) {
                    return break_off(link, stream, there);
                }
            }
            message = stream.next() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    if link.one_in(link.weather().break_one_in) {
                        return break_off(link, stream, there);
                    }
                    here.push_back((later(&here), bytes.to_vec()));
                    // What was stored is told again: at once, or after what comes next.
                    if let Some(former) = once_more.take() {
                        here.push_back((later(&here), former));
                    }
                    let stored = matches!(decode(&bytes), Ok(ServerFrame::Stored { .. }));
                    if stored && link.one_in(link.weather().twice_one_in) {
                        link.network.trace.note(&format!("{}: a frame comes twice", link.name));
                        if link.one_in(2) {
                            here.push_back((later(&here), bytes.to_vec()));
                        } else {
                            once_more = Some(bytes.to_vec());
                        }
                    }
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => {
                    // What had left the box before it closed still arrives.
                    while let Some((at, frame)) = here.pop_front() {
                        sleep_until(at).await;
                        events(Input::Frame(channel, frame));
                    }
                    return;
                }
            },
        }
    }
}
