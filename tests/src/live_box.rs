//! A real `beistand` process on a directory of its own, for tests.

use crate::{native::Address, start_output::StartOutput};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// How long a box may take to start.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// The file layer of a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// The real one.
    Real,
    /// Loses at a kill what was not synced.
    Forgetful,
    /// The same, and its syncs do nothing: a store without fdatasync.
    Lying,
    /// Honest until [`LiveBox::fail_disk`].
    Failing,
}

/// A running box. Killed when dropped.
pub struct LiveBox {
    child: Child,
    data: PathBuf,
    listen: String,
    disk: Disk,
    /// What it printed.
    pub output: StartOutput,
    /// Where it answers.
    pub address: Address,
}

/// Why a box could not be started.
#[derive(Debug, thiserror::Error)]
pub enum LiveBoxError {
    /// The process could not be started.
    #[error("the binary {0} does not start: build it first (cargo build --package beistand)")]
    Spawn(PathBuf, #[source] std::io::Error),
    /// It printed something else than expected.
    #[error("the box did not start; it printed:\n{0}")]
    Start(String),
    /// It ended by itself instead of starting.
    #[error("the box did not start; it ended with code {0:?} and said why on standard error")]
    Refused(Option<i32>),
    /// Its address could not be used.
    #[error("the box's address can't be used")]
    Address(#[from] crate::native::NativeError),
}

impl LiveBox {
    /// Starts a box with its data in a directory (which may hold data already), on any free port.
    ///
    /// # Errors
    /// [`LiveBoxError`].
    pub async fn start(data: &Path) -> Result<Self, LiveBoxError> {
        Self::start_on(data, Disk::Real).await
    }

    /// The same on another file layer; it is made by `beistand-forgetful` beside the binary
    /// (scripts/test builds it).
    ///
    /// # Errors
    /// [`LiveBoxError`].
    pub async fn start_on(data: &Path, disk: Disk) -> Result<Self, LiveBoxError> {
        Self::start_at(data, "127.0.0.1:0", disk).await
    }

    async fn start_at(data: &Path, listen: &str, disk: Disk) -> Result<Self, LiveBoxError> {
        let file = data.with_extension("start-output.txt");
        let (binary, layer) = match disk {
            Disk::Real => (binary(), "real"),
            Disk::Forgetful => (binary().with_file_name("beistand-forgetful"), "forgetful"),
            Disk::Lying => (binary().with_file_name("beistand-forgetful"), "lying"),
            Disk::Failing => (binary().with_file_name("beistand-forgetful"), "failing"),
        };
        let spawned = std::fs::File::create(&file).and_then(|out| {
            Command::new(&binary)
                .args(["serve", "--log", "warn", "--listen", listen, "--data"])
                .arg(data)
                .env("BEISTAND_DISK", layer)
                .env("BEISTAND_DISK_FAILS", data.with_extension("disk-fails"))
                .stdin(Stdio::null())
                .stdout(out)
                .spawn()
        });
        let mut child = spawned.map_err(|error| LiveBoxError::Spawn(binary, error))?;
        let output = tokio::select! {
            output = StartOutput::wait(&file, START_PATIENCE) => output.map_err(LiveBoxError::Start)?,
            code = exit_code(&mut child) => return Err(LiveBoxError::Refused(code)),
        };
        let address = Address::new(&output.url, &output.root_certificate)?;
        let listen = format!("127.0.0.1:{}", address.port());
        Ok(Self { child, data: data.to_owned(), listen, disk, output, address })
    }

    /// Kills the process (SIGKILL: nothing is tidied up) and starts it again at the same port.
    ///
    /// # Errors
    /// [`LiveBoxError`].
    pub async fn kill_and_restart(&mut self) -> Result<(), LiveBoxError> {
        self.kill_and_restart_on(self.disk).await
    }

    /// Kills the process and starts it again on another file layer.
    ///
    /// # Errors
    /// [`LiveBoxError`].
    pub async fn kill_and_restart_on(&mut self, disk: Disk) -> Result<(), LiveBoxError> {
        self.kill();
        let next = Self::start_at(&self.data, &self.listen, disk).await?;
        *self = next;
        Ok(())
    }

    /// From now on every sync fails; the box must have been started on [`Disk::Failing`].
    ///
    /// # Errors
    /// Whatever kept the sign from being made.
    pub fn fail_disk(&self) -> std::io::Result<()> {
        std::fs::write(self.data.with_extension("disk-fails"), [])
    }

    /// Waits until the process ends by itself; gives its exit code.
    pub async fn ended(&mut self) -> Option<i32> {
        tokio::time::timeout(START_PATIENCE, exit_code(&mut self.child)).await.ok().flatten()
    }

    /// Kills the process.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// What `beistand doctor` says of a box that was killed.
    ///
    /// # Errors
    /// Whatever kept it from being run.
    pub fn doctor(&self) -> std::io::Result<String> {
        let said = Command::new(binary()).args(["doctor", "--data"]).arg(&self.data).output()?;
        Ok(String::from_utf8_lossy(&[said.stdout, said.stderr].concat()).into_owned())
    }

    /// Ends the process as the system does, and waits until it has tidied up.
    pub fn end(&mut self) {
        if let Ok(process) = i32::try_from(self.child.id()) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), nix::sys::signal::SIGTERM);
        }
        let _ = self.child.wait();
    }

    /// Its process id.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for LiveBox {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until a process ends by itself; gives its exit code.
async fn exit_code(child: &mut Child) -> Option<i32> {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return status.code();
        }
        // A process of the standard library gives no event; fifty times a second is as good.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The binary: named by BEISTAND_BIN, or beside the test's own in the target folder.
fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("BEISTAND_BIN") {
        return named.into();
    }
    let own = std::env::current_exe().unwrap_or_default();
    own.ancestors()
        .map(|folder| folder.join("beistand"))
        .find(|candidate| candidate.is_file())
        .unwrap_or_else(|| PathBuf::from("target/debug/beistand"))
}
