import Formats

/// What the values of a condition key look like, as the simulation APIs declare it.
/// - Source: IAM API Reference, "ContextEntry".
public enum ContextValueFormat: Sendable {
    case string, numeric, boolean, ip, binary, date

    /// True if the text can stand for a value of the format. Booleans are any text: whatever is not true is false.
    public func accepts(_ text: String) -> Bool {
        switch self {
        case .string, .boolean: true
        case .numeric: ExactDecimal(text) != nil
        case .ip: IPAddress(text) != nil
        case .binary: Base64.decode(text) != nil
        case .date: DateValue(text) != nil || StorableDate.accepts(text)
        }
    }
}
