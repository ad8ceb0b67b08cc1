import AWS
import Authentication
import Catalogue
import Door
import IAMAPI
public import Journal
public import Storage
public import World

/// Makes reports of last-accessed information beside the threads that serve requests.
public final class AccessJobs: Sendable {
    private let store: Store
    private let journal: Journal
    private let identifiers: Identifiers
    /// A policy that everybody has is a long look: it holds up no request, and few are made at a time.
    private let pool = BlockingPool("last-accessed", threads: 1, limit: 256)

    /// Reads what that store holds, when the journal has it all.
    public init(_ store: Store, _ journal: Journal, identifiers: Identifiers) {
        (self.store, self.journal, self.identifiers) = (store, journal, identifiers)
    }

    /// A finished report: every call before this one is in it.
    func run(_ arn: String, byAction: Bool, for caller: Principal, in account: AccountID, at now: Instant) async throws
        -> AccessJob
    {
        try await journal.settle()
        let id = identifiers.uuid()
        return try await pool.run { [store] in
            try store.read { snapshot in
                let target = try AccessTarget(arn, in: account, orPolicy: true, snapshot)
                let services = try AccessJobs.services(of: target, byAction: byAction, snapshot)
                return AccessJob(
                    id: id, caller: caller.askerID, target: arn, isByAction: byAction, started: now, services: services)
            }
        }
    }

    /// Every service that the target's policies give something of, with its last use.
    private static func services(
        of target: AccessTarget, byAction: Bool, _ snapshot: borrowing Snapshot
    ) throws -> [IAM.ServiceLastAccessed] {
        let granted = ServiceGrants.services(of: try target.policies(snapshot).map(\.policy))
        let entities = try target.entities(snapshot)
        let uses = try ServiceUses(of: entities, GatheredUses.behindTables(snapshot), snapshot)
        let names = Dictionary(entities.map { ($0.id, $0.arn) }) { first, _ in first }
        return granted.map { service in
            var told = IAM.ServiceLastAccessed(serviceName: service.title, serviceNamespace: service.prefix)
            guard let use = uses.services[service.prefix] else {
                told.totalAuthenticatedEntities = 0
                return told
            }
            told.lastAuthenticated = use.latest.time
            told.lastAuthenticatedEntity = names[use.latest.owner]
            told.lastAuthenticatedRegion = use.latest.region
            told.totalAuthenticatedEntities = use.owners.count
            guard byAction, !use.actions.isEmpty else { return told }
            told.trackedActionsLastAccessed = use.actions.sorted { $0.key < $1.key }.map { name, last in
                IAM.TrackedActionLastAccessed(
                    actionName: name, lastAccessedEntity: names[last.owner], lastAccessedTime: last.time,
                    lastAccessedRegion: last.region)
            }
            return told
        }
    }
}

extension Principal {
    /// Who must come again to read a report: the user, the role whatever the session, root.
    var askerID: String {
        switch self {
        case .root(let account): account.description
        case .user(let user): user.uniqueID
        case .roleSession(let session): session.roleID
        default: userID
        }
    }
}
