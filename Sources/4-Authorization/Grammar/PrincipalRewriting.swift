import Formats

extension PolicyDocument {
    /// Every principal named, in the order of the text, with its place.
    public var principals: [PrincipalElement.Mention] {
        statements.flatMap { ($0.principal ?? $0.notPrincipal)?.mentions ?? [] }
    }
}

/// Exchanges the principals of a policy text: ARNs for unique ids when it is saved, and back when it is shown.
///
/// Everything else of the text stays as it is, white space included.
/// - Source: IAM User Guide, "AWS JSON policy elements: Principal", on principals that are transformed on save.
public enum PrincipalRewriting {
    /// - Parameter replacement: the new text for a principal; nil leaves it.
    public static func rewrite(
        _ text: [UInt8], _ replacement: (PrincipalElement.Mention) -> String?
    ) throws(PolicyError) -> [UInt8] {
        let document = try PolicyReader.read(text)
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var copied = 0
        for mention in document.principals.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard let value = replacement(mention) else { continue }
            result += text[copied..<mention.range.lowerBound]
            var writer = JSONWriter(reserving: value.utf8.count + 2)
            writer.string(value)
            result += writer.bytes
            copied = mention.range.upperBound
        }
        result += text[copied...]
        return result
    }

    /// As `rewrite`, by a table of AWS principals.
    public static func rewrite(_ text: [UInt8], _ table: [String: String]) throws(PolicyError) -> [UInt8] {
        try rewrite(text) { mention in mention.kind == .aws ? table[mention.value] : nil }
    }

    /// Writes the elements that name canonical users anew, with AWS principals in their place.
    /// - Parameter replacement: the AWS principal that a canonical user id stands for.
    /// - Throws: what `replacement` does, and `PolicyError`.
    public static func exchangingCanonicalUsers(
        _ text: [UInt8], _ replacement: (String) throws -> String
    ) throws -> [UInt8] {
        let document = try PolicyReader.read(text)
        var result: [UInt8] = []
        var copied = 0
        // In one statement there is one of the two, so the order of the text is that of the statements.
        for element in document.statements.compactMap({ $0.principal ?? $0.notPrincipal })
        where element.mentions.contains(where: { $0.kind == .canonicalUser }) {
            result += text[copied..<element.range.lowerBound]
            result += try withAccounts(element, replacement)
            copied = element.range.upperBound
        }
        return result + text[copied...]
    }

    private static func withAccounts(
        _ element: PrincipalElement, _ replacement: (String) throws -> String
    ) throws -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for kind in PrincipalElement.Mention.Kind.allCases where kind != .canonicalUser {
            var values = element.mentions.filter { $0.kind == kind }.map(\.value)
            if kind == .aws {
                for mention in element.mentions where mention.kind == .canonicalUser {
                    let value = try replacement(mention.value)
                    if !values.contains(value) { values.append(value) }
                }
            }
            guard let first = values.first else { continue }
            writer.key(kind.rawValue)
            if values.count == 1 {
                writer.string(first)
            } else {
                writer.beginArray()
                for value in values { writer.string(value) }
                writer.endArray()
            }
        }
        writer.endObject()
        return writer.bytes
    }
}
