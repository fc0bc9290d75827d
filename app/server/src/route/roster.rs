//! Duty rosters: for the members of a team. What each may change, the roster's own rules say.

use super::team::for_member;
use crate::{
    app::App,
    body::{Answer, Body, Reply},
    caller::Caller,
    duty,
    error::ApiError,
    login::token_hash,
    random::draw,
};
use axum::{
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use beistand_domain::{
    record,
    roster::{
        calendar,
        command::{Context, apply},
        empty, holiday, import,
        occurrence::Reading,
        staffing::open_hours,
        zone::Zone,
    },
    storage::{Change, CommitError, Refused},
};
use beistand_protocol::{
    error::Code,
    id::{PersonId, TeamId},
    limit::{CALENDAR_LINKS_MAX, ROSTER_LOG_PAGE_MAX, ROSTER_WINDOW_DAYS_MAX},
    notice::Occasion,
    roster::{
        CalendarImport, CalendarLink, CalendarLinkMade, CalendarLinkRevoke, CalendarLinks, Changed, Command,
        Day, Imported, LogEntry, Plan, PlanChange, Proposal, RosterLogPage, RosterView, Stage,
    },
};
use http::header;
use std::sync::Arc;

/// How often a change is tried again because a colleague's came first.
const TRIES: u32 = 8;
/// Days ahead in which the caller's next shifts are looked for.
const OWN_DAYS: i32 = 60;
/// Of those at most so many.
const OWN_MAX: usize = 10;

/// A team's roster with what is needed to read it, for one of its members.
struct Desk {
    person: PersonId,
    leads: bool,
    members: Vec<PersonId>,
    plan: Plan,
    zone: Zone,
}

impl Desk {
    fn open(app: &App, person: PersonId, team: &str) -> Result<Self, ApiError> {
        let verified = app.verified()?;
        let team = for_member(&verified, person, team)?;
        let id = team.id();
        let plan = app.storage.lookup_roster(id)?.unwrap_or_else(|| empty(id));
        let zone = Zone::of(&plan.rules.zone);
        let (leads, members) = (team.is_lead(person), team.members().collect());
        Ok(Self { person, leads, members, plan, zone })
    }

    fn reading(&self) -> Reading<'_> {
        Reading { plan: &self.plan, zone: &self.zone, members: &self.members }
    }

    fn only_leads(&self) -> Result<(), ApiError> {
        if self.leads { Ok(()) } else { Err(Code::Forbidden.into()) }
    }
}

/// The days of a path: at most as many as one answer shows.
fn window(from: &str, to: &str) -> Result<(Day, Day), ApiError> {
    let (from, to) = (Day::parse(from).ok_or(Code::NotFound)?, Day::parse(to).ok_or(Code::NotFound)?);
    let days = (to.0 - from.0).checked_add(1).filter(|days| (1..=ROSTER_WINDOW_DAYS_MAX).contains(days));
    days.map(|_| (from, to)).ok_or_else(|| Code::Malformed.into())
}

/// `GET /api/v1/team/{team}/roster/{from}/{to}`
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((team, from, to)): Path<(String, String, String)>,
) -> Answer<RosterView> {
    let desk = Desk::open(&app, caller.person()?, &team)?;
    let (from, to) = window(&from, &to)?;
    Ok(Reply(view(&desk, from, to, app.now_s())))
}

fn view(desk: &Desk, from: Day, to: Day, now_s: u64) -> RosterView {
    let (reading, plan, person) = (desk.reading(), &desk.plan, desk.person);
    let (today, minute) = desk.zone.wall(now_s);
    let occurrences = reading.occurrences(from, to);
    let shown = |id| occurrences.iter().any(|one| one.id.shift == id);
    let running = |stage| matches!(stage, Stage::Open | Stage::Answered | Stage::Agreed);
    let swaps = plan.swaps.iter().filter(|swap| running(swap.stage)).filter_map(|swap| {
        let what = reading.find(swap.what)?;
        Some((*swap, what, swap.counter.and_then(|counter| reading.find(counter))))
    });
    let own = reading.occurrences(today, today.plus(OWN_DAYS)).into_iter();
    let own = own.filter(|one| one.person == Some(person) && one.end_s > now_s).take(OWN_MAX).collect();
    let mine = |of: PersonId| desk.leads || of == person;
    RosterView {
        team: plan.team,
        version: plan.version,
        leads: desk.leads,
        from,
        to,
        now_s,
        today,
        minute,
        rules: plan.rules.clone(),
        members: desk.members.clone(),
        series: plan
            .shifts
            .iter()
            .filter(|shift| shown(shift.id))
            .filter_map(|shift| shift.rule.map(|rule| (shift.id, shift.span, rule)))
            .collect(),
        gaps: reading.gaps(from, to).into_iter().filter(|gap| gap.end_s > now_s).collect(),
        open: Day::range(from, to).flat_map(|day| open_hours(&plan.rules, day)).collect(),
        holidays: Day::range(from, to)
            .filter_map(|day| holiday::on(plan.rules.state, day).map(|holiday| (day, holiday)))
            .collect(),
        swaps: swaps.collect(),
        own,
        calls: reading.calls(person, today, today.plus(OWN_DAYS), now_s),
        wishes: plan.wishes.iter().filter(|wish| mine(wish.person)).copied().collect(),
        absences: plan.absences.iter().filter(|absence| mine(absence.person)).copied().collect(),
        templates: if desk.leads { plan.templates.clone() } else { Vec::new() },
        occurrences,
    }
}

