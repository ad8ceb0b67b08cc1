public import HTTP
import Smithy
import World

/// A form that brings a file: the fields before it, and the file's content as a body, in constant memory.
///
/// The file is the last that counts: fields behind it are passed over, as S3 does.
/// - Source: S3 API Reference, "POST Object".
public final class FormUpload: RequestBody {
    /// A field in the order it came.
    public struct Field: Sendable, Equatable {
        /// As sent.
        public let name: String
        public let value: [UInt8]
    }

    /// Bytes of all that comes before the file's content, and of what comes behind it.
    /// - Source: S3 API Reference, "Creating an HTML Form": 20 KB.
    public static let fieldLimit = 20 * 1024

    /// In the order they came.
    public let fields: [Field]
    /// As sent; nil where the client names no file.
    public let fileName: String?
    /// At most so many bytes come: the form has an end behind them, whose length is not known before.
    public let declaredLength: Int64?
    private let raw: any RequestBody
    private let content: Lock<FormContent>

    private init(
        _ fields: [Field], _ part: FormPart, _ raw: any RequestBody, _ content: FormContent, atMost length: Int64?
    ) {
        (self.fields, fileName, self.raw, self.content) = (fields, part.fileName, raw, Lock(content))
        declaredLength = length
    }

    /// Reads as far as the content of the file.
    public static func open(_ body: any RequestBody, _ boundary: FormBoundary) async throws -> FormUpload {
        var parser = FormParser(boundary)
        var fields: [Field] = []
        while true {
            let step = try parser.next()
            guard parser.passed <= fieldLimit else { throw tooLarge }
            switch step {
            case .field(let part, let value): fields.append(Field(name: part.name, value: value))
            case .file(let part):
                let rest = parser.rest
                let (passed, end) = (Int64(parser.passed), Int64(boundary.delimiter.count + 2))
                return FormUpload(
                    fields, part, body, FormContent(boundary, beginningWith: rest),
                    atMost: body.declaredLength.map { max(0, $0 - passed - end) })
            case .end: throw WireError.fileCount(0)
            case .more:
                guard parser.count <= fieldLimit else { throw tooLarge }
                guard let more = try await body.next() else { throw WireError.malformedForm }
                parser.add(more)
            }
        }
    }

    /// What is said of fields beyond `fieldLimit`.
    public static let tooLarge = WireError(
        "MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large.",
        fields: [.init("MaxPostPreDataLengthBytes", String(fieldLimit))])

    /// How many bytes the file may have. To be said before the first `next`.
    public func allow(_ sizes: ClosedRange<Int64>) { content.withLock { $0.sizes = sizes } }

    /// - Throws: also at the end, where the file is too small or the form is not whole. Nothing made of the content may be
    ///   kept before this has returned nil.
    public func next() async throws -> [UInt8]? {
        if let ready = try content.withLock({ try $0.begin() }) { return ready }
        while let more = try await raw.next() {
            let ready = try content.withLock { try $0.take(more) }
            if !ready.isEmpty { return ready }
        }
        try content.withLock { try $0.finish() }
        return nil
    }
}

/// The content of the file, told from the boundary behind it.
struct FormContent: Sendable {
    private let boundary: FormBoundary
    /// Bytes that may be the beginning of the boundary; before the first look, all that is here.
    private var held: [UInt8]
    private var isBegun = false
    /// What follows the boundary, once it was found.
    private var tail: [UInt8]?
    private var count: Int64 = 0
    private var failure: WireError?
    var sizes: ClosedRange<Int64> = 0...Int64.max

    init(_ boundary: FormBoundary, beginningWith bytes: [UInt8]) { (self.boundary, held) = (boundary, bytes) }

    /// What of the content came with the fields; nil where that is nothing, or was given before.
    mutating func begin() throws(WireError) -> [UInt8]? {
        if let failure { throw failure }
        guard !isBegun else { return nil }
        isBegun = true
        let ready = try take([])
        return ready.isEmpty ? nil : ready
    }

    /// Content to hand on.
    mutating func take(_ more: [UInt8]) throws(WireError) -> [UInt8] {
        if let failure { throw failure }
        if tail != nil {
            tail? += more
            if let tail, tail.count > FormUpload.fieldLimit { throw fail(.malformedForm) }
            return []
        }
        held += more
        let ready = split()
        count += Int64(ready.count)
        if count > sizes.upperBound { throw fail(tooLarge) }
        return ready
    }

    /// Takes what is surely content off `held`.
    private mutating func split() -> [UInt8] {
        let delimiter = boundary.delimiter
        var from = 0
        while let mark = held.span.firstIndex(of: 13, in: from..<held.count) {
            let here = held[mark...].prefix(delimiter.count)
            if here.elementsEqual(delimiter.prefix(here.count)) {
                let ready = Array(held[..<mark])
                if here.count == delimiter.count {
                    tail = Array(held[(mark + here.count)...])
                    held = []
                } else {
                    held = Array(here)
                }
                return ready
            }
            from = mark + 1
        }
        defer { held = [] }
        return held
    }

    /// The last checks.
    mutating func finish() throws(WireError) {
        if let failure { throw failure }
        guard let tail else { throw fail(.malformedForm) }
        var parser = FormParser(boundary, after: tail)
        end: while true {
            do throws(WireError) {
                switch try parser.next() {
                case .field: continue
                case .file: throw .fileCount(2)
                case .more: throw .malformedForm
                case .end: break end
                }
            } catch { throw fail(error) }
        }
        if count < sizes.lowerBound { throw fail(tooSmall) }
    }

    private mutating func fail(_ error: WireError) -> WireError {
        failure = error
        return error
    }

    private var tooLarge: WireError {
        WireError(
            "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size",
            fields: [.init("ProposedSize", String(count)), .init("MaxSizeAllowed", String(sizes.upperBound))])
    }

    private var tooSmall: WireError {
        WireError(
            "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size",
            fields: [.init("ProposedSize", String(count)), .init("MinSizeAllowed", String(sizes.lowerBound))])
    }
}
