//! What waits for one connection: bounded in frames and in bytes, since a box has many connections
//! and the largest frames are a hundred times the usual ones.

use super::Outgoing;
use beistand_protocol::limit::{LIVE_QUEUE_BYTES_MAX, LIVE_QUEUE_FRAMES_MAX};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::sync::mpsc;

/// The hub's end.
pub(super) struct Sender {
    queue: mpsc::Sender<Outgoing>,
    bytes: Arc<AtomicUsize>,
}

/// The connection's end.
pub struct Receiver {
    queue: mpsc::Receiver<Outgoing>,
    bytes: Arc<AtomicUsize>,
}

/// No room: the other side reads too slowly, or is gone.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

/// An empty queue.
pub(super) fn channel() -> (Sender, Receiver) {
    let (sender, receiver) = mpsc::channel(LIVE_QUEUE_FRAMES_MAX);
    let bytes = Arc::<AtomicUsize>::default();
    (Sender { queue: sender, bytes: bytes.clone() }, Receiver { queue: receiver, bytes })
}

fn size(outgoing: &Outgoing) -> usize {
    match outgoing {
        Outgoing::Frame(bytes) => bytes.len(),
        Outgoing::Bye(_) => 0,
    }
}

impl Sender {
    /// Puts something behind what waits. The hub's lock lets one in at a time.
    pub(super) fn push(&self, outgoing: Outgoing) -> Result<(), Full> {
        let size = size(&outgoing);
        if self.bytes.fetch_add(size, Ordering::Relaxed) + size <= LIVE_QUEUE_BYTES_MAX
            && self.queue.try_send(outgoing).is_ok()
        {
            return Ok(());
        }
        self.bytes.fetch_sub(size, Ordering::Relaxed);
        Err(Full)
    }
}

impl Receiver {
    /// The next, once there is one; nothing once the hub has dropped its end and all is taken.
    pub async fn recv(&mut self) -> Option<Outgoing> {
        let outgoing = self.queue.recv().await?;
        self.bytes.fetch_sub(size(&outgoing), Ordering::Relaxed);
        Some(outgoing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(bytes: usize) -> Outgoing {
        Outgoing::Frame(vec![0; bytes].into())
    }

    #[tokio::test]
    async fn full_by_frames_or_by_bytes_and_free_again_when_read() {
        for bytes in [1, 96 * 1024] {
            let (sender, mut receiver) = channel();
            let room = LIVE_QUEUE_FRAMES_MAX.min(LIVE_QUEUE_BYTES_MAX / bytes);
            for _ in 0..2 {
                for _ in 0..room {
                    sender.push(frame(bytes)).unwrap();
                }
                assert_eq!(sender.push(frame(bytes)), Err(Full));
                for _ in 0..room {
                    assert_eq!(receiver.recv().await, Some(frame(bytes)));
                }
            }
            sender.push(frame(bytes)).unwrap();
            drop(sender);
            assert_eq!(receiver.recv().await, Some(frame(bytes)));
            assert_eq!(receiver.recv().await, None);
        }
    }
}
