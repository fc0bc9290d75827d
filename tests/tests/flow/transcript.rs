//! A talk as a whole, for whoever writes it down: all of it and nothing of another's, against a real box; and that the team is
//! told when it was taken out.

use crate::world::{World, failure, open, person, progress, reads, run, seeker, staff};
use beistand_protocol::{
    id::ConversationId,
    limit,
    worker::{
        Author, Call, DocumentedView, Failure, Medium, MessageBody, MessageView, Progress, Remark, Reply,
        Transcript,
    },
};
use beistand_tests::{
    cast::{accept, countersign},
    page::Page,
};

async fn transcript(page: &mut Page, conversation: ConversationId) -> (Transcript, Transcript) {
    match page.call(Call::Transcript { conversation }).await.unwrap() {
        Reply::Transcript { talk, thread } => (talk, thread),
        _ => panic!("no transcript"),
    }
}

fn texts(of: &Transcript) -> Vec<String> {
    let text = |line: &'_ MessageView| match &line.body {
        MessageBody::Text(text) => Some(text.clone()),
        _ => None,
    };
    of.lines.iter().filter_map(text).collect()
}

#[test]
fn p21_a_transcript_is_whole_and_for_who_reads_the_talk_alone() {
    run(async {
        let mut world = World::new().await;
        let mut ben = world.colleague("ben").await;
        let (mut first, _) = world.seeker(&seeker("Erle 4")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        let mut said = vec!["hallo".to_owned()];
        open(&mut first, talk).await;
        // More than one page of what the box gives at once.
        for number in 0..limit::ENVELOPE_PAGE_MAX + 10 {
            said.push(format!("Zeile {number}"));
            first.send(Some(talk), said.last().unwrap()).await.unwrap();
        }
        progress(&mut first, talk, said.last().unwrap(), Progress::Stored).await;
        let thread = world.mara.model.conversations[&talk].thread.unwrap();
        world.mara.call(Call::Show { conversation: thread }).await.unwrap();
        world.mara.send(Some(thread), "Wer liest mit?").await.unwrap();
        progress(&mut world.mara, thread, "Wer liest mit?", Progress::Stored).await;

        // From a browser that has shown nothing of it; and what comes while the live channel is broken is there.
        let mut desk = world.desk(&world.mara_log_in).await;
        desk.until("the talk", |model| model.conversations.contains_key(&thread)).await.unwrap();
        let (whole, beside) = transcript(&mut desk, talk).await;
        assert_eq!(texts(&whole), said);
        assert!(whole.lines.iter().any(|line| line.body == MessageBody::Claimed));
        assert_eq!((whole.unreadable, whole.unsent, beside.unreadable, beside.unsent), (0, 0, 0, 0));
        assert_eq!(texts(&beside), ["Wer liest mit?"]);
        desk.cut(true);
        said.push("zuletzt".to_owned());
        first.send(Some(talk), "zuletzt").await.unwrap();
        progress(&mut first, talk, "zuletzt", Progress::Stored).await;
        let (whole, _) = transcript(&mut desk, talk).await;
        assert_eq!(texts(&whole), said);
        // What could not be sent is not said to be there.
        desk.send(Some(talk), "ungesendet").await.unwrap();
        let (whole, _) = transcript(&mut desk, talk).await;
        assert_eq!((texts(&whole).len(), whole.unsent), (said.len(), 1));

        // A thread is none, and who does not read the talk gets nothing.
        for (page, what) in [(&mut world.mara, thread), (&mut ben, talk), (&mut first, talk)] {
            let asked = page.call(Call::Transcript { conversation: what }).await;
            assert_eq!(failure(asked), Failure::NotNow);
        }
        for page in [&desk, &first, &ben, &world.mara] {
            assert_eq!(page.model.conflict, None);
        }
    });
}

#[test]
fn p21_the_team_reads_who_took_a_talk_out_and_the_seeker_does_not() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Ulme 9")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        for (on, anonymised) in [(Medium::File, true), (Medium::Paper, false)] {
            let remark = Remark::Documented { on, anonymised };
            world.mara.call(Call::Remark { conversation: talk, remark }).await.unwrap();
        }
        let by = Author::Staff(person(&world.mara), "Mara".into());
        let is = |view: &DocumentedView, on, anonymised| {
            view.by == by && view.on == on && view.anonymised == anonymised
        };
        let mut desk = world.desk(&world.office_log_in).await;
        desk.until("both", |model| {
            let mut threads = model.conversations.values().filter(|view| view.about == Some(talk));
            threads.any(|thread| {
                matches!(&thread.remarks.documented[..], [saved, printed]
                    if is(saved, Medium::File, true) && is(printed, Medium::Paper, false))
            })
        })
        .await
        .unwrap();
        // Nobody has to read it.
        assert!(
            desk.model
                .conversations
                .values()
                .filter(|view| view.about.is_some())
                .all(|thread| thread.unread == 0)
        );
        world.mara.send(Some(talk), "Ich bin da.").await.unwrap();
        open(&mut first, talk).await;
        reads(&mut first, talk, "Ich bin da.").await;
        assert!(first.model.conversations.keys().eq([&talk]) && first.model.messages.keys().eq([&talk]));
        assert!(!first.model.lines(talk).iter().any(|line| matches!(line.body, MessageBody::Remark(_))));
    });
}

#[test]
fn who_has_new_keys_has_the_whole_transcript_again() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Weide 3")).await;
        let talk = first.send(None, "mit alten Schlüsseln").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.send(Some(talk), "auch noch").await.unwrap();
        reads(&mut first, talk, "auch noch").await;

        let renew = Call::Reinvite { person: person(&world.mara) };
        let address = world.live.address.clone();
        let mut page = accept(&address, &mut world.office, renew, &staff("mara.neu")).await.unwrap();
        countersign(&mut world.office).await.unwrap();
        first.send(Some(talk), "mit neuen").await.unwrap();
        open(&mut page, talk).await;
        reads(&mut page, talk, "mit neuen").await;
        let (whole, _) = transcript(&mut page, talk).await;
        assert_eq!(texts(&whole), ["mit alten Schlüsseln", "auch noch", "mit neuen"]);
        assert_eq!(whole.unreadable, 0);
    });
}
