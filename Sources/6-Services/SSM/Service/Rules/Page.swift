import Door
import SSMAPI

extension Page {
    /// Parameter Store's. - Parameter usual: how many there are where the caller says nothing.
    init(_ limit: Int?, _ token: String?, usual: Int) throws {
        guard let page = Page(limit: limit ?? usual, token: token.flatMap { $0.isEmpty ? nil : $0 }) else {
            throw SSM.InvalidNextToken(message: "The specified token isn't valid.")
        }
        self = page
    }
}
