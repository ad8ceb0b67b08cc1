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

    /// The next page of those that match.
    func next(
        _ page: Page, _ snapshot: borrowing Snapshot, where matches: (Parameter) -> Bool
    ) throws -> (parameters: [Parameter], token: String?) {
        var (found, position): ([Parameter], String) = ([], page.after)
        while found.count < page.fetch {
            let names = try Parameter.names(
                in: account, region, after: position, beginning: prefix, limit: ParameterWalk.stride, snapshot)
            for name in names where found.count < page.fetch {
                let place = ParameterPlace(account: account, region: region, name: name)
                if let parameter = try Parameter.find(place, snapshot), matches(parameter) { found.append(parameter) }
            }
            guard names.count == ParameterWalk.stride, let last = names.last else { break }
            position = last
        }
        let (parameters, token) = page.cut(found, key: \.name)
        return (parameters, token)
    }
}
