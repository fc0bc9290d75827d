//! How a talk ends: the dialogue that asks why and what it was about, the lines that say so to the staff afterwards,
//! and the topics out of which a team chooses.

use super::queue_rules::team_name;
use super::remark::who;
use super::talk::{open, shut};
use crate::client::{Client, use_client};
use crate::clock;
use crate::failure;
use crate::locale::Locale;
use crate::part::{Problem, Submission, SubmitForm};
use crate::text;
use beistand_protocol::closing::{Closing, ClosingReason, Topics};
use beistand_protocol::id::{ConversationId, TeamId};
use beistand_protocol::limit::{BLOCK_REASON_BYTES_MAX, TOPIC_BYTES_MAX, TOPICS_MAX};
use beistand_protocol::worker::{Call, Failure, Reply};
use leptos::html;
use leptos::prelude::*;

/// The reasons, as they are offered.
pub(super) const REASONS: [ClosingReason; 6] = [
    ClosingReason::Answered,
    ClosingReason::SentOn,
    ClosingReason::NoAnswer,
    ClosingReason::NoRequest,
    ClosingReason::Other,
    ClosingReason::Blocked,
];

pub(super) fn reason_words(locale: Locale, reason: ClosingReason) -> &'static str {
    match reason {
        ClosingReason::Answered => text::ending_answered(locale),
        ClosingReason::SentOn => text::ending_sent_on(locale),
        ClosingReason::NoAnswer => text::ending_no_answer(locale),
        ClosingReason::NoRequest => text::ending_no_request(locale),
        ClosingReason::Other => text::ending_other(locale),
        ClosingReason::Blocked => text::ending_blocked(locale),
    }
}

/// Why, and what about, in one. Of somebody who is blocked the staff say why in their own words.
pub(super) fn words(locale: Locale, reason: ClosingReason, topic: Option<&str>) -> String {
    let words = reason_words(locale, reason);
    match topic {
        Some(why) if reason == ClosingReason::Blocked => text::ending_with_reason(locale, words, why),
        Some(topic) => text::ending_with_topic(locale, words, topic),
        None => words.to_owned(),
    }
}

/// The lines that the ends of a talk are in its log, with their times.
pub(super) fn lines(client: Client, talk: ConversationId) -> Vec<(u64, String)> {
    let locale = client.locale;
    let closings = client.conversations.thread(talk).map(|thread| thread.remarks.closings);
    let line = |closing: beistand_protocol::worker::ClosingView| {
        let words = words(locale, closing.reason, closing.topic.as_deref());
        let time = clock::time(locale, closing.time_s);
        (closing.time_s, text::ending_line(locale, &time, &who(client, &closing.by), &words))
    };
    closings.unwrap_or_default().into_iter().map(line).collect()
}

/// A team's topics, or those it has after they were set.
async fn ask(client: Client, team: TeamId, names: Option<Vec<String>>) -> Result<Topics, Failure> {
    match client.call(Call::Topics { team, names }).await? {
        Reply::Topics(topics) => Ok(topics),
        _ => Err(Failure::Malformed),
    }
}

/// Closes the conversation, after it was asked why.
#[component]
pub(super) fn Close(conversation: ConversationId, act: Callback<Vec<Call>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let dialog = NodeRef::<html::Dialog>::new();
    let title = format!("close-{}", conversation.to_hex());
    let heading = title.clone();
    let (group, topic_id) = (format!("{title}-reason"), format!("{title}-topic"));
    let topic_for = topic_id.clone();
    let reason = RwSignal::new(ClosingReason::Answered);
    let topic = RwSignal::new(None::<u16>);
    let topics = RwSignal::new(Topics::default());
    let why = RwSignal::new(String::new());
    let blocks = Memo::new(move |_| reason.get() == ClosingReason::Blocked);
    let why_id = format!("{title}-why");
    let why_for = why_id.clone();
    let begin = move |_| {
        reason.set(ClosingReason::Answered);
        topic.set(None);
        why.set(String::new());
        let team = client.conversations.get(conversation).map(|view| view.team);
        leptos::task::spawn_local(async move {
            // Without them it is closed without one.
            if let Some(team) = team
                && let Ok(known) = ask(client, team, None).await
            {
                topics.try_set(known);
            }
        });
        open(dialog);
    };
    let choice = move |which: ClosingReason| {
        let group = group.clone();
        view! {
            <label class="check">
                <input
                    r#type="radio"
                    name=group
                    prop:checked=move || reason.get() == which
                    on:change=move |_| reason.set(which)
                />
                <span>{reason_words(locale, which)}</span>
            </label>
        }
    };
    let options = move || {
        topics.with(|topics| {
            topics
                .in_use()
                .map(|known| {
                    let number = known.number;
                    let chosen = move || topic.get() == Some(number);
                    view! { <option value=number.to_string() prop:selected=chosen>{known.name.clone()}</option> }
                })
                .collect_view()
        })
    };
    let close = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        shut(dialog);
        let closing = Closing { reason: reason.get_untracked(), topic: topic.get_untracked() };
        if closing.reason == ClosingReason::Blocked {
            let why = why.get_untracked().trim().to_owned();
            return act.run(vec![Call::Close { conversation, closing, topic: Some(why) }]);
        }
        let name = topics.with_untracked(|topics| {
            let mut known = topics.in_use().filter(|known| Some(known.number) == closing.topic);
            known.next().map(|known| known.name.clone())
        });
        act.run(vec![Call::Close { conversation, closing, topic: name }]);
    };
    view! {
        <button class="button quiet" r#type="button" aria-haspopup="dialog" aria-keyshortcuts="e" on:click=begin>{text::work_close(locale)}</button>
        <dialog node_ref=dialog aria-labelledby=title>
            <form class="stack" on:submit=close>
                <h2 id=heading>{text::work_close_title(locale)}</h2>
                <p>{move || if blocks.get() { text::block_body(locale) } else { text::work_close_body(locale) }}</p>
                <fieldset class="stack tight">
                    <legend>{text::ending_reason(locale)}</legend>
                    {REASONS.map(choice).collect_view()}
                </fieldset>
                <div class="field" hidden=move || !blocks.get()>
                    <label for=why_for>{text::block_why(locale)}</label>
                    <input
                        id=why_id
                        type="text"
                        autocomplete="off"
                        maxlength=(BLOCK_REASON_BYTES_MAX / 3).to_string()
                        required=move || blocks.get()
                        prop:value=move || why.get()
                        on:input=move |event| why.set(event_target_value(&event))
                    />
                    <p class="small muted">{text::block_hint(locale)}</p>
                </div>
                <div class="field" hidden=move || topics.with(|topics| topics.in_use().next().is_none())>
                    <label for=topic_for>{text::ending_topic(locale)}</label>
                    <select id=topic_id on:change=move |event| topic.set(event_target_value(&event).parse().ok())>
                        <option value="" prop:selected=move || topic.get().is_none()>{text::ending_topic_none(locale)}</option>
                        {options}
                    </select>
                </div>
                <p class="small muted">{text::ending_kept(locale)}</p>
                <div class="row">
                    <button class="button" r#type="submit">{move || if blocks.get() { text::block_submit(locale) } else { text::work_close_submit(locale) }}</button>
                    <button class="button quiet" r#type="button" on:click=move |_| shut(dialog)>{text::cancel(locale)}</button>
                </div>
            </form>
        </dialog>
    }
}

