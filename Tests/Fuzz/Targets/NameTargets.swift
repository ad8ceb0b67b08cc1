import AWS
import Smithy
import World

/// The house's own name types take any text.
func fuzzNames(_ text: String) {
    if let arn = ARN(text) {
        let parts = [arn.partition, arn.service, arn.region, arn.account, arn.resource]
        require("arn:" + parts.joined(separator: ":") == text, "the parts of an ARN are not the ARN")
        _ = arn.accountID
    }
    _ = (Region(text), AccountID(text), AccessKeyID.account(of: text))
}

/// A time that was read can be printed and read again.
func fuzzTimes(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    for instant in [Instant(iso8601Bytes: bytes), Instant(basicBytes: bytes.span), Instant(httpDate: text)].compactMap({
        $0
    }
    ) {
        let seconds = Instant(seconds: instant.seconds)
        require(Instant(iso8601: instant.iso8601) == seconds, "\(instant.iso8601) is read as another time")
        _ = (instant.basic, instant.httpDate)
    }
}

/// The first byte chooses a pattern of the models, the rest is any text: matching ends, and soon.
@Sendable func fuzzPattern(_ input: [UInt8]) {
    guard let first = input.first, !patterns.isEmpty else { return }
    let text = String(decoding: input.dropFirst(), as: UTF8.self)
    _ = patterns[Int(first) % patterns.count].matches(text)
}

/// The patterns of all inputs, each once, in the order of the models.
private let patterns: [Pattern] = {
    var seen: Set<String> = []
    func found(in member: MemberSchema) -> [Pattern] {
        let own = member.pattern.map { [$0] } ?? []
        return own.filter { seen.insert($0.source).inserted } + member.children.flatMap(found)
    }
    return shapes.flatMap { $0.inputSchema.members.flatMap(found) }
}()

extension OperationShape {
    fileprivate static var inputSchema: Schema { Input.schema }
}
