//! What the rosters say of now and of the days to come, for those who lead a team and for administrators.

use crate::{
    app::App,
    body::{Answer, Reply},
    caller::Caller,
};
use axum::extract::State;
use beistand_domain::roster::{empty, occurrence::Reading, zone::Zone};
use beistand_protocol::{
    board::{BOARD_DAYS, Board, TeamBoard, Workload},
    id::PersonId,
    roster::{Day, Kind, Plan},
};
use std::sync::Arc;

/// `GET /api/v1/board`
pub async fn show(State(app): State<Arc<App>>, caller: Caller) -> Answer<Board> {
    let person = caller.person()?;
    let verified = app.verified()?;
    let state = verified.log.state();
    let (all, now_s) = (state.is_administrator(person), app.now_s());
    let mut teams = Vec::new();
    for team in state.teams().filter(|team| all || team.is_lead(person)) {
        let plan = app.storage.lookup_roster(team.id())?.unwrap_or_else(|| empty(team.id()));
        let members: Vec<PersonId> = team.members().collect();
        let mut told = board(&plan, &members, now_s);
        told.workload = team.workload_shown().then(|| workload(&app, &plan, &members, told.today));
        teams.push(told);
    }
    Ok(Reply(Board { teams }))
}

fn board(plan: &Plan, members: &[PersonId], now_s: u64) -> TeamBoard {
    let zone = Zone::of(&plan.rules.zone);
    let reading = Reading { plan, zone: &zone, members };
    let (today, _) = zone.wall(now_s);
    // One that began yesterday may run past midnight.
    let mut now = reading.occurrences(today.plus(-1), today);
    now.retain(|one| {
        one.kind == Kind::Live && one.person.is_some() && (one.start_s..one.end_s).contains(&now_s)
    });
    let mut gaps = reading.gaps(today, today.plus(BOARD_DAYS - 1));
    gaps.retain(|gap| gap.end_s > now_s);
    let (rostered, without_shift) = (!plan.shifts.is_empty(), plan.rules.without_shift);
    TeamBoard { team: plan.team, today, rostered, without_shift, now, gaps, workload: None }
}

/// What each member has to do.
fn workload(app: &App, plan: &Plan, members: &[PersonId], today: Day) -> Vec<Workload> {
    let zone = Zone::of(&plan.rules.zone);
    let shifts = Reading { plan, zone: &zone, members }.occurrences(today, today.plus(BOARD_DAYS - 1));
    let held = app.hub.held_talks(plan.team);
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
