import AWS
import Door
public import Observers
public import Storage
public import World

/// Keeps the findings of all analyzers as the resources are.
///
/// Before all else it goes on with archive rules whose application was cut short. One that cannot go on, since a finding cannot
/// be read, waits and is tried again: its call was answered with success.
///
/// After a commit that changed identities or policies of resources, and once at the start, it looks at every resource that
/// an analyzer has, a few at a time, and writes only where something differs. So it follows no list of events, of which one
/// could be forgotten, and what a crash cut short is found again. It rests ten times as long as it worked. A resource that
/// cannot be looked at is told of in the log, and stepped over.
public final class AccessAnalysis: Chore {
    public let name = "access analysis"
    private let store: Store
    private let analysis: ResourceAnalysis
    private let world: World
    private let state = Lock(State())

    private struct State {
        /// Whether something may have changed since the last walk began.
        var isWanted = true
        var walk: Walk?
        /// How long the walk has worked, and when the next may begin: nanoseconds of the machine's clock.
        var worked: UInt64 = 0
        var rested: UInt64 = 0
        /// When it is looked again for findings that are too old.
        var swept: UInt64 = 0
        /// What was told of in the log.
        var told: Set<String> = []
        /// Applications of archive rules that could not go on, by their ids, and when they are tried again.
        var stuck: [String: UInt64] = [:]
    }

    /// Where a walk is.
    private struct Walk {
        var places: [(account: AccountID, region: Region)]
        /// The source; behind the last one, the resources that are known.
        var source = 0
        var position = ""
    }

    /// A resource that is not as it was written down: the number of its source, what it shares, and what was known of it.
    private struct Changed {
        let arn: String
        let source: Int
        let found: [ExternalAccess]?
        let known: AnalyzedResource?
    }

    /// How many resources are looked at on one snapshot.
    private static let stride = 100
    /// How many are written in one transaction, and how many findings of theirs, unless one alone has more.
    private static let atOnce = 20
    private static let mostFindings = 200
    /// How many failures are remembered, so that they are told of once.
    private static let mostTold = 1000

    private static let second: UInt64 = 1_000_000_000
    private static let longestRest = 300 * second
    /// While the store takes nothing.
    private static let restOfStore = 5 * second
    private static let sweepEvery = 60 * second
    /// Of an archive rule that met with a finding that cannot be read.
    private static let restOfStuck = 60 * second

    /// - Parameter world: by whose clock it rests.
    public init(_ store: Store, _ analysis: ResourceAnalysis, _ world: World) {
        (self.store, self.analysis, self.world) = (store, analysis, world)
    }

    /// Takes note of a commit. True where a walk is due for it that was not due before.
    public func isWoken(by areas: Areas) -> Bool {
        guard !areas.isDisjoint(with: [.identity, .resourcePolicies, .requestLogs]) else { return false }
        return state.withLock { state in
            defer { state.isWanted = true }
            return !state.isWanted
        }
    }

    /// One page of the walk.
    public func tend(_ now: Instant) async throws -> Bool {
        let began = time()
        defer { state.withLock { $0.worked += time() - began } }
        do { return try await step(now) } catch let error as StorageError where AccessAnalysis.isOfStore(error) {
            tell(error, of: "the store")
            state.withLock { $0.rested = time() + AccessAnalysis.restOfStore }
            return false
        }
    }

    private func time() -> UInt64 { world.clock.monotonicNanoseconds() }

    private func step(_ now: Instant) async throws -> Bool {
        let stuck = stuck()
        if let name = try store.read({ try ArchiveApplication.next(passing: stuck, $0) }) {
            do { _ = try await store.write(.written) { try ArchiveApplication.goOn(with: name, &$0) } } catch {
                try stepOver(error, of: "the rest of an archive rule of \(name.account) in \(name.region)")
                state.withLock { $0.stuck[name.id] = time() + AccessAnalysis.restOfStuck }
            }
            return true
        }
        guard var walk = try current() else { return try await sweep(now) }
        guard let place = walk.places.last else {
            end()
            return false
        }
        var next: String?
        do {
            let page = try store.read { snapshot in try look(walk, place, now, snapshot) }
            try await write(page.old, in: place, now)
            next = page.next
        } catch {
            try stepOver(error, of: "\(place.account) \(place.region) \(walk.source)")
        }
        if let next {
            walk.position = next
        } else {
            walk.position = ""
            walk.source += 1
            if walk.source > analysis.sources.count {
                walk.source = 0
                walk.places.removeLast()
            }
        }
        state.withLock { $0.walk = walk }
        return true
    }

    /// Which applications are not to be tried yet.
    private func stuck() -> Set<String> {
        let time = time()
        return state.withLock { state in
            state.stuck = state.stuck.filter { $0.value > time }
            return Set(state.stuck.keys)
        }
    }

    /// Removes findings that were resolved long ago.
    private func sweep(_ now: Instant) async throws -> Bool {
        let time = time()
        let isDue = state.withLock { state in
            guard time >= state.swept, time >= state.rested else { return false }
            state.swept = time + AccessAnalysis.sweepEvery
            return true
        }
        guard isDue, try store.read({ try StoredFinding.isAnyOld(at: now, $0) }) else { return false }
        let isMore = try await store.write { try StoredFinding.forget(at: now, limit: AccessAnalysis.atOnce, &$0) }
        if isMore { state.withLock { $0.swept = 0 } }
        return isMore
    }

