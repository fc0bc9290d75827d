//! Everything a handler needs, and what happens after each commit.

use crate::{
    claim::{Claim, ClaimError},
    directory::{self, Directory, DirectoryError, Verified},
    duty,
    epoch::Chains,
    error::ApiError,
    live::{Hub, StepDue, intake::Intake},
    login::{LoginSetUp, LoginSetUpError, StartedLogin},
    notice::Notices,
    organisation_pin::{self, PinError},
    outbound::Reach,
    page::Pages,
    random::Random,
    resume::Resumes,
    roots::Roots,
    second_factor::NewKeys,
    secret_file::SecretFileError,
    session::{Sessions, TokenHash, Verdict},
    throttle::Throttle,
    ticket::Tickets,
    work::Works,
};
use beistand_domain::{
    clock::{Clock, Seconds},
    conversation::{left, regrouped},
    record::{Account, AccountState, Session, SettingKey},
    storage::{Change, CommitError, Output, Storage, StorageError},
};
use beistand_protocol::{
    api::SessionKind,
    error::Code,
    id::{AccountId, InvitationId, OrganisationId, PersonId, SiteId},
    live::Ending,
    login::LoginIdentity,
    queue::Step,
};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::{runtime::Handle, sync::RwLock};

/// Seconds between the steps of a registration: choosing a password and noting a code takes time.
const REGISTRATION_TTL_S: Seconds = 15 * 60;
/// Seconds between the steps of a log-in.
const LOG_IN_TTL_S: Seconds = 2 * 60;
/// Seconds between the steps of a recovery.
pub(crate) const RECOVERY_TTL_S: Seconds = 15 * 60;
/// Open tickets of each kind.
const TICKETS_MAX: usize = 4096;

/// Escalations in one commit: others get their turn in between.
const STEPS_AT_ONCE: usize = 64;

/// What the server is made from.
pub struct Parts {
    /// Where everything is kept.
    pub storage: Arc<dyn Storage>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Renders the public pages.
    pub pages: Box<dyn Pages>,
    /// What can be set.
    pub options: Options,
}

/// What can be set from outside.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data directory, for the claim code and the organisation's pin.
    pub data: PathBuf,
    /// Where the log-in set-up keys lie: outside the database and its backup.
    pub secrets: PathBuf,
    /// Where "leave" leads: something harmless.
    pub leave_to: String,
    /// The local authority's root certificate, for download.
    pub root_certificate_pem: Option<String>,
    /// Whom the box trusts when it connects to mail servers and the like.
    pub roots: Roots,
    /// Where it goes when others name a server, as devices do.
    pub reach: Reach,
}

