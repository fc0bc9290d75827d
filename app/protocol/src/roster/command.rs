//! What can be done to a roster, and why it is refused.

use super::{Absence, Kind, Level, OccurrenceId, Pattern, Rules, Shift, ShiftId, Span, SwapId, When};
use crate::id::PersonId;
use serde::{Deserialize, Serialize};

/// A shift without id and exceptions, as a template, an import or a proposal brings it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Draft {
    /// What is done.
    pub kind: Kind,
    /// Who.
    pub person: Option<PersonId>,
    /// When.
    pub span: Span,
}

/// One shift that is to have somebody: an occurrence without anybody, or (`None`) a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Assignment {
    /// The occurrence that nobody has so far.
    pub occurrence: Option<OccurrenceId>,
    /// The shift, with its person.
    pub draft: Draft,
}

/// One change of a roster. What a member may do is said there; everything else is for leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Command {
    /// New rules.
    SetRules(Rules),
    /// New shifts.
    AddShifts(Vec<Shift>),
    /// A shift becomes this one, with all its occurrences that are still to come. What was stays.
    ReplaceShift(Shift),
    /// A shift goes with all its occurrences that are still to come.
    RemoveShift(ShiftId),
    /// One occurrence does not take place.
    Skip(OccurrenceId),
    /// One occurrence is at another time or with somebody else.
    Change {
        /// Which.
        occurrence: OccurrenceId,
        /// When.
        span: Span,
        /// Who.
        person: Option<PersonId>,
    },
    /// The occurrences after this one go, and this one too.
    EndSeries(OccurrenceId),
    /// Members: take an occurrence that nobody has.
    Take(OccurrenceId),
    /// Members: be there where somebody is missing.
    FillGap {
        /// The new shift's id.
        shift: ShiftId,
        /// When; it lies inside a gap.
        span: Span,
    },
    /// Members: the own wishes, all of them.
    SetWishes(Vec<(When, Level)>),
    /// Members: an absence of the own; leads: of anybody. What the person has in these days is
    /// without anybody afterwards, and colleagues are called.
    ReportAbsence(Absence),
    /// The same people: it was a mistake, or it is over. Shifts stay where they are.
    WithdrawAbsence(Absence),
    /// Members: offer an own shift.
    OfferSwap {
        /// The swap's id.
        swap: SwapId,
        /// Which.
        what: OccurrenceId,
        /// Who is asked; `None`: everybody.
        asked: Option<PersonId>,
        /// Another shift is wanted for it.
        exchange: bool,
    },
    /// Members: take what is offered, for a shift of the own where one is wanted.
    AnswerSwap {
        /// Which.
        swap: SwapId,
        /// What is given for it.
        counter: Option<OccurrenceId>,
    },
    /// The owner agrees to the answer (or not: it is open again).
    DecideSwap {
        /// Which.
        swap: SwapId,
        /// Agreed.
        agree: bool,
    },
    /// A lead confirms (or refuses).
    ApproveSwap {
        /// Which.
        swap: SwapId,
        /// Confirmed.
        approve: bool,
    },
    /// The owner takes the offer back.
    WithdrawSwap(SwapId),
    /// Keeps a week as a template.
    SaveTemplate {
        /// Its name; one of that name is replaced.
        name: String,
        /// Its shifts.
        shifts: Vec<Pattern>,
    },
    /// Forgets a template.
    RemoveTemplate {
        /// Its name.
        name: String,
    },
    /// Fills gaps, as a proposal says (or as it was changed).
    Assign {
        /// A first id; the others count up from it.
        first: ShiftId,
        /// Who gets what.
        assignments: Vec<Assignment>,
    },
    /// The occurrences after this one, and this one too, become this shift's. It keeps the id.
    ChangeFollowing {
        /// The first that changes.
        occurrence: OccurrenceId,
        /// What they become.
        shift: Shift,
    },
}

/// Why a roster is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// Only leads may do that, or only the person concerned.
    #[error("not allowed")]
    Forbidden,
    /// A time, text, zone or rule has no meaning.
    #[error("malformed")]
    Malformed,
    /// There is no such shift, occurrence, swap or template (any more).
    #[error("not there")]
    NotFound,
    /// The person has another shift at that time.
    #[error("overlaps with another shift of the person")]
    Overlap,
    /// The person is not a member of the team, or absent then.
    #[error("the person can't")]
    NotAvailable,
    /// Somebody was faster: the shift, gap or swap is not as it was.
    #[error("it has changed meanwhile")]
    Moved,
    /// It has begun: what was is not changed any more.
    #[error("it lies in the past")]
    Past,
    /// As many as there may be.
    #[error("too many")]
    TooMany,
}
