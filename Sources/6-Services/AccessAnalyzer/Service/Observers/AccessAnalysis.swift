import AWS
import Door
public import Observers
public import Storage
public import World

/// Keeps the findings of all analyzers as the resources are.
///
/// After a commit that changed identities or policies of resources, and once at the start, it looks at every resource that
/// an analyzer has, a few at a time, and writes only where something differs. So it follows no list of events, of which one
/// could be forgotten, and what a crash cut short is found again. It rests ten times as long as it worked.
public final class AccessAnalysis: Chore {
    public let name = "access analysis"
    private let store: Store
    private let analysis: ResourceAnalysis
    private let clock: any Clock
    private let state = Lock(State())

    private struct State {
        /// Whether something may have changed since the last walk began.
        var isWanted = true
        var walk: Walk?
        /// When the walk began, and when the next may begin: nanoseconds of the machine's clock.
        var began: UInt64 = 0
        var rested: UInt64 = 0
    }

    /// Where a walk is.
    private struct Walk {
        var places: [(account: AccountID, region: Region)]
        /// The source; behind the last one, the resources that are known.
        var source = 0
        var position = ""
    }

    /// How many resources are looked at on one snapshot.
    private static let stride = 100
    /// How many are written in one transaction.
    private static let atOnce = 20

    /// - Parameter clock: what it rests by.
    public init(_ store: Store, _ analysis: ResourceAnalysis, _ clock: any Clock) {
        (self.store, self.analysis, self.clock) = (store, analysis, clock)
        store.onCommit { [state] areas in
            guard !areas.isDisjoint(with: [.identity, .resourcePolicies, .requestLogs]) else { return }
            state.withLock { $0.isWanted = true }
        }
    }

    /// One page of the walk.
    public func tend(_ now: Instant) async throws -> Bool {
        guard var walk = try current() else {
            guard try store.read({ try StoredFinding.isAnyOld(at: now, $0) }) else { return false }
            return try await store.write { try StoredFinding.forget(at: now, limit: AccessAnalysis.atOnce, &$0) }
        }
        guard let place = walk.places.last else {
            end()
            return false
        }
        let (old, next) = try store.read { snapshot in try look(walk, place, now, snapshot) }
        for start in Swift.stride(from: 0, to: old.count, by: AccessAnalysis.atOnce) {
            let some = Array(old[start..<min(start + AccessAnalysis.atOnce, old.count)])
            try await store.write { [analysis] transaction in
                // It may have been deleted meanwhile.
                guard let analyzer = try Analyzer.find(in: place.account, place.region, transaction.snapshot) else {
                    return
                }
                for resource in some {
                    try analysis.write(
                        resource.arn, analysis.sources[resource.source], for: analyzer, at: now, &transaction)
                }
            }
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

    /// The walk under way, or a new one where it is time. A reset of the store makes a new one needed, too.
    private func current() throws -> Walk? {
        let time = clock.monotonicNanoseconds()
        let isNew = state.withLock { state in
            guard state.walk == nil, state.isWanted, time >= state.rested else { return false }
            (state.isWanted, state.began) = (false, time)
            return true
        }
        guard isNew else { return state.withLock(\.walk) }
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
        let time = clock.monotonicNanoseconds()
        state.withLock { state in
            state.walk = nil
            state.rested = time + (time - state.began) * 10
        }
    }

    /// The resources of a page that are not as they were written down, with the numbers of their sources; and where the next
    /// page begins.
    private func look(
        _ walk: Walk, _ place: (account: AccountID, region: Region), _ now: Instant, _ snapshot: borrowing Snapshot
    ) throws -> (old: [(arn: String, source: Int)], next: String?) {
        guard let analyzer = try Analyzer.find(in: place.account, place.region, snapshot) else { return ([], nil) }
        var old: [(arn: String, source: Int)] = []
        guard walk.source < analysis.sources.count else {
            let known = try AnalyzedResource.list(
                of: analyzer, type: nil, after: walk.position, limit: AccessAnalysis.stride, snapshot)
            for resource in known {
                guard let number = analysis.sources.firstIndex(where: { $0.type == resource.type }) else { continue }
                let source = analysis.sources[number]
                if try analysis.isOld(resource.arn, source, for: analyzer, at: now, snapshot) {
                    old.append((resource.arn, number))
                }
            }
            return (old, known.count == AccessAnalysis.stride ? known.last?.arn : nil)
        }
        let source = analysis.sources[walk.source]
        let page = try source.page(
            of: place.account, in: place.region, after: walk.position, limit: AccessAnalysis.stride, snapshot)
        for arn in page.arns where try analysis.isOld(arn, source, for: analyzer, at: now, snapshot) {
            old.append((arn, walk.source))
        }
        return (old, page.next)
    }
}
