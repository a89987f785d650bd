# Where a long heading may break, so that it never breaks inside a word: \u200B.
## 每一頁都有的
service-name = 統一身份認證
settings = 語言與字級
language-this = 繁體
print-large = 大字版
print-usual = 標準字級
gap = {""}
skip = 跳到主要內容
onward = 完成後繼續前往
way-back = 返回原服務
way-back-to = 返回{ $service }
foot-phone = 服務熱線
foot-help = 說明
foot-privacy = 私隱說明
foot-request = 請求編號
foot-code = 代碼
date = { $year }年{ $month }月{ $day }日
wait-seconds = { $seconds } 秒
wait-minutes = { $minutes } 分鐘
call = 請致電服務熱線 { $phone }。
counter = 請本人攜帶有效身份證件，到就近的政務服務大廳櫃檯辦理。
counter-hours = 開放時間：{ $hours }。

## 登入
sign-in-title = 登入
sign-in-onward = 登入後繼續前往
sign-in-again-title = 請再次登入
sign-in-again = 這部裝置目前登入的是 { $person }。為保障您的帳號，請再確認一次是您本人。
sign-in-stronger-title = 請以通行密鑰{"\u200B"}確認身份
sign-in-stronger = { $person }，您已登入。您要辦理的事項需要更可靠的確認，請使用通行密鑰。
sign-in-identifier = 身份證號碼、手機號碼或使用者名稱
sign-in-password = 密碼
sign-in-do = 登入
sign-in-passkey = 以通行密鑰登入
sign-in-or-passkey = 或者免輸密碼
sign-in-or-password = 或者使用密碼
sign-in-new = 第一次使用？
sign-in-register = 註冊帳號
sign-in-cannot = 登入遇到問題

## 註冊
register-step = 註冊：第 { $step } 步，共 4 步
phone-title = 您的手機號碼是？
phone-hint = 請填寫以您本人證件登記的號碼，我們會發送一則驗證短訊。
phone-do = 發送驗證碼
phone-known = 已有帳號？
code-title = 請輸入短訊驗證碼
code-sent = 6 位驗證碼已發送至 { $phone }。
code-valid = { $minutes } 分鐘內有效，請勿告訴任何人。
code-do = 驗證手機號碼
code-other-phone = 改用其他手機號碼
code-missing = 沒有收到短訊？
code-resend-later = （請等 { $wait }後再按）
code-resend = 重新發送
name-title = 請確認您的身份
name-why = 我們會與人口登記及手機實名登記核對，確保無人能冒用您的身份。
name-hint = 與身份證上的姓名完全一致，請用證件上的字體（一般為簡體字）。間隔點的寫法不限。
number-label = 公民身份號碼
number-hint = 居民身份證或居住證上的 18 位號碼，最後一位可能是字母 X。
name-do = 核對身份
password-title = 請設定登入密碼
password-rule = 至少 { $shortest } 個字元。
password-advice = 將幾個不相干的詞連在一起，易記又安全。請勿使用姓名、生日、手機號碼或身份證號碼。
password-again = 請再輸入一次密碼
password-do = 設定密碼
reveal-show = 顯示
reveal-hide = 隱藏
refused-title = 這次未能完成註冊
refused-sms = 原因已以短訊發送至您的手機 { $phone }，請先查看短訊。
refused-next = 接下來您可以
refused-sign-in = 如果您曾經註冊，請直接登入。
refused-own-phone = 如果手機號碼不是以您本人證件登記，請改用本人的號碼重新註冊。
registered-title = 註冊完成
registered-text = 您的帳號已可使用。今後在本省各項政務服務，均以此帳號登入。
go-on = 繼續辦理
go-home = 前往我的帳號

## 通行密鑰
passkey-registered = 註冊完成，您的帳號已可使用。
passkey-title = 新增通行密鑰
passkey-what = 今後登入時，以指紋、面容或螢幕鎖密碼即可確認是您本人，無須輸入密碼，假冒網站也騙不走。
passkey-stays = 指紋和面容只留在您的裝置上，我們看不到。請勿在公用電腦上新增。
passkey-name = 為它取個名稱（可不填）
passkey-name-hint = 方便日後辨認，例如「我的手機」。
passkey-add = 新增通行密鑰
passkey-skip = 暫不新增，繼續
passkey-back = 返回我的帳號
passkey-cancelled = 尚未完成。您可以再試一次，或選用其他方式。
passkey-failed = 通行密鑰未能通過。請再試一次，或選用其他方式。
passkey-later = 現在使用的人較多，請稍候再試。
passkey-unsupported = 這個瀏覽器不能使用通行密鑰。請改用手機或較新的瀏覽器。
passkey-no-script = 使用通行密鑰需要瀏覽器啟用 JavaScript。
passkey-unnamed = 通行密鑰
passkey-added = { $date }新增
passkey-used = 上次使用：{ $date }

