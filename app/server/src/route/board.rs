//! What the rosters say of now and of the days to come, for those who lead a team and for administrators.

use crate::{
    app::App,
    body::{Answer, Reply},
    caller::Caller,
    error::ApiError,
};
use axum::extract::State;
use beistand_domain::roster::{empty, occurrence::Reading, zone::Zone};
use beistand_protocol::{
    board::{BOARD_DAYS, Board, TeamBoard, Workload},
    id::{PersonId, TeamId},
    membership::Team,
    roster::{Day, Kind, Occurrence},
};
use std::sync::Arc;

/// `GET /api/v1/board`
pub async fn show(State(app): State<Arc<App>>, caller: Caller) -> Answer<Board> {
    let person = caller.person()?;
    let verified = app.verified()?;
    let state = verified.log.state();
    let (all, now_s) = (state.is_administrator(person), app.now_s());
    let led = state.teams().filter(|team| all || team.is_lead(person));
    let teams = led.map(|team| board(&app, team, now_s)).collect::<Result<_, ApiError>>()?;
    Ok(Reply(Board { teams }))
}

fn board(app: &App, team: &Team, now_s: u64) -> Result<TeamBoard, ApiError> {
    let plan = app.storage.lookup_roster(team.id())?.unwrap_or_else(|| empty(team.id()));
    let members: Vec<PersonId> = team.members().collect();
    let zone = Zone::of(&plan.rules.zone);
    let reading = Reading { plan: &plan, zone: &zone, members: &members };
    let (today, _) = zone.wall(now_s);
    let last = today.plus(BOARD_DAYS - 1);
    // One that began yesterday may run past midnight.
    let shifts = reading.occurrences(today.plus(-1), last);
    let mut gaps = reading.gaps(today, last);
    gaps.retain(|gap| gap.end_s > now_s);
    let runs = |one: &&Occurrence| {
        one.kind == Kind::Live && one.person.is_some() && (one.start_s..one.end_s).contains(&now_s)
    };
    Ok(TeamBoard {
        team: team.id(),
        today,
        rostered: !plan.shifts.is_empty(),
        without_shift: plan.rules.without_shift,
        now: shifts.iter().filter(runs).cloned().collect(),
        gaps,
        workload: team.workload_shown().then(|| workload(app, team.id(), &members, &shifts, today)),
    })
}

/// What each member has to do.
fn workload(
    app: &App,
    team: TeamId,
    members: &[PersonId],
    shifts: &[Occurrence],
    today: Day,
) -> Vec<Workload> {
    let held = app.hub.held_talks(team);
    let of = |person: PersonId| {
        let held = held.iter().filter(|(holder, _)| *holder == person);
        let minutes = shifts.iter().filter(|one| one.person == Some(person) && one.span.day >= today);
        let (mut talks, mut waiting) = (0, 0);
        for (_, waits) in held {
            talks += 1;
            waiting += u32::from(*waits);
        }
        Workload { person, talks, waiting, minutes: minutes.map(|one| u32::from(one.span.minutes)).sum() }
    };
    members.iter().copied().map(of).collect()
}
