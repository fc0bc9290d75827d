//! Who calls: the session behind a request, and whether it may call this route.

use crate::{
    app::App,
    directory::is_active,
    error::ApiError,
    login::token_hash,
    route::{Access, BEFORE_SECOND_FACTOR, Route, page},
    second_factor::is_missing,
};
use axum::{
    extract::{FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use beistand_domain::record::Session;
use beistand_protocol::{
    api::SessionKind,
    error::Code,
    id::{AccountId, PersonId, SiteId},
    membership::Log,
};
use http::{HeaderMap, header, request::Parts};
use percent_encoding::percent_decode_str;
use std::sync::Arc;

/// What stands before the token in `Authorization` (RFC 6750).
const SCHEME: &str = "Bearer ";

/// The session of a request that needed one.
#[derive(Debug, Clone)]
pub struct Caller(pub Session);

impl Caller {
    /// The staff person.
    ///
    /// # Errors
    /// [`Code::Forbidden`] for a seeker.
    pub fn person(&self) -> Result<PersonId, ApiError> {
        match self.0.kind {
            SessionKind::Staff(person) => Ok(person),
            SessionKind::Seeker(_) => Err(Code::Forbidden.into()),
        }
    }

    /// The seeker's account and site.
    ///
    /// # Errors
    /// [`Code::Forbidden`] for staff.
    pub fn seeker(&self) -> Result<(AccountId, SiteId), ApiError> {
        match self.0.kind {
            SessionKind::Seeker(site) => Ok((self.0.account, site)),
            SessionKind::Staff(_) => Err(Code::Forbidden.into()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    /// Fails on a route that lets everybody in: there nobody looked at a session.
    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Code::SessionExpired.into())
    }
}

/// Middleware of every row: lets through who may call it.
pub(crate) async fn guard(
    State((app, row)): State<(Arc<App>, &'static Route)>,
    mut request: Request,
    next: Next,
) -> Response {
    // A path that is no text names nothing; what reads parameters would refuse it in words of its own.
    if percent_decode_str(request.uri().path()).decode_utf8().is_err() {
        return page::missing(State(app), request).await;
    }
    if !matches!(row.access, Access::Anybody | Access::FirstFrame) {
        match admit(&app, row, request.headers()) {
            Ok(caller) => drop(request.extensions_mut().insert(caller)),
            Err(refused) => return refused.into_response(),
        }
    }
    request.extensions_mut().insert(row);
    next.run(request).await
}

fn admit(app: &App, row: &Route, headers: &HeaderMap) -> Result<Caller, ApiError> {
    let token = bearer(headers).ok_or(Code::SessionExpired)?;
    let session = app.use_session(&token_hash(&token))?;
    app.sessions
        .admit(session.token_hash, app.steady_s())
        .map_err(|wait_s| ApiError::wait(Code::TooManyTries, wait_s))?;
    let verified = app.directory.verified();
    let log = verified.as_ref().map(|verified| &verified.log);
    let may = match (row.access, session.kind) {
        (Access::Anybody | Access::FirstFrame | Access::Session, _) => true,
        (Access::Seeker, kind) => matches!(kind, SessionKind::Seeker(_)),
        (Access::Staff, SessionKind::Staff(person)) => is_active(log, person),
        (Access::Administrator, SessionKind::Staff(person)) => {
            log.is_some_and(|log| log.state().is_administrator(person))
        }
        (Access::Lead, SessionKind::Staff(person)) => log.map(Log::state).is_some_and(|state| {
            state.is_administrator(person) || state.teams().any(|team| team.is_lead(person))
        }),
        (Access::Staff | Access::Lead | Access::Administrator, SessionKind::Seeker(_)) => false,
    };
    if !may {
        return Err(Code::Forbidden.into());
    }
    if !BEFORE_SECOND_FACTOR.contains(&row.path) && is_missing(app, &session)? {
        return Err(Code::SecondFactorDemanded.into());
    }
    Ok(Caller(session))
}

/// The token of the only `Authorization` header.
fn bearer(headers: &HeaderMap) -> Option<[u8; 32]> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let text = value.to_str().ok()?.strip_prefix(SCHEME)?;
    let mut token = [0; 32];
    let length = URL_SAFE_NO_PAD.decode_slice(text, &mut token).ok()?;
    (length == token.len()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_have_one_form() {
        let token = [7; 32];
        let text = URL_SAFE_NO_PAD.encode(token);
        let check = |values: &[&str], expect: Option<[u8; 32]>| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::AUTHORIZATION, value.parse().unwrap());
            }
            assert_eq!(bearer(&headers), expect, "{values:?}");
        };
        let good = format!("Bearer {text}");
        check(&[&good], Some(token));
        check(&[], None);
        check(&[&good, &good], None);
        check(&[&text], None);
        check(&[&format!("{good}=")], None);
        check(&[&format!("{good}AA")], None);
        check(&[&good[..good.len() - 1]], None);
        check(&["Bearer "], None);
        check(&["Basic eA"], None);
    }
}
