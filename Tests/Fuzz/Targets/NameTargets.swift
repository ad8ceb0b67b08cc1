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
    for instant in [Instant(iso8601Bytes: bytes), Instant(basicBytes: bytes), Instant(httpDate: text)].compactMap({ $0 }) {
        let seconds = Instant(seconds: instant.seconds)
        require(Instant(iso8601: instant.iso8601) == seconds, "\(instant.iso8601) is read as another time")
        _ = (instant.basic, instant.httpDate)
    }
}

/// A pattern of a model, then a line feed, then a text: both from anywhere, and neither takes long.
@Sendable func fuzzPattern(_ input: [UInt8]) {
    let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
    guard let pattern = Pattern(String(decoding: parts[0], as: UTF8.self)) else { return }
    let text = parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : ""
    require(pattern.matches(text) == pattern.matches(text), "a pattern changes its mind")
}
