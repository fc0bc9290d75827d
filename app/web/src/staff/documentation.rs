//! Documentation of a talk for people outside: a dialogue that says what leaves the encrypted place, asks what of it, shows
//! exactly that, and gives it to a printer or saves it. Nothing of it goes to the box; that somebody did it stands in the talk's
//! thread, for the team, before anything leaves.

mod compose;

use super::desk::leads;
use super::note::Notes;
use super::remark;
use super::roster::file::save_file;
use crate::client::{Client, print, use_client};
use crate::clock;
use crate::document::names::{Piece, folded};
use crate::document::{Document, Entry};
use crate::failure;
use crate::icon::{Icon, icon};
use crate::part::Problem;
use crate::text;
use beistand_protocol::id::ConversationId;
use beistand_protocol::worker::{Call, Failure, Medium, Remark, Reply, StateView};
use compose::{Choices, Outcome, Source, compose};
use leptos::html;
use leptos::portal::Portal;
use leptos::prelude::*;

/// Longest word or name that is typed to be replaced.
const WORD_CHARS_MAX: usize = 80;

/// The talk whose documentation is being put together, if any is.
#[derive(Clone, Copy, Default)]
pub(super) struct Documented(RwSignal<Option<ConversationId>>);

/// What comes out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Out {
    Paper,
    Text,
    Page,
}

/// The lines in a talk's log that say when its words were taken out, with their times.
pub(super) fn lines(client: Client, talk: ConversationId) -> Vec<(u64, String)> {
    let locale = client.locale;
    let documented = client.conversations.thread(talk).map(|thread| thread.remarks.documented);
    let line = |view: beistand_protocol::worker::DocumentedView| {
        let remark = Remark::Documented { on: view.on, anonymised: view.anonymised };
        let words = remark::words(client, &view.by, &remark);
        (view.time_s, text::document_line(locale, &clock::time(locale, view.time_s), &words))
    };
    documented.unwrap_or_default().into_iter().map(line).collect()
}

/// Begins a documentation, where the talk is one's own, over, or led by oneself.
#[component]
pub(super) fn DocumentButton(conversation: ConversationId) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let Documented(wanted) = expect_context::<Documented>();
    let offered = Memo::new(move |_| {
        client.conversations.get(conversation).is_some_and(|view| match view.state {
            StateView::Mine | StateView::Closed | StateView::Blocked => true,
            StateView::Waiting | StateView::Colleague(..) => leads(client, &view),
        })
    });
    view! {
        <Show when=move || offered.get()>
            <p>
                <button class="button quiet" r#type="button" aria-haspopup="dialog" on:click=move |_| wanted.set(Some(conversation))>
                    {icon(Icon::Print, 20)} {text::document_open(locale)}
                </button>
            </p>
        </Show>
    }
}

/// The dialogue, while one is wanted.
#[component]
pub(super) fn Documentation() -> impl IntoView {
    let Documented(wanted) = expect_context::<Documented>();
    move || wanted.get().map(|conversation| view! { <Dialogue conversation wanted /> })
}

