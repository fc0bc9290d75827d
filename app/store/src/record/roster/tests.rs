//! Frozen bytes of version 1: one of everything that a plan holds, and each command.

use super::{RosterLogRecord, RosterRecord};
use crate::record::{read, write};
use beistand_protocol::id::{PersonId, TeamId};
use beistand_protocol::roster::{
    Absence, Assignment, Closing, Command, Day, Difference, Draft, End, Frequency, Kind, Level, LogEntry,
    OccurrenceId, Pattern, Plan, Promise, Rule, Rules, Shift, ShiftId, Span, Staffing, Stage, State, Swap,
    SwapId, Template, Touched, Weekdays, When, Wish,
};

const DAY: Day = Day(20_776);
const SPAN: Span = Span { day: DAY, start: 840, minutes: 240 };
const WHAT: OccurrenceId = OccurrenceId { shift: ShiftId([1; 16]), day: DAY };
const PERSON: PersonId = PersonId([2; 16]);
const WEEKLY: When = When::Weekly { days: Weekdays::WORKING, from: 480, to: 720 };
const ABSENCE: Absence = Absence { person: PERSON, from: DAY, to: DAY };

fn rules() -> Rules {
    Rules {
        zone: "Europe/Berlin".into(),
        state: Some(State::Sachsen),
        staffing: vec![Staffing { days: Weekdays::ALL, from: 840, to: 1260, persons: 2 }],
        open_on_holidays: true,
        closings: vec![Closing { from: DAY, to: Day(20_777), name: "Umzug".into() }],
        promise: Some(Promise { working_days: 2, weekdays: Weekdays::WORKING, by: 1080 }),
        without_shift: true,
        approve_swaps: true,
    }
}

fn shifts() -> Vec<Shift> {
    let frequencies = [
        (Frequency::Daily, End::Never),
        (Frequency::Weekly(Weekdays::WORKING), End::Until(DAY)),
        (Frequency::MonthlyDay(31), End::Count(300)),
        (Frequency::MonthlyWeekday { ordinal: -1, weekday: 6 }, End::Never),
    ];
    let rules = frequencies.map(|(frequency, end)| Some(Rule { frequency, interval: 2, end }));
    let exceptions = vec![
        (DAY, Difference::Skipped),
        (Day(20_777), Difference::Other { span: SPAN, person: Some(PERSON) }),
    ];
    [None].into_iter().chain(rules).map(|rule| shift(rule, exceptions.clone())).collect()
}

fn shift(rule: Option<Rule>, exceptions: Vec<(Day, Difference)>) -> Shift {
    Shift { id: ShiftId([1; 16]), kind: Kind::Letters, person: Some(PERSON), span: SPAN, rule, exceptions }
}

fn plan() -> Plan {
    let stages = [Stage::Open, Stage::Answered, Stage::Agreed, Stage::Done, Stage::Withdrawn, Stage::Refused];
    let swap = |stage| Swap {
        id: SwapId([3; 16]),
        what: WHAT,
        owner: PERSON,
        asked: Some(PersonId([4; 16])),
        exchange: true,
        stage,
        by: Some(PersonId([4; 16])),
        counter: Some(WHAT),
        made_s: 7,
    };
    let wish = |when, level| Wish { person: PERSON, when, level };
    Plan {
        team: TeamId([9; 16]),
        version: 300,
        rules: rules(),
        shifts: shifts(),
        wishes: vec![
            wish(WEEKLY, Level::Preferably),
            wish(When::Days { from: DAY, to: DAY }, Level::Can),
            wish(WEEKLY, Level::Cannot),
        ],
        absences: vec![ABSENCE],
        swaps: stages.map(swap).to_vec(),
        templates: vec![Template { name: "Woche".into(), shifts: vec![pattern()] }],
    }
}

fn pattern() -> Pattern {
    Pattern { weekday: 3, start: 840, minutes: 240, kind: Kind::Live, person: None }
}

/// In the order of their numbers; a new one is added at the end.
fn commands() -> Vec<Command> {
    let (swap, exchange) = (SwapId([3; 16]), true);
    let draft = Draft { kind: Kind::Live, person: Some(PERSON), span: SPAN };
    vec![
        Command::SetRules(rules()),
        Command::AddShifts(shifts()),
        Command::ReplaceShift(shift(None, Vec::new())),
        Command::RemoveShift(WHAT.shift),
        Command::Skip(WHAT),
        Command::Change { occurrence: WHAT, span: SPAN, person: None },
        Command::EndSeries(WHAT),
        Command::Take(WHAT),
        Command::FillGap { shift: WHAT.shift, span: SPAN },
        Command::SetWishes(vec![(WEEKLY, Level::Can)]),
        Command::ReportAbsence(ABSENCE),
        Command::WithdrawAbsence(ABSENCE),
        Command::OfferSwap { swap, what: WHAT, asked: None, exchange },
        Command::AnswerSwap { swap, counter: Some(WHAT) },
        Command::DecideSwap { swap, agree: true },
        Command::ApproveSwap { swap, approve: false },
        Command::WithdrawSwap(swap),
        Command::SaveTemplate { name: "Woche".into(), shifts: vec![pattern()] },
        Command::RemoveTemplate { name: "Woche".into() },
        Command::Assign {
            first: WHAT.shift,
            assignments: vec![Assignment { occurrence: Some(WHAT), draft }],
        },
    ]
}

#[test]
fn version_1_is_frozen() {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let bytes = write(&RosterRecord { plan: plan() });
    assert_eq!(Plan::from(read::<RosterRecord>(&bytes).unwrap()), plan());
    let mut lines = vec![hex(&bytes)];
    for command in commands() {
        let touched = vec![Touched { kind: Kind::Letters, person: Some(PERSON), span: SPAN }];
        let entry = LogEntry { version: 300, at_s: 5, by: PERSON, command, touched };
        let bytes = write(&RosterLogRecord::new(TeamId([9; 16]), &entry));
        assert_eq!(LogEntry::from(read::<RosterLogRecord>(&bytes).unwrap()), entry);
        lines.push(hex(&bytes));
    }
    let frozen: Vec<&str> = include_str!("frozen.txt").lines().collect();
    assert_eq!(lines, frozen, "the plan, then the commands");
}
