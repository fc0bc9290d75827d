//! Who is called, while no page of theirs is open, and what for: from what is stored follows who is to be told by
//! e-mail. What is told names nobody and nothing.

use crate::{
    app::App,
    log_sink::Chain,
    mail,
    push::{self, Pushed, SenderKey},
};
use beistand_domain::{
    clock::Seconds,
    notice::Pending,
    record::{Conversation, MailAccess, NewEnvelope, PushDevice},
    storage::{Actor, Change, CommitError, Output, Storage, StorageError},
};
use beistand_protocol::{
    api::{ConversationState, EnvelopeKind},
    id::{AccountId, DeviceSessionId, PersonId},
    limit::PUSH_DEVICES_MAX,
    membership::Language,
    notice::{Call, NoticeSettings, NoticeView, Occasion},
    queue::Reach,
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::Notify, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// What one person is to be told, and what of it is stored.
#[derive(Debug, Clone, Copy)]
struct Due {
    pending: Pending,
    /// When, by the clock that nobody sets.
    at_s: Seconds,
    /// As it was stored last.
    stored: Option<Pending>,
}

#[derive(Default)]
struct State {
    access: Option<MailAccess>,
    settings: BTreeMap<PersonId, NoticeSettings>,
    due: BTreeMap<PersonId, Due>,
    devices: BTreeMap<[u8; 32], PushDevice>,
    /// What devices are to show. Only in memory: after a restart it would be old.
    push: BTreeMap<[u8; 32], Due>,
}

/// Everybody's choices, and what is to be told.
#[derive(Default)]
pub(crate) struct Notices {
    state: Mutex<State>,
    /// Something is due, or another way of telling it is there.
    changed: Notify,
    /// Something is due that is not stored yet.
    unstored: Notify,
    /// Something is to be shown on a device.
    shown: Notify,
}

impl Notices {
    /// Begins with what is stored.
    pub(crate) fn load(
        storage: &dyn Storage,
        now_s: Seconds,
        steady_s: Seconds,
    ) -> Result<Self, StorageError> {
        let due = |pending: Pending| Due {
            pending,
            at_s: steady_s.saturating_add(pending.wait_s(now_s)),
            stored: Some(pending),
        };
        let pending = storage.list_mail_pending()?.into_iter();
        let state = State {
            access: storage.lookup_mail_access()?,
            settings: storage.list_notices()?.into_iter().collect(),
            devices: storage.list_push_devices()?.into_iter().map(|device| (device.id, device)).collect(),
            push: BTreeMap::new(),
            due: pending.map(|(person, pending)| (person, due(pending))).collect(),
        };
        Ok(Self { state: Mutex::new(state), ..Self::default() })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a person is shown.
    pub(crate) fn view(&self, person: PersonId) -> NoticeView {
        let state = self.lock();
        NoticeView { settings: state.settings.get(&person).cloned(), mail: state.access.is_some() }
    }

    /// The mail server.
    pub(crate) fn access(&self) -> Option<MailAccess> {
        self.lock().access.clone()
    }

    /// What was stored counts from now on. Called by the writer.
    pub(crate) fn committed(&self, change: &Change) {
        let mut state = self.lock();
        match change {
            Change::NoticePut { person, settings } => {
                state.settings.insert(*person, settings.as_ref().clone());
            }
            Change::NoticeRemove(person) => {
                state.settings.remove(person);
                state.due.remove(person);
                state.devices.retain(|_, device| device.person != *person);
            }
            Change::PushAdd(device) => {
                state.devices.insert(device.id, device.as_ref().clone());
                // As the store does, which keeps the newest of each person.
                let mut own: Vec<_> =
                    state.devices.values().filter(|known| known.person == device.person).collect();
                own.sort_unstable_by_key(|known| {
                    (known.id != device.id, std::cmp::Reverse((known.made_s, known.id)))
                });
                let old: Vec<_> = own.iter().skip(PUSH_DEVICES_MAX).map(|known| known.id).collect();
                old.iter().for_each(|id| drop(state.devices.remove(id)));
            }
            Change::PushRemove(id) => drop(state.devices.remove(id)),
            Change::MailAccessPut(access) => {
                state.access = access.as_deref().cloned();
                // What nobody could take meanwhile: the new server is asked at once.
                state.due.values_mut().filter(|due| due.pending.tries > 0).for_each(|due| due.at_s = 0);
            }
            _ => return,
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Somebody is called, by the ways that they want.
    fn call(&self, call: Call, now_s: Seconds, steady_s: Seconds) {
        let mut state = self.lock();
        let Some(chosen) = state.settings.get(&call.person) else { return };
        if chosen.away_until_s.is_some_and(|until_s| until_s > now_s) {
            return;
        }
        let ways = chosen.choices.of(call.occasion);
        let mail = ways.mail && chosen.address.is_some() && state.access.is_some();
        if ways.push {
            let State { devices, push, .. } = &mut *state;
            for id in devices.values().filter(|known| known.person == call.person).map(|known| known.id) {
                let fresh = Due { pending: Pending::default(), at_s: steady_s, stored: None };
                let due = push.entry(id).or_insert(fresh);
                due.pending = due.pending.with(call.mine);
                self.shown.notify_one();
            }
        }
        if !mail {
            return;
        }
        let due = state.due.entry(call.person).or_insert(Due {
            pending: Pending::default(),
            at_s: steady_s,
            stored: None,
        });
        let before = due.pending;
        due.pending = before.with(call.mine);
        if due.pending != before {
            drop(state);
            self.changed.notify_one();
            self.unstored.notify_one();
        }
    }

    /// A person has a page open: it says all there is.
    pub(crate) fn seen(&self, person: PersonId) {
        let mut state = self.lock();
        if let Some(due) = state.due.get_mut(&person).filter(|due| due.pending.tells()) {
            due.pending = Pending { mine: false, team: false, tries: 0, ..due.pending };
            self.unstored.notify_one();
        }
        let State { devices, push, .. } = &mut *state;
        push.retain(|id, _| devices.get(id).is_some_and(|device| device.person != person));
    }

    /// What is to be stored of what is due.
    fn to_store(&self) -> Vec<Change> {
        let mut state = self.lock();
        let changed = state.due.iter_mut().filter(|(_, due)| due.stored != Some(due.pending));
        changed
            .map(|(person, due)| {
                due.stored = Some(due.pending);
                Change::MailPendingPut { person: *person, pending: Some(due.pending) }
            })
            .collect()
    }

    /// Whose turn it is, or in how many seconds somebody's is; and those who have nothing to wait for any more.
    fn next(&self, steady_s: Seconds) -> Next {
        let state = self.lock();
        let over = |due: &Due| !due.pending.tells() && due.at_s <= steady_s;
        if let Some((person, _)) = state.due.iter().find(|(_, due)| over(due)) {
            return Next::Over(*person);
        }
        let Some(access) = &state.access else { return Next::Rest };
        let telling = state.due.iter().filter(|(_, due)| due.pending.tells());
        let first = telling.min_by_key(|(_, due)| due.at_s);
        let rest = state.due.values().map(|due| due.at_s).min();
        match (first, rest) {
            (Some((person, due)), _) if due.at_s <= steady_s => {
                Next::Tell(*person, due.pending, Box::new(access.clone()))
            }
            (_, Some(at_s)) => Next::In(at_s.saturating_sub(steady_s).max(1)),
            (_, None) => Next::Rest,
        }
    }

    /// A try is over: what came meanwhile is still to be told.
    fn tried(&self, person: PersonId, told: Pending, after: Pending, now_s: Seconds, steady_s: Seconds) {
        let mut state = self.lock();
        let Some(due) = state.due.get_mut(&person) else { return };
        let came = due.pending;
        let mut pending = after;
        pending.mine |= came.mine && !told.mine;
        pending.team |= came.team && !told.team;
        due.pending = pending;
        due.at_s = steady_s.saturating_add(pending.wait_s(now_s));
    }

    /// A person's devices, oldest first.
    pub(crate) fn devices_of(&self, person: PersonId) -> Vec<PushDevice> {
        let state = self.lock();
        let mut own: Vec<_> =
            state.devices.values().filter(|known| known.person == person).cloned().collect();
        own.sort_unstable_by_key(|known| (known.made_s, known.id));
        own
    }

    /// The devices of a log-in.
    pub(crate) fn devices_at(&self, device_session: DeviceSessionId) -> Vec<[u8; 32]> {
        let state = self.lock();
        let left = state.devices.values().filter(|known| known.device_session == device_session);
        left.map(|known| known.id).collect()
    }

    /// The devices of an account.
    fn devices_with(&self, account: AccountId) -> Vec<[u8; 32]> {
        let state = self.lock();
        state.devices.values().filter(|known| known.account == account).map(|known| known.id).collect()
    }

    /// What is due on devices, taken out.
    fn next_push(&self, steady_s: Seconds) -> Vec<(PushDevice, Pending, Language)> {
        let mut state = self.lock();
        let State { devices, push, settings, .. } = &mut *state;
        push.retain(|id, due| devices.contains_key(id) && (due.pending.tells() || due.at_s > steady_s));
        let due = push.iter_mut().filter(|(_, due)| due.pending.tells() && due.at_s <= steady_s);
        let due = due.filter_map(|(id, due)| {
            let device = devices.get(id)?.clone();
            let language = settings.get(&device.person)?.language;
            // What comes while this one is on its way is another one.
            due.at_s = steady_s.saturating_add(PUSH_INTERVAL_S);
            Some((device, std::mem::take(&mut due.pending), language))
        });
        due.collect()
    }

    /// In how many seconds something is due on a device.
    fn push_in_s(&self, steady_s: Seconds) -> Option<Seconds> {
        self.lock().push.values().map(|due| due.at_s.saturating_sub(steady_s).max(1)).min()
    }

    /// A device's notice was not taken: once more, a little later.
    fn push_again(&self, id: [u8; 32], pending: Pending, now_s: Seconds, steady_s: Seconds) {
        let mut state = self.lock();
        let failed = pending.failed(now_s);
        if let Some(due) =
            state.push.get_mut(&id).filter(|_| failed.tries <= PUSH_TRIES_MAX && failed.tells())
        {
            due.pending = Pending {
                mine: due.pending.mine || failed.mine,
                team: due.pending.team || failed.team,
                ..failed
            };
            due.at_s = steady_s.saturating_add(failed.wait_s(now_s));
        }
    }

    fn forget(&self, person: PersonId) {
        self.lock().due.remove(&person);
    }
}

enum Next {
    Tell(PersonId, Pending, Box<MailAccess>),
    Over(PersonId),
    In(Seconds),
    Rest,
}

impl App {
    /// Who is called because of something that was stored. Called by the writer, after the hub knows of it.
    pub(crate) fn call_for(&self, change: &Change, output: &Output) {
        match (change, output) {
            (
                Change::ConversationAppend { envelopes, actor, .. },
                Output::Appended { places, new_from, conversation },
            ) => {
                let is_new = |(new, (position, _)): (&NewEnvelope, &(u64, Seconds))| {
                    (position >= new_from).then_some(new.envelope.kind)
                };
                let kinds: Vec<_> = envelopes.iter().zip(places).filter_map(is_new).collect();
                self.call_for_words(conversation, *actor, &kinds);
            }
            (Change::ConversationEscalate { conversation, step, .. }, Output::Done) => {
                let Some(conversation) = self.hub.conversation(*conversation) else { return };
                let leads = |person| {
                    let verified = self.directory.verified();
                    let team =
                        verified.as_ref().and_then(|verified| verified.log.state().team(conversation.team));
                    team.is_some_and(|team| team.is_lead(person))
                };
                // Who is asked by name need not have chosen to hear of every request.
                self.call_those(Some(&conversation), Occasion::Answer, true, |person| match step.reach {
                    Reach::Person(asked) => asked == person,
                    Reach::Leads => leads(person),
                    Reach::Duty | Reach::Letter => false,
                });
            }
            // Whoever shut the other sessions out has shut out their devices. Not by the writer, which is here.
            (
                Change::SessionsRemove(account)
                | Change::AccountRemove(account)
                | Change::AccountExpire { account, .. },
                Output::Done,
            ) => {
                let changes: Vec<_> =
                    self.notices.devices_with(*account).into_iter().map(Change::PushRemove).collect();
                if !changes.is_empty() {
                    let commit = self.storage.commit(self.stamp_s(), changes);
                    self.live.spawn(async move {
                        if let Err(error) = commit.await {
                            log::error!("devices that were shut out: {}", Chain(&error));
                        }
                    });
                }
            }
            _ => self.notices.committed(change),
        }
    }

    fn call_for_words(&self, conversation: &Conversation, actor: Actor, kinds: &[EnvelopeKind]) {
        let words = kinds.contains(&EnvelopeKind::Message);
        let by = |person| actor == Actor::Person(person);
        if conversation.group().is_some() {
            // Nobody waits in a group: it has its times.
            return;
        }
        if let Some(talk) = self.hub.talk_of(conversation) {
            if let (true, ConversationState::Claimed(holder)) = (words, talk.state) {
                let whose = |person| person == holder && !by(person);
                self.call_those(Some(conversation), Occasion::Thread, true, whose);
            }
            return;
        }
        let seeker = matches!(actor, Actor::Seeker(_));
        match conversation.state {
            ConversationState::Claimed(holder)
                if seeker && words || kinds.contains(&EnvelopeKind::Handover) =>
            {
                let whose = |person| person == holder && !by(person);
                self.call_those(Some(conversation), Occasion::Answer, true, whose);
            }
            ConversationState::Waiting if seeker && words || kinds.contains(&EnvelopeKind::Release) => {
                self.call_those(Some(conversation), Occasion::Request, false, |person| !by(person));
            }
            _ => {}
        }
    }

    /// Calls those of whom this says so, as far as it is for them.
    pub(crate) fn call_those(
        &self,
        conversation: Option<&Conversation>,
        occasion: Occasion,
        mine: bool,
        whom: impl Fn(PersonId) -> bool,
    ) {
        let (now_s, steady_s) = (self.now_s(), self.steady_s());
        if conversation.is_none() {
            self.hub.called(occasion, &whom);
        }
        let persons: Vec<PersonId> =
            self.notices.lock().settings.keys().copied().filter(|p| whom(*p)).collect();
        for person in persons {
            if self.hub.is_to_be_called(person, conversation) {
                self.notices.call(Call { person, occasion, mine }, now_s, steady_s);
            }
        }
    }

    /// Stores what is to be told: it survives a restart, and what was told is not told again after one.
    async fn store_pending(&self) -> Result<(), CommitError> {
        for some in self.notices.to_store().chunks(AT_ONCE) {
            self.commit(some.to_vec()).await?;
        }
        Ok(())
    }

    /// Shows what is due on devices; in how many seconds there is something to do again. `None`: not before something
    /// happens.
    ///
    /// # Errors
    /// [`CommitError`].
    pub async fn send_push(self: &Arc<Self>) -> Result<Option<Seconds>, CommitError> {
        let due = self.notices.next_push(self.steady_s());
        if !due.is_empty() {
            let key = Arc::new(self.push_key().await?);
            for some in due.chunks(PUSHES_AT_ONCE) {
                let mut sent = JoinSet::new();
                for one in some {
                    sent.spawn(self.clone().show(key.clone(), one.clone()));
                }
                for gone in sent.join_all().await.into_iter().flatten() {
                    self.commit(vec![Change::PushRemove(gone)]).await?;
                }
            }
        }
        Ok(self.notices.push_in_s(self.steady_s()))
    }

    /// Shows a notice on a device; gives the device if there is none any more.
    async fn show(
        self: Arc<Self>,
        key: Arc<SenderKey>,
        (device, pending, language): (PushDevice, Pending, Language),
    ) -> Option<[u8; 32]> {
        let words = self.pages.mail_words(language, mail::Said::of(pending), &device.origin);
        match push::push(&self, &key, &device, &words).await {
            Pushed::Taken => {}
            Pushed::Gone => return Some(device.id),
            Pushed::Refused(status) => log::warn!("a push service refused a notice with status {status}"),
            Pushed::Later => self.notices.push_again(device.id, pending, self.now_s(), self.steady_s()),
        }
        None
    }

    /// Does what is due by e-mail; in how many seconds there is something to do again. `None`: not before something
    /// happens.
    ///
    /// # Errors
    /// [`CommitError`].
    pub async fn send_mail(&self) -> Result<Option<Seconds>, CommitError> {
        loop {
            self.store_pending().await?;
            match self.notices.next(self.steady_s()) {
                Next::Tell(person, pending, access) => self.tell(person, pending, &access).await,
                Next::Over(person) => {
                    self.notices.forget(person);
                    self.commit(vec![Change::MailPendingPut { person, pending: None }]).await?;
                }
                Next::In(in_s) => return Ok(Some(in_s)),
                Next::Rest => return Ok(None),
            }
        }
    }

    async fn tell(&self, person: PersonId, pending: Pending, access: &MailAccess) {
        let chosen = self.notices.lock().settings.get(&person).cloned();
        let now_s = self.now_s();
        let after = match chosen {
            // Whoever is away, has left or has taken the address back isn't told.
            Some(NoticeSettings { address: Some(to), language, away_until_s, .. })
                if self.hub.is_to_be_called(person, None)
                    && away_until_s.is_none_or(|until_s| until_s <= now_s) =>
            {
                let words = self.pages.mail_words(language, mail::Said::of(pending), &access.server.origin);
                match mail::send(self, access, &to, &words).await {
                    Ok(()) => Pending::told(self.now_s()),
                    Err(fault) => {
                        log::warn!("a mail was not taken: {}", fault.for_log());
                        match fault.is_final() {
                            true => Pending::told(self.now_s()),
                            false => pending.failed(self.now_s()),
                        }
                    }
                }
            }
            _ => Pending::default(),
        };
        self.notices.tried(person, pending, after, self.now_s(), self.steady_s());
    }
}

/// Entries in one commit: others get their turn in between.
const AT_ONCE: usize = 64;

/// Seconds between two notices on the same device.
const PUSH_INTERVAL_S: Seconds = 30;
/// How often a notice is tried that a push service can't take: some minutes, then it is no news.
const PUSH_TRIES_MAX: u8 = 4;
/// Notices on their way at the same time.
const PUSHES_AT_ONCE: usize = 8;

/// After a failure of the store, it is tried again by then.
const STORE_RETRY: Duration = Duration::from_secs(60);

/// Tells people by e-mail, until `stop`.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    // What happens while a mail is on its way is stored at once, and the mail is not broken off for it.
    tokio::select! {
        () = stop.cancelled() => {}
        () = keep_stored(&app) => {}
        () = send(&app) => {}
        () = show(&app) => {}
    }
}

async fn keep_stored(app: &App) {
    loop {
        match app.store_pending().await {
            Ok(()) => app.notices.unstored.notified().await,
            Err(error) => report(&error).await,
        }
    }
}

async fn send(app: &App) {
    loop {
        match app.send_mail().await {
            Ok(in_s) => {
                let later = async {
                    match in_s {
                        Some(in_s) => tokio::time::sleep(Duration::from_secs(in_s)).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = later => {}
                    () = app.notices.changed.notified() => {}
                }
            }
            Err(error) => report(&error).await,
        }
    }
}

async fn show(app: &Arc<App>) {
    loop {
        match app.send_push().await {
            Ok(in_s) => {
                let later = async {
                    match in_s {
                        Some(in_s) => tokio::time::sleep(Duration::from_secs(in_s)).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = later => {}
                    () = app.notices.shown.notified() => {}
                }
            }
            Err(error) => report(&error).await,
        }
    }
}

async fn report(error: &CommitError) {
    log::error!("what is to be told by e-mail can't be stored: {}", Chain(error));
    tokio::time::sleep(STORE_RETRY).await;
}
