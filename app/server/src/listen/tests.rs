//! Tests of the whole way from the socket to the router and back, over real sockets and real TLS.

use std::net::Ipv4Addr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::{get, post};
use http::{StatusCode, Version};
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::client::TlsStream;

use super::*;
use crate::tls::tests::TestCertificate;

/// How long a test waits for what has to happen.
const PATIENCE: Duration = Duration::from_secs(20);

/// A listening server.
struct TestServer {
    address: SocketAddr,
    certificate: TestCertificate,
    gate: Arc<Gate>,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl TestServer {
    async fn start(router: Router, limits: Limits) -> Self {
        Self::start_behind(Handle::current(), router, limits).await
    }

    async fn start_behind(door: Handle, router: Router, limits: Limits) -> Self {
        let certificate = TestCertificate::new(&["localhost", "127.0.0.1"]);
        let listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let gate =
            Gate::new(limits, TrustedProxies::default(), AddressKeys::new(|| 0, |bytes| bytes.fill(1)));
        let stop = CancellationToken::new();
        let serving =
            door.spawn(serve(listener, certificate.server_config(), router, gate.clone(), stop.clone()));
        Self { address, certificate, gate, stop, serving }
    }

    async fn connect(&self, protocol: &str) -> std::io::Result<TlsStream<TcpStream>> {
        self.certificate.connect(self.address, &[protocol.as_bytes()]).await
    }

    async fn connect_plainly(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Waits until so many connections are open.
    async fn wait_for_connections(&self, count: usize) {
        let reached = async {
            while self.gate.connections() != count {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.unwrap();
    }
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello"))
}

/// Sends bytes and gives all that comes back until the other side closes.
async fn exchange(mut stream: impl AsyncReadExt + AsyncWriteExt + Unpin, bytes: &str) -> String {
    stream.write_all(bytes.as_bytes()).await.unwrap();
    read_to_end(stream).await
}

/// Reads up to and including these bytes.
async fn read_until(stream: &mut (impl AsyncReadExt + Unpin), end: &[u8]) -> Vec<u8> {
    let mut read = Vec::new();
    while !read.ends_with(end) {
        read.push(stream.read_u8().await.unwrap());
    }
    read
}

async fn read_to_end(mut stream: impl AsyncReadExt + Unpin) -> String {
    let mut answer = Vec::new();
    // How a connection is cut (close, reset, TLS without farewell) is not the question here.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("closed in time");
    String::from_utf8(answer).unwrap()
}

fn door() -> tokio::runtime::Runtime {
    let mut door = tokio::runtime::Builder::new_multi_thread();
    door.worker_threads(1).thread_name("door").enable_all().build().unwrap()
}

#[tokio::test]
async fn requests_run_at_the_door() {
    let door = door();
    let name = async || std::thread::current().name().unwrap_or_default().to_owned();
    let router = Router::new().route("/", get(name));
    let server = TestServer::start_behind(door.handle().clone(), router, Limits::default()).await;
    let request = "GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let answer = exchange(server.connect("http/1.1").await.unwrap(), request).await;
    assert!(answer.ends_with("\r\n\r\ndoor"), "{answer}");
    door.shutdown_background();
}

#[tokio::test]
async fn http1_and_http2_reach_the_router() {
    let server = TestServer::start(hello(), Limits::default()).await;
    let request = || Request::builder().uri("https://localhost/").body(Empty::<Bytes>::new()).unwrap();

    let stream = server.connect("h2").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let response = sender.send_request(request()).await.unwrap();
    assert_eq!((response.status(), response.version()), (StatusCode::OK, Version::HTTP_2));
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hello");

    let stream = server.connect("http/1.1").await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    for _ in 0..2 {
        let response = sender.send_request(request()).await.unwrap();
        assert_eq!((response.status(), response.version()), (StatusCode::OK, Version::HTTP_11));
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hello");
    }
}

#[tokio::test]
async fn who_asks_much_at_once_takes_turns() {
    const MANY: usize = 100;
    let served = Arc::new(AtomicUsize::new(0));
    let counted = served.clone();
    let handler = async move || {
        counted.fetch_add(1, Ordering::Relaxed);
    };
    let server = TestServer::start(Router::new().route("/", get(handler)), Limits::default()).await;
    let mut stream = server.connect("http/1.1").await.unwrap();
    let requests = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(MANY);
    stream.write_all(requests.as_bytes()).await.unwrap();
    // This test is somebody else, on the same thread: how much is served between two of its own turns?
    let taking_turns = async {
        let (mut before, mut most) = (0, 0);
        while before < MANY {
            tokio::task::yield_now().await;
            let now = served.load(Ordering::Relaxed);
            most = most.max(now - before);
            before = now;
        }
        most
    };
    let most = tokio::time::timeout(PATIENCE, taking_turns).await.unwrap();
    assert!(most <= 2, "{most} at once");
}

#[tokio::test]
async fn requests_carry_the_clients_hash_and_no_stranger_can_forge_it() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let of_handler = seen.clone();
    let handler = async move |client: ClientAddress| of_handler.lock().unwrap().push(client);
    let server = TestServer::start(Router::new().route("/", get(handler)), Limits::default()).await;
    for header in ["", "X-Forwarded-For: 192.0.2.1\r\n", "Forwarded: for=192.0.2.1\r\n"] {
        let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n");
        let answer = exchange(server.connect("http/1.1").await.unwrap(), &request).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let expect = AddressKeys::new(|| 0, |bytes| bytes.fill(1)).hash(Ipv4Addr::LOCALHOST.into());
    assert_eq!(*seen.lock().unwrap(), [expect; 3]);
}

#[tokio::test]
async fn connections_over_the_limit_are_turned_away_until_one_ends() {
    let limits = Limits { connections_per_network_max: 1, ..Limits::default() };
    let server = TestServer::start(hello(), limits).await;
    let first = server.connect("http/1.1").await.unwrap();
    assert_eq!(read_to_end(server.connect_plainly().await).await, "");
    assert!(server.connect("http/1.1").await.is_err());
    drop(first);
    server.wait_for_connections(0).await;
    assert!(server.connect("http/1.1").await.is_ok());
}

#[tokio::test]
async fn slow_handshakes_and_headers_are_dropped() {
    let short = Duration::from_millis(200);
    let limits = Limits { handshake_max: short, header_max: short, ..Limits::default() };
    let server = TestServer::start(hello(), limits).await;
    // Nothing at all; the beginning of a TLS record; a header that doesn't end.
    assert_eq!(read_to_end(server.connect_plainly().await).await, "");
    assert_eq!(exchange(server.connect_plainly().await, "\u{16}\u{3}\u{1}").await, "");
    let answer = exchange(server.connect("http/1.1").await.unwrap(), "GET / HTTP/1.1\r\nHost: local").await;
    assert!(!answer.contains("200"), "{answer}");
    // Nor may a connection idle between requests.
    let answer =
        exchange(server.connect("http/1.1").await.unwrap(), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("hello"), "{answer}");
    server.wait_for_connections(0).await;
}

#[tokio::test]
async fn headers_that_are_too_large_are_refused() {
    let server = TestServer::start(hello(), Limits::default()).await;
    for header in [format!("X: {}\r\n", "x".repeat(64 * 1024)), "X: x\r\n".repeat(100)] {
        let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
        let answer = exchange(server.connect("http/1.1").await.unwrap(), &request).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    }
}

#[tokio::test]
async fn at_the_end_open_requests_are_answered_and_idle_connections_closed() {
    let (entered, leave) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (of_handler, to_leave) = (entered.clone(), leave.clone());
    let handler = async move || {
        of_handler.notify_one();
        to_leave.notified().await;
        "answered"
    };
    let server = TestServer::start(hello().route("/wait", get(handler)), Limits::default()).await;
    let mut idle = server.connect("http/1.1").await.unwrap();
    idle.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    assert!(read_until(&mut idle, b"hello").await.starts_with(b"HTTP/1.1 200"));
    let busy = server.connect("http/1.1").await.unwrap();
    let answer = tokio::spawn(exchange(busy, "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    entered.notified().await;
    server.stop.cancel();
    assert_eq!(read_to_end(idle).await, "");
    let refused = async {
        while TcpStream::connect(server.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
    leave.notify_one();
    let answer = answer.await.unwrap();
    assert!(answer.ends_with("answered"), "{answer}");
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
    assert_eq!(server.gate.connections(), 0);
}

#[tokio::test]
async fn requests_that_do_not_end_are_cut_at_the_end() {
    let limits = Limits { farewell_max: Duration::from_millis(200), ..Limits::default() };
    let entered = Arc::new(Notify::new());
    let of_handler = entered.clone();
    let handler = async move || {
        of_handler.notify_one();
        std::future::pending::<()>().await;
    };
    let server = TestServer::start(Router::new().route("/", get(handler)), limits).await;
    let stuck = server.connect("http/1.1").await.unwrap();
    let answer = tokio::spawn(exchange(stuck, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    entered.notified().await;
    server.stop.cancel();
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
    assert_eq!(answer.await.unwrap(), "");
}

/// A router that gives back, on this runtime, what upgraded connections send.
fn echo() -> Router {
    let live = Handle::current();
    let handler = async move |mut request: Request| {
        tokio::spawn(async move {
            let upgraded = hyper::upgrade::on(&mut request).await.unwrap();
            live.spawn(async move {
                let (mut reader, mut writer) = tokio::io::split(TokioIo::new(upgraded));
                let _ = tokio::io::copy(&mut reader, &mut writer).await;
            });
        });
        let response = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
        response.header("upgrade", "echo").header("connection", "upgrade").body(Body::empty()).unwrap()
    };
    Router::new().route("/", get(handler))
}

impl TestServer {
    async fn upgrade(&self) -> TlsStream<TcpStream> {
        let mut stream = self.connect("http/1.1").await.unwrap();
        let request = b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let header = read_until(&mut stream, b"\r\n\r\n").await;
        assert!(header.starts_with(b"HTTP/1.1 101"), "{}", String::from_utf8_lossy(&header));
        stream
    }
}

async fn assert_echoes(stream: &mut TlsStream<TcpStream>, word: &[u8; 4]) {
    stream.write_all(word).await.unwrap();
    let mut echoed = [0; 4];
    tokio::time::timeout(PATIENCE, stream.read_exact(&mut echoed)).await.unwrap().unwrap();
    assert_eq!(&echoed, word);
}

#[tokio::test]
async fn upgraded_connections_keep_their_place() {
    let server = TestServer::start(echo(), Limits::default()).await;
    let mut stream = server.upgrade().await;
    assert_echoes(&mut stream, b"echo").await;
    assert_eq!(server.gate.connections(), 1);
    // The end waits for it.
    server.stop.cancel();
    assert_echoes(&mut stream, b"more").await;
    assert!(!server.serving.is_finished());
    drop(stream);
    tokio::time::timeout(PATIENCE, server.serving).await.unwrap().unwrap();
    assert_eq!(server.gate.connections(), 0);
}

#[tokio::test]
async fn upgraded_connections_need_the_door_no_longer() {
    let door = door();
    let server = TestServer::start_behind(door.handle().clone(), echo(), Limits::default()).await;
    let mut stream = server.upgrade().await;
    assert_echoes(&mut stream, b"echo").await;
    tokio::task::spawn_blocking(move || door.shutdown_timeout(PATIENCE)).await.unwrap();
    assert_echoes(&mut stream, b"more").await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error_for_the_handler() {
    let handler = async move |request: Request| match request.into_body().collect().await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::BAD_REQUEST,
    };
    let server = TestServer::start(Router::new().route("/", post(handler)), Limits::default()).await;
    for (body, is_complete) in [("complete!!", true), ("half", false)] {
        let mut stream = server.connect("http/1.1").await.unwrap();
        let header = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 10\r\n\r\n";
        stream.write_all(format!("{header}{body}").as_bytes()).await.unwrap();
        if !is_complete {
            stream.shutdown().await.unwrap();
        }
        // Who breaks off may be told or not; the handler never takes a half for the whole.
        let answer = read_to_end(stream).await;
        assert_eq!(answer.starts_with("HTTP/1.1 200"), is_complete, "{body}: {answer}");
    }
    server.wait_for_connections(0).await;
}

#[tokio::test]
async fn plain_http_is_redirected_on_both_ports() {
    let server = TestServer::start(hello(), Limits::default()).await;
    let port = server.address.port();
    let listener = bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let plain = listener.local_addr().unwrap();
    tokio::spawn(serve_redirect(listener, 443, server.gate.clone(), server.stop.clone()));
    for (address, expect) in [
        (server.address, format!("https://beistand.local:{port}/a?b")),
        (plain, "https://beistand.local/a?b".to_owned()),
    ] {
        let stream = TcpStream::connect(address).await.unwrap();
        let answer =
            exchange(stream, "POST /a?b HTTP/1.1\r\nHost: beistand.local\r\nContent-Length: 0\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 308"), "{answer}");
        assert!(answer.to_lowercase().contains(&format!("location: {expect}\r\n")), "{answer}");
        let stream = TcpStream::connect(address).await.unwrap();
        let answer = exchange(stream, "GET / HTTP/1.1\r\nHost: <script>\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 400") && !answer.contains("script"), "{answer}");
    }
}

#[tokio::test]
async fn ports_that_cannot_be_had_say_why() {
    let taken = bind((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let address = taken.local_addr().unwrap();
    let error = bind(address).await.unwrap_err();
    assert!(matches!(error, ListenError::PortTaken { .. }), "{error}");
    assert!(error.to_string().contains(&format!("port {} is taken", address.port())), "{error}");
    let error = bind(([192, 0, 2, 1], 0).into()).await.unwrap_err();
    assert!(matches!(error, ListenError::AddressAbsent { .. }), "{error}");
}
