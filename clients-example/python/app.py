"""A relying system in Python: Flask with Authlib. How to register and run it: README.md."""

import os
import secrets
from datetime import UTC, datetime
from threading import Lock

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, abort, redirect, render_template, request, session
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from requests import HTTPError

ISSUER, CLIENT_ID = os.environ["ISSUER"], os.environ["CLIENT_ID"]
PORT = int(os.environ.get("PORT", "9102"))
BASE_URL = os.environ.get("BASE_URL", f"http://localhost:{PORT}")

app = Flask(__name__)
app.config.update(
    SECRET_KEY=secrets.token_bytes(32),
    SESSION_COOKIE_NAME="python-example",  # other systems on this host have cookies, too
    SESSION_COOKIE_SAMESITE="Lax",
    SESSION_COOKIE_SECURE=BASE_URL.startswith("https:"),
)

# Who is signed in. The browser has only the key, so that the provider can end a session without it.
people = {}


def person():
    return people.get(session.get("key"))


def keep_token(name, token, refresh_token=None, access_token=None):
    """Authlib has refreshed the access token."""
    if known := person():
        known["token"] = token


oauth = OAuth(app, update_token=keep_token)
yihao = oauth.register(
    "yihao",
    client_id=CLIENT_ID,
    client_secret=os.environ["CLIENT_SECRET"],
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": "openid profile", "code_challenge_method": "S256"},
)


@app.get("/")
def home():
    known = person()
    if not known:
        return render_template("home.html")
    try:
        # With an access token that is good for another minute: Authlib refreshes the one that is not. Of requests
        # that come together one does so, since a refresh token is good once.
        with known["lock"]:
            userinfo = yihao.userinfo(token=known["token"])
    except (OAuthError, HTTPError) as error:
        if isinstance(error, HTTPError) and error.response.status_code != 401:
            raise  # the provider has a trouble of its own
        # The sign-in at the provider is over.
        people.pop(session.pop("key"), None)
        return redirect("/")
    if userinfo["sub"] != known["claims"]["sub"]:  # OpenID Connect Core, section 5.3.2
        abort(502)
    until = datetime.fromtimestamp(known["token"]["expires_at"], UTC).strftime("%FT%TZ")
    return render_template("home.html", claims=known["claims"], name=userinfo["name"], until=until)


@app.get("/sign-in")
def sign_in():
    return yihao.authorize_redirect(f"{BASE_URL}/callback")


@app.get("/callback")
def callback():
    # Authlib compares state, nonce, signature and times; the audience it leaves to us.
    expected = {"iss": {"essential": True, "value": ISSUER}, "aud": {"essential": True, "value": CLIENT_ID}}
    try:
        token = yihao.authorize_access_token(claims_options=expected)
        claims = token["userinfo"]  # the ID token's
    except (OAuthError, JoseError, KeyError):
        return "登录未完成", 400
    session["key"] = secrets.token_urlsafe()
    people[session["key"]] = {"claims": claims, "token": token, "id_token": token["id_token"], "lock": Lock()}
    return redirect("/")


@app.post("/sign-out")
def sign_out():
    gone = people.pop(session.pop("key", None), None)
    if gone is None:
        return redirect("/")
    # The provider ends its session and sends the browser back here (OpenID Connect RP-Initiated Logout).
    leave = yihao.create_logout_url(f"{BASE_URL}/", gone["id_token"], client_id=CLIENT_ID)
    return redirect(leave["url"], 303)


@app.post("/backchannel-logout")
def backchannel_logout():
    """The provider has ended a session (OpenID Connect Back-Channel Logout, section 2.5)."""
    try:
        claims = logout_claims(request.form["logout_token"])
    except (KeyError, ValueError, JoseError):
        return {"error": "invalid_request"}, 400, {"Cache-Control": "no-store"}
    which = "sid" if "sid" in claims else "sub"
    for key, known in list(people.items()):
        if known["claims"].get(which) == claims[which]:
            people.pop(key, None)
    return "", 200, {"Cache-Control": "no-store"}


def logout_claims(logout_token):
    """Section 2.6. Raises KeyError, ValueError or JoseError where it is not a logout token for us."""
    algorithms = yihao.load_server_metadata()["id_token_signing_alg_values_supported"]
    try:
        token = jwt.decode(logout_token, KeySet.import_key_set(yihao.fetch_jwk_set()), algorithms)
    except InvalidKeyIdError:  # a new key, perhaps
        token = jwt.decode(logout_token, KeySet.import_key_set(yihao.fetch_jwk_set(force=True)), algorithms)
    needed = {claim: {"essential": True} for claim in ("iat", "exp", "jti", "events")}
    jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER}, aud={"essential": True, "value": CLIENT_ID}, **needed
    ).validate(token.claims)
    event = token.claims["events"]["http://schemas.openid.net/event/backchannel-logout"]
    if not isinstance(event, dict) or "nonce" in token.claims or token.header.get("typ") != "logout+jwt":
        raise ValueError("not a logout token")
    if not {"sid", "sub"} & token.claims.keys():
        raise ValueError("it names nobody")
    return token.claims


if __name__ == "__main__":
    app.run("127.0.0.1", PORT)
