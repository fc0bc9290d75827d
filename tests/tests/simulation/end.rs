//! What is asked after each step, once everything is well again, and long after that.

use super::{
    device::Device,
    network::{Cable, Weather},
    station::DiskFault,
    world::{Person, World},
};
use beistand_protocol::{
    error::Code,
    id::ConversationId,
    worker::{Call, Failure, MessageBody, Progress},
};
use std::{collections::BTreeMap, rc::Rc, time::Duration};
use tokio::time::sleep;

impl World {
    /// After each step.
    pub(super) fn check(&self) {
        assert!(!super::panicked(), "something panicked beside");
        let stopped = self.stop.is_some_and(|stop| self.trace.count() >= stop.0);
        assert!(!stopped, "broken off on purpose");
        let mut oracle = self.oracle.borrow_mut();
        oracle.catch_up();
        for (number, seeker) in self.seekers.iter().enumerate() {
            seeker.gone.set(oracle.is_gone(number));
        }
        for person in self.everybody() {
            let Some(who) = person.who.get() else { continue };
            for device in person.devices.borrow().iter() {
                oracle.check_page(who, &device.name, &device.model.borrow());
            }
            for (thief, device) in person.thieves.borrow().iter() {
                oracle.check_page(who, &device.name, &device.model.borrow());
                oracle.check_thief(thief, &device.name, &device.model.borrow());
            }
        }
        oracle.check_acknowledged();
    }

    pub(super) async fn settle(&self) {
        self.settled.set(true);
        self.network.set_weather(Weather::FINE);
        self.station.set_fault(DiskFault::None);
        self.set_box_clock(0, true);
        for device in self.all_devices() {
            device.link.set_cable(Cable::Plugged);
            device.link.clock().go_wrong_by_ms(0);
        }
        // Whatever waits for time-outs and pauses comes to its end.
        for _ in 0..12 {
            self.revive().await;
            sleep(Duration::from_secs(10)).await;
            self.check();
        }
    }

    /// Once everything is well again: nothing hangs, and a clean browser finds all of it.
    pub(super) async fn check_end(self: &Rc<Self>) {
        let storage = self.station.storage().unwrap();
        self.oracle.borrow_mut().compare(&*storage, |id| storage.has_key(id));
        for person in self.everybody() {
            for device in person.devices.borrow().iter().filter(|device| device.is_logged_in()) {
                let model = device.model.borrow();
                let lines = model.messages.values().flat_map(BTreeMap::values);
                let hangs = lines.clone().find(|line| line.progress == Progress::Sending);
                assert!(hangs.is_none(), "{}: {:?} hangs", device.name, hangs.map(|line| line.id));
            }
            for (thief, device) in person.thieves.borrow().iter() {
                let renewed = self.oracle.borrow().renewals(thief.of) > thief.renewals;
                let out = !renewed || !device.is_logged_in();
                assert!(out, "{} is still logged in after a change of keys", device.name);
            }
        }
        for (number, seeker) in self.seekers.iter().enumerate() {
            let device = self.page(seeker, true).await.expect("the box answers");
            let entered = self.enter_at_last(seeker, &device).await;
            if seeker.gone.get() {
                let refused = Err(Failure::Server(Code::WrongCredentials, None));
                assert_eq!(entered, refused, "{}: an account that is gone", device.name);
                continue;
            }
            assert_eq!(entered.err(), None, "{}: the log-in", device.name);
            self.check_former(seeker).await;
            self.check_finds_all(number, &device).await;
            self.arrive(seeker, device);
        }
        self.check();
    }

    /// Logs in, whatever went wrong before: whoever guessed often has to wait.
    async fn enter_at_last(&self, person: &Person, device: &Device) -> Result<(), Failure> {
        let mut entered = self.enter(person, device).await;
        for _ in 0..5 {
            if !matches!(entered, Err(Failure::Server(Code::TooManyTries, _))) {
                break;
            }
            sleep(Duration::from_secs(120)).await;
            entered = self.enter(person, device).await;
        }
        entered.map(drop)
    }

    /// A former password opens nothing.
    async fn check_former(&self, person: &Person) {
        let former = person.former.borrow().last().cloned();
        if let Some(password) = former {
            let thief = self.page(person, true).await.expect("the box answers");
            let answer = thief.ask(Call::LogIn { name: person.name(), password }).await;
            assert!(answer.is_err(), "{}: a former password opens", thief.name);
        }
    }

    async fn check_finds_all(&self, number: usize, device: &Device) {
        let expected: Vec<(ConversationId, Vec<String>)> = {
            let oracle = self.oracle.borrow();
            let own = oracle.texts_of(number);
            own.into_iter().map(|(id, texts)| (id, texts.into_iter().map(str::to_owned).collect())).collect()
        };
        device.until(10, |model| model.conversations.len() == expected.len()).await;
        for (conversation, texts) in expected {
            device.must(Call::Show { conversation }).await;
            let shown = device.until(30, |model| model.texts(conversation) == texts).await;
            let seen: Vec<_> = device
                .model
                .borrow()
                .lines(conversation)
                .iter()
                .filter_map(|line| match &line.body {
                    MessageBody::Text(text) => Some(text.clone()),
                    _ => None,
                })
                .collect();
            assert!(shown, "{}: sees {seen:?} instead of {texts:?}", device.name);
        }
    }

    /// When everything's time is over, everything is gone.
    pub(super) async fn check_long_after(&self) {
        // A day for the daily job to correct what a clock that ran ahead has written down.
        for days in [1, i64::from(self.retention_days)] {
            self.trace.note(&format!("the last {days} days go by"));
            self.pass_days(days).await;
            sleep(Duration::from_secs(90)).await;
            self.check();
        }
        let storage = self.station.storage().unwrap();
        let mut oracle = self.oracle.borrow_mut();
        oracle.compare(&*storage, |id| storage.has_key(id));
        oracle.check_all_over(&*storage);
    }
}
