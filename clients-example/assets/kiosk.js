// The page of the kiosk: it shows what the back end says and passes on what is touched. It stays at one address
// and keeps nothing: no storage, no history, no cookie.
"use strict";
const by = id => document.getElementById(id);
const NOTICES = {
  idle: "久未操作，已自动退出。",
  expired: "时间已到，请重新开始。",
  denied: "您在手机上选择了拒绝。",
  ended: "登录已在别处结束。",
  contact: "暂时无法连接，请稍后再试或到窗口办理。",
  no_card: "请先放入身份证。",
  card_gone: "身份证已取走。",
  wrong_pin: "未能通过，请核对后重新输入。",
};
let view = "free", pin = "";

async function ask(path, body) {
  const method = body === undefined ? "GET" : "POST";
  const headers = body === undefined ? {} : { "content-type": "application/json", "x-kiosk": "1" };
  // A back end that hangs is as good as gone.
  const signal = AbortSignal.timeout(path === "/state" ? 3000 : 40000);
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), cache: "no-store", signal });
  return answer.status === 204 ? null : answer.json();
}

function text(id, value) {
  if (by(id).textContent !== value) by(id).textContent = value;
}

function notice(id, word) {
  by(id).hidden = !NOTICES[word];
  text(id, NOTICES[word] || "");
}

function show(now) {
  text("place", now.place);
  if (now.view === "free" && view !== "free") return wipe(now.notice);
  view = now.view;
  document.body.dataset.view = view;
  for (const part of document.querySelectorAll("section")) part.hidden = part.dataset.of !== view;
  by("left").hidden = now.left === undefined;
  by("left").classList.toggle("soon", now.left <= 20);
  text("left", now.left === undefined ? "" : `剩余 ${now.left} 秒`);
  if (!sessionNotice) notice("notice", now.notice);
  notice("pin-notice", view === "pin" ? now.notice : "");
  by("card").hidden = !(now.card && view === "free" && leaving);
  if (view === "code") {
    if (by("qr").dataset.shown !== now.qr) {
      by("qr").innerHTML = now.qr;
      by("qr").dataset.shown = now.qr;
    }
    text("number", now.number === undefined ? "" : String(now.number));
  }
  if (view === "signed_in") person(now);
}

function person(now) {
  text("name", now.name);
  const list = now.licences ? now.licences.licences : [];
  by("none").hidden = Boolean(now.licences);
  if (by("licences").childElementCount !== list.length) {
    by("licences").replaceChildren(...list.map(one => {
      const item = document.createElement("li");
      const title = document.createElement("strong");
      title.textContent = one.title;
      item.append(title, ` ${one.serial} · ${one.issued_by}`);
      return item;
    }));
  }
  const token = now.licences && now.licences.token;
  text("channel", token ? `证照库确认：本次通过${token.channel === "kiosk" ? "自助终端" : token.channel}办理` : "");
}

// Nothing of the person stays: the page is loaded anew in place of itself, and the answer clears the rest.
function wipe(why) {
  pin = "";
  for (const id of ["name", "licences", "channel", "qr", "number", "dots"]) by(id).replaceChildren();
  if (navigator.clipboard && document.hasFocus()) navigator.clipboard.writeText("").catch(() => {});
  const card = document.body.dataset.view === "free" ? "" : "&card";
  location.replace(`/?${why && NOTICES[why] ? why : ""}${card}`);
}

// The word for why the last turn ended comes with the address that replaces the page, and goes with it.
const [said, ...marks] = location.search.slice(1).split("&");
let sessionNotice = Boolean(NOTICES[said]), leaving = marks.includes("card");
if (location.search) history.replaceState(null, "", "/");
if (sessionNotice) notice("notice", said);

async function press(path, body) {
  sessionNotice = leaving = false;
  try { show(await ask(path, body || {})); } catch { text("notice", NOTICES.contact); }
}

by("by-phone").onclick = () => press("/phone");
by("by-card").onclick = () => press("/card");
for (const button of document.querySelectorAll(".end")) button.onclick = () => press("/end");

function dots() {
  text("dots", "●".repeat(pin.length) + "○".repeat(6 - pin.length));
  by("dots").setAttribute("aria-label", `已输入${pin.length}位`);
}
async function key(sign) {
  if (sign === "退格") pin = pin.slice(0, -1);
  else if (sign === "清除") pin = "";
  else if (pin.length < 6) pin += sign;
  dots();
  if (pin.length === 6) {
    const typed = pin;
    pin = "";
    await press("/pin", { pin: typed });
    dots();
  }
}
by("pad").append(...["1", "2", "3", "4", "5", "6", "7", "8", "9", "清除", "0", "退格"].map(sign => {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", textContent: sign, onclick: () => key(sign) });
  button.dataset.key = sign;
  return button;
}));
dots();

for (const event of ["pointerdown", "keydown"]) {
  addEventListener(event, () => { if (view !== "free") ask("/touch", {}).catch(() => {}); });
}
// Neither menu, nor copying, nor dragging out; printing shows nothing by the style sheet.
for (const event of ["contextmenu", "copy", "cut", "dragstart", "selectstart"]) {
  addEventListener(event, happening => happening.preventDefault());
}
// A page that comes back out of the browser's memory is another person's.
addEventListener("pageshow", happening => { if (happening.persisted) location.replace("/"); });

(async function follow() {
  let lost = 0;
  for (;;) {
    try {
      const now = await ask("/state");
      // Whoever stands here after that may be somebody else.
      show(lost < 2 ? now : await ask("/end", {}));
      lost = 0;
    } catch {
      // The back end is gone: nothing of a person may stand on the screen.
      if (++lost === 2 && view !== "free") {
        for (const part of document.querySelectorAll("section")) part.hidden = part.dataset.of !== "free";
        for (const id of ["name", "licences", "channel", "qr", "number"]) by(id).replaceChildren();
        pin = "";
        dots();
        by("left").hidden = true;
        document.body.dataset.view = view = "free";
        notice("notice", "contact");
      }
    }
    await new Promise(done => setTimeout(done, 1000));
  }
})();
