import CloudTrailAPI
import Door
import IAMAPI
import Journal
import Smithy
import Storage
import Testing
import World

/// Defends: pages of any size put together are the whole list, in its order, nothing twice.
@Suite(.serialized) struct PagingTests {
    static let paging = OperationCase.all.filter { $0.pagesBy != nil && $0.service.name == "iam" }

    @Test(arguments: paging) func pagesMakeTheWhole(_ operation: OperationCase) async throws {
        let stage = try await Stage()
        let element = try #require(operation.pagesBy)
        let whole = try await stage.call(operation, asRoot: true)
        try #require(whole.status == 200)
        let all = items(whole, element)
        #expect(all.count >= 2, "the stage holds too little: \(whole.body)")
        #expect(whole.text("IsTruncated") == "false")
        #expect(whole.text("Marker") == nil)
        for size in [1, all.count - 1, all.count] where size > 0 {
            let pages = try await pages(operation, stage, element, size)
            // One answer of this operation holds three lists, so that only the whole can be compared.
            let isOrdered = operation.name != "ListEntitiesForPolicy"
            #expect(isOrdered ? pages == all : pages.sorted() == all.sorted(), "pages of \(size)")
        }
    }

    private func pages(_ operation: OperationCase, _ stage: Stage, _ element: String, _ size: Int) async throws
        -> [String]
    {
        var found: [String] = []
        var marker: String?
        var count = 0
        repeat {
            var changes: Input = ["MaxItems": .number(size)]
            if let marker { changes["Marker"] = .text(marker) }
            let page = try await stage.call(operation, with: changes, asRoot: true)
            try #require(page.status == 200, "\(page.body)")
            let items = items(page, element)
            #expect(items.count <= size)
            found += items
            marker = page.text("Marker")
            #expect(page.text("IsTruncated") == (marker == nil ? "false" : "true"))
            count += 1
        } while marker != nil && count < 20
        return found
    }

    /// What hangs in a role, such as its instance profiles, is no item of the list.
    private func items(_ answer: Answer, _ element: String) -> [String] {
        answer.without("InstanceProfileList").texts(element)
    }

    @Test func everyPagingOperationIsTold() {
        let told = Set(Self.paging.map(\.name))
        let lists = OperationCase.all.filter { $0.service.name == "iam" && $0.name.hasPrefix("List") }.map(\.name)
        let whole: Set = [
            "ListAccountAliases",  // an account has one alias
            "ListOpenIDConnectProviders", "ListSAMLProviders",  // AWS lists them whole
            "ListOrganizationsFeatures",  // never answered
            "ListPoliciesGrantingServiceAccess",  // has no MaxItems, and no more than fits
        ]
        #expect(Set(lists).subtracting(told) == whole)
    }

    @Test func awsManagedPoliciesFollowTheAccounts() async throws {
        let stage = try await Stage()
        var found: [String] = []
        var marker: String?
        repeat {
            let input: Input = marker.map { ["MaxItems": 1000, "Marker": .text($0)] } ?? ["MaxItems": 1000]
            let page = try await stage.house.must(IAM.service, "ListPolicies", input)
            found += page.texts("Arn")
            marker = page.text("Marker")
        } while marker != nil
        #expect(found.prefix(3) == [Stage.bare, Stage.other, Stage.reader])
        #expect(found.count > 1000)
        #expect(Set(found).count == found.count)
        #expect(found.dropFirst(3).allSatisfy { $0.hasPrefix("arn:aws:iam::aws:policy/") })
    }

    @Test func eventsArePaged() async throws {
        let stage = try await Stage()
        let all = try stage.house.records().map(\.entry.id).reversed()
        var found: [String] = []
        var token: String?
        repeat {
            var input: Input = ["MaxResults": 7, "EndTime": 1_767_323_046]
            if let token { input["NextToken"] = .text(token) }
            let page = try await stage.house.must(CloudTrail.service, "LookupEvents", input)
            found += page.texts("EventId")
            token = page.text("NextToken")
        } while token != nil && found.count < 500
        // The look-ups themselves are recorded too, newest first; the pages begin before them.
        #expect(Array(found.suffix(all.count)) == Array(all))
        #expect(Set(found).count == found.count)
    }

    @Test func aTokenBelongsToItsQuestion() async throws {
        let stage = try await Stage()
        let first = try await stage.house.must(CloudTrail.service, "LookupEvents", ["MaxResults": 1])
        let token = try #require(first.text("NextToken"))
        let other = try await stage.house.call(
            CloudTrail.service, "LookupEvents",
            [
                "NextToken": .text(token),
                "LookupAttributes": [["AttributeKey": "EventName", "AttributeValue": "CreateUser"]],
            ],
            as: stage.house.root)
        #expect(other.code == "InvalidNextTokenException")
    }

    @Test func aMarkerOfAnotherListIsRefused() async throws {
        let stage = try await Stage()
        let users = try await stage.house.must(IAM.service, "ListUsers", ["MaxItems": 1])
        let marker = Value.text(try #require(users.text("Marker")))
        for (name, input) in [("ListPolicies", [:]), ("ListPolicyVersions", ["PolicyArn": .text(Stage.reader)])]
            as [(String, Input)]
        {
            let answer = try await stage.house.call(
                IAM.service, name, input.merging(["Marker": marker]) { $1 }, as: stage.house.root)
            #expect(answer.code == "ValidationError", "\(name)")
        }
    }
}
