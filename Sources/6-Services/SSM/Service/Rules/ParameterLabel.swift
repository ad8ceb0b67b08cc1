/// Names of versions.
/// - Source: Systems Manager User Guide, "Working with parameter labels"; API Reference, "LabelParameterVersion".
enum ParameterLabel {
    /// Of one version.
    static let limit = 10

    /// Letters, numbers, periods, hyphens and underscores; it begins with no number, and with neither `aws` nor `ssm`.
    static func isValid(_ label: String) -> Bool {
        guard let first = label.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        let lower = label.lowercased()
        guard !lower.hasPrefix("aws"), !lower.hasPrefix("ssm") else { return false }
        return lower.utf8.count == label.utf8.count
            && lower.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"): true
                default: ".-_".utf8.contains(byte)
                }
            }
    }
}
