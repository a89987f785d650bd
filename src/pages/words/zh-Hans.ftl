# Where a long heading may break, so that it never breaks inside a word: \u200B.
## 每一页都有的
service-name = 统一身份认证
settings = 语言与字号
language-this = 简体
print-large = 大字版
print-usual = 标准字号
gap = {""}
skip = 跳到正文
onward = 完成后继续前往
way-back = 返回原服务
way-back-to = 返回{ $service }
foot-phone = 服务热线
foot-help = 帮助
foot-privacy = 隐私说明
foot-request = 请求编号
foot-code = 代码
date = { $year }年{ $month }月{ $day }日
wait-seconds = { $seconds } 秒
wait-minutes = { $minutes } 分钟
call = 请拨打服务热线 { $phone }。
counter = 请本人携带有效身份证件，到就近的政务服务大厅窗口办理。
counter-hours = 开放时间：{ $hours }。

## 登录
sign-in-title = 登录
sign-in-onward = 登录后继续前往
sign-in-again-title = 请再次登录
sign-in-again = 这台设备上已登录的是 { $person }。为保护您的账号，请再确认一次是您本人。
sign-in-stronger-title = 请用通行密钥{"\u200B"}确认身份
sign-in-stronger = { $person }，您已登录。您要办的事项需要更可靠的确认，请使用通行密钥。
sign-in-identifier = 身份证号、手机号或用户名
sign-in-password = 密码
sign-in-do = 登录
sign-in-passkey = 用通行密钥登录
sign-in-or-passkey = 或者不输密码
sign-in-or-password = 或者使用密码
sign-in-new = 第一次使用？
sign-in-register = 注册账号
sign-in-cannot = 登录遇到问题

## 注册
register-step = 注册：第 { $step } 步，共 4 步
phone-title = 您的手机号{"\u200B"}是多少？
phone-hint = 请填写以您本人身份证办理的号码，我们会发送一条验证短信。
phone-do = 发送验证码
phone-known = 已经有账号？
code-title = 请输入短信验证码
code-sent = 6 位验证码已发送至 { $phone }。
code-valid = { $minutes } 分钟内有效，请勿告诉任何人。
code-do = 验证手机号
code-other-phone = 换一个手机号
code-missing = 没有收到短信？
code-resend-later = （请等 { $wait }后再点）
code-resend = 重新发送
name-title = 请确认您的身份
name-why = 我们会向人口登记和手机实名登记核对，确保没有人能冒用您的身份。
name-hint = 与身份证上的姓名完全一致。间隔点的写法不限。
number-label = 公民身份号码
number-hint = 身份证上的 18 位号码，最后一位可能是字母 X。
name-do = 核对身份
password-title = 请设置登录密码
password-rule = 至少 { $shortest } 个字符。
password-advice = 几个不相干的词连在一起，既好记又安全。请不要使用姓名、生日、手机号或身份证号。
password-again = 请再输入一次密码
password-do = 设置密码
reveal-show = 显示
reveal-hide = 隐藏
refused-title = 这次没能完成注册
refused-sms = 原因已用短信发送到您的手机 { $phone }，请先查看短信。
refused-next = 接下来您可以
refused-sign-in = 如果您以前注册过，请直接登录。
refused-own-phone = 如果手机号不是以您本人身份证办理的，请换用本人的手机号重新注册。
registered-title = 注册完成
registered-text = 您的账号已经可以使用。以后在本省各项政务服务中，都用这个账号登录。
go-on = 继续办理
go-home = 进入我的账号

## 通行密钥
passkey-registered = 注册完成，您的账号已经可以使用。
passkey-title = 添加通行密钥
passkey-what = 以后登录时，用指纹、面容或锁屏密码就能确认是您本人，不必输入密码，假冒网站也骗不走。
passkey-stays = 指纹和面容只留在您的设备上，我们看不到。请不要在公用电脑上添加。
passkey-name = 给它起个名字（选填）
passkey-name-hint = 方便您以后辨认，例如“我的手机”。
passkey-add = 添加通行密钥
passkey-skip = 暂不添加，继续
passkey-back = 返回我的账号
passkey-cancelled = 没有完成。您可以再试一次，或选用其他方式。
passkey-failed = 通行密钥没有通过。请再试一次，或选用其他方式。
passkey-later = 现在使用的人较多，请稍等片刻再试。
passkey-unsupported = 这个浏览器不能使用通行密钥。请换用手机或较新的浏览器。
passkey-no-script = 使用通行密钥需要浏览器启用 JavaScript。
passkey-unnamed = 通行密钥
passkey-added = { $date }添加
passkey-used = 上次使用：{ $date }

