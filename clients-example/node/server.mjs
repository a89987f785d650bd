// A relying system in Node: Express with openid-client. How to register and run it: README.md.

import { randomBytes } from 'node:crypto';
import express from 'express';
import session from 'express-session';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { home } from './page.mjs';

const { ISSUER, CLIENT_ID, CLIENT_SECRET, PORT = '9103' } = process.env;
const BASE_URL = process.env.BASE_URL ?? `http://localhost:${PORT}`;

// Without TLS only to a provider on this machine.
const options = new URL(ISSUER).hostname === 'localhost' ? { execute: [oidc.allowInsecureRequests] } : {};
const basic = oidc.ClientSecretBasic(CLIENT_SECRET);
const provider = await oidc.discovery(new URL(ISSUER), CLIENT_ID, undefined, basic, options);
const keys = createRemoteJWKSet(new URL(provider.serverMetadata().jwks_uri));

// Who is signed in. The browser has only the key, so that the provider can end a session without it.
const people = new Map();

const app = express();
app.use(session({
  name: 'node-example', // other systems on this host have cookies, too
  secret: randomBytes(32).toString('hex'),
  cookie: { httpOnly: true, sameSite: 'lax', secure: BASE_URL.startsWith('https:') },
  resave: false,
  saveUninitialized: false,
}));

app.get('/', async (request, response) => {
  const person = people.get(request.session.key);
  if (!person) return response.send(home());
  try {
    const { name } = await oidc.fetchUserInfo(provider, await accessToken(person), person.claims.sub);
    response.send(home({ ...person, name }));
  } catch (error) {
    if (!(error instanceof oidc.ResponseBodyError || error instanceof oidc.WWWAuthenticateChallengeError)) throw error;
    // The sign-in at the provider is over.
    people.delete(request.session.key);
    response.redirect('/');
  }
});

app.get('/sign-in', async (request, response) => {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
  };
  request.session.checks = checks;
  const to = oidc.buildAuthorizationUrl(provider, {
    redirect_uri: `${BASE_URL}/callback`,
    scope: 'openid profile',
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: 'S256',
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  });
  response.redirect(to.href);
});

app.get('/callback', async (request, response) => {
  const { checks } = request.session;
  if (!checks) return response.status(400).send('登录未完成');
  const answer = new URL(request.url, BASE_URL);
  const tokens = await oidc.authorizationCodeGrant(provider, answer, { ...checks, idTokenExpected: true });
  request.session.regenerate(() => {
    request.session.key = randomBytes(32).toString('hex');
    const person = { claims: tokens.claims(), idToken: tokens.id_token };
    keep(person, tokens);
    people.set(request.session.key, person);
    response.redirect('/');
  });
});

app.post('/sign-out', (request, response) => {
  const person = people.get(request.session.key);
  if (!person) return response.redirect('/');
  people.delete(request.session.key);
  // The provider ends its session and sends the browser back here (OpenID Connect RP-Initiated Logout).
  const leave = { id_token_hint: person.idToken, post_logout_redirect_uri: `${BASE_URL}/` };
  response.redirect(303, oidc.buildEndSessionUrl(provider, leave).href);
});

// The provider has ended a session (OpenID Connect Back-Channel Logout, sections 2.5 and 2.6).
app.post('/backchannel-logout', express.urlencoded(), async (request, response) => {
  response.set('Cache-Control', 'no-store');
  const { payload } = await jwtVerify(request.body.logout_token, keys, {
    issuer: ISSUER, audience: CLIENT_ID, typ: 'logout+jwt', requiredClaims: ['iat', 'exp', 'jti', 'events'],
  });
  const event = payload.events['http://schemas.openid.net/event/backchannel-logout'];
  const which = payload.sid ? 'sid' : 'sub';
  if (event?.constructor !== Object || 'nonce' in payload || !payload[which]) throw new Error('not a logout token');
  for (const [key, { claims }] of people) {
    if (claims[which] === payload[which]) people.delete(key);
  }
  response.end();
});

app.use((error, request, response, next) => {
  console.error(error.code ?? error.name, error.message);
  response.status(400).send('未完成');
});

app.listen(Number(PORT), '127.0.0.1');

// One that is good for another minute. Requests that come together share a refresh: a refresh token is good once.
async function accessToken(person) {
  if (person.until < Date.now() + 60_000) {
    person.refreshing ??= oidc.refreshTokenGrant(provider, person.refresh)
      .then((tokens) => keep(person, tokens))
      .finally(() => { person.refreshing = undefined; });
    await person.refreshing;
  }
  return person.access;
}

// What a token answer gave; a refreshed one may leave the refresh token as it was.
function keep(person, tokens) {
  person.access = tokens.access_token;
  person.refresh = tokens.refresh_token ?? person.refresh;
  person.until = Date.now() + tokens.expiresIn() * 1000;
}
