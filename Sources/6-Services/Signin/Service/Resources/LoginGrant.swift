import AWS
import Authentication
import Crypto
import Door
import Formats
import KeyVault
import Storage
import World

/// What somebody signed in allowed a tool on their machine: to act as they may, while their session would last.
struct LoginGrant: Sendable {
    /// A user's unique id or, for root, the account id; empty where temporary credentials are behind it.
    var owner = ""
    /// That of the password.
    var version: Int64 = 0
    var mfa: Instant?
    var began = Instant(milliseconds: 0)
    var expires = Instant(milliseconds: 0)
    /// Temporary credentials of the session behind it.
    var keyID = ""
    var token = ""
    var client = ""
    var redirect = ""
    /// What the code's verifier must hash to.
    var challenge = ""
    /// The key that the tokens are bound to; empty until the code is exchanged.
    var thumbprint = ""

    func sealed(for secret: String, _ vault: any KeyVault) throws -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for (name, value) in members { json.member(name, value) }
        json.endObject()
        return try vault.seal(
            json.bytes, for: .consoleGrants, context: SealContext(Hexadecimal.string(Secret.id(secret))))
    }

    private var members: KeyValuePairs<String, String> {
        [
            "owner": owner, "version": String(version), "mfa": mfa.map { String($0.milliseconds) } ?? "",
            "began": String(began.milliseconds), "expires": String(expires.milliseconds), "keyID": keyID,
            "token": token, "client": client, "redirect": redirect, "challenge": challenge, "thumbprint": thumbprint,
        ]
    }

    static func open(_ sealed: [UInt8], of secret: String, _ vault: any KeyVault) throws -> LoginGrant {
        let clear = try vault.unseal(
            sealed, for: .consoleGrants, context: SealContext(Hexadecimal.string(Secret.id(secret))))
        var grant = LoginGrant()
        var json = JSONReader(clear)
        try json.beginObject()
        while let key = try json.nextKey() {
            let value = try json.readString()
            let instant = Int64(value).map { Instant(milliseconds: $0) }
            switch key {
            case "owner": grant.owner = value
            case "version": grant.version = Int64(value) ?? 0
            case "mfa": grant.mfa = instant
            case "began": grant.began = instant ?? grant.began
            case "expires": grant.expires = instant ?? grant.expires
            case "keyID": grant.keyID = value
            case "token": grant.token = value
            case "client": grant.client = value
            case "redirect": grant.redirect = value
            case "challenge": grant.challenge = value
            default: grant.thumbprint = value
            }
        }
        try json.finish()
        return grant
    }
}

extension LoginGrant {
    /// The id of the sign-in that a refresh token stands for, the same as long as that is used. It tells nothing of it.
    static func session(of refreshToken: String) -> String {
        Hexadecimal.string(Array(SHA256.hash(Array("sign-in session \(refreshToken)".utf8)).prefix(16)))
    }

    /// Whoever the grant is of, as now, in that sign-in. Nil where the password is another or gone, or the credentials behind are.
    func credential(at now: Instant, in id: String, _ region: Region, _ parts: SignInParts) throws -> Credential? {
        let (principal, session): (Principal, SessionFacts)
        if owner.isEmpty {
            guard
                case .found(let found) = try parts.credentials.credential(
                    accessKeyID: keyID, sessionToken: Array(token.utf8), now: now), let facts = found.session
            else { return nil }
            (principal, session) = (found.principal, facts)
        } else {
            let identity = try parts.store.read { snapshot in try parts.people.identity(owner: owner, in: snapshot) }
            guard let identity, identity.password != nil, identity.version == version else { return nil }
            principal = identity.principal
            session = SessionFacts(.signIn, issued: began, expires: expires, authenticatedWithMFA: mfa)
        }
        let account = principal.account?.description ?? ""
        return Credential(
            accessKeyID: "", secret: Secret.none(), version: 0, principal: principal,
            session: session.renewed(
                issued: session.issued, expires: session.expires,
                signIn: "arn:\(region.partition):signin:\(region):\(account):session/\(id)"))
    }
}
