//! A box is killed in the middle of sending, on a file layer that loses what was not synced: what
//! a person was shown as stored is there afterwards, once; what was not can be sent again. On a
//! layer whose syncs do nothing the same run finds the loss, so it could.
//!
//! Needs `beistand` and beside it `beistand-forgetful`, the same with feature `forgetful`;
//! scripts/test builds both.
#![allow(clippy::unwrap_used)]

use beistand_protocol::{
    id::{ConversationId, SiteId},
    worker::{Call, Progress},
};
use beistand_tests::{
    cast::{LogIn, set_up, sign_up},
    live_box::{Disk, LiveBox, LiveBoxError},
    page::Page,
};
use std::collections::BTreeSet;
use tokio::task::LocalSet;

/// Kills of one run.
const KILLS: usize = 3;
/// Messages on their way at each kill.
const MESSAGES: usize = 8;

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, test);
}

/// A box on the forgetful layer with a seeker who has begun to write.
struct Writing {
    live: LiveBox,
    _folder: tempfile::TempDir,
    site: SiteId,
    pin: String,
    log_in: LogIn,
    page: Page,
    talk: ConversationId,
}

impl Writing {
    async fn begin() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let live = LiveBox::start_on(&folder.path().join("data"), Disk::Forgetful).await.unwrap();
        let mut office = Page::start(&live.address, None, None).await.unwrap();
        let staff = LogIn::new("verwaltung", "laterne kranich ufer honig wolke verwaltung");
        let code = live.output.claim_code.clone().unwrap();
        let kit = set_up(&mut office, &code, &staff, "Renate Vogt").await.unwrap();
        let pin = kit.organisation.to_hex();
        let log_in = LogIn::new("Stromausfall", "eisvogel teppich linde quark");
        let (mut page, _) = sign_up(&live.address, kit.site, &pin, &log_in).await.unwrap();
        let talk = page.send(None, "Anfang").await.unwrap();
        page.until("the beginning stored", |model| {
            model.line(talk, "Anfang").is_some_and(|line| line.progress >= Progress::Stored)
        })
        .await
        .unwrap();
        Self { live, _folder: folder, site: kit.site, pin, log_in, page, talk }
    }

    /// Texts that the page shows as stored.
    fn shown_as_stored(&self) -> BTreeSet<String> {
        let model = &self.page.model;
        let texts = model.texts(self.talk).into_iter();
        texts
            .filter(|text| model.line(self.talk, text).is_some_and(|line| line.progress >= Progress::Stored))
            .map(str::to_owned)
            .collect()
    }

    /// Sends some messages and waits until the first of them is shown as stored.
    async fn send(&mut self, round: usize) -> BTreeSet<String> {
        let (talk, before) = (self.talk, self.shown_as_stored().len());
        for number in 0..MESSAGES {
            self.page.send(Some(talk), &format!("{round}.{number}")).await.unwrap();
        }
        self.page
            .until("one more stored", |model| {
                let lines = model.lines(talk).into_iter();
                lines.filter(|line| line.progress >= Progress::Stored).count() > before
            })
            .await
            .unwrap();
        self.shown_as_stored()
    }

    /// What a clean browser finds, in order; `None` if it finds that something is gone and stops.
    async fn found_elsewhere(&self, wanted: usize) -> Option<Vec<String>> {
        let mut other =
            Page::start(&self.live.address, Some(self.site), Some(self.pin.clone())).await.unwrap();
        if self.log_in.enter(&mut other).await.is_err() {
            return None;
        }
        let talk = self.talk;
        other
            .until("the talk", |model| model.conflict.is_some() || model.conversations.contains_key(&talk))
            .await
            .unwrap();
        if other.model.conflict.is_some() {
            return None;
        }
        other.call(Call::Show { conversation: talk }).await.unwrap();
        other.until("the lines", |model| model.texts(talk).len() >= wanted).await.unwrap();
        Some(other.model.texts(talk).into_iter().map(str::to_owned).collect())
    }
}

#[test]
fn shown_as_stored_is_there_once_after_every_kill() {
    run(async {
        let mut writing = Writing::begin().await;
        let mut wanted = vec!["Anfang".to_owned()];
        for round in 0..KILLS {
            let stored = writing.send(round).await;
            writing.live.kill_and_restart_on(Disk::Forgetful).await.unwrap();
            let found = writing.found_elsewhere(stored.len()).await.unwrap();
            for text in &stored {
                assert_eq!(found.iter().filter(|line| *line == text).count(), 1, "{text} of {found:?}");
            }
            // The others go out again by themselves once the page is connected.
            wanted.extend((0..MESSAGES).map(|number| format!("{round}.{number}")));
            let (talk, count) = (writing.talk, wanted.len());
            writing
                .page
                .until("everything stored", |model| {
                    let lines = model.lines(talk);
                    lines.len() == count && lines.iter().all(|line| line.progress >= Progress::Stored)
                })
                .await
                .unwrap();
        }
        assert_eq!(writing.found_elsewhere(wanted.len()).await.unwrap(), wanted);
    });
}

