import Door
import SSMAPI

/// What a parameter may be called.
/// - Source: Systems Manager User Guide, "Requirements and constraints for parameter names"; "Working with parameter
///   hierarchies".
enum ParameterNaming {
    /// Levels of a hierarchy.
    static let deepest = 15
    /// Characters of the ARN.
    static let longest = 1011

    static func check(_ name: String, arn: String) throws {
        guard !name.isEmpty, name.utf8.allSatisfy({ isLetterOrDigit($0) || ".-_/".utf8.contains($0) }) else {
            throw Refused.invalid(
                "Invalid request: a parameter name can consist of letters, numbers and the symbols .-_ only, and of "
                    + "slashes between the parts of a path.")
        }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isPath = parts.count > 1
        guard !isPath || name.hasPrefix("/") else {
            throw Refused.invalid("Parameter name must be a fully qualified name.")
        }
        guard !isPath || parts.dropFirst().allSatisfy({ !$0.isEmpty }) else {
            throw Refused.invalid("Invalid request: a path has no empty parts.")
        }
        try checkReserved(name, isPath ? parts.dropFirst() : parts[...])
        guard parts.dropFirst(isPath ? 1 : 0).count <= deepest else {
            throw SSM.HierarchyLevelLimitExceededException(
                message: "The hierarchy depth of the parameter name is more than \(deepest) levels.")
        }
        guard arn.utf8.count <= longest else {
            throw Refused.invalid("The parameter name, with the parts of its ARN, has more than \(longest) characters.")
        }
    }

    private static func checkReserved(_ name: String, _ parts: ArraySlice<Substring>) throws {
        let first = (parts.first ?? "").lowercased()
        guard first.hasPrefix("aws") || first.hasPrefix("ssm") else { return }
        guard parts.count > 1 else {
            throw Refused.invalid(#"Parameter name: can't be prefixed with "aws" or "ssm" (case-insensitive)."#)
        }
        if first.hasPrefix("aws") { throw AccessDenied("No access to reserved parameter name: \(name).") }
        throw Refused.invalid(
            #"Parameter name: can't be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of "#
                + "sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the "
                + "following 3 symbols .-_")
    }

    /// A path to look for parameters under, without the slash at its end. - Throws: `ValidationException`.
    static func path(_ text: String) throws -> String {
        guard text.hasPrefix("/"), text.utf8.allSatisfy({ isLetterOrDigit($0) || ".-_/".utf8.contains($0) }),
            text.firstRange(of: "//") == nil
        else {
            throw Refused.invalid(
                "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a "
                    + #"forward slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive). It must use "#
                    + "only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special "
                    + "characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "
                    + #""/". Valid example: /get/parameters2-/by1./path0_."#)
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }
}
