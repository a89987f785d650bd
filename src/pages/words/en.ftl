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
call = Please call the helpline, { $phone }.
counter = Bring your identity document to the counter of a government service hall near you.
counter-hours = Opening hours: { $hours }.

## Sign in
sign-in-title = Sign in
sign-in-onward = After signing in you go on to
sign-in-again-title = Please sign in again
sign-in-again = { $person } is signed in on this device. To protect your account, please confirm once more that it is you.
sign-in-stronger-title = Confirm with your passkey
sign-in-stronger = { $person }, you are signed in. What you are about to do needs stronger proof that it is you: please use your passkey.
sign-in-identifier = Citizen ID number, mobile number or user name
sign-in-password = Password
sign-in-do = Sign in
sign-in-passkey = Sign in with a passkey
sign-in-or-passkey = Or without a password
sign-in-or-password = Or with your password
sign-in-new = New here?
sign-in-register = Create an account
sign-in-cannot = Trouble signing in

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
problem-too-large = That was too much to send
problem-too-large-do = Go back, shorten what you entered and try again.
problem-ours = Sorry, something went wrong on our side
problem-ours-do = Nothing of yours is lost. Please try again in a few minutes. If it goes on, contact us with the request number below.
problem-help = See the help page

## Privacy
privacy-title = Privacy
privacy-keep = What we keep
privacy-keep-text = Your name, ID number, mobile number, the result of identity checks, the public keys of your passkeys, and a record of sign-ins and consents. Of your password we keep only a digest that cannot be turned back. We never receive your fingerprint or face.
privacy-who = Who sees it
privacy-who-text = Only the services you sign in to. Except for this platform's own services, you are told or asked before a service first gets your information; for sensitive information you are asked separately. Unless there is a reason laid down beforehand, each service knows you by a different identifier, so they cannot compare notes by it.
privacy-safe = How we protect it
privacy-safe-text = Names, ID numbers and phone numbers are stored encrypted, and never appear in web addresses or system logs. Every use leaves a record that can be examined.
privacy-rights = Your rights
privacy-rights-text = You may ask to see, correct or delete your information, and you may withdraw your consent.

## Help
help-title = Help
help-password = You cannot sign in
help-password-text = First check your ID number and password. If you added a passkey, you can sign in without a password. After several wrong attempts you need to wait a few minutes; your account is not lost. If you forgot your password and have no passkey, come to a counter.
help-code = The code does not arrive
help-code-text = Check whether the message was blocked, and whether your phone has a signal. After a minute you can have it sent again.
help-register = You cannot register
help-register-text = The mobile number must be registered in your own name. If you hold a passport, or a travel permit for residents of Hong Kong, Macao or Taiwan, please come to a counter.
help-fraud = Beware of impostors
help-fraud-text = Our staff never ask for your password or a code. Look at the web address before you sign in.
help-people = Talk to a person
help-sign-in = Go to sign in

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
