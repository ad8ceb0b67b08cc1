import AWS
import AccessAnalyzerService
import Formats
import Journal
import PolicyGeneration
import Storage
import World

/// What `gatehouse generate-policy` asks, on the command line or of a running server.
struct GenerateQuery {
    static let path = "/_gatehouse/generate-policy"

    let principal: PrincipalFilter
    let times: ClosedRange<Instant>
    let options: GenerationOptions

    init(_ principal: PrincipalFilter, _ times: ClosedRange<Instant>, _ options: GenerationOptions) {
        (self.principal, self.times, self.options) = (principal, times, options)
    }

    /// Nil where the target is not understood.
    init?(_ target: some StringProtocol) {
        let parts = target.split(separator: "?", maxSplits: 1)
        guard parts.count == 2, parts[0] == GenerateQuery.path else { return nil }
        var values: [String: String] = [:]
        for pair in parts[1].split(separator: "&") {
            let words = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard words.count == 2, let value = GenerateQuery.decoded(words[1]) else { return nil }
            values[String(words[0])] = value
        }
        guard let principal = values["principal"].flatMap({ PrincipalFilter($0) }),
            let from = values["from"].flatMap({ Int64($0) }), let to = values["to"].flatMap({ Int64($0) }), from <= to
        else { return nil }
        var options = GenerationOptions()
        if values["resources"] == "exact" { options.resources = .exact }
        if values["conditions"] == "suggested" { options.conditions = .suggested }
        self.init(principal, Instant(milliseconds: from)...Instant(milliseconds: to), options)
    }

    var target: String {
        let arn = principal.arn.description.utf8.map { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                String(UnicodeScalar(byte))
            default: "%" + String(byte >> 4, radix: 16, uppercase: true) + String(byte & 15, radix: 16, uppercase: true)
            }
        }.joined()
        return GenerateQuery.path + "?conditions=\(options.conditions == .suggested ? "suggested" : "none")"
            + "&from=\(times.lowerBound.milliseconds)&principal=\(arn)"
            + "&resources=\(options.resources == .exact ? "exact" : "grouped")&to=\(times.upperBound.milliseconds)"
    }

    private static func decoded(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    func report(_ uses: RecordedUses) throws -> GenerationReport {
        let generated = try PolicyGenerator.generate(uses.uses, options)
        return GenerationReport(generated, uses, conditions: options.conditions)
    }

    /// From a journal whose records are all in the table.
    func report(_ store: Store) throws -> GenerationReport {
        try report(store.read { snapshot in try JournalUses.read(principal, during: times, snapshot) })
    }
}
