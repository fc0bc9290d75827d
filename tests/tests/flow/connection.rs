//! Cut connections, killed boxes, reloads: nothing is lost and nothing is there twice.

use crate::world::{World, close, open, progress, reads, run, seeker};
use beistand_protocol::{
    api::route,
    codec::decode,
    live::{ClientFrame, ServerFrame},
    worker::{Call, Connection, Progress, Reply, SessionView},
};
use beistand_tests::{
    cast::sign_up,
    native::Between,
    page::{Model, Page, message_id},
};
use beistand_vault::client::transport::{Method, Response};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

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

/// Loses answers on their way, and sees what the client sends.
#[derive(Default)]
struct Tunnel {
    deaf: Cell<bool>,
    no_list: Cell<bool>,
    lists_lost: Cell<u32>,
    appended_before_the_list: Cell<u32>,
}

impl Between for Tunnel {
    fn answer(&self, method: Method, path: &str, _: &[u8], response: Response) -> Response {
        if path != route::CONVERSATIONS || !matches!(method, Method::Get) || !self.no_list.get() {
            return response;
        }
        self.lists_lost.set(self.lists_lost.get() + 1);
        Response { status: 502, body: Vec::new() }
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        if self.deaf.get() { Vec::new() } else { vec![frame] }
    }

    fn sent(&self, frame: &[u8]) {
        if self.no_list.get() && matches!(decode(frame), Ok(ClientFrame::Append { .. })) {
            self.appended_before_the_list.set(self.appended_before_the_list.get() + 1);
        }
    }
}

/// What was on its way may be stored: sealed once more, it would stand in what the next message names
/// and be nowhere.
#[test]
fn nothing_is_sealed_again_before_what_is_stored_is_known() {
    run(async {
        let mut world = World::new().await;
        let tunnel = Rc::new(Tunnel::default());
        let address = world.live.address.through(tunnel.clone());
        let lila = seeker("Funkloch");
        let (mut first, _) = sign_up(&address, world.site, &world.pin, &lila).await.unwrap();
        let talk = first.send(None, "los").await.unwrap();
        progress(&mut first, talk, "los", Progress::Delivered).await;
        open(&mut world.mara, talk).await;
        tunnel.deaf.set(true);
        first.send(Some(talk), "eins").await.unwrap();
        reads(&mut world.mara, talk, "eins").await;
        first.cut(true);
        let broken = |model: &Model| model.connection == Some(Connection::Reconnecting);
        first.until("the end of the connection", broken).await.unwrap();
        first.send(Some(talk), "zwei").await.unwrap();
        tunnel.no_list.set(true);
        tunnel.deaf.set(false);
        first.cut(false);
        // Ticks ask again and again.
        while tunnel.lists_lost.get() < 3 {
            tokio::task::yield_now().await;
        }
        assert_eq!(tunnel.appended_before_the_list.get(), 0);
        tunnel.no_list.set(false);
        progress(&mut first, talk, "zwei", Progress::Stored).await;
        reads(&mut world.mara, talk, "zwei").await;
        assert_eq!(world.mara.model.texts(talk), ["los", "eins", "zwei"]);
        assert_eq!(first.model.texts(talk), ["los", "eins", "zwei"]);
        assert_eq!((first.model.conflict, world.mara.model.conflict), (None, None));
    });
}

/// From some point on loses what is asked of the list of conversations, and keeps the answers to appends back, which then
/// come twice.
#[derive(Default)]
struct Echo {
    on: Cell<bool>,
    lost: Cell<u32>,
    kept: RefCell<Vec<Vec<u8>>>,
}

impl Between for Echo {
    fn answer(&self, _: Method, path: &str, _: &[u8], response: Response) -> Response {
        if !self.on.get() || path != route::CONVERSATIONS {
            return response;
        }
        self.lost.set(self.lost.get() + 1);
        Response { status: 502, body: Vec::new() }
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        if self.on.get() && matches!(decode(&frame), Ok(ServerFrame::Appended { .. })) {
            self.kept.borrow_mut().push(frame);
            return Vec::new();
        }
        let kept = match self.lost.get() {
            0 => Vec::new(),
            _ => self.kept.take(),
        };
        core::iter::once(frame).chain(kept.iter().cloned()).chain(kept.clone()).collect()
    }
}

