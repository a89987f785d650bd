// node-oidc-provider as the benchmark measures it: its defaults (opaque access tokens), ES256 ID tokens, a
// plain Map for storage, so nothing is durable, and one argon2id hash of 19 MiB, t=2, p=1 at sign-in.
//
//   node server.mjs [PORT]
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import argon2 from 'argon2';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2] ?? 4100);
const issuer = `http://127.0.0.1:${port}`;
const password = 'correct horse battery staple';
const hash = await argon2.hash(password, { type: argon2.argon2id, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 });

const held = new Map();
class InAMap {
  constructor(model) { this.model = model; }
  key(id) { return `${this.model}:${id}`; }
  async upsert(id, payload) {
    held.set(this.key(id), payload);
    if (payload.uid) held.set(`uid:${payload.uid}`, id);
    if (payload.userCode) held.set(`user-code:${payload.userCode}`, id);
    if (payload.grantId) {
      const of = held.get(`grant:${payload.grantId}`);
      if (of) of.push(this.key(id)); else held.set(`grant:${payload.grantId}`, [this.key(id)]);
    }
  }
  async find(id) { return held.get(this.key(id)); }
  async findByUid(uid) { return this.find(held.get(`uid:${uid}`)); }
  async findByUserCode(code) { return this.find(held.get(`user-code:${code}`)); }
  async consume(id) { this.find(id).then((payload) => { payload.consumed = Math.floor(Date.now() / 1000); }); }
  async destroy(id) { held.delete(this.key(id)); }
  async revokeByGrantId(grant) {
    for (const key of held.get(`grant:${grant}`) ?? []) held.delete(key);
    held.delete(`grant:${grant}`);
  }
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const provider = new Provider(issuer, {
  adapter: InAMap,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'es256' }] },
  cookies: { keys: ['not a secret: this server lives for one benchmark'] },
  clients: [{
    client_id: 'load',
    client_secret: 'load-secret-0123456789abcdef0123456789abcdef',
    redirect_uris: ['http://127.0.0.1:9/cb'],
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
    id_token_signed_response_alg: 'ES256',
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  claims: { openid: ['sub'], email: ['email'] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  // A refresh token only where the scope asks for `email`, so that sso does less.
  issueRefreshToken: async (_, client, code) => client.grantTypeAllowed('refresh_token') && code.scopes.has('email'),
  rotateRefreshToken: true,
  findAccount: async (_, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
  // A client of the house: nobody is asked.
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid email');
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
createServer(async (request, response) => {
  if (!request.url.startsWith('/interaction/')) return answer(request, response);
  try {
    if (request.method === 'GET') {
      await provider.interactionDetails(request, response);
      response.setHeader('content-type', 'text/html; charset=utf-8');
      return response.end(`<form method="post" action="${request.url}"><input name="login"><input name="password" type="password"><button>Sign in</button></form>`);
    }
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const right = await argon2.verify(hash, form.get('password') ?? '');
    if (!right) { response.statusCode = 403; return response.end('no'); }
    return await provider.interactionFinished(request, response, { login: { accountId: form.get('login') } }, { mergeWithLastSubmission: false });
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
}).listen(port, '127.0.0.1', () => process.stdout.write(`listening on ${issuer}\n`));
