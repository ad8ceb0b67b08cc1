import Federation

private let tokens = ["token-rs256", "token-es256"].map(SignedVectors.text)

private let keys: JSONWebKeySet = {
    guard let keys = try? JSONWebKeySet(SignedVectors.bytes("keys.json")) else {
        preconditionFailure("the keys cannot be read")
    }
    return keys
}()

/// Header and payload, which the signature is made over.
private func content(_ token: String) -> Substring { token[..<(token.lastIndex(of: ".") ?? token.endIndex)] }

private let contents = Set(tokens.map(content))

/// A token: nobody's but the provider's is taken for signed.
@Sendable func fuzzToken(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    guard let token = try? JSONWebToken(text) else { return }
    require(text.utf8.count <= 20_000, "a token longer than any that fits a request")
    require(token.claims.count <= text.utf8.count, "more claims than bytes")
    require(!keys.signed(token) || contents.contains(content(text)), "a token was forged")
}

/// A key set: whatever keys are in it, what none of them signed is not taken.
@Sendable func fuzzKeySet(_ input: [UInt8]) {
    guard let keys = try? JSONWebKeySet(input) else { return }
    for text in tokens {
        let signature = text.dropFirst(content(text).count)
        guard let token = try? JSONWebToken(text),
            let other = try? JSONWebToken("\(content(text).dropLast(4))\(signature)")
        else { continue }
        require(!keys.signed(token) || keys.knows(token), "a key that is not known signed a token")
        require(!keys.signed(other), "a signature is good for another payload")
    }
}
