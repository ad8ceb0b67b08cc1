import Federation

private let (certificate, opener) = (SignedVectors.bytes("provider.der"), SignedVectors.bytes("opener.der"))

private func read(_ xml: [UInt8]) -> SAMLAssertion? {
    try? SAMLResponse(xml, signedBy: [certificate], openedBy: [opener], requiresEncryption: false).assertion
}

/// All that the provider ever said.
private let said: Set<SAMLAssertion> = {
    let names = ["assertion", "response", "both", "encrypted", "outer"]
    let read = names.map { SignedVectors.bytes($0 + ".xml") }.compactMap(read)
    precondition(read.count == names.count, "a signed response is refused")
    return Set(read)
}()

/// A response: whatever lies around it, only what the provider said is read from it.
@Sendable func fuzzSAMLResponse(_ input: [UInt8]) {
    guard let assertion = read(input) else { return }
    require(said.contains(assertion), "an assertion was forged: \(assertion)")
}

/// Metadata: what is kept of it is bounded, and can be used.
@Sendable func fuzzSAMLMetadata(_ input: [UInt8]) {
    guard let metadata = try? SAMLMetadata(String(decoding: input, as: UTF8.self)) else { return }
    require((1...16).contains(metadata.certificates.count), "\(metadata.certificates.count) certificates")
    require((1...1024).contains(metadata.entityID.utf8.count), "a name of \(metadata.entityID.utf8.count) bytes")
    require(metadata.certificates.allSatisfy { $0.count <= input.count }, "a certificate longer than its text")
}
