//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::future::ready;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tower::ServiceExt;

use super::activity::{Activity, Verdict};
use super::body::{GuardedBody, TimedBody};
use super::gate::{Gate, Pass};
use super::redirect;
use super::share::SharingExecutor;
use super::socket::Socket;
use super::stream::CountedStream;

/// Read buffer of an HTTP/1.1 connection, which also bounds a request's header, in bytes.
const HTTP1_BUFFER_BYTES_MAX: usize = 32 * 1024;
/// Most header fields of an HTTP/1.1 request.
const HTTP1_HEADERS_MAX: usize = 64;
/// Most bytes of an HTTP/2 request's header fields.
const HTTP2_HEADER_BYTES_MAX: u32 = 32 * 1024;
/// Most requests at once on an HTTP/2 connection. A page with all its parts needs about thirty.
const HTTP2_STREAMS_MAX: u32 = 64;
/// Flow-control windows: what a client may send ahead, per request and per connection, in bytes.
const HTTP2_STREAM_WINDOW_BYTES: u32 = 64 * 1024;
const HTTP2_CONNECTION_WINDOW_BYTES: u32 = 256 * 1024;
/// Most bytes of one answer waiting to be sent on an HTTP/2 connection.
const HTTP2_SEND_BUFFER_BYTES_MAX: usize = 64 * 1024;
/// How often a silent HTTP/2 client is asked whether it is there, and how long it has to answer.
const HTTP2_PING_INTERVAL: Duration = Duration::from_secs(30);
const HTTP2_PING_TIMEOUT: Duration = Duration::from_secs(20);
/// How often a connection's [`Activity`] is judged.
const VERDICT_INTERVAL: Duration = Duration::from_secs(5);

/// A connection that was let in, and what its task needs.
pub(super) struct Connection {
    pub(super) peer: IpAddr,
    pub(super) gate: Arc<Gate>,
    pub(super) pass: Pass,
    pub(super) token: TaskTrackerToken,
    /// Ends politely.
    pub(super) stop: CancellationToken,
    /// Ends at once.
    pub(super) cut: CancellationToken,
}

impl Connection {
    /// Shakes hands and serves requests. Errors are the other side's affair and end the connection silently.
    pub(super) async fn serve(
        self,
        stream: TcpStream,
        acceptor: TlsAcceptor,
        router: Router,
        https_port: u16,
    ) {
        // Answers and live frames are small and shouldn't wait for company. Failing that, they do.
        let _ = stream.set_nodelay(true);
        let limits = self.gate.limits.clone();
        let shaken_hands = timeout(limits.handshake_max, async {
            if speaks_plainly(&stream).await? {
                return Ok(Err(stream));
            }
            acceptor.accept(Socket::new(stream)).await.map(Ok)
        });
        let tls_stream = match shaken_hands.await {
            Ok(Ok(Ok(tls_stream))) => tls_stream,
            Ok(Ok(Err(plain))) => return self.serve_redirect(plain, https_port).await,
            Ok(Err(_)) | Err(_) => return,
        };
        let is_http2 = tls_stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let Self { peer, gate, pass, token, stop, cut } = self;
        let stream = TokioIo::new(CountedStream::new(tls_stream, limits.stall_max, pass, token));
        let activity = Activity::new();
        let watch = Watch { activity: activity.clone(), gate: gate.clone(), stop, cut };
        let service = service_fn(move |request: Request<Incoming>| {
            let guard = activity.begin();
            let client = gate.client(peer, request.headers());
            let router = router.clone();
            let mut request = request.map(|body| Body::new(TimedBody::new(body)));
            request.extensions_mut().insert(client);
            let gate = gate.clone();
            async move {
                // Requests that came all at once take turns with what other people want.
                tokio::task::yield_now().await;
                let answered: Result<Response<Body>, Infallible> = router.oneshot(request).await;
                if let Ok(response) = &answered
                    && response.status().is_client_error()
                {
                    gate.refusals.keep(client).await;
                }
                answered.map(|response| response.map(|inner| GuardedBody { inner, _guard: guard }))
            }
        });
        if is_http2 {
            let connection = http2_builder().serve_connection(stream, service);
            watch.drive(connection, http2::Connection::graceful_shutdown).await;
        } else {
            let connection =
                http1_builder(limits.header_max).serve_connection(stream, service).with_upgrades();
            watch.drive(connection, http1::UpgradeableConnection::graceful_shutdown).await;
        }
    }

    /// Answers one plain request with the redirect.
    pub(super) async fn serve_redirect(self, stream: TcpStream, https_port: u16) {
        let Self { gate, pass, token, stop, cut, .. } = self;
        let stream = TokioIo::new(CountedStream::new(stream, gate.limits.stall_max, pass, token));
        let mut builder = http1_builder(gate.limits.header_max);
        let service = service_fn(move |request: Request<Incoming>| {
            ready(Ok::<_, Infallible>(redirect::answer(&request, https_port)))
        });
        let connection = builder.keep_alive(false).serve_connection(stream, service);
        let watch = Watch { activity: Activity::new(), gate, stop, cut };
        watch.drive(connection, http1::Connection::graceful_shutdown).await;
    }
}

/// Whether the first byte begins an HTTP method rather than a TLS record.
async fn speaks_plainly(stream: &TcpStream) -> std::io::Result<bool> {
    let mut first = [0];
    let count = stream.peek(&mut first).await?;
    Ok(count == 1 && first[0].is_ascii_uppercase())
}

fn http1_builder(header_max: Duration) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(header_max)
        .max_headers(HTTP1_HEADERS_MAX)
        .max_buf_size(HTTP1_BUFFER_BYTES_MAX)
        .half_close(false);
    builder
}

fn http2_builder() -> http2::Builder<SharingExecutor> {
    let mut builder = http2::Builder::new(SharingExecutor);
    builder
        .timer(TokioTimer::new())
        .max_header_list_size(HTTP2_HEADER_BYTES_MAX)
        .max_concurrent_streams(HTTP2_STREAMS_MAX)
        .initial_stream_window_size(HTTP2_STREAM_WINDOW_BYTES)
        .initial_connection_window_size(HTTP2_CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(HTTP2_SEND_BUFFER_BYTES_MAX)
        .keep_alive_interval(HTTP2_PING_INTERVAL)
        .keep_alive_timeout(HTTP2_PING_TIMEOUT);
    builder
}

/// What ends a connection from this side.
struct Watch {
    activity: Arc<Activity>,
    gate: Arc<Gate>,
    stop: CancellationToken,
    cut: CancellationToken,
}

impl Watch {
    /// Runs the connection until it ends by itself, is told to stop, idles or hangs.
    /// `say_goodbye` lets open requests end and takes no new ones.
    async fn drive<C: Future>(self, connection: C, say_goodbye: impl Fn(Pin<&mut C>)) {
        let mut connection = pin!(connection);
        let mut verdicts = tokio::time::interval(VERDICT_INTERVAL);
        verdicts.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut is_ending = false;
        loop {
            tokio::select! {
                // Whatever went wrong on the wire: the connection is gone, and nobody here is to blame.
                _ = connection.as_mut() => return,
                () = self.cut.cancelled() => return,
                () = self.stop.cancelled(), if !is_ending => {
                    is_ending = true;
                    say_goodbye(connection.as_mut());
                }
                _ = verdicts.tick() => match self.activity.verdict(&self.gate.limits) {
                    Verdict::Fine => {}
                    Verdict::Idle if !is_ending => {
                        is_ending = true;
                        say_goodbye(connection.as_mut());
                    }
                    Verdict::Idle | Verdict::Stuck => return,
                },
            }
        }
    }
}
