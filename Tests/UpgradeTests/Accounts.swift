import AWS

extension AccountID {
    /// Those that former rows are of.
    static let first = numbered("111122223333")
    static let second = numbered("444455556666")

    private static func numbered(_ digits: String) -> AccountID {
        guard let account = AccountID(digits) else { preconditionFailure("an account has twelve digits") }
        return account
    }
}

extension Region {
    /// Where other rows are than in `usEast1`.
    static let west = named("us-west-2")

    private static func named(_ name: String) -> Region {
        guard let region = Region(name) else { preconditionFailure("a Region of AWS") }
        return region
    }
}