#[test]
fn without_sync_the_same_run_loses_what_was_shown_as_stored() {
    run(async {
        let mut writing = Writing::begin().await;
        // From here on the box says "stored" without having synced anything.
        writing.live.kill_and_restart_on(Disk::Lying).await.unwrap();
        let stored = writing.send(0).await;
        match writing.live.kill_and_restart_on(Disk::Forgetful).await {
            Ok(()) => {}
            // Commits are missing while a segment that begins after them is there: the box notices.
            Err(LiveBoxError::Refused(_)) => {
                let said = writing.live.doctor().unwrap();
                assert!(said.contains("are missing"), "{said}");
                return;
            }
            Err(error) => panic!("{error}"),
        }
        // Either messages are missing, or so much is that the browser itself notices.
        let found = writing.found_elsewhere(1).await.unwrap_or_default();
        let lost = stored.iter().filter(|text| !found.contains(text)).count();
        assert!(lost > 0, "{stored:?} survived in {found:?} although nothing was synced");
    });
}

#[test]
fn a_box_whose_disk_has_failed_ends_so_that_a_new_start_heals_it() {
    run(async {
        let mut writing = Writing::begin().await;
        writing.live.kill_and_restart_on(Disk::Failing).await.unwrap();
        let talk = writing.talk;
        let stored = |model: &beistand_tests::page::Model, text: &str| {
            model.line(talk, text).is_some_and(|line| line.progress >= Progress::Stored)
        };
        writing.page.send(Some(talk), "vorher").await.unwrap();
        writing.page.until("stored before", |model| stored(model, "vorher")).await.unwrap();
        writing.live.fail_disk().unwrap();
        writing.page.send(Some(talk), "nachher").await.unwrap();
        assert_eq!(writing.live.ended().await, Some(1));
        assert!(!stored(&writing.page.model, "nachher"));
        // What systemd does. What was refused can be sent again; what had no answer goes out by itself.
        writing.live.kill_and_restart_on(Disk::Forgetful).await.unwrap();
        writing.page.until("the line", |model| model.line(talk, "nachher").is_some()).await.unwrap();
        let id = writing.page.model.line(talk, "nachher").unwrap().id;
        writing.page.call(Call::SendAgain { conversation: talk, id }).await.unwrap();
        writing.page.until("stored afterwards", |model| stored(model, "nachher")).await.unwrap();
        let found = writing.found_elsewhere(3).await.unwrap();
        assert_eq!(found, ["Anfang", "vorher", "nachher"]);
    });
}

/// Changes of password of one run, each with a kill at another moment of it.
const CHANGES: u32 = 6;

#[test]
fn p16_a_change_of_password_that_is_cut_off_is_all_old_or_all_new() {
    run(async {
        let mut writing = Writing::begin().await;
        let talk = writing.talk;
        let mut texts = vec!["Anfang".to_owned()];
        let mut whole = None;
        for round in 0..=CHANGES {
            let old = writing.log_in.clone();
            let new = LogIn::new(&old.name, &format!("laterne nummer {round} im alten garten"));
            let call = Call::ChangePassword { current: old.password.clone(), password: new.password.clone() };
            // The first one is left alone, to know how long one takes; the others are cut off at a
            // moment that moves from its beginning to its end.
            let begun = tokio::time::Instant::now();
            match whole {
                None => {
                    writing.page.call(call).await.unwrap();
                    whole = Some(begun.elapsed());
                    writing.log_in = new;
                    continue;
                }
                Some(whole) => {
                    let (page, live) = (&mut writing.page, &mut writing.live);
                    let kill = async {
                        tokio::time::sleep(whole * round / CHANGES).await;
                        live.kill_and_restart().await.unwrap();
                    };
                    let _ = tokio::join!(page.call(call), kill);
                }
            }
            let mut open = Vec::new();
            for log_in in [old, new] {
                let mut page =
                    Page::start(&writing.live.address, Some(writing.site), Some(writing.pin.clone()))
                        .await
                        .unwrap();
                if log_in.enter(&mut page).await.is_ok() {
                    open.push((log_in, page));
                }
            }
            assert_eq!(open.len(), 1, "exactly one password opens, round {round}");
            let Some((log_in, mut page)) = open.pop() else { return };
            // Whichever it is, it opens everything, and the talk goes on.
            page.until("the talk", |model| model.conversations.contains_key(&talk)).await.unwrap();
            page.call(Call::Show { conversation: talk }).await.unwrap();
            let text = format!("nach {round}");
            page.send(Some(talk), &text).await.unwrap();
            texts.push(text.clone());
            page.until("stored", |model| {
                model.line(talk, &text).is_some_and(|line| line.progress >= Progress::Stored)
            })
            .await
            .unwrap();
            assert_eq!(page.model.texts(talk), texts);
            assert_eq!(page.model.conflict, None);
            (writing.log_in, writing.page) = (log_in, page);
        }
    });
}
