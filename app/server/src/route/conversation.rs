//! Conversations: listed, opened, fetched and appended to by whom the newest epoch names.

use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    directory::{is_active, teams_of},
    duty,
    error::ApiError,
};
use axum::extract::{Path, State};
use beistand_domain::{
    conversation::{is_seeker, may_read},
    record::{Conversation, Session, Whose},
    storage::{Actor, Change, CommitError, Output, Refused},
};
use beistand_protocol::{
    api::{
        Append, Appended, ConversationList, ConversationOpen, ConversationState, Envelope, EnvelopeKind,
        EnvelopePage, SessionKind,
    },
    closing::Closing,
    error::Code,
    id::{AccountId, ConversationId},
    limit::{APPEND_ENVELOPES_MAX, ENVELOPE_PAGE_BYTES_MAX, ENVELOPE_PAGE_MAX, SEEKER_CONVERSATIONS_MAX},
};
use std::{future::Future, sync::Arc};
use tokio::time::Instant;

mod among;
mod closing;
pub mod group;
mod room;
mod thread;

/// The conversation, if this session may read it. What may not be read does not exist.
///
/// # Errors
/// [`Code::NotFound`].
pub(crate) fn may_access(
    app: &App,
    session: &Session,
    id: ConversationId,
) -> Result<(Conversation, Actor), ApiError> {
    let conversation = app.hub.conversation(id).ok_or(Code::NotFound)?;
    match session.kind {
        SessionKind::Seeker(_) if is_seeker(&conversation, session.account) => {
            Ok((conversation, Actor::Seeker(session.account)))
        }
        SessionKind::Staff(person) => {
            let verified = app.verified()?;
            let log = Some(&verified.log);
            let reads =
                is_active(log, person) && app.hub.may_read(&conversation, person, &teams_of(log, person));
            if reads { Ok((conversation, Actor::Person(person))) } else { Err(Code::NotFound.into()) }
        }
        SessionKind::Seeker(_) => Err(Code::NotFound.into()),
    }
}

/// The conversation, if this session may write in it: where one may read, and staff in a thread that they read when its
/// talk has just gone to somebody else. They have to hand over the thread, too.
fn may_append(app: &App, session: &Session, id: ConversationId) -> Result<(Conversation, Actor), ApiError> {
    let accessed = may_access(app, session, id);
    if accessed.is_ok() {
        return accessed;
    }
    let SessionKind::Staff(person) = session.kind else { return accessed };
    let thread = app.hub.conversation(id).filter(|known| known.about().is_some()).ok_or(Code::NotFound)?;
    let verified = app.verified()?;
    let log = Some(&verified.log);
    let reads = is_active(log, person) && may_read(&thread.readers, person, &teams_of(log, person));
    if reads { Ok((thread, Actor::Person(person))) } else { accessed }
}

/// Appends; what can be refused at once is refused at once, the order is that of the calls.
pub(crate) fn append(
    app: &Arc<App>,
    session: &Session,
    request: Append,
    closing: Option<Closing>,
) -> impl Future<Output = Result<Appended, ApiError>> + Send + use<> {
    let queued = queue(app, session, request, closing);
    async move { places(queued?.await?) }
}

/// Counts what a request brings, as the live channel does with its frames.
fn admit(app: &App, session: &Session, envelopes: &[Envelope]) -> Result<(), ApiError> {
    let bytes = envelopes.iter().map(|envelope| envelope.sealed.0.len()).sum();
    let channels = app.hub.channels(session.account);
    app.intake.admit(session.account, session.kind, bytes, channels, Instant::now()).map_err(|wait| {
        let wait_s = wait.as_secs_f64().ceil();
        // Bounded by what a body can bring into debt: minutes.
        ApiError::wait(Code::TooManyTries, wait_s as u32)
    })
}