#[component]
fn Dialogue(conversation: ConversationId, wanted: RwSignal<Option<ConversationId>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let notes = expect_context::<Notes>();
    let dialog = NodeRef::<html::Dialog>::new();
    let source = RwSignal::new(None::<Source>);
    let choices = RwSignal::new(Choices::default());
    let problem = RwSignal::new(None::<String>);
    let done = RwSignal::new(None::<String>);
    let busy = RwSignal::new(false);
    let paper = RwSignal::new(None::<Document>);
    let outcome = Memo::new(move |_| {
        choices.with(|choices| {
            source.with(|source| source.as_ref().map(|source| compose(locale, source, choices)))
        })
    });
    // What was given away is not what is shown any more.
    Effect::new(move || {
        choices.track();
        paper.set(None);
        done.set(None);
    });
    Effect::new(move || {
        if let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            let _ = dialog.show_modal();
        }
    });
    let fetch = move || {
        problem.set(None);
        leptos::task::spawn_local(async move {
            let found = match client.call(Call::Transcript { conversation }).await {
                Ok(Reply::Transcript { talk, thread }) => {
                    Source::new(client, notes, conversation, talk, thread).ok_or(Failure::NotNow)
                }
                Ok(_) => Err(Failure::Malformed),
                Err(failure) => Err(failure),
            };
            match found {
                Ok(found) => drop(source.try_set(Some(found))),
                Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
            }
        });
    };
    fetch();
    let give = move |out: Out| {
        let Some(document) = outcome.with_untracked(|it| it.as_ref().map(|it| it.document.clone())) else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        problem.set(None);
        done.set(None);
        busy.set(true);
        let on = if out == Out::Paper { Medium::Paper } else { Medium::File };
        let remark = Remark::Documented { on, anonymised: choices.with_untracked(|it| it.anonymised) };
        leptos::task::spawn_local(async move {
            // Noted first: what could not be noted does not leave.
            let noted = client.call(Call::Remark { conversation, remark }).await;
            busy.try_set(false);
            if let Err(failure) = noted {
                problem.try_set(Some(failure::sentence(locale, failure)));
                return;
            }
            let name = |ending: &str| format!("{}-{}.{ending}", text::document_file(locale), clock::today());
            let save = |name: String, kind: &str, words: &str| {
                save_file(&name, kind, words.as_bytes());
                done.try_set(Some(text::document_saved(locale, &name)));
            };
            match out {
                Out::Paper => {
                    paper.try_set(Some(document));
                    done.try_set(Some(text::document_printed(locale).to_owned()));
                    // Once it is laid out.
                    request_animation_frame(|| request_animation_frame(print));
                }
                Out::Text => save(name("txt"), "text/plain;charset=utf-8", &document.plain()),
                Out::Page => save(name("html"), "text/html;charset=utf-8", &document.page()),
            }
        });
    };
    let nothing = Memo::new(move |_| {
        outcome.with(|outcome| outcome.as_ref().is_none_or(|outcome| outcome.document.sections.is_empty()))
    });
    let button = move |class: &'static str, out: Out, label: &'static str| {
        view! {
            <button class=class r#type="button" disabled=move || nothing.get() || busy.get() on:click=move |_| give(out)>
                {(out == Out::Paper).then(|| icon(Icon::Print, 20))} {label}
            </button>
        }
    };
    let shut = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog class="documentation" node_ref=dialog aria-labelledby="documentation" on:close=move |_| wanted.set(None)>
            <div class="dialog-head">
                <h2 class="title-l" id="documentation" tabindex="-1" autofocus=true>{text::document_title(locale)}</h2>
                <button class="icon-button" r#type="button" aria-label=text::shut(locale) on:click=shut>
                    {icon(Icon::Close, 22)}
                </button>
            </div>
            <div class="document-columns">
                <div class="document-choices stack">
                    <Warning />
                    {move || source.with(Option::is_some).then(|| view! { <Wanted source choices outcome /> })}
                </div>
                {move || match source.with(Option::is_some) {
                    true => view! {
                        <div class="preview" role="region" aria-label=text::document_preview(locale) tabindex="0">
                            <p class="small muted preview-word">{text::document_preview(locale)}</p>
                            {move || outcome.with(|outcome| outcome.as_ref().map(|outcome| sheet(&outcome.document, 3)))}
                            <Show when=move || nothing.get()>
                                <p class="muted">{text::document_empty(locale)}</p>
                            </Show>
                        </div>
                    }.into_any(),
                    false => view! {
                        <div class="preview">
                            {move || match problem.with(Option::is_some) {
                                false => view! { <p class="muted" role="status">{text::document_loading(locale)}</p> }.into_any(),
                                true => view! {
                                    <button class="button quiet" r#type="button" on:click=move |_| fetch()>{text::retry(locale)}</button>
                                }.into_any(),
                            }}
                        </div>
                    }.into_any(),
                }}
            </div>
            <div class="document-foot">
                <Problem sentence=problem />
                <p class="small" role="status">{move || done.get()}</p>
                <div class="row">
                    {button("button", Out::Paper, text::document_print(locale))}
                    {button("button quiet", Out::Text, text::document_save_text(locale))}
                    {button("button quiet", Out::Page, text::document_save_page(locale))}
                </div>
            </div>
            {move || paper.get().map(|document| view! {
                <Portal>
                    <article class="paper" lang=document.language>{sheet(&document, 1)}</article>
                </Portal>
            })}
        </dialog>
    }
}

/// What leaves the encrypted place, and what that means.
#[component]
fn Warning() -> impl IntoView {
    let locale = use_client().locale;
    view! {
        <div class="notice warm">
            {icon(Icon::Warning, 22)}
            <div class="stack tight">
                <p class="strong">{text::document_warning(locale)}</p>
                <ul class="bullets small">
                    <li>{text::document_warning_read(locale)}</li>
                    <li>{text::document_warning_keep(locale)}</li>
                    <li>{text::document_warning_names(locale)}</li>
                    <li>{text::document_warning_log(locale)}</li>
                </ul>
            </div>
        </div>
    }
}

