import AWS
import Door
import HTTP
import World

/// What a browser that opens a page of the console is shown until there is one: who is signed in.
///
/// After a sign-in from another site a browser keeps the cookie back from the page it is sent to, for it came from there. So
/// a page without a cookie asks once for itself again, which then is this server's own wish.
/// - Source: RFC 6265bis, section 5.2, "same-site and cross-site requests"; HTML Standard, "shared declarative refresh steps".
struct SignedInPage {
    let request: ConsoleRequest
    let parts: SignInParts

    private static let again = "/console?again"

    func answer() throws -> Response {
        if let visitor = try Visitor.find(request, parts) { return SignedInPage.welcome(visitor) }
        let isAgain = request.head.text(request.head.target).hasSuffix("?again")
        var page = ConsolePage("Nobody is signed in here")
        page.add("p", "The console is still to come. People sign in at /console/api/sign-in, roles at /federation.")
        var response = page.answer(401)
        if !isAgain, request.cookie == nil { response.header.add("Refresh", "0; url=\(SignedInPage.again)") }
        return response
    }

    private static func welcome(_ visitor: Visitor) -> Response {
        var page = ConsolePage("Signed in")
        page.add("p", "You are signed in as \(visitor.principal.arn ?? "") until \(visitor.session.expires.iso8601).")
        page.add("p", "The console is still to come: until then, use its API under /console/api, or the AWS CLI.")
        return page.answer(200)
    }
}
