//! What the roster's parts share: which team and days are shown, what the box says about them, and changing it.

use super::words;
use crate::client::{Client, Session, random_bytes, use_client};
use crate::clock;
use crate::failure;
use crate::locale::Locale;
use crate::text;
use beistand_protocol::codec::{decode, encode};
use beistand_protocol::id::{PersonId, ShiftId, TeamId};
use beistand_protocol::roster::{
    Changed, Command, Day, Gap, Kind, Occurrence, PlanChange, RosterView, Rule, Span, Swap,
};
use beistand_protocol::worker::{Call, Failure, Reply, SessionView};
use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;
use std::time::Duration;
use wasm_bindgen::JsCast as _;

/// How often colleagues' changes are looked for while the page is seen.
const REFRESH: Duration = Duration::from_secs(60);

/// Days of the list.
const LIST_DAYS: i32 = 28;

/// How the roster is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Seven days side by side.
    Week,
    /// The weeks of a month.
    Month,
    /// The coming weeks, one below the other.
    List,
}

/// What a form begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// What is done.
    pub kind: Kind,
    /// Who.
    pub person: Option<PersonId>,
    /// When.
    pub span: Span,
}

/// The dialog that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// A new shift.
    New(Entry),
    /// What a shift is, and what can be done with it.
    Shift(Occurrence),
    /// Changes a shift; what the form begins with may already differ from it.
    Edit(Occurrence, Entry),
    /// To be there where somebody is missing.
    Gap(Gap),
    /// Offers an own shift.
    Offer(Occurrence),
    /// Offers an own shift for a colleague's.
    Answer(Swap, Occurrence),
    /// An absence of several days.
    Absence,
    /// The team's rules.
    Rules,
    /// The own wishes.
    Wishes,
    /// A proposal that fills gaps.
    Proposal,
    /// Weeks to be used again.
    Templates,
    /// The log of changes.
    Log,
    /// Calendar links.
    Links,
    /// Reading a calendar file.
    Import,
}

/// The roster as its parts see it. Copies are handles to the same one.
#[derive(Clone, Copy)]
pub(super) struct Planner {
    client: Client,
    /// Language of the page.
    pub locale: Locale,
    /// Whose roster; `None` while it is not known which teams there are.
    pub team: RwSignal<Option<TeamId>>,
    /// How it is shown.
    pub mode: RwSignal<Mode>,
    /// A day of the time shown.
    pub cursor: RwSignal<Day>,
    /// Today where the team is; by the device until the box has said it.
    today: RwSignal<Day>,
    /// What the box says about it.
    pub view: RwSignal<Option<Arc<RosterView>>>,
    /// The box's clock, seconds since 1970, and the minute of the team's day.
    pub now: RwSignal<(u64, u16)>,
    /// What went wrong outside of a dialog.
    pub problem: RwSignal<Option<String>>,
    /// What was done, for who doesn't see it.
    pub said: RwSignal<String>,
    /// Which dialog is open.
    pub open: RwSignal<Option<Open>>,
    /// Whether something is under way.
    pub busy: RwSignal<bool>,
    /// What keeps a dialog from being done.
    pub refused: RwSignal<Option<String>>,
    /// What had the focus when the dialog opened.
    opener: StoredValue<Option<String>>,
}

impl Planner {
    /// Begins with this week of the first own team.
    pub fn new() -> Self {
        let client = use_client();
        let today = clock::today();
        let planner = Self {
            client,
            locale: client.locale,
            team: RwSignal::new(None),
            mode: RwSignal::new(Mode::Week),
            cursor: RwSignal::new(today),
            today: RwSignal::new(today),
            view: RwSignal::new(None),
            now: RwSignal::new((clock::now_s(), 0)),
            problem: RwSignal::new(None),
            said: RwSignal::new(String::new()),
            open: RwSignal::new(None),
            busy: RwSignal::new(false),
            refused: RwSignal::new(None),
            opener: StoredValue::new(None),
        };
        Effect::new(move || {
            let first = planner.teams().first().map(|(team, _)| *team);
            if planner.team.with_untracked(Option::is_none) && first.is_some() {
                planner.team.set(first);
            }
        });
        Effect::new(move || {
            if planner.team.get().is_some() {
                planner.cursor.track();
                planner.mode.track();
                planner.load();
            }
        });
        // What calls this person stands in the roster.
        Effect::new(move |before: Option<()>| {
            client.called.track();
            if before.is_some() && planner.team.with_untracked(Option::is_some) {
                planner.load();
            }
        });
        if let Ok(handle) = set_interval_with_handle(move || planner.refresh(), REFRESH) {
            on_cleanup(move || handle.clear());
        }
        let focused = window_event_listener(leptos::ev::focus, move |_| planner.refresh());
        on_cleanup(move || focused.remove());
        planner
    }

