//! Bodies: read up to the route's limit, decoded strictly; answers encoded.

use crate::{error::ApiError, route::Route};
use axum::{
    extract::{FromRequest, Request},
    response::{IntoResponse, Response},
};
use beistand_protocol::{
    codec::{decode, encode},
    error::Code,
};
use http::{HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::{Serialize, de::DeserializeOwned};

/// A request's decoded body.
pub struct Body<T>(pub T);

impl<S: Sync, T: Serialize + DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        // A request that came by no row of the table has no body worth reading.
        let body_max = request.extensions().get::<&'static Route>().map_or(0, |route| route.body_max);
        let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        if announced.and_then(|text| text.parse::<u64>().ok()).is_some_and(|bytes| bytes > body_max as u64) {
            return Err(Code::TooLarge.into());
        }
        match Limited::new(request.into_body(), body_max).collect().await {
            Ok(body) => Ok(Self(decode(&body.to_bytes())?)),
            Err(error) if is_too_long(error.as_ref()) => Err(Code::TooLarge.into()),
            Err(_) => Err(Code::Malformed.into()),
        }
    }
}

/// Whether the limit was the reason, and not a connection that broke.
fn is_too_long(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |error| error.source()).any(|error| error.is::<LengthLimitError>())
}

/// An answer to be encoded. Never kept by a cache.
pub struct Reply<T>(pub T);

impl<T: Serialize> IntoResponse for Reply<T> {
    fn into_response(self) -> Response {
        let mut response = encode(&self.0).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// What handlers give.
pub type Answer<T> = Result<Reply<T>, ApiError>;
