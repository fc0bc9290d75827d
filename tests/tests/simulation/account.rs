//! What people do with their accounts: coming in, new keys, leaving for good; and what others try.

use super::{
    device::Device,
    oracle::{Thief, Who},
    world::{Person, World, parts},
};
use beistand_protocol::{
    error::Code,
    worker::{Call, Failure, Reply},
};
use beistand_tests::cast::LogIn;
use std::{rc::Rc, time::Duration};
use tokio::time::sleep;

/// A request of before has certainly come in by now, or never will.
const LATE: Duration = Duration::from_secs(20);

impl World {
    /// A seeker makes an account. One at a time, so that it is known whose an account is that appears.
    pub(super) async fn sign_up(&self, number: usize) -> Option<()> {
        let seeker = &self.seekers[number];
        let device = self.page(seeker, true).await.ok()?;
        if self.oracle.borrow().signing_up.is_some() {
            return None;
        }
        self.oracle.borrow_mut().signing_up = Some(number);
        let LogIn { name, password } = seeker.log_in.borrow().clone();
        let answer = device.ask(Call::SignUp { name, password }).await;
        if answer.is_err() {
            // It may have happened: the next log-in finds out.
            sleep(LATE).await;
        }
        let mut oracle = self.oracle.borrow_mut();
        oracle.catch_up();
        oracle.signing_up = None;
        seeker.gone.set(oracle.is_gone(number));
        drop(oracle);
        seeker.code.borrow_mut().clear();
        *seeker.code.borrow_mut() = parts(answer.ok()?);
        self.arrive(seeker, device);
        Some(())
    }

    /// A seeker whose account is gone comes back, under the same name.
    pub(super) fn come_back(self: &Rc<Self>, number: usize) {
        let (world, seeker) = (self.clone(), &self.seekers[number]);
        self.begin(seeker, async move {
            let seeker = &world.seekers[number];
            seeker.devices.borrow_mut().clear();
            seeker.written.borrow_mut().clear();
            *seeker.doubt.borrow_mut() = None;
            let back = world.sign_up(number).await;
            world.trace.note(&format!("{} is back: {}", seeker.name(), back.is_some()));
        });
    }

    /// Another browser logs in.
    pub(super) fn log_in(self: &Rc<Self>, person: &Rc<Person>, seeker: bool) -> Option<()> {
        let (world, of) = (self.clone(), person.clone());
        self.begin(person, async move {
            let Ok(device) = world.page(&of, seeker).await else { return };
            if world.enter(&of, &device).await.is_ok() {
                world.arrive(&of, device);
            }
        });
        Some(())
    }

    /// Logs in, with the other password where nobody knows which one counts.
    pub(super) async fn enter(&self, person: &Person, device: &Device) -> Result<Reply, Failure> {
        let LogIn { name, password } = person.log_in.borrow().clone();
        let doubt = person.doubt.borrow().clone();
        let answer = device.ask(Call::LogIn { name: name.clone(), password }).await;
        let (Err(Failure::Server(Code::WrongCredentials, _)), Some(other)) = (&answer, doubt) else {
            return answer;
        };
        let reply = device.ask(Call::LogIn { name, password: other.clone() }).await?;
        // The change had happened; nobody has seen its code.
        *person.doubt.borrow_mut() = None;
        person.code.borrow_mut().clear();
        let former = std::mem::replace(&mut person.log_in.borrow_mut().password, other);
        person.former.borrow_mut().push(former);
        Ok(reply)
    }

    /// New keys: by the code, in a fresh browser, because the password is forgotten; or by the password.
    pub(super) fn renew(self: &Rc<Self>, person: &Rc<Person>, seeker: bool) -> Option<()> {
        let by_code = self.one_in(2);
        if person.doubt.borrow().is_some() || by_code && person.code.borrow().is_empty() {
            return None;
        }
        let (world, of) = (self.clone(), person.clone());
        self.begin(person, async move { world.renew_now(&of, seeker, by_code).await });
        Some(())
    }

