//! The rooms of teams, against a real box: colleagues talk about no talk, each month in a room of its own, and a box that
//! lies about it is found out.

use crate::{
    liar::Recorder,
    thread::{Feed, writes},
    world::{World, open, person, progress, reads, run, seeker, staff},
};
use beistand_protocol::{
    epoch::ConversationKind,
    id::{ConversationId, TeamId},
    month::Month,
    worker::{Call, Conflict, Progress, ReaderView, RoomView},
};
use beistand_tests::{cast::join, native::now_ms, page::Page};
use std::{cell::Cell, rc::Rc};

/// The present month's room of a team, as a page knows it.
fn room_of(page: &Page, team: TeamId) -> RoomView {
    page.model.teams.iter().find(|known| known.team == team).and_then(|team| team.room).unwrap()
}

/// Waits until the page has been told of the team, and gives its room.
async fn room(page: &mut Page, team: TeamId) -> ConversationId {
    let told = |page: &Page| page.model.teams.iter().any(|known| known.team == team && known.room.is_some());
    if !told(page) {
        page.until("the team", |model| model.teams.iter().any(|known| known.room.is_some())).await.unwrap();
    }
    room_of(page, team).id
}

fn unread(page: &Page, room: ConversationId) -> u32 {
    page.model.conversations[&room].unread
}

#[test]
fn p05_p06_p15_p21_a_team_talks_in_its_room() {
    run(async {
        let mut world = World::new().await;
        let team = world.team;
        let mut jonas = world.colleague("Jonas").await;
        let gone = person(&jonas);
        let (mut first, _) = world.seeker(&seeker("Lila 8")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        let id = room(&mut world.mara, team).await;
        assert!(id.is_staff());
        for page in [&mut world.office, &mut jonas] {
            assert_eq!(room(page, team).await, id);
        }
        // Kept half-written before there is one.
        let draft = Call::SaveDraft { conversation: Some(id), text: "Wer kann".into() };
        world.mara.call(draft).await.unwrap();
        world.mara.call(Call::Show { conversation: id }).await.unwrap();
        world.mara.until("the draft", |model| model.draft_saved).await.unwrap();
        assert_eq!(world.mara.model.conversations[&id].draft, "Wer kann");
        assert!(world.mara.model.conversations[&id].readers.is_empty());

        // Two begin it at once: one opens it, and neither loses a word.
        world.office.call(Call::Show { conversation: id }).await.unwrap();
        world.office.send(Some(id), "Dienst am Freitag?").await.unwrap();
        world.mara.send(Some(id), "Wer kann Freitag?").await.unwrap();
        for page in [&mut world.office, &mut world.mara, &mut jonas] {
            open(page, id).await;
            for text in ["Dienst am Freitag?", "Wer kann Freitag?"] {
                reads(page, id, text).await;
            }
            let view = &page.model.conversations[&id];
            assert_eq!((view.team, view.about, view.room), (team, None, Some(Month::at(now_ms() / 1000))));
            assert_eq!(page.model.texts(id).len(), 2);
        }
        assert_eq!(world.mara.model.conversations[&id].draft, "");
        // All members, by the log.
        let readers = world.mara.model.conversations[&id].readers.clone();
        let people: Vec<_> = readers.iter().filter(|r| matches!(r, ReaderView::Person(..))).collect();
        let whole = readers.iter().any(|reader| matches!(reader, ReaderView::Team(of, _) if *of == team));
        assert!(whole || people.len() == 3, "{readers:?}");

        assert_eq!(unread(&jonas, id), 2);
        jonas.call(Call::Seen { conversation: id }).await.unwrap();
        jonas.until("all seen", |model| model.conversations[&id].unread == 0).await.unwrap();
        for (page, text) in
            [(&mut world.office, "Dienst am Freitag?"), (&mut world.mara, "Wer kann Freitag?")]
        {
            progress(page, id, text, Progress::Read).await;
        }
        // Nothing of it is found among talks, and no talk is in it.
        writes(&mut jonas, id, "Ich kann.").await;
        reads(&mut world.mara, id, "Ich kann.").await;

        // The seeker's browser is told nothing of it, and what comes later has passed by it.
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.send(Some(talk), "Antwort").await.unwrap();
        reads(&mut first, talk, "Antwort").await;
        assert!(first.model.conversations.keys().eq([&talk]) && first.model.messages.keys().eq([&talk]));

        // From the removal on it is not for Jonas.
        world.office.call(Call::RemovePerson { person: gone }).await.unwrap();
        jonas.until("the end", |model| model.ended.is_some()).await.unwrap();
        writes(&mut world.mara, id, "ohne Jonas").await;
        reads(&mut world.office, id, "ohne Jonas").await;
        let has_gone = |reader: &ReaderView| matches!(reader, ReaderView::Person(p, ..) if *p == gone);
        assert!(!world.mara.model.conversations[&id].readers.iter().any(has_gone));

        // Who joins reads along without waiting for anybody's next words.
        let mut eva = join(&world.live.address, &mut world.office, team, "Eva", &staff("Eva")).await.unwrap();
        open(&mut eva, id).await;
        reads(&mut eva, id, "ohne Jonas").await;
        writes(&mut eva, id, "danke").await;
        reads(&mut world.mara, id, "danke").await;

        // From a clean browser, all of it.
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, id).await;
        reads(&mut desk, id, "danke").await;
        assert_eq!(desk.model.texts(id).len(), 5);
        for page in [&desk, &world.mara, &world.office, &eva, &first] {
            assert_eq!(page.model.conflict, None);
        }
    });
}

