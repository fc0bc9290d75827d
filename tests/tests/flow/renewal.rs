//! A counselor whose passphrase and recovery code are lost: new keys by a fresh invitation, against a real box.

use crate::world::{World, failure, open, person, reads, run, seeker, staff};
use beistand_protocol::{
    error::Code,
    worker::{Call, EndReason, Failure, RenewalView, Reply, SessionView},
};
use beistand_tests::cast::{accept, countersign};

#[test]
fn new_keys_open_nothing_before_the_countersignature_and_everybody_hears_who_gave_it() {
    run(async {
        let mut world = World::new().await;
        let mut ben = world.colleague("ben").await;
        let mara = person(&world.mara);
        let (mut lila, _) = world.seeker(&seeker("lila")).await;
        let waiting = lila.send(None, "Ist da jemand?").await.unwrap();
        open(&mut world.mara, waiting).await;
        reads(&mut world.mara, waiting, "Ist da jemand?").await;
        // A talk that she holds stays hers: what comes after is sealed to the new keys.
        let (mut jonas, _) = world.seeker(&seeker("jonas")).await;
        let held = jonas.send(None, "Guten Abend").await.unwrap();
        open(&mut world.mara, held).await;
        world.mara.call(Call::Claim { conversation: held }).await.unwrap();
        world.mara.send(Some(held), "Guten Abend!").await.unwrap();
        reads(&mut jonas, held, "Guten Abend!").await;

        let address = world.live.address.clone();
        let anew = staff("mara.neu");
        let renew = Call::Reinvite { person: mara };
        let mut page = accept(&address, &mut world.office, renew, &anew).await.unwrap();
        // Whoever has the link is nobody yet, for the box as for the page.
        let pending = |page: &beistand_tests::page::Page| match &page.model.session {
            Some(SessionView::Staff { person, pending, .. }) => (*person, *pending),
            other => panic!("{other:?}"),
        };
        assert!(pending(&page).1 && pending(&page).0 != mara);
        let asked = page.call(Call::PassOn { what: "notice".into(), body: None }).await;
        assert_eq!(failure(asked), Failure::Server(Code::Forbidden, None));
        assert!(page.model.conversations.is_empty());
        assert_eq!(world.mara.model.ended, None);

        countersign(&mut world.office).await.unwrap();
        page.until("the countersignature", |model| {
            matches!(model.session, Some(SessionView::Staff { person, pending: false, .. }) if person == mara)
        })
        .await
        .unwrap();
        open(&mut page, waiting).await;
        reads(&mut page, waiting, "Ist da jemand?").await;
        page.call(Call::Claim { conversation: waiting }).await.unwrap();
        page.send(Some(waiting), "Ja, ich.").await.unwrap();
        reads(&mut lila, waiting, "Ja, ich.").await;
        jonas.send(Some(held), "Sind Sie noch da?").await.unwrap();
        open(&mut page, held).await;
        reads(&mut page, held, "Sind Sie noch da?").await;
        page.send(Some(held), "Ja, mit neuen Schlüsseln.").await.unwrap();
        reads(&mut jonas, held, "Ja, mit neuen Schlüsseln.").await;
        // The lost keys are over, and the team knows by whom.
        world.mara.until("the end", |model| model.ended == Some(EndReason::Revoked)).await.unwrap();
        ben.until("the news", |model| {
            let renewed =
                model.persons.iter().find(|view| view.person == mara).and_then(|view| view.renewed.as_ref());
            matches!(renewed, Some(RenewalView { by, .. }) if by == "Renate Vogt")
        })
        .await
        .unwrap();
        // From another device it is the same person.
        let desk = world.desk(&anew).await;
        assert_eq!(pending(&desk), (mara, false));
        let mut former = world.browser().await;
        assert!(world.mara_log_in.enter(&mut former).await.is_err());
    });
}

#[test]
fn an_administrators_keys_are_not_renewed_by_a_link() {
    run(async {
        let mut world = World::new().await;
        let office = person(&world.office);
        let asked = world.office.call(Call::Reinvite { person: office }).await;
        assert_eq!(failure(asked), Failure::Server(Code::Forbidden, None));
        let asked: Result<Reply, _> = world.mara.call(Call::Reinvite { person: office }).await;
        assert!(asked.is_err());
    });
}
