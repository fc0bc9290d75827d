//! A whole server in this process: every route as nobody, seeker and administrator, with bodies as
//! they arrive or built and damaged, with path parameters that name something or nothing.
//!
//! Whatever comes in, there is an answer, and it is none of the 5xx: bad input is never the
//! server's fault. And afterwards the people are still there.

use crate::{
    Depth,
    generate::{Choices, generate},
    mutate::mutate,
};
use beistand_protocol::{
    api::{self, AccountView, route},
    blocks, closing,
    codec::{decode, encode},
    error::Refusal,
    id::{ConversationId, PersonId},
    notice, queue, roster, second_factor,
};
use beistand_server::route::{Method, ROUTES};
use serde::de::DeserializeOwned;
use std::sync::{Mutex, MutexGuard, PoisonError};
use test_app::{Office, Person, TestApp, Token};
use tokio::runtime::Runtime;

// The very server and clients of the server's own tests.
#[path = "../../../../app/server/tests/api/slow_store.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod slow_store;
#[path = "../../../../app/server/tests/api/test_app.rs"]
#[allow(dead_code, missing_docs, clippy::unwrap_used)]
mod test_app;

/// Bytes of the longest body: what a sentence may be, not what a limit may be.
const BODY_BYTES_MAX: usize = 4096;

