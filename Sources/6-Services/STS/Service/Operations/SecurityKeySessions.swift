import AWS
import Authentication
import Door
import Formats
import STSAPI
import Smithy
import Storage
import World

/// Asks for what a browser hands to a security key of the caller's. Nobody's rights are asked: it proves nothing yet.
struct BeginSecurityKeySession: Query {
    typealias Shape = SecurityKeySessionCalls.Begin
    let keys: any SecurityKeys

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .signedIn(reason: "it begins an authentication, which policies cannot control")
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let facts = permit.facts
        try facts.requireLongTermCredentials("GetSessionToken")
        let host = (facts.host ?? "").prefix { $0 != ":" }.lowercased()
        guard let challenge = try keys.challenge(for: facts.caller.principal, host: host, now: facts.now) else {
            throw AccessDenied("There is no security key of the caller's for \(host).")
        }
        return Output(challenge)
    }
}

/// GetSessionToken with a security key for the second factor. AWS takes keys in its console alone.
struct GetSessionTokenWithKey: ProvingQuery {
    typealias Shape = SecurityKeySessionCalls.Prove
    let tokens: SessionTokens
    let keys: any SecurityKeys
    let identifiers: Identifiers

    /// Without one there is no such call.
    func hasProof(_ input: Input) -> Bool { true }

    func prove(_ input: Input, for facts: RequestFacts) async throws -> RequestFacts {
        try facts.requireLongTermCredentials("GetSessionToken")
        let assertion = SecurityKeyAssertion(
            credential: input.credential, clientData: input.clientData, authenticatorData: input.authenticatorData,
            signature: input.signature)
        switch try await keys.check(assertion, of: facts.caller.principal, now: facts.now) {
        case .proved: return facts.withSecondFactor()
        case .noDevice, .wrong, .locked:
            throw AccessDenied("MultiFactorAuthentication failed, the security key's answer is not valid.")
        }
    }

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> AccountID {
        try facts.signedAccount()
    }

    func access(_ input: Input, to target: AccountID, for facts: RequestFacts) throws -> Access {
        .signedIn(reason: "AWS asks no permission for GetSessionToken: policies cannot control authentication")
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        Output(credentials: try tokens.ofCaller(permit.facts, input.durationSeconds, permit.target, identifiers))
    }

    func responseElements(_ output: Output) -> Recording.Elements { .shape }
}

/// The shapes of both calls: signed JSON.
enum SecurityKeySessionCalls {
    enum Begin: OperationShape {
        struct Input: Shape {
            init() {}
            static let schema = Schema("BeginSecurityKeySessionRequest", "")

            mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError) {
                throw .unknownMember("BeginSecurityKeySessionRequest")
            }

            func put<E: ShapeEncoder>(_ encoder: inout E) {}
        }

        struct Output: Shape {
            private var challenge = ""
            private var credentials: [String] = []

            init() {}
            init(_ challenge: SecurityKeyChallenge) {
                (self.challenge, credentials) = (challenge.challenge, challenge.credentials)
            }

            static let schema = Schema(
                "BeginSecurityKeySessionResponse",
                """
                challenge! string sensitive
                credentials! list
                  member string
                """)

            mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError) {
                throw .unknownMember("BeginSecurityKeySessionResponse")
            }

            func put<E: ShapeEncoder>(_ encoder: inout E) {
                encoder.put(0, challenge)
                encoder.put(1, credentials)
            }
        }

        static let model = OperationModel("GetSessionToken", of: STS.service, isReadOnly: true)
    }

    enum Prove: OperationShape {
        struct Input: Shape {
            var durationSeconds: Int?
            var credential: [UInt8] = []
            var clientData: [UInt8] = []
            var authenticatorData: [UInt8] = []
            var signature: [UInt8] = []

            init() {}

            static let schema = Schema(
                "GetSessionTokenWithKeyRequest",
                """
                durationSeconds integer min=900 max=129600
                credential! blob
                clientData! blob sensitive
                authenticatorData! blob sensitive
                signature! blob sensitive
                """)

            mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError) {
                switch index {
                case 0: durationSeconds = try decoder.read(Int.self)
                case 1: credential = try decoder.read([UInt8].self)
                case 2: clientData = try decoder.read([UInt8].self)
                case 3: authenticatorData = try decoder.read([UInt8].self)
                case 4: signature = try decoder.read([UInt8].self)
                default: throw .unknownMember("GetSessionTokenWithKeyRequest")
                }
            }

            func put<E: ShapeEncoder>(_ encoder: inout E) {
                if let durationSeconds { encoder.put(0, durationSeconds) }
                encoder.put(1, credential)
                encoder.put(2, clientData)
                encoder.put(3, authenticatorData)
                encoder.put(4, signature)
            }
        }

        typealias Output = STS.GetSessionToken.Output
        static let model = OperationModel("GetSessionToken", of: STS.service, isReadOnly: true)
    }
}
