import AWS
import Crypto
public import Door
import Storage
public import World

/// Looks at one resource at a time, and writes down what is found.
public struct ResourceAnalysis: Sendable {
    let sources: [any SharedResources]
    private let identifiers: Identifiers

    /// - Parameter sources: the types of resources that are analysed.
    public init(_ sources: [any SharedResources], _ identifiers: Identifiers) {
        (self.sources, self.identifiers) = (sources, identifiers)
    }

    /// What a resource shares now; nil where it is not there.
    func access(
        _ arn: String, _ source: any SharedResources, for analyzer: Analyzer, at now: Instant,
        _ snapshot: borrowing Snapshot
    ) throws -> [ExternalAccess]? {
        try source.sharing(of: arn, of: analyzer.account, in: analyzer.region, at: now, snapshot)
            .map(ExternalAccess.all)
    }

    /// Whether what was written down of a resource is not so any more.
    func isOld(
        _ arn: String, _ source: any SharedResources, for analyzer: Analyzer, at now: Instant,
        _ snapshot: borrowing Snapshot
    ) throws -> Bool {
        let known = try AnalyzedResource.find(arn, of: analyzer, snapshot)?.digest
        let found = try access(arn, source, for: analyzer, at: now, snapshot)
        return known != found.map(ResourceAnalysis.digest)
    }

    /// Writes down what a resource shares now. Findings of what it shares no more are resolved; new ones are archived where
    /// a rule says so. Done twice, it does no harm. False where there is no such resource, nor was one known.
    @discardableResult
    func write(
        _ arn: String, _ source: any SharedResources, for analyzer: Analyzer, at now: Instant,
        _ transaction: inout Transaction
    ) throws -> Bool {
        let found = try access(arn, source, for: analyzer, at: now, transaction.snapshot)
        var known: [String: StoredFinding] = [:]
        for finding in try StoredFinding.all(on: arn, of: analyzer, transaction.snapshot) {
            known[finding.access.identity] = finding
        }
        let rules = try ArchiveRule.list(
            of: analyzer, after: "", limit: Int(ArchiveRule.limit), transaction.snapshot)
        for access in found ?? [] {
            let identity = access.identity
            var fresh = StoredFinding(
                of: analyzer, id: identifiers.uuid(), resource: arn, type: source.type, access, at: now)
            if rules.contains(where: { $0.filter.matches(fresh) }) { fresh.status = .archived }
            guard let finding = known.removeValue(forKey: identity) else {
                try fresh.insert(identity, &transaction)
                continue
            }
            try finding.keep(access, at: now, &transaction)
            // What is shared again counts as new.
            if finding.status == .resolved {
                try finding.set(fresh.status, at: now, analyzed: true, &transaction)
            }
        }
        for finding in known.values where finding.status != .resolved {
            try finding.set(.resolved, at: now, analyzed: true, &transaction)
        }
        guard let found else {
            let wasKnown = try AnalyzedResource.find(arn, of: analyzer, transaction.snapshot) != nil
            try AnalyzedResource.remove(arn, of: analyzer, &transaction)
            return wasKnown
        }
        try AnalyzedResource.put(
            arn, type: source.type, digest: ResourceAnalysis.digest(found), of: analyzer, at: now, &transaction)
        return true
    }

    private static func digest(_ found: [ExternalAccess]) -> String {
        Hexadecimal.string(Array(SHA256.hash(Array(found.map(\.text).joined(separator: "\n").utf8)).prefix(16)))
    }
}
