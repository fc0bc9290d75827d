//! A text block in a dialog: made, changed, removed, and what it was before.

use super::{
    Shelves, changed, language_name, language_of, language_tag, languages, new_block, placeholder_name,
};
use crate::blocks::Placeholder;
use crate::client::use_client;
use crate::failure;
use crate::icon::{Icon, icon};
use crate::part::{Field, Problem};
use crate::text;
use beistand_protocol::blocks::Library;
use beistand_protocol::worker::{Block, BlockEdit, BlockText, Failure};
use leptos::html;
use leptos::prelude::*;

#[component]
pub(super) fn BlockForm(
    library: Library,
    /// `None`: a new one.
    block: Option<Block>,
    #[prop(into)] close: Callback<()>,
) -> impl IntoView {
    let client = use_client();
    let locale = client.locale;
    let shelves = expect_context::<Shelves>();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.show_modal();
        }
    });
    let is_new = block.is_none();
    let id = block.as_ref().map_or_else(new_block, |block| block.id);
    let seen = RwSignal::new(block.as_ref().map_or(0, |block| block.change.version));
    let now = block.as_ref().map(|block| block.now.clone());
    let of = |part: fn(&BlockText) -> String| RwSignal::new(now.as_ref().map(part).unwrap_or_default());
    let folder = of(|now| now.folder.clone());
    let title = of(|now| now.title.clone());
    let language = of(|now| language_tag(now.language).to_owned());
    let words = of(|now| now.text.clone());
    let problem = RwSignal::new(None::<String>);
    // Somebody else was faster: what they made of it.
    let theirs = RwSignal::new(None::<Block>);
    let busy = RwSignal::new(false);
    let asks_remove = RwSignal::new(false);
    let field = NodeRef::<html::Textarea>::new();

    let store = move |made: Option<BlockText>| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        problem.set(None);
        let edit = BlockEdit { id, seen: seen.get_untracked(), text: made };
        leptos::task::spawn_local(async move {
            let outcome = shelves.change(library, vec![edit]).await;
            if outcome == Err(Failure::BlockChanged) && shelves.change(library, Vec::new()).await.is_ok() {
                let newest = untrack(|| shelves.view(library));
                let newest = newest.and_then(|view| view.blocks.into_iter().find(|block| block.id == id));
                seen.try_set(newest.as_ref().map_or(0, |block| block.change.version));
                theirs.try_set(newest);
                asks_remove.try_set(false);
            }
            busy.try_set(false);
            match outcome {
                Ok(_) => close.run(()),
                Err(failure) => drop(problem.try_set(Some(failure::sentence(locale, failure)))),
            }
        });
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let language = language_of(&language.get_untracked()).flatten();
        let made = BlockText {
            folder: folder.get_untracked().trim().to_owned(),
            title: title.get_untracked().trim().to_owned(),
            language,
            text: words.get_untracked().trim().to_owned(),
        };
        store(Some(made));
    };
    let insert = move |placeholder: Placeholder| {
        let Some(field) = field.get_untracked() else { return };
        let start = field.selection_start().ok().flatten();
        let end = field.selection_end().ok().flatten();
        match (start, end) {
            (Some(start), Some(end)) => {
                let _ = field.set_range_text_with_start_and_end(placeholder.token(), start, end);
            }
            _ => field.set_value(&format!("{}{}", field.value(), placeholder.token())),
        }
        words.set(field.value());
        let _ = field.focus();
    };
    let placeholders = Placeholder::ALL
        .into_iter()
        .map(|placeholder| {
            view! {
                <button class="chip" r#type="button" on:click=move |_| insert(placeholder)>
                    {icon(Icon::Plus, 18)} {placeholder_name(locale, placeholder)}
                </button>
            }
        })
        .collect_view();
    let option = move |tag: &'static str, name: &'static str| {
        view! { <option value=tag prop:selected=move || language.get() == tag>{name}</option> }
    };
    let options = core::iter::once(("", text::blocks_language_any(locale)))
        .chain(languages(locale).into_iter().map(|(_, tag, name)| (tag, name)))
        .map(|(tag, name)| option(tag, name))
        .collect_view();
    let former = block.as_ref().map(|block| block.former.clone()).unwrap_or_default();
    let former = (!former.is_empty()).then(|| {
        let versions = former
            .into_iter()
            .map(|version| {
                let spoken = version.text.language.map(|of| language_name(locale, of));
                let shown = version.text.clone();
                let take = move |_| {
                    folder.set(shown.folder.clone());
                    title.set(shown.title.clone());
                    language.set(language_tag(shown.language).to_owned());
                    words.set(shown.text.clone());
                    if let Some(field) = field.get_untracked() {
                        let _ = field.focus();
                    }
                };
                view! {
                    <li class="stack tight">
                        <p class="small muted">{changed(client, version.change)}</p>
                        <p><b>{version.text.title}</b> " " {spoken.map(|name| view! { <span class="tag">{name}</span> })}</p>
                        <p class="block-text">{version.text.text}</p>
                        <button class="text-button start" r#type="button" on:click=take>{text::blocks_former_use(locale)}</button>
                    </li>
                }
            })
            .collect_view();
        view! { <details><summary>{text::blocks_former(locale)}</summary> <ul class="stack">{versions}</ul></details> }
    });
    let meanwhile = move || {
        theirs.get().map(|block| {
            let sentence = match block.removed {
                true => text::blocks_meanwhile_removed(locale),
                false => text::blocks_meanwhile(locale),
            };
            view! {
                <div class="notice warm">
                    {icon(Icon::Warning, 22)}
                    <p>{sentence}</p>
                    <p class="small">{changed(client, block.change)}</p>
                    <p class="block-text">{(!block.removed).then_some(block.now.text)}</p>
                </div>
            }
        })
    };
    let heading = if is_new { text::blocks_add_title(locale) } else { text::blocks_edit_title(locale) };
    view! {
        <dialog class="blocks-dialog" node_ref=dialog aria-labelledby="block-dialog" on:close=move |_| close.run(())>
            <form class="stack" novalidate autocomplete="off" on:submit=save>
                <div class="dialog-head">
                    <h2 class="title-l" id="block-dialog" tabindex="-1" autofocus=true>{heading}</h2>
                    <button class="icon-button" r#type="button" aria-label=text::roster_close(locale) on:click=move |_| close.run(())>
                        {icon(Icon::Close, 22)}
                    </button>
                </div>
                <Field id="block-title" label=text::blocks_name(locale) value=title />
                <div class="times">
                    <Field id="block-folder" label=text::blocks_folder(locale) value=folder hint=text::blocks_folder_hint(locale) />
                    <div class="field">
                        <label for="block-language">{text::blocks_language(locale)}</label>
                        <select id="block-language" on:change=move |event| language.set(event_target_value(&event))>{options}</select>
                    </div>
                </div>
                <div class="field">
                    <label for="block-text">{text::blocks_text(locale)}</label>
                    <textarea
                        id="block-text"
                        rows="6"
                        node_ref=field
                        autocomplete="off"
                        prop:value=move || words.get()
                        on:input=move |event| words.set(event_target_value(&event))
                    ></textarea>
                </div>
                <fieldset class="stack tight">
                    <legend class="small">{text::blocks_placeholders(locale)}</legend>
                    <div class="row">{placeholders}</div>
                </fieldset>
                {meanwhile}
                <Problem sentence=problem />
                <div class="row" hidden=move || asks_remove.get()>
                    <button class="button" r#type="submit" aria-disabled=move || busy.get().to_string()>{text::blocks_save(locale)}</button>
                    <button class="button quiet" r#type="button" on:click=move |_| close.run(())>{text::cancel(locale)}</button>
                    {(!is_new).then(|| view! {
                        <button class="button danger" r#type="button" on:click=move |_| asks_remove.set(true)>{text::blocks_remove(locale)}</button>
                    })}
                </div>
                <div class="row" hidden=move || !asks_remove.get()>
                    <button class="button danger" r#type="button" on:click=move |_| store(None)>{text::blocks_remove_yes(locale)}</button>
                    <button class="button quiet" r#type="button" on:click=move |_| asks_remove.set(false)>{text::cancel(locale)}</button>
                </div>
                {former}
            </form>
        </dialog>
    }
}
