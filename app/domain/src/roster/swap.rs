//! Swaps: one colleague offers a shift, another takes it, and where the team wants it a lead confirms.
//!
//! ```text
//!  offered ─▶ Open ──answer (gift)────────────────▶ Agreed* ──confirm──▶ Done
//!              │ ▲                                     │ └───refuse──▶ Refused
//!              │ └─no── Answered ◀─answer (exchange)   │
//!              │            └─────yes──────────────────┘   * only where a lead has to confirm, else Done at once
//!              └─▶ Withdrawn (by the owner, while it is not done)
//! ```

use super::command::Work;
use beistand_protocol::{
    limit::ROSTER_SWAPS_MAX,
    roster::{Denied, Difference, Occurrence, OccurrenceId, Stage, Swap, SwapId},
};

/// Whether it can still be done.
pub(super) fn is_running(swap: &Swap) -> bool {
    matches!(swap.stage, Stage::Open | Stage::Answered | Stage::Agreed)
}

fn find<'a>(work: &'a mut Work<'_>, id: SwapId) -> Result<&'a mut Swap, Denied> {
    let swap = work.plan.swaps.iter_mut().find(|swap| swap.id == id).ok_or(Denied::NotFound)?;
    if is_running(swap) { Ok(swap) } else { Err(Denied::Moved) }
}

/// An occurrence that has not begun and is (still) this person's.
fn own(
    work: &Work<'_>,
    id: OccurrenceId,
    person: beistand_protocol::id::PersonId,
) -> Result<Occurrence, Denied> {
    let found = work.coming(id)?;
    if found.start_s <= work.context.now_s {
        return Err(Denied::Past);
    }
    if found.person == Some(person) { Ok(found) } else { Err(Denied::Moved) }
}

pub(super) fn offer(
    work: &mut Work<'_>,
    id: SwapId,
    what: OccurrenceId,
    asked: Option<beistand_protocol::id::PersonId>,
    exchange: bool,
) -> Result<(), Denied> {
    let owner = work.context.person;
    own(work, what, owner)?;
    if asked.is_some_and(|asked| asked == owner || !work.context.members.contains(&asked)) {
        return Err(Denied::NotAvailable);
    }
    let twice = |swap: &Swap| swap.id == id || (is_running(swap) && swap.what == what);
    if work.plan.swaps.iter().any(twice) {
        return Err(Denied::Moved);
    }
    if work.plan.swaps.len() >= ROSTER_SWAPS_MAX {
        // The oldest that has ended makes room.
        let ended = work.plan.swaps.iter().position(|swap| !is_running(swap)).ok_or(Denied::TooMany)?;
        work.plan.swaps.remove(ended);
    }
    let made_s = work.context.now_s;
    let swap = Swap { id, what, owner, asked, exchange, stage: Stage::Open, by: None, counter: None, made_s };
    work.plan.swaps.push(swap);
    Ok(())
}

pub(super) fn answer(work: &mut Work<'_>, id: SwapId, counter: Option<OccurrenceId>) -> Result<(), Denied> {
    let by = work.context.person;
    let swap = *find(work, id)?;
    if swap.stage != Stage::Open {
        return Err(Denied::Moved);
    }
    if swap.owner == by || swap.asked.is_some_and(|asked| asked != by) {
        return Err(Denied::Forbidden);
    }
    if swap.exchange != counter.is_some() {
        return Err(Denied::Malformed);
    }
    let what = own(work, swap.what, swap.owner)?;
    work.can(by, what.span)?;
    if let Some(counter) = counter {
        let given = own(work, counter, by)?;
        work.can(swap.owner, given.span)?;
    }
    let stored = find(work, id)?;
    (stored.by, stored.counter) = (Some(by), counter);
    stored.stage = if swap.exchange { Stage::Answered } else { Stage::Agreed };
    if swap.exchange { Ok(()) } else { agreed(work, id) }
}

pub(super) fn decide(work: &mut Work<'_>, id: SwapId, agree: bool) -> Result<(), Denied> {
    let person = work.context.person;
    let swap = find(work, id)?;
    if swap.owner != person {
        return Err(Denied::Forbidden);
    }
    if swap.stage != Stage::Answered {
        return Err(Denied::Moved);
    }
    if agree {
        swap.stage = Stage::Agreed;
        return agreed(work, id);
    }
    (swap.stage, swap.by, swap.counter) = (Stage::Open, None, None);
    Ok(())
}

/// Both agree: done, unless a lead has to confirm.
fn agreed(work: &mut Work<'_>, id: SwapId) -> Result<(), Denied> {
    if work.plan.rules.approve_swaps && !work.context.leads { Ok(()) } else { carry_out(work, id) }
}

pub(super) fn approve(work: &mut Work<'_>, id: SwapId, approve: bool) -> Result<(), Denied> {
    let swap = find(work, id)?;
    if !approve {
        swap.stage = Stage::Refused;
        return Ok(());
    }
    if swap.stage != Stage::Agreed {
        return Err(Denied::Moved);
    }
    carry_out(work, id)
}

pub(super) fn withdraw(work: &mut Work<'_>, id: SwapId) -> Result<(), Denied> {
    let (person, leads) = (work.context.person, work.context.leads);
    let swap = find(work, id)?;
    if swap.owner != person && !leads {
        return Err(Denied::Forbidden);
    }
    swap.stage = Stage::Withdrawn;
    Ok(())
}

/// The roster says so from now on.
fn carry_out(work: &mut Work<'_>, id: SwapId) -> Result<(), Denied> {
    let swap = *find(work, id)?;
    let by = swap.by.ok_or(Denied::Moved)?;
    let what = own(work, swap.what, swap.owner)?;
    work.can(by, what.span)?;
    let mut moves = vec![(swap.what, what, by)];
    if let Some(counter) = swap.counter {
        let given = own(work, counter, by)?;
        work.can(swap.owner, given.span)?;
        moves.push((counter, given, swap.owner));
    }
    for (id, occurrence, to) in moves {
        work.touched.push(beistand_protocol::roster::Touched {
            kind: occurrence.kind,
            person: occurrence.person,
            span: occurrence.span,
        });
        work.gets.push(to);
        work.except(id, Difference::Other { span: occurrence.span, person: Some(to) })?;
    }
    find(work, id)?.stage = Stage::Done;
    // Another offer of the same shift is void: it is somebody else's now.
    for other in work.plan.swaps.iter_mut().filter(|other| is_running(other)) {
        let moved = |id: OccurrenceId| id == swap.what || Some(id) == swap.counter;
        if moved(other.what) || other.counter.is_some_and(moved) {
            other.stage = Stage::Withdrawn;
        }
    }
    Ok(())
}
