//! The set-up wizard: claim code, organisation and first administrator, first team and site,
//! retention, the kit to print. What was typed is kept until the kit is there; then it is dropped.

mod kit;
mod step;

use crate::client::{forget_fragment, use_client};
use crate::icon::{Icon, icon};
use crate::locale::Locale;
use crate::part::{Rating, SkipLink, Submission};
use crate::text;
use crate::theme;
use beistand_protocol::error::Code;
use beistand_protocol::limit::RETENTION_DAYS_DEFAULT;
use beistand_protocol::worker::{Call, Failure, Kit, Reply, SiteSettings};
use leptos::prelude::*;

/// The steps in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Code,
    Person,
    Team,
    Retention,
    Kit,
    Done,
}

impl Step {
    const ALL: [Self; 6] = [Self::Code, Self::Person, Self::Team, Self::Retention, Self::Kit, Self::Done];

    fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).unwrap_or_default() + 1
    }

    fn before(self) -> Self {
        self.number().checked_sub(2).and_then(|at| Self::ALL.get(at).copied()).unwrap_or(self)
    }

    fn name(self, locale: Locale) -> &'static str {
        match self {
            Self::Code => text::setup_step_code(locale),
            Self::Person => text::setup_step_person(locale),
            Self::Team => text::setup_step_team(locale),
            Self::Retention => text::setup_step_retention(locale),
            Self::Kit => text::setup_step_kit(locale),
            Self::Done => text::setup_step_done(locale),
        }
    }
}

/// What is typed on the way.
#[derive(Clone, Copy)]
pub(crate) struct Answers {
    step: RwSignal<Step>,
    claim_code: RwSignal<String>,
    organisation: RwSignal<String>,
    display_name: RwSignal<String>,
    login_name: RwSignal<String>,
    password: RwSignal<String>,
    rating: Rating,
    team_name: RwSignal<String>,
    site_name: RwSignal<String>,
    accent: RwSignal<String>,
    days: RwSignal<String>,
    kit: RwSignal<Option<Kit>>,
    submission: Submission,
    hold: RwSignal<bool>,
}

impl Answers {
    fn new(hold: RwSignal<bool>) -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            step: RwSignal::new(Step::Code),
            claim_code: empty(),
            organisation: empty(),
            display_name: empty(),
            login_name: empty(),
            password: empty(),
            rating: Rating::default(),
            team_name: empty(),
            site_name: empty(),
            accent: RwSignal::new(theme::to_hex(theme::ACCENT_DEFAULT)),
            days: RwSignal::new(RETENTION_DAYS_DEFAULT.to_string()),
            kit: RwSignal::new(None),
            submission: Submission::with_words(|locale, failure| match failure {
                Failure::Server(Code::WrongCredentials, _) => Some(text::failure_wrong_claim_code(locale)),
                _ => None,
            }),
            hold,
        }
    }

    /// Everything is there: makes the organisation.
    fn send(self, locale: Locale, retention_days: u16) {
        self.hold.set(true);
        let trimmed = |signal: RwSignal<String>| signal.with_untracked(|text| text.trim().to_owned());
        let emergency = crate::emergency::defaults(locale);
        let call = Call::SetUp(beistand_protocol::worker::SetUp {
            claim_code: self.claim_code.get_untracked(),
            organisation_name: trimmed(self.organisation),
            display_name: trimmed(self.display_name),
            login_name: trimmed(self.login_name),
            password: self.password.get_untracked(),
            team_name: trimmed(self.team_name),
            site: SiteSettings {
                name: trimmed(self.site_name),
                accent: theme::from_hex(&self.accent.get_untracked()).unwrap_or(theme::ACCENT_DEFAULT),
                language: locale.tag().to_owned(),
                retention_days,
                emergency: emergency.into_iter().map(|number| (number.number, number.label)).collect(),
            },
        });
        self.submission.call(call, move |outcome| match outcome {
            Ok(Reply::Kit(kit)) => {
                self.kit.set(Some(kit));
                self.password.set(String::new());
                self.claim_code.set(String::new());
                forget_fragment();
                self.step.set(Step::Kit);
            }
            Ok(_) => self.hold.set(false),
            Err(failure) => {
                self.hold.set(false);
                if matches!(failure, Failure::ClaimCodeInvalid | Failure::Server(Code::WrongCredentials, _)) {
                    self.step.set(Step::Code);
                }
            }
        });
    }
}

#[component]
pub(crate) fn SetUp(hold: RwSignal<bool>) -> impl IntoView {
    let locale = use_client().locale;
    let answers = Answers::new(hold);
    let step = answers.step;
    let steps = Step::ALL
        .into_iter()
        .map(|which| {
            let done = move || step.get().number() > which.number();
            view! {
                <li
                    class=move || if done() { "done" } else { "" }
                    aria-current=move || (step.get() == which).then_some("step")
                >
                    <span class="step-dot" aria-hidden=true.to_string()>
                        {move || if done() { icon(Icon::Check, 16).into_any() } else { which.number().to_string().into_any() }}
                    </span>
                    {which.name(locale)}
                </li>
            }
        })
        .collect_view();
    let short = move || {
        let step = step.get();
        text::setup_step_of(
            locale,
            &step.number().to_string(),
            &Step::ALL.len().to_string(),
            step.name(locale),
        )
    };
    view! {
        <SkipLink locale=locale />
        <div class="wizard">
            <aside class="wizard-side">
                <p class="brand">{text::setup_title(locale)}</p>
                <p class="short muted" role="status">{short}</p>
                <ol class="steps">{steps}</ol>
                <p class="small muted">
                    {move || (step.get().number() < Step::Kit.number()).then_some(text::setup_interrupt(locale))}
                </p>
            </aside>
            <main id="content" tabindex="-1">
                {move || match step.get() {
                    Step::Code => view! { <step::CodeStep answers=answers /> }.into_any(),
                    Step::Person => view! { <step::PersonStep answers=answers /> }.into_any(),
                    Step::Team => view! { <step::TeamStep answers=answers /> }.into_any(),
                    Step::Retention => view! { <step::RetentionStep answers=answers /> }.into_any(),
                    Step::Kit => view! { <kit::KitStep answers=answers /> }.into_any(),
                    Step::Done => view! { <kit::DoneStep answers=answers /> }.into_any(),
                }}
            </main>
        </div>
    }
}
