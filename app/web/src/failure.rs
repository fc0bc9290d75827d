//! Why something failed or stopped, in sentences: the one table from codes to translations.

use crate::locale::Locale;
use crate::text;
use beistand_protocol::error::Code;
use beistand_protocol::worker::{Conflict, EndReason, Failure};

/// The sentence for a failed call.
#[must_use]
pub fn sentence(locale: Locale, failure: Failure) -> String {
    let plain = match failure {
        Failure::Server(Code::TooManyTries, Some(seconds)) => {
            return text::failure_too_many_tries_wait(locale, u64::from(seconds));
        }
        Failure::Server(code, _) => code_sentence(locale, code),
        Failure::Network => text::failure_network(locale),
        Failure::Answer => text::failure_answer(locale),
        Failure::NameInvalid => text::failure_name_invalid(locale),
        Failure::PasswordWeak => text::failure_password_weak(locale),
        Failure::PasswordInvalid => text::failure_password_invalid(locale),
        Failure::CodeInvalid => text::failure_code_invalid(locale),
        Failure::ClaimCodeInvalid => text::failure_claim_code_invalid(locale),
        Failure::LinkInvalid => text::failure_link_invalid(locale),
        Failure::TextInvalid => text::failure_text_invalid(locale),
        Failure::SettingsInvalid => text::failure_settings_invalid(locale),
        Failure::Conflict(_) => text::failure_stopped(locale),
        Failure::NotNow => text::failure_not_now(locale),
        Failure::ChangeUnknown => text::failure_change_unknown(locale),
        #[cfg(feature = "staff")]
        Failure::BlockChanged => text::failure_block_changed(locale),
        #[cfg(feature = "staff")]
        Failure::BlocksFull => text::failure_blocks_full(locale),
        #[cfg(feature = "staff")]
        Failure::AppCodeInvalid => text::failure_app_code_invalid(locale),
        Failure::PasswordUnchanged => text::failure_password_unchanged(locale),
        _ => text::failure_malformed(locale),
    };
    plain.to_owned()
}

/// The sentence for a refusal of the server.
fn code_sentence(locale: Locale, code: Code) -> &'static str {
    match code {
        Code::TooLarge => text::failure_too_large(locale),
        Code::SessionExpired => text::failure_session_expired(locale),
        Code::Forbidden => text::failure_forbidden(locale),
        Code::NotFound => text::failure_not_found(locale),
        Code::WrongCredentials => text::failure_wrong_credentials(locale),
        Code::TooManyTries => text::failure_too_many_tries(locale),
        Code::Conflict | Code::StaleEpoch => text::failure_conflict(locale),
        Code::NameTaken => text::failure_name_taken(locale),
        Code::InvitationInvalid => text::failure_invitation_invalid(locale),
        Code::StatementRefused | Code::WorkRefused => text::failure_statement_refused(locale),
        Code::AlreadyClaimed => text::failure_already_claimed(locale),
        Code::ConversationClosed => text::failure_conversation_closed(locale),
        #[cfg(feature = "staff")]
        Code::OfferedElsewhere => text::failure_offered_elsewhere(locale),
        #[cfg(feature = "staff")]
        Code::TalksFull => text::failure_talks_full(locale),
        #[cfg(feature = "staff")]
        Code::SecondFactorNeeded => text::failure_second_factor_needed(locale),
        #[cfg(feature = "staff")]
        Code::SecondFactorWrong => text::failure_second_factor_wrong(locale),
        #[cfg(feature = "staff")]
        Code::SecondFactorDemanded => text::failure_second_factor_demanded(locale),
        Code::ConversationFull => text::failure_conversation_full(locale),
        Code::Blocked => text::chat_blocked(locale),
        Code::GroupNotOpen => text::group_not_open(locale),
        Code::Muted => text::group_muted(locale),
        Code::AlreadySetUp => text::failure_already_set_up(locale),
        Code::NotSetUp => text::failure_not_set_up(locale),
        Code::Revoked => text::failure_revoked(locale),
        Code::PasswordChanged => text::ended_password_changed(locale),
        Code::AccountDeleted => text::ended_deleted(locale),
        Code::StorageUnavailable => text::failure_storage(locale),
        Code::Internal => text::failure_internal(locale),
        _ => text::failure_malformed(locale),
    }
}

/// What was noticed, on a hard stop.
#[must_use]
pub fn conflict_sentence(locale: Locale, conflict: Conflict) -> &'static str {
    match conflict {
        Conflict::Organisation => text::conflict_organisation(locale),
        Conflict::Log => text::conflict_log(locale),
        Conflict::OwnKeys => text::conflict_own_keys(locale),
        Conflict::Conversation => text::conflict_conversation(locale),
        Conflict::Account => text::conflict_account(locale),
        #[cfg(feature = "staff")]
        Conflict::Blocks => text::conflict_blocks(locale),
        _ => text::conflict_other(locale),
    }
}

/// Title and sentence for a session that ended.
#[must_use]
pub fn end_sentences(locale: Locale, reason: EndReason) -> (&'static str, &'static str) {
    match reason {
        EndReason::LoggedOut => (text::ended_logged_out_title(locale), text::ended_logged_out(locale)),
        EndReason::PasswordChanged => {
            (text::ended_password_changed_title(locale), text::ended_password_changed(locale))
        }
        EndReason::Deleted => (text::ended_deleted_title(locale), text::ended_deleted(locale)),
        EndReason::Revoked => (text::ended_revoked_title(locale), text::ended_revoked(locale)),
        _ => (text::ended_expired_title(locale), text::ended_expired(locale)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_protocol::codec::decode;
    use std::collections::BTreeSet;

    /// Every variant without content, found by its number on the wire: none is forgotten when one is added.
    fn all<E>(read: impl Fn(&[u8]) -> Option<E>) -> Vec<E> {
        (0..=u8::MAX).filter_map(|number| read(&[number])).collect()
    }

    fn codes() -> Vec<Code> {
        all(|bytes| decode(bytes).ok())
    }

    fn failures() -> Vec<Failure> {
        all(|bytes| decode(bytes).ok())
    }

    #[test]
    fn whatever_fails_has_a_sentence_of_its_own() {
        for locale in Locale::ALL {
            let malformed = text::failure_malformed(locale);
            for code in codes() {
                let unclear = matches!(code, Code::Malformed | Code::UnknownSuite);
                assert_eq!(code_sentence(locale, code) == malformed, unclear, "{code:?}");
            }
            for failure in failures() {
                let unclear = failure == Failure::Malformed;
                assert_eq!(sentence(locale, failure) == malformed, unclear, "{failure:?}");
            }
        }
        assert!(codes().len() > 20 && failures().len() > 10);
    }

    #[test]
    fn whatever_is_noticed_has_a_sentence_of_its_own() {
        for locale in Locale::ALL {
            let conflicts: Vec<Conflict> = all(|bytes| decode(bytes).ok());
            let sentences: BTreeSet<_> =
                conflicts.iter().map(|conflict| conflict_sentence(locale, *conflict)).collect();
            assert!(conflicts.len() > 4 && sentences.len() == conflicts.len(), "{sentences:?}");
            assert!(!sentences.contains(text::conflict_other(locale)));
            let reasons: Vec<EndReason> = all(|bytes| decode(bytes).ok());
            let titles: BTreeSet<_> = reasons.iter().map(|reason| end_sentences(locale, *reason)).collect();
            assert_eq!(titles.len(), reasons.len());
        }
    }
}
