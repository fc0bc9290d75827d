# Staff pages: log-in, invitation, workplace, administration.

staff-document-title = Beistand
staff-nav-label = Areas
staff-nav-talks = Conversations
staff-nav-lead = Lead
staff-nav-administration = Administration
staff-logged-in-as = Logged in: { $name }
staff-menu = My account

staff-login-title = Log in
staff-login-lead = For counselors and administrators.
staff-login-name = Log-in name
staff-login-passphrase = Passphrase
staff-login-forgot = Passphrase forgotten
staff-login-lost = Lost the recovery code as well? Then you need a new invitation from your administrators.
staff-recover-lead = You need your log-in name and your recovery code. After that you get a new code; the old one is not valid any more.
staff-recover-passphrase = New passphrase

presence-available = On duty
presence-away = Off duty
presence-hint = On duty: seekers see that somebody is here.

queue-label = Conversations
queue-sorted = By promise and waiting time
queue-waiting = Waiting
queue-mine = Mine
queue-team = In the team
queue-closed = Closed
queue-none-waiting = Nobody is waiting.
queue-none-mine = None yet. Take one that is waiting.
queue-claim = Take it
queue-claim-of = Take { $name }
queue-wait-now = waiting
queue-wait-minutes = { $minutes ->
    [one] waiting 1 minute
   *[other] waiting { $minutes } minutes
}
queue-wait-hours = { $hours ->
    [one] waiting 1 hour
   *[other] waiting { $hours } hours
}
queue-wait-since = waiting since { $day }
queue-unread = { $count ->
    [one] 1 new message
   *[other] { $count } new messages
}
queue-with = with { $name }
along-tag = You read along
along-body = { $name } leads this conversation. You read along, and write here only if you take it.
queue-own-prefix = You:
queue-present = is here
queue-typing = is typing
queue-draft = draft
queue-fresh = Just came in
queue-gone = no longer here
queue-offered = offered to { $name }
queue-offered-own = your turn
queue-answer-by = answer by { $day } { $time }
queue-overdue = overdue since { $when }
queue-jump = To a list
queue-none-fit = No conversation fits the filter.

search-label = Search the conversations
search-found = { $count ->
    [0] Nothing found.
    [one] 1 place found
   *[other] { $count } places found
}
search-more = The newest { $count } places; there are more.

filter-title = Filter
filter-active = Filter on
filter-site = Site
filter-team = Team
filter-any = All
filter-unread = Only with new messages
filter-reset = Show all

shortcut-title = Keyboard shortcuts
shortcut-lead = They work while you are not writing in a field. Esc brings you out of an answer.
shortcut-next = Next conversation
shortcut-previous = Previous conversation
shortcut-unread = Next one with new messages
shortcut-longest = Who waits longest
shortcut-claim = Take it
shortcut-answer = Write an answer
shortcut-team = Switch between conversation and team
shortcut-hand-over = Hand over
shortcut-close = Close
shortcut-pin = Keep it, to open a second one beside it
shortcut-away = Take it off the screen
shortcut-search = Search the conversations
shortcut-jump = To Waiting, Mine, In the team, Closed
shortcut-sheet = This list
shortcut-send = Send the answer
shortcut-enabled = Single keys work

beside-choice = Who you write to
beside-with = With { $name }
beside-team = Within the team
beside-only = Only your team reads this.
beside-hidden = { $name } sees nothing of it.
beside-readers = Can read: { $names }.
beside-label = Exchange within the team
beside-empty = Nobody has written here yet. Questions, arrangements and hints about this conversation stay within the team and are deleted with the conversation.
beside-answer-label = Write to the team, about the conversation with { $name }
beside-placeholder = Write to the team
beside-unread = { $count ->
    [one] Team: one new
   *[other] Team: { $count } new
}

