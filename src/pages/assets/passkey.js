// Passkeys on the pages that offer them. All words come from the page: there is no text in here.
// The page works without this script, with a password.

const block = document.querySelector("[data-passkey]");
const button = document.getElementById("passkey");
const status = block?.querySelector("[role=status]");
const csrf = document.querySelector("meta[name=csrf]")?.content ?? "";
let waiting = null; // aborts the request that waits in the identifier field

// JSON has no bytes: webauthn-rs and we write them as base64url.
const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const toText = (bytes) =>
  btoa(Array.from(new Uint8Array(bytes), (b) => String.fromCharCode(b)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function fromJson(publicKey) {
  const withBytes = (list) => list?.map((item) => ({ ...item, id: toBytes(item.id) }));
  const options = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (publicKey.user) options.user = { ...publicKey.user, id: toBytes(publicKey.user.id) };
  if (publicKey.allowCredentials) options.allowCredentials = withBytes(publicKey.allowCredentials);
  if (publicKey.excludeCredentials) options.excludeCredentials = withBytes(publicKey.excludeCredentials);
  return options;
}

function toJson(credential) {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const name of ["authenticatorData", "signature", "userHandle", "attestationObject"]) {
    // A registration has authenticatorData too, but inside the attestation: the server reads it there.
    if (name === "authenticatorData" && !credential.response.signature) continue;
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function post(address, body) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json", "x-csrf": csrf },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw Object.assign(new Error("refused"), { status: answer.status });
  return answer.json();
}

// The console has passkeys, and addresses for them, of its own.
const at = block?.closest("[data-at]")?.dataset.at ?? "";

// A ceremony: start, the person's gesture, finish, go on.
const ask = () => block.dataset.ask ?? null;

async function gesture(verb, more) {
  const { handle, publicKey } = await post(`${at}/passkey/${verb}/start`, { ask: ask() });
  const options = { publicKey: fromJson(publicKey), ...more };
  const how = verb === "add" ? "create" : "get";
  return { handle, credential: toJson(await navigator.credentials[how](options)) };
}

async function finish(verb, proof) {
  const body = { ...proof, ask: ask() };
  if (verb === "add") body.name = document.getElementById("passkey-name")?.value.trim() ?? "";
  const { next } = await post(`${at}/passkey/${verb}/finish`, body);
  location.assign(block.closest("[data-next]")?.dataset.next ?? next);
}

function tell(error) {
  // What was proven is too old for this: the page itself leads to where it is proven again.
  if (error.status === 403) return location.reload();
  const later = error.status === 429 || error.status === 503;
  const cancelled = error.name === "NotAllowedError" || error.name === "AbortError";
  const { later: laterWords, cancelled: cancelledWords, failed } = block.dataset;
  status.textContent = later ? laterWords : cancelled ? cancelledWords : failed;
}

// The browser offers passkeys in the identifier field; nothing is shown unless the person picks one.
async function offerInField() {
  if (!document.querySelector("[autocomplete~=webauthn]")) return;
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  let proof;
  try {
    proof = await gesture("sign-in", { mediation: "conditional", signal: waiting.signal });
  } catch {
    return; // The person did nothing, so there is nothing to tell: the button is still there.
  }
  await finish("sign-in", proof).catch(tell);
}

async function press() {
  const verb = block.dataset.passkey;
  waiting?.abort();
  button.disabled = true;
  status.textContent = "";
  try {
    await finish(verb, await gesture(verb));
  } catch (error) {
    tell(error);
    button.disabled = false;
    button.focus();
    if (verb === "sign-in") offerInField();
  }
}

if (block && window.PublicKeyCredential) {
  button.hidden = false;
  document.querySelector("[data-or]")?.removeAttribute("hidden");
  button.addEventListener("click", press);
  if (block.dataset.passkey === "sign-in") offerInField();
} else if (block?.dataset.unsupported) {
  status.textContent = block.dataset.unsupported;
}