#[test]
fn each_month_has_a_room_of_its_own() {
    run(async {
        let world = World::new().await;
        let team = world.team;
        let clock = Rc::new(Cell::new(0));
        let address = world.live.address.with_clock(clock.clone());
        let mut desk = Page::start(&address, None, None).await.unwrap();
        world.mara_log_in.enter(&mut desk).await.unwrap();
        let former = room(&mut desk, team).await;
        writes(&mut desk, former, "Ende des Monats").await;
        let draft = Call::SaveDraft { conversation: Some(former), text: "noch nicht fertig".into() };
        desk.call(draft).await.unwrap();
        desk.until("the draft", |model| model.draft_saved).await.unwrap();

        // Two months later by this device; the box's own clock has not moved.
        let month = Month::at(now_ms() / 1000);
        let later_s = Month::at(month.ends_s()).ends_s() + 2 * 24 * 60 * 60;
        clock.set(later_s * 1000 - now_ms());
        let told = |model: &beistand_tests::page::Model| {
            model
                .teams
                .iter()
                .any(|known| known.team == team && known.room.is_some_and(|room| room.month > month))
        };
        desk.until("the next month", told).await.unwrap();
        let next = room_of(&desk, team);
        assert_eq!(next.id, ConversationKind::room_id(team, Month::at(later_s)));
        assert_ne!(next.id, former);
        // What was half written goes along; what was written stays.
        desk.call(Call::Show { conversation: next.id }).await.unwrap();
        desk.until("the room", |model| model.conversations.contains_key(&next.id)).await.unwrap();
        assert_eq!(desk.model.conversations[&next.id].draft, "noch nicht fertig");
        assert_eq!(desk.model.conversations[&former].draft, "");
        assert_eq!(desk.model.texts(former), ["Ende des Monats"]);
        // A device whose date is that wrong opens nothing.
        desk.send(Some(next.id), "zu früh").await.unwrap();
        desk.until("refused", |model| {
            model.line(next.id, "zu früh").is_some_and(|line| line.progress == Progress::Failed)
        })
        .await
        .unwrap();
        assert_eq!(desk.model.conflict, None);
    });
}

#[test]
fn p08_p12_a_box_that_swaps_rooms_is_found_out() {
    run(async {
        let mut world = World::new().await;
        let team = world.team;
        let id = room(&mut world.mara, team).await;
        writes(&mut world.mara, id, "unter uns").await;
        world.office.call(Call::LogOut).await.unwrap();
        world.mara.call(Call::LogOut).await.unwrap();
        let loot = Rc::new(Recorder::default());
        let mut lead = Page::start(&world.live.address.through(loot.clone()), None, None).await.unwrap();
        world.office_log_in.enter(&mut lead).await.unwrap();
        open(&mut lead, id).await;
        reads(&mut lead, id, "unter uns").await;
        lead.call(Call::LogOut).await.unwrap();
        drop(lead);

        // To a seeker it is nothing that there could be, under its own name or another.
        let (_, pin) = (world.seeker(&seeker("Eins")).await, world.pin.clone());
        for shown in [id, ConversationId([0xd1; 16])] {
            let fed =
                Feed { loot: loot.clone(), shown: vec![(shown, id)], cut: None, push: true, opened_s: None };
            let address = world.live.address.through(Rc::new(fed));
            let mut page = Page::start(&address, Some(world.site), Some(pin.clone())).await.unwrap();
            let _ = seeker("Eins").enter(&mut page).await;
            page.until("the hard stop", |model| model.conflict.is_some()).await.unwrap();
            assert_eq!(page.model.conflict, Some(Conflict::Conversation));
            assert!(page.model.texts(shown).is_empty());
        }
        // To a member another month's, or one that has lost what was seen there.
        let month = Month::at(now_ms() / 1000);
        let near = [month.before().unwrap(), Month::at(month.ends_s())];
        let cases = near.map(|month| (ConversationKind::room_id(team, month), Some(month.begins_s()), None));
        for (shown, opened_s, cut) in cases.into_iter().chain([(id, None, Some((id, 1)))]) {
            let fed = Feed { loot: loot.clone(), shown: vec![(shown, id)], cut, push: false, opened_s };
            let address = world.live.address.through(Rc::new(fed));
            let mut page = Page::start(&address, None, None).await.unwrap();
            let _ = world.mara_log_in.enter(&mut page).await;
            page.until("the hard stop", |model| model.conflict.is_some()).await.unwrap();
            assert_eq!(page.model.conflict, Some(Conflict::Conversation), "{shown}");
            assert!(page.model.texts(shown).is_empty());
        }
        let mut desk = world.desk(&world.mara_log_in).await;
        open(&mut desk, id).await;
        reads(&mut desk, id, "unter uns").await;
        assert_eq!(desk.model.conflict, None);
    });
}
