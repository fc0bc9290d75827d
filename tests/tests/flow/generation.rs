//! A team whose generations fit into no single answer: they are read page by page.

use crate::world::{World, open, reads, run, seeker};
use beistand_protocol::{
    api::{TeamGenerations, route},
    codec::{decode, encode},
    worker::{Call, Reply},
};
use beistand_tests::{native::Between, page::Page};
use beistand_vault::client::transport::{Method, Response};
use std::{cell::Cell, rc::Rc};

/// Keeps back all but the first generation of each answer, as if the others had not fitted.
#[derive(Default)]
struct OneAtATime {
    read: Cell<u32>,
    recovered: Cell<u32>,
}

impl Between for OneAtATime {
    fn answer(&self, method: Method, path: &str, _: &[u8], mut response: Response) -> Response {
        let reads = method == Method::Get && path.contains("/generation/");
        let recovers = path == route::RECOVERY_GENERATIONS;
        if response.status == 200 && (reads || recovers) {
            let mut page: TeamGenerations = decode(&response.body).unwrap();
            page.generations.truncate(1);
            let count = if reads { &self.read } else { &self.recovered };
            count.set(count.get() + page.generations.len() as u32);
            response.body = encode(&page);
        }
        response
    }

    fn frame(&self, frame: Vec<u8>) -> Vec<Vec<u8>> {
        vec![frame]
    }
}

#[test]
fn a_team_of_many_generations_is_read_page_by_page() {
    /// More than an envelope is tried again for.
    const COLLEAGUES: [&str; 5] = ["Jonas", "Kim", "Ina", "Tom", "Lea"];
    run(async {
        let mut world = World::new().await;
        let lila = seeker("Lila");
        let (mut first, code) = world.seeker(&lila).await;
        let talk = first.send(None, "früh").await.unwrap();
        open(&mut world.mara, talk).await;
        reads(&mut world.mara, talk, "früh").await;
        for name in COLLEAGUES {
            let mut colleague = world.colleague(name).await;
            // A member's next generation has a box for the newcomer, and the past with it.
            open(&mut colleague, talk).await;
            reads(&mut colleague, talk, "früh").await;
        }
        first.send(Some(talk), "spät").await.unwrap();
        reads(&mut world.mara, talk, "spät").await;

        // Staff, from a clean browser.
        let between = Rc::new(OneAtATime::default());
        let address = world.live.address.through(between.clone());
        let mut desk = Page::start(&address, None, None).await.unwrap();
        world.mara_log_in.enter(&mut desk).await.unwrap();
        open(&mut desk, talk).await;
        reads(&mut desk, talk, "spät").await;
        assert_eq!(desk.model.texts(talk), ["früh", "spät"]);
        let generations = between.read.get();
        assert!(generations as usize > COLLEAGUES.len(), "{generations} generations");
        desk.call(Call::Claim { conversation: talk }).await.unwrap();
        // What is known is not read again.
        assert_eq!(between.read.get(), generations);

        // A seeker with the recovery code, and with a new password.
        let (site, pin) = (Some(world.site), Some(world.pin.clone()));
        let mut page = Page::start(&address, site, pin).await.unwrap();
        let password = "neue laterne im garten";
        let recover = Call::Recover { name: lila.name.clone(), code, password: password.into() };
        assert!(matches!(page.call(recover).await.unwrap(), Reply::RecoveryCode { .. }));
        assert_eq!(between.recovered.get(), generations);
        open(&mut page, talk).await;
        reads(&mut page, talk, "spät").await;
        let change =
            Call::ChangePassword { current: password.into(), password: "noch eine laterne bitte".into() };
        assert!(matches!(page.call(change).await.unwrap(), Reply::RecoveryCode { .. }));
        page.send(Some(talk), "ich wieder").await.unwrap();
        reads(&mut desk, talk, "ich wieder").await;
        assert_eq!((page.model.conflict, desk.model.conflict), (None, None));
    });
}
