## On every page
service-name = Unified Sign-in
settings = Language and text size
language-this = English
print-large = Large print
print-usual = Usual print
gap = {" "}
skip = Skip to the main content
onward = When you have finished, you go on to
way-back = Back to the service
way-back-to = Back to { $service }
foot-phone = Helpline
foot-help = Help
foot-privacy = Privacy
foot-request = Request number
foot-code = Code
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
wait-seconds = { $seconds } { $seconds ->
    [one] second
   *[other] seconds
}
wait-minutes = { $minutes } { $minutes ->
    [one] minute
   *[other] minutes
}
span-hours = { $hours } { $hours ->
    [one] hour
   *[other] hours
}
span-days = { $days } { $days ->
    [one] day
   *[other] days
}
call = Please call the helpline, { $phone }.
counter = Bring your identity document to the counter of a government service hall near you.
counter-hours = Opening hours: { $hours }.

## Sign in
sign-in-title = Sign in
sign-in-onward = After signing in you go on to
sign-in-again-title = Please sign in again
sign-in-again = { $person } is signed in on this device. To protect your account, please confirm once more that it is you.
sign-in-identifier = Citizen ID number, mobile number or user name
sign-in-password = Password
sign-in-do = Sign in
sign-in-passkey = Sign in with a passkey
sign-in-or-passkey = Or without a password
sign-in-or-password = Or with your password
sign-in-new = New here?
sign-in-register = Create an account

## Registration
register-step = Create an account: step { $step } of 4
phone-title = What is your mobile number?
phone-hint = It must be registered in your own name. We will text you a code.
phone-do = Send the code
phone-known = Already have an account?
code-title = Enter the code from the text message
code-sent = We sent a 6-digit code to { $phone }.
code-valid = It is valid for { $minutes ->
    [one] one minute
   *[other] { $minutes } minutes
}. Never tell it to anyone.
code-do = Verify my number
code-other-phone = Use another number
code-missing = No message?
code-resend-later = (possible in { $wait })
code-resend = Send it again
name-title = Confirm who you are
name-why = We check this with the population register and the mobile operators, so that nobody else can use your identity.
name-hint = Exactly as on your ID card, in Chinese characters if it is written so there.
number-label = Citizen ID number
number-hint = The 18 characters on your ID card or residence permit. The last may be the letter X.
name-do = Check my identity
password-title = Choose a password
password-rule = At least { $shortest } characters.
password-advice = A few unrelated words in a row are easy to remember and hard to guess. Leave out your name, birthday, phone and ID number.
password-again = Enter the password once more
password-do = Set the password
reveal-show = Show
reveal-hide = Hide
refused-title = We could not create your account
refused-sms = We have texted the reason to your phone { $phone }. Please read that message first.
refused-next = What you can do
refused-sign-in = If you registered before, sign in.
refused-own-phone = If the number is not registered in your own name, start again with one that is.
registered-title = Your account is ready
registered-text = From now on, use it to sign in to government services throughout the province.
go-on = Continue
go-home = Go to my account

## Passkeys
passkey-registered = Your account is ready.
passkey-title = Add a passkey
passkey-what = Next time, your fingerprint, face or screen lock is all you need to sign in. There is no password to type, and a fake website cannot steal it.
passkey-stays = Your fingerprint and face stay on your device; we never see them. Do not add a passkey on a shared computer.
passkey-name = Name it (optional)
passkey-name-hint = So that you know it again, such as "My phone".
passkey-add = Add a passkey
passkey-skip = Not now, continue
passkey-back = Back to my account
passkey-cancelled = That was not completed. Try again, or choose another way.
passkey-failed = The passkey was not accepted. Try again, or choose another way.
passkey-later = Many people are using the service right now. Please try again in a moment.
passkey-unsupported = This browser cannot use passkeys. Please use a phone or a newer browser.
passkey-no-script = To use a passkey, please turn on JavaScript in your browser.
passkey-unnamed = Passkey
passkey-added = Added { $date }
passkey-used = Last used { $date }

## Consent and notice
requester = The request comes from
requester-matter = It is for
consent-title = Do you agree to share this?
consent-apart = Sensitive information needs your separate consent
consent-apart-do = I agree to share this sensitive information
consent-offline = The service may go on reading this after you have left.
consent-approvals = The app may also see which requests are waiting for your answer. You still answer each of them yourself, on our own page.
consent-else = The service also learns how you signed in and how well your identity was checked, and gets an identifier for you, which is not your ID number.
consent-allow = Agree and continue
consent-deny = Do not agree
notice-title = This will be given to the service
notice-basis = The legal basis is "{ $basis }".
notice-law = This is required by law.
notice-text = Your request cannot be handled without it. You are being informed; your consent is not needed.
notice-do = I have read this, continue
field-name = Name
field-user-name = User name
field-gender = Sex
field-birth-date = Date of birth
field-phone = Mobile number
field-email = Email
field-address = Address
field-official-number = ID number
field-official-number-kind = Kind of document
field-none = Not on record

