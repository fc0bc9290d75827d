# Public pages: rendered by the server for each request, without any script.

language-name = English
skip-to-content = Skip to content
leave = Leave now
back-to-start = To the start page

start-document-title = Start
start-somebody = Somebody is here right now
start-nobody = Nobody is here right now
start-title = Write to us. We listen.
start-lead = You don’t have to say who you are. An invented name and a password are enough.
start-who-question = Who answers?
start-who-answer = Counselors of “{ $organisation }”.
start-read-question = Who can read it?
start-read-answer = Only you and the counselors. What you write is encrypted on your device.
start-read-answer-leads = Only you and the counselors, their leads too. What you write is encrypted on your device.
start-cost-question = What does it cost?
start-cost-answer = Nothing.
start-stay-question = What stays?
start-stay-answer = { $days ->
    [one] Nothing on your device. With us the conversation lies encrypted and is deleted one day after the last contact.
   *[other] Nothing on your device. With us the conversation lies encrypted and is deleted { $days } days after the last contact.
}
start-write = Write now
start-return = I have been here before
start-now-title = What happens next
start-now-somebody = A counselor is here right now and sees your message at once.
start-now-nobody = No counselor is here right now. You can write anyway: your message waits, encrypted, until somebody comes and answers.
start-now-return = You will find the answer here when you come back with your name and password, from any device.
start-script = For writing, the browser needs JavaScript. This page does without.
start-script-link = What that means

emergency-title = Are you or is somebody in danger?
emergency-lead = Then please call at once:
emergency-list = Emergency numbers

footer-label = More pages
footer-safety = Leave no traces
footer-privacy = Privacy in simple words
footer-help = Help
footer-staff = For counselors: log in

safety-document-title = Leave no traces
safety-title = Leave no traces
safety-lead = Perhaps somebody looks at your device. This is what you can do, and what we can do.
safety-leave-title = Leave now
safety-leave-body = The button “Leave now” stands at the top of every page. It opens a harmless page and erases what this address has stored in the browser.
safety-leave-escape = While writing there is another way: press the Esc key three times quickly.
safety-leave-history = The button does not erase entries in the browser’s history. Without JavaScript the page that you left stays there as well.
safety-history-title = The browser’s history
safety-history-body = The browser remembers the pages you visited. A private window (“incognito”) forgets them as soon as you close it. Or delete the entry yourself afterwards.
safety-device-title = Your device
safety-device-body = We store no messages, no name and no password on your device. Don’t let the browser save the password either if others use it.
safety-watch-title = If your device is being watched
safety-watch-body = No web page helps against a program that records the screen or the keys. Use another device then: a friend’s, at school, in the library.
safety-network-title = Network and router
safety-network-body = Whoever runs the network can see that this address was opened. Nobody there can read what you write.

privacy-document-title = Privacy
privacy-title = Privacy in simple words
privacy-lead = What is stored, where, for how long, and who can read it.
privacy-asked-title = What we ask for
privacy-asked-body = An invented name and a password. Not your real name, no e-mail address, no telephone number.
privacy-read-title = Who can read your messages
privacy-read-body = You and the counselors who are named in the conversation under “Can read”. Messages are encrypted on your device and become readable only on theirs. The server in between cannot open them.
privacy-read-holder = At first the whole team can read, so that somebody can answer. Once somebody has taken your conversation, only that person reads on. One exception: if nobody of the counselors has logged in for weeks, what is new goes to the team's leads, so that it is not left lying.
privacy-read-leads = At first the whole team can read, so that somebody can answer. Once somebody has taken your conversation, that person and the leads read on. The leads of the team read along so that they can step in when somebody falls ill, and to keep the counseling good. They write to you only if they take the conversation themselves.
privacy-read-team = The whole team reads along even when somebody has taken your conversation. Only whoever has taken it writes to you.
privacy-server-title = What the server knows
privacy-server-body = That there is a conversation, with which team, when messages come and roughly how long they are, and which counselor has taken it. It knows your name here and your password only in a form from which they cannot be read.
privacy-address-title = Internet addresses
privacy-address-body = Your internet address is not stored. Against floods of requests the server keeps for a short time a number computed from it, which is worthless after a day.
privacy-stay-title = How long
privacy-stay-body = { $days ->
    [one] One day after the last contact a conversation is deleted by destroying its key. So are unused accounts.
   *[other] { $days } days after the last contact a conversation is deleted by destroying its key. So are unused accounts.
}
privacy-cookie-title = Cookies
privacy-cookie-body = There are none. No services of other companies are included either.
privacy-limit-title = What cannot be promised
privacy-limit-body = Somebody who breaks into the server could try out weak passwords. That is why we insist on a good one. And whoever reads along in a conversation can remember what was said, or print it for the counseling service. What is printed is not deleted with it here.

help-document-title = Help
help-title = Help
help-script-title = Why JavaScript is needed
help-script-body = For writing, your browser itself encrypts the messages before they leave your device. For that it needs JavaScript and WebAssembly; all current browsers have both, but sometimes they are switched off.
help-script-how = Switch on JavaScript for this page and load it again. In the Tor Browser it works with the security level “Standard”.
help-script-without = Without JavaScript these work: start, leave no traces, privacy, help, and the button “Leave now”.
help-forgot-title = Password forgotten
help-forgot-body = With the recovery code that you were given in the beginning you set a new password. Without code and password nobody can open the conversation, not even we. But you can start anew at any time.

error-document-title = Notice
error-not-found-title = There is no such page
error-not-found-body = Perhaps the address is incomplete or old.
error-not-set-up-title = A counseling service is being set up here
error-not-set-up-body = This box is not set up yet.
error-not-set-up-link = Set it up now
error-not-set-up-code = You need the claim code for that. It stands on the box’s screen or in its output when it starts.
error-unavailable-title = That did not work just now
error-unavailable-body = The server cannot answer at the moment. Please try again in a few minutes.
error-too-many-title = Please wait a moment
error-too-many-body = Too many requests came from here. It goes on in a few minutes.
error-forbidden-title = That is not allowed here
error-forbidden-body = This address cannot be called like that.

emergency-default-112 = Emergency services
emergency-default-116117 = Doctors on call
emergency-default-telefonseelsorge = TelefonSeelsorge helpline

product-name = Beistand

# Calendar files
calendar-name = Duty roster
calendar-live = On duty: live chat
calendar-letters = On duty: letters
calendar-nobody = nobody yet

start-next-today = Somebody is there again today from { $time }.
start-next-tomorrow = Somebody is there again tomorrow from { $time }.
start-next-later = On { $date }, from { $time }, somebody is there again.
start-answer-today = If you write now, you get an answer by today, { $time }.
start-answer-tomorrow = If you write now, you get an answer by tomorrow, { $time }.
start-answer-later = If you write now, you get an answer by { $date }, { $time }.

date-with-weekday = { $weekday }, { $number } { $month }
weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday
month-january = January
month-february = February
month-march = March
month-april = April
month-may = May
month-june = June
month-july = July
month-august = August
month-september = September
month-october = October
month-november = November
month-december = December

told-mine = Something waits for you
told-mine-body = A message waits for you in Beistand: { $link }
told-team = Something waits for the team
told-team-body = A message waits for the team in Beistand: { $link }
told-both = Something waits for you and the team
told-both-body = Messages wait for you and for the team in Beistand: { $link }
told-test = Test message
told-test-body = This box can send e-mail: { $link }