/// The form's name among those whose texts are kept.
fn form_of(team: TeamId) -> String {
    format!("topics {team}")
}

/// The names in a text, one a line.
fn names_of(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The topics of a team, one a line, for its leads.
#[component]
pub(super) fn TopicsOf(team: TeamId) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let known = RwSignal::new(None::<Topics>);
    let problem = RwSignal::new(None::<String>);
    leptos::task::spawn_local(async move {
        match ask(client, team, None).await {
            Ok(topics) => drop(known.try_set(Some(topics))),
            Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
        }
    });
    let heading = format!("topics-{team}");
    let labelled = heading.clone();
    view! {
        <section class="stack" aria-labelledby=labelled>
            <h2 id=heading>{move || text::topics_title(locale, &team_name(client, team))}</h2>
            <p class="muted">{text::topics_lead(locale)}</p>
            <Problem sentence=problem />
            {move || known.get().map(|topics| view! { <TopicsForm team topics /> })}
        </section>
    }
}

#[component]
fn TopicsForm(team: TeamId, topics: Topics) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let text_of =
        |topics: &Topics| topics.in_use().map(|topic| topic.name.clone()).collect::<Vec<_>>().join("\n");
    let stored = StoredValue::new(text_of(&topics));
    let left = client.unsent.form(&form_of(team)).and_then(|values| values.into_iter().next());
    let typed = RwSignal::new(left.unwrap_or_else(|| text_of(&topics)));
    let saved = RwSignal::new(false);
    let submission = Submission::default();
    Effect::new(move || {
        let typed = typed.get();
        let changed = stored.try_with_value(|stored| *stored != typed).unwrap_or_default();
        client.unsent.note_form(&form_of(team), changed.then(|| vec![typed]));
    });
    let save = move |()| {
        let names = names_of(&typed.get_untracked());
        let once = (0..names.len()).all(|at| !names[..at].contains(&names[at]));
        if names.len() > TOPICS_MAX || !once || names.iter().any(|name| name.len() > TOPIC_BYTES_MAX) {
            return submission.refuse(text::topics_invalid(locale, &TOPICS_MAX.to_string()));
        }
        saved.set(false);
        submission.call(Call::Topics { team, names: Some(names) }, move |outcome| {
            if let Ok(Reply::Topics(topics)) = &outcome {
                let now = text_of(topics);
                stored.try_set_value(now.clone());
                client.unsent.note_form(&form_of(team), None);
                typed.try_set(now);
            }
            saved.try_set(outcome.is_ok());
        });
    };
    let suggest = move |_| {
        let suggested = text::topics_suggested(locale).split('|').map(str::trim);
        typed.set(suggested.collect::<Vec<_>>().join("\n"));
    };
    let id = format!("topics-names-{team}");
    let labelled = id.clone();
    view! {
        <SubmitForm submission=submission label=text::lead_queue_save(locale) send=save>
            <div class="field">
                <label for=labelled>{text::topics_label(locale)}</label>
                <textarea
                    id=id
                    rows="6"
                    prop:value=move || typed.get()
                    on:input=move |event| {
                        saved.set(false);
                        typed.set(event_target_value(&event));
                    }
                ></textarea>
                <p class="small muted">{text::topics_hint(locale)}</p>
            </div>
            <Show when=move || typed.with(|typed| typed.trim().is_empty())>
                <button class="button quiet" r#type="button" on:click=suggest>{text::topics_suggest(locale)}</button>
            </Show>
        </SubmitForm>
        <p role="status">{move || saved.get().then(|| text::topics_saved(locale))}</p>
    }
}
