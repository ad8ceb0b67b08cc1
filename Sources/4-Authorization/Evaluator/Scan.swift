/// What the statements of one layer say to a question.
struct Scan {
    var deny: StatementIndex?
    var allow: StatementIndex?
    /// By what names Allow statements reach the caller; only resource policies set it.
    var reach: Reach = []
}

/// What is asked of every statement. Borrowed down the call, so that nothing is copied.
extension Question {
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
        let statements = policy.statements
        for index in statements.indices {
            let statement = statements[index]
            // An Allow that cannot add to what is known need not be tested.
            if !statement.isDeny, scan.allow != nil,
                statement.principals == nil || !scan.reach.isDisjoint(with: .direct)
            {
                continue
            }
            guard statement.covers(action) else { continue }
            let reach = statement.reach(subject, hasBoundary: hasBoundary)
            guard !reach.isEmpty, statement.covers(resource, in: context), statement.conditionsHold(in: context) else {
                continue
            }
            var found = place
            found.statement = Int32(index)
            if statement.isDeny {
                scan.deny = found
                return
            }
            if scan.allow == nil || reach.rawValue > scan.reach.rawValue { scan.allow = found }
            scan.reach.formUnion(reach)
        }
    }

    /// True if the statement matches this question, whatever its effect.
    func matches(_ statement: CompiledStatement, _ context: RequestContext, hasBoundary: Bool) -> Bool {
        statement.covers(action) && !statement.reach(subject, hasBoundary: hasBoundary).isEmpty
            && statement.covers(resource, in: context) && statement.conditionsHold(in: context)
    }
}
