import AWS
import Crypto
import Foundation
import HTTP
import Testing
import World

@testable import Authentication

/// One key, found or answered otherwise.
struct StubCredentials: CredentialSource {
    struct Broken: Error {}

    var key = "AKIDEXAMPLE"
    var secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    var token: String?
    var answer: CredentialLookup?
    var isBroken = false

    func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup {
        if isBroken { throw Broken() }
        if let answer { return answer }
        guard accessKeyID == key else { return .unknown }
        if let token {
            guard let sessionToken else { return .missingToken }
            guard sessionToken == Array(token.utf8) else { return .badToken }
        }
        let account = try #require(AccountID("111122223333"))
        return .found(
            Credential(
                accessKeyID: key, secret: SecretBytes(Array(secret.utf8)), version: 1,
                principal: .user(UserPrincipal(account: account, name: "ada", path: "/", uniqueID: "AIDAEXAMPLE"))))
    }
}

extension SigningService {
    static let s3 = SigningService(name: "s3", region: "us-east-1", family: .s3)
    static let iam = SigningService(name: "iam", region: "us-east-1", family: .query)
    static let kms = SigningService(name: "kms", region: "us-east-1", family: .json)
    static let lambda = SigningService(name: "lambda", region: "us-east-1", family: .restJSON)
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func vectors(_ name: String) throws -> [String: Any] {
    let url = try #require(Bundle.module.url(forResource: "Vectors/" + name, withExtension: "json"))
    return try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
}

/// The failure of a request, as the client sees it; nil if it is accepted.
func refusal(
    _ head: RequestHead, _ service: SigningService, body: String = "", credentials: StubCredentials = StubCredentials(),
    wall: Instant = testTime, now: Instant? = nil
) -> Refusal? {
    let payload: Authenticator.Payload = service.family == .s3 ? .fromHeader : .body(bytes(body))
    do throws(AuthenticationFailure) {
        _ = try Authenticator(credentials: credentials).authenticate(
            head, for: service, payload: payload, at: .init(wall: wall, now: now ?? wall))
        return nil
    } catch {
        return error.refusal(for: service)
    }
}

/// 2026-01-02T03:04:05Z.
let testTime = Instant(year: 2026, month: 1, day: 2, hour: 3, minute: 4, second: 5) ?? Instant(seconds: 0)

/// A request signed by our own signer, with changes made afterwards.
struct SignedRequest {
    var service: SigningService
    var method = "GET"
    var target = "/"
    var headers: [(name: String, value: String)] = [("host", "example.amazonaws.com")]
    var body = ""
    var contentHash: String?
    var token: String?
    var time = testTime

    private var signer: RequestSigner {
        RequestSigner(
            accessKeyID: "AKIDEXAMPLE", secret: SecretBytes(bytes("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
            sessionToken: token, service: service)
    }

    private var request: RequestSigner.Request { .init(method: method, target: target, headers: headers) }

    /// `change` may edit the header lines after signing.
    func head(_ change: (inout [(name: String, value: String)]) -> Void = { _ in }) -> RequestHead {
        var lines = headers + signer.headers(for: request, body: bytes(body), contentHash: contentHash, at: time)
        change(&lines)
        return RequestHead(method: method, target: target, headers: lines)
    }

    func presigned(_ lifetime: Int64 = 300, _ change: (String) -> String = { $0 }) -> RequestHead {
        let target = signer.presignedTarget(for: request, lifetime: lifetime, at: time)
        return RequestHead(method: method, target: change(target), headers: headers)
    }
}

extension [(name: String, value: String)] {
    /// Replaces `old` by `new` in the value of a header, or all of it where `old` is empty.
    mutating func edit(_ name: String, _ old: String, _ new: String) {
        guard let index = firstIndex(where: { $0.name.lowercased() == name }) else { return }
        self[index].value = old.isEmpty ? new : self[index].value.replacingOccurrences(of: old, with: new)
    }

    /// Sets a header's value; nil removes the header.
    mutating func set(_ name: String, _ value: String?) {
        removeAll { $0.name.lowercased() == name }
        if let value { append((name: name, value: value)) }
    }
}
