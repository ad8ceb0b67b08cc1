import AWS
import Door
import SecretsManagerAPI
import Storage
import World

/// A walk through the secrets of an account in a Region, in one of the orders they can be listed in.
struct SecretList: Sendable {
    let account: AccountID
    let region: Region
    let order: SecretsManager.SortByType
    let isDescending: Bool
    let filters: [SecretFilter]
    /// Whether those that are marked for deletion are listed too.
    let includesMarked: Bool
    let now: Instant

    /// How many names are read at once.
    private static let stride = 200
    /// How many names are read for one page: where few match, it ends with fewer than it might have, and a token.
    private static let reach = 2000
    /// How much filters look at for one page, as `SearchedSecret.work` counts: some tenths of a second. Ordinary secrets and
    /// searches are far from it; ten filters of long values on secrets with fifty long tags are not.
    private static let work = 3_000_000

    /// Where a page ended: the date it is ordered by, 0 where it is by name, and the name.
    typealias Position = (date: Int64, name: String)

    /// The next secrets that match, and where the page after them begins; nil at the end.
    func page(
        after token: String?, limit: Int, _ secrets: Secrets, _ snapshot: borrowing Snapshot
    ) throws -> (secrets: [Secret], token: String?) {
        var position: Position? = try PagePosition.parts(2, of: token).map { parts in
            guard let date = Int64(parts[0]) else { throw PagePosition.stranger }
            return (date, parts[1])
        }
        var (found, read, work): ([Secret], Int, Int) = ([], 0, 0)
        while true {
            let next = try positions(after: position, snapshot)
            for candidate in next {
                let place = SecretPlace(account: account, region: region, name: candidate.name)
                if let secret = try secrets.find(place, in: snapshot) {
                    let searched = SearchedSecret(secret)
                    if filters.allSatisfy({ $0.matches(searched) }) {
                        guard found.count < limit else { return (found, SecretList.token(position)) }
                        found.append(secret)
                    }
                    work += searched.work
                }
                position = candidate
                if work >= SecretList.work { return (found, SecretList.token(position)) }
            }
            if next.count < SecretList.stride { return (found, nil) }
            read += next.count
            if read >= SecretList.reach { return (found, SecretList.token(position)) }
        }
    }

    private static func token(_ position: Position?) -> String? {
        position.map { PagePosition.token(String($0.date), $0.name) }
    }

    private func positions(after position: Position?, _ snapshot: borrowing Snapshot) throws -> [Position] {
        // Before the first page lies what is smaller, or greater, than every place: a blob sorts after every text.
        let start: [SQLValue] =
            isDescending ? [.int(.max), .blob([])] : [.int(.min), .text("")]
        let values: [SQLValue] =
            [
                .text(account.description), .text(region.description), .bool(includesMarked), .int(now.milliseconds),
                .number(SecretList.stride),
            ] + (position.map { [.int($0.date), .text($0.name)] } ?? start)
        return try snapshot.rows(SecretOrder.query(order, isDescending: isDescending), bound: values) {
            ($0.int(0), $0.text(1))
        }
    }
}