/// Words are not taken from somebody whom the staff have blocked in any of their talks. The talk itself holds that where
/// it stands in the order of its envelopes.
fn check_unblocked(app: &App, account: AccountId, envelopes: &[Envelope]) -> Result<(), ApiError> {
    let words = envelopes.iter().any(|envelope| envelope.kind == EnvelopeKind::Message);
    if words && app.hub.is_blocked(account) { Err(Code::Blocked.into()) } else { Ok(()) }
}

fn queue(
    app: &App,
    session: &Session,
    request: Append,
    closing: Option<Closing>,
) -> Result<beistand_domain::storage::CommitFuture, ApiError> {
    let Append { conversation: id, envelopes } = request;
    if envelopes.is_empty() || envelopes.len() > APPEND_ENVELOPES_MAX {
        return Err(Code::Malformed.into());
    }
    let (conversation, actor) = may_append(app, session, id)?;
    if let Actor::Person(person) = actor
        && conversation.state == ConversationState::Waiting
        && envelopes.iter().any(|envelope| envelope.kind == EnvelopeKind::Claim)
    {
        app.hub.check_claim(&conversation, person, app.now_s())?;
    }
    let verified = app.verified()?;
    match actor {
        Actor::Seeker(account) => {
            check_unblocked(app, account, &envelopes)?;
            group::check_words(&verified, &conversation, &envelopes)?;
        }
        Actor::Person(person) => {
            let lifts = conversation.state == ConversationState::Blocked
                && envelopes.iter().any(|envelope| envelope.kind == EnvelopeKind::Reopen);
            let leads = |team| verified.log.state().team(team).is_some_and(|team| team.is_lead(person));
            if lifts && !leads(conversation.team) {
                return Err(Code::Forbidden.into());
            }
        }
    }
    let talk = app.hub.talk_of(&conversation);
    let envelopes = app.chains.prepare(&*app.storage, &verified, &conversation, talk.as_ref(), envelopes)?;
    let answer_by_s = match actor {
        Actor::Seeker(_) if conversation.seeker().is_some() => duty::promise(app, conversation.team)?,
        _ => None,
    };
    let now_s = app.stamp_s();
    // A removal may be on its way: what was judged by the log as it is must not be stored after it (P6).
    let mut changes = vec![Change::LogExpect(verified.log.head())];
    if let Some(closing) = closing {
        changes.push(closing::count(app, &conversation, actor, &envelopes, closing)?);
    }
    changes.push(Change::ConversationAppend { conversation: id, actor, envelopes, answer_by_s });
    if let Actor::Seeker(account) = actor {
        changes.push(Change::AccountTouch { account, contact_s: now_s });
    }
    Ok(app.storage.commit(now_s, changes))
}

fn places(outputs: Vec<Output>) -> Result<Appended, ApiError> {
    outputs
        .into_iter()
        .find_map(|output| match output {
            Output::Appended { places, .. } => Some(Appended { places }),
            _ => None,
        })
        .ok_or_else(|| Code::Internal.into())
}

/// `GET /api/v1/conversations`
pub async fn list(State(app): State<Arc<App>>, Caller(session): Caller) -> Answer<ConversationList> {
    let conversations = match session.kind {
        SessionKind::Seeker(_) => app.hub.list_of_seeker(session.account),
        SessionKind::Staff(person) => app.hub.list_of_person(person),
    };
    Ok(Reply(ConversationList { conversations }))
}

