//! The end of a talk is counted with it: by month, team, topic and reason, and by nothing that leads back to the talk.

use crate::{app::App, error::ApiError};
use beistand_domain::{
    record::{ClosingKey, Conversation, NewEnvelope},
    statistics::Moment,
    storage::{Actor, Change},
};
use beistand_protocol::{
    api::EnvelopeKind,
    closing::{Closing, ClosingReason},
    error::Code,
};

/// What counts the end of a talk that these envelopes bring.
pub(super) fn count(
    app: &App,
    talk: &Conversation,
    actor: Actor,
    envelopes: &[NewEnvelope],
    closing: Closing,
) -> Result<Change, ApiError> {
    let kind = match closing.reason {
        ClosingReason::Blocked => EnvelopeKind::Block,
        _ => EnvelopeKind::Close,
    };
    let mut ends = envelopes.iter().filter(|new| new.envelope.kind == kind);
    let (Some(end), None, Actor::Person(_)) = (ends.next(), ends.next(), actor) else {
        return Err(Code::Malformed.into());
    };
    let team = talk.team;
    let Closing { reason, topic } = closing;
    if let Some(topic) = topic
        && !app.storage.lookup_topics(team)?.knows(topic)
    {
        return Err(Code::Malformed.into());
    }
    let zone = app.storage.lookup_roster(team)?.map(|plan| plan.rules.zone);
    let month = Moment::at(zone.as_deref(), app.now_s()).month;
    let key = ClosingKey { team, month, topic, reason };
    Ok(Change::ClosingCount { conversation: talk.id, envelope: end.envelope.id, key })
}
