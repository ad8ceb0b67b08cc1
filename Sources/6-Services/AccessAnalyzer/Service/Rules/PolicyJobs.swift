import AWS
import AccessAnalyzerAPI
public import Door
public import Journal
import PolicyGeneration
public import Storage
public import World

/// Makes policies from the server's own journal, one generation at a time, beside the threads that serve requests.
public final class PolicyJobs: Sendable {
    private let store: Store
    private let journal: Journal
    let names: any PrincipalNames
    let identifiers: Identifiers
    private let pool = BlockingPool("generations", threads: 1, limit: 16)

    /// - Parameter names: tells whether there is a user or role to generate for.
    public init(_ store: Store, _ journal: Journal, names: any PrincipalNames, identifiers: Identifiers) {
        (self.store, self.journal, self.names, self.identifiers) = (store, journal, names, identifiers)
    }

    /// As far back as Access Analyzer reads.
    /// - Source: IAM User Guide, "IAM Access Analyzer quotas".
    private static let reach = Duration.seconds(-90 * 86_400)

    /// A finished job: what a request that starts one is answered from.
    func run(_ principal: String, at now: Instant) async throws -> PolicyJob {
        let id = identifiers.uuid()
        func job(_ error: PolicyJob.Fault?, _ policies: [String] = [], isComplete: Bool = false) -> PolicyJob {
            PolicyJob(
                id: id, principal: principal, started: now, completed: now, error: error, policies: policies,
                isComplete: isComplete)
        }
        guard let filter = PrincipalFilter(principal) else {
            throw Invalid.field("principalArn must be the ARN of an IAM user or role.")
        }
        guard try store.read({ snapshot in try isThere(principal, snapshot) }) else {
            return job(.init(code: .resourceNotFoundError, message: "There is no user or role \(principal)."))
        }
        try await journal.settle()
        let uses = try await pool.run { [store] in
            try store.read { snapshot in
                try JournalUses.read(filter, during: (now + PolicyJobs.reach)...now, snapshot)
            }
        }
        do throws(GenerationError) {
            let generated = try PolicyGenerator.generate(uses.uses)
            return job(nil, generated.documents.map(\.text), isComplete: uses.unknownEvents.isEmpty)
        } catch {
            return job(.init(code: .serviceError, message: "No policy could be proved to allow what was used."))
        }
    }

    private func isThere(_ principal: String, _ snapshot: borrowing Snapshot) throws -> Bool {
        guard let entity = try names.entity(arn: principal, in: snapshot) else { return false }
        return entity != .missing
    }
}
