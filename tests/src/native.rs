//! The client with a native transport: HTTPS over hyper, WebSocket over tungstenite, both on
//! rustls with the box's own root certificate. One thread: run it inside a `LocalSet`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use beistand_protocol::{api::route, limit};
use beistand_vault::{
    client::{
        Client, Input,
        transport::{
            Channel, Method, REQUEST_TIMEOUT_S, RESPONSE_BYTES_MAX, Response, Transport, Unreachable,
            YIELD_AFTER_MS,
        },
    },
    random::Random,
};
use futures_util::{SinkExt as _, StreamExt as _};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    net::Ipv4Addr,
    path::Path,
    rc::Rc,
    sync::Arc,
    time::Duration,
};
use tokio::{
    net::{TcpSocket, TcpStream},
    sync::{mpsc, watch},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::tungstenite::{self, Message, protocol::WebSocketConfig};

/// Why no native client could be made.
#[derive(Debug, thiserror::Error)]
pub enum NativeError {
    /// The address is not `https://host[:port]`.
    #[error("not an address of the form https://host:port")]
    Address,
    /// The root certificate could not be read.
    #[error("root certificate could not be read")]
    Certificate(#[source] rustls::pki_types::pem::Error),
    /// The root certificate is none.
    #[error("root certificate is not usable")]
    Root(#[source] rustls::Error),
}

/// Where a box answers, and whose certificates it may show.
#[derive(Clone)]
pub struct Address {
    host: String,
    port: u16,
    /// With ALPN `h2`, for requests.
    requests: TlsConnector,
    /// With ALPN `http/1.1`, for the WebSocket.
    live: TlsConnector,
    /// How far the device's clock goes ahead, milliseconds.
    ahead_ms: Rc<Cell<u64>>,
    /// Length from which a conversation counts as full.
    full_from: u64,
    /// Who stands in between.
    between: Rc<dyn Between>,
}

impl Address {
    /// Reads `https://host[:port]` and the PEM file of the root certificate.
    ///
    /// # Errors
    /// [`NativeError`].
    pub fn new(url: &str, root_certificate: &Path) -> Result<Self, NativeError> {
        let rest = url.strip_prefix("https://").ok_or(NativeError::Address)?.trim_end_matches('/');
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().map_err(|_| NativeError::Address)?),
            None => (rest, 443),
        };
        let mut roots = rustls::RootCertStore::empty();
        for certificate in
            CertificateDer::pem_file_iter(root_certificate).map_err(NativeError::Certificate)?
        {
            roots.add(certificate.map_err(NativeError::Certificate)?).map_err(NativeError::Root)?;
        }
        let roots = Arc::new(roots);
        let connector = |protocol: &[u8]| {
            let mut config = rustls::ClientConfig::builder_with_provider(Arc::new(
                rustls::crypto::aws_lc_rs::default_provider(),
            ))
            .with_safe_default_protocol_versions()
            .map_err(NativeError::Root)?
            .with_root_certificates(roots.clone())
            .with_no_client_auth();
            config.alpn_protocols = vec![protocol.to_vec()];
            Ok(TlsConnector::from(Arc::new(config)))
        };
        Ok(Self {
            host: host.to_owned(),
            port,
            requests: connector(b"h2")?,
            live: connector(b"http/1.1")?,
            ahead_ms: Rc::default(),
            full_from: limit::CONVERSATION_FULL,
            between: Rc::new(Honest),
        })
    }

    /// The same for a device whose clock goes ahead by some days.
    #[must_use]
    pub fn days_ahead(&self, days: u64) -> Self {
        Self { ahead_ms: Rc::new(Cell::new(days * 24 * 60 * 60 * 1000)), ..self.clone() }
    }

    /// The same for a device whose clock somebody sets: by how many milliseconds it goes ahead.
    #[must_use]
    pub fn with_clock(&self, ahead_ms: Rc<Cell<u64>>) -> Self {
        Self { ahead_ms, ..self.clone() }
    }

    /// The same for a device that takes conversations for full from another length on.
    #[must_use]
    pub fn full_from(&self, full_from: u64) -> Self {
        Self { full_from, ..self.clone() }
    }

    /// The same with somebody in between.
    #[must_use]
    pub fn through(&self, between: Rc<dyn Between>) -> Self {
        Self { between, ..self.clone() }
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as in the address.
    #[must_use]
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    async fn connect(&self, connector: &TlsConnector) -> Result<TlsStream<TcpStream>, Unreachable> {
        let stream = TcpStream::connect((self.host.as_str(), self.port)).await.map_err(|_| Unreachable)?;
        self.shake_hands(connector, stream).await
    }

    /// A connection from another address of this machine (all of 127.0.0.0/8 is its own), so that
    /// one process can be many networks. `live` chooses HTTP/1.1 instead of HTTP/2.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub async fn connect_from(
        &self,
        source: Ipv4Addr,
        live: bool,
    ) -> Result<TlsStream<TcpStream>, Unreachable> {
        let stream = self.tcp_from(source).await?;
        self.shake_hands(if live { &self.live } else { &self.requests }, stream).await
    }

    /// The same without TLS.
    ///
    /// # Errors
    /// [`Unreachable`].
    pub async fn tcp_from(&self, source: Ipv4Addr) -> Result<TcpStream, Unreachable> {
        let socket = TcpSocket::new_v4().map_err(|_| Unreachable)?;
        socket.bind((source, 0).into()).map_err(|_| Unreachable)?;
        let to = (Ipv4Addr::LOCALHOST, self.port).into();
        socket.connect(to).await.map_err(|_| Unreachable)
    }

    async fn shake_hands(
        &self,
        connector: &TlsConnector,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Unreachable> {
        stream.set_nodelay(true).map_err(|_| Unreachable)?;
        let name = ServerName::try_from(self.host.clone()).map_err(|_| Unreachable)?;
        connector.connect(name, stream).await.map_err(|_| Unreachable)
    }
}

/// Randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "here randomness enters the native client")]
    #[allow(clippy::expect_used)]
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives randomness once it has started");
    }
}

