import KMSAPI
import World

/// The name of a grant: 64 hexadecimal digits.
enum GrantID {
    static func check(_ id: String) throws {
        guard id.utf8.count == 64, Hexadecimal.decode(id.utf8) != nil else {
            throw KMS.InvalidGrantIdException(message: "The grant ID \(id) is not valid.")
        }
    }

    static func absence(_ id: String) -> KMS.NotFoundException {
        KMS.NotFoundException(message: "Grant ID \(id) not found")
    }
}
