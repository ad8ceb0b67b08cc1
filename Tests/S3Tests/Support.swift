import AWS
@testable import Authentication
import Blobs
import Crypto
@testable import Door
import HTTP
import IAMAPI
@testable import IAMService
import Journal
import KeyVault
import S3API
@testable import S3Service
import Smithy
import Storage
import World

/// The door to S3 in memory: a real store, real policies of IAM, real blobs. Closed and removed at the end of the test.
final class Yard: Sendable {
    let folder: DataFolder
    let store: Store
    let clock = ManualClock(Instant(iso8601: "2026-03-04T05:06:07Z") ?? Instant(seconds: 0))
    let world: World
    let gate: Gate
    let journal: Journal
    let pool = BlockingPool("blobs", threads: 2)
    let blobs: FileBlobStore
    let buckets = Buckets(names: IAMPrincipals())
    let kms = FakeKeys()
    let factors = FakeFactors()
    let objects: Objects
    let policies: BucketPolicy

    static let account = number("111122223333")
    static let other = number("444455556666")

    private static func number(_ digits: String) -> AccountID {
        guard let account = AccountID(digits) else { preconditionFailure("an account has twelve digits") }
        return account
    }

    init(_ options: BlobOptions = BlobOptions()) throws {
        let quiet = Log(level: .error, clock: SystemClock(), sink: { _ in })
        world = World(clock: clock, entropy: SeededEntropy(seed: 1), log: quiet)
        folder = try DataFolder.temporary()
        store = try Store(
            in: folder,
            schema: IAMService.schemas + [
                Journal.schema, S3Service.schema, Scrubber.schema,
            ],
            log: quiet)
        journal = try Journal(store, in: folder)
        gate = Gate(store: store, journal: journal, world: world, policies: IdentityPolicies(epoch: Epoch(store)))
        blobs = try FileBlobStore(
            folder: folder.path, key: SecretBytes([UInt8](repeating: 9, count: 32)), pool: pool, options: options)
        objects = Objects(
            buckets: buckets, blobs: blobs, cipher: ObjectCipher(keys: OneServiceKey(keys: kms)), log: quiet,
            factor: DeletionFactor(factors: factors))
        gate.roster.fill([.worked(FakeGenerateDataKey(keys: kms)), .worked(FakeDecrypt(keys: kms))])
        policies = BucketPolicy(names: IAMPrincipals())
    }

    deinit {
        pool.close()
        store.close()
        folder.close()
    }
}

// Callers and calls.
extension Yard {
    func facts(
        _ principal: Principal, region: Region = .usEast1, hasBodyDigest: Bool = true, isSecure: Bool = false
    ) -> RequestFacts {
        let credential = Credential(
            accessKeyID: "AKIAEXAMPLE", secret: SecretBytes([1, 2, 3]), version: 1, principal: principal)
        let caller =
            principal == .anonymous
            ? Caller.anonymous
            : Caller(
                principal: principal, credential: credential, method: .header, signatureVersion: .version4,
                signed: clock.now(), signatureAge: 0, signedHeaderList: Array("host".utf8)[...])
        return RequestFacts(
            caller: caller, region: region, now: clock.now(), requestID: "ABCDEF0123456789",
            head: isSecure ? Yard.secureHead : Yard.head,
            hasBodyDigest: hasBodyDigest)
    }

