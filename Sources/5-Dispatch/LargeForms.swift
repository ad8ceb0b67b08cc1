import HTTP
import Smithy
import Wire
import World

/// Reads forms that are longer than other documents: IAM takes metadata of ten million characters.
///
/// A call in the query protocol names its operation in the form itself, and its signature is over all of it. So as much as
/// any document may have is read of every form, and more only where that much names an operation whose model has longer
/// texts. Few such forms are held at a time, since each costs several times its length until it is answered; who comes
/// beyond them is asked to come again.
final class LargeForms: Sendable {
    /// One of the few forms. Given back with the last reference to it.
    final class Place: Sendable {
        private let taken: Lock<Int>

        fileprivate init(_ taken: Lock<Int>) { self.taken = taken }

        deinit { taken.withLock { $0 -= 1 } }
    }

    /// A form, and the place that it holds where it is a large one.
    struct Form: Sendable {
        var bytes: [UInt8]
        var place: Place?
    }

    private static let places = 2
    /// How long a large form may take to come: over a line of a megabit a second the longest takes less.
    private static let longestNanoseconds: UInt64 = 300_000_000_000
    /// The action stands among the first of a form: SDKs write it first, or the members in the order of the alphabet.
    private static let looked = 16

    /// What any document may have, in bytes.
    private let usual: Int
    /// The bytes of the longest form, by service and operation.
    private let longest: [String: [String: Int]]
    private let clock: any Clock
    private let taken = Lock(0)

    /// - Parameter usual: what any document may have, in bytes.
    init(_ operations: [AnyOperation], beyond usual: Int, _ clock: any Clock) {
        (self.usual, self.clock) = (usual, clock)
        let large = operations.filter { $0.longTexts > 0 && $0.model.service.wireProtocol == .query }
        longest = Dictionary(grouping: large) { $0.model.service.name }.mapValues { operations in
            // Each byte of a text may be written as three.
            Dictionary(operations.map { ($0.model.name, usual + 3 * $0.longTexts) }) { first, _ in first }
        }
    }

    /// Nil where the service has no large forms.
    /// - Parameter bodies: what all bodies may take together while they are read.
    func read(
        _ body: any RequestBody, for service: ServiceModel, within bodies: BodyBudget
    ) async throws -> Form? {
        guard let longest = longest[service.name], let most = longest.values.max() else { return nil }
        if let length = body.declaredLength, length > most { throw Front.tooLarge }
        guard let first = try await body.next() else { return Form(bytes: []) }
        var form = Form(bytes: first)
        var (limit, end, counted) = (usual, UInt64.max, 0)
        defer { bodies.release(counted) }
        while true {
            counted = try bodies.grow(to: form.bytes.count, from: counted)
            if form.bytes.count > limit {
                guard form.place == nil, let larger = LargeForms.action(of: form.bytes).flatMap({ longest[$0] }),
                    form.bytes.count <= larger
                else { throw Front.tooLarge }
                form.place = try place()
                form.bytes.reserveCapacity(min(larger, Int(body.declaredLength ?? 0)))
                (limit, end) = (larger, clock.monotonicNanoseconds() + LargeForms.longestNanoseconds)
            }
            guard let more = try await body.next() else { return form }
            if form.place != nil, clock.monotonicNanoseconds() >= end { throw RequestBodyError.tooSlow }
            form.bytes += more
        }
    }

    private func place() throws -> Place {
        let isFree = taken.withLock { taken in
            guard taken < LargeForms.places else { return false }
            taken += 1
            return true
        }
        guard isFree else {
            throw WireError(
                "ServiceUnavailable", "Too many large requests are being read at this moment; try again in a while.",
                status: 503)
        }
        return Place(taken)
    }

    private static func action(of form: [UInt8]) -> String? {
        let name = Array("Action=".utf8)
        let parameters = form.split(separator: UInt8(ascii: "&"), maxSplits: looked).prefix(looked)
        let found = parameters.first { $0.starts(with: name) }
        return found.map { String(decoding: $0.dropFirst(name.count), as: UTF8.self) }
    }
}

extension Schema {
    /// The characters of its texts that no usual document has room for, together; zero where there are none.
    var longTexts: Int {
        let long = members.filter { $0.kind == .string && ($0.maximum ?? 0) > 1 << 20 }
        return long.reduce(0) { $0 + ($1.maximum ?? 0) }
    }
}
