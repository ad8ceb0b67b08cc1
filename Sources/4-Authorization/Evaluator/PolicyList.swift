/// The policies of one layer, ready to be asked: a list of many statements has a table of them.
///
/// A reference: made once for a principal, it is shared by every question.
final class PolicyList: Sendable {
    let policies: [NamedPolicy]
    /// Nil where there are few statements, or a broken policy, which denies before any table is asked.
    let table: StatementTable?

    init(_ policies: [NamedPolicy]) {
        self.policies = policies
        let count = policies.reduce(0) { $0 + $1.policy.statements.count }
        guard policies.count > 1, count > StatementTable.leastCount, !policies.contains(where: \.policy.isBroken) else {
            table = nil
            return
        }
        table = StatementTable(policies.map(\.policy.statements))
    }

    static let none = PolicyList([])
}
