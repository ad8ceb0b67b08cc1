public import AWS
import Storage

extension AccountID {
    /// An account id read back from the store; anything else there is damage.
    public static func stored(_ text: String) throws -> AccountID {
        guard let account = AccountID(text) else { throw StorageError.corrupt("an account id in the store") }
        return account
    }
}

extension Region {
    /// The same, of a Region's name.
    public static func stored(_ text: String) throws -> Region {
        guard let region = Region(text) else { throw StorageError.corrupt("a Region in the store") }
        return region
    }
}
