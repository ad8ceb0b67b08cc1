import WebAuthn

private let proof = SignedVectors.bytes("proof")
private let attestation = SignedVectors.bytes("attestation")

private let creation: ClientData = {
    guard let client = ClientData(SignedVectors.bytes("client-create.json"), .create) else {
        preconditionFailure("the client data cannot be read")
    }
    return client
}()

private let key: SecurityKey = {
    guard let key = SecurityKey(registering: attestation, creation) else {
        preconditionFailure("the attestation is refused")
    }
    return key
}()

/// An attestation object: of those that attest something, only the one that an authenticator signed is taken.
@Sendable func fuzzAttestation(_ input: [UInt8]) {
    guard let made = SecurityKey(registering: input, creation) else { return }
    require(SecurityKey.algorithms.contains(made.algorithm), "a key of algorithm \(made.algorithm)")
    require(!made.id.isEmpty && made.id.count + made.publicKey.count < input.count, "a key longer than its attestation")
    require(!isAttested(input) || made == key, "an attestation was forged")
}

/// Whether the object's format is another than `none`, as far as its bytes show.
private func isAttested(_ input: [UInt8]) -> Bool {
    let none = Array("none".utf8)
    return !input.indices.contains { input[$0...].starts(with: none) }
}

/// What a browser brings to prove a second factor: the authenticator's data and its signature, each after its length, then
/// the client data. Only what the key signed is taken.
@Sendable func fuzzSecurityKey(_ input: [UInt8]) {
    var rest = input[...]
    guard let data = part(&rest), let signature = part(&rest), let client = ClientData(Array(rest), .get),
        key.counter(asserting: data, signature, client) != nil
    else { return }
    var known = proof[...]
    require(data == part(&known), "the authenticator's data was forged")
    _ = part(&known)
    require(Array(rest) == Array(known), "the client data was forged")
}

private func part(_ rest: inout ArraySlice<UInt8>) -> [UInt8]? {
    guard let count = rest.popFirst(), rest.count >= Int(count) else { return nil }
    defer { rest = rest.dropFirst(Int(count)) }
    return Array(rest.prefix(Int(count)))
}