/// What is wanted of it, and what became of the names.
#[component]
fn Wanted(
    source: RwSignal<Option<Source>>,
    choices: RwSignal<Choices>,
    outcome: Memo<Option<Outcome>>,
) -> impl IntoView {
    let locale = use_client().locale;
    let note_there =
        source.with_untracked(|source| source.as_ref().is_some_and(|source| !source.note.is_empty()));
    let tick = move |label: &'static str, of: fn(&mut Choices) -> &mut bool| {
        view! {
            <label class="check">
                <input
                    r#type="checkbox"
                    prop:checked=move || choices.with(|choices| *of(&mut choices.clone()))
                    on:change=move |event| choices.update(|choices| *of(choices) = event_target_checked(&event))
                />
                <span>{label}</span>
            </label>
        }
    };
    let timed = move |label: &'static str, timed: bool| {
        view! {
            <label class="check">
                <input
                    r#type="radio"
                    name="document-times"
                    prop:checked=move || choices.with(|choices| choices.timed == timed)
                    on:change=move |_| choices.update(|choices| choices.timed = timed)
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="ticks">
            <legend>{text::document_parts(locale)}</legend>
            {tick(text::document_part_talk(locale), |choices| &mut choices.talk)}
            {tick(text::document_part_marks(locale), |choices| &mut choices.marks)}
            {tick(text::document_part_thread(locale), |choices| &mut choices.thread)}
            {note_there.then(|| tick(text::document_part_note(locale), |choices| &mut choices.note))}
        </fieldset>
        <fieldset class="ticks">
            <legend>{text::document_times(locale)}</legend>
            {timed(text::document_times_day(locale), false)}
            {timed(text::document_times_full(locale), true)}
        </fieldset>
        <fieldset class="ticks">
            <legend>{text::document_names(locale)}</legend>
            {tick(text::document_anonymised(locale), |choices| &mut choices.anonymised)}
            <p class="small muted">{move || match choices.with(|choices| choices.anonymised) {
                true => text::document_anonymised_body(locale),
                false => text::document_named_body(locale),
            }}</p>
        </fieldset>
        <Show when=move || choices.with(|choices| choices.anonymised)>
            <Replaced choices outcome />
            <Doubts choices outcome />
            <More choices />
        </Show>
    }
}

/// Which names were found; by what somebody may be called as well, each can be left.
#[component]
fn Replaced(choices: RwSignal<Choices>, outcome: Memo<Option<Outcome>>) -> impl IntoView {
    let locale = use_client().locale;
    let all =
        Memo::new(move |_| outcome.with(|it| it.as_ref().map(|it| it.replaced.clone()).unwrap_or_default()));
    let one = move |found: compose::Found| {
        let words = text::document_replaced_count(locale, found.count as u64, &found.name);
        let part = folded(&found.name);
        if !found.is_part {
            return view! { <li class="check fixed">{icon(Icon::Check, 20)} <span>{words}</span></li> }
                .into_any();
        }
        let left = part.clone();
        view! {
            <li>
                <label class="check">
                    <input
                        r#type="checkbox"
                        prop:checked=move || choices.with(|choices| !choices.left.contains(&left))
                        on:change=move |event| choices.update(|choices| {
                            if event_target_checked(&event) {
                                choices.left.remove(&part);
                            } else {
                                choices.left.insert(part.clone());
                            }
                        })
                    />
                    <span>{words}</span>
                </label>
            </li>
        }
        .into_any()
    };
    view! {
        <div class="stack tight" role="group" aria-label=text::document_replaced(locale)>
            <p class="strong">{text::document_replaced(locale)}</p>
            {move || all.with(Vec::is_empty).then(|| view! { <p class="small muted">{text::document_replaced_none(locale)}</p> })}
            <ul class="ticks"><For each=move || all.get() key=|found| found.clone() children=one /></ul>
        </div>
    }
}

/// What looks like somebody's name, number or address, to be replaced by a press.
#[component]
fn Doubts(choices: RwSignal<Choices>, outcome: Memo<Option<Outcome>>) -> impl IntoView {
    let locale = use_client().locale;
    let all =
        Memo::new(move |_| outcome.with(|it| it.as_ref().map(|it| it.doubtful.clone()).unwrap_or_default()));
    let chip = move |words: String| {
        let (label, shown) = (text::document_doubt_replace(locale, &words), words.clone());
        let replace = move |_| choices.update(|choices| choices.more.push(words.clone()));
        view! {
            <li><button class="chip" r#type="button" aria-label=label on:click=replace>{shown} {icon(Icon::Cross, 18)}</button></li>
        }
    };
    view! {
        <div class="stack tight" role="group" aria-label=text::document_doubt(locale)>
            <p class="strong">{text::document_doubt(locale)}</p>
            <p class="small muted">{move || match all.with(Vec::is_empty) {
                true => text::document_doubt_none(locale),
                false => text::document_doubt_body(locale),
            }}</p>
            <ul class="doubts"><For each=move || all.get() key=String::clone children=chip /></ul>
        </div>
    }
}

