//! Every type that arrives over HTTP, over the WebSocket, from the page or inside a statement.
//!
//! Bytes are read as a type. Whatever is accepted must be written again as the very same bytes
//! (nothing has two spellings), and a value that was built must be read back as written.

use crate::{
    Depth,
    generate::{Choices, generate},
    mutate::mutate,
};
use beistand_protocol::{
    api, blocks, closing,
    codec::{decode, encode},
    epoch, error, live, membership, message, notice, queue, roster, second_factor, team, worker, wrap,
};
use serde::{Serialize, de::DeserializeOwned};

/// One type: name, and how an input is tried on it.
type Case = (&'static str, fn(&[u8]) -> Depth);

macro_rules! cases {
    ($($type:ty),* $(,)?) => { &[$((stringify!($type), attempt::<$type>)),*] };
}

/// All of them; the first byte of an input chooses. Appended to, never reordered: the corpus counts on it.
pub const CASES: &[Case] = cases![
    // Bodies of requests and answers
    api::LogHead,
    api::GroupPut,
    api::OrganisationInfo,
    api::SiteInfo,
    api::LogPage,
    api::LogAppend,
    api::TeamGenerationUpload,
    api::GenerationAppend,
    api::TeamGenerations,
    api::WorkChallenge,
    api::LookUp,
    api::RegistrationStart,
    api::RegistrationStarted,
    api::Credentials,
    api::RegistrationFinish,
    api::SetUpStart,
    api::SetUpFinish,
    api::InvitationAcceptStart,
    api::InvitationAcceptFinish,
    api::Acceptances,
    api::LogInStart,
    api::LogInStarted,
    api::LogInFinish,
    api::LoggedIn,
    api::RecoveryStart,
    api::RecoveryStarted,
    api::RecoveryProve,
    api::RecoveryProved,
    api::RecoveryFinish,
    api::ResumePark,
    api::ResumeTake,
    api::ResumeTaken,
    api::Revoke,
    api::AccountView,
    api::StateWrite,
    api::StateWritten,
    api::Envelope,
    api::StoredEnvelope,
    api::ConversationSummary,
    api::ConversationList,
    api::ConversationOpen,
    api::EnvelopePage,
    api::Append,
    api::Appended,
    api::SightingPut,
    error::Refusal,
    // Frames
    live::ClientFrame,
    live::ServerFrame,
    // Statements
    membership::Statement,
    membership::SignedEntry,
    membership::Acceptance,
    membership::SignedSighting,
    team::TeamHeader,
    team::SignedTeamGeneration,
    epoch::EpochHeader,
    epoch::SignedEpoch,
    message::SealedMessage,
    message::SealedTyping,
    wrap::Wrap,
    wrap::SignedAccountChange,
    // Page and worker
    worker::ToWorker,
    worker::FromWorker,
    worker::Resume,
    // Later ones
    api::RotationStart,
    api::RotationStarted,
    api::RotationFinish,
    api::DeletionStarted,
    api::DeletionFinish,
    api::RecoveryFetch,
    api::RecoveryGenerations,
    roster::RosterView,
    roster::PlanChange,
    roster::Changed,
    roster::RosterLogPage,
    roster::Proposal,
    roster::Imported,
    roster::CalendarImport,
    roster::CalendarLinks,
    roster::CalendarLinkMade,
    roster::CalendarLinkRevoke,
    queue::QueueRules,
    blocks::EditionHeader,
    blocks::SignedEdition,
    blocks::NewestEdition,
    blocks::EditionPut,
    worker::Blocks,
    worker::BlocksCall,
    notice::NoticeSettings,
    notice::NoticeView,
    notice::MailView,
    notice::PushPut,
    notice::PushView,
    notice::PushRemove,
    notice::MailPut,
    notice::MailTest,
    notice::MailTested,
    closing::Topics,
    closing::TopicsPut,
    api::SessionList,
    api::SessionEnd,
    second_factor::SecondFactorView,
    second_factor::SecondFactorStarted,
    second_factor::SecondFactorPut,
];

/// Tries one input: which type, as it arrives or built, the rest.
pub fn run(input: &[u8]) -> Depth {
    let Some((which, rest)) = input.split_first() else { return Depth::Refused };
    CASES[usize::from(*which) % CASES.len()].1(rest)
}

fn attempt<T: Serialize + DeserializeOwned>(input: &[u8]) -> Depth {
    let Some((built, rest)) = input.split_first() else { return Depth::Refused };
    if built & 1 == 0 {
        return read::<T>(rest);
    }
    let mut choices = Choices::new(rest);
    let Some(value) = generate::<T>(&mut choices) else { return Depth::Refused };
    let mut bytes = encode(&value);
    assert_eq!(read::<T>(&bytes), Depth::Accepted, "what was written is not read");
    mutate(&mut bytes, usize::from(built >> 1) % 4, &mut Choices::new(choices.rest()));
    read::<T>(&bytes);
    Depth::Accepted
}

fn read<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Depth {
    match decode::<T>(bytes) {
        Ok(value) => {
            assert_eq!(encode(&value), bytes, "a second spelling was accepted");
            Depth::Accepted
        }
        Err(_) => Depth::Refused,
    }
}