work-none-title = No conversation chosen
work-none-body = The conversations are on the left: at the top, who is waiting.
work-back = To the list
work-talk-with = Conversation with { $name }
work-pin = Keep { $name } on the screen
work-away = Take { $name } off the screen
work-present = is here
work-absent = not here right now
work-hand-over = Hand over
work-hand-over-title = Hand over to whom?
work-hand-over-body = From then on the colleague can read and continue the conversation. The person seeking help sees who reads now.
work-hand-over-to = Colleague
work-hand-over-none = There is nobody else in this team.
work-hand-over-submit = Hand over
work-close = Close
work-close-title = Close the conversation?
work-close-body = If another message comes, it opens again and waits.
work-close-submit = Close
work-release = Back to the waiting list
work-answer-label = Answer to { $name }
work-answer-placeholder = Your answer
work-claim-first = Take the conversation in order to answer.
work-closed = This conversation is closed. If another message comes, it opens again and waits.
work-full = This conversation is full, nothing more fits in. You can still read it, hand it over and close it. If the person writes something more, a new conversation begins.
work-keys-send = send
work-key-control = Ctrl
work-details = Overview and readers
work-person-label = Overview
work-overview = Overview
work-first-contact = First contact
work-last-contact = Last contact
work-promise = Promised
work-deleted = Will be deleted
work-deleted-after = { $days ->
    [one] 1 day after the last contact
   *[other] { $days } days after the last contact
}
work-readers = Who can read along
work-readers-body = From the signed register, checked on this device.
work-unnamed = Unnamed
work-reconnecting = Connection interrupted, being restored
work-no-team = You belong to no team. That is why there are no conversations here.

pending-title = Almost there
pending-body = Your account exists. Now the administrators confirm it. This page notices by itself.

invitation-title = Welcome, { $name }
invitation-lead = { $organisation } invites you to work as { $role } in the team “{ $team }”.
invitation-steps = Make up a log-in name and remember the passphrase. After that the administrators confirm your account.
invitation-passphrase = Passphrase
invitation-passphrase-hint = Your device has thrown dice for these six words. They open all conversations you may read: please use them nowhere else.
invitation-submit = Accept the invitation
invitation-opening = The invitation is being checked …
invitation-failed-title = This invitation cannot be opened
invitation-code-title = Your recovery code
invitation-code-lead = It belongs to your account and is shown only now. Keep it apart from the device.

role-counselor = counselor
role-lead = lead
role-administrator = administrator

alarm-title = Bell and notifications
alarm-lead = On duty, each request rings until somebody takes it, even while you are in another window.
alarm-due = Before your shift: check that you can hear the bell.
alarm-test = Test the bell
alarm-test-again = Once more
alarm-heard-question = Did you hear the bell?
alarm-heard = Yes, I heard it
alarm-unheard = No, nothing
alarm-tested = Bell tested { $time }
alarm-unheard-title = Nothing rings on your side.
alarm-unheard-body = Check volume and headphones of your device, and whether this tab is muted.
alarm-blocked-title = The browser allows no sound.
alarm-blocked-body = Requests won’t ring until you press here. If that doesn’t help: allow this page to play sound in the browser’s settings.
alarm-unblock = Switch sound on
alarm-choose = Sound and volume
alarm-rings = Somebody is waiting.
alarm-silence = Silent until the next request
alarm-tone = Sound
alarm-tone-bell = Bell
alarm-tone-chime = Door chime
alarm-tone-knock = Knocking
alarm-volume = Volume
alarm-notices = Notifications on the screen
alarm-notices-body = They only say that somebody waits or has answered. Names and words are never in them.
alarm-notices-ask = Switch notifications on
alarm-notices-on = Switched on.
alarm-notices-denied = The browser forbids them. You can change that in its settings for this page.
alarm-notice-request = Somebody is waiting for an answer.
alarm-notice-answer = There is something new in one of your talks.

