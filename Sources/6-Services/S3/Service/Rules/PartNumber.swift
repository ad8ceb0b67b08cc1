import S3API
import Smithy

/// The number of a part: 1 to 10,000.
/// - Source: S3 User Guide, "Amazon S3 multipart upload limits".
enum PartNumber {
    static let range = 1...10_000

    static func check(_ number: Int) throws {
        guard range.contains(number) else {
            throw Refused.argument(
                "partNumber", String(number), "Part number must be an integer between 1 and 10000, inclusive")
        }
    }
}
