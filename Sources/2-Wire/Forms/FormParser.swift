import Smithy
import World

/// What the header of a part of a form tells.
public struct FormPart: Sendable, Equatable {
    /// As sent.
    public let name: String
    /// As sent; nil where the part names no file.
    public let fileName: String?

    /// The part whose content is the upload, whatever its file is called.
    var isFile: Bool { name.lowercased() == "file" }
}

/// Takes a form apart, as far as its bytes are here: its fields, up to the content of its file.
///
/// Strict: what one reader could take for a boundary and another for content is malformed.
/// - Source: RFC 2046, 5.1; RFC 7578.
struct FormParser: Sendable {
    enum Step: Equatable {
        case field(FormPart, value: [UInt8])
        /// The file's content begins at `rest`.
        case file(FormPart)
        /// The last boundary was passed.
        case end
        /// More bytes are needed.
        case more
    }

    private enum Place { case start, delimiter, header, value(FormPart), content, end }

    private let delimiter: [UInt8]
    private var bytes: [UInt8] = []
    private var at = 0
    /// Where to look on for the end of what is being read.
    private var scanned = 0
    private var place = Place.start

    init(_ boundary: FormBoundary) { delimiter = boundary.delimiter }

    /// What follows a boundary that was found already.
    init(_ boundary: FormBoundary, after rest: [UInt8]) {
        (delimiter, bytes, place) = (boundary.delimiter, rest, .delimiter)
    }

    mutating func add(_ more: [UInt8]) { bytes += more }

    /// How many bytes were passed.
    var passed: Int { at }
    /// How many bytes are here in all.
    var count: Int { bytes.count }
    /// What was not passed yet.
    var rest: [UInt8] { Array(bytes[at...]) }

    mutating func next() throws(WireError) -> Step {
        while true {
            switch place {
            case .start: guard try start() else { return .more }
            case .delimiter: guard try afterDelimiter() else { return .more }
            case .header:
                guard let part = try header() else { return .more }
                if part.isFile {
                    place = .content
                    return .file(part)
                }
                place = .value(part)
            case .value(let part):
                guard let end = end(of: delimiter) else { return .more }
                let value = Array(bytes[at..<end])
                at = end + delimiter.count
                (scanned, place) = (at, .delimiter)
                return .field(part, value: value)
            case .content: return .more
            case .end: return .end
            }
        }
    }

    /// The first boundary has no line end before it.
    private mutating func start() throws(WireError) -> Bool {
        let first = delimiter.dropFirst(2)
        guard bytes.starts(with: first.prefix(bytes.count)) else { throw .malformedForm }
        guard bytes.count >= first.count else { return false }
        (at, place) = (first.count, .delimiter)
        return true
    }

    /// Two hyphens, or blanks and a line end.
    private mutating func afterDelimiter() throws(WireError) -> Bool {
        var index = at
        if bytes.count > index, bytes[index] == UInt8(ascii: "-") {
            guard bytes.count > index + 1 else { return false }
            guard bytes[index + 1] == UInt8(ascii: "-") else { throw .malformedForm }
            (at, place) = (index + 2, .end)
            return true
        }
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard bytes.count > index + 1 else {
            if bytes.count > index, bytes[index] != 13 { throw .malformedForm }
            return false
        }
        guard bytes[index] == 13, bytes[index + 1] == 10 else { throw .malformedForm }
        at = index + 2
        (scanned, place) = (at, .header)
        return true
    }

    /// Nil where it is not all there.
    private mutating func header() throws(WireError) -> FormPart? {
        guard let end = end(of: FormParser.emptyLine) else { return nil }
        let lines = bytes[at..<end]
        at = end + FormParser.emptyLine.count
        scanned = at
        return try FormPartHeader.part(lines)
    }

    private static let emptyLine: [UInt8] = [13, 10, 13, 10]

    /// Where `mark` begins.
    private mutating func end(of mark: [UInt8]) -> Int? {
        while let found = bytes.span.firstIndex(of: 13, in: scanned..<bytes.count) {
            let here = bytes[found...].prefix(mark.count)
            if here.count < mark.count {
                scanned = found
                return nil
            }
            if here.elementsEqual(mark) { return found }
            scanned = found + 1
        }
        scanned = bytes.count
        return nil
    }
}

extension WireError {
    /// - Source: S3 API Reference, "Error responses".
    static let malformedForm = WireError(
        "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")

    static func fileCount(_ count: Int) -> WireError {
        WireError(
            "InvalidArgument", "POST requires exactly one file upload per request.",
            fields: [.init("ArgumentName", "file"), .init("ArgumentValue", String(count))])
    }
}
