//! Text blocks: what was read of the libraries, and the area in which they are kept in order.

mod exchange;
mod form;
mod slash;

pub(super) use slash::Slash;

use crate::blocks::{Placeholder, preview};
use crate::client::{Client, Session, use_client};
use crate::clock;
use crate::failure;
use crate::icon::{Icon, icon};
use crate::locale::Locale;
use crate::part::Problem;
use crate::text;
use beistand_protocol::blocks::Library;
use beistand_protocol::id::{BlockId, PersonId};
use beistand_protocol::membership::Language;
use beistand_protocol::worker::{
    Block, BlockChange, BlockEdit, BlockText, BlocksCall, Call, Failure, LibraryView, Reply, SessionView,
};
use leptos::html;
use leptos::prelude::*;

/// For so long libraries are not asked for again by whoever opens the list, in seconds.
const FRESH_S: u64 = 20;

/// The libraries as they were read last. Copies are handles to the same ones.
#[derive(Clone, Copy)]
pub(super) struct Shelves {
    client: Client,
    /// Own ones first, then the teams' in the order of the log.
    views: RwSignal<Vec<LibraryView>>,
    read_s: StoredValue<u64>,
    problem: RwSignal<Option<String>>,
}

/// Changes a library, or only reads it; what it is afterwards.
pub(super) async fn ask(
    client: Client,
    library: Library,
    edits: Vec<BlockEdit>,
) -> Result<LibraryView, Failure> {
    match client.call(Call::Blocks(BlocksCall { library, edits })).await? {
        Reply::Blocks(view) => Ok(view),
        _ => Err(Failure::Malformed),
    }
}

impl Shelves {
    pub(super) fn new(client: Client) -> Self {
        Self { client, views: RwSignal::default(), read_s: StoredValue::new(0), problem: RwSignal::default() }
    }

    /// What this person may read.
    fn libraries(self) -> Vec<Library> {
        let Some(own) = own_person(self.client) else { return Vec::new() };
        let teams = self.client.staff.with(|staff| {
            let mine = staff.teams.iter().filter(|team| team.members.contains(&own));
            mine.map(|team| Library::Team(team.team)).collect::<Vec<_>>()
        });
        core::iter::once(Library::Own(own)).chain(teams).collect()
    }

    /// Reads them, unless that was done just now.
    fn refresh(self, at_once: bool) {
        let now_s = clock::now_s();
        if !at_once && now_s < self.read_s.get_value().saturating_add(FRESH_S) {
            return;
        }
        self.read_s.set_value(now_s);
        let libraries = untrack(|| self.libraries());
        leptos::task::spawn_local(async move {
            for library in libraries {
                match self.change(library, Vec::new()).await {
                    Ok(_) => drop(self.problem.try_set(None)),
                    Err(failure) => {
                        self.read_s.try_set_value(0);
                        self.problem.try_set(Some(failure::sentence(self.client.locale, failure)));
                        return;
                    }
                }
            }
        });
    }

    /// Changes a library, or only reads it, and shows what it is afterwards.
    async fn change(self, library: Library, edits: Vec<BlockEdit>) -> Result<LibraryView, Failure> {
        let view = ask(self.client, library, edits).await?;
        let known = view.clone();
        self.views.try_update(|views| {
            views.retain(|known| known.library != library);
            views.push(known);
            views.sort_by_key(|known| match known.library {
                Library::Own(_) | Library::Note(..) => None,
                Library::Team(team) => Some(team),
            });
        });
        Ok(view)
    }

    fn view(self, library: Library) -> Option<LibraryView> {
        self.views.with(|views| views.iter().find(|view| view.library == library).cloned())
    }

    /// A library's heading.
    fn name(self, library: Library) -> String {
        let locale = self.client.locale;
        match library {
            Library::Own(_) | Library::Note(..) => text::blocks_own(locale).to_owned(),
            Library::Team(id) => self.client.staff.with(|staff| {
                let team = staff.teams.iter().find(|team| team.team == id);
                text::blocks_team(locale, team.map_or("", |team| &*team.name))
            }),
        }
    }
}

fn own_person(client: Client) -> Option<PersonId> {
    match client.session.get() {
        Session::Known(SessionView::Staff { person, .. }) => Some(person),
        _ => None,
    }
}

/// A new block's id.
fn new_block() -> BlockId {
    BlockId(crate::client::random_message_id().0)
}

fn placeholder_name(locale: Locale, placeholder: Placeholder) -> &'static str {
    match placeholder {
        Placeholder::Pseudonym => text::blocks_pseudonym(locale),
        Placeholder::OwnName => text::blocks_own_name(locale),
        Placeholder::AnswerBy => text::blocks_answer_by(locale),
        Placeholder::NextStaffed => text::blocks_next_staffed(locale),
    }
}