## 授權與告知
requester = 提出請求的是
requester-matter = 用途
consent-title = 您同意提供{"\u200B"}以下資料嗎？
consent-apart = 敏感資料，需要您單獨同意
consent-apart-do = 我同意提供上述敏感資料
consent-offline = 您離開後，該服務仍可繼續讀取這些資料。
consent-else = 該服務還會知道您以何種方式登入、身份核驗到何種程度，並取得一個代表您的編號（不是證件號碼）。
consent-allow = 同意並繼續
consent-deny = 不同意
notice-title = 以下資料{"\u200B"}將提供給該服務
notice-basis = 依據《{ $basis }》。
notice-law = 依據法律、行政法規的規定。
notice-text = 辦理這項業務必須用到這些資料，無須您另行同意，特此告知。
notice-do = 知道了，繼續
field-name = 姓名
field-user-name = 使用者名稱
field-gender = 性別
field-birth-date = 出生日期
field-phone = 手機號碼
field-email = 電郵
field-address = 地址
field-official-number = 證件號碼
field-official-number-kind = 證件類別
field-none = 未登記

## 登出
sign-out-title = 要登出嗎？
sign-out-text = 登出後，在這部裝置上辦理業務須重新登入。
sign-out-do = 登出
sign-out-stay = 不登出，返回
signed-out-title = 您已登出
signed-out-text = 如果這是公用電腦，請先關閉所有瀏覽器視窗再離開。
signed-out-again = 重新登入

## 我的帳號
account-title = 我的帳號
account-greeting = { $name }，您好
account-trust = 身份核驗
trust-anonymous = 尚未核驗
trust-asserted = 本人填寫，尚未與登記資料核對
trust-matched = 姓名和證件號碼已與登記資料核對一致
trust-proven = 已核對本人與證件一致
trust-attended = 已在櫃檯當面核驗，或已以數碼證書核驗
account-passkeys = 通行密鑰
account-no-passkey = 您尚未有通行密鑰。新增後，以指紋、面容或螢幕鎖密碼即可登入。

## 請您核對
fault-title = 請核對：
fault-summary = 請核對以下內容
fault-identifier-missing = 請輸入身份證號碼、手機號碼或使用者名稱
fault-sign-in-password-missing = 請輸入密碼
fault-sign-in-refused = 證件號碼或密碼不正確，請核對後重新輸入
fault-too-many = 嘗試次數過多，請在 { $wait }後再試，或以通行密鑰登入
fault-busy = 現在登入的人較多，請在 { $wait }後再試
fault-phone-missing = 請輸入手機號碼
fault-phone-malformed = 內地手機號碼為 11 位數字；其他地區請加「+」和區號，請核對後重新輸入
fault-code-missing = 請輸入短訊中的驗證碼
fault-code-malformed = 驗證碼應為 6 位數字，請核對後重新輸入
fault-code-wrong = 驗證碼不正確，請核對最近一則短訊後重新輸入
fault-code-expired = 驗證碼已過期，請按「重新發送」
fault-name-missing = 請輸入姓名
fault-name-malformed = 姓名應為 1 至 100 個字，請按身份證重新輸入
fault-number-missing = 請輸入公民身份號碼
fault-number-length = 身份證號碼應為 18 位，請核對後重新輸入
fault-number-characters = 身份證號碼只含數字，最後一位可以是 X，請核對後重新輸入
fault-number-date = 身份證號碼第 7 至 14 位應為出生日期，請核對後重新輸入
fault-number-mistyped = 身份證號碼中有一位不對，請對照證件重新輸入
fault-password-missing = 請輸入您想用的密碼
fault-password-short = 密碼太短，請多輸入幾個字元
fault-password-long = 密碼太長，請縮短一些
fault-password-common = 這個密碼很多人用過，容易被猜到，請換一個
fault-password-personal = 密碼請勿含有您的姓名、生日、手機號碼或身份證號碼
fault-passwords-differ = 兩次輸入的密碼不同，請重新輸入

