import Formats
public import World

/// What the signer of a form allows its sender: until when, with which fields, for how large a file.
/// - Source: S3 API Reference, "POST Policy"; the words of refusals as S3 was seen to answer.
public struct PostPolicy: Sendable {
    /// Why a form is refused by its policy, or its policy as such.
    public struct Refused: Error { public let refusal: Refusal }

    struct Condition: Sendable {
        enum Kind: String, Sendable { case equal = "eq", start = "starts-with" }
        let kind: Kind
        /// As the policy writes it, without the dollar sign.
        let field: String
        let value: String
    }

    let expiration: Instant
    let conditions: [Condition]
    /// What the policy lets a file's size be.
    public let sizes: (least: Int64, most: Int64)

    /// - Parameter text: as the form has it, in Base64.
    public init(_ text: [UInt8]) throws(Refused) {
        guard let bytes = Base64.decode(text) else { throw .invalid("Invalid Base64 encoding.") }
        var reader = PostPolicyReader(bytes)
        do { self = try reader.policy() } catch let refused as Refused { throw refused } catch {
            throw .invalid("Invalid JSON.")
        }
    }

    init(expiration: Instant, conditions: [Condition], sizes: (Int64, Int64)) {
        (self.expiration, self.conditions, self.sizes) = (expiration, conditions, sizes)
    }

    /// Checks all but the file's size, which only its end tells.
    /// - Parameters:
    ///   - fields: each with its name in lower case, and as the form has it.
    ///   - bucket: that the form was posted to; a field that every form has.
    public func check(_ fields: [(name: String, shown: String, value: String)], bucket: String, at now: Instant)
        throws(Refused)
    {
        guard now < expiration else { throw .denied("Policy expired.") }
        var values = ["bucket": bucket]
        for field in fields where field.name != "bucket" { values[field.name] = field.value }
        for condition in conditions where !holds(condition, values[condition.field.lowercased()]) {
            throw .denied("Policy Condition failed: \(condition.text)")
        }
        let covered = Set(conditions.map { $0.field.lowercased() })
        for (name, shown) in [("bucket", "bucket")] + fields.map({ ($0.name, $0.shown) })
        where !covered.contains(name) && !PostPolicy.isFree(name) {
            throw .denied("Extra input fields: \(shown)")
        }
    }

    /// A field that is not there is as one that is empty.
    private func holds(_ condition: Condition, _ value: String?) -> Bool {
        switch condition.kind {
        case .equal: return value.map { PostPolicy.isSame($0, condition.value) } ?? false
        case .start:
            guard let value else { return condition.value.isEmpty }
            // Several types are a list, each of which must be right.
            guard condition.field.lowercased() == "content-type", value.contains(",") else {
                return PostPolicy.begins(value, condition.value)
            }
            return value.split(separator: ",", omittingEmptySubsequences: false).allSatisfy {
                PostPolicy.begins(String($0.drop { $0 == " " }), condition.value)
            }
        }
    }

    /// Bytes are compared: two spellings of a letter are two texts.
    private static func isSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
    private static func begins(_ value: String, _ start: String) -> Bool { value.utf8.starts(with: start.utf8) }

    /// Fields that a policy need not name.
    private static func isFree(_ name: String) -> Bool {
        ["awsaccesskeyid", "signature", "x-amz-signature", "policy", "file"].contains(name)
            || name.hasPrefix("x-ignore-")
    }
}

extension PostPolicy.Condition {
    /// As a policy has it.
    var text: String {
        [kind.rawValue, "$" + field, value].map { text in
            var json = JSONWriter()
            json.string(text)
            return json.text
        }.joined(separator: ", ").bracketed
    }
}

extension String {
    fileprivate var bracketed: String { "[\(self)]" }
}

extension PostPolicy.Refused {
    static func invalid(_ why: String) -> PostPolicy.Refused {
        PostPolicy.Refused(refusal: Refusal("InvalidPolicyDocument", 400, "Invalid Policy: \(why)"))
    }

    /// A form that its policy does not allow.
    public static func denied(_ why: String) -> PostPolicy.Refused {
        PostPolicy.Refused(refusal: Refusal("AccessDenied", 403, "Invalid according to Policy: \(why)"))
    }
}
