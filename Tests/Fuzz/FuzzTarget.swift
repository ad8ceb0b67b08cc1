/// One parser and what must hold for every input it is given. What does not hold stops the process.
public struct FuzzTarget: Sendable {
    /// As `Tools/fuzz` and the folder of its corpus call it.
    public let name: String
    public let run: @Sendable ([UInt8]) -> Void

    public static let all: [FuzzTarget] = [
        FuzzTarget(name: "http-head", run: fuzzHead),
        FuzzTarget(name: "proxy-request", run: fuzzProxyRequest),
        FuzzTarget(name: "chunked-body", run: fuzzChunkedBody),
        FuzzTarget(name: "json", run: fuzzJSON),
        FuzzTarget(name: "xml", run: fuzzXML),
        FuzzTarget(name: "form", run: fuzzForm),
        FuzzTarget(name: "query", run: fuzzQueryProtocol),
        FuzzTarget(name: "aws-json", run: fuzzJSONProtocol),
        FuzzTarget(name: "rest-xml", run: fuzzRESTProtocol),
        FuzzTarget(name: "rest-json", run: fuzzRESTJSONProtocol),
        FuzzTarget(name: "signature", run: fuzzSignature),
        FuzzTarget(name: "aws-chunked", run: fuzzSignedChunks),
        FuzzTarget(name: "policy", run: fuzzPolicy),
        FuzzTarget(name: "policy-checks", run: fuzzPolicyChecks),
        FuzzTarget(name: "pattern", run: fuzzPattern),
        FuzzTarget(name: "text", run: fuzzText),
        FuzzTarget(name: "stored", run: fuzzStored),
        FuzzTarget(name: "jwt", run: fuzzToken),
        FuzzTarget(name: "jwks", run: fuzzKeySet),
        FuzzTarget(name: "saml-response", run: fuzzSAMLResponse),
        FuzzTarget(name: "saml-metadata", run: fuzzSAMLMetadata),
        FuzzTarget(name: "attestation", run: fuzzAttestation),
        FuzzTarget(name: "security-key", run: fuzzSecurityKey),
    ]

    public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Stops the fuzzer with a finding.
func require(_ condition: Bool, _ what: @autoclosure () -> String) {
    precondition(condition, what())
}
