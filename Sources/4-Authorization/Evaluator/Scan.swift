/// What the statements of one layer say to a question.
struct Scan {
    var deny: StatementIndex?
    var allow: StatementIndex?
    /// By what names Allow statements reach the caller; only resource policies set it.
    var reach: Reach = []
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
        for number in table.candidates(action, resource) {
            let entry = table.entries[Int(number)]
            var found = place
            found.policy += entry.policy
            found.statement = entry.index
            test(entry.statement, at: found, context, hasBoundary, into: &scan)
            if scan.deny != nil { return }
        }
    }

    @inline(__always)
    private func test(
        _ statement: CompiledStatement, at place: StatementIndex, _ context: RequestContext, _ hasBoundary: Bool,
        into scan: inout Scan
    ) {
        // An Allow that cannot add to what is known need not be tested.
        if !statement.isDeny, scan.allow != nil,
            statement.principals == nil || !scan.reach.isDisjoint(with: .direct)
        {
            return
        }
        guard statement.covers(action) else { return }
        let reach = statement.reach(subject, hasBoundary: hasBoundary)
        guard !reach.isEmpty, statement.covers(resource, in: context), statement.conditionsHold(in: context) else {
            return
        }
        if statement.isDeny {
            scan.deny = place
            return
        }
        if scan.allow == nil || reach.rawValue > scan.reach.rawValue { scan.allow = place }
        scan.reach.formUnion(reach)
    }

    /// True if the statement matches this question, whatever its effect.
    func matches(_ statement: CompiledStatement, _ context: RequestContext, hasBoundary: Bool) -> Bool {
        statement.covers(action) && !statement.reach(subject, hasBoundary: hasBoundary).isEmpty
            && statement.covers(resource, in: context) && statement.conditionsHold(in: context)
    }
}
