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
            default: throw Malformed()
            }
        }
        try json.finish()
    }
}
