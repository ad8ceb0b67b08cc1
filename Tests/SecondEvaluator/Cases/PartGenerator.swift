/// Principals, conditions, and what S3 and KMS add.
extension CaseGenerator {
    private mutating func name(isNear: Bool) -> (kind: String, name: String) {
        let account = caller["account"]?.string ?? Words.own
        if isNear, let service = caller["service"]?.string, dice.chance(60) { return ("Service", service) }
        if isNear, let provider = caller["provider"]?.string, dice.chance(60) { return ("Federated", provider) }
        if isNear {
            let arn = caller["arn"]?.string ?? "*"
            let parent = (caller["roleArn"] ?? caller["userArn"])?.string ?? arn
            return ("AWS", dice.pick(arn, arn, parent, parent, account, "arn:aws:iam::\(account):root", "*"))
        }
        return dice.pick([
            ("AWS", Words.own), ("AWS", Words.third), ("AWS", "arn:aws:iam::444455556666:root"),
            ("AWS", "arn:aws:iam::111122223333:user/alice"), ("AWS", "arn:aws:sts::111122223333:assumed-role/app/s1"),
            ("AWS", "arn:aws:iam::111122223333:role/app"), ("AWS", "arn:aws:iam::111122223333:user/Alice"),
            ("Service", "sns.amazonaws.com"), ("Federated", "accounts.google.com"),
            ("Federated", "arn:aws:iam::111122223333:saml-provider/Corp"), ("AWS", "AIDAEXAMPLEEXAMPLE12"),
            ("CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"),
        ])
    }

    mutating func principal(isNear: Bool) -> Tree {
        if dice.chance(isNear ? 15 : 3) { return .string("*") }
        let (kind, first) = name(isNear: isNear)
        if dice.chance(60) { return .object([(kind, .string(first))]) }
        let (otherKind, second) = name(isNear: dice.chance(30))
        if kind == otherKind { return .object([(kind, .array([.string(second), .string(first)]))]) }
        return .object([(otherKind, .array([.string(second)])), (kind, .string(first))])
    }

    /// Everyone but some, the caller often among them.
    mutating func notPrincipal() -> Tree {
        guard let arn = caller["arn"]?.string, let account = caller["account"]?.string, dice.chance(70) else {
            let (kind, name) = name(isNear: false)
            return .object([(kind, .string(name))])
        }
        var names = [arn, "arn:aws:iam::\(account):root"]
        if let parent = (caller["roleArn"] ?? caller["userArn"])?.string { names.append(parent) }
        if dice.chance(30) { names.remove(at: dice.below(names.count)) }
        return .object([("AWS", .array(names.map(Tree.string)))])
    }

    mutating func condition(isNear: Bool) -> Tree {
        var operators: [(name: String, value: Tree)] = []
        for _ in 0...dice.below(2) {
            let key = dice.pick(Keys.all)
            let family =
                dice.chance(92)
                ? key.families[0] : dice.pick("String", "Numeric", "Date", "Bool", "Binary", "Ip", "Arn")
            let name = operatorName(family, isMultivalued: key.isMultivalued)
            guard !operators.contains(where: { $0.name == name }) else { continue }
            let count = dice.chance(60) ? 1 : 1 + dice.below(3)
            let operands = (0..<count).map { _ in operand(name, key) }
            let value = count == 1 && dice.chance(70) ? operands[0] : Tree.array(operands)
            let keyName = dice.chance(15) ? changedCase(key.name) : key.name
            operators.append((name, .object([(keyName, value)])))
        }
        return .object(operators)
    }

    private mutating func operatorName(_ family: String, isMultivalued: Bool) -> String {
        if dice.chance(8) { return "Null" }
        let names = Condition.names.filter { $0.hasPrefix(family) || (family == "Ip" && $0.hasSuffix("IpAddress")) }
        let prefix = dice.chance(isMultivalued ? 80 : 10) ? dice.pick("ForAllValues:", "ForAnyValue:") : ""
        return prefix + dice.pick(names) + (dice.chance(20) ? "IfExists" : "")
    }

