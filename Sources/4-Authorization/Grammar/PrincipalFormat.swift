/// Which principals may be stored.
/// - Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
enum PrincipalFormat {
    private static let federatedServices: Set<String> = [
        "cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com",
    ]

    static func validate(_ statement: PolicyStatement, kind: PolicyKind) throws(PolicyError) {
        guard let element = statement.principal ?? statement.notPrincipal else {
            throw PolicyError(message: "Missing required field Principal", offset: statement.range.lowerBound)
        }
        if statement.notPrincipal != nil {
            guard kind != .trust else {
                throw PolicyError(
                    message: "AssumeRolePolicy may not contain NotPrincipal.", offset: statement.range.lowerBound)
            }
            guard statement.effect == "Deny" else {
                throw PolicyError(
                    message: "Allow with NotPrincipal is not allowed.", offset: statement.range.lowerBound)
            }
        }
        guard element.isBareStar || !element.mentions.isEmpty else {
            throw PolicyError(
                message: "Missing required field Principal cannot be empty!", offset: statement.range.lowerBound)
        }
        for mention in element.mentions where !isValid(mention, kind: kind) {
            throw PolicyError(
                message: "Invalid principal in policy: \"\(mention.kind.rawValue)\":\"\(mention.value)\"",
                offset: mention.range.lowerBound)
        }
    }

    private static func isValid(_ mention: PrincipalElement.Mention, kind: PolicyKind) -> Bool {
        let value = mention.value
        switch mention.kind {
        case .aws: return isValidAWS(value)
        case .service:
            return value.utf8.contains(UInt8(ascii: "."))
                && value.utf8.allSatisfy { byte in
                    ActionFormat.isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
                }
        case .federated: return federatedServices.contains(value) || isProvider(value)
        case .canonicalUser: return kind == .resource(service: "s3") && !value.isEmpty
        }
    }

    private static func isValidAWS(_ value: String) -> Bool {
        switch PrincipalPattern(aws: value) {
        case .everyone, .account: return true
        case .uniqueID(let id):
            return id.utf8.count >= 16 && (id.hasPrefix("AIDA") || id.hasPrefix("AROA"))
                && id.utf8.allSatisfy(ActionFormat.isAlphanumeric)
        case .arn(let arn): return isIdentity(arn)
        case .service, .federated, .canonicalUser: return false
        }
    }

    /// A user, role, role session or federated user, without wildcards.
    private static func isIdentity(_ arn: String) -> Bool {
        guard let (service, resource) = taken(arn) else { return false }
        return service == "iam" && (resource.hasPrefix("user/") || resource.hasPrefix("role/"))
            || service == "sts" && (resource.hasPrefix("assumed-role/") || resource.hasPrefix("federated-user/"))
    }

    private static func isProvider(_ arn: String) -> Bool {
        guard let (service, resource) = taken(arn) else { return false }
        return service == "iam" && (resource.hasPrefix("oidc-provider/") || resource.hasPrefix("saml-provider/"))
    }

    private static func taken(_ arn: String) -> (service: String, resource: String)? {
        guard !arn.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 <= 0x20 }) else {
            return nil
        }
        let parts = arn.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].elementsEqual("arn".utf8), parts[3].isEmpty,
            PrincipalPattern.isAccount(parts[4]),
            !parts[1].isEmpty
        else { return nil }
        return (String(Substring(parts[2])), String(Substring(parts[5])))
    }
}