## Sign out
sign-out-title = Do you want to sign out?
sign-out-text = You will need to sign in again to use services on this device.
sign-out-do = Sign out
sign-out-stay = Stay signed in
signed-out-title = You are signed out
signed-out-text = On a shared computer, close all browser windows before you leave.
signed-out-again = Sign in again

## My account
account-title = My account
account-greeting = Hello, { $name }
account-trust = Identity check
trust-anonymous = Not checked yet
trust-asserted = As you stated it; not yet checked against the register
trust-matched = Name and number agree with the register
trust-proven = You and your document have been matched
trust-attended = Checked in person at a counter, or by digital certificate
account-passkeys = Passkeys
account-no-passkey = You have no passkey yet. With one, your fingerprint, face or screen lock signs you in.

## To put right
fault-title = Please check:{" "}
fault-summary = Please check the following
fault-identifier-missing = Enter your ID number, mobile number or user name
fault-sign-in-password-missing = Enter your password
fault-sign-in-refused = The ID number or password is not correct. Check both and enter them again
fault-too-many = There were too many attempts. Try again in { $wait }, or sign in with a passkey
fault-busy = Many people are signing in right now. Try again in { $wait }
fault-phone-missing = Enter your mobile number
fault-phone-malformed = Enter an 11-digit mobile number, or + and the country code
fault-code-missing = Enter the code from the text message
fault-code-malformed = The code has 6 digits. Check it and enter it again
fault-code-wrong = The code is not correct. Check the latest message and enter it again
fault-code-expired = The code is no longer valid. Choose "Send it again"
fault-name-missing = Enter your name
fault-name-malformed = Enter your name as on your ID card, with at most 100 characters
fault-number-missing = Enter your citizen ID number
fault-number-length = The ID number has 18 characters. Check it and enter it again
fault-number-characters = The ID number has only digits, and may end in X. Check it and enter it again
fault-number-date = Characters 7 to 14 of the ID number are a date of birth. Check them and enter the number again
fault-number-mistyped = One digit of the ID number is not right. Compare it with your card and enter it again
fault-password-missing = Enter the password you want to use
fault-password-short = The password is too short. Add a few characters
fault-password-long = The password is too long. Shorten it a little
fault-password-common = Many people use this password, so it is easy to guess. Choose another
fault-password-personal = Leave your name, birthday, phone and ID number out of the password
fault-passwords-differ = The two passwords are not the same. Enter them again

## Problems
problem-not-found = This page does not exist
problem-not-found-do = Check that the address is complete, or start again from the service you want to use.
problem-wrong-way = This page cannot be opened directly
problem-wrong-way-do = Please start again from the service you want to use.
problem-too-many = Please wait a little
problem-too-many-do = To protect your account, please try again in { $wait }.
problem-busy = Many people are here right now
problem-busy-do = Please reload this page in { $wait }.
problem-expired = This step is done, or took too long
problem-expired-do = Please go back to the service you want to use. If you have not finished, start again from there.
problem-form-expired = Please fill in the page once more
problem-form-expired-do = Go back, reload the page and fill it in again. If that does not help, allow cookies in your browser's settings.
problem-service-mistake = You cannot sign in to this service at the moment
problem-service-mistake-do = The service sent a request that is not correct; this is not your fault. Tell the service's support, and give them the request number below.
problem-service-unknown = This service does not use this account
problem-service-unknown-do = It is not connected to Unified Sign-in, or it has been stopped. If somebody sent you the link, be careful and do not enter personal information.
problem-not-enough = This service needs a stronger identity check
problem-not-enough-do = Your account does not meet its requirement yet. Bring your identity document to the counter of a government service hall near you to have your identity checked.
problem-declined = You did not agree, so you are not signed in there
problem-declined-do = The service has learnt nothing about you. To use it after all, sign in again from the service.
problem-cas-over = This service’s old way of signing in has ended
problem-cas-over-do = The service has not moved to the new way yet, so you cannot sign in to it from here. Please ask the department that runs it. Your account is not affected.
problem-held = Your account is on hold
problem-held-do = Bring your identity document to the counter of a government service hall near you. If all is in order it is opened again the same day. Nothing of yours is lost.
problem-not-here = This cannot be done here
problem-not-here-do = To protect your account, ways to sign in, passkeys, permissions for others and the account itself cannot be changed on a shared machine or after signing in by a scanned code. Sign in on your own phone to do it.
problem-too-large = That was too much to send
problem-too-large-do = Go back, shorten what you entered and try again.
problem-ours = Sorry, something went wrong on our side
problem-ours-do = Nothing of yours is lost. Please try again in a few minutes. If it goes on, contact us with the request number below.
problem-help = See the help page