## 出錯
problem-not-found = 找不到這個頁面
problem-not-found-do = 請檢查網址是否完整，或回到您要使用的服務重新進入。
problem-wrong-way = 這個頁面{"\u200B"}不能直接開啟
problem-wrong-way-do = 請回到您要使用的服務，從那裏重新進入。
problem-too-many = 操作太頻繁，請稍候
problem-too-many-do = 為保障您的帳號，請在 { $wait }後再試。
problem-busy = 現在使用的人較多
problem-busy-do = 請在 { $wait }後重新整理本頁。
problem-expired = 這一步已經完成，或已經過期
problem-expired-do = 請回到您要使用的服務。如果還沒有辦完，請從那裏重新開始。
problem-form-expired = 頁面已經失效，請重新填寫
problem-form-expired-do = 請返回上一頁並重新整理，再填寫一次。如果仍然不行，請在瀏覽器設定中允許 Cookie。
problem-service-mistake = 暫時無法{"\u200B"}登入這項服務
problem-service-mistake-do = 這項服務發來的請求有誤，不是您的問題。請告知該服務的客戶服務，並提供本頁下方的請求編號。
problem-service-unknown = 這項服務{"\u200B"}不能以本帳號{"\u200B"}登入
problem-service-unknown-do = 它尚未接入統一身份認證，或已經停用。如果是他人傳來的連結，請小心，不要填寫個人資料。
problem-not-enough = 這項服務{"\u200B"}需要更可靠的{"\u200B"}身份核驗
problem-not-enough-do = 您的帳號目前未達到它的要求。請本人攜帶有效身份證件，到就近的政務服務大廳櫃檯辦理身份核驗。
problem-too-large = 提交的內容太大
problem-too-large-do = 請返回上一頁，縮短內容後再試。
problem-ours = 抱歉，我們這邊出了問題
problem-ours-do = 您的資料沒有遺失。請過幾分鐘再試。如果一直如此，請聯絡我們，並提供本頁下方的請求編號。
problem-help = 查看說明

## 私隱說明
privacy-title = 私隱說明
privacy-keep = 我們保存甚麼
privacy-keep-text = 您的姓名、證件號碼、手機號碼、身份核驗結果、通行密鑰的公鑰，以及登入和授權的紀錄。密碼只保存無法還原的摘要。指紋和面容我們從不接觸。
privacy-who = 誰能看到
privacy-who-text = 只有您登入的服務。除本平台自身的服務外，每項服務首次取得您的資料前，都會向您告知或徵得您的同意；敏感資料要您單獨同意。除事先另有規定外，不同的服務取得的編號不同，不能憑編號互相比對。
privacy-safe = 怎樣保護
privacy-safe-text = 姓名、證件號碼和手機號碼加密保存，不會出現在網址和系統日誌中。每一次使用都有紀錄可查。
privacy-rights = 您的權利
privacy-rights-text = 您可以要求查閱、更正或刪除您的資料，也可以撤回同意。

## 說明
help-title = 說明
help-password = 無法登入
help-password-text = 請先核對證件號碼和密碼。如果新增過通行密鑰，可以免密碼登入。多次輸錯後要等幾分鐘，帳號不會因此遺失。忘記密碼又沒有通行密鑰，請到櫃檯辦理。
help-code = 收不到驗證碼
help-code-text = 請看看短訊是否被攔截，手機是否有訊號。一分鐘後可以重新發送。
help-register = 註冊不成功
help-register-text = 手機號碼必須以您本人的證件登記。持護照、港澳居民來往內地通行證、臺灣居民來往大陸通行證等證件的，請到櫃檯辦理。
help-fraud = 小心冒充
help-fraud-text = 工作人員不會向您索取密碼或驗證碼。登入前請看清網址。
help-people = 找人協助
help-sign-in = 前往登入

## 登出時選擇，登入的裝置
sign-out-choice = 您可以登出所有服務，或只登出「{ $service }」。
sign-out-everywhere = 全部登出
sign-out-service = 只登出「{ $service }」
signed-out-service-title = 您已登出該服務
signed-out-service-text = 您已登出「{ $service }」。在這部裝置上，您仍登入統一身份認證和其他服務。
signed-out-onward = 稍後將自動返回。
signed-out-frame = 正在通知其他服務
sessions-title = 登入的裝置
sessions-text = 如果有您不認得的裝置，請登出它，並盡快更改密碼。
sessions-ended = { $number ->
    [0] 沒有需要登出的裝置。
   *[other] 已登出 { $number } 部裝置，您在其中使用的服務也會收到通知。
}
sessions-end-others = 登出其他所有裝置
sessions-end-this = 登出本裝置
session-this = 您正在使用本裝置
session-device-unknown = 未知裝置
session-since = 登入於 { $at }
session-used = 最近使用 { $at }
session-services = 用過的服務：{ $services }
session-end = 登出
session-end-which = 登出 { $device }
list-comma = 、
channel-hall = 網上大廳
channel-mobile = 手機應用程式
channel-kiosk = 自助終端機
channel-counter = 服務窗口
channel-system = 系統對接