## 授权与告知
requester = 提出请求的是
requester-matter = 用途
consent-title = 您同意提供{"\u200B"}以下信息吗？
consent-apart = 敏感信息，需要您单独同意
consent-apart-do = 我同意提供上述敏感信息
consent-offline = 您离开后，该服务仍可继续读取这些信息。
consent-else = 该服务还会知道您以何种方式登录、身份核验到何种程度，并得到一个代表您的编号（不是证件号码）。
consent-allow = 同意并继续
consent-deny = 不同意
notice-title = 以下信息{"\u200B"}将提供给该服务
notice-basis = 依据《{ $basis }》。
notice-law = 依据法律、行政法规的规定。
notice-text = 办理这项业务必须用到这些信息，不需要您另行同意，特此告知。
notice-do = 知道了，继续
field-name = 姓名
field-user-name = 用户名
field-gender = 性别
field-birth-date = 出生日期
field-phone = 手机号
field-email = 电子邮箱
field-address = 地址
field-official-number = 证件号码
field-official-number-kind = 证件类型
field-none = 未登记

## 退出
sign-out-title = 要退出登录吗？
sign-out-text = 退出后，在这台设备上办理业务需要重新登录。
sign-out-do = 退出登录
sign-out-stay = 不退出，返回
signed-out-title = 您已退出登录
signed-out-text = 如果这是公用电脑，请关闭所有浏览器窗口再离开。
signed-out-again = 重新登录

## 我的账号
account-title = 我的账号
account-greeting = { $name }，您好
account-trust = 身份核验
trust-anonymous = 尚未核验
trust-asserted = 本人填写，尚未与登记信息核对
trust-matched = 姓名和证件号码已与登记信息核对一致
trust-proven = 已核对本人与证件一致
trust-attended = 已在窗口当面核验，或已用数字证书核验
account-passkeys = 通行密钥
account-no-passkey = 您还没有通行密钥。添加后，用指纹、面容或锁屏密码即可登录。

## 请您核对
fault-title = 请核对：
fault-summary = 请核对以下内容
fault-identifier-missing = 请输入身份证号、手机号或用户名
fault-sign-in-password-missing = 请输入密码
fault-sign-in-refused = 证件号或密码不正确，请核对后重新输入
fault-too-many = 尝试次数过多，请在 { $wait }后再试，或使用通行密钥登录
fault-busy = 现在登录的人较多，请在 { $wait }后再试
fault-phone-missing = 请输入手机号
fault-phone-malformed = 手机号应为 11 位数字，请核对后重新输入
fault-code-missing = 请输入短信中的验证码
fault-code-malformed = 验证码应为 6 位数字，请核对后重新输入
fault-code-wrong = 验证码不正确，请核对最近一条短信后重新输入
fault-code-expired = 验证码已过期，请点“重新发送”
fault-name-missing = 请输入姓名
fault-name-malformed = 姓名应为 1 至 100 个字，请按身份证重新输入
fault-number-missing = 请输入公民身份号码
fault-number-length = 身份证号应为 18 位，请核对后重新输入
fault-number-characters = 身份证号只含数字，最后一位可以是 X，请核对后重新输入
fault-number-date = 身份证号第 7 至 14 位应为出生日期，请核对后重新输入
fault-number-mistyped = 身份证号中有一位不对，请对照身份证重新输入
fault-password-missing = 请输入您想用的密码
fault-password-short = 密码太短，请再多输几个字符
fault-password-long = 密码太长，请缩短一些
fault-password-common = 这个密码很多人用过，容易被猜到，请换一个
fault-password-personal = 密码中请不要含有您的姓名、生日、手机号或身份证号
fault-passwords-differ = 两次输入的密码不一样，请重新输入

