//! `beistand serve`: storage, certificate, server, and what is printed at start.

use crate::{
    configuration::Configuration,
    heap,
    render::WebPages,
    stored::{self, StoredError, secrets_folder},
    supervisor::{PortError, Ports, Supervisor},
};
use beistand_domain::{clock::Clock, storage::Storage as _};
use beistand_server::{
    app::{App, OpenError, Options, Parts},
    asset, job,
    listen::{self, AddressKeys, Gate, Limits, ListenError},
    live::close_all,
    notice,
    outbound::Reach,
    random::Random,
    roots::Roots,
    route,
    system::{SystemClock, SystemRandom},
    tls::{
        self, ServedCertificate, error::CertificateError, local::LocalAuthority, name::BoxNames, provider,
    },
};
use beistand_store::Store;
use std::{fmt::Write as _, io::Write as _, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    runtime::Handle,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// How often to look whether the store still writes.
const LOOK_INTERVAL: Duration = Duration::from_secs(1);

/// Why the box can't run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The data.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// The certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The server's own files and records.
    #[error("the server can't start")]
    Open(#[from] OpenError),
    /// A port.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// Ports that systemd gave.
    #[error(transparent)]
    Ports(#[from] PortError),
    /// The supervisor.
    #[error("NOTIFY_SOCKET names a supervisor that can't be reached")]
    Supervisor(#[source] std::io::Error),
    /// The disk failed while running.
    #[error(
        "the disk failed and nothing can be stored any more; what was acknowledged is safe. Start again; if it \
         comes back, look at the disk and the system's log"
    )]
    StorageFailed,
    /// Signals.
    #[error("can't listen to signals")]
    Signal(#[source] std::io::Error),
}

/// Runs until SIGTERM or SIGINT, or until the disk fails.
///
/// # Errors
/// [`ServeError`]; each says what to do.
pub async fn run(configuration: Configuration, door: &Handle) -> Result<(), ServeError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signal)?;
    // Ports first: somebody who starts a second box by mistake learns it before anything is touched.
    let inherited = Ports::inherited(|name| std::env::var(name).ok())?;
    let listeners = take_or_bind(inherited.https, &configuration.listen, door).await?;
    let plain = take_or_bind(inherited.http, &configuration.http_listen, door).await?;
    let supervisor = Supervisor::of(|name| std::env::var_os(name)).map_err(ServeError::Supervisor)?;

    let storage = Arc::new(stored::open(&configuration)?);
    let names = configuration.names.clone();
    let (authority, report) = LocalAuthority::open(
        &configuration.data,
        move || BoxNames::of_machine(names.iter().cloned()),
        SystemClock.now_s(),
    )?;
    let served = ServedCertificate::new(&authority.current());
    let tls_config = tls::server_config(served.clone())?;

    let store = storage.clone();
    let parts = Parts {
        storage,
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        pages: Box::new(WebPages::new()),
        options: Options {
            data: configuration.data.clone(),
            secrets: secrets_folder(&configuration.data),
            leave_to: configuration.leave_to.clone(),
            root_certificate_pem: Some(authority.root_pem()),
            roots: Roots::System,
            reach: Reach::Public,
        },
    };
    let (app, claim_code) = App::open(parts).await?;
    let router = route::router(app.clone());

    let stop = CancellationToken::new();
    let mut tasks = JoinSet::new();
    let keys = AddressKeys::new(|| SystemClock.now_s(), |bytes| SystemRandom.fill(bytes));
    let gate = Gate::new(Limits::default(), configuration.proxies.clone(), keys);
    let ports: Vec<SocketAddr> = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
    for listener in listeners {
        let (tls, router, gate) = (tls_config.clone(), router.clone(), gate.clone());
        tasks.spawn_on(listen::serve(listener, tls, router, gate, stop.clone()), door);
    }
    let https_port = ports.first().map_or(443, SocketAddr::port);
    for listener in plain {
        tasks.spawn_on(listen::serve_redirect(listener, https_port, gate.clone(), stop.clone()), door);
    }
    tasks.spawn(job::run(app.clone(), stop.clone()));
    tasks.spawn(heap::give_back(stop.clone()));
    tasks.spawn(job::take_turns(app.clone(), stop.clone()));
    tasks.spawn(notice::run(app.clone(), stop.clone()));
    let clock = || SystemClock.now_s();
    tasks.spawn(provider::keep_renewed(Arc::new(authority), served, clock, stop.clone()));

    announce(&start_output(&configuration, &report.to_string(), claim_code.as_deref(), &ports));
    supervisor.ready(if claim_code.is_some() { "serving, not set up yet" } else { "serving" });
    let alive = || async { store.lookup_log_head().is_ok() };
    let alive = supervisor.keep_alive(alive, stop.clone());
    let ended = tokio::select! {
        _ = terminate.recv() => Ok(()),
        _ = interrupt.recv() => Ok(()),
        () = failed(&store) => Err(ServeError::StorageFailed),
        // Ends with `stop` only, or waits for ever when nobody asks.
        () = async { alive.await; std::future::pending().await } => Ok(()),
    };
    log::info!("stopping");
    supervisor.stopping();
    close_all(&app);
    stop.cancel();
    while tasks.join_next().await.is_some() {}
    ended
}

