/// Whether a document may be stored, in as far as the specification's section 2 says so; which message refuses it, it does not.
public func isValidDocument(_ text: String, as type: String) -> Bool {
    // 2.1: the character set of documents.
    let isPlain = text.unicodeScalars.allSatisfy {
        [0x9, 0xA, 0xD].contains($0.value) || (0x20...0xFF).contains($0.value)
    }
    guard isPlain, let tree = Tree(text) else { return false }
    return Grammar(type: type).accepts(tree)
}

private struct Grammar {
    let type: String

    /// Where principals are named. 2.2.
    var namesPrincipals: Bool { ["resource", "trust", "rcp", "endpoint"].contains(type) }

    func accepts(_ document: Tree) -> Bool {
        guard case .object(let members) = document, hasOnly(["Version", "Id", "Statement"], members) else {
            return false
        }
        let version = members.first { $0.name == "Version" }?.value
        switch version?.string {
        case nil: guard version == nil, type != "managed" else { return false }
        case "2012-10-17": break
        case "2008-10-17": guard type != "managed" else { return false }
        default: return false
        }
        guard let statements = document["Statement"]?.list else { return false }
        let names = statements.compactMap { $0["Sid"]?.string }.filter { !$0.isEmpty }
        return statements.allSatisfy(acceptsStatement) && Set(names).count == names.count
    }

    /// Known names, each of them once. 2.1.
    private func hasOnly(_ known: [String], _ members: [(name: String, value: Tree)]) -> Bool {
        members.allSatisfy { known.contains($0.name) } && Set(members.map(\.name)).count == members.count
    }

    private func acceptsStatement(_ statement: Tree) -> Bool {
        let known = [
            "Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
        ]
        guard case .object(let members) = statement, hasOnly(known, members) else { return false }
        func has(_ name: String) -> Bool { members.contains { $0.name == name } }
        let effect = statement["Effect"]?.string
        guard effect == "Allow" || effect == "Deny", has("Action") != has("NotAction") else { return false }
        guard
            has("Principal") || has("NotPrincipal")
                ? namesPrincipals && has("Principal") != has("NotPrincipal") : !namesPrincipals
        else { return false }
        if has("NotPrincipal") && (type == "trust" || effect == "Allow") { return false }
        let hasResource = has("Resource") || has("NotResource")
        guard type == "trust" ? !hasResource : has("Resource") != has("NotResource") else { return false }
        if type == "rcp",
            effect == "Allow" || has("NotAction") || has("NotPrincipal") || !isEveryone(statement["Principal"])
        {
            return false
        }
        return members.allSatisfy { acceptsElement($0.name, $0.value) }
    }

    private func isEveryone(_ principal: Tree?) -> Bool {
        principal?.string == "*" || (principal?.members.count == 1 && principal?["AWS"]?.string == "*")
    }

    private func acceptsElement(_ name: String, _ value: Tree) -> Bool {
        func each(_ accepts: (String) -> Bool) -> Bool {
            let texts = value.list.compactMap(\.string)
            return !texts.isEmpty && texts.count == value.list.count && texts.allSatisfy(accepts)
        }
        switch name {
        case "Sid":
            // 2.2 has no underscore; moto's cases, which are vectors too, do.
            guard let text = value.string else { return false }
            let isWord = text.utf8.allSatisfy {
                Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_".utf8).contains($0)
            }
            return type == "resource" || isWord
        case "Principal", "NotPrincipal":
            if value.string == "*" { return true }
            guard case .object(let members) = value, !members.isEmpty else { return false }
            return hasOnly(["AWS", "Service", "Federated", "CanonicalUser"], members)
                && members.allSatisfy { kind, names in
                    !names.list.isEmpty
                        && names.list.allSatisfy {
                            $0.string.map { kind == "AWS" ? isPrincipal($0) : !$0.isEmpty } ?? false
                        }
                }
        case "Action", "NotAction": return each(acceptsAction)
        case "Resource", "NotResource": return each(acceptsResource)
        case "Condition": return acceptsCondition(value)
        default: return true
        }
    }