/// Languages with their names and how files and forms write them.
fn languages(locale: Locale) -> [(Language, &'static str, &'static str); 6] {
    [
        (Language::German, "de", text::blocks_language_de(locale)),
        (Language::GermanPlain, "de-simple", text::blocks_language_plain(locale)),
        (Language::English, "en", text::blocks_language_en(locale)),
        (Language::Turkish, "tr", text::blocks_language_tr(locale)),
        (Language::Arabic, "ar", text::blocks_language_ar(locale)),
        (Language::Ukrainian, "uk", text::blocks_language_uk(locale)),
    ]
}

fn language_name(locale: Locale, language: Language) -> &'static str {
    languages(locale).into_iter().find(|(of, ..)| *of == language).map_or("", |(.., name)| name)
}

fn language_tag(language: Option<Language>) -> &'static str {
    language.map_or("", |language| {
        languages(Locale::En).into_iter().find(|(of, ..)| *of == language).map_or("", |(_, tag, _)| tag)
    })
}

/// `None` for a tag of no language that is offered; the empty one is that of blocks for all.
fn language_of(tag: &str) -> Option<Option<Language>> {
    if tag.is_empty() {
        return Some(None);
    }
    languages(Locale::En).into_iter().find(|(_, known, _)| *known == tag).map(|(of, ..)| Some(of))
}

/// When and by whom something was changed.
fn changed(client: Client, change: BlockChange) -> String {
    let locale = client.locale;
    let name = client.staff.with_untracked(|staff| {
        let person = staff.persons.iter().find(|person| person.person == change.by);
        person.map_or_else(
            || text::blocks_changed_unknown(locale).to_owned(),
            |person| person.display_name.clone(),
        )
    });
    text::blocks_changed(locale, &name, &clock::short(locale, change.time_ms / 1000))
}

/// Id of a library's heading.
fn heading_of(library: Library) -> String {
    match library {
        Library::Own(_) | Library::Note(..) => "blocks-own".to_owned(),
        Library::Team(team) => format!("blocks-{team}"),
    }
}

/// What is open over the area.
#[derive(Clone, PartialEq)]
enum Open {
    Add(Library),
    Edit(Library, Block),
}

/// The area.
#[component]
pub(super) fn BlocksArea() -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let shelves = expect_context::<Shelves>();
    let open = RwSignal::new(None::<Open>);
    let libraries = Memo::new(move |_| shelves.libraries());
    Effect::new(move || {
        libraries.track();
        shelves.refresh(true);
    });
    view! {
        <main class="administration blocks" id="content" tabindex="-1">
            <h1>{text::blocks_title(locale)}</h1>
            <p class="muted">{text::blocks_lead(locale)}</p>
            <Problem sentence=shelves.problem />
            <div class="stack wide one">
                <For each=move || libraries.get() key=|library| heading_of(*library) children=move |library| view! {
                    <Shelf library=library open=open />
                } />
            </div>
            {move || open.get().map(|what| {
                let (library, block) = match what {
                    Open::Add(library) => (library, None),
                    Open::Edit(library, block) => (library, Some(block)),
                };
                view! { <form::BlockForm library=library block=block close=move || open.set(None) /> }
            })}
        </main>
    }
}

