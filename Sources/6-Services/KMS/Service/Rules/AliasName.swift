import KMSAPI
import Smithy

/// What an alias may be called.
/// - Source: KMS API Reference, "CreateAlias", AliasName.
enum AliasName {
    static let prefix = "alias/"
    /// Of the aliases that services give their keys.
    static let reserved = "alias/aws/"
    /// Aliases of one key.
    /// - Source: KMS Developer Guide, "Resource quotas".
    static let limit = 50

    /// - Throws: where nobody could have, or make, such an alias.
    static func check(_ name: String) throws {
        guard name.hasPrefix(prefix) else {
            throw Invalid.input(
                #"Alias must start with the prefix "\#(prefix)". Please see "#
                    + "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html")
        }
        guard name.utf8.count > prefix.utf8.count else { throw Invalid.input("Invalid identifier") }
        guard !name.hasPrefix(reserved), name != "alias/aws" else { throw NotAuthorized() }
        guard !name.utf8.contains(UInt8(ascii: ":")) else {
            throw Invalid.input("\(name) contains invalid characters for an alias")
        }
    }
}

/// The alias belongs to AWS. KMS has this error, and its model has it not.
struct NotAuthorized: ServiceError {
    var code: String { "NotAuthorizedException" }
    var httpStatus: Int { 400 }
    var message: String { "Aliases that begin with \(AliasName.reserved) are reserved for AWS managed keys." }
}
