//! P14: a membership log that nobody has confirmed for long is told to people, and past the limit
//! only the leads can read what is sealed. Time goes by on the device's clock alone.

use crate::world::{World, open, reads, run, seeker};
use beistand_protocol::{
    id::ConversationId,
    worker::{Call, Confirmation, ReaderView},
};
use beistand_tests::{
    cast::sign_up,
    page::{Model, Page},
};

fn names(model: &Model, conversation: ConversationId) -> Vec<&str> {
    let view = model.conversations.get(&conversation);
    view.iter()
        .flat_map(|view| &view.readers)
        .map(|reader| match reader {
            ReaderView::Seeker => "seeker",
            ReaderView::Team(..) => "team",
            ReaderView::Person(_, name, _) | ReaderView::Guest(name) => name,
        })
        .collect()
}

async fn told(page: &mut Page, wanted: Confirmation) {
    let what = format!("{wanted:?}");
    page.until(&what, |model| model.confirmation == Some(wanted)).await.unwrap();
}

/// Pulls the cable and plugs it in again: the client looks anew.
async fn reconnect(page: &mut Page) {
    use beistand_protocol::worker::Connection::{Connected, Reconnecting};
    page.cut(true);
    page.until("the cut", |model| model.connection == Some(Reconnecting)).await.unwrap();
    page.cut(false);
    page.until("the connection", |model| model.connection == Some(Connected)).await.unwrap();
}

#[test]
fn p14_an_unconfirmed_log_is_told_and_past_the_limit_only_leads_read() {
    run(async {
        let mut world = World::new().await;
        let address = world.live.address.clone();
        let enter = async |days: u64, name: &str| {
            sign_up(&address.days_ahead(days), world.site, &world.pin, &seeker(name)).await.unwrap().0
        };
        // Within the limit of 14 days nothing is said, past it the banner; everybody reads.
        let mut early = enter(13, "falter").await;
        told(&mut early, Confirmation::Recent).await;
        let mut page = enter(14, "lila").await;
        told(&mut page, Confirmation::Old { days: 14 }).await;
        let talk = page.send(None, "Ist da noch jemand?").await.unwrap();
        open(&mut world.mara, talk).await;
        reads(&mut world.mara, talk, "Ist da noch jemand?").await;
        // Past 30 days: the lead alone. The other counselor is not even told that there is a talk.
        let mut page = enter(30, "nomi").await;
        told(&mut page, Confirmation::LeadsOnly { days: 30 }).await;
        let talk = page.send(None, "Nur für die Leitung").await.unwrap();
        page.until("stored", |model| names(model, talk) == ["seeker", "Renate Vogt"]).await.unwrap();
        open(&mut world.office, talk).await;
        reads(&mut world.office, talk, "Nur für die Leitung").await;
        assert!(!world.mara.model.conversations.contains_key(&talk));
        // Mara's browser confirms what it was shown at that time; then the team reads again.
        let mut mara = Page::start(&address.days_ahead(30), None, None).await.unwrap();
        world.mara_log_in.enter(&mut mara).await.unwrap();
        reconnect(&mut page).await;
        told(&mut page, Confirmation::Recent).await;
        page.send(Some(talk), "Jetzt wieder alle").await.unwrap();
        page.until("the team", |model| names(model, talk) == ["seeker", "team"]).await.unwrap();
        open(&mut world.mara, talk).await;
        reads(&mut world.mara, talk, "Jetzt wieder alle").await;
    });
}

#[test]
fn p14_ones_own_word_confirms_nothing_to_oneself() {
    run(async {
        let mut world = World::new().await;
        let address = world.live.address.days_ahead(20);
        // Her browser of an earlier day could still confirm what it saw then, and a box keeps her last word.
        world.mara.call(Call::LogOut).await.unwrap();
        let mut mara = Page::start(&address, None, None).await.unwrap();
        world.mara_log_in.enter(&mut mara).await.unwrap();
        told(&mut mara, Confirmation::Old { days: 20 }).await;
        // Looking again, with the own sighting on the server, changes nothing.
        reconnect(&mut mara).await;
        let mut office = Page::start(&address, None, None).await.unwrap();
        world.office_log_in.enter(&mut office).await.unwrap();
        told(&mut office, Confirmation::Recent).await;
        assert_eq!(mara.model.confirmation, Some(Confirmation::Old { days: 20 }));
        reconnect(&mut mara).await;
        told(&mut mara, Confirmation::Recent).await;
    });
}
