//! Where connections come in: accepting, TLS, HTTP/1.1 and HTTP/2, limits, and plain HTTP's redirect.
//!
//! [`bind`] an address, make one [`Gate`] for the process, then run [`serve`] with the router and
//! [`serve_redirect`] for plain HTTP. Each request reaches the router with a [`ClientAddress`] in its extensions
//! and a body that fails when it comes too slowly. The size of bodies is the routes' affair. Nothing here logs
//! who connects or what is asked. Whoever is refused over and over hears it late.
//!
//! A connection is dropped when its handshake, its header or its body takes too long, when it stops reading
//! what it asked for, when it idles, and when a request takes longer than any should. Upgraded connections
//! (WebSocket) leave these rules except the one about reading, and keep their place in the count; their
//! handlers have to end when the token given to [`serve`] is cancelled.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

mod activity;
pub mod address;
mod body;
mod connection;
mod file_limit;
mod gate;
mod redirect;
mod share;
mod socket;
mod stream;

pub use address::{AddressKeys, ClientAddress, ForwardedHeader, TrustedProxies};
pub use body::BodyError;
pub use file_limit::raise_file_limit;
pub use gate::Gate;
pub use share::take_a_share;

use connection::Connection;
use gate::TurnedAway;
use share::sharing;

/// How long the accept loop rests when the system can't give it a connection (no file handles left).
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);
/// At most this often a full house is logged.
const FULL_LOG_INTERVAL: Duration = Duration::from_secs(60);

/// The limits of connections. `Default` gives those of a box for one organisation.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Most open connections, upgraded ones included.
    pub connections_max: usize,
    /// Most from one IPv4 address or IPv6 /64. A school or a shelter sits behind one address; a browser
    /// needs two or three connections.
    pub connections_per_network_max: usize,
    /// Time for the TLS handshake.
    pub handshake_max: Duration,
    /// Time for a request's header, also on a kept-alive HTTP/1.1 connection.
    pub header_max: Duration,
    /// Time for a whole request and its answer.
    pub request_max: Duration,
    /// Time a connection may be open without a request.
    pub idle_max: Duration,
    /// Time in which the other side has to take at least something of what is sent to it.
    pub stall_max: Duration,
    /// Time that open requests have at the end of the process.
    pub farewell_max: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 4096,
            connections_per_network_max: 256,
            handshake_max: Duration::from_secs(10),
            header_max: Duration::from_secs(15),
            request_max: Duration::from_secs(300),
            idle_max: Duration::from_secs(90),
            stall_max: Duration::from_secs(30),
            farewell_max: Duration::from_secs(10),
        }
    }
}

/// Why the server can't listen. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another program has the port.
    #[error("port {} is taken: another program, perhaps another Beistand, listens on {address}; stop it or configure another port", address.port())]
    PortTaken {
        /// Where to listen.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The port is reserved to the system.
    #[error("port {} may not be used by this user: take one above 1023, or start by systemd with CAP_NET_BIND_SERVICE", address.port())]
    PortNotPermitted {
        /// Where to listen.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The machine has no such address.
    #[error("this machine doesn't have the address {}: configure one that it has, or 0.0.0.0 or [::] for all", address.ip())]
    AddressAbsent {
        /// Where to listen.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Anything else.
    #[error("can't listen on {address}")]
    Failed {
        /// Where to listen.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

/// Opens the port. `[::]` takes IPv4 as well, as Linux does by default. Port 0 takes a free one.
///
/// # Errors
/// [`ListenError`], with what to do.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => ListenError::PortTaken { address, source },
        ErrorKind::PermissionDenied => ListenError::PortNotPermitted { address, source },
        ErrorKind::AddrNotAvailable => ListenError::AddressAbsent { address, source },
        _ => ListenError::Failed { address, source },
    })
}

/// Serves `router` over TLS until `stop` is cancelled; then open requests have [`Limits::farewell_max`] to end,
/// and this returns when all connections, upgraded ones included, are closed or that time is over. Whoever
/// speaks plain HTTP to this port gets the redirect as well.
///
/// Handshakes and requests run on the calling runtime, the door, which should be the listener's as well; live
/// connections go over to the runtime that the app was opened on.
pub async fn serve(
    listener: TcpListener,
    tls: Arc<ServerConfig>,
    router: Router,
    gate: Arc<Gate>,
    stop: CancellationToken,
) {
    let https_port = listener.local_addr().map_or(0, |address| address.port());
    let acceptor = TlsAcceptor::from(tls);
    accept_all(listener, &gate, &stop, |stream, connection| {
        connection.serve(stream, acceptor.clone(), router.clone(), https_port)
    })
    .await;
}

/// Answers plain HTTP with a redirect to `https_port` until `stop` is cancelled.
pub async fn serve_redirect(
    listener: TcpListener,
    https_port: u16,
    gate: Arc<Gate>,
    stop: CancellationToken,
) {
    accept_all(listener, &gate, &stop, |stream, connection| connection.serve_redirect(stream, https_port))
        .await;
}

/// Accepts and counts connections and spawns what `handle` makes of them, until `stop`.
async fn accept_all<F: Future<Output = ()> + Send + 'static>(
    listener: TcpListener,
    gate: &Arc<Gate>,
    stop: &CancellationToken,
    handle: impl Fn(TcpStream, Connection) -> F,
) {
    let tracker = TaskTracker::new();
    let cut = CancellationToken::new();
    let mut full_logged: Option<Instant> = None;
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // One peer's bad luck passes at once; without file handles, rest until some are free.
                if !is_of_one_peer(&error) {
                    log::error!("can't accept connections: {error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
                continue;
            }
        };
        match gate.enter(peer.ip()) {
            Ok(pass) => {
                let connection = Connection {
                    peer: peer.ip(),
                    gate: gate.clone(),
                    pass,
                    token: tracker.token(),
                    stop: stop.clone(),
                    cut: cut.clone(),
                };
                tokio::spawn(sharing(handle(stream, connection)));
            }
            Err(TurnedAway::Full) => {
                if full_logged.is_none_or(|at| at.elapsed() >= FULL_LOG_INTERVAL) {
                    log::warn!(
                        "all {} connections are in use, turning others away",
                        gate.limits.connections_max
                    );
                    full_logged = Some(Instant::now());
                }
            }
            Err(TurnedAway::NetworkFull) => {}
        }
    }
    // Who comes now is refused by the system and doesn't wait for the end.
    drop(listener);
    tracker.close();
    if tokio::time::timeout(gate.limits.farewell_max, tracker.wait()).await.is_err() {
        cut.cancel();
    }
}

/// Whether accepting failed because of the peer and not because of this machine.
fn is_of_one_peer(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    )
}

#[cfg(test)]
mod tests;
