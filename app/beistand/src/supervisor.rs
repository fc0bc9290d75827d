//! What the box and systemd tell each other: ports that systemd has opened (socket activation), and that the box is
//! ready, alive or stopping (`sd_notify`). Without systemd nothing of it happens.

use listenfd::ListenFd;
use std::{
    ffi::OsString,
    io,
    net::TcpListener,
    os::{
        linux::net::SocketAddrExt,
        unix::{
            ffi::OsStrExt,
            net::{SocketAddr, UnixDatagram},
        },
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// Most ports that are taken over.
const PORTS_MAX: usize = 16;

/// Ports that were opened before the box started, by the names that their socket units give them.
#[derive(Debug, Default)]
pub struct Ports {
    /// `FileDescriptorName=https`.
    pub https: Vec<TcpListener>,
    /// `FileDescriptorName=http`.
    pub http: Vec<TcpListener>,
}

/// Why ports can't be taken over.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// A name that means nothing here, or none.
    #[error("a socket unit gave the box a port named {0:?}: call it https or http (FileDescriptorName=)")]
    Name(String),
    /// Not a TCP port that listens.
    #[error("what the socket unit named {name} gave the box is no listening TCP port")]
    Kind {
        /// Which.
        name: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl Ports {
    /// Takes over what systemd has opened for this process.
    ///
    /// # Errors
    /// [`PortError`].
    pub fn inherited(environment: impl Fn(&str) -> Option<String>) -> Result<Self, PortError> {
        Self::named(ListenFd::from_env(), &environment("LISTEN_FDNAMES").unwrap_or_default())
    }

    fn named(mut sockets: ListenFd, names: &str) -> Result<Self, PortError> {
        let mut names = names.split(':');
        let mut ports = Self::default();
        for index in 0..sockets.len().min(PORTS_MAX) {
            let name = names.next().unwrap_or_default();
            let list = match name {
                "https" => &mut ports.https,
                "http" => &mut ports.http,
                _ => return Err(PortError::Name(name.to_owned())),
            };
            let kind = |source| PortError::Kind { name: name.to_owned(), source };
            if let Some(listener) = sockets.take_tcp_listener(index).map_err(kind)? {
                listener.set_nonblocking(true).map_err(kind)?;
                list.push(listener);
            }
        }
        Ok(ports)
    }
}

/// Who is told how the box fares.
#[derive(Debug)]
pub struct Supervisor {
    socket: Option<UnixDatagram>,
    watchdog: Option<Duration>,
}

impl Supervisor {
    /// The supervisor that the environment names, if any.
    ///
    /// # Errors
    /// A named one can't be reached: systemd would end the box later, and nobody would know why.
    pub fn of(environment: impl Fn(&str) -> Option<OsString>) -> io::Result<Self> {
        let socket = environment("NOTIFY_SOCKET").map(|path| connect(&path)).transpose()?;
        let watchdog = environment("WATCHDOG_USEC")
            .and_then(|text| text.to_str()?.parse().ok())
            .filter(|microseconds| *microseconds > 0)
            .map(Duration::from_micros);
        Ok(Self { socket, watchdog })
    }

    /// Everything is open and `status` is what `systemctl status` shows.
    pub fn ready(&self, status: &str) {
        self.tell(&format!("READY=1\nSTATUS={status}"));
    }

    /// The end was asked for.
    pub fn stopping(&self) {
        self.tell("STOPPING=1\nSTATUS=stopping");
    }

    /// Says that the box is alive until `stop`, twice as often as the supervisor wants to hear it, and only when
    /// `alive` says so within that time. Returns at once when nobody wants to hear it.
    pub async fn keep_alive<F: Future<Output = bool>>(&self, alive: impl Fn() -> F, stop: CancellationToken) {
        let Some(watchdog) = self.watchdog.filter(|_| self.socket.is_some()) else { return };
        let mut beat = tokio::time::interval(watchdog / 2);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = beat.tick() => {}
            }
            if tokio::time::timeout(watchdog / 2, alive()).await.unwrap_or(false) {
                self.tell("WATCHDOG=1");
            }
        }
    }

    fn tell(&self, state: &str) {
        if let Some(socket) = &self.socket
            && let Err(error) = socket.send(state.as_bytes())
        {
            log::warn!("can't tell systemd how the box fares: {error}");
        }
    }
}

/// A path, or with `@` a name that is in no file system.
fn connect(path: &OsString) -> io::Result<UnixDatagram> {
    let address = match path.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(path)?,
    };
    let socket = UnixDatagram::unbound()?;
    socket.connect_addr(&address)?;
    // The box never waits for its supervisor.
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{cell::Cell, path::Path};

    fn listening(folder: &Path, watchdog_us: &str) -> (UnixDatagram, Supervisor) {
        let path = folder.join("notify");
        let heard = UnixDatagram::bind(&path).unwrap();
        let supervisor = Supervisor::of(|name| match name {
            "NOTIFY_SOCKET" => Some(path.clone().into()),
            "WATCHDOG_USEC" => Some(watchdog_us.into()),
            _ => None,
        });
        (heard, supervisor.unwrap())
    }

    fn next(socket: &UnixDatagram) -> String {
        let mut bytes = [0; 256];
        let length = socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap()
    }

    #[test]
    fn readiness_and_end_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let (heard, supervisor) = listening(folder.path(), "0");
        supervisor.ready("serving");
        supervisor.stopping();
        assert_eq!(next(&heard), "READY=1\nSTATUS=serving");
        assert_eq!(next(&heard), "STOPPING=1\nSTATUS=stopping");
    }

    #[tokio::test(start_paused = true)]
    async fn a_box_that_hangs_is_silent() {
        let folder = tempfile::tempdir().unwrap();
        let (heard, supervisor) = listening(folder.path(), "2000000");
        heard.set_nonblocking(true).unwrap();
        let (stop, asked) = (CancellationToken::new(), Cell::new(0));
        let alive = || async {
            asked.set(asked.get() + 1);
            match asked.get() {
                1 => return true,
                2 => std::future::pending().await,
                _ => stop.cancel(),
            }
            false
        };
        supervisor.keep_alive(alive, stop.clone()).await;
        assert_eq!(asked.get(), 3);
        assert_eq!(next(&heard), "WATCHDOG=1");
        assert!(heard.recv(&mut [0; 16]).is_err(), "only the first answer counts");
    }

    #[tokio::test]
    async fn without_supervisor_nothing_happens() {
        let supervisor = Supervisor::of(|_| None).unwrap();
        supervisor.ready("serving");
        supervisor.keep_alive(|| async { true }, CancellationToken::new()).await;
        assert!(Supervisor::of(|_| Some("/nowhere/notify".into())).is_err());
    }
}
