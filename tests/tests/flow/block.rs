//! Somebody whom the staff have blocked: against a real box, by the clients of staff and seekers.

use crate::world::{World, failure, open, reads, run, seeker};
use beistand_protocol::{
    closing::{Closing, ClosingReason},
    error::Code,
    id::ConversationId,
    worker::{Call, Failure, MessageBody, Reply, StateView},
};
use beistand_tests::page::{Model, Page};

fn block(conversation: ConversationId) -> Call {
    let closing = Closing { reason: ClosingReason::Blocked, topic: None };
    Call::Close { conversation, closing, topic: Some("Drohungen".into()) }
}

async fn is(page: &mut Page, talk: ConversationId, what: &str, wanted: StateView) {
    let stands = |model: &Model| model.conversations.get(&talk).is_some_and(|view| view.state == wanted);
    page.until(what, stands).await.unwrap();
}

/// Whether a text was refused for that reason.
async fn is_refused(page: &mut Page, talk: ConversationId, text: &str) {
    let sent = page.send(Some(talk), text).await;
    assert_eq!(failure(sent.map(|_| Reply::Done)), Failure::Server(Code::Blocked, None));
}

#[test]
fn who_is_blocked_reads_and_writes_nothing_until_a_lead_lifts_it() {
    run(async {
        let mut world = World::new().await;
        let log_in = seeker("Distel 4");
        let (mut first, _) = world.seeker(&log_in).await;
        let talk = first.send(None, "eine Drohung").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.call(block(talk)).await.unwrap();
        for page in [&mut first, &mut world.mara, &mut world.office] {
            is(page, talk, "the end", StateView::Blocked).await;
        }
        world
            .office
            .until("why", |model| {
                let threads = model.conversations.values().filter(|view| view.about == Some(talk));
                let mut closings = threads.flat_map(|thread| &thread.remarks.closings);
                closings.any(|closing| {
                    closing.reason == ClosingReason::Blocked && closing.topic.as_deref() == Some("Drohungen")
                })
            })
            .await
            .unwrap();
        // From another device it is the same, and what was written stays readable.
        let mut second = world.browser().await;
        log_in.enter(&mut second).await.unwrap();
        is(&mut second, talk, "the end", StateView::Blocked).await;
        open(&mut second, talk).await;
        reads(&mut second, talk, "eine Drohung").await;
        is_refused(&mut second, talk, "noch eine").await;
        is_refused(&mut first, talk, "und noch eine").await;

        // Who leads nothing doesn't lift it.
        let lifted = world.mara.call(Call::Unblock { conversation: talk }).await;
        assert_eq!(failure(lifted), Failure::Server(Code::Forbidden, None));
        open(&mut world.office, talk).await;
        world.office.call(Call::Unblock { conversation: talk }).await.unwrap();
        for page in [&mut second, &mut world.mara, &mut world.office] {
            is(page, talk, "lifted", StateView::Closed).await;
        }
        second.send(Some(talk), "Entschuldigung").await.unwrap();
        is(&mut world.mara, talk, "waiting again", StateView::Waiting).await;
        reads(&mut world.mara, talk, "Entschuldigung").await;
        let lines = world.mara.model.lines(talk);
        let bodies = [MessageBody::Blocked, MessageBody::Unblocked, MessageBody::Reopened];
        let places = bodies.map(|body| lines.iter().position(|line| line.body == body).unwrap());
        assert!(places.is_sorted(), "{places:?}");
        let words =
            |line: &&&beistand_protocol::worker::MessageView| matches!(line.body, MessageBody::Text(_));
        assert_eq!(lines.iter().filter(words).count(), 2);
        for page in [&second, &first, &world.mara, &world.office] {
            assert_eq!(page.model.conflict, None);
        }
    });
}
