# Text blocks.

staff-nav-blocks = Blocks
blocks-title = Text blocks
blocks-lead = While you answer, “/” at the start of a word opens the list. Shared blocks are encrypted for your team, your own for you alone.
blocks-own = My own
blocks-team = Team { $name }
blocks-add = New block
blocks-import = From a file
blocks-export = To a file
blocks-none = No blocks yet.
blocks-locked = These blocks are from before you joined. They appear as soon as somebody of the team has looked here.
blocks-no-folder = No folder
blocks-edit = Edit “{ $title }”
blocks-edit-title = Edit block
blocks-add-title = New block
blocks-folder = Folder
blocks-folder-hint = May stay empty.
blocks-name = Title
blocks-language = Language
blocks-language-any = For all
blocks-language-de = German
blocks-language-plain = Easy German
blocks-language-en = English
blocks-language-tr = Turkish
blocks-language-ar = Arabic
blocks-language-uk = Ukrainian
blocks-text = Text
blocks-placeholders = Insert a placeholder
blocks-pseudonym = pseudonym
blocks-own-name = own name
blocks-answer-by = answer by
blocks-next-staffed = next staffed
blocks-save = Save
blocks-saved = Saved.
blocks-remove = Remove
blocks-remove-yes = Yes, remove
blocks-removed = Removed
blocks-back = Bring back “{ $title }”
blocks-back-short = Bring back
blocks-former = Earlier versions
blocks-former-use = Use this version
blocks-changed = { $time }, { $name }
blocks-changed-unknown = somebody who has left the team
blocks-meanwhile = This block was changed meanwhile. Your text is still here; saving now replaces this version:
blocks-meanwhile-removed = This block was removed meanwhile. Your text is still here; saving brings it back.
blocks-file-bad = The file could not be read. It should be one that was saved here with “To a file”.
blocks-file-entry = Block { $number } of the file has no title or no text, or something of it is too long.
blocks-file-language = Block { $number } of the file has an unknown language.
blocks-file-many = There are too many blocks in the file.
blocks-file-done = { $count ->
    [0] Everything in the file was here already.
    [one] One block taken from the file.
   *[other] { $count } blocks taken from the file.
}
blocks-file-name = text-blocks.json
blocks-list = Text blocks
blocks-found = { $count ->
    [0] No block fits.
    [one] One block.
   *[other] { $count } blocks.
}
blocks-unfilled = A placeholder is still open. Please replace the marked place, then send.
failure-block-changed = Somebody else has changed this block meanwhile.
failure-blocks-full = There is no room left for this. Remove blocks that nobody needs any more.
conflict-blocks = The text blocks that the server shows are older than they should be, belong elsewhere, or were changed.
