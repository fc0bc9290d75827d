# The duty roster.

staff-nav-roster = Roster
roster-title = Roster
roster-team = { $name } ·
roster-team-choice = Team
roster-no-team = You are in no team yet. Each team has a roster of its own.
roster-week = Week { $week }, { $days }
roster-before = Earlier
roster-after = Later
roster-view = View
roster-mode-week = Week
roster-add = New shift
roster-add-on = New shift on { $date }
roster-close = Close
roster-rail = Your own shifts
roster-hours = { $hours }
roster-hours-unit = { "" }
roster-number-dot = { "" }
roster-moment = { $day }, { $hours }
roster-moment-inside = { $day } { $hours }
roster-today-inside = today
roster-today-hours = Today, { $hours }
roster-day-empty = No shift planned.
roster-now = Now { $time }
roster-you = You
roster-former = Formerly in the team
roster-live = Live chat
roster-letters = Letters
roster-letters-long = Answer letters
roster-wanted = Nobody yet
roster-swap-badge = Swap
roster-holiday = Holiday
roster-holiday-named = Holiday: { $name }
roster-closed-for = Closed: { $name }

roster-gaps = { $count ->
    [one] One gap.
   *[other] { $count } gaps.
}
roster-gaps-at = Somebody is missing: { $list }.
roster-gaps-more = and { $count } more
roster-missing = { $count } missing
roster-gap-take = I'll be there
roster-gap-fill = Put somebody in
roster-gap-title = I'll be there: { $date }
roster-gap-body = Somebody is still missing in the live chat. You can take a part of the time only.

roster-legend = What the colours mean
roster-legend-mine = Your shift
roster-legend-wanted = Shift that nobody has yet
roster-legend-gap = Gap, somebody is missing
roster-legend-closed = Live chat closed
roster-own = Your shifts
roster-own-none = You have no shift in the coming weeks.

roster-who = Who
roster-nobody = Nobody yet
roster-kind = Task
roster-day = Day
roster-from = From
roster-to = To
roster-repeats = Repeats
roster-repeat-never = Does not repeat
roster-repeat-weekly = Every week or every few weeks
roster-on-days = On these days
roster-interval = Every how many times
roster-ends = Ends
roster-end-never = Never
roster-end-until = On a day
roster-end-count = After a number
roster-until = Last day
roster-count = How often
roster-save = Save
roster-edit = Change
roster-edit-title = Change shift
roster-take = Take it
roster-remove = Delete
roster-remove-ask = Really delete this shift?
roster-remove-yes = Yes, delete
roster-over = This shift is over.
roster-scope = What is to change?
roster-scope-this = Only this shift
roster-scope-following = This one and all that follow
roster-scope-all = All that are still to come
roster-added = The shift is planned.
roster-changed = The shift is changed.
roster-removed = The shift is deleted.
roster-taken = You are on it.

roster-rule-daily = { $each ->
    [1] Every day
   *[other] Every { $each } days
}
roster-rule-weekly = { $each ->
    [1] Every week: { $days }
   *[other] Every { $each } weeks: { $days }
}
roster-rule-monthly-day = { $each ->
    [1] Every month on day { $day }
   *[other] Every { $each } months on day { $day }
}
roster-rule-monthly-weekday = { $each ->
    [1] Every month on the { $which } { $day }
   *[other] Every { $each } months on the { $which } { $day }
}
roster-rule-until = { $rule }, until { $date }
roster-rule-count = { $rule }, { $count } times
roster-ordinal-1 = first
roster-ordinal-2 = second
roster-ordinal-3 = third
roster-ordinal-4 = fourth
roster-ordinal-5 = fifth
roster-ordinal-last = last

roster-denied-forbidden = Only a lead of the team may do that, or the person concerned.
roster-denied-malformed = Please look at day, times and repetition: like this it is no shift.
roster-denied-not-found = It is not there any more. Somebody has changed the roster meanwhile.
roster-denied-overlap = The person has another shift at that time.
roster-denied-not-available = The person is not in the team, or not available then.
roster-denied-moved = Somebody was faster: the roster has changed meanwhile.
roster-denied-past = What is over stays as it was.
roster-denied-too-many = The roster can't hold more of them.

holiday-new-year = New Year's Day
holiday-epiphany = Epiphany
holiday-women = Women's Day
holiday-good-friday = Good Friday
holiday-easter-sunday = Easter Sunday
holiday-easter-monday = Easter Monday
holiday-labour = Labour Day
holiday-liberation = Liberation Day
holiday-ascension = Ascension Day
holiday-whit-sunday = Whit Sunday
holiday-whit-monday = Whit Monday
holiday-corpus-christi = Corpus Christi
holiday-assumption = Assumption Day
holiday-children = Children's Day
holiday-unity = German Unity Day
holiday-reformation = Reformation Day
holiday-all-saints = All Saints' Day
holiday-repentance = Day of Repentance
holiday-christmas = Christmas Day
holiday-christmas-second = Boxing Day

# Views, swaps, absence.

