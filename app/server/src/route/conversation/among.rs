//! What the staff open: threads about talks, the rooms of teams, and groups.

use super::{group, opened, room, thread};
use crate::{app::App, error::ApiError};
use beistand_domain::{
    record::{Conversation, Session},
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

/// Opens one. A colleague who was faster has opened it already: conflict.
pub(super) async fn open(
    app: &Arc<App>,
    session: &Session,
    person: PersonId,
    request: ConversationOpen,
) -> Result<Appended, ApiError> {
    let ConversationOpen { conversation: id, site, team, envelopes } = request;
    let verified = app.verified()?;
    let (whose, talk) = match kind_of(&envelopes)? {
        ConversationKind::Thread { about } => thread::judge(app, session, about, (site, team))?,
        ConversationKind::Room { month } => room::judge(app, &verified, person, team, month)?,
        ConversationKind::Group { .. } => group::judge(app, &verified, person, (site, team))?,
        ConversationKind::Talk | ConversationKind::Note { .. } => return Err(Code::Forbidden.into()),
    };
    if app.hub.conversation(id).is_some() {
        return Err(Code::Conflict.into());
    }
    let conversation = Conversation::opened(id, site, team, whose, app.stamp_s());
    let envelopes = app.chains.prepare(&*app.storage, &verified, &conversation, talk.as_ref(), envelopes)?;
    let changes = vec![
        Change::LogExpect(verified.log.head()),
        Change::ConversationAdd(conversation),
        Change::ConversationAppend {
            conversation: id,
            actor: Actor::Person(person),
            envelopes,
            answer_by_s: None,
        },
    ];
    opened(app.commit(changes).await)
}
