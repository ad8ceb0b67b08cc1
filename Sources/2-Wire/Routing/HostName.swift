import AWS

/// What a `Host` tells: the endpoint's name, a Region, and a bucket or account before it.
final class HostName: Sendable {
    /// An endpoint prefix: `iam`, `s3`, `s3-control`. Nil for a bare address such as `localhost` or an IP.
    let endpoint: String?
    let region: Region?
    /// What stands before the endpoint: a bucket, or twelve digits.
    let label: String?

    private static let publicSuffixes = [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"]

    /// - Parameters:
    ///   - host: without port or brackets, any case.
    ///   - baseHosts: names under which this server answers, such as `localhost`.
    ///   - endpoints: the endpoint prefixes of the services.
    convenience init(_ host: String, baseHosts: [String], endpoints: Set<String>) {
        let host = host.lowercased()
        for suffix in HostName.publicSuffixes where host.hasSuffix(suffix) {
            self.init(host.dropLast(suffix.count).split(separator: "."), endpoints, isPublic: true)
            return
        }
        if let rest = HostName.beforeAddress(host) {
            self.init(label: rest.isEmpty ? nil : rest)
            return
        }
        for base in baseHosts where host.hasSuffix("." + base) {
            self.init(host.dropLast(base.count + 1).split(separator: "."), endpoints, isPublic: false)
            return
        }
        self.init()
    }

    init(endpoint: String? = nil, region: Region? = nil, label: String? = nil) {
        (self.endpoint, self.region, self.label) = (endpoint, region, label)
    }

    /// Whether the label names an access point of S3 and its account.
    /// - Source: S3 User Guide, "Virtual hosting of buckets"; S3 endpoints of the AWS General Reference.
    var isAccessPoint: Bool { endpoint == "s3-accesspoint" || endpoint == "s3-accesspoint-fips" }

    /// No host at all, or one that does not matter.
    static let none = HostName()

    /// Reads from the right: Region, endpoint, then all that is left is one label, dots included.
    private convenience init(_ all: [Substring], _ endpoints: Set<String>, isPublic: Bool) {
        var labels = all[...]
        var (endpoint, region): (String?, Region?)
        if let last = labels.last, let named = Region(last) {
            region = named
            labels.removeLast()
        }
        if let last = labels.last, last == "dualstack" || last == "fips" { labels.removeLast() }
        if let last = labels.last, let found = HostName.endpoint(last, endpoints) {
            endpoint = found.name
            region = region ?? found.region
            labels.removeLast()
        } else if isPublic, let last = labels.last {
            endpoint = String(last)
            labels.removeLast()
        }
        self.init(
            endpoint: endpoint, region: region, label: labels.isEmpty ? nil : labels.joined(separator: "."))
    }

    /// `s3-us-west-2` and `iam-fips` are older ways to write an endpoint.
    private static func endpoint(_ label: Substring, _ endpoints: Set<String>) -> (name: String, region: Region?)? {
        if endpoints.contains(String(label)) { return (String(label), nil) }
        if label.hasSuffix("-fips"), endpoints.contains(String(label.dropLast(5))) {
            return (String(label.dropLast(5)), nil)
        }
        if label.hasPrefix("s3-"), endpoints.contains("s3"), let region = Region(label.dropFirst(3)) {
            return ("s3", region)
        }
        return nil
    }

    /// What precedes an IPv4 address, without its dot; empty for an address alone or IPv6, nil for a name.
    private static func beforeAddress(_ host: String) -> String? {
        if host.contains(":") { return "" }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 4, labels.suffix(4).allSatisfy({ UInt8($0) != nil }) else { return nil }
        return labels.dropLast(4).joined(separator: ".")
    }
}