/// Somebody between the client and its server, for tests: may change every answer and frame that
/// comes, after TLS and before the client reads it, and keep from the server what the client says.
/// What it is asked is the client's own words.
pub trait Between {
    /// A frame goes out. With frames given here, the server is not told, and they are what the client is
    /// shown as the answer.
    fn said(&self, _frame: &[u8]) -> Option<Vec<Vec<u8>>> {
        None
    }
    /// An answer came. Returns what the client is shown.
    fn answer(&self, method: Method, path: &str, asked: &[u8], response: Response) -> Response;
    /// A frame came. Returns the frames that the client is shown instead.
    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>>;
    /// The client sent a frame. It goes on unchanged.
    fn sent(&self, _frame: &[u8]) {}
    /// The client sent a request. It goes on unchanged.
    fn requested(&self, _method: Method, _path: &str, _asked: &[u8]) {}
    /// An answer in place of the server's: then the request never arrives there.
    fn instead(&self, _method: Method, _path: &str) -> Option<Response> {
        None
    }
    /// Whether an answer that came is kept back for ever, as by a connection that died unnoticed. Nobody's
    /// patience ends then: what waits behind it waits until the test fails.
    fn hangs(&self, _method: Method, _path: &str) -> bool {
        false
    }
}

/// Nobody in between: everything as it came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Honest;

impl Between for Honest {
    fn answer(&self, _: Method, _: &str, _: &[u8], response: Response) -> Response {
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        vec![frame]
    }
}

type Sender = hyper::client::conn::http2::SendRequest<Full<Bytes>>;

/// [`Transport`] over real TLS.
pub struct NativeTransport {
    address: Address,
    connection: RefCell<Option<Sender>>,
    wanted: watch::Sender<Wanted>,
    frames: mpsc::UnboundedSender<(Channel, Vec<u8>)>,
    waiting: Rc<Waiting>,
}

/// Whether a person waits behind what is being done.
struct Waiting {
    /// What is being done was not asked for by the page.
    background: Cell<bool>,
    /// A request of what is being done was given up.
    gave_up: Cell<bool>,
    /// A call that presses waits.
    pressed: watch::Sender<bool>,
}

impl Waiting {
    fn begin(&self, background: bool) {
        self.background.set(background);
        self.gave_up.set(false);
    }

    /// Until a request of the background is to be given up.
    async fn give_up(&self) {
        if !self.background.get() {
            return std::future::pending().await;
        }
        if !self.gave_up.get() {
            tokio::time::sleep(Duration::from_millis(YIELD_AFTER_MS.unsigned_abs().into())).await;
        }
        // The sender lives as long as this.
        let _ = self.pressed.subscribe().wait_for(|pressed| *pressed).await;
        self.gave_up.set(true);
    }
}

/// What the client wants of the live channel.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted {
    open: bool,
    /// How often it has hung up: it may want another channel at once.
    hung_up: u64,
}

