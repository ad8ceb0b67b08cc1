import Authentication
import Crypto
import Door
import Formats
import KeyVault
import World

/// Temporary credentials as they are kept for a session or a ticket: sealed.
enum ConsoleGrant {
    static func seal(_ keys: TemporaryKeys, for secret: String, _ parts: SignInParts) throws -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("id", keys.accessKeyID)
        json.member("token", keys.token)
        json.endObject()
        return try parts.vault.seal(
            json.bytes, for: .consoleGrants, context: SealContext(Hexadecimal.string(Secret.id(secret))))
    }

    /// The same under another secret.
    static func moved(_ sealed: [UInt8], from old: String, to new: String, _ parts: SignInParts) throws -> [UInt8] {
        let clear = try parts.vault.unseal(
            sealed, for: .consoleGrants, context: SealContext(Hexadecimal.string(Secret.id(old))))
        return try parts.vault.seal(
            clear, for: .consoleGrants, context: SealContext(Hexadecimal.string(Secret.id(new))))
    }

    /// Nil where the credentials are no longer good.
    static func open(_ sealed: [UInt8], _ session: ConsoleSession, _ now: Instant, _ parts: SignInParts) throws
        -> Credential?
    {
        try open(sealed, id: session.id, now, parts)
    }

    static func open(_ sealed: [UInt8], id: [UInt8], _ now: Instant, _ parts: SignInParts) throws -> Credential? {
        let clear = try parts.vault.unseal(
            sealed, for: .consoleGrants, context: SealContext(Hexadecimal.string(id)))
        var json = JSONReader(clear)
        var (keyID, token) = ("", "")
        try json.beginObject()
        while let key = try json.nextKey() {
            let value = try json.readString()
            if key == "id" { keyID = value } else { token = value }
        }
        try json.finish()
        guard
            case .found(let credential) = try parts.credentials.credential(
                accessKeyID: keyID, sessionToken: Array(token.utf8), now: now)
        else { return nil }
        return credential
    }
}