/// `POST /api/v1/conversations`
pub async fn open(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(request): Body<ConversationOpen>,
) -> Answer<Appended> {
    admit(&app, &caller.0, &request.envelopes)?;
    if request.envelopes.is_empty() || request.envelopes.len() > APPEND_ENVELOPES_MAX {
        return Err(Code::Malformed.into());
    }
    if let SessionKind::Staff(person) = caller.0.kind {
        return among::open(&app, &caller.0, person, request).await.map(Reply);
    }
    let (account, site) = caller.seeker()?;
    let ConversationOpen { conversation: id, site: wanted, team, envelopes } = request;
    let verified = app.verified()?;
    let known_site = verified.log.state().site(site).ok_or(Code::NotFound)?;
    if wanted != site || known_site.team != team {
        return Err(Code::Forbidden.into());
    }
    // Whether the staff have something of that id is not a seeker's to know; groups are theirs to found.
    if id.is_staff() || id.is_group() {
        return Err(Code::StatementRefused.into());
    }
    let opening = app.openings.clone().read_owned().await;
    // A change of keys while this waited has ended the session.
    app.use_session(&caller.0.token_hash)?;
    if let Some(known) = app.hub.conversation(id) {
        // Sent again after a cut connection: the same envelopes keep their places.
        return match known.seeker() == Some(account) {
            true => append(&app, &caller.0, Append { conversation: id, envelopes }, None).await.map(Reply),
            false => Err(Code::Conflict.into()),
        };
    }
    check_unblocked(&app, account, &envelopes)?;
    if app.hub.list_of_seeker(account).len() >= SEEKER_CONVERSATIONS_MAX {
        return Err(Code::TooLarge.into());
    }
    let now_s = app.stamp_s();
    let conversation = Conversation::opened(id, site, team, Whose::Seeker(account), now_s);
    let answer_by_s = duty::promise(&app, team)?;
    let envelopes = app.chains.prepare(&*app.storage, &verified, &conversation, None, envelopes)?;
    let changes = vec![
        Change::LogExpect(verified.log.head()),
        Change::ConversationAdd(conversation),
        Change::ConversationAppend {
            conversation: id,
            actor: Actor::Seeker(account),
            envelopes,
            answer_by_s,
        },
        Change::AccountTouch { account, contact_s: now_s },
    ];
    opened(app.commit_holding(opening, changes).await).map(Reply)
}

/// What the commit that opens a conversation says: somebody was faster, the log has moved on, or the places.
fn opened(outcome: Result<Vec<Output>, CommitError>) -> Result<Appended, ApiError> {
    match outcome {
        Ok(outputs) => places(outputs),
        Err(CommitError::Refused(Refused::IdTaken)) => Err(Code::Conflict.into()),
        Err(CommitError::Refused(Refused::HeadMoved)) => Err(Code::StaleEpoch.into()),
        Err(error) => Err(error.into()),
    }
}

/// `GET /api/v1/conversation/{conversation}/{from}`
pub async fn fetch(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Path((id, from)): Path<(String, String)>,
) -> Answer<EnvelopePage> {
    let id = ConversationId::from_hex(&id).ok_or(Code::NotFound)?;
    let from: u64 = from.parse().map_err(|_| Code::NotFound)?;
    let (conversation, _) = may_access(&app, &session, id)?;
    page_of(&app, session.kind, &conversation, from).map(Reply)
}

/// A page of a conversation's envelopes, from a position on.
///
/// # Errors
/// Storage.
pub(crate) fn page_of(
    app: &App,
    kind: SessionKind,
    conversation: &Conversation,
    from: u64,
) -> Result<EnvelopePage, ApiError> {
    let (count, bytes) = (ENVELOPE_PAGE_MAX, ENVELOPE_PAGE_BYTES_MAX);
    let envelopes = app.storage.list_envelopes(conversation.id, from, count, bytes)?;
    Ok(EnvelopePage { summary: app.hub.summary(kind, conversation), envelopes })
}

/// `POST /api/v1/conversation/{conversation}`
pub async fn append_one(
    State(app): State<Arc<App>>,
    Caller(session): Caller,
    Path(id): Path<String>,
    Body(request): Body<Append>,
) -> Answer<Appended> {
    if ConversationId::from_hex(&id) != Some(request.conversation) {
        return Err(Code::NotFound.into());
    }
    admit(&app, &session, &request.envelopes)?;
    append(&app, &session, request, None).await.map(Reply)
}
