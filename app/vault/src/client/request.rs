//! Typed requests over a [`Transport`]: codec bytes out, codec bytes or a refusal back.

use super::transport::{Method, Response, Transport, Unreachable};
use beistand_protocol::{
    codec::{decode, encode},
    error::{Code, Refusal},
    worker::Failure,
};
use serde::{Serialize, de::DeserializeOwned};

/// Why a request brought no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No answer.
    #[error("no answer")]
    Unreachable(#[from] Unreachable),
    /// The server said no.
    #[error("refused")]
    Refused(Code, Option<u32>),
    /// An answer that is none of ours: another server, a proxy's page, a newer version.
    #[error("answer could not be read")]
    Unreadable,
}

impl RequestError {
    /// Whether the server refused with this code.
    #[must_use]
    pub fn is(&self, code: Code) -> bool {
        matches!(self, Self::Refused(refused, _) if *refused == code)
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Unreachable(_) => Self::Network,
            RequestError::Unreadable => Self::Answer,
            RequestError::Refused(code, wait) => Self::Server(code, wait),
        }
    }
}

/// Fills `{name}` in a route's path.
#[must_use]
pub fn path(route: &str, parameters: &[(&str, String)]) -> String {
    parameters
        .iter()
        .fold(route.to_owned(), |path, (name, value)| path.replace(&format!("{{{name}}}"), value))
}

/// `GET`s a value.
///
/// # Errors
/// [`RequestError`].
pub async fn get<T: Transport, A: Serialize + DeserializeOwned>(
    transport: &T,
    path: &str,
    token: Option<&[u8; 32]>,
) -> Result<A, RequestError> {
    answer(transport.request(Method::Get, path, token, Vec::new()).await?)
}

/// `POST`s a value and reads the answer.
///
/// # Errors
/// [`RequestError`].
pub async fn post<T: Transport, Q: Serialize, A: Serialize + DeserializeOwned>(
    transport: &T,
    path: &str,
    token: Option<&[u8; 32]>,
    body: &Q,
) -> Result<A, RequestError> {
    answer(transport.request(Method::Post, path, token, encode(body)).await?)
}

/// Reads an answer: a success's body is the value, any other a [`Refusal`].
fn answer<A: Serialize + DeserializeOwned>(response: Response) -> Result<A, RequestError> {
    decode(&bytes(response)?).map_err(|_| RequestError::Unreadable)
}

/// A success's body as it is.
pub(super) fn bytes(response: Response) -> Result<Vec<u8>, RequestError> {
    if (200..300).contains(&response.status) {
        return Ok(response.body);
    }
    match decode::<Refusal>(&response.body) {
        Ok(refusal) => Err(RequestError::Refused(refusal.code, refusal.retry_after_s)),
        // A proxy in between, or a server that is just starting.
        Err(_) if response.status >= 500 => Err(RequestError::Unreachable(Unreachable)),
        Err(_) => Err(RequestError::Unreadable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_filled() {
        let filled = path("/a/{x}/{from}", &[("x", "12".into()), ("from", "7".into())]);
        assert_eq!(filled, "/a/12/7");
    }

    #[test]
    fn answers_are_told_apart() {
        let check =
            |status, body: Vec<u8>, expect| assert_eq!(answer::<u32>(Response { status, body }), expect);
        let refusal = |code| encode(&Refusal { code, retry_after_s: Some(3) });
        check(200, encode(&7u32), Ok(7));
        check(200, b"<html>".to_vec(), Err(RequestError::Unreadable));
        check(429, refusal(Code::TooManyTries), Err(RequestError::Refused(Code::TooManyTries, Some(3))));
        check(502, b"Bad gateway".to_vec(), Err(RequestError::Unreachable(Unreachable)));
        check(404, b"no".to_vec(), Err(RequestError::Unreadable));
    }
}
