import AWS
import Door
import KMSAPI
import Storage

/// Finds grants of a key that has up to fifty thousand, for a decision: the first that fits by each issuer to each of the
/// caller's names. What it costs does not grow with those of other contexts, nor with those that give the same.
struct GrantSearch {
    typealias Found = (holder: GrantPrincipal, rights: GrantRights)

    /// Which a grant must give, all of them.
    private let operations: Set<KMS.GrantOperation>
    private let contexts: GrantContexts
    private let fits: (GrantRights) -> Bool

    /// Those that let the caller do this.
    init(for use: GrantUse) {
        (operations, contexts, fits) = ([use.operation], GrantContexts(within: use.context), use.fits)
    }

    /// Those by which the caller may make another: nil where none can, for it has more pairs than a grant may have.
    init?(parentsOf child: GrantRights) {
        let context = child.equals ?? child.subset ?? [:]
        guard context.count <= GrantLimits.pairs else { return nil }
        operations = Set([.createGrant] + child.operations)
        contexts = GrantContexts(within: context, exactly: child.equals != nil)
        fits = { $0.covers(child) }
    }

    func found(of key: KMSKey, to holders: [GrantPrincipal], _ snapshot: borrowing Snapshot) throws -> [Found] {
        guard key.hasGrants else { return [] }
        var found: [Found] = []
        for holder in holders {
            // Jumps from one text to the next, and over all that do not matter.
            var (place, issuers): (Place, Set<AccountID>) = (Place(bound: "", rights: ""), [])
            while let next = try Place.next(after: place, of: key, holder, snapshot) {
                guard let bound = contexts.first(from: next.bound) else { break }
                guard bound == next.bound else {
                    place = Place(bound: bound, rights: "")
                    continue
                }
                let rights = try GrantRights(stored: next.rights)
                if !issuers.contains(rights.issuer), fits(rights) {
                    found.append((holder, rights))
                    issuers.insert(rights.issuer)
                }
                place = Place(
                    bound: bound, rights: end(of: next.rights, rights, isDone: issuers.contains(rights.issuer)))
            }
        }
        return found
    }

    /// What precedes the next that can matter. - Parameter isDone: whether one by this issuer is found.
    private func end(of text: String, _ rights: GrantRights, isDone: Bool) -> String {
        if isDone { return GrantRights.end(of: rights.issuer) }
        return operations.isSubset(of: rights.operations)
            ? GrantRights.end(of: text) : GrantRights.end(ofOperationsIn: text)
    }

    /// Among the grants of one holder.
    private struct Place {
        let bound: String
        let rights: String

        /// - Parameter place: no grant's own.
        static func next(
            after place: Place, of key: KMSKey, _ holder: GrantPrincipal, _ snapshot: borrowing Snapshot
        ) throws -> Place? {
            try snapshot.first(
                """
                SELECT bound, rights FROM kms_grant INDEXED BY kms_grant_by_bound
                WHERE account = ? AND region = ? AND key = ? AND grantee = ? AND (bound, rights) > (?, ?)
                ORDER BY bound, rights LIMIT 1
                """, .text(key.account.description), .text(key.region.description), .text(key.id), .text(holder.stored),
                .text(place.bound), .text(place.rights)
            ) { Place(bound: $0.text(0), rights: $0.text(1)) }
        }
    }

    /// Those that let the caller describe the key, whatever else they are bound to.
    static func describing(
        _ key: KMSKey, to holders: [GrantPrincipal], _ snapshot: borrowing Snapshot
    ) throws -> [Found] {
        guard key.hasGrants else { return [] }
        var found: [Found] = []
        for holder in holders {
            var last = ""
            while let text = try nextDescribing(key, holder, after: last, snapshot) {
                let rights = try GrantRights(stored: text)
                found.append((holder, rights))
                last = GrantRights.end(of: rights.issuer)
            }
        }
        return found
    }

    /// The operations of a text end with its first bracket.
    private static func nextDescribing(
        _ key: KMSKey, _ holder: GrantPrincipal, after last: String, _ snapshot: borrowing Snapshot
    ) throws -> String? {
        try snapshot.first(
            """
            SELECT rights FROM kms_grant INDEXED BY kms_grant_describing
            WHERE account = ? AND region = ? AND key = ? AND grantee = ? AND rights > ?
                AND instr(substr(rights, 1, instr(rights, ']')), '"DescribeKey"') > 0
            ORDER BY rights LIMIT 1
            """, .text(key.account.description), .text(key.region.description), .text(key.id), .text(holder.stored),
            .text(last)
        ) { $0.text(0) }
    }
}
