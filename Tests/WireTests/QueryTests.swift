import HTTP
import IAMAPI
import STSAPI
import Smithy
import Testing
import World
@testable import Wire

/// Defends: the query protocol, as IAM and STS speak it.
struct QueryTests {
    @Test func readsListsByNumberNotByOrder() throws {
        let form =
            "UserName=alice&Tags.member.10.Key=j&Tags.member.10.Value=10&Tags.member.2.Value=2&Tags.member.2.Key=b"
        let input = try decodeQuery(IAM.CreateUser.self, form).input
        #expect(input.userName == "alice")
        #expect(input.tags?.map(\.key) == ["b", "j"])
        #expect(input.tags?.map(\.value) == ["2", "10"])
    }

    @Test func readsEmptyListsAndAbsentOnes() throws {
        #expect(try decodeQuery(IAM.CreateUser.self, "UserName=a&Tags=").input.tags?.isEmpty == true)
        #expect(try decodeQuery(IAM.CreateUser.self, "UserName=a").input.tags == nil)
    }

    @Test func decodesPercentAndPlus() throws {
        let input = try decodeQuery(
            IAM.TagUser.self, "UserName=a&Tags.member.1.Key=Gr%C3%B6%C3%9Fe+1&Tags.member.1.Value="
        ).input
        #expect(input.tags.map(\.key) == ["Größe 1"])
    }

    @Test func namesWhatItDoesNotKnow() throws {
        let decoded = try decodeQuery(
            IAM.CreateUser.self, "UserName=a&Colour=red&Tags.member.1.Key=k&Tags.member.1.Value=v&Tags.member.1.Size=9")
        #expect(Set(decoded.unknownParameters) == ["Colour", "Tags.member.1.Size"])
    }

    /// Each malformed form has one documented answer.
    @Test(arguments: [
        ("UserName=%zz", "MalformedQueryString"), ("UserName=%", "MalformedQueryString"),
        ("UserName=a&UserName=b", "InvalidParameterValue"), ("UserName.x=a", "InvalidParameterValue"),
        ("UserName=%FF", "InvalidParameterValue"), ("UserName=a&Tags.member.0.Key=k", "InvalidParameterValue"),
        ("UserName=a&Tags.member.x.Key=k", "InvalidParameterValue"),
        ("UserName=a&Tags.item.1.Key=k", "InvalidParameterValue"),
        ("UserName=a&Tags=red", "InvalidParameterValue"), ("UserName=a&Tags.member.1=k", "InvalidParameterValue"),
        ("UserName=a&Tags.member.1.Key=k&Tags.member.1.Key=k", "InvalidParameterValue"),
        ("UserName=a&Tags.member.1.Key.x=k", "InvalidParameterValue"),
        ("UserName=a&Tags.member=k", "InvalidParameterValue"), ("", "ValidationError"),
    ])
    func refuses(_ form: String, _ code: String) {
        let error = #expect(throws: WireError.self) { try decodeQuery(IAM.CreateUser.self, form) }
        #expect(error?.code == code)
        #expect((400..<500).contains(error?.httpStatus ?? 0))
    }

    @Test(arguments: ["abc", "1.5", "99999999999", "", "1e3"]) func refusesNumbers(_ number: String) {
        let error = #expect(throws: WireError.self) { try decodeQuery(IAM.ListUsers.self, "MaxItems=\(number)") }
        #expect(error?.code == "InvalidParameterValue")
    }

    @Test func writesAnswers() {
        let user = IAM.User(
            path: "/", userName: "a<b", userId: "AIDA", arn: "arn:aws:iam::111122223333:user/a",
            createDate: Instant(milliseconds: 1_767_323_045_000), tags: [IAM.Tag(key: "k", value: "v")])
        let response = Codec(IAM.service).encode(IAM.CreateUser.self, .init(user: user), testIdentity)
        let expected = """
            <CreateUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><CreateUserResult><User><Path>/</Path>\
            <UserName>a&lt;b</UserName><UserId>AIDA</UserId><Arn>arn:aws:iam::111122223333:user/a</Arn>\
            <CreateDate>2026-01-02T03:04:05Z</CreateDate><Tags><member><Key>k</Key><Value>v</Value></member></Tags></User>\
            </CreateUserResult><ResponseMetadata><RequestId>11112222-3333-4444-5555-666677778888</RequestId>\
            </ResponseMetadata></CreateUserResponse>
            """
        #expect(text(response) == expected)
        #expect(headerText(response).contains("Content-Type: text/xml\r\n"))
        #expect(response.status == 200)
    }

    @Test func writesAnswersWithoutResult() {
        let response = Codec(IAM.service).encode(IAM.DeleteUser.self, .init(), testIdentity)
        #expect(
            text(response).hasPrefix(
                "<DeleteUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><ResponseMetadata>"))
    }

    @Test func writesErrors() {
        let response = Codec(IAM.service).encode(
            error: IAM.NoSuchEntityException(message: "The user with name a cannot be found."), testIdentity)
        let expected = """
            <ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>\
            <Message>The user with name a cannot be found.</Message></Error>\
            <RequestId>11112222-3333-4444-5555-666677778888</RequestId></ErrorResponse>
            """
        #expect(text(response) == expected)
        #expect(response.status == 404)
        let unknown = Codec(IAM.service).unknownOperation("Fly")
        #expect(unknown.code == "InvalidAction")
        #expect(unknown.message == "Could not find operation Fly for version 2010-05-08")
    }
}