impl NativeTransport {
    async fn sender(&self) -> Result<Sender, Unreachable> {
        let kept = self.connection.borrow().clone();
        if let Some(mut sender) = kept
            && sender.ready().await.is_ok()
        {
            return Ok(sender);
        }
        let stream = self.address.connect(&self.address.requests).await?;
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .map_err(|_| Unreachable)?;
        tokio::task::spawn_local(async move {
            // It ends when the other side closes; the next request finds out.
            let _ = connection.await;
        });
        *self.connection.borrow_mut() = Some(sender.clone());
        Ok(sender)
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        token: Option<&[u8; 32]>,
        body: Vec<u8>,
    ) -> Result<Response, Unreachable> {
        let mut sender = self.sender().await?;
        let mut request = http::Request::builder()
            .method(method.as_str())
            .uri(format!("https://{}:{}{path}", self.address.host, self.address.port))
            .header("content-type", "application/octet-stream");
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {}", URL_SAFE_NO_PAD.encode(token)));
        }
        let request = request.body(Full::new(Bytes::from(body))).map_err(|_| Unreachable)?;
        let response = sender.send_request(request).await.map_err(|_| Unreachable)?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), RESPONSE_BYTES_MAX)
            .collect()
            .await
            .map_err(|_| Unreachable)?
            .to_bytes()
            .to_vec();
        Ok(Response { status, body })
    }
}

impl Transport for NativeTransport {
    async fn request(
        &self,
        method: Method,
        path: &str,
        token: Option<&[u8; 32]>,
        body: Vec<u8>,
    ) -> Result<Response, Unreachable> {
        let limit = Duration::from_secs(REQUEST_TIMEOUT_S);
        self.address.between.requested(method, path, &body);
        if let Some(response) = self.address.between.instead(method, path) {
            return Ok(response);
        }
        let asked = body.clone();
        let answered = async {
            let response = tokio::time::timeout(limit, self.exchange(method, path, token, body))
                .await
                .map_err(|_| Unreachable)??;
            if self.address.between.hangs(method, path) {
                return std::future::pending().await;
            }
            Ok(self.address.between.answer(method, path, &asked, response))
        };
        tokio::select! {
            answered = answered => answered,
            () = self.waiting.give_up() => Err(Unreachable),
        }
    }

    fn open_live(&self) {
        self.wanted.send_modify(|wanted| wanted.open = true);
    }

    fn close_live(&self) {
        self.wanted.send_modify(|wanted| *wanted = Wanted { open: false, hung_up: wanted.hung_up + 1 });
    }

    fn send_live(&self, channel: Channel, frame: Vec<u8>) {
        let _ = self.frames.send((channel, frame));
    }

    fn now_ms(&self) -> u64 {
        now_ms() + self.address.ahead_ms.get()
    }

    async fn words(&self, language: &str) -> Option<String> {
        Some(beistand_vault::client::passphrase::words(language).to_owned())
    }

    async fn guesses_log10(&self, password: &str, known: &[&str]) -> Option<f64> {
        Some(beistand_vault::strength::guesses_log10(password, known))
    }
}

/// Milliseconds since 1970.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "here time enters the native client")]
pub fn now_ms() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// What the driver handles, with the place for a call's answer.
pub(crate) enum Event {
    Input(Input),
    Cut(bool),
    End,
}

/// Starts a client's driver on the current `LocalSet`: the sender takes inputs, the receiver
/// brings what the worker would post.
pub(crate) fn drive(
    address: Address,
    random: Box<dyn Random>,
) -> (mpsc::UnboundedSender<Event>, mpsc::UnboundedReceiver<beistand_protocol::worker::FromWorker>) {
    let (events, mut inbox) = mpsc::unbounded_channel();
    let (posts, outbox) = mpsc::unbounded_channel();
    let (wanted, wants) = watch::channel(Wanted::default());
    let (frames, outgoing) = mpsc::unbounded_channel();
    let (cut, cuts) = watch::channel(false);
    let waiting = Rc::new(Waiting {
        background: Cell::new(false),
        gave_up: Cell::new(false),
        pressed: watch::channel(false).0,
    });
    let full_from = address.full_from;
    let transport = NativeTransport {
        address: address.clone(),
        connection: RefCell::default(),
        wanted,
        frames,
        waiting: waiting.clone(),
    };
    let live = tokio::task::spawn_local(keep_live(address, wants, cuts, outgoing, events.clone()));
    tokio::task::spawn_local(async move {
        let mut client = Client::new(transport, random).with_full_from(full_from);
        let mut tick = tokio::time::interval(Duration::from_millis(200));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut queue = Queue { inbox: &mut inbox, events: VecDeque::new(), waiting: &waiting };
        loop {
            let event = tokio::select! {
                biased;
                event = queue.next() => event,
                _ = tick.tick() => Event::Input(Input::Tick),
            };
            let input = match event {
                Event::Input(input) => input,
                Event::Cut(state) => {
                    cut.send_replace(state);
                    continue;
                }
                Event::End => break,
            };
            waiting.begin(!input.is_call());
            let owed = queue.during(client.begin(input)).await;
            client.take_posts().into_iter().for_each(|post| drop(posts.send(post)));
            waiting.begin(true);
            queue.during(client.follow_up(owed)).await;
            client.take_posts().into_iter().for_each(|post| drop(posts.send(post)));
        }
        live.abort();
    });
    (events, outbox)
}