## Privacy
privacy-title = Privacy
privacy-keep = What we keep
privacy-keep-text = Your name, ID number, mobile number, the result of identity checks, the public keys of your passkeys, the key of your authenticator app (encrypted), and a record of sign-ins and consents. Of your password we keep only a digest that cannot be turned back. We never receive your fingerprint or face.
privacy-who = Who sees it
privacy-who-text = Only the services you sign in to. Except for this platform's own services, you are told or asked before a service first gets your information; for sensitive information you are asked separately. Unless there is a reason laid down beforehand, each service knows you by a different identifier, so they cannot compare notes by it.
privacy-safe = How we protect it
privacy-safe-text = Names, ID numbers and phone numbers are stored encrypted, and never appear in web addresses or system logs. Every use leaves a record that can be examined.
privacy-rights = Your rights
privacy-rights-text = You may ask to see, correct or delete your information, and you may withdraw your consent.

## Help
help-title = Help
help-password = You cannot sign in
help-password-text = First check your ID number and password. If you added a passkey, you can sign in without a password. After several wrong attempts you need to wait a few minutes; your account is not lost. If you forgot your password, choose "Forgot your password" on the sign-in page to set a new one by text message, or come to a counter.
help-code = The code does not arrive
help-code-text = Check whether the message was blocked, and whether your phone has a signal. After a minute you can have it sent again.
help-factor = Your phone is gone and you cannot confirm
help-factor-text = Choose "Use a recovery code". If you have neither a recovery code nor a passkey, come to a counter.
help-register = You cannot register
help-register-text = The mobile number must be registered in your own name. If you hold a passport, or a travel permit for residents of Hong Kong, Macao or Taiwan, please come to a counter.
help-fraud = Beware of impostors
help-fraud-text = Our staff never ask for your password or a code. Look at the web address before you sign in.
help-people = Talk to a person
help-sign-in = Go to sign in

## As whom
fault-capacity-missing = Choose as whom you want to go on
capacity-title = For whom are you acting?
capacity-hint = You can change this at any time without signing in again.
capacity-self = Myself
capacity-do = Continue
mandate-until = until { $day }
role-legal-representative = Legal representative
role-administrator = Administrator
role-handler = Handler
role-guardian = Guardian
role-helper = Helper
field-organization = Organization
field-credit-code = Unified social credit code
field-legacy-accounts = Your earlier account in that system

