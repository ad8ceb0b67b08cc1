import Glibc

extension StringProtocol {
    /// Whether both texts are the same bytes. `==` also holds for texts that Unicode calls equivalent, such as the letter K
    /// and the sign of the kelvin: what policies compare byte by byte must not be looked up by `==`.
    public func hasSameBytes(as other: some StringProtocol) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { theirs in
                guard mine.count == theirs.count, let first = mine.baseAddress, let second = theirs.baseAddress else {
                    return mine.count == theirs.count
                }
                // Both are as long as is compared, and stay where they are until the closures end.
                return memcmp(first, second, mine.count) == 0
            }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