/// What waits to be handled: taken from the inbox while something is being done, to know what it is.
struct Queue<'a> {
    inbox: &'a mut mpsc::UnboundedReceiver<Event>,
    events: VecDeque<Event>,
    waiting: &'a Waiting,
}

impl Queue<'_> {
    async fn next(&mut self) -> Event {
        match self.events.pop_front() {
            Some(event) => event,
            None => self.inbox.recv().await.unwrap_or(Event::End),
        }
    }

    /// Does something to its end.
    async fn during<A>(&mut self, work: impl Future<Output = A>) -> A {
        let mut work = std::pin::pin!(work);
        let mut open = true;
        loop {
            let presses = |event: &Event| matches!(event, Event::Input(input) if input.is_pressing());
            self.waiting.pressed.send_replace(self.events.iter().any(presses));
            tokio::select! {
                done = &mut work => return done,
                event = self.inbox.recv(), if open => {
                    open = event.is_some();
                    self.events.push_back(event.unwrap_or(Event::End));
                }
            }
        }
    }
}

/// Keeps the WebSocket open while it is wanted and not cut by a test.
async fn keep_live(
    address: Address,
    mut wanted: watch::Receiver<Wanted>,
    mut cut: watch::Receiver<bool>,
    mut outgoing: mpsc::UnboundedReceiver<(Channel, Vec<u8>)>,
    events: mpsc::UnboundedSender<Event>,
) {
    let mut pause = Duration::from_millis(50);
    let mut channel = Channel(0);
    loop {
        while !wanted.borrow_and_update().open || *cut.borrow_and_update() {
            let changed = tokio::select! { c = wanted.changed() => c, c = cut.changed() => c };
            if changed.is_err() {
                return;
            }
        }
        if let Ok(stream) = connect_live(&address).await {
            pause = Duration::from_millis(50);
            channel.0 += 1;
            let _ = events.send(Event::Input(Input::Connected(channel)));
            let shown = Shown { channel, between: &*address.between, events: &events };
            run_live(stream, &mut wanted, &mut cut, &mut outgoing, &shown).await;
            let _ = events.send(Event::Input(Input::Disconnected(channel)));
        } else {
            pause = (pause * 2).min(Duration::from_secs(2));
        }
        tokio::time::sleep(pause).await;
    }
}

type LiveStream = tokio_tungstenite::WebSocketStream<TlsStream<TcpStream>>;

async fn connect_live(address: &Address) -> Result<LiveStream, Unreachable> {
    let stream = address.connect(&address.live).await?;
    let config = WebSocketConfig::default().max_message_size(Some(limit::FRAME_BYTES_MAX * 2));
    let uri = format!("wss://{}:{}{}", address.host, address.port, route::LIVE);
    let request =
        tungstenite::client::IntoClientRequest::into_client_request(uri).map_err(|_| Unreachable)?;
    let (stream, _) = tokio_tungstenite::client_async_with_config(request, stream, Some(config))
        .await
        .map_err(|_| Unreachable)?;
    Ok(stream)
}

/// Where frames go that came.
struct Shown<'a> {
    channel: Channel,
    between: &'a dyn Between,
    events: &'a mpsc::UnboundedSender<Event>,
}

impl Shown<'_> {
    fn frame(&self, frame: Vec<u8>) {
        self.show(self.between.frame(frame));
    }

    fn show(&self, frames: Vec<Vec<u8>>) {
        for frame in frames {
            let _ = self.events.send(Event::Input(Input::Frame(self.channel, frame)));
        }
    }
}

async fn run_live(
    mut stream: LiveStream,
    wanted: &mut watch::Receiver<Wanted>,
    cut: &mut watch::Receiver<bool>,
    outgoing: &mut mpsc::UnboundedReceiver<(Channel, Vec<u8>)>,
    shown: &Shown<'_>,
) {
    let hung_up = wanted.borrow().hung_up;
    loop {
        tokio::select! {
            frame = outgoing.recv() => {
                let Some((channel, frame)) = frame else { return };
                if channel != shown.channel {
                    continue;
                }
                shown.between.sent(&frame);
                if let Some(answers) = shown.between.said(&frame) {
                    shown.show(answers);
                    continue;
                }
                if stream.send(Message::Binary(frame.into())).await.is_err() {
                    return;
                }
            }
            message = stream.next() => match message {
                Some(Ok(Message::Binary(bytes))) => {
                    shown.frame(bytes.to_vec());
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return,
            },
            _ = wanted.changed() => {
                let wanted = *wanted.borrow_and_update();
                if !wanted.open || wanted.hung_up != hung_up {
                    let _ = stream.close(None).await;
                    return;
                }
            }
            // A test pulls the cable: no close frame.
            _ = cut.changed() => if *cut.borrow_and_update() {
                return;
            },
        }
    }
}
