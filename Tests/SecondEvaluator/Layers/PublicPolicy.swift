/// Whether a bucket policy is public. Specification 7, last point.
func isPublic(_ policy: Tree) -> Bool {
    Statement.all(of: policy).contains { statement in
        !statement.isDeny && (statement.principal.map(isOpen) ?? false)
            && !statement.conditions.contains { isPin($0.operator, $0.key, $0.operands) }
    }
}

private func isOpen(_ principal: Tree) -> Bool {
    if principal.string == "*" { return true }
    return principal.members.contains { kind, names in
        names.list.compactMap(\.string).contains {
            $0 == "*" || (kind == "Federated" && !$0.contains(":saml-provider/"))
        }
    }
}

/// Whether a condition holds a key to fixed values: it must be met, and each of its operands is fixed.
private func isPin(_ name: String, _ key: String, _ operands: [String]) -> Bool {
    let condition = Condition(name)
    guard !condition.isIfExists, condition.quantifier != .all, !operands.isEmpty else { return false }
    let keys = [
        "aws:SourceVpc", "aws:SourceVpce", "aws:SourceOwner", "aws:SourceAccount", "aws:userid", "aws:PrincipalOrgID",
        "aws:SourceArn", "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:DataAccessPointAccount",
        "s3:DataAccessPointArn",
    ]
    if key.isText(ignoringCase: "aws:SourceIp") {
        return condition.name == "IpAddress" && operands.allSatisfy(isNarrow)
    }
    let positive = ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"]
    guard positive.contains(condition.name), keys.contains(where: { $0.isText(ignoringCase: key) }) else {
        return false
    }
    return operands.allSatisfy { operand in
        var text = operand
        if key.isText(ignoringCase: "s3:DataAccessPointArn"), text.hasSuffix(":accesspoint/*") { text.removeLast() }
        return !text.contains("*") && !text.contains("?") && !text.contains("${")
    }
}

private func isNarrow(_ operand: String) -> Bool {
    guard let network = Network(operand) else { return false }
    return network.length >= (network.bits.count == 32 ? 8 : 32)
}
