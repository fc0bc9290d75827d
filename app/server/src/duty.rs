//! Who is on duty by the rosters, and what a site's start page says of it.
//!
//! It is worked out when something changes and when the next shift begins or ends, not for each visitor.
//! A team without a roster has no entry here: who is there decides, and nothing is promised.

use crate::{app::App, page::Moment};
use beistand_domain::{
    clock::Seconds,
    roster::{duty::Duty, occurrence::Reading, zone::Zone},
    storage::StorageError,
};
use beistand_protocol::{
    id::{PersonId, TeamId},
    roster::{MINUTES_OF_DAY, Plan},
};

/// What a roster says now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    /// Who counts.
    pub duty: Duty,
    /// When somebody is there next.
    pub next: Option<Moment>,
    /// Until when a letter written now is answered.
    pub answer_by_s: Option<Seconds>,
    /// The same on the team's wall.
    pub answer_by: Option<Moment>,
    /// From here on it has to be worked out anew.
    pub until_s: Seconds,
}

impl OnDuty {
    /// What a plan says; `None` for one without shifts that promises nothing.
    #[must_use]
    pub fn of(plan: &Plan, members: &[PersonId], now_s: Seconds) -> Option<Self> {
        let zone = Zone::of(&plan.rules.zone);
        let reading = Reading { plan, zone: &zone, members };
        let duty = reading.duty(now_s);
        if duty.persons.is_none() && plan.rules.promise.is_none() {
            return None;
        }
        let (today, _) = zone.wall(now_s);
        let moment = |time_s| {
            let (day, minute) = zone.wall(time_s);
            Moment { today, day, minute }
        };
        let next = duty.next_start_s.map(moment);
        let answer_by_s = reading.promise(now_s, &duty);
        let answer_by = answer_by_s.map(moment);
        // Tomorrow "tomorrow" is another day.
        let until_s = duty.until_s.min(zone.moment(today, MINUTES_OF_DAY.into()));
        Some(Self { duty, next, answer_by_s, answer_by, until_s })
    }
}

/// Works out who is on duty; when that has to be done again at the latest.
///
/// # Errors
/// [`StorageError`].
pub fn work_out(app: &App) -> Result<Option<Seconds>, StorageError> {
    let Some(verified) = app.directory.verified() else { return Ok(None) };
    let now_s = app.now_s();
    let found: Vec<(TeamId, OnDuty)> = app
        .storage
        .list_rosters()?
        .iter()
        .filter_map(|plan| {
            let members: Vec<PersonId> = verified.log.state().team(plan.team)?.members().collect();
            Some((plan.team, OnDuty::of(plan, &members, now_s)?))
        })
        .collect();
    let again_s = found.iter().map(|(_, on_duty)| on_duty.until_s).min();
    app.hub.set_duty(found);
    Ok(again_s)
}

/// Until when a team answers words that come now.
///
/// # Errors
/// [`StorageError`].
pub fn promise(app: &App, team: TeamId) -> Result<Option<Seconds>, StorageError> {
    // Whatever was worked out last may be over by some moments.
    if app.hub.duty_ends_s().is_some_and(|until_s| until_s <= app.now_s()) {
        work_out(app)?;
    }
    Ok(app.hub.promise(team))
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_domain::roster::empty;
    use beistand_protocol::roster::{Day, Kind, Promise, Shift, ShiftId, Span, Weekdays};

    #[test]
    fn words_like_tomorrow_end_at_midnight() {
        let person = PersonId([1; 16]);
        let mut plan = empty(TeamId([2; 16]));
        // 2027-01-15, half past eleven in Berlin.
        let (today, now_s) = (Day(20_833), 1_800_000_000 + 14 * 3600 + 1800);
        assert_eq!(OnDuty::of(&plan, &[person], now_s), None);
        // Without a shift there is nothing but a promise: on a Friday, until Tuesday at six.
        plan.rules.promise = Some(Promise { working_days: 2, weekdays: Weekdays::WORKING, by: 18 * 60 });
        let promised = OnDuty::of(&plan, &[person], now_s).unwrap();
        assert_eq!(promised.duty.persons, None);
        assert_eq!(promised.answer_by, Some(Moment { today, day: today.plus(4), minute: 1080 }));
        plan.rules.promise = None;
        assert_eq!(OnDuty::of(&plan, &[person], now_s), None);
        let span = Span { day: today.plus(1), start: 600, minutes: 60 };
        let (id, kind) = (ShiftId([3; 16]), Kind::Live);
        plan.shifts.push(Shift { id, kind, person: Some(person), span, rule: None, exceptions: Vec::new() });
        let on_duty = OnDuty::of(&plan, &[person], now_s).unwrap();
        assert_eq!(on_duty.next, Some(Moment { today, day: today.plus(1), minute: 600 }));
        assert_eq!(on_duty.until_s, now_s + 1800);
        // Past midnight it is worked out for the new day.
        let on_duty = OnDuty::of(&plan, &[person], now_s + 1800).unwrap();
        let tomorrow = today.plus(1);
        assert_eq!(on_duty.next, Some(Moment { today: tomorrow, day: tomorrow, minute: 600 }));
    }
}
