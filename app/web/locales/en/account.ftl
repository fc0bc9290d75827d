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
