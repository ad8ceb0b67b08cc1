import AWS

/// What a `Host` tells: the endpoint's name, a Region, and a bucket or account before it.
final class HostName: Sendable {
    /// An endpoint prefix: `iam`, `s3`, `s3-control`. Nil for a bare address such as `localhost` or an IP.
    let endpoint: String?
    let region: Region?
    /// What stands before the endpoint: a bucket, or twelve digits.
    let label: String?
    /// The same for requests to S3. Below a name of this server's own, only S3's endpoints come off: `iam`, `fips` and
    /// `eu-west-1` are buckets there, as good as any.
    let bucket: String?
    /// Whether it is where buckets are websites.
    let isWebsite: Bool

    private static let publicSuffixes = EndpointDomain.services.map { "." + $0 }

    /// - Parameters:
    ///   - host: without port or brackets, any case.
    ///   - baseHosts: names under which this server answers, such as `localhost`; in lower case, longer ones first.
    ///   - endpoints: the endpoint prefixes of the services.
    convenience init(_ host: String, baseHosts: [String], endpoints: Set<String>) {
        let host = host.lowercased()
        if let region = HostName.signIn(host) {
            self.init(endpoint: "signin", region: region.named)
            return
        }
        for suffix in HostName.publicSuffixes where host.hasSuffix(suffix) {
            self.init(host.dropLast(suffix.count).split(separator: "."), endpoints, isPublic: true)
            return
        }
        if let rest = HostName.beforeAddress(host) {
            self.init(label: rest.isEmpty ? nil : rest)
            return
        }
        for base in baseHosts where host.hasSuffix(base) {
            // What is below a shorter name may be one of ours itself, where no bucket stands before it.
            if host.utf8.count == base.utf8.count { break }
            guard host.hasSuffix("." + base) else { continue }
            self.init(host.dropLast(base.count + 1).split(separator: "."), endpoints, isPublic: false)
            return
        }
        self.init()
    }

    /// - Parameter bucket: where it is not the label.
    init(
        endpoint: String? = nil, region: Region? = nil, label: String? = nil, bucket: String? = nil,
        isWebsite: Bool = false
    ) {
        (self.endpoint, self.region, self.label, self.isWebsite) = (endpoint, region, label, isWebsite)
        self.bucket = bucket ?? label
    }

    /// The Region that the host names to a service.
    func region(isS3: Bool) -> Region? { isS3 && bucket != label ? nil : region }

    /// Whether the label names an access point of S3 and its account.
    /// - Source: S3 User Guide, "Virtual hosting of buckets"; S3 endpoints of the AWS General Reference.
    var isAccessPoint: Bool { endpoint == "s3-accesspoint" || endpoint == "s3-accesspoint-fips" }

    /// No host at all, or one that does not matter.
    static let none = HostName()

    /// Reads from the right: Region, endpoint, then all that is left is one label, dots included.
    private convenience init(_ all: [Substring], _ endpoints: Set<String>, isPublic: Bool) {
        var labels = all[...]
        var (endpoint, region): (String?, Region?)
        if let site = HostName.website(labels) {
            self.init(region: site.region, label: site.bucket, isWebsite: true)
            return
        }
        if let last = labels.last, let named = Region(last) {
            region = named
            labels.removeLast()
        }
        if let last = labels.last, last == "dualstack" || last == "fips" { labels.removeLast() }
        // `iam.global.api.aws`
        if isPublic, labels.count > 1, labels.last == "global" { labels.removeLast() }
        if let last = labels.last, let found = HostName.endpoint(last, endpoints) {
            endpoint = found.name
            region = region ?? found.region
            labels.removeLast()
        } else if isPublic, let last = labels.last {
            endpoint = String(last)
            labels.removeLast()
        }
        let isS3 = endpoint.map { $0 == "s3" || $0.hasPrefix("s3-") } ?? false
        self.init(
            endpoint: endpoint, region: region, label: labels.isEmpty ? nil : labels.joined(separator: "."),
            bucket: isPublic || isS3 || all.isEmpty ? nil : all.joined(separator: "."))
    }

    /// `signin.aws.amazon.com`, with a Region before it or with an account or its alias, which name nothing here.
    private static func signIn(_ host: String) -> (named: Region?, Void)? {
        guard host.hasSuffix(EndpointDomain.signIn) else { return nil }
        let before = host.dropLast(EndpointDomain.signIn.count)
        guard before.isEmpty || before.last == "." else { return nil }
        return (Region(before.dropLast()), ())
    }

    /// `BUCKET.s3-website.REGION` and `BUCKET.s3-website-REGION`.
    /// - Source: S3 User Guide, "Website endpoints".
    private static func website(_ labels: ArraySlice<Substring>) -> (region: Region, bucket: String?)? {
        guard let last = labels.last else { return nil }
        var bucket = labels.dropLast()
        let region: Region?
        if last.hasPrefix("s3-website-") {
            region = Region(last.dropFirst("s3-website-".count))
        } else {
            guard bucket.last == "s3-website" else { return nil }
            bucket.removeLast()
            region = Region(last)
        }
        return region.map { ($0, bucket.isEmpty ? nil : bucket.joined(separator: ".")) }
    }

    /// `s3-us-west-2`, `s3-external-1` and `iam-fips` are older ways to write an endpoint.
    private static func endpoint(_ label: Substring, _ endpoints: Set<String>) -> (name: String, region: Region?)? {
        if endpoints.contains(String(label)) { return (String(label), nil) }
        if label.hasSuffix("-fips"), endpoints.contains(String(label.dropLast(5))) {
            return (String(label.dropLast(5)), nil)
        }
        if label == "s3-external-1", endpoints.contains("s3") { return ("s3", .usEast1) }
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
