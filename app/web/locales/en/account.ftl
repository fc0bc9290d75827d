# One's own access: changing the password, deleting.

account-password-title = Change password
account-password-lead = From then on only the new one is valid. Your conversation stays as it is.
account-password-more = You are logged out on all other devices. You also get a new code; the old one is not valid any more.
account-password-current = Current password

account-known-title = Somebody knows my password
account-known-lead = Set a new one now that nobody will guess. Whoever knows the old one is then shut out, even when logged in right now, and can read nothing that you write from now on.
account-known-more = What somebody has read already can't be taken back. Your code is renewed as well. If your current password does not work any more, log out and use “Forgot password” with your code.

account-delete = Delete account
account-delete-title = Delete account
account-delete-lead = This is deleted at once:
account-delete-talks = all your conversations, for the counselors as well
account-delete-access = your name here, your password and your code
account-delete-final = This can't be undone. What the counselors have read already may stay in their heads or in notes of their own.
account-delete-submit = Delete for good

account-passphrase-title = Change passphrase
account-passphrase-lead = From then on only the new one is valid, and the directory has new keys of yours. Conversations stay as they are.
account-passphrase-more = You are logged out on all other devices. You also get a new recovery code; the old one is not valid any more.
account-passphrase-current = Current passphrase
account-passphrase-submit = Change passphrase

# Second factor and devices (staff).

access-title = Log-in and devices
access-lead = See where you are logged in, and make your log-in safer.
access-factor-title = Second factor
access-factor-body = Logging in then takes, besides your passphrase, a number from an app on your phone. Whoever knows your passphrase alone does not get in.
access-factor-off = At present your passphrase is enough.
access-factor-since = On since { $time }.
access-factor-begin = Set it up …
access-factor-scan = 1. Take a picture of this with an authenticator app, such as Aegis, FreeOTP, 2FAS or Google Authenticator.
access-factor-picture = QR code for the app
access-factor-by-hand = Or type this secret into the app:
access-factor-check = 2. Enter the six digits that the app shows now.
access-factor-code = Digits from the app
access-factor-on = Turn on
access-factor-lost = If the phone gets lost, “Passphrase forgotten” with your recovery code helps: it turns the second factor off. Keep the code apart from the phone.
access-factor-demanded = Your organisation demands it. If the phone is gone, “Passphrase forgotten” with your recovery code helps; afterwards you set it up anew.
factor-first-title = Set up the second factor first
factor-first-body = Your organisation demands it of everybody who works here. It takes two minutes and a phone. Then everything goes on as usual.
demand-factor-title = Log-in
demand-factor = Demand a second factor of everybody
demand-factor-hint = Whoever has none yet is logged out and sets one up at the next log-in, before anything else. Set up your own first, under “Log-in and devices”.
failure-second-factor-demanded = The organisation demands a second factor. Set up your own first, and leave it on.
access-factor-end-body = To turn it off, enter the digits that your app shows now.
access-factor-end = Turn off
access-factor-is-on = The second factor is on.
access-factor-is-off = The second factor is off.
access-devices-title = Where you are logged in
access-devices-body = The server does not know which device this is; it keeps neither addresses nor names of devices. If a log-in seems strange to you, end it and change your passphrase.
access-device-here = This device
access-device-other = Another device or window
access-device-times = Logged in { $created }, last used { $used }
access-device-end = Log out
access-device-end-label = End the log-in of { $created }
access-device-ended = The log-in is ended.
access-log-in-code = And now the digits from your app
access-log-in-hint = Six digits that change every 30 seconds. Phone lost? Then take “Passphrase forgotten” with the recovery code.
failure-second-factor-needed = This log-in needs the digits from your app as well.
failure-second-factor-wrong = These digits are not valid. Wait until the app shows new ones and take those. If that does not help, your phone’s clock is wrong.
failure-app-code-invalid = It is six digits, as the app shows them.
