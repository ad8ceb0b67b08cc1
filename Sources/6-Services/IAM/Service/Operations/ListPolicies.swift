import AWS
import Catalogue
import Door
import IAMAPI
import Storage

/// The account's own managed policies and AWS's.
///
/// The account's come first, by name, then AWS's in the order of the table. Filters are applied before paging, so a page
/// is only short at the end.
/// - Source: IAM API Reference, "ListPolicies"; that the filter of uses counts with `OnlyAttached` alone, as captured from
///   AWS in radkawar/stackd, `docs/iam-completion.md`.
struct ListPolicies: Query {
    typealias Shape = IAM.ListPolicies

    func resolve(_ input: Input, for facts: RequestFacts, in snapshot: borrowing Snapshot) throws -> Listing {
        try Listing(.policy, pathPrefix: input.pathPrefix, input.marker, input.maxItems, facts)
    }

    func access(_ input: Input, to target: Listing, for facts: RequestFacts) throws -> Access {
        try ask(on: target.arn, facts, as: "policy path " + target.pathPrefix)
    }

    func answer(
        _ input: Input, under permit: borrowing Permit<Listing>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let target = permit.target
        let filter = try Filter(input, target.account, snapshot)
        var cursor = try Cursor(target.page.after)
        var found: [(policy: ManagedPolicy, key: String)] = []
        while found.count < target.page.fetch, let (policy, key) = try cursor.next(input.scope, target, snapshot) {
            if try filter.admits(policy) { found.append((policy, key)) }
        }
        let (items, marker) = target.page.cut(found) { $0.key }
        return Output(
            policies: try items.map { try $0.policy.shape(in: target.account, snapshot) }, isTruncated: marker != nil,
            marker: marker)
    }

    /// Which policies the caller wants beside scope and path.
    private struct Filter {
        let onlyAttached: Bool
        /// Counts with `OnlyAttached` alone.
        let usage: IAM.PolicyUsageType?
        let attached: Set<String>
        let boundaries: Set<String>

        init(_ input: Input, _ account: AccountID, _ snapshot: borrowing Snapshot) throws {
            onlyAttached = input.onlyAttached ?? false
            usage = onlyAttached ? input.policyUsageFilter : nil
            guard onlyAttached else {
                (attached, boundaries) = ([], [])
                return
            }
            attached = Set(
                try snapshot.rows(
                    """
                    SELECT DISTINCT policy_arn FROM iam_attachment WHERE owner IN (
                        SELECT id FROM iam_user WHERE account = ?1 UNION ALL SELECT id FROM iam_group WHERE account = ?1
                        UNION ALL SELECT id FROM iam_role WHERE account = ?1)
                    """, .text(account.description)
                ) { $0.text(0) })
            boundaries = Set(
                try snapshot.rows(
                    """
                    SELECT boundary FROM iam_user WHERE account = ?1 AND boundary IS NOT NULL
                    UNION SELECT boundary FROM iam_role WHERE account = ?1 AND boundary IS NOT NULL
                    """, .text(account.description)
                ) { $0.text(0) })
        }

        func admits(_ policy: ManagedPolicy) throws -> Bool {
            switch usage {
            case .permissionsPolicy: attached.contains(policy.arn)
            case .permissionsBoundary: boundaries.contains(policy.arn)
            default: !onlyAttached || attached.contains(policy.arn) || boundaries.contains(policy.arn)
            }
        }
    }

    /// Walks the account's policies by name, then AWS's by their place in the table. A key says where it stands.
    private struct Cursor {
        private var own: String?
        private var awsIndex = 0
        private var waiting: [ManagedPolicy] = []

        init(_ key: String) throws {
            if key.hasPrefix("aws ") {
                guard let index = Int(key.dropFirst(4)), index >= 0 else { throw Invalid.marker }
                awsIndex = index + 1
                own = nil
            } else {
                guard let name = key.isEmpty ? "" : key.dropping(prefix: "own ") else { throw Invalid.marker }
                own = String(name)
            }
        }

        mutating func next(
            _ scope: IAM.PolicyScopeType?, _ target: Listing, _ snapshot: borrowing Snapshot
        ) throws -> (ManagedPolicy, String)? {
            if let after = own, scope != .aws {
                if waiting.isEmpty {
                    waiting = try ManagedPolicy.list(
                        in: target.account, pathPrefix: target.pathPrefix, after: after, limit: 100, snapshot
                    ).reversed()
                }
                if let policy = waiting.popLast() {
                    own = policy.name.lowercased()
                    return (policy, "own " + policy.name.lowercased())
                }
            }
            own = nil
            guard scope != .local else { return nil }
            while awsIndex < ManagedPolicies.count {
                let policy = ManagedPolicy.awsManaged(at: awsIndex)
                awsIndex += 1
                if policy.path.hasPrefix(target.pathPrefix) { return (policy, "aws \(awsIndex - 1)") }
            }
            return nil
        }
    }
}
