//! What the worker only passes on, such as rosters and figures: the page says what it wants in the types of that part, and the
//! session's token is here.

use super::{
    Client,
    request::bytes,
    transport::{Method, Transport},
};
use beistand_protocol::worker::{Failure, Reply};

/// Longest name of what is asked for; the routes' own are shorter.
const WHAT_BYTES_MAX: usize = 96;

/// Whether this names something that is passed on, and nothing else that a token opens: what is of a team's roster,
/// what calls people, the figures, what leads see of now, and where the own account is open.
fn is_passed_on(what: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
    };
    let parts: Vec<&str> = what.split('/').collect();
    let known = match parts[..] {
        ["notice" | "mail", ..] | ["statistics" | "board"] => true,
        ["account", "sessions"] | ["account", "sessions", "end"] | ["account", "second-factor"] => true,
        ["team", _, first, ..] => first.starts_with("roster") || first.starts_with("calendar"),
        _ => false,
    };
    known && what.len() <= WHAT_BYTES_MAX && parts.into_iter().all(part)
}

impl<T: Transport> Client<T> {
    /// Asks for something or changes it; the answer goes to the page as it is.
    pub(super) async fn pass_on(&mut self, what: &str, body: Option<Vec<u8>>) -> Result<Reply, Failure> {
        if !is_passed_on(what) {
            return Err(Failure::Malformed);
        }
        let token = self.token()?;
        let path = format!("/api/v1/{what}");
        let method = if body.is_some() { Method::Post } else { Method::Get };
        let asked = self.transport.request(method, &path, Some(&token), body.unwrap_or_default()).await;
        Ok(Reply::PassedOn(bytes(asked.map_err(|_| Failure::Network)?)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_things_are_passed_on() {
        let check = |what: &str, expect| assert_eq!(is_passed_on(what), expect, "{what}");
        check("team/00ff/roster", true);
        check("team/00ff/roster/2026-11-16/2026-11-22", true);
        check("team/00ff/calendar-link/revoke", true);
        check("notice", true);
        check("mail/test", true);
        check("statistics", true);
        check("board", true);
        check("account/sessions", true);
        check("account/sessions/end", true);
        check("account/second-factor", true);
        check("account", false);
        check("account/state", false);
        check("account/second-factor/start", false);
        check("statistics/x", false);
        check("board/x", false);
        check("team/00ff/generation/1", false);
        check("team/00ff/roster/../generation/1", false);
        check("team/roster", false);
        check("team/00ff/roster//", false);
        check("team/00ff/roster?x", false);
        check("team/00ff/roster%2f", false);
        check("mail/../log", false);
        check("noticed", false);
        check("log", false);
        check("account/rotation/start", false);
        check("", false);
        check(&format!("team/00ff/roster{}", "x".repeat(WHAT_BYTES_MAX)), false);
    }
}
