/// The policies of a case.
extension CaseGenerator {
    mutating func makePolicies() -> Tree {
        let type = caller["type"]?.string ?? ""
        let isSession = type == "role-session" || type == "role" || type == "federated-user"
        let isCaller = isSession || type == "user"
        var policies: [(name: String, value: Tree)] = []
        let identities = isCaller ? dice.below(3) : (dice.chance(10) ? 1 : 0)
        policies.append(("identity", .array((0..<identities).map { _ in document(.identity, allowing: 55) })))
        let hasResource = isKMS || isTrust || dice.chance(isCaller ? 45 : 75)
        policies.append(("resource", hasResource ? document(.resource, allowing: 60) : .null))
        policies.append(("resourceKind", .string(isTrust ? "role-trust" : isKMS ? "kms-key" : "standard")))
        policies.append(("boundary", dice.chance(isCaller ? 22 : 4) ? document(.boundary, allowing: 70) : .null))
        let sessionChance = type == "federated-user" ? 75 : isSession ? 30 : 0
        policies.append(("session", dice.chance(sessionChance) ? document(.session, allowing: 70) : .null))
        policies.append(("scps", dice.chance(28) ? levels(.scp) : .null))
        policies.append(("rcps", dice.chance(25) ? levels(.rcp) : .null))
        policies.append(("endpoint", dice.chance(15) ? document(.endpoint, allowing: 80) : .null))
        if action.hasPrefix("s3:") && dice.chance(45) { policies.append(("s3", makeBucket())) }
        if isKMS && dice.chance(55) {
            policies.append(("kmsGrants", .array((0...dice.below(2)).map { _ in makeGrant() })))
        }
        return .object(policies)
    }

    private mutating func levels(_ place: Place) -> Tree {
        let full = Tree.object([("Effect", .string("Allow")), ("Action", .string("*")), ("Resource", .string("*"))])
        let statement = place == .rcp ? full.with("Principal", .string("*")) : full
        let fullAccess = Tree.object([("Version", .string("2012-10-17")), ("Statement", .array([statement]))])
        return .array(
            (0...dice.below(3)).map { _ in
                if dice.chance(4) { return .array([]) }
                // RCPFullAWSAccess is always there; FullAWSAccess may have been detached.
                var policies = place == .rcp || dice.chance(75) ? [fullAccess] : []
                if policies.isEmpty || dice.chance(35) {
                    policies.append(document(place, allowing: place == .rcp ? 0 : 60))
                }
                return .array(policies)
            })
    }

    /// - Parameter allowing: How many times in a hundred a statement is written to allow what is asked.
    private mutating func document(_ place: Place, allowing: Int) -> Tree {
        var members: [(name: String, value: Tree)] = []
        let version = dice.below(100)
        if version < 85 { members.append(("Version", .string("2012-10-17"))) }
        if version > 94 { members.append(("Version", .string("2008-10-17"))) }
        var statements = (0..<dice.below(3)).map { _ in statement(place, isNear: dice.chance(50), isDeny: nil) }
        if dice.chance(allowing) { statements.append(statement(place, isNear: true, isDeny: false)) }
        if statements.isEmpty && dice.chance(90) { statements.append(statement(place, isNear: true, isDeny: nil)) }
        if statements.count == 2 && dice.chance(50) { statements.swapAt(0, 1) }
        let isSingle = statements.count == 1 && dice.chance(25)
        members.append(("Statement", isSingle ? statements[0] : .array(statements)))
        return .object(members)
    }

    /// - Parameter isNear: Written to match what is asked, most of the time.
    private mutating func statement(_ place: Place, isNear: Bool, isDeny: Bool?) -> Tree {
        let isDeny = place == .rcp || (isDeny ?? dice.chance(35))
        var members: [(name: String, value: Tree)] = [("Effect", .string(isDeny ? "Deny" : "Allow"))]
        if place == .resource || place == .endpoint {
            if isDeny && dice.chance(12) {
                members.append(("NotPrincipal", notPrincipal()))
            } else {
                members.append(("Principal", principal(isNear: isNear)))
            }
        } else if place == .rcp {
            members.append(("Principal", dice.chance(50) ? .string("*") : .object([("AWS", .string("*"))])))
        }
        if place != .rcp && dice.chance(isNear ? 8 : 20) {
            members.append(("NotAction", list { $0.actionPattern(isNear: !isNear) }))
        } else {
            members.append(("Action", list { $0.actionPattern(isNear: isNear) }))
        }
        if !(isTrust && place == .resource) || dice.chance(4) {
            if dice.chance(isNear ? 8 : 20) {
                members.append(("NotResource", list { $0.resourcePattern(place, isNear: !isNear) }))
            } else {
                members.append(("Resource", list { $0.resourcePattern(place, isNear: isNear) }))
            }
        }
        if dice.chance(isDeny ? 70 : 40) { members.append(("Condition", condition(isNear: isNear))) }
        return .object(members)
    }

    private mutating func list(_ make: (inout CaseGenerator) -> String) -> Tree {
        if dice.chance(60) { return .string(make(&self)) }
        return .array((0...dice.below(2)).map { _ in .string(make(&self)) })
    }

    private mutating func actionPattern(isNear: Bool) -> String {
        guard isNear || dice.chance(15) else { return dice.pick(Words.otherActions) }
        let halves = action.split(separator: ":").map(String.init)
        let letter = halves[1].first.map(String.init) ?? ""
        return dice.pick(
            action, action, "*", halves[0] + ":*", halves[0] + ":" + letter + "*",
            halves[0].uppercased() + ":" + halves[1],
            halves[0] + ":?" + halves[1].dropFirst(), halves[0] + ":" + halves[1].lowercased() + "*", action + "?",
            halves[0] + ":" + String(halves[1].dropLast()), "*:" + halves[1], halves[0].dropLast() + "?:*", action + " "
        )
    }

    private mutating func resourcePattern(_ place: Place, isNear: Bool) -> String {
        if dice.chance(isNear ? 35 : 8) { return "*" }
        guard resource != "*", isNear || dice.chance(20) else { return dice.pick(Words.otherResources) }
        var fields = resource.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        switch dice.below(14) {
        case 0: fields[5] += "*"
        case 1: fields[5] = "*"
        case 2: fields[5] = "b1/*"
        case 3: fields[5] = "?" + fields[5].dropFirst()
        case 4: fields[3] = "*"
        case 5: fields[4] = "*"
        case 6: (fields[1], fields[5]) = ("*", "*" + String(fields[5].suffix(1)))
        case 7, 8: fields[5] = dice.pick("b1/", "b1/", "", "role/") + dice.pick(Words.variables)
        case 9: fields[5] = dice.pick("b1/?", "b1/??", "b1/*/x", "b1/*x*", "*" + fields[5])
        case 10 where place != .rcp: return short(fields, place)
        case 11: fields[5] = fields[5].uppercased()
        case 12: fields[5] = dice.pick(Words.variables) + "*"
        default: break
        }
        return fields.joined(separator: ":")
    }

    /// An ARN of fewer than six parts. SCPs take them only if they end in `*`.
    private mutating func short(_ fields: [String], _ place: Place) -> String {
        let start = fields[..<3].joined(separator: ":")
        if place == .scp { return start + dice.pick(":*", "*", "::*") }
        return dice.pick(
            start, start + ":*", start + "*", start + "::*", "arn:*", "arn:aws:*", "arn:aws:?\(fields[2].dropFirst())")
    }
}
