//! What people do, one step at a time.

use super::{
    device::Device,
    oracle::Who,
    world::{Person, World},
};
use beistand_protocol::{
    closing::{Closing, ClosingReason},
    id::{ConversationId, MessageId, PersonId},
    live::Presence,
    worker::{Author, Call, Progress, StateView},
};
use std::rc::Rc;

impl World {
    pub(super) fn seeker_step(self: &Rc<Self>) -> Option<()> {
        let person = self.pick(&self.seekers)?;
        let who = person.who.get()?;
        let Who::Seeker(number) = who else { return None };
        if person.gone.get() {
            if self.one_in(3) {
                self.come_back(number);
            }
            return None;
        }
        let device = match self.any_device(&person) {
            Some(device) => device,
            None => return self.log_in(&person, true),
        };
        let talks: Vec<_> = device.model.borrow().conversations.keys().copied().collect();
        let choice = self.chance.borrow_mut().below(24);
        match choice {
            0..9 => {
                let open = talks.is_empty() || self.one_in(12);
                // One at a time: pages open a conversation only when there is none.
                let conversation = if open && talks.len() < 3 { None } else { self.pick(&talks) };
                self.send(&person, who, &device, conversation);
            }
            9..11 => self.see(who, &device, self.pick(&talks)?),
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
            20..22 => self.send_elsewhere(&person, &device)?,
            22 if self.one_in(2) => self.be_found_out(&person, true)?,
            23 if self.one_in(3) => self.leave(&person, number)?,
            _ => {}
        }
        Some(())
    }

    /// Everything of a conversation is on the screen.
    fn see(&self, who: Who, device: &Device, conversation: ConversationId) {
        self.oracle.borrow_mut().sees(who, conversation);
        drop(device.call(Call::Seen { conversation }));
    }

    /// Somebody who saw no answer sends the same message from another of their pages, under the same id.
    fn send_elsewhere(&self, person: &Person, device: &Device) -> Option<()> {
        let written = person.written.borrow();
        let newest = &written[written.len().saturating_sub(3)..];
        let (conversation, id, text) = self.pick(newest)?;
        self.trace.note(&format!("{} sends {text:?} as well", device.name));
        drop(device.call(Call::Send { conversation: Some(conversation), text, id }));
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

    pub(super) fn staff_step(self: &Rc<Self>) -> Option<()> {
        let Some((person, device)) = self.any_staff() else {
            let staff: Vec<_> =
                self.staff.borrow().iter().filter(|person| !person.gone.get()).cloned().collect();
            let person = self.pick(&staff)?;
            return if person.who.get().is_some() { self.log_in(&person, false) } else { None };
        };
        let who = person.who.get()?;
        let (mine, waiting, blocked, all) = {
            let model = device.model.borrow();
            let of = |want: fn(&StateView) -> bool| -> Vec<ConversationId> {
                model.conversations.values().filter(|view| want(&view.state)).map(|view| view.id).collect()
            };
            (
                of(|state| *state == StateView::Mine),
                of(|state| *state == StateView::Waiting),
                of(|state| *state == StateView::Blocked),
                model.conversations.keys().copied().collect::<Vec<_>>(),
            )
        };
        let choice = self.chance.borrow_mut().below(28);
        match choice {
            0..5 => drop(device.call(Call::Claim { conversation: self.pick(&waiting)? })),
            5..12 => {
                let conversation = self.pick(&mine)?;
                self.send(&person, who, &device, Some(conversation));
            }
            12 => {
                let to = self.colleague(&device)?;
                drop(device.call(Call::HandOver { conversation: self.pick(&mine)?, to }));
            }
            13 => drop(device.call(Call::Release { conversation: self.pick(&mine)? })),
            14 => {
                let reason = if self.one_in(4) { ClosingReason::Blocked } else { ClosingReason::Answered };
                let closing = Closing { reason, topic: None };
                drop(device.call(Call::Close { conversation: self.pick(&mine)?, closing, topic: None }));
            }
            15..17 => self.see(who, &device, self.pick(&all)?),
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
            25 => self.send_elsewhere(&person, &device)?,
            27 => drop(device.call(Call::Unblock { conversation: self.pick(&blocked)? })),
            26 if self.one_in(2) => self.be_found_out(&person, false)?,
            23 if self.one_in(2) => {
                let lead = self.staff.borrow()[0].clone();
                let (world, name) = (self.clone(), format!("neu{}", self.texts.get()));
                self.begin(&lead, async move {
                    let joined = world.join(&name).await;
                    world.trace.note(&format!("joining: {}", joined.is_some()));
                });
            }
            _ => self.say(who, &device)?,
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