roster-mode-month = Month
roster-mode-list = List
roster-more-of-day = + { $count } more
roster-list-none = No shift is planned in this time yet.
roster-swaps = Open swaps
roster-swap-own = Your offer, no answer yet.
roster-swap-withdraw = Take back
roster-swap-withdrawn = Your offer is taken back.
roster-swap-answered = { $name } offers for it: { $shift }.
roster-swap-agree = Agree
roster-swap-agreed = The swap is agreed.
roster-swap-refuse = Refuse
roster-swap-refused = The swap is refused.
roster-swap-answer = Offer a shift
roster-swap-exchange = { $name } wants another shift for it.
roster-swap-gift = { $name } looks for somebody.
roster-swap-took = You have taken the shift.
roster-swap-approve = Confirm
roster-swap-approved = The swap is confirmed.
roster-swap-agreed-both = { $owner } and { $by } agree.
roster-swap-waits = Waits for the lead.
roster-swap-answer-waits = Your offer is with { $name }.
roster-swap-offer = Offer shift for a swap
roster-swap-offered = Your shift is offered.
roster-swap-everybody = Everybody in the team
roster-swap-ask = Whom do you ask?
roster-swap-wants = I want another shift for it
roster-swap-offer-do = Offer
roster-swap-answer-body = Which of your shifts do you give for: { $shift }?
roster-swap-counter = My shift
roster-swap-answer-said = Your offer is made.
roster-calls = Wanted
roster-calls-lead = Nobody has these shifts at the moment. You could step in.
roster-ill = I am ill
roster-ill-said = You are reported ill for today. Your shifts of today are open.
roster-ill-lead = One click reports you absent for today. Whoever can is asked for your shifts.
roster-ill-now = You are reported absent. Whoever can sees your shifts under "Wanted".
roster-absences = Ill or absent
roster-absence-withdraw = Back again
roster-absence-withdrawn = The absence is taken back.
roster-absence-other = Enter other days
roster-absence-title = Enter an absence
roster-absence-body = Shifts in this time become free, and whoever can is asked. No reason is stored.
roster-absence-said = The absence is entered.
roster-first-day = First day

# Rules and wishes.

roster-plan = Planning
roster-print = Print
roster-line-remove = Remove line
roster-rules = Rules of the roster
roster-rules-saved = The rules are saved.
roster-rules-more = Further rules
roster-staffing = How many are to be there?
roster-staffing-lead = At these times the live chat is open. Where somebody is missing, the roster shows a gap.
roster-staffing-add = Add a time
roster-persons = Persons
roster-free-days = Holidays and closing days
roster-state = Holidays of
roster-no-state = No holidays
roster-open-on-holidays = Open on holidays, too
roster-closing-add = Add closing days
roster-closing-name = Occasion
roster-promise = Until when is a letter answered?
roster-promise-made = Promise seekers an answer by a day
roster-promise-days = On which working day
roster-promise-by = By what time
roster-promise-weekdays = Working days
roster-without-shift = Whoever is there without a shift counts, too
roster-approve-swaps = A lead confirms each swap
roster-zone = Time zone
roster-wishes = My wishes
roster-wishes-lead = The lead sees your wishes. The proposal for gaps follows them.
roster-wishes-saved = Your wishes are saved.
roster-wish = I
roster-wish-preferably = would like to
roster-wish-can = can
roster-wish-cannot = can't
roster-wish-when = When
roster-wish-weekly = every week
roster-wish-days = on single days
roster-wish-add = Add a wish

# Proposal, templates, log.

roster-proposal = Proposal for gaps
roster-proposal-lead = { $days }: like this the gaps could be filled. Nothing changes before you take it.
roster-proposal-nobody = Nobody can
roster-proposal-preferred = wishes for this time
roster-proposal-reason = { $candidates ->
    [1] had { $hours } hours so far; nobody else can
   *[other] had { $hours } hours so far; { $candidates } could
}
roster-proposal-nothing = Nobody is missing in this time.
roster-proposal-take = Take the proposal
roster-proposal-taken = The proposal is taken.
roster-proposal-none-chosen = Choose at least one shift.
roster-templates = Templates
roster-templates-lead = A template is a week to be used again. Shown now: { $days }.
roster-template-name = Name of the new template
roster-template-save = Save this week as a template
roster-template-saved = The template is saved.
roster-template-unnamed = Give the template a name.
roster-template-shifts = { $count } shifts
roster-template-use = Plan it in this week
roster-template-used = The template's shifts are planned.
roster-template-removed = The template is deleted.
roster-log = Changes
roster-log-lead = Who changed what, and when.
roster-log-more = Show older ones
roster-log-rules = Rules changed
roster-log-added = Shift planned
roster-log-changed = Shift changed
roster-log-removed = Shift deleted
roster-log-taken = Shift taken
roster-log-wishes = Wishes changed
roster-log-absence = Absence entered
roster-log-absence-withdrawn = Absence taken back
roster-log-swap-offered = Swap offered
roster-log-swap-answered = Swap answered
roster-log-swap-decided = Swap decided
roster-log-swap-withdrawn = Swap taken back
roster-log-template = Template changed
roster-log-assigned = Proposal taken
roster-log-other = Roster changed

# Other calendars.

roster-links = Into my calendar
roster-links-lead = With a calendar link your device's calendar shows your shifts. Whoever knows the link sees them, too.
roster-link = Calendar link
roster-link-once = The link is shown only now. Copy it into your calendar program.
roster-link-make = Make a new link
roster-link-made = Made: { $date }
roster-link-end = End the link
roster-export = Save as a file (.ics)
roster-import = Read a calendar file
roster-import-lead = You see first what the file says. Where an event is called like somebody in the team, that person is put in.
roster-import-file = File (.ics)
roster-import-unreadable = This is no calendar file, or it is too large.
roster-import-take = Plan these shifts
roster-import-skipped = What can't be taken over:
roster-import-skipped-one = Line { $line }: { $title }
roster-imported = The shifts are planned.
