// The one page: who is signed in, and how sure that is.

const signedOut = html`
  <main>
    <h1>您尚未登录</h1>
    <p><a id="sign-in" href="/sign-in">使用统一身份认证登录</a></p>
  </main>`;

const signedIn = ({ claims, name, until }) => html`
  <main>
    <h1><span id="name">${name}</span>，您好</h1>
    <dl>
      <div><dt>可信等级</dt><dd id="trust-level">${claims.trust_level}</dd></div>
      <div><dt>登录强度</dt><dd id="acr">${claims.acr}</dd></div>
      <div><dt>登录方式</dt><dd id="amr">${claims.amr.join(' ')}</dd></div>
      <div><dt>办理渠道</dt><dd id="channel">${claims.channel}</dd></div>
      <div><dt>本系统内的标识</dt><dd id="sub">${claims.sub}</dd></div>
      <div><dt>访问令牌有效至</dt><dd id="access-until">${seconds(until)}</dd></div>
    </dl>
    <form action="/sign-out" method="post"><button id="sign-out">退出登录</button></form>
  </main>`;

export const home = (person) => `<!doctype html>
<html lang="zh-Hans">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Node 示例系统</title>
  <style>
    :root { color-scheme: light dark; }
    body { margin: 0 auto; max-width: 36em; padding: 40px 16px; font: 18px/1.7 "Noto Sans CJK SC", system-ui, sans-serif; }
    dl div { display: grid; grid-template-columns: 8em 1fr; gap: 16px; padding: 8px 0; border-bottom: 1px solid #8886; }
    dd { margin: 0; overflow-wrap: anywhere; }
    button { min-height: 48px; padding: 8px 24px; font: inherit; }
  </style>
</head>
<body>
  <p>Node · openid-client</p>${person ? signedIn(person) : signedOut}
</body>
</html>
`;

const seconds = (moment) => new Date(moment).toISOString().replace(/\.\d+/, '');

// A text with values in it, which can be nothing but text.
function html(parts, ...values) {
  const plain = (value) => String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt()};`);
  return String.raw({ raw: parts }, ...values.map(plain));
}
