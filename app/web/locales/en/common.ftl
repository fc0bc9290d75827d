# What the seekers' pages and the staff's pages share.

field-password = Password
password-show = show
password-hide = hide
password-more-words = other random words
password-rating-0 = Too easy to guess. Better take several words that have nothing to do with each other.
password-rating-1 = Still too easy to guess. One or two more words are enough.
password-rating-2 = Almost. One more word.
password-rating-3 = Good.
password-rating-4 = Very good.
password-rating-busy = Checking …

code-noted = I have noted it
code-print = Print

busy = One moment …
retry = Try again
back = Back
next = Continue
cancel = Cancel
shut = Close
log-out = Log out
copy = Copy
copied = Copied

failure-network = The server cannot be reached. Please check the connection and try again.
failure-answer = The server answered something that can’t be checked here. Nothing of it was taken over. Please reload the page. If it stays like this, please tell the counselling service some other way.
failure-malformed = The server did not understand that. Please load the page again.
failure-too-large = That is too long.
failure-session-expired = Your session has run out. Please log in again.
failure-forbidden = You may not do that here.
failure-not-found = That does not exist any more.
failure-wrong-credentials = Name and password do not match. Please check both.
failure-wrong-code = Name and code do not match. Please check both.
failure-wrong-claim-code = This claim code is wrong. Please compare it with the box’s output.
failure-too-many-tries = Too many tries. Please wait a few minutes.
failure-too-many-tries-wait = { $seconds ->
    [one] Too many tries. Please wait one second.
   *[other] Too many tries. Please wait { $seconds } seconds.
}
failure-conflict = Somebody was faster. Please look how things stand now.
failure-name-taken = This name is taken. Please choose another one.
failure-invitation-invalid = This invitation is not valid any more: used, run out or withdrawn. Please ask for a new one.
failure-statement-refused = The server did not accept that. Please load the page again.
failure-already-claimed = Somebody of the team has already taken this conversation.
failure-conversation-closed = This conversation is closed.
failure-conversation-full = This conversation is full.
failure-already-set-up = This box is set up already.
failure-not-set-up = This box is not set up yet.
failure-revoked = Your access has ended.
failure-storage = The server cannot store anything right now. Nothing was accepted. Please try again later.
failure-internal = Something went wrong on the server. Please try again.
failure-name-invalid = This name does not work: empty, too long or with characters that are not allowed.
failure-password-weak = This password is too easy to guess.
failure-password-invalid = This password does not work: too long or with control characters.
failure-code-invalid = There is a typing error in this code.
failure-claim-code-invalid = There is a typing error in this claim code.
failure-link-invalid = This link is incomplete. Please copy all of it.
failure-text-invalid = The message is empty or too long.
failure-settings-invalid = Something is empty, too long or does not fit the rest.
failure-not-now = That is not possible at the moment.
failure-change-unknown = The connection broke in the middle of the change. Either the old password is valid or the new one, as a whole. Please log in again and try the new one first.
failure-password-unchanged = That is your password already. Please choose another one.
failure-wrong-password = That is not your current password.
failure-stopped = A check has failed. That is why we stopped.

conflict-title = Something is wrong here. We stop.
conflict-lead = Your device has noticed something that must not be. Please write nothing here for now.
conflict-organisation = This page claims to be another counseling service than the one your link or your account belongs to.
conflict-log = The register of who may read here was changed or cannot be verified.
conflict-own-keys = The register has other keys for you than your own.
conflict-conversation = A conversation was changed or has disappeared.
conflict-account = What the server keeps for your account belongs to somebody else, is older than it should be, or was changed.
conflict-other = A check of signatures or keys has failed.
conflict-what = Please tell the counseling service in another way, for example by telephone, and quote the sentence above.

time-today = Today
time-yesterday = Yesterday
time-yesterday-inside = yesterday
time-today-inside = today
time-tomorrow-inside = tomorrow
time-minutes = { $time }

talk-label = Conversation
talk-own = You
talk-progress-sending = sending
talk-progress-failed = not sent
talk-progress-stored = stored
talk-progress-delivered = delivered
talk-progress-read = read
talk-send-again = Send again
talk-send = Send
talk-message-label = Your message
talk-new-below = New message below
talk-is-typing = { $name } is typing
talk-typing-somebody = The counselor is typing
talk-draft-saved = Draft saved
talk-draft-pending = Draft not saved yet
talk-connected = Connected
talk-reconnecting = Connection interrupted, being restored. Nothing you wrote is lost.
talk-too-long = The message is too long. Please split it.
talk-claimed = { $name } has taken the conversation.
talk-claimed-own = You have taken the conversation.
talk-released = The conversation waits for somebody of the team again.
talk-handed-over = The conversation is with { $name } now.
talk-closed = The conversation was closed.
talk-reopened = The conversation is open again.
talk-blocked = Blocked: nothing can be written here any more.
talk-unblocked = The block is lifted: writing is possible again.
talk-readers-changed = From here on these can read: { $readers }.
talk-missing = Something is missing here. It was sent but did not arrive.
talk-refused = Something came whose origin could not be verified. It is not shown.
talk-unknown = There is something here that this page does not know. Please load it again.
talk-somebody = Counselor

reader-you = you
reader-seeker = the person seeking help
reader-team = team “{ $name }”
reader-lead = { $name } (lead)

ended-logged-out-title = You are logged out
ended-logged-out = Nothing has stayed on this device.
ended-expired-title = Your session has run out
ended-expired = That happens after a longer pause. What was sent is stored.
ended-unsent = What you had not sent yet will be there again when you log in anew on this page. Don’t reload or close it before.
ended-password-changed-title = Your password was changed
ended-password-changed = The password was changed on another device or with the code. Please log in with the new one. What was sent is stored.
ended-deleted-title = Nothing is left here
ended-deleted = Your access and your conversations are deleted.
ended-revoked-title = Your access has ended
ended-revoked = If that is a mistake, please turn to your administrators.
ended-log-in = Log in again

unreachable-title = The server cannot be reached
not-set-up-title = A counseling service is being set up here
not-set-up-body = This box is not set up yet.

unconfirmed-seeker = { $days ->
    [one] For a day, nobody of the team has confirmed who can read here.
   *[other] For { $days } days, nobody of the team has confirmed who can read here. Perhaps nobody was there, perhaps the date of your device is wrong. But perhaps this server is showing an old state. If you can, write only what can wait.
}
unconfirmed-seeker-leads = { $days ->
    [one] For a day, nobody of the team has confirmed who can read here. What you write now can only be read by the lead of the team.
   *[other] For { $days } days, nobody of the team has confirmed who can read here. Perhaps nobody was there, perhaps the date of your device is wrong, perhaps this server is showing an old state. So what you write now can only be read by the lead of the team.
}
unconfirmed-staff = { $days ->
    [one] For a day, nobody else has confirmed the state of the organisation.
   *[other] For { $days } days, nobody else has confirmed the state of the organisation. Perhaps nobody logged in, perhaps this server is showing you an old state. Please check the date of this device and ask somebody of your organisation to log in.
}
unconfirmed-staff-leads = { $days ->
    [one] For a day, nobody else has confirmed the state of the organisation. Until somebody logs in, only the leads of the teams can write and read what is new.
   *[other] For { $days } days, nobody else has confirmed the state of the organisation. Until somebody else logs in, only the leads of the teams can write here and read what is newly written. Please check the date of this device as well.
}