/// `POST /api/v1/team/{team}/roster`: one command, by the rules of [`apply`].
pub async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
    Body(PlanChange { command }): Body<PlanChange>,
) -> Answer<Changed> {
    let person = caller.person()?;
    for _ in 0..TRIES {
        let desk = Desk::open(&app, person, &team)?;
        let now_s = app.now_s();
        let context = Context { person, leads: desk.leads, members: &desk.members, now_s };
        let (plan, touched) = match apply(&desk.plan, &command, &context) {
            Ok(applied) => applied,
            Err(denied) => return Ok(Reply(Changed { outcome: Err(denied) })),
        };
        let version = plan.version;
        let entry = LogEntry { version, at_s: now_s, by: person, command: command.clone(), touched };
        let change = Change::RosterChange { plan: Box::new(plan), entry: Box::new(entry) };
        match app.commit(vec![change]).await {
            Ok(_) => {
                // Whoever asked may be gone by now: then the next turn of the jobs notices.
                duty::work_out(&app)?;
                call_for(&app, &desk, &command, &team)?;
                return Ok(Reply(Changed { outcome: Ok(version) }));
            }
            // Judged again by what the roster is now.
            Err(CommitError::Refused(Refused::VersionMoved)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Code::Conflict.into())
}

/// Who is called because of a change: those who are asked for a shift, and those who could step in for somebody.
fn call_for(app: &App, before: &Desk, command: &Command, team: &str) -> Result<(), ApiError> {
    let others = |person| before.members.contains(&person) && person != before.person;
    match command {
        Command::OfferSwap { asked: Some(asked), .. } => {
            app.call_those(None, Occasion::Swap, true, |person| person == *asked && others(person));
        }
        Command::OfferSwap { asked: None, .. } => app.call_those(None, Occasion::Swap, false, others),
        Command::ReportAbsence(absence) => {
            let after = Desk::open(app, before.person, team)?;
            let now_s = app.now_s();
            let (today, _) = after.zone.wall(now_s);
            let calls =
                |desk: &Desk, person| desk.reading().calls(person, today, today.plus(OWN_DAYS), now_s);
            let called = |person| {
                let known = calls(before, person);
                let fresh = |id| !known.iter().any(|one| one.id == id);
                others(person)
                    && person != absence.person
                    && calls(&after, person).iter().any(|one| fresh(one.id))
            };
            app.call_those(None, Occasion::Illness, true, called);
        }
        _ => {}
    }
    Ok(())
}

/// `GET /api/v1/team/{team}/roster-log/{before}`: newest first, below a version.
pub async fn log(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((team, before)): Path<(String, String)>,
) -> Answer<RosterLogPage> {
    let desk = Desk::open(&app, caller.person()?, &team)?;
    let before = before.parse().map_err(|_| Code::NotFound)?;
    let entries = app.storage.list_roster_log(desk.plan.team, before, ROSTER_LOG_PAGE_MAX)?;
    Ok(Reply(RosterLogPage { entries }))
}

/// `GET /api/v1/team/{team}/roster-proposal/{from}/{to}`: nothing is changed by it.
pub async fn propose(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((team, from, to)): Path<(String, String, String)>,
) -> Answer<Proposal> {
    let desk = Desk::open(&app, caller.person()?, &team)?;
    desk.only_leads()?;
    let (from, to) = window(&from, &to)?;
    Ok(Reply(Proposal { shifts: desk.reading().propose(from, to, app.now_s()) }))
}

/// `POST /api/v1/team/{team}/calendar-import`: reads a file; nothing is stored by it.
pub async fn import(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
    Body(CalendarImport { text }): Body<CalendarImport>,
) -> Answer<Imported> {
    let desk = Desk::open(&app, caller.person()?, &team)?;
    desk.only_leads()?;
    let verified = app.verified()?;
    let state = verified.log.state();
    let named = |name: &str| {
        let known = desk.members.iter().filter(|member| {
            state.person(**member).is_some_and(|person| person.name().eq_ignore_ascii_case(name))
        });
        // Two of one name: nobody can say which.
        let found: Vec<&PersonId> = known.take(2).collect();
        if let [person] = found[..] { Some(*person) } else { None }
    };
    let imported = import::read(&text, &desk.zone, named).map_err(|_| Code::Malformed)?;
    Ok(Reply(imported))
}

/// `GET /api/v1/team/{team}/calendar/{from}/{to}`: everybody's shifts as a calendar file.
pub async fn export(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((team, from, to)): Path<(String, String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    let desk = Desk::open(&app, caller.person()?, &team)?;
    let (from, to) = window(&from, &to)?;
    let words = app.pages.calendar_words(super::page::language_of(&request));
    let verified = app.verified()?;
    let name = |person| verified.log.state().person(person).map(|person| person.name().to_owned());
    let events = desk.reading().events_of_all(from, to, &words, name);
    Ok(file(&words.name, &events, app.now_s()))
}

/// Calendar links of one person in a team, oldest first.
fn links_of(app: &App, person: PersonId, team: TeamId) -> Result<Vec<record::CalendarLink>, ApiError> {
    let mut links = app.storage.list_calendar_links()?;
    links.retain(|link| link.person == person && link.team == team);
    links.sort_unstable_by_key(|link| (link.made_s, link.secret_hash));
    Ok(links)
}

/// What names a link: the secret's hash tells nobody the secret, and a part of it is enough.
fn link_id(link: &record::CalendarLink) -> [u8; 8] {
    let mut id = [0; 8];
    id.copy_from_slice(&link.secret_hash[..8]);
    id
}

/// `GET /api/v1/team/{team}/calendar-link`: the caller's own.
pub async fn list_links(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
) -> Answer<CalendarLinks> {
    let desk = Desk::open(&app, caller.person()?, &team)?;
    let links = links_of(&app, desk.person, desk.plan.team)?;
    let links = links.iter().map(|link| CalendarLink { id: link_id(link), made_s: link.made_s }).collect();
    Ok(Reply(CalendarLinks { links }))
}

/// `POST /api/v1/team/{team}/calendar-link`: a new one. Its secret is said this once.
pub async fn make_link(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
    Body(()): Body<()>,
) -> Answer<CalendarLinkMade> {
    let desk = Desk::open(&app, caller.person()?, &team)?;
    let (person, team) = (desk.person, desk.plan.team);
    if links_of(&app, person, team)?.len() >= CALENDAR_LINKS_MAX {
        return Err(Code::Conflict.into());
    }
    let secret = draw::<32>(&*app.random);
    let secret_hash = token_hash(&secret);
    let link = record::CalendarLink { secret_hash, person, team, made_s: app.now_s() };
    app.commit(vec![Change::CalendarLinkAdd(link)]).await?;
    Ok(Reply(CalendarLinkMade { secret }))
}

/// `POST /api/v1/team/{team}/calendar-link/revoke`
pub async fn revoke_link(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(team): Path<String>,
    Body(CalendarLinkRevoke { id }): Body<CalendarLinkRevoke>,
) -> Answer<()> {
    let desk = Desk::open(&app, caller.person()?, &team)?;
    let links = links_of(&app, desk.person, desk.plan.team)?;
    let link = links.iter().find(|link| link_id(link) == id).ok_or(Code::NotFound)?;
    app.commit(vec![Change::CalendarLinkRemove(link.secret_hash)]).await?;
    Ok(Reply(()))
}

/// `GET /calendar/{secret}`: what a calendar program fetches. Whoever has the address reads one person's
/// shifts in one team, and nothing of colleagues or seekers; it ends with the membership.
pub async fn feed(
    State(app): State<Arc<App>>,
    Path(secret): Path<String>,
    request: Request,
) -> Result<Response, ApiError> {
    let secret = beistand_protocol::id::Digest::from_hex(&secret).ok_or(Code::NotFound)?;
    let secret_hash = token_hash(&secret.0);
    let link = app.storage.lookup_calendar_link(&secret_hash)?.ok_or(Code::NotFound)?;
    // Who is no member any more has nothing to read, and nobody is told that there was a link.
    let desk = Desk::open(&app, link.person, &link.team.to_hex()).map_err(|_| Code::NotFound)?;
    let words = app.pages.calendar_words(super::page::language_of(&request));
    let now_s = app.now_s();
    Ok(file(&words.name, &desk.reading().events_of(link.person, &words, now_s), now_s))
}

fn file(name: &str, events: &[calendar::Event], now_s: u64) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"calendar.ics\""),
    ];
    (headers, calendar::write(name, events, now_s)).into_response()
}
