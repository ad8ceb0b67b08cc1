"""As much DER as keys and signatures need."""

CURVES = {
    "p256": "2a8648ce3d030107", "p384": "2b81040022", "p521": "2b81040023", "secp256k1": "2b8104000a",
}
ELLIPTIC, RSA = "2a8648ce3d0201", "2a864886f70d010101"


def der(tag, *parts):
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes([tag]) + (size if len(body) < 128 else bytes([0x80 | len(size)]) + size) + body


def number(digits):
    value = int(digits, 16)
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(digits):
    return der(6, bytes.fromhex(digits))


def info(algorithm, key):
    """SubjectPublicKeyInfo."""
    return der(0x30, der(0x30, *algorithm), der(3, b"\0" + key)).hex()


def point(curve, x, y):
    return info([oid(ELLIPTIC), oid(CURVES[curve])], bytes.fromhex("04" + x + y))


def rsa(modulus, exponent):
    return info([oid(RSA), der(5)], der(0x30, number(modulus), number(exponent)))
