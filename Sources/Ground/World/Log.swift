import CSystem

/// Structured lines for the operator, one JSON object each, on standard error.
///
/// Callers pass facts, never secrets; values are escaped here. A line is written in one call, so lines do not mix.
public struct Log: Sendable {
    public enum Level: Int, Sendable, Comparable, CaseIterable {
        case debug, info, warning, error
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
        public var name: String { ["debug", "info", "warn", "error"][rawValue] }
    }

    private let level: Level
    private let clock: any Clock
    private let sink: @Sendable ([UInt8]) -> Void

    public init(
        level: Level = .info, clock: any Clock, sink: @escaping @Sendable ([UInt8]) -> Void = Log.standardError
    ) {
        (self.level, self.clock, self.sink) = (level, clock, sink)
    }

    public static func standardError(_ line: [UInt8]) {
        line.withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) }
    }

    public func callAsFunction(_ level: Level, _ message: String, _ facts: KeyValuePairs<String, String> = [:]) {
        guard level >= self.level else { return }
        var line = Array("{\"time\":\"".utf8)
        clock.wallTime().appendISO8601(to: &line, fraction: true)
        line += Array("\",\"level\":\"\(level.name)\",\"message\":".utf8)
        line.appendQuoted(message)
        for (name, value) in facts {
            line.append(UInt8(ascii: ","))
            line.appendQuoted(name)
            line.append(UInt8(ascii: ":"))
            line.appendQuoted(value)
        }
        line += Array("}\n".utf8)
        sink(line)
    }
}

extension [UInt8] {
    /// Appends a JSON string; control characters become `\u00XX`.
    fileprivate mutating func appendQuoted(_ text: String) {
        let digits = Array("0123456789abcdef".utf8)
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): self += [UInt8(ascii: "\\"), byte]
            case 0..<0x20, 0x7F: self += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }
}
