//! Fills a fresh box with an organisation, two counselors and their duty roster, a seeker and open conversations, and
//! prints how to log in as each. It speaks the real protocol, since the box itself can't seal anything.
//!
//! `demo --start-output FILE` reads address, certificate and claim code from what the box printed;
//! `demo --url URL --root-certificate FILE --claim-code CODE` is told them. `--talks N`: that many talks more, which wait.

use beistand_protocol::{
    codec::{decode, encode},
    id::{ConversationId, PersonId, TeamId},
    roster::{
        Changed, Command, Day, End, Frequency, Kind, PlanChange, RosterView, Rule, Rules, Shift, ShiftId,
        Span, Staffing, State, Weekdays,
    },
    worker::{Call, Reply, SessionView},
};
use beistand_tests::{
    cast::{LogIn, join, set_up, sign_up},
    native::Address,
    page::{Page, PageError, message_id},
    start_output::StartOutput,
};
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// How long the box may take to start.
const START_PATIENCE: Duration = Duration::from_secs(60);

const USAGE: &str =
    "demo --start-output FILE | --url URL --root-certificate FILE [--claim-code CODE], [--talks N]";

/// Talks of one seeker of a crowd.
const TALKS_EACH: usize = 30;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let outcome = tokio::task::LocalSet::new().run_until(run()).await;
    match outcome {
        Ok(text) => {
            println!("{text}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("demo: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<String, String> {
    let (output, talks) = arguments().await?;
    let address = Address::new(&output.url, &output.root_certificate).map_err(|error| error.to_string())?;
    fill(&address, &output, talks).await.map_err(|error| error.to_string())
}

async fn arguments() -> Result<(StartOutput, usize), String> {
    let mut arguments = std::env::args().skip(1);
    let mut talks = 0;
    let (mut file, mut url, mut root_certificate, mut claim_code) = (None, None, None, None);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or(USAGE)?;
        match &*name {
            "--start-output" => file = Some(PathBuf::from(value)),
            "--url" => url = Some(value),
            "--root-certificate" => root_certificate = Some(PathBuf::from(value)),
            "--claim-code" => claim_code = Some(value),
            "--talks" => talks = value.parse().map_err(|_| USAGE)?,
            _ => return Err(USAGE.into()),
        }
    }
    if let Some(file) = file {
        let output = StartOutput::wait(&file, START_PATIENCE)
            .await
            .map_err(|text| format!("the box did not start; it printed:\n{text}"))?;
        return Ok((output, talks));
    }
    let root_certificate = root_certificate.ok_or(USAGE)?;
    Ok((StartOutput { url: url.ok_or(USAGE)?, root_certificate, claim_code }, talks))
}

async fn fill(address: &Address, output: &StartOutput, talks: usize) -> Result<String, PageError> {
    let administrator = LogIn::new("verwaltung", "laterne kranich ufer honig wolke segel");
    let mara = LogIn::new("mara", "birke kompass regen flocke tasse hafen");
    let jonas = LogIn::new("jonas", "murmel wiese leuchte pinsel dachs brise");
    let seeker = LogIn::new("Blaue Lampe 27", "eisvogel teppich linde");

    let mut office = Page::open(address);
    let code = match (&output.claim_code, already_set_up(&mut office).await?) {
        (Some(code), false) => code.clone(),
        _ => return Ok(format!("The box at {} is set up already; nothing was changed.", output.url)),
    };
    let kit = set_up(&mut office, &code, &administrator, "Renate Vogt").await?;
    let pin = kit.organisation.to_hex();
    let team = office.model.teams.first().ok_or(PageError::Unexpected)?.team;
    let mut first = join(address, &mut office, team, "Mara", &mara).await?;
    let second = join(address, &mut office, team, "Jonas", &jonas).await?;
    let persons = [&first, &second].map(|page| page.model.person());
    let [Some(of_mara), Some(of_jonas)] = persons else { return Err(PageError::Unexpected) };
    plan(&mut office, team, of_mara, of_jonas).await?;

    let (mut writing, recovery) = sign_up(address, kit.site, &pin, &seeker).await?;
    let answered = writing.send(None, "Hallo, ist da jemand? Ich weiß gerade nicht weiter.").await?;
    answer(&mut first, answered).await?;
    read(&mut writing, answered, "Hallo, schön, dass du schreibst").await?;
    writing.send(Some(answered), "Es geht um zu Hause. Es ist oft sehr laut.").await?;
    read(&mut first, answered, "Es geht um zu Hause").await?;
    let waiting = writing.send(None, "Kann ich hier auch etwas anderes fragen?").await?;
    stored(&mut writing, waiting).await?;

    let (mut other, _) =
        sign_up(address, kit.site, &pin, &LogIn::new("Ahorn 5", "teppich murmel wolke")).await?;
    let alone = other.send(None, "Guten Abend. Meine Freundin macht mir Sorgen.").await?;
    stored(&mut other, alone).await?;
    for begin in (0..talks).step_by(TALKS_EACH) {
        let log_in = LogIn::new(&format!("Stern {}", begin / TALKS_EACH + 1), "teppich murmel wolke");
        let (mut one, _) = sign_up(address, kit.site, &pin, &log_in).await?;
        for number in begin..talks.min(begin + TALKS_EACH) {
            let talk = one.send(None, &format!("Frage Nummer {} von vielen.", number + 1)).await?;
            stored(&mut one, talk).await?;
        }
        one.call(Call::LogOut).await?;
    }
    for page in [&mut office, &mut first, &mut writing, &mut other] {
        page.call(Call::LogOut).await?;
    }
    drop(second);

    let base = output.url.trim_end_matches('/');
    let site = kit.site.to_hex();
    let row = |who: &str, where_to: String, log_in: &LogIn| {
        format!(
            "  {who:<15} {where_to}\n                  name: {:<16} password: {}",
            log_in.name, log_in.password
        )
    };
    Ok([
        "The demo is ready:".into(),
        row("seeker", format!("{base}/write/{site}?to=log-in#k={pin}"), &seeker),
        format!("                  recovery code: {recovery}"),
        row("counselor", format!("{base}/staff"), &mara),
        row("counselor", format!("{base}/staff"), &jonas),
        row("administrator", format!("{base}/staff"), &administrator),
        format!("  start page      {base}/"),
    ]
    .join("\n"))
}

/// Two are to be there in the afternoons. Each has shifts of the own, and some hours have too few: there is something to
/// offer, to take and to propose.
async fn plan(office: &mut Page, team: TeamId, mara: PersonId, jonas: PersonId) -> Result<(), PageError> {
    let day = Day::of(2026, 1, 1);
    let view: RosterView = roster(office, team, format!("roster/{day}/{day}"), None).await?;
    let staffing = [(14, 18, 2), (18, 20, 1)];
    let staffing = staffing.map(|(from, to, persons)| Staffing {
        days: Weekdays::WORKING,
        from: from * 60,
        to: to * 60,
        persons,
    });
    // Whoever says to be on duty is, also where the roster has nobody: the demo is tried at any hour.
    let rules =
        Rules { state: Some(State::Berlin), staffing: staffing.into(), without_shift: true, ..view.rules };
    change(office, team, Command::SetRules(rules)).await?;
    let monday = Day(view.today.0 - i32::from(view.today.weekday()));
    let shift = |person, kind, weekdays: &[u8], from: u16, to: u16| {
        let weekdays_all = weekdays.iter().fold(0, |all, weekday| all | Weekdays::one(*weekday).0);
        let first = weekdays.first().copied().map_or(0, i32::from);
        Shift {
            id: ShiftId(message_id().0),
            kind,
            person: Some(person),
            span: Span { day: Day(monday.0 + first), start: from * 60, minutes: (to - from) * 60 },
            rule: Some(Rule {
                frequency: Frequency::Weekly(Weekdays(weekdays_all)),
                interval: 1,
                end: End::Never,
            }),
            exceptions: Vec::new(),
        }
    };
    let shifts = vec![
        shift(mara, Kind::Live, &[0, 2, 4], 14, 18),
        shift(jonas, Kind::Live, &[0, 1, 3], 14, 20),
        shift(jonas, Kind::Live, &[2], 16, 20),
        shift(mara, Kind::Letters, &[1], 9, 11),
    ];
    change(office, team, Command::AddShifts(shifts)).await
}

async fn change(page: &mut Page, team: TeamId, command: Command) -> Result<(), PageError> {
    let body = encode(&PlanChange { command });
    let changed: Changed = roster(page, team, "roster".to_owned(), Some(body)).await?;
    changed.outcome.map(drop).map_err(|_| PageError::Unexpected)
}

/// Asks the box for something of the roster.
async fn roster<A: serde::de::DeserializeOwned + serde::Serialize>(
    page: &mut Page,
    team: TeamId,
    what: String,
    body: Option<Vec<u8>>,
) -> Result<A, PageError> {
    match page.call(Call::PassOn { what: format!("team/{team}/{what}"), body }).await? {
        Reply::PassedOn(bytes) => decode(&bytes).map_err(|_| PageError::Unexpected),
        _ => Err(PageError::Unexpected),
    }
}

/// Whether the organisation exists: then nothing is made twice.
async fn already_set_up(page: &mut Page) -> Result<bool, PageError> {
    match page.call(Call::Start { site: None, pin: None, resume: None }).await? {
        Reply::Started { session: SessionView::NotSetUp } => Ok(false),
        Reply::Started { .. } => Ok(true),
        _ => Err(PageError::Unexpected),
    }
}

/// A counselor takes the conversation and answers.
async fn answer(page: &mut Page, conversation: ConversationId) -> Result<(), PageError> {
    page.until("the conversation", |model| model.conversations.contains_key(&conversation)).await?;
    page.call(Call::Show { conversation }).await?;
    page.call(Call::Claim { conversation }).await?;
    page.call(Call::Seen { conversation }).await?;
    page.send(Some(conversation), "Hallo, schön, dass du schreibst. Ich bin Mara. Magst du erzählen?")
        .await?;
    stored(page, conversation).await
}

/// Waits for a text that begins so, and has seen it.
async fn read(page: &mut Page, conversation: ConversationId, begin: &str) -> Result<(), PageError> {
    page.call(Call::Show { conversation }).await?;
    page.until(begin, |model| model.texts(conversation).iter().any(|text| text.starts_with(begin))).await?;
    page.call(Call::Seen { conversation }).await.map(drop)
}

/// Waits until everything sent is stored.
async fn stored(page: &mut Page, conversation: ConversationId) -> Result<(), PageError> {
    page.call(Call::Show { conversation }).await?;
    page.until("everything stored", |model| {
        let lines = model.lines(conversation);
        !lines.is_empty() && lines.iter().all(|line| line.position != u64::MAX)
    })
    .await
}
