/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
///
/// The resource part keeps its colons and slashes. Nothing is normalised: an ARN prints as it was read.
/// - Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
public struct ARN: Hashable, Sendable, CustomStringConvertible {
    public let description: String
    private let ends: Ends

    /// Offsets (UTF-8) of the second to fifth colon.
    private struct Ends: Hashable, Sendable { var partition, service, region, account: Int }

    /// Nil unless `text` has six parts and begins with `arn:`. Parts may be empty.
    public init?(_ text: String) {
        var colons: [Int] = []
        colons.reserveCapacity(5)
        for (offset, byte) in text.utf8.enumerated() where byte == UInt8(ascii: ":") {
            colons.append(offset)
            if colons.count == 5 { break }
        }
        guard colons.count == 5, text.hasPrefix("arn:") else { return nil }
        description = text
        ends = Ends(partition: colons[1], service: colons[2], region: colons[3], account: colons[4])
    }

    public init(
        partition: String = "aws", service: String, region: Region? = nil, account: AccountID? = nil, resource: String
    ) {
        let head = "arn:" + partition
        let withService = head + ":" + service
        let withRegion = withService + ":" + (region?.description ?? "")
        let withAccount = withRegion + ":" + (account?.description ?? "")
        description = withAccount + ":" + resource
        ends = Ends(
            partition: head.utf8.count, service: withService.utf8.count, region: withRegion.utf8.count,
            account: withAccount.utf8.count)
    }

    public var partition: Substring { part(after: 3, to: ends.partition) }
    public var service: Substring { part(after: ends.partition, to: ends.service) }
    public var region: Substring { part(after: ends.service, to: ends.region) }
    public var account: Substring { part(after: ends.region, to: ends.account) }
    public var resource: Substring { part(after: ends.account, to: description.utf8.count) }
    public var accountID: AccountID? { AccountID(account) }

    private func part(after colon: Int, to end: Int) -> Substring {
        let bytes = description.utf8
        return description[
            bytes.index(bytes.startIndex, offsetBy: colon + 1)..<bytes.index(bytes.startIndex, offsetBy: end)]
    }
}
