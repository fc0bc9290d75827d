//! Cut connections, killed boxes, reloads: nothing is lost and nothing is there twice.

use crate::world::{World, open, progress, run, seeker};
use beistand_protocol::worker::{Call, Progress, Reply, SessionView};
use beistand_tests::page::{Page, message_id};

#[test]
fn nothing_is_lost_or_doubled_over_a_cut_connection() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Im Zug")).await;
        let talk = first.send(None, "los").await.unwrap();
        open(&mut world.mara, talk).await;
        for round in 0..6 {
            first.send(Some(talk), &format!("vor dem Tunnel {round}")).await.unwrap();
            first.cut(true);
            first.send(Some(talk), &format!("im Tunnel {round}")).await.unwrap();
            first.cut(false);
        }
        world.mara.until("all texts", |model| model.texts(talk).len() >= 13).await.unwrap();
        first
            .until("all stored", |model| {
                model.lines(talk).iter().all(|line| line.progress >= Progress::Stored)
            })
            .await
            .unwrap();
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, talk).await;
        desk.until("all texts", |model| model.texts(talk).len() >= 13).await.unwrap();
        let expected: Vec<String> = std::iter::once("los".to_owned())
            .chain((0..6).flat_map(|n| [format!("vor dem Tunnel {n}"), format!("im Tunnel {n}")]))
            .collect();
        assert_eq!(desk.model.texts(talk), expected);
        assert_eq!(first.model.texts(talk), expected);
        assert_eq!(first.model.conflict, None);
    });
}

#[test]
fn the_same_message_sent_twice_is_there_once() {
    run(async {
        let world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Doppelt")).await;
        let talk = first.send(None, "anfang").await.unwrap();
        let id = message_id();
        for _ in 0..3 {
            let call = Call::Send { conversation: Some(talk), text: "einmal".into(), id };
            first.call(call).await.unwrap();
        }
        progress(&mut first, talk, "einmal", Progress::Stored).await;
        let call = Call::Send { conversation: Some(talk), text: "einmal".into(), id };
        first.call(call).await.unwrap();
        assert_eq!(first.model.texts(talk), ["anfang", "einmal"]);
    });
}

#[test]
fn stored_is_stored_when_the_box_is_killed() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Stromausfall")).await;
        let talk = first.send(None, "0").await.unwrap();
        let mut sent = 1;
        for _ in 0..3 {
            for _ in 0..5 {
                first.send(Some(talk), &sent.to_string()).await.unwrap();
                sent += 1;
            }
            world.live.kill_and_restart().await.unwrap();
        }
        let wanted: Vec<String> = (0..sent).map(|number| number.to_string()).collect();
        first
            .until("everything stored", |model| {
                let lines = model.lines(talk);
                lines.len() == wanted.len() && lines.iter().all(|line| line.progress >= Progress::Stored)
            })
            .await
            .unwrap();
        assert_eq!(first.model.texts(talk), wanted);
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, talk).await;
        desk.until("everything", |model| model.texts(talk).len() == wanted.len()).await.unwrap();
        assert_eq!(desk.model.texts(talk), wanted);
    });
}

#[test]
fn a_reload_resumes_once_and_drafts_survive() {
    run(async {
        let world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Neu laden")).await;
        let call = Call::SaveDraft { conversation: None, text: "halb geschrieben".into() };
        first.call(call).await.unwrap();
        first.until("the draft kept", |model| model.draft_saved).await.unwrap();
        let talk = first.send(None, "gesendet").await.unwrap();
        progress(&mut first, talk, "gesendet", Progress::Stored).await;
        let call = Call::SaveDraft { conversation: Some(talk), text: "und noch".into() };
        first.call(call).await.unwrap();
        first.until("the draft", |model| model.conversations[&talk].draft == "und noch").await.unwrap();
        // Sent is no draft any more; what is typed next for a new conversation is one.
        let call = Call::SaveDraft { conversation: None, text: "halb geschrieben".into() };
        first.call(call).await.unwrap();
        first.until("the draft kept", |model| model.draft_saved).await.unwrap();
        let resume = first.model.resume.clone().unwrap();
        drop(first);
        let start = |resume| Call::Start { site: Some(world.site), pin: Some(world.pin.clone()), resume };
        let mut page = Page::open(&world.live.address);
        let reply = page.call(start(Some(resume.clone()))).await.unwrap();
        let Reply::Started { session } = reply else { panic!("not started") };
        assert_eq!(session, SessionView::Seeker { name: "Neu laden".into() });
        page.until("the draft", |model| model.draft == "halb geschrieben").await.unwrap();
        page.until("the other", |model| {
            model.conversations.get(&talk).is_some_and(|view| view.draft == "und noch")
        })
        .await
        .unwrap();
        assert!(page.model.resume.as_ref().is_some_and(|next| next.handle != resume.handle));
        // The handle is used up, and what was kept opens nothing.
        let mut thief = Page::open(&world.live.address);
        let reply = thief.call(start(Some(resume))).await.unwrap();
        assert!(matches!(reply, Reply::Started { session: SessionView::Nobody }));
    });
}

#[test]
fn a_reloaded_page_is_a_device_session_of_its_own() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Neu geladen")).await;
        let talk = first.send(None, "davor").await.unwrap();
        open(&mut world.mara, talk).await;
        let typed = |wanted: usize| {
            move |model: &beistand_tests::page::Model| {
                model.typing.iter().filter(|(id, _)| *id == talk).count() >= wanted
            }
        };
        first.until("a conversation", |model| model.conversations.contains_key(&talk)).await.unwrap();
        progress(&mut first, talk, "davor", Progress::Stored).await;
        first.call(Call::Typing { conversation: talk }).await.unwrap();
        world.mara.until("typing", typed(1)).await.unwrap();
        let resume = first.model.resume.clone();
        drop(first);
        let mut page = Page::open(&world.live.address);
        let start = Call::Start { site: Some(world.site), pin: Some(world.pin.clone()), resume };
        page.call(start).await.unwrap();
        open(&mut page, talk).await;
        page.until("the talk", |model| model.texts(talk) == ["davor"]).await.unwrap();
        // Counters begin anew: with the former device session's name they would count as repeated.
        page.call(Call::Typing { conversation: talk }).await.unwrap();
        world.mara.until("typing after the reload", typed(2)).await.unwrap();
        page.send(Some(talk), "danach").await.unwrap();
        world.mara.until("danach", |model| model.texts(talk) == ["davor", "danach"]).await.unwrap();
        assert_eq!(page.model.conflict, None);
    });
}
