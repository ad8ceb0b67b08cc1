public import AWS
public import Storage

extension Journal {
    /// The last management call of one of those names that succeeded on a resource, by its account's records of its Region;
    /// nil where there is none. - Parameter resource: as the events' subjects name it.
    public static func lastSuccess(
        on resource: String, in account: AccountID, _ region: Region, among names: Set<String>,
        _ snapshot: borrowing Snapshot
    ) throws -> Entry? {
        var found: Entry?
        try find(JournalSearch(recordsOf: resource, in: account, region), snapshot) { _, entry in
            guard names.contains(entry.name), !entry.isFailure else { return true }
            found = entry
            return false
        }
        return found
    }
}
