import IAMAPI
import Smithy

/// The calls with which a security key is registered. AWS has them in its console alone, and records both as
/// EnableMFADevice; ours are signed JSON, told in the operator's documentation.
enum SecurityKeyCalls {
    /// Asks for what a browser hands to a new key.
    enum Begin: OperationShape {
        struct Input: Shape {
            var userName: String?

            init() {}

            static let schema = Schema(
                "BeginSecurityKeyRequest", #"userName string min=1 max=128 pattern=[\w+=,.@-]+"#)

            mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError) {
                guard index == 0 else { throw .unknownMember("BeginSecurityKeyRequest") }
                userName = try decoder.read(String.self)
            }

            func put<E: ShapeEncoder>(_ encoder: inout E) { if let userName { encoder.put(0, userName) } }
        }

        struct Output: Shape {
            /// Bytes for `PublicKeyCredentialCreationOptions`: the challenge, the user's id, the keys there are.
            var challenge: [UInt8] = []
            var userId: [UInt8] = []
            var userName = ""
            var excluded: [[UInt8]] = []
            var algorithms: [Int] = []

            init() {}

            static let schema = Schema(
                "BeginSecurityKeyResponse",
                """
                challenge! blob sensitive
                userId! blob
                userName! string
                excluded! list
                  member blob
                algorithms! list
                  member integer
                """)

            mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError) {
                throw .unknownMember("BeginSecurityKeyResponse")
            }

            func put<E: ShapeEncoder>(_ encoder: inout E) {
                encoder.put(0, challenge)
                encoder.put(1, userId)
                encoder.put(2, userName)
                encoder.put(3, excluded)
                encoder.put(4, algorithms)
            }
        }

        static let model = OperationModel("EnableMFADevice", of: IAM.service)
    }

    /// Brings what the key answered.
    enum Enable: OperationShape {
        struct Input: Shape {
            var userName: String?
            var keyName = ""
            var clientData: [UInt8] = []
            var attestation: [UInt8] = []

            init() {}

            static let schema = Schema(
                "EnableSecurityKeyRequest",
                #"""
                userName string min=1 max=128 pattern=[\w+=,.@-]+
                keyName! string min=1 max=64 pattern=[\w+=,.@-]+
                clientData! blob sensitive
                attestation! blob sensitive
                """#)

            mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError) {
                switch index {
                case 0: userName = try decoder.read(String.self)
                case 1: keyName = try decoder.read(String.self)
                case 2: clientData = try decoder.read([UInt8].self)
                case 3: attestation = try decoder.read([UInt8].self)
                default: throw .unknownMember("EnableSecurityKeyRequest")
                }
            }

            func put<E: ShapeEncoder>(_ encoder: inout E) {
                if let userName { encoder.put(0, userName) }
                encoder.put(1, keyName)
                encoder.put(2, clientData)
                encoder.put(3, attestation)
            }
        }

        struct Output: Shape {
            var serialNumber = ""

            init() {}
            init(serialNumber: String) { self.serialNumber = serialNumber }

            static let schema = Schema("EnableSecurityKeyResponse", "serialNumber! string")

            mutating func set<D: ShapeDecoder>(_ index: Int, _ decoder: inout D) throws(ShapeError) {
                throw .unknownMember("EnableSecurityKeyResponse")
            }

            func put<E: ShapeEncoder>(_ encoder: inout E) { encoder.put(0, serialNumber) }
        }

        static let model = OperationModel("EnableMFADevice", of: IAM.service)
    }
}
