//! Sightings: one's own, of a head that the log has; everybody's for staff, one for seekers.

use super::test_app::{Person, TestApp, Token, code};
use beistand_protocol::{
    api::{SightingPut, Sightings, route},
    codec::{decode, encode},
    error::Code,
    id::PersonId,
    membership::{Log, SignedSighting},
};
use beistand_vault::sighting::make_sighting;

fn sighting(log: &Log, person: &Person, now_ms: u64) -> SightingPut {
    let key = person.secret.person_keys().signing;
    SightingPut { sighting: encode(&make_sighting(log.state(), person.id, &key, now_ms)) }
}

async fn seen(app: &TestApp, token: &Token, log: &Log) -> Vec<(PersonId, u64)> {
    let read: Sightings = app.get(route::SIGHTING, Some(token)).await.unwrap();
    let verified = read.sightings.iter().map(|bytes| {
        let seen = decode::<SignedSighting>(bytes).unwrap().verify(log).unwrap();
        (seen.person, seen.claimed_time_ms)
    });
    let mut verified: Vec<_> = verified.collect();
    verified.sort();
    verified
}

#[tokio::test]
async fn p14_sightings_are_kept_and_given_out() {
    let mut app = TestApp::new().await;
    let mut office = app.set_up().await;
    let admin = app.admin(&office).await;
    let early = sighting(&office.log, &office.admin, 1000);
    let (ben, ben_token) = app.counselor(&mut office, &admin, "ben").await;
    let (_, seeker) = app.seeker(&office, "lila").await;
    let put = async |app: &TestApp, token: &Token, put: SightingPut| {
        app.post::<_, ()>(route::SIGHTING, Some(token), &put).await
    };
    // Of an older head: kept, but it confirms the newest one to nobody.
    put(&app, &admin, early).await.unwrap();
    assert_eq!(seen(&app, &ben_token, &office.log).await, [(office.admin.id, 1000)]);
    assert_eq!(seen(&app, &seeker, &office.log).await, []);
    put(&app, &admin, sighting(&office.log, &office.admin, 2000)).await.unwrap();
    put(&app, &ben_token, sighting(&office.log, &ben, 3000)).await.unwrap();
    let mut both = [(office.admin.id, 2000), (ben.id, 3000)];
    both.sort();
    assert_eq!(seen(&app, &admin, &office.log).await, both);
    // Who was at work when is not a seeker's to know: one is enough.
    assert_eq!(seen(&app, &seeker, &office.log).await, [(ben.id, 3000)]);
    // A colleague's word can't be put into the own place.
    let foreign = sighting(&office.log, &ben, 4000);
    assert_eq!(code(put(&app, &admin, foreign).await), Code::Forbidden);
    // Whoever waits for the countersignature is no staff yet.
    let (cem, invitation, secret) = app.invite(&mut office, &admin, "cem").await;
    app.accept(&office, &cem, invitation, &secret).await.unwrap();
    let waiting = app.log_in(&office, &cem).await.unwrap().0;
    assert_eq!(seen(&app, &waiting, &office.log).await, []);
    assert_eq!(code(put(&app, &waiting, sighting(&office.log, &cem, 5000)).await), Code::Forbidden);
}
