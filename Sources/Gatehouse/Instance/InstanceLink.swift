import Formats
import World

/// An instance's line to the server: begins it, asks for its role's keys, ends it.
final class InstanceLink: Sendable {
    let id: String
    /// Where the server is.
    let url: String
    private let secret: String
    private let client: ServerClient
    /// What the server told when it began: Region, zone, document, signatures.
    let facts: InstanceMessage
    private let pool = BlockingPool("instance", threads: 2)
    /// The last keys of each version of the metadata service.
    private let kept = Lock<[String: RoleKeys]>([:])

    /// The instance's role, and keys of it.
    struct RoleKeys: Sendable {
        let roleName, roleARN: String
        /// Unique: nil from a server that does not tell it.
        let roleID: String?
        let accessKeyID, secretAccessKey, token, expires, updated: String
    }

    /// What the server says of the instance's role now.
    enum Answer: Sendable {
        case keys(RoleKeys)
        /// The profile has no role, or is gone.
        case noRole
        /// The role's trust policy does not admit EC2.
        case refused(role: String, code: String, message: String, at: String)
    }

    /// Begins an instance, for whoever's keys the access has.
    init(_ access: ServerAccess, profile: String, region: String) throws {
        url = access.url
        client = try access.client()
        let asked = InstanceMessage.bytes([("profile", profile), ("region", region)])
        let (status, body) = try client.post(InstanceDesk.path, asked, at: SystemClock().wallTime())
        guard status == 200 else { throw SetupError(InstanceLink.reason(status, body)) }
        let facts = try InstanceMessage(body)
        guard let id = facts["instanceId"], let secret = facts["secret"] else {
            throw SetupError("the server's answer is not understood")
        }
        (self.facts, self.id, self.secret) = (facts, id, secret)
    }

    private static func reason(_ status: Int, _ body: [UInt8]) -> String {
        let members = try? InstanceMessage(body)
        let said = members?["message"] ?? members?["Message"] ?? String(decoding: body.prefix(500), as: UTF8.self)
        return "the server answers \(status): \(said)"
    }

    /// The profile's ARN and id, and the name of its role if it has one. Nil where the profile is gone.
    func profile() async throws -> (arn: String, id: String, role: String?, now: String)? {
        guard let told = try await ask([]), let arn = told["profileArn"], let id = told["profileId"] else { return nil }
        return (arn, id, told["roleName"], told["now"] ?? "")
    }

    /// Keys for a version of the metadata service: those there are, or new ones where the server says that it is time.
    func keys(version: String) async throws -> Answer {
        let have = kept.withLock { $0[version] }
        var asked = [("metadata", version)]
        if let have {
            asked += [("roleArn", have.roleARN), ("expires", have.expires)]
            if let id = have.roleID { asked.append(("roleId", id)) }
        }
        guard let told = try await ask(asked), let role = told["roleName"], let arn = told["roleArn"] else {
            return .noRole
        }
        if let code = told["code"] {
            return .refused(role: role, code: code, message: told["message"] ?? "", at: told["now"] ?? "")
        }
        guard let id = told["accessKeyId"], let secret = told["secretAccessKey"], let token = told["token"],
            let expires = told["expires"]
        else {
            guard let have, have.roleARN == arn else { return .noRole }
            return .keys(have)
        }
        let keys = RoleKeys(
            roleName: role, roleARN: arn, roleID: told["roleId"], accessKeyID: id, secretAccessKey: secret,
            token: token, expires: expires,
            updated: told["now"] ?? "")
        kept.withLock { $0[version] = keys }
        return .keys(keys)
    }

    /// Nil where the server has no profile for the instance any more.
    private func ask(_ members: [(String, String)]) async throws -> InstanceMessage? {
        let (status, body) = try await pool.run { [self] in
            try client.sendUnsigned("POST", InstanceDesk.path + "/\(id)/role", proof, InstanceMessage.bytes(members))
        }
        if status == 404 || status == 403 { return nil }
        guard status == 200 else { throw SetupError(InstanceLink.reason(status, body)) }
        return try InstanceMessage(body)
    }

    private var proof: [(name: String, value: String)] { [(name: InstanceDesk.secretHeader, value: secret)] }

    /// Tells the server that the instance is over. A server that is not there any more need not be told.
    func end() { _ = try? client.sendUnsigned("DELETE", InstanceDesk.path + "/\(id)", proof, []) }
}
