import S3API
import Smithy

/// The name of an object in its bucket: 1 to 1,024 bytes of UTF-8.
/// - Source: S3 User Guide, "Naming Amazon S3 objects".
enum ObjectKey {
    static let limit = 1024

    static func check(_ key: String) throws {
        let size = key.utf8.count
        guard size <= limit else {
            throw S3.KeyTooLongError(
                message: "Your key is too long",
                fields: [.init("Size", String(size)), .init("MaxSizeAllowed", String(limit))])
        }
    }

    /// Whether there is such a version is another question.
    static func check(version: String?) throws {
        guard let version, VersionName(version) == nil else { return }
        throw Refused.argument("versionId", version, "Invalid version id specified")
    }
}
