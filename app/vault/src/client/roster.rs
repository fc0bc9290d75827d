//! The roster, passed on: the page says what it wants in the roster's own types, and the session's token is here.

use super::{
    Client,
    request::bytes,
    transport::{Method, Transport},
};
use beistand_protocol::{
    id::TeamId,
    worker::{Failure, Reply},
};

/// Longest name of what is asked for; the routes' own are shorter.
const WHAT_BYTES_MAX: usize = 64;

/// Whether this names something of a roster, and nothing else that a token opens.
fn is_of_a_roster(what: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let mut parts = what.split('/');
    let first = parts.next().unwrap_or_default();
    what.len() <= WHAT_BYTES_MAX
        && (first.starts_with("roster") || first.starts_with("calendar"))
        && part(first)
        && parts.all(part)
}

impl<T: Transport> Client<T> {
    /// Asks about a roster or changes it; the answer goes to the page as it is.
    pub(super) async fn roster(
        &mut self,
        team: TeamId,
        what: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Reply, Failure> {
        if !is_of_a_roster(what) {
            return Err(Failure::Malformed);
        }
        let token = self.token()?;
        let path = format!("/api/v1/team/{team}/{what}");
        let method = if body.is_some() { Method::Post } else { Method::Get };
        let asked = self.transport.request(method, &path, Some(&token), body.unwrap_or_default()).await;
        Ok(Reply::Roster(bytes(asked.map_err(|_| Failure::Network)?)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rosters_are_asked_for() {
        let check = |what: &str, expect| assert_eq!(is_of_a_roster(what), expect, "{what}");
        check("roster", true);
        check("roster/2026-11-16/2026-11-22", true);
        check("calendar-link/revoke", true);
        check("generation/1", false);
        check("roster/../generation/1", false);
        check("roster//", false);
        check("roster?x", false);
        check("roster%2f", false);
        check("", false);
        check(&format!("roster{}", "x".repeat(WHAT_BYTES_MAX)), false);
    }
}