type Built = fn(&mut Choices<'_>) -> Option<Vec<u8>>;

macro_rules! bodies {
    ($($path:path => $body:ty),* $(,)?) => { &[$(($path, built::<$body>)),*] };
}

/// What each route is told.
const BODIES: &[(&str, Built)] = bodies![
    route::LOG_APPEND => api::LogAppend,
    route::TEAM_GENERATION_APPEND => api::GenerationAppend,
    route::WORK => (),
    route::SET_UP_START => api::SetUpStart,
    route::SET_UP_FINISH => api::SetUpFinish,
    route::REGISTRATION_START => api::RegistrationStart,
    route::REGISTRATION_FINISH => api::RegistrationFinish,
    route::INVITATION_START => api::InvitationAcceptStart,
    route::INVITATION_FINISH => api::InvitationAcceptFinish,
    route::LOG_IN_START => api::LogInStart,
    route::LOG_IN_FINISH => api::LogInFinish,
    route::RECOVERY_START => api::RecoveryStart,
    route::RECOVERY_PROVE => api::RecoveryProve,
    route::RECOVERY_FINISH => api::RecoveryFinish,
    route::RESUME_PARK => api::ResumePark,
    route::RESUME_TAKE => api::ResumeTake,
    route::REVOKE => api::Revoke,
    route::ACCOUNT_STATE => api::StateWrite,
    route::CONVERSATION_OPEN => api::ConversationOpen,
    route::APPEND => api::Append,
    route::SIGHTING => api::SightingPut,
    route::ROTATION_START => api::RotationStart,
    route::ROTATION_FINISH => api::RotationFinish,
    route::SESSION_END => api::SessionEnd,
    route::SECOND_FACTOR_START => (),
    route::SECOND_FACTOR => second_factor::SecondFactorPut,
    route::DELETION_START => (),
    route::DELETION_FINISH => api::DeletionFinish,
    route::RECOVERY_ENVELOPES => api::RecoveryFetch,
    route::RECOVERY_GENERATIONS => api::RecoveryGenerations,
    route::ROSTER_CHANGE => roster::PlanChange,
    route::CALENDAR_IMPORT => roster::CalendarImport,
    route::CALENDAR_LINK => (),
    route::CALENDAR_LINK_REVOKE => roster::CalendarLinkRevoke,
    route::QUEUE => queue::QueueRules,
    route::NOTICE => notice::NoticeSettings,
    route::PUSH => notice::PushPut,
    route::PUSH_REMOVE => notice::PushRemove,
    route::MAIL => notice::MailPut,
    route::MAIL_TEST => notice::MailTest,
    route::TOPICS => closing::TopicsPut,
    route::TEAM_BLOCKS_PUT => blocks::EditionPut,
    route::OWN_BLOCKS_PUT => blocks::EditionPut,
    route::NOTE_PUT => blocks::EditionPut,
    route::GROUP => api::GroupPut,
];

fn built<T: DeserializeOwned + serde::Serialize>(choices: &mut Choices<'_>) -> Option<Vec<u8>> {
    generate::<T>(choices).map(|value| encode(&value))
}

struct World {
    runtime: Runtime,
    app: TestApp,
    office: Office,
    seeker: (Person, Token),
    administrator: Token,
    conversation: ConversationId,
}

static WORLD: Mutex<Option<World>> = Mutex::new(None);

#[allow(clippy::unwrap_used)] // without the office there is nothing to attack
fn world() -> World {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (app, office, seeker, administrator, conversation) = runtime.block_on(async {
        let mut app = TestApp::new().await;
        let office = app.set_up().await;
        let administrator = app.admin(&office).await;
        let seeker = app.seeker(&office, "lila").await;
        let conversation = app.open_talk(&office, &seeker.0, &seeker.1).await.id();
        (app, office, seeker, administrator, conversation)
    });
    World { runtime, app, office, seeker, administrator, conversation }
}

/// Tries one input: route, caller, parameters, body.
pub fn run(input: &[u8]) -> Depth {
    // An input that failed leaves the lock poisoned; the next one begins with a new world.
    let mut kept: MutexGuard<'_, Option<World>> = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
    let mut here = kept.take().unwrap_or_else(world);
    let depth = here.attack(&mut Choices::new(input));
    *kept = Some(here);
    depth
}

impl World {
    fn attack(&mut self, choices: &mut Choices<'_>) -> Depth {
        let row = &ROUTES[choices.below(ROUTES.len())];
        let (method, caller) = (row.method, choices.byte() % 4);
        let path = self.path(row.path, choices);
        // Ends the session that the other inputs need.
        let token = match caller {
            _ if row.path == route::LOG_OUT => None,
            0 => None,
            1 => Some(self.seeker.1),
            _ => Some(self.administrator),
        };
        let how = choices.byte();
        let build = BODIES.iter().find(|(path, _)| *path == row.path).map(|(_, build)| build);
        let body = match build {
            Some(build) if how & 1 == 1 => {
                let Some(mut body) = build(choices) else { return Depth::Refused };
                mutate(&mut body, usize::from(how >> 1) % 3, choices);
                body
            }
            _ => choices.rest()[..choices.rest().len().min(BODY_BYTES_MAX)].to_vec(),
        };
        let name = if method == Method::Get { "GET" } else { "POST" };
        let (app, runtime) = (&self.app, &self.runtime);
        // Who asks so much is slowed down; here time passes instead.
        app.clock.advance_s(2);
        let (status, _, answer) = runtime.block_on(app.raw(name, &path, token.as_ref(), body));
        assert!(!status.is_server_error(), "{status} for {name} {path}");
        if path.starts_with("/api/")
            && !status.is_success()
            && status.as_u16() != 404
            && row.path != route::LIVE
        {
            assert!(
                decode::<Refusal>(&answer).is_ok(),
                "{status} for {name} {path} says nothing a client can read"
            );
        }
        self.all_is_well();
        if status.is_success() { Depth::Accepted } else { Depth::Refused }
    }

    /// Path parameters: what is there, what could be, and what can't.
    fn path(&self, pattern: &str, choices: &mut Choices<'_>) -> String {
        let mut path = String::new();
        for part in pattern.split_inclusive('}') {
            let Some((before, parameter)) = part.split_once('{') else {
                path.push_str(part);
                continue;
            };
            path.push_str(before);
            let known = match parameter.trim_end_matches('}') {
                "site" => self.office.site.to_hex(),
                "team" => self.office.team.to_hex(),
                "conversation" => self.conversation.to_hex(),
                // The days of a roster.
                "from" if pattern.ends_with("/{to}") => format!("2026-11-1{}", choices.below(10)),
                "to" => format!("2026-11-2{}", choices.below(10)),
                _ => choices.below(5).to_string(),
            };
            match choices.byte() {
                0..200 => path.push_str(&known),
                200..224 => path.push_str(&PersonId([choices.byte(); 16]).to_hex()),
                length => {
                    for _ in 0..length - 224 {
                        path.push_str(&format!("%{:02x}", choices.byte()));
                    }
                }
            }
        }
        path
    }

    /// The people still have their sessions, or get them again, and the talk is there.
    fn all_is_well(&mut self) {
        let Self { runtime, app, office, seeker, administrator, conversation } = self;
        runtime.block_on(async {
            if app.get::<AccountView>(route::ACCOUNT, Some(administrator)).await.is_err() {
                *administrator = app.admin(office).await;
            }
            if app.get::<AccountView>(route::ACCOUNT, Some(&seeker.1)).await.is_err() {
                let Ok((token, _)) = app.log_in(office, &seeker.0).await else {
                    panic!("the seeker is gone")
                };
                seeker.1 = token;
            }
            let path =
                route::ENVELOPES.replace("{conversation}", &conversation.to_hex()).replace("{from}", "0");
            let page = app.get::<api::EnvelopePage>(&path, Some(&seeker.1)).await;
            assert!(page.is_ok_and(|page| !page.envelopes.is_empty()), "the talk is gone");
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_that_takes_a_body_is_told_one() {
        for row in ROUTES.iter().filter(|row| row.method == Method::Post && row.path != route::LOG_OUT) {
            assert!(BODIES.iter().any(|(path, _)| *path == row.path), "no body for {}", row.path);
        }
    }
}