## Organizations and mandates
mandates-title = Organizations and mandates
mandates-invitations = Waiting for your answer
mandates-held = For whom you may act
mandates-held-none = Nobody at present. If you are an organization's legal representative, add it. If you are to be a handler, wait for the organization's invitation.
mandates-given = Who may act for you
mandates-given-none = Nobody at present. If doing things yourself is hard, you can let somebody you trust act for you.
mandate-waits = not accepted yet
mandate-end = End this
mandate-give-back = Stop acting for them
mandate-scope-all = All services and matters
mandate-scope-services = Services: { $list }
mandate-scope-matters = Matters: { $list }
invitation-accept = Accept
invitation-decline = Decline
organization-add = Add an organization
organization-add-title = Add the organization you represent
organization-add-why = We ask the register whether you are its legal representative. The register may be some days behind.
organization-add-do = Check and add
credit-code-hint = The 18 characters on the licence or certificate
organization-manage = Manage handlers
organization-given = Who may act for this organization
organization-given-none = Nobody at present.
organization-agency = Organizations this one acts for
organization-deeds = What was done in its name
organization-deeds-none = Nothing yet.
organization-contested = It is disputed whose organization this is. Until that is decided nobody can act for it.
handler-add = Add a handler
helper-add = Add a helper
mandate-grant-title = Who may act?
mandate-grant-for = Once they accept, they can act for { $name }. You can end it at any time.
mandate-name-any = Name of the person or agency
mandate-number-any = ID number, or credit code of the agency
mandate-role = As
mandate-until-label = Last day
mandate-services = Which services
mandate-services-hint = Tick none to allow all.
mandate-matters = Which matters
mandate-matters-hint = Codes of matters, with spaces between them. Leave empty to allow all.
mandate-grant-do = Send the invitation
account-back = Back to my account
step-back = Back
fault-credit-code-missing = Enter the unified social credit code
fault-credit-code-mistyped = The credit code has 18 characters. Check it and enter it again
fault-scope-too-wide = You cannot allow more than you may do yourself. Choose less
fault-scope-malformed = Codes of matters have letters, digits and hyphens only. Check them
fault-period-wrong = Choose a day in the future that is not after the end of your own mandate
fault-agency-circle = An organization cannot act for itself, nor two for each other
fault-agency-depth = An agency can pass this on only to a person. Enter a person's ID number
fault-mandate-exists = They were invited already. Wait for their answer, or end the earlier mandate first
fault-not-representative = The register does not confirm that you represent this organization. Check the code. After a recent change, try again in a few days, or go to a service counter
fault-register-silent = The register does not answer at the moment. Please try again later
## Ways to sign in, and one more confirmation
factor-why-service = This service needs you to confirm once more that it is you
factor-why-change = Before you change how you sign in, confirm once more that it is you
factor-why-always = You chose to confirm every sign-in
factor-passkey-title = Confirm with your passkey
factor-passkey-do = Use my passkey
factor-app-title = Enter the code from your authenticator app
factor-app-hint = Open the app on your phone and enter the 6 digits it shows now.
factor-sms-title = Enter the code from the text message
factor-recovery-title = Enter a recovery code
factor-recovery-hint = 16 letters and digits; each works once. Dashes and capitals do not matter.
factor-do = Confirm
factor-cancel = Back to ways to sign in
factor-others = Or use another way
factor-by-passkey = Use a passkey
factor-by-app = Use the authenticator app
factor-by-sms = Text me a code
factor-by-recovery = Use a recovery code
factor-leave = Stop here and go back to the service
factor-none-title = You have no way to sign in that is strong enough yet
factor-none-add = You can add a passkey now: your fingerprint, face or screen lock confirms that it is you. Then you go on.
factor-none-counter = There is no phone number on your account, so nothing can be added online.
factors-title = Ways to sign in
factors-text = We tell you about every change by text message.
factors-none = None
factors-password = Password
factors-password-set = Set
factors-password-change = Change the password
factors-edit = Rename or remove
factors-app = Authenticator app
factors-app-what = An app on your phone shows a new 6-digit code every half minute, even without a signal.
factors-app-there = Added
factors-app-add = Add an authenticator app
factors-app-replace = Change to another app
factors-remove = Remove
factors-recovery = Recovery codes
factors-recovery-what = If your phone is lost or broken, a recovery code takes the place of the other codes. Write them on paper and keep it at home.
factors-sms = Codes by text message
factors-sms-what = Works beside your password, never alone
factors-always = Confirm every sign-in
factors-always-on = On: after the password you confirm in one of the ways above.
factors-always-off = Off: you confirm only when a service asks for it.
factors-always-do = Confirm every time
factors-always-end = Do not confirm every time
app-title = Add an authenticator app
app-scan = Scan this picture with an authenticator app on your phone.
app-picture = QR code for the authenticator app
app-here = The app is on this phone
app-typed = If you cannot scan it, type this key into the app:
app-code = The 6 digits that the app shows now
app-do = Add
recovery-title = Recovery codes
recovery-left = { $left ->
    [one] One code
   *[other] { $left } codes
} left.
recovery-make = Make recovery codes
recovery-ends = Making new ones ends these at once.
recovery-keep = Write them down or print them now: they are not shown again after this page. Each works once. Take no photo and tell nobody.
recovery-kept = I have kept them
password-current = Your password now
password-new = The new password
passkey-new-name = Name
passkey-rename = Save the name
passkey-remove = Remove this passkey
passkey-remove-text = It will no longer sign you in. Delete the copy on your device in the settings of the device.
passkey-remove-do = Remove
fault-factor-code-missing = Enter the code
fault-app-code-wrong = The code is wrong or was used already. Wait for the next one and enter it
fault-recovery-code-wrong = The recovery code is wrong or was used already. Try another
fault-current-wrong = Your password now is not correct. Enter it again
fault-factor-last = This is the last one and cannot be removed. Add another way to sign in first

