# Pages for seekers: sign-up, log-in, conversation.

seeker-document-title = Notes
seeker-step = Step { $step } of 2

signup-title = Make up a name
signup-lead = Not your real one. With it and the password you return to your conversation from any device.
signup-name = Your name here
signup-suggestions = Suggestions
signup-other-names = others
signup-doubt-email = That looks like an e-mail address. Better take a name that gives nothing away about you.
signup-doubt-name = That looks like a real name. Better take an invented one.
signup-doubt-phone = That looks like a telephone number. Better take an invented name.
signup-password-hint = Your device has thrown dice for these four words. Remember them, write them down – or take a password of your own.
signup-submit = Continue
signup-have-account = I have been here before
signup-name-taken = This name exists here already. Please take another one, for example with another number.
signup-names = Cloudbank Mooncat Nighthawk Pebble Mapleleaf Lighthouse Stardust Rainbow Birchwood Summerwind Snowhare Riverotter Kingfisher Tawnyowl Starfish Seashell Amber Clover Hazelnut Elderberry Lavender Skylark Wren Cricket Dragonfly Afterglow Morningdew Northernlight Comet Waterlily Windmill Paperboat Kiteflyer Treehouse Hammock Lantern Chestnut Bramble Thistledown Sunflower Dandelion Pinecone Robin Marmot Dormouse Salamander Seahorse Turtle Penguin Dolphin

recovery-title = In case you forget the password
recovery-lead = With this code you get back to your conversation anyway. We don’t know it and show it only now. Write it down and put it where only you find it – or leave it.
recovery-skip = Continue without
recovery-new-lead = Your new password is valid. The old code is not any more; here is the new one.
recovery-print-title = Code
recovery-label = Recovery code

login-title = Good to have you back
login-lead = It goes on with your name here and your password.
login-submit = Log in
login-forgot = Password forgotten
login-new = Here for the first time

recover-title = Set a new password
recover-lead = You need your name here and the code you were given.
recover-code = Your code
recover-code-hint = Capitals or small letters, with or without dashes: it does not matter.
recover-new-password = New password
recover-submit = Set password

chat-somebody-there = somebody is here
chat-nobody-there = nobody here right now
chat-typing = is typing
chat-readers = Encrypted on your device. Can read: { $readers }.
chat-readers-first = What you write is encrypted on your device. Only you and { $team } can read it.
chat-readers-what = What does that mean?
chat-letter = Nobody is here right now. Your message waits here, encrypted, until somebody answers.
chat-letter-instead = Nobody has become free just now; we are sorry. Your message waits here like a letter until somebody answers. You can go on writing.
chat-letter-return = For that simply come back: with your name and password.
chat-promise = You get an answer by { $day }, { $time }.
chat-late = The answer takes longer than promised. We are sorry. Your message has arrived and will not be lost.
chat-letter-before = Nobody is here right now. Write anyway: your message waits here until somebody answers.
chat-welcome-title = Just start writing
chat-welcome = One sentence is enough. You don’t have to know how to begin.
chat-closed = This conversation is closed. If you write something more, it opens again.
chat-full = This conversation is full, nothing more fits in. It stays here to be read. What you write now begins a new conversation.
chat-blocked = The team has ended this conversation. You can no longer write here under this pseudonym.
chat-list = Your conversations
chat-started = begun { $day }
chat-emergency = Emergency
chat-emergency-open = Show emergency numbers
chat-emergency-close = Close
chat-logged-in-as = Your name here is { $name }
chat-menu = Menu
