#!/bin/sh
# Checks an access token: sh verify.sh ISSUER AUDIENCE < token. Needs curl, jq, openssl and xxd.
set -eu
issuer=$1 audience=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

refuse() { echo "refused: $1" >&2; exit 1; }
unbase64url() { tr -- '-_' '+/' | awk '{ n = length($0) % 4; printf "%s%s", $0, n == 2 ? "==" : n == 3 ? "=" : "" }' | openssl base64 -d -A; }
# An unsigned number of 32 bytes in hexadecimal as a DER integer.
integer() { echo "$1" | sed -E 's/^(00)+//; s/^$/00/; s/^([89a-f])/00\1/' | awk '{ printf "02%02x%s", length($0) / 2, $0 }'; }

IFS=. read -r head body signature rest <<TOKEN
$(cat)
TOKEN
[ -n "$signature" ] && [ -z "$rest" ] || refuse 'not a compact JWT'
header=$(echo "$head" | unbase64url) || refuse 'not base64url'
[ "$(echo "$header" | jq -r '.alg + " " + (.typ | ascii_downcase)')" = 'ES256 at+jwt' ] || refuse 'not an access token'

key=$(curl -fsS "$issuer/.well-known/jwks.json" | jq -ec --arg kid "$(echo "$header" | jq -r .kid)" '.keys[] | select(.kid == $kid)') || refuse 'signed with no published key'
point=$(for part in x y; do echo "$key" | jq -r ".$part" | unbase64url | xxd -p -c 64; done | tr -d '\n')
echo "3059301306072a8648ce3d020106082a8648ce3d03010703420004$point" | xxd -r -p | openssl pkey -pubin -inform DER -out "$work/key.pem" || refuse 'unreadable key'

raw=$(echo "$signature" | unbase64url | xxd -p -c 128)
[ "${#raw}" -eq 128 ] || refuse 'not an ES256 signature'
both=$(integer "$(echo "$raw" | cut -c1-64)")$(integer "$(echo "$raw" | cut -c65-128)")
printf '30%02x%s' $((${#both} / 2)) "$both" | xxd -r -p >"$work/signature"
printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -verify "$work/key.pem" -signature "$work/signature" >/dev/null 2>&1 || refuse 'bad signature'

claims=$(echo "$body" | unbase64url)
echo "$claims" | jq -e --arg iss "$issuer" --arg aud "$audience" --argjson now "$(date +%s)" \
  '.iss == $iss and .aud == $aud and (.exp + 5 > $now) and (.iat - 5 <= $now) and ([.sub, .sid, .jti] | all(type == "string"))' >/dev/null || refuse 'for somebody else, or not in its time'
echo "$claims"