## Documents and guardians
document-label = Document
document-citizen-id = Resident identity card or residence permit
document-hm-permit = Mainland travel permit for Hong Kong and Macao residents
document-tw-permit = Mainland travel permit for Taiwan residents
document-foreign-pr = Foreign permanent resident ID card
document-passport = Foreign passport
country-label = Issuing country
country-hint = Three letters, such as CAN
fault-guardian-needed = Under 14, a guardian opens the account: they sign in and go to "Organizations and mandates"
fault-country-missing = Enter the three letters of the country that issued the passport
ward-add = Open one for a child
ward-add-title = Open an account for a child
ward-add-why = We check the child's name, ID number, and that you are its guardian. After that you can act for the child. From 14 on the child can register itself; at 18 your right to act for it ends.
ward-name = The child's name
ward-number = The child's ID number
ward-add-do = Check and open
fault-not-guardian = We could not confirm that you are this child's guardian. Check what you entered, or bring the household register or birth certificate to a service counter
fault-not-minor = This person is 18 or older and needs no guardian. Who wants help can add a helper themselves
## How far to sign out; where you are signed in
sign-out-choice = You can sign out everywhere, or only from { $service }.
sign-out-everywhere = Sign out everywhere
sign-out-service = Only from { $service }
signed-out-service-title = You are signed out of this service
signed-out-service-text = You have left { $service }. On this device you are still signed in here and at other services.
signed-out-onward = You will be taken back in a moment.
signed-out-frame = Telling other services
sessions-title = Where you are signed in
sessions-text = If there is a device you do not know, sign it out and change your password soon.
sessions-ended = { $number ->
    [0] There was nothing to sign out.
    [one] One device is signed out. The services you used on it are being told.
   *[other] { $number } devices are signed out. The services you used on them are being told.
}
sessions-end-others = Sign out all other devices
sessions-end-this = Sign out here
session-this = You are using it now
session-device-unknown = Unknown device
session-since = Signed in { $at }
session-used = Last used { $at }
session-services = Services used: { $services }
session-end = Sign out
session-end-which = Sign out { $device }
list-comma = {", "}
channel-hall = Online hall
channel-mobile = Mobile app
channel-kiosk = Self-service terminal
channel-counter = Service counter
channel-system = Another system

