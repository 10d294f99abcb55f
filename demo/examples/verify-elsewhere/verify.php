<?php
// Checks an access token: php verify.php ISSUER AUDIENCE < token. Needs nothing but PHP with OpenSSL.
declare(strict_types=1);

final class TokenRefused extends RuntimeException {}

function fromBase64Url(string $text): string
{
    $bytes = base64_decode(strtr($text, '-_', '+/'), true);
    if ($bytes === false) throw new TokenRefused('not base64url');
    return $bytes;
}

/** A P-256 public key as PEM: the fixed head of its DER form (RFC 5480), then the point. */
function pemOf(array $jwk): string
{
    $head = hex2bin('3059301306072a8648ce3d020106082a8648ce3d030107034200');
    $der = $head . "\x04" . fromBase64Url($jwk['x']) . fromBase64Url($jwk['y']);
    return "-----BEGIN PUBLIC KEY-----\n" . chunk_split(base64_encode($der), 64, "\n") . "-----END PUBLIC KEY-----\n";
}

/** JWS writes r and s side by side (RFC 7518, section 3.4); OpenSSL wants two DER integers. */
function derSignature(string $raw): string
{
    if (strlen($raw) !== 64) throw new TokenRefused('not an ES256 signature');
    $integer = static function (string $bytes): string {
        $bytes = ltrim($bytes, "\0");
        if ($bytes === '' || ord($bytes[0]) > 127) $bytes = "\0" . $bytes;
        return "\x02" . chr(strlen($bytes)) . $bytes;
    };
    $both = $integer(substr($raw, 0, 32)) . $integer(substr($raw, 32));
    return "\x30" . chr(strlen($both)) . $both;
}

/** The claims of a good token. Throws TokenRefused for any other. */
function verify(string $token, string $issuer, string $audience, array $keys): array
{
    $parts = explode('.', $token);
    if (count($parts) !== 3) throw new TokenRefused('not a compact JWT');
    [$head, $body, $signature] = $parts;
    $header = json_decode(fromBase64Url($head), true);
    if (($header['alg'] ?? '') !== 'ES256' || strtolower($header['typ'] ?? '') !== 'at+jwt') throw new TokenRefused('not an access token');
    $jwk = array_values(array_filter($keys, static fn (array $key): bool => $key['kid'] === ($header['kid'] ?? null)))[0] ?? null;
    if ($jwk === null) throw new TokenRefused('signed with no published key');
    if (openssl_verify("$head.$body", derSignature(fromBase64Url($signature)), pemOf($jwk), OPENSSL_ALGO_SHA256) !== 1) throw new TokenRefused('bad signature');
    $claims = json_decode(fromBase64Url($body), true);
    $leeway = 5;
    if (($claims['iss'] ?? null) !== $issuer || ($claims['aud'] ?? null) !== $audience) throw new TokenRefused('for somebody else');
    if (!is_int($claims['exp'] ?? null) || time() >= $claims['exp'] + $leeway || ($claims['iat'] ?? INF) > time() + $leeway) throw new TokenRefused('not in its time');
    foreach (['sub', 'sid', 'jti'] as $name) if (!is_string($claims[$name] ?? null)) throw new TokenRefused("no $name");
    return $claims;
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    [, $issuer, $audience] = $argv;
    $keys = json_decode(file_get_contents("$issuer/.well-known/jwks.json"), true)['keys'];
    try {
        echo json_encode(verify(trim(stream_get_contents(STDIN)), $issuer, $audience, $keys)), "\n";
    } catch (TokenRefused $refused) {
        fwrite(STDERR, "refused: {$refused->getMessage()}\n");
        exit(1);
    }
}
