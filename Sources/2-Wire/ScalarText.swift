import Smithy
import World

/// Plain values as text: of query parameters, headers, labels and XML.
struct ScalarText {
    let bytes: ArraySlice<UInt8>

    func string() throws(ShapeError) -> String {
        if bytes.span.isASCII { return String(decoding: bytes, as: UTF8.self) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformed("A value is not valid UTF-8.")
        }
        return text
    }

    /// A decimal number; 32 bits unless the model says long.
    func integer(_ kind: MemberSchema.Kind?) throws(ShapeError) -> Int {
        let digits = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes
        guard !digits.isEmpty, digits.count <= 19, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let value = Int(try string()), kind == .long || Int32(exactly: value) != nil
        else { throw .malformed("'\(shown)' is not a valid \(kind == .long ? "Long" : "Integer").") }
        return value
    }

    func boolean() throws(ShapeError) -> Bool {
        switch try string().lowercased() {
        case "true": return true
        case "false": return false
        default: throw .malformed("'\(shown)' is not a valid Boolean.")
        }
    }

    func double() throws(ShapeError) -> Double {
        let text = try string()
        switch text {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        default:
            guard text.utf8.allSatisfy({ "+-.0123456789eE".utf8.contains($0) }), let value = Double(text) else {
                throw .malformed("'\(shown)' is not a valid Double.")
            }
            return value
        }
    }

    /// - Parameter standard: the protocol's form at this place.
    func instant(_ member: MemberSchema?, standard: MemberSchema.TimestampFormat) throws(ShapeError) -> Instant {
        let text = try string()
        let value: Instant? =
            switch member?.timestampFormat ?? standard {
            case .iso8601: Instant(iso8601: text)
            case .rfc822: Instant(httpDate: text) ?? Instant(iso8601: text)
            case .unix: try instant(seconds: double())
            }
        guard let value else { throw .malformed("'\(shown)' is not a valid timestamp.") }
        return value
    }

    private func instant(seconds: Double) throws(ShapeError) -> Instant? { Instant(epochSeconds: seconds) }

    private var shown: String { String(decoding: bytes.prefix(128), as: UTF8.self) }
}

extension Instant {
    /// Seconds since 1970, fractions to the millisecond; nil outside the years 0 to 9999.
    init?(epochSeconds seconds: Double) {
        guard seconds.isFinite, abs(seconds) < 253_402_300_800 else { return nil }
        self.init(milliseconds: Int64((seconds * 1000).rounded()))
    }
}
