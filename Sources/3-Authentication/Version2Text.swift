import HTTP

/// What a signature of Version 2 in the query signs: method, content hash, content type, expiry, S3's own headers and the
/// resource.
/// - Source: S3 User Guide, "Signing and authenticating REST requests (AWS signature version 2)".
struct Version2Text {
    let head: RequestHead
    let target: RequestTarget
    let query: CanonicalQuery
    /// The bucket that the host names; nil where it is in the path.
    let hostBucket: String?

    /// Whether the path is `/bucket`. Some clients send that and sign `/bucket/`, which means the same.
    var namesBucketAlone: Bool {
        hostBucket == nil && target.path.count > 1 && !target.path.dropFirst().contains(UInt8(ascii: "/"))
    }

    /// - Parameter slash: whether to end the path in a slash it was not sent with.
    func bytes(expires: [UInt8], endingInSlash slash: Bool = false) throws(AuthenticationFailure) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(head.raw.count)
        text += head.raw[head.method]
        text.append(Version2Text.newline)
        try appendStandard("content-md5", to: &text)
        try appendStandard("content-type", to: &text)
        text += expires
        text.append(Version2Text.newline)
        try appendHeaders(to: &text)
        appendResource(endingInSlash: slash, to: &text)
        return text
    }

    /// The value of a header that has a line of its own, which is empty where the header is missing.
    private func appendStandard(_ name: StaticString, to text: inout [UInt8]) throws(AuthenticationFailure) {
        let found = head.fields.filter { head.matches($0.name, name) }
        guard found.count <= 1 else { throw AuthenticationFailure(.duplicateHeader(name.description), .query) }
        if let field = found.first { text += Version2Text.trimmed(head.raw[field.value]) }
        text.append(Version2Text.newline)
    }

    /// All `x-amz-` headers, sorted, lines of one name joined by commas. A link may carry them as parameters; where both
    /// are given the header is meant.
    private func appendHeaders(to text: inout [UInt8]) throws(AuthenticationFailure) {
        var values: [String: [UInt8]] = [:]
        for field in head.fields where Version2Text.isAmazon(head.raw[field.name]) {
            let name = Version2Text.lowered(head.raw[field.name])
            let value = Version2Text.trimmed(head.raw[field.value])
            if let earlier = values[name] {
                values[name] = earlier + [UInt8(ascii: ",")] + value
            } else {
                values[name] = Array(value)
            }
        }
        let inHeaders = Set(values.keys)
        for (name, value) in query.decoded where Version2Text.isAmazon(name[...]) {
            let name = Version2Text.lowered(name[...])
            if inHeaders.contains(name) { continue }
            if values.updateValue(value, forKey: name) != nil {
                throw AuthenticationFailure(.duplicateHeader(name), .query)
            }
        }
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            text += name.utf8
            text.append(UInt8(ascii: ":"))
            text += value
            text.append(Version2Text.newline)
        }
    }

    /// The path as sent, after the bucket of the host, and the parameters that say what is meant, decoded.
    private func appendResource(endingInSlash slash: Bool, to text: inout [UInt8]) {
        if let hostBucket {
            text.append(UInt8(ascii: "/"))
            text += hostBucket.utf8
        }
        text += target.path
        if target.path.isEmpty || slash { text.append(UInt8(ascii: "/")) }
        var separator = UInt8(ascii: "?")
        for (name, value) in query.decoded.filter({ Version2Text.isSigned($0.name) }).sorted(by: Version2Text.precedes)
        {
            text.append(separator)
            separator = UInt8(ascii: "&")
            text += name
            guard !value.isEmpty else { continue }
            text.append(UInt8(ascii: "="))
            text += value
        }
    }

    private typealias Pair = (name: [UInt8], value: [UInt8])

    private static func precedes(_ one: Pair, _ other: Pair) -> Bool {
        one.name == other.name
            ? one.value.lexicographicallyPrecedes(other.value) : one.name.lexicographicallyPrecedes(other.name)
    }

    /// AWS names the parameters that are signed; we name those that are not, so that one we did not think of is. None of
    /// these tells one operation's permission from another's.
    private static let unsigned: Set<String> = [
        "AWSAccessKeyId", "Signature", "Expires", "content-type", "content-md5", "x-id", "list-type", "prefix",
        "delimiter", "marker", "max-keys", "encoding-type", "continuation-token", "start-after", "fetch-owner",
        "key-marker", "version-id-marker", "upload-id-marker", "part-number-marker", "max-uploads", "max-parts",
        "max-buckets", "bucket-region",
    ]

    private static func isSigned(_ name: [UInt8]) -> Bool {
        !isAmazon(name[...]) && !unsigned.contains(String(decoding: name, as: UTF8.self))
    }

    private static func isAmazon(_ name: ArraySlice<UInt8>) -> Bool {
        let prefix = name.prefix(6)
        let wanted = amazon
        return name.count > 6 && CanonicalHeaders.same(prefix.span, wanted.span)
    }

    private static func lowered(_ name: ArraySlice<UInt8>) -> String {
        String(decoding: name.map(CanonicalHeaders.lower), as: UTF8.self)
    }

    private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var value = value.drop(while: CanonicalHeaders.isBlank)
        while let last = value.last, CanonicalHeaders.isBlank(last) { value.removeLast() }
        return value
    }

    private static let newline = UInt8(ascii: "\n")
    private static let amazon = Array("x-amz-".utf8)[...]
}