lead-title = Lead
lead-promise-title = Promised answers
lead-promise-none = Nobody is waiting for a promised answer right now.
lead-promise-safe = { $count ->
    [one] One answer is promised, and there is time.
   *[other] { $count } answers are promised, and there is time.
}
lead-promise-risk = { $count ->
    [one] One promise at risk
   *[other] { $count } promises at risk
}
lead-promise-risk-lead = Due within hours or overdue already, the most urgent first.
lead-promise-more = { $count ->
    [one] And one more.
   *[other] And { $count } more.
}
lead-promise-nobody = With nobody yet.
lead-promise-own = With you.
lead-promise-with = With { $name }.
lead-promise-open = Open
lead-promise-open-of = Open the conversation with { $name }
lead-promise-where = What is promised is set in the roster under “Rules”. Shown here is what you may read.
lead-queue-title = Whose turn is it? Team “{ $team }”
lead-queue-lead = How waiting talks find somebody. The team’s leads may always take one.
lead-queue-mode = Rule
lead-queue-pull = Take for yourself
lead-queue-pull-body = Whoever is free takes a waiting talk. Everybody on duty hears the request.
lead-queue-push = Offer in turn
lead-queue-push-body = Each waiting talk is offered to the person on duty who has least to do. If they don’t take it, it is the next one’s turn.
lead-queue-talks = Running talks for one person, at most
lead-queue-talks-hint = Empty: no limit. Counted are talks in which somebody is there or has just written; letters don’t count.
lead-queue-offer = Seconds that an offer stands
lead-queue-offer-hint = Then it is the next person’s turn.
lead-queue-save = Save
lead-queue-saved = Saved. The rule holds from now on.
lead-escalation = When nobody accepts
lead-escalation-body = A request then goes on step by step. Each step stands in the talk with its time, for the team only.
lead-escalation-on = Pass it on: to the next on duty, then to the team’s leads
lead-escalation-next = Seconds before the next on duty is asked
lead-escalation-next-hint = Until then everybody on duty hears the request. Then the one with the fewest talks is asked by name; everybody may still take it.
lead-escalation-leads = Seconds after that before the leads are asked
lead-escalation-leads-hint = They hear it even when they are not on duty and only have the page open.
lead-escalation-letter = Seconds after that before it becomes a letter
lead-escalation-letter-hint = Whoever writes then reads that nobody is free right now, and by when the answer comes. If somebody takes it later, it goes on live.
escalation-line-person = { $time }: nobody has accepted yet, { $name } is asked.
escalation-line-own = { $time }: nobody has accepted yet, you are asked.
escalation-line-leads = { $time }: nobody on duty has accepted, the leads are asked.
escalation-line-letter = { $time }: nobody has accepted, the talk is a letter now.
escalation-tag-own = you are asked
escalation-tag-person = { $name } is asked
escalation-tag-leads = leads asked
escalation-tag-letter = as a letter
alarm-notice-asked = You are asked: somebody is waiting for an answer.

failure-offered-elsewhere = This talk is being offered to somebody else.
failure-talks-full = You have as many running talks as your team’s rule allows. Close one or give one back.

admin-title = Administration
admin-people = People
admin-people-lead = Everybody in the signed register.
admin-you = you
admin-no-team = in no team
admin-person-lead-of = lead of { $team }
admin-person-member-of = { $team }
admin-online-available = on duty
admin-online-away = connected, off duty
admin-offline = not connected
admin-remove = Remove
admin-remove-of = Remove { $name }
admin-remove-title = Remove { $name }?
admin-remove-body = From the very next message this person can read nothing new and cannot log in any more. The team can put conversations they had taken back into the waiting list.
admin-remove-submit = Remove
admin-invite = Invite somebody
admin-invite-lead = You get a link that works once. Hand it over yourself, best in person.
admin-invite-name = Name as seekers and the team see it
admin-invite-team = Team
admin-invite-role = Task
admin-invite-submit = Make a link
admin-invite-link-title = Link for { $name }
admin-invite-link-body = Works once and until { $day }. It is shown only now.
admin-invite-link-label = Invitation link
admin-invite-another = Invite somebody else
admin-invitations = Open invitations
admin-invitations-none = None.
admin-invitation-until = { $role }, team “{ $team }”, valid until { $day }
admin-invitation-accepted = accepted, waits for your confirmation
admin-invitation-open = not accepted yet
admin-invitation-expired = expired
admin-countersign = Confirm
admin-countersign-of = Confirm { $name }
admin-countersign-body = Confirm only if you gave this person the link yourself.
admin-teams = Teams
admin-team-lead = Lead: { $names }
admin-team-members = { $count ->
    [one] 1 person
   *[other] { $count } persons
}
admin-site = Site
admin-site-lead = How seekers see your service. You sign it.
admin-site-name = Name
admin-site-accent = Colour
admin-site-retention = Days that a conversation stays after the last contact
admin-site-emergency = Emergency numbers
admin-site-emergency-hint = One per line: the number, a semicolon, then who answers.
admin-site-save = Save
admin-site-saved = Saved and signed.
admin-site-emergency-bad = Line { $line }: please write “number; label”.