    /// 2.3.
    private func isPrincipal(_ name: String) -> Bool {
        if name == "*" { return true }
        guard !name.contains("*"), !name.contains("?") else { return false }
        let isNumber = name.utf8.count == 12 && name.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if isNumber || name.hasPrefix("AIDA") || name.hasPrefix("AROA") { return true }
        let parts = name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6, parts[0] == "arn" else { return false }
        switch parts[2] {
        case "iam": return parts[5] == "root" || parts[5].hasPrefix("user/") || parts[5].hasPrefix("role/")
        case "sts": return parts[5].hasPrefix("assumed-role/") || parts[5].hasPrefix("federated-user/")
        default: return false
        }
    }

    private func acceptsAction(_ text: String) -> Bool {
        if text == "*" { return type != "rcp" && type != "trust" }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[0].contains(" ") else { return false }
        let prefix = parts[0].lowercased()
        switch type {
        case "rcp": return rcpServices.contains(prefix)
        case "trust":
            let names = ["assumerole", "tagsession", "setsourceidentity", "setcontext"]
            return prefix == "sts" && (parts[1] == "*" || names.contains { parts[1].lowercased().hasPrefix($0) })
        default: return true
        }
    }

    /// 2.5 and 3.3.
    private func acceptsResource(_ text: String) -> Bool {
        if text == "*" { return true }
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        let partitions = ["aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc"]
        guard parts.count >= 3, parts[0] == "arn", partitions.contains(parts[1]), !parts[2].isEmpty,
            !parts[2].contains("*"), !parts[2].contains("?")
        else { return false }
        guard parts.count == 6 else { return type == "scp" && text.hasSuffix("*") }
        return parts[2] != "iam" || parts[3].isEmpty
    }

    private func acceptsCondition(_ tree: Tree) -> Bool {
        guard case .object(let operators) = tree, Set(operators.map(\.name)).count == operators.count else {
            return false
        }
        return operators.allSatisfy { name, keys in
            let condition = Condition(name)
            let isKnown =
                Condition.names.contains(condition.name) || (condition.name == "Null" && !condition.isIfExists)
            guard isKnown, case .object(let members) = keys, Set(members.map(\.name)).count == members.count else {
                return false
            }
            return members.allSatisfy { _, value in
                value.list.allSatisfy { $0.scalar.map { acceptsOperand($0, condition.name) } ?? false }
            }
        }
    }

    /// 2.4: session policies may hold what IAM does not store, but for malformed base64.
    private func acceptsOperand(_ text: String, _ name: String) -> Bool {
        if name == "BinaryEquals" { return isCanonicalBase64(text) }
        if type == "session" || text.contains("${") { return true }
        if name.hasPrefix("Numeric") { return Decimal(text) != nil }
        if name.hasPrefix("Date") { return Instant(text) != nil }
        if name.hasPrefix("Arn") { return text.split(separator: ":", omittingEmptySubsequences: false).count >= 6 }
        guard name.hasSuffix("IpAddress") else { return true }
        guard let network = Network(text) else { return false }
        return network.bits.count == 32 || !network.bits[network.length...].contains(true)
    }
}

/// The services whose actions an RCP may name. 2.4.
private let rcpServices = Set(
    """
    aoss appconfig appstream autoscaling autoscaling-plans budgets clouddirectory cloudfront cloudsearch cloudtrail-
    data codeartifact codebuild codecommit codepipeline cognito-identity cognito-idp comprehend comprehendmedical
    compute-optimizer cost-optimization-hub dax dsql dynamodb ecr ecr-public events firehose fis fms gamelift health
    inspector-scan kendra kinesisvideo kms logs memorydb networkmonitor notifications opensearch pca-connector-ad
    personalize polly pricing resource-groups rolesanywhere s3 secretsmanager servicediscovery signin sqs sts
    support swf textract timestream-influxdb transcribe transfer translate wafv2 workspaces xray
    """.split(whereSeparator: \.isWhitespace).map(String.init))
