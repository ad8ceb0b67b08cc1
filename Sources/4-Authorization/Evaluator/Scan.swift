/// What the statements of one layer say to a question.
struct Scan {
    var deny: StatementIndex?
    var allow: StatementIndex?
    /// By what names Allow statements reach the caller; only resource policies set it.
    var reach: Reach = []

    static let passed = Scan()
}

/// Evaluates statements for one question.
struct Scanner: ~Copyable {
    let question: Question
    let context: RequestContext
    let hasBoundary: Bool

    /// Policies of one layer: a union. Stops at the first Deny that matches.
    func scan(_ policies: [NamedPolicy], level: Int = 0) -> Scan {
        var scan = Scan()
        for index in policies.indices {
            let policy = policies[index].policy
            if policy.isBroken {
                scan.deny = StatementIndex(level: Int32(level), policy: Int32(index), statement: -1)
                return scan
            }
            self.scan(policy.statements, of: StatementIndex(level: Int32(level), policy: Int32(index), statement: 0), into: &scan)
            if scan.deny != nil { return scan }
        }
        return scan
    }

    func scan(_ policy: NamedPolicy) -> Scan {
        if policy.policy.isBroken { return Scan(deny: StatementIndex(policy: 0, statement: -1)) }
        var scan = Scan()
        self.scan(policy.policy.statements, of: StatementIndex(policy: 0, statement: 0), into: &scan)
        return scan
    }

    /// Levels: each needs an allow. `allow` is set only if every level has one.
    func scan(levels: [[NamedPolicy]]) -> Scan {
        var result = Scan()
        var isMissing = false
        for index in levels.indices {
            let scan = scan(levels[index], level: index)
            if scan.deny != nil { return scan }
            if scan.allow == nil { isMissing = true } else { result.allow = scan.allow }
        }
        if isMissing { result.allow = nil }
        return result
    }

    private func scan(_ statements: [CompiledStatement], of place: StatementIndex, into scan: inout Scan) {
        for index in statements.indices {
            let isDeny = statements[index].isDeny
            // An Allow that cannot add to what is known need not be tested.
            if !isDeny, scan.allow != nil, statements[index].principals == nil || !scan.reach.isDisjoint(with: .direct) { continue }
            guard statements[index].covers(question.action) else { continue }
            let reach = statements[index].reach(question.subject, hasBoundary: hasBoundary)
            guard !reach.isEmpty, statements[index].covers(question.resource, in: context),
                statements[index].conditionsHold(in: context)
            else { continue }
            var found = place
            found.statement = Int32(index)
            if isDeny {
                scan.deny = found
                return
            }
            if scan.allow == nil || reach.rawValue > scan.reach.rawValue { scan.allow = found }
            scan.reach.formUnion(reach)
        }
    }

    /// True if the statement matches this question, whatever its effect.
    func matches(_ statement: CompiledStatement) -> Bool {
        statement.covers(question.action) && !statement.reach(question.subject, hasBoundary: hasBoundary).isEmpty
            && statement.covers(question.resource, in: context) && statement.conditionsHold(in: context)
    }
}
