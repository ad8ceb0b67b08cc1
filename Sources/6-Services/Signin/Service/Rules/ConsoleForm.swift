import Door
import Formats

/// What the console's API can be told. Every member is a text; what a step does not know is refused.
struct ConsoleForm: Sendable {
    var account: String?
    var userName: String?
    var email: String?
    var password: String?
    var mfaCode: String?
    var mfaSerial: String?
    var challenge: String?
    var newPassword: String?
    /// What a security key answered, in the URL form of Base64.
    var credential: String?
    var clientData: String?
    var authenticatorData: String?
    var signature: String?

    private struct Malformed: Error {}
    private static let longest = 4096

    init(_ bytes: [UInt8]) throws {
        var json = JSONReader(bytes, depthLimit: 2)
        var seen: Set<String> = []
        try json.beginObject()
        while let key = try json.nextKey() {
            let value = try json.readString()
            guard seen.insert(key).inserted, value.utf8.count <= ConsoleForm.longest else { throw Malformed() }
            switch key {
            case "account": account = value
            case "userName": userName = value
            case "email": email = value
            case "password": password = value
            case "mfaCode": mfaCode = value
            case "mfaSerial": mfaSerial = value
            case "challenge": challenge = value
            case "newPassword": newPassword = value
            case "credential": credential = value
            case "clientData": clientData = value
            case "authenticatorData": authenticatorData = value
            case "signature": signature = value
            default: throw Malformed()
            }
        }
        try json.finish()
    }

    /// Nil where not all of it is there.
    var assertion: SecurityKeyAssertion? {
        let parts = [credential, clientData, authenticatorData, signature].compactMap {
            $0.flatMap { Base64URL.decode($0) }
        }
        guard parts.count == 4 else { return nil }
        return SecurityKeyAssertion(
            credential: parts[0], clientData: parts[1], authenticatorData: parts[2], signature: parts[3])
    }
}
