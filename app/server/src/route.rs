//! Every route in one table, with who may call it. The router is built from the table and from
//! nothing else; a test calls each row as everybody.

pub mod account;
pub mod asset;
pub mod blocks;
pub mod board;
pub(crate) mod conversation;
pub mod deletion;
pub mod invitation;
pub mod leave;
pub mod live;
pub mod log;
pub mod log_in;
pub mod notice;
pub mod organisation;
pub mod page;
pub mod queue;
pub mod recovery;
pub mod registration;
pub mod resume;
pub mod roster;
pub mod rotation;
pub mod second_factor;
pub mod set_up;
pub mod sighting;
pub mod statistics;
pub mod team;
pub mod topics;

use crate::{app::App, caller, header};
use axum::{
    Router,
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodRouter, get, post},
};
use beistand_protocol::{
    api::route as at,
    limit::{BODY_BYTES_MAX, BODY_LARGE_BYTES_MAX, CALENDAR_BYTES_MAX},
};
use std::sync::Arc;

/// How a route is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads. `HEAD` comes with it.
    Get,
    /// Changes, or asks with a body.
    Post,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Everybody, without a session.
    Anybody,
    /// Whoever proves a session in the first frame of the WebSocket.
    FirstFrame,
    /// Any session, also that of staff who wait for the countersignature.
    Session,
    /// Active staff.
    Staff,
    /// Whoever leads a team, and administrators.
    Lead,
    /// Active administrators.
    Administrator,
    /// Seekers.
    Seeker,
}

/// One row.
#[derive(Clone, Copy)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path; parameters in braces.
    pub path: &'static str,
    /// Who.
    pub access: Access,
    /// Longest body, in bytes.
    pub body_max: usize,
    handler: fn() -> MethodRouter<Arc<App>>,
}

/// Bodies that hold a few small values.
const SMALL: usize = 16 * 1024;
/// No body, or a few bytes.
const NONE: usize = 64;

const fn reads(path: &'static str, access: Access, handler: fn() -> MethodRouter<Arc<App>>) -> Route {
    Route { method: Method::Get, path, access, body_max: 0, handler }
}

const fn posts(
    path: &'static str,
    access: Access,
    body_max: usize,
    handler: fn() -> MethodRouter<Arc<App>>,
) -> Route {
    Route { method: Method::Post, path, access, body_max, handler }
}

use Access::{Administrator, Anybody, FirstFrame, Lead, Seeker, Session, Staff};

/// What staff reach who lack the second factor that the organisation demands: themselves, its setting up, and the way out.
pub const BEFORE_SECOND_FACTOR: &[&str] = &[
    at::RESUME_PARK,
    at::LOG_OUT,
    at::ACCOUNT,
    at::ACCOUNT_STATE,
    at::SESSIONS,
    at::SESSION_END,
    at::SECOND_FACTOR_START,
    at::SECOND_FACTOR,
];

