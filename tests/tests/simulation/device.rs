//! A browser with one page: the real client, its driver, and what the page shows.

use super::{
    chance::Chance,
    clock::SimulatedClock,
    network::{Link, Network, Surroundings},
    trace::Trace,
};
use beistand_protocol::worker::{Call, Failure, FromWorker, Reply, ToWorker};
use beistand_server::listen::ClientAddress;
use beistand_tests::page::Model;
use beistand_vault::client::{Client, Input};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};
use tokio::sync::{mpsc, oneshot};

type Answer = oneshot::Sender<Result<Reply, Failure>>;

/// A device. Dropping it closes the page at once.
pub struct Device {
    pub name: String,
    events: mpsc::UnboundedSender<Option<Input>>,
    answers: Rc<RefCell<BTreeMap<u32, Answer>>>,
    number: RefCell<u32>,
    /// What the page shows.
    pub model: Rc<RefCell<Model>>,
    pub link: Rc<Link>,
}

impl Drop for Device {
    fn drop(&mut self) {
        self.link.close();
        let _ = self.events.send(None);
    }
}

impl Device {
    pub fn new(
        name: &str,
        network: &Rc<Network>,
        chance: &Chance,
        address: ClientAddress,
        clock: SimulatedClock,
        trace: &Trace,
    ) -> Rc<Self> {
        let (events, mut inbox) = mpsc::unbounded_channel::<Option<Input>>();
        let told = events.clone();
        let link = Link::new(name, network, chance, address, clock, move |input| {
            let _ = told.send(Some(input));
        });
        let model = Rc::new(RefCell::new(Model::default()));
        let answers = Rc::new(RefCell::new(BTreeMap::<u32, Answer>::new()));
        let random = Box::new(chance.fork(name).keys());
        let mut client = Client::new(Surroundings(link.clone()), random);
        let (shown, asked) = (model.clone(), answers.clone());
        let first_tick = Duration::from_millis(chance.fork(name).below(1000));
        let (trace, of) = (trace.clone(), name.to_owned());
        tokio::task::spawn_local(async move {
            let begin = tokio::time::Instant::now() + first_tick;
            let mut tick = tokio::time::interval_at(begin, Duration::from_secs(1));
            tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
            loop {
                let input = tokio::select! {
                    biased;
                    input = inbox.recv() => match input {
                        Some(Some(input)) => input,
                        Some(None) | None => break,
                    },
                    _ = tick.tick() => Input::Tick,
                };
                client.handle(input).await;
                for post in client.take_posts() {
                    match post {
                        FromWorker::News(news) => shown.borrow_mut().apply(news),
                        FromWorker::Reply { number, reply } => {
                            let told = match &reply {
                                Ok(_) => "done".to_owned(),
                                Err(failure) => format!("{failure:?}"),
                            };
                            trace.note(&format!("{of}: call {number} {told}"));
                            if let Some(answer) = asked.borrow_mut().remove(&number) {
                                let _ = answer.send(reply);
                            }
                        }
                    }
                }
            }
        });
        Rc::new(Self { name: name.to_owned(), events, answers, number: RefCell::new(0), model, link })
    }

    /// Asks for something; the answer may come late or, if the page closes, never.
    pub fn call(&self, call: Call) -> oneshot::Receiver<Result<Reply, Failure>> {
        let mut number = self.number.borrow_mut();
        *number += 1;
        let (answer, answered) = oneshot::channel();
        self.answers.borrow_mut().insert(*number, answer);
        let asked = ToWorker { number: *number, call };
        let _ = self.events.send(Some(Input::Call(Box::new(asked))));
        answered
    }

    /// Asks and waits; a page that was closed meanwhile is like a network that is gone.
    pub async fn ask(&self, call: Call) -> Result<Reply, Failure> {
        self.call(call).await.unwrap_or(Err(Failure::Network))
    }

    /// Asks and waits for what must succeed.
    pub async fn must(&self, call: Call) -> Reply {
        match self.call(call).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(failure)) => panic!("{}: a call failed: {failure:?}", self.name),
            Err(_) => panic!("{}: a call was never answered", self.name),
        }
    }

    /// Waits until the page shows something, at most `seconds`.
    pub async fn until(&self, seconds: u64, condition: impl Fn(&Model) -> bool) -> bool {
        for _ in 0..seconds * 10 {
            if condition(&self.model.borrow()) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        false
    }

    /// Whether somebody is logged in.
    pub fn is_logged_in(&self) -> bool {
        use beistand_protocol::worker::SessionView;
        let model = self.model.borrow();
        matches!(model.session, Some(SessionView::Seeker { .. } | SessionView::Staff { .. }))
    }
}
