extension StringProtocol {
    /// Whether both texts are the same bytes. `==` also holds for texts that Unicode calls equivalent, such as the letter K
    /// and the sign of the kelvin: what policies compare byte by byte must not be looked up by `==`.
    public func hasSameBytes(as other: some StringProtocol) -> Bool {
        let isSame = utf8.withContiguousStorageIfAvailable { mine in
            other.utf8.withContiguousStorageIfAvailable { theirs in
                mine.count == theirs.count
                    && mine.indices.allSatisfy { mine[$0] == theirs[$0] }
            }
        }
        return (isSame ?? nil) ?? utf8.elementsEqual(other.utf8)
    }
}
