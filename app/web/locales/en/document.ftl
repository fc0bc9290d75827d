# A talk is documented: printed or saved for people who are not in it.

document-open = Documentation …
document-title = Document this talk
document-loading = The whole talk is being loaded …
document-warning = What you give out here leaves the encrypted place.
document-warning-read = A file and a sheet of paper are not encrypted. Whoever gets hold of them can read them.
document-warning-keep = Beistand does not delete them with the talk. From then on your organisation is responsible for keeping and deleting them.
document-warning-names = Names, places and numbers that people wrote themselves may remain in it. Please read the whole preview; what looks like one is underlined.
document-warning-log = Your team reads in the talk who printed or saved and when. The server gets nothing of the documentation.
document-parts = What is to be in it?
document-part-talk = Talk
document-part-marks = Tags and how it ended
document-part-thread = What the team said
document-part-note = My own note
document-times = Times
document-times-day = Days only
document-times-full = Days and times of day
document-names = Names
document-anonymised = Replace (anonymised)
document-anonymised-body = The pseudonym becomes “Person seeking help”, the names of your team become “Counselor 1”, “Counselor 2”, within the text as well.
document-named-body = The pseudonym and the names of your team stand in it as you read them here.
document-replaced = Replaced
document-replaced-none = None of the known names is in the text.
document-replaced-count = { $count ->
    [one] { $name }: once
   *[other] { $name }: { $count } times
}
document-doubt = Please check
document-doubt-body = These may be names, numbers or addresses. A press replaces them everywhere.
document-doubt-none = Nothing else looks like a name, a number or an address. That is not certain.
document-doubt-replace = Replace “{ $words }”
document-more = Replace more words
document-more-hint = For example a first name, a place, a school. “[…]” then stands there everywhere.
document-more-add = Replace
document-more-remove = Don’t replace “{ $words }” after all
document-preview = Preview: exactly this is given out
document-empty = Please choose what is to be in it.
document-print = Print
document-save-text = Save as text
document-save-page = Save as an HTML file
document-file = documentation
document-printed = Given to the printer. The talk says so now.
document-saved = Saved as “{ $file }”. The talk says so now.
document-line = { $time }: { $words }

# The documentation itself
document-heading = Documentation of a talk
document-fact-site = Site
document-fact-period = Period
document-period = { $from } to { $to }
document-fact-count = Messages
document-fact-made = Made
document-fact-names = Names
document-names-replaced = replaced
document-names-kept = not replaced
document-confidential = Confidential. This document lies outside of Beistand and is not deleted with it.
document-seeker = Person seeking help
document-counselor = Counselor { $number }
document-none-said = Nobody has written anything here.
document-tags = Tags: { $tags }
document-marks-none = No tags, not closed.
document-unreadable = { $count ->
    [one] One message is missing: whoever made this had no key for it.
   *[other] { $count } messages are missing: whoever made this had no key for them.
}
document-unsent = { $count ->
    [one] One message is missing: it was not sent yet.
   *[other] { $count } messages are missing: they were not sent yet.
}
remark-documented-paper = Documentation printed by { $name }, { $names }.
remark-documented-file = Documentation saved by { $name }, { $names }.
remark-documented-anonymised = names replaced
remark-documented-named = with names
