import CloudTrailAPI
import IAMAPI
import Smithy
import Testing
@testable import Wire

/// Defends: a constraint of the model is checked, and reported in AWS's words.
struct ValidatorTests {
    @Test(arguments: [
        (
            "",
            "1 validation error detected: Value null at 'userName' failed to satisfy constraint: Member must not be null"
        ),
        (
            "UserName=a%20b",
            "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the "
                + "following: +=,.@_-"
        ),
        (
            "UserName=",
            "1 validation error detected: Value at 'userName' failed to satisfy constraint: Member must have length "
                + "greater than or equal to 1"
        ),
        (
            "UserName=" + String(repeating: "a", count: 65),
            "1 validation error detected: Value at 'userName' failed to satisfy "
                + "constraint: Member must have length less than or equal to 64"
        ),
        (
            "UserName=a&Tags.member.1.Value=v",
            "1 validation error detected: Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null"
        ),
        (
            "UserName=a&Tags.member.1.Key=%21&Tags.member.1.Value=v",
            "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must "
                + "satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+"
        ),
    ])
    func speaksAsAWS(_ form: String, _ message: String) {
        let error = #expect(throws: WireError.self) { try decodeQuery(IAM.CreateUser.self, form) }
        #expect(error?.code == "ValidationError")
        #expect(error?.message == message)
    }

    @Test func checksRangesAndEnumerations() {
        let low = #expect(throws: WireError.self) { try decodeQuery(IAM.ListUsers.self, "MaxItems=0") }
        #expect(
            low?.message.hasSuffix(
                "Value at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1"
            ) == true)
        let high = #expect(throws: WireError.self) { try decodeQuery(IAM.ListUsers.self, "MaxItems=1001") }
        #expect(high?.message.hasSuffix("Member must have value less than or equal to 1000") == true)
        let status = #expect(throws: WireError.self) {
            try decodeQuery(IAM.UpdateAccessKey.self, "AccessKeyId=AKIAIOSFODNN7EXAMPLE&Status=Asleep")
        }
        #expect(
            status?.message.contains(
                "Value at 'status' failed to satisfy constraint: Member must satisfy enum value set"
            ) == true)
    }

    @Test func reportsAListForItsPlainElements() {
        let error = #expect(throws: WireError.self) {
            try decodeQuery(IAM.UntagUser.self, "UserName=a&TagKeys.member.1=ok&TagKeys.member.2=%21")
        }
        #expect(
            error?.message
                == "1 validation error detected: Value at 'tagKeys' failed to satisfy constraint: Member must satisfy "
                + "constraint: [Member must have length less than or equal to 128, Member must have length greater than or "
                + "equal to 1, Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+]")
    }

    @Test func countsListElements() {
        let tags = (1...51).map { "Tags.member.\($0).Key=k\($0)&Tags.member.\($0).Value=v" }.joined(separator: "&")
        let error = #expect(throws: WireError.self) { try decodeQuery(IAM.TagUser.self, "UserName=a&" + tags) }
        #expect(
            error?.message.contains(
                "at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50") == true)
    }

    @Test func usesAServicesOwnCodes() {
        let error = #expect(throws: WireError.self) {
            try decodeJSON(CloudTrail.LookupEvents.self, Array("{\"MaxResults\":51}".utf8))
        }
        #expect(error?.code == "InvalidMaxResultsException")
    }

    /// Defends: no schema of ours fails to parse, patterns included.
    @Test func everySchemaIsUnderstood() {
        func members<O: OperationShape>(_ operation: O.Type) -> Int {
            O.Input.schema.members.count + O.Output.schema.members.count
        }
        for operation in allOperations { #expect(members(operation) >= 0) }
    }
}
