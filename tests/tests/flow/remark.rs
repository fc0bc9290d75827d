//! What the staff note about a talk beside its words: against a real box, by the clients of staff and seekers.

use crate::world::{World, open, person, reads, run, seeker};
use beistand_protocol::{
    closing::{Closing, ClosingReason},
    id::ConversationId,
    limit,
    worker::{Author, Call, ClosingView, Failure, MessageBody, Remark, RemarksView, Reply},
};
use beistand_tests::page::{Model, Page, PageError};

/// Waits until the thread about a talk comes to this.
async fn noted(page: &mut Page, talk: ConversationId, what: &str, wanted: impl Fn(&RemarksView) -> bool) {
    page.until(what, |model| {
        let threads = model.conversations.values().filter(|view| view.about == Some(talk));
        threads.into_iter().any(|thread| wanted(&thread.remarks))
    })
    .await
    .unwrap();
}

fn tagged(conversation: ConversationId, tag: &str, on: bool) -> Call {
    Call::Remark { conversation, remark: Remark::Tagged { tag: tag.to_owned(), on } }
}

#[test]
fn p21_why_a_talk_was_closed_is_for_the_staff_alone() {
    run(async {
        let mut world = World::new().await;
        let names = ["Familie", "Schule"].map(str::to_owned).to_vec();
        let topics = world.office.call(Call::Topics { team: world.team, names: Some(names) }).await.unwrap();
        let Reply::Topics(topics) = topics else { panic!("no topics") };
        let school = topics.topics[1].clone();
        // Who leads nothing chooses from them, and sets none.
        let set = Call::Topics { team: world.team, names: Some(Vec::new()) };
        assert!(matches!(world.mara.call(set).await, Err(PageError::Failed(Failure::Server(..)))));
        let asked = world.mara.call(Call::Topics { team: world.team, names: None }).await.unwrap();
        assert!(matches!(asked, Reply::Topics(known) if known == topics));

        let (mut first, _) = world.seeker(&seeker("Birke 2")).await;
        let talk = first.send(None, "das war es schon").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        let closing = Closing { reason: ClosingReason::SentOn, topic: Some(school.number) };
        let topic = Some(school.name.clone());
        world.mara.call(Call::Close { conversation: talk, closing, topic }).await.unwrap();
        let mara = Author::Staff(person(&world.mara), "Mara".into());
        let said = |by: &Author, closings: &[ClosingView]| {
            matches!(closings, [one] if one.by == *by && one.reason == ClosingReason::SentOn
                && one.topic.as_deref() == Some("Schule"))
        };
        noted(&mut world.mara, talk, "the end", |remarks| said(&Author::Own, &remarks.closings)).await;
        noted(&mut world.office, talk, "the end", |remarks| said(&mara, &remarks.closings)).await;
        // Nobody has written: there is nothing to read.
        let thread = world.office.model.conversations.values().find(|view| view.about == Some(talk)).unwrap();
        assert_eq!((thread.unread, &thread.last_text), (0, &None));

        // Written in again it waits, and its next end stands beside the first.
        first.send(Some(talk), "doch noch etwas").await.unwrap();
        reads(&mut world.mara, talk, "doch noch etwas").await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        let closing = Closing { reason: ClosingReason::Answered, topic: None };
        world.mara.call(Call::Close { conversation: talk, closing, topic: None }).await.unwrap();
        let mut desk = world.desk(&world.office_log_in).await;
        noted(&mut desk, talk, "both ends", |remarks| {
            let reasons = remarks.closings.iter().map(|closing| closing.reason);
            reasons.eq([ClosingReason::SentOn, ClosingReason::Answered])
        })
        .await;

        let ends =
            |model: &Model| model.lines(talk).iter().filter(|line| line.body == MessageBody::Closed).count();
        first.until("both ends", |model| ends(model) == 2).await.unwrap();
        assert!(first.model.conversations.keys().eq([&talk]) && first.model.messages.keys().eq([&talk]));
        let lines = first.model.lines(talk);
        assert!(!lines.iter().any(|line| matches!(line.body, MessageBody::Remark(_) | MessageBody::Refused)));
        for page in [&desk, &first, &world.mara, &world.office] {
            assert_eq!(page.model.conflict, None);
        }
    });
}

#[test]
fn the_last_word_on_a_tag_counts() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Buche 7")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        open(&mut world.mara, talk).await;
        open(&mut world.office, talk).await;
        let are = |wanted: &'static [&'static str]| move |remarks: &RemarksView| remarks.tags == wanted;
        world.mara.call(tagged(talk, "dringend", true)).await.unwrap();
        world.mara.call(tagged(talk, "Dolmetschen", true)).await.unwrap();
        noted(&mut world.office, talk, "both", are(&["Dolmetschen", "dringend"])).await;
        world.office.call(tagged(talk, "dringend", false)).await.unwrap();
        noted(&mut world.mara, talk, "one", are(&["Dolmetschen"])).await;
        world.mara.call(tagged(talk, "dringend", true)).await.unwrap();
        noted(&mut world.office, talk, "both again", are(&["Dolmetschen", "dringend"])).await;
        // Not beyond the limits, and on no thread.
        let long = "x".repeat(limit::TAG_BYTES_MAX + 1);
        let thread = world.mara.model.conversations[&talk].thread.unwrap();
        for bad in [tagged(talk, &long, true), tagged(talk, " ", true), tagged(thread, "dringend", true)] {
            assert!(matches!(world.mara.call(bad).await, Err(PageError::Failed(_))));
        }
        // From a clean browser the same.
        let mut desk = world.desk(&world.mara_log_in).await;
        noted(&mut desk, talk, "both", are(&["Dolmetschen", "dringend"])).await;
        open(&mut first, talk).await;
        assert!(first.model.conversations.keys().eq([&talk]));
        for page in [&desk, &first, &world.mara, &world.office] {
            assert_eq!(page.model.conflict, None);
        }
    });
}