    fn refresh(self) {
        // A page that is gone has no signals any more.
        let idle = self.open.try_get_untracked() == Some(None);
        if idle && crate::client::visible() {
            self.load();
        }
    }

    /// Whose page it is.
    pub fn me(self) -> Option<PersonId> {
        match self.client.session.get() {
            Session::Known(SessionView::Staff { person, .. }) => Some(person),
            _ => None,
        }
    }

    /// The own teams with their names.
    pub fn teams(self) -> Vec<(TeamId, String)> {
        let me = self.me();
        self.client.staff.with(|staff| {
            let own = staff.teams.iter().filter(|team| me.is_some_and(|me| team.members.contains(&me)));
            own.map(|team| (team.team, team.name.clone())).collect()
        })
    }

    /// The name of a colleague, short enough for a calendar.
    pub fn name(self, person: PersonId) -> String {
        if self.me() == Some(person) {
            return text::roster_you(self.locale).to_owned();
        }
        self.full_name(person)
    }

    /// The name of anybody.
    pub fn full_name(self, person: PersonId) -> String {
        let name = self.client.staff.with(|staff| {
            let found = staff.persons.iter().find(|view| view.person == person);
            found.map(|view| view.display_name.clone())
        });
        name.unwrap_or_else(|| text::roster_former(self.locale).to_owned())
    }

    /// First and last day shown.
    pub fn days(self) -> (Day, Day) {
        let cursor = self.cursor.get();
        let first = cursor.plus(1 - cursor.date().2);
        match self.mode.get() {
            Mode::Week => (cursor.monday(), cursor.monday().plus(6)),
            Mode::Month => (first.monday(), month_after(first, 1).plus(-1).monday().plus(6)),
            Mode::List => (cursor.monday(), cursor.monday().plus(LIST_DAYS - 1)),
        }
    }

    /// Shows the time that today is in.
    pub fn show_today(self) {
        self.cursor.set(self.today.get_untracked());
    }

    /// The box has said which day it is. Where another was taken for today, today is shown instead: a device
    /// may stand in another time zone, or its clock may be wrong.
    fn learn_today(self, today: Day) {
        let taken = self.today.get_untracked();
        if taken != today {
            self.today.set(today);
            if self.cursor.get_untracked() == taken {
                self.cursor.set(today);
            }
        }
    }

    /// One step of time on (or back).
    pub fn step(self, by: i32) {
        let mode = self.mode.get_untracked();
        self.cursor.update(|day| {
            *day = match mode {
                Mode::Week => day.plus(7 * by),
                Mode::Month => month_after(*day, by),
                Mode::List => day.plus(LIST_DAYS * by),
            };
        });
    }

    /// The rule of a repeating shift with the span of its first occurrence.
    pub fn series(self, shift: ShiftId) -> Option<(Span, Rule)> {
        self.view.with(|view| {
            let series = &view.as_ref()?.series;
            series.iter().find(|(id, ..)| *id == shift).map(|(_, span, rule)| (*span, *rule))
        })
    }

    /// Asks the box about the roster.
    pub async fn ask<A: Serialize + DeserializeOwned>(
        self,
        what: String,
        body: Option<Vec<u8>>,
    ) -> Result<A, Failure> {
        decode(&self.bytes(what, body).await?).map_err(|_| Failure::Answer)
    }

    /// The same for an answer that is a file.
    pub async fn bytes(self, what: String, body: Option<Vec<u8>>) -> Result<Vec<u8>, Failure> {
        let team = self.team.try_get_untracked().flatten().ok_or(Failure::NotNow)?;
        match self.client.call(Call::PassOn { what: format!("team/{team}/{what}"), body }).await? {
            Reply::PassedOn(bytes) => Ok(bytes),
            _ => Err(Failure::Malformed),
        }
    }