    /// The walk under way, or a new one where it is time. A reset of the store makes a new one needed, too.
    private func current() throws -> Walk? {
        let time = time()
        let (isNew, known) = state.withLock { state -> (Bool, Walk?) in
            guard time >= state.rested else { return (false, nil) }
            guard state.walk == nil, state.isWanted else { return (false, state.walk) }
            (state.isWanted, state.worked) = (false, 0)
            return (true, nil)
        }
        guard isNew else { return known }
        do {
            let walk = Walk(places: try store.read { try Analyzer.places($0) })
            state.withLock { $0.walk = walk }
            return walk
        } catch {
            state.withLock { $0.isWanted = true }
            throw error
        }
    }

    private func end() {
        let time = time()
        state.withLock { state in
            state.walk = nil
            state.rested = time + min(state.worked * 10, AccessAnalysis.longestRest)
        }
    }

    // MARK: - Looking

    /// The resources of a page that are not as they were written down, with the numbers of their sources; and where the next
    /// page begins.
    private func look(
        _ walk: Walk, _ place: (account: AccountID, region: Region), _ now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> (old: [(arn: String, source: Int)], next: String?) {
        guard let analyzer = try Analyzer.find(in: place.account, place.region, snapshot) else { return ([], nil) }
        let seen: [(arn: String, source: Int)]
        let next: String?
        if walk.source < analysis.sources.count {
            let page = try analysis.sources[walk.source].page(
                of: place.account, in: place.region, after: walk.position, limit: AccessAnalysis.stride, snapshot)
            (seen, next) = (page.arns.map { ($0, walk.source) }, page.next)
        } else {
            let known = try AnalyzedResource.list(
                of: analyzer, type: nil, after: walk.position, limit: AccessAnalysis.stride, snapshot)
            seen = known.compactMap { resource in
                analysis.sources.firstIndex { $0.type == resource.type }.map { (resource.arn, $0) }
            }
            next = known.count == AccessAnalysis.stride ? known.last?.arn : nil
        }
        var old: [(arn: String, source: Int)] = []
        for resource in seen {
            do {
                if try analysis.isOld(
                    resource.arn, analysis.sources[resource.source], for: analyzer, at: now, snapshot)
                {
                    old.append(resource)
                }
            } catch { try stepOver(error, of: resource.arn) }
        }
        return (old, next)
    }

    /// What a resource shares now, worked out before the transaction that writes it: nobody waits for it.
    private func changed(
        _ resource: (arn: String, source: Int), in place: (account: AccountID, region: Region), _ now: Instant
    ) throws -> Changed? {
        try store.read { snapshot in
            guard let analyzer = try Analyzer.find(in: place.account, place.region, snapshot) else { return nil }
            return Changed(
                arn: resource.arn, source: resource.source,
                found: try analysis.access(
                    resource.arn, analysis.sources[resource.source], for: analyzer, at: now, snapshot),
                known: try AnalyzedResource.find(resource.arn, of: analyzer, snapshot))
        }
    }

    // MARK: - Writing

    private func write(
        _ old: [(arn: String, source: Int)], in place: (account: AccountID, region: Region), _ now: Instant
    ) async throws {
        var (some, count): ([Changed], Int) = ([], 0)
        for resource in old {
            do {
                guard let next = try changed(resource, in: place, now) else { continue }
                let size = next.found?.count ?? 0
                if size >= SharingList.most {
                    tell("only \(SharingList.most) findings are told of a resource", of: resource.arn)
                }
                if !some.isEmpty, some.count == AccessAnalysis.atOnce || count + size > AccessAnalysis.mostFindings {
                    try await write(some, in: place, now)
                    (some, count) = ([], 0)
                }
                some.append(next)
                count += size
            } catch { try stepOver(error, of: resource.arn) }
        }
        try await write(some, in: place, now)
    }

    /// In one transaction; where that fails, each in its own.
    private func write(
        _ some: [Changed], in place: (account: AccountID, region: Region), _ now: Instant
    ) async throws {
        guard let first = some.first else { return }
        do {
            try await store.write { [analysis] transaction in
                // It may have been deleted meanwhile.
                guard let analyzer = try Analyzer.find(in: place.account, place.region, transaction.snapshot) else {
                    return
                }
                var rules: [ArchiveRule]?
                for resource in some {
                    // Somebody else looked meanwhile, and later: the next walk sees whether anything is left to do.
                    let known = try AnalyzedResource.find(resource.arn, of: analyzer, transaction.snapshot)
                    guard known?.digest == resource.known?.digest, known?.analyzed == resource.known?.analyzed else {
                        continue
                    }
                    try analysis.write(
                        resource.found, of: resource.arn, type: analysis.sources[resource.source].type, for: analyzer,
                        &rules, at: now, &transaction)
                }
            }
        } catch {
            guard some.count > 1 else { return try stepOver(error, of: first.arn) }
            try stepOver(error, of: nil)
            for resource in some { try await write([resource], in: place, now) }
        }
    }

    // MARK: - Failures

    /// Whether nothing can be read or written now, whatever resource it is.
    private static func isOfStore(_ error: StorageError) -> Bool {
        switch error {
        case .full, .closed, .overloaded, .system, .engine: true
        case .constraint, .corrupt, .inUse, .folder, .schema: false
        }
    }

    /// - Parameter what: what it is told of; nil where it is tried again in another way.
    private func stepOver(_ error: any Error, of what: String?) throws {
        if let error = error as? StorageError, AccessAnalysis.isOfStore(error) { throw error }
        if let what { tell(error, of: what) }
    }

    /// Once, as long as not too much fails.
    private func tell(_ reason: Any, of what: String) {
        let isNew = state.withLock { state in
            if state.told.count >= AccessAnalysis.mostTold { state.told = [] }
            return state.told.insert(what).inserted
        }
        guard isNew else { return }
        world.log(
            .warning, "access from outside is not told of, or not whole", ["resource": what, "reason": "\(reason)"])
    }
}
