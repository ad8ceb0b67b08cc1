/// What a `Range` header asks of content of a given length.
/// - Source: RFC 9110, section 14; S3 API Reference, "GetObject", `Range`: one range, others are not understood.
enum ByteRange: Sendable, Equatable {
    /// No range, or none that is understood: such a header is passed over.
    case whole
    case part(Range<Int64>)
    case unsatisfiable

    init(_ header: String?, of size: Int64) {
        guard let header, let bounds = Bounds(header) else {
            self = .whole
            return
        }
        switch bounds {
        case .from(let first, let last):
            self = first < size ? .part(first..<min(last, size - 1) + 1) : .unsatisfiable
        case .last(let count):
            self = count > 0 && size > 0 ? .part(max(0, size - count)..<size) : .unsatisfiable
        }
    }

    private enum Bounds {
        case from(Int64, to: Int64)
        case last(Int64)

        init?(_ header: String) {
            let bytes = Array(header.utf8)
            guard bytes.starts(with: "bytes=".utf8) else { return nil }
            let parts = bytes[6...].split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let (first, last) = (Bounds.number(parts[0]), Bounds.number(parts[1]))
            switch (first, last) {
            case (let first?, let last?):
                guard first <= last else { return nil }
                self = .from(first, to: last)
            case (let first?, nil):
                guard parts[1].isEmpty else { return nil }
                self = .from(first, to: .max - 1)
            case (nil, let last?):
                guard parts[0].isEmpty else { return nil }
                self = .last(last)
            case (nil, nil): return nil
            }
        }

        /// Digits only; what is beyond any object's length is as good as the largest number.
        private static func number(_ text: ArraySlice<UInt8>) -> Int64? {
            guard !text.isEmpty, text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            let digits = text.drop { $0 == 0x30 }
            guard digits.count <= 18 else { return .max - 1 }
            return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
    }
}