/// Why the server can't start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Log-in set-up keys.
    #[error("log-in set-up keys")]
    Login(#[from] LoginSetUpError),
    /// Claim code.
    #[error("claim code")]
    Claim(#[from] ClaimError),
    /// Membership log.
    #[error("membership log")]
    Directory(#[from] DirectoryError),
    /// The organisation's pin.
    #[error("organisation id")]
    Pin(#[from] PinError),
    /// Storage.
    #[error("storage")]
    Storage(#[from] StorageError),
}

impl OpenError {
    /// The file beside the store that is to blame, if one is.
    #[must_use]
    pub fn file(&self) -> Option<&SecretFileError> {
        match self {
            Self::Login(LoginSetUpError::File(error))
            | Self::Claim(ClaimError::File(error))
            | Self::Pin(PinError::File(error)) => Some(error),
            _ => None,
        }
    }

    /// What the store answered, if that is to blame.
    #[must_use]
    pub fn storage(&self) -> Option<&StorageError> {
        match self {
            Self::Storage(error)
            | Self::Claim(ClaimError::Storage(error) | ClaimError::Commit(CommitError::Storage(error)))
            | Self::Directory(DirectoryError::Storage(error)) => Some(error),
            _ => None,
        }
    }
}

/// A registration between its steps.
pub(crate) struct PendingRegistration {
    pub(crate) identity: LoginIdentity,
    pub(crate) keyed_look_up: [u8; 32],
    pub(crate) account: AccountId,
    pub(crate) nonce: [u8; 32],
    pub(crate) reason: RegistrationReason,
}

/// What a registration is for: a ticket of one kind opens no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RegistrationReason {
    SignUp,
    SetUp,
    Invitation(InvitationId, PersonId),
}

/// A log-in between its steps.
pub(crate) struct PendingLogIn {
    pub(crate) login: StartedLogin,
    /// For the count of tries.
    pub(crate) look_up: [u8; 32],
    /// The account and its generation; `None` for a name that nobody has.
    pub(crate) account: Option<(AccountId, u32)>,
}

/// A recovery between its steps.
#[derive(Clone)]
pub(crate) struct PendingRecovery {
    pub(crate) identity: LoginIdentity,
    pub(crate) keyed_look_up: [u8; 32],
    pub(crate) nonce: [u8; 32],
    /// Set once the code was proved; the nonce is then for the last step.
    pub(crate) proved: Option<AccountId>,
}

/// A signed change of an account between its steps.
pub(crate) struct PendingChange {
    pub(crate) account: AccountId,
    pub(crate) nonce: [u8; 32],
    /// A ticket of one kind opens no other.
    pub(crate) wish: Wish,
}

/// What is to change about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// New keys.
    Keys {
        /// The look-up value, for the count of tries.
        look_up: [u8; 32],
    },
    /// It is to go.
    Deletion,
    /// What log-ins ask for besides the passphrase.
    SecondFactor,
}

/// The server's state, shared by all handlers.
pub struct App {
    pub(crate) storage: Arc<dyn Storage>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) pages: Box<dyn Pages>,
    pub(crate) options: Options,
    pub(crate) login: LoginSetUp,
    pub(crate) claim: Claim,
    pub(crate) directory: Directory,
    pub(crate) sessions: Sessions,
    pub(crate) resumes: Resumes,
    pub(crate) hub: Hub,
    pub(crate) notices: Notices,
    pub(crate) intake: Intake,
    pub(crate) chains: Chains,
    pub(crate) throttle: Throttle,
    /// The newest time at which the clock could be believed.
    credible_s: AtomicU64,
    /// Where live connections run, whatever goes on at the door: the runtime that this was opened on.
    pub(crate) live: Handle,
    pub(crate) works: Works,
    pub(crate) registrations: Tickets<PendingRegistration>,
    pub(crate) log_ins: Tickets<PendingLogIn>,
    pub(crate) recoveries: Tickets<PendingRecovery>,
    pub(crate) account_changes: Tickets<PendingChange>,
    pub(crate) new_keys: NewKeys,
    /// Held by each opening of a conversation until it is stored, and alone by a change of keys: whoever
    /// changes them must know of every conversation, and none may be opened with the keys before.
    pub(crate) openings: Arc<RwLock<()>>,
    /// Held while a team's topics are changed.
    pub(crate) topics: tokio::sync::Mutex<()>,
}

/// The newest time at which the clock could be believed, as it is stored.
///
/// # Errors
/// Storage.
pub(crate) fn read_credible(storage: &dyn Storage) -> Result<Option<Seconds>, StorageError> {
    let stored = storage.lookup_setting(SettingKey::CredibleClock)?;
    Ok(stored.and_then(|bytes| Some(Seconds::from_le_bytes(bytes.try_into().ok()?))))
}

impl App {
    /// Opens everything; gives the claim code, grouped for people, while the box is not set up.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(parts: Parts) -> Result<(Arc<Self>, Option<String>), OpenError> {
        let Parts { storage, clock, random, pages, options } = parts;
        let pinned = organisation_pin::read(&options.data)?;
        let directory = Directory::load(&*storage, pinned)?;
        let verified = directory.verified();
        if let (None, Some(verified)) = (pinned, &verified) {
            // Set-up was cut off between its commit and the pin.
            organisation_pin::write(&options.data, verified.log.organisation())?;
        }
        let login = LoginSetUp::open(&options.secrets, &*random)?;
        if let Some(verified) = &verified {
            login.ensure(verified.sites.iter().map(|site| (*site).into()), &*random)?;
        }
        let (claim, code) = Claim::open(&options.data, &*storage, clock.now_s(), &*random).await?;
        let hub = Hub::new(storage.list_conversations()?, storage.list_queue_rules()?, verified);
        let credible_s = read_credible(&*storage)?.unwrap_or(0);
        let notices = Notices::load(&*storage, clock.now_s(), clock.steady_s())?;
        let app = Arc::new(Self {
            credible_s: AtomicU64::new(credible_s),
            works: Works::new(&*random),
            storage,
            clock,
            random,
            pages,
            options,
            login,
            claim,
            directory,
            sessions: Sessions::default(),
            resumes: Resumes::default(),
            hub,
            notices,
            intake: Intake::default(),
            chains: Chains::default(),
            throttle: Throttle::default(),
            live: Handle::current(),
            registrations: Tickets::new(REGISTRATION_TTL_S, TICKETS_MAX),
            log_ins: Tickets::new(LOG_IN_TTL_S, TICKETS_MAX),
            recoveries: Tickets::new(RECOVERY_TTL_S, TICKETS_MAX),
            account_changes: Tickets::new(RECOVERY_TTL_S, TICKETS_MAX),
            new_keys: NewKeys::default(),
            openings: Arc::default(),
            topics: tokio::sync::Mutex::default(),
        });
        duty::work_out(&app)?;
        // Weak: the storage's listener must not keep the server alive.
        let listener = Arc::downgrade(&app);
        app.storage.subscribe(Box::new(move |changes, outputs| {
            if let Some(app) = listener.upgrade() {
                app.committed(changes, outputs);
            }
        }));
        Ok((app, code))
    }

    /// Open live channels.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.hub.count()
    }

    /// Whether somebody of the site's team takes requests.
    #[must_use]
    pub fn somebody_available(&self, site: SiteId) -> bool {
        self.hub.somebody_available(site)
    }

    /// Offers waiting talks where a team's rules say so, and lets those that nobody accepts go on; when that has to be
    /// done again at the latest. It is not waited for that a step is stored: once it is, everybody hears of it.
    pub fn take_turns(&self) -> Option<Seconds> {
        let (again_s, steps) = self.hub.take_turns(self.now_s(), self.steady_s());
        let at_s = self.stamp_s();
        for steps in steps.chunks(STEPS_AT_ONCE) {
            let change = |due: &StepDue| Change::ConversationEscalate {
                conversation: due.conversation,
                newest: due.newest,
                step: Step { at_s, reach: due.reach },
            };
            self.commit_aside(steps.iter().map(change).collect());
        }
        again_s
    }

    /// Now.
    pub(crate) fn now_s(&self) -> Seconds {
        self.clock.now_s()
    }

    /// Now, as it is written down where something is kept for some days from then on: by a clock that was set back,
    /// it would be destroyed as soon as somebody sets it right. Only a time server may take back what was believed.
    pub(crate) fn stamp_s(&self) -> Seconds {
        let (now_s, credible_s) = (self.now_s(), self.credible_s.load(Ordering::Relaxed));
        if now_s >= credible_s || self.clock.synchronised() { now_s } else { credible_s }
    }

    /// The clock was believed.
    pub(crate) fn clock_was_credible(&self, at_s: Seconds) {
        self.credible_s.store(at_s, Ordering::Relaxed);
    }

    /// For what lives in memory for some minutes: see [`Clock::steady_s`].
    pub(crate) fn steady_s(&self) -> Seconds {
        self.clock.steady_s()
    }

    /// The verified log and generations, or the refusal that there is no organisation yet.
    pub(crate) fn verified(&self) -> Result<Arc<Verified>, ApiError> {
        self.directory.verified().ok_or_else(|| Code::NotSetUp.into())
    }

    /// The sealed state that belongs to an account as it was read before. New credentials replace both, and may have
    /// come in between: a client that got one of each would take that for a lie.
    ///
    /// # Errors
    /// [`Code::PasswordChanged`] then.
    pub(crate) fn state_of(&self, account: &Account) -> Result<AccountState, ApiError> {
        let state = self.storage.lookup_state(account.id)?.ok_or(Code::Internal)?;
        let now = self.storage.lookup_account(account.id)?;
        if now.is_none_or(|now| now.generation != account.generation) {
            return Err(Code::PasswordChanged.into());
        }
        Ok(state)
    }

    /// The organisation, or the refusal that there is none yet.
    pub(crate) fn organisation(&self) -> Result<OrganisationId, ApiError> {
        Ok(self.verified()?.log.organisation())
    }

    /// Commits now.
    pub(crate) async fn commit(&self, changes: Vec<Change>) -> Result<Vec<Output>, CommitError> {
        self.storage.commit(self.stamp_s(), changes).await
    }

    /// Commits, and holds something until that is done even if whoever asked is gone by then.
    ///
    /// # Errors
    /// [`CommitError`].
    pub(crate) async fn commit_holding(
        &self,
        held: impl Send + 'static,
        changes: Vec<Change>,
    ) -> Result<Vec<Output>, CommitError> {
        let commit = self.storage.commit(self.stamp_s(), changes);
        let done = tokio::spawn(async move {
            let outputs = commit.await;
            drop(held);
            outputs
        });
        done.await.unwrap_or_else(|error| Err(StorageError::Failed(Arc::new(error)).into()))
    }

    /// Commits something nobody waits for; a failure is logged.
    pub(crate) fn commit_aside(&self, changes: Vec<Change>) {
        let commit = self.storage.commit(self.stamp_s(), changes);
        tokio::spawn(async move {
            if let Err(CommitError::Storage(error)) = commit.await {
                log::error!("storage: {}", crate::log_sink::Chain(&error));
            }
        });
    }

    /// The session of a token, used by that.
    ///
    /// # Errors
    /// [`Code::SessionExpired`], [`Code::Revoked`].
    pub(crate) fn use_session(&self, token: &TokenHash) -> Result<Session, ApiError> {
        let Some(session) = self.storage.lookup_session(token)? else {
            return Err(self.sessions.why_ended(token).unwrap_or(Code::SessionExpired).into());
        };
        if let SessionKind::Staff(person) = session.kind
            && directory::is_removed(self.directory.verified().as_ref().map(|verified| &verified.log), person)
        {
            return Err(Code::Revoked.into());
        }
        let now_s = self.now_s();
        match self.sessions.judge(&session, now_s) {
            Verdict::Over => {
                self.commit_aside(vec![Change::SessionRemove(*token)]);
                Err(Code::SessionExpired.into())
            }
            Verdict::Alive { touch } => {
                self.sessions.used(*token, now_s);
                if touch {
                    self.commit_aside(vec![Change::SessionTouch { token_hash: *token, used_s: now_s }]);
                }
                Ok(session)
            }
        }
    }

    /// What follows from a durable commit. Called by the writer, in commit order.
    fn committed(&self, changes: &[Change], outputs: &[Output]) {
        for (change, output) in changes.iter().zip(outputs) {
            match (change, output) {
                (Change::LogAppend { entries, .. }, _) => {
                    if let Some(verified) = self.directory.committed(entries, &[]) {
                        self.hub.log_grew(verified);
                    }
                }
                (Change::GenerationAppend(upload), _) => {
                    drop(self.directory.committed(&[], std::slice::from_ref(upload)));
                }
                (Change::ConversationAdd(conversation), _) => self.hub.opened(conversation.clone()),
                (
                    Change::ConversationAppend { envelopes, actor, .. },
                    Output::Appended { places, new_from, conversation },
                ) => self.hub.stored(envelopes, places, *new_from, conversation.as_ref().clone(), *actor),
                (
                    Change::ConversationRemove(id) | Change::ConversationExpire { conversation: id, .. },
                    Output::Done,
                ) => {
                    self.chains.destroyed(*id);
                    self.hub.destroyed(*id);
                }
                (Change::ConversationRedate { conversation, last_s }, _) => {
                    self.hub.redated(*conversation, *last_s);
                }
                (Change::ConversationEscalate { conversation, newest, step }, Output::Done) => {
                    self.hub.escalated(*conversation, *newest, *step);
                }
                (Change::GroupPut { conversation, windows, guest }, _) => {
                    self.hub.regrouped(*conversation, |known| regrouped(known, windows, *guest));
                }
                (Change::GroupLeave { conversation, account }, _) => {
                    self.hub.regrouped(*conversation, |known| left(known, *account));
                }
                (Change::SessionRemove(token), _) => self.session_ended(token, Ending::SessionEnded),
                (
                    Change::SessionsRemove(account)
                    | Change::AccountRemove(account)
                    | Change::AccountExpire { account, .. },
                    Output::Done,
                ) => {
                    // Keys parked by sessions without a channel die when somebody tries to take them.
                    let replaced = |change: &Change| matches!(change, Change::AccountReplace { account: new, .. } if new.id == *account);
                    let ending = match change {
                        Change::AccountRemove(_) | Change::AccountExpire { .. } => Ending::AccountDeleted,
                        _ if changes.iter().any(replaced) => Ending::PasswordChanged,
                        _ => Ending::SessionEnded,
                    };
                    for token in self.hub.end_account(*account, ending) {
                        self.sessions.ended(&token);
                        self.resumes.ended(&token);
                    }
                }
                // Whoever is connected comes again, as the person they are now.
                (Change::AccountPerson { account, .. }, _) => {
                    let _ = self.hub.end_account(*account, Ending::Restart);
                }
                (Change::AcceptanceAdd(_), _) => self.hub.acceptance_waits(),
                (Change::QueueRulesPut { team, rules }, _) => self.hub.set_queue_rules(*team, *rules),
                _ => {}
            }
            self.call_for(change, output);
        }
    }

    /// A session is over: its memory goes and its channels close.
    pub(crate) fn session_ended(&self, token: &TokenHash, ending: Ending) {
        self.sessions.ended(token);
        self.resumes.ended(token);
        self.hub.end_session(token, ending);
    }
}