## Consents, history, closing
consents-title = Consents and notices
consents-text = These services may receive data about you. What they receive by law you are told of; what you agreed to you can take back at any time.
consents-none = No service has received data about you yet.
consent-by-law = by law
consent-by-consent = you agreed
consent-withdraw = Withdraw
history-title = Who received my data
history-text = Which services received which of your data, and when. Entries are kept for 190 days.
history-none = Nothing in the last 190 days.
history-older = Earlier entries
fields-none = the sign-in only
fields-comma = {", "}
data-download = Download my data
close-title = Close my account
close-text = After this you cannot sign in with this account. You are signed out of all services, and you can no longer act for others. You can register again with the same document, but earlier records do not come back.
close-keep = As the law requires, records of sign-ins and services are deleted when their time is over, and are used for nothing else until then.
close-sure = I understand and want to close my account
close-do = Close my account
## Forgotten password
recover-link = Forgot your password, or cannot sign in?
recover-title = Set a new password
recover-hint = We send a code to the phone number of the account.
recover-back = Back to sign-in
recover-others = Other ways
recover-passkey = If you have a passkey on your phone or another device, sign in with it and then set a new password.
recover-counter = Your phone number has changed, or you get no messages?
recover-code-title = Enter the code
recover-code-sent = If this account has a phone number, we have sent a 6-digit code to it. It is good for 10 minutes. Tell it to nobody.
recover-code-ticket = If a service counter gave you a reset code, enter that one.
recover-go-on = Continue
recover-none = No message?
recover-none-phone = Check that you entered the right account, and that the message was not blocked.
recover-again = Enter the account again
recover-second-why = That code was right. Your account has one more lock: confirm once more
recover-without = You have none of these with you?
recover-without-do = Wait 24 hours and then set a new password
recover-password-title = Choose a new password
recover-waiting-title = You can set a new password in 24 hours
recover-waiting-when = Come back within seven days after { $when }, with the same account and phone, and set your new password.
recover-waiting-why = The wait protects you if somebody else has got hold of your number. We have sent a message to the phone of the account; if it was not you, sign in and stop it at once.
recover-waiting-sooner = You cannot wait?
recovered-title = Your new password is set
recovered-text = All other devices have been signed out. Sign in there again with the new password.
account-recovery = Somebody has asked to set a new password for your account
account-recovery-when = They entered the code that we sent to your phone, and can set it from { $when }. If it was you, you need not do anything.
account-recovery-cancel = It was not me: stop it now
fault-recover-code-wrong = The code is wrong or no longer valid. Check the latest message, or enter the account again
## How sure we are who you are
level-is = Level { $level }: { $words }
level-by-three-elements = Name, number and phone matched on { $date }
level-by-operator = Entered by an official on { $date }
level-by-import = Taken over from an earlier system on { $date }
level-by-face = Face check passed on { $date }
level-by-national = Checked by the national platform on { $date }
level-by-other = Checked on { $date }
level-until = Good until { $date }
level-lapsed = Level { $level } lapsed on { $date }
raise-title = We need to be surer who you are
raise-title-own = Have your identity checked further
raise-needed = This service needs
raise-next = You can reach
raise-now = You have now
raise-ways = Choose one of these
raise-face = Check my face
raise-face-what = With your phone, in about a minute. You are asked for your consent first.
raise-counter = At a counter
raise-home = Back to my account
face-title = Do you agree to a face check?
face-who = Who does it
face-what = What they use
face-what-text = Your name, your document number, and pictures of your face taken during the check
face-why = What for
face-why-text = To make sure that it is you, and raise your identity check to level 4
face-kept = What we keep
face-kept-text = Only the reference number, the result and the time. No pictures, no measurements of your face
face-others = You can say no and use another way, such as a counter.
face-take-back = You can take your consent back on this page at any time.
face-guardian = If you are under 14, a parent or guardian must agree, and a face check cannot be done online. Please come to a counter together.
face-again = Ask for the result again
face-agreed = The face check you agreed to on { $date } still counts for your level.
face-withdraw = Take back my consent to the face check
face-withdraw-text = It will not be used any more, and your level rests on what else there is.
fault-face-failed = The face check was not passed. Try again in good light, or choose another way
fault-face-unfinished = The check is not finished. Finish it and ask for the result again, or start anew
fault-face-silent = The face check does not answer at the moment. Try again later, or choose another way
raise-national-what = Sign in there; they tell us who you are
sign-in-or-elsewhere = Or another way
sign-in-national = Sign in with { $name }
held-title = There is an account with your ID number
held-mine = It is mine
held-mine-text = Sign in the way you did before, then choose “Have your identity checked further” and use this way there. You keep all you have there.
held-other = It is not mine, or I cannot sign in
held-other-text = You can begin anew now. That account is closed, and nothing in it passes to you.
held-other-do = Close it and begin anew
fault-national-refused = They did not confirm who you are. Try again, or choose another way
fault-other-person = Somebody other than the owner of this account signed in there. Sign in there as yourself and try again
level-by-certificate = Proven by digital certificate on { $date }
raise-certificate = Digital certificate
raise-certificate-what = With the USB key that a certificate authority gave to you
sign-in-certificate = Sign in with a digital certificate
certificate-title = Use a digital certificate
certificate-text = Plug in the USB key that a certificate authority gave to you, enter its PIN when asked, and continue.
certificate-do = Continue
fault-certificate-missing = No digital certificate was read. Plug in the USB key and try again, or choose another way
fault-certificate-expired = The digital certificate is not valid now. Have it renewed by whoever gave it, or choose another way
fault-certificate-refused = This digital certificate cannot be used. Ask whoever gave it, or choose another way
## Network identity
level-by-network = Confirmed by network identity on { $date }
raise-network-what = Confirm with your network identity; you need not give us your document number
account-untold = You have not told us
network-title = Use { $name }
network-text = Confirm with your network identity that it is you. We do not ask for your document number or a picture of you.
network-gets = What we get
network-gets-text = Whether it worked, whether you are of age, and a network number that means you here and nowhere else
network-sends = What we send
network-sends-text = The name and number that this account has already, only to see whether it is the same person
network-tell = Tell them my name and document number as well
network-tell-hint = You can leave this empty. You get an account and the same services without; one that needs your document number may ask you for it.
network-voluntary = Using it is up to you. With any other way you get the same.
network-do = Confirm
network-again = Ask for the result again
newcomer-title = Your network identity has no account here yet
newcomer-known = I have an account
newcomer-known-text = Sign in the way you did before, then choose “Have your identity checked further” and use your network identity there. From then on it opens that account.
newcomer-new = I have none
newcomer-new-text = You can open one now. It holds neither your name nor your document number.
newcomer-do = Open an account
fault-network-refused = Your network identity was not confirmed. Try again, or choose another way
fault-network-unfinished = You have not confirmed yet. Confirm and ask for the result again, or start anew
fault-network-silent = The network identity service does not answer at the moment. Try again later, or choose another way
fault-network-elsewhere = This network identity belongs to another account. Sign in to that one; if you do not need it any more, you can close it there
fault-number-elsewhere = There is an account with your document number. Sign in to that one and use your network identity there; if you do not need this one any more, you can close it
## Electronic business licence
licence-link = The legal representative cannot sign in? Use the electronic business licence
licence-title = Use the electronic business licence
licence-text = Plug in your organization's electronic business licence or certificate, enter its PIN when asked, and continue.
licence-what = You become an administrator, who can authorise handlers, until the certificate ends. This is for organizations where nobody can do so yet.
fault-licence-personal = This is a person's certificate. Use the organization's own, which has its credit code
fault-licence-inactive = Its register does not know this organization as one in operation. Please ask there first
fault-licence-contested = Who acts for this organization is being settled. Please ask at a counter
fault-licence-governed = Somebody can authorise for this organization already. Ask its legal representative or administrator to authorise you
fault-licence-silent = Its register cannot be asked at the moment. Try again later

