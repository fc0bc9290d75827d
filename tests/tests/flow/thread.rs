//! The staff's thread beside a talk, against a real box: who reads it, that no seeker does, and what a box that lies
//! about it comes to.

use crate::{
    liar::Recorder,
    world::{World, open, person, progress, reads, run, seeker, staff},
};
use beistand_protocol::{
    api::{ConversationList, EnvelopePage, route},
    codec::{decode, encode},
    id::ConversationId,
    live::{ClientFrame, ServerFrame},
    worker::{Call, Conflict, Progress, ReaderView, StateView},
};
use beistand_tests::{
    native::Between,
    page::{Model, Page},
};
use beistand_vault::client::transport::{Method, Response};
use std::rc::Rc;

/// The thread beside a talk, as a page of the staff knows it.
fn thread_of(page: &Page, talk: ConversationId) -> ConversationId {
    page.model.conversations[&talk].thread.unwrap()
}

async fn claimed(world: &mut World, name: &str) -> (Page, ConversationId, ConversationId) {
    let (mut first, _) = world.seeker(&seeker(name)).await;
    let talk = first.send(None, "hallo").await.unwrap();
    open(&mut world.mara, talk).await;
    world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
    first
        .until("the claim", |model| is(model, talk, |state| matches!(state, StateView::Colleague(..))))
        .await
        .unwrap();
    let thread = thread_of(&world.mara, talk);
    (first, talk, thread)
}

fn is(model: &Model, id: ConversationId, wanted: impl Fn(&StateView) -> bool) -> bool {
    model.conversations.get(&id).is_some_and(|view| wanted(&view.state))
}

pub async fn writes(page: &mut Page, thread: ConversationId, text: &str) {
    page.call(Call::Show { conversation: thread }).await.unwrap();
    page.send(Some(thread), text).await.unwrap();
    progress(page, thread, text, Progress::Stored).await;
}

#[test]
fn p05_p09_p15_p21_staff_talk_beside_a_talk() {
    run(async {
        let mut world = World::new().await;
        let mut jonas = world.colleague("Jonas").await;
        let (mut first, talk, thread) = claimed(&mut world, "Lila 8").await;
        // Kept half-written, and for the thread alone, before there is one.
        let draft = Call::SaveDraft { conversation: Some(thread), text: "Wer kann".into() };
        world.mara.call(draft).await.unwrap();
        world.mara.call(Call::Show { conversation: thread }).await.unwrap();
        world.mara.until("the draft", |model| model.draft_saved).await.unwrap();
        let shown = &world.mara.model.conversations;
        assert_eq!((&*shown[&thread].draft, &*shown[&talk].draft), ("Wer kann", ""));
        assert_eq!((shown[&thread].about, shown[&talk].about), (Some(talk), None));

        writes(&mut world.mara, thread, "Wer kann mitlesen?").await;
        open(&mut world.office, thread).await;
        reads(&mut world.office, thread, "Wer kann mitlesen?").await;
        world.office.call(Call::Seen { conversation: thread }).await.unwrap();
        progress(&mut world.mara, thread, "Wer kann mitlesen?", Progress::Read).await;
        writes(&mut world.office, thread, "Ich, ab jetzt.").await;
        reads(&mut world.mara, thread, "Ich, ab jetzt.").await;
        // The holder and the lead, by the talk and the log; nobody else of the team.
        let readers = &world.mara.model.conversations[&thread].readers;
        let lead = ReaderView::Person(person(&world.office), "Renate Vogt".into(), true);
        let holder = ReaderView::Person(person(&world.mara), "Mara".into(), false);
        assert_eq!(readers.len(), 2);
        assert!(readers.contains(&lead) && readers.contains(&holder), "{readers:?}");

        // What comes after it has passed by the seeker and the colleague: they were not told before it either.
        world.mara.send(Some(talk), "Antwort").await.unwrap();
        reads(&mut first, talk, "Antwort").await;
        assert!(first.model.conversations.keys().eq([&talk]) && first.model.messages.keys().eq([&talk]));
        assert_eq!(first.model.conversations[&talk].thread, None);
        let mut again = world.browser().await;
        seeker("Lila 8").enter(&mut again).await.unwrap();
        open(&mut again, talk).await;
        assert!(again.model.conversations.keys().eq([&talk]));
        drop(again);
        let (mut second, _) = world.seeker(&seeker("Lila 9")).await;
        let other = second.send(None, "ich auch").await.unwrap();
        open(&mut jonas, other).await;
        assert!(
            !jonas.model.conversations.contains_key(&thread) && !jonas.model.messages.contains_key(&thread)
        );

        // From a clean browser, all of it.
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, thread).await;
        reads(&mut desk, thread, "Ich, ab jetzt.").await;
        assert_eq!(desk.model.texts(thread), ["Wer kann mitlesen?", "Ich, ab jetzt."]);

        // It goes with the talk.
        let password = seeker("Lila 8").password;
        first.call(Call::DeleteAccount { password }).await.unwrap();
        desk.until("both gone", |model| [talk, thread].iter().all(|id| model.gone.contains(id)))
            .await
            .unwrap();
        let mut desk = world.desk(&world.mara_log_in).await;
        desk.until("the list", |model| model.conversations.contains_key(&other)).await.unwrap();
        assert!(desk.model.conversations.keys().eq([&other]));
        for page in [&desk, &world.mara, &world.office, &jonas, &second] {
            assert_eq!(page.model.conflict, None);
        }
    });
}

