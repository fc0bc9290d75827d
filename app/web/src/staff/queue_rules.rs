//! For whoever leads a team, and for administrators: the present, the figures, and whose turn it is, team by team.

use super::Area;
use super::board::NowAndNext;
use super::desk::Desk;
use super::ending::TopicsOf;
use super::statistics::Figures;
use crate::client::{Session, use_client};
use crate::failure;
use crate::part::{Problem, Submission, SubmitForm};
use crate::text;
use beistand_protocol::id::TeamId;
use beistand_protocol::limit::{
    ESCALATION_S_MAX, ESCALATION_S_MIN, QUEUE_OFFER_S_MAX, QUEUE_OFFER_S_MIN, QUEUE_TALKS_MAX,
};
use beistand_protocol::queue::{Escalation, QueueMode, QueueRules};
use beistand_protocol::worker::{Call, Failure, Reply, SessionView};
use leptos::prelude::*;

/// The form's name among those whose texts are kept.
fn form_of(team: TeamId) -> String {
    format!("queue {team}")
}

/// The teams whose rules this person may change.
pub(super) fn led_teams(client: crate::client::Client) -> Vec<TeamId> {
    let Session::Known(SessionView::Staff { person, administrator, .. }) = client.session.get() else {
        return Vec::new();
    };
    client.staff.with(|staff| {
        let led = staff.teams.iter().filter(|team| administrator || team.leads.contains(&person));
        led.map(|team| team.team).collect()
    })
}

/// The name of a team.
pub(super) fn team_name(client: crate::client::Client, team: TeamId) -> String {
    client.staff.with(|staff| {
        let known = staff.teams.iter().find(|known| known.team == team);
        known.map(|team| team.name.clone()).unwrap_or_default()
    })
}

#[component]
pub(super) fn Lead(desk: Desk, area: RwSignal<Area>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let teams = Memo::new(move |_| led_teams(client));
    view! {
        <main class="administration" id="content" tabindex="-1">
            <h1>{text::lead_title(locale)}</h1>
            <NowAndNext desk=desk area=area />
            <Figures />
            <div class="stack wide one">
                <For each=move || teams.get() key=|team| *team children=move |team| view! { <Rules team=team /> <TopicsOf team=team /> } />
            </div>
        </main>
    }
}

/// Seconds with the next on duty and with the leads that a team begins with.
const ESCALATION_BEGIN: Escalation = Escalation { leads_s: 60, letter_s: 180 };

/// One team's rules.
#[component]
fn Rules(team: TeamId) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let known = RwSignal::new(None::<QueueRules>);
    let problem = RwSignal::new(None::<String>);
    leptos::task::spawn_local(async move {
        let rules = match client.call(Call::Queue { team, rules: None }).await {
            Ok(Reply::Queue(rules)) => Ok(rules),
            Ok(_) => Err(Failure::Malformed),
            Err(failure) => Err(failure),
        };
        match rules {
            Ok(rules) => drop(known.try_set(Some(rules))),
            Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
        }
    });
    let heading = format!("queue-{team}");
    let labelled = heading.clone();
    view! {
        <section class="stack" aria-labelledby=labelled>
            <h2 id=heading>{move || text::lead_queue_title(locale, &team_name(client, team))}</h2>
            <p class="muted">{text::lead_queue_lead(locale)}</p>
            <Problem sentence=problem />
            {move || known.get().map(|rules| view! { <RulesForm team=team rules=rules /> })}
        </section>
    }
}

