import AWS
import Crypto
import Formats
import KeyVault
import World

/// What a sign-in has come to, sealed and handed to the browser until the next step.
///
/// The server keeps nothing of a sign-in under way, so that nobody can fill it with them. The text does not tell what is
/// in it, and is always of one length: that the first step was wrong is not seen either.
struct SignInStep: Sendable {
    enum Kind: String, Sendable {
        /// A code of a second factor is to come.
        case secondFactor
        /// A new password is to come.
        case newPassword
    }

    let kind: Kind
    /// A user's unique id or, for root, the account id; empty where the first step was wrong.
    let owner: String
    /// That of the password.
    let version: Int64
    let began: Instant
    /// The device that proved a second factor.
    var device: String?

    /// Seconds that a step is good for.
    private static let life: Int64 = 300
    private static let length = 1024

    func sealed(_ vault: any KeyVault) throws -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("kind", kind.rawValue)
        json.member("owner", owner)
        json.member("version", String(version))
        json.member("began", String(began.milliseconds))
        if let device { json.member("device", device) }
        json.endObject()
        let text = json.bytes
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: max(0, SignInStep.length - text.count))
        return Base64.encode(try vault.seal(text + padding, for: .signInSteps, context: SealContext("step")))
    }

    /// Nil where it is none of ours, of another kind, or too old.
    static func open(_ text: String, as kind: Kind, at now: Instant, _ vault: any KeyVault) -> SignInStep? {
        guard let sealed = Base64.decode(text),
            let clear = try? vault.unseal(sealed, for: .signInSteps, context: SealContext("step")),
            let step = try? SignInStep(clear), step.kind == kind
        else { return nil }
        let age = now.seconds - step.began.seconds
        return (0...life).contains(age) ? step : nil
    }

    private init(_ clear: [UInt8]) throws {
        var members: (kind: Kind?, owner: String?, version: Int64?, began: Int64?, device: String?)
        var json = JSONReader(clear)
        try json.beginObject()
        while let key = try json.nextKey() {
            let value = try json.readString()
            switch key {
            case "kind": members.kind = Kind(rawValue: value)
            case "owner": members.owner = value
            case "version": members.version = Int64(value)
            case "began": members.began = Int64(value)
            default: members.device = value
            }
        }
        try json.finish()
        guard let kind = members.kind, let owner = members.owner, let version = members.version,
            let began = members.began
        else { throw KeyVaultError.notOpened }
        self.init(kind, owner: owner, version: version, began: Instant(milliseconds: began), device: members.device)
    }

    init(_ kind: Kind, owner: String, version: Int64, began: Instant, device: String? = nil) {
        (self.kind, self.owner, self.version, self.began, self.device) = (kind, owner, version, began, device)
    }
}
