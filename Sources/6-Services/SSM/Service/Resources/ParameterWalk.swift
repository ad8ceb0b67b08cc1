import Door
import AWS
import SSMAPI
import Storage

/// A walk through the parameters of an account in a Region whose names begin alike, in the order of their names.
struct ParameterWalk: Sendable {
    let account: AccountID
    let region: Region
    let prefix: String

    /// How many names are read at once.
    private static let stride = 200
    /// How many names are read for one page: where few match, it ends with fewer than it might have, and a token.
    private static let reach = 2000

    /// The next page of those that match.
    func next(
        _ page: Page, _ snapshot: borrowing Snapshot, where matches: (Parameter) -> Bool
    ) throws -> (parameters: [Parameter], token: String?) {
        var (found, position, read): ([Parameter], String, Int) = ([], page.after, 0)
        while found.count < page.fetch {
            let names = try Parameter.names(
                in: account, region, after: position, beginning: prefix, limit: ParameterWalk.stride, snapshot)
            for name in names where found.count < page.fetch {
                let place = ParameterPlace(account: account, region: region, name: name)
                if let parameter = try Parameter.find(place, snapshot), matches(parameter) { found.append(parameter) }
            }
            guard names.count == ParameterWalk.stride, let last = names.last else { break }
            position = last
            read += names.count
            if read >= ParameterWalk.reach, found.count < page.fetch { return (found, Page.token(position)) }
        }
        let (parameters, token) = page.cut(found, key: \.name)
        return (parameters, token)
    }
}