#[component]
fn RulesForm(team: TeamId, rules: QueueRules) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let words = |rules: QueueRules| {
        let mode = if rules.mode == QueueMode::Push { "push" } else { "" };
        [
            mode.to_owned(),
            rules.talks_max.map(|max| max.to_string()).unwrap_or_default(),
            rules.offer_s.to_string(),
            if rules.escalation.is_some() { "yes" } else { "" }.to_owned(),
            rules.escalation.unwrap_or(ESCALATION_BEGIN).leads_s.to_string(),
            rules.escalation.unwrap_or(ESCALATION_BEGIN).letter_s.to_string(),
        ]
    };
    let saved_words = StoredValue::new(words(rules));
    // What was chosen and not saved goes before.
    let left = client.unsent.form(&form_of(team)).and_then(|values| <[String; 6]>::try_from(values).ok());
    let [mode, talks_max, offer_s, goes_on, leads_s, letter_s] =
        left.unwrap_or_else(|| words(rules)).map(RwSignal::new);
    let saved = RwSignal::new(false);
    let submission = Submission::default();
    let typed = move || [mode, talks_max, offer_s, goes_on, leads_s, letter_s].map(|field| field.get());
    Effect::new(move || {
        let typed = typed();
        let changed = saved_words.try_with_value(|saved| *saved != typed).unwrap_or_default();
        client.unsent.note_form(&form_of(team), changed.then(|| typed.to_vec()));
    });
    let save = move |()| {
        let [mode, talks_max, offer_s, goes_on, leads_s, letter_s] = untrack(typed);
        let mode = if mode == "push" { QueueMode::Push } else { QueueMode::Pull };
        let escalation = match goes_on.is_empty() {
            true => Ok(None),
            false => leads_s
                .trim()
                .parse()
                .and_then(|leads_s| Ok(Some(Escalation { leads_s, letter_s: letter_s.trim().parse()? }))),
        };
        let (Ok(offer_s), Ok(escalation), Ok(talks_max)) = (
            offer_s.trim().parse(),
            escalation,
            if talks_max.trim().is_empty() { Ok(None) } else { talks_max.trim().parse().map(Some) },
        ) else {
            return submission.refuse(text::failure_settings_invalid(locale));
        };
        let rules = QueueRules { mode, talks_max, offer_s, escalation };
        saved.set(false);
        submission.call(Call::Queue { team, rules: Some(rules) }, move |outcome| {
            if outcome.is_ok() {
                saved_words.try_set_value(words(rules));
                client.unsent.note_form(&form_of(team), None);
            }
            saved.try_set(outcome.is_ok());
        });
    };
    let group = format!("queue-mode-{team}");
    let choice = move |value: &'static str, title: &'static str, body: &'static str| {
        let group = group.clone();
        view! {
            <label class="choice">
                <input
                    r#type="radio"
                    name=group
                    prop:checked=move || mode.get() == value
                    on:change=move |_| {
                        saved.set(false);
                        mode.set(value.to_owned());
                    }
                />
                <b>{title}</b>
                <p class="small muted">{body}</p>
            </label>
        }
    };
    let seconds =
        move |name: &'static str, label: &'static str, hint: &'static str, field: RwSignal<String>| {
            let id = format!("queue-{name}-{team}");
            let labelled = id.clone();
            let (min, max) = match name {
                "offer" => (QUEUE_OFFER_S_MIN, QUEUE_OFFER_S_MAX),
                _ => (ESCALATION_S_MIN, ESCALATION_S_MAX),
            };
            view! {
                <label for=labelled>{label}</label>
                <input
                    id=id
                    r#type="number"
                    required
                    min=min.to_string()
                    max=max.to_string()
                    prop:value=move || field.get()
                    on:input=move |event| {
                        saved.set(false);
                        field.set(event_target_value(&event));
                    }
                />
                <p class="small muted">{hint}</p>
            }
        };
    let talks_id = format!("queue-talks-{team}");
    let talks_for = talks_id.clone();
    let pushes = move || mode.get() == "push";
    let escalates = move || !goes_on.get().is_empty();
    let offer_words = move || match pushes() {
        true => (text::lead_queue_offer(locale), text::lead_queue_offer_hint(locale)),
        false => (text::lead_escalation_next(locale), text::lead_escalation_next_hint(locale)),
    };
    view! {
        <SubmitForm submission=submission label=text::lead_queue_save(locale) send=save>
            <fieldset class="stack tight">
                <legend>{text::lead_queue_mode(locale)}</legend>
                {choice("", text::lead_queue_pull(locale), text::lead_queue_pull_body(locale))}
                {choice("push", text::lead_queue_push(locale), text::lead_queue_push_body(locale))}
            </fieldset>
            <div class="field narrow-field">
                <label for=talks_for>{text::lead_queue_talks(locale)}</label>
                <input
                    id=talks_id
                    r#type="number"
                    min="1"
                    max=QUEUE_TALKS_MAX.to_string()
                    prop:value=move || talks_max.get()
                    on:input=move |event| {
                        saved.set(false);
                        talks_max.set(event_target_value(&event));
                    }
                />
                <p class="small muted">{text::lead_queue_talks_hint(locale)}</p>
            </div>
            <fieldset class="stack tight">
                <legend>{text::lead_escalation(locale)}</legend>
                <p class="small muted">{text::lead_escalation_body(locale)}</p>
                <label class="check">
                    <input
                        r#type="checkbox"
                        prop:checked=escalates
                        on:change=move |event| {
                            saved.set(false);
                            goes_on.set(if event_target_checked(&event) { "yes" } else { "" }.to_owned());
                        }
                    />
                    <span>{text::lead_escalation_on(locale)}</span>
                </label>
            </fieldset>
            <div class="field narrow-field" hidden=move || !pushes() && !escalates()>
                {move || {
                    let (label, hint) = offer_words();
                    seconds("offer", label, hint, offer_s)
                }}
            </div>
            <div class="field narrow-field" hidden=move || !escalates()>
                {seconds("leads", text::lead_escalation_leads(locale), text::lead_escalation_leads_hint(locale), leads_s)}
            </div>
            <div class="field narrow-field" hidden=move || !escalates()>
                {seconds("letter", text::lead_escalation_letter(locale), text::lead_escalation_letter_hint(locale), letter_s)}
            </div>
        </SubmitForm>
        <p role="status">{move || saved.get().then(|| text::lead_queue_saved(locale))}</p>
    }
}
