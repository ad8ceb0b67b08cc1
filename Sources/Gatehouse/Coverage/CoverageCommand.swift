import AWS
import Authentication
import Crypto
import Door
import HTTP
import Smithy
import Storage
import World

/// `gatehouse coverage`: `Documentation/Coverage.md`, made from the operations themselves (`make coverage`).
///
/// Each operation is asked, on a store in memory that holds one bucket, what it would ask of the policies. Nothing is
/// decided or done.
enum CoverageCommand {
    private static let account = "111122223333"
    private static let key = "AKIAIOSFODNN7EXAMPLE"
    private static let secret = "sample-secret-of-the-coverage-command-only"

    static func run(_ arguments: [String]) async throws {
        if arguments == ["condition-keys"] { return print(ConditionKeysDocument.text, terminator: "") }
        guard arguments.isEmpty else {
            throw UsageError("coverage takes 'condition-keys' or nothing", "gatehouse --help")
        }
        let house = try await sampleHouse()
        let facts = try sampleFacts()
        let services = try house.store.read { snapshot in
            House.services.map { model in
                ServiceCoverage(model, house.operations.filter { $0.model.service === model }, facts, snapshot)
            }
        }
        await house.close()
        // An operation that could not be asked would be listed as if it asked nothing.
        let unasked = services.flatMap(\.operations).filter { $0.asks.isEmpty && $0.ungated == nil }.map(\.name)
        guard unasked.isEmpty else { throw SetupError("no sample call of \(unasked.joined(separator: ", "))") }
        let faults = services.flatMap(\.operations).flatMap(\.faults)
        guard faults.isEmpty else {
            throw SetupError("not as in the Service Authorization Reference:\n" + faults.joined(separator: "\n"))
        }
        let summary = CoverageSummary(House.services, house.operations)
        print(CoverageDocument(services: services, summary: summary).text, terminator: "")
    }

    /// A house in memory, whose root has made the buckets `sample` and `sample-source`.
    private static func sampleHouse() async throws -> House {
        let options = try Options(
            ["--memory", "--log-level", "error", "--account", account], command: "serve", known: ServeSettings.known,
            environment: [:])
        let keys = ["GATEHOUSE_ROOT_ACCESS_KEY_ID": key, "GATEHOUSE_ROOT_SECRET_ACCESS_KEY": secret]
        let house = try House(ServeSettings(options, keys))
        _ = try await house.accounts.establish(house.store)
        for bucket in ["/sample", "/sample-source"] {
            let head = signed(
                "PUT", bucket, for: .init(name: "s3", region: "us-east-1", family: .s3), house.clock.wallTime())
            let response = await house.front.answer(head, BufferedBody([]))
            guard response.status == 200 else { throw SetupError("a sample bucket was not made: \(response.status)") }
        }
        return house
    }

    private static func signed(_ method: String, _ target: String, for service: SigningService, _ time: Instant)
        -> RequestHead
    {
        let signer = RequestSigner(accessKeyID: key, secret: SecretBytes(Array(secret.utf8)), service: service)
        let headers = [(name: "host", value: "localhost")]
        let added = signer.headers(for: .init(method: method, target: target, headers: headers), body: [], at: time)
        return RequestHead(method: method, target: target, headers: headers + added)
    }

    /// A user's call, signed and authenticated like any other.
    private static func sampleFacts() throws -> RequestFacts {
        let time = Instant(seconds: 1_767_323_045)
        let service = SigningService(name: "iam", region: "us-east-1", family: .query)
        let head = signed("POST", "/", for: service, time)
        let credentials = try SampleCredentials(account: account, secret: secret)
        let proved = try Authenticator(credentials: credentials).authenticate(
            head, for: service, payload: .body([]), at: .init(wall: time, now: time))
        return RequestFacts(
            caller: proved.caller, region: .usEast1, now: time, requestID: "coverage", head: head, hasBodyDigest: true)
    }
}

/// Any key is that of the user `sample`.
private struct SampleCredentials: CredentialSource {
    private let principal: Principal
    private let secret: String

    init(account: String, secret: String) throws {
        guard let account = AccountID(account) else { throw SetupError("the sample's account is no account") }
        principal = .user(UserPrincipal(account: account, name: "sample", path: "/", uniqueID: "AIDAEXAMPLE"))
        self.secret = secret
    }

    func credential(accessKeyID: String, sessionToken: [UInt8]?, now: Instant) throws -> CredentialLookup {
        .found(
            Credential(
                accessKeyID: accessKeyID, secret: SecretBytes(Array(secret.utf8)), version: 1, principal: principal))
    }
}