#[test]
fn p07_a_thread_is_handed_over_with_its_talk() {
    run(async {
        let mut world = World::new().await;
        let jonas_log_in = staff("Jonas");
        let jonas = world.colleague("Jonas").await;
        let to = person(&jonas);
        drop(jonas);
        let (mut first, talk, thread) = claimed(&mut world, "Berg 5").await;
        writes(&mut world.mara, thread, "bitte morgen nachfragen").await;
        // Neither a lead nor who takes over is there.
        world.office.call(Call::LogOut).await.unwrap();
        world.mara.call(Call::HandOver { conversation: talk, to }).await.unwrap();
        world
            .mara
            .until("both gone", |model| [talk, thread].iter().all(|id| model.gone.contains(id)))
            .await
            .unwrap();
        let mut desk = world.desk(&jonas_log_in).await;
        open(&mut desk, thread).await;
        reads(&mut desk, thread, "bitte morgen nachfragen").await;
        assert!(is(&desk.model, talk, |state| *state == StateView::Mine));
        writes(&mut desk, thread, "mach ich").await;
        let mut lead = world.desk(&world.office_log_in).await;
        open(&mut lead, thread).await;
        reads(&mut lead, thread, "mach ich").await;
        assert_eq!(lead.model.texts(thread), ["bitte morgen nachfragen", "mach ich"]);
        // Given back, the whole team reads: from the epoch on that follows by itself.
        let mut eva = world_colleague(&mut world, &mut lead, "Eva").await;
        desk.call(Call::Release { conversation: talk }).await.unwrap();
        open(&mut eva, thread).await;
        reads(&mut eva, thread, "mach ich").await;
        writes(&mut eva, thread, "ich bin auch da").await;
        reads(&mut desk, thread, "ich bin auch da").await;
        first.send(Some(talk), "noch da?").await.unwrap();
        open(&mut eva, talk).await;
        reads(&mut eva, talk, "noch da?").await;
        assert!(first.model.conversations.keys().eq([&talk]));
        for page in [&desk, &lead, &eva, &first, &world.mara] {
            assert_eq!(page.model.conflict, None);
        }
    });
}

/// A colleague who joins by another page of an administrator.
async fn world_colleague(world: &mut World, office: &mut Page, name: &str) -> Page {
    beistand_tests::cast::join(&world.live.address, office, world.team, name, &staff(name)).await.unwrap()
}

#[test]
fn p06_after_a_removal_nothing_new_of_a_thread_is_readable() {
    run(async {
        let mut world = World::new().await;
        let mut jonas = world.colleague("Jonas").await;
        let gone = person(&jonas);
        let (mut first, _) = world.seeker(&seeker("Wolke 3")).await;
        let talk = first.send(None, "wartet").await.unwrap();
        open(&mut jonas, talk).await;
        let thread = thread_of(&jonas, talk);
        writes(&mut jonas, thread, "alle lesen").await;
        open(&mut world.mara, thread).await;
        reads(&mut world.mara, thread, "alle lesen").await;
        world.office.call(Call::RemovePerson { person: gone }).await.unwrap();
        jonas.until("the end", |model| model.ended.is_some()).await.unwrap();
        writes(&mut world.mara, thread, "nicht mehr für Jonas").await;
        world
            .mara
            .until("the new readers", |model| {
                let readers = &model.conversations[&thread].readers;
                readers.len() == 2
                    && !readers.iter().any(|reader| matches!(reader, ReaderView::Person(p, ..) if *p == gone))
                    || readers.iter().all(|reader| matches!(reader, ReaderView::Team(..)))
            })
            .await
            .unwrap();
        open(&mut world.office, thread).await;
        reads(&mut world.office, thread, "nicht mehr für Jonas").await;
        assert_eq!(world.office.model.texts(thread), ["alle lesen", "nicht mehr für Jonas"]);
        assert_eq!((world.mara.model.conflict, world.office.model.conflict), (None, None));
    });
}

/// A box that gives more, or something else, than is asked for: what it has recorded from a lead's visit.
pub struct Feed {
    pub loot: Rc<Recorder>,
    /// Each conversation is shown under its first id and is really the second.
    pub shown: Vec<(ConversationId, ConversationId)>,
    /// Envelopes that a conversation is said to have.
    pub cut: Option<(ConversationId, usize)>,
    /// Pushed beside the greeting.
    pub push: bool,
    /// When they are said to have been opened.
    pub opened_s: Option<u64>,
}

impl Feed {
    fn page(&self, id: ConversationId, real: ConversationId) -> EnvelopePage {
        let path = format!("/api/v1/conversation/{}/0", real.to_hex());
        let mut page: EnvelopePage = decode(&self.loot.newest(&path)).unwrap();
        page.summary.id = id;
        page.summary.opened_s = self.opened_s.unwrap_or(page.summary.opened_s);
        if let Some((_, length)) = self.cut.filter(|(cut, _)| *cut == id) {
            page.envelopes.truncate(length);
            page.summary.length = page.envelopes.len() as u64;
        }
        page
    }
}

impl Between for Feed {
    fn answer(&self, method: Method, path: &str, _: &[u8], mut response: Response) -> Response {
        let parts: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
        match (method, parts.as_slice()) {
            (Method::Get, ["conversations"]) => {
                let mut list: ConversationList = decode(&response.body).unwrap();
                list.conversations.retain(|talk| !self.shown.iter().any(|(id, _)| *id == talk.id));
                list.conversations.extend(self.shown.iter().map(|(id, real)| self.page(*id, *real).summary));
                response.body = encode(&list);
            }
            (Method::Get, ["conversation", id, from]) => {
                let asked = self.shown.iter().find(|(shown, _)| shown.to_hex() == *id);
                if let Some((id, real)) = asked {
                    let mut page = self.page(*id, *real);
                    let from: u64 = from.parse().unwrap();
                    page.envelopes.retain(|stored| stored.position >= from);
                    response = Response { status: 200, body: encode(&page) };
                }
            }
            _ => {}
        }
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        let decoded: ServerFrame = decode(&frame).unwrap();
        let mut all = vec![frame];
        if self.push && matches!(decoded, ServerFrame::Welcome { .. }) {
            for (id, real) in &self.shown {
                let page = self.page(*id, *real);
                all.push(encode(&ServerFrame::Conversation(page.summary)));
                let stored = page.envelopes.into_iter();
                all.extend(stored.map(|stored| encode(&ServerFrame::Stored { conversation: *id, stored })));
            }
        }
        all
    }

    fn said(&self, frame: &[u8]) -> Option<Vec<Vec<u8>>> {
        // What is appended to something that is not there is left without an answer.
        let asked: ClientFrame = decode(frame).unwrap();
        matches!(asked, ClientFrame::Append { append, .. } if self.shown.iter().any(|(id, _)| *id == append.conversation))
            .then(Vec::new)
    }
}

/// Two talks with their threads, and everything that the box has of them, as a lead got it.
struct Scene {
    world: World,
    own: ConversationId,
    other: ConversationId,
    thread: ConversationId,
    other_thread: ConversationId,
    loot: Rc<Recorder>,
}

