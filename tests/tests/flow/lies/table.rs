//! The table of lies, a test for each property.

use super::{
    Code, Conflict, Failure, Lie,
    Notice::{Fails, Nothing, Refused, Unconfirmed},
    Row, Stage,
    Step::{Confirm, End, Load, LogIn, Receive, Recover, SignUp, Start},
    Victim::{Counselor, NewSeeker, Recovering, Seeker, SeekerWithoutPin},
    stop,
};
use crate::world::run;

const ORGANISATION: super::Notice = stop(Conflict::Organisation);
const LOG: super::Notice = stop(Conflict::Log);
const OWN_KEYS: super::Notice = stop(Conflict::OwnKeys);
const CONVERSATION: super::Notice = stop(Conflict::Conversation);
const ACCOUNT: super::Notice = stop(Conflict::Account);
const WRONG: super::Notice = Fails(Failure::Server(Code::WrongCredentials, None));

const LOG_TABLE: &[Row] = &[
    // Nobody lies: the layer in between is transparent.
    (Lie::Truth, Seeker, End, Nothing),
    (Lie::Truth, Counselor, End, Nothing),
    (Lie::Truth, NewSeeker, SignUp, Nothing),
    // P13
    (Lie::NotSetUp, Seeker, Start, ORGANISATION),
    (Lie::ForeignOrganisation, Seeker, Start, ORGANISATION),
    (Lie::ForeignOrganisation, Counselor, Start, ORGANISATION),
    (Lie::ForeignOrganisation, SeekerWithoutPin, LogIn, WRONG),
    (Lie::ForeignLog, SeekerWithoutPin, Start, ORGANISATION),
    (Lie::OrganisationId, Seeker, Start, ORGANISATION),
    (Lie::OrganisationId, SeekerWithoutPin, Start, ORGANISATION),
    (Lie::OrganisationId, Counselor, Start, ORGANISATION),
    (Lie::SiteOrganisation, Seeker, Start, ORGANISATION),
    // P14
    (Lie::LogRolledBack, Seeker, LogIn, LOG),
    (Lie::EntriesWithheld, Seeker, Start, LOG),
    (Lie::LogForked, Seeker, LogIn, LOG),
    (Lie::SiteHead, Seeker, Start, LOG),
    (Lie::WelcomeHead, Seeker, Load, LOG),
    (Lie::HeadInvented, Seeker, Receive, LOG),
    (Lie::SightingOfFork, Seeker, Load, LOG),
    (Lie::SightingOfFork, Counselor, Load, LOG),
    (Lie::SightingsReplayed, Seeker, End, Nothing),
    // P6
    (Lie::RemovalWithheld, Seeker, Load, LOG),
    // What seekers notice counselors notice, too.
    (Lie::LogRolledBack, Counselor, Load, LOG),
    (Lie::LogForked, Counselor, Load, LOG),
    (Lie::RemovalWithheld, Counselor, Load, LOG),
    // P5
    (Lie::ReaderKey, Seeker, Start, LOG),
    (Lie::ReaderKey, Counselor, Start, LOG),
    (Lie::EpochReaders, Seeker, Load, CONVERSATION),
];

