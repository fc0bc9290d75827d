//! A conversation that takes no more messages: nobody is stuck.

use crate::world::{World, close, failure, open, progress, reads, run, seeker};
use beistand_protocol::{
    error::Code,
    worker::{Call, Failure, MessageBody, Progress, Reply, StateView},
};
use beistand_tests::page::{Model, Page};

#[test]
fn what_a_full_conversation_does_not_take_begins_a_new_one() {
    const FULL_FROM: u64 = 12;
    run(async {
        let mut world = World::new().await;
        // Only devices that know the shorter measure.
        world.mara.call(Call::LogOut).await.unwrap();
        world.office.call(Call::LogOut).await.unwrap();
        let address = world.live.address.full_from(FULL_FROM);
        let lila = seeker("Volles Glas");
        let (first, code) = world.seeker(&lila).await;
        drop(first);
        let mut page = Page::start(&address, Some(world.site), Some(world.pin.clone())).await.unwrap();
        lila.enter(&mut page).await.unwrap();
        let mut desk = Page::start(&address, None, None).await.unwrap();
        world.mara_log_in.enter(&mut desk).await.unwrap();

        let old = page.send(None, "1").await.unwrap();
        progress(&mut page, old, "1", Progress::Delivered).await;
        open(&mut desk, old).await;
        desk.call(Call::Claim { conversation: old }).await.unwrap();
        let full = |model: &Model| model.conversations[&old].full;
        let mut before = vec!["1".to_owned()];
        while !full(&page.model) {
            let text = (before.len() + 1).to_string();
            assert_eq!(page.send(Some(old), &text).await.unwrap(), old);
            let confirmed = |model: &Model| {
                model.line(old, &text).is_some_and(|line| line.progress >= Progress::Delivered)
            };
            page.until("a receipt, or none in a full one", |model| full(model) || confirmed(model))
                .await
                .unwrap();
            before.push(text);
        }
        assert!(before.len() > 2);
        desk.until("a full conversation", full).await.unwrap();

        // The counselor is told, and can end it; the seeker writes on, elsewhere.
        let late = desk.send(Some(old), "noch etwas").await;
        assert_eq!(failure(late.map(|_| Reply::Done)), Failure::Server(Code::ConversationFull, None));
        // It could say that it was read with the end; but then it would try without end when there is no room.
        desk.call(Call::Seen { conversation: old }).await.unwrap();
        desk.call(close(old)).await.unwrap();
        let closed = |model: &Model| model.lines(old).iter().any(|line| line.body == MessageBody::Closed);
        page.until("the end", closed).await.unwrap();
        assert!(page.model.lines(old).iter().all(|line| line.progress < Progress::Read));
        page.call(Call::SaveDraft { conversation: Some(old), text: "vier".into() }).await.unwrap();
        let new = page.send(Some(old), "vier").await.unwrap();
        assert_ne!(new, old);
        progress(&mut page, new, "vier", Progress::Stored).await;
        assert_eq!(page.model.conversations[&new].state, StateView::Waiting);
        assert_eq!(page.model.conversations[&old].draft, "");
        assert_eq!(page.send(Some(new), "fünf").await.unwrap(), new);
        open(&mut desk, new).await;
        reads(&mut desk, new, "fünf").await;
        assert_eq!(desk.model.conversations[&new].seeker_name, lila.name);

        // Both stay readable, and take new keys.
        let mut clean = Page::start(&address, Some(world.site), Some(world.pin.clone())).await.unwrap();
        let recover =
            Call::Recover { name: lila.name.clone(), code, password: "neue laterne im garten".into() };
        clean.call(recover).await.unwrap();
        for (talk, texts) in [(old, before), (new, vec!["vier".into(), "fünf".into()])] {
            open(&mut clean, talk).await;
            reads(&mut clean, talk, &texts[texts.len() - 1]).await;
            assert_eq!(clean.model.texts(talk), texts);
        }
        assert_eq!((clean.model.conflict, desk.model.conflict), (None, None));
    });
}