/// One library.
#[component]
fn Shelf(library: Library, open: RwSignal<Option<Open>>) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let shelves = expect_context::<Shelves>();
    let view_of = Memo::new(move |_| shelves.view(library));
    let name = move || shelves.name(library);
    let problem = RwSignal::new(None::<String>);
    let done = RwSignal::new(String::new());
    let usable = move || view_of.with(|view| view.as_ref().is_some_and(|view| !view.locked));
    let heading = heading_of(library);
    let labelled = heading.clone();
    let edit = move |edits: Vec<BlockEdit>, words: String| {
        problem.set(None);
        done.set(String::new());
        leptos::task::spawn_local(async move {
            match shelves.change(library, edits).await {
                Ok(_) => drop(done.try_set(words)),
                Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
            }
        });
    };
    let chosen = NodeRef::<html::Input>::new();
    let read = move |_| {
        let Some(input) = chosen.get_untracked() else { return };
        problem.set(None);
        done.set(String::new());
        leptos::task::spawn_local(async move {
            let file = super::roster::file::read_file(&input, exchange::FILE_BYTES_MAX).await;
            // The same file may be chosen again, mended.
            input.set_value("");
            let blocks = view_of.try_get_untracked().flatten().map(|view| view.blocks).unwrap_or_default();
            match exchange::read(locale, file.as_deref(), &blocks) {
                Ok(edits) if edits.is_empty() => {
                    done.try_set(text::blocks_file_done(locale, 0));
                }
                Ok(edits) => {
                    let count = edits.len() as u64;
                    edit(edits, text::blocks_file_done(locale, count));
                }
                Err(sentence) => drop(problem.try_set(Some(sentence))),
            }
        });
    };
    let export = move |_| {
        let blocks = view_of.get_untracked().map(|view| view.blocks).unwrap_or_default();
        let file = exchange::write(&blocks);
        super::roster::file::save_file(text::blocks_file_name(locale), "application/json", file.as_bytes());
    };
    let folders = move || {
        let blocks = view_of.get().map(|view| view.blocks).unwrap_or_default();
        let mut used: Vec<Block> = blocks.into_iter().filter(|block| !block.removed).collect();
        used.sort_by(|one, other| {
            let of = |block: &Block| (block.now.folder.to_lowercase(), block.now.title.to_lowercase());
            of(one).cmp(&of(other))
        });
        let mut folders: Vec<(String, Vec<Block>)> = Vec::new();
        for block in used {
            match folders.last_mut() {
                Some((folder, blocks)) if *folder == block.now.folder => blocks.push(block),
                _ => folders.push((block.now.folder.clone(), vec![block])),
            }
        }
        let several = folders.len() > 1 || folders.first().is_some_and(|(folder, _)| !folder.is_empty());
        folders
            .into_iter()
            .map(|(folder, blocks)| {
                let title =
                    if folder.is_empty() { text::blocks_no_folder(locale).to_owned() } else { folder };
                view! {
                    {several.then(|| view! { <h3 class="title-m">{title}</h3> })}
                    <ul class="list">
                        {blocks.into_iter().map(|block| row(locale, library, block, open)).collect_view()}
                    </ul>
                }
            })
            .collect_view()
    };
    let removed = move || {
        let blocks = view_of.get().map(|view| view.blocks).unwrap_or_default();
        let mut removed: Vec<Block> = blocks.into_iter().filter(|block| block.removed).collect();
        removed.sort_by_key(|block| core::cmp::Reverse(block.change.version));
        (!removed.is_empty()).then(|| view! {
            <details>
                <summary>{text::blocks_removed(locale)}</summary>
                <ul class="list">
                    {removed.into_iter().map(|block| {
                        let label = text::blocks_back(locale, &block.now.title);
                        let back = BlockEdit {
                            id: block.id,
                            seen: block.change.version,
                            text: Some(block.now.clone()),
                        };
                        view! {
                            <li>
                                <div class="block-words">
                                    <b>{block.now.title.clone()}</b>
                                    <p class="small muted">{changed(client, block.change)}</p>
                                </div>
                                <button
                                    class="button quiet"
                                    r#type="button"
                                    aria-label=label
                                    on:click=move |_| edit(vec![back.clone()], text::blocks_saved(locale).to_owned())
                                >
                                    {text::blocks_back_short(locale)}
                                </button>
                            </li>
                        }
                    }).collect_view()}
                </ul>
            </details>
        })
    };
    let none = move || {
        let empty = |view: &LibraryView| !view.locked && view.blocks.iter().all(|block| block.removed);
        view_of.with(|view| view.as_ref().is_some_and(empty))
    };
    let locked = move || view_of.with(|view| view.as_ref().is_some_and(|view| view.locked));
    let choose = move |_| {
        if let Some(input) = chosen.get_untracked() {
            input.click();
        }
    };
    view! {
        <section class="stack" aria-labelledby=labelled>
            <div class="row spread">
                <h2 id=heading>{name}</h2>
                <div class="row" hidden=move || !usable()>
                    <button class="button" r#type="button" on:click=move |_| open.set(Some(Open::Add(library)))>
                        {icon(Icon::Plus, 20)} {text::blocks_add(locale)}
                    </button>
                    <button class="button quiet" r#type="button" on:click=choose>{text::blocks_import(locale)}</button>
                    <button class="button quiet" r#type="button" hidden=none on:click=export>{text::blocks_export(locale)}</button>
                    <input
                        class="hide"
                        r#type="file"
                        accept=".json,application/json"
                        tabindex="-1"
                        aria-label=text::blocks_import(locale)
                        node_ref=chosen
                        on:change=read
                    />
                </div>
            </div>
            <Problem sentence=problem />
            <p role="status" class="small">{done}</p>
            {move || locked().then(|| view! { <p class="notice">{icon(Icon::Lock, 22)} <span>{text::blocks_locked(locale)}</span></p> })}
            {move || none().then(|| view! { <p class="muted">{text::blocks_none(locale)}</p> })}
            {folders}
            {removed}
        </section>
    }
}

/// A block in the list.
fn row(locale: Locale, library: Library, block: Block, open: RwSignal<Option<Open>>) -> impl IntoView {
    let BlockText { title, language, text: words, .. } = block.now.clone();
    let label = text::blocks_edit(locale, &title);
    let named = preview(&words, |placeholder| placeholder_name(locale, placeholder).to_owned());
    let language =
        language.map(|language| view! { <span class="tag">{language_name(locale, language)}</span> });
    view! {
        <li>
            <div class="block-words">
                <b>{title}</b> " " {language}
                <p class="small muted cut">{named}</p>
            </div>
            <button
                class="button quiet"
                r#type="button"
                aria-haspopup="dialog"
                aria-label=label
                on:click=move |_| open.set(Some(Open::Edit(library, block.clone())))
            >
                {text::roster_edit(locale)}
            </button>
        </li>
    }
}
