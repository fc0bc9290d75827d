//! Who gets a conversation: a whole team presses the same button at the same moment.

use crate::world::{World, failure, person, reads, run, seeker};
use beistand_protocol::{
    error::Code,
    login::simulation::dangerous_stretch_cheaply_on_this_thread,
    worker::{Call, Failure, MessageBody, StateView},
};

/// Counselors who press.
const COUNSELORS: usize = 50;

#[test]
fn of_fifty_counselors_who_claim_at_once_one_wins_and_the_others_are_told() {
    // Fifty accounts: what they stretch is not what is tested here.
    dangerous_stretch_cheaply_on_this_thread();
    run(async {
        let mut world = World::new().await;
        let mut team = Vec::new();
        while team.len() < COUNSELORS {
            team.push(world.colleague(&format!("Beratung {}", team.len())).await);
        }
        let (mut first, _) = world.seeker(&seeker("Umworben")).await;
        let talk = first.send(None, "Ist da jemand?").await.unwrap();
        for page in &mut team {
            page.until("the conversation", |model| model.conversations.contains_key(&talk)).await.unwrap();
            page.call(Call::Show { conversation: talk }).await.unwrap();
            reads(page, talk, "Ist da jemand?").await;
        }
        // All have pressed before anybody has an answer.
        let asked: Vec<u32> =
            team.iter_mut().map(|page| page.ask(Call::Claim { conversation: talk }).unwrap()).collect();
        let mut winners = Vec::new();
        for (page, number) in team.iter_mut().zip(asked) {
            match page.answer(number).await {
                Ok(_) => winners.push(person(page)),
                lost => assert_eq!(failure(lost), Failure::Server(Code::AlreadyClaimed, None)),
            }
        }
        assert_eq!(winners.len(), 1);
        // Everybody who still sees it agrees, the seeker too.
        first
            .until("the claim", |model| {
                model.lines(talk).iter().filter(|line| line.body == MessageBody::Claimed).count() == 1
            })
            .await
            .unwrap();
        for page in &mut team {
            let own = person(page);
            page.until("the holder", |model| match model.conversations.get(&talk).map(|view| &view.state) {
                Some(StateView::Mine) => own == winners[0],
                Some(StateView::Colleague(holder, _)) => *holder == winners[0] && own != winners[0],
                None => own != winners[0],
                _ => false,
            })
            .await
            .unwrap();
            assert_eq!(page.model.conflict, None);
        }
    });
}