async fn scene() -> Scene {
    let mut world = World::new().await;
    let mut made = Vec::new();
    for (name, text) in [("Eins", "über Eins"), ("Zwei", "über Zwei")] {
        let (mut first, talk, thread) = claimed(&mut world, name).await;
        writes(&mut world.mara, thread, text).await;
        first.call(Call::LogOut).await.unwrap();
        made.push((talk, thread));
    }
    world.office.call(Call::LogOut).await.unwrap();
    world.mara.call(Call::LogOut).await.unwrap();
    let loot = Rc::new(Recorder::default());
    let mut lead = Page::start(&world.live.address.through(loot.clone()), None, None).await.unwrap();
    world.office_log_in.enter(&mut lead).await.unwrap();
    for (talk, thread) in &made {
        open(&mut lead, *talk).await;
        open(&mut lead, *thread).await;
    }
    assert_eq!(lead.model.texts(made[0].1), ["über Eins"]);
    lead.call(Call::LogOut).await.unwrap();
    let list: ConversationList = decode(&loot.newest(route::CONVERSATIONS)).unwrap();
    assert_eq!(list.conversations.len(), 4);
    let [(own, thread), (other, other_thread)] = made[..] else { panic!("two") };
    Scene { world, own, other, thread, other_thread, loot }
}

#[test]
fn p21_a_seeker_fed_everything_opens_its_own_talk_alone() {
    run(async {
        let scene = scene().await;
        let Scene { own, other, thread, other_thread, .. } = scene;
        let disguise = |byte| ConversationId([byte; 16]);
        let cases = [
            // Everything that there is, under its own name.
            vec![(thread, thread), (other, other), (other_thread, other_thread)],
            vec![(thread, thread)],
            // Under names that a talk could have.
            vec![(disguise(0xd1), thread)],
            vec![(disguise(0xd2), other_thread), (disguise(0xd3), other)],
            // In the place of the own talk.
            vec![(own, thread)],
        ];
        for shown in cases {
            for push in [false, true] {
                let fed =
                    Feed { loot: scene.loot.clone(), shown: shown.clone(), cut: None, push, opened_s: None };
                let address = scene.world.live.address.through(Rc::new(fed));
                let mut page = Page::start(&address, Some(scene.world.site), Some(scene.world.pin.clone()))
                    .await
                    .unwrap();
                // It may be stopped before the log-in is answered.
                let _ = seeker("Eins").enter(&mut page).await;
                page.until("the hard stop", |model| model.conflict.is_some()).await.unwrap();
                assert_eq!(page.model.conflict, Some(Conflict::Conversation), "{shown:?}");
                for (id, real) in &shown {
                    assert!(page.model.texts(*id).is_empty(), "{id} {real}");
                }
            }
        }
        // The same browser, told nothing but the truth.
        let mut page = scene.world.browser().await;
        seeker("Eins").enter(&mut page).await.unwrap();
        open(&mut page, own).await;
        reads(&mut page, own, "hallo").await;
        assert!(page.model.conversations.keys().eq([&own]));
        assert_eq!(page.model.conflict, None);
    });
}

#[test]
fn p08_p12_a_box_that_swaps_threads_is_found_out() {
    run(async {
        let scene = scene().await;
        let Scene { own, thread, other_thread, .. } = scene;
        let cases = [
            // Another talk's thread beside this one.
            (vec![(thread, other_thread)], None),
            // The talk itself as its thread.
            (vec![(thread, own)], None),
            // The thread names an epoch of its talk that is kept from the reader.
            (vec![(own, own), (thread, thread)], Some((own, 2))),
        ];
        for (shown, cut) in cases {
            let fed =
                Feed { loot: scene.loot.clone(), shown: shown.clone(), cut, push: false, opened_s: None };
            let address = scene.world.live.address.through(Rc::new(fed));
            // Who was there before and who comes for the first time are told the same.
            for log_in in [&scene.world.mara_log_in, &scene.world.office_log_in] {
                let mut page = Page::start(&address, None, None).await.unwrap();
                let _ = log_in.enter(&mut page).await;
                page.until("the hard stop", |model| model.conflict.is_some()).await.unwrap();
                assert_eq!(page.model.conflict, Some(Conflict::Conversation), "{shown:?}");
            }
        }
        let mut desk = scene.world.desk(&scene.world.mara_log_in).await;
        open(&mut desk, thread).await;
        reads(&mut desk, thread, "über Eins").await;
        assert_eq!(desk.model.conflict, None);
    });
}
