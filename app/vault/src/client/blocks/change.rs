//! What changes make of a library's blocks: pure, so that two who change at once can be tried in all orders.

use beistand_protocol::{
    blocks::Library,
    codec::encode,
    id::{BlockId, ConversationId},
    limit,
    membership::{check_line, check_text},
    worker::{Block, BlockChange, BlockEdit, BlockText, Blocks, Failure, FormerBlock},
};

/// What can be told before anything is read.
pub fn check(library: Library, edits: &[BlockEdit]) -> Result<(), Failure> {
    if let Library::Note(talk, _) = library {
        return check_note(talk, edits);
    }
    let fits = |text: &BlockText| {
        let folder = text.folder.is_empty() || check_line(&text.folder, limit::BLOCK_TITLE_BYTES_MAX).is_ok();
        folder
            && check_line(&text.title, limit::BLOCK_TITLE_BYTES_MAX).is_ok()
            && check_text(&text.text, limit::BLOCK_TEXT_BYTES_MAX).is_ok()
    };
    match edits {
        _ if edits.len() > limit::BLOCKS_MAX => Err(Failure::BlocksFull),
        _ if edits.iter().filter_map(|edit| edit.text.as_ref()).all(fits) => Ok(()),
        _ => Err(Failure::TextInvalid),
    }
}

/// A note is one block, by the id of its talk, and has nothing but a text.
fn check_note(talk: ConversationId, edits: &[BlockEdit]) -> Result<(), Failure> {
    let fits = |text: &BlockText| {
        let bare = text.folder.is_empty() && text.title.is_empty() && text.language.is_none();
        bare && check_text(&text.text, limit::NOTE_BYTES_MAX).is_ok()
    };
    match edits {
        [] => Ok(()),
        [edit] if edit.id == BlockId(talk.0) && edit.text.as_ref().is_none_or(fits) => Ok(()),
        _ => Err(Failure::TextInvalid),
    }
}

/// Leaves what is in use alone: of a note nothing is kept that its author has taken out.
pub fn forget_former(blocks: &mut Vec<Block>) {
    blocks.retain(|block| !block.removed);
    for block in blocks {
        block.former.clear();
    }
}

/// The blocks afterwards; `None` if all of it was done before and there is nothing to store. Without edits they are
/// stored again as they are.
pub fn apply(
    mut blocks: Vec<Block>,
    edits: &[BlockEdit],
    change: BlockChange,
) -> Result<Option<Vec<Block>>, Failure> {
    let mut changed = edits.is_empty();
    for edit in edits {
        match blocks.iter_mut().find(|block| block.id == edit.id) {
            // An answer was lost, and the same is said again.
            Some(block) if is_done(block, edit) => {}
            Some(block) if block.change.version == edit.seen => {
                take(block, edit, change);
                changed = true;
            }
            None if edit.seen == 0 => {
                let Some(now) = edit.text.clone() else { continue };
                blocks.push(Block { id: edit.id, now, change, removed: false, former: Vec::new() });
                changed = true;
            }
            _ => return Err(Failure::BlockChanged),
        }
    }
    fit(&mut blocks)?;
    Ok(changed.then_some(blocks))
}

fn is_done(block: &Block, edit: &BlockEdit) -> bool {
    match &edit.text {
        Some(text) => !block.removed && block.now == *text,
        None => block.removed,
    }
}

fn take(block: &mut Block, edit: &BlockEdit, change: BlockChange) {
    if let Some(text) = edit.text.clone().filter(|text| *text != block.now) {
        let text = core::mem::replace(&mut block.now, text);
        block.former.insert(0, FormerBlock { text, change: block.change });
        block.former.truncate(limit::BLOCK_FORMER_MAX);
    }
    block.removed = edit.text.is_none();
    block.change = change;
}

/// Keeps within the limits: what is not in use gives way, oldest first.
fn fit(blocks: &mut Vec<Block>) -> Result<(), Failure> {
    if blocks.iter().filter(|block| !block.removed).count() > limit::BLOCKS_MAX {
        return Err(Failure::BlocksFull);
    }
    while blocks.iter().filter(|block| block.removed).count() > limit::BLOCKS_REMOVED_MAX {
        drop_oldest_removed(blocks);
    }
    while encode(&Blocks::One(blocks.clone())).len() > limit::LIBRARY_BYTES_MAX {
        if !drop_oldest_former(blocks) && !drop_oldest_removed(blocks) {
            return Err(Failure::BlocksFull);
        }
    }
    Ok(())
}