    private static let head = head(tls: nil)
    private static let secureHead = head(tls: TLSFacts(version: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256"))

    private static func head(tls: TLSFacts?) -> RequestHead {
        let raw = Array("user-agent:test\r\nhost:s3.example\r\n".utf8)
        return RequestHead(
            raw: raw, method: 0..<0, target: 0..<0,
            fields: [.init(name: 0..<10, value: 11..<15), .init(name: 17..<21, value: 22..<32)], isHTTP11: true,
            connection: ConnectionFacts(peerAddress: "192.0.2.7", isLoopback: false, localPort: 443, tls: tls))
    }

    var root: RequestFacts { facts(.root(Yard.account)) }
    /// Over TLS.
    var secure: RequestFacts { facts(.root(Yard.account), isSecure: true) }
    var stranger: RequestFacts { facts(.root(Yard.other)) }
    var nobody: RequestFacts { facts(.anonymous) }

    /// A user of the first account with one inline policy.
    func user(_ name: String, _ policy: String? = nil, of account: AccountID = Yard.account) async throws
        -> RequestFacts
    {
        let facts = facts(.root(account))
        let made = try await gate.run(
            CreateUser(naming: Naming(identifiers: world.identifiers)), IAM.CreateUser.Input(userName: name), facts)
        if let policy {
            _ = try await gate.run(
                PutUserPolicy(), IAM.PutUserPolicy.Input(userName: name, policyName: "p", policyDocument: policy), facts
            )
        }
        let id = made.user?.userId ?? ""
        return self.facts(.user(UserPrincipal(account: account, name: name, path: "/", uniqueID: id)))
    }

    func setVersioning(
        _ status: S3.BucketVersioningStatus?, _ factor: S3.MFADelete? = nil, showing header: String? = nil,
        on name: String = "b-1", as facts: RequestFacts? = nil
    ) async throws {
        var input = S3.PutBucketVersioning.Input(
            bucket: name, versioningConfiguration: .init(mFADelete: factor, status: status))
        input.mFA = header
        _ = try await gate.run(
            PutBucketVersioning(buckets: buckets, factor: objects.factor), input, facts ?? root)
    }

    func makeBucket(_ name: String, open: Bool = false) async throws {
        _ = try await gate.run(CreateBucket(buckets: buckets), S3.CreateBucket.Input(bucket: name), root)
        guard open else { return }
        _ = try await gate.run(
            DeletePublicAccessBlock(buckets: buckets), S3.DeletePublicAccessBlock.Input(bucket: name), root)
    }

    func setPolicy(
        _ policy: String, on name: String, as facts: RequestFacts? = nil, confirming: Bool? = nil
    ) async throws {
        var input = S3.PutBucketPolicy.Input(bucket: name, policy: policy)
        input.confirmRemoveSelfBucketAccess = confirming
        _ = try await gate.run(PutBucketPolicy(buckets: buckets, rules: policies), input, facts ?? root)
    }

    /// - Parameter meanwhile: what happens before the body comes.
    @discardableResult
    func put(
        _ key: String, _ content: [UInt8], in bucket: String = "b-1", as facts: RequestFacts? = nil,
        headers: [(String, String)] = [], _ change: (inout S3.PutObject.Input) -> Void = { _ in },
        meanwhile: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> S3.PutObject.Output {
        var input = S3.PutObject.Input()
        (input.bucket, input.key) = (bucket, key)
        input.body = .request(try VerifiedBody.plain(content, headers, meanwhile))
        change(&input)
        return try await gate.run(PutObject(objects: objects), input, facts ?? root)
    }

    func get(
        _ key: String, in bucket: String = "b-1", as facts: RequestFacts? = nil,
        _ change: (inout S3.GetObject.Input) -> Void = { _ in }
    ) async throws -> (output: S3.GetObject.Output, content: [UInt8]) {
        var input = S3.GetObject.Input()
        (input.bucket, input.key) = (bucket, key)
        change(&input)
        let output = try await gate.run(GetObject(objects: objects), input, facts ?? root)
        var content: [UInt8] = []
        switch output.body {
        case .response(.bytes(let bytes)): content = bytes
        case .response(.stream(_, let stream)):
            while let piece = try await stream.next() { content += piece }
        default: break
        }
        return (output, content)
    }

    @discardableResult
    func delete(
        _ key: String, in bucket: String = "b-1", as facts: RequestFacts? = nil, ifMatch: String? = nil,
        _ change: (inout S3.DeleteObject.Input) -> Void = { _ in }
    ) async throws -> S3.DeleteObject.Output {
        var input = S3.DeleteObject.Input()
        (input.bucket, input.key, input.ifMatch) = (bucket, key, ifMatch)
        change(&input)
        return try await gate.run(DeleteObject(objects: objects), input, facts ?? root)
    }

    /// The code of the error a call ends with; nil where it succeeds.
    func code(_ call: () async throws -> Void) async -> String? {
        do {
            try await call()
            return nil
        } catch let error as any ServiceError { return error.code } catch { return "\(error)" }
    }

    /// The newest records, newest first, as JSON texts.
    func records(_ count: Int) async throws -> [String] {
        try await journal.settle()
        return try store.read { snapshot in
            var found: [String] = []
            try Journal.scanBackwards(before: nil, snapshot) { _, entry in
                found.append(String(decoding: entry.record, as: UTF8.self))
                return found.count < count
            }
            return found
        }
    }
}

extension VerifiedBody {
    /// A body as a plain PUT brings it.
    static func plain(
        _ content: [UInt8], _ headers: [(String, String)] = [],
        _ meanwhile: @escaping @Sendable () async throws -> Void = {}
    ) throws -> VerifiedBody {
        var raw: [UInt8] = []
        var fields: [RequestHead.Field] = []
        func add(_ text: String) -> Range<Int> {
            let start = raw.count
            raw += Array(text.utf8)
            return start..<raw.count
        }
        let (method, target) = (add("PUT"), add("/"))
        for (name, value) in headers { fields.append(RequestHead.Field(name: add(name), value: add(value))) }
        let head = RequestHead(
            raw: raw, method: method, target: target, fields: fields, isHTTP11: true,
            connection: ConnectionFacts(peerAddress: "192.0.2.7", isLoopback: false, localPort: 443, tls: nil))
        return try VerifiedBody(
            LateBody(content, meanwhile), head: head, mode: .unsigned, signing: nil, computing: [],
            checksums: .describeBody)
    }
}

/// A body that comes after something else happened.
private struct LateBody: RequestBody {
    private let body: BufferedBody
    private let meanwhile: @Sendable () async throws -> Void

    init(_ content: [UInt8], _ meanwhile: @escaping @Sendable () async throws -> Void) {
        (body, self.meanwhile) = (BufferedBody(content), meanwhile)
    }

    var declaredLength: Int64? { body.declaredLength }

    func next() async throws -> [UInt8]? {
        let piece = try await body.next()
        if piece != nil { try await meanwhile() }
        return piece
    }
}

func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }
