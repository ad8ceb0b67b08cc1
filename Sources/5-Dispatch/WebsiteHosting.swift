public import AWS
public import Storage

/// Which buckets are websites, and how. S3 implements it.
public protocol WebsiteHosting: Sendable {
    /// What the bucket of that name is to visitors.
    func website(ofBucket name: String, in snapshot: borrowing Snapshot) throws -> HostedWebsite
    /// Whether the bucket has an object of that key now, whoever may see it.
    func holds(_ key: String, inBucket name: String, _ snapshot: borrowing Snapshot) throws -> Bool
}

/// What there is behind the host name of a website.
public enum HostedWebsite: Sendable {
    case noBucket
    /// A bucket that is no website.
    case notHosted
    case site(Website)
}

/// A bucket's website configuration, as a visitor meets it.
/// - Source: S3 User Guide, "Hosting a static website using Amazon S3".
public struct Website: Sendable, Equatable {
    public let region: Region
    public let plan: Plan

    public enum Plan: Sendable, Equatable {
        /// Every visitor is sent elsewhere.
        case elsewhere(host: String, scheme: String?)
        /// - `index`: what the document of a folder is called. - `error`: the key of what is shown in place of errors.
        case pages(index: String, error: String?, rules: [Rule])
    }

    /// Where to send visitors of certain pages, or in place of certain errors.
    public struct Rule: Sendable, Equatable {
        /// Nil: any key.
        public let prefix: String?
        /// The status of an error; nil where the rule does not wait for one.
        public let error: Int?
        public let host: String?
        public let scheme: String?
        public let status: Int
        public let key: Replacement

        /// What of the key changes on the way.
        public enum Replacement: Sendable, Equatable {
            case none
            case whole(String)
            /// In the place of the rule's prefix.
            case prefix(String)
        }

        /// As a routing rule says it, its redirect code already decided.
        public init(
            prefix: String?, error: Int?, host: String?, scheme: String?, status: Int, key: Replacement
        ) {
            (self.prefix, self.error, self.host) = (prefix, error, host)
            (self.scheme, self.status, self.key) = (scheme, status, key)
        }

        /// Whether it is about that key, as bytes, and this moment: before a page is looked for, or after it came to an error.
        func holds(_ key: String, _ error: Int?) -> Bool {
            self.error == error && (prefix.map { key.utf8.starts(with: $0.utf8) } ?? true)
        }

        /// The key to go to.
        func target(_ key: String) -> String {
            switch self.key {
            case .none: key
            case .whole(let other): other
            case .prefix(let start):
                start + String(decoding: Array(key.utf8.dropFirst(prefix?.utf8.count ?? 0)), as: UTF8.self)
            }
        }
    }

    /// A website, found only by the hosts of its Region.
    public init(region: Region, plan: Plan) { (self.region, self.plan) = (region, plan) }
}
