//! Whose turn it is, as the staff's own clients see it.

use crate::world::{World, close, open, person, reads, run, seeker};
use beistand_protocol::{
    id::{ConversationId, PersonId},
    live::Presence,
    queue::{QueueMode, QueueRules},
    worker::{Call, StateView},
};
use beistand_tests::page::Page;

/// A waiting talk, and to whom it is offered.
async fn offered(page: &mut Page, talk: ConversationId, to: Option<PersonId>) {
    let shown = |state: &StateView, now: Option<PersonId>| *state == StateView::Waiting && now == to;
    page.until("the offer", |model| {
        model.conversations.get(&talk).is_some_and(|view| shown(&view.state, view.offered))
    })
    .await
    .unwrap();
}

/// A talk that was closed and is written in again is read by who held it alone: a colleague who is free is offered
/// what comes after it. What was taken and comes back carries no offer from before.
#[test]
fn a_talk_is_offered_to_nobody_who_can_not_read_it() {
    run(async {
        let mut world = World::new().await;
        let rules =
            QueueRules { mode: QueueMode::Push, talks_max: Some(1), offer_s: 600, ..QueueRules::default() };
        world.office.call(Call::Queue { team: world.team, rules: Some(rules) }).await.unwrap();
        world.office.call(Call::SetPresence(Presence::Away)).await.unwrap();
        let mut ina = world.colleague("Ina").await;
        let (of_mara, of_ina) = (person(&world.mara), person(&ina));
        let take = async |page: &mut Page, talk| {
            open(page, talk).await;
            page.call(Call::Claim { conversation: talk }).await.unwrap();
        };

        world.mara.call(Call::SetPresence(Presence::Available)).await.unwrap();
        // Mara is alone: hers. She closes it and takes the next.
        ina.call(Call::SetPresence(Presence::Away)).await.unwrap();
        let (mut first, _) = world.seeker(&seeker("Anemone")).await;
        let again = first.send(None, "Ist da wer?").await.unwrap();
        offered(&mut world.mara, again, Some(of_mara)).await;
        take(&mut world.mara, again).await;
        world.mara.call(close(again)).await.unwrap();
        let (mut second, _) = world.seeker(&seeker("Calla")).await;
        let busy = second.send(None, "Ich auch.").await.unwrap();
        offered(&mut world.mara, busy, Some(of_mara)).await;
        take(&mut world.mara, busy).await;

        // Ina comes, and Anemone writes again: Ina's turn is the next talk.
        ina.call(Call::SetPresence(Presence::Available)).await.unwrap();
        first.send(Some(again), "Noch etwas.").await.unwrap();
        reads(&mut world.mara, again, "Noch etwas.").await;
        let (mut third, _) = world.seeker(&seeker("Birnbaum")).await;
        let next = third.send(None, "Und ich.").await.unwrap();
        offered(&mut world.mara, next, Some(of_ina)).await;
        offered(&mut world.mara, again, None).await;

        // She takes it, goes and leaves it to the team: nobody's turn.
        take(&mut ina, next).await;
        world.mara.until("that it is taken", |model| !model.conversations.contains_key(&next)).await.unwrap();
        ina.call(Call::SetPresence(Presence::Away)).await.unwrap();
        ina.call(Call::Release { conversation: next }).await.unwrap();
        offered(&mut world.mara, next, None).await;
        assert_eq!((world.mara.model.conflict, ina.model.conflict), (None, None));
    });
}
