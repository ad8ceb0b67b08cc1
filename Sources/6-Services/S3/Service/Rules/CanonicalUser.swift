import AWS
import Crypto
import S3API
import World

/// The 64 hexadecimal digits by which S3 names an account as an owner: the same for an account on every server, and
/// nothing that its number could be read from at a glance.
enum CanonicalUser {
    static func id(of account: AccountID) -> String {
        Hexadecimal.string(SHA256.hash(Array("canonical user of \(account)".utf8)))
    }

    static func owner(_ account: AccountID) -> S3.Owner { S3.Owner(iD: id(of: account)) }
}