/// Ends when the store has stopped writing for good: a new start reads what is on the disk, and
/// whoever watches over the process (systemd) makes one.
async fn failed(store: &Store) {
    let mut look = tokio::time::interval(LOOK_INTERVAL);
    while !store.has_failed() {
        look.tick().await;
    }
}

/// The ports that systemd has opened; only without them those that are configured. They wake threads of the door only.
async fn take_or_bind(
    inherited: Vec<std::net::TcpListener>,
    addresses: &[SocketAddr],
    door: &Handle,
) -> Result<Vec<TcpListener>, ServeError> {
    let listeners = if inherited.is_empty() {
        bind(addresses).await?.into_iter().map(TcpListener::into_std).collect()
    } else {
        Ok(inherited)
    };
    let _at_the_door = door.enter();
    let taken: std::io::Result<_> =
        listeners.and_then(|all| all.into_iter().map(TcpListener::from_std).collect());
    Ok(taken.map_err(|source| PortError::Kind { name: "https or http".to_owned(), source })?)
}

async fn bind(addresses: &[SocketAddr]) -> Result<Vec<TcpListener>, ListenError> {
    let mut listeners = Vec::with_capacity(addresses.len());
    for address in addresses {
        listeners.push(listen::bind(*address).await?);
    }
    Ok(listeners)
}

/// What people and scripts read at start. The addresses come last: who sees them can connect, and
/// has seen everything else.
fn start_output(
    configuration: &Configuration,
    certificates: &str,
    claim_code: Option<&str>,
    ports: &[SocketAddr],
) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "Beistand {}", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(text, "Data: {}", configuration.data.display());
    if cfg!(feature = "leak") {
        let _ = writeln!(text, "THIS BUILD LEAKS ON PURPOSE. It is for a test; let nobody use it.");
    }
    if asset::is_empty() {
        let _ = writeln!(
            text,
            "The client is missing from this build: run scripts/build-client, then build again."
        );
    }
    let _ = writeln!(text, "{certificates}");
    let root = configuration.data.join("certificates/root.pem");
    let _ = writeln!(text, "Root certificate, file: {}", root.display());
    if let Some(code) = claim_code {
        let _ = writeln!(
            text,
            "This box is not set up yet: open /setup at the address below and type the claim code."
        );
        let _ = writeln!(text, "Claim code: {code}");
    }
    for address in ports {
        let host = match address.ip() {
            ip if ip.is_unspecified() || ip.is_loopback() => "localhost".to_owned(),
            std::net::IpAddr::V4(ip) => ip.to_string(),
            std::net::IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let _ = writeln!(text, "Address: https://{host}:{}", address.port());
    }
    text
}

/// Prints in one piece.
fn announce(text: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody is left to tell when standard output is closed; the box serves all the same.
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
