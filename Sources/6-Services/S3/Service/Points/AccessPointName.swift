import AWS

/// What names an access point: an account, a Region, and a name within them.
struct AccessPointName: Sendable, Hashable {
    let account: AccountID
    let region: Region
    let name: String

    init(_ name: String, of account: AccountID, in region: Region) {
        (self.name, self.account, self.region) = (name, account, region)
    }

    var arn: String { "arn:aws:s3:\(region):\(account):accesspoint/\(name)" }
    /// Of an object that is reached through it.
    func arn(ofKey key: String) -> String { arn + "/object/" + key }

    /// `arn:aws:s3:region:account:accesspoint/name`; nil for any other text.
    init?(arn: String) {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[1] == "aws", parts[2] == "s3",
            let region = Region(String(parts[3])),
            let account = AccountID(String(parts[4])), parts[5].hasPrefix("accesspoint/")
        else { return nil }
        let name = String(parts[5].dropFirst("accesspoint/".count))
        guard AccessPointName.isName(name) else { return nil }
        self.init(name, of: account, in: region)
    }

    /// The ARN of an access point, and a key behind it: `…:accesspoint/name/object/key`.
    static func object(arn: String) -> (point: String, key: String)? {
        let marker = "/object/"
        guard let range = arn.firstRange(of: marker) else { return nil }
        let (point, key) = (String(arn[..<range.lowerBound]), String(arn[range.upperBound...]))
        return AccessPointName(arn: point) == nil || key.isEmpty ? nil : (point, key)
    }

    /// Whether the text begins as the ARN of an access point.
    static func isARN(_ text: String) -> Bool { text.hasPrefix("arn:") }

    /// The name and account of a host's first label, `name-111122223333`; nil for any other text.
    static func parts(ofHostLabel label: String) -> (name: String, account: AccountID)? {
        let bytes = label.utf8
        guard bytes.count >= 16, bytes.dropLast(12).last == UInt8(ascii: "-"),
            let account = AccountID(String(decoding: bytes.suffix(12), as: UTF8.self))
        else { return nil }
        let name = String(decoding: bytes.dropLast(13), as: UTF8.self)
        return isName(name) ? (name, account) : nil
    }

    /// Whether a pattern of a policy can name the point, or objects behind it. What follows a wildcard is not looked at:
    /// whatever it is, the policy is asked only about this point.
    func mayBeNamed(_ resource: String) -> Bool {
        if resource == "*" { return true }
        let literal = resource.prefix { $0 != "*" && $0 != "?" }
        if literal.endIndex != resource.endIndex { return arn.hasPrefix(literal) || isBehind(literal) }
        return resource == arn || resource.hasPrefix(arn(ofKey: ""))
    }

    private func isBehind(_ resource: Substring) -> Bool {
        let objects = arn(ofKey: "")
        return resource.hasPrefix(objects) || objects.hasPrefix(resource) && resource.hasPrefix(arn + "/")
    }

    /// - Source: S3 User Guide, "Naming rules for access points".
    static func isName(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        guard (3...50).contains(bytes.count), bytes.allSatisfy({ isEnd($0) || $0 == UInt8(ascii: "-") }),
            let first = bytes.first, let last = bytes.last, isEnd(first), isEnd(last)
        else { return false }
        return !reservedSuffixes.contains { name.hasSuffix($0) } && !name.hasPrefix("xn--")
    }

    /// Of aliases, and of other kinds of access points.
    private static let reservedSuffixes = ["-s3alias", "-ext-s3alias", "--op-s3", "--xa-s3"]

    private static func isEnd(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

/// The name that an access point has among buckets: its own, shortened where it is long, and 34 random characters.
/// - Source: S3 User Guide, "Access point aliases".
enum AccessPointAlias {
    static let suffix = "-s3alias"
    private static let most = 63
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// - Parameter random: at least 34 bytes.
    static func make(_ name: String, random: [UInt8]) -> String {
        let middle = String(decoding: random.prefix(34).map { letters[Int($0 & 31)] }, as: UTF8.self)
        let room = most - suffix.utf8.count - middle.utf8.count - 1
        return name.prefix(room) + "-" + middle + suffix
    }
}
