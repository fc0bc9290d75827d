//! What people do, one step at a time.

use super::{
    device::Device,
    oracle::Who,
    world::{Person, World, parts},
};
use beistand_protocol::{
    error::Code,
    id::{ConversationId, MessageId, PersonId},
    live::Presence,
    worker::{Author, Call, Failure, Progress, Reply, StateView},
};
use beistand_tests::cast::LogIn;
use std::rc::Rc;

impl World {
    pub(super) fn seeker_step(self: &Rc<Self>) -> Option<()> {
        let person = self.pick(&self.seekers)?;
        let who = person.who.get().filter(|_| !person.gone.get())?;
        let device = match self.any_device(&person) {
            Some(device) => device,
            None => return self.log_in(&person, true),
        };
        let talks: Vec<_> = device.model.borrow().conversations.keys().copied().collect();
        let choice = self.chance.borrow_mut().below(20);
        match choice {
            0..9 => {
                let open = talks.is_empty() || self.one_in(12);
                // One at a time: pages open a conversation only when there is none.
                let conversation = if open && talks.len() < 3 { None } else { self.pick(&talks) };
                self.send(who, &device, conversation);
            }
            9..11 => drop(device.call(Call::Seen { conversation: self.pick(&talks)? })),
            11 => drop(device.call(Call::Show { conversation: self.pick(&talks)? })),
            12 => drop(device.call(Call::Typing { conversation: self.pick(&talks)? })),
            13 => {
                let text = format!("halb geschrieben {}", self.texts.get());
                drop(device.call(Call::SaveDraft { conversation: self.pick(&talks), text }));
            }
            14 => drop(device.call(Call::LogOut)),
            15 => {
                // The page is closed, or the browser dies.
                person.devices.borrow_mut().retain(|open| !Rc::ptr_eq(open, &device));
            }
            16..18 if person.devices.borrow().len() < 3 => self.log_in(&person, true)?,
            18 => self.renew(&person, true)?,
            19 => {
                let id = self.failed(&device)?;
                drop(device.call(Call::SendAgain { conversation: id.0, id: id.1 }));
            }
            _ => {}
        }
        Some(())
    }

    fn failed(&self, device: &Device) -> Option<(ConversationId, MessageId)> {
        let model = device.model.borrow();
        let failed: Vec<_> = model
            .messages
            .iter()
            .flat_map(|(talk, lines)| lines.values().map(move |line| (*talk, line)))
            .filter(|(_, line)| line.progress == Progress::Failed && line.author == Author::Own)
            .map(|(talk, line)| (talk, line.id))
            .collect();
        self.pick(&failed)
    }

    /// Another browser logs in.
    fn log_in(self: &Rc<Self>, person: &Rc<Person>, seeker: bool) -> Option<()> {
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
    fn renew(self: &Rc<Self>, person: &Rc<Person>, seeker: bool) -> Option<()> {
        let by_code = self.one_in(2);
        if person.doubt.borrow().is_some() || by_code && person.code.borrow().is_empty() {
            return None;
        }
        let open = self.any_device(person);
        let (world, of) = (self.clone(), person.clone());
        self.begin(person, async move {
            let LogIn { name, password: current } = of.log_in.borrow().clone();
            let password = format!("{current}, neu");
            let fresh = if by_code { world.page(&of, seeker).await.ok() } else { None };
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
            world.trace.note(&format!("{} makes new keys, by code: {by_code}", device.name));
            let answer = device.ask(call).await;
            world.trace.note(&format!("{}: new keys: {:?}", device.name, answer.as_ref().err()));
            match answer {
                Ok(reply) => {
                    *of.code.borrow_mut() = parts(reply);
                    of.log_in.borrow_mut().password = password;
                    of.former.borrow_mut().push(current);
                    fresh.into_iter().for_each(|fresh| world.arrive(&of, fresh));
                }
                // It may have happened: the next log-in finds out.
                Err(_) => *of.doubt.borrow_mut() = Some(password),
            }
        });
        Some(())
    }

    pub(super) fn staff_step(self: &Rc<Self>) -> Option<()> {
        let Some((person, device)) = self.any_staff() else {
            let staff: Vec<_> =
                self.staff.borrow().iter().filter(|person| !person.gone.get()).cloned().collect();
            let person = self.pick(&staff)?;
            return if person.who.get().is_some() { self.log_in(&person, false) } else { None };
        };
        let who = person.who.get()?;
        let (mine, waiting, all) = {
            let model = device.model.borrow();
            let of = |want: fn(&StateView) -> bool| -> Vec<ConversationId> {
                model.conversations.values().filter(|view| want(&view.state)).map(|view| view.id).collect()
            };
            (
                of(|state| *state == StateView::Mine),
                of(|state| *state == StateView::Waiting),
                model.conversations.keys().copied().collect::<Vec<_>>(),
            )
        };
        let choice = self.chance.borrow_mut().below(25);
        match choice {
            0..5 => drop(device.call(Call::Claim { conversation: self.pick(&waiting)? })),
            5..12 => {
                let conversation = self.pick(&mine)?;
                self.send(who, &device, Some(conversation));
            }
            12 => {
                let to = self.colleague(&device)?;
                drop(device.call(Call::HandOver { conversation: self.pick(&mine)?, to }));
            }
            13 => drop(device.call(Call::Release { conversation: self.pick(&mine)? })),
            14 => drop(device.call(Call::Close { conversation: self.pick(&mine)? })),
            15..17 => drop(device.call(Call::Seen { conversation: self.pick(&all)? })),
            17 => drop(device.call(Call::Show { conversation: self.pick(&all)? })),
            18 => {
                let presence = if self.one_in(2) { Presence::Available } else { Presence::Away };
                drop(device.call(Call::SetPresence(presence)));
            }
            19 => person.devices.borrow_mut().retain(|open| !Rc::ptr_eq(open, &device)),
            20 if person.devices.borrow().len() < 2 => self.log_in(&person, false)?,
            21 => {
                let id = self.failed(&device)?;
                drop(device.call(Call::SendAgain { conversation: id.0, id: id.1 }));
            }
            22 if self.one_in(2) => self.remove()?,
            24 => self.renew(&person, false)?,
            23 if self.one_in(2) => {
                let lead = self.staff.borrow()[0].clone();
                let (world, name) = (self.clone(), format!("neu{}", self.texts.get()));
                self.begin(&lead, async move {
                    let joined = world.join(&name).await;
                    world.trace.note(&format!("joining: {}", joined.is_some()));
                });
            }
            _ => {}
        }
        Some(())
    }

    fn colleague(&self, device: &Device) -> Option<PersonId> {
        let own = device.model.borrow().person()?;
        let others: Vec<_> = device
            .model
            .borrow()
            .persons
            .iter()
            .map(|person| person.person)
            .filter(|person| *person != own)
            .collect();
        self.pick(&others)
    }

    /// The administrator removes a counselor.
    fn remove(self: &Rc<Self>) -> Option<()> {
        let lead = self.staff.borrow()[0].clone();
        let office = self.any_device(&lead)?;
        let others: Vec<_> =
            self.staff.borrow()[1..].iter().filter(|person| !person.gone.get()).cloned().collect();
        if others.len() < 2 {
            return None;
        }
        let victim = self.pick(&others)?;
        let Who::Staff(person) = victim.who.get()? else { return None };
        let world = self.clone();
        self.begin(&lead, async move {
            world.trace.note(&format!("{} is to be removed", victim.name()));
            let _ = office.call(Call::RemovePerson { person }).await;
            if !world.oracle.borrow().is_active(person) {
                victim.gone.set(true);
            }
        });
        Some(())
    }
}