fn drop_oldest_removed(blocks: &mut Vec<Block>) -> bool {
    let removed = blocks.iter().enumerate().filter(|(_, block)| block.removed);
    let oldest = removed.min_by_key(|(_, block)| block.change.version).map(|(index, _)| index);
    oldest.map(|index| blocks.remove(index)).is_some()
}

fn drop_oldest_former(blocks: &mut [Block]) -> bool {
    let with = blocks.iter_mut().filter(|block| !block.former.is_empty());
    let oldest = with.min_by_key(|block| block.former.last().map(|former| former.change.version));
    oldest.and_then(|block| block.former.pop()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use beistand_protocol::id::PersonId;

    const OWN: Library = Library::Own(PersonId([7; 16]));

    fn text(words: &str) -> BlockText {
        BlockText { folder: "Anfang".into(), title: "Gruß".into(), language: None, text: words.into() }
    }

    fn edit(id: u16, seen: u64, words: Option<&str>) -> BlockEdit {
        BlockEdit { id: block_id(id), seen, text: words.map(text) }
    }

    fn block_id(id: u16) -> BlockId {
        let mut bytes = [0; 16];
        bytes[..2].copy_from_slice(&id.to_be_bytes());
        BlockId(bytes)
    }

    fn change(version: u64) -> BlockChange {
        BlockChange { version, by: PersonId([7; 16]), time_ms: version * 1000 }
    }

    /// Applies one after the other, each as an edition of its own.
    fn written(edits: &[BlockEdit]) -> Vec<Block> {
        let apply = |blocks, (edit, version)| {
            apply(blocks, core::slice::from_ref(edit), change(version)).unwrap().unwrap()
        };
        edits.iter().zip(1..).fold(Vec::new(), apply)
    }

    #[test]
    fn former_texts_are_kept_and_brought_back() {
        let made = written(&[edit(1, 0, Some("eins")), edit(1, 1, Some("zwei")), edit(1, 2, None)]);
        assert_eq!((made[0].removed, &made[0].now, made[0].change), (true, &text("zwei"), change(3)));
        let eins = FormerBlock { text: text("eins"), change: change(1) };
        assert_eq!(made[0].former, std::slice::from_ref(&eins));
        let back = apply(made, &[edit(1, 3, Some("eins"))], change(4)).unwrap().unwrap();
        assert_eq!((back[0].removed, &back[0].now), (false, &text("eins")));
        assert_eq!(back[0].former, [FormerBlock { text: text("zwei"), change: change(3) }, eins]);
        let mut many: Vec<_> = vec![edit(1, 0, Some("0"))];
        many.extend((1..20).map(|seen| edit(1, seen, Some(&seen.to_string()))));
        let former = &written(&many)[0].former;
        assert_eq!((former.len(), &former[0].text), (limit::BLOCK_FORMER_MAX, &text("18")));
    }

    #[test]
    fn what_somebody_else_changed_is_not_written_over() {
        let made = || written(&[edit(1, 0, Some("eins")), edit(2, 0, Some("andere"))]);
        let outcome = |edits: &[BlockEdit]| apply(made(), edits, change(3)).map(|blocks| blocks.is_some());
        assert_eq!(outcome(&[edit(1, 1, Some("zwei"))]), Ok(true));
        assert_eq!(outcome(&[edit(1, 2, Some("zwei"))]), Err(Failure::BlockChanged));
        assert_eq!(outcome(&[edit(1, 0, None)]), Err(Failure::BlockChanged));
        assert_eq!(outcome(&[edit(3, 1, Some("weg"))]), Err(Failure::BlockChanged));
        // All or none.
        assert_eq!(outcome(&[edit(1, 1, Some("zwei")), edit(2, 1, None)]), Err(Failure::BlockChanged));
        // The same again after a lost answer changes nothing.
        assert_eq!(outcome(&[edit(1, 0, Some("eins"))]), Ok(false));
        // A hand-over stores what is there.
        assert_eq!(outcome(&[]), Ok(true));
    }

    #[test]
    fn limits() {
        let long = "x".repeat(limit::BLOCK_TEXT_BYTES_MAX);
        let with = |change: fn(&mut BlockText)| {
            let mut made = text("x");
            change(&mut made);
            check(OWN, &[BlockEdit { id: block_id(1), seen: 0, text: Some(made) }])
        };
        assert_eq!(check(OWN, &[edit(1, 0, Some(&long))]), Ok(()));
        assert_eq!(check(OWN, &[edit(1, 0, Some(&format!("{long}x")))]), Err(Failure::TextInvalid));
        assert_eq!(check(OWN, &[edit(1, 0, Some(" \n"))]), Err(Failure::TextInvalid));
        assert_eq!(with(|text| text.folder.clear()), Ok(()));
        assert_eq!(with(|text| text.title.clear()), Err(Failure::TextInvalid));
        assert_eq!(with(|text| text.title = "a\nb".into()), Err(Failure::TextInvalid));
        assert_eq!(with(|text| text.folder = "\u{202e}".into()), Err(Failure::TextInvalid));

        let many: Vec<_> = (0..=300).map(|id| edit(id, 0, Some("x"))).collect();
        assert_eq!(check(OWN, &many), Err(Failure::BlocksFull));
        let full = apply(Vec::new(), &many[..limit::BLOCKS_MAX], change(1)).unwrap().unwrap();
        assert_eq!(apply(full, &many[limit::BLOCKS_MAX..], change(2)), Err(Failure::BlocksFull));

        // What is not in use gives way, and what is in use does not.
        let long: Vec<_> = (0..45).map(|id| edit(id, 0, Some(&long))).collect();
        let mut blocks = apply(Vec::new(), &long, change(1)).unwrap().unwrap();
        for version in 2..6 {
            let words = version.to_string().repeat(limit::BLOCK_TEXT_BYTES_MAX);
            let again = edit(0, blocks[0].change.version, Some(&words));
            blocks = apply(blocks, &[again], change(version)).unwrap().unwrap();
        }
        assert_eq!((blocks.len(), blocks[0].former.len()), (45, 2));
        assert_eq!(blocks[0].former[0].change, change(4));
        let more: Vec<_> =
            (50..60).map(|id| edit(id, 0, long[0].text.as_ref().map(|text| &*text.text))).collect();
        assert_eq!(apply(blocks.clone(), &more, change(6)), Err(Failure::BlocksFull));
        assert!(encode(&Blocks::One(blocks)).len() <= limit::LIBRARY_BYTES_MAX);
        let made_and_removed = |id| [edit(id, 0, Some("x")), edit(id, u64::from(id) * 2 + 1, None)];
        let left = written(&(0..40).flat_map(made_and_removed).collect::<Vec<_>>());
        assert_eq!((left.len(), left[0].id), (limit::BLOCKS_REMOVED_MAX, block_id(10)));
    }

    #[test]
    fn a_note_is_one_text_and_leaves_nothing_behind() {
        let talk = ConversationId([9; 16]);
        let note = Library::Note(talk, PersonId([7; 16]));
        let with = |id, text: Option<BlockText>| BlockEdit { id, seen: 0, text };
        let bare = |words: &str| BlockText {
            folder: String::new(),
            title: String::new(),
            language: None,
            text: words.into(),
        };
        let own = BlockId(talk.0);
        assert_eq!(check(note, &[]), Ok(()));
        assert_eq!(check(note, &[with(own, None)]), Ok(()));
        let full = "x".repeat(limit::NOTE_BYTES_MAX);
        assert_eq!(check(note, &[with(own, Some(bare(&full)))]), Ok(()));
        let refused = [
            vec![with(own, Some(bare(&format!("{full}x"))))],
            vec![with(own, Some(bare(" ")))],
            vec![with(own, Some(text("Titel")))],
            vec![with(block_id(1), Some(bare("x")))],
            vec![with(own, Some(bare("x"))), with(own, Some(bare("y")))],
        ];
        for edits in refused {
            assert_eq!(check(note, &edits), Err(Failure::TextInvalid));
        }
        let mut made =
            written(&[edit(1, 0, Some("eins")), edit(1, 1, Some("zwei")), edit(2, 0, Some("weg"))]);
        made = apply(made, &[edit(2, 3, None)], change(4)).unwrap().unwrap();
        forget_former(&mut made);
        assert_eq!((made.len(), &made[0].now, made[0].former.len()), (1, &text("zwei"), 0));
    }
}