/// The table.
pub const ROUTES: &[Route] = &[
    // What everybody may know.
    reads(at::ORGANISATION, Anybody, || get(organisation::show)),
    reads(at::SITE, Anybody, || get(organisation::show_site)),
    reads(at::LOG, Anybody, || get(log::list)),
    // The membership log and what hangs on it.
    posts(at::LOG_APPEND, Staff, BODY_LARGE_BYTES_MAX, || post(log::append)),
    reads(at::TEAM_GENERATION, Session, || get(team::list)),
    posts(at::TEAM_GENERATION_APPEND, Staff, BODY_LARGE_BYTES_MAX, || post(team::append)),
    reads(at::SIGHTING, Session, || get(sighting::list)),
    posts(at::SIGHTING, Staff, SMALL, || post(sighting::put)),
    // Whose turn it is, for the members of a team and for administrators.
    reads(at::QUEUE, Staff, || get(queue::show)),
    posts(at::QUEUE, Staff, NONE, || post(queue::put)),
    // What closed talks are sorted by, for the members of a team and for administrators.
    reads(at::TOPICS, Staff, || get(topics::show)),
    posts(at::TOPICS, Staff, SMALL, || post(topics::put)),
    // Figures of months that are over, for leads and administrators.
    reads(at::BOARD, Lead, || get(board::show)),
    reads(at::STATISTICS, Lead, || get(statistics::show)),
    // Text blocks, for the members of a team and for each person.
    reads(at::TEAM_BLOCKS, Staff, || get(blocks::show)),
    posts(at::TEAM_BLOCKS_PUT, Staff, BODY_BYTES_MAX, || post(blocks::put)),
    reads(at::OWN_BLOCKS, Staff, || get(blocks::show_own)),
    posts(at::OWN_BLOCKS_PUT, Staff, BODY_BYTES_MAX, || post(blocks::put_own)),
    // What each person notes for themselves about a talk that they may read.
    reads(at::NOTE, Staff, || get(blocks::show_note)),
    posts(at::GROUP, Staff, SMALL, || post(conversation::group::put)),
    posts(at::NOTE_PUT, Staff, SMALL, || post(blocks::put_note)),
    // How each person is called, and the mail server.
    reads(at::NOTICE, Staff, || get(notice::show)),
    posts(at::NOTICE, Staff, SMALL, || post(notice::put)),
    reads(at::PUSH, Staff, || get(notice::show_push)),
    posts(at::PUSH, Staff, SMALL, || post(notice::put_push)),
    posts(at::PUSH_REMOVE, Staff, NONE, || post(notice::remove_push)),
    reads(at::MAIL, Administrator, || get(notice::show_mail)),
    posts(at::MAIL, Administrator, SMALL, || post(notice::put_mail)),
    posts(at::MAIL_TEST, Administrator, SMALL, || post(notice::test_mail)),
    // Duty rosters, for the members of a team.
    reads(at::ROSTER, Staff, || get(roster::show)),
    posts(at::ROSTER_CHANGE, Staff, BODY_BYTES_MAX, || post(roster::change)),
    reads(at::ROSTER_LOG, Staff, || get(roster::log)),
    reads(at::ROSTER_PROPOSAL, Staff, || get(roster::propose)),
    reads(at::CALENDAR, Staff, || get(roster::export)),
    posts(at::CALENDAR_IMPORT, Staff, CALENDAR_BYTES_MAX + NONE, || post(roster::import)),
    reads(at::CALENDAR_LINK, Staff, || get(roster::list_links)),
    posts(at::CALENDAR_LINK, Staff, NONE, || post(roster::make_link)),
    posts(at::CALENDAR_LINK_REVOKE, Staff, NONE, || post(roster::revoke_link)),
    // Whoever has the secret; calendar programs have no session.
    reads(at::CALENDAR_FEED, Anybody, || get(roster::feed)),
    // Set-up.
    posts(at::SET_UP_START, Anybody, SMALL, || post(set_up::start)),
    posts(at::SET_UP_FINISH, Anybody, BODY_LARGE_BYTES_MAX, || post(set_up::finish)),
    // Accounts.
    posts(at::WORK, Anybody, NONE, || post(registration::work)),
    posts(at::REGISTRATION_START, Anybody, SMALL, || post(registration::start)),
    posts(at::REGISTRATION_FINISH, Anybody, BODY_LARGE_BYTES_MAX, || post(registration::finish)),
    posts(at::INVITATION_START, Anybody, SMALL, || post(invitation::start)),
    posts(at::INVITATION_FINISH, Anybody, BODY_LARGE_BYTES_MAX, || post(invitation::finish)),
    reads(at::INVITATION_ACCEPTANCES, Administrator, || get(invitation::list)),
    posts(at::LOG_IN_START, Anybody, SMALL, || post(log_in::start)),
    posts(at::LOG_IN_FINISH, Anybody, SMALL, || post(log_in::finish)),
    posts(at::RECOVERY_START, Anybody, SMALL, || post(recovery::start)),
    posts(at::RECOVERY_PROVE, Anybody, SMALL, || post(recovery::prove)),
    posts(at::RECOVERY_ENVELOPES, Anybody, SMALL, || post(recovery::envelopes)),
    posts(at::RECOVERY_GENERATIONS, Anybody, SMALL, || post(recovery::generations)),
    posts(at::RECOVERY_FINISH, Anybody, BODY_LARGE_BYTES_MAX, || post(recovery::finish)),
    // A session's own.
    posts(at::RESUME_PARK, Session, NONE + 64, || post(resume::park)),
    posts(at::RESUME_TAKE, Anybody, NONE, || post(resume::take)),
    posts(at::REVOKE, Anybody, NONE, || post(resume::revoke)),
    posts(at::LOG_OUT, Session, NONE, || post(resume::log_out)),
    reads(at::ACCOUNT, Session, || get(account::show)),
    posts(at::ACCOUNT_STATE, Session, BODY_BYTES_MAX + SMALL, || post(account::write_state)),
    posts(at::ROTATION_START, Session, SMALL, || post(rotation::start)),
    posts(at::ROTATION_FINISH, Session, BODY_LARGE_BYTES_MAX, || post(rotation::finish)),
    reads(at::SESSIONS, Session, || get(account::list_sessions)),
    posts(at::SESSION_END, Session, NONE, || post(account::end_session)),
    reads(at::SECOND_FACTOR, Staff, || get(second_factor::show)),
    posts(at::SECOND_FACTOR_START, Staff, NONE, || post(second_factor::start)),
    posts(at::SECOND_FACTOR, Staff, SMALL, || post(second_factor::put)),
    posts(at::DELETION_START, Seeker, NONE, || post(deletion::start)),
    posts(at::DELETION_FINISH, Seeker, SMALL, || post(deletion::finish)),
    // Conversations. Who may read which one stands in its newest epoch.
    reads(at::CONVERSATIONS, Session, || get(conversation::list)),
    posts(at::CONVERSATION_OPEN, Session, BODY_BYTES_MAX, || post(conversation::open)),
    reads(at::ENVELOPES, Session, || get(conversation::fetch)),
    posts(at::APPEND, Session, BODY_BYTES_MAX, || post(conversation::append_one)),
    reads(at::LIVE, FirstFrame, || get(live::upgrade)),
    // Pages rendered at request time; they run no script.
    reads("/", Anybody, || get(page::start)),
    reads("/s/{site}", Anybody, || get(page::start_of_site)),
    reads("/safety", Anybody, || get(page::safety)),
    reads("/privacy", Anybody, || get(page::privacy)),
    reads("/help", Anybody, || get(page::help)),
    reads("/site/{site}/theme.css", Anybody, || get(page::theme)),
    reads("/leave", Anybody, || get(leave::leave)),
    // Static shells that run client code, and what they load.
    reads("/write/{site}", Anybody, || get(asset::seeker)),
    reads("/staff", Anybody, || get(asset::staff)),
    reads("/staff/invitation", Anybody, || get(asset::staff)),
    reads("/setup", Anybody, || get(asset::staff)),
    reads("/assets/{*path}", Anybody, || get(asset::asset)),
    reads("/client.json", Anybody, || get(asset::manifest)),
    // Shows notices on devices that were put down for it; no page of seekers names it.
    reads("/push.js", Anybody, || get(asset::push)),
    // The box itself.
    reads("/certificate/root.pem", Anybody, || get(asset::root_certificate)),
    reads("/healthz", Anybody, || get(organisation::health)),
];

/// The router, with every row's access and limits in front of its handler.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new();
    for row in ROUTES {
        let guard = from_fn_with_state((app.clone(), row), caller::guard);
        router = router.route(row.path, (row.handler)().route_layer(guard));
    }
    #[cfg(feature = "leak")]
    {
        router = router.route(crate::leak::PATH, post(crate::leak::take));
    }
    router
        .fallback(page::missing)
        .method_not_allowed_fallback(page::wrong_method)
        .with_state(app)
        .layer(from_fn(header::secure))
}