#[test]
fn an_answer_that_comes_late_and_twice_alarms_nobody() {
    run(async {
        let world = World::new().await;
        let echo = Rc::new(Echo::default());
        let (mut first, _) = world.seeker(&seeker("Echo")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        let mut desk = Page::start(&world.live.address.through(echo.clone()), None, None).await.unwrap();
        world.mara_log_in.enter(&mut desk).await.unwrap();
        open(&mut desk, talk).await;
        desk.call(Call::Claim { conversation: talk }).await.unwrap();
        echo.on.set(true);
        // The end is seen before its answer comes, and noted in a conversation of its own: opened, with the answer lost.
        desk.call(close(talk)).await.unwrap();
        while echo.lost.get() == 0 {
            tokio::task::yield_now().await;
        }
        first.send(Some(talk), "noch etwas").await.unwrap();
        let answered =
            |model: &Model| echo.kept.borrow().is_empty() && model.texts(talk).contains(&"noch etwas");
        desk.until("the words", answered).await.unwrap();
        echo.on.set(false);
        desk.call(Call::Claim { conversation: talk }).await.unwrap();
        assert_eq!((first.model.conflict, desk.model.conflict), (None, None));
    });
}

#[test]
fn what_is_done_is_a_line_only_once_it_is_stored() {
    run(async {
        let world = World::new().await;
        let tunnel = Rc::new(Tunnel::default());
        let (mut first, _) = world.seeker(&seeker("Leere Zeile")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        let mut desk = Page::start(&world.live.address.through(tunnel.clone()), None, None).await.unwrap();
        world.mara_log_in.enter(&mut desk).await.unwrap();
        open(&mut desk, talk).await;
        reads(&mut desk, talk, "hallo").await;
        tunnel.deaf.set(true);
        desk.ask(Call::Claim { conversation: talk }).unwrap();
        for _ in 0..2 {
            desk.call(Call::Show { conversation: talk }).await.unwrap();
        }
        assert_eq!(desk.model.texts(talk), ["hallo"]);
        assert_eq!(desk.model.conversations[&talk].last_text, Some((false, "hallo".into())));
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

/// A relay that forwards what is asked and keeps back answers, as one that died unnoticed.
#[derive(Default)]
struct Hanging {
    /// Beginnings of the paths whose answers hang, with their method.
    kept: RefCell<Vec<(Method, &'static str)>>,
    hung: RefCell<Vec<String>>,
}

impl Hanging {
    fn keep(&self, kept: &[(Method, &'static str)]) {
        *self.kept.borrow_mut() = kept.to_vec();
        self.hung.borrow_mut().clear();
    }
}

impl Between for Hanging {
    fn answer(&self, _: Method, _: &str, _: &[u8], response: Response) -> Response {
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        vec![frame]
    }

    fn hangs(&self, method: Method, path: &str) -> bool {
        let hangs = self.kept.borrow().iter().any(|(kept, start)| *kept == method && path.starts_with(start));
        if hangs {
            self.hung.borrow_mut().push(path.to_owned());
        }
        hangs
    }
}

async fn answered(page: &mut Page, call: Call) -> Reply {
    // What hangs hangs for ever: without an answer by then there is none.
    tokio::time::timeout(Duration::from_secs(30), page.call(call)).await.expect("no answer").unwrap()
}

/// Until an answer hangs whose path begins so.
async fn hangs(hanging: &Hanging, start: &str) {
    let hung = async {
        while !hanging.hung.borrow().iter().any(|path| path.starts_with(start)) {
            tokio::task::yield_now().await;
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), hung).await.expect("nothing hangs");
}

#[test]
fn nobody_waits_behind_a_dying_request_of_the_background() {
    run(async {
        let mut world = World::new().await;
        let hanging = Rc::new(Hanging::default());
        let address = world.live.address.through(hanging.clone());
        let start = async || Page::start(&address, Some(world.site), Some(world.pin.clone())).await.unwrap();
        let log_in = seeker("Totes Netz");
        drop(world.seeker(&log_in).await);
        let mut page = start().await;
        log_in.enter(&mut page).await.unwrap();

        // The opening itself: the first words show at once, and arrive once.
        hanging.keep(&[(Method::Post, route::CONVERSATIONS)]);
        let talk = page.send(None, "erstes").await.unwrap();
        page.until("the words", |model| model.texts(talk) == ["erstes"]).await.unwrap();
        hangs(&hanging, route::CONVERSATIONS).await;
        answered(&mut page, Call::Show { conversation: talk }).await;
        hanging.keep(&[]);
        progress(&mut page, talk, "erstes", Progress::Stored).await;
        open(&mut world.mara, talk).await;
        reads(&mut world.mara, talk, "erstes").await;

        // Catching up after a cut: what is written meanwhile shows at once.
        hanging.keep(&[(Method::Get, "/api/v1/")]);
        page.cut(true);
        page.until("the cut", |model| model.connection == Some(Connection::Reconnecting)).await.unwrap();
        page.cut(false);
        hangs(&hanging, "/api/v1/").await;
        let words = "im toten Netz";
        answered(&mut page, Call::Send { conversation: Some(talk), text: words.into(), id: message_id() })
            .await;
        page.until("the words", |model| model.line(talk, words).is_some()).await.unwrap();
        hanging.keep(&[]);
        progress(&mut page, talk, words, Progress::Stored).await;

        // Writing the draft.
        hanging.keep(&[(Method::Post, route::ACCOUNT_STATE)]);
        answered(&mut page, Call::SaveDraft { conversation: Some(talk), text: "halb".into() }).await;
        hangs(&hanging, route::ACCOUNT_STATE).await;
        answered(&mut page, Call::Show { conversation: talk }).await;
        hanging.keep(&[]);
        page.until("the draft kept", |model| model.draft_saved).await.unwrap();
        let mut other = start().await;
        log_in.enter(&mut other).await.unwrap();
        open(&mut other, talk).await;
        other.until("the draft", |model| model.conversations[&talk].draft == "halb").await.unwrap();
        other.until("all", |model| model.texts(talk) == ["erstes", words]).await.unwrap();
        reads(&mut world.mara, talk, words).await;
        for model in [&page.model, &other.model, &world.mara.model] {
            assert_eq!(model.conflict, None);
        }
    });
}
