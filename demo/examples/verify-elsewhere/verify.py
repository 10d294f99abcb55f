#!/usr/bin/env python3
"""Checks an access token: python3 verify.py ISSUER AUDIENCE < token. Needs PyJWT with cryptography (Debian: python3-jwt, python3-cryptography)."""
import json
import sys

import jwt


def verify(token: str, issuer: str, audience: str, keys: "jwt.PyJWKClient") -> dict:
    """The claims of a good token. Raises jwt.InvalidTokenError for any other."""
    header = jwt.get_unverified_header(token)
    if header.get("typ", "").lower() != "at+jwt":
        raise jwt.InvalidTokenError("not an access token")
    return jwt.decode(
        token,
        keys.get_signing_key_from_jwt(token).key,
        algorithms=["ES256"],
        issuer=issuer,
        audience=audience,
        leeway=5,
        options={"require": ["iss", "aud", "sub", "sid", "iat", "exp", "jti"]},
    )


if __name__ == "__main__":
    issuer, audience = sys.argv[1:3]
    keys = jwt.PyJWKClient(f"{issuer}/.well-known/jwks.json")
    try:
        print(json.dumps(verify(sys.stdin.read().strip(), issuer, audience, keys)))
    except jwt.PyJWTError as error:
        sys.exit(f"refused: {error}")