    private mutating func operand(_ name: String, _ key: Keys) -> Tree {
        if name == "Null" { return dice.chance(20) ? .bool(dice.chance(50)) : .string(dice.pick(Words.booleans)) }
        // What the request holds, that the condition may well be met.
        if dice.chance(35), let found = context.first(where: { $0.name.isText(ignoringCase: key.name) }) {
            let value = dice.pick(found.value.list)
            if !(value.string ?? "").contains("$") || name.contains("String") { return value }
        }
        let operand = Condition(name)
        if operand.name.hasPrefix("Numeric") && dice.chance(10) {
            return .number(dice.pick("1", "10", "-1", "0.1", "1e1", "1.0"))
        }
        if operand.name == "Bool" && dice.chance(20) { return .bool(dice.chance(50)) }
        let words =
            switch operand.name {
            case _ where operand.name.hasPrefix("Numeric"): Words.numbers
            case _ where operand.name.hasPrefix("Date"): Words.dates
            case "Bool": Words.booleans
            case "BinaryEquals": Words.binaries
            case _ where operand.name.hasSuffix("IpAddress"): Words.networks
            case _ where operand.name.hasPrefix("Arn"): dice.chance(50) ? Words.arnPatterns : Words.arns
            default: dice.chance(40) ? Words.textPatterns : key.values
            }
        return .string(dice.pick(words))
    }

    mutating func makeBucket() -> Tree {
        var members: [(name: String, value: Tree)] = []
        if dice.chance(80) {
            members.append(
                ("ownership", .string(dice.pick("ObjectWriter", "BucketOwnerPreferred", "BucketOwnerEnforced"))))
        }
        if dice.chance(30) { members.append(("objectOwner", .string(dice.pick(Words.own, Words.other, Words.third)))) }
        if dice.chance(60) { members.append(("objectAcl", .array((0...dice.below(2)).map { _ in aclGrant() }))) }
        if dice.chance(60) { members.append(("bucketAcl", .array((0...dice.below(2)).map { _ in aclGrant() }))) }
        if dice.chance(45) {
            let names = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
            members.append(("bpa", .object(names.filter { _ in dice.chance(50) }.map { ($0, .bool(dice.chance(80))) })))
        }
        return .object(members)
    }

    private mutating func aclGrant() -> Tree {
        let permission = dice.pick("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")
        let groups = "http://acs.amazonaws.com/groups/"
        let grantee: (String, String) =
            dice.chance(45)
            ? ("account", dice.pick(Words.own, Words.other, Words.other, Words.third))
            : (
                "uri",
                groups + dice.pick("global/AllUsers", "global/AuthenticatedUsers", "global/AllUsers", "s3/LogDelivery")
            )
        return .object([("permission", .string(permission)), (grantee.0, .string(grantee.1))])
    }

    mutating func makeGrant() -> Tree {
        let (_, grantee) = name(isNear: dice.chance(75))
        let operation = String(action.dropFirst(4))
        let operations =
            dice.chance(75)
            ? [operation] : dice.pick([["Decrypt", "Encrypt"], ["DescribeKey"], ["RetireGrant", "Decrypt"]])
        var members: [(name: String, value: Tree)] = [
            ("grantee", .string(grantee == "*" ? "arn:aws:iam::111122223333:user/alice" : grantee)),
            ("operations", .array(operations.map(Tree.string))),
        ]
        if dice.chance(40) {
            let name = dice.pick("encryptionContextSubset", "encryptionContextEquals")
            let pairs = makeEncryptionContext()
            // What an empty constraint means is not documented.
            if !pairs.members.isEmpty { members.append(("constraints", .object([(name, pairs)]))) }
        }
        if dice.chance(40) {
            let (_, retiring) = self.name(isNear: dice.chance(60))
            if retiring != "*" { members.append(("retiringPrincipal", .string(retiring))) }
        }
        if dice.chance(50) { members.append(("issuingAccount", .string(dice.pick(Words.own, Words.other)))) }
        return .object(members)
    }
}
