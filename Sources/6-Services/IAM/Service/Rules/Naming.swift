import AWS
import World

/// Makes IAM's unique ids and access key ids.
struct Naming: Sendable {
    let identifiers: Identifiers

    /// `AIDA…` and the like: the prefix and 17 characters.
    func id(_ kind: EntityKind) -> String { kind.idPrefix + identifiers.base32(17) }
    /// `APKA…`: 21 characters in all.
    func sshKeyID() -> String { "APKA" + identifiers.base32(17) }
    /// `ACCA…`: 21 characters in all.
    func serviceCredentialID() -> String { "ACCA" + identifiers.base32(17) }
    /// `AKIA…`: 20 characters in all.
    func accessKeyID(_ account: AccountID) -> String {
        AccessKeyID.make(.longTerm, account, random: identifiers.bytes(5))
    }
}
