//! A staff thread is opened by somebody who reads the talk that it is about. It is a conversation like any other from
//! then on; which talk it is about, its signed epochs say, and its id follows from that.

use super::{may_access, places};
use crate::{app::App, error::ApiError};
use beistand_domain::{
    record::{Conversation, Readers, Session, Whose},
    storage::{Actor, Change, CommitError, Refused},
};
use beistand_protocol::{
    api::{Appended, ConversationOpen, ConversationState, Envelope, EnvelopeKind},
    codec::decode,
    epoch::{ConversationKind, EpochHeader, SignedEpoch},
    error::Code,
    id::PersonId,
};
use std::sync::Arc;

/// What the first epoch says that the conversation is. Nothing of it is verified yet.
fn kind_of(envelopes: &[Envelope]) -> Result<ConversationKind, ApiError> {
    let first = envelopes.first().filter(|first| first.kind == EnvelopeKind::Epoch).ok_or(Code::Malformed)?;
    let signed: SignedEpoch = decode(&first.sealed.0)?;
    Ok(decode::<EpochHeader>(&signed.header)?.kind)
}

/// Opens a thread. A colleague who was faster has opened it already: conflict.
pub(super) async fn open(
    app: &Arc<App>,
    session: &Session,
    person: PersonId,
    request: ConversationOpen,
) -> Result<Appended, ApiError> {
    let ConversationOpen { conversation: id, site, team, envelopes } = request;
    let about = kind_of(&envelopes)?.thread_about().ok_or(Code::Forbidden)?;
    let (talk, _) = may_access(app, session, about)?;
    if talk.seeker().is_none() || (talk.site, talk.team) != (site, team) {
        return Err(Code::Forbidden.into());
    }
    if app.hub.conversation(id).is_some() {
        return Err(Code::Conflict.into());
    }
    let now_s = app.stamp_s();
    let thread = Conversation {
        id,
        site,
        team,
        whose: Whose::Thread(about),
        state: ConversationState::Waiting,
        readers: Readers::default(),
        opened_s: now_s,
        last_s: now_s,
        length: 0,
        epoch: 0,
        answer_by_s: None,
        steps: Vec::new(),
    };
    let verified = app.verified()?;
    let envelopes = app.chains.prepare(&*app.storage, &verified, &thread, Some(&talk), envelopes)?;
    let changes = vec![
        Change::LogExpect(verified.log.head()),
        Change::ConversationAdd(thread),
        Change::ConversationAppend {
            conversation: id,
            actor: Actor::Person(person),
            envelopes,
            answer_by_s: None,
        },
    ];
    match app.storage.commit(now_s, changes).await {
        Ok(outputs) => places(outputs),
        Err(CommitError::Refused(Refused::IdTaken)) => Err(Code::Conflict.into()),
        Err(CommitError::Refused(Refused::HeadMoved)) => Err(Code::StaleEpoch.into()),
        Err(error) => Err(error.into()),
    }
}
