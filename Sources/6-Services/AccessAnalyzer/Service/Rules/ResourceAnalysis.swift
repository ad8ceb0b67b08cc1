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
        let found = try source.sharing(of: arn, of: analyzer.account, in: analyzer.region, at: now, snapshot)
        return found.map { sharings in
            var list = SharingList()
            for sharing in sharings { list.add(sharing.reach, through: sharing.source) }
            return ExternalAccess.all(list.all)
        }
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

    /// Writes down what a resource was found to share. Findings of what it shares no more are resolved; new ones are archived
    /// where a rule says so. Done twice, it does no harm. False where there is no such resource, nor was one known.
    /// - Parameter rules: those of the analyzer, as far as they were needed in this transaction.
    @discardableResult
    func write(
        _ found: [ExternalAccess]?, of arn: String, type: String, for analyzer: Analyzer, _ rules: inout [ArchiveRule]?,
        at now: Instant, _ transaction: inout Transaction
    ) throws -> Bool {
        var open: [String: StoredFinding] = [:]
        for finding in try StoredFinding.unresolved(on: arn, of: analyzer, transaction.snapshot) {
            open[finding.access.identity] = finding
        }
        for access in found ?? [] {
            let identity = access.identity
            if let finding = open.removeValue(forKey: identity) {
                if finding.access != access { try finding.keep(access, at: now, &transaction) }
                continue
            }
            var fresh = StoredFinding(of: analyzer, id: identifiers.uuid(), resource: arn, type: type, access, at: now)
            if try ArchiveRule.isAny(for: fresh, of: analyzer, &rules, transaction.snapshot) {
                fresh.status = .archived
            }
            // What is shared again counts as new.
            guard let old = try StoredFinding.find(identity, on: arn, of: analyzer, transaction.snapshot) else {
                try fresh.insert(identity, &transaction)
                continue
            }
            try old.keep(access, at: now, &transaction)
            try old.set(fresh.status, at: now, analyzed: true, &transaction)
        }
        for finding in open.values { try finding.set(.resolved, at: now, analyzed: true, &transaction) }
        guard let found else {
            let wasKnown = try AnalyzedResource.find(arn, of: analyzer, transaction.snapshot) != nil
            try AnalyzedResource.remove(arn, of: analyzer, &transaction)
            return wasKnown
        }
        try AnalyzedResource.put(
            arn, type: type, digest: ResourceAnalysis.digest(found), of: analyzer, at: now, &transaction)
        return true
    }

    private static func digest(_ found: [ExternalAccess]) -> String {
        Hexadecimal.string(Array(SHA256.hash(Array(found.map(\.text).joined(separator: "\n").utf8)).prefix(16)))
    }
}
