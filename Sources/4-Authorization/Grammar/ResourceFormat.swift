/// What a Resource entry must look like to be stored.
enum ResourceFormat {
    private static let partitions: Set<String> = [
        "aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc",
        // Alone, as in policies that AWS publishes; not within a name.
        "*",
    ]
    private static let iamPaths = [
        "user/", "federated-user/", "role/", "group/", "instance-profile/", "mfa/", "server-certificate/", "policy/",
        "sms-mfa/", "saml-provider/", "oidc-provider/", "report/", "access-report/",
    ]

    /// The fault of the document: of the first faulty entry in alphabetical order within the last faulty statement.
    static func firstFault(in document: PolicyDocument, kind: PolicyKind) -> PolicyError? {
        guard kind != .trust else { return nil }
        for statement in document.statements.reversed() {
            for resource in (statement.resource ?? statement.notResource ?? []).sorted() {
                if let message = fault(resource) {
                    return PolicyError(message: message, offset: statement.range.lowerBound)
                }
            }
        }
        return nil
    }

    /// What is wrong with one entry; nil if nothing is.
    static func fault(_ resource: String) -> String? {
        guard resource != "*" else { return nil }
        let parts = resource.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard parts.count > 1 else { return "Resource \(resource) must be in ARN format or \"*\"." }
        guard partitions.contains(parts[1]) else {
            var rest = parts.dropFirst(2).map { $0 }
            if rest.count <= 1, rest.first?.isEmpty != false { rest = ["*"] }
            while rest.count < 4 { rest.append("*") }
            let arn = "arn:" + ([parts[1]] + rest).joined(separator: ":")
            return "Partition \"\(parts[1])\" is not valid for resource \"\(arn)\"."
        }
        guard parts.count > 2 else { return "Resource vendor must be fully qualified and cannot contain regexes." }
        let isWild = parts[2].utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
        guard !isWild else { return "Resource vendor must be fully qualified and cannot contain regexes." }
        return serviceFault(parts, resource)
    }

    private static func serviceFault(_ parts: [String], _ resource: String) -> String? {
        guard parts.count == 6 else { return nil }
        let last = parts[5]
        switch parts[2] {
        case "iam":
            guard parts[3].isEmpty else {
                return "IAM resource \(resource) cannot contain region information."
            }
            guard iamPaths.contains(where: { canBegin(last, with: $0) }) || last == "root" else {
                return "IAM resource path must either be \"*\" or start with \(iamPaths.joined(separator: ", "))."
            }
        case "s3":
            let regional = [
                "accesspoint/", "job/", "storage-lens/", "access-grants/", "storage-lens-group/", "async-request/",
            ]
            guard parts[3].isEmpty || regional.contains(where: { canBegin(last, with: $0) }) else {
                return "Resource \(resource) can not contain region information."
            }
        case "route53":
            guard parts[3].isEmpty else { return "Resource \(resource) can not contain region information." }
            guard parts[4].isEmpty else { return "Resource \(resource) cannot contain an account id." }
        default: break
        }
        return nil
    }

    /// True if a text that matches `pattern` may begin with `start`.
    private static func canBegin(_ pattern: String, with start: String) -> Bool {
        let literal = pattern.utf8.prefix { ![UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "$")].contains($0) }
        return literal.count < pattern.utf8.count
            ? start.utf8.starts(with: literal) || literal.starts(with: start.utf8) : literal.starts(with: start.utf8)
    }

    /// The old parser: an entry with an empty part needs all six, and a service must be named.
    static func passesOldParser(_ resource: String) -> Bool {
        guard resource != "*" else { return true }
        let parts = resource.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let hasEmptyMiddle = parts.dropFirst().dropLast().contains { $0.isEmpty }
        return (parts.count >= 6 || !hasEmptyMiddle) && parts.count > 2 && !parts[2].isEmpty
    }
}
