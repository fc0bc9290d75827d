//! Leads read along in talks that somebody has taken as far as the team's rule says, from the next message on, and write
//! nothing there.

use crate::world::{World, failure, open, person, progress, reads, run, seeker};
use beistand_protocol::{
    error::Code,
    id::ConversationId,
    worker::{Call, Failure, Progress, ReaderView, Reply, StateView},
};
use beistand_tests::page::Page;

async fn say(world: &mut World, leads: bool) {
    let team = world.team;
    world.office.call(Call::ReadAlong { team, leads }).await.unwrap();
    assert!(world.office.model.teams.iter().all(|known| known.leads_read_along == leads));
}

/// The seeker writes, and whoever holds the talk reads it.
async fn told(world: &mut World, first: &mut Page, talk: ConversationId, text: &str) {
    first.send(Some(talk), text).await.unwrap();
    reads(&mut world.mara, talk, text).await;
}

#[test]
fn p05_leads_read_along_only_where_the_rule_says_so() {
    run(async {
        let mut world = World::new().await;
        // Otherwise lead and holder would be the whole team.
        drop(world.colleague("Jonas").await);
        say(&mut world, false).await;
        let (mut first, _) = world.seeker(&seeker("Vier Augen")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        open(&mut world.office, talk).await;
        reads(&mut world.office, talk, "hallo").await;
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        told(&mut world, &mut first, talk, "nur für Mara").await;
        let holder = ReaderView::Person(person(&world.mara), "Mara".into(), false);
        let alone = [ReaderView::Seeker, holder];
        assert_eq!(first.model.conversations[&talk].readers, alone);
        world.office.until("out of sight", |model| model.gone.contains(&talk)).await.unwrap();
        let refused = failure(world.office.call(Call::Release { conversation: talk }).await);
        assert!(matches!(refused, Failure::Server(Code::NotFound, _) | Failure::NotNow), "{refused:?}");

        // With the rule: from the next message on, and as the team's history rule has it what was before.
        say(&mut world, true).await;
        told(&mut world, &mut first, talk, "mit der Leitung").await;
        let lead = ReaderView::Person(person(&world.office), "Renate Vogt".into(), true);
        first.until("the lead", |model| model.conversations[&talk].readers.contains(&lead)).await.unwrap();
        open(&mut world.office, talk).await;
        reads(&mut world.office, talk, "mit der Leitung").await;
        let mara = StateView::Colleague(person(&world.mara), "Mara".into());
        assert_eq!(world.office.model.conversations[&talk].state, mara);
        // She writes nothing, and what she sees counts for nobody as read.
        let words = world.office.send(Some(talk), "ich bin auch da").await;
        assert_eq!(failure(words.map(|_| Reply::Done)), Failure::Server(Code::AlreadyClaimed, None));
        world.office.call(Call::Seen { conversation: talk }).await.unwrap();
        // What she sees of a talk that waits is confirmed, and with it would be the other.
        let (mut other, _) = world.seeker(&seeker("Ahorn 5")).await;
        let waits = other.send(None, "auch da").await.unwrap();
        open(&mut world.office, waits).await;
        reads(&mut world.office, waits, "auch da").await;
        world.office.call(Call::Seen { conversation: waits }).await.unwrap();
        progress(&mut other, waits, "auch da", Progress::Read).await;
        told(&mut world, &mut first, talk, "noch eins").await;
        progress(&mut first, talk, "noch eins", Progress::Delivered).await;
        let confirmed = first.model.line(talk, "mit der Leitung").unwrap().progress;
        assert_eq!(confirmed, Progress::Delivered);

        // Taken back: the very next message is not hers.
        say(&mut world, false).await;
        told(&mut world, &mut first, talk, "wieder nur für Mara").await;
        world.office.until("out of sight", |model| model.gone.contains(&talk)).await.unwrap();
        assert!(!world.office.model.texts(talk).contains(&"wieder nur für Mara"));
        progress(&mut first, talk, "wieder nur für Mara", Progress::Stored).await;
        assert_eq!(first.model.conversations[&talk].readers, alone);

        // Whoever has it leaves: the seeker's next words, and what was before, are the team's again.
        let gone = person(&world.mara);
        world.office.call(Call::RemovePerson { person: gone }).await.unwrap();
        first.send(Some(talk), "ist noch jemand da?").await.unwrap();
        open(&mut world.office, talk).await;
        reads(&mut world.office, talk, "ist noch jemand da?").await;
        assert!(world.office.model.texts(talk).contains(&"wieder nur für Mara"));
        assert_eq!(world.office.model.conflict, None);
        assert_eq!(first.model.conflict, None);
    });
}

#[test]
fn who_reads_along_takes_over_while_the_holder_is_away() {
    run(async {
        let mut world = World::new().await;
        let (mut first, _) = world.seeker(&seeker("Vertretung")).await;
        let talk = first.send(None, "hallo").await.unwrap();
        open(&mut world.mara, talk).await;
        world.mara.call(Call::Claim { conversation: talk }).await.unwrap();
        world.mara.call(Call::LogOut).await.unwrap();
        open(&mut world.office, talk).await;
        let to = person(&world.office);
        world.office.call(Call::HandOver { conversation: talk, to }).await.unwrap();
        let mine = |model: &beistand_tests::page::Model| model.conversations[&talk].state == StateView::Mine;
        world.office.until("taken over", mine).await.unwrap();
        world.office.send(Some(talk), "ich springe ein").await.unwrap();
        reads(&mut first, talk, "ich springe ein").await;
        assert_eq!(first.model.conflict, None);
    });
}
