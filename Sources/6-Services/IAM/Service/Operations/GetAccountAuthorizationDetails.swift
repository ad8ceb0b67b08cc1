import AWS
import Door
import IAMAPI
import Storage

/// Everything that says who may do what in the account: users, groups, roles and managed policies, with their documents.
///
/// Pages count the things of all kinds together: users by name first, then groups, roles, the account's own policies, and
/// those of AWS that the account uses. A page is one view of the account; the next page is a later one.
/// - Source: IAM API Reference, "GetAccountAuthorizationDetails".
struct GetAccountAuthorizationDetails: Query, OnAccount {
    typealias Shape = IAM.GetAccountAuthorizationDetails

    func answer(
        _ input: Input, under permit: borrowing Permit<AccountID>, in snapshot: borrowing Snapshot
    ) throws -> Output {
        let page = try Page(marker: input.marker, maxItems: input.maxItems)
        let wanted = try Set(input.filter.map { try $0.map(Section.init) } ?? Section.allCases)
        var place = try Place(page.after)
        var output = Output(userDetailList: [], groupDetailList: [], roleDetailList: [], policies: [])
        var count = 0
        for section in Section.allCases where section >= place.section && wanted.contains(section) {
            if section > place.section { place = Place(section: section, name: "") }
            let details = AccountDetails(account: permit.target, after: place.name, limit: page.limit - count + 1)
            let names = try details.add(section, to: &output, snapshot)
            count += names.count
            guard count > page.limit else { continue }
            output.drop(section)
            // Where the page was full before this section, the section begins the next one.
            place.name = names.count > 1 ? names[names.count - 2] : place.name
            (output.isTruncated, output.marker) = (true, Page.token(place.key))
            return output
        }
        output.isTruncated = false
        return output
    }

    /// The parts of the answer, in their order.
    enum Section: Int, CaseIterable, Comparable {
        case users, groups, roles, localPolicies, awsPolicies

        init(_ filter: IAM.EntityType) throws {
            switch filter {
            case .user: self = .users
            case .group: self = .groups
            case .role: self = .roles
            case .localManagedPolicy: self = .localPolicies
            case .aWSManagedPolicy: self = .awsPolicies
            default: throw Invalid("Filter must be User, Role, Group, LocalManagedPolicy or AWSManagedPolicy.")
            }
        }

        static func < (left: Section, right: Section) -> Bool { left.rawValue < right.rawValue }
    }

    /// Where a page begins: behind the last name that was given, of a section.
    private struct Place {
        let section: Section
        var name: String

        init(section: Section, name: String) { (self.section, self.name) = (section, name) }

        init(_ key: String) throws {
            guard !key.isEmpty else {
                self.init(section: .users, name: "")
                return
            }
            let parts = key.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let number = Int(parts[0]), let section = Section(rawValue: number) else {
                throw Invalid.marker
            }
            self.init(section: section, name: String(parts[1]))
        }

        var key: String { "\(section.rawValue) \(name)" }
    }
}

extension IAM.GetAccountAuthorizationDetails.Output {
    /// Takes away the last item of a section: it was read to know that there is more.
    fileprivate mutating func drop(_ section: GetAccountAuthorizationDetails.Section) {
        switch section {
        case .users: userDetailList?.removeLast()
        case .groups: groupDetailList?.removeLast()
        case .roles: roleDetailList?.removeLast()
        case .localPolicies, .awsPolicies: policies?.removeLast()
        }
    }
}
