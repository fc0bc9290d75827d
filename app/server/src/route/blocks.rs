//! Libraries of text blocks: a team's for its members, a person's own for that person; and each person's notes about
//! the talks that they may read. What is inside is sealed; the
//! server checks who signed, that a team's is sealed to its newest generation, and that none is written over unseen.

use super::{conversation::may_access, team::for_member};
use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    error::ApiError,
};
use axum::extract::{Path, State};
use beistand_domain::{record::Blocks, storage::Change};
use beistand_protocol::{
    blocks::{Edition, EditionPut, Library, NewestEdition, SignedEdition},
    codec::decode,
    error::Code,
    id::{ConversationId, PersonId},
    limit::NOTE_EDITION_BYTES_MAX,
};
use std::sync::Arc;

/// The library of a team, for one of its members.
fn of_team(app: &App, person: PersonId, team: &str) -> Result<Library, ApiError> {
    let verified = app.verified()?;
    Ok(Library::Team(for_member(&verified, person, team)?.id()))
}

/// `GET /api/v1/team/{team}/blocks/{known}`
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((team, known)): Path<(String, String)>,
) -> Answer<NewestEdition> {
    let library = of_team(&app, caller.person()?, &team)?;
    newest(&app, library, &known).map(Reply)
}

/// `POST /api/v1/team/{team}/blocks`
pub async fn put(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
    Body(request): Body<EditionPut>,
) -> Answer<()> {
    let person = caller.person()?;
    let library = of_team(&app, person, &team)?;
    store(&app, person, library, request).await.map(Reply)
}

/// `GET /api/v1/account/blocks/{known}`
pub async fn show_own(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(known): Path<String>,
) -> Answer<NewestEdition> {
    newest(&app, Library::Own(caller.person()?), &known).map(Reply)
}

/// `POST /api/v1/account/blocks`
pub async fn put_own(
    State(app): State<Arc<App>>,
    caller: Caller,
    Body(request): Body<EditionPut>,
) -> Answer<()> {
    let person = caller.person()?;
    store(&app, person, Library::Own(person), request).await.map(Reply)
}

/// The person's note about a talk that they may read.
fn note_about(app: &App, caller: &Caller, talk: &str) -> Result<(PersonId, Library), ApiError> {
    let person = caller.person()?;
    let talk = ConversationId::from_hex(talk).ok_or(Code::NotFound)?;
    let (found, _) = may_access(app, &caller.0, talk)?;
    // Not about what the team says among itself: beside a talk that goes with it.
    if found.seeker().is_none() {
        return Err(Code::NotFound.into());
    }
    Ok((person, Library::Note(talk, person)))
}

/// `GET /api/v1/note/{conversation}/{known}`
pub async fn show_note(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((talk, known)): Path<(String, String)>,
) -> Answer<NewestEdition> {
    let (_, library) = note_about(&app, &caller, &talk)?;
    newest(&app, library, &known).map(Reply)
}

/// `POST /api/v1/note/{conversation}`
pub async fn put_note(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(talk): Path<String>,
    Body(request): Body<EditionPut>,
) -> Answer<()> {
    let (person, library) = note_about(&app, &caller, &talk)?;
    if request.edition.0.len() > NOTE_EDITION_BYTES_MAX {
        return Err(Code::StatementRefused.into());
    }
    store(&app, person, library, request).await.map(Reply)
}

fn newest(app: &App, library: Library, known: &str) -> Result<NewestEdition, ApiError> {
    let known: u64 = known.parse().map_err(|_| Code::NotFound)?;
    let Some(stored) = app.storage.lookup_blocks(library)? else {
        return Ok(NewestEdition { version: 0, edition: None });
    };
    let edition = (stored.version != known).then_some(stored.edition);
    Ok(NewestEdition { version: stored.version, edition })
}

async fn store(app: &App, person: PersonId, library: Library, put: EditionPut) -> Result<(), ApiError> {
    let verified = app.verified()?;
    let verify = |bytes: &[u8]| {
        let signed: SignedEdition = decode(bytes)?;
        Edition::verify(&signed, library, &verified.log, &verified.generations).map_err(|error| {
            log::info!("an edition of text blocks was refused: {}", crate::log_sink::Chain(&error));
            ApiError::from(Code::StatementRefused)
        })
    };
    let edition = verify(&put.edition.0)?;
    if edition.header.author.person != person {
        return Err(Code::StatementRefused.into());
    }
    // Made at an older head it may be sealed to somebody who was removed since.
    let state = verified.log.state();
    let fresh = |team| verified.generations.fresh(state, team).map(|newest| newest.digest);
    if let Library::Team(team) = library
        && (fresh(team).is_none() || edition.header.sealed_to.map(|sealed| sealed.digest) != fresh(team))
    {
        return Err(Code::StaleEpoch.into());
    }
    let stored = app.storage.lookup_blocks(library)?;
    let version = stored.as_ref().map_or(0, |stored| stored.version);
    if edition.header.version != version + 1 {
        return Err(Code::Conflict.into());
    }
    let before = stored.map(|stored| verify(&stored.edition.0)).transpose()?;
    if !edition.follows(before.as_ref()) {
        return Err(Code::StatementRefused.into());
    }
    let blocks = Blocks { library, version: edition.header.version, edition: put.edition };
    app.commit(vec![Change::LogExpect(verified.log.head()), Change::BlocksPut(blocks)]).await?;
    Ok(())
}
