//! What a handler refuses with, and the one place where that becomes an HTTP status.
//!
//! The outside gets the stable [`Code`]; causes go to the log here, once, and hold no content.

use crate::log_sink::Chain;
use axum::response::{IntoResponse, Response};
use beistand_domain::{
    conversation,
    queue::NotNow,
    storage::{self, CommitError, StorageError},
};
use beistand_protocol::{
    codec::{DecodeError, encode},
    error::{Code, Refusal},
};
use http::{HeaderValue, StatusCode, header};

/// A refusal on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(pub Refusal);

impl ApiError {
    /// Refused, and when it makes sense to try again.
    #[must_use]
    pub const fn wait(code: Code, retry_after_s: u32) -> Self {
        Self(Refusal { code, retry_after_s: Some(retry_after_s) })
    }

    /// The code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.0.code
    }
}

/// The HTTP status of each code.
#[must_use]
pub const fn status(code: Code) -> StatusCode {
    match code {
        Code::Malformed | Code::UnknownSuite | Code::WorkRefused => StatusCode::BAD_REQUEST,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::SessionExpired | Code::PasswordChanged | Code::AccountDeleted => StatusCode::UNAUTHORIZED,
        Code::Forbidden
        | Code::WrongCredentials
        | Code::Revoked
        | Code::SecondFactorNeeded
        | Code::SecondFactorWrong
        | Code::SecondFactorDemanded => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
        Code::Conflict
        | Code::NameTaken
        | Code::StaleEpoch
        | Code::AlreadyClaimed
        | Code::ConversationClosed
        | Code::ConversationFull
        | Code::OfferedElsewhere
        | Code::TalksFull
        | Code::Blocked
        | Code::AlreadySetUp
        | Code::NotSetUp => StatusCode::CONFLICT,
        Code::InvitationInvalid => StatusCode::GONE,
        Code::StatementRefused => StatusCode::UNPROCESSABLE_ENTITY,
        Code::StorageUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (status(self.0.code), encode(&self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
        if let Some(seconds) = self.0.retry_after_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Code> for ApiError {
    fn from(code: Code) -> Self {
        Self(Refusal { code, retry_after_s: None })
    }
}

impl From<DecodeError> for ApiError {
    fn from(_: DecodeError) -> Self {
        Code::Malformed.into()
    }
}

impl From<StorageError> for ApiError {
    fn from(error: StorageError) -> Self {
        log::error!("storage: {}", Chain(&error));
        match error {
            StorageError::Full | StorageError::ReadOnly => Code::StorageUnavailable.into(),
            StorageError::Failed(_) => Code::Internal.into(),
        }
    }
}

impl From<storage::Refused> for ApiError {
    fn from(refused: storage::Refused) -> Self {
        use storage::Refused as R;
        match refused {
            R::HeadMoved | R::NumberTaken | R::IdTaken => Code::Conflict,
            R::GenerationMoved | R::VersionMoved | R::SettingMoved => Code::Conflict,
            R::NameTaken => Code::NameTaken,
            R::NotFound => Code::NotFound,
            R::Conversation(refused) => match refused {
                conversation::Refused::StaleEpoch => Code::StaleEpoch,
                conversation::Refused::Diverged => Code::Conflict,
                conversation::Refused::AlreadyClaimed => Code::AlreadyClaimed,
                conversation::Refused::Closed => Code::ConversationClosed,
                conversation::Refused::Blocked => Code::Blocked,
                conversation::Refused::NotOpen => Code::GroupNotOpen,
                conversation::Refused::Muted => Code::Muted,
                conversation::Refused::Forbidden => Code::Forbidden,
                conversation::Refused::Full => Code::ConversationFull,
                conversation::Refused::Malformed => Code::Malformed,
            },
        }
        .into()
    }
}

impl From<NotNow> for ApiError {
    fn from(not_now: NotNow) -> Self {
        match not_now {
            NotNow::OfferedElsewhere => Code::OfferedElsewhere,
            NotNow::TalksFull => Code::TalksFull,
        }
        .into()
    }
}

impl From<CommitError> for ApiError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(refused) => refused.into(),
            CommitError::Storage(error) => error.into(),
        }
    }
}
