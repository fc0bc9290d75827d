//! A staff thread is opened by somebody who reads the talk that it is about. It is a conversation like any other from
//! then on; which talk it is about, its signed epochs say, and its id follows from that.

use super::{may_access, opened};
use crate::{app::App, error::ApiError};
use beistand_domain::{
    record::{Conversation, Session, Whose},
    storage::{Actor, Change},
};
use beistand_protocol::{
    api::{Appended, ConversationOpen, Envelope, EnvelopeKind},
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
    let thread = Conversation::opened(id, site, team, Whose::Thread(about), app.stamp_s());
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
    opened(app.commit(changes).await)
}