# operators
fault-operator-missing = Enter your staff number or name
fault-operator-refused = The name and password do not go together. Check both and enter them again
problem-no-right = You do not have the right to this
problem-no-right-do = Go back to the console and choose another of your roles. If you need this for your work, ask whoever manages operators in your department.
console-sign-in-title = Staff sign-in
console-sign-in-text = For staff of the government services only. Every sign-in is recorded.
console-name = Staff number or name
console-sign-in-do = Continue
console-lost = If you have lost your password or phone, ask whoever manages operators in your department for a new start.
console-code-title = Enter your code
console-code-hint = Open the authenticator app on your phone and enter the 6 digits it shows now.
console-title = Console
console-no-rooms = There is nothing for this role to do here yet.
console-roles = Work in another role
console-own = How you sign in
console-passkey-wanted = You have no passkey yet. Working at a counter window needs one.
console-passkey-link = Passkeys
console-sign-out = Sign out
console-passkey-title = Your passkeys
console-passkey-text = A passkey signs you in here and at a counter window. Keep it on a device or security key that only you use.
console-passkey-hint = So that you know it again, such as "Work security key".
console-too-old = Before you add a passkey, sign in once more to confirm that it is you.
console-sign-in-anew = Sign in again
console-back = Back to the console
operator-viewer = Viewer
operator-registrar = Registrar
operator-keeper = Keeper
operator-auditor = Auditor
operator-clerk = Clerk
operator-decider = Decider
operator-viewer-text = You can look, and change nothing.
operator-registrar-text = You register systems and terminals, and mandates that come on paper.
operator-keeper-text = You look after keys, sources and deliveries.
operator-auditor-text = You read the audit log.
operator-clerk-text = You serve citizens at a counter. Begin your shift on the computer of the window.
operator-decider-text = You decide on cases, such as accounts to be merged.
window-shift-title = Begin your shift at this window
window-shift-text = Check that the window named above is the one you sit at. From now on only this window works in your name. After 30 minutes without use the shift is over.
window-deed-title = A second clerk, please
window-deed-text = Look at the person and the ID card: is it the same person, and do they want this themselves? Then confirm with your own passkey.
window-deed-what = What is to be done
window-deed-name = Name
window-deed-number = Number
window-passkey = Confirm with my passkey
deed-raise = Proving who they are, at the highest level
deed-phone = Changing the phone number
deed-recover = Setting a new password
deed-open = Opening an account
level-by-counter = Confirmed in person at a counter on { $date }
account-counter = Somebody has asked at a counter for a change to your account
account-counter-when = They showed an identity card. It takes effect from { $when }. If it was you, you need not do anything.

## Requests of other screens
device-title = Enter the code on the other screen
device-hint = Eight letters, on the television, terminal or device that asks you for it
device-do = Continue
fault-user-code-missing = Enter the code that the other screen shows
fault-user-code-wrong = This code opens nothing. Compare it with the other screen, or get a new one there
fault-user-code-old = This code is no longer on the machine’s screen. If you stand in front of it, scan the code on the screen again. If somebody sent it to you, go no further
fault-user-codes-too-many = There were too many wrong codes. Try again in { $wait }
confirm-title = May this screen act for you?
confirm-from-kiosk = A self-service terminal asks
confirm-from-counter = A service counter asks
confirm-from-other = Another device asks
confirm-service = Service
confirm-matter = Matter
confirm-message = Shown there
confirm-fields = It learns
confirm-life = How long
confirm-life-at-most = { $span } at most, or until you end it
confirm-code = The other screen must show this code:
confirm-match = Which number does the other screen show?
fault-match-missing = Choose the number that the other screen shows
confirm-warning = Are you not standing there, or did somebody send you this? Then deny it.
confirm-deny = Deny
confirm-allow = Allow
confirm-until = Please answer before { $time }.
request-allowed = Allowed
request-allowed-do = Go on at the other screen. It may take a few seconds until it knows.
request-denied = Denied
request-denied-do = The other screen has learnt nothing about you.
request-wrong-number = That number was not shown there
request-wrong-number-do = The request is void. If you stand before the other screen, begin again there. If not, somebody may have tried to act in your name; nothing has been given to them.
request-unproven = Not allowed
request-unproven-do = It needs a proof that you could not give now. Begin again at the other screen when you have it at hand.
request-over = This request is over
request-over-do = It has been answered already, or its time has run out. Get a new code at the other screen.
request-taken = Somebody else has opened this code
request-taken-do = A code can be used by one person only. Get a new one at the other screen, and let nobody look on.
request-sessions = Where I am signed in
request-again = Enter another code
confirm-block = Deny, and let this service ask me no more
approvals-title = Waiting for my answer
approvals-none = Nothing waits for your answer.
approvals-text = When a terminal or a counter asks you something, it appears here. This page looks again every 10 seconds.
approvals-open = Look and answer
approvals-open-which = Look at the request of { $place } and answer
approvals-code = Enter the code of another screen
approvals-blocked = These services may not ask you
approvals-blocked-until = until { $date }
approvals-unblock = Let it ask again
answered-title = Requests I have answered
answered-none = You have not answered any request of a terminal or a counter yet.
answered-text = If you did not answer one of these yourself, sign it out and change your password soon.
answered-fields = They received: { $fields }
answered-wrong-number = Another number: refused
answered-unproven = Not proven: refused