# How a talk ends
ending-reason = Why?
ending-answered = Answered
ending-sent-on = Sent on to somebody else
ending-no-answer = No answer comes any more
ending-no-request = No request (mistake, test, disturbance)
ending-other = Something else
ending-blocked = Rules broken: block the pseudonym
ending-topic = What was it about?
ending-topic-none = Not said
ending-kept = Only your team reads reason and topic. For the statistics it is counted how often each occurs in a month, not in which talk.
ending-with-topic = { $reason } – topic: { $topic }
ending-with-reason = { $reason } – { $words }
block-body = Nothing can be written under this pseudonym any more, in no other talk either. The person reads a notice, can read what was written and delete their account. With a new pseudonym they can come back: no address is stored. Leads can lift the block.
block-why = What happened?
block-hint = Only your team reads this.
block-submit = Close and block
block-now = This pseudonym is blocked: the person can't write. Leads can lift that.
block-lift = Lift the block
ending-line = { $time }: closed by { $name }. { $words }
remark-you = you
remark-closed = Closed by { $name }. { $words }
remark-handed-over = Handed over by { $name } to { $to }: { $words }
remark-released = Given back to the team by { $name }: { $words }
remark-tagged = Tagged by { $name }: { $tag }
remark-untagged = Tag removed by { $name }: { $tag }
topics-title = Topics, team “{ $team }”
topics-lead = One of them is chosen when a talk is closed. Only how often in a month is counted.
topics-label = Topics, one in each line
topics-hint = A topic that you remove here stays in the counts of the months in which it was chosen.
topics-suggest = Use suggestions
topics-suggested = Family | School and training | Friendship and love | Mood and self-esteem | Violence | Addiction | Money and housing | Other
topics-saved = Saved. The topics can be chosen from now on.
topics-invalid = At most { $count } topics, each only once and no longer than a short line.
work-hand-over-team = Back to the team
work-hand-over-team-body = The talk waits again; whoever is free takes it.
work-hand-over-note = Note for the handover
work-hand-over-note-long = This is too long. Shorten the note a little.
tags-title = Tags
tags-new = New tag
tags-add = Add
tags-remove = Remove tag “{ $tag }”
tags-limit = At most { $count } tags, each of a few words only.
note-title = For me only
note-private = Encrypted. Nobody else can read this. The note is deleted with the talk.
note-saved = Note saved.
note-pending = Saving the note …
note-limit = This is too long and is not being saved. Please shorten the note.
note-changed = On another device your note meanwhile says something else:
note-removed = On another device your note has been emptied meanwhile.
note-both = Keep both
note-mine = Keep only my text here
board-now = Now
board-waiting = Waiting
board-waiting-note = { $live } in the live chat, { $letters } as letters
board-waiting-none = Nobody is waiting.
board-longest = Longest wait, live
board-longest-none = Nobody is waiting in the live chat.
board-minutes = { $count ->
    [one] minute
   *[other] minutes
}
board-duty = On duty
board-duty-of = of { $count }
board-duty-until = { $name } until { $time }
board-duty-absent = { $name } until { $time }, but not here
board-duty-more = { $count } more
board-duty-none = Nobody is on the roster now.
board-duty-free = No roster: whoever is here is on duty.
board-risk = Promises at risk
board-risk-first = { $name }, { $due }
board-risk-none = All on time.
board-gaps = The next seven days
board-gaps-none = Nobody is missing on the roster.
board-gap = { $count ->
    [one] One person is missing.
   *[other] { $count } people are missing.
}
board-gaps-more = { $count ->
    [one] And one more gap.
   *[other] And { $count } more gaps.
}
board-to-roster = To the roster
admin-team-workload = Show the leads how much each person has to do
admin-team-workload-hint = Numbers for each person: open talks, those waiting, hours on duty. Agree on this with the works council first. Who turned it on, and when, stands in the signed directory.
admin-team-along = The leads read along in talks that somebody has taken
admin-team-along-hint = On: the leads can read along, advise, and step in when somebody falls ill, in talks under way as well; the privacy text and the conversation say so. Off: from the next message on only whoever has taken the talk reads it. If that person is absent, the team gets back to it only once they pass it on, or once they are taken off the team and the seeker writes again.
board-workload = Who has how much to do?
board-workload-caption = Talks and shifts by person
board-workload-person = Person
board-workload-talks = Open talks
board-workload-waiting = Of these waiting
board-workload-hours = Hours on duty in seven days
renewal-title = { $name } has new keys.
renewal-by = Since { $day }, confirmed by { $by }.
renewal-by-kit = Since { $day }, confirmed with the recovery kit.
renewal-new = New keys:
renewal-doubt = Passphrase and recovery code were lost. If that surprises you, please ask in person before you hand over confidential talks.
renewal-read = Understood
admin-renew = New access
admin-renew-of = New access for { $name }
admin-renew-title = New access for { $name }?
admin-renew-body = Only needed when passphrase and recovery code are lost. You get a link with which this person chooses a new log-in name and a new passphrase. Then you confirm it here, and the team is told.
admin-renew-loss = This person's own notes and own text blocks are lost then. Give the link to nobody else, best in person.
admin-invitation-renews = New access for somebody of the team, valid until { $day }
invitation-renews = Here you get a new access. Choose a new log-in name: the former one belongs to the lost access until the administration has confirmed the new one.
