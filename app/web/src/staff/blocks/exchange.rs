//! Text blocks as a file: JSON that other programs can read and write. The browser's own reader takes it apart; what
//! is in it is checked here, and nothing is taken if something of it is wrong.

use super::{language_of, language_tag, new_block};
use crate::locale::Locale;
use crate::text;
use beistand_protocol::limit::{BLOCK_TEXT_BYTES_MAX, BLOCK_TITLE_BYTES_MAX, BLOCKS_MAX, LIBRARY_BYTES_MAX};
use beistand_protocol::worker::{Block, BlockEdit, BlockText};
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

/// Longest file: a full library with every character escaped.
pub(super) const FILE_BYTES_MAX: usize = LIBRARY_BYTES_MAX * 6;
/// What the file says it is.
const KIND: &str = "beistand text blocks";
const VERSION: f64 = 1.0;

fn set(object: &Object, name: &str, value: &JsValue) {
    // Plain objects take everything.
    let _ = Reflect::set(object, &name.into(), value);
}

/// The blocks in use as a file.
pub(super) fn write(blocks: &[Block]) -> String {
    let list = Array::new();
    for block in blocks.iter().filter(|block| !block.removed) {
        let BlockText { folder, title, language, text } = &block.now;
        let entry = Object::new();
        set(&entry, "folder", &folder.into());
        set(&entry, "title", &title.into());
        set(&entry, "language", &language_tag(*language).into());
        set(&entry, "text", &text.into());
        list.push(&entry);
    }
    let file = Object::new();
    set(&file, "kind", &KIND.into());
    set(&file, "version", &VERSION.into());
    set(&file, "blocks", &list);
    let text = JSON::stringify_with_replacer_and_space(&file, &JsValue::NULL, &2.into());
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// What a file changes: a block of the same folder, title and language gets the file's text, others are new.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub(super) fn read(locale: Locale, file: Option<&str>, known: &[Block]) -> Result<Vec<BlockEdit>, String> {
    let bad = || text::blocks_file_bad(locale).to_owned();
    let file = JSON::parse(file.ok_or_else(bad)?).map_err(|_| bad())?;
    let get = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED);
    let is_ours = get(&file, "kind").as_string().as_deref() == Some(KIND)
        && get(&file, "version").as_f64() == Some(VERSION);
    let list = get(&file, "blocks").dyn_into::<Array>().map_err(|_| bad())?;
    if !is_ours {
        return Err(bad());
    }
    if list.length() as usize > BLOCKS_MAX {
        return Err(text::blocks_file_many(locale).to_owned());
    }
    let mut edits: Vec<BlockEdit> = Vec::new();
    for (entry, number) in list.iter().zip(1_u32..) {
        let number = number.to_string();
        if !entry.is_object() {
            return Err(text::blocks_file_entry(locale, &number));
        }
        let line = |name: &str| get(&entry, name).as_string().unwrap_or_default().trim().to_owned();
        let tag = line("language");
        let Some(language) = language_of(&tag) else {
            return Err(text::blocks_file_language(locale, &number));
        };
        // Other systems end lines otherwise.
        let words = line("text").replace("\r\n", "\n").replace('\r', "\n");
        let found = BlockText { folder: line("folder"), title: line("title"), language, text: words };
        let fits = !found.title.is_empty()
            && !found.text.is_empty()
            && found.title.len().max(found.folder.len()) <= BLOCK_TITLE_BYTES_MAX
            && found.text.len() <= BLOCK_TEXT_BYTES_MAX;
        if !fits {
            return Err(text::blocks_file_entry(locale, &number));
        }
        let place = |text: &BlockText| (text.folder.clone(), text.title.clone(), text.language);
        let same = |block: &&Block| !block.removed && place(&block.now) == place(&found);
        match known.iter().find(same) {
            Some(block) if block.now == found => {}
            Some(block) => {
                edits.push(BlockEdit { id: block.id, seen: block.change.version, text: Some(found) });
            }
            None => edits.push(BlockEdit { id: new_block(), seen: 0, text: Some(found) }),
        }
    }
    Ok(edits)
}