const ACCOUNT_TABLE: &[Row] = &[
    (Lie::Truth, Seeker, End, Nothing),
    // P10
    (Lie::SuiteOfOrganisation, Seeker, End, Nothing),
    (Lie::OrganisationEmpty, Seeker, End, Nothing),
    (Lie::WrapSuite, Seeker, LogIn, Fails(Failure::Answer)),
    (Lie::WrapSuite, Counselor, LogIn, Fails(Failure::Answer)),
    (Lie::Work, NewSeeker, SignUp, Fails(Failure::Server(Code::WorkRefused, None))),
    // P12, P17, P19
    (Lie::LoginReplayed, Seeker, LogIn, WRONG),
    (Lie::LoginOfAnother, Seeker, LogIn, WRONG),
    (Lie::WrapOfAnother, Seeker, LogIn, ACCOUNT),
    (Lie::WrapChanged, Seeker, LogIn, ACCOUNT),
    (Lie::Generation, Seeker, LogIn, ACCOUNT),
    (Lie::StateOfAnother, Seeker, LogIn, ACCOUNT),
    (Lie::StateChanged, Seeker, LogIn, ACCOUNT),
    (Lie::WrapChanged, Counselor, LogIn, ACCOUNT),
    (Lie::StateChanged, Counselor, LogIn, ACCOUNT),
    (Lie::DeviceSessionReplayed, Seeker, End, Nothing),
    (Lie::StateVersion, Seeker, End, Nothing),
    (Lie::AccountOfAnother, Seeker, LogIn, ACCOUNT),
    (Lie::SeekerAsStaff, Seeker, LogIn, ACCOUNT),
    (Lie::OtherSite, Seeker, LogIn, ACCOUNT),
    (Lie::StaffAsSeeker, Counselor, LogIn, ACCOUNT),
    (Lie::Colleague, Counselor, LogIn, OWN_KEYS),
    (Lie::Unknown, Counselor, LogIn, OWN_KEYS),
    (Lie::EpochBoxes, Seeker, Load, CONVERSATION),
    (Lie::TeamGeneration, Counselor, End, Nothing),
    (Lie::EpochNumberReused, Seeker, Receive, Refused),
];

const CONVERSATION_TABLE: &[Row] = &[
    (Lie::Truth, Seeker, End, Nothing),
    // P8
    (Lie::ConversationHidden, Seeker, Load, CONVERSATION),
    // One that is refused keeps no other from loading.
    (Lie::ConversationRefused, Counselor, End, Nothing),
    (Lie::ConversationEmpty, Seeker, Load, CONVERSATION),
    (Lie::ConversationRolledBack, Seeker, Load, CONVERSATION),
    (Lie::EnvelopesWithheld, Seeker, Load, CONVERSATION),
    (Lie::EnvelopeLeftOut, Seeker, Load, CONVERSATION),
    (Lie::EnvelopeTwice, Seeker, Load, CONVERSATION),
    (Lie::EnvelopesSwapped, Seeker, Load, CONVERSATION),
    (Lie::EnvelopePlaces, Seeker, Load, CONVERSATION),
    (Lie::EnvelopeChanged, Seeker, Load, CONVERSATION),
    (Lie::EnvelopesMoved, Seeker, Load, CONVERSATION),
    (Lie::PageOfAnother, Seeker, Load, CONVERSATION),
    (Lie::MessageWithheld, Seeker, Receive, CONVERSATION),
    (Lie::MessageTwice, Seeker, End, Nothing),
    (Lie::MessagesSwapped, Seeker, Receive, CONVERSATION),
    (Lie::MessageChanged, Seeker, Receive, Refused),
    (Lie::MessageMoved, Seeker, Receive, Refused),
    (Lie::MessagePlace, Seeker, End, Nothing),
    (Lie::Gone, Seeker, Receive, CONVERSATION),
    // Counselors are told the same.
    (Lie::EnvelopeLeftOut, Counselor, Load, CONVERSATION),
    (Lie::EnvelopesSwapped, Counselor, Load, CONVERSATION),
    (Lie::EnvelopeChanged, Counselor, Load, CONVERSATION),
    (Lie::EnvelopesMoved, Counselor, Load, CONVERSATION),
    (Lie::MessageChanged, Counselor, Receive, Refused),
    // P21
    (Lie::ConversationOfAnother, Seeker, Load, CONVERSATION),
];