## 出错
problem-not-found = 没有找到这个页面
problem-not-found-do = 请检查网址是否完整，或回到您要使用的服务重新进入。
problem-wrong-way = 这个页面{"\u200B"}不能直接打开
problem-wrong-way-do = 请回到您要使用的服务，从那里重新进入。
problem-too-many = 操作太频繁，请稍候
problem-too-many-do = 为保护您的账号，请在 { $wait }后再试。
problem-busy = 现在使用的人较多
problem-busy-do = 请在 { $wait }后刷新本页。
problem-expired = 这一步已经完成，或已经过期
problem-expired-do = 请回到您要使用的服务。如果还没有办完，请从那里重新开始。
problem-form-expired = 页面已经失效，请重新填写
problem-form-expired-do = 请返回上一页并刷新，再填写一次。如果仍然不行，请在浏览器设置中允许 Cookie。
problem-service-mistake = 暂时无法{"\u200B"}登录这项服务
problem-service-mistake-do = 这项服务发来的请求有误，不是您的问题。请告知该服务的客服，并提供本页下方的请求编号。
problem-service-unknown = 这项服务{"\u200B"}不能使用{"\u200B"}本账号登录
problem-service-unknown-do = 它尚未接入统一身份认证，或已经停用。如果是他人发来的链接，请谨慎，不要填写个人信息。
problem-not-enough = 这项服务{"\u200B"}需要更可靠的{"\u200B"}身份核验
problem-not-enough-do = 您的账号目前达不到它的要求。请本人携带有效身份证件，到就近的政务服务大厅窗口办理身份核验。
problem-too-large = 提交的内容太大
problem-too-large-do = 请返回上一页，缩短内容后再试。
problem-ours = 抱歉，我们这边出了问题
problem-ours-do = 您的信息没有丢失。请过几分钟再试。如果一直这样，请联系我们，并提供本页下方的请求编号。
problem-help = 查看帮助

## 隐私说明
privacy-title = 隐私说明
privacy-keep = 我们保存什么
privacy-keep-text = 您的姓名、证件号码、手机号、身份核验结果、通行密钥的公钥，以及登录和授权的记录。密码只保存无法还原的摘要。指纹和面容我们从不接触。
privacy-who = 谁能看到
privacy-who-text = 只有您登录的服务。除本平台自身的服务外，每项服务第一次取得您的信息前，都会向您告知或征得您的同意；敏感信息要您单独同意。除事先另有规定外，不同的服务拿到的编号不同，不能凭编号互相比对。
privacy-safe = 怎样保护
privacy-safe-text = 姓名、证件号码和手机号加密保存，不会出现在网址和系统日志中。每一次使用都有记录可查。
privacy-rights = 您的权利
privacy-rights-text = 您可以要求查看、更正或删除您的信息，也可以撤回同意。

## 帮助
help-title = 帮助
help-password = 登录不上
help-password-text = 请先核对证件号和密码。如果添加过通行密钥，可以不用密码登录。多次输错后要等几分钟，账号不会因此丢失。忘记密码又没有通行密钥，请到窗口办理。
help-code = 收不到验证码
help-code-text = 请看看短信是否被拦截，手机是否有信号。一分钟后可以重新发送。
help-register = 注册不成功
help-register-text = 手机号必须以您本人的身份证办理。持护照、港澳台居民来往内地通行证等证件的，请到窗口办理。
help-fraud = 小心冒充
help-fraud-text = 工作人员不会向您索要密码或验证码。登录前请看清网址。
help-people = 找人帮忙
help-sign-in = 去登录

## 退出时选择，登录的设备
sign-out-choice = 您可以退出所有服务，或只退出“{ $service }”。
sign-out-everywhere = 全部退出
sign-out-service = 只退出“{ $service }”
signed-out-service-title = 您已退出该服务
signed-out-service-text = 您已退出“{ $service }”。在这台设备上，您仍登录着统一身份认证和其他服务。
signed-out-onward = 稍后将自动返回。
signed-out-frame = 正在通知其他服务
sessions-title = 登录的设备
sessions-text = 如果有您不认识的设备，请退出它，并尽快修改密码。
sessions-ended = { $number ->
    [0] 没有需要退出的设备。
   *[other] 已退出 { $number } 台设备，您在其中使用的服务也会收到通知。
}
sessions-end-others = 退出其他所有设备
sessions-end-this = 退出本设备
session-this = 您正在使用本设备
session-device-unknown = 未知设备
session-since = 登录于 { $at }
session-used = 最近使用 { $at }
session-services = 用过的服务：{ $services }
session-end = 退出
session-end-which = 退出 { $device }
list-comma = 、
channel-hall = 网上大厅
channel-mobile = 手机应用
channel-kiosk = 自助终端
channel-counter = 服务窗口
channel-system = 系统对接