/// Words that nobody but the person here knows to be telling.
#[component]
fn More(choices: RwSignal<Choices>) -> impl IntoView {
    let locale = use_client().locale;
    let typed = RwSignal::new(String::new());
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let word = typed.with_untracked(|typed| typed.split_whitespace().collect::<Vec<_>>().join(" "));
        if !word.is_empty() {
            choices.update(|choices| choices.more.push(word));
            typed.set(String::new());
        }
    };
    let chips = move || {
        let more = choices.with(|choices| choices.more.clone());
        let chip = move |word: String| {
            let (shown, label) = (word.clone(), text::document_more_remove(locale, &word));
            let remove = move |_| choices.update(|choices| choices.more.retain(|known| *known != word));
            view! {
                <li class="tag word">
                    <span>{shown}</span>
                    <button class="tag-off" r#type="button" aria-label=label on:click=remove>{icon(Icon::Close, 14)}</button>
                </li>
            }
        };
        more.into_iter().map(chip).collect_view()
    };
    view! {
        <div class="field">
            <label for="document-more">{text::document_more(locale)}</label>
            <form class="tag-form" on:submit=add>
                <input
                    id="document-more"
                    autocomplete="off"
                    maxlength=WORD_CHARS_MAX.to_string()
                    aria-describedby="document-more-hint"
                    prop:value=move || typed.get()
                    on:input=move |event| typed.set(event_target_value(&event))
                />
                <button class="button quiet" r#type="submit">{text::document_more_add(locale)}</button>
            </form>
            <p class="hint" id="document-more-hint">{text::document_more_hint(locale)}</p>
            <ul class="tag-list">{chips}</ul>
        </div>
    }
}

fn heading(level: u8, words: String) -> AnyView {
    match level {
        1 => view! { <h1>{words}</h1> }.into_any(),
        2 => view! { <h2>{words}</h2> }.into_any(),
        3 => view! { <h3>{words}</h3> }.into_any(),
        4 => view! { <h4>{words}</h4> }.into_any(),
        _ => view! { <h5>{words}</h5> }.into_any(),
    }
}

/// A document, its title a heading of this level.
fn sheet(document: &Document, level: u8) -> impl IntoView + use<> {
    let facts = document.facts.iter().map(|(name, value)| {
        let (name, value) = (name.clone(), value.clone());
        view! { <div><dt>{name}</dt> <dd>{value}</dd></div> }
    });
    let time = |time: &Option<String>| time.clone().map(|time| view! { <span class="num">{time}</span> });
    let entry = move |entry: &Entry| match entry {
        Entry::Day(day) => heading(level + 2, day.clone()),
        Entry::Said { who, time: at, words } => {
            let who = who.clone().map(|who| view! { <b>{who}</b> });
            let head =
                (who.is_some() || at.is_some()).then(|| view! { <p class="sheet-who">{who} {time(at)}</p> });
            let words = words.iter().cloned().map(piece).collect_view();
            view! { <div class="sheet-said">{head} <p class="sheet-words" dir="auto">{words}</p></div> }
                .into_any()
        }
        Entry::Note { time: at, words } => {
            view! { <p class="sheet-note">{time(at)} <span class="sheet-words">{words.clone()}</span></p> }
                .into_any()
        }
        Entry::Lacking(words) => view! { <p class="sheet-lacking">{words.clone()}</p> }.into_any(),
    };
    let sections = document.sections.iter().map(|section| {
        let entries = section.entries.iter().map(entry).collect_view();
        view! { <div class="sheet-part">{heading(level + 1, section.title.clone())} {entries}</div> }
    });
    view! {
        <div class="sheet-page">
            {heading(level, document.title.clone())}
            <dl>{facts.collect_view()}</dl>
            <p class="sheet-notice">{document.notice.clone()}</p>
            {sections.collect_view()}
        </div>
    }
}

fn piece(piece: Piece) -> AnyView {
    match piece {
        Piece::Kept(words) => words.into_any(),
        Piece::Doubtful(words) => view! { <mark class="doubt">{words}</mark> }.into_any(),
        Piece::Put(words) => view! { <mark class="put">{words}</mark> }.into_any(),
    }
}