    async fn renew_now(&self, of: &Person, seeker: bool, by_code: bool) {
        let open = self.any_device(of);
        let LogIn { name, password: current } = of.log_in.borrow().clone();
        let password = format!("{current}, neu");
        let fresh = if by_code { self.page(of, seeker).await.ok() } else { None };
        let (device, call) = match (&fresh, open) {
            (Some(fresh), _) => {
                let code = of.code.borrow().clone();
                (fresh.clone(), Call::Recover { name, code, password: password.clone() })
            }
            (None, Some(open)) if !by_code => {
                (open, Call::ChangePassword { current: current.clone(), password: password.clone() })
            }
            _ => return,
        };
        self.trace.note(&format!("{} makes new keys, by code: {by_code}", device.name));
        let answer = device.ask(call).await;
        self.trace.note(&format!("{}: new keys: {:?}", device.name, answer.as_ref().err()));
        match answer {
            Ok(reply) => {
                *of.code.borrow_mut() = parts(reply);
                of.log_in.borrow_mut().password = password;
                of.former.borrow_mut().push(current);
                fresh.into_iter().for_each(|fresh| self.arrive(of, fresh));
            }
            // It may have happened: the next log-in finds out.
            Err(_) => *of.doubt.borrow_mut() = Some(password),
        }
    }

    /// "Somebody knows my password": somebody has logged in with it and reads along. The person finds out, sooner or
    /// later, and makes new keys.
    pub(super) fn be_found_out(self: &Rc<Self>, person: &Rc<Person>, seeker: bool) -> Option<()> {
        if person.doubt.borrow().is_some() || !person.thieves.borrow().is_empty() {
            return None;
        }
        let by_code = !person.code.borrow().is_empty() && self.one_in(2);
        let (world, of) = (self.clone(), person.clone());
        let until = Duration::from_millis(self.chance.borrow_mut().between(0, 90_000));
        self.begin(person, async move {
            let Ok(device) = world.page(&of, seeker).await else { return };
            let LogIn { name, password } = of.log_in.borrow().clone();
            if device.ask(Call::LogIn { name, password }).await.is_err() {
                return;
            }
            world.trace.note(&format!("{} is in the wrong hands", device.name));
            world.oracle.borrow_mut().catch_up();
            let thief = Thief::of(of.who.get(), &world.oracle.borrow());
            if let Some(thief) = thief {
                of.thieves.borrow_mut().push((thief, device.clone()));
            }
            // Looks at everything there is.
            let talks: Vec<_> = device.model.borrow().conversations.keys().copied().collect();
            for conversation in talks {
                drop(device.call(Call::Show { conversation }));
            }
            sleep(until).await;
            world.renew_now(&of, seeker, by_code).await;
        });
        Some(())
    }

    /// A seeker wants everything destroyed.
    pub(super) fn leave(self: &Rc<Self>, person: &Rc<Person>, number: usize) -> Option<()> {
        let device = self.any_device(person)?;
        if person.doubt.borrow().is_some() {
            return None;
        }
        let (world, of) = (self.clone(), person.clone());
        self.begin(person, async move {
            let password = of.log_in.borrow().password.clone();
            world.oracle.borrow_mut().leaves(number);
            world.trace.note(&format!("{} asks for the end of the account", device.name));
            let answer = device.ask(Call::DeleteAccount { password }).await;
            world.trace.note(&format!("{}: the end: {:?}", device.name, answer.as_ref().err()));
            if answer.is_ok() {
                let mut oracle = world.oracle.borrow_mut();
                oracle.catch_up();
                assert!(oracle.is_gone(number), "the account is said to be gone and is there");
            }
        });
        Some(())
    }
}

impl Thief {
    fn of(who: Option<Who>, oracle: &super::oracle::Oracle) -> Option<Self> {
        who.map(|of| Self { of, renewals: oracle.renewals(of) })
    }
}
