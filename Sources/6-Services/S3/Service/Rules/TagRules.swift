import Door
import Formats
import S3API
import Smithy

/// What tags of objects and buckets must keep to, in the words of S3's refusals.
///
/// - Source: S3 User Guide, "Categorizing your objects using tags" and "Using cost allocation S3 bucket tags"; the words
///   and codes as S3 was seen to answer (terraform-provider-aws issues 19895 and 41747, aws-cli issue 2841).
enum TagRules {
    static let mostOfObject = 10
    static let mostOfBucket = 50
    /// Lengths are counted in UTF-16, as S3 keeps tags.
    private static let nameLength = 1...128
    private static let valueLimit = 256
    private static let characters = Pattern(#"^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$"#)

    static func checkObject(_ tags: [S3.Tag]) throws {
        guard tags.count <= mostOfObject else {
            throw S3.BadRequest(message: "Object tags cannot be greater than \(mostOfObject)")
        }
        try check(tags, reserved: "Your TagKey cannot be prefixed with aws:")
        try checkCase(tags.map(\.key))
    }

    static func checkBucket(_ tags: [S3.Tag]) throws {
        guard tags.count <= mostOfBucket else { throw tooMany }
        try check(tags, reserved: "System tags cannot be added/updated by requester")
    }

    static let tooMany = S3.BadRequest(message: "Bucket tag count cannot be greater than \(mostOfBucket)")

    private static func check(_ tags: [S3.Tag], reserved: String) throws {
        var names: Set<[UInt8]> = []
        for tag in tags {
            guard nameLength.contains(tag.key.utf16.count), isPlain(tag.key) else {
                throw invalid("The TagKey you have provided is invalid", tag.key)
            }
            guard tag.value.utf16.count <= valueLimit, isPlain(tag.value) else {
                throw invalid("The TagValue you have provided is invalid", tag.key, value: tag.value)
            }
            guard !tag.key.lowercased().hasPrefix("aws:") else { throw invalid(reserved, tag.key) }
            guard names.insert(Array(tag.key.utf8)).inserted else {
                throw invalid("Cannot provide multiple Tags with the same key", tag.key)
            }
        }
    }

    static func checkCase(_ names: [String]) throws {
        if let name = TagNames.clash(names) { throw invalid(TagNames.message(name), name) }
    }

    private static func isPlain(_ text: String) -> Bool { characters?.matches(text) ?? false }

    private static func invalid(_ message: String, _ name: String, value: String? = nil) -> S3.InvalidTag {
        S3.InvalidTag(
            message: message, fields: [.init("TagKey", name)] + (value.map { [.init("TagValue", $0)] } ?? []))
    }

    /// The tags of an `x-amz-tagging` header, written as a form is. A name without `=` has the empty value.
    static func tags(header: String) throws -> [S3.Tag] {
        var tags: [S3.Tag] = []
        for pair in header.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), omittingEmptySubsequences: false)
            guard parts.count <= 2, let name = decoded(parts[0]), let value = parts.count == 2 ? decoded(parts[1]) : ""
            else { throw malformed(header) }
            tags.append(S3.Tag(key: name, value: value))
        }
        guard Set(tags.map { Array($0.key.utf8) }).count == tags.count else { throw malformed(header) }
        try checkObject(tags)
        return tags
    }

    private static func decoded(_ text: Substring.UTF8View) -> String? {
        PercentEncoding.decode(text, plusIsSpace: true).flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static func malformed(_ header: String) -> S3.InvalidArgument {
        Refused.argument(
            "x-amz-tagging", header,
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name "
                + "duplicates.")
    }
}