## Signing in with a phone
sign-in-scan = Scan with your phone
scan-title = Scan this code with your phone
scan-text = Use an app in which you are signed in. On the phone, choose the number shown below.
scan-picture = Code to sign in with
scan-number = The number your phone will ask for
scan-here = The address in the code
scan-opened = Please confirm on your phone
scan-opened-do = Choose the number below on your phone and allow it. This page then goes on by itself.
scan-denied = It was not allowed on the phone
scan-denied-do = This sign-in is over. Get a new code and try again, or sign in another way.
scan-over = This code no longer works
scan-over-do = It was used before, or its time has passed.
scan-again = Get a new code
scan-otherwise = Sign in another way
scan-confirm-from = A browser asks to be signed in by your phone
scan-confirm-title = Sign it in as you?
scan-confirm-network = Network
scan-confirm-asked = Asked at
scan-confirm-less = There it cannot change how you sign in, let others act for you or close your account. You can end it at any time, under “Where you are signed in”.
session-lent = Signed in by your phone
sessions-apps = Apps that stay signed in
sessions-apps-text = These apps can use your details without a new sign-in.
scan-confirm-service = Goes on to
scan-confirm-number = Which number does that screen show?
scan-confirm-warning = If you are not there, or somebody sent you the code, refuse.
scan-confirm-deny = Refuse
scan-confirm-allow = Allow
fault-scan-number-missing = Choose the number that the other screen shows
scan-done-allowed = Allowed
scan-done-allowed-do = That screen goes on by itself in a few seconds.
scan-done-denied = Refused
scan-done-denied-do = It was not signed in as you.
scan-done-wrong-number = That screen shows another number
scan-done-wrong-number-do = This sign-in is cancelled. If you are in front of that screen, get a new code there and scan it. If not, somebody may have tried to use your identity; they learnt nothing.
scan-done-over-do = It was answered before, or its time has passed. Get a new code on that screen.
scan-done-taken = Somebody else has scanned this code
scan-done-taken-do = A code is for one person. Get a new one on that screen, and let nobody else see it.
sessions-terminals = Machines and counters you used
session-until = ended { $at }

## Accounts of earlier systems
new-password-title = Set a new password
new-password-why = The user name and password you had with { $source } are right. From now on you sign in with the new password; the old one is used no more.
old-password-title = The old password is right
old-password-person = Whoever this { $source } account belongs to has set up a way to sign in already. Sign in with your ID number, then claim the account under “Accounts in earlier systems”.
old-password-organization = This was the account of an organization at { $source }. Organizations no longer sign in by themselves: sign in with your own account, then choose to act for the organization.
old-password-sign-in = Sign in with my account
earlier-title = Accounts in earlier systems
earlier-none = You have claimed no account of an earlier system yet.
earlier-text = These accounts of earlier systems are now part of yours. If one of them is not yours, tell us at once.
earlier-since = Joined on { $date }
earlier-not-mine = Not mine
earlier-not-mine-which = The { $source } account is not mine
earlier-onward = Continue
earlier-claim-title = Claim an earlier account
earlier-claim-text = Enter the user name and password you had there. Once claimed, the old password is used no more.
earlier-source = Earlier system
earlier-user-name = Old user name
earlier-old-password = Old password
earlier-claim-do = Claim
earlier-claimed = Claimed. The old password is used no more.
earlier-let-go = Let go. A member of staff will look into it.
earlier-counter = The password is right, but that account was registered to somebody whose details differ from yours, so it was not joined to your account. Please bring your identity card to a service hall counter.
fault-user-name-missing = Enter your old user name
fault-old-password-missing = Enter your old password
fault-claim-refused = The old user name or password is not right
