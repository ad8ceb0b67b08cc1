import Door
import Formats
import S3API
import Smithy

/// What a website configuration must keep to.
/// - Source: S3 API Reference, "PutBucketWebsite"; S3 User Guide, "Configuring a webpage redirect"; the words as S3 was seen to
///   answer (Ceph's s3-tests, LocalStack's validated tests, versitygw issue 2260).
final class WebsiteSettings: Sendable {
    let configuration: S3.WebsiteConfiguration
    /// What its visitors get.
    let plan: Website.Plan

    init(_ configuration: S3.WebsiteConfiguration) {
        self.configuration = configuration
        plan = Website.Plan(configuration)
    }

    private static let mostRules = 50
    /// Bytes of all names, keys and hosts; S3 limits its document to as many.
    private static let sizeLimit = 128 * 1024

    private var rules: [S3.RoutingRule] { configuration.routingRules ?? [] }
    var isWithinLimits: Bool { rules.count <= WebsiteSettings.mostRules && size <= WebsiteSettings.sizeLimit }

    private var size: Int {
        let texts = [
            configuration.indexDocument?.suffix, configuration.errorDocument?.key,
            configuration.redirectAllRequestsTo?.hostName,
        ]
        let ofRules = rules.flatMap { rule in
            [
                rule.condition?.keyPrefixEquals, rule.condition?.httpErrorCodeReturnedEquals, rule.redirect.hostName,
                rule.redirect.replaceKeyWith, rule.redirect.replaceKeyPrefixWith, rule.redirect.httpRedirectCode,
            ]
        }
        return (texts + ofRules).reduce(0) { $0 + ($1?.utf8.count ?? 0) }
    }

    func check() throws {
        guard size <= WebsiteSettings.sizeLimit else {
            throw S3.MaxMessageLengthExceeded(
                message: "Your request was too large.",
                fields: [.init("MaxMessageLengthBytes", "\(WebsiteSettings.sizeLimit)")])
        }
        if let all = configuration.redirectAllRequestsTo { return try check(all) }
        guard let index = configuration.indexDocument else {
            throw Refused.argument(
                "IndexDocument", "null",
                "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty")
        }
        guard !index.suffix.isEmpty, !index.suffix.contains("/") else {
            throw Refused.argument("IndexDocument", index.suffix, "The IndexDocument Suffix is not well formed")
        }
        if let error = configuration.errorDocument {
            guard !error.key.isEmpty else { throw Refused.malformedXML }
            try ObjectKey.check(error.key)
        }
        guard configuration.routingRules?.isEmpty != true else { throw Refused.malformedXML }
        guard rules.count <= WebsiteSettings.mostRules else {
            throw S3.InvalidRequest(
                message:
                    "\(rules.count) routing rules provided, the number of routing rules in a website configuration "
                    + "is limited to \(WebsiteSettings.mostRules).")
        }
        for rule in rules { try check(rule) }
    }

    private func check(_ all: S3.RedirectAllRequestsTo) throws {
        guard configuration.indexDocument == nil, configuration.errorDocument == nil, configuration.routingRules == nil
        else {
            throw Refused.argument(
                "RedirectAllRequestsTo", "not null",
                "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.")
        }
        guard !all.hostName.isEmpty else {
            throw S3.InvalidRequest(
                message: "A host name must be provided to redirect all requests (e.g. \"example.com\").")
        }
        try check(host: all.hostName)
    }

    private func check(_ rule: S3.RoutingRule) throws {
        let redirect = rule.redirect
        if let condition = rule.condition {
            guard condition.keyPrefixEquals != nil || condition.httpErrorCodeReturnedEquals != nil else {
                throw S3.InvalidRequest(
                    message: "Condition cannot be empty. To redirect all requests without a condition, the condition "
                        + "element shouldn't be present.")
            }
            if let code = condition.httpErrorCodeReturnedEquals {
                try check(code, within: 400..<600, "The provided HTTP error code", "Valid codes are 4XX or 5XX.")
            }
        }
        guard
            redirect.hostName != nil || redirect.httpRedirectCode != nil || redirect.protocol != nil
                || redirect.replaceKeyWith != nil || redirect.replaceKeyPrefixWith != nil
        else { throw Refused.malformedXML }
        if let code = redirect.httpRedirectCode {
            try check(code, within: 301..<400, "The provided HTTP redirect code", "Valid codes are 3XX except 300.")
        }
        guard redirect.replaceKeyWith == nil || redirect.replaceKeyPrefixWith == nil else {
            throw S3.InvalidRequest(message: "You can only define ReplaceKeyPrefix or ReplaceKey but not both.")
        }
        if let host = redirect.hostName {
            guard !host.isEmpty else {
                throw S3.InvalidRequest(
                    message:
                        "The HostName cannot be blank. To redirect within the same domain, the element should not be "
                        + "present.")
            }
            try check(host: host)
        }
    }

    private func check(_ code: String, within codes: Range<Int>, _ what: String, _ valid: String) throws {
        guard code.utf8.count <= 9, let number = Int(code) else {
            throw S3.MalformedXML(message: "\(what) is not valid. It should be a string containing a number.")
        }
        guard codes.contains(number) else {
            throw S3.InvalidRequest(message: "\(what) (\(code)) is not valid. \(valid)")
        }
    }

    /// What a header line could not hold would send visitors elsewhere than it says.
    private func check(host: String) throws {
        guard host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw S3.InvalidRequest(message: "The HostName has characters that no host name has.")
        }
    }
}
