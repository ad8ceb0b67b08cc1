import AWS
import Crypto
import Door
import Formats
import HTTP
import IAMService
import STSAPI
import STSService
import Smithy
import Storage
import World

/// The server's side of instances: begins them for whoever may, hands them their role's keys, and ends them.
///
/// An instance proves itself with the secret that it was given when it began. All three are calls of `gatehouse instance
/// run`; an application on the instance sees the metadata service alone.
final class InstanceDesk: Sendable {
    static let path = "/_gatehouse/instances"
    static let secretHeader = "x-gatehouse-instance-secret"

    private let house: House
    private let authority: Authority
    /// Made when the first instance begins: a key of this kind takes a moment.
    private let signer = Lock<DocumentSigner?>(nil)

    /// Keys are renewed when less than this is left of them, in seconds; EC2 promises at least five minutes.
    private static let renewal: Int64 = 1800
    private static let longestMessage = 65_536

    init(_ house: House, _ authority: Authority) { (self.house, self.authority) = (house, authority) }

    /// - Parameter rest: the path behind `path`.
    func answer(_ rest: Substring, _ head: RequestHead, _ body: any RequestBody) async -> Response {
        let words = rest.split(separator: "/")
        switch (words.count, head.text(head.method)) {
        case (0, "POST"): return await begin(head, body)
        case (1, "DELETE"): return await end(String(words[0]), head)
        case (2, "POST") where words[1] == "role": return await role(of: String(words[0]), head, body)
        default: return Desk.message(404, "there is nothing at this path")
        }
    }

    private func begin(_ head: RequestHead, _ body: any RequestBody) async -> Response {
        let identifiers = house.world.identifiers
        switch await house.front.change(head, body, { bytes in try RunInstance(bytes, identifiers) }) {
        case .refused(let response): return response
        case .done(let started):
            do {
                return Desk.json(200, try IdentityDocument(started.instance).told(with: try documents(), started))
            } catch {
                return failed(error)
            }
        }
    }

    private func documents() throws -> DocumentSigner {
        if let signer = signer.withLock({ $0 }) { return signer }
        let made = try authority.documentSigner(house.clock)
        return signer.withLock { signer in
            if let signer { return signer }
            signer = made
            return made
        }
    }

    private func end(_ id: String, _ head: RequestHead) async -> Response {
        do {
            guard let instance = try proved(id, head) else { return InstanceDesk.unproved }
            try await house.front.perform(
                EndInstance(instance), by: "ec2.amazonaws.com", of: instance.account, in: instance.region, for: head)
            return Response(status: 204)
        } catch is Instance.Over {
            return InstanceDesk.unproved
        } catch { return failed(error) }
    }

    /// The profile and its role, and where the metadata service asks for them, keys: unless those it has do longer.
    private func role(of id: String, _ head: RequestHead, _ body: any RequestBody) async -> Response {
        do {
            let asked = try InstanceMessage(try await read(body, of: head))
            guard let instance = try proved(id, head) else { return InstanceDesk.unproved }
            guard let profile = try house.store.read({ snapshot in try instance.profile(snapshot) }) else {
                return Desk.message(404, "the instance profile was deleted")
            }
            var told: [(String, String)] = [
                ("profileArn", profile.arn), ("profileId", profile.id), ("now", house.clock.now().iso8601),
            ]
            guard let role = profile.role else { return Desk.json(200, InstanceMessage.bytes(told)) }
            told += [("roleName", role.name), ("roleArn", role.arn), ("roleId", role.id)]
            if let version = asked["metadata"] {
                guard version == "1.0" || version == "2.0" else { return Desk.message(400, "no such metadata version") }
                if !keeps(asked, role) { told += try await keys(instance, role, version, head) }
            }
            return Desk.json(200, InstanceMessage.bytes(told))
        } catch is JSONError {
            return Desk.message(400, "the body is a JSON object of texts")
        } catch is RequestBodyError {
            return Desk.message(400, "the body was not read to its end")
        } catch { return failed(error) }
    }

    /// A short body, whole.
    private func read(_ body: any RequestBody, of head: RequestHead) async throws -> [UInt8] {
        let bytes = try await house.front.whole(body, of: head)
        guard bytes.count <= InstanceDesk.longestMessage else { throw RequestBodyError.tooLarge }
        return bytes
    }

    /// A program of before this one does not say the role's id.
    private func keeps(_ asked: InstanceMessage, _ role: Instance.HeldRole) -> Bool {
        guard asked["roleArn"] == role.arn, asked["roleId"].map({ $0 == role.id }) ?? true,
            let expires = asked["expires"].flatMap({ Instant(iso8601: $0) })
        else {
            return false
        }
        return house.clock.now() + .seconds(InstanceDesk.renewal) < expires
    }

    private func keys(
        _ instance: Instance, _ role: Instance.HeldRole, _ version: String, _ head: RequestHead
    ) async throws -> [(String, String)] {
        let operation = AssumeRoleForInstance(
            house.tokens, Roles(), house.world.identifiers, metadataVersion: version, instanceARN: instance.arn)
        do {
            let made = try await house.front.call(
                operation, STS.AssumeRole.Input(roleArn: role.arn, roleSessionName: instance.id),
                by: "ec2.amazonaws.com", in: instance.region, for: head)
            guard let keys = made.credentials else { return [] }
            return [
                ("accessKeyId", keys.accessKeyId), ("secretAccessKey", keys.secretAccessKey),
                ("token", keys.sessionToken), ("expires", keys.expiration.iso8601),
            ]
        } catch is AccessDenied {
            return [
                ("code", "AssumeRoleUnauthorizedAccess"),
                (
                    "message",
                    "EC2 cannot assume the role \(role.name). Its trust policy must allow ec2.amazonaws.com to."
                ),
            ]
        }
    }

    private func proved(_ id: String, _ head: RequestHead) throws -> Instance? {
        guard let secret = head.text("x-gatehouse-instance-secret") else { return nil }
        return try house.store.read { snapshot in try Instance.find(id, provedBy: secret, snapshot) }
    }

    private static let unproved = Desk.message(403, "there is no such instance, or this is not its secret")

    private func failed(_ error: any Error) -> Response {
        house.world.log(.error, "an instance could not be answered", ["error": "\(error)"])
        return Desk.message(500, "the call failed; the log says why")
    }
}
