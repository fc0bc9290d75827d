# Set-up in the browser.

setup-title = Set up Beistand
setup-step-of = Step { $step } of { $steps }: { $name }
setup-step-code = Claim code
setup-step-person = Organisation and your account
setup-step-team = First team and site
setup-step-retention = Retention
setup-step-kit = Print the recovery kit
setup-step-done = Done
setup-interrupt = Until the recovery kit nothing is stored: please go through in one pass. It takes a few minutes.

setup-code-title = Enter the claim code
setup-code-lead = It stands on the box’s screen or in its output when it starts. So only somebody who can reach the box sets it up.
setup-code-label = Claim code
setup-code-fingerprint = While you are there, compare the certificate’s fingerprint with the one that your browser shows.

setup-person-title = Who are you?
setup-person-lead = You become the first administrator and lead the first team until somebody else is named.
setup-organisation = Name of the organisation
setup-display-name = Your name as seekers and the team see it
setup-login-name = Your log-in name
setup-passphrase = Your passphrase
setup-passphrase-hint = Your device has thrown dice for these six words. They open the administration: please write them down and use them nowhere else.

setup-team-title = Your first team and your site
setup-team-lead = The site is what seekers see. The team answers.
setup-team-name = Name of the team
setup-site-name = Name of the site
setup-accent = Your organisation’s colour
setup-accent-hint = Buttons and links get this colour. If it is too light or too dark to read, Beistand adapts it.
setup-accent-light = On a light ground
setup-accent-dark = On a dark ground
setup-accent-sample = Sample
setup-accent-as-is = Contrast { $contrast } : 1 – readable as it is.
setup-accent-adapted = Contrast { $contrast } : 1 – adapted to { $color } for that.

setup-retention-title = How long do conversations stay?
setup-retention-lead = So many days after the last contact a conversation’s key is destroyed. After that nobody can read it, not even you.
setup-retention-label = Days after the last contact
setup-retention-bad = Please a number from 1 to { $max }.
setup-emergency-title = Emergency numbers
setup-emergency-lead = These numbers stand on every public page. You can change them afterwards in the administration.
setup-submit = Set up

kit-title = Your recovery kit
kit-lead = Print it and put it in a safe place, not beside the box. Without it a lost administrator cannot be replaced. It is shown only now and then erased from the browser.
kit-organisation = Organisation
kit-date = Date
kit-address = Address
kit-fingerprint = Identity of the organisation
kit-fingerprint-body = With it one can check that a browser speaks to the right organisation. It is not secret.
kit-root = Root secret
kit-root-body = Secret. Needed to replace a lost administrator.
kit-recovery = Recovery code of { $name }
kit-recovery-body = Secret. Sets a new passphrase for this account.
kit-printed = I have printed or copied the recovery kit
kit-continue = Continue
kit-continue-hint = Please confirm first that you have the recovery kit.

done-title = Done. Your service is there.
done-lead = Seekers find it at this address:
done-address = Address for seekers
done-next = Now invite your team and go on duty.
done-workplace = To the workplace
setup-accent-link = Link
