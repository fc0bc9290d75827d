//! Groups: founded and moderated by members of a team. Who reads, the signed epochs say; the box is told when guests may
//! write, and to which account a guest's envelopes go.

use super::may_access;
use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    directory::{Verified, teams_of},
    error::ApiError,
};
use axum::extract::{Path, State};
use beistand_domain::{
    clock::{DAY_S, Seconds},
    record::{Conversation, Group, Whose},
    storage::Change,
};
use beistand_protocol::{
    api::{ConversationState, Envelope, EnvelopeKind, GroupPut, Window},
    error::Code,
    id::{ConversationId, PersonId, SiteId, TeamId},
    limit::{GROUP_WINDOWS_MAX, GROUPS_MAX, SEEKER_CONVERSATIONS_MAX},
};
use std::sync::Arc;

/// Days ahead until which a group may be opened.
const AHEAD_DAYS_MAX: u64 = 400;

/// Whether a person may found a group: as a member, where the signed log lets the site have some.
pub(super) fn judge(
    app: &App,
    verified: &Verified,
    person: PersonId,
    (site, team): (SiteId, TeamId),
) -> Result<(Whose, Option<Conversation>), ApiError> {
    let state = verified.log.state();
    let at_home = state.site(site).is_some_and(|site| site.team == team) && state.takes_groups(site);
    if !at_home || !teams_of(Some(&verified.log), person).contains(&team) {
        return Err(Code::Forbidden.into());
    }
    if app.hub.groups_of(team) >= GROUPS_MAX {
        return Err(Code::TooLarge.into());
    }
    Ok((Whose::Group(Group::default()), None))
}

/// What a seeker appends to a group are words, while the site has groups. Epochs are made by who moderates; a guest's
/// new keys come through the door of a rotation and no other.
pub(super) fn check_words(
    verified: &Verified,
    conversation: &Conversation,
    envelopes: &[Envelope],
) -> Result<(), ApiError> {
    if conversation.group().is_none() {
        return Ok(());
    }
    if envelopes.iter().any(|envelope| envelope.kind == EnvelopeKind::Epoch) {
        return Err(Code::Forbidden.into());
    }
    match verified.log.state().takes_groups(conversation.site) {
        true => Ok(()),
        false => Err(Code::GroupNotOpen.into()),
    }
}

/// Opening times in order, none of them empty, too long ahead or over another.
fn are_in_order(windows: &[Window], now_s: Seconds) -> bool {
    let ahead_s = now_s.saturating_add(AHEAD_DAYS_MAX * DAY_S);
    windows.len() <= GROUP_WINDOWS_MAX
        && windows.iter().all(|window| window.from_s < window.until_s && window.until_s <= ahead_s)
        && windows.windows(2).all(|pair| pair[0].until_s <= pair[1].from_s)
}

/// `POST /api/v1/group/{conversation}`
pub async fn put(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Path(id): Path<String>,
    Body(request): Body<GroupPut>,
) -> Answer<()> {
    let id = ConversationId::from_hex(&id).ok_or(Code::NotFound)?;
    let (known, _) = may_access(&app, &session, id)?;
    if known.group().is_none() {
        return Err(Code::NotFound.into());
    }
    let GroupPut { windows, guest } = request;
    if !are_in_order(&windows, app.now_s()) {
        return Err(Code::Malformed.into());
    }
    let guest = match guest {
        Some((guest, talk)) => {
            let (talk, _) = may_access(&app, &session, talk)?;
            let seeker = talk.seeker().ok_or(Code::NotFound)?;
            if talk.site != known.site || talk.state == ConversationState::Blocked {
                return Err(Code::Forbidden.into());
            }
            if app.hub.list_of_seeker(seeker).len() >= SEEKER_CONVERSATIONS_MAX {
                return Err(Code::TooLarge.into());
            }
            Some((guest, seeker))
        }
        None => None,
    };
    let change = Change::GroupPut { conversation: id, windows, guest };
    let verified = app.verified()?;
    app.commit(vec![Change::LogExpect(verified.log.head()), change]).await?;
    Ok(Reply(()))
}
