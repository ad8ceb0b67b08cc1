/// What the statements of one layer say to a question.
struct Scan {
    var deny: StatementIndex?
    var allow: StatementIndex?
    /// By what names Allow statements reach the caller; only resource policies set it.
    var reach: Reach = []
    /// How well the statement `allow` reaches the caller.
    private var rank = 0

    /// False if what is known already makes the statement needless. Statements come in any order: of several that deny
    /// the first one written is told, and of those that allow, the first that reaches the caller best.
    func wants(_ statement: CompiledStatement, at place: StatementIndex) -> Bool {
        if let deny { return statement.isDeny && place.precedes(deny) }
        guard !statement.isDeny, rank == Reach.highestRank, let allow else { return true }
        return place.precedes(allow)
    }

    mutating func noteAllow(_ reach: Reach, at place: StatementIndex) {
        self.reach.formUnion(reach)
        if let allow, reach.rank < rank || reach.rank == rank && !place.precedes(allow) { return }
        (allow, rank) = (place, reach.rank)
    }
}

/// What is asked of every statement. Borrowed down the call, so that nothing is copied.
extension Question {
    /// A list with a table, or policy by policy.
    func scan(_ list: PolicyList, _ context: RequestContext, hasBoundary: Bool) -> Scan {
        guard let table = list.table else { return scan(list.policies, context, hasBoundary: hasBoundary) }
        var scan = Scan()
        self.scan(table, at: StatementIndex(policy: 0, statement: -1), context, hasBoundary, into: &scan)
        return scan
    }

    /// Policies of one layer: a union. Stops at the first Deny that matches.
    func scan(_ policies: [NamedPolicy], _ context: RequestContext, hasBoundary: Bool, level: Int = 0) -> Scan {
        var scan = Scan()
        for index in policies.indices {
            let place = StatementIndex(level: Int32(level), policy: Int32(index), statement: -1)
            self.scan(policies[index].policy, at: place, context, hasBoundary, into: &scan)
            if scan.deny != nil { return scan }
        }
        return scan
    }

    func scan(_ policy: NamedPolicy, _ context: RequestContext, hasBoundary: Bool) -> Scan {
        var scan = Scan()
        self.scan(policy.policy, at: StatementIndex(policy: 0, statement: -1), context, hasBoundary, into: &scan)
        return scan
    }

    /// Levels: each needs an allow. `allow` is set only if every level has one.
    func scan(levels: [[NamedPolicy]], _ context: RequestContext, hasBoundary: Bool) -> Scan {
        var result = Scan()
        var isMissing = false
        for index in levels.indices {
            let scan = scan(levels[index], context, hasBoundary: hasBoundary, level: index)
            if scan.deny != nil { return scan }
            if scan.allow == nil { isMissing = true } else { result.allow = scan.allow }
        }
        if isMissing { result.allow = nil }
        return result
    }

    private func scan(
        _ policy: CompiledPolicy, at place: StatementIndex, _ context: RequestContext, _ hasBoundary: Bool,
        into scan: inout Scan
    ) {
        if policy.isBroken {
            scan.deny = place
            return
        }
        if let table = policy.table { return self.scan(table, at: place, context, hasBoundary, into: &scan) }
        let statements = policy.statements
        for index in statements.indices {
            var found = place
            found.statement = Int32(index)
            test(statements[index], at: found, context, hasBoundary, into: &scan)
            if scan.deny != nil { return }
        }
    }

    private func scan(
        _ table: StatementTable, at place: StatementIndex, _ context: RequestContext, _ hasBoundary: Bool,
        into scan: inout Scan
    ) {
        for denying in [true, false] where scan.deny == nil {
            table.forEachCandidate(denying: denying, action, resource) { entry in
                var found = place
                found.policy += entry.policy
                found.statement = entry.index
                guard scan.wants(entry.statement, at: found) else { return false }
                test(entry.statement, at: found, context, hasBoundary, into: &scan)
                return true
            }
        }
    }

    @inline(__always)
    private func test(
        _ statement: CompiledStatement, at place: StatementIndex, _ context: RequestContext, _ hasBoundary: Bool,
        into scan: inout Scan
    ) {
        guard scan.wants(statement, at: place), statement.covers(action) else { return }
        let reach = statement.reach(subject, hasBoundary: hasBoundary)
        guard !reach.isEmpty, statement.covers(resource, in: context), statement.conditionsHold(in: context) else {
            return
        }
        if statement.isDeny {
            scan.deny = place
            return
        }
        scan.noteAllow(reach, at: place)
    }

    /// True if the statement matches this question, whatever its effect.
    func matches(_ statement: CompiledStatement, _ context: RequestContext, hasBoundary: Bool) -> Bool {
        statement.covers(action) && !statement.reach(subject, hasBoundary: hasBoundary).isEmpty
            && statement.covers(resource, in: context) && statement.conditionsHold(in: context)
    }
}
