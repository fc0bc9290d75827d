//! A leak on purpose: what a likewise leaking client sends in clear is written wherever a careless
//! server could write it. With it `tests/browser/blindness.test.js` shows that its search finds leaks.
//!
//! Exists with the feature `leak` alone, which only `scripts/test` builds; a tidy test holds that
//! nothing else turns it on. Such a box says at its start what it is.

use crate::app::App;
use axum::{body::Bytes, extract::State};
use beistand_domain::storage::Change;
use beistand_protocol::id::PersonId;
use http::StatusCode;
use std::{
    fs::OpenOptions,
    io::Write,
    sync::{Arc, Mutex, PoisonError},
};

/// Where the leaking client sends what was typed.
pub const PATH: &str = "/leak";

/// What was sent, kept in memory for ever.
static KEPT: Mutex<Vec<Bytes>> = Mutex::new(Vec::new());

/// `POST /leak`
pub async fn take(State(app): State<Arc<App>>, body: Bytes) -> StatusCode {
    log::warn!("leaked: {}", String::from_utf8_lossy(&body));
    for folder in ["journal", "database"] {
        let path = app.options.data.join("store").join(folder).join("leak");
        let opened = OpenOptions::new().create(true).append(true).open(path);
        if opened.and_then(|mut file| file.write_all(&body)).is_err() {
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
    }
    let mut person = [0; 16];
    app.random.fill(&mut person);
    let put = Change::SightingPut { person: PersonId(person), sighting: body.to_vec() };
    let stored = app.storage.commit(app.now_s(), vec![put]).await;
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(body);
    if stored.is_ok() { StatusCode::NO_CONTENT } else { StatusCode::INTERNAL_SERVER_ERROR }
}
