//! A staff thread is opened by somebody who reads the talk that it is about. It is a conversation like any other from
//! then on; which talk it is about, its signed epochs say, and its id follows from that.

use super::may_access;
use crate::{app::App, error::ApiError};
use beistand_domain::record::{Conversation, Session, Whose};
use beistand_protocol::{
    error::Code,
    id::{ConversationId, SiteId, TeamId},
};

/// Whether a session may open the thread about a talk that is at that site and team.
pub(super) fn judge(
    app: &App,
    session: &Session,
    about: ConversationId,
    place: (SiteId, TeamId),
) -> Result<(Whose, Option<Conversation>), ApiError> {
    let (talk, _) = may_access(app, session, about)?;
    if talk.seeker().is_none() || (talk.site, talk.team) != place {
        return Err(Code::Forbidden.into());
    }
    Ok((Whose::Thread(about), Some(talk)))
}
