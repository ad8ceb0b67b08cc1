import AWS
import Door

/// What a List call over a whole account is about: the account, the path prefix, the page.
struct Listing: Sendable {
    let account: AccountID
    let pathPrefix: String
    let page: Page
    /// The ARN that policies are asked about: everything of that kind under the prefix.
    let arn: String

    init(_ kind: EntityKind, pathPrefix: String?, _ marker: String?, _ maxItems: Int?, _ facts: RequestFacts) throws {
        account = try facts.signedAccount()
        self.pathPrefix = pathPrefix ?? "/"
        page = try Page(marker: marker, maxItems: maxItems)
        arn = "arn:aws:iam::\(account):\(kind.rawValue)\(self.pathPrefix)"
    }
}