const WORD_TABLE: &[Row] = &[
    (Lie::Truth, Seeker, End, Nothing),
    // P15
    (Lie::ReceiptsWithheld, Seeker, Confirm, Unconfirmed),
    (Lie::ReceiptReplayed, Seeker, Receive, Refused),
    // Where something of one's own is said to be stored it must be, or whatever waits behind it would wait for ever.
    (Lie::OwnReceiptsWithheld, Seeker, Receive, CONVERSATION),
    (Lie::OwnReceiptsMisplaced, Seeker, Receive, CONVERSATION),
    (Lie::OwnReceiptsReplaced, Seeker, Receive, CONVERSATION),
    (Lie::PlacesLeftOut, Seeker, Receive, CONVERSATION),
    (Lie::ShorterThanShown, Seeker, Receive, CONVERSATION),
    // The unsigned configuration.
    (Lie::SiteFacts, Seeker, End, Nothing),
    (Lie::SiteClock, Seeker, End, Nothing),
    (Lie::WelcomeClockBehind, Seeker, End, Nothing),
    (Lie::WelcomeClockAhead, Seeker, End, Nothing),
    (Lie::StoredTimes, Seeker, End, Nothing),
    (Lie::SummaryFacts, Seeker, End, Nothing),
    // "Stored" is the server's own word: untrue, nothing confirms it, and the other side's very next words stand
    // at its place.
    (Lie::StoredNothing, Seeker, Confirm, CONVERSATION),
];

const NEW_ACCOUNT_TABLE: &[Row] = &[
    (Lie::Truth, NewSeeker, SignUp, Nothing),
    // P12: a record that opens nothing is noticed before a single word is written.
    (Lie::RegistrationOfAnother, NewSeeker, SignUp, ACCOUNT),
    (Lie::RegistrationAccount, NewSeeker, SignUp, Fails(Failure::Server(Code::StatementRefused, None))),
    (Lie::RegistrationNothing, NewSeeker, SignUp, ACCOUNT),
    // The first one is recorded, and replayed below.
    (Lie::Truth, Recovering, Recover, Nothing),
    (Lie::RecoveryReplayed, Recovering, Recover, ACCOUNT),
    (Lie::RecoveryWrapOfAnother, Recovering, Recover, ACCOUNT),
    (Lie::RecoveryWrapChanged, Recovering, Recover, ACCOUNT),
    (Lie::RecoveryGeneration, Recovering, Recover, ACCOUNT),
    (Lie::RecoveryStateOfAnother, Recovering, Recover, ACCOUNT),
    (Lie::RecoveryAccount, Recovering, Recover, ACCOUNT),
    (Lie::RecoveryKind, Recovering, Recover, ACCOUNT),
    // P10
    (Lie::RecoveryWrapSuite, Recovering, Recover, Fails(Failure::Answer)),
    // P8, P21
    (Lie::RecoveryConversationLeftOut, Recovering, Recover, CONVERSATION),
    (Lie::RecoveryConversationOfAnother, Recovering, Recover, CONVERSATION),
    (Lie::RecoveryConversationRolledBack, Recovering, Recover, CONVERSATION),
    (Lie::RecoveryEnvelopeChanged, Recovering, Recover, CONVERSATION),
    // P16
    (Lie::RecoveryNothing, Recovering, Recover, ACCOUNT),
    (Lie::RecoveryDenied, Recovering, Recover, Nothing),
    // After all of that the account is whole.
    (Lie::Truth, Recovering, Recover, Nothing),
    (Lie::Truth, Seeker, End, Nothing),
];

#[test]
fn p05_p06_p13_p14_a_lying_membership_log_is_noticed() {
    run(async { Stage::new().await.play(LOG_TABLE).await });
}

#[test]
fn p10_p12_p17_p19_foreign_old_and_weakened_keys_are_refused() {
    run(async { Stage::new().await.play(ACCOUNT_TABLE).await });
}

#[test]
fn p08_p21_changed_conversations_are_noticed() {
    run(async { Stage::new().await.play(CONVERSATION_TABLE).await });
}

#[test]
fn p15_unsigned_words_prove_and_change_nothing() {
    run(async { Stage::new().await.play(WORD_TABLE).await });
}

#[test]
fn p08_p10_p12_p16_lies_at_sign_up_and_recovery_change_nothing() {
    run(async {
        let mut stage = Stage::new().await;
        stage.newcomer().await;
        stage.play(NEW_ACCOUNT_TABLE).await;
    });
}

#[test]
fn p14_old_sightings_replayed_while_stale_confirm_nothing() {
    run(async { Stage::new().await.replay_sightings().await });
}