    /// Fetches what is shown.
    pub fn load(self) {
        let (team, days) = (self.team.get_untracked(), untrack(move || self.days()));
        leptos::task::spawn_local(async move {
            let answer = self.ask::<RosterView>(format!("roster/{}/{}", days.0, days.1), None).await;
            // Meanwhile somebody may have gone on to another week.
            let same = self.team.try_get_untracked() == Some(team) && untrack(move || self.days()) == days;
            match answer {
                Ok(mut view) if same => {
                    self.problem.set(None);
                    self.learn_today(view.today);
                    self.now.set((view.now_s, view.minute));
                    // The time alone is no reason to build everything anew.
                    (view.now_s, view.minute) = (0, 0);
                    if self.view.with_untracked(|known| known.as_deref() != Some(&view)) {
                        self.show(view);
                    }
                }
                Err(failure) if same => self.problem.set(Some(failure::sentence(self.locale, failure))),
                _ => {}
            }
        });
    }

    /// Shows what the box said; who was on a shift with the keyboard is there again.
    fn show(self, view: RosterView) {
        let focused = focused_key();
        self.view.set(Some(Arc::new(view)));
        focus_again(focused);
    }

    /// Shows it another way. What is not the days of that way is not shown for a moment.
    pub fn show_as(self, mode: Mode) {
        if self.mode.get_untracked() != mode {
            self.view.set(None);
            self.mode.set(mode);
        }
    }

    /// Shows another team's roster.
    pub fn show_team(self, team: Option<TeamId>) {
        self.view.set(None);
        self.team.set(team);
    }

    /// Opens a dialog.
    pub fn open(self, open: Open) {
        self.opener.set_value(focused_key());
        self.refused.set(None);
        self.open.set(Some(open));
    }

    /// Closes the dialog; the focus is where it was.
    pub fn close(self) {
        if self.open.try_get_untracked().flatten().is_some() {
            self.open.set(None);
            focus_again(self.opener.get_value());
        }
    }

    /// Changes the roster. When it is done the dialog closes, and `said` tells so.
    pub fn change(self, command: Command, said: impl Into<String>) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        let said = said.into();
        leptos::task::spawn_local(async move {
            let body = encode(&PlanChange { command });
            let answer = self.ask::<Changed>("roster".to_owned(), Some(body)).await;
            self.busy.try_set(false);
            let sentence = match answer.map(|changed| changed.outcome) {
                Ok(Ok(_)) => {
                    self.close();
                    self.said.try_set(said);
                    self.load();
                    return;
                }
                Ok(Err(denied)) => words::denied(self.locale, denied).to_owned(),
                Err(failure) => failure::sentence(self.locale, failure),
            };
            self.refused.try_set(Some(sentence));
        });
    }
}

/// The first day of a month, so many months on.
fn month_after(day: Day, by: i32) -> Day {
    let (year, month, _) = day.date();
    let months = year * 12 + month - 1 + by;
    Day::of(months.div_euclid(12), months.rem_euclid(12) + 1, 1)
}

/// What has the focus, if it is a part of the roster that can be found again.
fn focused_key() -> Option<String> {
    document().active_element().and_then(|element| element.get_attribute("data-key"))
}

/// Gives the focus back to a part of the roster that was built anew, unless something else has it meanwhile.
fn focus_again(key: Option<String>) {
    let Some(key) = key else { return };
    request_animation_frame(move || {
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        let again = document().query_selector(&format!("[data-key=\"{key}\"]")).ok().flatten();
        if let Some(element) = again.filter(|_| lost)
            && let Ok(element) = element.dyn_into::<web_sys::HtmlElement>()
        {
            let _ = element.focus();
        }
    });
}

/// A new shift's id.
pub(super) fn new_shift() -> ShiftId {
    ShiftId(random_bytes())
}

/// The planner of this page.
#[allow(clippy::expect_used)]
pub(super) fn use_planner() -> Planner {
    use_context::<Planner>().expect("the roster provides the planner to its parts")
}
