import AWS
import Door
import HTTP
import World

/// Asks which of the roles somebody wants: a form that posts the response again, with the choice.
///
/// There may be one only: what another site had the browser post opens nothing until somebody here says so.
///
/// Its classes and names are those that AWS's page has, so that tools which read that page find the roles in this one.
struct RolePage {
    let offers: [SAMLOffer]
    let response: String
    let relayState: String?

    /// What the choice is posted as: a role's ARN.
    static let field = "roleIndex"

    var answer: Response {
        var page = ConsolePage("Choose a role")
        page.open("form", [("method", "post"), ("action", SAMLSigningIn.path)])
        page.hide("SAMLResponse", response)
        if let relayState { page.hide("RelayState", relayState) }
        page.open("fieldset")
        for (account, offers) in groups {
            page.open("div", [("class", "saml-account")])
            page.add("div", "Account: \(account)", [("class", "saml-account-name")])
            for offer in offers { RolePage.add(offer, isFirst: offer == self.offers[0], to: &page) }
            page.close("div")
        }
        page.close("fieldset")
        page.add("button", "Sign in", [("type", "submit"), ("id", "signin_button")])
        page.close("form")
        return page.answer(200)
    }

    /// By account, in the order of the response. Each role once: its session is the same by any provider.
    private var groups: [(account: String, offers: [SAMLOffer])] {
        var groups: [(account: String, offers: [SAMLOffer])] = []
        var seen: Set<[UInt8]> = []
        for offer in offers where seen.insert(Array(offer.role.utf8)).inserted {
            let account = ARN(offer.role).map { String($0.account) } ?? ""
            if let index = groups.firstIndex(where: { $0.account.hasSameBytes(as: account) }) {
                groups[index].offers.append(offer)
            } else {
                groups.append((account, [offer]))
            }
        }
        return groups
    }

    private static func add(_ offer: SAMLOffer, isFirst: Bool, to page: inout ConsolePage) {
        page.open("div", [("class", "saml-role")])
        let name = ARN(offer.role).map { String($0.resource.dropFirst("role/".count)) } ?? offer.role
        let box = [("type", "radio"), ("name", field), ("value", offer.role), ("id", offer.role)]
        page.open("input", isFirst ? box + [("checked", "checked")] : box)
        page.add("label", name, [("for", offer.role), ("class", "saml-role-description")])
        page.close("div")
    }
}
